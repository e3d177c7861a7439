"""What a fit says: residuals along the path, outwards and out of its plane, and elements with their errors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from perijove.dynamics.integration import sampled
from perijove.errors import InputError
from perijove.fit.adjustment import Fit, Observations
from perijove.geometry.rotations import unit
from perijove.resonance.elements import OrbitalElements, equatorial_states, osculating_elements

__all__ = ["DIRECTIONS", "ELEMENTS", "FitReport", "fit_report"]

DIRECTIONS = ("along", "radial", "normal")
ELEMENTS = (
    "semi_major_axis_km",
    "eccentricity",
    "inclination_deg",
    "mean_longitude_deg",
    "pericenter_longitude_deg",
    "node_longitude_deg",
)
_STEP_SIGMAS = 0.1  # of a parameter, for derivatives of the elements


@dataclass(frozen=True)
class FitReport:
    """A fit with what readers want to see of it.

    Attributes
    ----------
    fit : Fit
    tdb : array, shape (m,)
        Times of the positions, TDB seconds past J2000.
    bodies : tuple of str
        Those that were observed, n of them.
    residual_km : array, shape (m, n, 3)
        Observed less computed in the `DIRECTIONS`: along the velocity about Jupiter, outwards at right angles to it,
        and along the orbital angular momentum; NaN without observation.
    sigma_km : array, shape (m, n)
        Standard error of each component as it was given.
    elements : mapping
        By body that was free: osculating elements at the epoch, `ELEMENTS`, on Jupiter's equator of J2000: value and
        standard error.
    """

    fit: Fit
    tdb: np.ndarray
    bodies: tuple[str, ...]
    residual_km: np.ndarray
    sigma_km: np.ndarray
    elements: Mapping[str, Mapping[str, tuple[float, float]]]

    @property
    def normalised(self) -> np.ndarray:
        """Residuals over their standard errors, shape (m, n, 3)."""
        result: np.ndarray = self.residual_km / self.sigma_km[..., None]
        return result

    @property
    def rms_km(self) -> np.ndarray:
        """Root mean square distance from the observed places, by body, shape (n,)."""
        result: np.ndarray = np.sqrt(np.sum(np.nanmean(self.residual_km**2, axis=0), axis=-1))
        return result

    @property
    def component_rms_km(self) -> np.ndarray:
        """Root mean square of the residuals by body and direction, shape (n, 3)."""
        result: np.ndarray = np.sqrt(np.nanmean(self.residual_km**2, axis=0))
        return result

    @property
    def counts(self) -> np.ndarray:
        """Number of positions by body, shape (n,)."""
        result: np.ndarray = np.isfinite(self.residual_km[..., 0]).sum(axis=0)
        return result

    @property
    def reduced_chi2(self) -> float:
        """Chi-square over the degrees of freedom; 1 where the standard errors are right and the forces complete."""
        return self.fit.chi2 / self.fit.freedom


def fit_report(fit: Fit, observations: Observations) -> FitReport:
    """Residuals of a fit in the frame of the motion, and elements with errors.

    Parameters
    ----------
    fit : Fit
    observations : Observations
        To which it was made.

    Returns
    -------
    FitReport
        Errors of the elements follow from the covariance of all parameters, GMs among them, by derivatives.

    Raises
    ------
    InputError
        Where the observations are not those of the fit.
    """
    if fit.residual_km.shape != observations.position_km.shape:
        raise InputError("these observations are not those of the fit")
    seen = [k for k in range(len(fit.system.names)) if np.isfinite(fit.residual_km[:, k]).any()]
    states = sampled(fit.system, fit.states, observations.tdb, start_tdb=fit.epoch_tdb)[:, seen]
    along = unit(states[..., 3:])
    normal = unit(np.cross(states[..., :3], states[..., 3:]))
    axes = np.stack([along, np.cross(along, normal), normal], axis=-2)
    sigma = np.broadcast_to(observations.sigma_km, observations.position_km.shape[:2])
    return FitReport(
        fit=fit,
        tdb=observations.tdb,
        bodies=tuple(fit.system.names[k] for k in seen),
        residual_km=np.einsum("mnij,mnj->mni", axes, fit.residual_km[:, seen]),
        sigma_km=sigma[:, seen],
        elements=_elements(fit),
    )


def _elements(fit: Fit) -> dict[str, dict[str, tuple[float, float]]]:
    bodies = tuple(dict.fromkeys(name[2:] for name in fit.names if name.startswith("x.")))
    steps = _STEP_SIGMAS * fit.sigma
    value = _element_values(fit, bodies, fit.values)
    rows = []
    for k, step in enumerate(steps):
        change = np.zeros(len(fit.values))
        change[k] = step
        difference = _element_values(fit, bodies, fit.values + change) - _element_values(
            fit, bodies, fit.values - change
        )
        difference[:, 2:] = (difference[:, 2:] + 180.0) % 360.0 - 180.0
        rows.append(difference / (2.0 * step))
    slopes = np.stack(rows)  # (parameters, bodies, elements)
    sigma = np.sqrt(np.einsum("pbe,pq,qbe->be", slopes, fit.covariance, slopes))
    return {
        body: {name: (float(value[b, e]), float(sigma[b, e])) for e, name in enumerate(ELEMENTS)}
        for b, body in enumerate(bodies)
    }


def _element_values(fit: Fit, bodies: tuple[str, ...], values: np.ndarray) -> np.ndarray:
    """Elements, shape (bodies, 6), for given values of the parameters."""
    by_name = dict(zip(fit.names, values.tolist(), strict=True))
    system = fit.system
    gm = [
        by_name.get("gm.JUPITER", system.jupiter_gm_km3_s2)
        + by_name.get(f"gm.{body}", system.gm_km3_s2[system.names.index(body)])
        for body in bodies
    ]
    states = values[: 6 * len(bodies)].reshape(-1, 6)
    found: OrbitalElements = osculating_elements(equatorial_states(states), gm_km3_s2=np.array(gm))
    return np.stack([np.asarray(getattr(found, name)) for name in ELEMENTS], axis=-1)
