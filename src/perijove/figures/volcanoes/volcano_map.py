"""Map of Io's hot spots: symbols by power and temperature on the base map, with names that do not collide."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, NullFormatter
from matplotlib.transforms import Bbox

from perijove.figures.labels import Label, place_labels
from perijove.figures.style import INK, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.formats.base_map import BaseMap
from perijove.studies.heat_budget import HeatSource

__all__ = ["draw_volcano_map"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN, _TOP_IN, _FOOT_IN = 11.0, 0.72, 0.3, 0.85, 1.25
_LARGEST_PT2, _SMALLEST_PT2 = 300.0, 7.0
_SHOWN_GW = (10.0, 100.0, 1000.0, 10_000.0)
_WARM_K = (100.0, 700.0)
_BACK_PX = 1440
_UNKNOWN = "#bdbdbd"
_MOST_NAMES = 45


def draw_volcano_map(
    sources: Sequence[HeatSource],
    *,
    base_map: BaseMap | None = None,
    title: str,
    facts: Sequence[str],
    source: str = "",
) -> Figure:
    """Draw all sources.

    Parameters
    ----------
    sources : sequence of HeatSource
        The strongest first; the area of a symbol goes with the square root of power.
    base_map : BaseMap, optional
        Shown in grey, faded; without it the ground is plain.
    title : str
    facts : sequence of str
        Lines under the title.
    source : str
        Line at the bottom.

    Returns
    -------
    Figure
        Equirectangular, east to the right, 0 in the middle. Grey symbols have no known temperature.
    """
    wide = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    height = _TOP_IN + 0.5 * wide + _FOOT_IN
    figure = new_figure(_WIDTH_IN, height)
    axes = figure.add_axes(
        (_LEFT_IN / _WIDTH_IN, _FOOT_IN / height, wide / _WIDTH_IN, 0.5 * wide / height), label="map"
    )
    if base_map is not None:
        lat = 90.0 - (np.arange(_BACK_PX // 2) + 0.5) * 360.0 / _BACK_PX
        lon = -180.0 + (np.arange(_BACK_PX) + 0.5) * 360.0 / _BACK_PX
        grey = base_map.sample(*np.meshgrid(lat, lon, indexing="ij")).mean(axis=-1)
        axes.imshow(0.55 + 0.45 * grey, extent=(-180, 180, -90, 90), cmap="gray", vmin=0.0, vmax=1.0)
    axes.set(xlim=(-180, 180), ylim=(-90, 90), aspect="equal")
    axes.grid(visible=True, lw=0.4, color="white", alpha=0.7)
    axes.xaxis.set_major_locator(MultipleLocator(30))
    axes.yaxis.set_major_locator(MultipleLocator(30))
    axes.set_xlabel("East longitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    frame(axes)
    ordered = sorted(sources, key=lambda one: -one.power_gw)
    sizes = _sizes(np.array([one.power_gw for one in ordered]))
    warm = np.array([np.nan if one.temperature_k is None else one.temperature_k for one in ordered])
    lat, lon = (np.array([getattr(one, name) for one in ordered]) for name in ("lat_deg", "lon_east_deg"))
    known = np.isfinite(warm)
    look: dict[str, Any] = {"edgecolors": "black", "linewidths": 0.5}
    axes.scatter(lon[~known], lat[~known], s=sizes[~known], c=_UNKNOWN, zorder=4, **look)
    dots = axes.scatter(
        lon[known], lat[known], s=sizes[known], c=warm[known], cmap="inferno", norm=LogNorm(*_WARM_K), zorder=5, **look
    )
    bar = figure.add_axes((_LEFT_IN / _WIDTH_IN, 0.62 / height, 0.42 * wide / _WIDTH_IN, 0.12 / height), label="bar")
    figure.colorbar(dots, cax=bar, orientation="horizontal", extend="both")
    bar.set_xticks([100, 150, 200, 300, 400, 500, 700])
    bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.xaxis.set_minor_formatter(NullFormatter())
    bar.tick_params(labelsize=SMALL_PT, length=2.5, pad=1.5)
    bar.set_xlabel("Effective temperature (K); grey: not known", size=TEXT_PT, color=INK, labelpad=1.5)
    marks = [axes.scatter([], [], s=float(size), c="white", **look) for size in _sizes(np.array(_SHOWN_GW))]
    figure.legend(
        marks,
        [f"{gw:,.0f} GW" for gw in _SHOWN_GW],
        loc="center right",
        bbox_to_anchor=((_WIDTH_IN - _RIGHT_IN) / _WIDTH_IN, 0.6 / height),
        ncols=len(marks),
        fontsize=TEXT_PT,
        frameon=False,
    )
    write_title(figure, title, list(facts), left_in=_LEFT_IN)
    write_footer(figure, source, left_in=_LEFT_IN)
    labels: dict[str, Label] = {}
    for one, size in zip(ordered, sizes, strict=True):
        if one.name and not one.name.startswith("("):
            name = _short(one.name)
            labels.setdefault(name, Label(one.lon_east_deg, one.lat_deg, name, 0.35 * float(np.sqrt(size))))
    discs = _discs(axes, lon, lat, sizes)
    place_labels(axes, list(labels.values()), size_pt=SMALL_PT, obstacles=discs, most=_MOST_NAMES, mark=False)
    return figure


def _sizes(power_gw: np.ndarray) -> np.ndarray:
    sizes: np.ndarray = np.maximum(_LARGEST_PT2 * np.sqrt(power_gw / _SHOWN_GW[-1]), _SMALLEST_PT2)
    return sizes


def _short(name: str) -> str:
    """Without the kind, which the legend of every map of Io would repeat a hundred times."""
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in {"Patera", "Paterae", "Fluctus", "P."} else name


def _discs(axes: Axes, lon: np.ndarray, lat: np.ndarray, sizes: np.ndarray) -> list[Bbox]:
    """Boxes within the symbols, in display pixels."""
    points = axes.transData.transform(np.stack([lon, lat], axis=-1))
    radii = 0.4 * np.sqrt(sizes) * axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    return [Bbox.from_extents(x - r, y - r, x + r, y + r) for (x, y), r in zip(points, radii, strict=True)]
