"""A fit as JSON and text, and its residuals as CSV."""

from pathlib import Path

import numpy as np

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.export.answer import csv_text, number, write_text
from perijove.fit.report import DIRECTIONS, FitReport

__all__ = ["fit_record", "fit_text", "parameter_unit", "write_residuals"]


def fit_record(report: FitReport) -> dict[str, object]:
    """Fit with the keys of JSON output; units stand in the keys, or beside a parameter's value."""
    fit = report.fit
    return {
        "epoch_jd_tdb": J2000_JD + fit.epoch_tdb / SECONDS_PER_DAY,
        "epoch_tdb_s": fit.epoch_tdb,
        "frame": "ICRF",
        "center": "JUPITER",
        "converged": fit.converged,
        "iterations": fit.iterations,
        "chi2": fit.chi2,
        "degrees_of_freedom": fit.freedom,
        "scatter_over_stated_errors": float(np.sqrt(report.reduced_chi2)),
        "bodies": {
            body: {
                "positions": int(report.counts[n]),
                "rms_km": float(report.rms_km[n]),
                **{f"rms_{d}_km": float(report.component_rms_km[n, k]) for k, d in enumerate(DIRECTIONS)},
            }
            for n, body in enumerate(report.bodies)
        },
        "parameters": [
            {"name": name, "unit": parameter_unit(name), "value": float(value), "sigma": float(sigma)}
            for name, value, sigma in zip(fit.names, fit.values, fit.sigma, strict=True)
        ],
        "correlation": [[round(float(value), 6) for value in row] for row in fit.correlation],
        "osculating_elements_jupiter_equator": {
            body: {name: {"value": number(value), "sigma": number(sigma)} for name, (value, sigma) in elements.items()}
            for body, elements in report.elements.items()
        },
    }


def parameter_unit(name: str) -> str:
    """Unit of a fitted parameter; 1 for pure numbers."""
    kind = name.partition(".")[0]
    if kind.startswith("pole"):
        return "deg/century" if kind.endswith("rate") else "deg"
    units = {"x": "km", "y": "km", "z": "km", "vx": "km/s", "vy": "km/s", "vz": "km/s", "gm": "km3/s2"}
    return {**units, "figure": "km2", "jupiter_lag": "s", "body_lag": "s"}.get(kind, "1")


def fit_text(report: FitReport) -> str:
    """What a reader wants first: residuals by body, then each parameter with its error."""
    fit, epoch_jd = report.fit, J2000_JD + report.fit.epoch_tdb / SECONDS_PER_DAY
    lines = [f"{'':9} {'positions':>9} {'rms km':>10} {'along':>10} {'radial':>10} {'normal':>10}"]
    for n, body in enumerate(report.bodies):
        parts = " ".join(f"{value:10.4g}" for value in (report.rms_km[n], *report.component_rms_km[n]))
        lines.append(f"{body.capitalize():9} {report.counts[n]:9d} {parts}")
    scatter = report.reduced_chi2**0.5
    lines += [
        f"chi^2 {fit.chi2:.6g}, {fit.freedom} degrees of freedom; scatter {scatter:.3g} of the stated errors",
        "converged" if fit.converged else "NOT CONVERGED: allow more iterations, or a shorter span first",
        "",
        f"Epoch JD {epoch_jd:.6f} TDB; from Jupiter's centre, ICRF; ± one standard error",
    ]
    for name, value, sigma in zip(fit.names, fit.values.tolist(), fit.sigma.tolist(), strict=True):
        lines.append(f"{name:14} {value:24.15g} ± {sigma:9.2e} {parameter_unit(name)}")
    return "\n".join(lines)


def write_residuals(report: FitReport, path: Path) -> None:
    """Write the residuals as CSV, one position a row."""
    rows = []
    for tdb, residual, sigma in zip(report.tdb.tolist(), report.residual_km, report.sigma_km, strict=True):
        jd = f"{J2000_JD + tdb / SECONDS_PER_DAY:.9f}"
        rows += [
            [jd, report.bodies[n], *(f"{x:.6g}" for x in residual[n]), f"{sigma[n]:.6g}"]
            for n in np.flatnonzero(np.isfinite(residual[:, 0]))
        ]
    write_text(path, csv_text(["jd_tdb", "body", *(f"{name}_km" for name in DIRECTIONS), "sigma_km"], rows))
