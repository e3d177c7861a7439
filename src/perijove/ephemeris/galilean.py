"""The Galilean moons without kernels: our own dynamics, fitted to JPL's ephemeris jup365.

The package carries the state of the system every hundred days, 1930 to 2070, from one integration whose initial
states and parameters were fitted to jup365 (`builders/galilean_ephemeris.py`). The paths between are integrated when
they are asked for, in blocks of a hundred days around those anchors, and kept while there is room. A process that asks
for single epochs only, and not for many, is served by `perijove.ephemeris.galilean_plain`.
"""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import (
    GALILEAN_JUP365_2000_SIGMA_KM,
    GALILEAN_JUP365_ACROSS_SIGMA_KM,
    GALILEAN_JUP365_SIGMA_KM,
    GALILEAN_MEAN_MOTIONS_DEG_DAY,
)
from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_YEAR
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.integration import integrate
from perijove.ephemeris.galilean_accuracy import ERRORS
from perijove.ephemeris.galilean_kernel import states_in_blocks
from perijove.ephemeris.galilean_plain import PLAIN_PATHS
from perijove.ephemeris.integrated import reflex
from perijove.ephemeris.segment import Segment, Together
from perijove.errors import InputError

__all__ = [
    "MARGIN_S",
    "MOONS",
    "SPAN_TDB",
    "galilean_states",
    "moon_segments",
    "position_sigma_km",
]

MOONS = JUPITER_AND_MOONS.names
"""Order of the moons in `galilean_states`."""

SPAN_TDB = (-70.0 * SECONDS_PER_YEAR, 70.0 * SECONDS_PER_YEAR)
"""First and last TDB second: 1930-01-01 to 2070-01-01, 0 h."""

ANCHOR_SPACING_S = 100.0 * SECONDS_PER_DAY
_STEPS = 680  # of a block: 12 per revolution of Io
_KEPT_BLOCKS = 64  # 0.65 MB each
_THREADS = 2
_GALILEO_TO_JUNO_YEARS, _LAST_TOLD_YEARS = 23.9, 24.3  # from 2000 to the flybys that tell Io's lead, and the last
_FEW_PATHS = 4  # of at most 10 days, 20 ms each; who needs more gets compiled code
MARGIN_S = SECONDS_PER_DAY
"""By which a time may miss the span: light may have set out before it."""


@cache
def _anchors() -> tuple[int, np.ndarray]:
    """Number of the first anchor, counted from J2000, and states of all, (anchors, 4, 6)."""
    with files("perijove.ephemeris").joinpath("galilean_anchors.csv").open(encoding="ascii") as stream:
        table = np.loadtxt(stream, delimiter=",", comments="#")
    return round(table[0, 0]), np.ascontiguousarray(table[:, 1:]).reshape(-1, len(MOONS), 6)


class _Blocks:
    """Integrated paths around the anchors, the most recently used ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()
        self._lock = Lock()

    def paths(self, numbers: Sequence[int]) -> list[np.ndarray]:
        """Coefficients of each block, (680, 10, 12)."""
        with self._lock:
            missing = [number for number in numbers if number not in self._kept]
            if len(missing) == 1:
                self._kept[missing[0]] = _integrated(missing[0])
            elif missing:
                with ThreadPoolExecutor(_THREADS) as pool:
                    self._kept.update(zip(missing, pool.map(_integrated, missing), strict=True))
            result = [self._kept[number] for number in numbers]
            for number in numbers:
                self._kept.move_to_end(number)
            while len(self._kept) > _KEPT_BLOCKS:
                self._kept.popitem(last=False)
            return result


_BLOCKS = _Blocks()


def _integrated(number: int) -> np.ndarray:
    """Path of a block, half of it before its anchor and half after."""
    first, anchors = _anchors()
    centre, half = number * ANCHOR_SPACING_S, 0.5 * ANCHOR_SPACING_S
    step = ANCHOR_SPACING_S / _STEPS
    after = integrate(JUPITER_AND_MOONS, anchors[number - first], start_tdb=centre, end_tdb=centre + half, step_s=step)
    before = integrate(JUPITER_AND_MOONS, anchors[number - first], start_tdb=centre, end_tdb=centre - half, step_s=step)
    return np.concatenate([_reversed(before.paths_km), after.paths_km])


@cache
def _reversal() -> np.ndarray:
    """Matrix that turns coefficients in s into those in 1 - s."""
    degree = 9
    matrix = np.zeros((degree + 1, degree + 1))
    for k in range(degree + 1):
        polynomial = np.polynomial.Polynomial([1.0, -1.0]) ** k
        matrix[: k + 1, k] = polynomial.coef
    return matrix


def _reversed(paths: np.ndarray) -> np.ndarray:
    """Paths into the past as paths into the future."""
    turned: np.ndarray = np.einsum("jk,skn->sjn", _reversal(), paths[::-1])
    return turned


def galilean_states(tdb: ArrayLike) -> np.ndarray:
    """Positions and velocities of Io, Europa, Ganymede and Callisto from Jupiter's centre.

    Parameters
    ----------
    tdb : array, shape (...)
        TDB seconds past J2000, within `SPAN_TDB`.

    Returns
    -------
    array, shape (..., 4, 6)
        km and km/s, ICRF, geometric, in the order of `MOONS`. Errors: `position_sigma_km`. The first single epochs of
        a process come from plain code, until many are asked for at once; they agree with the others to 0.1 m.

    Raises
    ------
    InputError
        Where a time is not finite or lies outside 1930 to 2070.
    """
    tdb = np.asarray(tdb, dtype=float)
    flat = np.ascontiguousarray(tdb.ravel())
    low, high = SPAN_TDB
    inside = (flat >= low - MARGIN_S) & (flat <= high + MARGIN_S)
    if not inside.all():
        raise InputError(
            f"TDB {flat[~inside][0]} s past J2000 lies outside the built-in ephemeris, 1930 to 2070; give kernels"
        )
    if flat.size == 1 and not states_in_blocks.is_ready and _is_near(flat.item()):
        return PLAIN_PATHS.states(flat).reshape(*tdb.shape, len(MOONS), 6)
    numbers = np.rint(flat / ANCHOR_SPACING_S).astype(np.int64)
    out = np.empty((flat.size, len(MOONS), 6))
    step = ANCHOR_SPACING_S / _STEPS
    needed = np.unique(numbers) if flat.size > 1 else numbers
    for begin in range(0, len(needed), _KEPT_BLOCKS):
        part = needed[begin : begin + _KEPT_BLOCKS]
        slot_of = np.full(needed[-1] - needed[0] + 1, -1)
        slot_of[part - needed[0]] = np.arange(len(part))
        paths = _BLOCKS.paths(part.tolist())
        blocks = paths[0][None] if len(paths) == 1 else np.stack(paths)
        starts = (part - 0.5) * ANCHOR_SPACING_S
        _evaluate(flat, slot_of[numbers - needed[0]], blocks, starts, step, out)
    return out.reshape(*tdb.shape, len(MOONS), 6)


def _is_near(tdb: float) -> bool:
    """Whether plain code has gone to about a time, or may still."""
    return len(PLAIN_PATHS) < _FEW_PATHS or tdb in PLAIN_PATHS


def _evaluate(
    tdb: np.ndarray, slots: np.ndarray, blocks: np.ndarray, starts: np.ndarray, step: float, out: np.ndarray
) -> None:
    """Evaluate blocks, many times in two threads."""
    if tdb.size < 20_000:
        states_in_blocks(tdb, slots, blocks, starts, step, out)
        return
    middle = tdb.size // 2
    with ThreadPoolExecutor(_THREADS) as pool:
        for future in [
            pool.submit(states_in_blocks, tdb[part], slots[part], blocks, starts, step, out[part])
            for part in (slice(None, middle), slice(middle, None))
        ]:
            future.result()


def position_sigma_km(tdb: ArrayLike) -> np.ndarray:
    """Standard error of the moons' places against JPL jup365.

    Parameters
    ----------
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 4, 3)
        km, away from Jupiter, along the orbit and normal to it: rms at dates within the same decades that were not
        fitted. What jup365 itself errs by is not in it.
    """
    year = 2000.0 + np.asarray(tdb, dtype=float) / SECONDS_PER_YEAR
    lasts = np.array([last for _, last, *_ in ERRORS])
    rms = np.array([rms for _, _, rms, _, _ in ERRORS])
    return rms[np.minimum(np.searchsorted(lasts, year, side="right"), len(ERRORS) - 1)]


def moon_segments() -> tuple[Segment, ...]:
    """The four moons from Jupiter, and Jupiter from the centre of mass that it shares with them.

    Errors of the moons are those of `position_sigma_km`, and of jup365 itself. Jupiter's place is known as well as the
    moons' masses, to 1e-4 of the 220 km by which it moves.
    """
    together = Together(galilean_states)
    jupiter = Segment(
        "JUPITER",
        "JUPITER BARYCENTER",
        SPAN_TDB,
        reflex(JUPITER_AND_MOONS, together),
        sigma_km=lambda tdb: np.zeros(tdb.size),
        margin_s=MARGIN_S,
    )
    return jupiter, *(_moon_segment(number, together) for number in range(len(MOONS)))


def _jup365_sigma_km(moon: str, tdb: np.ndarray) -> np.ndarray:
    """What jup365 errs by: away from Jupiter, along the orbit and normal to it, (n, 3).

    Two epochs tell how far it is off along the orbits, Galileo's flybys about 2000 and Juno's about 2024. What grew
    between is not known: an error of the mean motion grows evenly, one of the tides with the square of time. The larger
    is taken, the first up to the last flyby and the second beyond, as for `IO_AHEAD_DRIFT_KM_YEAR`. Normal to the
    orbits a tilt of all is taken, as of an error of Jupiter's pole, and of Io's 0.3 km.
    """
    known = GALILEAN_JUP365_2000_SIGMA_KM
    grown, years = np.sqrt(GALILEAN_JUP365_SIGMA_KM[moon] ** 2 - known**2), np.abs(tdb) / SECONDS_PER_YEAR
    share = years / _GALILEO_TO_JUNO_YEARS * np.maximum(1.0, years / _LAST_TOLD_YEARS)
    along = np.hypot(known, grown * share)
    motion = GALILEAN_MEAN_MOTIONS_DEG_DAY["IO"] / GALILEAN_MEAN_MOTIONS_DEG_DAY[moon]
    radial = np.full(tdb.shape, float(GALILEAN_JUP365_ACROSS_SIGMA_KM))
    return np.stack([radial, along, radial * motion ** (2.0 / 3.0)], axis=-1)


def _moon_segment(number: int, together: Together) -> Segment:
    return Segment(
        MOONS[number],
        "JUPITER",
        SPAN_TDB,
        together.one(number),
        sigma_km=lambda tdb: position_sigma_km(tdb)[:, number],
        solution_sigma_km=lambda tdb: _jup365_sigma_km(MOONS[number], tdb),
        margin_s=MARGIN_S,
    )
