"""One robust least-squares solution for the poses of many pictures: normal equations, block by block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from perijove.adjustment.sighted import Sighted
from perijove.adjustment.ties import BASE_MAP, Ties, places_px
from perijove.adjustment.unknowns import SHARED, JointUnknowns
from perijove.errors import FitError
from perijove.junocam.limb.fit import LimbEquations, camera_of
from perijove.scene.parameters import jacobian
from perijove.scene.shot import Shot

__all__ = ["Observations", "Solution", "limb_equations", "shared_kinds", "shot_of_unknowns", "solved", "start_values"]

_CUT = 2.5  # Cauchy weight: ties this many standard errors off count half
_REJECT = 4.0
_COOLING = (30.0, 15.0, 8.0, 4.0, 2.0, 1.0, 1.0, 1.0)  # the cut starts wide, lest a wrong start decides what is wrong
_MEDIAN = 0.83  # of the root mean square of two normal deviates
_CONVERGED = 1e-2  # of a standard error
_SETTLE = 6  # further iterations, at most
_BEFOREHAND = np.log(100.0)  # log odds that pictures of a pass share what physics has them share


@dataclass(frozen=True)
class Observations:
    """What the unknowns must explain.

    Attributes
    ----------
    pictures : tuple of Sighted
    unknowns : JointUnknowns
    limbs : tuple of LimbEquations
        One per picture.
    ties : Ties
    """

    pictures: tuple[Sighted, ...]
    unknowns: JointUnknowns
    limbs: tuple[LimbEquations, ...]
    ties: Ties


@dataclass(frozen=True)
class Solution:
    """Values of the unknowns.

    Attributes
    ----------
    values : array, shape (q,)
    covariance : array, shape (q, q)
    prior_sigmas : array, shape (q,)
        Those that were used: deviations of what is shared have the small ones.
    tie_residual_px : array, shape (n, 2)
        Measured less predicted.
    tie_kept : array of bool, shape (n,)
        Ties within four standard errors, scatter included.
    tie_scatter : array, shape (2,)
        By how much the errors of ties between pictures, and to the base map, were scaled up; at least 1.
    limb_residual_px : tuple of array
        Of each picture's limb points.
    limb_kept : tuple of array of bool
    shared : mapping of str to mapping of str to float
        By pass and kind (`unknowns.SHARED`): the logarithm (base e) of the odds, given the measurements, that its
        pictures share it, against each having its own. It is shared where that is positive.
    """

    values: np.ndarray
    covariance: np.ndarray
    prior_sigmas: np.ndarray
    tie_residual_px: np.ndarray
    tie_kept: np.ndarray
    tie_scatter: np.ndarray
    limb_residual_px: tuple[np.ndarray, ...]
    limb_kept: tuple[np.ndarray, ...]
    shared: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def start_values(pictures: Sequence[Sighted], unknowns: JointUnknowns) -> np.ndarray:
    """Values that put each picture where its own limb has it; the camera is the mean of theirs."""
    parameters = unknowns.joint.parameters
    values = parameters.values.copy()
    camera: dict[str, list[float]] = {}
    for one, picture in zip(unknowns.pictures, pictures, strict=True):
        solution = picture.location.solution
        found = dict(zip(solution.parameters.names, solution.values - one.constant, strict=True))
        for name, value in found.items():
            if name in parameters:
                camera.setdefault(name, []).append(float(value))
            elif f"{one.product_id}/{name}" in parameters:
                values[parameters.index(f"{one.product_id}/{name}")] = value
            elif (own := f"{one.product_id}/own_{name}") in parameters:
                of_pass = f"{one.pass_name}/{name}"
                expected = parameters[of_pass].value if of_pass in parameters else 0.0
                values[parameters.index(own)] = value - expected
    for name, several in camera.items():
        values[parameters.index(name)] = np.mean(several)
    return values


def limb_equations(
    pictures: Sequence[Sighted], unknowns: JointUnknowns, values: np.ndarray
) -> tuple[LimbEquations, ...]:
    """Limb points of all pictures, for values near the solution."""
    return tuple(
        LimbEquations(
            one,
            picture.location.solution,
            picture.camera_before,
            unknowns.of_picture(k, values),
            focal_scale=one.focal_scale,
        )
        for k, (one, picture) in enumerate(zip(unknowns.pictures, pictures, strict=True))
    )


def shot_of_unknowns(picture: Sighted, unknowns: JointUnknowns, number: int, values: np.ndarray) -> Shot:
    """Geometry of a picture, camera included, for joint values."""
    one = unknowns.pictures[number]
    own = one.own_values(unknowns.of_picture(number, values))
    before = one.model.parameters.named(one.model.parameters.values)
    shot = picture.camera_before.with_poses(one.model.view(own))
    return camera_of(shot, one.model.parameters.named(own), before=before)


class _TieEquations:
    """Residuals of ties and their derivatives."""

    def __init__(self, observed: Observations) -> None:
        self._observed = observed
        ties = observed.ties
        self._mine = [np.flatnonzero(ties.picture == k) for k in range(len(observed.pictures))]
        self._theirs = [np.flatnonzero(ties.partner == k) for k in range(len(observed.pictures))]

    def _places(self, k: int, values: np.ndarray) -> np.ndarray:
        """Where picture k sees its ties: those measured in it first, then those in which it is the partner."""
        observed, ties = self._observed, self._observed.ties
        shot = shot_of_unknowns(observed.pictures[k], observed.unknowns, k, values)
        every = np.concatenate([self._mine[k], self._theirs[k]])
        framelet = np.concatenate([ties.framelet[self._mine[k]], ties.partner_framelet[self._theirs[k]]])
        return places_px(shot, framelet, ties.ground_km[every])

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """Measured less predicted, shape (n, 2), px."""
        ties = self._observed.ties
        predicted, partner = np.zeros((len(ties), 2)), np.zeros((len(ties), 2))
        for k in range(len(self._observed.pictures)):
            places, count = self._places(k, values), len(self._mine[k])
            predicted[self._mine[k]] = places[:count]
            theirs = self._theirs[k]
            partner[theirs] = ties.partner_px[theirs] - places[count:]
        carried = np.einsum("nij,nj->ni", ties.partner_to_picture, partner)
        residual: np.ndarray = ties.measured_px - predicted - carried
        return residual

    def slopes(self, values: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Derivatives of the predictions by each picture's unknowns: as the one measured in, and as partner."""
        observed, ties = self._observed, self._observed.ties
        mine, theirs = [], []
        for k in range(len(observed.pictures)):
            places = observed.unknowns.places(k)
            steps = observed.unknowns.joint.parameters.steps[places]

            def seen(own: np.ndarray, k: int = k, places: np.ndarray = places) -> np.ndarray:
                moved = values.copy()
                moved[places] = own
                return self._places(k, moved)

            count = len(self._mine[k])
            if count + len(self._theirs[k]) == 0:
                mine.append(np.zeros((0, 2, len(places))))
                theirs.append(np.zeros((0, 2, len(places))))
                continue
            slope = jacobian(seen, values[places], steps)
            mine.append(slope[:count])
            theirs.append(-np.einsum("nij,njp->nip", ties.partner_to_picture[self._theirs[k]], slope[count:]))
        return mine, theirs

    def add(self, values: np.ndarray, weight: np.ndarray, normal: np.ndarray, gradient: np.ndarray) -> None:
        """Add to the normal matrix and the gradient of half the weighted sum of squares; weight of shape (n, 2).

        Pair by pair: a tie knows the unknowns of two pictures alone, some of which they share.
        """
        ties, residual = self._observed.ties, self.residuals(values)
        mine, theirs = self.slopes(values)
        place = np.empty(len(ties), dtype=int)
        partner_place = np.empty(len(ties), dtype=int)
        for k in range(len(mine)):
            place[self._mine[k]] = np.arange(len(self._mine[k]))
            partner_place[self._theirs[k]] = np.arange(len(self._theirs[k]))
        for k, other in np.unique(np.stack([ties.picture, ties.partner]), axis=1).T.tolist():
            here = np.flatnonzero((ties.picture == k) & (ties.partner == other))
            columns = self._observed.unknowns.places(k)
            blocks = [(columns, mine[k][place[here]])]
            if other != BASE_MAP:
                blocks.append((self._observed.unknowns.places(other), theirs[other][partner_place[here]]))
            every = np.unique(np.concatenate([columns for columns, _ in blocks]))
            slope = np.zeros((2 * len(here), len(every)))
            for columns, block in blocks:
                slope[:, np.searchsorted(every, columns)] += block.reshape(2 * len(here), -1)
            w = weight[here].ravel()
            normal[np.ix_(every, every)] += (slope * w[:, None]).T @ slope
            gradient[every] -= slope.T @ (w * residual[here].ravel())


def solved(observed: Observations, start: np.ndarray, *, prior_sigmas: np.ndarray, cooled: bool = False) -> Solution:
    """Solve, from a start, under priors.

    Parameters
    ----------
    observed : Observations
    start : array, shape (q,)
    prior_sigmas : array, shape (q,)
        Standard errors of the unknowns about the values of their parameters before anything is measured.
    cooled : bool
        Whether the start is near the solution, so that outliers are known from the first.

    Raises
    ------
    FitError
        Where the equations have no solution.

    Notes
    -----
    Gauss-Newton. Limb points are weighted as in each picture's own fit (`LimbEquations`). Ties have Cauchy weights
    whose width shrinks from far beyond their errors to 2.5 of them. Their errors are scaled by the median scatter where
    that exceeds them, apart for ties between pictures and to a base map.
    """
    ties, unknowns = observed.ties, observed.unknowns
    tied = _TieEquations(observed)
    prior = unknowns.joint.parameters.values
    inverse_prior = 1.0 / prior_sigmas**2
    groups = (ties.partner != BASE_MAP, ties.partner == BASE_MAP)
    scatter = np.ones(2)
    values = start.copy()
    normal = np.diag(inverse_prior)
    heats = (*(_COOLING[-2:] if cooled else _COOLING), *(1.0,) * _SETTLE)
    for iteration, heat in enumerate(heats):
        normal = np.diag(inverse_prior)
        gradient = inverse_prior * (values - prior)
        for k, limb in enumerate(observed.limbs):
            own = unknowns.of_picture(k, values)
            if iteration > 0:
                limb.select(own)
            block, slope = limb.at(own)
            places = unknowns.places(k)
            normal[np.ix_(places, places)] += block
            gradient[places] += slope
        if len(ties):
            weight = _weights(tied.residuals(values), ties.sigma_px, groups, scatter, heat)
            tied.add(values, weight, normal, gradient)
        step = -_solve(normal, gradient)
        values = values + step
        if len(ties):
            scatter = _scatter(tied.residuals(values), ties.sigma_px, groups)
        if heat == 1.0 and float(np.max(np.abs(step) * np.sqrt(np.diag(normal)))) < _CONVERGED:
            break
    residual = tied.residuals(values) if len(ties) else np.zeros((0, 2))
    off = _off(residual, ties.sigma_px)
    kept = off < _REJECT * np.select(groups, scatter[:, None] * np.ones(len(ties)), 1.0) if len(ties) else off > 0.0
    return Solution(
        values=values,
        covariance=_solve(normal, np.eye(len(values))),
        prior_sigmas=prior_sigmas,
        tie_residual_px=residual,
        tie_kept=kept,
        tie_scatter=scatter,
        limb_residual_px=tuple(
            limb.residual_px(unknowns.of_picture(k, values)) for k, limb in enumerate(observed.limbs)
        ),
        limb_kept=tuple(limb.kept for limb in observed.limbs),
    )


def _off(residual: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """How far off ties are, in standard errors: root mean square of x and y."""
    off: np.ndarray = np.sqrt(np.mean((residual / sigma) ** 2, axis=1))
    return off


def _scatter(residual: np.ndarray, sigma: np.ndarray, groups: Sequence[np.ndarray]) -> np.ndarray:
    off = _off(residual, sigma)
    return np.array([max(1.0, float(np.median(off[g])) / _MEDIAN) if g.any() else 1.0 for g in groups])


def _weights(
    residual: np.ndarray, sigma: np.ndarray, groups: Sequence[np.ndarray], scatter: np.ndarray, heat: float
) -> np.ndarray:
    scaled = np.select(groups, list(scatter), 1.0)[:, None] * sigma
    weight: np.ndarray = 1.0 / scaled**2 / (1.0 + (_off(residual, scaled)[:, None] / (heat * _CUT)) ** 2)
    return weight


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a positive definite system whose unknowns have very different units, by scaling its diagonal to one."""
    scale = 1.0 / np.sqrt(np.diag(matrix))
    try:
        factor = cho_factor(matrix * scale[:, None] * scale[None, :], lower=True)
    except np.linalg.LinAlgError:
        raise FitError("the joint equations have no solution: two unknowns cannot be told apart") from None
    solved: np.ndarray = (cho_solve(factor, (right.T * scale).T).T * scale).T
    return solved


def shared_kinds(
    unknowns: JointUnknowns, values: np.ndarray, covariance: np.ndarray, wide: np.ndarray
) -> dict[str, dict[str, float]]:
    """Log odds, by pass and kind, that pictures share the axis, the spin, the path.

    Parameters
    ----------
    unknowns : JointUnknowns
    values, covariance
        Of a solution under the wide priors.
    wide : array, shape (q,)
        Prior standard errors with which each picture has its own.

    Notes
    -----
    Savage and Dickey's ratio: density of the deviations at none of them, after the measurements over before. Pictures
    that say nothing of a deviation leave it at 1. Beforehand the odds are 100: Juno spins and flies freely through
    a pass; what speaks against it are errors of labels and other simulators.
    """
    result: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(picture.pass_name for picture in unknowns.pictures):
        for kind in SHARED:
            at = unknowns.deviations(name, kind)
            if len(at):
                scale = wide[at]
                after = covariance[np.ix_(at, at)] / np.outer(scale, scale)
                off = values[at] / scale
                _, log_size = np.linalg.slogdet(after)
                odds = _BEFOREHAND - 0.5 * float(off @ np.linalg.solve(after, off)) - 0.5 * float(log_size)
                result.setdefault(name, {})[kind] = odds
    return result
