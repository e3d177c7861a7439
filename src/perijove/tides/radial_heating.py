"""Heating of a mantle by its radius, as smooth pieces that can be integrated exactly."""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline, PPoly

from perijove.constants import M_PER_KM
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.tides.heating import heating_w_m3

__all__ = ["RadialHeating", "mantle_heating"]

_POINTS = 241  # per layer: cubic splines through them hold its heat to 1e-9
_NEAR_CENTRE = 1e-6


@dataclass(frozen=True)
class RadialHeating:
    """Heat per volume from the floor of a mantle to the surface, the same in all directions.

    Attributes
    ----------
    name : str
        What it is the heating of.
    shells : PPoly
        r² H, in W/m, by the radius r in m; cubic between its breakpoints. Steps are allowed at these.
    """

    name: str
    shells: PPoly

    @property
    def floor_km(self) -> float:
        """Where the mantle begins: the top of a liquid core, or 0."""
        return float(self.shells.x[0]) / M_PER_KM

    @property
    def surface_km(self) -> float:
        """Radius of the body."""
        return float(self.shells.x[-1]) / M_PER_KM

    @property
    def power_w(self) -> float:
        """All of the heat."""
        return 4.0 * math.pi * float(self.integral(self.shells.x[-1]))

    @cached_property
    def integral(self) -> PPoly:
        """Heat made below a radius (m), over 4 pi, W."""
        return self.shells.antiderivative()

    @cached_property
    def integral_at(self) -> Callable[[float], float]:
        """`integral` for one radius at a time, five times as fast."""
        edges = [float(edge) for edge in self.integral.x]
        pieces = [tuple(map(float, column)) for column in self.integral.c.T]
        last = len(pieces) - 1

        def value(radius_m: float) -> float:
            piece = min(max(bisect_right(edges, radius_m) - 1, 0), last)
            offset, total = radius_m - edges[piece], 0.0
            for coefficient in pieces[piece]:
                total = total * offset + coefficient
            return total

        return value

    def heating_w_m3(self, radius_km: ArrayLike) -> np.ndarray:
        """Heat per volume at radii above 0; shape as given."""
        radius_m = np.asarray(radius_km, dtype=float) * M_PER_KM
        value: np.ndarray = self.shells(radius_m) / radius_m**2
        return value

    def with_power(self, power_w: float) -> "RadialHeating":
        """The same profile, scaled to another power.

        Raises
        ------
        InputError
            If the power is not positive and finite, or there is no heat to scale.
        """
        if not 0.0 < power_w < math.inf:
            raise InputError(f"power_w {power_w}: not positive and finite")
        if self.power_w <= 0.0:
            raise InputError(f"{self.name}: dissipates nothing, so no power can be given to it; soften a layer")
        factor = power_w / self.power_w
        return RadialHeating(self.name, PPoly(factor * self.shells.c, self.shells.x))


def mantle_heating(interior: Interior) -> RadialHeating:
    """Tidal heating of an interior, averaged over each sphere, from its innermost solid layer up.

    Parameters
    ----------
    interior : Interior

    Returns
    -------
    RadialHeating

    Raises
    ------
    InputError
        If a liquid layer lies above a solid one: magma does not seep through an ocean, it fills it.
    """
    solid = [not layer.is_liquid for layer in interior.layers]
    first = solid.index(True)
    if not all(solid[first:]):
        ocean = interior.layers[first + solid[first:].index(False)].name
        raise InputError(
            f"interior {interior.name!r}: layer {ocean!r} is liquid; heat transport needs a solid, porous mantle"
        )
    pieces, breaks = [], [interior.bounds_km[first : first + 1] * M_PER_KM]
    for low, high in zip(interior.bounds_km[first:-1], interior.bounds_km[first + 1 :], strict=True):
        radius_km = np.linspace(low, high, _POINTS)
        inside = radius_km.copy()
        inside[0] = max(np.nextafter(low, high), _NEAR_CENTRE * high)  # a boundary belongs to the layer below
        radius_m = radius_km * M_PER_KM
        spline = CubicSpline(radius_m, radius_m**2 * heating_w_m3(interior, inside))
        pieces.append(spline.c)
        breaks.append(radius_m[1:])
    return RadialHeating(interior.name, PPoly(np.hstack(pieces), np.concatenate(breaks)))
