"""Poses as unknowns of one more adjustment: the covariance of the limb fit is what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cholesky

from perijove.geometry.rotations import rotation_vector_deg
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.locate import Location
from perijove.scene.parameters import jacobian
from perijove.scene.shot import Shot

__all__ = ["Adjustment", "PoseUnknowns", "adjusted"]

_CUT = 2.5  # Cauchy weight: measurements this many standard errors off count half
_REJECT = 4.0
_COOLING = (30.0, 15.0, 8.0, 4.0, 2.0, 1.0, 1.0, 1.0)  # the cut starts wide, lest a wrong start decides what is wrong
_MEDIAN = 0.83  # of the root mean square of two normal deviates
_FLOOR = 1e-10  # of a correlation matrix: what its Cholesky root may lack


class PoseUnknowns:
    """Pose parameters in units of their standard errors: z has the covariance 1 before the base map is looked at.

    They come with the covariance of the limb fit. Among them is where the spacecraft stands: of the point below it the
    limb sees next to nothing.

    Parameters
    ----------
    location : Location
    frame : int
        At mid-picture.
    """

    step = 0.05
    """For finite differences by z."""

    def __init__(self, location: Location, frame: int) -> None:
        self._location, self._frame = location, frame
        solution = location.solution
        scale = np.sqrt(np.diag(solution.covariance))
        correlation = solution.covariance / np.outer(scale, scale)
        self.root = scale[:, None] * cholesky(correlation + _FLOOR * np.eye(len(scale)), lower=True)

    def values(self, z: np.ndarray) -> np.ndarray:
        """Parameters of the model."""
        own: np.ndarray = self._location.solution.values + self.root @ z
        return own

    def shot(self, z: np.ndarray) -> Shot:
        """Geometry of the picture, camera included."""
        location, values = self._location, self.values(z)
        before, after = (location.solution.parameters.named(v) for v in (location.solution.values, values))
        return camera_of(location.shot.with_poses(location.orientation_model.view(values)), after, before=before)

    def located(self, z: np.ndarray, covariance: np.ndarray, map_name: str) -> Location:
        """Location with z and its covariance; what the limb left is kept, residuals included."""
        location = self._location
        own = self.root @ covariance @ self.root.T
        solution = replace(location.solution, values=self.values(z), covariance=own, sigmas=np.sqrt(np.diag(own)))
        known = location.orientation
        refined = {
            name: f"{known.sources[name]}; refined on the base map {map_name}" for name in ("position", "attitude")
        }
        return replace(
            location,
            solution=solution,
            shot=self.shot(z),
            orientation=replace(known, sources=known.sources | refined),
        )

    def derivatives(self, function: Callable[[np.ndarray], np.ndarray], z: np.ndarray) -> np.ndarray:
        """Of a function of z, last axis by z."""
        return jacobian(function, z, np.full(len(z), self.step))

    def turn_deg(self, z: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, float]:
        """Turn of the body against the camera from 0 to z at mid-picture, and the standard error of its roll part.

        The turn is a rotation vector, body-fixed; both in degrees.
        """
        before = self.shot(np.zeros_like(z)).view
        sight = -before.position_km[self._frame] / np.linalg.norm(before.position_km[self._frame])

        def turn(at: np.ndarray) -> np.ndarray:
            after = self.shot(at).view.body_to_camera[self._frame]
            vector: np.ndarray = -rotation_vector_deg(after.T @ before.body_to_camera[self._frame])
            return vector

        slope = sight @ self.derivatives(turn, z)
        return turn(z), float(np.sqrt(slope @ covariance @ slope))


@dataclass(frozen=True)
class Adjustment:
    """Solution for z.

    Attributes
    ----------
    z : array, shape (p,)
    covariance : array, shape (p, p)
    residual : array, shape (n, 2)
        Measured less fitted.
    agreeing : array of bool, shape (n,)
        Measurements within four standard errors, scatter included.
    scatter : float
        Factor by which the stated errors were scaled up; at least 1.
    """

    z: np.ndarray
    covariance: np.ndarray
    residual: np.ndarray
    agreeing: np.ndarray
    scatter: float


def adjusted(slopes: np.ndarray, measured: np.ndarray, sigma: np.ndarray, z: np.ndarray) -> Adjustment:
    """Robust least squares for z, of which a covariance of 1 about 0 is known.

    Parameters
    ----------
    slopes : array, shape (n, 2, p)
        Derivatives of the measured places by z.
    measured : array, shape (n, 2)
        Places, less those that the given z predicts.
    sigma : array, shape (n, 2)
        Standard errors of `measured`.
    z : array, shape (p,)
        About which the problem is taken for linear.

    Notes
    -----
    Cauchy weights whose width shrinks from far beyond the errors to 2.5 of them, so that outliers do not depend on the
    start. The standard errors are scaled by the median scatter where that exceeds them.
    """
    target = measured + slopes @ z
    p = len(z)

    def normal(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        matrix = np.einsum("nc,ncp,ncq->pq", weight, slopes, slopes)
        return np.linalg.inv(np.eye(p) + matrix), np.einsum("nc,ncp,nc->p", weight, slopes, target)

    scatter, found = 1.0, z
    weight = 1.0 / sigma**2
    for heat in _COOLING:
        off = np.sqrt(np.mean(((target - slopes @ found) / (scatter * sigma)) ** 2, axis=1))
        weight = (1.0 / (1.0 + (off / (heat * _CUT)) ** 2))[:, None] / (scatter * sigma) ** 2
        covariance, right = normal(weight)
        found = covariance @ right
        off = np.sqrt(np.mean(((target - slopes @ found) / sigma) ** 2, axis=1))
        scatter = max(1.0, float(np.median(off)) / _MEDIAN)
    agreeing = off < _REJECT * scatter
    return Adjustment(found, covariance, target - slopes @ found, agreeing, scatter)
