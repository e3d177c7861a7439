"""The door to SPICE, attitude cut to an encounter: the records of a CK, copied bit by bit."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spiceypy

from perijove.ephemeris.spice.files import KernelFile
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import SpiceyError, one_line
from perijove.errors import KernelError, WriteError
from perijove.timescales import tdb_to_utc

__all__ = ["AttitudeSlice", "slice_attitude"]

_TYPE_3 = 3  # quaternions at clock ticks, turned at a constant rate between two of them within an interval
_QUATERNION, _RATE = 4, 3  # doubles in a record
_DIRECTORY_STEP = 100  # a directory entry for so many times
_COMMENT_LINE = 255
_LONGEST_COMMENT = 20_000  # lines


@dataclass(frozen=True)
class AttitudeSlice:
    """What was cut out of a CK.

    Attributes
    ----------
    path : Path
        The new file.
    records, source_records : int
        Attitudes in it, and in the file it was cut from.
    """

    path: Path
    records: int
    source_records: int


@dataclass(frozen=True)
class _Segment:
    """One segment of type 3, as stored."""

    name: str
    structure: int
    frame: int
    has_rates: bool
    bounds: tuple[float, float]  # ticks for which the segment answers; records may reach beyond
    records: np.ndarray
    ticks: np.ndarray
    interval_starts: np.ndarray

    def between(self, first: float, last: float) -> "_Segment | None":
        """Records from the last one before a tick to the first one after another, where there are any."""
        first, last = max(first, self.bounds[0]), min(last, self.bounds[1])
        if first > last:
            return None
        begin = max(int(np.searchsorted(self.ticks, first, side="right")) - 1, 0)
        end = min(int(np.searchsorted(self.ticks, last, side="left")) + 1, len(self.ticks))
        ticks = self.ticks[begin:end]
        starts = self.interval_starts[(self.interval_starts > ticks[0]) & (self.interval_starts <= ticks[-1])]
        return _Segment(
            self.name,
            self.structure,
            self.frame,
            self.has_rates,
            (max(float(ticks[0]), self.bounds[0]), min(float(ticks[-1]), self.bounds[1])),
            self.records[begin:end],
            ticks,
            np.concatenate([ticks[:1], starts]),
        )


def _doubles(handle: int, first: int, count: int) -> np.ndarray:
    """Words of the file, counted from 1; none where none are asked for."""
    if not count:
        return np.empty(0)
    return np.asarray(spiceypy.dafgda(handle, int(first), int(first + count - 1)), dtype=float)


def _segments(handle: int, name: str) -> Iterator[_Segment]:
    """Segments of an open CK (CK Required Reading, "Data Type 3")."""
    spiceypy.dafbfs(handle)
    while spiceypy.daffna():
        numbers = spiceypy.dafus(spiceypy.dafgs(6), 2, 6)
        bounds, (structure, frame, kind, rates, first, last) = numbers[0], (int(i) for i in numbers[1])
        if kind != _TYPE_3:
            raise KernelError(
                f"{name}: holds attitude of type {kind}; only type {_TYPE_3} can be cut: keep the whole file"
            )
        intervals, count = (int(value) for value in _doubles(handle, last - 1, 2))
        width = _QUATERNION + (_RATE if rates else 0)
        at_ticks = first + width * count
        at_starts = at_ticks + count + (count - 1) // _DIRECTORY_STEP
        yield _Segment(
            str(spiceypy.dafgn(80)),
            structure,
            frame,
            bool(rates),
            (float(bounds[0]), float(bounds[1])),
            _doubles(handle, first, width * count).reshape(count, width),
            _doubles(handle, at_ticks, count),
            _doubles(handle, at_starts, intervals),
        )


def _comment(handle: int, name: str, span: str) -> list[str]:
    """Comment of the slice: where it comes from, then the source's own, with the date that orders kernels."""
    count, lines, _ = spiceypy.dafec(handle, _LONGEST_COMMENT, _COMMENT_LINE + 1)
    own = [
        f"Cut by Perijove from {name} to {span} UTC.",
        "Records are copied unchanged; the comment of that file follows.",
        "",
    ]
    kept = ("".join(c if " " <= c <= "~" else " " for c in str(line)) for line in lines[:count])
    return own + [line.rstrip() for line in kept]


def _write(path: Path, segments: list[_Segment], comment: list[str]) -> None:
    handle = spiceypy.ckopn(str(path), "Perijove attitude slice", sum(len(line) + 1 for line in comment))
    try:
        spiceypy.dafac(handle, comment)
        for one in segments:
            rates = one.records[:, _QUATERNION:] if one.has_rates else np.zeros((len(one.ticks), _RATE))
            spiceypy.ckw03(
                handle,
                *one.bounds,
                one.structure,
                spiceypy.frmnam(one.frame),
                one.has_rates,
                one.name,
                len(one.ticks),
                one.ticks,
                np.ascontiguousarray(one.records[:, :_QUATERNION]),
                np.ascontiguousarray(rates),
                len(one.interval_starts),
                one.interval_starts,
            )
    finally:
        spiceypy.ckcls(handle)


def slice_attitude(
    kernels: Kernels, file: KernelFile, target: Path, *, start_tdb: float, stop_tdb: float, name: str = ""
) -> AttitudeSlice:
    """Copy the part of a CK that a stretch of time needs.

    Parameters
    ----------
    kernels : Kernels
        A set with the spacecraft's clock; `file` need not be in it.
    file : KernelFile
        A CK whose segments are all of type 3, as are Juno's reconstructions.
    target : Path
        The new file, which appears whole or not at all. One that stands there is replaced.
    start_tdb, stop_tdb : float
        TDB seconds past J2000. One record before and one after are kept, so that the whole stretch can be interpolated.
    name : str
        By which the source is called in comment and errors; its file name without.

    Returns
    -------
    AttitudeSlice

    Raises
    ------
    KernelError
        Where the file holds another type, or nothing in the stretch, or the clock is missing.
    WriteError
        Where the target cannot be written.

    Notes
    -----
    Quaternions, rates and ticks are the same doubles, and intervals begin where they began, so attitude is the same
    to the last bit. The comment is copied too: it holds the date of creation by which `Kernels` ranks files.
    """
    name = name or file.path.name
    span = f"{tdb_to_utc(start_tdb, digits=0)} to {tdb_to_utc(stop_tdb, digits=0)}"
    scratch = target.with_name(f".{target.name}.new")
    with kernels:
        try:
            handle = spiceypy.dafopr(str(file.path))
            try:
                whole = list(_segments(handle, name))
                comment = _comment(handle, name, span)
            finally:
                spiceypy.dafcls(handle)
            kept = [part for one in whole if (part := one.between(*_ticks(one.structure, start_tdb, stop_tdb)))]
        except SpiceyError as error:
            raise KernelError(f"{name}: cannot be cut: {one_line(error)}") from error
        if not kept:
            raise KernelError(f"{name}: holds no attitude from {span} UTC")
        try:
            scratch.unlink(missing_ok=True)
            _write(scratch, kept, comment)
            scratch.replace(target)
        except SpiceyError as error:  # before OSError, from which some of SPICE's errors descend
            raise WriteError(f"{target}: SPICE could not write it: {one_line(error)}") from error
        except OSError as error:
            raise WriteError(f"{target}: cannot be written: {error.strerror}") from error
        finally:
            with contextlib.suppress(OSError):
                scratch.unlink(missing_ok=True)
    return AttitudeSlice(target, sum(len(one.ticks) for one in kept), sum(len(one.ticks) for one in whole))


def _ticks(structure: int, start_tdb: float, stop_tdb: float) -> tuple[float, float]:
    """Clock ticks of two times. The clock's kernel must be in the pool."""
    clock = int(spiceypy.ckmeta(structure, "SCLK"))
    return float(spiceypy.sce2c(clock, start_tdb)), float(spiceypy.sce2c(clock, stop_tdb))
