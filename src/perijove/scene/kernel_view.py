"""Poses of the camera from SPICE kernels."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from perijove.camera import Mounting
from perijove.ephemeris.apparent import aberration_rotation
from perijove.geometry.rotations import unit
from perijove.scene.view import View

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = ["view_from_kernels"]


def view_from_kernels(kernels: "Kernels", mounting: Mounting, *, target: str, times_tdb: ArrayLike) -> View:
    """Apparent poses of a camera at given times, its mirror at rest.

    Parameters
    ----------
    kernels : Kernels
        Must hold positions of the spacecraft, the target and the Sun, attitude and clock.
    mounting : Mounting
        Names the spacecraft and the camera's frame; the kernels know how it is turned.
    target : str
        ``IO`` or another body with an IAU frame.
    times_tdb : array, shape (frames,)
        Mid-exposure, TDB seconds past J2000.

    Returns
    -------
    View
        With t' the time when the light left the target's centre: position of the spacecraft at t from the target at t'
        (SPICE's ``CN``), in the body-fixed frame at t'; attitude of the camera at t. Stellar aberration is folded into
        `body_to_camera` as the one rotation that is exact for the target's centre.

    Raises
    ------
    KernelError
        Where the set does not cover what is asked.

    Notes
    -----
    Not modelled: the change of aberration and light time over the disc. For a disc of angular radius rho it
    displaces the limb by about rho v/c with v the speed of Juno from the target (30 km/s beside Io, 1e-4):
    0.004 pixel from 81,000 km, 0.02 pixel from 18,000 km, 0.10 pixel from 3,300 km.
    """
    times = np.asarray(times_tdb, dtype=float)
    with kernels:
        to_target, light_time = kernels.state(target, mounting.spacecraft, times, correction="CN")
        observer, _ = kernels.state(mounting.spacecraft, "SSB", times)
        emitted = times - light_time
        body, _ = kernels.state(target, "SSB", emitted)
        # The Sun without light time: its own motion (15 m/s for 45 minutes) is 6e-8 rad, and cut-out
        # kernels need not reach back so far.
        sun, _ = kernels.state("SUN", target, emitted)
        turn = kernels.rotation("J2000", f"IAU_{target}", emitted)
        icrf_to_camera = kernels.rotation("J2000", mounting.frame, times)
    aberration = aberration_rotation(to_target[:, :3], observer[:, 3:])
    sun_seen = (aberration_rotation(sun[:, :3], body[:, 3:]) @ sun[:, :3, None])[..., 0]
    return View(
        times_tdb=times,
        position_km=-(turn @ to_target[:, :3, None])[..., 0],
        body_to_camera=icrf_to_camera @ aberration @ np.swapaxes(turn, -1, -2),
        sun=unit((turn @ sun_seen[..., None])[..., 0]),
    )
