"""Forced and free eccentricity: each moon's vector in the frame that turns with the conjunctions."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.moons.moon_style import MOON_COLORS
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.resonance.measured import ResonanceReport

__all__ = ["eccentricity_vectors"]

_WIDTH_IN, _EDGE_IN, _GAP_IN, _TOP_IN, _BOTTOM_IN = 11.0, 0.62, 0.62, 1.1, 0.85
_UNIT = 1e3


def eccentricity_vectors(report: ResonanceReport, *, source: str) -> Figure:
    """Paths of the four eccentricity vectors, longitudes counted from where Io and Europa meet.

    Parameters
    ----------
    report : ResonanceReport
    source : str
        Source line at the bottom.
    """
    size = (_WIDTH_IN - _EDGE_IN - 0.2 - 3 * _GAP_IN) / 4
    height = _TOP_IN + size + _BOTTOM_IN
    figure = new_figure(_WIDTH_IN, height)
    motion = report.motion
    conjunction = np.radians(2.0 * motion.mean_longitude_deg[:, 1] - motion.mean_longitude_deg[:, 0])
    for j, moon in enumerate(report.moons):
        x = _EDGE_IN + j * (size + _GAP_IN)
        axes = figure.add_axes((x / _WIDTH_IN, _BOTTOM_IN / height, size / _WIDTH_IN, size / height))
        vector = _UNIT * motion.eccentricity_vector[:, j] * np.exp(-1j * conjunction)
        forced = _UNIT * moon.forced_eccentricity.value
        sign = np.sign(np.mean(vector).real) or 1.0
        _draw(axes, vector, sign * forced, MOON_COLORS[moon.name])
        axes.set_title(moon.name.capitalize(), size=TEXT_PT + 1, color=MOON_COLORS[moon.name], weight="bold", pad=4)
        text = f"forced {_number(forced)}, free {_number(_UNIT * moon.free_eccentricity.value)}"
        axes.text(0.5, 0.03, text, transform=axes.transAxes, ha="center", size=SMALL_PT, color=INK)
    figure.axes[0].set_ylabel("10³ e sin(ϖ − θ)", size=TEXT_PT, color=INK)
    figure.text(
        0.5,
        0.42 / height,
        "10³ e cos(ϖ − θ), θ = 2λ₂ − λ₁: the place where Io and Europa meet",
        ha="center",
        size=TEXT_PT,
        color=INK,
    )
    facts = [
        f"{report.years:.0f} years. Arrow: what the 2:1 resonances force. Dots, one every 19 days: the whole vector.",
        "It circles the arrow's tip by what each moon has besides. Numbers in 10⁻³; axes differ.",
    ]
    write_title(figure, "Eccentricity vectors, seen from the line of conjunctions", facts, left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure


def _number(value: float) -> str:
    return "not split from others" if np.isnan(value) else f"{value:.3f}"


def _draw(axes: Axes, vector: np.ndarray, forced: float, color: str) -> None:
    axes.plot(vector.real, vector.imag, ".", ms=1.4, color=color, alpha=0.5, mew=0, rasterized=True)
    reach = 1.25 * float(np.max(np.abs(vector)))
    axes.axhline(0.0, lw=0.5, color=MUTED, zorder=0)
    axes.axvline(0.0, lw=0.5, color=MUTED, zorder=0)
    if abs(forced) > 0.02 * reach:
        axes.annotate(
            "",
            xy=(forced, 0.0),
            xytext=(0.0, 0.0),
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.3, "shrinkA": 0.0, "shrinkB": 0.0},
        )
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.locator_params(nbins=5)
    frame(axes)
