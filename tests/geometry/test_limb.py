"""Limb and terminator.

Authority: independent (SPICE: edlimb, npedln's discriminant through surfpt; brute force over the limb) and law (limb
rays are tangent, emission there is 90 deg).
"""

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.limb_distance import limb_distance_deg

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.geometry.ellipsoid import first_intersection_km
from perijove.geometry.illumination import emission_deg, incidence_deg
from perijove.geometry.limb import limb_ellipse, terminator_points_km
from perijove.geometry.rotations import angle_between_deg, unit

POSITIONS = [(3000.0, 2000.0, 1500.0), (-1200.0, 500.0, 1400.0), (0.0, 0.0, 5000.0), (70000.0, -30000.0, -20000.0)]


@pytest.mark.parametrize("position", POSITIONS)
def test_limb_ellipse_equals_spice(position: tuple[float, float, float]) -> None:
    theirs = spiceypy.edlimb(*RADII, position)
    ours = limb_ellipse(position, radii_km=RADII)
    np.testing.assert_allclose(ours.center_km, theirs.center, atol=1e-8)
    # Same plane, and their semi-axes are conjugate half-diameters of our ellipse: |.| = 1 in its own coordinates.
    basis = np.stack([ours.first_km, ours.second_km], axis=1)
    for axis in (theirs.semi_major, theirs.semi_minor):
        coordinates, residual, _, _ = np.linalg.lstsq(basis, np.array(axis))
        assert np.linalg.norm(coordinates) == pytest.approx(1.0, abs=1e-12)
        assert np.all(residual < 1e-16 * RADII[0] ** 2)


@pytest.mark.parametrize("position", POSITIONS)
def test_limb_points_are_where_emission_is_90_deg(position: tuple[float, float, float]) -> None:
    point = limb_ellipse(position, radii_km=RADII).points_km(np.arange(0.0, 360.0, 7.0))
    np.testing.assert_allclose(emission_deg(point, position, radii_km=RADII), 90.0, atol=1e-9)
    np.testing.assert_allclose(np.sum((point / RADII) ** 2, axis=1), 1.0, atol=1e-14)


def test_azimuth_starts_in_the_north_and_runs_to_the_right() -> None:
    """Seen from +x with z up, +y is to the right."""
    top, right = limb_ellipse([9000.0, 0.0, 0.0], radii_km=RADII).points_km([0.0, 90.0])
    assert top[2] > 1700.0
    assert right[1] > 1700.0


@pytest.mark.parametrize("position", POSITIONS)
def test_distance_is_the_least_over_the_limb(position: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(3)
    size = 1900.0 / np.linalg.norm(position)
    ray = unit(-unit(position) + size * rng.uniform(-1.3, 1.3, (400, 3)))
    distance, point = limb_distance_deg(position, ray, radii_km=RADII)
    outline = unit(limb_ellipse(position, radii_km=RADII).points_km(np.linspace(0.0, 360.0, 3601)) - position)
    for d, p, r in zip(distance, point, ray, strict=True):
        brute = angle_between_deg(outline, r).min()
        assert abs(d) <= brute + 1e-9
        # Between two of the 3600 points the limb's chord sags, and rays on the limb lie up to half a step from a point.
        assert abs(d) >= brute - 0.5 * np.degrees(2.0 * np.pi * size / 3600.0) - 1e-9
        assert angle_between_deg(unit(p - position), r) == pytest.approx(abs(d), abs=1e-9)


@pytest.mark.parametrize("position", POSITIONS)
def test_sign_tells_disc_from_sky(position: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(4)
    ray = unit(-unit(position) + 2500.0 / np.linalg.norm(position) * rng.uniform(-1.0, 1.0, (300, 3)))
    distance, _ = limb_distance_deg(position, ray, radii_km=RADII)
    on_disc = np.isfinite(first_intersection_km(position, ray, radii_km=RADII)[:, 0])
    np.testing.assert_array_equal(distance < 0.0, on_disc)
    assert 0 < on_disc.sum() < 300


@given(st.floats(0.0, 360.0), st.floats(-0.02, 0.02))
def test_distance_along_the_normal_of_the_limb(azimuth: float, offset: float) -> None:
    """A ray turned off the limb by a small angle, away from the disc's middle, is at most that angle away."""
    position = np.array(POSITIONS[3])
    edge = limb_ellipse(position, radii_km=RADII).points_km(azimuth)
    sight, axis = unit(edge - position), unit(-position)
    outwards = unit(sight * (sight @ axis) - axis)
    ray = sight * np.cos(np.radians(offset)) + outwards * np.sin(np.radians(offset))
    distance, _ = limb_distance_deg(position, ray, radii_km=RADII)
    # This direction and the limb's normal differ by less than 0.03 rad on a disc of 0.8 % ellipticity off its centre,
    # and the distance is the offset times the cosine of that.
    assert distance == pytest.approx(offset, rel=5e-4, abs=1e-9)


def test_terminator_is_where_the_sun_is_on_the_horizon() -> None:
    sun = unit([0.5, -0.7, 0.2])
    point = terminator_points_km(sun, np.arange(0.0, 360.0, 11.0), radii_km=RADII)
    np.testing.assert_allclose(incidence_deg(point, sun, radii_km=RADII), 90.0, atol=1e-9)


def test_an_observer_inside_has_no_limb() -> None:
    with pytest.raises(ValueError, match="outside the body"):
        limb_ellipse([100.0, 0.0, 0.0], radii_km=RADII)
