"""Numbers over time: a line for each, or marks where they are single moments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from perijove.figures.moons.moon_style import MOON_COLORS
from perijove.figures.style import INK, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.timescales import tdb_to_utc

__all__ = ["Line", "series_figure"]

_CLOCKS = (
    ("hours", SECONDS_PER_HOUR, 3.0 * SECONDS_PER_DAY),
    ("days", SECONDS_PER_DAY, 3.0 * SECONDS_PER_YEAR),
    ("years", SECONDS_PER_YEAR, 1e5 * SECONDS_PER_YEAR),
)
_COURSE = 20  # points from which on a line between them is a course
_MILLION_YEARS = ("million years", 1e6 * SECONDS_PER_YEAR)


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes
    ----------
    name : str
    seconds : array, shape (n,)
    values : array, shape (n,)
    marks : bool
        Moments rather than a course.
    """

    name: str
    seconds: np.ndarray
    values: np.ndarray
    marks: bool = False


def series_figure(
    lines: Sequence[Line], *, unit: str, title: str, facts: str, source: str, from_epoch: bool = True
) -> Figure:
    """Lines over time.

    Parameters
    ----------
    lines : sequence of Line
    unit : str
        Of the values, for the axis.
    title, facts, source : str
        Above and below.
    from_epoch : bool
        Whether seconds are TDB past J2000, counted in the figure from the first; else they are counted from 0.
    """
    figure = new_figure(8.2, 4.4)
    axes = figure.add_axes((0.11, 0.16, 0.86, 0.66))
    every = np.concatenate([line.seconds for line in lines]) if lines else np.zeros(0)
    first = float(every.min()) if from_epoch and every.size else 0.0
    span = float(np.ptp(every)) if every.size else 0.0
    name, length = next(((name, length) for name, length, most in _CLOCKS if span <= most), _MILLION_YEARS)
    for line in lines:
        style = "o" if line.marks or len(line.seconds) < _COURSE else "-"
        color = MOON_COLORS.get(line.name.upper())
        axes.plot((line.seconds - first) / length, line.values, style, ms=3.5, lw=1.2, color=color, label=line.name)
    since = f" since {tdb_to_utc(first, digits=0).replace('T', ' ')} UTC" if from_epoch and every.size else ""
    axes.set_xlabel(f"{name.capitalize()}{since}", size=TEXT_PT, color=INK)
    axes.set_ylabel(unit, size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d8d8d8")
    if lines:
        figure.legend(
            axes.lines,
            [line.name for line in lines],
            loc="upper right",
            bbox_to_anchor=(0.97, 0.9),
            ncols=len(lines),
            fontsize=TEXT_PT - 0.5,
            frameon=False,
        )
    frame(axes)
    write_title(figure, title, [facts] if facts else [], left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure
