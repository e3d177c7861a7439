"""The Laplace resonance over millions of years: tides carry it slowly along its equilibria.

The resonant angles answer within years, tides within millions of years. So the fast motion is taken to stand at its
equilibrium, and only what the averaged motion conserves is integrated: angular momentum, 4 Λ1 + 2 Λ2 + Λ3 and Λ of
Callisto, with Jupiter's spin, the heat, and a temperature where an interior runs along. How the moons share what tides
give or take follows from the equilibrium, with no further approximation.

Not modelled: free librations and free eccentricities (taken as damped), inclinations, encounters with other resonances
(Ganymede and Callisto at 7:3 about two million years ago; their 2:1 ends an evolution), chaos deep in the resonance.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy.integrate import solve_ivp

from perijove.constants import SECONDS_PER_YEAR
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, LARGEST_ECCENTRICITY, MOONS, AveragedSystem, eccentricities
from perijove.evolution.equilibrium_kernel import actions
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import LAINEY_2009, TidalModel
from perijove.evolution.tidal_rates import WATTS_PER_KM5_S5, TidalRates, rates_at

__all__ = ["Evolution", "Interior", "evolve"]

_LONGEST_YEARS = 4.6e9
_NEAREST_CALLISTO = 2.05  # n3 / n4: below it the 2:1 resonance with Callisto, not in the equations, takes hold
_FARTHEST_CALLISTO = 3.4  # n3 / n4: up to here the coefficients of Callisto's pull are good
_FARTHEST_RESONANCE = 0.1  # (n1 - 2 n2) / n1: up to here those near 2:1 are
_LOCK_TOLERANCE = 1e-8  # what a lock takes is known to 1e-7, by differences
_SPIN, _JUPITER_HEAT, _HEAT, _TEMPERATURE = 3, 4, 5, 9  # places among the integrated numbers


class Interior(Protocol):
    """A moon's interior that is warmed by its tides and in turn sets its k2/Q."""

    @property
    def temperature_k(self) -> float:
        """Temperature at the start, K."""

    def warming_k_s(self, temperature_k: float, heat_w: float) -> float:
        """Rate of the temperature, K/s, at a tidal heat in W."""


@dataclass(frozen=True)
class Evolution:
    """History or future of the resonance; moons are Io, Europa, Ganymede, Callisto.

    Attributes
    ----------
    years : array, shape (n,)
        From now; running down for a history.
    mean_motion_rad_s, eccentricity, a_km, heat_w : array, shape (n, 4)
        Heat is the power dissipated in each moon.
    jupiter_heat_w : array, shape (n,)
        Dissipated in Jupiter by all their tides.
    jupiter_spin_rad_s : array, shape (n,)
    orbital_energy_j, spin_energy_j, heat_j : array, shape (n,)
        Change since the start; with the heat, in Jupiter and moons, they add to zero.
    orbital_momentum, spin_momentum : array, shape (n,)
        Change of angular momentum since the start, times G, km⁵/s³; they add to zero.
    jupiter_k2_over_q, k2_over_q : array, shape (n, 4)
        Of Jupiter at each moon's semidiurnal tide, and of each moon.
    temperature_k : array, shape (n,)
        Of the interior that ran along, NaN without one.
    ended_by : str
        Why it ended early; empty where it ran to the end.
    """

    years: np.ndarray
    mean_motion_rad_s: np.ndarray
    eccentricity: np.ndarray
    a_km: np.ndarray
    heat_w: np.ndarray
    jupiter_heat_w: np.ndarray
    jupiter_spin_rad_s: np.ndarray
    orbital_energy_j: np.ndarray
    spin_energy_j: np.ndarray
    heat_j: np.ndarray
    orbital_momentum: np.ndarray
    spin_momentum: np.ndarray
    jupiter_k2_over_q: np.ndarray
    k2_over_q: np.ndarray
    temperature_k: np.ndarray
    ended_by: str = field(default="")


@dataclass
class _Path:
    """Right-hand side of the slow equations, with the last equilibrium as the next one's first guess."""

    family: EquilibriumFamily
    tides: TidalModel
    interior: Interior | None
    start: np.ndarray

    def __post_init__(self) -> None:
        self.near = self.start.copy()
        self.first = actions(self.start)
        inertia = self.tides.inertia(self.family.system)
        self.spin_scale = inertia * self.tides.jupiter_spin_rad_s
        power = self.first[0] * self.family.gradient(self.start)[0]
        self.scale = np.array([*self.first, self.spin_scale, *[power * SECONDS_PER_YEAR] * 5, 1.0])

    def state(self, y: np.ndarray) -> np.ndarray:
        """Equilibrium at integrated numbers."""
        self.near = self.family.at_actions(self.first * (1.0 + y[:3]), self.near)
        return self.near

    def rates(self, time_s: float, y: np.ndarray) -> TidalRates:
        """Tides at integrated numbers."""
        spin = self.tides.jupiter_spin_rad_s * (1.0 + y[_SPIN])
        temperature = float(y[_TEMPERATURE]) if self.interior is not None else float("nan")
        return rates_at(
            self.family, self.state(y), self.tides, spin_rad_s=spin, time_s=time_s, temperature_k=temperature
        )

    def __call__(self, time_s: float, y: np.ndarray) -> np.ndarray:
        """Rates of the integrated numbers; NaN, so that the solver shortens the step, where a trial left the family."""
        try:
            rates = self.rates(time_s, y)
        except FitError:
            return np.full(len(y), np.nan)
        warming = 0.0
        if self.interior is not None:
            warming = self.interior.warming_k_s(float(y[_TEMPERATURE]), float(rates.heat.sum()) * WATTS_PER_KM5_S5)
        raw = np.array([*rates.actions, rates.torque, rates.jupiter_heat.sum(), *rates.heat, warming])
        result: np.ndarray = raw / self.scale
        return result

    def eccentricity_left(self, _time_s: float, y: np.ndarray) -> float:
        """How far the largest eccentricity is from what the equations describe."""
        return float(LARGEST_ECCENTRICITY - eccentricities(self.state(y)).max())

    def motions(self, y: np.ndarray) -> np.ndarray:
        """Mean motions of the moons, rad/s."""
        return self.family.gradient(self.state(y))[:4]

    def before_callisto(self, _time_s: float, y: np.ndarray) -> float:
        """How far Ganymede is from the 2:1 resonance with Callisto."""
        n = self.motions(y)
        return float(n[2] / n[3] - _NEAREST_CALLISTO)

    def in_range(self, _time_s: float, y: np.ndarray) -> float:
        """How far the moons are from where the coefficients end."""
        n = self.motions(y)
        return float(min(_FARTHEST_CALLISTO - n[2] / n[3], _FARTHEST_RESONANCE - 1.0 + 2.0 * n[1] / n[0]))

    def locks_hold(self, time_s: float, y: np.ndarray) -> float:
        """How far each lock is from taking nothing, or more than there is, as a share of that."""
        if not self.tides.locks:
            return 1.0
        taken = self.rates(time_s, y).jupiter_k2_over_q
        shares = [taken[MOONS.index(lock.moon)] / lock.largest_k2_over_q for lock in self.tides.locks]
        return float(min(min(share, 1.0 - share) for share in shares))

    def ends(self) -> dict[Callable[[float, np.ndarray], float], str]:
        """What ends an evolution where it falls to 0, and how that is said."""
        return {
            self.eccentricity_left: f"an eccentricity passed {LARGEST_ECCENTRICITY:g}, where the equations do not hold",
            self.before_callisto: "Ganymede came to the 2:1 resonance with Callisto",
            self.in_range: "the moons left the neighbourhood of 4:2:1 and 7:3 that the equations cover",
            self.locks_hold: "a lock broke: Jupiter's oscillation cannot push the moon as fast as it goes itself",
        }


def _terminal(measure: Callable[[float, np.ndarray], float]) -> Callable[[float, np.ndarray], float]:
    """The same as an event at which `solve_ivp` stops."""

    def end(time_s: float, y: np.ndarray) -> float:
        return measure(time_s, y)

    end.terminal = True  # type: ignore[attr-defined]  # how it is told to
    return end


def evolve(
    years: float = 1e8,
    *,
    tides: TidalModel = LAINEY_2009,
    system: AveragedSystem = AVERAGED_GALILEAN,
    interior: Interior | None = None,
    samples: int = 201,
    tolerance: float = 1e-11,
) -> Evolution:
    """Evolve the resonance from today under tides.

    Parameters
    ----------
    years : float
        How far; negative for the past.
    tides : TidalModel
        Its laws may depend on frequency, on the orbits and on the interior's temperature.
    system : AveragedSystem
    interior : Interior, optional
        Warmed by the heat in all moons together.
    samples : int
        Number of times, evenly spaced from the start to the end, in the result.
    tolerance : float
        Relative, of the integration.

    Returns
    -------
    Evolution
        Shorter than asked where an eccentricity passes 0.04, Ganymede comes to the 2:1 resonance with Callisto or the
        moons drift away from 4:2:1, or a lock breaks; `ended_by` says so.

    Raises
    ------
    InputError
        If the span is zero, not finite or longer than the Solar System is old, there are fewer than two samples, or a
        lock cannot hold at the start.
    FitError
        If the equations cannot be followed.
    """
    if not (np.isfinite(years) and 0.0 < abs(years) <= _LONGEST_YEARS):
        raise InputError(f"{years:g} years: give a span, not zero, of at most {_LONGEST_YEARS:g} years either way")
    if samples < 2:
        raise InputError(f"{samples} samples: an evolution needs at least two")
    family = EquilibriumFamily(system)
    path = _Path(family, tides, interior, family.present())
    start = np.zeros(10)
    start[_TEMPERATURE] = 0.0 if interior is None else interior.temperature_k

    if path.locks_hold(0.0, start) <= 0.0:
        taken = ", ".join(f"{value:.3g}" for value in path.rates(0.0, start).jupiter_k2_over_q)
        raise InputError(f"a lock cannot hold now: it would take k2/Q of Jupiter, Io to Callisto, of {taken}")
    span_s = years * SECONDS_PER_YEAR
    if tides.locks:
        tolerance = max(tolerance, _LOCK_TOLERANCE)
    ends = {_terminal(measure): reason for measure, reason in path.ends().items()}
    done = solve_ivp(
        path,
        (0.0, span_s),
        start,
        "DOP853",
        dense_output=True,
        events=list(ends),
        rtol=tolerance,
        atol=1e-5 * tolerance,
    )
    if not done.success:
        raise FitError(f"the evolution could not be followed beyond {done.t[-1] / SECONDS_PER_YEAR:.4g} years")
    ended_by = next((reason for reason, t in zip(ends.values(), done.t_events, strict=True) if len(t)), "")
    times = np.linspace(0.0, done.t[-1], samples)
    path.near = path.start
    return _evolution(path, times, done.sol(times).T, ended_by)


def _evolution(path: _Path, times: np.ndarray, rows: np.ndarray, ended_by: str) -> Evolution:
    """Everything that follows from the integrated numbers."""
    family, tides = path.family, path.tides
    states, n, along = [], [], []
    for t, y in zip(times, rows, strict=True):
        along.append(path.rates(float(t), y))
        states.append(path.near)
        n.append(family.gradient(path.near)[:4])
    state = np.array(states)
    beta, mu = family.system.masses
    energy = np.array([family.system.energy(s) for s in state])
    gained = path.spin_scale * rows[:, _SPIN]
    spin_energy = gained * tides.jupiter_spin_rad_s * (1.0 + 0.5 * rows[:, _SPIN])
    return Evolution(
        years=times / SECONDS_PER_YEAR,
        mean_motion_rad_s=np.array(n),
        eccentricity=eccentricities(state),
        a_km=(state[:, :4] / beta) ** 2 / mu,
        heat_w=np.array([rates.heat for rates in along]) * WATTS_PER_KM5_S5,
        jupiter_heat_w=np.array([rates.jupiter_heat.sum() for rates in along]) * WATTS_PER_KM5_S5,
        jupiter_spin_rad_s=tides.jupiter_spin_rad_s * (1.0 + rows[:, _SPIN]),
        orbital_energy_j=(energy - energy[0]) * WATTS_PER_KM5_S5,
        spin_energy_j=spin_energy * WATTS_PER_KM5_S5,
        heat_j=(rows[:, _JUPITER_HEAT:_TEMPERATURE] @ path.scale[_JUPITER_HEAT:_TEMPERATURE]) * WATTS_PER_KM5_S5,
        orbital_momentum=path.first[0] * rows[:, 0],
        spin_momentum=gained,
        jupiter_k2_over_q=np.array([rates.jupiter_k2_over_q for rates in along]),
        k2_over_q=np.array([rates.k2_over_q for rates in along]),
        temperature_k=rows[:, _TEMPERATURE] if path.interior is not None else np.full(len(rows), np.nan),
        ended_by=ended_by,
    )
