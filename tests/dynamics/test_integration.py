"""Integration of moons about Jupiter.

Authority: laws of mechanics (two-body motion, conservation, symmetry) and closed formulas of perturbation theory.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.dynamics.integration import integrate, sampled
from perijove.dynamics.system import JovianSystem, Tides
from perijove.errors import InputError

MOONS = tuple(GALILEAN_MEAN_GM_KM3_S2)
GM = tuple(GALILEAN_MEAN_GM_KM3_S2.values())
J2, _, J4, _, J6 = JUPITER_ZONALS_DURANTE_2020[:5]
DAY = 86400.0
AXES_KM = np.array([422e3, 671e3, 1070e3, 1883e3])

BARE = JovianSystem(names=MOONS, gm_km3_s2=GM, jupiter_gm_km3_s2=JUPITER_GM_KM3_S2)
OBLATE = replace(BARE, harmonics=(J2, 0.0, J4, 0.0, J6))


def orbit(
    axis_km: float, eccentricity: float, inclination_deg: float, *, phase_deg: float = 0.0, gm: float = 0.0
) -> np.ndarray:
    """State at the pericentre of an orbit whose pericentre and node lie at one longitude."""
    mu = JUPITER_GM_KM3_S2 + gm
    phase, i = np.radians([phase_deg, inclination_deg])
    outwards = np.array([np.cos(phase), np.sin(phase), 0.0])
    along = np.array([-np.sin(phase) * np.cos(i), np.cos(phase) * np.cos(i), np.sin(i)])
    speed = np.sqrt(mu / axis_km * (1.0 + eccentricity) / (1.0 - eccentricity))
    return np.concatenate([axis_km * (1.0 - eccentricity) * outwards, speed * along])


def moons(eccentricity: float = 0.005) -> np.ndarray:
    """Four moons on slightly inclined orbits."""
    return np.stack(
        [orbit(axis, eccentricity, 0.2 * k, phase_deg=100.0 * k, gm=GM[k]) for k, axis in enumerate(AXES_KM.tolist())]
    )


def energy(system: JovianSystem, states: np.ndarray) -> np.ndarray:
    """Total energy times G about a fixed pole along z, with J2, J4 and J6."""
    gm, jupiter = np.array(system.gm_km3_s2), system.jupiter_gm_km3_s2
    momentum = np.einsum("i,...ij->...j", gm, states[..., 3:])
    kinetic = 0.5 * np.sum(gm * np.sum(states[..., 3:] ** 2, axis=-1), axis=-1)
    kinetic = kinetic - 0.5 * np.sum(momentum**2, axis=-1) / (jupiter + gm.sum())
    r = np.linalg.norm(states[..., :3], axis=-1)
    s, q2 = states[..., 2] / r, (system.harmonics_radius_km / r) ** 2
    j2, _, j4, _, j6 = system.harmonics or (0.0,) * 5
    p2, p4 = (3.0 * s**2 - 1.0) / 2.0, (35.0 * s**4 - 30.0 * s**2 + 3.0) / 8.0
    p6 = (231.0 * s**6 - 315.0 * s**4 + 105.0 * s**2 - 5.0) / 16.0
    potential = -np.sum(gm * jupiter / r * (1.0 - j2 * q2 * p2 - j4 * q2**2 * p4 - j6 * q2**3 * p6), axis=-1)
    for i in range(len(gm)):
        for j in range(i):
            potential = potential - gm[i] * gm[j] / np.linalg.norm(states[..., i, :3] - states[..., j, :3], axis=-1)
    total: np.ndarray = kinetic + potential
    return total


def angular_momentum(system: JovianSystem, states: np.ndarray) -> np.ndarray:
    """Orbital angular momentum about the common centre of mass, times G."""
    gm, total = np.array(system.gm_km3_s2), system.jupiter_gm_km3_s2 + sum(system.gm_km3_s2)
    x, v = states[..., :3], states[..., 3:]
    centre_x, centre_v = (np.einsum("i,...ij->...j", gm, part) / total for part in (x, v))
    own = np.einsum("i,...ij->...j", gm, np.cross(x, v))
    result: np.ndarray = own - total * np.cross(centre_x, centre_v)
    return result


@settings(max_examples=20, deadline=None)
@given(
    axis=st.floats(3e5, 2e6),
    eccentricity=st.floats(0.0, 0.1),
    inclination=st.floats(0.0, 170.0),
    gm=st.floats(0.0, 1e4),
    turns=st.floats(0.3, 30.0),
)
def test_one_moon_follows_kepler(axis: float, eccentricity: float, inclination: float, gm: float, turns: float) -> None:
    """Law: with one body, the state comes from Kepler's equation."""
    system = JovianSystem(names=("A",), gm_km3_s2=(gm,), jupiter_gm_km3_s2=JUPITER_GM_KM3_S2)
    start = orbit(axis, eccentricity, inclination, gm=gm)
    motion = np.sqrt((JUPITER_GM_KM3_S2 + gm) / axis**3)
    time = 2.0 * np.pi * turns / motion
    anomaly = motion * time
    for _ in range(60):
        anomaly -= (anomaly - eccentricity * np.sin(anomaly) - motion * time) / (1.0 - eccentricity * np.cos(anomaly))
    outwards, along = start[:3] / np.linalg.norm(start[:3]), start[3:] / np.linalg.norm(start[3:])
    minor = np.sqrt(1.0 - eccentricity**2)
    expected = axis * ((np.cos(anomaly) - eccentricity) * outwards + minor * np.sin(anomaly) * along)
    found = integrate(system, start[None], start_tdb=0.0, end_tdb=time).states(time)[0, :3]
    # Rounding of n t and of the steps grows along the orbit; at e = 0.1 a twelfth of a turn is a coarse step.
    assert np.linalg.norm(found - expected) < (1e-11 + 3e-8 * eccentricity**2) * axis * (1.0 + turns)


@settings(max_examples=10, deadline=None)
@given(eccentricity=st.floats(0.0, 0.02), years=st.floats(0.2, 1.0))
def test_energy_and_angular_momentum_are_kept(eccentricity: float, years: float) -> None:
    """Law: about a fixed pole energy and the polar angular momentum are constant; without oblateness all of it."""
    end = years * 365.25 * DAY
    for system in (BARE, OBLATE):
        states = sampled(system, moons(eccentricity), np.array([0.0, 0.5 * end, end]), start_tdb=0.0)
        e, h = energy(system, states), angular_momentum(system, states)
        assert abs(e[2] / e[0] - 1.0) < 1e-14
        assert abs(e[1] / e[0] - 1.0) < 5e-12  # between steps velocities come from a polynomial of degree 8
        kept = slice(None) if system is BARE else slice(2, None)
        assert np.abs(h - h[0])[2, kept].max() < 1e-14 * np.linalg.norm(h[0])


@pytest.mark.slow
def test_energy_stays_for_a_century() -> None:
    """Law: at the usual step the energy shows rounding only, 206 thousand turns on."""
    century = 100.0 * 365.25 * DAY
    e = energy(OBLATE, sampled(OBLATE, moons(), np.array([0.0, century]), start_tdb=0.0))
    assert abs(e[1] / e[0] - 1.0) < 5e-13


@settings(max_examples=10, deadline=None)
@given(days=st.floats(1.0, 400.0), steps=st.floats(10.0, 20.0))
def test_time_runs_back(days: float, steps: float) -> None:
    """Law: the way back ends at the start, and with reversed velocities it is the same way."""
    step = 1.77 * DAY / steps
    there = integrate(OBLATE, moons(), start_tdb=0.0, end_tdb=days * DAY, step_s=step)
    end = there.states(there.end_tdb)
    back = integrate(OBLATE, end, start_tdb=days * DAY, end_tdb=0.0, step_s=step)
    middle = 0.37 * days * DAY
    assert np.abs(back.states(0.0) - moons())[:, :3].max() < 1e-4
    assert np.abs(back.states(middle) - there.states(middle))[:, :3].max() < 1e-4
    mirrored = integrate(OBLATE, end * [1, 1, 1, -1, -1, -1], start_tdb=0.0, end_tdb=days * DAY, step_s=step)
    assert np.abs(mirrored.states(days * DAY) * [1, 1, 1, -1, -1, -1] - moons())[:, :3].max() < 1e-4


@settings(max_examples=10, deadline=None)
@given(ra=st.floats(0.0, 360.0), dec=st.floats(-80.0, 80.0))
def test_space_has_no_preferred_direction(ra: float, dec: float) -> None:
    """Law: turning the pole and all states turns the outcome."""
    a, d = np.radians([ra, dec])
    pole = np.array([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)])
    east = np.array([-np.sin(a), np.cos(a), 0.0])
    turn = np.stack([east, np.cross(pole, east), pole], axis=1)
    states = moons()
    turned = np.concatenate([states[:, :3] @ turn.T, states[:, 3:] @ turn.T], axis=1)
    end = 100.0 * DAY
    plain = integrate(OBLATE, states, start_tdb=0.0, end_tdb=end).states(end)
    other = integrate(replace(OBLATE, pole_deg=(ra, dec, 0.0, 0.0)), turned, start_tdb=0.0, end_tdb=end).states(end)
    assert np.abs(other[:, :3] @ turn - plain[:, :3]).max() < 1e-4


@settings(max_examples=10, deadline=None)
@given(distance=st.floats(1.3, 4.0), phase=st.floats(30.0, 330.0))
def test_jacobi_constant_of_a_test_particle(distance: float, phase: float) -> None:
    """Law: beside a moon on a circular orbit a massless body keeps its Jacobi integral."""
    system = JovianSystem(names=("IO",), gm_km3_s2=GM[:1], jupiter_gm_km3_s2=JUPITER_GM_KM3_S2).with_particles("P")
    axis = 422e3
    moon = orbit(axis, 0.0, 0.0, gm=GM[0])
    particle = orbit(distance * axis, 0.02, 3.0, phase_deg=phase)
    path = integrate(system, np.stack([moon, particle]), start_tdb=0.0, end_tdb=40.0 * DAY)
    states = path.states(np.linspace(0.0, 40.0 * DAY, 41))
    share = GM[0] / (GM[0] + JUPITER_GM_KM3_S2)
    motion = np.sqrt((GM[0] + JUPITER_GM_KM3_S2) / axis**3)
    x = states[:, 1, :3] - share * states[:, 0, :3]
    v = states[:, 1, 3:] - share * states[:, 0, 3:]
    to_moon = np.linalg.norm(states[:, 1, :3] - states[:, 0, :3], axis=1)
    jacobi = (
        0.5 * np.sum(v**2, axis=1)
        - motion * (x[:, 0] * v[:, 1] - x[:, 1] * v[:, 0])
        - JUPITER_GM_KM3_S2 / np.linalg.norm(states[:, 1, :3], axis=1)
        - GM[0] / to_moon
    )
    assert np.ptp(jacobi) < 1e-11 * abs(jacobi[0])


def _apsis_rate(system: JovianSystem, states: np.ndarray, days: float) -> float:
    """Mean turn of the first body's eccentricity vector about z, rad/s."""
    t = np.linspace(0.0, days * DAY, 4001)
    x = sampled(system, states, t, start_tdb=0.0)[:, 0]
    mu = system.jupiter_gm_km3_s2 + system.gm_km3_s2[0]
    vector = np.cross(x[:, 3:], np.cross(x[:, :3], x[:, 3:])) / mu - x[:, :3] / np.linalg.norm(
        x[:, :3], axis=1, keepdims=True
    )
    angle = np.unwrap(np.arctan2(vector[:, 1], vector[:, 0]))
    return float(np.polyfit(t, angle, 1)[0])


def test_relativity_turns_the_apsides() -> None:
    """Published: 3 (GM)^1.5 / (c^2 a^2.5 (1 - e^2)), Schwarzschild 1916."""
    system = JovianSystem(names=("A",), gm_km3_s2=(0.0,), jupiter_gm_km3_s2=JUPITER_GM_KM3_S2, relativity=True)
    axis, e = 100e3, 0.3
    rate = _apsis_rate(system, orbit(axis, e, 0.0)[None], 20.0)
    expected = 3.0 * JUPITER_GM_KM3_S2**1.5 / (SPEED_OF_LIGHT_KM_S**2 * axis**2.5 * (1.0 - e**2))
    assert rate == pytest.approx(expected, rel=2e-3)


def test_oblateness_turns_the_apsides() -> None:
    """Published: 3/2 n J2 (R/a)^2 / (1 - e^2)^2 in the equator, to first order in J2 (here J2 (R/a)^2 = 4e-6)."""
    small = 1e-4
    system = JovianSystem(names=("A",), gm_km3_s2=(0.0,), jupiter_gm_km3_s2=JUPITER_GM_KM3_S2, harmonics=(small,))
    axis, e = 350e3, 0.2
    rate = _apsis_rate(system, orbit(axis, e, 0.0)[None], 60.0)
    motion = np.sqrt(JUPITER_GM_KM3_S2 / axis**3)
    expected = 1.5 * motion * small * (JUPITER_RADII_KM[0] / axis) ** 2 / (1.0 - e**2) ** 2
    assert rate == pytest.approx(expected, rel=2e-3)


def _axis_rate(states: np.ndarray, t: np.ndarray, mu: float) -> float:
    """Mean change of a semi-major axis, relative, per second."""
    axis = 1.0 / (2.0 / np.linalg.norm(states[:, :3], axis=1) - np.sum(states[:, 3:] ** 2, axis=1) / mu)
    return float(np.polyfit(t, np.log(axis), 1)[0])


def test_tide_on_jupiter_drives_the_moon_out() -> None:
    """Published: (da/dt)/a = 3 (k2/Q) (m/M) (R/a)^5 n with k2/Q = 2 k2 (spin - n) lag, Murray & Dermott 1999, 4.160."""
    axis, k2, spin = 422e3, 0.4, 870.536 / DAY
    motion = np.sqrt((JUPITER_GM_KM3_S2 + GM[0]) / axis**3)
    lag = 60.0
    tides = Tides(k2, (lag,), spin, (0.0,), (0.0,), (1821.0,))
    system = JovianSystem(names=("IO",), gm_km3_s2=GM[:1], jupiter_gm_km3_s2=JUPITER_GM_KM3_S2, tides=tides)
    t = np.linspace(0.0, 300.0 * DAY, 3001)
    states = sampled(system, orbit(axis, 0.0, 0.0, gm=GM[0])[None], t, start_tdb=0.0)[:, 0]
    k2_over_q = 2.0 * k2 * (np.radians(spin) - motion) * lag
    ratio = GM[0] / JUPITER_GM_KM3_S2
    expected = 3.0 * k2_over_q * ratio * (1.0 + ratio) * (JUPITER_RADII_KM[0] / axis) ** 5 * motion
    # The bulge also pulls inwards: the osculating axis of a circular orbit is off by 2e-9, which does not grow.
    assert _axis_rate(states, t, JUPITER_GM_KM3_S2 + GM[0]) == pytest.approx(expected, rel=1e-3)


def test_tide_on_the_moon_loses_energy_and_keeps_angular_momentum() -> None:
    """Published: power (21/2) (k2/Q) (n R)^5 e^2 / G with k2/Q = k2 n lag, Peale et al. 1979."""
    axis, e, k2, lag, radius = 422e3, 0.004, 0.1, 2000.0, 1821.0
    motion = np.sqrt((JUPITER_GM_KM3_S2 + GM[0]) / axis**3)
    tides = Tides(0.0, (0.0,), 0.0, (k2,), (lag,), (radius,))
    system = JovianSystem(names=("IO",), gm_km3_s2=GM[:1], jupiter_gm_km3_s2=JUPITER_GM_KM3_S2, tides=tides)
    turn = 2.0 * np.pi / motion
    t = np.arange(401) * turn / 4.0
    states = sampled(system, orbit(axis, e, 0.0, gm=GM[0])[None], t, start_tdb=0.0)
    rate = _axis_rate(states[:, 0], t, JUPITER_GM_KM3_S2 + GM[0])
    power = 10.5 * k2 * motion * lag * (motion * radius) ** 5 * e**2  # times G
    reduced_energy = JUPITER_GM_KM3_S2 * GM[0] / (2.0 * axis)  # times G
    # The power formula puts GM = n^2 a^3 where Jupiter's alone raises the tide: 2 m/M = 1e-4.
    assert rate == pytest.approx(-power / reduced_energy, rel=2e-3)
    h = angular_momentum(system, states)
    assert np.abs(h - h[0]).max() < 5e-12 * np.linalg.norm(h[0])  # of the polynomials between the steps


def test_close_pass_with_step_control() -> None:
    """Independent: a pass 100 km above a moon under step control meets one with fixed steps of ten seconds."""
    system = JovianSystem(names=("IO",), gm_km3_s2=GM[:1], jupiter_gm_km3_s2=JUPITER_GM_KM3_S2).with_particles("JUNO")
    moon = orbit(422e3, 0.004, 0.0, gm=GM[0])
    craft = moon + np.array([1921.0, 0.0, 0.0, 0.0, 30.0, 1.0])
    states, end = np.stack([moon, craft]), 5.0 * 3600.0
    controlled = integrate(system, states, start_tdb=0.0, end_tdb=end, step_s=60.0, tolerance=1e-9)
    fixed = integrate(system, states, start_tdb=0.0, end_tdb=end, step_s=10.0)
    times = np.linspace(0.0, end, 50)
    assert np.abs(controlled.states(times) - fixed.states(times))[..., :3].max() < 1e-7
    assert len(controlled.steps) < 150
    strict = integrate(system, states, start_tdb=0.0, end_tdb=60.0, step_s=60.0, tolerance=1e-13)
    assert len(strict.steps) <= 60.0 / 0.01 + 1  # rounding does not let the steps shrink without end


def test_planets_pull() -> None:
    """Published: the Sun turns a node by -3/4 (n_sun^2 / n) cos i to lowest order; here one year of Jupiter."""
    system = JovianSystem(
        names=("CALLISTO",), gm_km3_s2=(0.0,), jupiter_gm_km3_s2=JUPITER_GM_KM3_S2, externals=("SUN",)
    )
    year = 4332.6 * DAY
    sun_motion = 2.0 * np.pi / year
    axis = 1883e3
    a, d = np.radians([273.25, 66.76])  # pole of Jupiter's orbit
    pole = np.array([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)])
    east = np.array([-np.sin(a), np.cos(a), 0.0])
    turn = np.stack([east, np.cross(pole, east), pole], axis=1)
    state = orbit(axis, 0.0, 10.0)
    state = np.concatenate([turn @ state[:3], turn @ state[3:]])
    t = np.linspace(0.0, year, 2001)
    x = sampled(system, state[None], t, start_tdb=0.0)[:, 0]
    normal = np.cross(x[:, :3], x[:, 3:]) @ turn
    node = np.unwrap(np.arctan2(normal[:, 0], -normal[:, 1]))
    motion = np.sqrt(JUPITER_GM_KM3_S2 / axis**3)
    expected = -0.75 * sun_motion**2 / motion * np.cos(np.radians(10.0))
    # Jupiter's eccentricity adds 1.5 e^2 = 0.0035, the next order takes 3/8 n_sun / n = 0.0014 away.
    assert (node[-1] - node[0]) / year == pytest.approx(expected, rel=0.004)


def test_what_cannot_be_integrated_is_refused() -> None:
    """Regression: one clear line each."""
    with pytest.raises(InputError, match="shape"):
        integrate(BARE, moons()[:2], start_tdb=0.0, end_tdb=DAY)
    with pytest.raises(InputError, match="not finite"):
        integrate(BARE, moons() * np.nan, start_tdb=0.0, end_tdb=DAY)
    with pytest.raises(InputError, match="two different times"):
        integrate(BARE, moons(), start_tdb=0.0, end_tdb=0.0)
    with pytest.raises(InputError, match="positive"):
        integrate(BARE, moons(), start_tdb=0.0, end_tdb=DAY, step_s=-1.0)
    with pytest.raises(InputError, match="outside"):
        integrate(BARE, moons(), start_tdb=0.0, end_tdb=DAY).states(2.0 * DAY)
    with pytest.raises(InputError, match="no path is known"):
        replace(BARE, externals=("PLUTO",))
    with pytest.raises(InputError, match="broke down"):
        together = moons()
        together[1] = together[0]
        integrate(BARE, together, start_tdb=0.0, end_tdb=DAY)
