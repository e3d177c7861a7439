"""The Laplace resonance as numbers with errors: mean motions, the Laplace angle, free and forced parts of the orbits.

For every two revolutions of Ganymede Europa makes four and Io eight, nearly: n1 - 2 n2 and n2 - 2 n3 are not zero but
0.74 deg per day, and equal. Their difference is the rate of the Laplace angle l1 - 3 l2 + 2 l3, which librates about
180 deg. Conjunctions of Io and Europa therefore always fall at the same place of Io's orbit, its pericentre, and all
three moons are never in line on one side.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from perijove.bodies.galilean import (
    GALILEAN_MEAN_GM_KM3_S2,
    GALILEAN_NODE_RATES_DEG_DAY,
    GALILEAN_PERICENTER_RATES_DEG_DAY,
    LAPLACE_LIBRATION_PERIOD_DAYS,
    LAPLACE_SLOW_AMPLITUDES_DEG,
    LAPLACE_SLOW_PERIODS_DAYS,
)
from perijove.bodies.jupiter import JUPITER_ORBIT_PERIOD_DAYS
from perijove.constants import HOURS_PER_DAY, SECONDS_PER_YEAR
from perijove.ephemeris.galilean import SPAN_TDB
from perijove.errors import FitError, InputError
from perijove.resonance.frequencies import QuasiPeriodic, fitted_lines, spectral_lines
from perijove.resonance.proper_modes import ProperModes, proper_modes
from perijove.resonance.slow_motion import SlowMotion, laplace_series_deg, slow_motion

__all__ = [
    "MOONS",
    "LaplaceAngle",
    "Measured",
    "MoonOrbit",
    "ResonanceReport",
    "ResonantAngle",
    "SpectralLine",
    "built_in_span",
    "resonance_report",
]

MOONS = tuple(GALILEAN_MEAN_GM_KM3_S2)
"""Io to Callisto."""
_LINES = 10
_APART = 1.5  # resolutions between a line that theory names and one that only the search saw
_TOLD_APART = 0.3  # resolutions from the free libration below which a weak line would only blur it
_WINDOW_REACH = 2.0  # resolutions: the Hann window sees lines this near
_LIBRATION_DAYS = (1700.0, 2600.0)  # where the free libration is looked for
_CONJUNCTION = "l1 - 2 l2"
_MODES = tuple(f"free pericentre of {name.capitalize()}" for name in MOONS)
_SIN_TO_DEG = 2.0 * 180.0 / np.pi  # sin(I/2) to degrees, small angles

# The first-order resonant arguments l_i - 2 l_k + pericentre of m, as indices (i, k, m), and where they stay.
_ARGUMENTS = (
    ("l1 - 2 l2 + w1", 0, 1, 0),
    ("l1 - 2 l2 + w2", 0, 1, 1),
    ("l2 - 2 l3 + w2", 1, 2, 1),
    ("l2 - 2 l3 + w3", 1, 2, 2),
)


@dataclass(frozen=True)
class Measured:
    """A value and its standard error, in the unit of the field's name; NaN where the value was taken as known."""

    value: float
    sigma: float


@dataclass(frozen=True)
class MoonOrbit:
    """What frequency analysis says of one moon's orbit; inclinations to Jupiter's equator of J2000."""

    name: str
    mean_motion_deg_day: Measured
    period_h: Measured
    semi_major_axis_km: float  # geometric, mean
    forced_eccentricity: Measured  # by the 2:1 resonances: the line at -(n1 - 2 n2)
    free_eccentricity: Measured  # of the moon's own proper mode
    pericenter_deg_day: Measured  # rate of that mode
    free_inclination_deg: Measured
    forced_inclination_deg: Measured  # the constant tilt of the Laplace plane
    node_deg_day: Measured  # rate of the moon's own mode, negative


@dataclass(frozen=True)
class SpectralLine:
    """A line of the Laplace angle."""

    argument: str  # what makes it, empty where no one knows
    period_days: Measured
    amplitude_deg: Measured


@dataclass(frozen=True)
class ResonantAngle:
    """A first-order resonant argument."""

    argument: str
    librates: bool
    center_deg: float  # -90 to 270; NaN where it circulates
    half_range_deg: float  # 180 where it circulates


@dataclass(frozen=True)
class LaplaceAngle:
    """l1 - 3 l2 + 2 l3."""

    mean_deg: Measured
    rate_deg_day: Measured  # zero if the Laplace relation is exact
    osculating_half_range_deg: float  # half of greatest minus least, of osculating longitudes
    free_libration: SpectralLine
    forced: tuple[SpectralLine, ...]  # strongest first
    residual_rms_deg: float  # what the lines leave of the slow part


@dataclass(frozen=True)
class ResonanceReport:
    """The resonance over some years, with the series it was made from."""

    start_tdb: float
    years: float
    moons: tuple[MoonOrbit, ...]
    conjunction_rate_io_europa_deg_day: Measured  # n1 - 2 n2
    conjunction_rate_europa_ganymede_deg_day: Measured  # n2 - 2 n3
    laplace: LaplaceAngle
    resonant_angles: tuple[ResonantAngle, ...]
    motion: SlowMotion
    eccentricities: ProperModes
    inclinations: ProperModes
    laplace_lines: QuasiPeriodic  # of the slow Laplace angle less 180 deg, time in days past J2000


def _slope(longitudes: np.ndarray, step: float) -> Measured:
    """Rate of a longitude, its lines fitted along; deg per day.

    Only lines that go round at least once in the span: a slower one and the rate would trade places.
    """
    guess = (longitudes[-1] - longitudes[0]) / (step * (longitudes.size - 1))
    left = longitudes - guess * step * np.arange(longitudes.size)
    left = left - left.mean()
    seen = spectral_lines(left, step=step, most=_LINES, trend=1).frequency
    fit = fitted_lines(left, seen[seen > 2.0 * np.pi / (longitudes.size * step)], step=step, trend=1)
    return Measured(float(guess + fit.trend[1]), float(fit.trend_sigma[1]))


def _mean_motion(longitudes: np.ndarray, step: float) -> Measured:
    """Rate over the span; what is longer passes for rate, so how parts of the span differ counts as error.

    Two halves may agree by chance; the larger of their error and that of three thirds does so seldom.
    """
    whole = _slope(longitudes, step)
    by_parts = [[_slope(part, step).value for part in np.array_split(longitudes, count)] for count in (2, 3)]
    scatter = max(float(np.std(values, ddof=1)) / np.sqrt(len(values)) for values in by_parts)
    return Measured(whole.value, float(np.hypot(whole.sigma, scatter)))


def _laplace_lines(
    motion: SlowMotion, conjunction: float, e: ProperModes, i: ProperModes
) -> tuple[QuasiPeriodic, list[str]]:
    """Lines of the slow Laplace angle: those that theory names, then what else a search sees.

    The two strongest, of the free eccentricities of Ganymede and Callisto, are 0.7 of the resolution of 140 years
    apart; their frequencies come from the eccentricities themselves.
    """
    angle = laplace_series_deg(motion) - 180.0
    start, step = float(motion.days[0]), motion.step_days
    resolution = 2.0 * np.pi / (angle.size * step)
    found = spectral_lines(angle, step=step, start=start, most=_LINES, trend=1)
    libration = 2.0 * np.pi / LAPLACE_LIBRATION_PERIOD_DAYS
    year = 2.0 * np.pi / JUPITER_ORBIT_PERIOD_DAYS
    nodes = i.frequency
    named = {"free libration": libration}
    named |= {f"{_CONJUNCTION} + {mode}": conjunction + g for mode, g in zip(_MODES, e.frequency, strict=True)}
    weak = {
        "half a year of Jupiter": 2.0 * year,
        "year of Jupiter": year,
        f"2 ({_CONJUNCTION}) + nodes of Europa and Ganymede": 2.0 * conjunction + nodes[1] + nodes[2],
        f"2 ({_CONJUNCTION}) + twice the node of Europa": 2.0 * conjunction + 2.0 * nodes[1],
    }
    named |= {name: w for name, w in weak.items() if abs(w - libration) > _TOLD_APART * resolution}
    frequencies = np.array(list(named.values()))
    others = found.frequency[np.min(np.abs(found.frequency[:, None] - frequencies), axis=1) > _APART * resolution]
    free = np.arange(frequencies.size + others.size) >= frequencies.size
    free[0] = True
    fit = fitted_lines(angle, [*frequencies, *others], step=step, start=start, trend=1, refine=free)
    if not _LIBRATION_DAYS[0] < 2.0 * np.pi / fit.frequency[0] < _LIBRATION_DAYS[1]:
        raise FitError("no free libration of the Laplace angle shows in this span; ask for more `years`")
    # How far the amplitudes follow the errors of the frequencies that were taken as known.
    followed = np.zeros((e.frequency.size, fit.frequency.size))
    for k, sigma in enumerate(np.nan_to_num(e.frequency_sigma)):  # not placed: nothing to follow
        shifted = fit.frequency.copy()
        shifted[1 + k] += sigma
        moved = fitted_lines(angle, shifted, step=step, start=start, trend=1)
        followed[k] = np.abs(moved.amplitude) - np.abs(fit.amplitude)
    hidden = _hidden_lines(angle, fit, step=step, start=start)
    total = np.sqrt(fit.amplitude_sigma**2 + np.sum(followed**2, axis=0) + hidden[1])
    known = np.sqrt(fit.frequency_sigma**2 + hidden[0])
    known[1 : len(named)] = np.nan
    known[1 : 1 + e.frequency.size] = e.frequency_sigma
    drift = np.sqrt(fit.trend_sigma**2 + hidden[2])
    fit = replace(fit, amplitude_sigma=total, frequency_sigma=known, trend_sigma=drift)
    return fit, [*named, *[""] * others.size]


def _hidden_lines(
    angle: np.ndarray, fit: QuasiPeriodic, *, step: float, start: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variance of frequencies, amplitudes and trend by slow lines that the span does not tell apart.

    Such a line passes for a change of the libration, or for a drift. Its size is known from long spans, its phase in
    this one is not: it is added at two phases a quarter apart, and what the fit makes of it is averaged. A line that
    was fitted all the same, in a span that hardly shows it, counts with half.
    """
    times = start + step * np.arange(angle.size)
    resolution = 2.0 * np.pi / (angle.size * step)
    found = (np.zeros(fit.frequency.size), np.zeros(fit.frequency.size), np.zeros(fit.trend.size))
    for period, amplitude in zip(LAPLACE_SLOW_PERIODS_DAYS, LAPLACE_SLOW_AMPLITUDES_DEG, strict=True):
        w = 2.0 * np.pi / period
        told_apart = min(abs(w - fit.frequency[0]), w) > resolution
        if told_apart and w > _WINDOW_REACH * resolution:
            continue
        kept = np.abs(fit.frequency - w) > _TOLD_APART * resolution
        kept[0] = True
        part = amplitude if kept.all() else 0.5 * amplitude
        lines, free = fit.frequency[kept], np.arange(int(kept.sum())) == 0
        without = fitted_lines(angle, lines, step=step, start=start, trend=1, refine=free)
        for phase in (0.0, 0.5 * np.pi):
            moved = fitted_lines(
                angle + part * np.cos(w * (times - fit.middle) + phase),
                lines,
                step=step,
                start=start,
                trend=1,
                refine=free,
            )
            found[2][:] += 0.5 * (moved.trend - without.trend) ** 2
            if told_apart:  # it passes for a part of the drift at most
                continue
            found[0][0] += 0.5 * (moved.frequency[0] - without.frequency[0]) ** 2
            found[1][kept] += 0.5 * (np.abs(moved.amplitude) - np.abs(without.amplitude)) ** 2
    return found


def _line(fit: QuasiPeriodic, index: int, argument: str) -> SpectralLine:
    frequency, sigma = float(fit.frequency[index]), float(fit.frequency_sigma[index])
    period = 2.0 * np.pi / frequency
    return SpectralLine(
        argument,
        Measured(period, abs(period * sigma / frequency)),
        Measured(float(np.abs(fit.amplitude[index])), float(fit.amplitude_sigma[index])),
    )


def _laplace_angle(motion: SlowMotion, fit: QuasiPeriodic, arguments: list[str]) -> LaplaceAngle:
    """Put the lines of the Laplace angle together."""
    lines = [_line(fit, k, name) for k, name in enumerate(arguments)]
    forced = sorted(lines[1:], key=lambda line: -line.amplitude_deg.value)
    osculating = (motion.osculating_laplace_deg + 180.0) % 360.0
    return LaplaceAngle(
        Measured(180.0 + float(fit.trend[0]), float(fit.trend_sigma[0])),
        Measured(float(fit.trend[1]), float(fit.trend_sigma[1])),
        0.5 * float(np.ptp(osculating)),
        lines[0],
        tuple(forced),
        fit.residual_rms,
    )


def _resonant_angle(motion: SlowMotion, argument: tuple[str, int, int, int]) -> ResonantAngle:
    name, inner, outer, owner = argument
    longitudes = motion.mean_longitude_deg
    pericenter = np.degrees(np.angle(motion.eccentricity_vector[:, owner]))
    angle = longitudes[:, inner] - 2.0 * longitudes[:, outer] + pericenter
    center = float(np.degrees(np.angle(np.mean(np.exp(1j * np.radians(angle))))))
    center = center % 360.0 if abs(center) > 90.0 else center
    away = (angle - center + 180.0) % 360.0 - 180.0
    half_range = 0.5 * float(np.ptp(away))
    if half_range > 170.0:  # samples every 19 d come that near to a full turn
        return ResonantAngle(name, librates=False, center_deg=np.nan, half_range_deg=180.0)
    return ResonantAngle(name, librates=True, center_deg=center, half_range_deg=half_range)


def _moon(j: int, rate: Measured, motion: SlowMotion, e: ProperModes, i: ProperModes) -> MoonOrbit:
    period = 360.0 / rate.value * HOURS_PER_DAY
    per_day = np.degrees(1.0)
    return MoonOrbit(
        MOONS[j],
        rate,
        Measured(period, period * rate.sigma / rate.value),
        float(motion.semi_major_axis_km[j]),
        Measured(float(np.abs(e.forced[j])), float(e.forced_sigma[j])),
        Measured(float(e.free[j]), float(e.free_sigma[j])),
        Measured(float(e.frequency[j] * per_day), float(e.frequency_sigma[j] * per_day)),
        Measured(float(i.free[j] * _SIN_TO_DEG), float(i.free_sigma[j] * _SIN_TO_DEG)),
        Measured(float(np.abs(i.forced[j]) * _SIN_TO_DEG), float(i.forced_sigma[j] * _SIN_TO_DEG)),
        Measured(float(i.frequency[j] * per_day), float(i.frequency_sigma[j] * per_day)),
    )


def built_in_span(start_tdb: float | None, years: float | None) -> tuple[float, float]:
    """Begin (TDB s) and Julian years of an analysis of the built-in moons; by default all of them, about J2000.

    Raises
    ------
    InputError
        Where the span leaves them.
    """
    low, high = SPAN_TDB
    if years is None:
        years = (high - (low if start_tdb is None else start_tdb)) / SECONDS_PER_YEAR
    first = max(low, -0.5 * years * SECONDS_PER_YEAR) if start_tdb is None else start_tdb
    if first < low or first + years * SECONDS_PER_YEAR > high * (1.0 + 1e-12):
        raise InputError(
            f"`years` {years:g} from {2000.0 + first / SECONDS_PER_YEAR:.1f} on: the built-in ephemeris has "
            f"{(high - low) / SECONDS_PER_YEAR:g}, 1930 to 2070; change begin or length"
        )
    return first, years


def resonance_report(states: Callable[[np.ndarray], np.ndarray], *, start_tdb: float, years: float) -> ResonanceReport:
    """The Laplace resonance, measured on an ephemeris of the Galilean moons.

    Parameters
    ----------
    states : function
        States (n, 4, 6) of Io, Europa, Ganymede and Callisto about Jupiter, ICRF, km and km/s, for times (n,) in TDB
        seconds past J2000; `ephemeris.galilean.galilean_states` is one.
    start_tdb : float
        Where to begin.
    years : float
        Julian years, 12 or more. The shorter the span, the less the slow modes of Ganymede and Callisto, and with them
        the forced terms of 482 and 486 d, are told apart; their errors grow accordingly.

    Returns
    -------
    ResonanceReport
        Errors are of the analysis, not of the ephemeris.

    Raises
    ------
    InputError
        Where the span is too short.
    FitError
        Where the moons given do not librate.
    """
    motion = slow_motion(states, start_tdb=start_tdb, years=years)
    rates = [_mean_motion(longitudes, motion.step_days) for longitudes in motion.mean_longitude_deg.T]
    conjunction = np.radians(rates[0].value - 2.0 * rates[1].value)
    start, step = float(motion.days[0]), motion.step_days
    pericenter = np.radians(list(GALILEAN_PERICENTER_RATES_DEG_DAY.values()))
    node = np.radians(list(GALILEAN_NODE_RATES_DEG_DAY.values()))
    vectors = motion.eccentricity_vector, motion.inclination_vector
    e = proper_modes(
        vectors[0], step=step, start=start, expected=pericenter, forced=-conjunction, forced_is_known=False
    )
    i = proper_modes(vectors[1], step=step, start=start, expected=node, forced=0.0, forced_is_known=True)
    io_europa = Measured(-float(np.degrees(e.forced_frequency[0])), float(np.degrees(e.forced_frequency_sigma[0])))
    fit, arguments = _laplace_lines(motion, -float(e.forced_frequency[0]), e, i)
    laplace = _laplace_angle(motion, fit, arguments)
    # The Laplace angle's own rate is n1 - 3 n2 + 2 n3, free of what the three longitudes share.
    europa_ganymede = Measured(
        io_europa.value - laplace.rate_deg_day.value, float(np.hypot(io_europa.sigma, laplace.rate_deg_day.sigma))
    )
    return ResonanceReport(
        start_tdb,
        years,
        tuple(_moon(j, rates[j], motion, e, i) for j in range(len(MOONS))),
        io_europa,
        europa_ganymede,
        laplace,
        tuple(_resonant_angle(motion, argument) for argument in _ARGUMENTS),
        motion,
        e,
        i,
        fit,
    )
