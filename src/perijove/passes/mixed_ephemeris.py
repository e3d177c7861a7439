"""A spacecraft from kernels among the bodies of the built-in ephemeris."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.ephemeris.spice.source import KernelEphemeris
from perijove.passes.windows import kernel_windows

__all__ = ["SpacecraftFromKernels"]


class SpacecraftFromKernels:
    """The built-in ephemeris with one body that kernels know, from Jupiter's centre.

    A trajectory kernel of Juno holds Jupiter, but not the moons; with this it can be used without a satellite kernel of
    a gigabyte. The kernels' place from Jupiter is set onto the built-in Jupiter, so that places from the moons, the Sun
    and the Earth are as good as both: a few hundred metres for the moons.

    Parameters
    ----------
    kernels : KernelEphemeris
        Must hold the spacecraft and Jupiter.
    spacecraft : str
        NAIF name.
    """

    def __init__(self, kernels: KernelEphemeris, spacecraft: str) -> None:
        self._kernels = kernels
        self._spacecraft = spacecraft.upper()

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another, as `perijove.ephemeris.source.EmbeddedEphemeris.state`."""
        return np.asarray(self._from_jupiter(body, tdb) - self._from_jupiter(center, tdb))

    def _from_jupiter(self, body: str, tdb: ArrayLike) -> np.ndarray:
        source: Ephemeris = self._kernels if body.upper() == self._spacecraft else EMBEDDED
        state: np.ndarray = source.state(body, tdb, center="JUPITER")
        return state

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations into one of the built-in frames."""
        return EMBEDDED.frame_rotation(frame, tdb)

    def frame_center(self, frame: str) -> str | None:
        """Body to which a built-in frame is fixed."""
        return EMBEDDED.frame_center(frame)

    def windows(self, body: str) -> list[tuple[float, float]]:
        """When a body is known: TDB of starts and ends."""
        if body.upper() != self._spacecraft:
            return [(-np.inf, np.inf)]
        return kernel_windows(self._kernels, body)
