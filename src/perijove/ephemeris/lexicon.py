"""What bodies and frames are called, in the built-in ephemeris and wherever segments are added to it."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from perijove.ephemeris.frames import frame_center, frame_rotation
from perijove.ephemeris.segment import NAIF_IDS, Segment, not_covered, plain_name
from perijove.errors import InputError

__all__ = ["BUILT_IN", "Lexicon"]


class Lexicon(Protocol):
    """Names, frames, and what to say where something is missing."""

    def body_name(self, name: str, known: Collection[str]) -> str:
        """Name of a body as its segments spell it; an InputError where it is not one of those known."""

    def refusal(self, body: str, tdb: float, segments: Sequence[Segment]) -> InputError:
        """Error for a body of which no segment covers a time."""

    def at_hand(self) -> AbstractContextManager[object]:
        """Within it, the files that the segments read stay open."""

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Rotations from the ICRF into a frame, shape (..., 3, 3), and their derivatives, 1/s."""

    def frame_center(self, frame: str) -> str | None:
        """Body to which a frame is fixed; None for inertial frames."""


class _BuiltIn:
    """Bodies go by their NAIF names or numbers, in any case; frames are `perijove.ephemeris.frames.FRAMES`."""

    def body_name(self, name: str, known: Collection[str]) -> str:
        """See `Lexicon`."""
        plain = plain_name(name)
        if plain not in known:
            names = [*NAIF_IDS, *(one for one in known if one not in NAIF_IDS)]
            raise InputError(
                f"no body {name!r} is built in; there are {', '.join(n for n in names if n in known)}; "
                "others need SPICE kernels"
            )
        return plain

    def refusal(self, body: str, tdb: float, segments: Sequence[Segment]) -> InputError:
        """See `Lexicon`."""
        return not_covered(body, tdb, segments)

    def at_hand(self) -> AbstractContextManager[object]:
        """Nothing: there are no files."""
        return _NO_FILES

    def frame_rotation(self, frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """See `Lexicon`."""
        return frame_rotation(frame, tdb)

    def frame_center(self, frame: str) -> str | None:
        """See `Lexicon`."""
        return frame_center(frame)


_NO_FILES = nullcontext()
BUILT_IN = _BuiltIn()
"""Names and frames that need no kernels."""
