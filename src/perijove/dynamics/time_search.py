"""When a function of time is zero, least or greatest, and while it is positive: the one search of the house.

A function takes times, shape (n,), and gives values, shape (n,). It is sampled on a grid that the caller chooses, and
all brackets are refined together, so that a function which costs little more for many times than for one is called a
dozen times in all. Whatever asks for a moment (a contact, an eclipse, a conjunction, an apsis, a closest approach)
says its function and its grid, and no more.

What can be missed: two roots between neighbouring samples are found where the samples show the turn between them, that
is where the function has a single extreme between the neighbours of the sample that is nearest to zero. Of more
extremes than that within two steps, pairs of roots go unseen, and so do pairs that are less than a thousand tolerances
apart; an odd number of roots in one step counts as one. With a `jump`, pairs within a step are not looked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = [
    "Extremes",
    "Roots",
    "Signal",
    "Span",
    "extremes",
    "first_root",
    "grid",
    "least_between",
    "root_between",
    "roots",
    "spans",
]

Signal = Callable[[np.ndarray], np.ndarray]
"""Values (n,) of a function at times (n,)."""

_CHUNK = 20_000  # times evaluated at once, for what a function holds in memory
_ROUNDS = 100  # six to ten are needed, some fifty where a function jumps
_TURN = 1e3  # tolerances: two roots nearer than that, which a grazing curve has, may be lost
_GOLDEN = 0.3819660112501051
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Roots:
    """Times at which a function changes its sign.

    Attributes
    ----------
    tdb : array, shape (n,)
        Growing.
    rises : array of bool, shape (n,)
        Whether the function is negative before, and zero or positive after.
    """

    tdb: np.ndarray
    rises: np.ndarray


@dataclass(frozen=True)
class Extremes:
    """Times at which a function is less, or greater, than around.

    Attributes
    ----------
    tdb, value : array, shape (n,)
        Times grow.
    is_least : array of bool, shape (n,)
        Whether it is a minimum; else it is a maximum.
    """

    tdb: np.ndarray
    value: np.ndarray
    is_least: np.ndarray


@dataclass(frozen=True)
class Span:
    """A stretch of time.

    Attributes
    ----------
    start_tdb, end_tdb : float
    cut_before, cut_after : bool
        Whether it began before what was searched, or goes on after it.
    """

    start_tdb: float
    end_tdb: float
    cut_before: bool
    cut_after: bool


def grid(start_tdb: float, end_tdb: float, step_s: float) -> np.ndarray:
    """Even times from one to another, both among them, no farther apart than a step; shape (n,), at least 2."""
    return np.linspace(start_tdb, end_tdb, max(int(np.ceil((end_tdb - start_tdb) / step_s)), 1) + 1)


def roots(
    signal: Signal,
    times: np.ndarray | Sequence[np.ndarray],
    *,
    values: np.ndarray | None = None,
    jump: float = np.inf,
    tolerance_s: float = 1e-6,
) -> Roots:
    """Times at which a function changes its sign.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,). NaN has no sign: no root is looked for beside it.
    times : array, shape (n,), or several
        Growing. Nothing is looked for between the end of one array and the begin of the next.
    values : array, optional
        The function at all these times, where it is known already.
    jump : float
        Changes of sign by more than this between two samples are no roots: of angles, that go from 180 to -180.
    tolerance_s : float
        To which times are found; never finer than their own rounding.

    Returns
    -------
    Roots
        What can be missed is said in the module's first lines.
    """
    flat, joints = _joined(times)
    values = _in_chunks(signal, flat) if values is None else values
    if jump == np.inf:
        flat, values, joints = _with_turns(signal, flat, values, joints, _TURN * tolerance_s)
    below, above = values < 0.0, values >= 0.0
    changes = (below[:-1] & above[1:]) | (above[:-1] & below[1:])
    with np.errstate(invalid="ignore"):
        changes &= np.abs(np.diff(values)) < jump
    changes[joints] = False
    at = np.flatnonzero(changes)
    found = root_between(signal, flat[at], flat[at + 1], values=(values[at], values[at + 1]), tolerance_s=tolerance_s)
    return Roots(found, above[at + 1])


def extremes(
    signal: Signal,
    times: np.ndarray | Sequence[np.ndarray],
    *,
    rate: Signal | None = None,
    tolerance_s: float = 1e-3,
) -> Extremes:
    """Times at which a function is less, or greater, than around.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,).
    times : array, shape (n,), or several
        Growing. A value that is least or greatest at an end does not count.
    rate : function, optional
        Of the same sign as the function's own rate. Values alone tell a time no better than to where they differ by
        more than their rounding.
    tolerance_s : float
        To which times are looked for.

    Returns
    -------
    Extremes
        By the rate, as its `roots`; without, one of each kind at most for each two steps.
    """
    if rate is not None:
        turns = roots(rate, times, tolerance_s=tolerance_s)
        return Extremes(turns.tdb, _in_chunks(signal, turns.tdb), turns.rises)
    flat, joints = _joined(times)
    values = _in_chunks(signal, flat)
    found = []
    for sign in (1.0, -1.0):
        at = _lowest_samples(sign * values, joints)
        tdb, least = least_between(_times_sign(signal, sign), flat[at - 1], flat[at + 1], tolerance_s=tolerance_s)
        found.append((tdb, sign * least, np.full(len(tdb), sign > 0.0)))
    tdb, value, is_least = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(tdb, kind="stable")
    return Extremes(tdb[order], value[order], is_least[order])


def spans(
    signal: Signal, times: np.ndarray, *, values: np.ndarray | None = None, tolerance_s: float = 1e-3
) -> tuple[Span, ...]:
    """Stretches of time in which a function is zero or positive.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,); it may jump.
    times : array, shape (n,)
        Growing; what lies before the first and after the last is not known.
    values : array, shape (n,), optional
        The function at these times, where it is known already.
    tolerance_s : float
        To which begins and ends are found.

    Returns
    -------
    tuple of Span
        In the order of time.
    """
    values = _in_chunks(signal, times) if values is None else values
    found = roots(signal, times, values=values, tolerance_s=tolerance_s)
    cut_before, cut_after = bool(values[0] >= 0.0), bool(values[-1] >= 0.0)
    starts = [float(times[0])] * cut_before + found.tdb[found.rises].tolist()
    ends = found.tdb[~found.rises].tolist() + [float(times[-1])] * cut_after
    last = len(starts) - 1
    return tuple(
        Span(start, end, cut_before and k == 0, cut_after and k == last)
        for k, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def root_between(
    signal: Signal,
    low: np.ndarray,
    high: np.ndarray,
    *,
    values: tuple[np.ndarray, np.ndarray] | None = None,
    tolerance_s: float = 1e-6,
) -> np.ndarray:
    """One root in each of many brackets.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,), the n-th time in the n-th bracket.
    low, high : array, shape (n,)
        Ends of the brackets; either may be the later one.
    values : pair of arrays, optional
        The function there, of unlike sign (zero counts as positive).
    tolerance_s : float

    Returns
    -------
    array, shape (n,)
        NaN where the function does not change its sign between the ends.

    Notes
    -----
    Chandrupatla 1997, Advances in Engineering Software 28, 145: inverse quadratic interpolation where three points
    promise that it converges, else bisection. So a smooth function costs six to ten rounds, and one that jumps no more
    than the halvings from bracket to tolerance.
    """
    a, b = np.array(low, dtype=float), np.array(high, dtype=float)
    if not a.size:
        return a
    fa, fb = (signal(a), signal(b)) if values is None else (np.array(value, dtype=float) for value in values)
    valid = ((fa < 0.0) & (fb >= 0.0)) | ((fb < 0.0) & (fa >= 0.0))
    fine = np.maximum(0.5 * tolerance_s, 2.0 * _EPS * np.maximum(np.abs(a), np.abs(b)))
    part = np.full(a.shape, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_ROUNDS):
            # The newest point becomes a, the one across the root stays b, and c is the one that a or b replaced.
            t = a + part * (b - a)
            ft = signal(t)
            same = (ft >= 0.0) == (fa >= 0.0)
            c, fc = np.where(same, a, b), np.where(same, fa, fb)
            b, fb = np.where(same, b, a), np.where(same, fb, fa)
            a, fa = t, ft
            least = fine / np.abs(b - a)
            done = (least > 0.5) | (fa == 0.0) | ~valid
            if done.all():
                break
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            smooth = (phi * phi < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
            quadratic = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            part = np.clip(np.where(smooth, quadratic, 0.5), np.minimum(least, 0.5), np.maximum(1.0 - least, 0.5))
            part = np.where(done, 0.0, part)  # what is found is asked for again, and stays
    nearer = np.where(np.abs(fa) <= np.abs(fb), a, b)
    return np.where(valid, nearer, np.nan)


def first_root(
    signal: Signal, start: np.ndarray, step_s: np.ndarray, *, limits: tuple[float, float], tolerance_s: float = 1e-6
) -> np.ndarray:
    """First root of each of many from a time on, forwards or backwards.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,), the n-th time in the n-th search.
    start : array, shape (n,)
        Where the function is negative.
    step_s : array, shape (n,)
        Steps by which to look for a value that is not; negative ones go backwards. What is positive for less than a
        step may be passed over.
    limits : (float, float)
        Beyond which the function is not known; within these lie the starts.
    tolerance_s : float

    Returns
    -------
    array, shape (n,)
        NaN where the function stays negative to the limit, or is not negative at the start.
    """
    inner = np.array(start, dtype=float)
    if not inner.size:
        return inner
    outer, f_inner = inner, signal(inner)
    f_outer = f_inner
    while True:
        ahead = outer + step_s
        walks = (f_outer < 0.0) & (ahead >= limits[0]) & (ahead <= limits[1])
        if not walks.any():
            break
        inner, f_inner = np.where(walks, outer, inner), np.where(walks, f_outer, f_inner)
        outer = np.where(walks, ahead, outer)
        f_outer = signal(outer)
    return root_between(signal, inner, outer, values=(f_inner, f_outer), tolerance_s=tolerance_s)


def least_between(
    signal: Signal, low: np.ndarray, high: np.ndarray, *, tolerance_s: float = 1e-3, until: float = -np.inf
) -> tuple[np.ndarray, np.ndarray]:
    """Least value in each of many brackets, in which the function has one minimum: golden section.

    Parameters
    ----------
    signal : function
        Values (n,) at times (n,), the n-th time in the n-th bracket.
    low, high : array, shape (n,)
        Ends of the brackets.
    tolerance_s : float
        Length to which brackets shrink.
    until : float
        A bracket in which the function is less than this is left at once.

    Returns
    -------
    tdb, value : array, shape (n,)
    """
    a, b = np.array(low, dtype=float), np.array(high, dtype=float)
    x, y = a + _GOLDEN * (b - a), b - _GOLDEN * (b - a)
    if not a.size:
        return x, x.copy()
    fx, fy = signal(x), signal(y)
    for _ in range(_ROUNDS):
        open_ones = (b - a > tolerance_s) & ~(np.minimum(fx, fy) < until)
        if not open_ones.any():
            break
        left, right = open_ones & (fx < fy), open_ones & ~(fx < fy)
        a, b = np.where(right, x, a), np.where(left, y, b)
        fresh = np.where(left, a + _GOLDEN * (b - a), b - _GOLDEN * (b - a))
        value = signal(np.where(open_ones, fresh, x))
        x, y, fx, fy = (
            np.where(left, fresh, np.where(right, y, x)),
            np.where(right, fresh, np.where(left, x, y)),
            np.where(left, value, np.where(right, fy, fx)),
            np.where(right, value, np.where(left, fx, fy)),
        )
    first = fx < fy
    return np.where(first, x, y), np.where(first, fx, fy)


def _joined(times: np.ndarray | Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Times of all windows one after another, and the intervals that lie between windows."""
    windows = [times] if isinstance(times, np.ndarray) else list(times)
    flat = np.concatenate([np.empty(0), *windows])
    return flat, np.cumsum([len(window) for window in windows])[:-1] - 1


def _in_chunks(signal: Signal, times: np.ndarray) -> np.ndarray:
    parts = [signal(times[begin : begin + _CHUNK]) for begin in range(0, len(times), _CHUNK)]
    return np.concatenate([np.empty(0), *parts])


def _times_sign(signal: Signal, sign: float) -> Signal:
    return lambda t: sign * signal(t)


def _lowest_samples(values: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Samples, not at the ends of a window, below the one before and not above the one after."""
    falls, rises = values[1:-1] < values[:-2], values[2:] >= values[1:-1]
    inner = np.flatnonzero(falls & rises) + 1
    return np.setdiff1d(inner, np.concatenate([joints, joints + 1]))


def _with_turns(
    signal: Signal, times: np.ndarray, values: np.ndarray, joints: np.ndarray, tolerance_s: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Samples, with one more wherever the function turns beyond zero and back between two of them."""
    places, extra_t, extra_f = [], [], []
    for sign in (1.0, -1.0):
        f = sign * values
        at = _lowest_samples(f, joints)
        at = at[(f[at] >= 0.0) & (f[at - 1] > 0.0) & (f[at + 1] > 0.0)]
        t, least = least_between(
            _times_sign(signal, sign), times[at - 1], times[at + 1], tolerance_s=tolerance_s, until=0.0
        )
        beyond = least < 0.0
        places.append((at + (t > times[at]))[beyond])
        extra_t.append(t[beyond])
        extra_f.append(sign * least[beyond])
    place, t, f = (np.concatenate(part) for part in (places, extra_t, extra_f))
    shift = np.sum(place[:, None] <= joints, axis=0)
    return np.insert(times, place, t), np.insert(values, place, f), joints + shift
