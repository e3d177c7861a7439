"""Rings on a globe as polygons on a map.

Authority: law. Circles about a point have a known area wherever they lie: across the meridian of 180 deg, around a
pole.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.oracles.ring_solid_angle import ring_solid_angle_sr

from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.rings import cut_line, cut_ring
from perijove.geometry.rotations import facing, unit

CORNERS = 720
CHORDS = 2e-4  # of the area: sides of half a degree of the circle are straight on a map instead
places = st.tuples(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))


def direction(lat_deg: float, lon_deg: float) -> np.ndarray:
    lat, lon = np.radians([lat_deg, lon_deg])
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def circle(center: np.ndarray, radius_deg: float) -> np.ndarray:
    """Counterclockwise as seen from outside: a camera above has x to the right and y down."""
    right, down, _ = facing(-center, [0.3, 0.2, 1.0])
    turn = np.radians(360.0) * np.arange(CORNERS)[:, None] / CORNERS
    around = np.cos(turn) * right - np.sin(turn) * down
    return 1821.5 * (np.cos(np.radians(radius_deg)) * center + np.sin(np.radians(radius_deg)) * around)


def map_area(polygon: np.ndarray) -> float:
    """Signed solid angle of a polygon whose sides are straight in longitude and sine of latitude."""
    lon, height = np.radians(polygon[:, 0]), np.sin(np.radians(polygon[:, 1]))
    return float(-np.sum(0.5 * (height[1:] + height[:-1]) * np.diff(lon)))


@given(places, st.floats(1.0, 89.0))
def test_polygons_hold_the_area_of_the_circle(place: tuple[float, float], radius_deg: float) -> None:
    # A side through a pole has no longitude: circles whose edge passes within two sides of one are left out.
    assume(abs(90.0 - abs(place[0]) - radius_deg) > 1.0)
    ring = circle(direction(*place), radius_deg)
    expected = 2.0 * np.pi * (1.0 - np.cos(np.radians(radius_deg)))
    assert ring_solid_angle_sr(ring) == pytest.approx(expected, rel=CHORDS)
    polygons = cut_ring(ring)
    assert sum(map_area(polygon) for polygon in polygons) == pytest.approx(expected, rel=CHORDS)
    for polygon in polygons:
        np.testing.assert_array_equal(polygon[0], polygon[-1])
        assert map_area(polygon) > 0.0  # counterclockwise
        assert np.abs(polygon[:, 0]).max() <= 180.0
        assert np.abs(np.diff(polygon[:, 0]))[np.abs(polygon[1:, 1]) < 90.0].max() < 180.0  # no side across the map


def test_a_ring_across_180_becomes_two_polygons_that_meet_there() -> None:
    west, east = sorted(cut_ring(circle(direction(20.0, 175.0), 30.0)), key=lambda polygon: float(polygon[:, 0].mean()))
    edges = [np.sort(np.unique(side[np.abs(side[:, 0]) == 180.0, 1])) for side in (west, east)]
    np.testing.assert_allclose(edges[0], edges[1], atol=1e-12)
    assert len(edges[0]) == 2


@pytest.mark.parametrize("lat", [80.0, -80.0])
def test_around_a_pole_the_polygon_runs_along_the_edge_of_the_map(lat: float) -> None:
    (polygon,) = cut_ring(circle(direction(lat, 30.0), 30.0))
    pole = np.copysign(90.0, lat)
    assert sorted(polygon[polygon[:, 1] == pole, 0]) == [-180.0, 180.0]
    assert ((polygon[:, 0] == 180.0) & (polygon[:, 1] != pole)).any()


def test_a_ring_that_crosses_180_four_times_becomes_three_polygons() -> None:
    """A band along a meridian's winding: two tongues reach over the meridian of 180 deg."""
    lat = np.array([-40, -30, -20, -10, 0, 10, 20, 30, 40, 40, -40.0])
    lon = np.array([170, 170, -170, -170, 170, 170, -170, -170, 170, 160, 160.0])
    ring = np.stack([direction(a, b) for a, b in zip(lat, lon, strict=True)])
    polygons = cut_ring(ring)
    assert len(polygons) == 3
    whole = ring_solid_angle_sr(ring)
    # Sides are arcs of great circles where they are cut, straight lines where they are summed: 1 % at 10 and 20 deg.
    assert sum(map_area(polygon) for polygon in polygons) == pytest.approx(whole, rel=1e-2)
    assert sum(float(polygon[:, 0].mean()) < 0.0 for polygon in polygons) == 2


def test_clockwise_rings_are_refused() -> None:
    with pytest.raises(ValueError, match="clockwise"):
        cut_ring(circle(direction(10.0, 10.0), 20.0)[::-1])
    with pytest.raises(ValueError, match="three corners"):
        cut_ring(circle(direction(10.0, 10.0), 20.0)[:2])


@given(st.floats(-180.0, 180.0), st.floats(-80.0, 80.0))
def test_lines_keep_their_points_and_say_where_they_were_cut(lon_deg: float, lat_deg: float) -> None:
    line = np.stack([direction(lat_deg, lon) for lon in lon_deg + np.arange(0.0, 300.0, 10.0)])
    pieces = cut_line(line)
    numbers = np.concatenate([number for _, number in pieces])
    assert (np.diff(numbers) >= 0.0).all()
    corners = np.concatenate([corner for corner, _ in pieces])
    whole = numbers == np.round(numbers)
    lat, lon = planetocentric_deg(line)
    np.testing.assert_array_equal(np.unique(numbers[whole]), np.arange(len(line)))
    for corner, number in zip(corners[whole], numbers[whole].astype(int), strict=True):
        assert corner[1] == pytest.approx(lat[number], abs=1e-9)
        assert np.cos(np.radians(corner[0] - lon[number])) == pytest.approx(1.0)
    for corner, number in zip(corners[~whole], numbers[~whole], strict=True):
        here, there = line[int(number)], line[int(number) + 1]
        at = unit(here + (number - int(number)) * (there - here))
        assert abs(corner[0]) == 180.0
        np.testing.assert_allclose(direction(corner[1], corner[0]), at, atol=1e-12)
