"""Tidal heating in three dimensions: where in the body, and under which part of the surface.

A radially symmetric body turns the tide W of degree 2 into three kinds of strain, whose squares go with |W|², with its
gradient squared and with its traceless second derivatives squared. By Bochner's formula the harmonics of these three
patterns are those of |W|², times fixed numbers by degree (Beuthe 2013, doi:10.1016/j.icarus.2012.11.020). So heating
has harmonics of degree 0, 2 and 4 only, and each is a function of radius times a pattern that only the orbit decides.

Not modelled:

- lateral differences of the interior. Melt feeds back on the pattern and shifts its peaks in longitude (Veenstra et al.
  2025, doi:10.1038/s41467-025-62059-4);
- flow in liquid layers;
- friction of melt against rock, which exceeds shear heating only with more than 5 % of melt and grains beyond 1 cm, and
  compaction, at most 1 % of Io's heat (Hay et al. 2025, arXiv:2507.11266);
- the way of the heat to the surface: the map is the heat under each point, as if it rose straight up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.tides.love import LoveNumbers, RadialFunctions, love_numbers, radial_functions
from perijove.tides.potential import TidalPotential
from perijove.tides.surface_harmonics import SurfaceHarmonics

__all__ = ["PATTERNS", "TidalHeating", "heating_w_m3", "inertia_k2", "quality_factor", "tidal_heating"]

PATTERNS = np.array([[1.0, 1.0, 1.0], [6.0, 3.0, -4.0], [12.0, -12.0, 2.0]])
"""Harmonics of degree 0, 2, 4 over those of |W|²: of |W|² itself, of its gradient, of its second derivatives."""

_DEGREE = 4
_NODES = 12  # per panel: r^-8 over a panel is integrated to 1e-16
_PANEL_RATIO = 1.5
_REFINEMENTS = (1, 8, 64)  # times as many panels where the first do not resolve what happens
_RESOLVED = 1e-9  # between heat in the volume and what the orbit loses: no finer panels needed
_LARGEST_MISMATCH = 1e-6
_ROUNDING = 1e-12  # of Im k2, against |k2|
_ABOVE = 1.0 + 1e-12  # just above a boundary: the solid, not the liquid that ends there
_FINER = 4  # panels of inertia: displacement is smooth within a layer


def quality_factor(love: complex) -> float:
    """Q = |k| / -Im k; infinite where nothing is dissipated."""
    return abs(love) / -love.imag if love.imag < 0.0 else math.inf


def _pattern_of(potential: TidalPotential) -> SurfaceHarmonics:
    """|W|² of the complex amplitude W, in m⁴/s⁴."""
    return SurfaceHarmonics.of(lambda lat, lon: np.abs(potential.amplitude_m2_s2(lat, lon)) ** 2, _DEGREE)


def _weights(layer: Layer, frequency_rad_s: float, functions: RadialFunctions) -> np.ndarray:
    """Heating per |W|² by degree 0, 2, 4, in W/m³ per m⁴/s⁴, at radii within one layer; shape (radii, 3).

    With y1 to y4 as Takeuchi & Saito (1972) define them, the strain has a part along and across the radius (goes with
    W), a shear of the radius against the ground (with its gradient), and a shear along the ground (with the rest). A
    change of volume D, which goes with W too, gives w Im(K) |D|² / 2 beside the w Im(mu) e':e'* of shear.
    """
    if layer.is_liquid:
        return np.zeros((len(functions.radius_m), 3))
    rigidity, bulk = layer.complex_rigidity_pa(frequency_rad_s), layer.complex_bulk_pa(frequency_rad_s)
    y1, y2, y3, y4 = functions.y[:, :4].T
    across = (y1 - 3.0 * y3) / functions.radius_m
    if math.isinf(bulk.real):
        along = -2.0 * across
    else:
        lame = bulk - 2.0 / 3.0 * rigidity
        along = (y2 - 2.0 * lame * across) / (lame + 2.0 * rigidity)
    squares = np.stack(
        [
            2.0 / 3.0 * np.abs(along - across) ** 2,
            0.5 * np.abs(y4 / rigidity) ** 2,
            np.abs(y3 / functions.radius_m) ** 2,
        ],
        axis=-1,
    )
    weights: np.ndarray = frequency_rad_s * np.imag(rigidity) * squares @ PATTERNS
    if bulk.imag > 0.0:
        dilatation = np.abs(along + 2.0 * across) ** 2
        weights += 0.5 * frequency_rad_s * bulk.imag * dilatation[:, None] * PATTERNS[0]
    return weights


def _panels_km(inner_km: float, outer_km: float, finer: int) -> np.ndarray:
    """Edges that cut a layer into panels thin enough for the quadrature."""
    if inner_km == 0.0:
        return np.linspace(0.0, outer_km, finer + 1)
    count = max(1, math.ceil(math.log(outer_km / inner_km) / math.log(_PANEL_RATIO)))
    return np.geomspace(inner_km, outer_km, finer * count + 1)


@cache
def _gauss_legendre() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a panel from -1 to 1."""
    return np.polynomial.legendre.leggauss(_NODES)


def _quadrature(edges_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes (km) and weights (m) over panels."""
    nodes, weights = _gauss_legendre()
    half, middle = 0.5 * np.diff(edges_km), 0.5 * (edges_km[1:] + edges_km[:-1])
    return (middle[:, None] + half[:, None] * nodes).ravel(), (M_PER_KM * half[:, None] * weights).ravel()


@dataclass(frozen=True)
class TidalHeating:
    """What the tide heats, layer by layer and under each point of the surface.

    Attributes
    ----------
    interior : Interior
    potential : TidalPotential
    love : LoveNumbers
        Of degree 2, at the tidal frequency.
    pattern : SurfaceHarmonics
        |W|² of the tide, m⁴/s⁴.
    layer_response : array, shape (layers, 3)
        Heat of a layer under a square metre of surface, over |W|², by degree 0, 2, 4.
    """

    interior: Interior
    potential: TidalPotential
    love: LoveNumbers
    pattern: SurfaceHarmonics
    layer_response: np.ndarray

    @property
    def _area_m2(self) -> float:
        return 4.0 * math.pi * (self.interior.radius_km * M_PER_KM) ** 2

    @property
    def layer_power_w(self) -> np.ndarray:
        """Heat of each layer, W."""
        power: np.ndarray = self._area_m2 * self.layer_response[:, 0] * self.pattern.mean
        return power

    @property
    def power_w(self) -> float:
        """Heat of the whole body, by integration over its volume, W."""
        return float(self.layer_power_w.sum())

    @property
    def power_from_love_number_w(self) -> float:
        """Heat of the whole body as the Love number k2 has it, W: what the orbit loses."""
        return self.potential.dissipated_power_w(complex(self.love.k), radius_km=self.interior.radius_km)

    @property
    def mean_flux_w_m2(self) -> float:
        """Heat flow, averaged over the surface."""
        return self.power_w / self._area_m2

    @cached_property
    def flux_w_m2(self) -> SurfaceHarmonics:
        """Heat flow over the surface, if all heat rose straight up."""
        return self.layer_flux_w_m2(range(len(self.interior.layers)))

    @property
    def pattern_shares(self) -> np.ndarray:
        """What part of the heat goes with each of `PATTERNS`, shape (3,); NaN where nothing is heated.

        The second rules where a soft layer is sheared between stiff ones, the third where shells bend over liquid:
        between the two the map moves from an asthenosphere's to a deep mantle's.
        """
        parts = np.linalg.solve(PATTERNS.T, self.layer_response.sum(axis=0)) * PATTERNS[:, 0]
        total = float(parts.sum())
        shares: np.ndarray = parts / total if total > 0.0 else np.full(3, np.nan)
        return shares

    def layer_flux_w_m2(self, layers: Sequence[int]) -> SurfaceHarmonics:
        """Heat flow over the surface of some layers alone, by their numbers from the centre."""
        by_degree = np.zeros(_DEGREE + 1)
        by_degree[::2] = self.layer_response[list(layers)].sum(axis=0)
        return self.pattern.scaled(by_degree)


def tidal_heating(interior: Interior) -> TidalHeating:
    """Heating of an interior by the tide of its own orbit.

    Parameters
    ----------
    interior : Interior

    Returns
    -------
    TidalHeating

    Raises
    ------
    PrecisionError
        If the heat in the volume and the power that k2 stands for differ by more than rounding explains.

    Notes
    -----
    Heat per volume is w (Im(mu) e':e'* + Im(K) |D|² / 2), with the deviatoric strain e', the dilatation D, and the
    complex moduli of shear mu and bulk K (Tobie et al. 2005, doi:10.1016/j.icarus.2005.04.006; Beuthe 2013). Its
    integral over the volume is the power that k2 stands for. They are found apart, agree to 1e-13 in ordinary
    interiors, and are compared in every one. They part where a compressible layer is nearly liquid: with constant
    density it is unstable against turning over, and its functions of radius
    oscillate ever faster as its viscosity falls.
    """
    potential = TidalPotential.of(interior)
    love = love_numbers(interior, interior.orbit.angular_frequency_rad_s)
    whole_lag = complex(0.0, -abs(complex(love.k)))
    rounding_w = _ROUNDING * potential.dissipated_power_w(whole_lag, radius_km=interior.radius_km)
    for finer in _REFINEMENTS:
        heating = TidalHeating(interior, potential, love, _pattern_of(potential), _layer_response(interior, finer))
        lost_w = heating.power_from_love_number_w
        apart_w = abs(heating.power_w - lost_w) - rounding_w
        if apart_w <= _RESOLVED * lost_w:
            return heating
    if apart_w > _LARGEST_MISMATCH * lost_w:
        raise PrecisionError(
            f"interior {interior.name!r}: heat in the volume, {heating.power_w:.6g} W, is not what the orbit loses, "
            f"{lost_w:.6g} W; a compressible layer is too soft: make it liquid or incompressible"
        )
    return heating


def _layer_response(interior: Interior, finer: int) -> np.ndarray:
    """Heat of each layer under a square metre of surface, over |W|², by degree 0, 2, 4; shape (layers, 3)."""
    frequency = interior.orbit.angular_frequency_rad_s
    bounds = interior.bounds_km
    panels = [_quadrature(_panels_km(bounds[i], bounds[i + 1], finer)) for i in range(len(interior.layers))]
    solid = [i for i, layer in enumerate(interior.layers) if not layer.is_liquid]
    functions = radial_functions(interior, frequency, radii_km=np.concatenate([panels[i][0] for i in solid]))
    response = np.zeros((len(interior.layers), 3))
    start = 0
    for i in solid:
        radius_km, step_m = panels[i]
        part = slice(start, start := start + len(radius_km))
        here = RadialFunctions(functions.radius_m[part], functions.y[part])
        shell = step_m * (radius_km / interior.radius_km) ** 2
        response[i] = shell @ _weights(interior.layers[i], frequency, here)
    return response


def heating_w_m3(
    interior: Interior, radius_km: ArrayLike, lat_deg: ArrayLike | None = None, lon_east_deg: ArrayLike | None = None
) -> np.ndarray:
    """Heat per volume inside a body, averaged over an orbit.

    Parameters
    ----------
    interior : Interior
    radius_km : array, shape (n,)
        Above 0, up to the surface; a boundary belongs to the layer below.
    lat_deg, lon_east_deg : array or None
        Points of the sphere, which broadcast to some shape (...); None averages over the sphere.

    Returns
    -------
    array, shape (n,) or (n, ...)
        W/m³; 0 in liquid layers.

    Raises
    ------
    InputError
        If a radius lies outside the body or at its centre, or only one of latitude and longitude is given.
    """
    if (lat_deg is None) != (lon_east_deg is None):
        raise InputError("lat_deg and lon_east_deg: only one of them is given; give both, or none for the mean")
    radius = np.atleast_1d(np.asarray(radius_km, dtype=float))
    index = interior.layer_index(radius)
    if np.any(radius <= 0.0):
        raise InputError("radius_km: heating is not defined at the centre; give radii above 0")
    frequency = interior.orbit.angular_frequency_rad_s
    pattern = _pattern_of(TidalPotential.of(interior))
    weights = np.zeros((len(radius), 3))
    for i, layer in enumerate(interior.layers):
        here = index == i
        if here.any() and not layer.is_liquid:
            functions = radial_functions(interior, frequency, radii_km=radius[here])
            weights[here] = _weights(layer, frequency, functions)
    if lat_deg is None or lon_east_deg is None:
        mean: np.ndarray = weights[:, 0] * pattern.mean
        return mean
    parts = [pattern.scaled(np.eye(_DEGREE + 1)[n]).at(lat_deg, lon_east_deg) for n in (0, 2, 4)]
    return np.tensordot(weights, np.stack(parts), axes=1)


def inertia_k2(interior: Interior) -> complex | None:
    """What the inertia of rock and core adds to k2, which has the body in equilibrium at any moment.

    Parameters
    ----------
    interior : Interior

    Returns
    -------
    complex or None
        To be added to `love_numbers(...).k`; None where there is a liquid beyond the innermost layer: how an ocean
        flows tells `perijove.ocean`.

    Raises
    ------
    PrecisionError
        As for `radial_functions`.

    Notes
    -----
    By reciprocity, to first order in w² R / g: the force w² rho u on the displacement u of the tide makes

        k' - k = 4 pi G w² / (5 R) (integral of rho (y1² + 6 y3²) r² dr),

    with a potential of 1 at the surface, and squares that are not those of absolute values. In a liquid core u is a
    gradient that meets the floor of the mantle; it gives rho c³ y1(c)² / 2. Of the addition 0.5 % is of higher order at
    most for Io. With k2 of 0.73 (Steinke A) Re k2 grows by 0.4 % and the heat by 0.8 %, with 0.06 by 0.01 and 0.02 %:
    the softer, the more. The force of Coriolis is of the same order and is not in it.
    """
    frequency, bounds = interior.orbit.angular_frequency_rad_s, interior.bounds_km
    radius_m = interior.radius_km * M_PER_KM
    core, total = interior.layers[0], 0.0 + 0.0j
    if any(layer.is_liquid for layer in interior.layers[1:]):
        return None
    for i, layer in enumerate(interior.layers):
        if layer.is_liquid:
            continue
        places_km, step_m = _quadrature(_panels_km(bounds[i], bounds[i + 1], _FINER))
        y = radial_functions(interior, frequency, radii_km=places_km).y
        shell = layer.density_kg_m3 * step_m * (places_km * M_PER_KM) ** 2
        total += complex(shell @ (y[:, 0] ** 2 + 6.0 * y[:, 2] ** 2))
    if core.is_liquid:
        rise = complex(radial_functions(interior, frequency, radii_km=[core.outer_radius_km * _ABOVE]).y[0, 0])
        total += 0.5 * core.density_kg_m3 * (core.outer_radius_km * M_PER_KM) ** 3 * rise**2
    return 4.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2 * frequency**2 / (5.0 * radius_m) * total
