"""Which interiors the measurements allow: draws from the posterior, and the evidence for a hypothesis.

Both come of nested sampling. Random walks would do for the posterior alone, but posteriors of interiors have separate
humps (heat made deep, or under the lid), between which walkers of emcee took 130 steps to cross.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from perijove.errors import FitError, InputError
from perijove.studies.interior_likelihood import Likelihood, predictions
from perijove.studies.interior_priors import Hypothesis
from perijove.studies.nested_sampling import NestedSamples, nested_samples

__all__ = ["Evidence", "Posterior", "Tell", "inferred", "log_likelihood"]

Tell = Callable[[str], None]
"""What is told how far a run has come; it may raise to end it."""

_RUNS = 4  # at least, so that they can be held against each other


@dataclass(frozen=True)
class Evidence:
    """Probability density of the data under a hypothesis, averaged over its prior.

    Attributes
    ----------
    log, sigma : float
        Natural logarithm, and its standard error.
    """

    log: float
    sigma: float


@dataclass(frozen=True)
class Posterior:
    """Draws from what prior and data leave possible, and the evidence.

    Attributes
    ----------
    hypothesis : Hypothesis
    likelihood : Likelihood
    draws : array, shape (n, parameters)
        Of equal weight.
    log_likelihood : array, shape (n,)
    predicted : dict of str to array, shape (n,)
        `predictions` of the draws.
    best : array, shape (parameters,)
        Where the likelihood is greatest of all that was tried.
    evidence : Evidence
    effective_samples : float
        Independent draws that the weighted points are worth (Kish).
    r_hat : array, shape (parameters,)
        Spread of all draws over that within single runs, on ranks: 1 where independent runs agree.
    evidence_scatter : float
        Standard deviation of the logarithm of the evidence between runs over what each claims; about 1.
    runs, evaluations, seed : int
    seconds : float
    """

    hypothesis: Hypothesis
    likelihood: Likelihood
    draws: np.ndarray
    log_likelihood: np.ndarray
    predicted: dict[str, np.ndarray]
    best: np.ndarray
    evidence: Evidence
    effective_samples: float
    r_hat: np.ndarray
    evidence_scatter: float
    runs: int
    evaluations: int
    seed: int
    seconds: float

    def values(self, name: str) -> np.ndarray:
        """Draws of a parameter or a prediction, shape (n,)."""
        known = self.predicted.get(name)
        return self.draws[:, self.hypothesis.parameters.index(name)] if known is None else known


def log_likelihood(hypothesis: Hypothesis, likelihood: Likelihood, unit: np.ndarray, *, threads: int = 1) -> np.ndarray:
    """Logarithm of the likelihood at points of the unit cube, over which the prior is even.

    Parameters
    ----------
    hypothesis : Hypothesis
    likelihood : Likelihood
    unit : array, shape (n, parameters)
    threads : int

    Returns
    -------
    array, shape (n,)
        Minus infinity where a body cannot be.
    """
    batch = hypothesis.batch(hypothesis.values(unit))
    return likelihood.log(predictions(batch, threads=threads))


def _nothing(_text: str) -> None:
    """Tell nobody."""


def inferred(
    hypothesis: Hypothesis,
    likelihood: Likelihood,
    *,
    samples: int = 5000,
    live: int = 400,
    runs: int = _RUNS,
    seed: int = 0,
    tell: Tell = _nothing,
) -> Posterior:
    """Draw from the posterior, and estimate the evidence.

    Parameters
    ----------
    hypothesis : Hypothesis
    likelihood : Likelihood
    samples : int
        Effective samples to reach: as many runs are made as that takes.
    live : int
        Live points of a run.
    runs : int
        At least so many independent runs.
    seed : int
        The same seed, the same draws.
    tell : callable
        Called now and then with a sentence; it may raise to end the run.

    Returns
    -------
    Posterior

    Raises
    ------
    InputError
        If samples or runs is not positive, or there are fewer live points than ten times the parameters.
    FitError
        If no interior of the prior can be, or the live points are too few to find better ones.

    Notes
    -----
    By `nested_samples`. Runs are joined by their evidence. The error of the joint evidence is that which the runs
    claim, or their own scatter where that is larger.
    """
    count = len(hypothesis.priors)
    if samples < 1 or runs < 1:
        raise InputError(f"samples {samples}, runs {runs}: give 1 or more")
    if live < 10 * count:
        raise InputError(f"live {live}: give at least {10 * count} live points for {count} parameters")
    began = time.perf_counter()
    root, done = np.random.SeedSequence(seed), list[NestedSamples]()
    log_many = partial(log_likelihood, hypothesis, likelihood)
    _require_possible(hypothesis, likelihood, np.random.default_rng(root.spawn(1)[0]))
    while len(done) < runs or _worth(done) < samples:
        wanted = max(runs - len(done), math.ceil(len(done) * (samples / _worth(done) - 1.0)) if done else 1)
        done += nested_samples(
            log_many,
            count,
            live=live,
            runs=wanted,
            rng=np.random.default_rng(root.spawn(1)[0]),
            tell=lambda said: tell(f"{hypothesis.name}: {said}"),
        )
    return _joined(hypothesis, likelihood, done, seed, np.random.default_rng(root.spawn(1)[0]), began)


def _require_possible(hypothesis: Hypothesis, likelihood: Likelihood, rng: np.random.Generator) -> None:
    """Raise where the prior holds no body."""
    unit = rng.random((2000, len(hypothesis.priors)))
    if not np.isfinite(log_likelihood(hypothesis, likelihood, unit)).any():
        raise FitError(f"hypothesis {hypothesis.name}: none of {len(unit)} draws from its priors is a body that can be")


def _weights(runs: list[NestedSamples]) -> np.ndarray:
    """Of all points of all runs, summing to 1: runs count by their evidence."""
    log = np.concatenate([run.log_weight for run in runs])
    weights = np.exp(log - log.max())
    share: np.ndarray = weights / weights.sum()
    return share


def _worth(runs: list[NestedSamples]) -> float:
    return float(1.0 / np.sum(_weights(runs) ** 2))


def _joined(
    hypothesis: Hypothesis,
    likelihood: Likelihood,
    runs: list[NestedSamples],
    seed: int,
    rng: np.random.Generator,
    began: float,
) -> Posterior:
    """One posterior of several runs."""
    worth = _worth(runs)
    unit, log = np.concatenate([run.unit for run in runs]), np.concatenate([run.log_likelihood for run in runs])
    draws = hypothesis.values(unit[_resampled(_weights(runs), round(worth), rng)])
    predicted = predictions(hypothesis.batch(draws))
    logs = np.array([run.log_evidence for run in runs])
    claimed = float(np.sqrt(np.mean([run.sigma**2 for run in runs])))
    scatter = float(logs.std(ddof=1)) / claimed if len(runs) > 1 else 1.0
    joint = float(logs.max() + np.log(np.exp(logs - logs.max()).mean()))
    pieces = [run.unit[_resampled(_weights([run]), round(worth / len(runs)), rng)] for run in runs]
    return Posterior(
        hypothesis,
        likelihood,
        draws,
        likelihood.log(predicted),
        predicted,
        best=hypothesis.values(unit[[log.argmax()]])[0],
        evidence=Evidence(joint, claimed * max(1.0, scatter) / math.sqrt(len(runs))),
        effective_samples=worth,
        r_hat=_r_hat(np.stack(pieces)),
        evidence_scatter=scatter,
        runs=len(runs),
        evaluations=sum(run.evaluations for run in runs),
        seed=seed,
        seconds=time.perf_counter() - began,
    )


def _resampled(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of points, by their weights, in random order: systematic resampling."""
    ladder = (np.arange(count) + rng.random()) / count
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), ladder), len(weights) - 1)
    return rng.permutation(chosen)


def _r_hat(sequences: np.ndarray) -> np.ndarray:
    """Gelman and Rubin's ratio on ranks (Vehtari et al. 2021, doi:10.1214/20-BA1221), shape (runs, n, parameters)."""
    if len(sequences) == 1:
        return np.ones(sequences.shape[-1])
    flat = sequences.reshape(-1, sequences.shape[-1])
    ranks = (flat.argsort(axis=0).argsort(axis=0) / len(flat)).reshape(sequences.shape)
    within, between = ranks.var(axis=1, ddof=1).mean(axis=0), ranks.mean(axis=1).var(axis=0, ddof=1)
    count = sequences.shape[1]
    ratio: np.ndarray = np.sqrt((count - 1) / count + between / within)
    return ratio
