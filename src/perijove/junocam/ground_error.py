"""How well it is known which ground a pixel shows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.ellipsoid import outward_normal
from perijove.junocam.control.pose_adjustment import PoseUnknowns
from perijove.junocam.locate import Location
from perijove.scene.shot import Shot

__all__ = ["GroundErrors", "position_sigma_km"]

_LATTICE = (24, 3)  # pixels along and across each strip whose ground stands for the picture
_MOST_FRAMELETS = 9  # that are looked at: neighbours share their errors
_STEEP_DEG = 70.0


class GroundErrors:
    """Covariances of ground positions, from those of the pose parameters and of Juno's place.

    Attributes
    ----------
    location : Location

    Notes
    -----
    First order in the errors of the poses, on the plane that touches the ellipsoid: at emission angles beyond some
    80 deg the true error is larger and lopsided. Relief is not in it: h km above the ellipsoid move a place by
    h tan(emission). Errors of neighbouring pixels are nearly one and the same.
    """

    def __init__(self, location: Location) -> None:
        self.location = location
        unknowns = PoseUnknowns(location, location.shot.middle_frame)
        start = np.zeros(len(unknowns.root))
        self._steps = [
            (unknowns.shot(start + z), unknowns.shot(start - z)) for z in unknowns.step * np.eye(len(unknowns.root))
        ]
        self._two_steps = 2.0 * unknowns.step

    def covariance_km2(self, framelet: int, xy: ArrayLike) -> np.ndarray:
        """Covariance of the ground that pixels of a framelet show.

        Parameters
        ----------
        framelet : int
        xy : array, shape (..., 2)
            Pixel coordinates.

        Returns
        -------
        array, shape (..., 2, 2)
            Towards east and north, km²; NaN where a pixel looks past the body.
        """
        shot = self.location.shot
        point = shot.ground(framelet, xy).point_km
        up = outward_normal(point, radii_km=shot.radii_km)
        east = np.cross([0.0, 0.0, 1.0], up)
        east /= np.linalg.norm(east, axis=-1, keepdims=True)
        axes = np.stack([east, np.cross(up, east)], axis=-2)
        slopes = [
            np.einsum("...ij,...j->...i", axes, _on_plane(after, framelet, xy, point, up))
            - np.einsum("...ij,...j->...i", axes, _on_plane(before, framelet, xy, point, up))
            for after, before in self._steps
        ]
        by_unknowns = np.stack(slopes, axis=-1) / self._two_steps
        covariance: np.ndarray = by_unknowns @ np.swapaxes(by_unknowns, -1, -2)
        return covariance

    def sigma_km(self, framelet: int, xy: ArrayLike) -> np.ndarray:
        """Standard error of such ground: rms distance from the true place, km, shape (...); NaN past the body."""
        variance = np.trace(self.covariance_km2(framelet, xy), axis1=-2, axis2=-1)
        return np.asarray(np.sqrt(variance))


def _on_plane(shot: Shot, framelet: int, xy: ArrayLike, point: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Where pixels meet the planes through points, from those points, body-fixed, km."""
    position, ray = shot.pose(framelet).position_km, shot.rays(framelet, xy)
    far = np.sum((point - position) * up, axis=-1) / np.sum(ray * up, axis=-1)
    met: np.ndarray = position + far[..., None] * ray - point
    return met


def position_sigma_km(location: Location) -> dict[str, float]:
    """Standard error of the ground positions of a picture, km: rms distance from the true place.

    Returns
    -------
    dict
        ``median`` and ``largest`` of what is seen less than 70 deg obliquely; NaN where no framelet sees such ground.
    """
    found = np.concatenate([np.empty(0), *_steep(GroundErrors(location))])
    if not len(found):
        return {"median": float("nan"), "largest": float("nan")}
    return {"median": float(np.median(found)), "largest": float(found.max())}


def _steep(errors: GroundErrors) -> Iterable[np.ndarray]:
    """Standard errors of ground on the lattices of framelets that see the body."""
    shot = errors.location.shot
    framelets = np.flatnonzero(shot.in_view)
    step = max(1, -(-len(framelets) // _MOST_FRAMELETS))
    for framelet in framelets[::step].tolist():
        camera = shot.cameras[framelet]
        left, right = camera.lit_columns_px
        x = np.linspace(left, right, _LATTICE[0])
        y = (np.arange(_LATTICE[1]) + 0.5) / _LATTICE[1] * camera.rows
        xy = np.stack(np.meshgrid(x, y), axis=-1)
        point = shot.ground(framelet, xy).point_km
        sight = shot.pose(framelet).position_km - point
        cosine = np.sum(sight * outward_normal(point, radii_km=shot.radii_km), axis=-1)
        steep = cosine > np.cos(np.radians(_STEEP_DEG)) * np.linalg.norm(sight, axis=-1)
        if steep.any():
            yield errors.sigma_km(framelet, xy[steep])
