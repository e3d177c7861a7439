"""Places of the limb, rises and stray light from made-up numbers.

Authority: law (weighted means, a rise of known shape, a wing and a plume of known size).
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.io_features import IO_FEATURES
from perijove.bodies.io_plumes import IO_PLUMES
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.limb import limb_azimuth_deg, limb_degree_km, limb_ellipse
from perijove.relief.heights import limb_heights
from perijove.relief.limb_points import LimbPoints, limb_axes
from perijove.relief.mountains import rises
from perijove.relief.plumes import plume_search, stray_light
from perijove.relief.sky import Sky

RADII = np.array(IO_RADII_THOMAS_1998_KM)
POSITION = np.array([0.0, 4500.0, 0.0])


def points(height_km: np.ndarray, sigma_km: float = 0.1, *, position_km: np.ndarray = POSITION) -> LimbPoints:
    """Edges all round the limb, three of each place, with poses known to 0.02 km."""
    azimuth = np.repeat((np.arange(len(height_km)) + 0.5) * 360.0 / len(height_km), 3)
    n, degree = len(azimuth), limb_degree_km(position_km, radii_km=RADII)
    return LimbPoints(
        framelet=np.tile([0, 1, 2], len(height_km)),
        xy=np.zeros((n, 2)),
        time_tdb=np.full(n, 1e8),
        azimuth_deg=azimuth,
        foot_km=limb_ellipse(position_km, radii_km=RADII).points_km(azimuth),
        height_km=np.repeat(height_km, 3),
        edge_sigma_km=np.full(n, sigma_km),
        pose_km=np.full((n, 1), 0.02),
        pose_place_km=np.full((n, 2, 1), 5.0),
        pixel_km=np.full(n, 360.0 * degree / len(height_km) / 3.0),
        degree_km=degree,
    )


def test_a_place_is_the_mean_of_its_edges_without_what_is_far_off() -> None:
    """Law: three edges of one error share seven tenths of their variance; a hit of 3 km changes nothing."""
    plain = points(np.zeros(300))
    hit = np.array(plain.height_km)
    hit[1::3] = 0.15
    hit[300] = 3.0
    found = limb_heights(replace(plain, height_km=hit))
    assert len(found) == 300
    assert_allclose(np.delete(found.height_km, 100), 0.05 - 0.05 * found.pixel_km * 0.05 / 1.5, atol=1e-6)
    assert found.height_km[100] == pytest.approx(0.075 * (1.0 - 0.05 * found.pixel_km / 1.5))
    risen = found.pixel_km * 0.08 * 0.05 / 1.5  # a small part of the error of high ground
    assert_allclose(found.edge_sigma_km[:90], np.hypot(0.1 * np.sqrt(0.3 / 3.0 + 0.7), risen), rtol=1e-3)
    assert_allclose(found.sigma_km[:90] ** 2, found.edge_sigma_km[:90] ** 2 + 0.02**2)


@pytest.mark.parametrize("middle", [600, 0])
def test_a_rise_has_its_height_and_width(middle: int) -> None:
    """Law: a hill of 5 km over 40 places is one rise with its top; also where azimuth begins anew."""
    off = (np.arange(1200) - middle + 600) % 1200 - 600
    height = 5.0 * np.clip(1.0 - (off / 20.0) ** 2, 0.0, None)
    found = limb_heights(points(height))
    (rise,) = rises(found, position_km=POSITION, radii_km=RADII)
    assert rise.height_km == pytest.approx(5.0, abs=2.0 * rise.sigma_km)
    assert rise.relative_km == pytest.approx(rise.height_km, abs=0.2)
    assert rise.width_km == pytest.approx(35 * found.bin_km, abs=3.1 * found.bin_km)  # above 1 km
    assert abs((rise.top - middle + 600) % 1200 - 600) <= 2


def test_noise_is_no_rise() -> None:
    """Law: of 300 places with errors of 0.4 km none stands five errors high."""
    noise = np.random.default_rng(1).normal(0.0, 0.4, 300)
    assert rises(limb_heights(points(noise, 0.4)), position_km=POSITION, radii_km=RADII) == []


def test_a_mountain_on_the_sight_is_named() -> None:
    """Law: seen over Boösaule's middle from the side, a rise there may be it, at the height it shows."""
    feature = IO_FEATURES["Boösaule Montes"]
    point = surface_point_km(feature.lat_deg, feature.lon_east_deg, RADII)
    aside = np.cross(point, [0.0, 0.0, 1.0])
    up = point / np.linalg.norm(point)
    position = 4500.0 * aside / np.linalg.norm(aside) + 1821.5**2 / 4500.0 * up  # its limb passes there, nearly
    azimuth = float(limb_azimuth_deg(point, position, radii_km=RADII))
    off = (np.arange(1200) - azimuth / 0.3 + 600.0) % 1200.0 - 600.0
    found = limb_heights(points(8.0 * np.clip(1.0 - (off / 20.0) ** 2, 0.0, None), position_km=position))
    (rise,) = rises(found, position_km=position, radii_km=RADII)
    (first, *_) = rise.candidates
    assert first.name == "Boösaule Montes"
    assert first.height_km >= rise.height_km
    assert first.height_km == pytest.approx(rise.height_km + first.beyond_km**2 / (2.0 * 1821.5), rel=0.01)


def test_axes_of_the_limb() -> None:
    """Law: horizontal, at right angles; one goes with azimuth, the other away from the observer."""
    ellipse = limb_ellipse(POSITION, radii_km=RADII)
    at, later = ellipse.points_km([20.0, 20.1])
    along, away = limb_axes(at, POSITION)
    assert along @ (later - at) == pytest.approx(np.linalg.norm(later - at), rel=1e-3)
    assert away @ (at - POSITION) > 0.0
    assert abs(along @ away) < 1e-12
    assert abs(along @ at) < 1e-9 * np.linalg.norm(at)


def sky(wing: np.ndarray, plume: float, *, noise: float = 1e-5) -> Sky:
    """Light of a wing on a half-lit limb, and a plume of 100 km at azimuth 90."""
    azimuth, height = np.arange(360) + 0.5, np.arange(40) * 10.0 + 5.0
    bright = 0.4 * np.clip(np.sin(np.radians(azimuth)), 0.0, None)
    apart = np.abs((azimuth[:, None] - azimuth + 180.0) % 360.0 - 180.0)
    weight = np.exp(-0.5 * (apart / 20.0) ** 2)
    smooth = weight @ bright / weight.sum(axis=1)
    light = (
        plume * np.exp(-0.5 * ((azimuth - 90.0) / 2.0) ** 2)[:, None] * np.clip(1.0 - (height / 100.0) ** 2, 0, None)
    )
    value = 2e-5 + smooth[:, None] * wing + light
    value += np.random.default_rng(2).normal(0.0, noise, value.shape)
    sigma = np.full(value.shape, noise)
    return Sky(azimuth, height, value, sigma, np.full(value.shape, 50), bright, 30.0)


def test_stray_light_is_told_from_a_plume() -> None:
    """Law: the wing comes back to 5 %, and the plume's brightness, height and width to 5 % on top of it."""
    wing = 0.02 * np.exp(-np.arange(40) / 8.0)
    seen = sky(wing, 3e-3)
    assert_allclose(stray_light(seen).wing[:20], wing[:20], rtol=0.05)
    found = plume_search(seen, position_km=POSITION, sun=np.array([-1.0, 1.0, 0.0]) / np.sqrt(2.0), radii_km=RADII)
    assert [plume.azimuth_deg for plume in found.plumes] == pytest.approx([90.0], abs=0.2)
    (plume,) = found.plumes
    assert plume.brightness == pytest.approx(3e-3, rel=0.05)
    assert plume.height_km == pytest.approx(100.0, rel=0.05)
    assert plume.width_km == pytest.approx(2.0 * 30.0 * 2.3548, rel=0.05)


def test_without_a_plume_there_is_none_and_the_limit_is_noise() -> None:
    """Law: nothing found; the limit is a few errors of a mean over the plume's cells."""
    found = plume_search(sky(np.zeros(40), 0.0), position_km=POSITION, sun=np.array([1.0, 0.0, 0.0]), radii_km=RADII)
    assert found.plumes == ()
    assert np.nanmax(found.limit[:, 1]) < 3.0 * 1e-5


def test_in_the_shadow_of_io_nothing_is_claimed() -> None:
    """Law: behind a limb where the Sun is 60 deg below the horizon its shadow reaches one radius up: no limit there."""
    found = plume_search(
        sky(np.zeros(40), 0.0),
        position_km=POSITION,
        sun=np.array([1.0, 0.0, 0.0]),
        radii_km=RADII,
    )
    deep = found.shadow_km > 700.0
    assert deep.any()
    assert np.isnan(found.limit[deep]).all()
    assert np.isfinite(found.limit[found.shadow_km == 0.0]).all()


def test_known_sites_are_vents_with_names() -> None:
    """Law: each stands for a named feature; heights are those of plumes."""
    assert {"Pele", "Loki", "Prometheus", "Amirani", "Tvashtar Paterae", "Marduk", "Thor", "Masubi"} <= set(IO_PLUMES)
    assert all(40.0 <= site.height_km <= 500.0 for site in IO_PLUMES.values())
