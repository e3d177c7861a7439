"""An integrated path as an ephemeris: whatever takes an ephemeris takes your own system too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.dynamics.integration import Trajectory
from perijove.ephemeris.source import EMBEDDED

__all__ = ["TrajectoryEphemeris"]


@dataclass(frozen=True)
class TrajectoryEphemeris:
    """States of the bodies of a trajectory, and of Sun, Earth and Jupiter from the built-in ephemeris.

    Attributes
    ----------
    trajectory : Trajectory
        Its bodies go by their names; moons and spacecraft alike.
    """

    trajectory: Trajectory

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another.

        Parameters
        ----------
        body, center : str
            Bodies of the trajectory, or ``JUPITER``, ``JUPITER BARYCENTER``, ``SUN``, ``EARTH``, ``SSB``.
        tdb : array, shape (...)
            TDB seconds past J2000, within the trajectory wherever one of its bodies or Jupiter is asked for.

        Returns
        -------
        array, shape (..., 6)
            km and km/s, ICRF, geometric. Jupiter keeps its place about the barycentre that it shares with the bodies.

        Raises
        ------
        InputError
            Where a body is unknown or a time lies outside.
        """
        times = np.asarray(tdb, dtype=float)
        difference: np.ndarray = self._from_barycenter(body, times) - self._from_barycenter(center, times)
        return difference

    def _from_barycenter(self, body: str, tdb: np.ndarray) -> np.ndarray:
        """State from Jupiter's barycentre."""
        name, system = body.upper(), self.trajectory.system
        if name != "JUPITER" and name not in system.names:
            known: np.ndarray = EMBEDDED.state(name, tdb, center="JUPITER BARYCENTER")
            return known
        states = self.trajectory.states(tdb)
        gm = np.array(system.gm_km3_s2)
        jupiter = -np.einsum("n,...nj->...j", gm / (gm.sum() + system.jupiter_gm_km3_s2), states)
        if name == "JUPITER":
            return np.asarray(jupiter)
        return np.asarray(jupiter + states[..., system.names.index(name), :])
