"""What becomes of the resonance when a part of the system is taken away: short integrations, each with one change."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2, IO_MEAN_MOTION_DEG_DAY
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.resonance.elements import OrbitalElements, equatorial_states, icrf_states
from perijove.resonance.forced_eccentricity import forced_eccentricity
from perijove.resonance.frequencies import fitted_lines, spectral_lines
from perijove.resonance.geometric_elements import epicycles, geometric_elements, geometric_to_states, semi_major_axis_km
from perijove.resonance.slow_motion import SlowMotion, laplace_series_deg, slow_motion

__all__ = ["REMOVALS", "Removal", "RemovalOutcome", "resonance_without"]

_ROUND: tuple[float, ...] = ()
_SEARCHED = 6
_THREADS = 2
_STEP_S = 45.0 / IO_MEAN_MOTION_DEG_DAY * SECONDS_PER_DAY  # an eighth of Io's period: 5 cm after ten years
_APART = 1.5  # resolutions
_FULL_TURN_DEG = 170.0  # half range beyond which the angle goes round


@dataclass(frozen=True)
class Removal:
    """One change of the system."""

    name: str
    sentence: str
    massless: tuple[int, ...] = ()
    round_jupiter: bool = False
    keep_mean_motions: bool = True  # else positions and velocities are kept, whatever orbits they then mean
    outwards: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)  # relative change of the semi-major axes


REMOVALS = (
    Removal("nothing", "the moons as they are"),
    Removal("resonance", "Europa 1 % farther out: no more 2:1", outwards=(0.0, 0.01, 0.0, 0.0)),
    Removal("europa", "Europa without mass", massless=(1,)),
    Removal("ganymede", "Ganymede without mass", massless=(2,)),
    Removal("oblateness", "Jupiter a sphere, mean motions kept", round_jupiter=True),
    Removal(
        "oblateness, states kept",
        "Jupiter a sphere under today's positions and velocities",
        round_jupiter=True,
        keep_mean_motions=False,
    ),
)
"""The changes that the report makes, in this order."""


@dataclass(frozen=True)
class RemovalOutcome:
    """What a change does; three moons are Io, Europa and Ganymede."""

    removal: Removal
    conjunction_rate_deg_day: float  # n1 - 2 n2
    forced_eccentricity: tuple[float, float, float]  # amplitude of the line at minus that rate
    theory: tuple[float, float, float]  # by `forced_eccentricity`, with these mean motions
    mean_eccentricity: tuple[float, float, float]  # forced and free together
    laplace_librates: bool
    laplace_half_range_deg: float  # 180 where it circulates
    motion: SlowMotion


def _changed_states(states: np.ndarray, removal: Removal, gm: np.ndarray) -> np.ndarray:
    """Initial states about Jupiter, ICRF, after the change: same angles and vectors, other semi-major axes."""
    if not removal.keep_mean_motions:
        return states
    harmonics, radius = JUPITER_ZONALS_DURANTE_2020, float(JUPITER_RADII_KM[0])
    now = JUPITER_GM_KM3_S2 + np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()))
    elements = geometric_elements(equatorial_states(states), gm_km3_s2=now, radius_km=radius, harmonics=harmonics)
    n = epicycles(elements.semi_major_axis_km, gm_km3_s2=now, radius_km=radius, harmonics=harmonics).mean_motion
    then = _ROUND if removal.round_jupiter else harmonics
    a = semi_major_axis_km(n, gm_km3_s2=JUPITER_GM_KM3_S2 + gm, radius_km=radius, harmonics=then)
    changed: OrbitalElements = replace(elements, semi_major_axis_km=a * (1.0 + np.array(removal.outwards)))
    moved = geometric_to_states(changed, gm_km3_s2=JUPITER_GM_KM3_S2 + gm, radius_km=radius, harmonics=then)
    return icrf_states(moved)


def _forced(motion: SlowMotion, moon: int, frequency: float) -> float:
    """Amplitude of a moon's eccentricity line at a frequency, rad per day, its other lines fitted along."""
    signal, step = motion.eccentricity_vector[:, moon], motion.step_days
    seen = spectral_lines(signal, step=step, most=_SEARCHED).frequency
    others = seen[np.abs(seen - frequency) > _APART * 2.0 * np.pi / (signal.size * step)]
    return float(np.abs(fitted_lines(signal, [frequency, *others], step=step).amplitude[0]))


def _outcome(
    removal: Removal, *, system: JovianSystem, states: np.ndarray, start_tdb: float, years: float
) -> RemovalOutcome:
    gm = np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()))
    kept_gm = np.array(system.gm_km3_s2)
    for index in removal.massless:
        gm[index] = kept_gm[index] = 0.0
    changed = replace(
        system,
        gm_km3_s2=tuple(kept_gm.tolist()),
        harmonics=_ROUND if removal.round_jupiter else system.harmonics,
    )
    initial = _changed_states(states, removal, gm)
    harmonics = _ROUND if removal.round_jupiter else JUPITER_ZONALS_DURANTE_2020
    path = partial(sampled, changed, initial, start_tdb=start_tdb, step_s=_STEP_S)
    motion = slow_motion(path, start_tdb=start_tdb, years=years, harmonics=harmonics)
    days = motion.step_days * np.arange(len(motion.mean_longitude_deg))
    n = np.polynomial.polynomial.polyfit(days, motion.mean_longitude_deg, 1)[1]
    rate = float(n[0] - 2.0 * n[1])
    laplace = laplace_series_deg(motion)
    half_range = 0.5 * float(np.ptp(laplace))
    e = np.abs(motion.eccentricity_vector).mean(axis=0)
    librates = half_range < _FULL_TURN_DEG
    shares = forced_eccentricity(n, gm_km3_s2=gm, harmonics=harmonics).shares
    theory = np.abs(shares.sum(axis=1) if librates else shares[:, :2].sum(axis=1))
    return RemovalOutcome(
        removal,
        rate,
        tuple(_forced(motion, j, -np.radians(rate)) for j in range(3)),  # type: ignore[arg-type]
        tuple(theory.tolist()),
        tuple(e[:3].tolist()),
        librates,
        min(half_range, 180.0),
        motion,
    )


def resonance_without(
    system: JovianSystem,
    states: np.ndarray,
    *,
    start_tdb: float,
    years: float = 25.0,
    removals: Sequence[Removal] = REMOVALS,
) -> tuple[RemovalOutcome, ...]:
    """Integrate the moons as they are and with one part taken away at a time.

    Parameters
    ----------
    system : JovianSystem
        Io, Europa, Ganymede and Callisto with all forces.
    states : array, shape (4, 6)
        Their states about Jupiter at the start, ICRF, km and km/s.
    start_tdb, years : float
        When, and for how long (at least `slow_motion.SHORTEST_YEARS`).
    removals : sequence of Removal
        What to take away.

    Returns
    -------
    tuple of RemovalOutcome
        In the order of `removals`. Unless a removal says otherwise each moon starts with its mean motion, its place and
        its eccentricity of today; what is then no longer forced stays as free eccentricity, which nothing damps.
    """
    outcome = partial(_outcome, system=system, states=states, start_tdb=start_tdb, years=years)
    with ThreadPoolExecutor(_THREADS) as pool:  # the integrations run without Python's lock
        return tuple(pool.map(outcome, removals))
