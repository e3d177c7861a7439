"""The resonance report as a record for JSON, and as text."""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.export.answer import number
from perijove.resonance.measured import Measured, MoonOrbit, ResonanceReport, SpectralLine
from perijove.resonance.removal import RemovalOutcome

__all__ = ["RESONANCE_KEYS", "resonance_key_table", "resonance_record", "resonance_text"]

RESONANCE_KEYS: Mapping[str, str] = {
    "start_jd_tdb": "First epoch, Julian date TDB",
    "years": "Julian years analysed",
    "moons[].body": "IO, EUROPA, GANYMEDE, CALLISTO",
    "moons[].mean_motion_deg_day": "Mean motion *",
    "moons[].period_h": "360 deg over the mean motion *",
    "moons[].semi_major_axis_km": "Geometric semi-major axis, mean",
    "moons[].forced_eccentricity": "Amplitude that the 2:1 resonances force, at -(n1 - 2 n2) *",
    "moons[].free_eccentricity": "Amplitude of the moon's own proper mode *",
    "moons[].pericenter_deg_day": "Rate of that mode *",
    "moons[].free_inclination_deg": "To Jupiter's equator of J2000: the moon's own proper mode *",
    "moons[].forced_inclination_deg": "Constant tilt of its Laplace plane *",
    "moons[].node_deg_day": "Rate of the moon's own mode; negative: backwards *",
    "conjunction_rate_io_europa_deg_day": "n1 - 2 n2 *",
    "conjunction_rate_europa_ganymede_deg_day": "n2 - 2 n3 *",
    "laplace_relation_deg_day": "n1 - 3 n2 + 2 n3 *",
    "laplace_angle.mean_deg": "Mean of l1 - 3 l2 + 2 l3 *",
    "laplace_angle.osculating_half_range_deg": "Half of greatest minus least, osculating longitudes",
    "laplace_angle.free_libration.argument": "The words free libration",
    "laplace_angle.free_libration.period_days": "Period of the free libration *",
    "laplace_angle.free_libration.amplitude_deg": "Its amplitude *",
    "laplace_angle.forced[].argument": "What makes the line, l longitudes of moons 1 to 3; empty where not identified",
    "laplace_angle.forced[].period_days": "Its period *",
    "laplace_angle.forced[].amplitude_deg": "Its amplitude *",
    "laplace_angle.residual_rms_deg": "What the lines leave, periods above 75 d",
    "resonant_angles[].argument": "l1 - 2 l2 + w1 and its like, w longitude of pericentre",
    "resonant_angles[].librates": "Whether it stays about a value",
    "resonant_angles[].center_deg": "That value; null where it circulates",
    "resonant_angles[].half_range_deg": "Half of greatest minus least; 180 where it circulates",
    "removals[].removed": "What was taken away",
    "removals[].meaning": "The same as a sentence",
    "removals[].conjunction_rate_deg_day": "n1 - 2 n2 then",
    "removals[].forced_eccentricity": "Of Io, Europa, Ganymede at -(n1 - 2 n2)",
    "removals[].theory": "The same by first-order theory",
    "removals[].mean_eccentricity": "Of Io, Europa, Ganymede: forced and free together",
    "removals[].laplace_librates": "Whether the Laplace angle did not go round in the years integrated",
    "removals[].laplace_half_range_deg": "Half of greatest minus least; 180 where it circulates",
}
"""Every key and its meaning. A star stands for a second key with the name and ``_sigma``, one standard error."""


def resonance_key_table() -> str:
    """The keys as a Markdown table."""
    rows = [
        f"| `{path}`{' and `_sigma`' if text.endswith(' *') else ''} | {text.removesuffix(' *')} |"
        for path, text in RESONANCE_KEYS.items()
    ]
    return "\n".join(["| key | meaning |", "| --- | --- |", *rows])


def _measured(name: str, measured: Measured) -> dict[str, float | None]:
    return {name: number(measured.value), f"{name}_sigma": number(measured.sigma)}


def _plain(record: object) -> dict[str, object]:
    """Fields of a record of numbers; those that are `Measured` as two keys."""
    out: dict[str, object] = {}
    assert dataclasses.is_dataclass(record)
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Measured):
            out |= _measured(field.name, value)
        else:
            out[field.name] = number(value) if isinstance(value, float) else value
    return out


def _moon(moon: MoonOrbit) -> dict[str, object]:
    fields = _plain(moon)
    return {"body": fields.pop("name"), **fields}


def _removal(outcome: RemovalOutcome) -> dict[str, object]:
    return {
        "removed": outcome.removal.name,
        "meaning": outcome.removal.sentence,
        "conjunction_rate_deg_day": outcome.conjunction_rate_deg_day,
        "forced_eccentricity": list(outcome.forced_eccentricity),
        "theory": list(outcome.theory),
        "mean_eccentricity": list(outcome.mean_eccentricity),
        "laplace_librates": outcome.laplace_librates,
        "laplace_half_range_deg": outcome.laplace_half_range_deg,
    }


def resonance_record(report: ResonanceReport, removals: Sequence[RemovalOutcome]) -> dict[str, object]:
    """The report as plain numbers, text and lists, with the keys of `RESONANCE_KEYS`; NaN becomes null."""
    laplace = report.laplace
    return {
        "start_jd_tdb": J2000_JD + report.start_tdb / SECONDS_PER_DAY,
        "years": report.years,
        "moons": [_moon(moon) for moon in report.moons],
        **_measured("conjunction_rate_io_europa_deg_day", report.conjunction_rate_io_europa_deg_day),
        **_measured("conjunction_rate_europa_ganymede_deg_day", report.conjunction_rate_europa_ganymede_deg_day),
        **_measured("laplace_relation_deg_day", laplace.rate_deg_day),
        "laplace_angle": {
            **_measured("mean_deg", laplace.mean_deg),
            "osculating_half_range_deg": laplace.osculating_half_range_deg,
            "free_libration": _plain(laplace.free_libration),
            "forced": [_plain(line) for line in laplace.forced],
            "residual_rms_deg": laplace.residual_rms_deg,
        },
        "resonant_angles": [_plain(angle) for angle in report.resonant_angles],
        "removals": [_removal(outcome) for outcome in removals],
    }


def resonance_text(report: ResonanceReport, removals: Sequence[RemovalOutcome]) -> str:
    """The report for people."""
    return "\n".join(_lines(report, removals))


def _with_error(measured: Measured, digits: int, unit: str) -> str:
    """Value and error; no error where the value was taken as known."""
    error = "" if math.isnan(measured.sigma) else f" ± {measured.sigma:.{digits}f}"
    return f"{measured.value:.{digits}f}{error} {unit}"


def _known(measured: Measured, digits: int) -> str:
    """Value and error, or a dash where the span is too short to tell it from others."""
    if math.isnan(measured.value):
        return "-"
    error = "" if math.isnan(measured.sigma) else f" ± {measured.sigma:.0e}"
    return f"{measured.value:.{digits}f}{error}"


def _lines(report: ResonanceReport, removals: Sequence[RemovalOutcome]) -> Iterator[str]:
    """The report as text."""
    yield f"{report.years:.1f} years of the built-in ephemeris; ± one standard error of the analysis, not the orbits"
    yield ""
    yield f"{'':9} {'mean motion (deg/d)':>23} {'period (h)':>11} {'forced e':>18} {'free e':>18} {'free I (deg)':>16}"
    for moon in report.moons:
        rate = moon.mean_motion_deg_day
        yield (
            f"{moon.name.capitalize():9} {rate.value:13.7f} ± {rate.sigma:7.1e} {moon.period_h.value:11.5f}"
            f" {_known(moon.forced_eccentricity, 7):>18} {_known(moon.free_eccentricity, 7):>18}"
            f" {_known(moon.free_inclination_deg, 5):>16}"
        )
    laplace = report.laplace
    yield ""
    yield f"n1 - 2 n2            {_with_error(report.conjunction_rate_io_europa_deg_day, 8, 'deg/d')}"
    yield f"n2 - 2 n3            {_with_error(report.conjunction_rate_europa_ganymede_deg_day, 8, 'deg/d')}"
    yield f"n1 - 3 n2 + 2 n3     {laplace.rate_deg_day.value:.1e} ± {laplace.rate_deg_day.sigma:.1e} deg/d"
    yield f"Laplace angle        mean {_with_error(laplace.mean_deg, 4, 'deg')}"
    yield f"                     osculating half-range {laplace.osculating_half_range_deg:.3f} deg"
    yield from (f"  {_line(line)}" for line in (laplace.free_libration, *laplace.forced) if line.argument)
    for angle in report.resonant_angles:
        says = "circulates"
        if angle.librates:
            says = f"librates about {round(angle.center_deg)} deg by ± {angle.half_range_deg:.2f} deg"
        yield f"{angle.argument:20} {says}"
    yield ""
    yield f"{'taken away':58} {'n1 - 2 n2':>9} {'forced 1000 e: Io, Europa, Ganymede':>36}  Laplace angle"
    for outcome in removals:
        forced = ", ".join(f"{1e3 * e:.3f}" for e in outcome.forced_eccentricity)
        laplace_angle = f"± {outcome.laplace_half_range_deg:.2f} deg" if outcome.laplace_librates else "circulates"
        yield f"{outcome.removal.sentence:58} {outcome.conjunction_rate_deg_day:9.4f} {forced:>36}  {laplace_angle}"


def _line(line: SpectralLine) -> str:
    period, amplitude = _with_error(line.period_days, 3, "d"), _with_error(line.amplitude_deg, 4, "deg")
    return f"{line.argument:46} {period:<22}  {amplitude}"
