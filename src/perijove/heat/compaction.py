"""How much melt a heated mantle holds: melt that seeps up through rock which must give way to it.

Darcy's law and the resistance of the rock to compaction (McKenzie 1984, doi:10.1093/petrology/25.3.713), in a steady
state and one dimension, as Spencer et al. (2020, doi:10.1029/2020JE006443) have it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import OdeSolution, solve_ivp
from scipy.optimize import brentq

from perijove.bodies.io_melting import MoltenRock
from perijove.constants import M_PER_KM
from perijove.errors import PrecisionError
from perijove.tides.radial_heating import RadialHeating

__all__ = ["MeltColumn", "balanced_melt_fraction", "melt_column"]

_FLOOR = 1e-6  # of the mantle's thickness: at the floor itself nothing flows
_NO_HEAT = 1e-9  # of the heat below the crust
_RTOL = 1e-7
_ALL_MELT = 0.9  # the law has long lost its meaning there
_LOWEST_LOG = -60.0  # of a melt fraction
_SETTLED = 1e-3  # of the melt fraction
_STEP = 1e-3  # in heating
_MOST_CALLS = 300_000  # of derivatives: some seconds


def _mobility(rock: MoltenRock, melt_fraction: float) -> float:
    """Flux of magma per gradient of pressure, m²/(Pa s)."""
    return float(rock.permeability_m2 * melt_fraction**rock.permeability_exponent / rock.magma_viscosity_pa_s)


def balanced_melt_fraction(rock: MoltenRock, flux_m_s: float) -> float:
    """Melt fraction at which buoyancy alone drives a flux of magma, the rest of the rock sinking in its stead.

    Parameters
    ----------
    rock : MoltenRock
    flux_m_s : float
        Heat from below over density and latent heat.

    Raises
    ------
    PrecisionError
        If no melt fraction up to 0.9 lets so much through.
    """

    def excess(melt_fraction: float) -> float:
        buoyancy = rock.density_contrast_kg_m3 * rock.gravity_m_s2 * (1.0 - melt_fraction)
        return _mobility(rock, melt_fraction) * buoyancy * (1.0 - melt_fraction) - flux_m_s

    largest = rock.permeability_exponent / (rock.permeability_exponent + 2.0)  # most is let through there
    if excess(min(largest, _ALL_MELT)) < 0.0:
        raise PrecisionError(
            f"no melt fraction lets {flux_m_s:.3g} m/s of magma through; give a larger permeability or thinner magma"
        )
    return float(brentq(excess, 0.0, min(largest, _ALL_MELT), xtol=1e-16, rtol=1e-13))


@dataclass(frozen=True)
class MeltColumn:
    """Melt in a mantle, from its floor to the base of the crust.

    Attributes
    ----------
    extraction_base_m : float
        Above this radius pipes draw magma from the rock.
    layer_base_m : float
        Above this radius the layer under the crust is resolved; below, buoyancy alone balances flow.
    """

    extraction_base_m: float
    layer_base_m: float
    _mantle: "_Mantle"
    _extraction: OdeSolution
    _layer: OdeSolution | None
    _overpressure_pa: float

    def at(self, radius_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Melt fraction and overpressure of the magma (Pa) at radii from above the floor to the base of the crust."""
        melt, pressure = np.empty(len(radius_m)), np.full(len(radius_m), self._overpressure_pa)
        drawn = radius_m >= self.extraction_base_m
        layer = ~drawn & (radius_m >= self.layer_base_m)
        if drawn.any():
            melt[drawn] = np.maximum(self._extraction(radius_m[drawn])[0], 0.0)  # rounding at the very top
        if self._layer is not None and layer.any():
            logarithm, pressure[layer] = self._layer(radius_m[layer])
            melt[layer] = np.exp(logarithm)
        for i in np.flatnonzero(~drawn & ~layer):
            melt[i], pressure[i] = self._mantle.balance(float(radius_m[i]))
        return melt, pressure


@dataclass(frozen=True)
class _Mantle:
    """The two equations of rock and magma in a mantle; see `melt_column`."""

    heating: RadialHeating
    rock: MoltenRock

    def fluxes(self, radius_m: float) -> tuple[float, float]:
        """Heat from below and heat made here, over density and latent heat: m/s and 1/s."""
        square = radius_m**2 * self.rock.density_kg_m3 * self.rock.latent_heat_j_kg
        return self.heating.integral_at(radius_m) / square, float(self.heating.shells(radius_m)) / square

    def balance(self, radius_m: float) -> tuple[float, float]:
        """Melt fraction where buoyancy alone drives the flow, and the overpressure (Pa) with which rock compacts."""
        flux, melting = self.fluxes(radius_m)
        melt = balanced_melt_fraction(self.rock, flux)
        if melt == 0.0:
            return 0.0, 0.0
        slope = (melting - 2.0 * flux / radius_m) / flux  # of ln Q; that of phi^n (1 - phi)² is the same
        climb = slope / (self.rock.permeability_exponent / melt - 2.0 / (1.0 - melt))
        gain = flux * climb / (1.0 - melt) ** 2 + melting / (1.0 - melt)
        return melt, -gain * self.rock.rock_viscosity_pa_s / melt

    def climb(self, radius_m: float, melt: float, pressure_pa: float) -> float:
        """Melt fraction per metre upwards that the sinking rock gains and loses."""
        flux, melting = self.fluxes(radius_m)
        solid = 1.0 - melt
        return -solid * (solid * melt * pressure_pa / self.rock.rock_viscosity_pa_s + melting) / flux

    def piped(self, radius_m: float, melt: float) -> float:
        """Magma that buoyancy does not carry, times the share of rock, m/s."""
        weight = self.rock.density_contrast_kg_m3 * self.rock.gravity_m_s2
        return self.fluxes(radius_m)[0] - _mobility(self.rock, melt) * weight * (1.0 - melt) ** 2

    def slopes(self, radius_m: float, state: np.ndarray) -> list[float]:
        """Derivatives by radius of the logarithm of melt fraction and of overpressure."""
        melt = math.exp(min(max(float(state[0]), _LOWEST_LOG), 0.0))  # trial steps may leave what is physical
        solid = 1.0 - min(melt, _ALL_MELT)
        resistance = self.fluxes(radius_m)[0] / (solid * _mobility(self.rock, melt))
        weight = self.rock.density_contrast_kg_m3 * self.rock.gravity_m_s2 * solid
        return [self.climb(radius_m, melt, float(state[1])) / melt, weight - resistance]

    def from_balance(self, radius_m: float, state: np.ndarray) -> float:
        """How far a state is from that where buoyancy alone drives the flow, less what counts as there.

        Melt fraction and overpressure swing about it in turn: scaled so, both swing equally far.
        """
        melt, pressure = self.balance(radius_m)
        weight = self.rock.density_contrast_kg_m3 * self.rock.gravity_m_s2
        stiffness = self.rock.permeability_exponent * weight * self.rock.rock_viscosity_pa_s
        swing = math.sqrt(stiffness * self.fluxes(radius_m)[0])
        apart = math.hypot(math.expm1(float(state[0]) - math.log(melt)), (float(state[1]) - pressure) / swing)
        return apart - _SETTLED


def melt_column(heating: RadialHeating, rock: MoltenRock, *, crust_base_m: float, overpressure_pa: float) -> MeltColumn:
    """Melt fraction and overpressure of magma under a crust.

    Parameters
    ----------
    heating : RadialHeating
    rock : MoltenRock
    crust_base_m : float
    overpressure_pa : float
        At which pipes draw magma off, 0 or more.

    Returns
    -------
    MeltColumn

    Raises
    ------
    PrecisionError
        If the melt fraction would grow beyond 0.9, or the integration fails.

    Notes
    -----
    Rock: Q phi' = -(1 - phi)² phi P / eta - (1 - phi) H / (rho L), rho L Q being the heat from below over r².
    Magma: P' = (1 - phi) d_rho g - q eta_l / (k0 phi^n), with q = Q / (1 - phi). Rock that comes down from the crust is
    free of melt; it gains some until buoyancy alone carries the flux, and down to there pipes draw off the rest
    at the overpressure given. Farther down the melt fraction overshoots and swings in, within some lengths of
    compaction, to the balance of flow and buoyancy; from there on (to 0.1 %) P' is left out.

    Not resolved: the like layers where the heating steps from one layer of the body to the next, and at the
    floor. There the melt fraction is off by as much as P' / (n d_rho g).
    """
    mantle = _Mantle(heating, rock)
    floor_m = _heated_from_m(heating, crust_base_m)

    def piped(radius_m: float, state: np.ndarray) -> float:
        return mantle.piped(radius_m, float(state[0]))

    def settled(radius_m: float, state: np.ndarray) -> float:
        return mantle.from_balance(radius_m, state)

    piped.terminal = settled.terminal = True  # type: ignore[attr-defined]  # how scipy is told
    extraction = solve_ivp(
        lambda radius_m, state: [mantle.climb(radius_m, float(state[0]), overpressure_pa)],
        (crust_base_m, floor_m),
        [0.0],
        method="LSODA",
        rtol=_RTOL,
        atol=1e-12,
        events=piped,
        dense_output=True,
    )
    if not extraction.t_events[0].size:
        raise PrecisionError(
            f"{heating.name}: nowhere does buoyancy carry all magma between the grains; give a larger permeability"
        )
    top_m, start = float(extraction.t[-1]), [math.log(float(extraction.y[0, -1])), overpressure_pa]
    if mantle.from_balance(top_m, np.array(start)) <= 0.0:
        return MeltColumn(top_m, top_m, mantle, extraction.sol, None, overpressure_pa)
    layer = solve_ivp(
        _limited(mantle.slopes, heating.name),
        (top_m, next((edge for edge in _steps_m(heating) if floor_m < edge < top_m), floor_m)),
        start,
        method="LSODA",
        rtol=_RTOL,
        atol=np.array([1e-9, 1e-2]),
        events=settled,
        dense_output=True,
    )
    if not layer.success or float(layer.y[0].max()) > math.log(_ALL_MELT):
        raise PrecisionError(
            f"{heating.name}: melt fraction beyond {_ALL_MELT:g} under the crust; give a larger permeability "
            "or a lower rock_viscosity_pa_s"
        )
    return MeltColumn(top_m, float(layer.t[-1]), mantle, extraction.sol, layer.sol, overpressure_pa)


def _heated_from_m(heating: RadialHeating, crust_base_m: float) -> float:
    """Radius above which there is heat from below to speak of, a little above the floor of the mantle."""
    low = heating.floor_km * M_PER_KM
    low += _FLOOR * (crust_base_m - low)
    least_w = _NO_HEAT * heating.integral_at(crust_base_m)
    if heating.integral_at(low) > least_w:
        return low
    return float(brentq(lambda radius_m: heating.integral_at(radius_m) - least_w, low, crust_base_m, xtol=1e-3))


def _limited(
    slopes: Callable[[float, np.ndarray], list[float]], name: str
) -> Callable[[float, np.ndarray], list[float]]:
    """Derivatives that give up where the melt fraction swings too often to be followed."""
    calls = 0

    def limited(radius_m: float, state: np.ndarray) -> list[float]:
        nonlocal calls
        calls += 1
        if calls > _MOST_CALLS:
            raise PrecisionError(
                f"{name}: melt under the crust swings too often to be followed; give a higher rock_viscosity_pa_s or "
                "less extraction_overpressure_pa"
            )
        return slopes(radius_m, state)

    return limited


def _steps_m(heating: RadialHeating) -> list[float]:
    """Radii at which the heating steps, from the surface down."""
    shells, edges = heating.shells, heating.shells.x[-2:0:-1]
    low, high = shells(np.nextafter(edges, 0.0)), shells(edges)
    return [float(edge) for edge in edges[np.abs(high - low) > _STEP * np.maximum(low, high)]]
