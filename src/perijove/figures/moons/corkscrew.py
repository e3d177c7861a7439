"""The moons' paths beside Jupiter through time: the corkscrew diagram of almanacs."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from perijove.constants import SECONDS_PER_DAY
from perijove.events.snapshot import MoonOffsets
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["corkscrew"]

_WIDTH_IN = 7.5
_LEFT_IN, _RIGHT_IN, _TOP_IN, _BOTTOM_IN = 0.95, 0.55, 1.0, 0.75
_DAY_IN = 0.34
_HEIGHTS_IN = (3.2, 11.0)
_NEAR_MIDNIGHT_DAYS = 0.02  # samples are 20 minutes apart
_JUPITER_COLOR = "#e8dcc4"
# Okabe and Ito's colours; line widths tell the moons apart in black and white.
_HOURS_UP_TO_DAYS, _MOST_TIMES = 2.0, 8
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)
_COLORS: Mapping[str, tuple[str, float]] = {
    "IO": ("#d55e00", 1.0),
    "EUROPA": ("#0072b2", 1.0),
    "GANYMEDE": ("#009e73", 1.7),
    "CALLISTO": ("#5a5a5a", 1.7),
}


def corkscrew(offsets: MoonOffsets, *, facts: str, source: str) -> Figure:
    """Offsets from Jupiter across, time downwards.

    Parameters
    ----------
    offsets : MoonOffsets
    facts, source : str
        Under the title, and at the bottom.

    Returns
    -------
    Figure
        North up: east is left. Lines are broken where a moon is behind Jupiter or in its shadow, and lie over Jupiter's
        band where it passes before the planet.
    """
    midnight = utc_to_tdb(tdb_to_utc(float(offsets.times_tdb[0]), digits=0)[:10])
    days = (offsets.times_tdb - midnight) / SECONDS_PER_DAY
    middays = midnight + (np.arange(int(days[-1]) + 1) + 0.5) * SECONDS_PER_DAY  # a leap second does not matter there
    day_names = [tdb_to_utc(float(tdb), digits=0)[:10] for tdb in middays]
    span = float(days[-1] - days[0])
    height = min(max(_TOP_IN + _BOTTOM_IN + _DAY_IN * span, _HEIGHTS_IN[0]), _HEIGHTS_IN[1])
    figure = new_figure(_WIDTH_IN, height)
    axes = figure.add_axes(
        (
            _LEFT_IN / _WIDTH_IN,
            _BOTTOM_IN / height,
            1.0 - (_LEFT_IN + _RIGHT_IN) / _WIDTH_IN,
            1.0 - (_TOP_IN + _BOTTOM_IN) / height,
        ),
        label="corkscrew",
    )
    axes.axvspan(-1.0, 1.0, color=_JUPITER_COLOR, lw=0, zorder=1)
    for moon, east, nearer, hidden in zip(offsets.moons, offsets.east, offsets.nearer, offsets.hidden, strict=True):
        color, width = _COLORS[moon]
        behind = np.where(hidden | nearer, np.nan, east)
        joined = nearer.copy()  # with the samples beside them, so that the line goes on
        joined[:-1] |= nearer[1:]
        joined[1:] |= nearer[:-1]
        before = np.where(joined & ~hidden, east, np.nan)
        axes.plot(behind, days, color=color, lw=width, zorder=2, solid_capstyle="butt")
        axes.plot(before, days, color=color, lw=width, zorder=3, solid_capstyle="butt", label=moon.capitalize())
    reach = 1.06 * float(np.abs(offsets.east).max())
    axes.set_yticks(*_marks(days, day_names))
    first = float(np.round(days[0])) if abs(days[0] - np.round(days[0])) < _NEAR_MIDNIGHT_DAYS else float(days[0])
    axes.set(xlim=(reach, -reach), ylim=(days[-1], first))
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}")
    axes.grid(visible=True, axis="y", lw=0.4, color="#d0d0d0", zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("East  ←  offset along Jupiter's equator (equatorial radii)  →  west", size=TEXT_PT, color=INK)
    frame(axes)
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncol=len(offsets.moons),
        fontsize=SMALL_PT,
        frameon=False,
        labelcolor=MUTED,
    )
    write_title(figure, "Jupiter's moons", [facts], left_in=0.35)
    write_footer(figure, source, left_in=0.35, note="Broken where a moon is behind Jupiter or in its shadow")
    return figure


def _marks(days: np.ndarray, day_names: Sequence[str]) -> tuple[list[float], list[str]]:
    """Places of the time marks and what stands at them: dates, or in spans up to two days month, day and time."""
    first, last = float(days[0]), float(days[-1])
    if last - first > _HOURS_UP_TO_DAYS:
        every = max(1, int(np.ceil(len(day_names) / 32)))
        return [float(day) for day in range(0, len(day_names), every)], list(day_names[::every])
    step = next((step for step in _STEPS_MIN if (last - first) * 1440.0 <= _MOST_TIMES * step), _STEPS_MIN[-1])
    minutes = range(int(np.ceil(first * 1440.0 / step)) * step, int(last * 1440.0) + 1, step)
    names = [f"{day_names[n // 1440][5:]} {n // 60 % 24:02d}:{n % 60:02d}" for n in minutes]
    return [n / 1440.0 for n in minutes], names
