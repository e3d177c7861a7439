"""Pixels and keywords into a labelled picture: the part that all archives share.

Layout of a product: frame after frame, and within a frame one framelet per filter in the order of
FILTER_NAME (BLUE, GREEN, RED in colour pictures). A framelet has 128 rows of 1648 columns.

With SAMPLING_FACTOR 2 it has 64 rows (as ISIS, too, takes it) of 816 columns: 824 rounded down to a
multiple of 16, which the onboard compression needs. Column j of a summed framelet is taken for the full-
resolution columns 2 j and 2 j + 1 counted from the first one, since the 16 columns lost that way, 1632 to
1647, lie beyond the last photoactive one, 1630. That first column is an inference: no document at hand
tells it, and dark columns should show it.
"""

import datetime as dt
import re
from types import MappingProxyType

import numpy as np

from perijove.bodies.juno import JUNOCAM
from perijove.errors import FormatError, InputError
from perijove.formats.image import LabelGeometry, PictureLabel, RawImage, SourceFile
from perijove.formats.keywords import Keywords
from perijove.formats.product_id import FILTERS_BY_LETTER, ProductId
from perijove.formats.quirks import MOVED_METHANE_KEYWORD, mended

__all__ = [
    "COLUMNS",
    "FILTERS",
    "FRAMELET_ROWS",
    "check_instrument",
    "label_size",
    "picture_label",
    "raw_image",
]

#: Columns of a framelet by summing factor; 824 is 1648 / 2 without the rounding.
COLUMNS = {1: (JUNOCAM.columns,), 2: (816, 824)}
#: Rows of a framelet by summing factor.
FRAMELET_ROWS = {1: 128, 2: 64}
FILTERS = ("METHANE", "BLUE", "GREEN", "RED")
_BIT_MODES = ("SQROOT", "LIN1", "LIN8", "LIN16")

_LEVELS = ("JUNOCAM-EDR", "JUNOCAM-RDR")
_BITS = {"EDR": 8, "RDR": 16}
_MAX_FRAMES = 1024
_SAFE_NAME = re.compile(r"\w[\w.\-]{0,99}", re.ASCII)  # products are named after it: no path may hide in it
_STOP_TOLERANCE_FRAMES = 0.5  # labels agree to the millisecond: STOP_TIME = START_TIME + frames x delay


def check_instrument(keywords: Keywords) -> None:
    """Raise `InputError` where a label is of another instrument; it may leave the instrument out."""
    if not keywords.has("INSTRUMENT_ID") or keywords.text("INSTRUMENT_ID").upper() == "JNC":
        return
    instrument = keywords.text("INSTRUMENT_ID")
    name = keywords.values.get("INSTRUMENT_NAME")
    full = f"{name.title()} ({instrument})" if isinstance(name, str) and name.strip() else instrument
    raise InputError(f"{keywords.source}: is of another instrument, {full}; give a product of JunoCam (JNC)")


def _framelet_rows(shape: tuple[int, int], keywords: Keywords) -> tuple[int, int]:
    """Rows of a framelet and summing factor of a product.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the whole picture as it stands in the file.
    keywords : Keywords
        Its label; SAMPLING_FACTOR may be missing, since the width tells it.

    Returns
    -------
    rows, summing : int
        128 and 1, or 64 and 2.

    Raises
    ------
    FormatError
        If the size is none of JunoCam's or not a whole number of frames.
    LabelError
        If the label contradicts the file.
    """
    rows, columns = shape
    name = keywords.source
    summing = next((factor for factor, widths in COLUMNS.items() if columns in widths), None)
    if summing is None:
        raise FormatError(
            f"{name}: {columns} columns; JunoCam has 1648, or 816 (824) when summed; "
            "give the -raw.png or .IMG, neither cropped nor resampled"
        )
    for keyword, size in (("LINES", rows), ("LINE_SAMPLES", columns)):
        if keywords.integer(keyword, 1, 1 << 20) != size:
            raise keywords.error(
                keyword,
                f"{size}, as the picture has",
                "the picture is truncated or the label belongs to another one",
            )
    if keywords.has("SAMPLING_FACTOR") and keywords.integer("SAMPLING_FACTOR", 1, 2) != summing:
        raise keywords.error("SAMPLING_FACTOR", f"{summing} for {columns} columns")
    filters = keywords.texts("FILTER_NAME", FILTERS)
    height = FRAMELET_ROWS[summing]
    if rows % (height * len(filters)):
        framelets = "framelet" if len(filters) == 1 else "framelets"
        raise FormatError(
            f"{name}: {rows} rows is not a multiple of {height} x {len(filters)} {framelets}; "
            "the file may be truncated; fetch it again"
        )
    if rows // (height * len(filters)) > _MAX_FRAMES:
        raise FormatError(f"{name}: {rows} rows are more than {_MAX_FRAMES} frames; no JunoCam picture has so many")
    return height, summing


def _geometry(keywords: Keywords) -> LabelGeometry | None:
    names = ("SUB_SPACECRAFT_LATITUDE", "SUB_SPACECRAFT_LONGITUDE", "SPACECRAFT_ALTITUDE")
    solar = keywords.optional_number("SOLAR_DISTANCE", 1e7, 1.5e9, "km")
    if not all(keywords.has(name) for name in names):
        return None
    return LabelGeometry(
        sub_spacecraft_lat_deg=keywords.number(names[0], -90.0, 90.0),
        sub_spacecraft_lon_west_deg=keywords.number(names[1], 0.0, 360.0),
        altitude_km=keywords.number(names[2], 0.0, 1e10, "km"),
        solar_distance_km=solar,
    )


def _level(keywords: Keywords, name: ProductId | None, bits: int) -> str:
    by_name = {"E": "EDR", "R": "RDR"}.get(name.kind, "another kind") if name else None
    if keywords.has("STANDARD_DATA_PRODUCT_ID"):
        level = keywords.choice("STANDARD_DATA_PRODUCT_ID", _LEVELS).removeprefix("JUNOCAM-")
    else:
        level = by_name or ("EDR" if bits == 8 else "RDR")
    if by_name is not None and by_name != level:
        raise keywords.error("PRODUCT_ID", f"a name of an {level} product, as STANDARD_DATA_PRODUCT_ID says")
    if keywords.has("SAMPLE_BITS") and keywords.integer("SAMPLE_BITS", 1, 64) != bits:
        raise keywords.error("SAMPLE_BITS", f"{bits}, as the picture has")
    if bits != _BITS[level]:
        raise FormatError(
            f"{keywords.source}: {bits}-bit counts; {level} products have {_BITS[level]} bits; fetch it again"
        )
    return level


def _check_identity(keywords: Keywords, name: ProductId | None, filters: tuple[str, ...], start: dt.datetime) -> None:
    """Raise where a label contradicts its own product name."""
    for keyword in ("LINE_PREFIX_BYTES", "LINE_SUFFIX_BYTES"):
        if keywords.has(keyword):
            keywords.integer(keyword, 0, 0)
    if name is None:
        return
    expected = FILTERS_BY_LETTER.get(name.letter)
    if expected is not None and expected != set(filters):
        raise keywords.error("FILTER_NAME", f"{', '.join(sorted(expected))}, as the {name.letter} in {name.name} says")
    if abs((start.date() - name.date).days) > 1:
        raise keywords.error("START_TIME", f"a time on {name.date}, as {name.name} says")


def _orbit(keywords: Keywords, name: ProductId | None) -> tuple[int | None, tuple[str, ...]]:
    orbit = keywords.optional_integer("ORBIT_NUMBER", 0, 999)
    if name is None or orbit == name.orbit:
        return orbit, ()
    if orbit is None:
        return name.orbit, ()
    return orbit, (f"ORBIT_NUMBER is {orbit}, but {name.name} says orbit {name.orbit}; ORBIT_NUMBER is used.",)


def _timing_warnings(
    keywords: Keywords, start: dt.datetime, frames: int, delay_s: float, exposure_s: float
) -> list[str]:
    warnings = []
    stop = keywords.optional_utc("STOP_TIME")
    if stop is not None:
        if stop < start:
            raise keywords.error("STOP_TIME", f"a time after START_TIME, {start.isoformat()}")
        span = (stop - start).total_seconds()
        if abs(span - frames * delay_s) > _STOP_TOLERANCE_FRAMES * max(delay_s, 1e-3):
            warnings.append(
                f"The label's times span {span:.3f} s, but {frames} frames of {delay_s:g} s make "
                f"{frames * delay_s:.3f} s."
            )
    if frames > 1 and exposure_s > delay_s:
        warnings.append(f"The exposure, {exposure_s:g} s, is longer than the delay between frames, {delay_s:g} s.")
    return warnings


def _clock(keywords: Keywords) -> str | None:
    count = keywords.optional_text("SPACECRAFT_CLOCK_START_COUNT")
    if count is None:
        return None
    seconds, _, ticks = count.rpartition("/")[2].partition(":")
    if not (seconds.isdecimal() and ticks.isdecimal() and int(ticks) < 256):
        raise keywords.error("SPACECRAFT_CLOCK_START_COUNT", "seconds:ticks such as 788534804:109, ticks below 256")
    return count


def label_size(keywords: Keywords) -> tuple[int, int, int]:
    """Rows, columns and bits that a label promises; `LabelError` where it does not tell them."""
    bits = keywords.integer("SAMPLE_BITS", 8, 16) if keywords.has("SAMPLE_BITS") else 8
    return keywords.integer("LINES", 1, 1 << 20), keywords.integer("LINE_SAMPLES", 1, 1 << 20), bits


def raw_image(
    pixels: np.ndarray, keywords: Keywords, sources: tuple[SourceFile, ...], *, warnings: tuple[str, ...] = ()
) -> RawImage:
    """Labelled picture from the pixels of a file and its keywords.

    Parameters
    ----------
    pixels : array, shape (rows, columns), 8 or 16 bits
        The whole picture as it stands in the file.
    keywords, sources, warnings
        See `picture_label`.

    Returns
    -------
    RawImage
        A view of `pixels`, which become read-only.

    Raises
    ------
    InputError, FormatError, LabelError
        As `picture_label`.
    """
    rows, columns = pixels.shape
    label = picture_label((rows, columns, 8 * pixels.dtype.itemsize), keywords, sources, warnings=warnings)
    return RawImage(codes=pixels.reshape(label.n_framelets, -1, columns), **vars(label))


def picture_label(
    size: tuple[int, int, int], keywords: Keywords, sources: tuple[SourceFile, ...], *, warnings: tuple[str, ...] = ()
) -> PictureLabel:
    """What the keywords of a picture say, checked against each other and its size.

    Parameters
    ----------
    size : tuple of int
        Rows, columns and bits of the whole picture as it stands in the file; of the label where there is no file.
    keywords : Keywords
        Its label as read; archive faults are mended here.
    sources : tuple of SourceFile
        The files it came from.
    warnings : tuple of str
        What the reader has to say already.

    Raises
    ------
    InputError
        If the label is of another instrument.
    FormatError
        If the size is not that of a JunoCam product.
    LabelError
        If a keyword is missing, unreadable, out of range or contradicts another one or the size.
    """
    height, width, bits = size
    label = MappingProxyType(dict(keywords.values))
    check_instrument(keywords)
    keywords, quirks = mended(keywords)
    known = tuple(quirk.warning for quirk in quirks if quirk.warning)
    product_id = keywords.text("PRODUCT_ID")
    if _SAFE_NAME.fullmatch(product_id) is None:
        raise keywords.error("PRODUCT_ID", "letters, digits, _ - and . such as JNCE_2024362_68C00012_V01")
    name = ProductId.parse(product_id)
    rows, summing = _framelet_rows((height, width), keywords)
    filters = keywords.texts("FILTER_NAME", FILTERS)
    framelets = height // rows
    frames = framelets // len(filters)
    start = keywords.utc("START_TIME")
    _check_identity(keywords, name, filters, start)
    delay_s = keywords.number("INTERFRAME_DELAY", 0.0, 60.0, "s", above=frames > 1)
    exposure_s = 1e-3 * keywords.number("EXPOSURE_DURATION", 0.0, 10_000.0, "ms", above=True)
    timing = _timing_warnings(keywords, start, frames, delay_s, exposure_s)
    orbit, orbit_warnings = _orbit(keywords, name)
    if keywords.has("FOCAL_PLANE_TEMPERATURE"):
        keywords.number("FOCAL_PLANE_TEMPERATURE", 0.0, 1000.0, "K", above=True)
    moved = keywords.optional_number(MOVED_METHANE_KEYWORD, -2000.0, 2000.0) if "METHANE" in filters else None
    return PictureLabel(
        product_id=product_id,
        filters=filters * frames,
        frames=tuple(1 + k // len(filters) for k in range(framelets)),
        level=_level(keywords, name, bits),
        bit_mode=keywords.choice("SAMPLE_BIT_MODE_ID", _BIT_MODES),
        summing=summing,
        target=keywords.text("TARGET_NAME").upper(),
        orbit=orbit,
        start_utc=start.replace(tzinfo=None).isoformat(
            timespec="milliseconds" if start.microsecond % 1000 == 0 else "microseconds"
        ),
        sclk_start=_clock(keywords),
        interframe_delay_s=delay_s,
        exposure_s=exposure_s,
        tdi_stages=keywords.integer("JNO:TDI_STAGES_COUNT", 1, 1000),
        geometry=_geometry(keywords),
        methane_axis_row_px=moved,
        quirks=tuple(quirk.name for quirk in quirks),
        warnings=(*warnings, *known, *timing, *orbit_warnings),
        label=label,
        sources=sources,
    )
