"""Love numbers of layered bodies: how far a tide or a load moves ground and gravity.

A periodic potential of degree l and surface value W raises the ground by h W / g, moves it along by l grad W / g (grad
on the unit sphere), and adds k W to the potential outside. The numbers are complex: the response goes with exp(+i
omega t), and where it lags, the imaginary part is negative.

Modelled are spherical, non-rotating, self-gravitating bodies of homogeneous layers, solid (any rheology;
compressible or not) or liquid, in hydrostatic equilibrium. Not modelled: inertia, which adds 0.4 % to Re k2 and 0.8 %
to the heat of a soft Io and 0.02 % to a stiff one's (`perijove.tides.heating.inertia_k2` gives it), much more where a
liquid layer is near a resonance; rotation, about as much; lateral differences; flow in liquid layers, which are static
after Saito (1974, doi:10.4294/jpe1952.22.123).
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.interior.interiors import Interiors
from perijove.interior.rheology import in_units
from perijove.tides.love_kernel import (
    BAD_BULK,
    BAD_DENSITY,
    BAD_RADIUS,
    BAD_SHEAR,
    BODIES,
    LIQUID_SURFACE,
    first_fault,
    love_rows,
)
from perijove.tides.radial_kernel import radial_rows

__all__ = [
    "LoveNumbers",
    "RadialFunctions",
    "love_numbers",
    "love_numbers_batch",
    "radial_functions",
]

_LARGEST_DEGREE = 1000
_LARGEST_DEFECT = 1e-9  # of reciprocity; rounding leaves 1e-16 to 1e-14 in ordinary bodies
_ROWS = 2048  # bodies at a time: they and their results fit into the second-level cache
_FAULTS = MappingProxyType(
    {
        BAD_RADIUS: "radius {radius} m is not above {below:g} m and finite; give outer radii from the centre outwards",
        BAD_DENSITY: "density {density} kg/m3 is not positive and finite",
        BAD_SHEAR: "shear modulus {shear} Pa has a part that is negative or not finite; time goes with exp(+i omega t)",
        BAD_BULK: "bulk modulus {bulk} Pa is not positive, or its imaginary part is negative; infinity makes a layer "
        "incompressible",
        LIQUID_SURFACE: "the outermost layer is liquid (shear modulus 0); it must be solid",
    }
)


@dataclass(frozen=True)
class LoveNumbers:
    """Complex Love numbers of one degree, for tides or for loads.

    Attributes
    ----------
    k, h, l : complex array
        Of potential, vertical and horizontal displacement; negative imaginary part where the response lags.
    """

    k: np.ndarray
    h: np.ndarray
    l: np.ndarray  # noqa: E741  # the field's name for it


@dataclass(frozen=True)
class RadialFunctions:
    """Response inside a body to a potential of 1 m²/s² at its surface, after Takeuchi & Saito (1972).

    With a potential W Y at the surface (Y a surface harmonic of degree l, grad its gradient on the unit sphere),
    displacement, traction on spheres, and the perturbed potential (positive where it pulls outwards) at radius r are

        u_r = y1 W Y,          u_t = y3 W grad Y,
        stress_rr = y2 W Y,    stress_rt = y4 W grad Y,
        potential = y5 W Y,    y6 = d y5 / dr - 4 pi G rho y1 + (l + 1) / r y5.

    Attributes
    ----------
    radius_m : array, shape (n,)
    y : array, shape (n, 6), complex
        y1 and y3 in m per m²/s²; y2 and y4 in Pa per m²/s² (kg/m³); y5 dimensionless; y6 in 1/m. At the surface y5
        is 1 + k, y1 h / g and y3 l / g. In a static liquid only y5 is determined, and the others are NaN.
    """

    radius_m: np.ndarray
    y: np.ndarray


def _checked_degree(degree: int) -> float:
    if not 2 <= degree <= _LARGEST_DEGREE or degree != int(degree):
        raise InputError(
            f"degree {degree}: is not a whole number from 2 to {_LARGEST_DEGREE}; degree 0 does not deform, "
            "and degree 1 moves the body as a whole"
        )
    return float(degree)


def _check(radius: np.ndarray, density: np.ndarray, shear: np.ndarray, bulk: np.ndarray, start: int = 0) -> None:
    """Raise for the first thing that is wrong in bodies, shape (bodies, layers)."""
    row, layer, fault = first_fault(radius, density, shear, bulk)
    if fault:
        sentence = _FAULTS[fault].format(
            radius=radius[row, layer],
            below=radius[row, layer - 1] if layer else 0.0,
            density=density[row, layer],
            shear=shear[row, layer],
            bulk=bulk[row, layer] if bulk[row, layer].imag else bulk[row, layer].real,
        )
        where = f"body {start + row}, " if start + row or len(radius) > 1 else ""
        raise InputError(f"{where}layer {layer}: {sentence}")


def _stress_unit_pa(radius_m: np.ndarray, density_kg_m3: np.ndarray) -> np.ndarray:
    """The unit 4 pi G rho² R² of the kernels; shapes (..., layers) to (..., 1)."""
    unit: np.ndarray = (4.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2) * (radius_m * density_kg_m3)[..., -1:] ** 2
    return unit


def _body(interior: Interior) -> tuple[np.ndarray, np.ndarray]:
    """Outer radii (m) and densities (kg/m³), shape (1, layers)."""
    columns = interior.rows.columns
    return columns["outer_radius_km"] * M_PER_KM, columns["density_kg_m3"]


def _moduli(interior: Interior, frequency_rad_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Complex moduli of shear, 0 in liquids, and bulk, shape (1, layers)."""
    # Layer by layer with plain numbers: arrays of one would take most of the time of a solve.
    return (
        np.array([[layer.complex_rigidity_pa(frequency_rad_s) for layer in interior.layers]]),
        np.array([[layer.complex_bulk_pa(frequency_rad_s) for layer in interior.layers]]),
    )


def _lost(which: str) -> PrecisionError:
    return PrecisionError(
        f"{which}: rounding has taken more digits than it may, or a compressible layer is too soft for its series; "
        "make very soft layers liquid or incompressible, or lower the degree"
    )


def love_numbers(
    interior: Interior | Interiors,
    frequency_rad_s: ArrayLike | None = None,
    degree: int = 2,
    *,
    load: bool = False,
    threads: int = 2,
) -> LoveNumbers:
    """Love numbers of an interior at one or many frequencies, or of many interiors.

    Parameters
    ----------
    interior : Interior or Interiors
    frequency_rad_s : array or None
        Angular frequency of the forcing, rad/s; None takes that of the orbit. Of many interiors, one for all or one
        for each.
    degree : int
        2 or more.
    load : bool
        For a load on the surface, whose own potential W is, in place of a tide.
    threads : int
        Among so many threads the work is shared where there is much.

    Returns
    -------
    LoveNumbers
        Of one interior, arrays of the shape of the frequency; of many, of shape (bodies,), NaN where a body cannot be
        or loses too many digits.

    Raises
    ------
    InputError
        If degree or frequency is out of bounds.
    PrecisionError
        If rounding has taken too many digits of a single interior (`love_numbers_batch` says how that is known).

    Notes
    -----
    The layers' impedance matrices are carried from the centre to the surface (see `impedance_kernel`); relative errors
    are 1e-12 or less against an integration of the radial equations.
    """
    if isinstance(interior, Interiors):
        return _of_many(interior, frequency_rad_s, degree, load=load, threads=threads)
    frequency: Any = interior.orbit.angular_frequency_rad_s if frequency_rad_s is None else frequency_rad_s
    if isinstance(frequency, float) or np.ndim(frequency) == 0:
        order = _checked_degree(degree)
        numbers, defect = _solved(*_body(interior), *_moduli(interior, float(frequency)), order, load=load)
        if not defect[0] <= _LARGEST_DEFECT:
            raise _lost(f"degree {degree}")
        return LoveNumbers(*numbers[0])
    flat = np.asarray(frequency, dtype=float).ravel()
    copies = interior.rows.copies(len(flat))
    copies = copies.with_orbit_values("angular_frequency_rad_s", flat)
    moduli = copies.complex_rigidity_pa(), copies.complex_bulk_pa()
    love = love_numbers_batch(*_body(interior), *moduli, degree=degree, load=load, threads=threads)
    return LoveNumbers(*(number.reshape(np.shape(frequency)) for number in (love.k, love.h, love.l)))


def _of_many(
    interiors: Interiors, frequency_rad_s: ArrayLike | None, degree: int, *, load: bool, threads: int
) -> LoveNumbers:
    """Love numbers of those that can be; NaN for the others."""
    if frequency_rad_s is not None:
        interiors = interiors.with_orbit_values("angular_frequency_rad_s", frequency_rad_s)
    fine = interiors.possible
    numbers = np.full((3, len(interiors)), np.nan, dtype=complex)
    if fine.any():
        some = interiors if fine.all() else interiors.taken(fine)
        love = love_numbers_batch(
            some.columns["outer_radius_km"] * M_PER_KM,
            some.columns["density_kg_m3"],
            some.complex_rigidity_pa(),
            some.complex_bulk_pa(),
            degree=degree,
            load=load,
            threads=threads,
            keep_lost=True,
        )
        numbers[:, fine] = love.k, love.h, love.l
    return LoveNumbers(*numbers)


def _solved(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    order: float,
    *,
    load: bool,
    start: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """k, h, l and defect of reciprocity of bodies, shape (bodies, layers), SI; `start` is the number of the first."""
    _check(radius, density, shear, bulk, start)
    numbers, defect = np.empty((len(radius), 3), dtype=complex), np.empty(len(radius))
    unit = _stress_unit_pa(radius, density)
    love_rows(radius, density, shear / unit, in_units(bulk, unit), order, load, numbers, defect)
    return numbers, defect


def love_numbers_batch(
    radius_m: ArrayLike,
    density_kg_m3: ArrayLike,
    shear_modulus_pa: ArrayLike,
    bulk_modulus_pa: ArrayLike = math.inf,
    *,
    degree: int = 2,
    load: bool = False,
    threads: int = 2,
    keep_lost: bool = False,
) -> LoveNumbers:
    """Love numbers of many bodies with the same number of layers.

    Parameters
    ----------
    radius_m : array, shape (..., layers)
        Outer radii from the centre outwards, m.
    density_kg_m3 : array, shape (..., layers)
    shear_modulus_pa : array, shape (..., layers), complex
        As `complex_shear_modulus` gives it; 0 makes a layer liquid.
    bulk_modulus_pa : array, shape (..., layers), real or complex
        Infinite: incompressible. It plays no part in liquids. Complex where rock yields in bulk, as
        `complex_bulk_modulus` gives it. All four broadcast.
    degree : int
        2 or more.
    load : bool
        As in `love_numbers`.
    threads : int
        Bodies are shared among so many threads.
    keep_lost : bool
        Whether bodies that lose too many digits come out as NaN, for samplers that meet odd bodies; if not, they raise.

    Returns
    -------
    LoveNumbers
        Arrays of the shape (...) of the bodies.

    Raises
    ------
    InputError
        If shapes do not match, or a radius, density or modulus is out of bounds.
    PrecisionError
        If a body loses too many digits and `keep_lost` is false.

    Notes
    -----
    How many digits are left is measured on every body: k of a load is to be k - h of the tide (Saito 1978,
    doi:10.4294/jpe1952.26.13), and what is missing from that comes of rounding alone. More than 1e-9 counts as lost.
    """
    order = _checked_degree(degree)
    try:
        shape = np.broadcast_shapes(*map(np.shape, (radius_m, density_kg_m3, shear_modulus_pa, bulk_modulus_pa)))
    except ValueError:
        raise InputError(
            f"radii {np.shape(radius_m)}, densities {np.shape(density_kg_m3)}, shear moduli "
            f"{np.shape(shear_modulus_pa)}, bulk moduli {np.shape(bulk_modulus_pa)}: shapes do not broadcast"
        ) from None
    if len(shape) < 1 or shape[-1] < 1:
        raise InputError(f"bodies of shape {shape}: the last axis counts the layers and must not be empty")
    if threads < 1:
        raise InputError(f"threads {threads}: must be 1 or more")
    kinds = (float, float, complex, complex)
    given = (radius_m, density_kg_m3, shear_modulus_pa, bulk_modulus_pa)
    bodies: list[np.ndarray] = [
        np.broadcast_to(np.asarray(x, dtype=kind), shape).reshape(-1, shape[-1])
        for x, kind in zip(given, kinds, strict=True)
    ]
    count = math.prod(shape[:-1])
    numbers, defect = np.empty((count, 3), dtype=complex), np.empty(count)

    def solve(part: slice) -> None:
        radius, density, shear, bulk = (np.array(x[part], order="C") for x in bodies)
        numbers[part], defect[part] = _solved(radius, density, shear, bulk, order, load=load, start=part.start)

    parts = list(_parts(count, threads))
    if threads == 1 or len(parts) == 1:
        for part in parts:
            solve(part)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(solve, parts))
    lost = ~(defect <= _LARGEST_DEFECT)
    if lost.any():
        if not keep_lost:
            raise _lost(f"degree {degree}: {lost.sum()} of {count} bodies, the first of them number {lost.argmax()}")
        numbers[lost] = np.nan
    return LoveNumbers(*np.moveaxis(numbers.reshape(*shape[:-1], 3), -1, 0))


def _parts(count: int, threads: int) -> Iterator[slice]:
    """Slices of bodies: some for every thread, and none too large for the cache."""
    rows = min(_ROWS, max(64, -(-count // threads)))
    rows += -rows % BODIES  # the same bodies side by side, whatever the threads: the same numbers to the last bit
    for start in range(0, count, rows):
        yield slice(start, min(start + rows, count))


def radial_functions(
    interior: Interior, frequency_rad_s: float, degree: int = 2, *, radii_km: ArrayLike, load: bool = False
) -> RadialFunctions:
    """Displacement, stress and potential along the radius of an interior.

    Parameters
    ----------
    interior : Interior
    frequency_rad_s : float
        Angular frequency of the forcing, rad/s.
    degree : int
        2 or more.
    radii_km : array, shape (n,)
        Above 0, up to the surface, in any order; a boundary belongs to the layer below it.
    load : bool
        As in `love_numbers`.

    Returns
    -------
    RadialFunctions

    Raises
    ------
    InputError
        As for `love_numbers`, and if a radius lies outside the body.
    PrecisionError
        As for `love_numbers`.
    """
    radius, density = _body(interior)
    order = _checked_degree(degree)
    if np.ndim(frequency_rad_s):
        raise InputError(f"frequency_rad_s of shape {np.shape(frequency_rad_s)}: radial functions need one frequency")
    shear, bulk = _moduli(interior, float(frequency_rad_s))
    _check(radius, density, shear, bulk)
    places = np.atleast_1d(np.asarray(radii_km, dtype=float)) * M_PER_KM
    if places.ndim > 1 or not np.all((places > 0.0) & (places <= radius[0, -1])):
        raise InputError(
            f"radii_km: not one row of numbers above 0 and up to the surface at {radius[0, -1] / M_PER_KM:g} km"
        )
    rows = np.empty((len(places), 6), dtype=complex)
    unit = _stress_unit_pa(radius, density)
    size_m, outer = radius[0, -1], density[0, -1]
    defect = radial_rows(radius, density, shear / unit, in_units(bulk, unit), order, load, places / size_m, rows)
    if not defect <= _LARGEST_DEFECT:
        raise _lost(f"degree {degree}")
    potential = float(unit[0, 0]) / outer  # the unit of the kernel, m²/s²
    rows[:, [0, 2]] *= size_m / potential
    rows[:, [1, 3]] *= outer
    rows[:, 5] /= size_m
    return RadialFunctions(places, rows)
