"""One least-squares solution per picture: all limb points of all framelets and colours against one set of poses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from perijove.errors import FitError
from perijove.junocam.limb.edges import LimbEdges
from perijove.junocam.limb.scatter import Scatter, scatter_of
from perijove.scene.parameters import ParameterSet
from perijove.scene.shot import Shot
from perijove.scene.spin import PoseModel
from perijove.scene.view import View

__all__ = ["LIMB_OUT", "LIMB_ROWS", "LimbEquations", "LimbSolution", "camera_of", "fit_limb", "limb_residuals_px"]

LIMB_OUT, LIMB_ROWS = "limb_out_px", "limb_rows_px"
"""Unknowns of the edges themselves, full-resolution pixels: by how much all are measured too far out; and how much more
those across the rows, along which charge is moved with the scene step by step."""
_ROBUST_CUT = 3.0  # Cauchy weight: points this many standard errors off count half
_REJECT = 4.0
_ROBUST_ONLY, _SETTLED = 2, 6  # points are rejected from and up to these iterations, lest one goes to and fro
_WEIGHED = 4  # further iterations, at most, against the priors
_MODEL_SIGMA_PX = 0.10  # albedo steps and relief at the limb that the edge profile does not know
# By which the edges of one picture lie off together, all around and to either side, by what stands bright or dark at
# its limb: 0.015, 0.021 and 0.013 px in 28 simulated pictures, edges against the true limb. Two draws of noise give the
# same to 0.01 px, so most of it is no noise.
_TOGETHER_PX = 0.015
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
    at = np.concatenate([undistorted_px, np.ones((len(undistorted_px), 1))], axis=1)
    distance: np.ndarray = _distances_px(at, frame, _forms(view, focal_length_px, radii_km)[None])[0]
    return distance


def _forms(view: View, focal_length_px: float, radii_km: np.ndarray) -> np.ndarray:
    """Matrices A and B of each frame, shape (frames, 2, 3, 3): |o x d|² = rᵀ A r and |d|² = rᵀ B r.

    r = (x, y, 1) is the place in the picture, o the camera and d its ray in units of the radii.
    """
    axes = view.body_to_camera / radii_km[None, None, :]
    axes[:, 2] *= focal_length_px
    origin = view.position_km / radii_km
    i, j = [1, 2, 0], [2, 0, 1]
    cross = origin[:, None, i] * axes[..., j] - origin[:, None, j] * axes[..., i]
    both = np.stack([cross, axes], axis=1)
    forms: np.ndarray = both @ np.swapaxes(both, -1, -2)
    return forms


def _distances_px(at: np.ndarray, frame: np.ndarray, forms: np.ndarray) -> np.ndarray:
    """`limb_residuals_px` of points (x, y, 1) for many views at once, shape (views, n); forms (views, frames, 2, 3, 3).

    Frame by frame: all views of one frame are one product of matrices.
    """
    distance = np.empty((len(forms), len(at)))
    for k in np.flatnonzero(np.bincount(frame)):
        here = np.flatnonzero(frame == k)
        points = at[here].T
        # (A r) and (B r), each shape (3, views, points of this frame)
        rows = forms[:, k].transpose(1, 2, 0, 3).reshape(-1, 3)
        cross, ray = (rows @ points).reshape(2, 3, len(forms), len(here))
        cross2 = cross[0] * points[0] + cross[1] * points[1] + cross[2]
        ray2 = ray[0] * points[0] + ray[1] * points[1] + ray[2]
        b = np.sqrt(cross2 / ray2)
        gradient = np.hypot(cross[0] / cross2 - ray[0] / ray2, cross[1] / cross2 - ray[1] / ray2)
        distance[:, here] = (b - 1.0) / (b * gradient)
    return distance


def camera_of(shot: Shot, values: Mapping[str, float], *, before: Mapping[str, float] | None = None) -> Shot:
    """Return a picture with the camera that parameter values describe.

    Parameters
    ----------
    shot : Shot
    values : mapping
        By name: ``focal_length_px``, and for filters that have one ``red_x_px``, ``red_y_px`` and the like, by how much
        their optical centre lies off towards larger columns and rows, full-resolution pixels.
    before : mapping, optional
        Values that describe the camera of `shot`; the camera as known beforehand by default.
    """
    moved = {
        name: (new_x - old_x, new_y - old_y)
        for name in {camera.name for camera in shot.cameras}
        for (new_x, new_y), (old_x, old_y) in [(_axis_px(values, name), _axis_px(before or {}, name))]
    }
    return shot.with_cameras(values["focal_length_px"], moved)


def _axis_px(values: Mapping[str, float], name: str) -> tuple[float, float]:
    """Displacement of a filter's optical centre."""
    return values.get(f"{name.lower()}_x_px", 0.0), values.get(f"{name.lower()}_y_px", 0.0)


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
        Poses from parameters. Some are the camera's (`camera_of`). Where there are ``red_limb_km`` and the like, these
        are how far the limb of that filter stands above the ellipsoid, as haze does; `LIMB_OUT` and `LIMB_ROWS`, where
        there are, how far outside it edges are measured.
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
    prior = model.parameters.values
    values = prior.copy() if start is None else np.asarray(start, dtype=float).copy()
    residuals = _Residuals(model, edges, shot, values)
    sigma = residuals.sigma
    inverse_prior = 1.0 / model.parameters.prior_sigmas**2
    kept = np.ones(len(sigma), dtype=bool)

    def improved(
        values: np.ndarray, r: np.ndarray, inflation: float, relief: _Relief | None = None
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """One Gauss-Newton step: new values, the inverse covariance, and the step in standard errors."""
        slopes = _derivatives(residuals, values, residuals.steps)
        normal, gradient = _equations(slopes, r, kept, inflation=inflation, relief=relief)
        normal, gradient = normal + np.diag(inverse_prior), gradient + inverse_prior * (values - prior)
        step = -_solve_scaled(normal, gradient)
        return values + step, normal, float(np.max(np.abs(step) * np.sqrt(np.diag(normal))))

    for iteration in range(iterations):
        r = residuals(values)[0]
        if _ROBUST_ONLY <= iteration < _SETTLED:
            kept = _near(r)
        values, normal, moved = improved(values, r, 1.0)
        if iteration >= _ROBUST_ONLY and moved < _CONVERGED:
            break
    r = residuals(values)[0]
    weight = kept / (1.0 + (r / _ROBUST_CUT) ** 2)
    chi2 = float(np.sum(weight * r * r) / np.sum(weight))
    own = edges.chosen(kept)
    determined = len(values) - float(inverse_prior @ np.diag(_solve_scaled(normal, np.eye(len(values)))))
    scatter = scatter_of(r[kept] * sigma[kept], sigma[kept], own.framelet, own.azimuth_deg, fitted=determined)
    relief = _Relief.of(edges.azimuth_deg, sigma, scatter)
    inflation = _inflation(chi2, scatter)
    for _ in range(_WEIGHED):
        values, normal, moved = improved(values, residuals(values)[0], inflation, relief)
        if moved < _CONVERGED:
            break
    covariance = _solve_scaled(normal, np.eye(len(values)))
    r = residuals(values)[0]
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


def _inflation(chi2: float, scatter: Scatter) -> float:
    """By how much points weigh less than their errors say: scatter, and what neighbours share."""
    return max(chi2 * scatter.own_share, 1.0) * scatter.own_length


def _equations(
    slopes: np.ndarray,
    r: np.ndarray,
    kept: np.ndarray,
    *,
    inflation: float,
    relief: "_Relief | None",
) -> tuple[np.ndarray, np.ndarray]:
    """Normal matrix and gradient of half the sum of squares where residuals are `r`; without priors."""
    weight = kept / (1.0 + (r / _ROBUST_CUT) ** 2) / inflation
    normal, gradient = (slopes * weight[:, None]).T @ slopes, slopes.T @ (weight * r)
    if relief is not None:
        shared_normal, shared_gradient = relief.removed(slopes, weight, r)
        normal, gradient = normal - shared_normal, gradient - shared_gradient
    return normal, gradient


class LimbEquations:
    """What the limb points of a finished fit say of other unknowns: normal equations under its weights.

    Unlike in that fit, all points may lie off together: outwards, and to either side. Among unknowns that pictures
    share, this does not average out as the points of one picture do.

    Parameters
    ----------
    model : PoseModel
        Poses from the other unknowns; see `fit_limb`.
    solution : LimbSolution
    shot : Shot
        The framelets, with the camera as it was known beforehand.
    start : array, shape (q,)
        Values of the unknowns near the solution.
    focal_scale : float
        Focal length of this picture over that of the unknowns.
    """

    def __init__(
        self,
        model: PoseModel,
        solution: LimbSolution,
        shot: Shot,
        start: np.ndarray,
        *,
        focal_scale: float = 1.0,
    ) -> None:
        self._residuals = _Residuals(model, solution.edges, shot, start, focal_scale)
        self._inflation = _inflation(solution.chi2_reduced, solution.scatter)
        self._relief = _Relief.of(solution.edges.azimuth_deg, self._residuals.sigma, solution.scatter)
        self.kept = solution.kept
        azimuth = np.radians(solution.edges.azimuth_deg)
        shapes = np.stack([np.ones(len(azimuth)), np.cos(azimuth), np.sin(azimuth)], axis=1)
        size_px = _TOGETHER_PX * shot.cameras[0].summing
        self._together = size_px * shapes / self._residuals.sigma[:, None]

    def residual_px(self, values: np.ndarray) -> np.ndarray:
        """Measured less predicted limb, positive outwards, shape (n,)."""
        residual: np.ndarray = self._residuals(values)[0] * self._residuals.sigma
        return residual

    def select(self, values: np.ndarray) -> None:
        """Keep the points within four standard errors, or within four times their own scatter where that is larger."""
        self.kept = _near(self._residuals(values)[0])

    def at(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Normal matrix, shape (q, q), and gradient, shape (q,), of half the weighted sum of squares; no priors."""
        r = self._residuals(values)[0]
        slopes = np.concatenate([_derivatives(self._residuals, values, self._residuals.steps), self._together], axis=1)
        normal, gradient = _equations(slopes, r, self.kept, inflation=self._inflation, relief=self._relief)
        # Shapes of variance 1, eliminated.
        q = len(values)
        across = np.linalg.solve(normal[q:, q:] + np.eye(normal.shape[0] - q), np.c_[normal[q:, :q], gradient[q:]])
        return normal[:q, :q] - normal[:q, q:] @ across[:, :q], gradient[:q] - normal[:q, q:] @ across[:, q]


def _near(r: np.ndarray) -> np.ndarray:
    """Points whose residuals, in standard errors, do not stand out."""
    near: np.ndarray = np.abs(r) < _REJECT * max(1.0, 1.4826 * float(np.median(np.abs(r))))
    return near


class _Residuals:
    """Residuals of limb points under vectors of parameters, shape (vectors, n), in standard errors."""

    def __init__(
        self, model: PoseModel, edges: LimbEdges, shot: Shot, start: np.ndarray, focal_scale: float = 1.0
    ) -> None:
        self._focal_scale = focal_scale
        self._model, self._radii_km, self.steps = model, shot.radii_km, model.parameters.steps
        self._focal = model.parameters.index("focal_length_px")
        self._frame = shot.frame_of_framelet[edges.framelet]
        self._at = np.concatenate([_undistorted_px(edges, shot), np.ones((len(edges), 1))], axis=1)
        self.sigma = np.hypot(edges.sigma_px, _MODEL_SIGMA_PX) * shot.cameras[0].summing
        filters = np.array([camera.name for camera in shot.cameras])[edges.framelet]
        self._by_filter = self._slopes_by_filter(filters, np.sin(np.radians(edges.azimuth_deg)), start)

    def __call__(self, *vectors: np.ndarray) -> np.ndarray:
        forms = np.stack([self._forms(values) for values in vectors])
        distance = _distances_px(self._at, self._frame, forms) + np.stack(vectors) @ self._by_filter
        normalised: np.ndarray = distance / self.sigma
        return normalised

    def _forms(self, values: np.ndarray, above_km: float = 0.0) -> np.ndarray:
        focal = self._focal_scale * values[self._focal]
        return _forms(self._model.view(values), focal, self._radii_km + above_km)

    def _slopes_by_filter(self, filters: np.ndarray, rows: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Derivatives of the distances by what is a filter's own, or the edges', shape (p, n): 0 for all others.

        `rows` says how far the limb's normals point along the rows' axis.

        An optical centre that moves takes as much off each point's place; a limb that stands higher, here by 1 km, as
        much off its distance. From start to solution they change by 1e-2 of themselves, so they are taken once.
        """
        parameters, forms = self._model.parameters, self._forms(start)

        def distances(moved_px: np.ndarray | float = 0.0, under: np.ndarray = forms) -> np.ndarray:
            found: np.ndarray = _distances_px(self._at + moved_px, self._frame, under[None])[0]
            return found

        slopes = {"limb_km": distances(under=self._forms(start, 1.0)) - distances()}
        for side, step in zip("xy", 0.5 * np.eye(3), strict=False):
            slopes[f"{side}_px"] = distances(-step) - distances(step)
        table = np.zeros((len(parameters), len(self._at)))
        for name, slope in {LIMB_OUT: -np.ones(len(self._at)), LIMB_ROWS: -(rows**2)}.items():
            if name in parameters:
                table[parameters.index(name)] = slope
        for name in np.unique(filters):
            for what, slope in slopes.items():
                if (parameter := f"{name.lower()}_{what}") in parameters:
                    table[parameters.index(parameter)] = np.where(filters == name, slope, 0.0)
        return table


def _derivatives(residuals: Callable[..., np.ndarray], values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Of the residuals by each parameter, shape (n, p), by central differences: all vectors in one call."""
    above, below = np.split(residuals(*(values + np.diag(steps)), *(values - np.diag(steps))), 2)
    slopes: np.ndarray = ((above - below) / (2.0 * steps[:, None])).T
    return slopes


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
