"""Whether posteriors are right: truths drawn from the prior must lie anywhere in them equally often."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import kstest

from perijove.studies.interior_inference import inferred
from perijove.studies.interior_likelihood import Likelihood, predictions
from perijove.studies.interior_priors import Hypothesis

__all__ = ["calibration_levels", "uniformity"]


def calibration_levels(
    hypothesis: Hypothesis, likelihood: Likelihood, *, trials: int, live: int = 100, seed: int = 0
) -> Iterator[np.ndarray]:
    """Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788).

    Each trial draws a body from the prior and measurements of it with the errors of the likelihood, infers the body
    from these alone, and asks which share of the posterior lies below the truth.

    Parameters
    ----------
    hypothesis : Hypothesis
    likelihood : Likelihood
        Its values play no part, its errors do.
    trials : int
    live : int
        Live points; one run a trial.
    seed : int

    Yields
    ------
    array, shape (parameters,)
        Share of the posterior below the true value, one trial at a time; even between 0 and 1 if all is right.
    """
    rng = np.random.default_rng(seed)
    for trial in range(trials):
        truth, predicted = _truth(hypothesis, rng)
        found = inferred(hypothesis, likelihood.drawn(predicted, rng), samples=1, live=live, runs=1, seed=seed + trial)
        below = (found.draws < truth).sum(axis=0)
        level: np.ndarray = (below + rng.random(len(truth))) / (len(found.draws) + 1)
        yield level


def _truth(hypothesis: Hypothesis, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, float]]:
    """Parameters of a body that can be, and what it predicts."""
    while True:
        values = hypothesis.values(rng.random((1, len(hypothesis.priors))))
        predicted = {name: float(row[0]) for name, row in predictions(hypothesis.batch(values)).items()}
        if np.isfinite(predicted["re_k2"]):
            return values[0], predicted


def uniformity(levels: np.ndarray) -> np.ndarray:
    """Probability that even levels stray as far, by parameter (Kolmogorov-Smirnov); shape (trials, parameters)."""
    chances: np.ndarray = np.array([kstest(column, "uniform").pvalue for column in levels.T])
    return chances
