"""Nested sampling by slices, all walkers of all runs a step at a time: evidence, and points with weights.

A fourth of the live points dies at once, and as many walkers leave survivors to replace them. Each walker cuts the body
of better points by a line, along the difference of two other survivors, and takes an even point of the cut. Where the
posterior is a thin ridge, proposals within ellipsoids fail a thousand times for each that is taken, slices three times.
One interior costs a hundred times as much alone as among thousands, so that walkers move together.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.errors import FitError

__all__ = ["NestedSamples", "nested_samples"]

LogLikelihood = Callable[[np.ndarray], np.ndarray]

_DYING = 4  # one of so many live points at a time
_SLICES = 5  # a parameter, between a walker's start and its end
_BRACKET = 1.5  # length of line tried at first, in differences of two survivors
_STUCK = 1e-12  # of that length: as good as nothing
_LEFT = 0.1  # of the logarithm of the evidence, when the live points are counted in and a run ends
_MOST_TRIALS = 1000  # for each live point of the start


@dataclass(frozen=True)
class NestedSamples:
    """One nested sampling: points of the unit cube, from the least likely to the most.

    Attributes
    ----------
    unit : array, shape (n, parameters)
    log_likelihood : array, shape (n,)
    log_weight : array, shape (n,)
        Natural logarithm of likelihood times share of the prior; the evidence is the sum of what it is of.
    log_evidence, sigma : float
        Natural logarithm and its standard error, from what is not known of the shares.
    evaluations : int
        Interiors that it took.
    """

    unit: np.ndarray
    log_likelihood: np.ndarray
    log_weight: np.ndarray
    log_evidence: float
    sigma: float
    evaluations: int


def nested_samples(
    log_likelihood: LogLikelihood,
    parameters: int,
    *,
    live: int,
    runs: int,
    rng: np.random.Generator,
    tell: Callable[[str], None] = lambda _: None,
) -> list[NestedSamples]:
    """Independent runs over the unit cube.

    Parameters
    ----------
    log_likelihood : callable
        From points of the unit cube, shape (n, parameters), to (n,); minus infinity where nothing can be.
    parameters, live, runs : int
        At least 8 live points.
    rng : Generator
    tell : callable
        Called with a sentence now and then; it may raise to end the runs.

    Returns
    -------
    list of NestedSamples
        One for each run.

    Raises
    ------
    FitError
        If too little of the cube can be, or walkers no longer find better points.

    Notes
    -----
    Skilling (2006, doi:10.1214/06-BA127), with live points that die in groups: of n live points the worst leaves
    exp(-1/n) of the volume, the next exp(-1/(n-1)). Slices are Neal's (2003, doi:10.1214/aos/1056562461), with a
    bracket laid at random about the walker and drawn in at each failure. They are exact, but ends of walks remember
    their starts a little. Ties are not modelled: where a finite likelihood is even over a share of the cube, the
    evidence of that share is wrong.
    """
    unit, log, possible, tried = _start(log_likelihood, parameters, live, runs, rng)
    dying = live // _DYING
    left = np.cumsum(-1.0 / np.arange(live, live - dying, -1))  # logarithm of the volume after each death of a group
    dead_unit: list[np.ndarray] = []
    dead_log: list[np.ndarray] = []
    evidence, volume, evaluations = np.full(runs, -np.inf), 0.0, np.full(runs, tried)
    while True:
        order = np.argsort(log, axis=1)
        unit, log = np.take_along_axis(unit, order[..., None], 1), np.take_along_axis(log, order, 1)
        remaining = np.logaddexp(evidence, volume + log[:, -1]) - evidence if dead_log else np.array([np.inf])
        if remaining.max() < _LEFT:
            break
        if len(dead_log) % 10 == 1:
            tell(f"log evidence {evidence.mean():.1f}, {remaining.max():.2g} to go")
        dead_unit.append(unit[:, :dying].copy())
        dead_log.append(log[:, :dying].copy())
        shares = volume + np.log(-np.diff(np.exp(left), prepend=1.0))
        evidence = np.logaddexp(evidence, np.logaddexp.reduce(shares + log[:, :dying], axis=1))
        volume += left[-1]
        unit[:, :dying], log[:, :dying], calls = _replaced(log_likelihood, unit, log, dying, rng)
        evaluations += calls
    deaths = len(dead_log)
    points, logs = np.concatenate([*dead_unit, unit], axis=1), np.concatenate([*dead_log, log], axis=1)
    count = np.tile(np.arange(live, live - dying, -1), deaths)
    return [_weighed(points[k], logs[k], count, live, math.log(possible[k]), int(evaluations[k])) for k in range(runs)]


def _start(
    log_likelihood: LogLikelihood, parameters: int, live: int, runs: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Live points, their likelihood, the share of the cube where something can be, by run, and points tried a run."""
    unit, log = rng.random((runs, live, parameters)), np.empty((runs, live))
    log = log_likelihood(unit.reshape(-1, parameters)).reshape(runs, live)
    while np.isfinite(log).sum(axis=1).min() < live:
        if log.shape[1] > _MOST_TRIALS * live:
            raise FitError(f"nested sampling: of {log.shape[1]:,} points fewer than {live} can be")
        more = rng.random((runs, live, parameters))
        unit = np.concatenate([unit, more], axis=1)
        log = np.concatenate([log, log_likelihood(more.reshape(-1, parameters)).reshape(runs, live)], axis=1)
    finite = np.isfinite(log)
    first = np.argsort(~finite, axis=1, kind="stable")[:, :live]
    tried = log.shape[1]
    return (
        np.take_along_axis(unit, first[..., None], 1),
        np.take_along_axis(log, first, 1),
        finite.mean(axis=1),
        tried,
    )


def _replaced(
    log_likelihood: LogLikelihood, unit: np.ndarray, log: np.ndarray, dying: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points better than those that die, by run: ends of walks that begin at survivors, and interiors it took."""
    runs, live, parameters = unit.shape
    survivors = live - dying
    run = np.repeat(np.arange(runs), dying)
    start = rng.integers(0, survivors, runs * dying)
    walk = _Walks(unit[:, dying:], run, start, rng)
    threshold = log[run, dying - 1]
    value, calls = log[run, dying + start], np.zeros(runs, dtype=int)
    while walk.going.size:
        going, proposed = walk.going, walk.proposed()
        inside = np.all((proposed > 0.0) & (proposed < 1.0), axis=1)
        found = np.full(going.size, -np.inf)
        if inside.any():
            found[inside] = log_likelihood(proposed[inside])
        calls += np.bincount(run[going[inside]], minlength=runs)
        better = found >= threshold[going]
        value[going[better]] = found[better]
        walk.step(proposed, better)
    if np.mean(walk.moved) < 0.5:
        raise FitError(
            f"nested sampling: {np.mean(~walk.moved):.0%} of the walks found no better point than their start; "
            "give more live points"
        )
    return walk.place.reshape(runs, dying, parameters), value.reshape(runs, dying), calls


class _Walks:
    """Walkers on their slices, each at its own step of its own walk.

    Attributes
    ----------
    place : array, shape (walkers, parameters)
    going : array of int
        Walkers whose walk has not ended.
    moved : array of bool, shape (walkers,)
    """

    def __init__(self, survivors: np.ndarray, run: np.ndarray, start: np.ndarray, rng: np.random.Generator) -> None:
        self._survivors, self._run, self._start, self._rng = survivors, run, start, rng
        self.place = survivors[run, start]
        self.going, self.moved = np.arange(len(run)), np.zeros(len(run), dtype=bool)
        self._taken = np.zeros(len(run), dtype=int)
        self._line = np.empty_like(self.place)
        self._low, self._high, self._at = (np.empty(len(run)) for _ in range(3))
        self._aim(self.going)

    def _aim(self, which: np.ndarray) -> None:
        """Lay new lines: differences of two survivors, neither of them where the walk began."""
        others = self._survivors.shape[1] - 1
        first, second = self._rng.integers(0, others, len(which)), self._rng.integers(0, others - 1, len(which))
        second += second >= first
        ends = [(self._start[which] + 1 + k) % (others + 1) for k in (first, second)]
        self._line[which] = self._survivors[self._run[which], ends[0]] - self._survivors[self._run[which], ends[1]]
        self._low[which] = -_BRACKET * self._rng.random(len(which))
        self._high[which] = self._low[which] + _BRACKET

    def proposed(self) -> np.ndarray:
        """A point of each bracket, shape (going, parameters)."""
        k = self.going
        self._at[k] = self._low[k] + (self._high[k] - self._low[k]) * self._rng.random(len(k))
        points: np.ndarray = self.place[k] + self._at[k, None] * self._line[k]
        return points

    def step(self, proposed: np.ndarray, better: np.ndarray) -> None:
        """Take the better points and lay new lines there; draw in the brackets of the others."""
        k = self.going
        behind = self._at[k] < 0.0
        self._low[k[~better & behind]] = self._at[k[~better & behind]]
        self._high[k[~better & ~behind]] = self._at[k[~better & ~behind]]
        self.place[k[better]] = proposed[better]
        self.moved[k[better]] = True
        over = k[better | (self._high[k] - self._low[k] < _STUCK)]
        self._taken[over] += 1
        self._aim(over)
        self.going = k[self._taken[k] < _SLICES * self.place.shape[1]]


def _weighed(
    unit: np.ndarray, log: np.ndarray, count: np.ndarray, live: int, log_possible: float, evaluations: int
) -> NestedSamples:
    """One run with its weights; so many points were alive at each death, and the last are alive still.

    The logarithm of each step of the volume has a standard deviation of one over that number. A wider step moves all
    evidence that comes after it, and takes from the point that dies.
    """
    volume = np.concatenate([[0.0], np.cumsum(-1.0 / count)])
    share = np.concatenate([volume[:-1] + np.log(-np.expm1(-1.0 / count)), np.full(live, volume[-1] - math.log(live))])
    weight = share + log + log_possible
    evidence = float(np.logaddexp.reduce(weight))
    part = np.exp(weight - evidence)
    after = np.cumsum(part[::-1])[::-1][1 : len(count) + 1]
    slope = after - np.exp(volume[1:] + log[: len(count)] + log_possible - evidence)
    variance = np.sum((slope / count) ** 2) + (1.0 - math.exp(log_possible)) / live
    return NestedSamples(unit, log, weight, evidence, math.sqrt(variance), evaluations)
