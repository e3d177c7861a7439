"""What one asks of an interior, as plain numbers for JSON: body, Love numbers, power, map."""

import math
from typing import Any

from perijove.tides.displacement import uplift_range_m
from perijove.tides.heating import TidalHeating, quality_factor
from perijove.tides.interior import Interior
from perijove.tides.love import LoveNumbers

__all__ = ["body_report", "heating_report", "love_report"]


def _pair(number: complex) -> list[float]:
    return [float(number.real), float(number.imag)]


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
    for name, largest in (("max", True), ("min", False)):
        value, lat, lon = flux.extremum(largest=largest)
        report[f"flux_{name}_over_mean"] = {
            "value": value / flux.mean if flux.mean > 0.0 else None,
            "lat_deg": lat,
            "lon_east_deg": lon,
        }
    _, lat, lon = heating.pattern.extremum(largest=True)
    report["uplift_range_m"] = float(uplift_range_m(heating.interior, heating.love, lat, lon))
    return report
