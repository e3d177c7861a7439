"""A JIRAM frame with the disc where it was fitted and the hot spots that were found."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.style import SMALL_PT, TEXT_HALO, new_figure, write_footer, write_title
from perijove.jiram.hot_spots import MeasuredFrame
from perijove.jiram.passes import Joined
from perijove.jiram.sunlight import planes_of

__all__ = ["hot_spot_frame"]

_NAMED = 14  # of a band: more names would hide the picture
_NAME_GAP_PX = (42.0, 7.0)
_WIDTH_IN, _BAND_IN, _TOP_IN, _BOTTOM_IN, _LEFT_IN = 9.2, 3.0, 1.25, 0.75, 0.6
_SOFT_NOISE = 4.0  # noise up to which brightness is shown linearly


def hot_spot_frame(measured: MeasuredFrame, found: Sequence[Joined], *, source: str) -> Figure:
    """Both bands below each other, seen as on the sky.

    Parameters
    ----------
    measured : MeasuredFrame
    found : sequence of Joined
        Of this frame; others are passed over.
    source : str
        Footer.
    """
    frame = measured.frame
    tall = _TOP_IN + _BAND_IN * len(frame.bands)
    figure = new_figure(_WIDTH_IN, tall)
    count = sum(_mine(each, measured) for each in found)
    write_title(figure, f"{frame.product_id}: {count} hot spots", _facts(measured), left_in=_LEFT_IN)
    for k, band in enumerate(frame.bands):
        bottom = _BOTTOM_IN + (len(frame.bands) - 1 - k) * _BAND_IN
        box = (_LEFT_IN / _WIDTH_IN, bottom / tall, 1.0 - (_LEFT_IN + 0.2) / _WIDTH_IN, (_BAND_IN - 0.45) / tall)
        axes = figure.add_axes(box)
        _draw_band(axes, measured, band, [each for each in found if _mine(each, measured) and each.spot.band == band])
    write_footer(figure, source, left_in=_LEFT_IN)
    return figure


def _mine(each: Joined, measured: MeasuredFrame) -> bool:
    return each.spot.product_id == measured.frame.product_id


def _facts(measured: MeasuredFrame) -> list[str]:
    pointing = measured.pointing
    error = float(np.sqrt(np.max(np.diag(pointing.covariance)[:2])))
    noise = max(half.noise for half in measured.halves.values())
    when = f"{measured.frame.start_utc} UTC, {1e3 * measured.frame.exposure_s:g} ms"
    return [
        f"{when}; pointing ± {error:.2f} px{pointing.late_text}; noise {noise:.1f} counts",
        "Green: catalogued, yellow: not; squares: at least, beyond the linear range. Dashed: the limb as fitted.",
    ]


def _draw_band(axes: Axes, measured: MeasuredFrame, band: str, found: Sequence[Joined]) -> None:
    half = measured.halves[band]
    rows, columns = half.counts.shape
    shown = np.arcsinh(np.where(half.good, half.counts, 0.0) / (_SOFT_NOISE * half.noise))
    axes.imshow(
        shown, extent=(0.0, columns, rows, 0.0), cmap="magma", vmin=-0.5, vmax=float(np.percentile(shown, 99.8)) + 0.5
    )
    on = np.isfinite(planes_of(measured.pointing.shot(band))["emission"])
    if on.any() and not on.all():
        axes.contour(
            np.arange(columns) + 0.5,
            np.arange(rows) + 0.5,
            on.astype(float),
            levels=[0.5],
            colors="#9fd3ff",
            linewidths=0.7,
            linestyles="--",
        )
    for each in found:
        x, y = columns + 0.5 - each.spot.sample, each.spot.line - 0.5
        marker = "s" if each.spot.lower_limit else "o"
        color = "#7dffb0" if each.catalogue_id else "#ffe066"
        axes.plot(x, y, marker, ms=7.0, mfc="none", mec=color, mew=0.8)
    for each, (x, y) in _named(found, columns):
        axes.annotate(
            each.name,
            (x, y),
            xytext=(5, -3),
            textcoords="offset points",
            size=SMALL_PT,
            color="w",
            path_effects=TEXT_HALO,
        )
    axes.set_xlim(0.0, columns)
    axes.set_ylim(rows, 0.0)
    axes.set_title(f"Band {band}", loc="left", size=SMALL_PT + 1.0, pad=2.0)
    ticks = np.arange(1, columns + 1, 72)
    axes.set_xticks(columns + 0.5 - ticks, [str(tick) for tick in ticks])
    axes.tick_params(labelsize=SMALL_PT)
    axes.set_ylabel("line", size=SMALL_PT)
    if band == measured.frame.bands[-1]:
        axes.set_xlabel("sample (turned round: the sky as seen)", size=SMALL_PT)


def _named(found: Sequence[Joined], columns: int) -> list[tuple[Joined, tuple[float, float]]]:
    """The brightest that leave each other room, with where they are."""
    kept: list[tuple[Joined, tuple[float, float]]] = []
    for each in sorted(found, key=lambda one: -one.spot.counts):
        place = (columns + 0.5 - each.spot.sample, each.spot.line - 0.5)
        free = all(
            abs(place[0] - other[0]) > _NAME_GAP_PX[0] or abs(place[1] - other[1]) > _NAME_GAP_PX[1]
            for _, other in kept
        )
        if free and place[0] < columns - _NAME_GAP_PX[0]:
            kept.append((each, place))
        if len(kept) == _NAMED:
            break
    return kept
