"""Integrated paths as segments: whatever takes an ephemeris takes your own system too."""

import numpy as np

from perijove.dynamics.integration import Trajectory
from perijove.dynamics.system import JovianSystem
from perijove.ephemeris.segment import Segment, States, Together

__all__ = ["integrated_segments", "reflex"]


def integrated_segments(trajectory: Trajectory) -> tuple[Segment, ...]:
    """Segments of the bodies of a trajectory, for `perijove.ephemeris.composition.Ephemeris.replacing`.

    Parameters
    ----------
    trajectory : Trajectory
        Its bodies go by their names; moons and spacecraft alike.

    Returns
    -------
    tuple of Segment
        Each body from Jupiter; and Jupiter from the barycentre that it shares with them, where they have masses. Their
        errors are not known.
    """
    system, together = trajectory.system, Together(trajectory.states)
    first, last = sorted((trajectory.start_tdb, trajectory.end_tdb))
    bodies = tuple(
        Segment(name.upper(), "JUPITER", (first, last), together.one(number))
        for number, name in enumerate(system.names)
    )
    if not any(system.gm_km3_s2):
        return bodies
    return Segment("JUPITER", "JUPITER BARYCENTER", (first, last), reflex(system, together)), *bodies


def reflex(system: JovianSystem, together: Together) -> States:
    """States of Jupiter from the centre of mass that it shares with the bodies of a system."""
    gm = np.array(system.gm_km3_s2)
    share = gm / (gm.sum() + system.jupiter_gm_km3_s2)
    return lambda tdb: np.asarray(-(share @ together(tdb)))
