"""Fit a system of moons to tabulated positions: initial states, and with priors masses, harmonics, pole and tides."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.errors import FitError, InputError
from perijove.fit.system_parameters import with_parameter

__all__ = ["Fit", "Observations", "Prior", "fit_system"]

_THREADS = 2
_SHIFT_KM = 5.0  # rms change of positions that a finite difference aims at: linear to 1e-5, far above rounding
_FIRST_STEP_KM = 1e-3  # of positions; velocities are scaled by the mean motion
_FIRST_STEP = 1e-3  # of other parameters, in sigmas of their priors or relative, whichever is less
_SMALLEST = 1e-12  # for parameters that start at zero
_FIRST_DAMPING = 1e-6
_REJECTED, _ACCEPTED, _LEAST_DAMPING = 10.0, 0.1, 1e-15
_STEPS_PER_JACOBIAN = 4  # derivatives cost a path for each parameter and hardly change
_TRIALS = 12  # until a step gains: by then the damping has gone from none to all
_ENOUGH_GAIN = 0.02  # of chi^2, relative, for another step with the same derivatives
_CONVERGED = 1e-3  # of chi^2, relative
# Least eigenvalue of the scaled normal matrix: two parameters that do the same leave 1e-16, four moons with masses,
# harmonics and pole over some years 1e-9.
_SINGULAR = 1e-13


@dataclass(frozen=True)
class Observations:
    """Positions of the bodies of a system at common times.

    Attributes
    ----------
    tdb : array, shape (m,)
        Ascending, TDB seconds past J2000.
    position_km : array, shape (m, n, 3)
        From Jupiter's centre, ICRF axes; NaN where nothing was observed.
    sigma_km : array, shape (n,) or (m, n)
        Standard error per component, by body or for each position.
    """

    tdb: np.ndarray
    position_km: np.ndarray
    sigma_km: np.ndarray


@dataclass(frozen=True)
class Prior:
    """A parameter of the system that is fitted as well.

    Attributes
    ----------
    value, sigma : float
        What is known beforehand; an infinite sigma for nothing.
    """

    value: float
    sigma: float


@dataclass(frozen=True)
class Fit:
    """Outcome of `fit_system`.

    Attributes
    ----------
    system : JovianSystem
        With the fitted parameters.
    states : array, shape (n, 6)
        At `epoch_tdb`, km and km/s.
    names : tuple of str
        Of all fitted parameters: ``x.IO`` ... ``vz.CALLISTO`` of the bodies that were free, then those with priors.
    values : array, shape (p,)
    covariance : array, shape (p, p)
        Scaled by the scatter of the residuals, that is by `chi2` over `freedom`.
    residual_km : array, shape (m, n, 3)
        Observed less computed.
    chi2 : float
        Of positions and priors, before scaling.
    freedom : int
        Components observed less parameters of states; what a prior adds as a parameter it adds as a datum.
    converged : bool
        Whether the last step changed chi2 by less than a part in a thousand; else more iterations are needed.
    """

    system: JovianSystem
    epoch_tdb: float
    states: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray
    covariance: np.ndarray
    residual_km: np.ndarray
    chi2: float
    freedom: int
    iterations: int
    converged: bool

    @property
    def sigma(self) -> np.ndarray:
        """Standard errors of the values."""
        result: np.ndarray = np.sqrt(np.diag(self.covariance))
        return result

    @property
    def correlation(self) -> np.ndarray:
        """Correlation of the values, shape (p, p)."""
        result: np.ndarray = self.covariance / np.outer(self.sigma, self.sigma)
        return result

    @property
    def rms_km(self) -> np.ndarray:
        """Root mean square distance between observed and computed place, by body; NaN without observations."""
        return _rms_km(self.residual_km)


class _Problem:
    """Weighted residuals of positions and priors, and their derivatives, as functions of all parameters."""

    def __init__(
        self,
        system: JovianSystem,
        observations: Observations,
        epoch_tdb: float,
        *,
        states: np.ndarray,
        free: Sequence[int],
        priors: Mapping[str, Prior],
        step_s: float | None,
    ) -> None:
        self._system, self._observations, self._epoch, self._step_s = system, observations, epoch_tdb, step_s
        self._first_states, self._free, self._priors = states, list(free), priors
        self.state_size = 6 * len(free)
        self._seen = np.isfinite(observations.position_km)
        self._sigma = np.broadcast_to(observations.sigma_km[..., None], observations.position_km.shape)
        self._centre = np.concatenate([np.zeros(self.state_size), [p.value for p in priors.values()]])
        self._weight = np.concatenate([np.zeros(self.state_size), [1.0 / p.sigma for p in priors.values()]])
        parts = ("x", "y", "z", "vx", "vy", "vz")
        self.names = (*(f"{part}.{system.names[k]}" for k in free for part in parts), *priors)
        self.first = np.concatenate([states[self._free].ravel(), [p.value for p in priors.values()]])

    def system(self, values: np.ndarray) -> JovianSystem:
        system = self._system
        for name, value in zip(self._priors, values[self.state_size :], strict=True):
            system = with_parameter(system, name, float(value))
        return system

    def states(self, values: np.ndarray) -> np.ndarray:
        states = self._first_states.copy()
        states[self._free] = values[: self.state_size].reshape(-1, 6)
        return states

    def positions_km(self, values: np.ndarray) -> np.ndarray:
        states = sampled(
            self.system(values),
            self.states(values),
            self._observations.tdb,
            start_tdb=self._epoch,
            step_s=self._step_s,
        )
        return states[:, :, :3]

    def residuals(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positions (km), observed less computed (km), and all residuals in units of their sigma."""
        positions = self.positions_km(values)
        difference = self._observations.position_km - positions
        return (
            positions,
            difference,
            np.concatenate([(difference / self._sigma)[self._seen], (self._centre - values) * self._weight]),
        )

    def first_steps(self, values: np.ndarray) -> np.ndarray:
        """First changes of the parameters for finite differences."""
        states = self.states(values)[self._free]
        speed = np.linalg.norm(states[:, 3:], axis=1) / np.linalg.norm(states[:, :3], axis=1)
        of_states = np.repeat(np.stack([np.ones(len(states)), speed], axis=1), 3, axis=1) * _FIRST_STEP_KM
        of_others = [
            _FIRST_STEP * min(prior.sigma, max(abs(prior.value), _SMALLEST)) for prior in self._priors.values()
        ]
        return np.concatenate([of_states.ravel(), of_others])

    def jacobian(self, values: np.ndarray, positions: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of minus the residuals, from paths beside the present one, and steps that suit better."""

        def column(k: int) -> tuple[np.ndarray, float]:
            step = steps[k]
            while True:
                change = np.zeros(len(values))
                change[k] = step
                moved = self.positions_km(values + change) - positions
                shift = float(np.sqrt(np.mean(np.sum(moved**2, axis=2))))
                if _SHIFT_KM / 100.0 < shift < _SHIFT_KM * 10.0 or shift == 0.0:
                    break
                step *= float(np.clip(_SHIFT_KM / shift, 1e-4, 1e4))
            own = np.zeros(len(values))
            own[k] = self._weight[k]
            better = step * _SHIFT_KM / shift if shift > 0.0 else step
            return np.concatenate([(moved / self._sigma)[self._seen] / step, own]), better

        pool = ThreadPoolExecutor(_THREADS)
        try:
            columns, better = zip(*pool.map(column, range(len(values))), strict=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # an interrupt need not wait for paths of a century
        return np.stack(columns, axis=1), np.array(better)


def fit_system(
    system: JovianSystem,
    states: np.ndarray,
    observations: Observations,
    *,
    epoch_tdb: float,
    priors: Mapping[str, Prior] | None = None,
    free: Sequence[str] | None = None,
    step_s: float | None = None,
    max_iterations: int = 10,
    progress: Callable[[str], None] = lambda _: None,
) -> Fit:
    """Least squares by Levenberg and Marquardt, with derivatives from neighbouring paths.

    Parameters
    ----------
    system : JovianSystem
    states : array, shape (n, 6)
        First guess at the epoch, km and km/s. Over decades a metre of semi-major axis is a hundred kilometres along
        the orbit: widen the span step by step.
    observations : Observations
    epoch_tdb : float
    priors : mapping of Prior, optional
        Parameters of the system to be fitted, by name: ``gm.IO``, ``gm.JUPITER``, ``J2``, ``pole_ra`` (deg),
        ``pole_ra_rate`` (deg per century), ``figure.IO``, ``jupiter_lag``, ``body_lag.IO`` and their like.
    free : sequence of str, optional
        Bodies whose states are fitted, by default all; those of the others stay as given.
    step_s : float, optional
        Of the integration.
    max_iterations : int
        How often derivatives are computed; each time as many paths as there are parameters.
    progress : callable
        Is told the state of things.

    Raises
    ------
    InputError
        Where a name is unknown or shapes do not fit.
    FitError
        Where the positions are too few, or leave a combination of parameters open.
    """
    free = system.names if free is None else tuple(free)
    _check(system, observations, free, priors or {})
    problem = _Problem(
        system,
        observations,
        epoch_tdb,
        states=np.array(states, dtype=float),
        free=[system.names.index(name) for name in free],
        priors=dict(priors or {}),
        step_s=step_s,
    )
    freedom = int(np.isfinite(observations.position_km).sum()) - problem.state_size
    if freedom < 1:
        raise FitError(
            f"{freedom + problem.state_size} coordinates for {problem.state_size} parameters of states tell no errors; "
            "give more positions"
        )
    values = problem.first
    problem.system(values)  # names are checked before the work begins
    steps = problem.first_steps(values)
    damping, converged = _FIRST_DAMPING, False
    positions, difference, r = problem.residuals(values)
    chi2 = float(r @ r)
    progress(f"first guess: chi^2 {chi2:.4g}, rms {_listed(difference)} km")
    for iteration in range(1, max_iterations + 1):
        before, taken = chi2, 0
        progress(f"iteration {iteration}: derivatives of {len(values)} parameters")
        jacobian, steps = problem.jacobian(values, positions, steps)
        scale = np.linalg.norm(jacobian, axis=0)
        if not (scale > 0.0).all():
            idle = problem.names[int(np.argmin(scale))]
            raise InputError(f"{idle} changes nothing that was observed; leave it out or give it a prior")
        scaled = jacobian / scale
        normal = scaled.T @ scaled
        for _ in range(_TRIALS):
            change = np.linalg.solve(normal + damping * np.eye(len(values)), scaled.T @ r) / scale
            trial_positions, trial_difference, trial_r = problem.residuals(values + change)
            trial = float(trial_r @ trial_r)
            if not trial < chi2:
                damping *= _REJECTED
                continue
            gain, damping = (chi2 - trial) / chi2, max(damping * _ACCEPTED, _LEAST_DAMPING)
            values, r, chi2 = values + change, trial_r, trial
            positions, difference = trial_positions, trial_difference
            progress(f"iteration {iteration}: chi^2 {chi2:.4g}, rms {_listed(difference)} km")
            taken += 1
            if gain < _ENOUGH_GAIN or taken == _STEPS_PER_JACOBIAN:
                break
        if before - chi2 < _CONVERGED * before:
            converged = True
            break
    return Fit(
        system=problem.system(values),
        epoch_tdb=epoch_tdb,
        states=problem.states(values),
        names=problem.names,
        values=values,
        covariance=_inverse(normal, problem.names) / np.outer(scale, scale) * (chi2 / freedom),
        residual_km=difference,
        chi2=chi2,
        freedom=freedom,
        iterations=iteration,
        converged=converged,
    )


def _check(system: JovianSystem, observations: Observations, free: Sequence[str], priors: Mapping[str, Prior]) -> None:
    n, m = len(system.names), len(observations.tdb)
    if observations.position_km.shape != (m, n, 3) or observations.sigma_km.shape not in {(n,), (m, n)}:
        raise InputError(
            f"positions of shape {observations.position_km.shape} and sigmas of shape {observations.sigma_km.shape} do "
            f"not fit {m} times and {n} bodies"
        )
    unknown = [name for name in free if name not in system.names]
    if unknown or len(set(free)) != len(free):
        raise InputError(f"free bodies {', '.join(free)}: give each of {', '.join(system.names)} once at most")
    seen = np.isfinite(observations.position_km)
    if (seen & ~(np.broadcast_to(observations.sigma_km[..., None], seen.shape) > 0.0)).any():
        raise InputError("standard errors of positions must be positive")
    for name, prior in priors.items():
        if not (np.isfinite(prior.value) and prior.sigma > 0.0):
            raise InputError(f"prior of {name}: {prior.value} ± {prior.sigma}; the error must be positive")


def _inverse(normal: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Inverse of the scaled normal matrix; names what it leaves open."""
    eigenvalues, vectors = np.linalg.eigh(normal)
    if not eigenvalues[0] > _SINGULAR * eigenvalues[-1]:
        most = np.argsort(-np.abs(vectors[:, 0]))[:3]
        raise FitError(
            f"the positions do not tell {', '.join(names[k] for k in most)} apart; give more or longer tables, fewer "
            "parameters, or priors"
        )
    result: np.ndarray = (vectors / eigenvalues) @ vectors.T
    return result


def _rms_km(residual_km: np.ndarray) -> np.ndarray:
    square = np.sum(residual_km**2, axis=2)
    count = np.isfinite(square).sum(axis=0)
    result: np.ndarray = np.sqrt(np.where(count > 0, np.nansum(square, axis=0) / np.maximum(count, 1), np.nan))
    return result


def _listed(residual_km: np.ndarray) -> str:
    return ", ".join(f"{x:.3f}" for x in _rms_km(residual_km) if np.isfinite(x))
