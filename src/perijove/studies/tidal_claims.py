"""What keeps Io hot, as popular articles have it: its orbit, Jupiter's tide and the neighbours in resonance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from perijove.bodies.galilean import (
    IO_HEAT_FLOW_VEEDER_1994_W,
    IO_K2_OVER_Q_LAINEY_2009,
    IO_MEAN_DENSITY_ANDERSON_2001_KG_M3,
    IO_MEAN_RADIUS_KM,
)
from perijove.bodies.io_missions import FLYBY_ARTICLE
from perijove.constants import HOURS_PER_DAY, SECONDS_PER_HOUR
from perijove.interior.body import Interior
from perijove.interior.layers import Layer, Orbit
from perijove.resonance.measured import MoonOrbit
from perijove.resonance.removal import RemovalOutcome
from perijove.studies.claims import Claim, Finding
from perijove.tides.potential import TidalPotential

__all__ = ["TidalShares", "io_orbit", "tidal_forcing", "tidal_shares"]

_MOST_OF_IT = 0.5
_A_NOTICEABLE_PART = 0.1


def io_orbit(io: MoonOrbit) -> Claim:
    """How long Io takes about Jupiter."""
    period, said = io.period_h, FLYBY_ARTICLE.orbit_days
    return Claim(
        "io_orbit",
        f"Io is in a {said:g}-day orbit.",
        (
            Finding(
                quantity="period of Io",
                value=period.value / HOURS_PER_DAY,
                sigma=period.sigma / HOURS_PER_DAY,
                unit="d",
                least=said - 0.5,
                most=said + 0.5,
                basis=f"mean motion of the built-in moons; it is {period.value:.2f} hours",
            ),
        ),
    )


@dataclass(frozen=True)
class TidalShares:
    """What Io's eccentricity is made of, and the heat that it means.

    Attributes
    ----------
    heat_w : tuple of float
        Taken out of Jupiter's tide on the eccentric orbit, and its standard error.
    heat_unforced_w : tuple of float
        The same with the free eccentricity alone.
    europa, ganymede : tuple of float
        Part of the forced eccentricity that is lost when the moon has no mass, and its standard error.
    """

    heat_w: tuple[float, float]
    heat_unforced_w: tuple[float, float]
    europa: tuple[float, float]
    ganymede: tuple[float, float]


def _tidal_heat_w(eccentricity: float, period_h: float) -> tuple[float, float]:
    """Heat of a synchronous Io and its standard error, that of k2/Q."""
    orbit = Orbit(angular_frequency_rad_s=2.0 * math.pi / (SECONDS_PER_HOUR * period_h), eccentricity=eccentricity)
    # The tide asks of the body only its size: any layer will do.
    rock = Layer(
        "Io", "solid", IO_MEAN_RADIUS_KM, IO_MEAN_DENSITY_ANDERSON_2001_KG_M3, shear_modulus_pa=1.0, viscosity_pa_s=1.0
    )
    tide = TidalPotential.of(Interior((rock,), name="Io", orbit=orbit))
    value, sigma = (
        tide.dissipated_power_w(complex(0.0, -q), radius_km=IO_MEAN_RADIUS_KM)
        for q in IO_K2_OVER_Q_LAINEY_2009.measured
    )
    return value, sigma


def tidal_shares(io: MoonOrbit, outcomes: Sequence[RemovalOutcome]) -> TidalShares:
    """Io's tidal heat, and what Europa and Ganymede have to do with it.

    Parameters
    ----------
    io : MoonOrbit
        Measured on the moons as they are.
    outcomes : sequence of RemovalOutcome
        With ``nothing``, ``europa`` and ``ganymede`` removed.

    Notes
    -----
    A removal keeps the mean motions as nearly as the moons' pulls on each other allow. What a neighbour forces goes
    with one over n1 - 2 n2, so the relative change of that rate is taken as the standard error of a share.
    """
    by_name = {outcome.removal.name: outcome for outcome in outcomes}
    whole = by_name["nothing"]

    def share(name: str) -> tuple[float, float]:
        without = by_name[name]
        lost = 1.0 - without.forced_eccentricity[0] / whole.forced_eccentricity[0]
        drift = without.conjunction_rate_deg_day / whole.conjunction_rate_deg_day - 1.0
        return lost, abs(drift)

    return TidalShares(
        heat_w=_tidal_heat_w(io.forced_eccentricity.value, io.period_h.value),
        heat_unforced_w=_tidal_heat_w(io.free_eccentricity.value, io.period_h.value),
        europa=share("europa"),
        ganymede=share("ganymede"),
    )


def tidal_forcing(shares: TidalShares) -> tuple[Claim, Claim, Claim]:
    """Whether Jupiter heats Io, and whether its neighbours make it do so."""
    seen, seen_sigma = IO_HEAT_FLOW_VEEDER_1994_W.measured
    heat, heat_sigma = shares.heat_w
    ratio = heat / seen
    unforced, unforced_sigma = (value / seen for value in shares.heat_unforced_w)
    return (
        Claim(
            "jupiter_tide",
            "Jupiter's tides heat Io.",
            (
                Finding(
                    quantity="heat of Jupiter's tide in Io over the heat that Io gives off",
                    value=ratio,
                    sigma=ratio * math.hypot(heat_sigma / heat, seen_sigma / seen),
                    unit="",
                    least=_MOST_OF_IT,
                    most=math.inf,
                    basis=f"{heat / 1e12:.0f} ± {heat_sigma / 1e12:.0f} TW with k2/Q from orbits (Lainey et al. 2009) "
                    f"and our eccentricity; {seen / 1e12:.0f} ± {seen_sigma / 1e12:.0f} TW seen (Veeder et al. 1994)",
                ),
            ),
        ),
        Claim(
            "europa_forcing",
            "Io's neighbour in resonance, Europa, keeps its orbit eccentric, and so the heat going.",
            (
                Finding(
                    quantity="part of Io's forced eccentricity that is lost without Europa",
                    value=shares.europa[0],
                    sigma=shares.europa[1],
                    unit="",
                    least=_MOST_OF_IT,
                    most=math.inf,
                    basis="the moons integrated with and without Europa's mass",
                ),
                Finding(
                    quantity="heat of the free eccentricity alone over the heat that Io gives off",
                    value=unforced,
                    sigma=unforced_sigma,
                    unit="",
                    least=-math.inf,
                    most=_MOST_OF_IT,
                    basis="what would be left to heat Io",
                ),
            ),
        ),
        Claim(
            "ganymede_forcing",
            "Ganymede, too, keeps Io's orbit eccentric.",
            (
                Finding(
                    quantity="part of Io's forced eccentricity that is lost without Ganymede",
                    value=shares.ganymede[0],
                    sigma=shares.ganymede[1],
                    unit="",
                    least=_A_NOTICEABLE_PART,
                    most=math.inf,
                    basis="integrated likewise; a tenth would count. Ganymede acts on Europa's orbit, and shares in "
                    "what the tides do over millions of years",
                ),
            ),
        ),
    )
