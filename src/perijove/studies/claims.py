"""What somebody says, against what our models find: a figure, its error, and a verdict that follows from both."""

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Claim", "Finding", "Verdict"]

_SURE = 0.95


class Verdict(StrEnum):
    """Whether a statement holds."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    CANNOT_TELL = "cannot tell"


def _normal_below(value: float, sigma: float, limit: float) -> float:
    """Probability that a normally distributed quantity lies below a limit; a step where it has no error."""
    if math.isinf(limit) or sigma == 0.0:
        return 1.0 if value < limit else 0.0
    return 0.5 * math.erfc((value - limit) / (sigma * math.sqrt(2.0)))


@dataclass(frozen=True)
class Finding:
    """One figure of a statement.

    Attributes
    ----------
    quantity : str
        What was computed.
    value, sigma : float
        With its standard error; 0 where it is a count.
    unit : str
    least, most : float
        What the statement allows, taken as broadly as its wording and its digits are; infinite where it sets no bound.
    basis : str
        How it was computed, and what the reader should know.
    """

    quantity: str
    value: float
    sigma: float
    unit: str
    least: float
    most: float
    basis: str

    @property
    def probability(self) -> float:
        """That the true value lies where the statement has it, with a normal error."""
        if math.isnan(self.value) or math.isnan(self.sigma):
            return math.nan
        return _normal_below(self.value, self.sigma, self.most) - _normal_below(self.value, self.sigma, self.least)

    @property
    def verdict(self) -> Verdict:
        """Confirmed or refuted where that is 95 % sure."""
        if self.probability >= _SURE:
            return Verdict.CONFIRMED
        return Verdict.REFUTED if self.probability <= 1.0 - _SURE else Verdict.CANNOT_TELL


@dataclass(frozen=True)
class Claim:
    """A statement with the figures that it stands or falls with.

    Attributes
    ----------
    key : str
        Short and stable.
    statement : str
    findings : tuple of Finding
        At least one.
    """

    key: str
    statement: str
    findings: tuple[Finding, ...]

    @property
    def probability(self) -> tuple[float, float]:
        """Least and greatest that all figures lie where the statement has them; how they hang together is not known."""
        each = [finding.probability for finding in self.findings]
        return max(0.0, 1.0 - sum(1.0 - one for one in each)), min(each)

    @property
    def verdict(self) -> Verdict:
        """Confirmed where all figures together are 95 % sure, refuted where one of them is."""
        least, most = self.probability
        if least >= _SURE:
            return Verdict.CONFIRMED
        return Verdict.REFUTED if most <= 1.0 - _SURE else Verdict.CANNOT_TELL

    @property
    def sureness(self) -> float:
        """Probability that the verdict rests on: of the statement, at least, or of its opposite; NaN where neither."""
        least, most = self.probability
        return {Verdict.CONFIRMED: least, Verdict.REFUTED: 1.0 - most}.get(self.verdict, math.nan)
