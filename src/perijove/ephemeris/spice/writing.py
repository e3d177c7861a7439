"""The door to SPICE, outward: write trajectories and attitude as a set of kernels.

What is simulated can so be read by any SPICE program, and by Perijove's own kernel way in closed loop.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import spiceypy

from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.coverage import body_id
from perijove.ephemeris.spice.pool import SpiceyError, clean_pool, one_line
from perijove.ephemeris.spice.text import (
    JUNO_ID,
    SPACECRAFT_FRAME,
    SpacecraftClock,
    camera_frame_text,
    clock_text,
    leap_second_text,
    rotation_text,
    spacecraft_frame_text,
)
from perijove.errors import InputError, OutputExistsError, WriteError

__all__ = ["Attitude", "Trajectory", "system_trajectories", "write_kernel_set"]

_DEGREE = 7  # of the Hermite polynomials between states
_SYSTEM_STEP_S = 60.0
_REACH_BACK_S = 4000.0  # light time from the Sun and the Earth to Jupiter is at most 3,300 s
_LARGEST_STEP_DEG = 90.0  # attitude is interpolated along the shorter way round
_COMMENT_ROOM = 1000
_COMMENT = ("Written by Perijove from a simulation: not the flown trajectory or attitude of any spacecraft.",)


@dataclass(frozen=True)
class Trajectory:
    """States of a body from a centre, ICRF, geometric.

    Attributes
    ----------
    body, center : str
        NAIF names, such as ``JUNO``, ``IO``, ``JUPITER``, ``SUN``, ``SSB``.
    times_tdb : array, shape (n,)
        Growing; at least two. Between them, and only there, the kernel interpolates.
    states : array, shape (n, 6)
        km and km/s.
    """

    body: str
    center: str
    times_tdb: np.ndarray
    states: np.ndarray


@dataclass(frozen=True)
class Attitude:
    """Orientation of the spacecraft.

    Attributes
    ----------
    times_tdb : array, shape (n,)
        Growing; at least two, close enough that the spacecraft turns by less than 90 deg between them.
    icrf_to_spacecraft : array, shape (n, 3, 3)
        Rotations. Between them the kernel turns at a constant rate about a fixed axis.
    angular_velocity_deg_s : array, shape (n, 3), or None
        ICRF; optional, read back by SPICE but not used in the interpolation.
    """

    times_tdb: np.ndarray
    icrf_to_spacecraft: np.ndarray
    angular_velocity_deg_s: np.ndarray | None = None


def system_trajectories(start_tdb: float, stop_tdb: float) -> tuple[Trajectory, ...]:
    """Sun, Earth, Jupiter and Io of the built-in ephemeris, for a stretch of time and the light time before it.

    Jupiter, Sun and Earth from the barycentre of the solar system, Io from Jupiter; a state each minute.
    """
    count = int(np.ceil((stop_tdb - start_tdb + _REACH_BACK_S) / _SYSTEM_STEP_S)) + 2
    times = np.floor(start_tdb - _REACH_BACK_S) + _SYSTEM_STEP_S * np.arange(count)
    links = (("SUN", "SSB"), ("EARTH", "SSB"), ("JUPITER", "SSB"), ("IO", "JUPITER"))
    return tuple(Trajectory(body, center, times, EMBEDDED.state(body, times, center=center)) for body, center in links)


def _check_times(what: str, times: np.ndarray, values: np.ndarray) -> None:
    if len(times) < 2 or len(times) != len(values) or not np.all(np.diff(times) > 0.0):
        raise InputError(f"{what}: wants at least two growing times with one value each; {len(times)} came")
    if not (np.all(np.isfinite(times)) and np.all(np.isfinite(values))):
        raise InputError(f"{what}: times and values must be finite")


def _check_attitude(attitude: Attitude) -> None:
    rotations = np.asarray(attitude.icrf_to_spacecraft, dtype=float)
    _check_times("attitude", attitude.times_tdb, rotations)
    error = np.abs(rotations @ np.swapaxes(rotations, -1, -2) - np.eye(3)).max()
    if error > 1e-9 or np.any(np.linalg.det(rotations) < 0.0):
        raise InputError(f"attitude: not all matrices are rotations (off by {error:.1e})")
    between = np.trace(rotations[1:] @ np.swapaxes(rotations[:-1], -1, -2), axis1=-2, axis2=-1)
    largest = float(np.degrees(np.arccos(np.clip((between.min() - 1.0) / 2.0, -1.0, 1.0))))  # rounding beyond 1
    if largest > _LARGEST_STEP_DEG:
        raise InputError(f"attitude: turns by {largest:.0f} deg between two times; give them closer together")


def _number(name: str) -> int:
    number = body_id(name)
    if number is None:
        raise InputError(f"trajectory: {name!r} is no name or number of a body that SPICE knows")
    return number


def _write_trajectories(path: Path, trajectories: Sequence[Trajectory], comment: Sequence[str] = _COMMENT) -> None:
    pairs = [(_number(one.body), _number(one.center)) for one in trajectories]
    handle = spiceypy.spkopn(str(path), "Perijove", _COMMENT_ROOM)
    try:
        spiceypy.dafac(handle, list(comment))
        for one, (body, center) in zip(trajectories, pairs, strict=True):
            times = np.asarray(one.times_tdb, dtype=float)
            spiceypy.spkw13(
                handle,
                body,
                center,
                "J2000",
                float(times[0]),
                float(times[-1]),
                f"{one.body} from {one.center}"[:40],
                min(_DEGREE, 2 * len(times) - 1),
                len(times),
                np.ascontiguousarray(one.states, dtype=float),
                times,
            )
    finally:
        spiceypy.spkcls(handle)


def _write_attitudes(path: Path, attitudes: Sequence[Attitude], comment: Sequence[str] = _COMMENT) -> None:
    """Write type 3: quaternions at clock ticks. Clock and leap seconds must be in the pool."""
    handle = spiceypy.ckopn(str(path), "Perijove", _COMMENT_ROOM)
    try:
        spiceypy.dafac(handle, list(comment))
        for attitude in attitudes:
            ticks = np.array([spiceypy.sce2c(JUNO_ID, float(t)) for t in attitude.times_tdb])
            quaternions = np.array([spiceypy.m2q(np.ascontiguousarray(m)) for m in attitude.icrf_to_spacecraft])
            velocity = attitude.angular_velocity_deg_s
            rates = np.zeros((len(ticks), 3)) if velocity is None else np.radians(np.asarray(velocity, dtype=float))
            spiceypy.ckw03(
                handle,
                float(ticks[0]),
                float(ticks[-1]),
                SPACECRAFT_FRAME[1],
                "J2000",
                velocity is not None,
                "Juno attitude",
                len(ticks),
                ticks,
                quaternions,
                np.ascontiguousarray(rates),
                1,
                ticks[:1],
            )
    finally:
        spiceypy.ckcls(handle)


def _clock_for(attitudes: Sequence[Attitude], clock: SpacecraftClock | None) -> SpacecraftClock:
    first = min(float(attitude.times_tdb[0]) for attitude in attitudes)
    clock = clock or SpacecraftClock.before(first)
    if clock.start_tdb > first:
        raise InputError(f"the clock starts at TDB {clock.start_tdb}, after the attitude at {first}")
    return clock


def write_kernel_set(
    folder: str | PathLike[str],
    *,
    trajectories: Sequence[Trajectory],
    attitudes: Sequence[Attitude],
    clock: SpacecraftClock | None = None,
    comment: Sequence[str] = _COMMENT,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write everything that a SPICE program needs to know of a simulated encounter.

    Parameters
    ----------
    folder : str or path
        Made where it is missing.
    trajectories : sequence of Trajectory
        Links that lead from each body to the barycentre of the solar system: Juno from the target, and
        those of `system_trajectories`.
    attitudes : sequence of Attitude
        Of the spacecraft (JUNO_SPACECRAFT), each for a stretch of time; between stretches there is none.
    clock : SpacecraftClock, optional
        Must start before them; default is an hour before the first.
    comment : sequence of str
        Lines for the comment areas of trajectory and attitude, ASCII; by default that it is a simulation.
    overwrite : bool
        Whether to replace kernels of an earlier call.

    Returns
    -------
    tuple of Path
        Trajectory (SPK type 13), attitude (CK type 3), clock, leap seconds, frames of Juno and JunoCam,
        rotation of Io and Jupiter. `Kernels` reads poses back at the given times to 1e-9 rad and to what a
        double of TDB leaves of positions, about 1e-6 km.

    Raises
    ------
    InputError
        Where times do not grow, matrices are no rotations, or a name is unknown to SPICE.
    OutputExistsError
        Where a file stands and `overwrite` is false.
    WriteError
        Where the files cannot be written; nothing is left behind.
    """
    for one in trajectories:
        _check_times(f"trajectory of {one.body}", one.times_tdb, one.states)
    for attitude in attitudes:
        _check_attitude(attitude)
    clock = _clock_for(attitudes, clock)
    texts = {
        "leap_seconds.tls": leap_second_text(),
        "juno_clock.tsc": clock_text(clock),
        "juno_spacecraft.tf": spacecraft_frame_text(),
        "juno_junocam.tf": camera_frame_text(),
        "io.tpc": rotation_text("IO"),
        "jupiter.tpc": rotation_text("JUPITER"),
    }
    names = ["juno_trajectory.bsp", "juno_attitude.bc", *texts]
    folder = Path(folder)
    standing = [name for name in names if (folder / name).exists()]
    if standing and not overwrite:
        raise OutputExistsError(folder / standing[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".kernels-", dir=folder))
    except OSError as error:
        raise WriteError(f"{folder}: cannot be written: {error.strerror}") from error
    try:
        for name, text in texts.items():
            (stage / name).write_text(text, encoding="ascii")
        with clean_pool():
            for name in ("leap_seconds.tls", "juno_clock.tsc"):
                spiceypy.furnsh(str(stage / name))
            _write_trajectories(stage / "juno_trajectory.bsp", trajectories, comment)
            _write_attitudes(stage / "juno_attitude.bc", attitudes, comment)
        for name in names:
            (stage / name).replace(folder / name)
    except SpiceyError as error:  # before OSError, from which some of SPICE's errors descend
        raise WriteError(f"{folder}: SPICE could not write the kernels: {one_line(error)}") from error
    except OSError as error:
        raise WriteError(f"{folder}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return tuple(folder / name for name in names)
