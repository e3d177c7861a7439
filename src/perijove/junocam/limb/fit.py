"""One least-squares solution per picture: all limb points of all framelets and colours against one set of poses."""

from dataclasses import dataclass

import numpy as np

from perijove.errors import FitError
from perijove.junocam.limb.edges import LimbEdges
from perijove.junocam.limb.scatter import Scatter, scatter_of
from perijove.scene.parameters import ParameterSet, jacobian
from perijove.scene.shot import Shot
from perijove.scene.spin import PoseModel
from perijove.scene.view import View

__all__ = ["LimbSolution", "fit_limb", "limb_residuals_px"]

_ROBUST_CUT = 3.0  # Cauchy weight: points this many standard errors off count half
_REJECT = 4.0
_ROBUST_ONLY, _SETTLED = 2, 6  # points are rejected from and up to these iterations, lest one goes to and fro
_WEIGHED = 4  # further iterations, at most, against the priors
_MODEL_SIGMA_PX = 0.10  # albedo steps and relief at the limb that the edge profile does not know
_CONVERGED = 1e-2  # of a standard error
_MIN_POINTS = 6


@dataclass(frozen=True)
class LimbSolution:
    """Poses that fit the limb.

    Attributes
    ----------
    parameters : ParameterSet
        With their priors.
    values, sigmas : array, shape (p,)
        Values and standard errors; the errors include priors, scatter beyond the points' own errors, and the
        correlation of neighbouring points.
    covariance : array, shape (p, p)
    residual_px : array, shape (n,)
        Measured minus fitted limb, positive outwards, of each point in `edges`.
    kept : array of bool, shape (n,)
        False for points more than four standard errors off (hits, steps of albedo at the limb); they have no weight.
    edges : LimbEdges
    chi2_reduced : float
        Of the limb points under the edge errors, before inflation.
    scatter : Scatter
        How residuals hang together along the limb and between framelets.
    """

    parameters: ParameterSet
    values: np.ndarray
    sigmas: np.ndarray
    covariance: np.ndarray
    residual_px: np.ndarray
    kept: np.ndarray
    edges: LimbEdges
    chi2_reduced: float
    scatter: Scatter

    def __getitem__(self, name: str) -> tuple[float, float]:
        """Value and standard error of a parameter by name."""
        i = self.parameters.index(name)
        return float(self.values[i]), float(self.sigmas[i])

    @property
    def pulls(self) -> dict[str, float]:
        """Fitted less prior value of each parameter, in standard errors of the prior."""
        off = (self.values - self.parameters.values) / self.parameters.prior_sigmas
        return self.parameters.named(off)

    @property
    def rms_px(self) -> float:
        """Root mean square residual of the points kept."""
        return float(np.sqrt(np.mean(self.residual_px[self.kept] ** 2)))

    def __contains__(self, name: str) -> bool:
        """Whether the model has that parameter."""
        return name in self.parameters


def limb_residuals_px(
    undistorted_px: np.ndarray,
    frame: np.ndarray,
    view: View,
    focal_length_px: float,
    *,
    radii_km: np.ndarray,
) -> np.ndarray:
    """Distance of measured points from the limb that a view predicts.

    Parameters
    ----------
    undistorted_px : array, shape (n, 2)
        Offsets from the optical axis (`StripCamera.undistorted_px`).
    frame : array of int, shape (n,)
        Pose of each point.
    view : View
    focal_length_px : float
    radii_km : array, shape (3,)

    Returns
    -------
    array, shape (n,)
        Undistorted pixels, positive outside the disc. Exact to first order: off by 0.5 % at 8 px from the limb of a
        disc 800 px wide.

    Notes
    -----
    In units of the radii the ray passes the centre at b = |o x d| / |d|; the limb is b = 1. (b - 1) over the gradient
    of b in the picture is the distance.
    """
    rotation = view.body_to_camera[frame] / radii_km[None, None, :]
    origin = view.position_km[frame] / radii_km
    ray_camera = np.concatenate([undistorted_px, np.full((len(undistorted_px), 1), focal_length_px)], axis=1)
    ray = np.einsum("nji,nj->ni", rotation, ray_camera)
    cross = _cross(origin, ray)
    cross2, ray2 = np.sum(cross * cross, axis=1), np.sum(ray * ray, axis=1)
    b = np.sqrt(cross2 / ray2)
    gradient = np.empty((len(b), 2))
    for axis in range(2):
        d_ray = rotation[:, axis, :]
        d_cross2 = 2.0 * np.sum(cross * _cross(origin, d_ray), axis=1)
        d_ray2 = 2.0 * np.sum(ray * d_ray, axis=1)
        gradient[:, axis] = 0.5 * b * (d_cross2 / cross2 - d_ray2 / ray2)
    distance: np.ndarray = (b - 1.0) / np.hypot(gradient[:, 0], gradient[:, 1])
    return distance


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross product of arrays (n, 3); numpy's own takes four times as long on small n."""
    return np.stack(
        [
            a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1],
            a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2],
            a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0],
        ],
        axis=1,
    )


def fit_limb(
    model: PoseModel,
    edges: LimbEdges,
    shot: Shot,
    *,
    start: np.ndarray | None = None,
    iterations: int = 12,
) -> LimbSolution:
    """Fit poses to limb points.

    Parameters
    ----------
    model : PoseModel
        Poses from parameters. Its parameter ``focal_length_px`` is the camera's; ``limb_height_km``, where it has one,
        is how far the limb stands above the ellipsoid, as haze does.
    edges : LimbEdges
    shot : Shot
        The framelets in which they lie; its own poses do not matter.
    start : array, optional
        Start values; the priors' by default.
    iterations : int
        At most.

    Returns
    -------
    LimbSolution

    Raises
    ------
    FitError
        With fewer than six limb points.

    Notes
    -----
    Gauss-Newton with Cauchy weights and the priors as observations. Residuals are correlated, since ground is patchy
    and rises and falls: along the limb, and between the framelets that show the same part of it. Once the points have
    settled (`scatter`), what framelets share is one more unknown for each patch of the limb, with its measured size as
    prior; it cancels where framelets are compared, as for the spin, and does not where they agree, as for the size.
    What a framelet's neighbours share beyond that divides their weight, as does the weighted scatter where it exceeds
    the edge errors. Values and covariance are those of the solution under these weights. With the points taken for
    independent, roll and velocity would follow the patches three times as far as the priors allow. The priors are not
    scaled.
    """
    if len(edges) < _MIN_POINTS:
        raise FitError(f"{len(edges)} limb points are too few for a fit; at least {_MIN_POINTS} are needed")
    prior, focal = model.parameters.values, model.parameters.index("focal_length_px")
    height = model.parameters.index("limb_height_km") if "limb_height_km" in model.parameters else None
    frame = shot.frame_of_framelet[edges.framelet]
    offset = _undistorted_px(edges, shot)
    sigma = np.hypot(edges.sigma_px, _MODEL_SIGMA_PX) * shot.cameras[0].summing

    def residuals(values: np.ndarray) -> np.ndarray:
        radii = shot.radii_km + (values[height] if height is not None else 0.0)
        distance = limb_residuals_px(offset, frame, model.view(values), values[focal], radii_km=radii)
        normalised: np.ndarray = distance / sigma
        return normalised

    values = prior.copy() if start is None else np.asarray(start, dtype=float).copy()
    inverse_prior = 1.0 / model.parameters.prior_sigmas**2
    kept = np.ones(len(sigma), dtype=bool)

    def improved(
        values: np.ndarray, r: np.ndarray, inflation: float, relief: _Relief | None = None
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """One Gauss-Newton step: new values, the inverse covariance, and the step in standard errors."""
        weight = kept / (1.0 + (r / _ROBUST_CUT) ** 2) / inflation
        slopes = jacobian(residuals, values, model.parameters.steps)
        normal, gradient = (slopes * weight[:, None]).T @ slopes, slopes.T @ (weight * r)
        if relief is not None:
            shared_normal, shared_gradient = relief.removed(slopes, weight, r)
            normal, gradient = normal - shared_normal, gradient - shared_gradient
        normal, gradient = normal + np.diag(inverse_prior), gradient + inverse_prior * (values - prior)
        step = -_solve_scaled(normal, gradient)
        return values + step, normal, float(np.max(np.abs(step) * np.sqrt(np.diag(normal))))

    for iteration in range(iterations):
        r = residuals(values)
        if _ROBUST_ONLY <= iteration < _SETTLED:
            kept = np.abs(r) < _REJECT * max(1.0, 1.4826 * float(np.median(np.abs(r))))
        values, normal, moved = improved(values, r, 1.0)
        if iteration >= _ROBUST_ONLY and moved < _CONVERGED:
            break
    r = residuals(values)
    weight = kept / (1.0 + (r / _ROBUST_CUT) ** 2)
    chi2 = float(np.sum(weight * r * r) / np.sum(weight))
    own = edges.chosen(kept)
    determined = len(values) - float(inverse_prior @ np.diag(_solve_scaled(normal, np.eye(len(values)))))
    scatter = scatter_of(r[kept] * sigma[kept], sigma[kept], own.framelet, own.azimuth_deg, fitted=determined)
    relief = _Relief.of(edges.azimuth_deg, sigma, scatter)
    inflation = max(chi2 * scatter.own_share, 1.0) * scatter.own_length
    for _ in range(_WEIGHED):
        values, normal, moved = improved(values, residuals(values), inflation, relief)
        if moved < _CONVERGED:
            break
    covariance = _solve_scaled(normal, np.eye(len(values)))
    r = residuals(values)
    return LimbSolution(
        parameters=model.parameters,
        values=values,
        sigmas=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        residual_px=r * sigma,
        kept=kept,
        edges=edges,
        chi2_reduced=chi2,
        scatter=scatter,
    )


def _undistorted_px(edges: LimbEdges, shot: Shot) -> np.ndarray:
    """Offsets of the limb points from the optical axis without distortion, shape (n, 2)."""
    offset = np.empty((len(edges), 2))
    for framelet in np.unique(edges.framelet):
        here = edges.framelet == framelet
        offset[here] = shot.cameras[int(framelet)].undistorted_px(edges.xy[here])
    return offset


@dataclass(frozen=True)
class _Relief:
    """What framelets share, patch by patch of the limb: unknowns of a known size, eliminated.

    Attributes
    ----------
    patch : array of int, shape (n,)
        Patch of each point.
    size : array, shape (n,)
        Standard deviation of the patches' common shift, in standard errors of each point.
    """

    patch: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, azimuth_deg: np.ndarray, sigma_px: np.ndarray, scatter: Scatter) -> "_Relief | None":
        """Patches of a scatter; None where nothing is shared."""
        if not scatter.relief_px > 0.0:
            return None
        count = max(1, round(360.0 / scatter.patch_deg))
        patch = (np.mod(azimuth_deg, 360.0) / 360.0 * count).astype(int) % count
        return cls(patch, scatter.relief_px / sigma_px)

    def removed(self, slopes: np.ndarray, weight: np.ndarray, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a shift u of each patch, of variance 1, takes off the normal matrix and the gradient.

        With C = 1/w + s sᵀ for the points of a patch, C⁻¹ = w - (w s)(w s)ᵀ / (1 + Σ w s²) (Sherman and Morrison).
        """
        count = int(self.patch.max()) + 1
        ws = weight * self.size
        share = 1.0 / (1.0 + np.bincount(self.patch, ws * self.size, count))
        along = np.stack([np.bincount(self.patch, ws * column, count) for column in slopes.T], axis=1)
        across = np.bincount(self.patch, ws * residual, count)
        return (along * share[:, None]).T @ along, along.T @ (share * across)


def _solve_scaled(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a symmetric system whose unknowns have very different units, by scaling its diagonal to one."""
    scale = 1.0 / np.sqrt(np.diag(matrix))
    solved = np.linalg.solve(matrix * scale[:, None] * scale[None, :], (right.T * scale).T)
    result: np.ndarray = (solved.T * scale).T
    return result
