"""What keeps Io hot, as popular articles have it: its orbit, Jupiter's tide and the neighbours in resonance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perijove.bodies.galilean import (
    GALILEAN_MEAN_GM_KM3_S2,
    GALILEAN_MEAN_MOTIONS_DEG_DAY,
    IO_HEAT_FLOW_VEEDER_1994_W,
    IO_MEAN_DENSITY_ANDERSON_2001_KG_M3,
    IO_MEAN_RADIUS_KM,
)
from perijove.bodies.io_missions import FLYBY_ARTICLE
from perijove.constants import HOURS_PER_DAY, SECONDS_PER_HOUR
from perijove.evolution.averaged import AVERAGED_GALILEAN, MOONS, eccentricities
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_estimate import k2_over_q_estimate
from perijove.evolution.tidal_model import TidalModel
from perijove.evolution.tidal_rates import equilibrium_under_tides, tidal_moment
from perijove.interior.body import Interior
from perijove.interior.layers import Layer, Orbit
from perijove.resonance.forced_eccentricity import forced_eccentricity
from perijove.resonance.measured import MoonOrbit
from perijove.resonance.removal import RemovalOutcome
from perijove.studies.claims import Claim, Finding
from perijove.tides.potential import TidalPotential

__all__ = ["TidalShares", "io_orbit", "tidal_forcing", "tidal_shares"]

_MOST_OF_IT = 0.5
_A_NOTICEABLE_PART = 0.1
_MASSLESS_KM3_S2 = 1e-6  # what the averaged system takes for none


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
    """What Io's eccentricity is made of, and the heat that it means; each a value and its standard error.

    Attributes
    ----------
    heat_w : tuple of float
        Taken out of Jupiter's tide on the eccentric orbit.
    heat_unforced_w : tuple of float
        The same with the free eccentricity alone.
    europa, ganymede : tuple of float
        Part of the eccentricity forced now that is lost when the moon has no mass, at today's n1 - 2 n2.
    ganymede_kept_eccentricity, ganymede_kept_heat : tuple of float
        Part that is lost, likewise, of what Io has where the tides have come to equilibrium.
    """

    heat_w: tuple[float, float]
    heat_unforced_w: tuple[float, float]
    europa: tuple[float, float]
    ganymede: tuple[float, float]
    ganymede_kept_eccentricity: tuple[float, float]
    ganymede_kept_heat: tuple[float, float]


def _tidal_heat_w(eccentricity: float, period_h: float, k2_over_q: tuple[float, float]) -> tuple[float, float]:
    """Heat of a synchronous Io and its standard error, that of k2/Q."""
    orbit = Orbit(angular_frequency_rad_s=2.0 * math.pi / (SECONDS_PER_HOUR * period_h), eccentricity=eccentricity)
    # The tide asks of the body only its size: any layer will do.
    rock = Layer(
        "Io", "solid", IO_MEAN_RADIUS_KM, IO_MEAN_DENSITY_ANDERSON_2001_KG_M3, shear_modulus_pa=1.0, viscosity_pa_s=1.0
    )
    tide = TidalPotential.of(Interior((rock,), name="Io", orbit=orbit))
    value, sigma = (tide.dissipated_power_w(complex(0.0, -q), radius_km=IO_MEAN_RADIUS_KM) for q in k2_over_q)
    return value, sigma


def _lost_now(without: RemovalOutcome, whole: RemovalOutcome) -> tuple[float, float]:
    """Part of Io's forced eccentricity that a neighbour's mass makes, at the mean motions of today.

    The integration without it drifts to another n1 - 2 n2, by a few percent, and the eccentricity with it. First-order
    theory, which has that rate's effect exactly, takes it back; the error is that correction times what the theory
    misses of the moons as they are.
    """
    gm = np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()))
    gm[list(without.removal.massless)] = 0.0
    today = abs(forced_eccentricity(list(GALILEAN_MEAN_MOTIONS_DEG_DAY.values()), gm_km3_s2=gm).vector[0])
    left = without.forced_eccentricity[0] / whole.forced_eccentricity[0]
    if today == 0.0:  # nothing pulls: what is seen is noise
        return 1.0 - left, left
    back = float(today / without.theory[0])
    missed = whole.theory[0] / whole.forced_eccentricity[0] - 1.0
    return 1.0 - left * back, left * abs((back - 1.0) * missed)


def _kept_by_ganymede(io: MoonOrbit) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Parts of eccentricity and heat in tidal equilibrium that go with Ganymede's mass; and k2/Q of Io.

    The error is what the averaged theory misses of Io's eccentricity today, in either equilibrium; k2/Q's own cancels.
    """
    family = EquilibriumFamily(AVERAGED_GALILEAN)
    state = family.present()
    estimate = k2_over_q_estimate(family, state)
    jupiter, in_io = (float(value) for value in estimate.mean)
    gm = list(AVERAGED_GALILEAN.gm_km3_s2)
    gm[MOONS.index("GANYMEDE")] = _MASSLESS_KM3_S2
    alone = EquilibriumFamily(replace(AVERAGED_GALILEAN, gm_km3_s2=tuple(gm)))
    tides = TidalModel(jupiter, {"IO": in_io})
    (e, heat), (e_alone, heat_alone) = (
        (moment.eccentricity[0], moment.heat_w[0])
        for moment in (
            tidal_moment(one, equilibrium_under_tides(one, one.present(), tides), tides) for one in (family, alone)
        )
    )
    missed = math.sqrt(2.0) * abs(float(eccentricities(state)[0]) / io.forced_eccentricity.value - 1.0)
    return (
        (float(1.0 - e_alone / e), missed * float(e_alone / e)),
        (float(1.0 - heat_alone / heat), 2.0 * missed * float(heat_alone / heat)),
        (in_io, float(estimate.sigma[1])),
    )


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
    In tidal equilibrium the moons keep their ratios of mean motion, so that all n change alike. Jupiter's torque T1 on
    Io then raises the orbits' angular momentum, the sum of L, by T1 and their energy by T1 times (sum n L / sum L); the
    rest of the work n1 T1 is heat: T1 (n1 - sum n L / sum L), summed over the moons that hang together. With Ganymede
    that is 65 TW, without it 24: Io then has less to push outwards, and goes outwards faster for the same torque.
    """
    by_name = {outcome.removal.name: outcome for outcome in outcomes}
    kept_eccentricity, kept_heat, k2_over_q = _kept_by_ganymede(io)
    return TidalShares(
        heat_w=_tidal_heat_w(io.forced_eccentricity.value, io.period_h.value, k2_over_q),
        heat_unforced_w=_tidal_heat_w(io.free_eccentricity.value, io.period_h.value, k2_over_q),
        europa=_lost_now(by_name["europa"], by_name["nothing"]),
        ganymede=_lost_now(by_name["ganymede"], by_name["nothing"]),
        ganymede_kept_eccentricity=kept_eccentricity,
        ganymede_kept_heat=kept_heat,
    )


def tidal_forcing(shares: TidalShares) -> tuple[Claim, Claim, Claim, Claim]:
    """Whether Jupiter heats Io, and whether its neighbours make it do so, now and in the long run."""
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
                    f"and our eccentricity; {seen / 1e12:.0f} ± {seen_sigma / 1e12:.0f} TW seen (Veeder et al. 1994). "
                    "Half of the heat would count; presumes their errors normal, and that Io's tide is the one that "
                    "the orbits feel",
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
                    basis="the moons integrated with and without Europa's mass; half would count",
                ),
                Finding(
                    quantity="heat of the free eccentricity alone over the heat that Io gives off",
                    value=unforced,
                    sigma=unforced_sigma,
                    unit="",
                    least=-math.inf,
                    most=_MOST_OF_IT,
                    basis="what would be left to heat Io, at the same k2/Q",
                ),
            ),
        ),
        Claim(
            "ganymede_forcing",
            "Ganymede, too, forces Io's orbit to be eccentric, by its pull now.",
            (
                Finding(
                    quantity="part of Io's forced eccentricity that is lost without Ganymede",
                    value=shares.ganymede[0],
                    sigma=shares.ganymede[1],
                    unit="",
                    least=_A_NOTICEABLE_PART,
                    most=math.inf,
                    basis="the moons integrated with and without Ganymede's mass, brought to today's mean motions by "
                    "first-order theory; a tenth would count",
                ),
            ),
        ),
        Claim(
            "ganymede_resonance",
            "Ganymede's part in the resonance keeps Io's orbit eccentric over millions of years.",
            (
                Finding(
                    quantity="part of Io's eccentricity in tidal equilibrium that is lost without Ganymede",
                    value=shares.ganymede_kept_eccentricity[0],
                    sigma=shares.ganymede_kept_eccentricity[1],
                    unit="",
                    least=_A_NOTICEABLE_PART,
                    most=math.inf,
                    basis="averaged resonance with Ganymede's mass and without; presumes constant k2/Q, and tides that "
                    "have come to equilibrium, which today's have not. A tenth would count",
                ),
                Finding(
                    quantity="part of Io's heat there that is lost without Ganymede",
                    value=shares.ganymede_kept_heat[0],
                    sigma=shares.ganymede_kept_heat[1],
                    unit="",
                    least=_A_NOTICEABLE_PART,
                    most=math.inf,
                    basis="likewise; T1 (n1 - sum nL / sum L) says the same for any k2/Q of Io",
                ),
            ),
        ),
    )
