"""SPICE kernels with the interface of the built-in ephemeris."""

import numpy as np
import spiceypy
from numpy.typing import ArrayLike

from perijove.ephemeris import frames
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import SpiceyError
from perijove.errors import KernelError

__all__ = ["KernelEphemeris"]

_INERTIAL = 1  # SPICE's class of frames that do not turn
_SPELLINGS = {"ICRF": "J2000", "EME2000": "J2000"}


class KernelEphemeris:
    """Positions and frames from a user's kernels: any SPK, and any PCK, FK or CK for the frames.

    Parameters
    ----------
    kernels : Kernels
        What they lack of the rotation of Io and Jupiter comes from Perijove's own facts; positions never do.
    """

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """Position and velocity of a body from another.

        Parameters
        ----------
        body, center : str
            Names or numbers that SPICE knows; ``SSB`` for the barycentre of the solar system.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        array, shape (..., 6)
            km and km/s, ICRF, geometric.

        Raises
        ------
        KernelError
            Where the kernels do not cover a body at a time; the message says what they cover.
        """
        times = np.asarray(tdb, dtype=float)
        if not np.isfinite(times).all():
            raise KernelError("not all times are finite; TDB seconds past J2000 are wanted")
        return self.kernels.state(body, center, times)[0]

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations from the ICRF into a frame, and their derivatives.

        Parameters
        ----------
        frame : str
            Any that the kernels or SPICE define, and ``ICRF`` and ``JUPITER_EQUATOR``, Perijove's own.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        tuple of array, shape (..., 3, 3)
            See `perijove.ephemeris.frames.frame_rotation`.
        """
        if frame.upper() == "JUPITER_EQUATOR":
            return frames.frame_rotation(frame, tdb)
        name, times = _spice_name(frame), np.asarray(tdb, dtype=float)
        with self.kernels:
            rotation = self.kernels.rotation("J2000", name, times)
            try:
                turns = [spiceypy.sxform("J2000", name, float(t))[3:, :3] for t in times.ravel()]
            except SpiceyError as error:
                raise KernelError(f"frame {frame}: no rates of its attitude at hand; velocities need them") from error
        return rotation, np.array(turns).reshape(rotation.shape)

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""
        if frame.upper() == "JUPITER_EQUATOR":
            return None
        with self.kernels:
            code = int(spiceypy.namfrm(_spice_name(frame)))
            if not code:
                raise KernelError(f"no kernel defines the frame {frame!r}; a frame kernel (FK) is missing")
            center, frame_class, _ = spiceypy.frinfo(code)[:3]
        return None if frame_class == _INERTIAL else str(center)


def _spice_name(frame: str) -> str:
    plain = frame.strip().upper()
    return _SPELLINGS.get(plain, plain)
