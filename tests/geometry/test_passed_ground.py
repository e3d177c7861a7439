"""Heights at which rays pass an ellipsoid, and azimuths around its limb.

Authority: law (points placed above the limb come back), independent (nearest point by Newton's method).
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perijove.geometry.ellipsoid import nearest_point_km, outward_normal
from perijove.geometry.limb import limb_azimuth_deg, limb_degree_km, limb_ellipse, passed_ground

RADII = np.array([1829.4, 1819.4, 1815.7])
POSITION = np.array([3100.0, -2500.0, 900.0])


@pytest.mark.parametrize("height_km", [0.0, 10.0, 300.0])
def test_a_ray_over_the_limb_passes_at_its_height(height_km: float) -> None:
    """Law: the height of the lowest point of a ray, found by small steps with the nearest point of the ellipsoid."""
    limb = limb_ellipse(POSITION, radii_km=RADII).points_km(np.arange(0.0, 360.0, 30.0))
    ray = limb + height_km * outward_normal(limb, radii_km=RADII) - POSITION
    found = passed_ground(POSITION, ray, radii_km=RADII)
    for height, direction in zip(found.height_km, ray, strict=True):
        along = POSITION + np.linspace(0.7, 1.2, 4001)[:, None] * direction
        lowest = min(np.linalg.norm(p - nearest_point_km(p, radii_km=RADII)) for p in along[::40])
        coarse = 1e-3 * np.linalg.norm(direction)  # step of those samples, times the slope near the lowest: below 1 km
        assert height == pytest.approx(lowest, abs=min(0.5, coarse) + 0.002)
    assert_allclose(np.sum((found.foot_km / RADII) ** 2, axis=1), 1.0)
    if height_km == 0.0:
        assert_allclose(found.height_km, 0.0, atol=1e-9)
        assert_allclose(found.foot_km, limb, atol=1e-6)


def test_behind_the_observer_there_is_nothing() -> None:
    """Law: NaN where the body lies behind."""
    found = passed_ground(POSITION, POSITION, radii_km=RADII)
    assert np.isnan(found.height_km)
    assert np.isnan(found.foot_km).all()


def test_azimuth_comes_back() -> None:
    """Law: of limb points, and of points above them to second order."""
    azimuth = np.arange(0.0, 360.0, 7.0)
    limb = limb_ellipse(POSITION, radii_km=RADII).points_km(azimuth)
    off = (limb_azimuth_deg(limb, POSITION, radii_km=RADII) - azimuth + 180.0) % 360.0 - 180.0
    assert_allclose(off, 0.0, atol=1e-9)
    below_north = limb_ellipse(POSITION, radii_km=RADII).points_km(-1e-15)
    assert limb_azimuth_deg(below_north, POSITION, radii_km=RADII) < 360.0


def test_a_degree_of_limb() -> None:
    """Law: 360 of them are the ellipse's circumference to 1e-5."""
    limb = limb_ellipse(POSITION, radii_km=RADII).points_km(np.linspace(0.0, 360.0, 3601))
    round_km = np.linalg.norm(np.diff(limb, axis=0), axis=1).sum()
    assert 360.0 * limb_degree_km(POSITION, radii_km=RADII) == pytest.approx(round_km, rel=1e-4)
