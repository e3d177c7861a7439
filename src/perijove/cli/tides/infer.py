"""``perijove infer``: which interiors of Io the measurements allow; what they say of a magma ocean."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.option_types import Whole
from perijove.cli.options import json_option, out_option, overwrite_option, prior_option, quiet_option, seed_option
from perijove.cli.talk import steps
from perijove.errors import InputError

if TYPE_CHECKING:
    from perijove.studies.interior_inference import Posterior
    from perijove.studies.interior_priors import Hypothesis, Prior, PriorChoice
    from perijove.studies.magma_ocean import RoofOdds

__all__ = ["command"]

_FILES = ("inference.json", "draws.csv", "draws.npz", "posterior.png", "melt_layer.png", "magma_ocean_odds.png")
_FAMILIES = {"partially-molten": "mostly-solid-mantle", "magma-ocean": "shallow-magma-ocean", "mush": "mush"}
_DATA = "re_k2,k2_over_q,heat_flow,moment_of_inertia"


@click.command("infer")
@click.argument("family", type=click.Choice(tuple(_FAMILIES)), default="partially-molten")
@click.option(
    "--data",
    default=_DATA,
    show_default=True,
    help="Measurements to use; also mean_density, moment_of_inertia_2004 or j2 and c22 in place of moment_of_inertia, "
    "and q in place of k2_over_q.",
)
@prior_option("NAME=LOW:HIGH[:log]", use="In place of its own.")
@click.option("--fix", "fixed", multiple=True, metavar="NAME=VALUE", help="Hold a parameter at a value.")
@click.option(
    "--doubt",
    "doubts",
    multiple=True,
    metavar="DATUM=VALUE",
    help="Standard deviation of what a measurement presumes, in its own unit, in place of ours; 0 trusts it.",
)
@click.option("--rheology", help="Of all rock, in place of maxwell: andrade, sundberg-cooper, ...")
@click.option(
    "--odds",
    "choices",
    default="reference,rigid",
    show_default=True,
    metavar="CHOICES",
    help="Sets of priors for the odds of a magma ocean by the depth of its roof, by commas, several at once with +; "
    "all, or none.",
)
@click.option("--samples", type=Whole(100, 200_000), default=5000, show_default=True, help="Effective samples.")
@click.option("--live", type=Whole(50, 20_000), default=400, show_default=True, help="Live points of a run.")
@seed_option
@out_option("JSON, draws (CSV, NPZ) and figures (PNG).")
@overwrite_option
@json_option
@quiet_option
def command(
    family: str,
    data: str,
    priors: tuple[str, ...],
    fixed: tuple[str, ...],
    doubts: tuple[str, ...],
    rheology: str | None,
    choices: str,
    samples: int,
    live: int,
    seed: int,
    out: Path | None,
) -> None:
    """Which interiors of Io the measurements allow.

    FAMILY is partially-molten, a shell of partially molten rock; magma-ocean, a global layer of magma; or mush, a shell
    with more melt than lets grains touch, which yields in bulk, too.
    """
    from perijove.export.interiors.inference import inference_lines, inference_record
    from perijove.studies.interior_inference import inferred
    from perijove.studies.interior_likelihood import Likelihood, named_data
    from perijove.studies.interior_priors import HYPOTHESES, prior_from_text
    from perijove.studies.magma_ocean import odds_by_roof

    chosen, doubted = named_data([name.strip() for name in data.split(",") if name.strip()]), _numbers("doubt", doubts)
    unknown = [name for name in doubted if name not in {datum.name for datum in chosen}]
    if unknown:
        raise InputError(f"--doubt {unknown[0]}: is not among the data, {', '.join(one.name for one in chosen)}")
    likelihood = Likelihood(tuple(dataclasses.replace(one, doubt=doubted.get(one.name, one.doubt)) for one in chosen))
    given, held = [prior_from_text(text) for text in priors], _numbers("fix", fixed)
    hypothesis = _changed(HYPOTHESES[_FAMILIES[family]], given, held, rheology)
    refuse_standing(out, _FILES)
    weighed = [_shared(choice, given, held, rheology) for choice in _choices(choices)]
    with steps("infer") as tell:
        tell("compiling")
        posterior = inferred(hypothesis, likelihood, samples=samples, live=live, seed=seed, tell=tell)
        odds = [odds_by_roof(choice, likelihood, seed=seed, tell=tell) for choice in weighed]
        record = inference_record(posterior, odds)
        if out is not None:
            tell("drawing")
            _write(posterior, odds, as_json(record), out)
    hand_over(record, "\n".join(inference_lines(posterior, odds)))


def _numbers(option: str, texts: tuple[str, ...]) -> dict[str, float]:
    """Names and values from ``name=value``."""
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise InputError(f"--{option} {text}: give NAME=VALUE with a number") from None
    return found


def _choices(text: str) -> "list[PriorChoice]":
    """Sets of priors by their names."""
    from perijove.studies.interior_priors import PRIOR_CHOICES, prior_choice

    if text == "none":
        return []
    names = PRIOR_CHOICES if text == "all" else text.split(",")
    return [prior_choice(name) for name in names]


def _changed(
    hypothesis: "Hypothesis", priors: "list[Prior]", held: dict[str, float], rheology: str | None
) -> "Hypothesis":
    """Hypothesis with the user's priors, values and law of deformation."""
    from perijove.interior.rheology import RHEOLOGIES

    if rheology is not None:
        law = RHEOLOGIES.get(rheology)
        if law is None or not (law.needs_rigidity and law.needs_viscosity):
            allowed = [name for name, one in RHEOLOGIES.items() if one.needs_rigidity and one.needs_viscosity]
            raise InputError(f"--rheology {rheology}: is not one of {', '.join(allowed)}")
        hypothesis = hypothesis.with_rheology(rheology)
    return hypothesis.with_fixed(held).with_priors(priors)


def _shared(
    choice: "PriorChoice", priors: "list[Prior]", held: dict[str, float], rheology: str | None
) -> "PriorChoice":
    """Choice with what of the user's applies to each of its families."""
    from perijove.interior.families import named_family
    from perijove.interior.rheology import RHEOLOGIES

    changed = []
    for hypothesis in choice.hypotheses:
        law = RHEOLOGIES.get(rheology or hypothesis.rheology)
        names = {one.name for one in named_family(hypothesis.family).parameters}
        names |= {one.name for one in law.parameters} if law else set()
        own = [prior for prior in priors if prior.name in names]
        changed.append(_changed(hypothesis, own, {k: v for k, v in held.items() if k in names}, rheology))
    return dataclasses.replace(choice, hypotheses=(changed[0], changed[1]))


def _write(posterior: "Posterior", odds: "list[RoofOdds]", text: str, out: Path) -> None:
    """All files, or none; without odds no figure of them."""
    from perijove.export.interiors.inference import write_draws_arrays, write_draws_table
    from perijove.figures.interiors.posterior import corner_figure, melt_layer_figure, odds_figure
    from perijove.figures.style import save_figure
    from perijove.studies.magma_ocean import melt_layer_curves

    with new_files(out) as products:
        record, table, arrays, corner, curves = (products.path(name) for name in _FILES[:-1])
        record.write_text(text, encoding="utf-8")
        write_draws_table(posterior, table)
        write_draws_arrays(posterior, arrays, record=text)
        save_figure(corner_figure(posterior), corner)
        save_figure(melt_layer_figure(melt_layer_curves()), curves)
        if odds:
            save_figure(odds_figure(odds), products.path(_FILES[-1]))
