"""Frames of one or more passes, from their counts to volcanoes that several of them agree on."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perijove.formats.jiram import JiramFrame
from perijove.jiram.hot_spots import MeasuredFrame, measured_frame
from perijove.jiram.passes import Joined, UpperLimit, bad_pixels, joined, passes_of, upper_limits
from perijove.jiram.pointing import KnownPlaces

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = ["Survey", "surveyed"]


@dataclass(frozen=True, eq=False)
class Survey:
    """What frames show: each measured, their hot spots joined by pass, catalogued sources not seen."""

    frames: tuple[MeasuredFrame, ...]
    found: tuple[Joined, ...]
    limits: tuple[UpperLimit, ...]


def surveyed(
    frames: Sequence[JiramFrame],
    kernels: "Kernels | None" = None,
    *,
    places: KnownPlaces | None = None,
    emission_law: str = "lambert",
    tell: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Measure frames and join those of each pass.

    Parameters
    ----------
    frames : sequence of JiramFrame
    kernels : Kernels, optional
    places : KnownPlaces, optional
        Catalogued sources.
    emission_law : str
        See `EMISSION_LAWS`.
    tell : callable
        Told the name of each step.

    Raises
    ------
    InputError, KernelError
        As `measured_frame`.
    """
    measured: dict[int, MeasuredFrame] = {}
    found: list[Joined] = []
    limits: list[UpperLimit] = []
    with kernels if kernels is not None else contextlib.nullcontext():
        for members in passes_of(frames):
            bad = bad_pixels([frames[i] for i in members])
            for i in members:
                tell(frames[i].product_id)
                measured[i] = measured_frame(
                    frames[i], kernels, places=places, known_bad=bad, emission_law=emission_law
                )
            mine = joined([measured[i] for i in members], places)
            found += mine
            if places is not None:
                limits += [one for i in members for one in upper_limits(measured[i], places, mine)]
    return Survey(tuple(measured[i] for i in range(len(frames))), tuple(found), tuple(limits))
