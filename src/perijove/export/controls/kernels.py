"""Adjusted poses as SPICE kernels, so that any program that reads SPICE can use them."""

from pathlib import Path

import numpy as np

from perijove.adjustment.adjust import Adjusted
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import aberration_rotation
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.writing import Attitude, Trajectory, system_trajectories, write_kernel_set
from perijove.export.answer import SOFTWARE
from perijove.junocam.instrument import JUNOCAM_MOUNTING
from perijove.junocam.locate import Location

__all__ = ["write_control_kernels"]


def write_control_kernels(adjusted: Adjusted, folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write trajectory, attitude, clock, frames and rotations of each picture, as adjusted.

    Parameters
    ----------
    adjusted : Adjusted
    folder : Path
        Gets a folder for each picture, of its name.
    overwrite : bool
        Whether older kernels may be replaced.

    Returns
    -------
    tuple of Path
        They cover a picture from its first frame to its last, at the times that its label's clock gives them, extra
        delay included: what a start offset does is in the poses. Read at these times they give the adjusted poses, to
        1e-9 rad and 1e-6 km. Between them Juno goes on a cubic and turns about one axis. The camera's focal length
        and optical centres are not in them; they stand in the comments.

    Raises
    ------
    OutputExistsError, WriteError
        See `perijove.ephemeris.spice.writing.write_kernel_set`.
    """
    written: list[Path] = []
    for picture, location in zip(adjusted.pictures, adjusted.locations, strict=True):
        trajectory, attitude = _motion(location)
        first, last = float(trajectory.times_tdb[0]), float(trajectory.times_tdb[-1])
        focal = location.cameras[0].focal_length_px
        comment = [
            f"Poses of {picture.product_id}, adjusted with {len(adjusted.pictures) - 1} other pictures by {SOFTWARE}.",
            f"Focal length {focal:.3f} px, filter by filter in the control that was written with these kernels.",
            "Not a product of the mission. Valid at the frames of this picture, by its label's clock.",
        ]
        written += write_kernel_set(
            folder / picture.product_id,
            trajectories=(trajectory, *system_trajectories(first, last)),
            attitude=attitude,
            comment=comment,
            overwrite=overwrite,
        )
    return tuple(written)


def _motion(location: Location) -> tuple[Trajectory, Attitude]:
    """Juno from the body, geometric, and the spacecraft's attitude proper: light time and aberration are taken out."""
    view, body = location.view, location.orientation.body.name
    times = view.times_tdb
    light_s = np.linalg.norm(view.position_km, axis=1) / SPEED_OF_LIGHT_KM_S
    to_body = icrf_to_body(body, times - light_s)
    seen = np.einsum("nji,nj->ni", to_body, view.position_km)
    moved = (
        EMBEDDED.state(body, times, center="SSB")[:, :3] - EMBEDDED.state(body, times - light_s, center="SSB")[:, :3]
    )
    place = seen - moved
    degree = min(2, len(times) - 1)
    since = times - times[len(times) // 2]
    curves = [np.polynomial.Polynomial.fit(since, column, degree) for column in place.T]
    velocity = np.stack([curve.deriv()(since) for curve in curves], axis=1)
    barycentric = EMBEDDED.state(body, times, center="SSB")[:, 3:] + velocity
    aberration = aberration_rotation(-seen, barycentric)
    to_camera = view.body_to_camera @ to_body @ np.swapaxes(aberration, -1, -2)
    to_spacecraft = JUNOCAM_MOUNTING.spacecraft_to_camera.T @ to_camera
    states = np.concatenate([place, velocity], axis=1)
    return Trajectory("JUNO", body, times, states), Attitude(times, to_spacecraft)
