"""Angles of light.

Authority: law (a sphere's angles are elementary; the spherical triangle bounds them).
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.illumination import illumination_deg

SPHERE = np.full(3, 1821.49)


def test_a_sphere_on_its_equator() -> None:
    """Sub-solar point at 0, observer infinitely far above 60 E: incidence and emission are differences of longitude."""
    point = surface_point_km(0.0, np.array([-50.0, 0.0, 20.0, 140.0]), SPHERE)
    observer = 1e12 * np.array([np.cos(np.radians(60.0)), np.sin(np.radians(60.0)), 0.0])
    incidence, emission, phase = illumination_deg(point, observer, [1.0, 0.0, 0.0], radii_km=SPHERE)
    np.testing.assert_allclose(incidence, [50.0, 0.0, 20.0, 140.0], atol=1e-12)
    np.testing.assert_allclose(emission, [110.0, 60.0, 40.0, 80.0], atol=1e-6)
    np.testing.assert_allclose(phase, 60.0, atol=1e-6)


@given(st.floats(-89.0, 89.0), st.floats(-180.0, 180.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_phase_lies_between_difference_and_sum(lat: float, lon: float, a: float, b: float) -> None:
    sun = np.array([1.0, a, b])
    incidence, emission, phase = illumination_deg(
        surface_point_km(lat, lon, RADII), [3000.0, -2000.0, 1000.0], sun, radii_km=RADII
    )
    assert abs(incidence - emission) - 1e-9 <= phase <= min(incidence + emission, 360.0 - incidence - emission) + 1e-9


def test_nowhere_has_no_angles() -> None:
    angles = illumination_deg(np.full((2, 3), np.nan), [3000.0, 0.0, 0.0], [1.0, 0.0, 0.0], radii_km=RADII)
    assert np.isnan(angles).all()
