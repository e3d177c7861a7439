"""SPICE kernels as segments, and as an ephemeris of nothing else."""

from collections.abc import Collection, Sequence

import numpy as np
import spiceypy
from numpy.typing import ArrayLike

from perijove.ephemeris import frames
from perijove.ephemeris.composition import Ephemeris, joined
from perijove.ephemeris.segment import Segment, plain_name
from perijove.ephemeris.spice.coverage import body_id
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import SpiceyError
from perijove.errors import InputError, KernelError

__all__ = ["kernel_ephemeris", "kernel_segments"]

_INERTIAL = 1  # SPICE's class of frames that do not turn
_SPELLINGS = {"ICRF": "J2000", "EME2000": "J2000"}
_EDGE_S = 2.4e-7  # two units in the last place: what a change of time scale may cost at an edge


def kernel_ephemeris(kernels: Kernels) -> Ephemeris:
    """Positions and frames from a user's kernels alone: any SPK, and any PCK, FK or CK for the frames.

    Parameters
    ----------
    kernels : Kernels
        What they lack of the rotation of Io and Jupiter comes from Perijove's own facts; positions never do.

    Returns
    -------
    Ephemeris
        One segment for each stretch of an SPK file. Bodies and frames go by the names and numbers that SPICE and the
        kernels know. Errors are not known; a KernelError says what is missing.
    """
    return Ephemeris(
        (_segment(kernels, link.body, link.center, (link.start_tdb, link.stop_tdb)) for link in kernels.links()),
        lexicon=_KernelLexicon(kernels),
    )


def kernel_segments(kernels: Kernels, body: str, *, center: str = "JUPITER") -> tuple[Segment, ...]:
    """Segments of one body, to be added to another ephemeris.

    A trajectory kernel of Juno holds Jupiter, but not the moons; with this it can be used without a satellite kernel of
    a gigabyte. The kernels' place from the centre is set onto the place of that centre in the other ephemeris, so that
    places from the moons, the Sun and the Earth are as good as both: a few hundred metres for the moons.

    Parameters
    ----------
    kernels : Kernels
        Must hold the body and the centre.
    body, center : str
        NAIF names.

    Returns
    -------
    tuple of Segment
        For each stretch in which the kernels know both.

    Raises
    ------
    KernelError
        Where there is no such stretch.
    """
    known = kernel_ephemeris(kernels)
    windows = joined(
        (max(a, c), min(b, d)) for a, b in known.windows(body) for c, d in known.windows(center) if a <= d and c <= b
    )
    if not windows:
        raise KernelError(f"the kernels never hold {body} and {center} at one time; add a file of kind SPK")
    return tuple(_segment(kernels, known.body_name(body), known.body_name(center), window) for window in windows)


def _segment(kernels: Kernels, body: str, center: str, span: tuple[float, float]) -> Segment:
    return Segment(
        body,
        center,
        span,
        lambda tdb: kernels.state(body, center, tdb)[0],
        margin_s=_EDGE_S,
        outside=f"the kernels have no positions of {body} there; the nearest stretch is",
    )


class _KernelLexicon:
    """Names and frames as SPICE and a set of kernels have them; see `perijove.ephemeris.lexicon.Lexicon`."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._names: dict[str, str] = {}

    def body_name(self, name: str, known: Collection[str]) -> str:
        """Name by which SPICE writes a body."""
        if name not in self._names:
            with self._kernels:
                number = body_id(name)
                if number is None:
                    raise KernelError(f"the body {name} is not known to SPICE")
                self._names[name] = plain_name(str(spiceypy.bodc2s(number)))
        if (plain := self._names[name]) not in known:
            raise KernelError(f"no positions of {plain}; the kernels have none at all: add a file of kind SPK")
        return plain

    def at_hand(self) -> Kernels:
        """The kernels: within it they stay loaded."""
        return self._kernels

    def refusal(self, body: str, tdb: float, segments: Sequence[Segment]) -> InputError:
        """What the kernels lack."""
        del segments
        if not np.isfinite(tdb):
            return KernelError("not all times are finite; TDB seconds past J2000 are wanted")
        return KernelError(self._kernels.why_no_position(body, tdb) or f"no positions of {body}")

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
        with self._kernels:
            rotation = self._kernels.rotation("J2000", name, times)
            try:
                turns = [spiceypy.sxform("J2000", name, float(t))[3:, :3] for t in times.ravel()]
            except SpiceyError as error:
                raise KernelError(f"frame {frame}: no rates of its attitude at hand; velocities need them") from error
        return rotation, np.array(turns).reshape(rotation.shape)

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""
        if frame.upper() == "JUPITER_EQUATOR":
            return None
        with self._kernels:
            code = int(spiceypy.namfrm(_spice_name(frame)))
            if not code:
                raise KernelError(f"no kernel defines the frame {frame!r}; a frame kernel (FK) is missing")
            center, frame_class, _ = spiceypy.frinfo(code)[:3]
        return None if frame_class == _INERTIAL else str(center)


def _spice_name(frame: str) -> str:
    plain = frame.strip().upper()
    return _SPELLINGS.get(plain, plain)
