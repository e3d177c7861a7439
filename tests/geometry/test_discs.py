"""Hidden parts of discs and seen areas.

Authority: law. Rays shot at a disc one by one, and surfaces summed point by point, with the exact ellipsoid.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.limb_distance import limb_distance_deg

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.geometry.discs import hidden_fraction, lens_fraction, limb_offset_rad, seen_areas_km2
from perijove.geometry.ellipsoid import first_intersection_km, outward_normal, surface_point_km
from perijove.geometry.grids import global_equirectangular
from perijove.geometry.rotations import unit

SUN_KM = 695_700.0
angles = st.floats(0.0, 2.0 * np.pi)


def places(number: int, radius_km: float, seed: int) -> np.ndarray:
    """Points on a sphere, at random."""
    return radius_km * unit(np.random.default_rng(seed).normal(size=(number, 3)))


def test_offset_from_the_limb_is_that_of_the_exact_limb() -> None:
    """Rays within 0.05 deg of the limb, from as far as Io: to 0.4 % of the offset, with its sign."""
    rng = np.random.default_rng(1)
    for position in places(20, 421_800.0, seed=2):
        limb_point = surface_point_km(*rng.uniform([-80, -180], [80, 180], (50, 2)).T, JUPITER_RADII_KM)
        ray = unit(limb_point - position)
        _, at_limb = limb_distance_deg(position, ray, radii_km=JUPITER_RADII_KM)
        ray = unit(unit(at_limb - position) + rng.normal(0.0, 3e-4, (50, 3)))
        exact, _ = limb_distance_deg(position, ray, radii_km=JUPITER_RADII_KM)
        offset, distance = limb_offset_rad(position, ray, radii_km=JUPITER_RADII_KM)
        np.testing.assert_allclose(np.degrees(offset), exact, rtol=4e-3, atol=1e-7)
        assert (distance > 0.0).all()


@given(angles, angles, st.floats(-1.2, 1.2))
def test_hidden_part_of_the_sun(lon: float, around: float, inside: float) -> None:
    """Against 4,000 rays at the Sun's disc, each tested against the ellipsoid: the grid's own error is 0.5 %."""
    position = 421_800.0 * np.array([np.cos(lon), np.sin(lon), 0.02])
    to_center = -unit(position)
    across = unit(np.cross(to_center, [0.0, 0.0, 1.0]))
    up = np.cross(across, to_center)
    side = np.cos(around) * across + np.sin(around) * up
    limb_rad = np.arcsin(np.array([71492.0, 68000.0]) / 421_800.0).mean() + inside * 1.5e-3
    sun = 7.4e8 * unit(np.cos(limb_rad) * to_center + np.sin(limb_rad) * side)
    radius = np.sqrt(np.random.default_rng(3).uniform(size=4000)) * SUN_KM / 7.4e8
    angle = np.random.default_rng(4).uniform(0.0, 2.0 * np.pi, 4000)
    first = unit(np.cross(sun, position))
    second = np.cross(unit(sun), first)
    rays = unit(sun) + (radius * np.cos(angle))[:, None] * first + (radius * np.sin(angle))[:, None] * second
    hit = np.isfinite(first_intersection_km(position, rays, radii_km=JUPITER_RADII_KM)[:, 0]).mean()
    found = hidden_fraction(position, sun, light_radius_km=SUN_KM, radii_km=JUPITER_RADII_KM)
    assert abs(float(found) - hit) < 0.03  # three standard deviations of 4,000 rays


def test_what_is_nearer_is_not_hidden() -> None:
    position = np.array([1e6, 0.0, 0.0])
    for range_km, hidden in ((5e5, 0.0), (2e6, 1.0)):
        moon = np.array([-range_km, 0.0, 0.0])
        assert hidden_fraction(position, moon, light_radius_km=1821.0, radii_km=JUPITER_RADII_KM) == hidden
        assert hidden_fraction(position, -moon, light_radius_km=1821.0, radii_km=JUPITER_RADII_KM) == 0.0


def test_lens_is_whole_none_or_half() -> None:
    np.testing.assert_allclose(lens_fraction([1.0, 1.0, 2.0], [3.0, 3.0, 1.0], [1.9, 4.1, 0.5]), [1.0, 0.0, 0.25])
    assert lens_fraction(1.0, 1000.0, 1000.0) == pytest.approx(0.5, abs=3e-4)  # a straight edge through the centre


@pytest.mark.parametrize(
    ("radii", "seen_tolerance", "lit_tolerance"),
    [(IO_RADII_THOMAS_1998_KM, 2e-4, 5e-3), (JUPITER_RADII_KM, 3e-3, 5e-2)],
    ids=["Io", "Jupiter"],
)
def test_areas_are_sums_over_the_surface(radii: np.ndarray, seen_tolerance: float, lit_tolerance: float) -> None:
    """Cells of half a degree; tolerances are those of the docstring and what a grid leaves at the limb."""
    grid = global_equirectangular(2.0 * np.pi * float(radii[0]) / 720, sphere_radius_km=float(radii[0]))
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    point = surface_point_km(lat, lon, radii)
    normal = outward_normal(point, radii_km=radii)
    distance = np.linalg.norm(point, axis=-1)
    cosine = np.sum(point * normal, axis=-1) / distance
    step = np.radians(180.0 / grid.shape[0])
    cell = distance**2 * np.cos(np.radians(lat)) / cosine * step * step
    for position, sun in zip(places(6, 1.9 * radii[0], 5), places(6, 1.0, 6), strict=True):
        seen = np.sum(normal * (position - point), axis=-1) > 0.0
        lit = seen & (normal @ sun > 0.0)
        found = seen_areas_km2(position, sun, radii_km=radii)
        assert float(found[0]) == pytest.approx(np.sum(cell[seen]), rel=seen_tolerance + 2e-3)
        assert float(found[1]) == pytest.approx(np.sum(cell[lit]), abs=(lit_tolerance + 2e-3) * np.sum(cell[seen]))


def test_areas_at_full_and_new() -> None:
    """With the Sun behind the observer all that is seen is lit; with the Sun beyond the body, nothing is."""
    position = np.array([[5000.0, 0.0, 0.0]])
    for sun, part in (([1.0, 0.0, 0.0], 1.0), ([-1.0, 0.0, 0.0], 0.0)):
        seen, lit = seen_areas_km2(position, sun, radii_km=IO_RADII_THOMAS_1998_KM)
        np.testing.assert_allclose(lit, part * seen, rtol=1e-12, atol=1e-6)
