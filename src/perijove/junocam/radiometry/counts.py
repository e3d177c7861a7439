"""Counts of a picture and what its codes tell of them: rounding error, saturation, lost pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.juno import JUNOCAM
from perijove.errors import FormatError
from perijove.formats.companding import Companding, compand, companding, decompand
from perijove.formats.image import RawImage
from perijove.junocam.radiometry.background import Background
from perijove.junocam.radiometry.quality import QUALITY

__all__ = ["CodeTables", "Counts", "clipping_code", "code_tables", "counts_of", "missing_pixels"]

_RDR_UNIT = 1e-4  # RDR: 10,000 is a white Lambert surface
_PLATEAU_PIXELS = 200  # fewer at the top may be hits
_PLATEAU_RATIO = 4.0  # of the codes at the top to those below; a scene thins out towards its brightest pixels
_FAINT_DN = 2.5  # where the dark level is lower, a pixel may well read 0
_SHORTEST_GAP_PX = 24
_SHORTEST_FAINT_GAP_PX = 800  # lossy compression makes runs of some hundred pixels of sky that read 0


@dataclass(frozen=True)
class Counts:
    """Decompanded picture.

    Attributes
    ----------
    mode : Companding
        How the instrument packed its counts.
    codes : array, shape (framelets, rows, columns), uint8
        Codes; of an RDR the codes it must have had.
    dn : array, same shape, float32
        Counts, background included.
    """

    mode: Companding
    codes: np.ndarray
    dn: np.ndarray


@dataclass(frozen=True)
class CodeTables:
    """What a code means for the error and the flags of a pixel; arrays of 256 entries."""

    step_variance: np.ndarray
    flags: np.ndarray


def counts_of(raw: RawImage, per_dn: Mapping[str, float]) -> Counts:
    """Counts of a picture.

    Parameters
    ----------
    raw : RawImage
        An RDR's values become the counts that give them.
    per_dn : mapping
        I/F of one DN without throughput loss, by filter; used for RDRs.

    Raises
    ------
    FormatError
        Where an EDR does not have 8 bits.
    """
    mode = companding(raw.bit_mode)
    if raw.level == "RDR":
        scale = np.array([_RDR_UNIT / per_dn[name] for name in raw.filters], dtype=np.float32)
        dn = raw.codes * scale[:, None, None]
        codes = compand(dn, raw.bit_mode)
        # RDRs are made with the published table, which gives the last count of a code instead of their middle.
        dn -= (mode.table_dn - mode.center_dn).astype(np.float32)[codes]
        return Counts(mode, codes, dn)
    if raw.codes.dtype != np.uint8:
        raise FormatError(
            f"{raw.product_id}: an EDR with {raw.codes.dtype} values; codes have 8 bits, 16-bit values belong to RDRs"
        )
    return Counts(mode, raw.codes, decompand(raw.codes, raw.bit_mode))


def code_tables(counts: Counts, filters: Sequence[str], background: Background) -> Mapping[str, CodeTables]:
    """Rounding error and flags by code, for each filter of a picture."""
    tables = {}
    step_variance = ((counts.mode.step_dn.astype(float) ** 2 - 1.0) / 12.0).astype(np.float32)
    center = counts.mode.center_dn
    for name in dict.fromkeys(filters):
        chosen = np.array([other == name for other in filters])
        framelets = (counts.codes[index] for index in np.flatnonzero(chosen).tolist())
        histogram = np.sum([np.bincount(codes.ravel(), minlength=len(center)) for codes in framelets], axis=0)
        level = float(np.median(background.level_dn[chosen]))
        photons = np.maximum(center - level, 0.0) / JUNOCAM.gain_e_per_dn
        flags = np.zeros(len(center), dtype=np.uint16)
        flags[clipping_code(histogram) :] |= QUALITY.mask("saturated")
        flags[center > JUNOCAM.full_well_dn] |= QUALITY.mask("nonlinear")
        coarse = step_variance > background.scatter_dn[name] ** 2 + photons
        flags[coarse & (counts.mode.step_dn > 1)] |= QUALITY.mask("companding_step")
        tables[name] = CodeTables(step_variance, flags)
    return tables


def clipping_code(histogram: np.ndarray) -> int:
    """Lowest saturated code of a filter.

    Parameters
    ----------
    histogram : array, shape (256,)
        Number of pixels by code.

    Returns
    -------
    int
        The last code, 255, unless the picture shows that the detector clips below: then its brightest codes are many
        times as frequent as those beneath. On a perijove 43 picture RED piles up at codes 239 to 241 (2350 to 2430
        DN, 39,000 electrons), with 25,000 pixels where 1,200 per code precede.
    """
    top = len(histogram) - 1
    filled = np.nonzero(histogram >= 0.01 * histogram.max(initial=1))[0]
    crowded = np.nonzero(histogram > _PLATEAU_PIXELS)[0]
    if not crowded.size or not filled.size:
        return top
    highest = int(crowded[-1])
    if highest < 40:  # a picture of nothing but sky
        return top
    peak = highest - 4 + int(np.argmax(histogram[highest - 4 : highest + 1]))
    below = histogram[peak - 14 : peak - 3]
    usual = float(np.median(below))
    if histogram[peak] < _PLATEAU_RATIO * max(usual, 1.0) or histogram[peak] < _PLATEAU_PIXELS:
        return top
    code = peak
    while code > peak - 4 and histogram[code - 1] > 1.5 * usual:
        code -= 1
    return code


def missing_pixels(raw: RawImage, background: Background) -> np.ndarray | None:
    """Pixels lost in transmission: runs of zeros longer than the dark level makes likely.

    Parameters
    ----------
    raw : RawImage
        Its codes are searched.
    background : Background
        Of its counts; with a dark level near zero only gaps of 800 pixels or more can be told from sky.

    Returns
    -------
    array, shape (framelets, rows, columns), bool, or None
        None where nothing is lost.
    """
    faint = float(np.median(background.level_dn)) < _FAINT_DN
    shortest = _SHORTEST_FAINT_GAP_PX // raw.summing if faint else _SHORTEST_GAP_PX
    probe = raw.codes[:, :, shortest // 2 :: shortest // 2] == 0  # a long enough run covers a whole step of the probe
    suspect = np.argwhere((probe[:, :, 1:] & probe[:, :, :-1]).any(axis=2))
    lost = np.zeros(raw.codes.shape, dtype=bool)
    for index, row in suspect:
        zero = np.concatenate([[False], raw.codes[index, row] == 0, [False]])
        edges = np.flatnonzero(zero[1:] != zero[:-1])
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start >= min(shortest, raw.codes.shape[2]):
                lost[index, row, start:stop] = True
    return lost if lost.any() else None
