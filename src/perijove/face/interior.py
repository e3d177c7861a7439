"""What a moon may be made of: interiors by layers, from files and families, and what measurements allow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perijove.errors import InputError
from perijove.face.results import Drawn, made, rows_of
from perijove.figures.interiors.posterior import corner_figure
from perijove.formats.toml_table import read_toml
from perijove.interior.body import Interior
from perijove.interior.families import with_asthenosphere, with_magma_ocean
from perijove.interior.layers import Layer, Orbit
from perijove.interior.models import MODELS
from perijove.interior.tables import interior_from_table
from perijove.studies.interior_inference import Posterior, inferred
from perijove.studies.interior_likelihood import DATA, Datum, Likelihood
from perijove.studies.interior_priors import HYPOTHESES, Hypothesis, Prior

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "DATA",
    "HYPOTHESES",
    "PUBLISHED",
    "Datum",
    "Hypothesis",
    "Inference",
    "Interior",
    "Layer",
    "Orbit",
    "Prior",
    "infer",
    "read_interior",
    "with_asthenosphere",
    "with_magma_ocean",
]

PUBLISHED: Mapping[str, Interior] = MODELS
"""Interiors of papers, by name."""


def read_interior(path: str | PathLike[str]) -> Interior:
    """Read an interior from a TOML file.

    Parameters
    ----------
    path : path
        With a table ``[[layer]]`` for each layer from the centre, and ``[orbit]``.

    Returns
    -------
    Interior

    Raises
    ------
    InputError
        If there is no such file, or it holds no interior; the message names the line or field.
    """
    place = Path(path)
    if str(path) in PUBLISHED and not place.exists():
        raise InputError(f"{path}: is no file but the name of a published interior; take PUBLISHED[{str(path)!r}]")
    return interior_from_table(read_toml(place), where=place.name)


@dataclass(frozen=True)
class Inference(Posterior, Drawn):
    """Which interiors of a family measurements allow."""

    def records(self) -> list[dict[str, Any]]:
        """One draw of equal weight a row: parameters in their units, and what the interior predicts."""
        names = [*self.hypothesis.parameters, *self.predicted]
        return rows_of({name: self.values(name).tolist() for name in dict.fromkeys(names)})

    def plot(self) -> "Figure":
        """Parameters against each other, as matplotlib figure."""
        return corner_figure(self, source="")


def infer(
    hypothesis: str | Hypothesis,
    data: Sequence[str | Datum],
    *,
    priors: Sequence[Prior] = (),
    correlations: Mapping[tuple[str, str], float] | None = None,
    samples: int = 5000,
    live: int = 400,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> Inference:
    """Which interiors of a family the measurements allow, by nested sampling.

    Parameters
    ----------
    hypothesis : str or Hypothesis
        Name in `HYPOTHESES`, or one of the user's own.
    data : sequence of str or Datum
        Names in `DATA`, or measurements of the user's own.
    priors : sequence of Prior
        In place of those of the hypothesis, or of further parameters.
    correlations : mapping of (str, str) to float, optional
        Between the errors of two data, by their names; others are independent.
    samples : int
        Effective samples that are asked for.
    live : int
        Live points of a run.
    seed : int
        Same seed, same answer.
    tell : callable
        Called with a line now and then.

    Returns
    -------
    Inference

    Raises
    ------
    InputError
        If a name is unknown or a prior leaves the bounds of the family.
    """
    if isinstance(hypothesis, str):
        if hypothesis not in HYPOTHESES:
            raise InputError(f"hypothesis {hypothesis!r}: unknown; there are {', '.join(HYPOTHESES)}")
        hypothesis = HYPOTHESES[hypothesis]
    unknown = [one for one in data if isinstance(one, str) and one not in DATA]
    if unknown:
        raise InputError(f"data {', '.join(unknown)}: unknown; there are {', '.join(DATA)}")
    chosen = hypothesis.with_priors(list(priors)) if priors else hypothesis
    likelihood = Likelihood(tuple(DATA[one] if isinstance(one, str) else one for one in data), correlations or {})
    return made(Inference, inferred(chosen, likelihood, samples=samples, live=live, seed=seed, tell=tell))
