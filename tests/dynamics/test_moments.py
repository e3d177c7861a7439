"""Events on dense output.

Authority: law (two-body orbits, synodic periods, time reversal, rotation), independent (extremes of the embedded
ephemeris by another minimiser, contacts of the event search, NAIF's kernel of Juno).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.integration import Trajectory, integrate
from perijove.dynamics.moments import (
    apsides,
    closest_approaches,
    conjunctions,
    eclipses,
    longitude_meetings,
    oppositions,
)
from perijove.dynamics.system import JovianSystem
from perijove.ephemeris.galilean import galilean_states
from perijove.ephemeris.integrated import integrated_segments
from perijove.ephemeris.observers import BodyObserver
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_ephemeris
from perijove.errors import InputError
from perijove.events.finder import moon_events
from perijove.geometry.ellipsoid import first_intersection_km
from perijove.timescales import utc_to_tdb

DAY = 86400.0
MU = JUPITER_GM_KM3_S2
START = 7.0e8  # 2022-03


def particles(*names: str, pole_deg: tuple[float, float, float, float] = (0.0, 90.0, 0.0, 0.0)) -> JovianSystem:
    return JovianSystem(names=names, gm_km3_s2=(0.0,) * len(names), jupiter_gm_km3_s2=MU, pole_deg=pole_deg)


def circular(axis_km: float, longitude: float) -> np.ndarray:
    c, s, speed = np.cos(longitude), np.sin(longitude), np.sqrt(MU / axis_km)
    return np.array([axis_km * c, axis_km * s, 0.0, -speed * s, speed * c, 0.0])


@pytest.fixture(scope="module")
def month() -> Trajectory:
    """The four moons from March 2022 on."""
    return integrate(JUPITER_AND_MOONS, galilean_states(START), start_tdb=START, end_tdb=START + 40.0 * DAY)


@settings(max_examples=15, deadline=None)
@given(axis=st.floats(3e5, 2e6), e=st.floats(0.003, 0.3), halves=st.integers(2, 40), sign=st.sampled_from([1, -1]))
def test_apsides_of_kepler(axis: float, e: float, halves: int, sign: int) -> None:
    """Law: from the pericentre, an apsis every half period, at a (1 - e) and a (1 + e) in turn; backwards too."""
    speed = np.sqrt(MU / axis * (1.0 + e) / (1.0 - e))
    state = np.array([[axis * (1.0 - e), 0.0, 0.0, 0.0, speed, 0.0]])
    period = 2.0 * np.pi * np.sqrt(axis**3 / MU)
    end = sign * (0.5 * halves + 0.2) * period
    path = integrate(particles("A"), state, start_tdb=0.0, end_tdb=end, tolerance=1e-9)
    found = [event for event in apsides(path, "A") if abs(event.tdb) > 1e-3 * period]
    numbers = np.sort(sign * np.arange(1, halves + 1))
    assert [event.tdb for event in found] == pytest.approx(0.5 * period * numbers, abs=1e-9 * halves * period / e)
    for event, number in zip(found, numbers, strict=True):
        assert event.kind == ("apocenter" if number % 2 else "pericenter")
        assert event.distance_km == pytest.approx(axis * (1.0 + e if number % 2 else 1.0 - e), rel=1e-8)


@settings(max_examples=15, deadline=None)
@given(inner=st.floats(3e5, 6e5), ratio=st.floats(1.3, 4.0), ahead=st.floats(0.1, 6.0))
def test_circular_orbits_meet_every_synodic_period(inner: float, ratio: float, ahead: float) -> None:
    """Law: conjunction, closest approach and opposition of coplanar circles."""
    states = np.stack([circular(inner, ahead), circular(ratio * inner, 0.0)])
    motion = np.sqrt(MU / inner**3) - np.sqrt(MU / (ratio * inner) ** 3)
    path = integrate(particles("A", "B"), states, start_tdb=0.0, end_tdb=6.0 * np.pi / motion)
    period = 2.0 * np.pi / motion
    expected = (2.0 * np.pi - ahead) / motion + period * np.arange(3)
    for events in (conjunctions(path, "A", "B"), closest_approaches(path, "A", "B")):
        assert [event.tdb for event in events] == pytest.approx(expected, abs=1e-3)
        assert [event.distance_km for event in events] == pytest.approx([(ratio - 1.0) * inner] * 3, rel=1e-9)
    later = oppositions(path, "B", "A")
    assert [event.distance_km for event in later] == pytest.approx([(ratio + 1.0) * inner] * 3, rel=1e-9)
    assert (np.array([event.tdb for event in later]) - expected) % period == pytest.approx([0.5 * period] * 3, abs=1e-3)


@pytest.mark.parametrize("apart_deg", [0.0, 60.0, -75.0, 180.0])
def test_one_body_ahead_of_another_by_an_angle(apart_deg: float) -> None:
    """Law: of two that turn evenly the first gains by the difference of their rates; about a tilted pole as well."""
    pole = np.array([0.6, 0.0, 0.8])
    along, across = np.array([0.8, 0.0, -0.6]), np.array([0.0, 1.0, 0.0])

    def turning(rate: float, angle: float) -> Callable[[np.ndarray], np.ndarray]:
        def motion(t: np.ndarray) -> np.ndarray:
            a = rate * t[:, None] + angle
            return np.concatenate([np.cos(a) * along + np.sin(a) * across, np.zeros((len(t), 3))], axis=1)

        return motion

    found = longitude_meetings(
        turning(0.5, 0.2), turning(0.2, 0.0), np.linspace(0.0, 60.0, 61), pole=pole, apart_deg=apart_deg
    )
    first = ((np.radians(apart_deg) - 0.2) % (2.0 * np.pi)) / 0.3
    assert found.tdb == pytest.approx(np.arange(first, 60.0, 2.0 * np.pi / 0.3), abs=1e-6)
    assert found.rises.all()


def test_turned_space_and_reversed_time(month: Trajectory) -> None:
    """Law: the same moons integrated from the other end have the same events."""
    end = month.end_tdb
    back = integrate(JUPITER_AND_MOONS, month.states(end), start_tdb=end, end_tdb=month.start_tdb)
    for there, here in (
        (apsides(month, "IO"), apsides(back, "IO")),
        (closest_approaches(month, "IO", "EUROPA"), closest_approaches(back, "IO", "EUROPA")),
        (conjunctions(month, "EUROPA", "GANYMEDE"), conjunctions(back, "EUROPA", "GANYMEDE")),
        (eclipses(month, "IO"), eclipses(back, "IO")),
    ):
        assert len(there) > 3
        assert [(event.kind, event.bodies) for event in there] == [(event.kind, event.bodies) for event in here]
        # Near an apsis the distance changes by 1 m in a minute; places agree to 0.1 m.
        assert [event.tdb for event in there] == pytest.approx([event.tdb for event in here], abs=0.5)


def test_extremes_of_the_embedded_ephemeris(month: Trajectory) -> None:
    """Independent: scipy's bounded minimiser on the built-in ephemeris, for moons from each other and from Jupiter."""
    for body, center, events in (
        ("IO", "JUPITER", apsides(month, "IO")[:6]),
        ("EUROPA", "IO", closest_approaches(month, "EUROPA", "IO")[:5]),
        ("CALLISTO", "GANYMEDE", closest_approaches(month, "CALLISTO", "GANYMEDE")[:2]),
    ):
        for event in events:
            sign = -1.0 if event.kind == "apocenter" else 1.0
            best = minimize_scalar(
                lambda t: sign * float(np.linalg.norm(EMBEDDED.state(body, t, center=center)[:3])),  # noqa: B023
                bounds=(event.tdb - 7200.0, event.tdb + 7200.0),
                options={"xatol": 1e-3},
            )
            assert sign * best.fun == pytest.approx(event.distance_km, abs=1e-3)
            assert best.x == pytest.approx(event.tdb, abs=20.0)  # the minimum is flat: 1 mm lasts 10 s


def test_eclipses_are_those_of_the_event_search(month: Trajectory) -> None:
    """Independent: centres of the moons on the edge of the shadow of a Sun without size, to 0.1 s."""
    for body in ("IO", "GANYMEDE"):
        found = eclipses(month, body)
        contacts = [
            (event.contact("ingress"), event.contact("egress"))
            for event in moon_events(START, month.end_tdb, kinds=("eclipse",), moons=(body,))
        ]
        times = [contact.event_tdb for pair in contacts for contact in pair if contact is not None]
        inside = [t for t in times if month.start_tdb < t < month.end_tdb]
        mine = [event.tdb for event in found if inside[0] - 1.0 < event.tdb < inside[-1] + 1.0]
        assert len(mine) >= 10
        assert mine == pytest.approx(inside, abs=0.1)
        assert all(event.distance_km == pytest.approx(float(np.linalg.norm(
            month.states(event.tdb)[month.system.names.index(body), :3]))) for event in found)  # fmt: skip


def test_the_limb_hides_the_sun_within_an_eclipse(month: Trajectory) -> None:
    """Law: a second after the beginning the geometric line to the Sun meets the spheroid, long before it does not."""
    events = eclipses(month, "EUROPA")
    pole_ra, pole_dec = np.radians(JUPITER_AND_MOONS.pole_deg[:2])
    pole = np.array([np.cos(pole_dec) * np.cos(pole_ra), np.cos(pole_dec) * np.sin(pole_ra), np.sin(pole_dec)])
    east = np.cross([0.0, 0.0, 1.0], pole)
    axes = np.stack([east / np.linalg.norm(east), np.cross(pole, east / np.linalg.norm(east)), pole])
    for event in events:
        for after, hidden in ((10.0, True), (-10.0, False)):
            t = event.tdb + (after if event.kind == "eclipse begins" else -after)
            place = month.states(t)[1, :3]
            sun = EMBEDDED.state("SUN", t, center="JUPITER")[:3]
            hit = first_intersection_km(axes @ place, axes @ (sun - place), radii_km=JUPITER_RADII_KM)
            assert np.isfinite(hit).all() == hidden


def test_all_moon_events_of_an_integrated_system(month: Trajectory) -> None:
    """Law: the search on the integrated path finds what it finds on the built-in ephemeris, seen from a moon too."""
    own = EMBEDDED.replacing(*integrated_segments(month))
    span = (START + 2.0 * DAY, START + 6.0 * DAY)
    for observer in (BodyObserver("EARTH"), BodyObserver("CALLISTO")):
        mine = moon_events(*span, observer=observer, ephemeris=own)
        known = moon_events(*span, observer=observer)
        assert len(known) > 10
        assert [(event.kind, event.front, event.back) for event in mine] == [
            (event.kind, event.front, event.back) for event in known
        ]
        assert [event.start_tdb for event in mine] == pytest.approx([event.start_tdb for event in known], abs=0.01)
    assert own.state("IO", START + DAY, center="JUPITER") == pytest.approx(month.states(START + DAY)[0])
    with pytest.raises(InputError, match="no body"):
        own.state("PLUTO", START + DAY, center="JUPITER")
    with pytest.raises(InputError, match="Io is not known there"):
        own.state("IO", START - DAY, center="JUPITER")


@pytest.mark.data
def test_juno_rides_along(data_dir: Path) -> None:
    """Independent: eight hours about perijove 43 of NAIF's kernel are met to 0.2 km, and Io's closest approach."""
    kernel = kernel_ephemeris(Kernels(data_dir / "spice" / "spk_pre_220614_221109_220810_jm0450.bsp"))
    perijove = float(utc_to_tdb("2022-07-05T09:17:22.2"))
    begin, end = perijove - 6.0 * 3600.0, perijove + 2.0 * 3600.0
    states = np.concatenate([galilean_states(begin), kernel.state("JUNO", begin, center="JUPITER")[None]])
    path = integrate(
        JUPITER_AND_MOONS.with_particles("JUNO"), states, start_tdb=begin, end_tdb=end, step_s=60.0, tolerance=1e-9
    )
    times = np.linspace(begin, end, 50)
    off = path.states(times)[:, 4, :3] - kernel.state("JUNO", times, center="JUPITER")[:, :3]
    assert np.linalg.norm(off, axis=-1).max() < 0.2  # 0.08 km was found
    flyby = min(closest_approaches(path, "IO", "JUNO"), key=lambda event: event.distance_km)
    near = flyby.tdb + np.linspace(-60.0, 60.0, 1201)
    between = kernel.state("JUNO", near, center="JUPITER") - galilean_states(near)[:, 0]
    distance = np.linalg.norm(between[:, :3], axis=-1)
    assert flyby.tdb == pytest.approx(near[np.argmin(distance)], abs=0.2)
    assert flyby.distance_km == pytest.approx(distance.min(), abs=0.1)
    (turn,) = apsides(path, "JUNO")
    assert turn.kind == "pericenter"
    assert turn.tdb == pytest.approx(perijove, abs=1.0)


def test_what_is_not_on_the_path_is_refused(month: Trajectory) -> None:
    """Regression: one clear line each."""
    with pytest.raises(InputError, match="no body 'PLUTO' on this path; there are IO"):
        apsides(month, "PLUTO")
    with pytest.raises(InputError, match="one body; give two"):
        conjunctions(month, "IO", "IO")
    far = integrate(particles("A"), circular(4e5, 0.0)[None], start_tdb=4e9, end_tdb=4e9 + DAY)
    with pytest.raises(InputError, match="2073"):
        eclipses(far, "A")
