"""What a set of kernels covers, and what it lacks. All here reads the pool: call it while the kernels are loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import spiceypy

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.ephemeris.spice.files import KernelFile
from perijove.ephemeris.spice.pool import SpiceyError, one_line
from perijove.errors import InputError, KernelError
from perijove.timescales import tdb_to_utc

__all__ = [
    "Coverage",
    "Link",
    "attitude_ids",
    "body_id",
    "covered",
    "frame_name",
    "gap",
    "has_clock",
    "links",
    "position_files",
    "stretches",
]

_CK_CLASS, _FIXED_CLASS = 3, 4  # SPICE's classes of frames: attitude in CK files; fixed to another frame
_EDGE_S = 2.4e-7  # two units in the last place: what a change of time scale may cost at an edge


@dataclass(frozen=True)
class Coverage:
    """One stretch of time for which a file holds positions (SPK) or attitude (CK)."""

    file: KernelFile
    body: str
    naif_id: int
    start_tdb: float
    stop_tdb: float


@dataclass(frozen=True)
class Link:
    """One stretch of time for which a file holds positions of a body from another: NAIF numbers and names."""

    naif_id: int
    body: str
    center_id: int
    center: str
    start_tdb: float
    stop_tdb: float


def body_id(name: str) -> int | None:
    """NAIF number of a body's name or number; None where SPICE does not know it."""
    try:
        return int(spiceypy.bods2c(name))
    except SpiceyError:
        return None


def frame_name(number: int) -> str:
    """Name of the frame whose attitude stands under a number in CK files."""
    try:
        return str(spiceypy.ccifrm(_CK_CLASS, number)[1])
    except SpiceyError:
        return str(number)


def has_clock(number: int) -> bool:
    """Whether a clock kernel of a spacecraft is loaded."""
    return bool(spiceypy.expool(f"SCLK_DATA_TYPE_{-number}"))


def attitude_ids(frame: str) -> Iterator[int]:
    """Numbers under which CK files hold what a frame hangs on; none for frames that need no CK."""
    code = int(spiceypy.namfrm(frame))
    while code:
        _, frame_class, class_id = spiceypy.frinfo(code)[:3]
        if frame_class == _CK_CLASS:
            yield int(class_id)
        if frame_class != _FIXED_CLASS:
            return
        code = int(spiceypy.tkfram(class_id)[1])


def stretches(file: KernelFile) -> Iterator[Coverage]:
    """Coverage of a binary kernel; attitude whose clock kernel is missing is left out."""
    path = str(file.path)
    try:
        if file.kind == "SPK":
            for number in spiceypy.spkobj(path):
                name = str(spiceypy.bodc2s(number))
                yield from _windows(file, name, number, spiceypy.spkcov(path, number))
        elif file.kind == "CK":
            for number in spiceypy.ckobj(path):
                if has_clock(spiceypy.ckmeta(number, "SCLK")):
                    window = spiceypy.ckcov(path, number, needav=False, level="INTERVAL", tol=0.0, timsys="TDB")
                    yield from _windows(file, frame_name(number), number, window)
    except SpiceyError as error:
        raise KernelError(f"{file.path.name}: broken {file.kind} kernel: {one_line(error)}") from error


def _windows(file: KernelFile, name: str, number: int, window: spiceypy.SpiceCell) -> Iterator[Coverage]:
    for i in range(spiceypy.wncard(window)):
        start, stop = spiceypy.wnfetd(window, i)
        yield Coverage(file, name, int(number), float(start), float(stop))


def links(files: Sequence[KernelFile]) -> list[Link]:
    """What SPK files hold, in the order in which they count: the last that covers a time."""
    found: list[Link] = []
    for file in (one for one in files if one.kind == "SPK" and one.binary):
        handle = spiceypy.dafopr(str(file.path))
        try:
            spiceypy.dafbfs(handle)
            while spiceypy.daffna():
                (start, stop), (body, center, *_) = spiceypy.dafus(spiceypy.dafgs(), 2, 6)
                last = found[-1] if found else None
                if last and (last.naif_id, last.center_id) == (body, center) and last.stop_tdb == start:
                    found[-1] = replace(last, stop_tdb=float(stop))  # pieces of one path
                    continue
                names = str(spiceypy.bodc2s(int(body))), str(spiceypy.bodc2s(int(center)))
                found.append(Link(int(body), names[0], int(center), names[1], float(start), float(stop)))
        finally:
            spiceypy.dafcls(handle)
    return found


def covered(rows: Sequence[Coverage], times: np.ndarray) -> np.ndarray:
    """Whether each time falls into one of the stretches."""
    inside = np.zeros(np.shape(times), dtype=bool)
    for row in rows:
        inside |= (times >= row.start_tdb - _EDGE_S) & (times <= row.stop_tdb + _EDGE_S)
    return inside


def _date(tdb: float, *, digits: int = 0) -> str:
    """A time in UTC; before there was any, its Julian date, with its own scale behind it."""
    try:
        return tdb_to_utc(tdb, digits=digits)
    except InputError:
        return f"JD {J2000_JD + tdb / SECONDS_PER_DAY:.5f} (TDB, before there was)"


def gap(rows: Sequence[Coverage], what: str, name: str, number: int, times: np.ndarray) -> str | None:
    """Sentence on the first time that is not covered, with the nearest stretch that is; None where all are."""
    rows = [row for row in rows if row.naif_id == number]
    outside = times.ravel()[~covered(rows, times.ravel())]
    if not outside.size:
        return None
    t = float(outside[0])
    sentence = f"no {what} of {name} ({number}) at {_date(t, digits=3)} UTC; "
    if not rows:
        return f"{sentence}the kernels have none at all: add a file of kind {'CK' if what == 'attitude' else 'SPK'}"
    nearest = min(rows, key=lambda row: max(row.start_tdb - t, t - row.stop_tdb))
    return (
        f"{sentence}of {len(rows)} stretches in the kernels the nearest is "
        f"{_date(nearest.start_tdb)} to {_date(nearest.stop_tdb)} "
        f"in {nearest.file.path.name}"
    )


def position_files(files: Sequence[KernelFile], number: int, times: np.ndarray) -> set[KernelFile]:
    """SPK files that lead from a body down to the barycentre of the solar system, over all times."""
    by_path = {str(file.path): file for file in files}
    by_handle = {}
    for i in range(spiceypy.ktotal("SPK")):
        path, _, _, handle = spiceypy.kdata(i, "SPK")[:4]
        by_handle[handle] = by_path[path]
    found = set()
    for t in times.ravel():
        link = number
        while link:
            try:
                handle, segment = spiceypy.spksfs(link, float(t), 40)[:2]
            except SpiceyError:
                break
            found.add(by_handle[handle])
            link = int(spiceypy.dafus(segment, 2, 6)[1][1])  # the segment's centre
    return found
