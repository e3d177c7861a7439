"""The composition: segments make a tree, and a state is a walk along its branches."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from perijove.ephemeris.lexicon import BUILT_IN, Lexicon
from perijove.ephemeris.segment import Segment
from perijove.errors import InputError
from perijove.geometry.rotations import unit

__all__ = ["Ephemeris", "Window", "joined", "path_axes"]

Window = tuple[float, float]
"""First and last time, TDB seconds past J2000."""


class _Timeline:
    """All segments of one body, and which of them counts when: the last of those that cover a time."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self.target = segments[0].target
        self.centers = tuple(dict.fromkeys(segment.center for segment in segments))
        reach = np.array([(s.span[0] - s.margin_s, s.span[1] + s.margin_s) for s in segments])
        edges = np.unique(reach)
        self._edges: list[float] = edges.tolist()
        self._winners = [-1] * (2 * len(edges) + 1)  # before the first edge, on it, between it and the next, ...
        for number, (first, last) in enumerate(np.searchsorted(edges, reach).tolist()):
            self._winners[2 * first + 1 : 2 * last + 2] = [number] * (2 * (last - first) + 1)

    def chosen(self, tdb: np.ndarray) -> int | np.ndarray:
        """Number of the segment for each time, -1 where none covers it; one number where all have the same."""
        if not tdb.size:
            return tdb.astype(int)
        first, last = (tdb[0], tdb[0]) if tdb.size == 1 else (tdb.min(), tdb.max())
        between = self._winners[self._place(first) : self._place(last) + 1]
        if between[0] >= 0 and between.count(between[0]) == len(between):
            return between[0]
        places = np.searchsorted(self._edges, tdb, side="left") + np.searchsorted(self._edges, tdb, side="right")
        return np.asarray(np.array(self._winners)[places])

    def _place(self, tdb: float) -> int:
        """Index into the winners; spans hold both of their ends, and nothing holds what is no number."""
        if np.isnan(tdb):
            return len(self._winners) - 1
        return bisect_left(self._edges, tdb) + bisect_right(self._edges, tdb)


class _Link(NamedTuple):
    """One branch: the segments of a body that lead to one centre."""

    timeline: _Timeline
    center: str


_Variances = Callable[[Segment, np.ndarray], np.ndarray]
_Chain = tuple[_Link, ...]
"""Branches from a body to the root of the tree."""


class Ephemeris:
    """Where bodies are: made of segments.

    Each segment leads from one body to another; together they make a tree, and the state of any body from any other is
    the sum along the branches between them. Where several segments tell of the same body at the same time, the later
    one counts.

    Parameters
    ----------
    segments : iterable of Segment
        Of which later ones override earlier ones.
    lexicon : Lexicon
        How bodies and frames are called; the built-in one, unless kernels bring their own.
    """

    def __init__(self, segments: Iterable[Segment], *, lexicon: Lexicon = BUILT_IN) -> None:
        self.segments = tuple(segments)
        self._lexicon = lexicon
        self._memory: dict[tuple[str, str, int], tuple[np.ndarray, np.ndarray]] | None = None
        by_target: dict[str, list[Segment]] = {}
        for segment in self.segments:
            by_target.setdefault(segment.target, []).append(segment)
        self._timelines = {target: _Timeline(mine) for target, mine in by_target.items()}
        self._steady: dict[tuple[str, str], tuple[_Chain, _Chain] | None] = {}  # ways that are the same at all times

    def with_segments(self, *segments: Segment) -> "Ephemeris":
        """The same with more segments, which override those that are there where their spans overlap."""
        return Ephemeris((*self.segments, *segments), lexicon=self._lexicon)

    def replacing(self, *segments: Segment) -> "Ephemeris":
        """The same with these segments alone for the bodies that they tell of, however those are known now."""
        targets = {segment.target for segment in segments}
        return Ephemeris(
            (*(one for one in self.segments if one.target not in targets), *segments), lexicon=self._lexicon
        )

    def remembering(self) -> "Ephemeris":
        """The same, for one piece of work: it looks up a body only once for one array of times.

        Neither the arrays of times nor the states that come back may be changed.
        """
        same = Ephemeris(self.segments, lexicon=self._lexicon)
        same._timelines, same._steady, same._memory = self._timelines, self._steady, {}
        return same

    # ------------------------------------------------------------------------------------------------------ what is in

    @cached_property
    def bodies(self) -> tuple[str, ...]:
        """Names of all that can be asked for."""
        centers = (segment.center for segment in self.segments)
        return tuple(name for name in dict.fromkeys((*self._timelines, *centers)) if name)

    def body_name(self, name: str) -> str:
        """A body's name as its segments spell it; InputError where there is none of it."""
        return self._lexicon.body_name(name, self.bodies)

    def segments_of(self, body: str) -> tuple[Segment, ...]:
        """Segments of a body, in the order in which they count; none for the root of the tree."""
        timeline = self._timelines.get(self.body_name(body))
        return timeline.segments if timeline else ()

    def windows(self, body: str) -> tuple[Window, ...]:
        """When a body is known, and all that it hangs on: growing, apart from each other."""
        return self._windows(self.body_name(body), 0)

    def _windows(self, name: str, depth: int) -> tuple[Window, ...]:
        timeline = self._timelines.get(name)
        if timeline is None:
            return ((-np.inf, np.inf),)
        self._check_depth(name, depth)
        found = []
        for segment in timeline.segments:
            for start, end in self._windows(segment.center, depth + 1):
                first, last = max(start, segment.span[0]), min(end, segment.span[1])
                if first <= last:
                    found.append((first, last))
        return joined(found)

    def covers(self, body: str, tdb: ArrayLike) -> np.ndarray:
        """Whether a body is known at given times, shape (...)."""
        times = np.asarray(tdb, dtype=float)
        inside = np.zeros(times.shape, dtype=bool)
        for start, end in self.windows(body):
            inside |= (times >= start) & (times <= end)
        return inside

    # --------------------------------------------------------------------------------------------------------- answers

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another.

        Parameters
        ----------
        body, center : str
            NAIF names or numbers, or the names of segments that were added; in any case.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        array, shape (..., 6)
            km and km/s, ICRF, geometric. `position_sigma_km` has the standard error.

        Raises
        ------
        InputError
            Where a body is unknown, or a time is not finite or lies outside the spans; the message says which are
            nearest.
        """
        if self._memory is not None and isinstance(tdb, np.ndarray):
            key = (body, center, id(tdb))
            if key not in self._memory:  # the times are kept with the states, so that no other array gets their number
                self._memory[key] = tdb, self._state(body, tdb, center)
            return self._memory[key][1]
        return self._state(body, tdb, center)

    def _state(self, body: str, tdb: ArrayLike, center: str) -> np.ndarray:
        times = _frozen(tdb)
        total = np.zeros((times.size, 6))
        with self._lexicon.at_hand():
            for rows, outward, inward in self._ways(body, center, times):
                mine = times if rows is None else _frozen(times[rows])
                part = total if rows is None else np.zeros((mine.size, 6))
                for link in outward:
                    for segment, chosen in self._parts(link.timeline, mine):
                        part[chosen] += segment.state(mine if chosen is _ALL else mine[chosen])
                for link in inward:
                    for segment, chosen in self._parts(link.timeline, mine):
                        part[chosen] -= segment.state(mine if chosen is _ALL else mine[chosen])
                if rows is not None:
                    total[rows] = part
        return total.reshape(*np.shape(tdb), 6)

    def position_sigma_km(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Standard error of `state`: rms distance of the given place of a body from the true one in nature.

        Parameters
        ----------
        body, center, tdb
            As for `state`.

        Returns
        -------
        array, shape (...)
            km; NaN where a segment on the way does not state its error, as SPICE kernels do not.

        Notes
        -----
        Errors of segments along the way are independent of each other. `fit_sigma_km` is the part that counts against
        JPL's solutions alone; `position_covariance_km2` tells directions.
        """
        return self._rms_km(body, tdb, center, _own_km2, _solution_km2)

    def fit_sigma_km(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Error of `state` against the solutions that places were fitted to: for the moons, JPL's jup365.

        As `position_sigma_km`, which also holds what these solutions err by themselves.
        """
        return self._rms_km(body, tdb, center, _own_km2)

    def _rms_km(self, body: str, tdb: ArrayLike, center: str, *parts: _Variances) -> np.ndarray:
        times = _frozen(tdb)
        variance = np.zeros(times.size)
        for segment, rows in self._along(body, times, center):
            variance[rows] += sum(part(segment, times[rows]).sum(axis=-1) for part in parts)
        return np.sqrt(variance).reshape(np.shape(tdb))

    def position_covariance_km2(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Covariance of the position of `state`.

        Parameters
        ----------
        body, center, tdb
            As for `state`.

        Returns
        -------
        array, shape (..., 3, 3)
            km², ICRF; its trace is the square of `position_sigma_km`. NaN where a segment does not state its error.

        Notes
        -----
        A moon that is early or late is off along its orbit, and Io's error of 9 km is that: between Juno and Io it is
        nearly all of the covariance, so that one direction counts and the two others are ten times better known.
        """
        times = _frozen(tdb)
        covariance = np.zeros((times.size, 3, 3))
        for segment, rows in self._along(body, times, center):
            mine = times[rows]
            variances = _own_km2(segment, mine) + _solution_km2(segment, mine)
            if np.ptp(variances, axis=-1).any():
                axes = path_axes(segment.state(mine))
                covariance[rows] += np.einsum("nki,nk,nkj->nij", axes, variances, axes)
            else:
                covariance[rows] += variances[..., None] * np.eye(3)
        return covariance.reshape(*np.shape(tdb), 3, 3)

    def solution_sigma_km(self, body: str, tdb: ArrayLike) -> np.ndarray:
        """What the solution that a body's place was fitted to errs by itself; 0 where there is none.

        Returns
        -------
        array, shape (..., 3)
            Away from the centre of its path, along it, normal to it, km. One and the same error at times near each
            other.
        """
        times = _frozen(tdb)
        variances = np.zeros((times.size, 3))
        if (timeline := self._timelines.get(self.body_name(body))) is not None:
            for segment, rows in self._parts(timeline, times):
                variances[rows] = _solution_km2(segment, times[rows])
        return np.sqrt(variances).reshape(*np.shape(tdb), 3)

    def _along(self, body: str, times: np.ndarray, center: str) -> Iterator[tuple[Segment, np.ndarray]]:
        """Segments on the way between two bodies, each with the rows of times for which it counts."""
        every = np.arange(times.size)
        for rows, outward, inward in self._ways(body, center, times):
            mine = every if rows is None else rows
            for link in (*outward, *inward):
                for segment, chosen in self._parts(link.timeline, times[mine]):
                    yield segment, mine[chosen]

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations from the ICRF into a frame and their derivatives: `perijove.ephemeris.frames.frame_rotation`."""
        return self._lexicon.frame_rotation(frame, tdb)

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""
        return self._lexicon.frame_center(frame)

    # ------------------------------------------------------------------------------------------------------------ ways

    def _ways(self, body: str, center: str, times: np.ndarray) -> list[tuple[np.ndarray | None, _Chain, _Chain]]:
        """Branches out to a body and back in to a centre from where they meet, with the rows of times that go so.

        Where all times go the same way, which is so wherever each body has one centre only, the rows are None.
        """
        asked = (body, center)
        if asked not in self._steady:
            body, center = self.body_name(body), self.body_name(center)
            out, back = self._chain(body), self._chain(center)
            self._steady[asked] = None
            if out is not None and back is not None:
                self._steady[asked] = self._meeting((body, out), (center, back))
        if (way := self._steady[asked]) is not None:
            return [(None, *way)]
        body, center = self.body_name(body), self.body_name(center)
        return [
            (rows[inner], *self._meeting((body, out), (center, back)))
            for rows, out in self._chains_at(body, times)
            for inner, back in self._chains_at(center, times[rows])
        ]

    def _chain(self, name: str) -> _Chain | None:
        """Branches from a body to the root; None where they change with time."""
        links: list[_Link] = []
        at = name
        while (timeline := self._timelines.get(at)) is not None and len(timeline.centers) == 1:
            at = timeline.centers[0]
            links.append(_Link(timeline, at))
            self._check_depth(name, len(links))
        return tuple(links) if timeline is None else None

    def _chains_at(self, name: str, times: np.ndarray, depth: int = 0) -> list[tuple[np.ndarray, _Chain]]:
        """Branches from a body to the root, with the rows of times that go there."""
        timeline = self._timelines.get(name)
        if timeline is None:
            return [(np.arange(times.size), ())]
        self._check_depth(name, depth)
        by_center: dict[str, list[np.ndarray]] = {}
        for segment, chosen in self._parts(timeline, times):
            by_center.setdefault(segment.center, []).append(np.arange(times.size)[chosen])
        found = []
        for center, parts in by_center.items():
            rows = np.sort(np.concatenate(parts))
            found += [
                (rows[inner], (_Link(timeline, center), *chain))
                for inner, chain in self._chains_at(center, times[rows], depth + 1)
            ]
        return found

    def _check_depth(self, name: str, depth: int) -> None:
        if depth > len(self._timelines):
            raise InputError(f"the segments from {name} on go in a circle; one of them must hang on another body")

    @staticmethod
    def _meeting(outer: tuple[str, _Chain], inner: tuple[str, _Chain]) -> tuple[_Chain, _Chain]:
        """Two chains without what they share."""
        (body, out), (center, back) = outer, inner
        roots = [chain[-1].center if chain else name for name, chain in (outer, inner)]
        if roots[0] != roots[1]:
            raise InputError(
                f"no way from {center} to {body}: one hangs on {roots[1]}, the other on {roots[0]}; add a segment that "
                "joins them"
            )
        shared = 0
        while shared < min(len(out), len(back)) and out[-1 - shared] == back[-1 - shared]:
            shared += 1
        return out[: len(out) - shared], back[: len(back) - shared]

    def _parts(self, timeline: _Timeline, times: np.ndarray) -> list[tuple[Segment, slice | np.ndarray]]:
        """Segments of a body that count at given times, each with the rows for which it does."""
        number = timeline.chosen(times)
        if isinstance(number, int):
            return [(timeline.segments[number], _ALL)]
        if (lost := times[number < 0]).size:
            raise self._lexicon.refusal(timeline.target, float(lost[0]), timeline.segments)
        return [(timeline.segments[one], np.flatnonzero(number == one)) for one in np.unique(number).tolist()]


_ALL = slice(None)


def _in_three(sigma_km: np.ndarray) -> np.ndarray:
    """Variances in three directions, (n, 3), of errors in them or of one distance in space."""
    return np.asarray(sigma_km**2 if sigma_km.ndim > 1 else np.repeat(sigma_km[:, None] ** 2 / 3.0, 3, axis=-1))


def _own_km2(segment: Segment, times: np.ndarray) -> np.ndarray:
    return np.full((times.size, 3), np.nan) if segment.sigma_km is None else _in_three(segment.sigma_km(times))


def _solution_km2(segment: Segment, times: np.ndarray) -> np.ndarray:
    given = segment.solution_sigma_km
    return np.zeros((times.size, 3)) if given is None else _in_three(given(times))


def path_axes(states: np.ndarray) -> np.ndarray:
    """Unit vectors away from the centre, along the path, normal to it; shape (n, 3, 3), row by row."""
    outward, normal = unit(states[:, :3]), unit(np.cross(states[:, :3], states[:, 3:]))
    return np.stack([outward, np.cross(normal, outward), normal], axis=1)


def _frozen(tdb: ArrayLike) -> np.ndarray:
    """Times in a row that own their numbers and cannot be changed, so that segments may share work on them."""
    times = np.asarray(tdb, dtype=float)
    if times.ndim == 1 and times.flags.owndata and not times.flags.writeable:
        return times
    times = np.array(times.ravel())
    times.setflags(write=False)
    return times


def joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Overlapping windows as one."""
    apart: list[Window] = []
    for start, end in sorted(windows):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)
