"""Love numbers of many interiors whose ocean flows: what `ocean_tide` says of one, for samplers."""

import math

import numpy as np

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.interiors import Interiors
from perijove.interior.rheology import in_units
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.flow import flows
from perijove.ocean.flow_kernel import ocean_rows
from perijove.tides.love import love_numbers
from perijove.tides.potential import TidalPotential

__all__ = ["has_moving_ocean", "moving_k2"]

_DEGREES = 8  # k2 of 2 km and more of magma in Io is then right to 1e-9
_GRAVITY = 4.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2


def _ocean(interiors: Interiors) -> int:
    """Number of the uppermost liquid layer on rock; -1 where there is none."""
    found = [k for k in range(1, len(interiors.states)) if interiors.states[k - 1 : k + 1] == ("solid", "liquid")]
    return found[-1] if found else -1


def has_moving_ocean(interiors: Interiors) -> bool:
    """Whether the uppermost liquid layer on rock has a viscosity: then it is asked to flow."""
    number = _ocean(interiors)
    return number > 0 and bool(np.isfinite(interiors.columns["viscosity_pa_s"][:, number]).any())


def moving_k2(interiors: Interiors, *, degree: int = _DEGREES, threads: int = 1) -> np.ndarray:
    """Love number k2 of interiors in which magma flows with its own inertia and drag.

    Parameters
    ----------
    interiors : Interiors
        With a viscosity in the uppermost liquid layer on rock, all on one orbit.
    degree : int
        Highest degree of the flow, even.
    threads : int
        For the liquid at rest.

    Returns
    -------
    array, shape (bodies,), complex
        NaN where a body cannot be, its roof would sink or its ocean has no viscosity. The imaginary part holds the
        friction of the magma, beside that in rock.

    Raises
    ------
    InputError
        If there is no such layer, or the bodies have different orbits.

    Notes
    -----
    As `perijove.ocean.flow.ocean_tide` with `viscous_drag_per_s`, of which it leaves out the search for the degree.
    """
    number = _ocean(interiors)
    if number < 0:
        raise InputError("interiors: no liquid layer rests on a solid one; an ocean needs a floor and a roof of rock")
    if interiors.orbit_columns:
        raise InputError(f"interiors: differ in {', '.join(interiors.orbit_columns)}; give all the same orbit")
    k2 = np.full(len(interiors), np.nan, dtype=complex)
    viscosity = interiors.columns["viscosity_pa_s"][:, number]
    fine = interiors.possible & (viscosity > 0.0)
    if not fine.any():
        return k2
    some = interiors.taken(fine)
    radius_m, density = some.columns["outer_radius_km"] * M_PER_KM, some.columns["density_kg_m3"]
    size, outer = radius_m[:, -1:], density[:, -1:]
    stress = _GRAVITY * (size * outer) ** 2
    lift, swell = np.empty(len(some), dtype=complex), np.zeros((len(some), degree + 1), dtype=complex)
    degrees = np.arange(2.0, degree + 1.0, 2.0)  # odd ones have no pressure
    compliance = np.empty((len(some), len(degrees)), dtype=complex)
    rigidity, bulk = some.complex_rigidity_pa() / stress, in_units(some.complex_bulk_pa(), stress)
    ocean_rows(radius_m / size, density / outer, rigidity, bulk, number, degrees, lift, compliance)
    swell[:, 2::2] = compliance / (_GRAVITY * outer * size)
    lift /= (_GRAVITY * outer * size)[:, 0]
    roof_m, thickness_m = radius_m[:, number], radius_m[:, number] - radius_m[:, number - 1]
    stiffness = np.zeros_like(swell)
    stiffness[:, 2::2] = degrees * (degrees + 1.0) * (thickness_m / roof_m**2)[:, None] / swell[:, 2::2]
    potential = TidalPotential.of(Interior.of_row(some, 0))
    drag = viscous_drag_per_s(
        viscosity[fine],
        density_kg_m3=density[:, number],
        thickness_km=thickness_m / M_PER_KM,
        frequency_rad_s=potential.angular_frequency_rad_s,
    )
    answer, forced = np.zeros(len(some), dtype=complex), 0.0
    rotation = some.orbit.angular_frequency_rad_s
    for part, _, pressure in flows(potential, rotation, lift / swell[:, 2], stiffness, drag):
        answer += np.conj(part) * pressure
        forced += abs(part) ** 2
    pull = _GRAVITY * density[:, number] * roof_m**2 / (5.0 * size[:, 0]) * lift
    found = love_numbers(some, threads=threads).k + pull * answer / forced
    k2[fine] = np.where((swell[:, 2::2].real > 0.0).all(axis=1), found, np.nan)
    return k2
