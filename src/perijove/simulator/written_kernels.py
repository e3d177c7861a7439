"""SPICE kernels of a simulated picture, so that the kernel way can be tested in closed loop."""

from pathlib import Path

import numpy as np

from perijove.ephemeris.spice.writing import Attitude, Trajectory, system_trajectories, write_kernel_set
from perijove.simulator.motion import frame_epochs_tdb, icrf_to_spacecraft, relative_state
from perijove.simulator.simulation import SimulatedPicture

__all__ = ["write_kernels"]

_MARGIN_S = 60.0  # before the first and after the last frame
_STEP_S = 0.5  # 6 deg of spin


def write_kernels(picture: SimulatedPicture, folder: str | Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write trajectory, attitude, clock, frames and rotations of what a picture was simulated with.

    Parameters
    ----------
    picture : SimulatedPicture
    folder : str or Path
        One folder per picture: the file names are fixed.
    overwrite : bool
        Whether older kernels may be replaced.

    Returns
    -------
    tuple of Path
        They cover the picture and a minute on each side, at true times: the picture's start offset is in its
        label, not in the kernels. The Sun is the real one, also where the scenario moved it.

    Raises
    ------
    OutputExistsError, WriteError
        See `write_kernel_set`.
    """
    scenario = picture.scenario
    epochs = frame_epochs_tdb(scenario)
    first, last = float(epochs[0]) - _MARGIN_S, float(epochs[-1]) + _MARGIN_S
    times = np.linspace(first, last, int(np.ceil((last - first) / _STEP_S)) + 1)
    states = np.concatenate(relative_state(scenario, times), axis=1)
    attitude = icrf_to_spacecraft(scenario, times)
    spin = scenario.spin_deg_s * attitude[:, 2, :]  # third row: the spin axis in the ICRF
    return write_kernel_set(
        folder,
        trajectories=(Trajectory("JUNO", "IO", times, states), *system_trajectories(first, last)),
        attitudes=[Attitude(times, attitude, spin)],
        overwrite=overwrite,
    )
