"""What the data allow: corner plot of a posterior, Re k2 by thickness of the melt layer, odds of a magma ocean."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.bodies.galilean import IO_RE_K2_PARK_2025
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.studies.interior_inference import Posterior
from perijove.studies.interior_priors import Prior
from perijove.studies.magma_ocean import MeltLayerCurve, RoofOdds

__all__ = ["corner_figure", "melt_layer_figure", "odds_figure"]

_CELL_IN, _LEFT_IN = 1.55, 0.35
_LAWS = ("#0072b2", "#009e73", "#e69f00", "#d55e00")
_INK, _BEST, _BAND = "#0072b2", "#d55e00", "#009e73"
_MOST_BINS = 40
_MASSES = (0.95, 0.68)
_SHORT = {
    "melt_fraction": "Melt fraction",
    "asthenosphere_thickness_km": "Asthenosphere\n(km)",
    "lithosphere_thickness_km": "Lithosphere\n(km)",
    "rock_viscosity_pa_s": r"log$_{10}$ viscosity" + "\nof rock (Pa s)",
    "rock_rigidity_pa": r"log$_{10}$ rigidity" + "\nof rock (Pa)",
    "mantle_melt_fraction": "Melt in\nthe mantle",
    "core_radius_km": "Core radius\n(km)",
    "core_density_kg_m3": "Core density\n(kg/m³)",
    "crust_density_kg_m3": "Crust density\n(kg/m³)",
    "magma_viscosity_pa_s": "Viscosity of\nmagma (Pa s)",
    "alpha": "Exponent of\nAndrade's law",
    "zeta": r"Andrade's $\zeta$",
    "voigt_compliance_ratio": "Compliance\nof the peak",
    "voigt_viscosity_ratio": "Viscosity\nof the peak",
    "mean_density_kg_m3": "Mean density\n(kg/m³)",
    "ocean_thickness_km": "Ocean\n(km)",
    "ocean_depth_km": "Depth of\nits roof (km)",
    "re_k2": r"Re $k_2$",
    "minus_im_k2": r"$-$Im $k_2$",
}
_DECADES = ("rock_viscosity_pa_s", "rock_rigidity_pa")  # shown as logarithms; other logarithmic priors on a log axis
_PREDICTED = ("re_k2", "minus_im_k2")


def _shown(posterior: Posterior, name: str) -> np.ndarray:
    values = posterior.values(name)
    return np.log10(values) if name in _DECADES else values


def _range(posterior: Posterior, name: str) -> tuple[float, float]:
    """The prior's, or of all draws where that is ten times narrower; all draws of a prediction."""
    values = _shown(posterior, name)
    low, high = (float(value) for value in np.quantile(values, (0.001, 0.999)))
    edge = 0.05 * (high - low)
    prior = next((prior for prior in posterior.hypothesis.priors if prior.name == name), None)
    if prior is None:
        return low - edge, high + edge
    bounds = (prior.low, prior.high)
    if name in _DECADES:
        bounds = (float(np.log10(prior.low)), float(np.log10(prior.high)))
    return bounds if high - low > 0.1 * (bounds[1] - bounds[0]) else (low - edge, high + edge)


def corner_figure(posterior: Posterior, *, source: str = "") -> Figure:
    """One histogram per parameter and prediction, one map per pair: regions that hold 68 and 95 % of the draws.

    Grey lines are the priors. A cross marks the interior of the greatest likelihood.
    """
    names = (*posterior.hypothesis.parameters, *_PREDICTED)
    count = len(names)
    size = count * _CELL_IN + 1.9
    figure = new_figure(size, size)
    grid = figure.add_gridspec(
        count,
        count,
        left=1.0 / size,
        right=1 - 0.2 / size,
        bottom=0.95 / size,
        top=1 - 0.95 / size,
        wspace=0.07,
        hspace=0.07,
    )
    best = dict(zip(posterior.hypothesis.parameters, posterior.best, strict=True))
    for row, below in enumerate(names):
        for column, across in enumerate(names[: row + 1]):
            axes = figure.add_subplot(grid[row, column])
            if row == column:
                _histogram(axes, posterior, across)
            else:
                _density(axes, posterior, across, below)
                if across in best and below in best:
                    axes.plot(
                        *(np.log10(best[n]) if n in _DECADES else best[n] for n in (across, below)),
                        "x",
                        color=_BEST,
                        ms=6,
                        mew=1.5,
                    )
                axes.set_ylim(_range(posterior, below))
            axes.set_xlim(_range(posterior, across))
            _label(axes, row, column, count, across, below)
    facts = [
        f"{len(posterior.draws)} draws; {', '.join(datum.name for datum in posterior.likelihood.data)}",
        "grey: prior; regions hold 68 and 95 % of the draws; cross: greatest likelihood",
    ]
    write_title(figure, f"What the data allow: {posterior.hypothesis.name.replace('-', ' ')}", facts, left_in=_LEFT_IN)
    write_footer(figure, source, left_in=_LEFT_IN)
    return figure


def _label(axes: Axes, row: int, column: int, count: int, across: str, below: str) -> None:
    """Labels at the outer edges only."""
    frame(axes)
    axes.tick_params(labelsize=SMALL_PT - 0.5)
    axes.locator_params(nbins=4)
    if row == count - 1:
        axes.set_xlabel(_SHORT.get(across, across), size=SMALL_PT, color=INK)
        axes.tick_params(axis="x", labelrotation=40)
    else:
        axes.tick_params(labelbottom=False)
    if column == 0 and row > 0:
        axes.set_ylabel(_SHORT.get(below, below), size=SMALL_PT, color=INK)
    else:
        axes.tick_params(labelleft=False)
    if row == column:
        axes.tick_params(left=False, labelleft=False)
        axes.set_title("" if row else _SHORT.get(across, across).replace("\n", " "), size=SMALL_PT, color=INK)


def _prior_density(prior: Prior, at: np.ndarray, *, decades: bool) -> np.ndarray:
    """Density of a prior in the coordinate that is shown."""
    if prior.log and not decades:
        density: np.ndarray = 1.0 / (at * np.log(prior.high / prior.low))
        return density
    width = np.log10(prior.high / prior.low) if decades else prior.high - prior.low
    return np.full(at.shape, 1.0 / width)


def _bins(posterior: Posterior) -> int:
    """As many cells as the draws fill."""
    return int(min(_MOST_BINS, 0.5 * np.sqrt(len(posterior.draws)) + 5))


def _histogram(axes: Axes, posterior: Posterior, name: str) -> None:
    low, high = _range(posterior, name)
    heights, edges = np.histogram(_shown(posterior, name), _bins(posterior), (low, high), density=True)
    axes.stairs(heights, edges, color=_INK, lw=1.1, fill=True, alpha=0.35)
    axes.stairs(heights, edges, color=_INK, lw=1.1)
    for prior in posterior.hypothesis.priors:
        if prior.name == name:
            at = np.linspace(low, high, 100)
            axes.plot(at, _prior_density(prior, at, decades=name in _DECADES), color="#8a8a8a", lw=1.1, ls="--")
    axes.set_ylim(0.0, 1.15 * heights.max())


def _density(axes: Axes, posterior: Posterior, across: str, below: str) -> None:
    """Regions of the highest density."""
    counts, x, y = np.histogram2d(
        _shown(posterior, across),
        _shown(posterior, below),
        _bins(posterior),
        (_range(posterior, across), _range(posterior, below)),
    )
    smooth = _smoothed(counts.T)
    ordered = np.sort(smooth.ravel())[::-1]
    share = np.cumsum(ordered) / ordered.sum()
    levels = [float(ordered[np.searchsorted(share, mass)]) for mass in _MASSES]
    if levels[0] < levels[1] < smooth.max():
        middles = [0.5 * (edges[1:] + edges[:-1]) for edges in (x, y)]
        axes.contourf(*middles, smooth, levels=[*levels, smooth.max()], colors=["#9ecae1", "#3182bd"])


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Binomial smoothing over neighbouring cells, edges repeated."""
    kernel = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16.0
    padded = np.pad(counts, 2, mode="edge")
    rows = sum(weight * padded[k : k + len(counts)] for k, weight in enumerate(kernel))
    smooth: np.ndarray = sum(weight * np.asarray(rows)[:, k : k + counts.shape[1]] for k, weight in enumerate(kernel))
    return smooth


def melt_layer_figure(curves: Sequence[MeltLayerCurve], *, source: str = "") -> Figure:
    """Re k2 by thickness of a melt layer: magma oceans solid, partially molten shells dashed, Juno's value as bands."""
    figure = new_figure(8.4, 5.6)
    axes = figure.add_axes((0.09, 0.13, 0.70, 0.72))
    value, sigma = IO_RE_K2_PARK_2025.measured
    for width, alpha in ((3, 0.13), (1, 0.3)):
        axes.axhspan(value - width * sigma, value + width * sigma, color=_BAND, alpha=alpha, lw=0)
    axes.axhline(value, color=_BAND, lw=1.0)
    colors = {"magma-ocean": ("#7f2704", "#fdae6b"), "partially-molten": ("#08306b", "#6baed6")}
    ends = []
    for family, (dark, light) in colors.items():
        group = [curve for curve in curves if curve.family == family]
        for k, curve in enumerate(group):
            share = k / max(1, len(group) - 1)
            color = _mixed(dark, light, share)
            axes.plot(curve.thickness_km, curve.re_k2, color=color, lw=1.7, ls="-" if family == "magma-ocean" else "--")
            last = int(np.flatnonzero(np.isfinite(curve.re_k2))[-1])
            ends.append((float(curve.re_k2[last]), curve.label, color))
    axes.set(xscale="log", xlim=(curves[0].thickness_km[0], curves[0].thickness_km[-1]), ylim=(0.0, 1.0))
    _write_ends(axes, ends)
    axes.text(
        0.02,
        value / 1.0,
        "Juno: Park et al. 2025, 1σ and 3σ",
        transform=axes.get_yaxis_transform(),
        va="bottom",
        size=SMALL_PT,
        color=INK,
    )
    axes.set_xlabel("Thickness of the melt layer (km)", size=TEXT_PT, color=INK)
    axes.set_ylabel(r"Re $k_2$", size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d8d8d8")
    axes.set_axisbelow(True)
    frame(axes)
    facts = [
        "solid: ocean of magma, by the depth of its roof; dashed: partially molten rock under 30 km of lid, by melt"
    ]
    write_title(figure, "Io's tidal response by its melt layer", facts, left_in=_LEFT_IN)
    write_footer(figure, source, left_in=_LEFT_IN)
    return figure


def odds_figure(odds: Sequence[RoofOdds], *, source: str = "") -> Figure:
    """Ln odds of a magma ocean by the depth of its roof.

    A line for each law of errors with the first set of priors, and the least against an ocean of all.
    """
    figure = new_figure(8.4, 5.2)
    axes = figure.add_axes((0.09, 0.13, 0.75, 0.70))
    first = odds[0]
    edges = [low for low, _ in first.roofs_km] + [first.roofs_km[-1][1]]
    weakest = np.max([one.log_odds.max(axis=1) for one in odds], axis=0)
    for k, tail in enumerate(first.tails):
        axes.stairs(first.log_odds[:, k], edges, color=_LAWS[k % len(_LAWS)], lw=1.8, baseline=None, label=tail.name)
    axes.stairs(weakest, edges, color=INK, lw=1.6, ls="--", baseline=None, label="least of all priors")
    for odds_against in (1.0, 1e2, 1e4, 1e6, 1e8):
        log = -np.log(odds_against)
        axes.axhline(log, color=MUTED, lw=0.7, ls=":" if odds_against > 1.0 else "-")
        text = "even" if odds_against == 1.0 else f"1 to {odds_against:,.0f}"
        axes.text(1.01, log, text, transform=axes.get_yaxis_transform(), va="center", size=SMALL_PT, color=INK)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(-20.0, max(2.0, weakest.max() + 1.0)))
    axes.set_xlabel("Depth of the ocean's roof (km)", size=TEXT_PT, color=INK)
    axes.set_ylabel("Natural logarithm of the odds", size=TEXT_PT, color=INK)
    frame(axes)
    axes.legend(loc="lower right", fontsize=SMALL_PT, frameon=False, title="law of errors", title_fontsize=SMALL_PT)
    facts = [
        f"Priors: {first.choice.name} (lines); {', '.join(one.choice.name for one in odds)} (dashed)",
        "Even odds beforehand; what is below the frame rests on the law of errors alone",
    ]
    write_title(figure, "A magma ocean against a mostly solid mantle", facts, left_in=_LEFT_IN)
    write_footer(figure, source, left_in=_LEFT_IN)
    return figure


def _mixed(dark: str, light: str, share: float) -> tuple[float, ...]:
    ends = [[int(color[i : i + 2], 16) / 255.0 for i in (1, 3, 5)] for color in (dark, light)]
    return tuple((1.0 - share) * a + share * b for a, b in zip(*ends, strict=True))


def _write_ends(axes: Axes, ends: list[tuple[float, str, tuple[float, ...]]]) -> None:
    """Labels at the right ends of curves, pushed apart where they would touch."""
    apart, at = 0.042, -1.0
    for value, label, color in sorted(ends):
        at = max(value, at + apart)
        axes.annotate(
            label,
            (1.0, value),
            (1.02, at),
            xycoords=axes.get_yaxis_transform(),
            textcoords=axes.get_yaxis_transform(),
            va="center",
            size=SMALL_PT,
            color=color,
            annotation_clip=False,
        )
