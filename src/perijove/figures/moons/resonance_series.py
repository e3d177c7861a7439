"""The Laplace angle over decades, and the lines that it is made of."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.constants import DAYS_PER_YEAR
from perijove.figures.style import INK, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.resonance.frequencies import spectrum
from perijove.resonance.measured import ResonanceReport
from perijove.resonance.slow_motion import laplace_series_deg

__all__ = ["laplace_angle_figure", "laplace_spectrum_figure"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN = 10.0, 0.85, 0.3
_EPOCH_YEAR = 2000.0
_CLOSE_YEARS = 12.0
_SAMPLED, _SLOW, _FREE = "#9fb8cc", "#0072b2", "#d55e00"
_NAMED_LINES = 6


def _axes(figure: Figure, bottom_in: float, height_in: float) -> Axes:
    width, height = figure.get_size_inches()
    return figure.add_axes(
        (_LEFT_IN / width, bottom_in / height, (width - _LEFT_IN - _RIGHT_IN) / width, height_in / height)
    )


def _years(days: np.ndarray) -> np.ndarray:
    return _EPOCH_YEAR + days / DAYS_PER_YEAR


def laplace_angle_figure(report: ResonanceReport, *, source: str) -> Figure:
    """Laplace angle over the whole span, and over a dozen years with the free libration in it.

    Parameters
    ----------
    report : ResonanceReport
    source : str
        Source line at the bottom.
    """
    motion, laplace = report.motion, report.laplace
    figure = new_figure(_WIDTH_IN, 6.6)
    slow = laplace_series_deg(motion)
    osculating_days = motion.osculating_days
    osculating = motion.osculating_laplace_deg + 180.0
    fit = report.laplace_lines
    trend = fit.trend[0] + fit.trend[1] * (motion.days - fit.middle)
    free = 180.0 + trend + (fit.amplitude[0] * np.exp(1j * fit.frequency[0] * motion.days)).real
    whole, close = _axes(figure, 3.75, 1.95), _axes(figure, 0.85, 2.25)
    middle = 0.5 * (osculating_days[0] + osculating_days[-1])
    near = np.abs(osculating_days - middle) < 0.5 * _CLOSE_YEARS * DAYS_PER_YEAR
    slow_near = np.abs(motion.days - middle) < 0.5 * _CLOSE_YEARS * DAYS_PER_YEAR
    whole.plot(_years(osculating_days), osculating, lw=0.25, color=_SAMPLED, rasterized=True)
    whole.plot(_years(motion.days), slow, lw=0.5, color=_SLOW)
    close.plot(_years(osculating_days[near]), osculating[near], lw=0.5, color=_SAMPLED, label="osculating")
    close.plot(
        _years(motion.days[slow_near]), slow[slow_near], lw=1.6, color=_SLOW, label="geometric, periods above 75 d"
    )
    libration = laplace.free_libration
    label = f"free libration alone: {libration.period_days.value:.1f} d, {libration.amplitude_deg.value:.4f}°"
    close.plot(_years(motion.days[slow_near]), free[slow_near], "--", lw=1.4, color=_FREE, label=label)
    for axes in (whole, close):
        axes.axhline(180.0, lw=0.7, color=INK, zorder=0)
        axes.set_ylabel("Laplace angle (deg)", size=TEXT_PT, color=INK)
        axes.set_ylim(179.45, 180.55)
        axes.set_yticks(np.arange(179.5, 180.55, 0.25))
        axes.ticklabel_format(axis="y", useOffset=False)
        frame(axes)
        axes.margins(x=0.0)
    close.set_xlabel("Year", size=TEXT_PT, color=INK)
    close.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=3, fontsize=SMALL_PT + 0.5, frameon=False)
    mean, half = laplace.mean_deg, laplace.osculating_half_range_deg
    facts = f"mean {mean.value:.4f} ± {mean.sigma:.4f} deg, osculating half-range {half:.3f} deg"
    write_title(figure, "The Laplace angle λ₁ − 3λ₂ + 2λ₃", [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure


def laplace_spectrum_figure(report: ResonanceReport, *, source: str) -> Figure:
    """Amplitude spectrum of the slow Laplace angle with its lines by name.

    Parameters
    ----------
    report : ResonanceReport
    source : str
        Source line at the bottom.
    """
    motion, fit = report.motion, report.laplace_lines
    frequency, level = spectrum(laplace_series_deg(motion) - 180.0 - fit.trend[0], step=motion.step_days)
    _, left = spectrum(fit.residual, step=motion.step_days)
    figure = new_figure(_WIDTH_IN, 5.2)
    axes = _axes(figure, 0.85, 3.4)
    degrees = np.degrees(frequency)
    axes.semilogy(degrees, level, lw=0.8, color=_SLOW, label="Laplace angle")
    axes.semilogy(degrees, left, lw=0.7, color=_SAMPLED, label="what the lines leave", zorder=0)
    lines = [report.laplace.free_libration, *[line for line in report.laplace.forced if line.argument]][
        : _NAMED_LINES + 1
    ]
    for number, line in enumerate(sorted(lines, key=lambda one: one.period_days.value), 1):
        place, height = 360.0 / line.period_days.value, line.amplitude_deg.value
        axes.plot(place, height, "o", ms=4.0, mfc="white", mec=_FREE, mew=1.2, zorder=4)
        axes.annotate(
            str(number),
            (place, height),
            xytext=(5.0 if number % 2 else -5.0, 4.0),
            textcoords="offset points",
            size=TEXT_PT,
            color=_FREE,
            weight="bold",
            ha="left" if number % 2 else "right",
        )
        text = f"{number}  {line.period_days.value:8.1f} d  {line.amplitude_deg.value:.4f}°  {_words(line.argument)}"
        axes.text(0.49, 1.01 - 0.055 * number, text, transform=axes.transAxes, size=SMALL_PT + 0.5, color=INK, va="top")
    axes.set(xlim=(0.0, 1.9), ylim=(2e-5, 1.5))
    axes.set_xlabel("Frequency (deg per day)", size=TEXT_PT, color=INK)
    axes.set_ylabel("Amplitude (deg)", size=TEXT_PT, color=INK)
    axes.legend(loc="upper left", fontsize=SMALL_PT + 0.5, frameon=False, ncols=2)
    frame(axes)
    resolution = 360.0 / (motion.step_days * motion.days.size)
    facts = (
        f"{report.years:.0f} years, resolution {resolution:.4f} deg per day; lines closer than that share one peak and "
        "are told apart by the eccentricities"
    )
    write_title(figure, "Spectrum of the Laplace angle", [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3, note="circles: fitted amplitudes")
    return figure


def _words(argument: str) -> str:
    return argument.replace("l1", "λ₁").replace("l2", "λ₂").replace(" - ", " − ")
