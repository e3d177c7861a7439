"""Heights along the limb with their errors, and plumes or limits above it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from perijove.figures.picture import marked
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.relief.limb_view import LimbView

__all__ = ["limb_heights_figure"]

_WIDTH_IN, _HEIGHT_IN = 10.0, 6.6
_LEFT_IN, _RIGHT_IN = 0.85, 1.0
_BLUE, _ORANGE, _GREEN = "#0072b2", "#d55e00", "#009e73"
_TRIAL_COLORS = ("#cc79a7", "#0072b2", "#009e73", "#d55e00")
_MARGIN_DEG = 3.0


def limb_heights_figure(view: LimbView, *, title: str, source: str) -> Figure:
    """Height above the ellipsoid against azimuth; below it plumes, and how bright they are at most.

    Parameters
    ----------
    view : LimbView
    title, source : str
        Title, and source line at the bottom.
    """
    h = view.measured.heights
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)
    start = _start_deg(h.azimuth_deg)
    width = (_WIDTH_IN - _LEFT_IN - _RIGHT_IN) / _WIDTH_IN
    left = _LEFT_IN / _WIDTH_IN
    upper = figure.add_axes((left, 3.35 / _HEIGHT_IN, width, 2.2 / _HEIGHT_IN), label="heights")
    lower = figure.add_axes((left, 0.95 / _HEIGHT_IN, width, 1.75 / _HEIGHT_IN), label="sky")
    azimuth = (h.azimuth_deg - start) % 360.0 + start
    span = (float(azimuth.min()) - _MARGIN_DEG, float(azimuth.max()) + _MARGIN_DEG)
    _draw_heights(upper, view, azimuth, start)
    upper.set_xlim(*span)
    _write_places(upper, view, azimuth)
    _draw_sky(lower, view, start)
    lower.set_xlim(start, start + 360.0)
    lower.set_xticks(np.arange(np.ceil(start / 30.0) * 30.0, start + 360.1, 30.0))
    lower.set_xticklabels([f"{a % 360.0:.0f}" for a in lower.get_xticks()])
    ticks = upper.get_xticks()
    upper.set_xticks(ticks)
    upper.set_xticklabels([f"{a % 360.0:g}" for a in ticks])
    upper.set_xlim(*span)
    facts = (
        f"{h.pixel_km:.2f} km per pixel at the limb, {len(h)} places of {h.bin_km:.1f} km; standard error "
        f"{np.median(h.sigma_km):.2f} km (median), by the poses alone {np.median(h.pose_sigma_km):.2f} km"
    )
    write_title(figure, marked(f"Io's limb   {title}", source), [facts], left_in=0.35)
    write_footer(figure, source, left_in=0.35)
    return figure


def _start_deg(azimuth_deg: np.ndarray) -> float:
    """Where to cut the circle: in the widest stretch without limb."""
    gaps = np.diff(np.concatenate([azimuth_deg, azimuth_deg[:1] + 360.0]))
    widest = int(np.argmax(gaps))
    return float((azimuth_deg[widest] + 0.5 * gaps[widest]) % 360.0)


def _draw_heights(axes: Axes, view: LimbView, azimuth: np.ndarray, start: float) -> None:
    h = view.measured.heights
    order = np.argsort(azimuth)
    at, height, sigma, pose = azimuth[order], h.height_km[order], h.sigma_km[order], h.pose_sigma_km[order]
    gaps = np.flatnonzero(np.diff(at) > 2.5 * h.place_deg) + 1
    for part in np.split(np.arange(len(at)), gaps):
        low, high = height[part] - sigma[part], height[part] + sigma[part]
        axes.fill_between(at[part], low, high, color=_BLUE, alpha=0.25, lw=0)
        axes.fill_between(at[part], -pose[part], pose[part], color="#000000", alpha=0.12, lw=0)
        axes.plot(at[part], height[part], color=_BLUE, lw=1.0, marker="." if len(part) < 80 else "", ms=3)
    axes.axhline(0.0, color=INK, lw=0.7)
    top = max(1.5 * float(np.max(h.height_km)), 3.0 * float(np.median(h.sigma_km)), 1.0)
    low = min(1.2 * float(np.min(h.height_km)), -2.0 * float(np.median(h.sigma_km)))
    for rise in view.measured.rises:
        x = (h.azimuth_deg[rise.top] - start) % 360.0 + start
        axes.errorbar(x, rise.height_km, rise.sigma_km, color=_ORANGE, marker="v", ms=4, lw=1.0, capsize=2)
        name = f"\n{rise.candidates[0].name}?" if rise.candidates else ""
        axes.annotate(
            f"{rise.height_km:.1f} ± {rise.sigma_km:.1f}{name}",
            (x, rise.height_km + rise.sigma_km),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=SMALL_PT,
            color=_ORANGE,
        )
    axes.set_ylim(low, top)
    axes.set_ylabel("Height above the ellipsoid (km)", size=TEXT_PT, color=INK)
    axes.set_xlabel("Azimuth about the disc, from north to the right (deg)", size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    frame(axes)
    axes.text(
        1.012,
        0.98,
        "band: ± 1 sigma\ngrey: by poses\nalone",
        transform=axes.transAxes,
        size=SMALL_PT,
        color=MUTED,
        va="top",
    )


def _write_places(axes: Axes, view: LimbView, azimuth: np.ndarray) -> None:
    """Latitude and longitude of some places, above the frame."""
    h = view.measured.heights
    left, right = axes.get_xlim()
    for x in np.linspace(left, right, 9)[1:-1]:
        k = int(np.argmin(np.abs(azimuth - x)))
        if abs(float(azimuth[k]) - x) > 2.0 * _MARGIN_DEG:
            continue
        lat, lon = float(h.lat_deg[k]), float(h.lon_east_deg[k]) % 360.0
        words = f"{abs(lat):.0f}°{'N' if lat >= 0 else 'S'}\n{lon:.0f}°E"
        axes.annotate(
            words,
            (float(azimuth[k]), 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=SMALL_PT,
            color=MUTED,
        )


def _draw_sky(axes: Axes, view: LimbView, start: float) -> None:
    plumes = view.plumes
    azimuth = (plumes.azimuth_deg - start) % 360.0 + start
    order = np.argsort(azimuth)
    for t, size in enumerate(plumes.tried_km):
        if np.isfinite(plumes.limit[:, t]).any():
            axes.plot(azimuth[order], plumes.limit[order, t], color=_TRIAL_COLORS[t], lw=0.9, label=f"{size:.0f} km")
    axes.set_yscale("log")
    known = plumes.limit[np.isfinite(plumes.limit)]
    low, high = (known.min() / 1.5, known.max() * 1.5) if len(known) else (1e-5, 1e-2)
    low, high = min(low, 0.3 * high), max(high, 3.0 * low)  # so that a decade's ticks are few
    for site in plumes.sites:
        x = (site.azimuth_deg - start) % 360.0 + start
        axes.axvline(x, color=MUTED, lw=0.5, ls=":")
        axes.text(
            x, 0.03, f" {site.name}", transform=axes.get_xaxis_transform(), size=SMALL_PT - 1, color=MUTED, rotation=90
        )
    for plume in plumes.plumes:
        x = (plume.azimuth_deg - start) % 360.0 + start
        axes.errorbar(
            x,
            plume.brightness,
            3.0 * plume.brightness_sigma,
            3.0 * plume.azimuth_sigma_deg,
            color=INK,
            marker="*",
            ms=9,
        )
        axes.annotate(
            f"{plume.height_km:.0f} ± {plume.height_sigma_km:.0f} km",
            (x, plume.brightness),
            xytext=(7, 0),
            textcoords="offset points",
            size=SMALL_PT,
            color=INK,
            va="center",
        )
        high = max(high, 2.5 * plume.brightness)
    axes.set_ylim(low, high)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0e}".replace("e-0", "e-")))
    axes.set_ylabel("I/F at the limb", size=TEXT_PT, color=INK)
    axes.set_xlabel("Azimuth about the disc (deg)", size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d0d0d0", which="major")
    axes.set_axisbelow(True)
    frame(axes)
    words = {"fontsize": SMALL_PT, "frameon": False, "title_fontsize": SMALL_PT}
    if not len(known):
        return
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.03), title="Plume, at most\n(3 sigma)", **words)
