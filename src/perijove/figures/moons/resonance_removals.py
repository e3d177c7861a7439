"""What becomes of the resonance when a part of the system is taken away."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from perijove.constants import DAYS_PER_YEAR
from perijove.figures.moons.moon_style import MOON_COLORS
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.resonance.removal import RemovalOutcome
from perijove.resonance.slow_motion import laplace_series_deg

__all__ = ["resonance_removals"]

_WIDTH_IN, _LEFT_IN, _GAP_IN, _ROW_IN, _TOP_IN, _BOTTOM_IN = 10.0, 0.95, 0.3, 0.82, 1.0, 0.55
_MOONS = ("IO", "EUROPA", "GANYMEDE")


def resonance_removals(outcomes: Sequence[RemovalOutcome], *, source: str) -> Figure:
    """Laplace angle (left) and eccentricities (right) after each change.

    Parameters
    ----------
    outcomes : sequence of RemovalOutcome
    source : str
        Source line at the bottom.
    """
    rows = len(outcomes)
    height = _TOP_IN + rows * (_ROW_IN + _GAP_IN) + _BOTTOM_IN
    figure = new_figure(_WIDTH_IN, height)
    half = (_WIDTH_IN - _LEFT_IN - 0.3 - 0.85) / 2
    for number, outcome in enumerate(outcomes):
        bottom = height - _TOP_IN - (number + 1) * (_ROW_IN + _GAP_IN) + _GAP_IN
        left = figure.add_axes((_LEFT_IN / _WIDTH_IN, bottom / height, half / _WIDTH_IN, _ROW_IN / height))
        right = figure.add_axes(
            ((_LEFT_IN + half + 0.85) / _WIDTH_IN, bottom / height, half / _WIDTH_IN, _ROW_IN / height)
        )
        motion = outcome.motion
        years = (motion.days - motion.days[0]) / DAYS_PER_YEAR
        angle = laplace_series_deg(motion) - 180.0
        if outcome.laplace_librates:
            left.plot(years, angle, lw=0.9, color=INK)
        else:
            left.plot(years, (angle + 180.0) % 360.0 - 180.0, ".", ms=1.2, color=INK)
        reach = 1.25 * max(np.abs(angle).max(), 0.4) if outcome.laplace_librates else 180.0
        left.set_ylim(-reach, reach)
        for j, name in enumerate(_MOONS):
            right.plot(years, 1e3 * np.abs(motion.eccentricity_vector[:, j]), lw=0.9, color=MOON_COLORS[name])
        right.set_ylim(0.0, None)
        left.set_title(outcome.removal.sentence, size=TEXT_PT - 0.5, color=INK, loc="left", pad=2, weight="bold")
        forced = "forced e: " + ", ".join(f"{1e3 * e:.2f}" for e in outcome.forced_eccentricity)
        right.set_title(forced, size=TEXT_PT - 0.5, color=MUTED, loc="right", pad=2)
        for axes in (left, right):
            axes.set_xlim(0.0, years[-1])
            axes.tick_params(labelbottom=number == rows - 1)
            axes.locator_params(axis="y", nbins=4)
            frame(axes)
    for axes in figure.axes[-2:]:
        axes.set_xlabel("Years from the start", size=TEXT_PT, color=INK)
    middle = (_BOTTOM_IN + 0.5 * rows * (_ROW_IN + _GAP_IN)) / height
    for x, label in ((0.25, "Laplace angle − 180 (deg); scales differ"), (_LEFT_IN + half + 0.28, "10³ e, geometric")):
        figure.text(x / _WIDTH_IN, middle, label, rotation=90, va="center", size=TEXT_PT, color=INK)
    handles = [figure.axes[1].lines[j] for j in range(3)]
    figure.legend(
        handles,
        [name.capitalize() for name in _MOONS],
        loc="upper right",
        bbox_to_anchor=(1.0 - 0.3 / _WIDTH_IN, 1.0 - 0.55 / height),
        ncols=3,
        fontsize=SMALL_PT + 0.5,
        frameon=False,
    )
    facts = "Each row has one change. Forced eccentricities of Io, Europa, Ganymede in 10⁻³, at the rate n₁ − 2n₂"
    write_title(figure, "Where the eccentricities come from", [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure
