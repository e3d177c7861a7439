"""What a popular article said of Juno's flyby of Io, each statement computed from our own models."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from perijove.bodies.galilean import (
    IO_MEAN_RADIUS_KM,
)
from perijove.bodies.io_missions import FLYBY_ARTICLE, MILE_KM, MISSIONS, MISSIONS_KNOWN_UTC, Mission
from perijove.constants import HOURS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.ephemeris.composition import path_axes
from perijove.ephemeris.galilean import galilean_states
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import Ephemeris
from perijove.geometry.rotations import unit
from perijove.passes.encounters import CloseApproach, close_approaches
from perijove.passes.ephemeris_errors import sigma_along_km
from perijove.resonance.measured import resonance_report
from perijove.resonance.removal import REMOVALS, resonance_without
from perijove.studies.claims import Claim, Finding
from perijove.studies.tidal_claims import io_orbit, tidal_forcing, tidal_shares
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = [
    "eleven_perijoves",
    "flyby_claims",
    "flyby_distances",
    "io_missions",
]

_BEST = SOLUTIONS["io-lead"].ephemeris
_YEARS = 15.0  # two and a half free librations
_YEAR_2024 = ("2024-01-01", "2025-01-01")
_HALF_OF_A_HUNDRED = 50.0


def _height(approach: CloseApproach) -> tuple[float, float]:
    """Height above the mean sphere, as the mission gives it, and its standard error, km."""
    sigma = math.hypot(approach.range_sigma_km or 0.0, IO_MEAN_RADIUS_KM.measured[1])
    return approach.range_km - IO_MEAN_RADIUS_KM, sigma


def _on_date(approach: CloseApproach, date: str) -> Finding:
    """Finding that a pass falls on a day of UTC."""
    start = utc_to_tdb(date)
    hours = (approach.tdb - start) / SECONDS_PER_HOUR
    return Finding(
        quantity=f"closest approach at perijove {approach.perijove}, hours after {date} began in UTC",
        value=hours,
        sigma=(approach.time_sigma_s or 0.0) / SECONDS_PER_HOUR,
        unit="h",
        least=0.0,
        most=HOURS_PER_DAY,
        basis=f"{tdb_to_utc(approach.tdb, digits=1)} UTC on Juno's own path",
    )


def _margin_sigma_km(one: CloseApproach, other: CloseApproach, ephemeris: Ephemeris) -> float:
    """Standard error of the difference of two ranges from Io.

    Juno's own error is another one in each pass. Io's is not: its solution has it off its place by the same way about
    its orbit in both passes, of which only the difference of the two lines of sight counts.
    """
    own2, sights = 0.0, []
    for approach in (one, other):
        sight = unit(approach.state[:3])
        juno = ephemeris.position_covariance_km2(approach.spacecraft, approach.tdb, center="JUPITER")
        if np.isnan(juno).any():
            return 0.0
        own2 += float(sigma_along_km(juno, sight)) ** 2
        sights.append(path_axes(ephemeris.state("IO", approach.tdb, center="JUPITER")[None])[0] @ sight)
    shared = ephemeris.solution_sigma_km("IO", one.tdb) * (sights[0] - sights[1])
    return math.sqrt(own2 + float(shared @ shared))


def flyby_distances(approaches: Sequence[CloseApproach], ephemeris: Ephemeris = _BEST) -> tuple[Claim, Claim]:
    """How near, when, and whether ever nearer or again as near.

    Parameters
    ----------
    approaches : sequence of CloseApproach
        All closest approaches to Io of perijoves 34 to 76; at least two, and one after the second date.
    ephemeris : Ephemeris
        That they were found in.
    """
    said = FLYBY_ARTICLE
    ranked = sorted(approaches, key=lambda one: one.range_km)
    first, runner_up = ranked[0], ranked[1]
    height, height_sigma = _height(first)
    most_km = said.distance_km + _HALF_OF_A_HUNDRED
    closest = Claim(
        "closest_pass",
        f"Juno's closest pass of Io led within {said.distance_miles:g} miles ({said.distance_km:g} km) of it on "
        f"{said.first_date}.",
        (
            Finding(
                quantity="height of the closest pass above Io's mean sphere",
                value=height,
                sigma=height_sigma,
                unit="km",
                least=0.0,
                most=most_km,
                basis=f"{height / MILE_KM:.1f} ± {height_sigma / MILE_KM:.1f} miles; above the triaxial ellipsoid "
                f"{first.altitude_km:.1f} km; {said.distance_km:g} is taken to the nearest hundred",
            ),
            Finding(
                quantity="how much farther the next closest pass was",
                value=runner_up.range_km - first.range_km,
                sigma=_margin_sigma_km(first, runner_up, ephemeris),
                unit="km",
                least=0.0,
                most=math.inf,
                basis=f"perijove {runner_up.perijove} against {first.perijove}, of {len(approaches)} approaches",
            ),
            _on_date(first, said.first_date),
        ),
    )
    second = min(approaches, key=lambda one: abs(one.tdb - utc_to_tdb(f"{said.second_date}T12:00")))
    later = min((one for one in approaches if one.tdb > second.tdb), key=lambda one: one.range_km)
    again, again_sigma = _height(second)
    still, still_sigma = _height(later)
    repeated = Claim(
        "second_and_last_pass",
        f"The second and last pass at that distance was on {said.second_date}.",
        (
            _on_date(second, said.second_date),
            Finding(
                quantity="height of that pass above Io's mean sphere",
                value=again,
                sigma=again_sigma,
                unit="km",
                least=said.distance_km - _HALF_OF_A_HUNDRED,
                most=most_km,
                basis=f"{second.range_km - first.range_km:.1f} km farther than the first",
            ),
            Finding(
                quantity="height of the closest pass after it",
                value=still,
                sigma=still_sigma,
                unit="km",
                least=most_km,
                most=math.inf,
                basis=f"perijove {later.perijove}, {tdb_to_utc(later.tdb)[:10]}; looked at up to perijove "
                f"{ARCS[-1].perijove}, {tdb_to_utc(ARCS[-1].perijove_tdb)[:10]}",
            ),
        ),
    )
    return closest, repeated


def eleven_perijoves(perijoves: Sequence[CloseApproach]) -> Claim:
    """How often Juno came closest to Jupiter in 2024; `perijoves` are its approaches to Jupiter then."""
    numbers = [one.perijove for one in perijoves]
    span = f"perijoves {numbers[0]} to {numbers[-1]}" if numbers else "none"
    return Claim(
        "perijoves_2024",
        f"Juno has {FLYBY_ARTICLE.perijoves_2024} perijoves in 2024.",
        (
            Finding(
                quantity="least distances from Jupiter in 2024, UTC",
                value=float(len(perijoves)),
                sigma=0.0,
                unit="",
                least=FLYBY_ARTICLE.perijoves_2024 - 0.5,
                most=FLYBY_ARTICLE.perijoves_2024 + 0.5,
                basis=f"{span}, each found on Juno's own path",
            ),
        ),
    )


def io_missions(missions: Sequence[Mission] = MISSIONS) -> Claim:
    """Whether a mission to Io has been selected."""
    chosen = [one.name for one in missions if one.main_target == "IO" and one.state in {"selected", "flying"}]
    proposed = [f"{one.name} ({one.state} {one.since})" for one in missions if one.main_target == "IO"]
    return Claim(
        "io_missions",
        "No mission to Io has been selected.",
        (
            Finding(
                quantity=f"missions with Io as main target, selected or flying by {MISSIONS_KNOWN_UTC}",
                value=float(len(chosen)),
                sigma=0.0,
                unit="",
                least=-0.5,
                most=0.5,
                basis=f"a record of {len(missions)} missions, no computation; for Io: {', '.join(proposed) or 'none'}",
            ),
        ),
    )


def flyby_claims(
    ephemeris: Ephemeris = _BEST, *, progress: Callable[[str], None] = lambda _step: None
) -> tuple[Claim, ...]:
    """All statements with our figures.

    Parameters
    ----------
    ephemeris : Ephemeris
        With Juno through perijoves 34 to 76, and the moons; without it the one with Io's lead. Io's orbit and the
        removals are those of the moons as in jup365 either way: a lead changes no period.
    progress : callable
        Told what begins.

    Returns
    -------
    tuple of Claim
    """
    progress("passes of Io")
    at_io = close_approaches(ephemeris, ["IO"], ARCS[0].start_tdb, ARCS[-1].end_tdb)
    start, stop = (utc_to_tdb(date) for date in _YEAR_2024)
    at_jupiter = close_approaches(ephemeris, ["JUPITER"], start, stop)
    progress("Io's orbit")
    half = 0.5 * _YEARS * SECONDS_PER_YEAR
    states: Callable[[np.ndarray], np.ndarray] = galilean_states
    io = resonance_report(states, start_tdb=-half, years=_YEARS).moons[0]
    progress("moons taken away")
    removals = [one for one in REMOVALS if one.name in {"nothing", "europa", "ganymede"}]
    outcomes = resonance_without(
        JUPITER_AND_MOONS, galilean_states(-half), start_tdb=-half, years=_YEARS, removals=removals
    )
    return (
        *flyby_distances(at_io, ephemeris),
        eleven_perijoves(at_jupiter),
        io_orbit(io),
        *tidal_forcing(tidal_shares(io, outcomes)),
        io_missions(),
    )
