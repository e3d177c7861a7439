"""Tides in the Laplace resonance as plain numbers: a record for JSON, a text, and a table."""

from pathlib import Path
from textwrap import wrap

import numpy as np

from perijove.bodies.galilean import (
    GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR,
    IO_HEAT_FLOW_VEEDER_1994_W,
    IO_K2_OVER_Q_LAINEY_2009,
    LAPLACE_LIBRATION_PERIOD_DAYS,
)
from perijove.bodies.jupiter import JUPITER_K2_OVER_Q_LAINEY_2009
from perijove.constants import SECONDS_PER_DAY
from perijove.evolution.averaged import MOONS
from perijove.evolution.tidal_ensemble import Ensemble
from perijove.evolution.tidal_report import TidalReport, with_error
from perijove.export.answer import csv_text, number, write_text

__all__ = ["tidal_record", "tidal_text", "write_tidal_table"]

_DEG_DAY = np.degrees(1.0) * SECONDS_PER_DAY
_TW = 1e12
_FAR = 3.0  # standard errors
_WIDTH = 110


def tidal_record(report: TidalReport) -> dict[str, object]:
    """Plain numbers, lists and names, with units in the keys; None where a number does not exist."""
    sigma = report.estimate.sigma if report.estimate is not None else np.full(2, np.nan)
    observed, observed_sigma = IO_HEAT_FLOW_VEEDER_1994_W.measured
    run = report.evolution
    return {
        "k2_over_q": {
            "jupiter": {"value": report.jupiter_k2_over_q, "sigma": number(sigma[0])},
            "io": {"value": report.io_k2_over_q, "sigma": number(sigma[1])},
            "covariance": None if report.estimate is None else report.estimate.covariance[0, 1],
            "from": "given" if report.estimate is None else report.estimate.source,
            "printed_in_lainey_2009": {
                "jupiter": dict(zip(("value", "sigma"), JUPITER_K2_OVER_Q_LAINEY_2009.measured, strict=True)),
                "io": dict(zip(("value", "sigma"), IO_K2_OVER_Q_LAINEY_2009.measured, strict=True)),
            },
        },
        "presumes": list(report.presumes),
        "present": {
            "moons": {name: _moon_record(report, k) for k, name in enumerate(MOONS)},
            "n1_minus_2_n2_deg_day": _nearness_deg_day(report.present.mean_motion_rad_s),
            "free_libration_days": report.libration_days,
            "laplace_angle_deg": 180.0 + report.present.laplace_shift_deg,
            "io_heat_w": float(report.present.heat_w[0]),
            "io_heat_sigma_w": number(report.heat_sigma_w),
            "io_heat_observed_w": {"value": observed, "sigma": observed_sigma},
            "jupiter_heat_w": float(report.present.jupiter_heat_w.sum()),
            "orbital_power_w": report.present.orbital_power_w,
            "spin_power_w": report.present.spin_power_w,
        },
        "equilibrium": None
        if report.equilibrium is None
        else {
            "io_eccentricity": float(report.equilibrium.eccentricity[0]),
            "io_eccentricity_sigma": number(report.equilibrium_sigma[0]),
            "io_heat_w": float(report.equilibrium.heat_w[0]),
            "io_heat_sigma_w": number(report.equilibrium_sigma[1]),
            "n1_minus_2_n2_deg_day": _nearness_deg_day(report.equilibrium.mean_motion_rad_s),
        },
        "evolution": {
            "years": run.years.tolist(),
            "ended_by": run.ended_by,
            "io_temperature_k": [number(one) for one in run.temperature_k],
            "energy_closure": report.energy_closure,
            "momentum_closure": report.momentum_closure,
            "moons": {
                name: {
                    "mean_motion_deg_day": (run.mean_motion_rad_s[:, k] * _DEG_DAY).tolist(),
                    "semi_major_axis_km": run.a_km[:, k].tolist(),
                    "eccentricity": run.eccentricity[:, k].tolist(),
                    "heat_w": run.heat_w[:, k].tolist(),
                    "k2_over_q": run.k2_over_q[:, k].tolist(),
                    "jupiter_k2_over_q": run.jupiter_k2_over_q[:, k].tolist(),
                }
                for k, name in enumerate(MOONS)
            },
        },
        "ensemble": None if report.ensemble is None else _ensemble_record(report.ensemble),
    }


def _moon_record(report: TidalReport, k: int) -> dict[str, object]:
    now = report.present
    record: dict[str, object] = {
        "mean_motion_deg_day": float(now.mean_motion_rad_s[k] * _DEG_DAY),
        "semi_major_axis_km": float(now.a_km[k]),
        "eccentricity": float(now.eccentricity[k]),
        "eccentricity_rate_per_year": float(now.eccentricity_rate_per_year[k]),
        "acceleration_per_year": float(now.acceleration_per_year[k]),
    }
    if MOONS[k] in GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR:
        value, error = GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR[MOONS[k]].measured
        record["acceleration_sigma_per_year"] = number(report.acceleration_sigma_per_year[k])
        record["acceleration_lainey_2009_per_year"] = {"value": value, "sigma": error}
    return record


def _nearness_deg_day(mean_motion: np.ndarray) -> float:
    return float((mean_motion[0] - 2.0 * mean_motion[1]) * _DEG_DAY)


def _ensemble_record(ensemble: Ensemble) -> dict[str, object]:
    return {
        "draws": len(ensemble.k2_over_q),
        "years": ensemble.years.tolist(),
        "percentiles": [16, 50, 84],
        "io_eccentricity": [[number(v) for v in row] for row in ensemble.band("eccentricity")],
        "io_heat_w": [[number(v) for v in row] for row in ensemble.band("heat_w")],
        "ended_years": [number(year) for year in ensemble.end_band],
    }


def _among(band: np.ndarray, digits: int) -> str:
    """The middle of three percentiles and the other two, as 68 % of the draws have it."""
    low, middle, high = band
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _end_line(report: TidalReport) -> str:
    """Where an evolution leads, or where and why it ends; 68 % of the draws in brackets."""
    run, draws = report.evolution, report.ensemble
    million = run.years[-1] / 1e6
    if run.ended_by:
        spread = ""
        if draws is not None:
            near, _, far = np.abs(draws.end_band) / 1e6
            spread = f" ({near:.1f} to {far:.1f})" if np.isfinite(far) else f" ({near:.1f} to beyond what was followed)"
        return f"ends {abs(million):.1f}{spread} million years {'ago' if million < 0.0 else 'from now'}: {run.ended_by}"
    eccentricity, heat = f"{run.eccentricity[-1, 0]:.5f}", f"{run.heat_w[-1, 0] / _TW:.3g}"
    if draws is not None and np.isfinite(draws.ended_years).sum() == 0:
        eccentricity = _among(draws.band("eccentricity")[:, -1], 5)
        heat = _among(draws.band("heat_w")[:, -1] / _TW, 0)
    return f"{million:+.4g} million years: Io's eccentricity {eccentricity}, heat {heat} TW"


def _law_lines(report: TidalReport) -> list[str]:
    """What a lock takes, and whether a warm Io swings."""
    rows, run = [], report.evolution
    if report.laws.lock is not None:
        taken = run.jupiter_k2_over_q[:, MOONS.index(report.laws.lock.moon)]
        name = report.laws.lock.moon.capitalize()
        rows.append(f"lock: k2/Q of Jupiter at {name}'s tide {taken[0]:.3g} now, {taken[-1]:.3g} at the end")
    if report.criterion is not None:
        one = report.criterion
        if np.isnan(one.time_ratio):
            rows.append(
                f"steady at melting, {one.steady_heat_w / _TW:.0f} TW, while that is more than convection carries"
            )
        else:
            sum_, sense = f"{one.loss_exponent:g} + {one.time_ratio:.1f}", ">" if one.cycles else "<"
            verdict = "but it swings" if one.cycles else "and it settles"
            rows.append(
                f"steady at {one.steady_temperature_k:.0f} K and {one.steady_heat_w / _TW:.0f} TW, {verdict}: "
                f"n = {one.k2_exponent:g} {sense} m + p = {sum_}"
            )
        heat, e, warm = run.heat_w[:, 0] / _TW, run.eccentricity[:, 0], run.temperature_k
        rows.append(
            f"Io between {warm.min():.0f} and {warm.max():.0f} K, heat {heat.min():.0f} to {heat.max():.0f} TW, "
            f"eccentricity {e.min():.4f} to {e.max():.4f}"
        )
    return rows


def tidal_text(report: TidalReport) -> str:
    """What a reader wants first: a dozen lines, each result with its error, and what they presume."""
    now = report.present
    rows = [
        report.k2_over_q_text,
        f"  {'given' if report.estimate is None else report.estimate.source}",
        "              a (km)  eccentricity  dn/dt/n (1e-10 per year)   Lainey et al. 2009",
    ]
    for k, name in enumerate(("Io", "Europa", "Ganymede")):
        shown = with_error(
            now.acceleration_per_year[k] * 1e10, report.acceleration_sigma_per_year[k] * 1e10, 2, sign="+"
        )
        rate, error = GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR[MOONS[k]].measured
        seen = with_error(rate * 1e10, error * 1e10, 2, sign="+")
        rows.append(f"{name:9} {now.a_km[k]:10.0f}  {now.eccentricity[k]:12.5f}  {shown:>24}   {seen:>18}")
    missed = max(
        abs(rate.measured[0] - now.acceleration_per_year[MOONS.index(name)]) / rate.measured[1]
        for name, rate in GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR.items()
    )
    if missed > _FAR:
        rows.append(f"these rates miss the measured ones by up to {missed:.0f} standard errors: both cannot be so now")
    observed, observed_sigma = (value / _TW for value in IO_HEAT_FLOW_VEEDER_1994_W.measured)
    rows.append(
        f"heat in Io {with_error(now.heat_w[0] / _TW, report.heat_sigma_w / _TW, 0)} TW; "
        f"seen {with_error(observed, observed_sigma, 0)} TW (Veeder et al. 1994)"
    )
    rows.append(
        f"free libration {report.libration_days:.0f} days; in the ephemeris {LAPLACE_LIBRATION_PERIOD_DAYS:.0f}"
    )
    if report.equilibrium is None:
        rows.append("no equilibrium: Io's eccentricity does not settle")
    else:
        there, (e_sigma, heat_sigma) = report.equilibrium, report.equilibrium_sigma
        kept = ", k2/Q as now" if report.criterion is not None else ""
        e, heat = with_error(there.eccentricity[0], e_sigma, 5), with_error(there.heat_w[0] / _TW, heat_sigma / _TW, 0)
        rows.append(f"at equilibrium{kept}: eccentricity {e}, {heat} TW")
    rows += _law_lines(report)
    rows.append(_end_line(report))
    rows.append(f"budgets close to {report.energy_closure:.0e} (energy), {report.momentum_closure:.0e} (momentum)")
    rows.append("presumes:")
    for one in report.presumes:
        rows += wrap(one, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return "\n".join(rows)


def write_tidal_table(report: TidalReport, path: Path) -> None:
    """Write an evolution as CSV, one time a row."""
    run = report.evolution
    names = [name.lower() for name in MOONS]
    units = ("mean_motion_deg_day", "semi_major_axis_km", "eccentricity", "heat_w", "k2_over_q", "jupiter_k2_over_q")
    header = ["years", *(f"{name}_{unit}" for unit in units for name in names), "jupiter_heat_w", "io_temperature_k"]
    motion = run.mean_motion_rad_s * _DEG_DAY
    by_moon = (motion, run.a_km, run.eccentricity, run.heat_w, run.k2_over_q, run.jupiter_k2_over_q)
    values = np.column_stack([run.years, *by_moon, run.jupiter_heat_w, run.temperature_k])
    cells = (["" if np.isnan(value) else f"{value:.12g}" for value in row] for row in values)
    write_text(path, csv_text(header, cells))
