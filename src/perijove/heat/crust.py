"""The crust of a body that loses its heat through volcanoes: how thick it is, how warm, and how much magma it keeps.

Magma leaves the mantle through pipes. Some freezes in the crust, the rest reaches the surface, buries the crust and so
pushes it down, until it comes to the melting point and is mantle again (O'Reilly & Davies 1981,
doi:10.1029/GL008i004p00313; Moore 2003, doi:10.1029/2002JE001943; Spencer et al. 2020, doi:10.1029/2020JE006443).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.integrate import OdeSolution, solve_ivp
from scipy.optimize import brentq, minimize_scalar

from perijove.bodies.io_melting import (
    IO_INTRUSION_RATE_SPENCER_2020_PER_S,
    IO_INTRUSION_STOP_SPENCER_2020_K,
    MoltenRock,
)
from perijove.constants import M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.tides.radial_heating import RadialHeating

__all__ = ["Crust", "Plumbing", "crust_in_balance", "crusts_in_balance"]

_STEP = 1.1
_PLACES = 200
_RTOL = 1e-12  # a crust that makes no heat itself blows errors up: at 1e-6 its thickness is off by kilometres
_ABSOLUTE = np.array([1e-13, 1e-10])  # of the magma flux; of the temperature, K


@dataclass(frozen=True)
class Plumbing:
    """How magma is drawn from the mantle and where it stays.

    Attributes
    ----------
    extraction_overpressure_pa : float
        Pressure of magma over that of the rock at which pipes open at the top of the mantle.
    intrusion_rate_per_s : float
        Volume of magma that freezes in a volume of crust, times (melting - T) / (melting - surface).
    intrusion_per_m : float
        Share of the rising magma that freezes in each metre.
    intrusion_stop_k : float
        Rock colder than this takes up no magma.
    underplated : float
        Share of the magma that freezes onto the base of the crust, 0 to 1.

    Raises
    ------
    InputError
        If a value is negative, not finite, or `underplated` exceeds 1.
    """

    extraction_overpressure_pa: float = 0.0
    intrusion_rate_per_s: float = IO_INTRUSION_RATE_SPENCER_2020_PER_S
    intrusion_per_m: float = 0.0
    intrusion_stop_k: float = IO_INTRUSION_STOP_SPENCER_2020_K
    underplated: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name, value in vars(self).items():
            if not 0.0 <= value < math.inf:
                raise InputError(f"plumbing: {name} = {value}; give 0 or more, finite")
        if self.underplated > 1.0:
            raise InputError(f"plumbing: underplated = {self.underplated}; it is a share, 0 to 1")


_NO_INTRUSION = Plumbing(intrusion_rate_per_s=0.0)


@dataclass(frozen=True)
class Crust:
    """A crust in balance.

    Attributes
    ----------
    base_m : float
        Radius of its base, where rock melts.
    intrusion_stop_m : float
        Radius above which no magma is taken up: too cold, or all is frozen.
    surface_temperature_error_k : float
        How far the top of the solution is from the temperature asked for.
    pieces : tuple of (float, OdeSolution)
        Lower end and solution of each piece, from the base up: magma flux times r² over `largest_flux_m3_s`, and K.
    largest_flux_m3_s : float
        Magma that all of the heat would melt, volume per time over 4 pi.
    """

    base_m: float
    intrusion_stop_m: float
    surface_temperature_error_k: float
    pieces: tuple[tuple[float, OdeSolution], ...]
    largest_flux_m3_s: float

    def at(self, radius_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Magma flux (m/s) and temperature (K) at radii from the base to the surface."""
        starts = np.array([start for start, _ in self.pieces])
        which = np.clip(np.searchsorted(starts, radius_m, side="right") - 1, 0, len(starts) - 1)
        values = np.empty((2, len(radius_m)))
        for number, (_, solution) in enumerate(self.pieces):
            here = which == number
            if here.any():
                values[:, here] = solution(radius_m[here])
        return self.largest_flux_m3_s * values[0] / radius_m**2, values[1]


def crust_in_balance(
    heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing, *, thickest_km: float = math.inf
) -> Crust:
    """The thinnest of `crusts_in_balance`."""
    return next(crusts_in_balance(heating, rock, plumbing, thickest_km=thickest_km))


def crusts_in_balance(
    heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing, *, thickest_km: float = math.inf
) -> Iterator[Crust]:
    """Crusts that carry off all heat in a steady state and come back to it when disturbed.

    Parameters
    ----------
    heating : RadialHeating
    rock : MoltenRock
    plumbing : Plumbing
    thickest_km : float
        None thicker is sought.

    Yields
    ------
    Crust
        From the thinnest on; each is sought when it is asked for.

    Raises
    ------
    PrecisionError
        If no thickness up to that, or to the whole mantle, balances.

    Notes
    -----
    At every radius the heat made below goes up as latent and sensible heat of magma against the sinking crust, and by
    conduction: Q / r² = rho q (L + c (Tm - T)) - k dT/dr (4 pi Q is the power below). With d(r² q)/dr = -r² M, M being
    what freezes, this is an initial-value problem from the base up, where T = Tm and rho L q r² = Q, and stable in that
    direction. The thickness follows from the temperature of the surface.

    Where that comes out too warm the true, colder crust takes more heat from its base than arrives there, and thickens;
    where too cold, it thins. So a balance lasts where the temperature falls with thickness. A crust much thicker than
    k / (rho c q), 2 to 3 km at Io, conducts nothing to speak of, and its thickness hardly counts: then the temperature
    may cross the mark more than once, as heat made in the crust and the shape of the sphere have it.

    Pairs of balances closer than a tenth of their thickness are found if one extremum lies between them.
    """
    surface_m = heating.surface_km * M_PER_KM
    deepest_m = min((1.0 - 1e-9) * (surface_m - heating.floor_km * M_PER_KM), thickest_km * M_PER_KM)

    def misfit_k(thickness_m: float) -> float:
        return _rise(heating, rock, plumbing, surface_m - thickness_m).surface_temperature_error_k

    radius_m = np.linspace(surface_m - deepest_m, surface_m, _PLACES)[1:]
    largest_w_m2 = float((heating.integral(radius_m) / radius_m**2).max())
    warmth_k = rock.melting_temperature_k - rock.surface_temperature_k
    thin = 0.9 * rock.conductivity_w_m_k * warmth_k / largest_w_m2  # conduction of all heat needs as much
    found = False
    for low, high in _falls(misfit_k, thin, deepest_m):
        found = True
        thickness_m = float(brentq(misfit_k, low, high, xtol=1e-6, rtol=1e-14))
        yield _rise(heating, rock, plumbing, surface_m - thickness_m)
    if not found:
        raise PrecisionError(f"{heating.name}: no crust balances the heat; give more heat or colder rock")


def _falls(function: Callable[[float], float], low: float, high: float) -> Iterator[tuple[float, float]]:
    """Brackets in which a function falls through zero, from low to high, where it is positive at first.

    Where three points in turn show an extremum that has not crossed zero yet, the extremum itself is sought.
    """
    points = [(low, function(low))]
    while points[-1][0] < high:
        following = min(_STEP * points[-1][0], high)
        points = [*points[-2:], (following, function(following))]
        (_, before), (last, value) = points[-2:]
        if before > 0.0 > value:
            yield points[-2][0], following
        if len(points) < 3:  # an extremum needs three
            continue
        sign = math.copysign(1.0, before)
        if min(sign * points[0][1], sign * value) > sign * before > 0.0:
            turn = minimize_scalar(
                lambda x, sign=sign: sign * function(x), bounds=(points[0][0], last), method="bounded"
            )
            if turn.fun < 0.0:
                yield (points[0][0], float(turn.x)) if sign > 0.0 else (float(turn.x), last)


def _rise(heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing, base_m: float) -> Crust:
    """Integrate from the base of a crust to the surface."""
    surface_m = heating.surface_km * M_PER_KM
    below_w, all_w = heating.integral_at(base_m), heating.integral_at(surface_m)
    flux_m3_s = all_w / (rock.density_kg_m3 * rock.latent_heat_j_kg)
    state = np.array([(1.0 - plumbing.underplated) * below_w / all_w, rock.melting_temperature_k])
    start, pieces = base_m, []
    if state[0] > 0.0 and state[1] > plumbing.intrusion_stop_k:
        run = solve_ivp(
            _slopes(heating, rock, plumbing, flux_m3_s),
            (start, surface_m),
            state,
            method="LSODA",
            rtol=_RTOL,
            atol=_ABSOLUTE,
            events=[_falling(1, plumbing.intrusion_stop_k), _falling(0, 0.0)],
            dense_output=True,
        )
        pieces.append((start, run.sol))
        start, state = float(run.t[-1]), run.y[:, -1].copy()
        if run.t_events[1].size:  # all is frozen
            state[0] = 0.0
    stop = start
    if start < surface_m:
        slopes = _slopes(heating, rock, _NO_INTRUSION, flux_m3_s)
        run = solve_ivp(
            slopes, (start, surface_m), state, method="LSODA", rtol=_RTOL, atol=_ABSOLUTE, dense_output=True
        )
        pieces.append((start, run.sol))
        state = run.y[:, -1]
    return Crust(base_m, stop, float(state[1]) - rock.surface_temperature_k, tuple(pieces), flux_m3_s)


def _slopes(
    heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing, flux_m3_s: float
) -> Callable[[float, np.ndarray], list[float]]:
    """Derivatives by radius of the magma flux (times r², over the largest) and of the temperature."""
    melting, capacity, latent = rock.melting_temperature_k, rock.heat_capacity_j_kg_k, rock.latent_heat_j_kg
    carried = rock.density_kg_m3 * flux_m3_s
    warmth = plumbing.intrusion_rate_per_s / (melting - rock.surface_temperature_k)
    below_w = heating.integral_at

    def slopes(radius_m: float, state: np.ndarray) -> list[float]:
        share, temperature = state
        colder = melting - temperature
        intrusion = warmth * colder * radius_m**2 / flux_m3_s + plumbing.intrusion_per_m * share
        upward_w = carried * share * (latent + capacity * colder)
        return [-intrusion, (upward_w - below_w(radius_m)) / (radius_m**2 * rock.conductivity_w_m_k)]

    return slopes


def _falling(index: int, threshold: float) -> Callable[[float, np.ndarray], float]:
    """Event that ends an integration where a component falls below a threshold."""

    def event(_radius_m: float, state: np.ndarray) -> float:
        return float(state[index]) - threshold

    event.terminal, event.direction = True, -1  # type: ignore[attr-defined]  # how scipy is told
    return event
