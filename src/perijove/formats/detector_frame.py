"""Flat fields and dark frames as TIFF files: three strips of the detector, one above the other.

The published set (Brian Swift, MIT licence) holds ``flatFields...`` (response, any unit), ``gain...`` (its inverse,
1 in dark columns) and ``debias...`` (mean dark frame). The last is in parts of the full scale: its values are whole
multiples of 1/829,152, which is 1/(288 x 2879), the mean of 288 framelets in units of the largest count, 2879.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, UnidentifiedImageError

from perijove.bodies.juno import JUNOCAM
from perijove.errors import FormatError, InputError

__all__ = ["STRIP_ORDER", "find_detector_frames", "read_dark_frame", "read_flat_field", "split_strips"]

STRIP_ORDER = ("BLUE", "GREEN", "RED")
_SHAPE = (len(STRIP_ORDER) * JUNOCAM.strip_rows, JUNOCAM.columns)
_SUFFIXES = (".tif", ".tiff")


def split_strips(frame: ArrayLike, *, name: str) -> Mapping[str, np.ndarray]:
    """Cut a detector frame into its strips by filter.

    Raises
    ------
    InputError
        Where it is not 384 x 1648 numbers.
    """
    array = np.asarray(frame)
    if array.shape != _SHAPE or array.dtype.kind not in "fiu":
        raise InputError(
            f"{name}: shape {array.shape} of {array.dtype}; must be {_SHAPE[0]} rows x {_SHAPE[1]} columns of numbers, "
            f"strips in the order {', '.join(STRIP_ORDER)}"
        )
    return {filter_name: array[128 * k : 128 * (k + 1)] for k, filter_name in enumerate(STRIP_ORDER)}


def read_flat_field(path: Path) -> np.ndarray:
    """Response of the detector: array, shape (384, 1648), float32; the inverse where the file's name says gain."""
    frame = _read(path)
    if "gain" in path.name.lower():
        with np.errstate(divide="ignore"):
            frame = 1.0 / frame
    return frame


def read_dark_frame(path: Path) -> np.ndarray:
    """Dark frame: array, shape (384, 1648), float32, DN. Values that are all below 1 are taken for parts of 2879."""
    frame = _read(path)
    top = np.nanmax(np.abs(frame)) if np.isfinite(frame).any() else np.nan
    return frame * np.float32(JUNOCAM.saturation_dn) if top < 1.0 else frame


def find_detector_frames(folder: Path) -> tuple[Path | None, Path | None]:
    """Flat field and dark frame in a folder, by name: ``*flat*`` (or else ``*gain*``), ``*dark*`` (or ``*debias*``).

    Raises
    ------
    InputError
        Where the folder has neither, or more than one of a kind.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)

    def one(*words: str) -> Path | None:
        for word in words:
            found = [path for path in files if word in path.name.lower()]
            if len(found) > 1:
                names = ", ".join(path.name for path in found)
                raise InputError(f"{folder}: {len(found)} files with {word!r} in the name ({names}); leave one")
            if found:
                return found[0]
        return None

    flat, dark = one("flat", "gain"), one("dark", "debias")
    if flat is None and dark is None:
        raise InputError(f"{folder}: no TIFF with flat, gain, dark or debias in its name")
    return flat, dark


def _read(path: Path) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a warning is a damaged file that would be read in part
            with Image.open(path) as picture:
                frame = np.asarray(picture)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, UserWarning) as error:
        raise FormatError(f"{path.name}: not a readable TIFF ({error})") from error
    if frame.shape != _SHAPE:
        raise FormatError(
            f"{path.name}: shape {frame.shape}; must be {_SHAPE[0]} rows x {_SHAPE[1]} columns, "
            f"strips in the order {', '.join(STRIP_ORDER)}"
        )
    return frame.astype(np.float32)
