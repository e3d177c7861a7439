"""Close approaches, passes, B-planes, and when Jupiter hides a moon.

Authorities: published (the mission's table of perijoves; the closest approaches of perijoves 57 and 58), independent
(NAIF's predicted kernel; SPICE's two-body propagation; the contacts of `perijove.events.finder`) and law.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.ephemeris.juno import ARCS, arc_of
from perijove.ephemeris.observers import BodyObserver
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_ephemeris, kernel_segments
from perijove.errors import InputError, KernelError
from perijove.events.finder import moon_events
from perijove.export.encounter_record import shadow_record
from perijove.passes.b_plane import b_plane
from perijove.passes.encounters import CloseApproach, close_approaches, passes
from perijove.passes.geometry_series import geometry_series
from perijove.passes.shadow_intervals import shadow_intervals
from perijove.timescales import utc_to_tdb

TRAJECTORY = "spice/spk_pre_220614_221109_220810_jm0450.bsp"
MOONS = ("IO", "EUROPA", "GANYMEDE", "CALLISTO")


@pytest.fixture(scope="module")
def approaches() -> tuple[CloseApproach, ...]:
    """All of the built-in arcs."""
    return close_approaches(EMBEDDED, MOONS, ARCS[0].start_tdb, ARCS[-1].end_tdb)


@pytest.fixture(scope="module")
def from_kernels(data_dir: Path) -> Ephemeris:
    """Juno from NAIF's kernel among the built-in moons."""
    return EMBEDDED.replacing(*kernel_segments(Kernels(data_dir / TRAJECTORY), "JUNO"))


# ----------------------------------------------------------------------------------------------------------- published


@pytest.mark.slow
@pytest.mark.data
def test_perijoves_of_the_mission_table(data_dir: Path) -> None:
    """All 43 within 2 s, which the table's whole seconds and JPL's own updates leave."""
    with (data_dir / "ephemeris" / "juno_perijoves_utc.csv").open(encoding="utf-8", newline="") as stream:
        table = {int(row["pj"]): utc_to_tdb(row["utc_scet"]) for row in csv.DictReader(stream)}
    found = passes(EMBEDDED, moons=())
    assert [one.perijove for one in found] == list(range(34, 77))
    for one in found:
        assert one.at_jupiter.tdb == pytest.approx(table[one.perijove], abs=2.0), one.perijove


def test_eleven_perijoves_in_2024() -> None:
    found = passes(EMBEDDED, utc_to_tdb("2024-01-01"), utc_to_tdb("2025-01-01"))
    assert [one.perijove for one in found] == list(range(58, 69))
    assert all(one.at("io") is not None for one in found)


@pytest.mark.parametrize(
    ("perijove", "utc", "range_km", "lat_deg", "lon_east_deg"),
    [(57, "2023-12-30T08:36:01.1", 3322.9, 63.4, -94.3), (58, "2024-02-03T17:48:35.4", 3336.4, -31.4, -37.0)],
)
def test_close_flybys_of_io(
    approaches: tuple[CloseApproach, ...], perijove: int, utc: str, range_km: float, lat_deg: float, lon_east_deg: float
) -> None:
    """Time within 2 s, range within 5 km, and the point below Juno within 0.5 deg."""
    (one,) = [x for x in approaches if (x.moon, x.perijove) == ("IO", perijove) and x.range_km < 1e4]
    assert one.tdb == pytest.approx(utc_to_tdb(utc), abs=2.0)
    assert one.range_km == pytest.approx(range_km, abs=5.0)
    assert one.altitude_km == pytest.approx(1500.0, abs=20.0)
    assert one.speed_km_s == pytest.approx(30.1, abs=0.15)
    series = geometry_series(EMBEDDED, "IO", one.tdb, correction="NONE")
    assert float(series.sub_spacecraft_lat_deg) == pytest.approx(lat_deg, abs=0.5)
    assert float(series.sub_spacecraft_lon_east_deg) == pytest.approx(lon_east_deg, abs=0.5)
    assert float(series.altitude_km) == pytest.approx(one.altitude_km, abs=1e-6)


@pytest.mark.parametrize(
    ("perijove", "moon", "utc", "altitude_km", "tolerance_km"),
    [
        (34, "GANYMEDE", "2021-06-07T16:56", 1046.0, 60.0),
        (45, "EUROPA", "2022-09-29T09:36", 353.0, 15.0),
        (51, "IO", "2023-05-16T03:10", 35_500.0, 200.0),
        (68, "IO", "2024-12-27T01:33:30", 74_400.0, 200.0),
    ],
)
def test_flybys_that_were_announced(
    approaches: tuple[CloseApproach, ...], perijove: int, moon: str, utc: str, altitude_km: float, tolerance_km: float
) -> None:
    """NASA's announcements: minutes, and altitudes as rounded there."""
    near = [x for x in approaches if (x.moon, x.perijove) == (moon, perijove)]
    one = min(near, key=lambda x: x.range_km)
    assert one.tdb == pytest.approx(utc_to_tdb(utc), abs=60.0)
    assert one.altitude_km == pytest.approx(altitude_km, abs=tolerance_km)


# --------------------------------------------------------------------------------------------------------- independent


@pytest.mark.data
@pytest.mark.parametrize("perijove", [43, 44])
def test_against_the_predicted_kernel(from_kernels: Ephemeris, perijove: int) -> None:
    """JPL's own prediction from weeks before: within 15 km and 0.6 s, and three standard errors."""
    arc = arc_of(perijove)
    ours = passes(EMBEDDED, arc.start_tdb, arc.end_tdb)[0]
    theirs = passes(from_kernels, arc.start_tdb, arc.end_tdb)[0]
    assert theirs.perijove == perijove
    for mine, other in zip((ours.at_jupiter, *ours.at_moons), (theirs.at_jupiter, *theirs.at_moons), strict=True):
        assert mine.tdb == pytest.approx(other.tdb, abs=0.6)
        assert mine.range_km == pytest.approx(other.range_km, abs=min(15.0, 3.0 * (mine.range_sigma_km or 0.0) + 0.5))
        assert other.range_sigma_km is None
        assert other.time_sigma_s is None


@pytest.mark.data
def test_windows_of_kernels(from_kernels: Ephemeris) -> None:
    """Whatever the kernels cover is searched: perijoves 43 to 46."""
    found = passes(from_kernels, utc_to_tdb("2022-01-01"), utc_to_tdb("2023-01-01"), moons=())
    assert [one.perijove for one in found] == [43, 44, 45, 46]


@given(
    st.floats(2000.0, 50_000.0),
    st.floats(0.5, 35.0),
    st.tuples(*[st.floats(-1.0, 1.0)] * 4).filter(lambda x: np.hypot(*x[:2]) > 0.1 and np.hypot(*x[2:]) > 0.1),
)
def test_b_plane_of_a_hyperbola(pericenter_km: float, fast: float, axes: tuple[float, ...]) -> None:
    """Followed back for 1e7 s by SPICE's `prop2b`: where its straight path would pass the centre is B, across S."""
    gm = GALILEAN_MEAN_GM_KM3_S2["IO"]
    out = np.array([axes[0], axes[1], 0.3])
    along = np.cross(out, [axes[2], axes[3], 0.2])
    speed = fast + np.sqrt(2.0 * gm / pericenter_km)
    state = np.concatenate([pericenter_km * out / np.linalg.norm(out), speed * along / np.linalg.norm(along)])
    plane = b_plane("IO", state, 7.57e8)
    before = spiceypy.prop2b(gm, state, -1e7)
    incoming = before[3:] / np.linalg.norm(before[3:])
    np.testing.assert_allclose(plane.s, incoming, rtol=0, atol=1e-4)
    assert plane.v_infinity_km_s == pytest.approx(np.linalg.norm(before[3:]), rel=1e-3)
    b = plane.b_t_km * plane.t + plane.b_r_km * plane.r
    assert plane.b_km * plane.v_infinity_km_s == pytest.approx(np.linalg.norm(np.cross(state[:3], state[3:])), rel=1e-9)
    # On the side of the centre where the path comes from: both make the same momentum.
    momentum = np.cross(state[:3], state[3:])
    apart = np.cross(b, plane.s) * plane.v_infinity_km_s - momentum
    assert np.linalg.norm(apart) < 1e-9 * np.linalg.norm(momentum)
    axes_of_plane = np.array([plane.s, plane.t, plane.r])
    np.testing.assert_allclose(axes_of_plane @ axes_of_plane.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes_of_plane) == pytest.approx(1.0)
    assert abs(plane.t @ icrf_to_body("IO", 7.57e8)[2]) < 1e-12  # in the equator
    assert plane.r @ icrf_to_body("IO", 7.57e8)[2] < 0.0  # and R to the south


def test_b_plane_needs_a_flyby() -> None:
    with pytest.raises(InputError, match="bound to IO"):
        b_plane("IO", [2000.0, 0.0, 0.0, 0.0, 1.0, 0.0], 0.0)
    with pytest.raises(InputError, match="no B-plane at 'JUPITER'"):
        b_plane("JUPITER", [2e5, 0.0, 0.0, 0.0, 90.0, 0.0], 0.0)


def test_occultation_against_contacts() -> None:
    """The exact contacts of `perijove.orbits`: first and last touch of Io and Jupiter's limb, within 2 s.

    At 60 km/s that is what a sphere in the place of Io's ellipsoid leaves, and the 5-minute nodes of the other.
    """
    arc = arc_of(57)
    start, end = arc.perijove_tdb - 7200.0, arc.perijove_tdb + 7200.0
    (found,) = [one for one in shadow_intervals(EMBEDDED, "IO", start, end) if one.kind == "occultation"]
    events = moon_events(
        start, end, observer=BodyObserver("JUNO"), ephemeris=EMBEDDED, kinds=("occultation",), moons=("IO",)
    )
    (event,) = events
    times = [contact.tdb for contact in event.contacts]
    assert found.start_tdb == pytest.approx(min(times), abs=2.0)
    assert found.end_tdb == pytest.approx(max(times), abs=2.0)
    assert found.least_fraction == 0.0


# ---------------------------------------------------------------------------------------------------------------- laws


def test_distances_are_least(approaches: tuple[CloseApproach, ...]) -> None:
    """Range rate zero to 1e-6 km/s (a microsecond of its own rate), and no nearer place within five minutes."""
    for one in approaches:
        rate = one.state[:3] @ one.state[3:] / one.range_km
        assert abs(rate) < 1e-6 * max(1.0, one.speed_km_s**2 / one.range_km)
        arc = arc_of(one.perijove or 0)
        times = one.tdb + np.linspace(-300.0, 300.0, 25)
        times = times[(times > arc.start_tdb) & (times < arc.end_tdb)]
        near = EMBEDDED.state("JUNO", times, center=one.moon)[:, :3]
        assert np.linalg.norm(near, axis=-1).min() >= one.range_km - 1e-6


def test_all_are_found(approaches: tuple[CloseApproach, ...]) -> None:
    """Against the distances of every minute, in three passes: as many least ones, no more and no fewer."""
    for perijove in (45, 57, 70):
        arc = arc_of(perijove)
        times = np.arange(arc.start_tdb + 1.0, arc.end_tdb - 1.0, 60.0)
        for moon in MOONS:
            distance = np.linalg.norm(EMBEDDED.state("JUNO", times, center=moon)[:, :3], axis=-1)
            expected = int(np.sum((distance[1:-1] < distance[:-2]) & (distance[1:-1] <= distance[2:])))
            assert sum((one.moon, one.perijove) == (moon, perijove) for one in approaches) == expected


def test_order_limits_and_errors(approaches: tuple[CloseApproach, ...]) -> None:
    assert [one.tdb for one in approaches] == sorted(one.tdb for one in approaches)
    near = close_approaches(EMBEDDED, ["io"], ARCS[0].start_tdb, ARCS[-1].end_tdb, max_range_km=10_000.0)
    assert [one.perijove for one in near] == [57, 58]
    assert near[0].utc.startswith("2023-12-30T08:36:0")
    for one in approaches:
        assert one.range_sigma_km is not None
        assert one.time_sigma_s is not None
        # At the closest approach the velocity is across the line of sight: both errors belong to one distance in space.
        both = np.hypot(one.time_sigma_s * one.speed_km_s, one.range_sigma_km)
        assert both < 1.001 * EMBEDDED.position_sigma_km("JUNO", one.tdb, center=one.moon)
        assert one.speed_sigma_km_s is not None
        assert 0.0 < one.speed_sigma_km_s < 0.01


def test_other_spacecraft_and_moons_among_themselves() -> None:
    """Europa by Io: conjunctions every 3.5 days, 249,000 km apart and a little more."""
    start = utc_to_tdb("2024-01-01")
    found = close_approaches(EMBEDDED, ["IO"], start, start + 30.0 * 86400.0, spacecraft="EUROPA")
    assert 8 <= len(found) <= 9
    assert all(240_000.0 < one.range_km < 260_000.0 for one in found)
    assert {one.perijove for one in found} == {None}


@pytest.mark.parametrize(
    ("moons", "span", "sentence"),
    [
        (["IO"], ("2024-02-05", "2024-02-01"), "turn it around"),
        (["IO"], ("2010-01-01", "2010-02-01"), "JUNO is not known there; nearest are 2021-06"),
        (["IO"], ("2024-02-15", "2024-02-20"), "JUNO is not known there; nearest are 2024-0"),
        (["TITAN"], ("2024-02-01", "2024-02-05"), "no shape is known for 'TITAN'"),
    ],
)
def test_refusals(moons: list[str], span: tuple[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        close_approaches(EMBEDDED, moons, *(utc_to_tdb(day) for day in span))


def test_no_encounter_with_itself() -> None:
    with pytest.raises(InputError, match="IO has no encounter with itself"):
        close_approaches(EMBEDDED, ["IO"], 0.0, 1e5, spacecraft="IO")


@pytest.mark.data
def test_kernels_that_end(data_dir: Path) -> None:
    kernels = kernel_ephemeris(Kernels(data_dir / TRAJECTORY))
    with pytest.raises(InputError, match="JUNO is not known there; nearest are 2022-06-14"):
        close_approaches(kernels, ["IO"], utc_to_tdb("2024-01-01"), utc_to_tdb("2024-02-01"))
    with pytest.raises(KernelError, match="IO"):
        close_approaches(kernels, ["IO"], utc_to_tdb("2022-07-01"), utc_to_tdb("2022-07-10"))


def test_a_moon_in_the_shadow() -> None:
    """Edges are where hiding begins: fractions within and beyond; a cut interval says so."""
    arc = arc_of(57)
    found = shadow_intervals(EMBEDDED, "IO", arc.start_tdb, arc.end_tdb)
    assert {one.kind for one in found} <= {"occultation", "eclipse"}
    assert found
    for one in found:
        column = "unocculted_fraction" if one.kind == "occultation" else "sunlight_fraction"
        inside = geometry_series(EMBEDDED, "IO", [one.start_tdb + 0.1, one.end_tdb - 0.1]).column(column)
        assert (inside < 1.0).all()
        if not one.cut_before:
            assert geometry_series(EMBEDDED, "IO", one.start_tdb - 0.1).column(column) == 1.0
        if not one.cut_after:
            assert geometry_series(EMBEDDED, "IO", one.end_tdb + 0.1).column(column) == 1.0
    one = found[0]
    middle = 0.5 * (one.start_tdb + one.end_tdb)
    (cut,) = [x for x in shadow_intervals(EMBEDDED, "IO", middle, one.end_tdb + 600.0) if x.kind == one.kind]
    assert cut.cut_before
    assert not cut.cut_after
    assert cut.end_tdb == pytest.approx(one.end_tdb, abs=0.02)
    assert shadow_record(cut)["start_utc"]
