"""Our Gauss-Radau integrator against REBOUND: a century of Jupiter and four moons with J2, in one run.

REBOUND's WHFast (1/50 of Io's period, corrector of order 17) and IAS15 get J2 from REBOUNDx.
All start from the same states; energy is taken at the end of the century. Needs the extra `bench` (REBOUND is GPL: it
serves as a yardstick here and nowhere else).

    python benchmarks/integration.py [--years N] [--without-ias15]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import rebound
import reboundx

from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS, STATES
from perijove.dynamics.integration import integrate, sampled
from perijove.dynamics.system import JovianSystem

IO_PERIOD_S = 1.769138 * SECONDS_PER_DAY


def system() -> JovianSystem:
    """Jupiter with J2 about the z axis, and its moons."""
    return replace(
        JUPITER_AND_MOONS,
        harmonics=(JUPITER_AND_MOONS.harmonics[0], 0.0, 0.0, 0.0),
        pole_deg=(0.0, 90.0, 0.0, 0.0),
        pole_terms_deg=(),
        figure_km2=(),
        externals=(),
        relativity=False,
    )


def start_states() -> np.ndarray:
    """States of the moons in the frame of Jupiter's equator, about."""
    ra, dec = np.radians(JUPITER_AND_MOONS.pole_deg[:2])
    pole = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    east = np.array([-np.sin(ra), np.cos(ra), 0.0])
    turn = np.stack([east, np.cross(pole, east), pole])
    return np.concatenate([STATES[:, :3] @ turn.T, STATES[:, 3:] @ turn.T], axis=1)


def energy(x: np.ndarray, v: np.ndarray) -> float:
    """Total energy times G of Jupiter (first) and moons in any inertial frame, less that of the centre of mass."""
    model = system()
    gm = np.array([model.jupiter_gm_km3_s2, *model.gm_km3_s2], dtype=np.longdouble)
    x, v = x.astype(np.longdouble), v.astype(np.longdouble)
    v = v - (gm @ v) / gm.sum()
    total = 0.5 * np.sum(gm * np.sum(v**2, axis=1))
    for i in range(len(gm)):
        for j in range(i):
            total -= gm[i] * gm[j] / np.sqrt(np.sum((x[i] - x[j]) ** 2))
    r = np.sqrt(np.sum((x[1:] - x[0]) ** 2, axis=1))
    s = (x[1:, 2] - x[0, 2]) / r
    q2 = (np.longdouble(model.harmonics_radius_km) / r) ** 2
    total += np.sum(gm[0] * gm[1:] / r * np.longdouble(model.harmonics[0]) * q2 * (1.5 * s**2 - 0.5))
    return total


def of_moons(states: np.ndarray) -> float:
    """Energy of states about Jupiter."""
    return energy(*(np.concatenate([np.zeros((1, 3)), part]) for part in (states[:, :3], states[:, 3:])))


def simulation() -> tuple[rebound.Simulation, reboundx.Extras]:
    """The same system in REBOUND, km and s with G = 1 and masses in GM."""
    model = system()
    sim = rebound.Simulation()
    sim.G = 1.0
    sim.add(m=model.jupiter_gm_km3_s2)
    for gm, state in zip(model.gm_km3_s2, start_states(), strict=True):
        sim.add(m=gm, x=state[0], y=state[1], z=state[2], vx=state[3], vy=state[4], vz=state[5])
    sim.move_to_com()
    extras = reboundx.Extras(sim)
    extras.add_force(extras.load_force("gravitational_harmonics"))
    sim.particles[0].params["J2"] = model.harmonics[0]
    sim.particles[0].params["R_eq"] = model.harmonics_radius_km
    return sim, extras


def of_simulation(sim: rebound.Simulation) -> float:
    """Energy of a REBOUND simulation."""
    particles = [sim.particles[k] for k in range(sim.N)]
    return energy(np.array([p.xyz for p in particles]), np.array([p.vxyz for p in particles]))


def timed_rebound(integrator: str, end_s: float) -> tuple[float, float]:
    """Seconds and relative error of the energy."""
    sim, extras = simulation()
    sim.integrator = integrator
    sim.dt = IO_PERIOD_S / 50.0
    if integrator == "whfast":
        sim.integrator.corrector = 17
        sim.integrator.safe_mode = 0
    before = of_simulation(sim)
    begin = time.perf_counter()
    sim.integrate(end_s, exact_finish_time=0)
    duration = time.perf_counter() - begin
    del extras
    return duration, float(abs(of_simulation(sim) / before - 1.0))


def timed_ours(steps_per_turn: float, end_s: float) -> tuple[float, float]:
    """Seconds and relative error of the energy."""
    model, states = system(), start_states()
    begin = time.perf_counter()
    end = sampled(model, states, np.array([0.0, end_s]), start_tdb=0.0, step_s=IO_PERIOD_S / steps_per_turn)[1]
    return time.perf_counter() - begin, float(abs(of_moons(end) / of_moons(states) - 1.0))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=float, default=100.0)
    parser.add_argument("--repeats", type=int, default=5, help="of which the fastest counts")
    parser.add_argument("--without-ias15", action="store_true")
    arguments = parser.parse_args()
    end_s = arguments.years * 365.25 * SECONDS_PER_DAY
    integrate(system(), start_states(), start_tdb=0.0, end_tdb=1e6)  # compiles, or loads its cache
    runs: dict[str, Callable[[], tuple[float, float]]] = {
        "REBOUND WHFast, P/50, corrector 17": lambda: timed_rebound("whfast", end_s),
        "Perijove Gauss-Radau, P/8": lambda: timed_ours(8.0, end_s),
        "Perijove Gauss-Radau, P/12": lambda: timed_ours(12.0, end_s),
    }
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(arguments.repeats):  # in turn: what else the machine does meets all of them
        for name, run in runs.items():
            results[name].append(run())
    best = {name: min(result) for name, result in results.items()}
    whfast = next(iter(best.values()))[0]
    for name, (seconds, error) in best.items():
        print(f"{name:36s} {seconds:6.2f} s   dE/E {error:.1e}   {seconds / whfast:5.2f} x WHFast")
    ours = best["Perijove Gauss-Radau, P/12"][0]
    if not arguments.without_ias15:
        ias15, error = timed_rebound("ias15", end_s)
        print(f"REBOUND IAS15                        {ias15:6.2f} s   dE/E {error:.1e}")
        print(f"Perijove, P/12, takes {ours / ias15:.3f} of IAS15's time")


if __name__ == "__main__":
    main()
