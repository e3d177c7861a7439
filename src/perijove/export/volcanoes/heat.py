"""Heat budget, spectra and changes of volcanoes as records for JSON and as lines for people."""

import math
from collections.abc import Sequence
from dataclasses import asdict

from perijove.studies.heat_budget import FaintSources, Group, HeatBudget
from perijove.studies.source_variability import LightCurve
from perijove.volcanoes.spectrum_fit import SpectrumFit

__all__ = ["budget_lines", "budget_record", "change_lines", "change_record", "fit_lines", "fit_record"]

_SHOWN = 15


def _group(one: Group) -> dict[str, object]:
    return {
        "name": one.name,
        "sources": one.sources,
        "power_gw": round(one.power_gw, 3),
        "power_gw_sigma": round(one.sigma_gw, 3),
        "share": round(one.share, 5),
        "flux_w_m2": None if one.flux_w_m2 is None else round(one.flux_w_m2, 4),
    }


def budget_record(budget: HeatBudget, faint: FaintSources) -> dict[str, object]:
    """A budget as plain values; powers in GW, shares from 0 to 1."""
    return {
        "total": _group(budget.total),
        "hemispheres": [_group(one) for one in budget.hemispheres],
        "latitudes": [_group(one) for one in budget.latitudes],
        "kinds": [_group(one) for one in budget.kinds],
        "units": [_group(one) for one in budget.units],
        "strongest": [
            {
                "source_id": one.source_id,
                "name": one.name or None,
                "power_gw": one.power_gw,
                "cumulative_share": round(float(share), 5),
            }
            for one, share in zip(budget.sources, budget.cumulative_share, strict=True)
        ],
        "ten_strongest_share": round(budget.strongest_share(10), 5),
        "io_heat_flow_w": budget.heat_flow_w,
        "io_heat_flow_w_sigma": budget.heat_flow_sigma_w,
        "resolved_share": round(budget.resolved_share, 4),
        "resolved_share_sigma": round(budget.resolved_share_sigma, 4),
        "io_flux_w_m2": round(budget.io_flux_w_m2, 4),
        "earth_flux_w_m2": round(budget.earth_flux_w_m2, 5),
        "earth_heat_flow_w": budget.earth_power_w,
        "earth_heat_flow_w_sigma": budget.earth_power_sigma_w,
        "too_faint": asdict(faint),
    }


def budget_lines(budget: HeatBudget, faint: FaintSources) -> list[str]:
    """A budget for people."""
    total, top = budget.total, budget.sources[0].name
    whole = f"{budget.heat_flow_w / 1e12:.0f} ± {budget.heat_flow_sigma_w / 1e12:.0f} TW"
    share = f"{budget.resolved_share:.0%} ± {budget.resolved_share_sigma:.0%} of Io's {whole}"
    lines = [
        f"{total.sources} sources radiate {total.power_gw / 1e3:.2f} ± {total.sigma_gw / 1e3:.1f} TW: {share}",
        "(errors: how much single measurements of a volcano scatter, and the error of the whole)",
        f"{top}: {budget.strongest_share(1):.1%}; the ten strongest: {budget.strongest_share(10):.1%}",
    ]
    for title, groups in (
        ("hemispheres", budget.hemispheres),
        ("latitudes", budget.latitudes),
        ("kinds, by name", budget.kinds),
        ("units of the geologic map", budget.units),
    ):
        lines += [f"{title}:", *map(_group_line, groups)]
    low, middle, high = (each / 1e3 for each in faint.missing_gw)
    law = f"P^-{faint.slope:.2f} down to {faint.faintest_gw:g} GW"
    better = f"0 TW if they are log-normal, which fits better by {faint.log_ratio_log_normal:.0f} in ln likelihood"
    ratio, times = budget.io_flux_w_m2 / budget.earth_flux_w_m2, budget.heat_flow_w / budget.earth_power_w
    earth = f"{ratio:.0f} times the Earth's {budget.earth_flux_w_m2:.3f}; in total {times:.1f} times"
    return [
        *lines,
        f"too faint to be seen: {middle:.0f} TW ({low:.0f} to {high:.0f}) if powers follow {law}; {better}",
        f"per area Io gives off {budget.io_flux_w_m2:.2f} W/m2, {earth}",
    ]


def _group_line(one: Group) -> str:
    flux = "" if one.flux_w_m2 is None else f"{one.flux_w_m2:9.2f} W/m2"
    power = f"{one.power_gw / 1e3:9.2f} ± {one.sigma_gw / 1e3:.2f} TW"
    return f"  {one.name:18}{one.sources:5}{power}{one.share:8.1%}{flux}"


def change_record(one: LightCurve) -> dict[str, object]:
    """A light curve as plain values."""
    return {
        "source_id": one.source_id,
        "name": one.name or None,
        "band": one.band,
        "quantity": one.quantity,
        "unit": one.unit,
        "readings": [
            {"when": when, "value": float(value), "sigma": round(float(sigma), 5)}
            for when, value, sigma in zip(one.when, one.value, one.sigma, strict=True)
        ],
        "errors_presumed": one.presumed,
        "constant": round(one.mean, 5),
        "chi2": round(one.chi2, 3),
        "chance": one.chance,
        "ratio": round(one.ratio, 3),
        "changed": one.changed,
    }


def change_lines(curves: Sequence[LightCurve], scatter: float) -> list[str]:
    """Light curves for people, the surest changes first."""
    changed = [one for one in curves if one.changed]
    presumed = " (errors of 20 % presumed: the table states none)" if curves[0].presumed else ""
    lines = [
        f"{len(changed)} of {len(curves)} light curves changed, one false among a hundred{presumed}",
        f"readings scatter by a factor of {math.exp(scatter):.2f} about their mean",
        f"{'source':8}{'name':26}{'band':15}{'readings':>9}{'largest/smallest':>18}{'chi2':>9}",
    ]
    lines += [
        f"{one.source_id:8}{(one.name or '-')[:25]:26}{one.band:15}{one.value.size:9}{one.ratio:18.1f}{one.chi2:9.0f}"
        for one in changed[:_SHOWN]
    ]
    return lines if len(changed) <= _SHOWN else [*lines, f"and {len(changed) - _SHOWN} more; all with --json"]


def fit_record(one: SpectrumFit) -> dict[str, object]:
    """A fit as plain values; each parameter by median and ranges."""
    return {
        "model": one.model,
        "bands": [band.name for band in one.bands],
        "intensity_gw_um_sr": one.intensity.tolist(),
        "sigma_gw_um_sr": one.sigma.tolist(),
        "fitted_gw_um_sr": one.fitted.tolist(),
        "parameters": {name: asdict(value) for name, value in one.parameters.items()},
        "log_correlation": round(one.correlation, 4),
        "chi2": round(one.chi2, 3),
        "log_evidence": round(one.log_evidence, 3),
        "doubts": list(one.doubts),
    }


def fit_lines(fits: Sequence[SpectrumFit]) -> list[str]:
    """Fits for people."""
    lines = []
    best = max(one.log_evidence for one in fits)
    for one in fits:
        lines.append(
            f"{one.model}: chi2 {one.chi2:.1f} of {len(one.bands)} bands, ln odds {one.log_evidence - best:+.1f}"
        )
        lines += [
            f"  {name:18}{value.median:12.4g}   68 %: {value.low:.4g} to {value.high:.4g}"
            + ("   open" if value.is_open else "")
            for name, value in one.parameters.items()
        ]
        lines.append(f"  area and the rest trade: correlation of logarithms {one.correlation:+.2f}")
    return lines
