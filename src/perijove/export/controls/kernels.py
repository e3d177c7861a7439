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
    """Write trajectory, attitude, clock, frames and rotations of each pass, as adjusted.

    Parameters
    ----------
    adjusted : Adjusted
    folder : Path
        Gets a folder for each pass, of its name, such as ``PJ57``.
    overwrite : bool
        Whether older kernels may be replaced.

    Returns
    -------
    tuple of Path
        One trajectory and one attitude a pass. They cover each picture from its first frame to its last, at the times
        that its label's clock gives them, extra delay included: what a start offset does is in the poses. Read at these
        times they give the adjusted poses, to 1e-9 rad and 1e-6 km. Between them Juno goes on a cubic and turns about
        one axis. The camera's optical centres are not in them; focal lengths stand in the comments.

    Raises
    ------
    OutputExistsError, WriteError
        See `perijove.ephemeris.spice.writing.write_kernel_set`.
    """
    written: list[Path] = []
    together = list(zip(adjusted.pictures, adjusted.locations, strict=True))
    for name in dict.fromkeys(picture.pass_name for picture in adjusted.pictures):
        held = [(picture.product_id, location) for picture, location in together if picture.pass_name == name]
        trajectories, attitudes = zip(*(_motion(location) for _, location in held), strict=True)
        times = np.concatenate([one.times_tdb for one in trajectories])
        comment = [
            f"Poses of {len(held)} pictures of {name}, adjusted with {len(together) - len(held)} of other passes by",
            f"{SOFTWARE}. Not a product of the mission. Valid at the frames of each picture, by its label's clock.",
            "Focal lengths; filter by filter they stand in the control that was written with these kernels:",
            *(f"  {product} {location.cameras[0].focal_length_px:.3f} px" for product, location in held),
        ]
        written += write_kernel_set(
            folder / name.replace(" ", "_"),
            trajectories=(*trajectories, *system_trajectories(float(times.min()), float(times.max()))),
            attitudes=attitudes,
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
