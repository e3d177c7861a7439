"""JunoCam as this picture used it: camera model of a filter strip, and the clock of its frames."""

import numpy as np

from perijove.bodies.juno import FILTERS, JUNOCAM, SPACECRAFT_TO_CAMERA
from perijove.camera import Mounting, StripCamera
from perijove.errors import InputError
from perijove.formats.image import RawImage
from perijove.timescales import utc_to_tdb

__all__ = ["JUNOCAM_MOUNTING", "frame_times_tdb", "imaging_columns", "strip_camera"]

JUNOCAM_MOUNTING = Mounting("JUNO", "JUNO_JUNOCAM", SPACECRAFT_TO_CAMERA)
"""NAIF's frame kernel; no mirror."""

_SUMMED_COLUMN_MULTIPLE = 16  # on-board compression works on blocks of 16: 824 summed columns become 816
_MASK_EDGE_PX = 1.0  # full-resolution pixels at either end of the photoactive columns that are not relied on


def strip_camera(
    filter_name: str,
    *,
    summing: int = 1,
    columns: int | None = None,
    axis_column_px: float | None = None,
    axis_row_px: float | None = None,
    focal_length_px: float | None = None,
) -> StripCamera:
    """Camera model of one filter strip, with the instrument kernel's numbers.

    Parameters
    ----------
    filter_name : str
        BLUE, GREEN, RED or METHANE.
    summing : int
        1, or 2 for summed products.
    columns : int, optional
        Columns of a framelet in the file; 1648, or 816 when summed, unless given.
    axis_column_px : float, optional
        Column of the optical axis, full-resolution pixels, where a filter has a centre of its own; the kernel has one
        for all four.
    axis_row_px : float, optional
        Row of the optical axis, full-resolution pixels from the strip's first row, where the label overrides the
        kernel (METHANE's moved readout window).
    focal_length_px : float, optional
        Focal length in full-resolution pixels instead of the kernel's.

    Returns
    -------
    StripCamera
        Its first column is the detector's first, in summed products too.

    Raises
    ------
    InputError
        Where filter or summing are not JunoCam's.
    """
    if filter_name not in FILTERS:
        raise InputError(f"filter {filter_name!r} is unknown; allowed: {', '.join(FILTERS)}")
    if summing not in (1, 2):
        raise InputError(f"summing {summing} is unknown; allowed: 1, 2")
    if columns is None:
        columns = JUNOCAM.columns // summing
        columns -= columns % _SUMMED_COLUMN_MULTIPLE
    facts = FILTERS[filter_name]
    active = imaging_columns(columns, summing=summing)
    spared = _MASK_EDGE_PX / summing
    # Bare numbers: arithmetic with facts takes ten times as long, and a limb fit does it ten thousand times.
    return StripCamera(
        name=filter_name,
        columns=columns,
        rows=JUNOCAM.strip_rows // summing,
        focal_length_px=float(JUNOCAM.focal_length_px if focal_length_px is None else focal_length_px),
        axis_column_px=float(JUNOCAM.axis_column_px if axis_column_px is None else axis_column_px),
        axis_row_px=float(facts.axis_row_px if axis_row_px is None else axis_row_px),
        k1=float(JUNOCAM.k1),
        k2=float(JUNOCAM.k2),
        summing=summing,
        active_columns_px=(active.start + spared, active.stop - spared),
    )


def imaging_columns(columns: int, *, summing: int = 1) -> slice:
    """Columns of a framelet that see light; dark, isolation and overscan columns lie outside.

    Parameters
    ----------
    columns : int
        Columns of a framelet in the file.
    summing : int
        1, or 2. A summed column counts only if both its halves see light.
    """
    first = -(-JUNOCAM.dark_columns // summing)
    last = (JUNOCAM.dark_columns + JUNOCAM.active_columns) // summing
    return slice(first, min(last, columns))


def frame_times_tdb(raw: RawImage, start_offset_s: float = 0.0) -> np.ndarray:
    """Epochs of a picture's frames.

    Parameters
    ----------
    raw : RawImage
        Its label's START_TIME and INTERFRAME_DELAY are used.
    start_offset_s : float
        Correction of the start time, seconds; positive is later. A fit to the limb finds it.

    Returns
    -------
    array, shape (frames,)
        TDB seconds past J2000; index = frame - 1.

    Notes
    -----
    The instrument kernel's recipe: START_TIME + 61.88 ms + (n - 1) (INTERFRAME_DELAY + 1 ms), with a jitter of
    order 20 ms. The kernel does not say which moment of the exposure this is. With time-delayed integration charge
    follows the scene, line by line, and is read where the scene stands in the last stage, so the moment that
    places the picture is half a stage (1.6 ms) before the exposure ends, however many stages there are; what
    remains between that and the kernel's moment is constant for a picture (at most the exposure, mostly 3 to
    20 ms) and goes into the fitted start offset.
    """
    start = utc_to_tdb(raw.start_utc) + JUNOCAM.start_time_bias_s + start_offset_s
    step = raw.interframe_delay_s + JUNOCAM.interframe_delta_s
    return start + step * np.arange(raw.n_frames)
