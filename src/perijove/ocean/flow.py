"""Tides in a global magma ocean: how it flows, what it heats, and the Love number that a spacecraft would see.

The Laplace tidal equations under a lid that gives way, with drag: linear, one frequency, spectral in surface harmonics
(`layer` has the physics and its limits, `flow_kernel` the solution). The liquid at rest of
`perijove.tides.love` is the limit of a thick layer.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.flow_kernel import flow_rows
from perijove.ocean.layer import OceanLayer, ocean_layer
from perijove.tides.potential import TidalPotential
from perijove.tides.surface_harmonics import SurfaceHarmonics, harmonic_basis

__all__ = ["ORDERS", "OceanTide", "flows", "forcing_by_order", "magma_ocean_tide", "ocean_tide", "ocean_tides"]

ORDERS = (-2, -1, 0, 1, 2)
"""Orders of the tide of degree 2, exp(i (w t + order longitude)): positive ones travel west."""

_NEGLIGIBLE = 1e-13  # amplitude of the highest degree over the largest: what is left out is less
_FIRST_DEGREE, _LARGEST_DEGREE = 32, 1024
_MAP_DEGREE = 80


def forcing_by_order(potential: TidalPotential) -> np.ndarray:
    """Complex amplitude of a tide by `ORDERS`, m²/s²; harmonics with a mean square of 1."""
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = potential.tensor_m2_s2
    half = 0.5 * (xx - yy)
    by_order = np.array([half + 1j * xy, xz + 1j * yz, math.sqrt(1.5) * zz, xz - 1j * yz, half - 1j * xy])
    forcing: np.ndarray = by_order / math.sqrt(30.0)
    return forcing


@dataclass(frozen=True)
class OceanTide:
    """Flow of an ocean under the tide, and what follows from it.

    Attributes
    ----------
    ocean : OceanLayer
    drag_per_s : complex
    flow_m2_s : array, shape (5, degrees + 1), complex
        By order and degree: potential (even degrees) and stream function (odd ones) of radius times velocity,
        r u = grad Phi + up x grad Psi with gradients on the unit sphere; harmonics with a mean square of 1.
    """

    ocean: OceanLayer
    drag_per_s: complex
    flow_m2_s: np.ndarray

    @cached_property
    def forcing_m2_s2(self) -> np.ndarray:
        """Tide by order."""
        return forcing_by_order(self.ocean.potential)

    @property
    def pressure_m2_s2(self) -> np.ndarray:
        """Pressure potential P of degree 2 by order: zero where the liquid is at rest."""
        ocean, push = self.ocean, self.ocean.felt_share * self.forcing_m2_s2
        frequency = ocean.potential.angular_frequency_rad_s
        return _pressure_m2_s2(ocean.free_frequency_squared[2], frequency, self.flow_m2_s[:, 2], push)

    @property
    def k2_by_order(self) -> np.ndarray:
        """Love number by order; NaN where the tide has no such part."""
        forcing = self.forcing_m2_s2
        none = np.abs(forcing) <= 1e-12 * np.abs(forcing).max()
        ratio = np.where(none, np.nan, self.pressure_m2_s2 / np.where(none, 1.0, forcing))
        numbers: np.ndarray = self.ocean.static_k2 + self.ocean.pull * ratio
        return numbers

    @property
    def k2(self) -> complex:
        """Love number, averaged over the orders by the square of the tide: its power is that of the body."""
        weight = np.abs(self.forcing_m2_s2) ** 2
        answer = np.sum(np.conj(self.forcing_m2_s2) * self.pressure_m2_s2) / np.sum(weight)
        return complex(self.ocean.static_k2 + self.ocean.pull * answer)

    @property
    def total_power_w(self) -> float:
        """What the orbit loses, W."""
        return self.ocean.potential.dissipated_power_w(self.k2, radius_km=self.ocean.surface_radius_km)

    @property
    def _mean_square(self) -> float:
        """Mean of |r u|² over the sphere, m⁴/s²; u being the complex amplitude."""
        degree = np.arange(self.flow_m2_s.shape[1])
        return float(np.sum(degree * (degree + 1.0) * np.abs(self.flow_m2_s) ** 2))

    @property
    def power_w(self) -> float:
        """Heat that drag makes in the ocean, W."""
        return 4.0 * math.pi * self._areal_heating_scale * self._mean_square

    @property
    def _areal_heating_scale(self) -> float:
        """Heat per solid angle over |r u|², W/sr per m⁴/s²."""
        depth_m = self.ocean.thickness_km * M_PER_KM
        return 0.5 * self.drag_per_s.real * self.ocean.density_kg_m3 * depth_m

    @property
    def solid_power_w(self) -> float:
        """What is left for the solid layers, W: the tide in rock, as the ocean has changed it."""
        return self.total_power_w - self.power_w

    @property
    def kinetic_energy_j(self) -> float:
        """Kinetic energy of the flow, averaged over an orbit, J."""
        depth_m = self.ocean.thickness_km * M_PER_KM
        return math.pi * self.ocean.density_kg_m3 * depth_m * self._mean_square

    @property
    def rms_speed_m_s(self) -> float:
        """Root mean square of the speed over globe and orbit, at the roof."""
        return math.sqrt(0.5 * self._mean_square) / (self.ocean.roof_radius_km * M_PER_KM)

    @property
    def rms_thickening_m(self) -> float:
        """Root mean square, over globe and orbit, of the change in thickness; the equations want it far below that."""
        degree = np.arange(0, self.flow_m2_s.shape[1], 2)
        carried = degree * (degree + 1.0) * np.abs(self.flow_m2_s[:, ::2])
        rise = 1e-3 * self.ocean.thickness_km * carried / self.ocean.roof_radius_km**2
        return math.sqrt(0.5 * float(np.sum(rise**2))) / self.ocean.potential.angular_frequency_rad_s

    def velocity_m_s(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
        """Complex amplitude of the velocity at the roof where rows of latitude cross columns of longitude.

        Parameters
        ----------
        lat_deg : array, shape (rows,)
            The poles excluded.
        lon_east_deg : array, shape (columns,)

        Returns
        -------
        array, shape (2, rows, columns), complex
            Towards east and north; the velocity is the real part of it times exp(i mean anomaly).
        """
        rows = self._flow_by_latitude(np.asarray(lat_deg, dtype=float))
        turned = np.exp(1j * np.multiply.outer(np.array(ORDERS), np.radians(np.asarray(lon_east_deg, dtype=float))))
        velocity: np.ndarray = np.einsum("omr,mc->orc", rows, turned) / (self.ocean.roof_radius_km * M_PER_KM)
        return velocity

    def _flow_by_latitude(self, lat_deg: np.ndarray) -> np.ndarray:
        """East and north part of r u by order, shape (2, 5, rows), m²/s."""
        largest = self.flow_m2_s.shape[1] - 1
        degree = np.arange(largest + 1)
        legendre = harmonic_basis(largest, lat_deg, 0.0)[0]
        sine, cosine = np.sin(np.radians(lat_deg)), np.cos(np.radians(lat_deg))
        parts = np.empty((2, len(ORDERS), len(lat_deg)), dtype=complex)
        for number, order in enumerate(ORDERS):
            size = abs(order)
            table = legendre[:, size] / (math.sqrt(2.0) if order else 1.0)
            across = 1j * order * table / cosine
            before = np.vstack([np.zeros_like(sine), table[:-1]])
            fall = np.sqrt(np.maximum((degree**2 - size**2) * (2.0 * degree + 1.0), 0.0) / np.abs(2.0 * degree - 1.0))
            north = (fall[:, None] * before - degree[:, None] * sine * table) / cosine
            even, odd = self.flow_m2_s[number, ::2], self.flow_m2_s[number, 1::2]
            parts[0, number] = even @ across[::2] - odd @ north[1::2]
            parts[1, number] = even @ north[::2] + odd @ across[1::2]
        return parts

    @cached_property
    def flux_w_m2(self) -> SurfaceHarmonics:
        """Heat of the ocean under each square metre of the surface, if it rose straight up.

        Harmonics up to degree 80: twice the degree of the flow but for open oceans less than a few metres deep.
        """
        largest = min(2 * (self.flow_m2_s.shape[1] - 1), _MAP_DEGREE)
        nodes, weights = np.polynomial.legendre.leggauss((2 * (self.flow_m2_s.shape[1] - 1) + largest) // 2 + 1)
        lat = np.degrees(np.arcsin(nodes))
        parts = self._flow_by_latitude(lat)
        square = np.einsum("oar,obr->abr", parts, np.conj(parts))
        legendre = harmonic_basis(largest, lat, 0.0)[0]
        coefficients = np.zeros((2, largest + 1, largest + 1))
        for turn in range(min(4, largest) + 1):
            beat = np.sum([square[a, a - turn] for a in range(turn, len(ORDERS))], axis=0)
            by_degree = 0.5 * (legendre[:, turn] * weights) @ beat
            coefficients[0, :, turn] = by_degree.real
            coefficients[1, :, turn] = -by_degree.imag if turn else 0.0
        scale = self._areal_heating_scale / (self.ocean.surface_radius_km * M_PER_KM) ** 2
        return SurfaceHarmonics(scale * coefficients)


def flows(
    potential: TidalPotential, rotation_rad_s: float, felt: ArrayLike, stiffness: np.ndarray, drag: np.ndarray
) -> Iterator[tuple[complex, np.ndarray, np.ndarray]]:
    """Order by order of the tide: its amplitude, the flow of each ocean, and the pressure P of degree 2.

    `felt` and `stiffness`, shape (oceans, degrees + 1), are `felt_share` and `free_frequency_squared` of `OceanLayer`;
    `drag` has shape (oceans,). The flow, shape (oceans, degrees + 1), is overwritten by the next order's.
    """
    frequency = potential.angular_frequency_rad_s
    flow = np.empty(stiffness.shape, dtype=complex)
    for order, part in zip(ORDERS, forcing_by_order(potential), strict=True):
        push = np.array(np.broadcast_to(np.asarray(felt) * part, len(drag)))
        flow_rows(order, frequency, rotation_rad_s, drag, stiffness, push, flow)
        yield complex(part), flow, _pressure_m2_s2(stiffness[:, 2], frequency, flow[:, 2], push)


def _pressure_m2_s2(stiffness: Any, frequency: float, flow: np.ndarray, push: np.ndarray) -> np.ndarray:  # noqa: ANN401  # one or many
    """Pressure potential P of degree 2 that a flow builds up; zero where the liquid is at rest."""
    pressure: np.ndarray = stiffness / (1j * frequency) * flow - push
    return pressure


def _trimmed(flow: np.ndarray) -> np.ndarray | None:
    """The flow without degrees that do not count; None where the highest one does."""
    size = np.abs(flow).max(axis=0)
    counts = np.flatnonzero(size > _NEGLIGIBLE * size.max())
    if len(counts) == 0:
        return flow[:, :3]
    if counts[-1] >= flow.shape[1] - 2:
        return None
    return flow[:, : counts[-1] + 1]


def _solved(ocean: OceanLayer, drag_per_s: complex) -> OceanTide | None:
    """Tide of an ocean; None where it needs higher degrees than the ocean has."""
    stiffness, drag = ocean.free_frequency_squared[None], np.array([drag_per_s])
    orders = flows(ocean.potential, ocean.rotation_rad_s, ocean.felt_share, stiffness, drag)
    kept = _trimmed(np.concatenate([flow.copy() for _, flow, _ in orders]))
    return None if kept is None else OceanTide(ocean, drag_per_s, kept)


def _checked_drag(drag_per_s: complex) -> complex:
    drag = complex(drag_per_s)
    if not (drag.real > 0.0 and abs(drag) < math.inf):
        raise InputError(
            f"drag_per_s {drag_per_s}: its real part is not positive and finite; without drag tides resonate"
        )
    return drag


def ocean_tide(ocean: Interior | OceanLayer, *, drag_per_s: complex) -> OceanTide:
    """Tide in a global liquid layer.

    Parameters
    ----------
    ocean : Interior or OceanLayer
        An interior with a liquid layer between solid ones, or what `ocean_layer` or `open_ocean` gives.
    drag_per_s : complex
        alpha of the force -alpha u per mass; `viscous_drag_per_s` has it for magma.

    Returns
    -------
    OceanTide

    Raises
    ------
    InputError
        If the drag is not positive, the interior has no ocean, or the orbit raises no tide.
    PrecisionError
        If the flow needs higher degrees than the layer was made with, or than 1024.

    Notes
    -----
    As many degrees are taken as the flow needs to 1e-13; the work of the tide and the heat of drag (with that in rock)
    are then one to 1e-12.
    """
    drag = _checked_drag(drag_per_s)
    potential = ocean.potential if isinstance(ocean, OceanLayer) else TidalPotential.of(ocean)
    if potential.mean_square_m4_s4 == 0.0:
        raise InputError(f"{ocean.name}: the orbit raises no tide; give an eccentricity, an obliquity or a libration")
    if isinstance(ocean, OceanLayer):
        tide = _solved(ocean, drag)
        if tide is None:
            raise PrecisionError(
                f"{ocean.name}: the flow has not died away at degree {len(ocean.compliance_s2_m) - 1}; make the layer "
                "with a higher degree"
            )
        return tide
    degree = _FIRST_DEGREE
    while degree <= _LARGEST_DEGREE:
        tide = _solved(ocean_layer(ocean, degree=degree), drag)
        if tide is not None:
            return tide
        degree *= 2
    raise PrecisionError(f"interior {ocean.name!r}: the flow has not died away at degree {_LARGEST_DEGREE}")


def magma_ocean_tide(interior: Interior, viscosity_pa_s: float) -> OceanTide:
    """Tide in an interior's uppermost liquid layer under rock, with the drag of viscous magma.

    Raises
    ------
    InputError, PrecisionError
        As `ocean_tide` and `viscous_drag_per_s` do.
    """
    layer = ocean_layer(interior)
    drag = viscous_drag_per_s(
        viscosity_pa_s,
        density_kg_m3=layer.density_kg_m3,
        thickness_km=layer.thickness_km,
        frequency_rad_s=interior.orbit.angular_frequency_rad_s,
    )
    return ocean_tide(interior, drag_per_s=complex(drag))


def ocean_tides(ocean: OceanLayer, *, thickness_km: ArrayLike, drag_per_s: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Love number and ocean heating for many thicknesses and drags of one layer.

    Parameters
    ----------
    ocean : OceanLayer
        Where the liquid lies, and how the body gives way around it; the small change of that with the thickness is
        left out (0.3 % of static k2 from 1 m to 50 km of magma in Io).
    thickness_km, drag_per_s : array
        They broadcast to some shape (...).

    Returns
    -------
    k2 : array, shape (...), complex
    power_w : array, shape (...)
        In the ocean.

    Raises
    ------
    InputError
        If a thickness or the real part of a drag is not positive.
    PrecisionError
        As for `ocean_tide`.
    """
    thickness, drag = np.broadcast_arrays(np.asarray(thickness_km, dtype=float), np.asarray(drag_per_s, dtype=complex))
    if not (np.all(thickness > 0.0) and np.all(drag.real > 0.0) and np.isfinite(drag).all()):
        raise InputError("thickness_km, drag_per_s: a thickness or the real part of a drag is not positive and finite")
    shape, thickness, drag = thickness.shape, thickness.ravel(), drag.ravel()
    per_km = dataclasses.replace(ocean, thickness_km=1.0).free_frequency_squared
    square = thickness[:, None] * per_km
    degree = np.arange(square.shape[1])
    answer, mean_square, forced = np.zeros(len(drag), dtype=complex), np.zeros(len(drag)), 0.0
    tail, top = np.zeros(len(drag)), np.zeros(len(drag))
    for part, flow, pressure in flows(ocean.potential, ocean.rotation_rad_s, ocean.felt_share, square, drag):
        answer += np.conj(part) * pressure
        forced += abs(part) ** 2
        size = np.abs(flow)
        mean_square += (size**2) @ (degree * (degree + 1.0))
        tail = np.maximum(tail, size[:, -2:].max(axis=1))
        top = np.maximum(top, size.max(axis=1))
    if np.any(tail > _NEGLIGIBLE * top):
        raise PrecisionError(
            f"{ocean.name}: in {np.sum(tail > _NEGLIGIBLE * top)} of {len(drag)} cases the flow has not died away at "
            f"degree {square.shape[1] - 1}; make the layer with a higher degree"
        )
    k2 = ocean.static_k2 + ocean.pull * answer / forced
    power = 2.0 * math.pi * drag.real * ocean.density_kg_m3 * thickness * M_PER_KM * mean_square
    return k2.reshape(shape), power.reshape(shape)
