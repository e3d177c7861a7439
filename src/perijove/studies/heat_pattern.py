"""Whether Io's volcanoes stand, and radiate, where the tide heats.

The predicted pattern is that of heat that rises straight up. Where it spreads sideways on its way (Tackley 2001,
doi:10.1029/2000JE001411) less of the pattern is left: so the share of the sources that follows one is a measure of
that, too. Not modelled: that nearby volcanoes share one supply, except through rotated sets; changes of a volcano's
power with time, by a factor of two and more; and the 45 % of Io's heat that no resolved source radiates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from perijove.errors import InputError
from perijove.studies.source_likelihood import (
    MixtureFit,
    PatternFit,
    ShiftFit,
    fit_mixture,
    fit_pattern,
    fit_shift,
)
from perijove.studies.source_patterns import COMPLETE, Completeness, Pattern
from perijove.studies.source_significance import (
    DegreePower,
    cell_means,
    cell_sums,
    chance,
    degree_power,
    isotropic_sets,
    largest_gains,
    rank_correlation,
    rotated_sets,
    source_harmonics,
    trial_values,
    weighted_relative_flux,
)
from perijove.volcanoes.catalogue import ThermalSources

__all__ = ["DEGREE", "Correlation", "PatternResult", "PatternStudy", "compare_with_sources", "verdict"]

DEGREE = 6
_FEWEST = 10
_DECISIVE = 5.0  # of a log-likelihood ratio: odds of 150 to 1
_RARE = 0.05
_WHOLE_DEG = 175.0  # a shift is known no better than that: not at all


@dataclass(frozen=True)
class Correlation:
    """A statistic and the probability of one as large by chance, from rotated or shuffled sets (one-sided)."""

    value: float
    chance: float


@dataclass(frozen=True)
class PatternResult:
    """What the sources say of one pattern.

    Attributes
    ----------
    pattern : Pattern
    positions : PatternFit
        From the positions alone, each source counted once.
    along_parallels : PatternFit
        The same with latitudes taken as given.
    shifted : ShiftFit
        With a shift in longitude.
    chance_isotropic, chance_rotated : float
        Probability of as large a gain of `positions` from isotropic and from rotated sets.
    chance_shifted_isotropic, chance_shifted_rotated : float
        The same of `shifted`, which may look for the best of all shifts.
    rank_number, rank_power : Correlation
        Spearman's coefficient between the pattern and the number, or the power, of sources in 64 cells of equal area.
    rank_strength : Correlation
        Spearman's coefficient between the pattern at a source and its power: are volcanoes stronger where there is more
        heat? Chance from shuffled powers.
    weighted_flux : Correlation
        Mean of the pattern at the sources, weighted by power; 1 where powers know nothing of it.
    """

    pattern: Pattern
    positions: PatternFit
    along_parallels: PatternFit
    shifted: ShiftFit
    chance_isotropic: float
    chance_rotated: float
    chance_shifted_isotropic: float
    chance_shifted_rotated: float
    rank_number: Correlation
    rank_power: Correlation
    rank_strength: Correlation
    weighted_flux: Correlation


@dataclass(frozen=True)
class PatternStudy:
    """Sources against patterns.

    Attributes
    ----------
    sources : ThermalSources
    seen : Completeness
    results : tuple of PatternResult
    mixture : MixtureFit
        All patterns and a uniform part together.
    number_power, heat_power : DegreePower
        By degree of harmonics: of the number of sources, and of their radiated power.
    number_harmonics, heat_harmonics : tuple of (array, array)
        Coefficients and standard errors, as `source_harmonics` gives them.
    trials : int
        Random sets per probability.
    """

    sources: ThermalSources
    seen: Completeness
    results: tuple[PatternResult, ...]
    mixture: MixtureFit
    number_power: DegreePower
    heat_power: DegreePower
    number_harmonics: tuple[np.ndarray, np.ndarray]
    heat_harmonics: tuple[np.ndarray, np.ndarray]
    trials: int


def compare_with_sources(
    patterns: Sequence[Pattern],
    sources: ThermalSources,
    *,
    seen: Completeness = COMPLETE,
    trials: int = 500,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> PatternStudy:
    """Compare predicted patterns of heat flow with where volcanoes are and what they radiate.

    Parameters
    ----------
    patterns : sequence of Pattern
        One or more, of different names.
    sources : ThermalSources
        At least ten.
    seen : Completeness
    trials : int
        Random sets per probability, which is then known to about the root of p (1 - p) / trials.
    seed : int
        Of the random numbers: equal seeds give equal results.
    tell : callable
        Is given the name of each step.

    Returns
    -------
    PatternStudy

    Raises
    ------
    InputError
        If there are too few sources or trials, no pattern, or two of one name.
    """
    names = [pattern.name for pattern in patterns]
    if not patterns or len(set(names)) < len(names):
        raise InputError(f"patterns {', '.join(names) or '(none)'}: give one or more, of different names")
    if len(sources) < _FEWEST:
        raise InputError(f"{len(sources)} sources: too few for statistics; give at least {_FEWEST}")
    if trials < 1:
        raise InputError(f"trials {trials}: give 1 or more")
    rng = np.random.default_rng(seed)
    places = (sources.lat_deg, sources.lon_east_deg)
    results = []
    for pattern in patterns:
        tell(pattern.name)
        results.append(_result(pattern, sources, seen, trials, rng))
    tell("harmonics")
    heat = sources.power_gw
    return PatternStudy(
        sources=sources,
        seen=seen,
        results=tuple(results),
        mixture=fit_mixture(patterns, *places, seen=seen, rng=rng),
        number_power=degree_power(*places, DEGREE, seen=seen, trials=trials, rng=rng),
        heat_power=degree_power(*places, DEGREE, seen=seen, trials=trials, rng=rng, weights=heat),
        number_harmonics=source_harmonics(*places, DEGREE),
        heat_harmonics=source_harmonics(*places, DEGREE, weights=heat),
        trials=trials,
    )


def _result(
    pattern: Pattern, sources: ThermalSources, seen: Completeness, trials: int, rng: np.random.Generator
) -> PatternResult:
    lat, lon, power = sources.lat_deg, sources.lon_east_deg, sources.power_gw
    straight, turning = (float(gain[0]) for gain in largest_gains(pattern, [(lat[None], lon[None])], seen=seen))
    isotropic = largest_gains(pattern, isotropic_sets(len(lat), trials, seen=seen, rng=rng), seen=seen)
    rotated = largest_gains(pattern, rotated_sets(lat, lon, trials, rng), seen=seen)
    flux = cell_means(pattern)

    def against_rotations(statistic: Callable[[np.ndarray, np.ndarray], float]) -> Correlation:
        value = statistic(lat, lon)
        return Correlation(value, chance(value, trial_values(rotated_sets(lat, lon, trials, rng), statistic)))

    at_sources = pattern.relative.at(lat, lon)
    strength = rank_correlation(at_sources, power)
    shuffled = np.array([rank_correlation(at_sources, rng.permutation(power)) for _ in range(trials)])
    return PatternResult(
        pattern=pattern,
        positions=fit_pattern(pattern, lat, lon, seen=seen),
        along_parallels=fit_pattern(pattern, lat, lon, seen=None),
        shifted=fit_shift(pattern, lat, lon, seen=seen),
        chance_isotropic=chance(straight, isotropic[0]),
        chance_rotated=chance(straight, rotated[0]),
        chance_shifted_isotropic=chance(turning, isotropic[1]),
        chance_shifted_rotated=chance(turning, rotated[1]),
        rank_number=against_rotations(lambda a, b: rank_correlation(flux, cell_sums(a, b))),
        rank_power=against_rotations(lambda a, b: rank_correlation(flux, cell_sums(a, b, power))),
        rank_strength=Correlation(strength, chance(strength, shuffled)),
        weighted_flux=against_rotations(lambda a, b: float(weighted_relative_flux(pattern, a, b, power))),
    )


def verdict(study: PatternStudy) -> tuple[str, ...]:
    """What follows, in sentences made from the numbers."""
    said: list[str] = []
    for one in study.results:
        said += [f"{one.pattern.name}: {sentence}" for sentence in (_of_positions(one.positions), _of_shift(one))]
    odds = [power.chance[2] for power in (study.number_power, study.heat_power)]
    shown = [f"{'a' if value < _RARE else 'no'} pattern beyond chance (p = {value:.2f})" for value in odds]
    return (*said, f"degree 2 of the number of sources: {shown[0]}; of their power: {shown[1]}", PRESUMES)


PRESUMES = (
    "This presumes that heat rises straight up, rock that is alike in all directions (melt where it is hottest would "
    "move the pattern), and a survey as complete as stated."
)
"""What every sentence on a pattern rests on."""


def _of_positions(fit: PatternFit) -> str:
    if fit.alone < -_DECISIVE:
        judgement = "alone it is a worse account of where volcanoes stand than a uniform density"
    elif fit.alone > _DECISIVE:
        judgement = "preferred to a uniform density"
    else:
        judgement = "not told from a uniform density"
    share = fit.share
    return (
        f"if heat rises straight up, {judgement} (ln likelihood ratio {_signed(fit.alone, 1)}); {share.best:.0%} "
        f"({share.low:.0%} to {share.high:.0%}) of the sources may follow it"
    )


def _of_shift(one: PatternResult) -> str:
    shift, best = one.shifted.shift, one.shifted.best
    rare = max(one.chance_shifted_isotropic, one.chance_shifted_rotated)
    meaning = "more than chance" if rare < _RARE else "no more than chance"
    where = (
        "no shift in longitude stands out"
        if shift.high - shift.low >= _WHOLE_DEG
        else f"best when turned {_signed(shift.best, 0)} deg to the east ({_signed(shift.low, 0)} to "
        f"{_signed(shift.high, 0)}), with {best.share.best:.0%} of the sources"
    )
    return f"{where}; gain {best.gain:.1f}, {meaning} (p = {rare:.2f})"


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
