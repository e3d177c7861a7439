"""Juno's built-in passes.

Authorities: the trajectory kernel of perijoves 43 and 44 (independent: it did not go into the passes; archive geometry
of 57 and 58 stands in `test_solutions`); times and altitudes of closest approach that NASA or the mission published;
laws of mechanics. The places of JPL Horizons and the mission's times of perijove went in, so they are regressions.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.polynomial import legendre
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM, IO_MEAN_RADIUS_KM
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_ZONALS_DURANTE_2020
from perijove.ephemeris.frames import frame_rotation
from perijove.ephemeris.juno import ARCS, arc_at, arc_of, juno_states
from perijove.ephemeris.juno_forces import CloseForces, accelerations, indirect
from perijove.ephemeris.juno_path import FreePath
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError, PrecisionError
from perijove.timescales import tdb_to_utc, utc_to_tdb

HOUR = 3600.0


def closest_approach(moon: str, near_utc: str) -> tuple[float, float]:
    """TDB and distance of the closest approach within half an hour of a time."""
    near = float(utc_to_tdb(near_utc))

    def distance(seconds: float) -> float:
        return float(np.linalg.norm(EMBEDDED.state("JUNO", near + seconds, center=moon)[:3]))

    found = minimize_scalar(distance, bounds=(-1800.0, 1800.0), method="bounded", options={"xatol": 1e-4})
    return near + float(found.x), float(found.fun)


def test_arcs_cover_twelve_hours_about_each_perijove() -> None:
    assert [arc.perijove for arc in ARCS] == list(range(34, 77))
    for arc in ARCS:
        assert arc.start_tdb <= arc.perijove_tdb - 12.0 * HOUR
        assert arc.end_tdb >= arc.perijove_tdb + 12.0 * HOUR
        assert arc.start_tdb <= arc.quiet_start_tdb < arc.perijove_tdb < arc.quiet_end_tdb <= arc.end_tdb
    assert all(before.end_tdb < after.start_tdb for before, after in pairwise(ARCS))


@pytest.mark.data
def test_perijoves_of_the_mission_table(data_dir: Path) -> None:
    """Regression to 1 ms up to perijove 73: the table's times are data of the fit. The later ones are not."""
    lines = (data_dir / "ephemeris" / "juno_perijoves_utc.csv").read_text(encoding="ascii").splitlines()[1:]
    table = {int(number): float(utc_to_tdb(time)) for number, time in (line.split(",") for line in lines)}
    late = {arc.perijove: arc.perijove_tdb - table[arc.perijove] for arc in ARCS}
    assert max(abs(late[number]) for number in range(35, 74)) < 1e-3
    assert max(abs(seconds) for seconds in late.values()) < 1.0
    of_2024 = [arc for arc in ARCS if tdb_to_utc(arc.perijove_tdb).startswith("2024")]
    assert [arc.perijove for arc in of_2024] == list(range(58, 69))


def test_perijove_is_the_point_closest_to_jupiter() -> None:
    """Law: there r v is zero; it grows by v^2 - GM/r, 1,600 km^2/s^2, so that 0.02 km^2/s is 12 microseconds."""
    for arc in ARCS:
        state = juno_states(arc.perijove_tdb)
        assert abs(state[:3] @ state[3:]) < 0.02


@pytest.mark.parametrize(
    ("utc", "time_s", "range_km", "tolerance_km"),
    [
        # Times to 0.1 s and ranges to 0.1 km, of other arcs with Io as in jup365, from which ours differ by up to 3 km.
        ("2023-12-30T08:36:01.1", 2.0, 3322.9, 5.0),
        ("2024-02-03T17:48:35.4", 2.0, 3336.4, 5.0),
        ("2022-07-05T04:56:02", 5.0, 87949.0, 15.0),
        # Altitudes to 1,000 or 100 km.
        ("2022-04-09T11:43:38", 5.0, IO_MEAN_RADIUS_KM + 106_000.0, 500.0),
        ("2023-05-16T03:10:00", 60.0, IO_MEAN_RADIUS_KM + 35_500.0, 200.0),
        ("2024-12-27T01:33:30", 5.0, IO_MEAN_RADIUS_KM + 74_400.0, 50.0),
    ],
)
def test_published_closest_approaches_to_io(utc: str, time_s: float, range_km: float, tolerance_km: float) -> None:
    tdb, distance = closest_approach("IO", utc)
    assert abs(tdb - float(utc_to_tdb(utc))) < time_s
    assert abs(distance - range_km) < tolerance_km


@pytest.mark.parametrize(
    ("moon", "utc", "altitude_km"),
    [("EUROPA", "2022-09-29T09:36:29", 352.0), ("GANYMEDE", "2021-06-07T16:56:08", 1038.0)],
)
def test_published_flybys_of_europa_and_ganymede(moon: str, utc: str, altitude_km: float) -> None:
    """Published: NASA's releases of 29 September 2022 and 7 June 2021 (219 and 645 miles; a mile more or less)."""
    tdb, distance = closest_approach(moon, utc)
    assert abs(tdb - float(utc_to_tdb(utc))) < 1.0
    assert abs(distance - GALILEAN_MEAN_RADII_KM[moon] - altitude_km) < 1.6 + 2.5


@pytest.mark.data
@pytest.mark.parametrize(("perijove", "median_km", "max_km"), [(43, 0.15, 0.2), (44, 0.4, 0.8)])
def test_against_the_trajectory_kernel(
    spice: Callable[..., None], perijove: int, median_km: float, max_km: float
) -> None:
    """Independent: JPL's kernel of 10 August 2022. At perijove 44 it predicts, and is off Horizons by 0.5 km itself."""
    spice("spk_pre_220614_221109_220810_jm0450.bsp")
    times = arc_of(perijove).perijove_tdb + np.linspace(-6.0, 6.0, 241) * HOUR
    kernel = np.array([spiceypy.spkezr("-61", t, "J2000", "NONE", "599")[0] for t in times])
    difference = juno_states(times) - kernel
    distance = np.linalg.norm(difference[:, :3], axis=1)
    assert np.median(distance) < median_km
    assert distance.max() < max_km
    assert np.mean(distance < 2.0 * EMBEDDED.position_sigma_km("JUNO", times, center="JUPITER")) > 0.95
    assert np.linalg.norm(difference[:, 3:], axis=1).max() < 1e-4


@pytest.mark.data
def test_places_of_horizons(data_dir: Path) -> None:
    """Regression: the places within seven hours of perijove, which were fitted, are met to 50 m."""
    table = np.loadtxt(
        data_dir / "ephemeris" / "juno_horizons_jovicentric_ecliptic_j2000.csv", delimiter=",", skiprows=1
    )
    utc = [datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") for seconds in table[:, 0]]
    tdb = np.array([float(utc_to_tdb(text)) for text in utc])
    near = np.min(np.abs(tdb[:, None] - [arc.perijove_tdb for arc in ARCS]), axis=1) < 7.0 * HOUR
    places = table[near, 1:] @ frame_rotation("ECLIPJ2000", 0.0)[0]
    assert near.sum() > 85
    assert np.linalg.norm(juno_states(tdb[near])[:, :3] - places, axis=1).max() < 0.05


def test_states_of_several_arcs_at_once() -> None:
    """Law: an array of any shape and order gives what its times give one by one."""
    times = np.array([[ARCS[30].perijove_tdb + 60.0, ARCS[2].start_tdb], [ARCS[2].end_tdb, ARCS[30].perijove_tdb]])
    states = EMBEDDED.state("juno", times, center="IO")
    sigma = EMBEDDED.position_sigma_km("JUNO", times, center="JUPITER")
    assert states.shape == (2, 2, 6)
    assert sigma.shape == (2, 2)
    for i, t in np.ndenumerate(times):
        assert_allclose(states[i], EMBEDDED.state("-61", t, center="501"), rtol=0.0, atol=1e-9)
        assert sigma[i] == pytest.approx(float(EMBEDDED.position_sigma_km("JUNO", t, center="JUPITER")), rel=1e-12)


@given(st.integers(0, len(ARCS) - 1), st.floats(-12.0, 12.0))
@example(12, 8.87109375)
@example(12, 9.654810251759159)
def test_velocity_is_the_rate_of_position(number: int, hours: float) -> None:
    """Law: central differences of order 4 over 1 s, to the grain of places (6e-11 km) and of the formula.

    At perijove, where the path bends within r/v = 1,300 s, the formula errs by v (1 s)⁴ / (30 r⁴/v⁴) = 1e-12 km/s.
    """
    tdb = np.round(ARCS[number].perijove_tdb + hours * HOUR)  # doubles hold whole seconds without rounding
    states = juno_states(tdb + np.arange(-2.0, 3.0))
    rate = (8.0 * (states[3, :3] - states[1, :3]) - (states[4, :3] - states[0, :3])) / 12.0
    assert_allclose(rate, states[2, 3:], rtol=0.0, atol=2e-9)


@pytest.mark.slow
def test_another_integrator_finds_the_same_path() -> None:
    """Independent: Dormand and Prince's method of order 8 with the same forces, in steps of 100 s at most.

    Io was passed at 1,500 km, 4 h before this perijove.
    """
    arc = arc_of(57)
    path = FreePath(arc.state, epoch_tdb=arc.perijove_tdb)

    def rates(seconds: float, state: np.ndarray) -> np.ndarray:
        x, v = state[:3, None, None], state[3:, None, None]
        table = path._forces(np.array([seconds]))
        return np.concatenate([state[3:], accelerations(x, v, table, indirect(table)).ravel()])

    end = -6.0 * HOUR
    found = solve_ivp(rates, (0.0, end), arc.state, method="DOP853", rtol=1e-13, atol=1e-10, max_step=100.0)
    state = path.states(arc.perijove_tdb + end)[0]
    assert_allclose(state[:3], found.y[:3, -1], rtol=0.0, atol=2e-6)
    assert_allclose(state[3:], found.y[3:, -1], rtol=0.0, atol=1e-10)


def test_the_last_digit_of_a_state_moves_nothing() -> None:
    """Law: paths are good to 0.01 mm within 12 h of perijove, rounding included."""
    for arc in ARCS[::6]:
        times = arc.perijove_tdb + np.linspace(-12.0, 12.0, 97) * HOUR
        other = FreePath(np.nextafter(arc.state, np.inf), epoch_tdb=arc.perijove_tdb).states(times)[:, 0]
        assert np.abs(juno_states(times) - other)[:, :3].max() < 1e-8


def test_a_path_is_integrated_as_far_as_it_is_asked_for() -> None:
    """Law: in whatever order times are asked for, the path is the same to the last bit."""
    arc = arc_of(58)
    times = arc.perijove_tdb + np.array([0.0, 3.0, -4.5, 11.0, -11.0]) * HOUR
    at_once = FreePath(arc.state, epoch_tdb=arc.perijove_tdb).states(times)
    one_by_one = FreePath(arc.state, epoch_tdb=arc.perijove_tdb)
    assert np.array_equal(at_once, np.array([one_by_one.states(t) for t in times]))


def test_a_path_that_meets_a_body_is_refused() -> None:
    """Regression: towards Jupiter's centre the field has no end; a sentence, not a path."""
    fall = FreePath([80_000.0, 0.0, 0.0, -50.0, 0.0, 0.0], epoch_tdb=arc_of(58).perijove_tdb)
    with pytest.raises(PrecisionError, match="it meets a body"):
        fall.states(arc_of(58).perijove_tdb + 3.0 * HOUR)


def test_error_grows_away_from_what_was_fitted() -> None:
    """Law: more is never known farther out, and what may have happened beyond the quiet part counts."""
    arc = arc_of(44)
    hours = np.array([0.0, 7.0, 9.0, 12.0])
    later = EMBEDDED.position_sigma_km("JUNO", arc.perijove_tdb + hours * HOUR, center="JUPITER")
    earlier = EMBEDDED.position_sigma_km("JUNO", arc.perijove_tdb - hours * HOUR, center="JUPITER")
    assert (np.diff(later) > 0.0).all()
    assert (np.diff(earlier) > 0.0).all()
    assert later[1] < 1.0
    assert later[3] > 4.0
    with_io = EMBEDDED.position_sigma_km("JUNO", arc.perijove_tdb, center="IO")
    assert with_io > EMBEDDED.position_sigma_km("JUNO", arc.perijove_tdb, center="JUPITER")


@pytest.mark.parametrize("utc", ["2024-01-20T00:00:00", "2016-08-27T12:00:00", "2026-01-01T00:00:00"])
def test_outside_the_arcs_the_nearest_is_named(utc: str) -> None:
    tdb = float(utc_to_tdb(utc))
    with pytest.raises(InputError, match=rf"{utc} UTC.*nearest pass is perijove \d\d.*SPICE kernels"):
        arc_at(tdb)
    with pytest.raises(InputError, match="nearest pass"):
        EMBEDDED.state("JUNO", [ARCS[3].perijove_tdb, tdb], center="JUPITER")


def test_bad_input() -> None:
    with pytest.raises(InputError, match="perijove 33 is not built in; there are 34 to 76"):
        arc_of(33)
    with pytest.raises(InputError, match="nan"):
        juno_states(np.nan)
    assert arc_at(arc_of(57).perijove_tdb).perijove == 57


def forces(k2: float, bodies: np.ndarray, places: np.ndarray, pole: np.ndarray) -> CloseForces:
    """Jupiter of Durante et al. with bodies at rest."""
    return CloseForces(
        jupiter=(JUPITER_GM_KM3_S2, 71492.0, k2, 0.0),
        zonals=np.array([0.0, 0.0, *JUPITER_ZONALS_DURANTE_2020]),
        pole=pole,
        bodies=bodies,
        places=places.T[..., None],
    )


def potential(x: np.ndarray, table: CloseForces) -> float:
    """Of all that pulls, from the textbook's sums; the part that pulls Jupiter itself is left out."""
    gm, radius, k2, _ = table.jupiter
    r = float(np.linalg.norm(x))
    sine = float(x @ table.pole) / r
    zonal = legendre.legval(sine, table.zonals * (radius / r) ** np.arange(table.zonals.size))
    total = gm / r * (1.0 - zonal)
    for (body_gm, j2, c22, light), place in zip(table.bodies, table.places[..., 0].T, strict=True):
        d = x - place
        distance, far = float(np.linalg.norm(d)), float(np.linalg.norm(place))
        along, up = -place / far, table.pole
        sine_up, a = float(d @ up) / distance, float(d @ along)
        b = float(d @ np.cross(up, along))
        total += body_gm * (1.0 - light) / distance
        total += (
            body_gm / distance**3 * (-j2 * 0.5 * (3.0 * sine_up**2 - 1.0) + 3.0 * c22 * (a * a - b * b) / distance**2)
        )
        cosine = float(x @ place) / (r * far)
        total += k2 * body_gm * radius**5 / (far**3 * r**3) * 0.5 * (3.0 * cosine**2 - 1.0)
    return total


@pytest.mark.parametrize("x", [[20000.0, -41000.0, 58000.0], [418500.0, 1500.0, 2200.0]])
def test_forces_are_the_gradient_of_their_potential(x: list[float]) -> None:
    """Law: near Jupiter, and 2,500 km from a moon like Io, numerically; Jupiter's own acceleration is taken out."""
    place = np.array([[420000.0, 0.0, 0.0]])
    table = forces(0.565, np.array([[5960.0, 6100.0, 1840.0, 0.0]]), place, np.array([0.0, 0.0, 1.0]))
    here, own = np.array(x), indirect(table)
    pull = accelerations(here[:, None, None], np.zeros((3, 1, 1)), table, own)[:, 0, 0] - own[:, 0]
    step = 20.0
    gradient = []
    for e in step * np.eye(3):
        near = potential(here + e, table) - potential(here - e, table)
        wide = potential(here + 2.0 * e, table) - potential(here - 2.0 * e, table)
        gradient.append((8.0 * near - wide) / (12.0 * step))
    assert_allclose(pull, gradient, rtol=0.0, atol=3e-10)


def test_jupiter_falls_as_it_pulls() -> None:
    """Law: what it gives to a body it gets back, by the ratio of the masses; its oblateness included."""
    gm = 5960.0
    place, at_rest = np.array([[300000.0, 200000.0, 100000.0]]), np.zeros((3, 1, 1))
    table = forces(0.0, np.array([[gm, 0.0, 0.0, 0.0]]), place, np.array([0.0, 0.0, 1.0]))
    nobody = table._replace(bodies=np.zeros((1, 4)), places=np.full((3, 1, 1), 1e13))
    pulled = accelerations(place.T[..., None], at_rest, nobody, np.zeros((3, 1)))[:, 0, 0]
    assert_allclose(indirect(table)[:, 0], gm / JUPITER_GM_KM3_S2 * pulled, rtol=1e-14)
