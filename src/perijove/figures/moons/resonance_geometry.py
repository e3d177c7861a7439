"""The Laplace resonance from above: where the moons stand when two of them meet."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.patheffects import AbstractPathEffect, withStroke

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.figures.moons.moon_style import MOON_COLORS
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, new_figure, write_footer, write_title
from perijove.resonance.conjunctions import Conjunction
from perijove.timescales import tdb_to_utc

__all__ = ["resonance_geometry"]

_WIDTH_IN, _EDGE_IN, _GAP_IN, _TOP_IN, _BOTTOM_IN = 11.0, 0.3, 0.15, 0.85, 0.95
_REACH_KM = 1.35e6
_MARK_KM = 6.0e4  # from an orbit to its pericentre mark
_NAME_PT, _NAME_TURN = 11.0, 0.8  # rad
_HALO: list[AbstractPathEffect] = [withStroke(linewidth=3.0, foreground="white")]
_MOONS = ("IO", "EUROPA", "GANYMEDE")
_ORDER = (*_MOONS, "CALLISTO")
_SENTENCES = {
    ("IO", "EUROPA"): "Ganymede stands a quarter turn away.\nHere lie Io's pericentre and Europa's apocentre.",
    ("EUROPA", "GANYMEDE"): "Io stands on the other side.\nHere lies Europa's pericentre.",
    ("IO", "GANYMEDE"): "Europa stands 60° away, or opposite.",
}


def resonance_geometry(conjunctions: Sequence[Conjunction], *, source: str) -> Figure:
    """Three views on Jupiter's north pole, one per conjunction.

    Parameters
    ----------
    conjunctions : sequence of Conjunction
        One of each pair.
    source : str
        Source line at the bottom.
    """
    size = (_WIDTH_IN - 2 * _EDGE_IN - (len(conjunctions) - 1) * _GAP_IN) / len(conjunctions)
    height = _TOP_IN + size + _BOTTOM_IN
    figure = new_figure(_WIDTH_IN, height)
    for number, conjunction in enumerate(conjunctions):
        x = _EDGE_IN + number * (size + _GAP_IN)
        axes = figure.add_axes((x / _WIDTH_IN, _BOTTOM_IN / height, size / _WIDTH_IN, size / height))
        _draw(axes, conjunction)
    write_title(
        figure,
        "Never all three in line",
        ["Orbits to scale, from above Jupiter's north pole. Triangles point at pericentres."],
        left_in=_EDGE_IN,
    )
    write_footer(figure, source, left_in=_EDGE_IN)
    return figure


def _draw(axes: Axes, conjunction: Conjunction) -> None:
    axes.patch.set_visible(False)  # names may reach over the edge
    angle = np.radians(conjunction.longitude_deg)
    where = {name: k for k, name in enumerate(_ORDER)}
    pair = conjunction.pair
    line = angle[where[pair[0]]]
    reach = 0.97 * _REACH_KM
    axes.plot(
        [-reach * np.cos(line), reach * np.cos(line)],
        [-reach * np.sin(line), reach * np.sin(line)],
        "--",
        lw=0.8,
        color=MUTED,
        zorder=1,
    )
    axes.add_patch(Circle((0.0, 0.0), float(JUPITER_RADII_KM[0]), fc="#e8d3b0", ec=INK, lw=0.6, zorder=3))
    for name in _MOONS:
        k = where[name]
        distance, color = conjunction.distance_km[k], MOON_COLORS[name]
        pericenter = np.radians(conjunction.pericenter_longitude_deg[k])
        axes.add_patch(Circle((0.0, 0.0), distance, fc="none", ec=color, lw=1.0, zorder=2))
        x, y = distance * np.cos(angle[k]), distance * np.sin(angle[k])
        axes.plot(x, y, "o", ms=9.0, color=color, mec="white", mew=0.8, zorder=5)
        turn = angle[k] + _NAME_TURN  # off the line, so that it does not run through the name
        axes.annotate(
            name.capitalize(),
            (x, y),
            xytext=(_NAME_PT * np.cos(turn), _NAME_PT * np.sin(turn)),
            textcoords="offset points",
            color=color,
            size=TEXT_PT,
            ha="left" if np.cos(turn) > 0.0 else "right",
            va="center",
            weight="bold",
            path_effects=_HALO,
            zorder=6,
        )
        inside = distance - _MARK_KM
        axes.plot(
            inside * np.cos(pericenter),
            inside * np.sin(pericenter),
            marker=(3, 0, np.degrees(pericenter) - 90.0),  # a triangle whose tip points outwards
            ms=6.5,
            color=color,
            mew=0.0,
            zorder=4,
        )
    axes.set(xlim=(-_REACH_KM, _REACH_KM), ylim=(-_REACH_KM, _REACH_KM), aspect="equal", xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    names = " and ".join(name.capitalize() for name in pair)
    when = tdb_to_utc(conjunction.tdb, digits=0)
    axes.set_title(names, size=TEXT_PT + 1.5, color=INK, weight="bold", pad=2, loc="center")
    text = f"{when.replace('T', ' ')} UTC\n{_SENTENCES[pair]}"
    axes.text(0.5, -0.015, text, transform=axes.transAxes, ha="center", va="top", size=SMALL_PT + 0.5, color=MUTED)
