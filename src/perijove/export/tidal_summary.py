"""What one asks of an interior, as plain numbers for JSON: body, Love numbers, power, map."""

import cmath
import math
from typing import Any

from perijove.interior.body import Interior
from perijove.ocean.flow import ORDERS, OceanTide
from perijove.ocean.waves import resonant_thicknesses_km
from perijove.tides.displacement import uplift_range_m
from perijove.tides.heating import TidalHeating, quality_factor
from perijove.tides.love import LoveNumbers
from perijove.tides.surface_harmonics import SurfaceHarmonics

__all__ = ["body_report", "heating_report", "love_report", "ocean_report"]


def _pair(number: complex) -> list[float]:
    return [float(number.real), float(number.imag) + 0.0]  # never -0


def body_report(interior: Interior) -> dict[str, Any]:
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


def love_report(love: LoveNumbers, degree: int) -> dict[str, Any]:
    """Love numbers of a degree as [real, imaginary]; dissipation makes the imaginary part negative."""
    return {
        f"k{degree}": _pair(complex(love.k)),
        f"h{degree}": _pair(complex(love.h)),
        f"l{degree}": _pair(complex(love.l)),
    }


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


def heating_report(heating: TidalHeating) -> dict[str, Any]:
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


def ocean_report(tide: OceanTide) -> dict[str, Any]:
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
