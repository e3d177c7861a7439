"""Tides of a body as a record, and in lines: body, Love numbers, power, map, and an ocean that moves."""

import cmath
import math
from collections.abc import Iterator, Mapping
from typing import Any

from perijove.constants import SECONDS_PER_HOUR
from perijove.interior.body import Interior
from perijove.ocean.flow import ORDERS, OceanTide
from perijove.ocean.waves import resonant_thicknesses_km
from perijove.studies.body_tides import BodyTides
from perijove.tides.displacement import uplift_range_m
from perijove.tides.heating import TidalHeating, inertia_k2, quality_factor
from perijove.tides.love import LoveNumbers
from perijove.tides.surface_harmonics import SurfaceHarmonics

__all__ = ["ocean_fact_line", "tides_fact_line", "tides_lines", "tides_record"]

_NARROW, _WIDE = 26, 32  # columns for names


def tides_record(tides: BodyTides) -> dict[str, Any]:
    """What one asks of a body: plain numbers, lists and names with units in the keys.

    None stands where a number does not exist. An ocean that moves is the object ``ocean``, beside the answers for the
    liquid at rest.
    """
    record = {**_body(tides.interior), **_love(tides.heating.love, 2), **_heating(tides.heating)}
    for degree, love in tides.others.items():
        record |= _love(love, degree)
    record["inertia"] = _inertia(tides)
    if tides.ocean is not None:
        magma = {"magma_viscosity_pa_s": tides.magma_viscosity_pa_s, "reynolds_number": tides.reynolds_number}
        record["ocean"] = {**magma, **_ocean(tides.ocean)}
    return record


def tides_lines(record: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The record for people, a fact a line."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "value" not in value:
            yield from tides_lines(value, f"{name} ")
            continue
        if isinstance(value, dict):
            ratio = "-" if value["value"] is None else f"{value['value']:.4f}"
            shown = f"{ratio} at {value['lat_deg']:.2f} deg north, {value['lon_east_deg']:.2f} deg east"
        elif isinstance(value, list) and _is_complex(key):
            shown = f"{value[0]:.8g} {value[1]:+.8g} i"
        elif isinstance(value, list):
            shown = ", ".join(item if isinstance(item, str) else f"{item:.5g}" for item in value)
        else:
            shown = "-" if value in (None, "") else f"{value:.8g}" if isinstance(value, float) else str(value)
        yield f"{name:{_WIDE if prefix else _NARROW}} {shown}"


def _is_complex(key: str) -> bool:
    """Whether a list under this key is a real and an imaginary part."""
    return key[1:].isdigit() or key.lstrip("-").isdigit() or key in ("k2_static", "k2_added", "drag_per_s")


def tides_fact_line(record: Mapping[str, Any]) -> str:
    """The most important in one line, for figures and tags."""
    q = "no dissipation" if record["q"] is None else f"Q = {record['q']:.3g}"
    return (
        f"{_k2(record)}, {q}; {1e-12 * record['power_w']:.3g} TW, e = {record['eccentricity']:g}, "
        f"period {2.0 * math.pi / record['angular_frequency_rad_s'] / SECONDS_PER_HOUR:.4g} h"
    )


def ocean_fact_line(record: Mapping[str, Any]) -> str:
    """The same of the ocean that moves."""
    ocean = record["ocean"]
    drag, viscosity = ocean["drag_per_s"][0], ocean["magma_viscosity_pa_s"]
    held = f"drag {drag:.3g} /s" if viscosity is None else f"magma of {viscosity:g} Pa s"
    return (
        f"{ocean['thickness_km']:.4g} km of liquid under {ocean['roof_depth_km']:.4g} km, {held}: "
        f"{_k2(ocean)}, {1e-12 * ocean['power_w']:.3g} TW in the ocean"
    )


def _k2(record: Mapping[str, Any]) -> str:
    re, im = record["k2"]
    return f"k2 = {re:.4f} {'−' if im < 0.0 else '+'} {abs(im):.3g} i"


def _pair(number: complex) -> list[float]:
    return [float(number.real), float(number.imag) + 0.0]  # never -0


def _body(interior: Interior) -> dict[str, Any]:
    """Name, orbit, mass and moment of inertia of an interior."""
    return {
        "name": interior.name,
        "source": interior.source,
        "layers": [layer.name for layer in interior.layers],
        "angular_frequency_rad_s": interior.orbit.angular_frequency_rad_s,
        "eccentricity": interior.orbit.eccentricity,
        "obliquity_deg": interior.orbit.obliquity_deg,
        "libration_deg": interior.orbit.libration_deg,
        "radius_km": interior.radius_km,
        "mass_kg": interior.mass_kg,
        "mean_density_kg_m3": interior.mean_density_kg_m3,
        "moment_of_inertia_factor": interior.moment_of_inertia_factor,
        "surface_gravity_m_s2": interior.surface_gravity_m_s2,
        "central_pressure_pa": float(interior.pressure_pa(0.0)),
    }


def _love(love: LoveNumbers, degree: int) -> dict[str, Any]:
    """Love numbers of a degree as [real, imaginary]; dissipation makes the imaginary part negative."""
    return {
        f"k{degree}": _pair(complex(love.k)),
        f"h{degree}": _pair(complex(love.h)),
        f"l{degree}": _pair(complex(love.l)),
    }


def _inertia(tides: BodyTides) -> dict[str, Any] | None:
    """What inertia adds to k2 and to the power, which are without it; None where a liquid above rock would flow."""
    added, k2 = inertia_k2(tides.interior), complex(tides.heating.love.k)
    if added is None:
        return None
    return {"k2_added": _pair(added), "power_share": added.imag / k2.imag if k2.imag else None}


def _extremes(flux: SurfaceHarmonics) -> dict[str, Any]:
    """Largest and smallest heat flow over the mean, and where they are."""
    report: dict[str, Any] = {}
    for name, largest in (("max", True), ("min", False)):
        value, lat, lon = flux.extremum(largest=largest)
        report[f"flux_{name}_over_mean"] = {
            "value": value / flux.mean if flux.mean > 0.0 else None,
            "lat_deg": lat,
            "lon_east_deg": lon,
        }
    return report


def _heating(heating: TidalHeating) -> dict[str, Any]:
    """Power, heat flow, and how far the ground rises where it rises most.

    None stands where a ratio has no value, as in a body without dissipation.
    """
    flux = heating.flux_w_m2
    q = quality_factor(complex(heating.love.k))
    report: dict[str, Any] = {
        "q": q if math.isfinite(q) else None,
        "power_w": heating.power_w,
        "power_from_k2_w": heating.power_from_love_number_w,
        "power_by_layer_w": [float(power) for power in heating.layer_power_w],
        "mean_flux_w_m2": heating.mean_flux_w_m2,
    }
    if heating.power_w > 0.0:
        report["pattern_shares"] = [float(share) for share in heating.pattern_shares]
    report |= _extremes(flux)
    _, lat, lon = heating.pattern.extremum(largest=True)
    report["uplift_range_m"] = float(uplift_range_m(heating.interior, heating.love, lat, lon))
    return report


def _ocean(tide: OceanTide) -> dict[str, Any]:
    """Love number of a body whose ocean moves, by order too, power in ocean and rock, speed, and resonances.

    ``k2_by_order`` leaves out orders that the tide has not; -2 is the part that travels east, 2 the one that travels
    west. ``resonant_thickness_km`` are the largest five thicknesses, over all orders that the tide has, at which the
    layer would resonate without drag.
    """
    ocean, flux = tide.ocean, tide.flux_w_m2
    q = quality_factor(tide.k2)
    by_order = {order: complex(k2) for order, k2 in zip(ORDERS, tide.k2_by_order, strict=True) if not cmath.isnan(k2)}
    resonant = {float(x) for order in by_order for x in resonant_thicknesses_km(ocean, order) if x > 0.0}
    return {
        "layer": ocean.name,
        "thickness_km": ocean.thickness_km,
        "roof_depth_km": ocean.surface_radius_km - ocean.roof_radius_km,
        "drag_per_s": _pair(tide.drag_per_s),
        "k2": _pair(tide.k2),
        "k2_static": _pair(ocean.static_k2),
        "k2_by_order": {str(order): _pair(k2) for order, k2 in by_order.items()},
        "q": q if math.isfinite(q) else None,
        "power_w": tide.power_w,
        "solid_power_w": tide.solid_power_w,
        "mean_flux_w_m2": flux.mean,
        "rms_speed_m_s": tide.rms_speed_m_s,
        "rms_thickening_m": tide.rms_thickening_m,
        "resonant_thickness_km": sorted(resonant, reverse=True)[:5],
        **_extremes(flux),
    }
