"""Named solutions. Authority: independent (closest approaches and heights that the mission's kernels give), law."""

import csv
from pathlib import Path

import numpy as np
import pytest

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import galilean_states, position_sigma_km
from perijove.ephemeris.juno import ARCS, arc_of, juno_segments
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.solutions import IO_LEAD_TDB, SOLUTIONS, best_solution
from perijove.ephemeris.source import EMBEDDED
from perijove.geometry.ellipsoid import nearest_point_km
from perijove.passes.encounters import CloseApproach, close_approaches, passes
from perijove.timescales import utc_to_tdb

LED = SOLUTIONS["io-lead"].ephemeris
# By the mission's kernels, good to 0.01 s; none of them went into the lead.
CLOSEST_UTC = {
    57: "2023-12-30T08:36:00.836",
    58: "2024-02-03T17:48:35.126",
    60: "2024-04-09T04:54:39.730",
    62: "2024-06-13T16:01:14.018",
}


def nearest_to_io(solution: str, perijove: int) -> CloseApproach:
    arc = arc_of(perijove)
    (one,) = passes(SOLUTIONS[solution].ephemeris, arc.start_tdb, arc.end_tdb)
    approach = one.at("IO")
    assert approach is not None
    return approach


@pytest.mark.parametrize("perijove", CLOSEST_UTC)
def test_closest_approaches_are_those_of_the_kernels(perijove: int) -> None:
    """Independent: within 0.03 s and two standard errors with the lead; 0.2 s late without it, within its error."""
    expected = utc_to_tdb(CLOSEST_UTC[perijove])
    led, plain = (nearest_to_io(name, perijove) for name in ("io-lead", "jup365"))
    assert led.tdb == pytest.approx(expected, abs=0.03)
    assert led.time_sigma_s is not None
    assert plain.time_sigma_s is not None
    assert abs(led.tdb - expected) < 2.0 * led.time_sigma_s < 0.11
    assert plain.tdb - expected == pytest.approx(0.2, abs=0.02)
    assert plain.tdb - expected < 2.0 * plain.time_sigma_s


@pytest.mark.data
@pytest.mark.parametrize("perijove", [57, 58])
def test_heights_are_those_of_jiram(data_dir: Path, perijove: int) -> None:
    """Independent: SPICE-derived heights over Io, met to 0.3 km, as their lead of 9.7 km leaves; 4 and 6 without."""
    table = data_dir / f"volcanoes/jiram_io_calibrated_orbit{perijove}_products.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["start_date_time"] and row["target_name"] == "IO"]
    times = utc_to_tdb([row["start_date_time"].rstrip("Z") for row in rows])
    off = {}
    for name, solution in SOLUTIONS.items():
        place = solution.ephemeris.state("JUNO", times, center="IO")[:, :3]
        fixed = np.einsum("nij,nj->ni", icrf_to_body("IO", times), place)
        height = np.linalg.norm(fixed - nearest_point_km(fixed, radii_km=IO_RADII_THOMAS_1998_KM), axis=-1)
        off[name] = np.abs(height - [float(row["observer_distance_km"]) for row in rows]).max()
    assert off["io-lead"] < 0.3
    assert off["jup365"] > 4.0


def test_up_to_perijove_53_nothing_changes() -> None:
    """Law: before the dates of the lead both solutions are one, state and error."""
    times = np.array([arc.perijove_tdb for arc in ARCS if arc.perijove <= 53])
    assert times.max() < IO_LEAD_TDB[0] < arc_of(54).start_tdb
    for center in ("JUPITER", "JUNO", "SSB"):
        for what in ("state", "position_sigma_km"):
            mine, other = (getattr(ephemeris, what)("IO", times, center=center) for ephemeris in (LED, EMBEDDED))
            np.testing.assert_array_equal(mine, other)


def test_io_is_ahead_along_its_orbit() -> None:
    """Law: by 9.4 km along its velocity, by less than 10 m across; other bodies stay, velocity is the rate of place."""
    times = np.linspace(*IO_LEAD_TDB, 200)
    moved = LED.state("IO", times, center="JUPITER") - EMBEDDED.state("IO", times, center="JUPITER")
    ahead = galilean_states(times)[:, 0, 3:]
    ahead /= np.linalg.norm(ahead, axis=-1)[:, None]
    along = np.sum(moved[:, :3] * ahead, axis=-1)
    np.testing.assert_allclose(along, 9.4, rtol=0, atol=0.06)  # the orbit's eccentricity, 0.4 %, and oblateness
    assert np.linalg.norm(moved[:, :3] - along[:, None] * ahead, axis=-1).max() < 0.01
    for body in ("JUPITER", "EUROPA", "SUN"):
        np.testing.assert_array_equal(LED.state(body, times, center="SSB"), EMBEDDED.state(body, times, center="SSB"))
    h = 64.0
    a, b, middle, c, d = (LED.state("IO", times[1:-1] + k * h, center="JUPITER") for k in (-2, -1, 0, 1, 2))
    np.testing.assert_allclose(((8.0 * (c - b) - (d - a)) / (12.0 * h))[:, :3], middle[:, 3:], rtol=0, atol=1e-7)


def test_errors_follow() -> None:
    """Law: beside Juno the lead's own error stands for that of jup365, and grows after the passes that tell it."""
    at = {number: arc_of(number).perijove_tdb for number in (53, 57, 60, 62, 68, 76)}
    lead = {number: float(LED.solution_sigma_km("IO", tdb)) for number, tdb in at.items()}
    assert lead[53] == pytest.approx(9.4)
    assert lead[57] == lead[60] == pytest.approx(1.1, abs=1e-3)
    assert lead[60] < lead[62] < lead[68] < lead[76] < 4.0
    assert EMBEDDED.solution_sigma_km("IO", list(at.values())) == pytest.approx([9.4] * len(at))
    for number in (57, 68):
        juno = Ephemeris(juno_segments()).position_sigma_km("JUNO", at[number], center="JUPITER")
        own = np.sqrt(juno**2 + position_sigma_km(at[number])[0] ** 2 + lead[number] ** 2)
        assert LED.position_sigma_km("JUNO", at[number], center="IO") == pytest.approx(own)
    assert LED.position_sigma_km("IO", at[57], center="JUPITER") == position_sigma_km(at[57])[0]


def test_what_juno_sees_has_the_lead() -> None:
    assert best_solution("JUNO") is SOLUTIONS["io-lead"]
    assert best_solution("EARTH") is best_solution("SUN") is SOLUTIONS["jup365"]
    assert len(close_approaches(LED, ["IO"], arc_of(53).start_tdb, arc_of(58).end_tdb, max_range_km=1e5)) == 4
