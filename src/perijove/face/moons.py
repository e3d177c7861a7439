"""Where the moons are, what holds and changes their orbits, and orbits from positions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import SECONDS_PER_YEAR
from perijove.dynamics.fitted_system import EPOCH_TDB, JUPITER_AND_MOONS, STATES
from perijove.dynamics.integration import Trajectory
from perijove.dynamics.integration import integrate as integrated
from perijove.dynamics.system import JovianSystem
from perijove.ephemeris.epochs import Moments, times_tdb
from perijove.ephemeris.galilean import MOONS, galilean_states
from perijove.ephemeris.integrated import integrated_segments
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.ephemeris.state_table import state_table
from perijove.evolution.history import Evolution, Interior
from perijove.evolution.history import evolve as evolved
from perijove.evolution.tidal_laws import TidalLaws
from perijove.evolution.tidal_model import LAINEY_2009, ResonanceLock, TidalModel
from perijove.evolution.tidal_report import TidalReport, tidal_report
from perijove.export.answer import number
from perijove.export.fit_record import parameter_unit
from perijove.face.results import Drawn, Source, ephemeris_from, made, rows_of
from perijove.figures.moons.fit_residuals import residual_figure
from perijove.figures.moons.resonance_series import laplace_angle_figure
from perijove.figures.moons.series import Line, series_figure
from perijove.figures.moons.tidal_evolution import tidal_evolution_figure
from perijove.fit.adjustment import fit_system
from perijove.fit.observations import observations_of, refuse_other_units
from perijove.fit.priors import priors_of
from perijove.fit.report import FitReport, fit_report
from perijove.formats.position_table import read_position_table
from perijove.resonance.measured import ResonanceReport, built_in_span, resonance_report
from perijove.timescales import tdb_to_utc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "JUPITER_AND_MOONS",
    "MOONS",
    "Orbits",
    "Paths",
    "Resonance",
    "States",
    "TidalEvolution",
    "TidalFuture",
    "TidalModel",
    "evolve",
    "fit_orbits",
    "integrate",
    "resonance",
    "states",
    "tidal_evolution",
]

_AXES = ("x", "y", "z")


@dataclass(frozen=True)
class States(Drawn):
    """Places and velocities of a body at many times.

    Attributes
    ----------
    body, center : str
        NAIF names: the body, and from where it is seen.
    frame, correction : str
        Axes, and NAIF's name of what light did.
    tdb : array, shape (n,)
        Times at the centre, TDB seconds past J2000.
    state : array, shape (n, 6)
        km and km/s.
    sigma_km : array, shape (n,)
        Standard error: rms distance from the true place; NaN where the ephemeris states none.
    covariance_km2 : array, shape (n, 3, 3)
        Of the position, in the frame's axes; its trace is the square of `sigma_km`. A moon's lies along its orbit.
    fit_sigma_km : array, shape (n,)
        The part of `sigma_km` against JPL's own solution, without what that errs by.
    source : str
        Which ephemeris.
    """

    body: str
    center: str
    frame: str
    correction: str
    tdb: np.ndarray
    state: np.ndarray
    sigma_km: np.ndarray
    covariance_km2: np.ndarray
    fit_sigma_km: np.ndarray
    source: str

    @property
    def position_km(self) -> np.ndarray:
        """Shape (n, 3), km."""
        return self.state[:, :3]

    @property
    def velocity_km_s(self) -> np.ndarray:
        """Shape (n, 3), km/s."""
        return self.state[:, 3:]

    @property
    def distance_km(self) -> np.ndarray:
        """Shape (n,), km."""
        return np.asarray(np.linalg.norm(self.position_km, axis=-1))

    def records(self) -> list[dict[str, Any]]:
        """Time (UTC), coordinates (km), velocities (km/s) and the standard error of the place (km)."""
        columns: dict[str, Sequence[Any]] = {"time_utc": [tdb_to_utc(t, digits=3) for t in self.tdb.tolist()]}
        columns |= {f"{axis}_km": self.state[:, k].tolist() for k, axis in enumerate(_AXES)}
        columns |= {f"v{axis}_km_s": self.state[:, k + 3].tolist() for k, axis in enumerate(_AXES)}
        return rows_of({**columns, "sigma_km": [number(value) for value in self.sigma_km.tolist()]})

    def plot(self) -> "Figure":
        """Coordinates over time, as matplotlib figure."""
        lines = [Line(axis, self.tdb, self.position_km[:, k]) for k, axis in enumerate(_AXES)]
        title = f"{self.body.capitalize()} from {self.center.capitalize()}"
        facts = f"{self.frame}; light: {self.correction}"
        return series_figure(lines, unit="km", title=title, facts=facts, source=self.source)


def states(
    body: str,
    times: Moments,
    *,
    center: str = "JUPITER",
    correction: str = "NONE",
    frame: str = "ICRF",
    ephemeris: Source = None,
) -> States:
    """Places and velocities of a body.

    Parameters
    ----------
    body, center : str
        NAIF names or numbers, in any case: the moons, JUPITER, SUN, EARTH, JUNO near its perijoves; with kernels any
        that they hold.
    times : str, datetime, astropy Time, or array or sequence of these, or of numbers
        At `center`: ISO 8601 UTC, or TDB seconds past J2000.
    correction : str
        ``NONE``, ``LT``, ``LT+S``, ``CN`` or ``CN+S``, as in SPICE.
    frame : str
        ``ICRF``, ``ECLIPJ2000``, ``IAU_IO``, ``JUPITER_EQUATOR`` ...
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    States
        km and km/s.

    Raises
    ------
    InputError
        Where a name is unknown, or a time beyond what the ephemeris holds: 1930 to 2070 for the built-in one.
    """
    tdb = np.atleast_1d(times_tdb(times)).ravel()
    source, named = ephemeris_from(ephemeris, (body.upper(),), observer=center, tdb=tdb, lit=False)
    table = state_table(source, [body], tdb, observer=center, correction=correction, frame=frame)
    errors = (table.sigma_km[0], table.covariance_km2[0], table.fit_sigma_km[0])
    return States(body.upper(), center.upper(), frame.upper(), correction.upper(), tdb, table.states[0], *errors, named)


@dataclass(frozen=True)
class Paths(Trajectory, Drawn):
    """Integrated paths about Jupiter; `states` gives them at any time of their span."""

    def at(self, times: Moments) -> np.ndarray:
        """States from Jupiter's centre, ICRF.

        Parameters
        ----------
        times : str, datetime, astropy Time, or array or sequence of these, or of numbers
            ISO 8601 UTC, or TDB seconds past J2000.

        Returns
        -------
        array, shape (..., bodies, 6)
            km and km/s, in the order of ``system.names``.
        """
        return self.states(times_tdb(times))

    @property
    def ephemeris(self) -> Ephemeris:
        """The built-in ephemeris with these paths in the place of its own, for whatever takes an `ephemeris`."""
        return EMBEDDED.replacing(*integrated_segments(self))

    def records(self) -> list[dict[str, Any]]:
        """Time (UTC) and distance from Jupiter (km) of each body, at 721 times of the span."""
        distance = self._distance_km()
        columns: dict[str, Sequence[Any]] = {"time_utc": [tdb_to_utc(t, digits=3) for t in self._times().tolist()]}
        columns |= {f"{name.lower()}_km": distance[:, k].tolist() for k, name in enumerate(self.system.names)}
        return rows_of(columns)

    def plot(self) -> "Figure":
        """Distances from Jupiter over time, as matplotlib figure."""
        times, distance = self._times(), self._distance_km()
        lines = [Line(name.capitalize(), times, distance[:, k]) for k, name in enumerate(self.system.names)]
        return series_figure(lines, unit="km", title="Distances from Jupiter", facts="", source="integrated paths")

    def _times(self) -> np.ndarray:
        return np.linspace(self.start_tdb, self.end_tdb, 721)

    def _distance_km(self) -> np.ndarray:
        return np.asarray(np.linalg.norm(self.states(self._times())[..., :3], axis=-1))


def integrate(
    start: Moments,
    end: Moments,
    *,
    system: JovianSystem = JUPITER_AND_MOONS,
    states: ArrayLike | None = None,
    step_s: float | None = None,
    tolerance: float = 0.0,
) -> Paths:
    """Integrate bodies about Jupiter.

    Parameters
    ----------
    start, end : str, datetime, astropy Time or number
        ISO 8601 UTC, or TDB seconds past J2000; the end may lie before the start.
    system : JovianSystem
        Bodies and forces: `JUPITER_AND_MOONS`, or a copy with other numbers (`dataclasses.replace`) or with particles
        (``JUPITER_AND_MOONS.with_particles("JUNO")``).
    states : array, shape (bodies, 6), optional
        At the start, from Jupiter's centre, ICRF, km and km/s; without them those of the four moons.
    step_s : float, optional
        Step, s; without it a twelfth of the shortest revolution.
    tolerance : float
        Relative error of a step that chooses steps of its own; 0 keeps them even.

    Returns
    -------
    Paths

    Raises
    ------
    InputError
        Where there are more or fewer states than bodies, or the paths leave the validity of the forces.
    """
    first, last = float(times_tdb(start)), float(times_tdb(end))
    if states is None:
        states = STATES if first == EPOCH_TDB else galilean_states(first)
    done = integrated(system, states, start_tdb=first, end_tdb=last, step_s=step_s, tolerance=tolerance)
    return made(Paths, done)


@dataclass(frozen=True)
class Resonance(ResonanceReport, Drawn):
    """The Laplace resonance as it is found in an ephemeris."""

    def records(self) -> list[dict[str, Any]]:
        """One moon a row: mean motion (deg/day), period (h), forced and free eccentricity, each with its error."""
        rows = []
        for moon in self.moons:
            row: dict[str, Any] = {"moon": moon.name, "semi_major_axis_km": moon.semi_major_axis_km}
            for name in ("mean_motion_deg_day", "period_h", "forced_eccentricity", "free_eccentricity"):
                measured = getattr(moon, name)
                row |= {name: number(measured.value), f"{name}_sigma": number(measured.sigma)}
            rows.append(row)
        return rows

    def plot(self) -> "Figure":
        """The Laplace angle over time, as matplotlib figure."""
        return laplace_angle_figure(self, source=SOLUTIONS["jup365"].title)


def resonance(start: Moments | None = None, years: float | None = None) -> Resonance:
    """Measure the Laplace resonance in the built-in ephemeris.

    Parameters
    ----------
    start : str, datetime, astropy Time or number, optional
        ISO 8601 UTC, or TDB seconds past J2000; without it the span lies about J2000.
    years : float, optional
        Length, Julian years of 365.25 days, 12 at least; without it all that there is, 140 (ten seconds, once).

    Returns
    -------
    Resonance

    Raises
    ------
    InputError
        Where the span leaves the ephemeris, 1930 to 2070, or is too short to tell the free libration.
    """
    return _measured(*built_in_span(None if start is None else float(times_tdb(start)), years))


@lru_cache(maxsize=4)  # ten seconds for 140 years
def _measured(start_tdb: float, years: float) -> Resonance:
    return made(Resonance, resonance_report(galilean_states, start_tdb=start_tdb, years=years))


@dataclass(frozen=True)
class TidalEvolution(TidalReport, Drawn):
    """What tides do to the three inner moons, now and over millions of years."""

    def records(self) -> list[dict[str, Any]]:
        """One time a row: years, semi-major axes (km), eccentricities and heat (W) of the moons."""
        return _history(self.evolution)

    def plot(self) -> "Figure":
        """The evolution with its errors, as matplotlib figure."""
        return tidal_evolution_figure(self, source=SOLUTIONS["jup365"].title)


def tidal_evolution(
    years: float = 1e8,
    *,
    estimate: str = "lainey-2009",
    jupiter_k2_over_q: float | None = None,
    io_k2_over_q: float | None = None,
    jupiter_exponent: float = 0.0,
    lock: tuple[str, float] | None = None,
    feedback_w: float | None = None,
    draws: int = 40,
    seed: int = 0,
) -> TidalEvolution:
    """Evolve the resonance under tides, with the errors of the measured k2/Q.

    Parameters
    ----------
    years : float
        Span, Julian years; negative into the past.
    estimate : str
        Whose k2/Q: ``lainey-2009`` or ``juno-2025``.
    jupiter_k2_over_q, io_k2_over_q : float, optional
        In place of the estimate's; then neither has an error.
    jupiter_exponent : float
        Jupiter's k2/Q goes with this power of the tide's frequency, equal at Io's.
    lock : tuple of str and float, optional
        A moon that keeps in step with an oscillation of Jupiter, and the years in which its frequency grows (Fuller et
        al. 2016).
    feedback_w : float, optional
        Io's k2/Q follows its temperature (Ojakangas & Stevenson 1986); heat that convection carries at melting, W.
    draws : int
        Evolutions that show the errors of k2/Q; 0 for none.
    seed : int
        Of the draws.

    Returns
    -------
    TidalEvolution

    Raises
    ------
    InputError
        If a number is out of its range; the message names it.
    """
    report = tidal_report(
        years,
        estimate=estimate,
        jupiter_k2_over_q=jupiter_k2_over_q,
        io_k2_over_q=io_k2_over_q,
        laws=TidalLaws(jupiter_exponent, None if lock is None else ResonanceLock(lock[0].upper(), lock[1]), feedback_w),
        draws=draws,
        seed=seed,
    )
    return made(TidalEvolution, report)


@dataclass(frozen=True)
class TidalFuture(Evolution, Drawn):
    """One evolution under a tidal model of the user's own."""

    def records(self) -> list[dict[str, Any]]:
        """One time a row: years, semi-major axes (km), eccentricities and heat (W) of the moons."""
        return _history(self)

    def plot(self) -> "Figure":
        """Eccentricities over time, as matplotlib figure."""
        tdb = self.years * SECONDS_PER_YEAR
        lines = [Line(name.capitalize(), tdb, self.eccentricity[:, k]) for k, name in enumerate(MOONS[:3])]
        facts, title = self.ended_by or "to the end of the span", "Evolution under tides"
        return series_figure(lines, unit="eccentricity", title=title, facts=facts, source="", from_epoch=False)


def _history(run: Evolution) -> list[dict[str, Any]]:
    columns: dict[str, Sequence[Any]] = {"years": run.years.tolist()}
    for name, values in (("a_km", run.a_km), ("eccentricity", run.eccentricity), ("heat_w", run.heat_w)):
        count = values.shape[1]
        columns |= {f"{moon.lower()}_{name}": values[:, k].tolist() for k, moon in enumerate(MOONS[:count])}
    return rows_of(columns)


def evolve(
    years: float = 1e8,
    *,
    tides: TidalModel = LAINEY_2009,
    interior: Interior | None = None,
    samples: int = 201,
) -> TidalFuture:
    """Evolve the resonance under a tidal model.

    Parameters
    ----------
    years : float
        Span, Julian years; negative into the past.
    tides : TidalModel
        k2/Q of Jupiter and the moons: numbers, or functions of frequency (rad/s) and state.
    interior : object, optional
        Io's interior: an object with a temperature (``temperature_k``, K) and a rate of warming (``warming_k_s``, K/s
        by temperature and heat), which the functions then see.
    samples : int
        Times that are kept.

    Returns
    -------
    TidalFuture

    Raises
    ------
    InputError
        If the span is zero, not finite or longer than the age of the solar system.
    """
    return made(TidalFuture, evolved(years, tides=tides, interior=interior, samples=samples))


@dataclass(frozen=True)
class Orbits(FitReport, Drawn):
    """Orbits fitted to positions: parameters with errors, residuals, elements."""

    def records(self) -> list[dict[str, Any]]:
        """One parameter a row: name, value, standard error, unit."""
        values = zip(self.fit.names, self.fit.values.tolist(), self.fit.sigma.tolist(), strict=True)
        return [
            {"name": name, "value": value, "sigma": sigma, "unit": parameter_unit(name)}
            for name, value, sigma in values
        ]

    def plot(self) -> "Figure":
        """Residuals along, across and normal to the motion, as matplotlib figure."""
        return residual_figure(self, source="")


def fit_orbits(
    tables: Mapping[str, str | PathLike[str]],
    *,
    sigma_km: float = 1.0,
    start: Moments | None = None,
    end: Moments | None = None,
    epoch: Moments | None = None,
    parameters: Sequence[str] = (),
    priors: Mapping[str, float] | None = None,
) -> Orbits:
    """Fit orbits of the moons, and what governs them, to tables of positions.

    Parameters
    ----------
    tables : mapping of str to path
        By moon: CSV or Horizons vectors, from Jupiter's centre, ICRF axes, km.
    sigma_km : float
        Standard error of each coordinate where a table does not say.
    start, end, epoch : str, datetime, astropy Time or number, optional
        Rows outside are left out; the elements are those of the epoch, by default in the middle.
    parameters : sequence of str
        Groups to fit besides the states: ``gm``, ``j2``, ``j4``, ``j6``, ``pole``.
    priors : mapping of str to float, optional
        Standard errors by parameter, in place of the built-in ones: ``{"J2": 1e-9}``.

    Returns
    -------
    Orbits

    Raises
    ------
    InputError
        Where a table cannot be read, is in other units, or too few rows are left.
    FitError
        Where no orbit meets the positions.
    """
    system = JUPITER_AND_MOONS
    given = {name.upper(): read_position_table(Path(path)) for name, path in tables.items()}
    ends = [(-np.inf, np.inf)[k] if time is None else float(times_tdb(time)) for k, time in enumerate((start, end))]
    observations = observations_of(system, given, sigma_km=sigma_km, start_tdb=ends[0], end_tdb=ends[1])
    middle = float(observations.tdb[len(observations.tdb) // 2])
    epoch_tdb = middle if epoch is None else float(times_tdb(epoch))
    first = galilean_states(epoch_tdb)
    refuse_other_units(system, observations, first)
    free = tuple(name for name in system.names if name in given)
    known = priors_of(system, parameters, priors or {})
    fit = fit_system(system, first, observations, epoch_tdb=epoch_tdb, priors=known, free=free)
    return made(Orbits, fit_report(fit, observations))
