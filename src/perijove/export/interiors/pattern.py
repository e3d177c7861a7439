"""Which heating pattern the volcanoes follow, as a record."""

import math
from typing import Any

import numpy as np

from perijove.studies.heat_pattern import Correlation, PatternStudy, verdict
from perijove.studies.source_likelihood import Estimate, PatternFit
from perijove.studies.source_significance import DegreePower

__all__ = ["pattern_record"]


def pattern_record(study: PatternStudy) -> dict[str, Any]:
    """Plain numbers, text and lists: how well each pattern fits the sources, against chance; the verdict in words."""
    patterns = [
        {
            "name": one.pattern.name,
            "positions": _fit(one.positions) | {"chance_isotropic": one.chance_isotropic,
                                                "chance_rotated": one.chance_rotated},
            "along_parallels": _fit(one.along_parallels),
            "shifted": {
                "east_deg": _estimate(one.shifted.shift),
                **_fit(one.shifted.best),
                "chance_isotropic": one.chance_shifted_isotropic,
                "chance_rotated": one.chance_shifted_rotated,
            },
            "rank_correlation_number_in_cells": _correlation(one.rank_number),
            "rank_correlation_power_in_cells": _correlation(one.rank_power),
            "rank_correlation_power_at_sources": _correlation(one.rank_strength),
            "power_weighted_flux_over_mean": _correlation(one.weighted_flux),
        }
        for one in study.results
    ]  # fmt: skip
    mixture = zip(study.mixture.names, study.mixture.weights, study.mixture.sigma, strict=True)
    return {
        "sources": len(study.sources),
        "radiated_power_w": study.sources.total_power_w,
        "citation": study.sources.citation,
        "polar_completeness": study.seen.polar_share,
        "trials": study.trials,
        "patterns": patterns,
        "mixture": {
            "shares": {name: {"best": float(best), "sigma": float(sigma)} for name, best, sigma in mixture},
            "log_ratio": study.mixture.gain,
        },
        "number_of_sources": _by_degree(study.number_power, study.number_harmonics),
        "radiated_power": _by_degree(study.heat_power, study.heat_harmonics),
        "verdict": list(verdict(study)),
    }


def _estimate(value: Estimate) -> dict[str, float]:
    return {"best": value.best, "low": value.low, "high": value.high}


def _fit(fit: PatternFit) -> dict[str, Any]:
    alone = fit.alone if math.isfinite(fit.alone) else None
    return {"log_ratio_alone": alone, "share": _estimate(fit.share), "log_ratio_best": fit.gain}


def _correlation(found: Correlation) -> dict[str, float | None]:
    return {"value": found.value if math.isfinite(found.value) else None, "chance": found.chance}


def _by_degree(power: DegreePower, harmonics: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    coefficients, sigma = harmonics
    return {
        "power": power.power.tolist(),
        "expected_isotropic": power.expected.tolist(),
        "chance": power.chance.tolist(),
        "degree_2_cosine": coefficients[0, 2, :3].tolist(),
        "degree_2_sine": coefficients[1, 2, :3].tolist(),
        "degree_2_cosine_sigma": sigma[0, 2, :3].tolist(),
        "degree_2_sine_sigma": sigma[1, 2, :3].tolist(),
    }
