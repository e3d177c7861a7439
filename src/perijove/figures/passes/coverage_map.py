"""What passes cover: best resolution, angles and light on a map."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, LogNorm, Normalize, SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter

from perijove.bodies.juno import PIXEL_RAD
from perijove.figures.labels import Label, place_labels
from perijove.figures.picture import Feature
from perijove.figures.style import INK, NO_DATA, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.passes.coverage import Coverage
from perijove.timescales import tdb_to_utc

__all__ = ["draw_coverage"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN, _TOP_IN, _FOOT_IN = 10.0, 0.72, 0.3, 0.95, 0.35
_GAP_IN, _BELOW_IN, _UNDER_IN, _BAR_IN = 0.45, 1.1, 0.85, 0.11
_SMALL_COLUMNS = 3
_MOST_NAMES = 20
_MOST_LISTED = 6
_MOST_OF_MAP = 97.0  # per cent
_LINEAR_MIN = 1.0  # of the scale of times, which is logarithmic beyond
_LIGHT_WORDS = {"any": "by day and by night", "sun": "in sunlight", "night": "in the dark"}
_INCIDENCE = {"any": (0.0, 180.0), "sun": (0.0, 90.0), "night": (0.0, 180.0)}
_CAMERAS = {"JUNOCAM": "JunoCam", "JIRAM": "JIRAM", "SRU": "SRU"}
_QUALITATIVE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f5f9f")


def draw_coverage(
    coverage: Coverage, *, camera: str = "JUNOCAM", features: Sequence[Feature] = (), source: str = ""
) -> Figure:
    """Map of the best resolution, and small maps of emission, incidence and time or pass.

    Parameters
    ----------
    coverage : Coverage
        Of at least one pass.
    camera : str
        One of `perijove.bodies.juno.PIXEL_RAD`, for the size of a pixel.
    features : sequence of Feature
        Named places; on the large map, as many as fit where something is seen.
    source : str
        Source line at the bottom; the program's name and version if empty.

    Returns
    -------
    Figure
        Equirectangular, east to the right, grey where nothing is seen. A line marks where the Sun stands on the horizon
        at the time of the sharpest look.
    """
    looks = coverage.looks
    wide = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    small = (wide - (_SMALL_COLUMNS - 1) * _GAP_IN) / _SMALL_COLUMNS
    height = _TOP_IN + 0.5 * wide + _BELOW_IN + 0.5 * small + _UNDER_IN + _FOOT_IN
    figure = new_figure(_WIDTH_IN, height)

    def place(left: float, top: float, width: float, name: str) -> tuple[Axes, Axes]:
        axes = figure.add_axes(
            (left / _WIDTH_IN, (height - top - 0.5 * width) / height, width / _WIDTH_IN, 0.5 * width / height),
            label=name,
        )
        bar_top = top + 0.5 * width + (0.48 if width > small else 0.33)
        bar = figure.add_axes(
            (left / _WIDTH_IN, (height - bar_top - _BAR_IN) / height, width / _WIDTH_IN, _BAR_IN / height),
            label=f"bar {name}",
        )
        return axes, bar

    resolution = looks.stretched_range_km * PIXEL_RAD[camera]
    axes, bar = place(_LEFT_IN, _TOP_IN, wide, "resolution")
    low, high = _limits(resolution)
    _show(axes, coverage, resolution, cmap="viridis_r", norm=LogNorm(low, high), step_deg=30.0)
    _bar(bar, axes, f"{_CAMERAS[camera]} pixel on the ground, longer side, at the sharpest look (km)", log=True)
    axes.set_xlabel("East longitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    _write_names(axes, coverage, features)
    top = _TOP_IN + 0.5 * wide + _BELOW_IN
    incidence = Normalize(*_INCIDENCE[coverage.light])
    panels: list[tuple[str, np.ndarray, str | Colormap, Normalize, str]] = [
        ("emission", looks.least_emission_deg, "viridis_r", Normalize(0.0, 90.0), "Least emission angle (deg)"),
        ("incidence", looks.incidence_deg, "cividis_r", incidence, "Incidence at the sharpest look (deg)"),
        _when(coverage),
    ]
    for number, (name, values, colors, norm, words) in enumerate(panels):
        axes, bar = place(_LEFT_IN + number * (small + _GAP_IN), top, small, name)
        _show(axes, coverage, values, cmap=colors, norm=norm, step_deg=90.0)
        _bar(bar, axes, words, names=[w.name for w in coverage.windows] if name == "pass" else None)
    body = coverage.windows[0].vantage.body.capitalize()
    write_title(figure, f"Coverage of {body} by {_passes_words(coverage)}", _facts(coverage), left_in=_LEFT_IN)
    note = "dashed: Sun on the horizon" if coverage.light == "any" else ""
    write_footer(figure, source, left_in=_LEFT_IN, note=note)
    return figure


def _passes_words(coverage: Coverage) -> str:
    names = [window.name for window in coverage.windows]
    return ", ".join(names) if len(names) <= _MOST_LISTED else f"{len(names)} passes, {names[0]} to {names[-1]}"


def _facts(coverage: Coverage) -> list[str]:
    times = sorted(window.closest_tdb for window in coverage.windows)
    ends = [tdb_to_utc(tdb, digits=0)[:16].replace("T", " ") for tdb in dict.fromkeys((times[0], times[-1]))]
    seen = (
        f"{100.0 * coverage.seen_fraction:.1f} % of the surface in view {_LIGHT_WORDS[coverage.light]}, "
        f"emission below {coverage.max_emission_deg:g}°"
    )
    return [
        f"closest approach {' to '.join(ends)} UTC   ·   {seen}",
        "what stood above the horizon; where instruments looked, and when they were on, is not considered",
    ]


def _when(coverage: Coverage) -> tuple[str, np.ndarray, str | Colormap, Normalize, str]:
    """Time of the sharpest look for one pass, which pass it was for several."""
    looks = coverage.looks
    if len(coverage.windows) > 1:
        count = len(coverage.windows)
        colors = ListedColormap(_QUALITATIVE[:count]) if count <= len(_QUALITATIVE) else colormaps["viridis"]
        colors = colors.resampled(count)
        values = np.where(looks.seen, looks.window.astype(float), np.nan)
        return "pass", values, colors, BoundaryNorm(np.arange(count + 1) - 0.5, count), "Pass of the sharpest look"
    minutes = (looks.time_tdb - coverage.windows[0].closest_tdb) / 60.0
    most = max(float(np.nanmax(np.abs(minutes))), _LINEAR_MIN) if looks.seen.any() else _LINEAR_MIN
    norm = SymLogNorm(_LINEAR_MIN, vmin=-most, vmax=most)
    return "time", minutes, "cividis", norm, "Sharpest look, from closest approach (min)"


def _limits(values: np.ndarray) -> tuple[float, float]:
    """Least value, and that below which nearly all lie: beside the limb a pixel's side on the ground has no bound."""
    good = values[np.isfinite(values)]
    if not good.size:
        return 1.0, 10.0
    low, high = (float(value) for value in np.percentile(good, (0.0, _MOST_OF_MAP)))
    return low, max(high, 1.01 * low)


def _show(
    axes: Axes, coverage: Coverage, values: np.ndarray, *, cmap: str | Colormap, norm: Normalize, step_deg: float
) -> None:
    """Values on the map, with graticule and the line of sunrise and sunset."""
    axes.set_facecolor(NO_DATA)
    axes.imshow(values, extent=(-180.0, 180.0, -90.0, 90.0), cmap=cmap, norm=norm, interpolation="nearest")
    incidence = coverage.looks.incidence_deg
    if (incidence < 90.0).any() and (incidence > 90.0).any():
        rows, columns = incidence.shape
        lat = 90.0 - (np.arange(rows) + 0.5) * 180.0 / rows
        lon = -180.0 + (np.arange(columns) + 0.5) * 360.0 / columns
        axes.contour(lon, lat, incidence, [90.0], colors="white", linestyles="dashed", linewidths=0.9)
    axes.grid(lw=0.5, color="white", alpha=0.5)
    axes.set(xlim=(-180.0, 180.0), ylim=(-90.0, 90.0), aspect="equal")
    axes.xaxis.set_major_locator(MultipleLocator(step_deg))
    axes.yaxis.set_major_locator(MultipleLocator(min(step_deg, 45.0)))
    frame(axes)
    axes.tick_params(labelsize=SMALL_PT)


def _bar(bar: Axes, axes: Axes, words: str, *, log: bool = False, names: Sequence[str] | None = None) -> None:
    colors = axes.get_figure(root=True).colorbar(  # type: ignore[union-attr]
        axes.images[0], cax=bar, orientation="horizontal", extend="max" if log else "neither"
    )
    colors.outline.set_linewidth(0.6)
    frame(bar)
    if log:
        bar.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bar.xaxis.set_minor_formatter(NullFormatter())
    elif isinstance(axes.images[0].norm, SymLogNorm):
        most = float(axes.images[0].norm.vmax or 1.0)
        ticks = [t for t in (1.0, 10.0, 100.0) if t < most]
        bar.set_xticks([-t for t in reversed(ticks)] + [0.0, *ticks], minor=False)
        bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "−")))
        bar.minorticks_off()
    elif names is not None:
        every = -(-len(names) // _MOST_LISTED)
        bar.set_xticks(range(0, len(names), every), names[::every])
        bar.minorticks_off()
    bar.tick_params(which="both", labelsize=SMALL_PT, length=2.5, pad=1.5)
    bar.set_xlabel(words, size=TEXT_PT, color=INK, labelpad=1.5)


def _write_names(axes: Axes, coverage: Coverage, features: Sequence[Feature]) -> None:
    """Names of places that are seen, most important first."""
    rows, columns = coverage.looks.seen.shape
    labels = []
    for feature in sorted(features, key=lambda feature: (feature.rank, -feature.diameter_km)):
        row = min(int((90.0 - feature.lat_deg) / 180.0 * rows), rows - 1)
        column = min(int((feature.lon_east_deg + 180.0) / 360.0 * columns), columns - 1)
        if coverage.looks.seen[row, column]:
            labels.append(Label(feature.lon_east_deg, feature.lat_deg, feature.name))
    place_labels(axes, labels, size_pt=SMALL_PT, most=_MOST_NAMES)
