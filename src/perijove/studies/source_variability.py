"""Which sources changed: repeated readings of one source in one band against a constant.

Each source and band with two readings or more gets the chi-square of a constant, with the readings' own errors; where a
table states none, a relative error that is presumed. Errors go with brightness, so the constant is fitted to
logarithms, in which a faint reading does not count for more than a bright one. Sources that changed are those that the
procedure of Benjamini & Hochberg (1995) calls so with one false among a hundred. Nights or passes share an error of
calibration that is not modelled: of a change below 20 per cent it may be the cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaincc

from perijove.errors import InputError

__all__ = ["LightCurve", "light_curves", "scatter_between_readings"]

PRESUMED_ERROR = (
    0.2  # relative: calibration, point spread, smear; power of linear sources by other readers agrees to it
)
_FALSE_SHARE = 0.01


@dataclass(frozen=True)
class LightCurve:
    """Readings of one source in one band, in the order of time or pass.

    Attributes
    ----------
    source_id, name, band, quantity, unit : str
    when : tuple of str
        Dates, or ``PJ41`` ...
    value, sigma : array, shape (n,)
    presumed : bool
        Whether the errors are presumed ones.
    mean : float
        The constant: exponential of the weighted mean logarithm.
    chi2 : float
        Of the logarithms, n - 1 degrees of freedom.
    chance : float
        Of as much by the errors alone.
    changed : bool
        Significantly, all sources considered together.
    """

    source_id: str
    name: str
    band: str
    quantity: str
    unit: str
    when: tuple[str, ...]
    value: np.ndarray
    sigma: np.ndarray
    presumed: bool
    mean: float
    chi2: float
    chance: float
    changed: bool = False

    @property
    def ratio(self) -> float:
        """Largest over smallest reading."""
        return float(self.value.max() / self.value.min())


def light_curves(
    readings: Sequence[Mapping[str, Any]], table: str, names: Mapping[str, str], *, presumed: float = PRESUMED_ERROR
) -> tuple[LightCurve, ...]:
    """Light curves of all sources and bands of a table that has single readings.

    Parameters
    ----------
    readings : sequence of mapping
        Rows `observation` of the catalogue.
    table : str
        ``mura2024`` or ``dekleer2019``.
    names : mapping
        Of sources by identifier.
    presumed : float
        Relative error of readings without one.

    Returns
    -------
    tuple of LightCurve
        The least probable constant first. Where a source has two entries in a table (parts of it), their readings of
        one time are added: errors in squares.

    Raises
    ------
    InputError
        If the table has no such readings.
    """
    grouped: dict[tuple[str, str, str, str], dict[str, list[tuple[float, float | None]]]] = {}
    for row in readings:
        if row["source_table"] != table or row["statistic"] != "single" or not row["value"]:
            continue
        when = row["time_utc"] or f"PJ{row['passes']}"
        key = row["source_id"], row["band"], row["quantity"], row["unit"]
        grouped.setdefault(key, {}).setdefault(when, []).append((row["value"], row["sigma"]))
    if not grouped:
        raise InputError(f"{table}: has no single readings")
    curves = []
    for (source, band, quantity, unit), times in grouped.items():
        if len(times) < 2:
            continue
        bare = any(sigma is None for each in times.values() for _, sigma in each)
        whens = tuple(sorted(times))
        value = np.array([sum(one for one, _ in times[when]) for when in whens])
        sigma = np.array(
            [np.sqrt(sum((presumed * one if s is None else s) ** 2 for one, s in times[when])) for when in whens]
        )
        relative = sigma / value
        weight = 1.0 / relative**2
        level = float(weight @ np.log(value) / weight.sum())
        chi2 = float(weight @ (np.log(value) - level) ** 2)
        chance = float(gammaincc(0.5 * (len(whens) - 1), 0.5 * chi2))
        curves.append(
            LightCurve(
                source,
                names.get(source, ""),
                band,
                quantity,
                unit,
                whens,
                value,
                sigma,
                bare,
                float(np.exp(level)),
                chi2,
                chance,
            )
        )
    return _judged(curves)


def _judged(curves: Sequence[LightCurve]) -> tuple[LightCurve, ...]:
    """Mark what changed: the largest k with the k-th smallest chance below k/n of the false share, and all before."""
    ordered = sorted(curves, key=lambda one: (one.chance, -one.chi2))
    within = [i for i, one in enumerate(ordered) if one.chance <= _FALSE_SHARE * (i + 1) / len(ordered)]
    last = max(within, default=-1)
    return tuple(LightCurve(**{**vars(one), "changed": i <= last}) for i, one in enumerate(ordered))


def scatter_between_readings(curves: Sequence[LightCurve]) -> float:
    """Standard deviation of the logarithm of a source's readings about their mean, over all curves of two and more."""
    squares = [float(np.sum((np.log(one.value) - np.log(one.value).mean()) ** 2)) for one in curves]
    degrees = sum(one.value.size - 1 for one in curves)
    return float(np.sqrt(sum(squares) / degrees))
