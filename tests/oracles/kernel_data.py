"""What kernels must hold for given poses of the camera."""

import numpy as np

from perijove.camera import Mounting
from perijove.ephemeris.apparent import aberration_rotation, light_time_s
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.writing import Attitude, Trajectory
from perijove.scene.view import View

_ACCELERATION_STEP_S = 32.0


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
