"""Fit a system of moons to tabulated positions: initial states, and with priors masses, harmonics, pole and tides."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.errors import InputError

__all__ = ["Fit", "Observations", "Prior", "fit_system"]

_THREADS = 2
_SHIFT_KM = 5.0  # rms change of positions that a finite difference aims at: linear to 1e-5, far above rounding
_FIRST_STEP_KM = 1e-3  # of positions; velocities are scaled by the mean motion
_FIRST_STEP = 1e-3  # of other parameters, in sigmas of their priors or relative, whichever is less
_SMALLEST = 1e-12  # for parameters that start at zero
_FIRST_DAMPING = 1e-6
_REJECTED, _ACCEPTED, _LEAST_DAMPING = 10.0, 0.1, 1e-15
_STEPS_PER_JACOBIAN = 4  # derivatives cost a path for each parameter and hardly change
_ENOUGH_GAIN = 0.02  # of chi^2, relative, for another step with the same derivatives
_CONVERGED = 1e-3  # of chi^2, relative


@dataclass(frozen=True)
class Observations:
    """Positions of the bodies of a system at common times.

    Attributes
    ----------
    tdb : array, shape (m,)
        Ascending, TDB seconds past J2000.
    position_km : array, shape (m, n, 3)
        From Jupiter's centre, ICRF axes; NaN where nothing was observed.
    sigma_km : array, shape (n,)
        Standard error per component, by body.
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
        Of all fitted parameters: ``x.IO`` ... ``vz.CALLISTO``, then those with priors.
    values : array, shape (p,)
    covariance : array, shape (p, p)
        Scaled by the scatter of the residuals.
    residual_km : array, shape (m, n, 3)
        Observed less computed.
    chi2 : float
        Of positions and priors, before scaling.
    """

    system: JovianSystem
    epoch_tdb: float
    states: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray
    covariance: np.ndarray
    residual_km: np.ndarray
    chi2: float
    iterations: int

    @property
    def sigma(self) -> np.ndarray:
        """Standard errors of the values."""
        result: np.ndarray = np.sqrt(np.diag(self.covariance))
        return result

    @property
    def rms_km(self) -> np.ndarray:
        """Root mean square distance between observed and computed place, by body."""
        result: np.ndarray = np.sqrt(np.nanmean(np.sum(self.residual_km**2, axis=2), axis=0))
        return result


def _with(items: tuple[float, ...], index: int, value: float) -> tuple[float, ...]:
    return (*items[:index], value, *items[index + 1 :])


def _changed(system: JovianSystem, name: str, value: float) -> JovianSystem:
    """Copy of the system with one parameter changed."""
    kind, _, body = name.partition(".")
    known = not body or body in system.names or (kind == "gm" and body == "JUPITER")
    match kind if known else None:
        case "gm" if body == "JUPITER":
            return replace(system, jupiter_gm_km3_s2=value)
        case "gm":
            return replace(system, gm_km3_s2=_with(system.gm_km3_s2, system.names.index(body), value))
        case "figure":
            return replace(system, figure_km2=_with(system.figure_km2, system.names.index(body), value))
        case "J2" | "J3" | "J4" | "J6":
            harmonics = list(system.harmonics)
            harmonics[["J2", "J3", "J4", "J6"].index(kind)] = value
            return replace(system, harmonics=(harmonics[0], harmonics[1], harmonics[2], harmonics[3]))
        case "pole_ra" | "pole_dec" | "pole_ra_rate" | "pole_dec_rate":
            pole = list(system.pole_deg)
            pole[["pole_ra", "pole_dec", "pole_ra_rate", "pole_dec_rate"].index(kind)] = value
            return replace(system, pole_deg=(pole[0], pole[1], pole[2], pole[3]))
        case "jupiter_lag" if system.tides is not None:
            lags = tuple(value * (lag != 0.0) for lag in system.tides.jupiter_lag_s)
            if body:
                lags = _with(system.tides.jupiter_lag_s, system.names.index(body), value)
            return replace(system, tides=replace(system.tides, jupiter_lag_s=lags))
        case "body_lag" if system.tides is not None:
            lags = _with(system.tides.body_lag_s, system.names.index(body), value)
            return replace(system, tides=replace(system.tides, body_lag_s=lags))
    raise InputError(
        f"{name!r} is no parameter of the system; there are gm.BODY, figure.BODY, J2, J3, J4, J6, pole_ra, pole_dec, "
        "pole_ra_rate, pole_dec_rate, and with tides jupiter_lag, jupiter_lag.BODY, body_lag.BODY"
    )


class _Problem:
    """Weighted residuals of positions and priors, and their derivatives, as functions of all parameters."""

    def __init__(
        self,
        system: JovianSystem,
        observations: Observations,
        epoch_tdb: float,
        *,
        priors: Mapping[str, Prior],
        step_s: float | None,
    ) -> None:
        self._system, self._observations, self._epoch, self._step_s = system, observations, epoch_tdb, step_s
        self._priors = priors
        n = len(system.names)
        self._state_size = 6 * n
        self._seen = np.isfinite(observations.position_km)
        self._sigma = np.broadcast_to(observations.sigma_km[:, None], observations.position_km.shape)
        self._centre = np.concatenate([np.zeros(6 * n), [p.value for p in priors.values()]])
        self._weight = np.concatenate([np.zeros(6 * n), [1.0 / p.sigma for p in priors.values()]])

    def system(self, values: np.ndarray) -> JovianSystem:
        system = self._system
        for name, value in zip(self._priors, values[self._state_size :], strict=True):
            system = _changed(system, name, float(value))
        return system

    def states(self, values: np.ndarray) -> np.ndarray:
        return values[: self._state_size].reshape(-1, 6)

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
        states = self.states(values)
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

        with ThreadPoolExecutor(_THREADS) as pool:
            columns, better = zip(*pool.map(column, range(len(values))), strict=True)
        return np.stack(columns, axis=1), np.array(better)


def fit_system(
    system: JovianSystem,
    states: np.ndarray,
    observations: Observations,
    *,
    epoch_tdb: float,
    priors: Mapping[str, Prior] | None = None,
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
    step_s : float, optional
        Of the integration.
    max_iterations : int
        How often derivatives are computed; each time as many paths as there are parameters.
    progress : callable
        Is told the state of things.

    Returns
    -------
    Fit

    Raises
    ------
    InputError
        Where a name is unknown or shapes do not fit.
    """
    n = len(system.names)
    if observations.position_km.shape != (len(observations.tdb), n, 3) or observations.sigma_km.shape != (n,):
        raise InputError(
            f"positions of shape {observations.position_km.shape} and {observations.sigma_km.shape} sigmas do not fit "
            f"{len(observations.tdb)} times and {n} bodies"
        )
    priors = dict(priors or {})
    problem = _Problem(system, observations, epoch_tdb, priors=priors, step_s=step_s)
    values = np.concatenate([np.asarray(states, dtype=float).ravel(), [p.value for p in priors.values()]])
    problem.system(values)  # names are checked before the work begins
    steps = problem.first_steps(values)
    damping = _FIRST_DAMPING
    positions, difference, r = problem.residuals(values)
    chi2 = float(r @ r)
    for iteration in range(1, max_iterations + 1):
        before = chi2
        jacobian, steps = problem.jacobian(values, positions, steps)
        scale = np.linalg.norm(jacobian, axis=0)
        if not (scale > 0.0).all():
            idle = _names(system, priors)[int(np.argmin(scale))]
            raise InputError(f"{idle} changes nothing that was observed; leave it out or give it a prior")
        scaled = jacobian / scale
        normal = scaled.T @ scaled
        for _ in range(_STEPS_PER_JACOBIAN):
            change = np.linalg.solve(normal + damping * np.eye(len(values)), scaled.T @ r) / scale
            trial_positions, trial_difference, trial_r = problem.residuals(values + change)
            trial = float(trial_r @ trial_r)
            if not trial < chi2:
                damping *= _REJECTED
                continue
            gain, damping = (chi2 - trial) / chi2, max(damping * _ACCEPTED, _LEAST_DAMPING)
            values, r, chi2 = values + change, trial_r, trial
            positions, difference = trial_positions, trial_difference
            rms = np.sqrt(np.nanmean(np.sum(difference**2, axis=2), axis=0))
            progress(f"iteration {iteration}: chi^2 {chi2:.4g}, rms {', '.join(f'{x:.3f}' for x in rms)} km")
            if gain < _ENOUGH_GAIN:
                break
        if before - chi2 < _CONVERGED * before:
            break
    freedom = max(int(np.isfinite(observations.position_km).sum()) - 6 * n, 1)
    return Fit(
        system=problem.system(values),
        epoch_tdb=epoch_tdb,
        states=problem.states(values).copy(),
        names=_names(system, priors),
        values=values,
        covariance=np.linalg.inv(normal) / np.outer(scale, scale) * (chi2 / freedom),
        residual_km=difference,
        chi2=chi2,
        iterations=iteration,
    )


def _names(system: JovianSystem, priors: Mapping[str, Prior]) -> tuple[str, ...]:
    """Of all parameters, in their order."""
    return (*(f"{part}.{body}" for body in system.names for part in ("x", "y", "z", "vx", "vy", "vz")), *priors)
