"""Named places in view.

Authority: independent (a perspective map puts places where a camera would) and law.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.bodies.io_features import IO_FEATURES, VOLCANIC_KINDS
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.grids import perspective_grid
from perijove.geometry.limb import limb_ellipse
from perijove.geometry.rotations import unit
from perijove.passes.coverage import PassWindow, best_looks, pass_window
from perijove.passes.feature_looks import VOLCANOES, feature_looks, place_on_disc
from perijove.timescales import utc_to_tdb

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def near() -> PassWindow:
    """Perijove 57 below 40,000 km."""
    arc, closest = arc_of(57), utc_to_tdb("2023-12-30T08:36:01.0")
    reach = (arc.start_tdb, arc.end_tdb)
    return pass_window(EMBEDDED, "IO", closest, max_altitude_km=40_000.0, reach_s=reach, name="PJ57")


@given(seeds)
def test_limb_points_stand_at_one_radius_where_the_ellipse_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    position = unit(rng.normal(size=3)) * (RADII[0] + 10.0 ** rng.uniform(1.0, 6.0))
    radii, angle = place_on_disc(
        limb_ellipse(position, radii_km=RADII).points_km([0.0, 40.0, 200.0]), position, radii_km=RADII
    )
    np.testing.assert_allclose(radii, 1.0, rtol=1e-9)
    # Azimuth of the limb runs clockwise from north, on the scaled sphere: within its flattening of a true angle.
    assert np.cos(np.radians(angle + np.array([0.0, 40.0, 200.0]))) == pytest.approx(1.0, abs=2e-2)


@given(seeds)
def test_places_stand_where_a_picture_shows_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    position = unit(rng.normal(size=3)) * (RADII[0] + 10.0 ** rng.uniform(2.0, 5.0))
    grid = perspective_grid(position, 1.0)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 50))), rng.uniform(-180.0, 180.0, 50)
    x, y = grid.xy_km(lat, lon)
    seen = np.isfinite(x)
    point = surface_point_km(lat, lon, RADII)[seen]
    radii, angle = place_on_disc(point, position, radii_km=RADII)
    assert np.cos(np.radians(angle) - np.arctan2(-x[seen], y[seen])) == pytest.approx(1.0, abs=1e-9)
    assert ((radii >= 0.0) & (radii < 1.0)).all()
    limb_x, limb_y = np.moveaxis(
        _on_page(grid, limb_ellipse(position, radii_km=RADII).points_km(np.arange(0.0, 360.0, 0.1))), -1, 0
    )
    for px, py, one in zip(x[seen], y[seen], radii, strict=True):
        along = int(np.argmin(np.abs(np.angle((limb_x + 1j * limb_y) / (px + 1j * py)))))
        assert one == pytest.approx(np.hypot(px, py) / np.hypot(limb_x[along], limb_y[along]), rel=2e-4)


def _on_page(grid: object, points: np.ndarray) -> np.ndarray:
    """Pinhole projection of points, km in the plane through the body's centre."""
    position, axes = np.array(grid.position_km), grid.axes  # type: ignore[attr-defined]
    right, down, ahead = np.moveaxis((points - position) @ axes.T, -1, 0)
    scale = np.linalg.norm(position) / ahead
    return np.stack([right * scale, -down * scale], axis=-1)


def test_volcanoes_are_the_named_paterae_and_eruptive_centers() -> None:
    assert {place.kind for place in VOLCANOES} == set(VOLCANIC_KINDS) == {"patera", "eruptive center"}
    assert len(VOLCANOES) == 184
    assert IO_FEATURES["Loki Patera"] in VOLCANOES
    assert IO_FEATURES["Pele"] in VOLCANOES


def test_list_holds_what_is_seen_and_nothing_else(near: PassWindow) -> None:
    found = feature_looks([near], max_emission_deg=60.0)
    points = surface_point_km([f.lat_deg for f in VOLCANOES], [f.lon_east_deg for f in VOLCANOES], RADII)
    looks = best_looks(points, [near], max_emission_deg=60.0)
    assert sorted(one.feature.name for one in found) == sorted(
        place.name for place, seen in zip(VOLCANOES, looks.seen, strict=True) if seen
    )
    sharp = [one.range_km / np.cos(np.radians(one.emission_deg)) for one in found]
    assert sharp == sorted(sharp)
    for one in found:
        assert one.pass_name == near.name
        assert one.light == ("sun" if one.incidence_deg < 90.0 else "night")
        assert one.least_emission_deg <= one.emission_deg <= 60.0 + 1e-6
        assert 0.0 <= one.disc_radii < 1.0


def test_at_the_middle_of_the_disc_one_looks_straight_down(near: PassWindow) -> None:
    """Near a place's emission e the disc radius is R sin e over the limb's own, from far away: both grow together."""
    for one in feature_looks([near]):
        distance = np.linalg.norm(near.position_at_km(one.time_tdb))
        radius = float(np.linalg.norm(surface_point_km(one.feature.lat_deg, one.feature.lon_east_deg, RADII)))
        # Sine rule on a sphere of that radius; the triaxial figure tilts the normal by up to 0.5 deg.
        offset = np.arcsin(radius * np.sin(np.radians(one.emission_deg)) / distance)
        limb = np.arcsin(radius / distance)
        assert one.disc_radii == pytest.approx(np.tan(offset) / np.tan(limb), abs=0.015)


def test_other_bodies_have_no_names_here(near: PassWindow) -> None:
    arc = arc_of(57)
    europa = pass_window(
        EMBEDDED,
        "EUROPA",
        near.closest_tdb,
        max_altitude_km=5e6,
        reach_s=(arc.start_tdb, arc.start_tdb + 3600.0 * 20.0),
    )
    with pytest.raises(InputError, match="of Io only, not of Europa"):
        feature_looks([europa])
