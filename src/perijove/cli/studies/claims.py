"""``perijove claims``: what an article said of the flyby of Io, each statement with our figure and a verdict."""

import json
import math
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from perijove.cli.options import json_option, quiet_option
from perijove.cli.talk import steps

if TYPE_CHECKING:
    from perijove.studies.claims import Claim, Finding

__all__ = ["command"]

_FINEST_DIGITS = 4
_SMALL = 1e-3
_VERDICT, _FIGURE, _WIDTH = 13, 20, 110  # columns


@click.command("claims")
@json_option
@quiet_option
def command(as_json: bool, quiet: bool) -> None:
    """Check what a popular article said of Juno's flyby of Io against Perijove's own models.

    A statement is confirmed or refuted where its figure, with its error, makes that 95 % sure.
    """
    from perijove.studies.flyby_claims import flyby_claims

    with steps("claims", quiet=quiet) as tell:
        claims = flyby_claims(progress=tell)
    if as_json:
        click.echo(json.dumps([_record(claim) for claim in claims], indent=1, allow_nan=False))
    else:
        click.echo("\n".join(_lines(claims)))


def _record(claim: "Claim") -> dict[str, object]:
    return {
        "key": claim.key,
        "statement": claim.statement,
        "verdict": str(claim.verdict),
        "findings": [
            {
                "quantity": one.quantity,
                "value": one.value,
                "value_sigma": one.sigma,
                "unit": one.unit,
                "claimed_least": _finite(one.least),
                "claimed_most": _finite(one.most),
                "probability": one.probability,
                "verdict": str(one.verdict),
                "basis": one.basis,
            }
            for one in claim.findings
        ],
    }


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _lines(claims: "Sequence[Claim]") -> Iterator[str]:
    margin = " " * (_FIGURE + 2)
    for claim in claims:
        yield f"{claim.verdict.upper():{_VERDICT}}{claim.statement}"
        for one in claim.findings:
            yield f"  {_figure(one):{_FIGURE}}{one.quantity}"
            note = f"claimed {_bounds(one)}: {one.verdict}; {one.basis}"
            yield from wrap(note, _WIDTH, initial_indent=margin, subsequent_indent=margin)
        yield ""


def _figure(one: "Finding") -> str:
    """Value and error with the digits that the error leaves."""
    if one.sigma == 0.0:
        text = f"{one.value:g}"
    elif abs(one.value) < _SMALL:
        text = f"{one.value:.1e} ± {one.sigma:.0e}"
    else:
        digits = min(max(1 - math.floor(math.log10(one.sigma)), 0), _FINEST_DIGITS)
        text = f"{one.value:.{digits}f} ± {one.sigma:.{digits}f}" if one.sigma >= _SMALL else f"{one.value:.{digits}f}"
    return f"{text} {one.unit}"


def _bounds(one: "Finding") -> str:
    if one.sigma == 0.0 and one.most - one.least == 1.0:  # a count
        return f"{0.5 * (one.least + one.most):g}"
    if math.isinf(one.least):
        return f"at most {one.most:g}"
    return f"at least {one.least:g}" if math.isinf(one.most) else f"{one.least:g} to {one.most:g}"
