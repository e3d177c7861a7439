"""Segments and their composition. Authority: law (sums along a tree, spans, errors), and SPICE's two-body path."""

from dataclasses import replace

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import galilean_states, position_sigma_km
from perijove.ephemeris.juno import arc_of, juno_segments
from perijove.ephemeris.observers import BodyObserver, SiteObserver
from perijove.ephemeris.segment import ALWAYS, Segment, States, Together
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.events.finder import moon_events
from perijove.passes.encounters import close_approaches
from perijove.passes.geometry_series import geometry_series
from perijove.timescales import utc_to_tdb


def resting(*place_km: float) -> States:
    """A body that stands still."""
    return lambda tdb: np.tile([*place_km, 0.0, 0.0, 0.0], (tdb.size, 1))


def known_to(sigma_km: float) -> States:
    """One error for all times."""
    return lambda tdb: np.full(tdb.size, sigma_km)


# --------------------------------------------------------------------------------------------------------- spans, trees


def test_the_last_segment_that_covers_a_time_counts() -> None:
    """Law: also where an earlier one is cut in two; both ends belong to a span."""
    probe = Ephemeris(
        [
            Segment("probe", "Sun", (0.0, 100.0), resting(1.0, 0.0, 0.0)),
            Segment("probe", "Sun", (40.0, 60.0), resting(2.0, 0.0, 0.0)),
            Segment("probe", "Sun", (100.0, 120.0), resting(3.0, 0.0, 0.0)),
        ]
    )
    times = np.array([[0.0, 39.999, 40.0], [60.0, 60.001, 99.0], [100.0, 119.0, 120.0]])
    expected = [[1.0, 1.0, 2.0], [2.0, 1.0, 1.0], [3.0, 3.0, 3.0]]
    np.testing.assert_array_equal(probe.state("PROBE", times, center="SUN")[..., 0], expected)
    for time, place in zip(times.ravel(), np.ravel(expected), strict=True):
        assert probe.state("PROBE", time, center="SUN")[0] == place
    assert probe.windows("probe") == ((0.0, 120.0),)


@pytest.mark.parametrize("tdb", [-1.0, 15.0, 31.0, np.nan, np.inf, [5.0, 15.0], [25.0, np.nan]])
def test_times_without_a_segment_are_refused(tdb: float) -> None:
    probe = Ephemeris([Segment("PROBE", "SUN", span, resting(1.0, 0.0, 0.0)) for span in ((0.0, 10.0), (20.0, 30.0))])
    with pytest.raises(InputError, match=r"Probe is not known there; the nearest span is 2000-01-01T11:5\d:\d\d to"):
        probe.state("PROBE", tdb, center="SUN")
    assert probe.windows("PROBE") == ((0.0, 10.0), (20.0, 30.0))
    assert probe.covers("PROBE", [0.0, 15.0, 30.0]).tolist() == [True, False, True]


def test_a_margin_lets_light_set_out_before() -> None:
    late = Ephemeris([Segment("PROBE", "SUN", (0.0, 10.0), resting(1.0, 0.0, 0.0), margin_s=5.0)])
    assert late.state("PROBE", [-5.0, 15.0], center="SUN").shape == (2, 6)
    assert late.windows("PROBE") == ((0.0, 10.0),)
    with pytest.raises(InputError, match="not known there"):
        late.state("PROBE", -5.1, center="SUN")


@given(
    st.lists(st.floats(0.0, 100.0), min_size=1, max_size=20), st.sampled_from(["SUN", "RED", "BLUE", "PROBE", "ORB"])
)
def test_a_body_may_change_its_centre(times: list[float], center: str) -> None:
    """Law: a probe that leaves RED for BLUE and carries an orb is where the sums by hand have it."""
    tree = Ephemeris(
        [
            Segment("RED", "SUN", ALWAYS, lambda t: np.stack([t, 0 * t, 0 * t, 0 * t + 1, 0 * t, 0 * t], axis=-1)),
            Segment("BLUE", "SUN", ALWAYS, resting(0.0, 7.0, 0.0)),
            Segment("PROBE", "RED", (0.0, 50.0), resting(0.0, 0.0, 1.0)),
            Segment("PROBE", "BLUE", (50.0, 100.0), resting(0.0, 0.0, 2.0)),
            Segment("ORB", "PROBE", ALWAYS, resting(0.5, 0.0, 0.0)),
        ]
    )
    tdb = np.array(times)

    def by_hand(body: str) -> np.ndarray:
        red, blue = np.stack([tdb, 0 * tdb, 0 * tdb], axis=-1), np.array([0.0, 7.0, 0.0])
        probe = np.where((tdb < 50.0)[:, None], red + np.array([0.0, 0.0, 1.0]), blue + np.array([0.0, 0.0, 2.0]))
        orb = probe + np.array([0.5, 0.0, 0.0])
        return {"SUN": 0.0 * red, "RED": red, "BLUE": 0.0 * red + blue, "PROBE": probe, "ORB": orb}[body]

    for body in ("SUN", "RED", "BLUE", "PROBE", "ORB"):
        found = tree.state(body, tdb, center=center)[:, :3]
        np.testing.assert_allclose(found, by_hand(body) - by_hand(center), rtol=0, atol=1e-12)


def test_what_hangs_on_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="no way from SUN to ROVER: one hangs on , the other on PHOBOS"):
        EMBEDDED.with_segments(Segment("ROVER", "PHOBOS", ALWAYS, resting(1.0, 0.0, 0.0))).state(
            "ROVER", 0.0, center="SUN"
        )
    circle = Ephemeris([Segment(a, b, ALWAYS, resting(1.0, 0.0, 0.0)) for a, b in (("A", "B"), ("B", "C"), ("C", "A"))])
    with pytest.raises(InputError, match="in a circle"):
        circle.state("A", 0.0, center="B")
    with pytest.raises(InputError, match="in a circle"):
        circle.windows("A")


# --------------------------------------------------------------------------------------------------------------- errors


def test_errors_add_along_the_way() -> None:
    """Law: independent ones in quadrature; one that is not known leaves the sum unknown, when it counts."""
    tree = Ephemeris(
        [
            Segment("RED", "SUN", ALWAYS, resting(1.0, 0.0, 0.0), sigma_km=known_to(3.0)),
            Segment("MOON", "RED", ALWAYS, resting(1.0, 0.0, 0.0), sigma_km=known_to(4.0)),
            Segment("PROBE", "RED", (0.0, 10.0), resting(1.0, 0.0, 0.0), sigma_km=known_to(12.0)),
            Segment("PROBE", "RED", (10.0, 20.0), resting(1.0, 0.0, 0.0)),
        ]
    )
    assert tree.position_sigma_km("MOON", 0.0, center="SUN") == 5.0
    assert tree.position_sigma_km("MOON", 0.0, center="RED") == 4.0
    np.testing.assert_array_equal(
        tree.position_sigma_km("PROBE", [5.0, 15.0], center="MOON"), [np.hypot(12.0, 4.0), np.nan]
    )


def test_what_a_solution_errs_by_is_part_of_the_error_and_stated_apart() -> None:
    """Law: one error for one place, whoever is beside it; the part against the solution is the smaller one."""
    moon = Segment(
        "MOON", "RED", ALWAYS, resting(1.0, 0.0, 0.0), sigma_km=known_to(3.0), solution_sigma_km=known_to(4.0)
    )
    probe = Segment("PROBE", "RED", ALWAYS, resting(1.0, 0.0, 0.0), sigma_km=known_to(12.0))
    tree = Ephemeris([moon, probe])
    assert tree.position_sigma_km("MOON", 0.0, center="RED") == pytest.approx(5.0)
    assert tree.fit_sigma_km("MOON", 0.0, center="RED") == pytest.approx(3.0)
    assert tree.position_sigma_km("PROBE", 0.0, center="RED") == pytest.approx(12.0)
    assert tree.position_sigma_km("PROBE", 0.0, center="MOON") == pytest.approx(13.0)
    np.testing.assert_allclose(tree.solution_sigma_km("MOON", [0.0, 1.0]), np.full((2, 3), 4.0 / np.sqrt(3.0)))
    np.testing.assert_array_equal(tree.solution_sigma_km("PROBE", 0.0), np.zeros(3))


def test_covariances_follow_the_path() -> None:
    """Law: errors away from the centre, along the path and normal to it, turned into the axes of the states."""
    moving = np.array([0.0, 5.0, 0.0, -2.0, 0.5, 0.0])  # outward y, along -x (0.5 is radial), normal z
    path = Segment(
        "MOON",
        "RED",
        ALWAYS,
        lambda tdb: np.tile(moving, (tdb.size, 1)),
        sigma_km=lambda tdb: np.tile([1.0, 2.0, 3.0], (tdb.size, 1)),
        solution_sigma_km=lambda tdb: np.tile([0.0, 4.0, 0.0], (tdb.size, 1)),
    )
    probe = Segment("PROBE", "RED", ALWAYS, resting(1.0, 0.0, 0.0), sigma_km=known_to(np.sqrt(3.0)))
    dark = Segment("DARK", "RED", ALWAYS, resting(1.0, 0.0, 0.0))
    tree = Ephemeris([path, probe, dark])
    found = tree.position_covariance_km2("MOON", [[0.0, 1.0]], center="PROBE")
    assert found.shape == (1, 2, 3, 3)
    np.testing.assert_allclose(found, np.broadcast_to(np.diag([21.0, 2.0, 10.0]), (1, 2, 3, 3)), rtol=1e-12, atol=1e-12)
    assert tree.position_sigma_km("MOON", 0.0, center="PROBE") == pytest.approx(np.sqrt(33.0))
    assert np.isnan(tree.position_covariance_km2("DARK", 0.0, center="MOON")).all()


def test_errors_of_the_built_in_ephemeris_are_one_for_all() -> None:
    """Law: Io's is 9.4 km along its orbit and 0.3 across, from Jupiter and from Juno alike, but for Juno's own."""
    tdb = arc_of(57).perijove_tdb
    juno = EMBEDDED.position_covariance_km2("JUNO", tdb, center="JUPITER")
    alone = EMBEDDED.position_covariance_km2("IO", tdb, center="JUPITER")
    np.testing.assert_allclose(EMBEDDED.position_covariance_km2("JUNO", tdb, center="IO"), juno + alone, rtol=1e-12)
    state = EMBEDDED.state("IO", tdb, center="JUPITER")
    outward, ahead = (half / np.linalg.norm(half) for half in (state[:3], state[3:]))
    assert np.sqrt(ahead @ alone @ ahead) == pytest.approx(9.4, abs=0.1)  # 0.6 % a month about then
    assert np.sqrt(outward @ alone @ outward) == pytest.approx(0.31, abs=0.05)  # the orbit's slope adds 0.04
    total = EMBEDDED.position_sigma_km("IO", tdb, center="JUPITER")
    assert total == pytest.approx(np.sqrt(np.trace(alone)))
    against_jpl = np.linalg.norm(position_sigma_km(tdb)[0])
    assert EMBEDDED.fit_sigma_km("IO", tdb, center="JUPITER") == pytest.approx(against_jpl)
    beside = EMBEDDED.position_sigma_km("EUROPA", tdb, center="JUNO")
    assert beside == pytest.approx(np.sqrt(np.trace(juno) + 2.5**2 + 0.3**2 + 0.48**2), rel=0.01)


# --------------------------------------------------------------------------------------------------------- work shared


def test_bodies_from_one_computation_are_computed_once() -> None:
    """Law: for Io from the barycentre moons are needed twice, for Io itself and for Jupiter's motion."""
    calls = []

    def states(tdb: np.ndarray) -> np.ndarray:
        calls.append(tdb.size)
        return np.stack([tdb[:, None] * np.ones(6), 2.0 * tdb[:, None] * np.ones(6)], axis=1)

    together = Together(states)
    pair = Ephemeris(
        [Segment("A", "SUN", ALWAYS, together.one(0)), Segment("B", "A", ALWAYS, together.one(1))],
    )
    assert pair.state("B", [1.0, 2.0], center="SUN")[:, 0].tolist() == [3.0, 6.0]
    assert calls == [2]
    assert pair.state("B", [3.0, 4.0], center="SUN")[:, 0].tolist() == [9.0, 12.0]
    assert calls == [2, 2]


def test_changed_times_are_computed_anew() -> None:
    """Law: whoever asks a segment with an own array, changes it and asks again gets the states of the new times."""
    together = Together(lambda tdb: np.tile(tdb[:, None, None], (1, 1, 6)))
    times = np.array([1.0, 2.0])
    assert together(times)[:, 0, 0].tolist() == [1.0, 2.0]
    times += 1.0
    assert together(times)[:, 0, 0].tolist() == [2.0, 3.0]
    times.setflags(write=False)
    assert together(times[::-1])[:, 0, 0].tolist() == [3.0, 2.0]


def test_remembering_asks_once() -> None:
    calls = []

    def state(tdb: np.ndarray) -> np.ndarray:
        calls.append(tdb.size)
        return np.zeros((tdb.size, 6))

    known = Ephemeris([Segment("A", "SUN", ALWAYS, state)]).remembering()
    times = np.array([1.0, 2.0])
    assert known.state("A", times, center="SUN") is known.state("A", times, center="SUN")
    known.state("A", times + 0.0, center="SUN")
    assert calls == [2, 2]


# ------------------------------------------------------------------------------------------------------- own spacecraft

EPOCH_TDB = utc_to_tdb("2031-05-01")
SPAN = (EPOCH_TDB - 2.0 * 86400.0, EPOCH_TDB + 2.0 * 86400.0)


def two_body_path(epoch_tdb: float, state: np.ndarray, gm: float) -> States:
    """Independent: SPICE's propagation in the field of a point."""
    return lambda tdb: np.array([spiceypy.prop2b(gm, state, t - epoch_tdb) for t in tdb]).reshape(-1, 6)


@pytest.fixture(scope="module")
def with_probe() -> Ephemeris:
    """A probe about Jupiter that passes 600 km beside Io's place at the epoch."""
    io = galilean_states(EPOCH_TDB)[0]
    beside = io[:3] * (1.0 + 2421.0 / np.linalg.norm(io[:3]))
    state = np.concatenate([beside, 1.3 * io[3:] + [0.0, 0.0, 4.0]])
    segment = Segment(
        "my probe", "jupiter", SPAN, two_body_path(EPOCH_TDB, state, JUPITER_GM_KM3_S2), sigma_km=known_to(3.0)
    )
    return EMBEDDED.with_segments(segment)


def test_own_spacecraft_in_a_geometry_table(with_probe: Ephemeris) -> None:
    times = EPOCH_TDB + np.array([-4000.0, 0.0, 4000.0])
    series = geometry_series(with_probe, "IO", times, observer="My_Probe", correction="LT")
    probe = with_probe.state("MY PROBE", times, center="SSB")[:, :3]
    for _ in range(2):
        left = times - series.light_time_s
        straight = np.linalg.norm(with_probe.state("IO", left, center="SSB")[:, :3] - probe, axis=-1)
    np.testing.assert_allclose(series.range_km, straight, rtol=0, atol=0.01)
    np.testing.assert_allclose(series.light_time_s * SPEED_OF_LIGHT_KM_S, series.range_km, rtol=1e-12)
    # Its own error, and Io's on the line of sight: that along the orbit, beside it, counts little.
    sight = with_probe.state("IO", times, center="MY PROBE")[:, :3]
    sight /= np.linalg.norm(sight, axis=-1)[:, None]
    own = EMBEDDED.position_covariance_km2("IO", times, center="JUPITER")
    expected = np.sqrt(3.0 + np.einsum("ni,nij,nj->n", sight, own, sight))
    np.testing.assert_allclose(series.sigma["range_km"], expected, rtol=1e-12)


def test_own_spacecraft_has_encounters(with_probe: Ephemeris) -> None:
    found = close_approaches(with_probe, ["IO"], *SPAN, spacecraft="my probe", max_range_km=1e5)
    near = min(found, key=lambda one: abs(one.tdb - EPOCH_TDB))

    def distance(seconds: float) -> float:
        return float(np.linalg.norm(with_probe.state("MY PROBE", EPOCH_TDB + seconds, center="IO")[:3]))

    least = minimize_scalar(distance, bounds=(-3000.0, 3000.0), method="bounded", options={"xatol": 1e-5})
    assert near.tdb == pytest.approx(EPOCH_TDB + least.x, abs=0.01)
    assert near.range_km == pytest.approx(least.fun, abs=1e-6)
    assert near.perijove is None
    sight = near.state[:3] / near.range_km
    assert near.range_sigma_km == near.sigma_along_km(sight)
    own = EMBEDDED.position_covariance_km2("IO", near.tdb, center="JUPITER")
    assert near.range_sigma_km == pytest.approx(np.sqrt(3.0 + sight @ own @ sight))
    with pytest.raises(InputError, match="my probe is not known there; nearest are 2031-04-29"):
        close_approaches(with_probe, ["IO"], 0.0, 1e6, spacecraft="my probe")


def test_own_spacecraft_watches_events() -> None:
    """Law: one that flies with the Earth sees what is seen from there, to a millisecond of sampling."""
    beside = EMBEDDED.with_segments(Segment("SHADOWER", "EARTH", ALWAYS, resting(0.0, 0.0, 0.0)))
    span = (EPOCH_TDB, EPOCH_TDB + 86400.0)
    ours = moon_events(*span, observer=BodyObserver("shadower"), ephemeris=beside)
    theirs = moon_events(*span)
    assert len(ours) == len(theirs) > 2
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine.kind, mine.front, mine.back) == (other.kind, other.front, other.back)
        assert mine.start_tdb == pytest.approx(other.start_tdb, abs=1e-3)


def test_a_site_is_a_segment_like_any_other() -> None:
    """Law: events for a site are those for a body that the site's own segment leads to."""
    site = SiteObserver(28.3, -16.5, 2390.0)
    with_site = EMBEDDED.with_segments(replace(site.place, target="TEIDE"))
    np.testing.assert_allclose(
        with_site.state("TEIDE", EPOCH_TDB, center="EARTH"), site.state_about_earth(EPOCH_TDB), rtol=1e-12
    )
    span = (EPOCH_TDB, EPOCH_TDB + 86400.0)
    ours = moon_events(*span, observer=BodyObserver("TEIDE"), ephemeris=with_site)
    theirs = moon_events(*span, observer=site)
    assert [one.start_tdb for one in ours] == pytest.approx([one.start_tdb for one in theirs], abs=2e-3)


def test_what_replaces_answers_alone() -> None:
    """Law: with more segments the old ones answer beyond the new ones' span; replaced, they are gone."""
    arc, other = arc_of(57), arc_of(58)
    own = Segment("JUNO", "JUPITER", (arc.start_tdb, arc.end_tdb), resting(1e6, 0.0, 0.0))
    more, alone = EMBEDDED.with_segments(own), EMBEDDED.replacing(own)
    assert more.state("JUNO", arc.perijove_tdb, center="JUPITER")[0] == 1e6
    np.testing.assert_array_equal(
        more.state("JUNO", other.perijove_tdb, center="IO"), EMBEDDED.state("JUNO", other.perijove_tdb, center="IO")
    )
    with pytest.raises(InputError, match="Juno is not known there"):
        alone.state("JUNO", other.perijove_tdb, center="IO")
    assert EMBEDDED.segments_of("-61") == juno_segments()
    assert EMBEDDED.segments_of("JUNO") is not alone.segments_of("JUNO")
