"""How heat reaches the surface, as a record and in lines."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perijove.constants import M_PER_KM
from perijove.heat.transport import CM_YEAR_PER_M_S, HeatTransport
from perijove.studies.intrusion_rate import PER_MYR, PRESUMES, IntrusionPosterior

__all__ = ["heat_transport_facts", "heat_transport_lines", "heat_transport_record", "intrusion_record"]

_RANGED = ("resurfacing_cm_year", "intruded_share", "crust_km", "cold_crust_km", "mean_melt_fraction")


def heat_transport_record(transport: HeatTransport, others: Sequence[HeatTransport] = ()) -> dict[str, Any]:
    """Plain numbers and names, with units in the keys; None where a number does not exist.

    Parameters
    ----------
    transport : HeatTransport
    others : sequence of HeatTransport
        The same with other powers: what hangs on the power also gets its range over them and the first.
    """
    record = _numbers(transport)
    every = [record, *(_numbers(other) for other in others)]
    for name in _RANGED if others else ():
        values = [one[name] for one in every]
        record[f"{name}_range"] = [None, None] if None in values else [min(values), max(values)]
    return record


def intrusion_record(possible: IntrusionPosterior) -> dict[str, Any]:
    """Quantiles (5, 50, 95 %) of what goes with crust and volcanoes, and what that presumes."""
    return {
        "intrusion_rate_per_myr_quantiles": possible.quantiles(possible.rate_per_s / PER_MYR),
        "intrusion_crust_km_quantiles": possible.quantiles(possible.crust_km),
        "intrusion_erupted_tw_quantiles": possible.quantiles(1e-12 * possible.erupted_w),
        "intrusion_effective_draws": possible.effective_draws,
        "intrusion_presumes": PRESUMES,
    }


def _numbers(transport: HeatTransport) -> dict[str, Any]:
    surface_m = transport.heating.surface_km * M_PER_KM
    lost_w = transport.surface_flux_w_m2 * 4.0 * math.pi * surface_m**2
    return {
        "name": transport.heating.name,
        "power_w": transport.heating.power_w,
        "is_molten": transport.is_molten,
        "surface_flux_w_m2": transport.surface_flux_w_m2,
        "erupted_flux_w_m2": transport.erupted_w_m2,
        "conducted_flux_w_m2": float(transport.conducted_w_m2[-1]),
        "power_balance": lost_w / transport.heating.power_w - 1.0,
        "resurfacing_cm_year": transport.eruption_m_s * CM_YEAR_PER_M_S,
        "intruded_share": transport.intruded_share if transport.is_molten else None,
        "crust_km": transport.crust_km,
        "cold_crust_km": transport.cold_crust_km,
        "thicker_crusts_km": list(transport.thicker_crusts_km),
        "mean_melt_fraction": transport.mean_melt_fraction,
        "largest_melt_fraction": transport.largest_melt_fraction,
    }


def heat_transport_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """The record for people, a fact a line."""
    for name, value in record.items():
        values = value if isinstance(value, list) else [value]
        joint = ", " if name == "thicker_crusts_km" else " to "
        shown = joint.join("-" if x is None else f"{x:.6g}" if isinstance(x, float) else str(x) for x in values)
        yield f"{name:32} {shown or 'none'}"


def heat_transport_facts(record: Mapping[str, Any]) -> list[str]:
    """The most important in two lines, for the figure."""
    mean, most = (100.0 * record[name] for name in ("mean_melt_fraction", "largest_melt_fraction"))
    melt = (
        f"crust {record['crust_km']:.1f} km, eruption {record['resurfacing_cm_year']:.2f} cm/year, "
        f"{100.0 * record['intruded_share']:.0f} % of the magma stays below; melt {mean:.1f} % (largest {most:.1f} %)"
        if record["is_molten"]
        else "conduction alone: nothing melts"
    )
    flow = (
        f"{1e-12 * record['power_w']:.3g} TW, {record['surface_flux_w_m2']:.3g} W/m², of which "
        f"{record['conducted_flux_w_m2']:.2g} W/m² conducted"
    )
    return [flow, melt]
