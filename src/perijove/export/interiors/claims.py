"""Claims of an article and what our own models say of them, as records and in lines."""

import math
from collections.abc import Iterator, Sequence
from textwrap import wrap

from perijove.export.answer import number
from perijove.studies.claims import Claim, Finding

__all__ = ["claim_lines", "claim_record"]

_FINEST_DIGITS = 4
_SMALL = 1e-3
_TAIL = 1e-3
_VERDICT, _FIGURE, _WIDTH = 13, 20, 110  # columns


def claim_record(claim: Claim) -> dict[str, object]:
    """Statement, verdict, and each figure beside what was claimed; None where a claim has no bound."""
    return {
        "key": claim.key,
        "statement": claim.statement,
        "verdict": str(claim.verdict),
        "probability_least": number(claim.probability[0]),
        "probability_most": number(claim.probability[1]),
        "findings": [
            {
                "quantity": one.quantity,
                "value": one.value,
                "value_sigma": one.sigma,
                "unit": one.unit,
                "claimed_least": number(one.least),
                "claimed_most": number(one.most),
                "probability": one.probability,
                "verdict": str(one.verdict),
                "basis": one.basis,
            }
            for one in claim.findings
        ],
    }


def claim_lines(claims: Sequence[Claim]) -> Iterator[str]:
    """Statements with verdicts, and the figures under each."""
    margin = " " * (_FIGURE + 2)
    for claim in claims:
        sure = "" if math.isnan(claim.sureness) else f" ({_percent(claim.sureness)})"
        if all(one.sigma == 0.0 for one in claim.findings):
            sure = " (counted)"
        yield f"{claim.verdict.upper():{_VERDICT}}{claim.statement}{sure}"
        for one in claim.findings:
            yield f"  {_figure(one):{_FIGURE}}{one.quantity}"
            chance = "counted" if one.sigma == 0.0 else f"{_percent(one.probability)} probable"
            note = f"claimed {_bounds(one)}: {chance}, {one.verdict}; {one.basis}"
            yield from wrap(note, _WIDTH, initial_indent=margin, subsequent_indent=margin)
        yield ""


def _figure(one: Finding) -> str:
    """Value and error with the digits that the error leaves."""
    if one.sigma == 0.0:
        text = f"{one.value:g}"
    elif abs(one.value) < _SMALL:
        text = f"{one.value:.1e} ± {one.sigma:.0e}"
    else:
        digits = min(max(1 - math.floor(math.log10(one.sigma)), 0), _FINEST_DIGITS)
        text = f"{one.value:.{digits}f} ± {one.sigma:.{digits}f}" if one.sigma >= _SMALL else f"{one.value:.{digits}f}"
    return f"{text} {one.unit}"


def _percent(probability: float) -> str:
    """In percent; normal errors say nothing of tails beyond one in a thousand."""
    if probability > 1.0 - _TAIL:
        return f"> {1.0 - _TAIL:.1%}".replace("%", " %")
    return f"< {_TAIL:.1%}".replace("%", " %") if probability < _TAIL else f"{probability:.1%}".replace("%", " %")


def _bounds(one: Finding) -> str:
    if one.sigma == 0.0 and one.most - one.least == 1.0:  # a count
        return f"{0.5 * (one.least + one.most):g}"
    if math.isinf(one.least):
        return f"at most {one.most:g}"
    return f"at least {one.least:g}" if math.isinf(one.most) else f"{one.least:g} to {one.most:g}"
