"""Is there a magma ocean? Odds against a mostly solid mantle by roof and errors; Re k2 by thickness of the melt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.stats import qmc

from perijove.interior.families import named_family
from perijove.studies.interior_inference import Evidence, Tell
from perijove.studies.interior_likelihood import ERROR_TAILS, ErrorTail, Likelihood, predictions
from perijove.studies.interior_priors import Hypothesis, Prior, PriorChoice
from perijove.tides.love import love_numbers

__all__ = [
    "CORRELATIONS",
    "ROOFS_KM",
    "MeltLayerCurve",
    "RoofOdds",
    "magma_ocean_verdict",
    "melt_layer_curves",
    "odds_by_roof",
    "prior_evidence",
]

_ROOF_EDGES_KM = (10.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 600.0)
ROOFS_KM = tuple(pairwise(_ROOF_EDGES_KM))
"""Depths of an ocean's roof, from and to, each with a prior that is even in depth."""

_DRAWS_LOG2 = 13
_FEWEST, _MOST = 8, 128  # scrambled sequences of so many draws
_FINE = 0.1  # of the logarithm of the evidence
CORRELATIONS = (-0.9, 0.9)
"""Between errors of Re k2 and k2/Q, which share astrometry: nobody has published it, so both extremes are tried."""

_AGAINST, _LEANING = math.log(100.0), math.log(5.0)
_CURVE_ROOFS_KM = (30.0, 50.0, 100.0, 300.0, 500.0)
_MELT_FRACTIONS = (0.2, 0.3, 0.32)
_THICKNESS_KM = np.geomspace(1.0, 500.0, 80)


def prior_evidence(
    hypothesis: Hypothesis, likelihoods: Sequence[Likelihood], *, seed: int = 0, watched: int | None = None
) -> list[Evidence]:
    """Evidence as the mean of the likelihood over the prior, for several likelihoods of the same interiors.

    Parameters
    ----------
    hypothesis : Hypothesis
    likelihoods : sequence of Likelihood
    seed : int
    watched : int, optional
        Of so many, from the first on, the errors decide how many interiors are taken; by default of all.

    Returns
    -------
    list of Evidence
        One for each; the error is the scatter of independently scrambled Sobol sequences (Owen 1998), of which as
        many are taken as make it 0.1, up to 128. Where a posterior fills less than 1e-5 of the prior, both mean little.

    Notes
    -----
    A mean needs more interiors than nested sampling does where the posterior is narrow, but no more for four
    likelihoods than for one, and it is a sum: nothing in it can go astray.
    """
    means: list[list[float]] = []
    for sequence in np.random.SeedSequence(seed).spawn(_MOST):
        points = qmc.Sobol(len(hypothesis.priors), rng=np.random.default_rng(sequence)).random_base2(_DRAWS_LOG2)
        predicted = predictions(hypothesis.batch(hypothesis.values(points)), threads=2)
        means.append([_log_mean(likelihood.log(predicted)) for likelihood in likelihoods])
        if len(means) >= _FEWEST:
            found = [_joined(np.array(column)) for column in zip(*means, strict=True)]
            if max(one.sigma for one in found[:watched]) <= _FINE:
                break
    return found


def _log_mean(log: np.ndarray) -> float:
    """Logarithm of the mean of numbers that are given by their logarithms."""
    top = float(log.max())
    return top + math.log(float(np.exp(log - top).mean())) if math.isfinite(top) else -math.inf


def _joined(logs: np.ndarray) -> Evidence:
    """Evidence of several sequences, by their logarithms."""
    log = _log_mean(logs)
    share = np.exp(logs - log) if math.isfinite(log) else np.zeros(len(logs))
    sigma = float(share.std(ddof=1)) / math.sqrt(len(logs)) if share.any() else math.inf
    return Evidence(log, sigma)


@dataclass(frozen=True)
class RoofOdds:
    """Magma ocean against mostly solid mantle, for equal odds beforehand, by depth of the ocean's roof.

    Attributes
    ----------
    choice : PriorChoice
    roofs_km : tuple of (float, float)
        Between which depths the roof lies.
    tails : tuple of ErrorTail
    solid : tuple of Evidence
        Of the mostly solid mantle, by tail.
    ocean : tuple of tuple of Evidence
        Of the ocean, by roof and tail.
    correlation : float
        Presumed between the errors of Re k2 and of k2/Q, or Q.
    correlated : tuple of RoofOdds
        The same with correlations of `CORRELATIONS`; empty where the data do not hold both.
    """

    choice: PriorChoice
    roofs_km: tuple[tuple[float, float], ...]
    tails: tuple[ErrorTail, ...]
    solid: tuple[Evidence, ...]
    ocean: tuple[tuple[Evidence, ...], ...]
    correlation: float = 0.0
    correlated: tuple["RoofOdds", ...] = ()

    @property
    def log_odds(self) -> np.ndarray:
        """Natural logarithm of the odds of the ocean, shape (roofs, tails)."""
        return np.array([[one.log for one in row] for row in self.ocean]) - [one.log for one in self.solid]

    @property
    def sigma(self) -> np.ndarray:
        """Its standard error, from the sampling, shape (roofs, tails)."""
        return np.hypot([[one.sigma for one in row] for row in self.ocean], [one.sigma for one in self.solid])

    @property
    def weakest(self) -> np.ndarray:
        """The least against the ocean of all laws and correlations, two standard errors up, shape (roofs,)."""
        least: np.ndarray = np.max(
            [(one.log_odds + 2.0 * one.sigma).max(axis=1) for one in (self, *self.correlated)], 0
        )
        return least


def odds_by_roof(
    choice: PriorChoice,
    likelihood: Likelihood,
    *,
    roofs_km: Sequence[tuple[float, float]] = ROOFS_KM,
    tails: Sequence[ErrorTail] = tuple(ERROR_TAILS.values()),
    seed: int = 0,
    tell: Tell = lambda _: None,
) -> RoofOdds:
    """Odds of a magma ocean by the depth of its roof and by the law of the errors.

    Parameters
    ----------
    choice : PriorChoice
        Its prior of the ocean's depth gives way to that of each interval.
    likelihood : Likelihood
        Its own law of errors plays no part. Where it gives no correlation of Re k2 with k2/Q, or Q, those of
        `CORRELATIONS` are tried, too.
    roofs_km : sequence of (float, float)
    tails : sequence of ErrorTail
    seed : int
    tell : callable
        As in `inferred`.

    Returns
    -------
    RoofOdds

    Notes
    -----
    All laws and correlations are weighed on the same interiors. A roof within an interval is one hypothesis; the odds
    of several intervals together are their mean, weighted by width.
    """
    pair = _shared_astrometry(likelihood)
    known = pair is None or any(set(given) == set(pair) for given in likelihood.correlations)
    extremes = (0.0,) if known else (0.0, *CORRELATIONS)
    likelihoods = [
        replace(
            likelihood, tail=tail, correlations={**likelihood.correlations, **({pair: rho} if pair and rho else {})}
        )
        for rho in extremes
        for tail in tails
    ]
    solid, ocean = choice.hypotheses
    found = []
    for k, one in enumerate([solid, *(ocean.with_priors([Prior("ocean_depth_km", *roof)]) for roof in roofs_km)]):
        tell(f"{choice.name}: {one.name}, {k} of {len(roofs_km)} roofs")
        found.append(prior_evidence(one, likelihoods, seed=seed, watched=len(tails)))
    first, *others = (
        RoofOdds(choice, tuple(roofs_km), tuple(tails), *_sliced(found, k * len(tails), len(tails)), correlation=rho)
        for k, rho in enumerate(extremes)
    )
    return replace(first, correlated=tuple(others))


def _sliced(
    found: list[list[Evidence]], start: int, count: int
) -> tuple[tuple[Evidence, ...], tuple[tuple[Evidence, ...], ...]]:
    """Evidence of the solid mantle and of the oceans, for so many likelihoods from one on."""
    solid, *oceans = (tuple(row[start : start + count]) for row in found)
    return solid, tuple(oceans)


def _shared_astrometry(likelihood: Likelihood) -> tuple[str, str] | None:
    """Names of the two data that rest on the same astrometry in part, if both are there."""
    names = [datum.name for datum in likelihood.data]
    second = next((name for name in ("k2_over_q", "q") if name in names), None)
    return ("re_k2", second) if second and "re_k2" in names else None


def magma_ocean_verdict(odds: Sequence[RoofOdds]) -> tuple[str, ...]:
    """The strongest statements that hold under all laws of errors and all choices of priors that were tried.

    Parameters
    ----------
    odds : sequence of RoofOdds
        Of the same roofs, from shallow to deep.

    Returns
    -------
    tuple of str
        Sentences; the last says what they presume.
    """
    if not odds:
        return ()
    worst = np.max([one.weakest for one in odds], axis=0)
    roofs, names = odds[0].roofs_km, ", ".join(one.choice.name for one in odds)
    tried = " and correlation" if any(one.correlated for one in odds) else ""
    under = f"under every law{tried} of errors tried and the priors {names}"
    said, start = [], 0
    for limit, words in ((_AGAINST, "the data speak against"), (_LEANING, "the data lean against")):
        holds = start
        while holds < len(roofs) and worst[holds] <= -limit:
            holds += 1
        if holds > start:
            chance = _one_to(-float(worst[start:holds].max()))
            said.append(
                f"A magma ocean with its roof {roofs[start][0]:g} to {roofs[holds - 1][1]:g} km down: {words} it, "
                f"1 to {chance} or less {under}."
            )
        start = holds
    if start < len(roofs):
        said.append(f"With its roof {roofs[start][0]:g} km down or deeper: no such statement holds {under}.")
    if tried:
        said.append(_by_correlation(odds))
    said.append(PRESUMES)
    return tuple(said)


def _by_correlation(odds: Sequence[RoofOdds]) -> str:
    """How far the statement on the shallowest roofs hangs on the correlation of two data."""
    (low, high), *_ = odds[0].roofs_km
    least: dict[float, float] = {}
    for one in (each for whole in odds for each in (whole, *whole.correlated)):
        against = -float((one.log_odds + 2.0 * one.sigma)[0].max())
        least[one.correlation] = min(least.get(one.correlation, math.inf), against)
    parts = [f"1 to {_one_to(max(against, 0.0))} for {rho:+g}" for rho, against in sorted(least.items())]
    return (
        f"With its roof at {low:g} to {high:g} km that is, by the correlation of the errors of Re k2 and k2/Q, which "
        f"is not published: {', '.join(parts)}."
    )


PRESUMES = (
    "This presumes even odds beforehand, one of the two bodies and no other, liquids that follow the tide "
    "(magma that is too thin or too stiff to flow within hours looks solid), rock that melt softens after Kervazo et "
    "al. (2021), no lateral differences, errors that are independent of each other (of re_k2 and k2/Q, which share "
    "astrometry, as far as correlations are named above), and priors as named."
)
"""What the odds rest on, in words."""


def _one_to(log: float) -> str:
    """Odds against in whole words, rounded down: 8.1 is 3200."""
    odds = math.exp(log)
    digits = 10.0 ** (math.floor(math.log10(odds)) - 1) if odds >= 10.0 else 1.0
    return f"{math.floor(odds / digits) * digits:,.0f}"


@dataclass(frozen=True)
class MeltLayerCurve:
    """Re k2 of a family by the thickness of its melt layer.

    Attributes
    ----------
    label : str
    family : str
        Key of `FAMILIES`.
    thickness_km, re_k2 : array, shape (n,)
        NaN where the layer does not fit.
    """

    label: str
    family: str
    thickness_km: np.ndarray
    re_k2: np.ndarray


def melt_layer_curves() -> tuple[MeltLayerCurve, ...]:
    """Oceans by the depth of their roof, and partially molten shells under the lid by their melt fraction.

    All else is as the families have it by default. Oceans are static: the figure says nothing of very thin ones that
    could not flow fast enough.
    """
    ocean, molten = named_family("magma-ocean"), named_family("partially-molten")
    curves = []
    for roof_km in _CURVE_ROOFS_KM:
        oceans = ocean.members({"ocean_thickness_km": _THICKNESS_KM, "ocean_depth_km": roof_km})
        k2 = love_numbers(oceans).k
        curves.append(MeltLayerCurve(f"roof at {roof_km:g} km", ocean.name, _THICKNESS_KM, k2.real))
    for melt in _MELT_FRACTIONS:
        shells = molten.members({"asthenosphere_thickness_km": _THICKNESS_KM, "melt_fraction": melt})
        k2 = love_numbers(shells).k
        curves.append(MeltLayerCurve(f"{melt:.0%} melt", molten.name, _THICKNESS_KM, k2.real))
    return tuple(curves)
