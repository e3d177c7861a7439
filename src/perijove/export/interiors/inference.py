"""What the data allow of an interior, as files: a record for JSON, draws as table and as arrays."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from perijove.export.answer import csv_text, write_text
from perijove.studies.interior_inference import Posterior
from perijove.studies.interior_likelihood import QUANTITIES, Likelihood
from perijove.studies.interior_priors import Hypothesis
from perijove.studies.magma_ocean import RoofOdds, magma_ocean_verdict

__all__ = ["inference_lines", "inference_record", "write_draws_arrays", "write_draws_table"]

_LEVELS = (0.05, 0.16, 0.5, 0.84, 0.95)


def inference_record(posterior: Posterior, odds: Sequence[RoofOdds]) -> dict[str, object]:
    """Plain numbers, text and lists: what was asked, what came out, and how well it is known."""
    found = {name: _quantiles(posterior.values(name)) for name in posterior.hypothesis.parameters}
    return {
        "hypothesis": _hypothesis_record(posterior.hypothesis),
        "data": _data_record(posterior.likelihood),
        "quantile_levels": list(_LEVELS),
        "parameters": found,
        "predictions": {name: _quantiles(posterior.values(name)) for name in QUANTITIES},
        "best": dict(zip(posterior.hypothesis.parameters, map(float, posterior.best), strict=True)),
        "log_evidence": {"value": posterior.evidence.log, "sigma": posterior.evidence.sigma},
        "diagnostics": {
            "draws": len(posterior.draws),
            "effective_samples": posterior.effective_samples,
            "r_hat": dict(zip(posterior.hypothesis.parameters, map(float, posterior.r_hat), strict=True)),
            "evidence_scatter": posterior.evidence_scatter,
            "runs": posterior.runs,
            "evaluations": posterior.evaluations,
            "seed": posterior.seed,
            "seconds": posterior.seconds,
        },
        "magma_ocean_odds": [_odds_record(one) for one in odds],
        "magma_ocean_verdict": list(magma_ocean_verdict(odds)),
    }


def inference_lines(posterior: Posterior, odds: Sequence[RoofOdds]) -> Iterator[str]:
    """What a reader wants first."""
    yield f"{posterior.hypothesis.name}: {posterior.hypothesis.sentence}"
    yield f"{'':28}{'5 %':>12}{'median':>12}{'95 %':>12}"
    for name in (*posterior.hypothesis.parameters, "re_k2", "minus_im_k2", "heat_w", "moment_of_inertia_factor"):
        low, middle, high = np.quantile(posterior.values(name), (0.05, 0.5, 0.95))
        yield f"{name:28}{low:12.5g}{middle:12.5g}{high:12.5g}"
    yield (
        f"log evidence {posterior.evidence.log:.2f} ± {posterior.evidence.sigma:.2f}; "
        f"{posterior.effective_samples:.0f} effective samples of {posterior.evaluations} interiors in "
        f"{posterior.runs} runs, R-hat {posterior.r_hat.max():.3f}, {posterior.seconds:.0f} s"
    )
    for one in odds:
        yield f"ln odds of a magma ocean against a mostly solid mantle, priors {one.choice.name}: {one.choice.sentence}"
        yield f"{'roof (km)':12}" + "".join(f"{tail.name:>14}" for tail in one.tails)
        for (low, high), logs, sigmas in zip(one.roofs_km, one.log_odds, one.sigma, strict=True):
            cells = (f"{log:.1f} ± {sigma:.1f}" for log, sigma in zip(logs, sigmas, strict=True))
            yield f"{f'{low:g} to {high:g}':12}" + "".join(f"{cell:>14}" for cell in cells)
        for other in one.correlated:
            moved = ", ".join(f"{shift:+.1f}" for shift in other.log_odds.max(axis=1) - one.log_odds.max(axis=1))
            yield (
                f"errors of Re k2 and k2/Q correlated by {other.correlation:+g}: the least against an ocean moves, "
                f"by roof, by {moved}"
            )
    yield from magma_ocean_verdict(odds)


def _quantiles(values: np.ndarray) -> list[float | None]:
    found = np.quantile(values, _LEVELS)
    return [float(value) if np.isfinite(value) else None for value in found]


def _hypothesis_record(hypothesis: Hypothesis) -> dict[str, object]:
    return {
        "name": hypothesis.name,
        "sentence": hypothesis.sentence,
        "family": hypothesis.family,
        "rheology": hypothesis.rheology,
        "priors": [
            {"name": prior.name, "low": prior.low, "high": prior.high, "even_in": "logarithm" if prior.log else "value"}
            for prior in hypothesis.priors
        ],
        "fixed": dict(hypothesis.fixed),
    }


def _data_record(likelihood: Likelihood) -> list[dict[str, object]]:
    return [
        {
            "name": datum.name,
            "quantity": datum.quantity,
            "value": datum.value,
            "sigma": datum.sigma,
            "doubt": datum.doubt,
            "sentence": datum.sentence,
            "source": datum.source,
        }
        for datum in likelihood.data
    ]


def _odds_record(odds: RoofOdds) -> dict[str, object]:
    solid, ocean = odds.choice.hypotheses
    laws = [tail.name for tail in odds.tails]

    def by_law(values: Sequence[float], sigmas: Sequence[float]) -> dict[str, object]:
        return {
            law: {"value": float(value) if np.isfinite(value) else None, "sigma": float(sigma)}
            for law, value, sigma in zip(laws, values, sigmas, strict=True)
        }

    def by_roof(one: RoofOdds) -> list[dict[str, object]]:
        return [
            {"roof_from_km": low, "roof_to_km": high, "log_odds": by_law(logs, sigmas)}
            for (low, high), logs, sigmas in zip(one.roofs_km, one.log_odds, one.sigma, strict=True)
        ]

    return {
        "priors": odds.choice.name,
        "sentence": odds.choice.sentence,
        "laws_of_errors": {tail.name: tail.sentence for tail in odds.tails},
        "roofs": by_roof(odds),
        "correlated": [{"correlation": one.correlation, "roofs": by_roof(one)} for one in odds.correlated],
        "log_evidence_solid": by_law([one.log for one in odds.solid], [one.sigma for one in odds.solid]),
        "solid": _hypothesis_record(solid),
        "ocean": _hypothesis_record(ocean),
    }


def _columns(posterior: Posterior) -> dict[str, np.ndarray]:
    names = (*posterior.hypothesis.parameters, *QUANTITIES)
    columns = {name: posterior.values(name) for name in names if name not in posterior.predicted}
    return {**columns, **posterior.predicted, "log_likelihood": posterior.log_likelihood}


def write_draws_table(posterior: Posterior, path: Path) -> None:
    """Write the draws as CSV: parameters, predictions and logarithm of the likelihood, a draw a row."""
    columns = _columns(posterior)
    rows = np.column_stack(list(columns.values())).tolist()
    write_text(path, csv_text(columns, ([f"{value:.9g}" for value in row] for row in rows)))


def write_draws_arrays(posterior: Posterior, path: Path, *, record: str) -> None:
    """Write the draws as NPZ: an array per column, and ``record``, the answer as JSON text."""
    with path.open("wb") as stream:
        np.savez_compressed(stream, record=np.array(record), **_columns(posterior))  # type: ignore[arg-type]
