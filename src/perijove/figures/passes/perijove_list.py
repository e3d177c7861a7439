"""All passes at a glance: how near Juno came to a moon at each perijove."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter
from matplotlib.transforms import Bbox

from perijove.bodies.juno import PIXEL_RAD
from perijove.constants import SECONDS_PER_DAY
from perijove.figures.labels import text_box
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.passes.encounters import CloseApproach, Pass

__all__ = ["draw_perijove_list"]

_WIDTH_IN, _HEIGHT_IN = 10.0, 5.6
_LEFT_IN, _RIGHT_IN, _TOP_IN, _BOTTOM_IN = 0.95, 0.85, 0.8, 0.75
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_INBOUND, _OUTBOUND = "#0072b2", "#d55e00"  # Okabe and Ito
_MARK_PT = 6.0
_PLACES = ((0.0, -1.0), (0.0, 1.0), (-1.1, 0.0), (1.1, 0.0), (-0.8, -1.0), (0.8, -1.0), (-0.8, 1.0), (0.8, 1.0))


def draw_perijove_list(passes: Sequence[Pass], *, moon: str = "IO", source: str = "") -> Figure:
    """Altitude of the closest approach to a moon at each perijove.

    Parameters
    ----------
    passes : sequence of Pass
        With approaches to that moon; passes without are left out.
    moon : str
        NAIF name.
    source : str
        Source line at the bottom; the program's name and version if empty.

    Returns
    -------
    Figure
        Altitude on a logarithmic scale against the date, each perijove with its number; triangles tell whether the
        approach came before or after perijove. The right scale has the size of a JunoCam pixel at that altitude.

    Raises
    ------
    ValueError
        If no pass has an approach to the moon.
    """
    found = [(one, at) for one in passes if (at := one.at(moon)) is not None]
    if not found:
        raise ValueError(f"none of the {len(passes)} passes has an approach to {moon}")
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)
    box = (_WIDTH_IN - _LEFT_IN - _RIGHT_IN, _HEIGHT_IN - _TOP_IN - _BOTTOM_IN)
    axes = figure.add_axes(
        (_LEFT_IN / _WIDTH_IN, _BOTTOM_IN / _HEIGHT_IN, box[0] / _WIDTH_IN, box[1] / _HEIGHT_IN), label="list"
    )
    axes.set_yscale("log")
    for before, color, mark, words in (
        (True, _INBOUND, "v", "on the way in, before perijove"),
        (False, _OUTBOUND, "^", "on the way out"),
    ):
        some = [at for one, at in found if (at.tdb < one.at_jupiter.tdb) == before]
        axes.plot(
            [_day(at) for at in some],
            [at.altitude_km for at in some],
            mark,
            ms=_MARK_PT,
            mfc=color,
            mec="white",
            mew=0.6,
            ls="none",
            label=words,
            zorder=3,
        )
    low, high = min(at.altitude_km for _, at in found), max(at.altitude_km for _, at in found)
    axes.set_ylim(low / 1.8, high * 1.8)
    days = [_day(at) for _, at in found]
    margin = 0.03 * (max(days) - min(days)) + 10.0
    axes.set_xlim(min(days) - margin, max(days) + margin)
    _scales(axes, moon)
    _write_names(axes, found)
    # Above the frame: inside, a nearest pass at the edge of the span lies under it.
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=2,
        borderpad=0.2,
        fontsize=SMALL_PT + 0.5,
        frameon=False,
        handletextpad=0.3,
    )
    nearest, at = min(found, key=lambda p: p[1].altitude_km)
    facts = f"{len(found)} passes; nearest: {_name(nearest)}, {at.altitude_km:,.0f} km on {at.utc[:10]}"
    write_title(figure, f"Juno's closest approaches to {moon.capitalize()}, perijove by perijove", [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure


def _day(approach: CloseApproach) -> float:
    """Matplotlib's number of a date; a minute of leap seconds does not show."""
    return float(
        date2num(  # type: ignore[no-untyped-call]
            _J2000 + timedelta(days=approach.tdb / SECONDS_PER_DAY)
        )
    )


def _name(one: Pass) -> str:
    return "" if one.perijove is None else f"PJ{one.perijove}"


def _write_names(axes: Axes, found: Sequence[tuple[Pass, CloseApproach]]) -> None:
    """Numbers of the perijoves beside their marks, where no other mark or number stands."""
    scale = axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    points = axes.transData.transform([(_day(at), at.altitude_km) for _, at in found])
    marks = [Bbox.from_extents(x, y, x, y).padded(0.5 * _MARK_PT * scale) for x, y in points]
    taken: list[Bbox] = []
    for number in np.argsort([at.altitude_km for _, at in found]):
        name = _name(found[number][0])
        width, height = text_box(axes, name, SMALL_PT)
        for right, up in _PLACES:
            reach_x, reach_y = 0.5 * (_MARK_PT * scale + width), 0.5 * (_MARK_PT * scale + height) + scale
            x, y = points[number, 0] + right * reach_x, points[number, 1] + up * reach_y
            box = Bbox.from_bounds(x - 0.5 * width, y - 0.5 * height, width, height).padded(0.5 * scale)
            others = [mark for k, mark in enumerate(marks) if k != number]
            if not any(box.overlaps(other) for other in (*others, *taken)):
                taken.append(box)
                day, altitude = axes.transData.inverted().transform((x, y))
                axes.text(day, altitude, name, ha="center", va="center", size=SMALL_PT, color=INK)
                break


def _scales(axes: Axes, moon: str) -> None:
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    # Each month with its year: matplotlib writes the year at January alone, which a year's span need not hold.
    formats = ["%Y", "%b %Y", "%d %b %Y", "%H:%M", "%H:%M", "%S.%f"]
    zeros = ["", *formats[1:2], *formats[1:5]]
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, formats=formats, zero_formats=zeros, show_offset=False)  # type: ignore[no-untyped-call]
    )
    axes.set_ylabel(f"Altitude above {moon.capitalize()} (km)", size=TEXT_PT, color=INK)
    thousands = FuncFormatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(thousands)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="both", lw=0.4, color="#00000030")
    frame(axes)
    pixel = PIXEL_RAD["JUNOCAM"]
    right = axes.secondary_yaxis(
        "right", functions=(lambda km: np.multiply(km, pixel), lambda px: np.divide(px, pixel))
    )
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    right.yaxis.set_minor_formatter(NullFormatter())
    right.set_ylabel("JunoCam pixel (km)", size=TEXT_PT, color=MUTED)
    right.tick_params(direction="out", length=3, width=0.7, labelsize=TEXT_PT - 0.5, colors=MUTED)
