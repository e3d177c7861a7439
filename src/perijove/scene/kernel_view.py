"""Poses of the camera from SPICE kernels, and what kernels must hold for given poses."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.camera import Mounting
from perijove.ephemeris.apparent import aberration_rotation, light_time_s
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.writing import Attitude, Trajectory
from perijove.errors import InputError
from perijove.geometry.rotations import unit
from perijove.scene.view import View

__all__ = ["kernel_data", "view_from_kernels"]

_ACCELERATION_STEP_S = 32.0


def view_from_kernels(kernels: Kernels, mounting: Mounting, *, target: str, times_tdb: ArrayLike) -> View:
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


def kernel_data(view: View, mounting: Mounting, *, target: str) -> tuple[Trajectory, Attitude]:
    """Trajectory and attitude of a spacecraft from which kernels give a view back: the inverse of `view_from_kernels`.

    Parameters
    ----------
    view : View
        At least two frames; more than those of the picture where times between or beyond will be asked for.
    mounting : Mounting
    target : str
        ``IO`` or ``JUPITER``; it moves as the built-in ephemeris has it.

    Returns
    -------
    Trajectory, Attitude
        Geometric, ICRF: the spacecraft from the target, with light time taken out; attitude without stellar
        aberration. Write them with `perijove.ephemeris.spice.writing.write_kernel_set`.
    """
    times = np.asarray(view.times_tdb, dtype=float)
    if len(times) < 2:
        raise InputError("a view of one frame has no velocity; give two frames or more")
    emitted = times - light_time_s(view.position_km)
    turn = icrf_to_body(target, emitted)
    offset = (np.swapaxes(turn, -1, -2) @ view.position_km[..., None])[..., 0]
    # How far the target went while the light was on its way. Its positions carry the grain of a double of
    # TDB, 1e-7 s times 25 km/s; its velocity does not.
    now, later = (EMBEDDED.state(target, times + step, center="SSB") for step in (0.0, _ACCELERATION_STEP_S))
    acceleration = (later[:, 3:] - now[:, 3:]) / _ACCELERATION_STEP_S
    ago = (times - emitted)[:, None]
    position = offset - ago * (now[:, 3:] - 0.5 * ago * acceleration)
    seconds = times - times[0]
    velocity = np.gradient(position, seconds, axis=0, edge_order=2 if len(times) > 2 else 1)
    aberration = aberration_rotation(-offset, velocity + now[:, 3:])
    icrf_to_camera = view.body_to_camera @ turn @ np.swapaxes(aberration, -1, -2)
    return (
        Trajectory(mounting.spacecraft, target, times, np.concatenate([position, velocity], axis=-1)),
        Attitude(times, mounting.spacecraft_to_camera.T @ icrf_to_camera),
    )
