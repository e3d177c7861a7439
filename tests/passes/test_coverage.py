"""Best looks during passes.

Authority: independent. Every look is searched again point by point, on a grid of times fine enough that nothing is
missed, with the plain formulas of `perijove.geometry`; and law.
"""

from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.geometry.ellipsoid import first_intersection_km, nearest_point_km, surface_point_km
from perijove.geometry.illumination import emission_deg, incidence_deg
from perijove.geometry.rotations import unit
from perijove.passes.coverage import LIGHTS, BestLooks, PassWindow, best_looks, coverage, pass_window
from perijove.passes.vantage import Vantage, vantage
from perijove.timescales import utc_to_tdb

CLOSEST = utc_to_tdb("2023-12-30T08:36:01.0")
LAT, LON = np.meshgrid(np.arange(-81.0, 90.0, 27.0), np.arange(-180.0, 180.0, 40.0), indexing="ij")
POINTS = surface_point_km(LAT.ravel(), LON.ravel(), RADII)
REACH = (arc_of(57).start_tdb, arc_of(57).end_tdb)
STEP_S, FAR_STEP_S = 0.5, 4.0


@pytest.fixture(scope="module")
def near() -> PassWindow:
    """Perijove 57 below 40,000 km."""
    return pass_window(EMBEDDED, "IO", CLOSEST, max_altitude_km=40_000.0, reach_s=REACH, name="PJ57")


@pytest.fixture(scope="module")
def fine(near: PassWindow) -> Vantage:
    """The same window, twice a second where Juno is near, straight from the ephemeris."""
    first, last = near.vantage.times_tdb[[0, -1]]
    coarse, dense = np.arange(first, last, FAR_STEP_S), CLOSEST + np.arange(-150.0, 150.0, STEP_S)
    return vantage(EMBEDDED, "IO", "JUNO", np.unique(np.concatenate([coarse, dense])))


def sunlit(seen: Vantage, point: np.ndarray) -> np.ndarray:
    """Whether the Sun is above a point's horizon, and not behind Jupiter."""
    day = incidence_deg(point, seen.sun, radii_km=RADII) < 90.0
    place = np.einsum("nij,nj->ni", seen.body_to_jupiter, point - seen.jupiter_km)
    ray = np.einsum("nij,nj->ni", seen.body_to_jupiter, seen.sun)
    return np.asarray(day & np.isnan(first_intersection_km(place, ray, radii_km=JUPITER_RADII_KM)[:, 0]))


def searched(seen: Vantage, point: np.ndarray, light: str, limit_deg: float) -> tuple[float, float, float] | None:
    """Least distance over cosine of emission, its time, and least emission; None where there is no look."""
    emission = emission_deg(point, seen.position_km, radii_km=RADII)
    counts = emission <= limit_deg
    if light != "any":
        counts &= sunlit(seen, point) == (light == "sun")
    if not counts.any():
        return None
    sharp = np.linalg.norm(seen.position_km - point, axis=-1) / np.cos(np.radians(emission))
    sharp = np.where(counts, sharp, np.inf)
    best = int(np.argmin(sharp))
    return float(sharp[best]), float(seen.times_tdb[best]), float(emission[counts].min())


@pytest.mark.slow
@pytest.mark.parametrize("light", LIGHTS)
def test_against_a_search_through_all_times(near: PassWindow, fine: Vantage, light: str) -> None:
    looks = best_looks(POINTS, [near], light=light, max_emission_deg=80.0)
    expected = [searched(fine, point, light, 80.0) for point in POINTS]
    assert [one is not None for one in expected] == looks.seen.tolist()
    assert 10 < looks.seen.sum() < len(POINTS)
    for k, one in enumerate(expected):
        if one is None:
            assert np.isnan([looks.time_tdb[k], looks.range_km[k], looks.least_emission_deg[k]]).all()
            continue
        sharp, time, steep = one
        # Never worse, but for 1 m of interpolation; better by as much as a step of the search changes: 2 % a second.
        assert looks.stretched_range_km[k] <= sharp * (1.0 + 1e-6)
        assert looks.stretched_range_km[k] == pytest.approx(sharp, rel=0.02)
        assert looks.least_emission_deg[k] <= steep + 1e-5
        assert looks.least_emission_deg[k] == pytest.approx(steep, abs=0.5)
        assert looks.time_tdb[k] == pytest.approx(time, abs=2.0 * FAR_STEP_S)


def test_numbers_are_those_of_the_ephemeris_at_that_time(near: PassWindow) -> None:
    looks = best_looks(POINTS, [near])
    for k in np.flatnonzero(looks.seen):
        there = vantage(EMBEDDED, "IO", "JUNO", float(looks.time_tdb[k]))
        assert looks.range_km[k] == pytest.approx(np.linalg.norm(there.position_km[0] - POINTS[k]), abs=1e-3)
        emission = emission_deg(POINTS[k], there.position_km[0], radii_km=RADII)
        assert looks.emission_deg[k] == pytest.approx(float(emission), abs=1e-4)
        incidence = incidence_deg(POINTS[k], there.sun[0], radii_km=RADII)
        assert looks.incidence_deg[k] == pytest.approx(float(incidence), abs=1e-4)
    assert near.position_at_km(looks.time_tdb).shape == POINTS.shape


def test_best_looks_are_stationary_or_at_an_edge(near: PassWindow) -> None:
    """A second earlier or later the look is worse, or there is none."""
    looks = best_looks(POINTS, [near], max_emission_deg=70.0)
    for shift in (-1.0, 1.0):
        position = near.position_at_km(looks.time_tdb + shift)
        emission = emission_deg(POINTS, position, radii_km=RADII)
        sharp = np.linalg.norm(position - POINTS, axis=-1) / np.cos(np.radians(emission))
        outside = (looks.time_tdb + shift < near.vantage.times_tdb[0]) | (
            looks.time_tdb + shift > near.vantage.times_tdb[-1]
        )
        worse = (sharp > looks.stretched_range_km * (1.0 - 1e-9)) | (emission > 70.0) | outside
        assert worse[looks.seen].all()


def test_window_ends_at_the_altitude_and_is_sampled_as_it_comes_near(near: PassWindow) -> None:
    position = near.vantage.position_km
    altitude = np.linalg.norm(position - nearest_point_km(position, radii_km=RADII), axis=-1)
    np.testing.assert_allclose(altitude[[0, -1]], 40_000.0, atol=0.1)
    assert altitude[1:-1].max() < 40_000.0
    path = np.linalg.norm(np.diff(position, axis=0), axis=-1)
    assert (path <= 0.03 * np.minimum(altitude[1:], altitude[:-1])).all()
    assert np.diff(near.vantage.times_tdb).max() <= 60.0
    assert near.usable.all()


def test_coverage_is_the_looks_at_pixel_centers(near: PassWindow) -> None:
    mapped = coverage([near], step_deg=30.0, light="sun")
    assert mapped.grid.shape == (6, 12)
    lat, lon = mapped.grid.lat_lon(np.arange(6)[:, None], np.arange(12)[None, :])
    np.testing.assert_allclose(lat[:, 0], np.arange(75.0, -90.0, -30.0))
    looks = best_looks(surface_point_km(lat, lon, RADII), [near], light="sun")
    np.testing.assert_array_equal(mapped.looks.range_km, looks.range_km)
    weight = np.cos(np.radians(lat))
    assert mapped.seen_fraction == pytest.approx(np.sum(weight * looks.seen) / np.sum(weight))


def test_two_passes_give_the_better_of_both(near: PassWindow) -> None:
    arc = arc_of(58)
    closest = utc_to_tdb("2024-02-03T17:48:35.4")
    other = pass_window(
        EMBEDDED, "IO", closest, max_altitude_km=40_000.0, reach_s=(arc.start_tdb, arc.end_tdb), name="PJ58"
    )
    alone = [best_looks(POINTS, [window]) for window in (near, other)]
    both = best_looks(POINTS, [near, other])
    sharp = np.stack([one.stretched_range_km for one in alone])
    np.testing.assert_array_equal(both.stretched_range_km, np.fmin(*sharp))
    np.testing.assert_array_equal(both.least_emission_deg, np.fmin(*(one.least_emission_deg for one in alone)))
    np.testing.assert_array_equal(both.window == 1, np.isnan(sharp[0]) & ~np.isnan(sharp[1]) | (sharp[1] < sharp[0]))
    assert {0, 1} <= set(both.window.tolist())


def test_light_splits_the_looks(near: PassWindow) -> None:
    """What is seen is seen by day or by night; the best look of all is the better one of the two."""
    whole, day, night = (best_looks(POINTS, [near], light=light) for light in ("any", "sun", "night"))
    np.testing.assert_array_equal(whole.seen, day.seen | night.seen)
    np.testing.assert_allclose(
        whole.stretched_range_km, np.fmin(day.stretched_range_km, night.stretched_range_km), rtol=1e-12
    )
    assert (day.incidence_deg[day.seen] <= 90.0 + 1e-6).all()
    assert (night.incidence_deg[night.seen] >= 90.0 - 1e-6).all()


def eclipse() -> PassWindow:
    """Io from the Earth's side for two hours about the middle of an eclipse by Jupiter, every 20 s."""
    start = utc_to_tdb("2024-01-01T00:00:00")
    days = vantage(EMBEDDED, "IO", "JUPITER", start + np.arange(0.0, 2.0 * 86400.0, 60.0))
    ahead = np.sum(days.jupiter_km * days.sun, axis=-1)
    aside = np.linalg.norm(np.cross(days.jupiter_km, days.sun), axis=-1)
    middle = float(days.times_tdb[np.argmin(np.where(ahead > 0.0, aside, np.inf))])
    seen = vantage(EMBEDDED, "IO", "EARTH", middle + np.arange(-7200.0, 7200.0, 20.0))
    return PassWindow("eclipse", middle, seen, np.ones(len(seen), dtype=bool))


def test_jupiters_shadow_is_night() -> None:
    window = eclipse()
    noon = surface_point_km(*_below_sun(window.vantage), RADII)
    lit = sunlit(window.vantage, noon)
    assert 0.2 < np.mean(~lit) < 0.8  # the eclipse lasts about two hours of the four
    dark = replace(window, usable=~lit)
    looks = best_looks(noon[None], [dark])
    assert looks.in_shadow.all()
    assert (looks.incidence_deg < 90.0).all()
    assert not best_looks(noon[None], [dark], light="sun").seen.any()
    assert best_looks(noon[None], [dark], light="night").seen.all()
    assert not best_looks(noon[None], [replace(window, usable=lit)]).in_shadow.any()


def _below_sun(seen: Vantage) -> tuple[float, float]:
    sun = unit(seen.sun.mean(axis=0))
    return float(np.degrees(np.arcsin(sun[2]))), float(np.degrees(np.arctan2(sun[1], sun[0])))


def test_jupiter_before_the_body_hides_it() -> None:
    """From the Earth, Io is hidden for two to three hours of each revolution of 42.5 hours."""
    start = utc_to_tdb("2024-01-01T00:00:00")
    window = pass_window(
        EMBEDDED,
        "IO",
        start + 21.0 * 3600.0,
        observer="EARTH",
        max_altitude_km=1e9,
        reach_s=(start, start + 42.5 * 3600.0),
    )
    hours = np.sum(np.diff(window.vantage.times_tdb)[~window.usable[:-1]]) / 3600.0
    assert 1.5 < hours < 2.6


def test_wrong_questions(near: PassWindow) -> None:
    with pytest.raises(InputError, match=r"never below 1,000 km of Io, whose closest approach is at 1,50\d km"):
        pass_window(EMBEDDED, "IO", CLOSEST, max_altitude_km=1000.0, reach_s=REACH)
    with pytest.raises(InputError, match="light 'dusk' is not one of any, sun, night"):
        best_looks(POINTS, [near], light="dusk")
    with pytest.raises(InputError, match="emission up to 91"):
        best_looks(POINTS, [near], max_emission_deg=91.0)
    with pytest.raises(InputError, match="give passes of one"):
        best_looks(POINTS, [])
    with pytest.raises(InputError, match=r"a step of 0\.01 deg"):
        coverage([near], step_deg=0.01)
    with pytest.raises(InputError, match="no shape is known for 'EARTH'"):
        pass_window(EMBEDDED, "EARTH", CLOSEST, max_altitude_km=1e9, reach_s=REACH)


def test_looks_keep_the_shape_of_the_points(near: PassWindow) -> None:
    looks: BestLooks = best_looks(POINTS.reshape(7, 9, 3), [near])
    assert looks.range_km.shape == looks.window.shape == looks.in_shadow.shape == (7, 9)
