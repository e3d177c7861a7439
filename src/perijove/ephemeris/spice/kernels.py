"""The door to SPICE: an explicit set of kernels instead of a global pool.

>>> kernels = Kernels("kernels/")  # doctest: +SKIP
>>> with kernels:  # optional: keeps the files loaded over several calls  # doctest: +SKIP
...     state, light_time = kernels.state("IO", "JUNO", times_tdb, correction="CN")
"""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from os import PathLike
from types import TracebackType
from typing import Self

import numpy as np
import spiceypy
from numpy.typing import ArrayLike

from perijove.ephemeris.spice.coverage import (
    Coverage,
    Link,
    attitude_ids,
    body_id,
    covered,
    frame_name,
    gap,
    has_clock,
    links,
    position_files,
    stretches,
)
from perijove.ephemeris.spice.files import KernelFile, kernel_files
from perijove.ephemeris.spice.pool import POOL_LOCK, SpiceyError, clean_pool, one_line
from perijove.ephemeris.spice.text import (
    CAMERA_FRAME,
    JUNO_ID,
    SPACECRAFT_FRAME,
    camera_frame_text,
    data_lines,
    leap_second_text,
    rotation_text,
    spacecraft_frame_text,
)
from perijove.errors import KernelError
from perijove.formats.image import SourceFile

__all__ = ["Coverage", "Kernels"]

_STAND_INS: dict[str, Callable[[], str]] = {
    "DELTET/DELTA_AT": leap_second_text,
    f"FRAME_{SPACECRAFT_FRAME[0]}": spacecraft_frame_text,
    f"FRAME_{CAMERA_FRAME[0]}": camera_frame_text,
    "BODY501_PM": lambda: rotation_text("IO"),
    "BODY599_PM": lambda: rotation_text("JUPITER"),
}
# Whose kernels are in the pool, innermost last; guarded by the pool's lock.
_OPEN: list["Kernels"] = []


class Kernels:
    """A set of SPICE kernels.

    Each method loads the set into a clean pool, under a lock, and takes it out again; a ``with`` block does
    so once for all calls within. The user's own kernels are put back afterwards and never mix in. What the
    set lacks of leap seconds, Juno's frames, and the rotation of Io and Jupiter is filled in from
    Perijove's own facts (`stand_ins`).

    Parameters
    ----------
    *places : str or path
        Files and folders; see `perijove.ephemeris.spice.files.kernel_files` for the order in which they
        count.

    Raises
    ------
    KernelError
        Where a place holds no kernel or a kernel is broken.
    """

    def __init__(self, *places: str | PathLike[str]) -> None:
        self.files = kernel_files(places)
        self.stand_ins: tuple[str, ...] = ()
        self._used: set[KernelFile] = set()
        self._coverage: tuple[Coverage, ...] | None = None
        self._links: tuple[Link, ...] | None = None
        self._sessions: list[ExitStack] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(POOL_LOCK)
            if not _OPEN or _OPEN[-1] is not self:
                stack.enter_context(clean_pool())
                self._load()
            _OPEN.append(self)
            stack.callback(_OPEN.pop)
            self._sessions.append(stack.pop_all())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sessions.pop().close()

    def _load(self) -> None:
        for file in self.files:
            try:
                spiceypy.furnsh(str(file.path))
            except SpiceyError as error:
                raise KernelError(f"{file.path.name}: broken {file.kind} kernel: {one_line(error)}") from error
        missing = [variable for variable in _STAND_INS if not spiceypy.expool(variable)]
        for variable in missing:
            spiceypy.lmpool(data_lines(_STAND_INS[variable]()))
        self.stand_ins = tuple(missing)

    # ----------------------------------------------------------------------------------------- what is there

    def coverage(self) -> tuple[Coverage, ...]:
        """Stretches of time for which the set holds positions and attitude, in loading order.

        Attitude whose spacecraft clock kernel is missing cannot be dated and is left out.
        """
        if self._coverage is None:
            with self:
                self._coverage = tuple(row for file in self.files if file.binary for row in stretches(file))
        return self._coverage

    def links(self) -> tuple[Link, ...]:
        """Which body's positions from which other the set holds, and when, in loading order."""
        if self._links is None:
            with self:
                self._links = tuple(links(self.files))
        return self._links

    def covers(self, body: str, tdb: ArrayLike) -> np.ndarray:
        """Whether the set holds positions of a body, or the attitude of a frame such as JUNO_SPACECRAFT.

        Parameters
        ----------
        body : str
            Name or number of a body (SPK), or name of a frame with attitude files (CK).
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        array of bool, shape (...)
        """
        with self:
            numbers = {body_id(body), *attitude_ids(body)} - {None}
        return covered([row for row in self.coverage() if row.naif_id in numbers], np.asarray(tdb, dtype=float))

    def used_files(self) -> tuple[SourceFile, ...]:
        """Files that the answers so far came from, in loading order: each with its hash.

        Positions and attitude are traced to their file; of the text kernels all but IK are named.
        """
        kinds = {"LSK", "PCK", "FK", "SCLK"} if self._used else set()
        used = (f for f in self.files if f in self._used or (not f.binary and f.kind in kinds))
        return tuple(SourceFile(f.path.name, _sha256(f), f.path) for f in used)

    # ----------------------------------------------------------------------------------------------- answers

    def state(
        self, target: str, observer: str, tdb: ArrayLike, *, frame: str = "J2000", correction: str = "NONE"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Position and velocity of a target as seen from an observer.

        Parameters
        ----------
        target, observer : str
            NAIF names or numbers, ``SSB`` for the barycentre of the solar system.
        tdb : array, shape (...)
            Time at the observer.
        frame : str
            NAIF frame, ``J2000`` for the ICRF. With a light-time correction, a body-fixed frame is taken at
            the time when the light left the target.
        correction : str
            ``NONE``, ``LT``, ``CN`` (converged light time), or with ``+S`` for stellar aberration too.

        Returns
        -------
        state : array, shape (..., 6)
            km and km/s.
        light_time : array, shape (...)
            Seconds.

        Raises
        ------
        KernelError
            Where the set does not cover a body at a time; the message names both.
        """
        times = np.asarray(tdb, dtype=float)
        states, light = np.empty((times.size, 6)), np.empty(times.size)
        with self:
            try:
                for i, t in enumerate(times.ravel()):
                    states[i], light[i] = spiceypy.spkezr(target, float(t), frame, correction, observer)
            except SpiceyError as error:
                reason = self._why_no_state((target, observer), times) or one_line(error)
                raise KernelError(f"{target} seen from {observer}: {reason}") from error
            sample = self._one_time_per_stretch(times)
            for number in filter(None, map(body_id, (target, observer))):
                self._used |= position_files(self.files, number, sample)
        return states.reshape(*times.shape, 6), light.reshape(times.shape)

    def rotation(self, from_frame: str, to_frame: str, tdb: ArrayLike) -> np.ndarray:
        """Rotations between two frames.

        Parameters
        ----------
        from_frame, to_frame : str
            NAIF frames such as ``J2000``, ``IAU_IO``, ``JUNO_SPACECRAFT``.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        array, shape (..., 3, 3)
            ``v_to = rotation @ v_from``.

        Raises
        ------
        KernelError
            Where a frame is not defined or its attitude is not covered.
        """
        times = np.asarray(tdb, dtype=float)
        matrices = np.empty((times.size, 3, 3))
        with self:
            try:
                for i, t in enumerate(times.ravel()):
                    matrices[i] = spiceypy.pxform(from_frame, to_frame, float(t))
            except SpiceyError as error:
                reason = self._why_no_rotation((from_frame, to_frame), times) or one_line(error)
                raise KernelError(f"rotation {from_frame} to {to_frame}: {reason}") from error
            for number in (*attitude_ids(from_frame), *attitude_ids(to_frame)):
                self._used |= self._attitude_files(number, times)
        return matrices.reshape(*times.shape, 3, 3)

    def sclk_to_tdb(self, reading: str) -> float:
        """TDB seconds past J2000 of a reading of Juno's clock, ``525560580:87`` (seconds and 1/256)."""
        with self:
            try:
                tdb = float(spiceypy.scs2e(JUNO_ID, reading))
            except SpiceyError as error:
                reason = one_line(error) if has_clock(JUNO_ID) else "no clock kernel (SCLK) of Juno is at hand"
                raise KernelError(f"clock reading {reading!r}: {reason}") from error
            self._used |= {file for file in self.files if file.kind == "SCLK"}
        return tdb

    # ------------------------------------------------------------------------------------ whence, or why not

    def _one_time_per_stretch(self, times: np.ndarray) -> np.ndarray:
        """Times of which each stands for all between the same ends of coverage: the same files answer there."""
        ends = np.unique([end for row in self.coverage() for end in (row.start_tdb, row.stop_tdb)])
        flat = times.ravel()
        sample: np.ndarray = flat[np.unique(np.searchsorted(ends, flat), return_index=True)[1]]
        return sample

    def _attitude_files(self, number: int, times: np.ndarray) -> set[KernelFile]:
        """CK files that hold an attitude at given times; where several do, the one loaded last."""
        found, open_times = set(), times.ravel()
        for row in reversed([row for row in self.coverage() if row.naif_id == number]):
            held = covered([row], open_times)
            if held.any():
                found.add(row.file)
                open_times = open_times[~held]
        return found

    def why_no_position(self, body: str, tdb: ArrayLike) -> str | None:
        """Sentence on what the set lacks of a body's positions at given times; None where it lacks nothing."""
        with self:
            return self._why_no_state((body,), np.asarray(tdb, dtype=float))

    def _why_no_state(self, bodies: tuple[str, ...], times: np.ndarray) -> str | None:
        for body in bodies:
            number = body_id(body)
            if number is None:
                return f"the body {body} is not known to SPICE"
            if number and (reason := gap(self.coverage(), "positions", body, number, times)):
                return reason
        return None

    def _why_no_rotation(self, frames: tuple[str, str], times: np.ndarray) -> str | None:
        for frame in frames:
            if not spiceypy.namfrm(frame):
                return f"no kernel defines the frame {frame}; a frame kernel (FK) is missing"
            for number in attitude_ids(frame):
                if not has_clock(spiceypy.ckmeta(number, "SCLK")):
                    return "a clock kernel (SCLK) is missing, without which attitude cannot be dated"
                if reason := gap(self.coverage(), "attitude", frame_name(number), number, times):
                    return reason
        return None


def _sha256(file: KernelFile) -> str:
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
