"""Named solutions of the built-in ephemeris: the moons as JPL's jup365 has them, and with what Juno tells of Io.

Each pass of Juno by Io bends its path, and where it stood days before and after (JPL Horizons) tells from where Io
pulled. `builders/juno_passes.py` fits one number to all passes that can be followed for long enough: by how much Io is
farther along its orbit than jup365 has it. One by one they give, in km, 8.9 ± 0.5 (perijove 53), 14.2 ± 2.4 (55),
9.6 ± 2.3 (58) and 9.5 ± 0.3 (60); together 9.36 ± 0.24, with a chi square of 22 for 66 degrees of freedom. The error
that is stated, 1.1 km, holds the scatter from pass to pass besides. No trajectory kernel and no archive's geometry went
in. Before perijove 53 no pass tells: 5 ± 8 km at perijove 49, ± 70 km and more at others.

JIRAM's product tables of perijoves 57 and 58, which rest on the mission's kernels, want Io 9.50 and 9.78 km ahead of
jup365 along its orbit, 0.05 and 0.07 km nearer to Jupiter and 0.16 and 0.04 km north. With the lead their heights over
Io are met to 0.15 km rms and their sub-points to 0.003 deg, and closest approaches are 0.007 to 0.027 s after those of
the kernels at perijoves 57 to 62; with jup365 it is 3 km, 0.1 deg and 0.20 to 0.21 s.

A table or kernel of Juno beside Io presumes a solution, too. The archive's geometry of perijoves 41 to 53 was made with
solutions like jup365: that `jup365` fits it says nothing about where Io was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import (
    GALILEAN_JUP365_ACROSS_SIGMA_KM,
    IO_AHEAD_DRIFT_KM_YEAR,
    IO_AHEAD_OF_JUP365_KM,
    IO_MEAN_MOTION_DEG_DAY,
)
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_YEAR
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import MOONS, galilean_states, position_sigma_km
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.segment import Segment
from perijove.ephemeris.source import EMBEDDED
from perijove.timescales import utc_to_tdb

__all__ = ["IO_LEAD_TDB", "SOLUTIONS", "Solution", "best_solution"]

IO_LEAD_TDB = (utc_to_tdb("2023-07-15"), ARCS[-1].end_tdb)
"""Dates for which Io's lead is taken to hold: perijoves 53 to 76, TDB seconds past J2000.

Perijoves 53 to 60 tell it. After perijove 62 nothing has been checked: a lead along the orbit does not vanish, but its
error grows. About 2000 Io was where jup365 has it, to a kilometre, as Galileo's path tells; how the lead came about
between is not known.
"""
_LAST_TOLD_TDB = utc_to_tdb("2024-04-10")  # perijove 60
_LEAD_SIGMA_KM = float(IO_AHEAD_OF_JUP365_KM.sigma or 0.0)
_IO = MOONS.index("IO")


@dataclass(frozen=True)
class Solution:
    """One of the ways to place the bodies of the built-in ephemeris.

    Attributes
    ----------
    name, sentence : str
        What it is called, and what it is.
    ephemeris : Ephemeris
    """

    name: str
    sentence: str
    ephemeris: Ephemeris

    @property
    def title(self) -> str:
        """What outputs call it."""
        return f"built-in ephemeris ({self.name})"


def _lead_s() -> float:
    """How much later jup365 has Io where it is. Its speed changes by 0.4 %, so the lead does by 0.04 km."""
    motion = np.radians(IO_MEAN_MOTION_DEG_DAY) / SECONDS_PER_DAY
    return float(IO_AHEAD_OF_JUP365_KM / (JUPITER_GM_KM3_S2 * motion) ** (1.0 / 3.0))


def _lead_sigma_km(tdb: np.ndarray) -> np.ndarray:
    """Error of Io's place with its lead, away from Jupiter, along the orbit and normal to it; shape (n, 3)."""
    years = np.maximum(tdb - _LAST_TOLD_TDB, 0.0) / SECONDS_PER_YEAR
    across = np.full(tdb.shape, float(GALILEAN_JUP365_ACROSS_SIGMA_KM))
    return np.stack([across, np.hypot(_LEAD_SIGMA_KM, IO_AHEAD_DRIFT_KM_YEAR * years), across], axis=-1)


def _io_ahead() -> Segment:
    lead_s = _lead_s()
    return Segment(
        "IO",
        "JUPITER",
        IO_LEAD_TDB,
        lambda tdb: galilean_states(tdb + lead_s)[:, _IO],
        sigma_km=lambda tdb: position_sigma_km(tdb)[:, _IO],
        solution_sigma_km=_lead_sigma_km,
    )


SOLUTIONS: Mapping[str, Solution] = MappingProxyType(
    {
        one.name: one
        for one in (
            Solution("jup365", "the moons as fitted to JPL's jup365", EMBEDDED),
            Solution(
                "io-lead",
                "the same, Io 9.4 km ahead from July 2023 to September 2025, as Juno's path tells",
                EMBEDDED.with_segments(_io_ahead()),
            ),
        )
    }
)
"""By name."""


def best_solution(observer: str, tdb: ArrayLike = ()) -> Solution:
    """Which solution to take: that with Io's lead for Juno, and for times that all lie where the lead is known.

    Other tables stay with jup365 as a whole, so that Io does not jump in them by 9 km. One moon at one time is in one
    place, whoever looks.

    Parameters
    ----------
    observer : str
        NAIF name in capitals.
    tdb : array, shape (...)
        All times asked for, or the ends of their span; TDB seconds past J2000.
    """
    times = np.asarray(tdb, dtype=float)
    known = times.size > 0 and bool(np.all((times >= IO_LEAD_TDB[0]) & (times <= IO_LEAD_TDB[1])))
    return SOLUTIONS["io-lead" if observer == "JUNO" or known else "jup365"]
