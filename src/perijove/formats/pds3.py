"""The archive's products, ``.IMG`` and ``.LBL``: EDR (8-bit counts) and RDR (radiance factor x 10,000)."""

import hashlib
import importlib
import warnings
from pathlib import Path

import numpy as np

from perijove.errors import FormatError, InputError
from perijove.formats.image import PictureLabel, RawImage, SourceFile
from perijove.formats.keywords import Keywords
from perijove.formats.odl import instrument_of, label_text, parse_label
from perijove.formats.product import check_instrument, label_size, picture_label, raw_image
from perijove.formats.sources import is_file, read_source

__all__ = ["read_pds3", "read_pds3_label"]

_SAMPLE_TYPES = (
    "UNSIGNED_INTEGER",
    "MSB_UNSIGNED_INTEGER",
    "LSB_UNSIGNED_INTEGER",
    "PC_UNSIGNED_INTEGER",
    "INTEGER",
    "MSB_INTEGER",
    "LSB_INTEGER",
    "PC_INTEGER",
)


def _beside(path: Path, name: str) -> Path | None:
    """File of a name, in any case, in the folder of another."""
    exact = path.with_name(name)
    if is_file(exact):
        return exact
    try:
        return next((p for p in sorted(path.parent.iterdir()) if p.name.lower() == name.lower() and is_file(p)), None)
    except OSError:
        return None


def _find_label(image: Path) -> Path:
    """Label of an ``.IMG`` file: the ``.LBL`` of the same name beside it; `InputError` without."""
    label = _beside(image, image.stem + ".LBL")
    if label is None:
        raise InputError(
            f"{image.name}: no label found, neither within it nor as {image.stem}.LBL beside it; "
            "fetch the label too or give it as metadata"
        )
    return label


def _pointer(keywords: Keywords) -> tuple[str | None, int]:
    """File (None: the label's own) and byte offset at which ^IMAGE says that the pixels begin."""
    allowed = "a file name, a record number, or both, as (name, record) or (name, n <BYTES>)"
    pointer = keywords.values.get("^IMAGE")
    places: list[object] = list(pointer) if isinstance(pointer, list) else [pointer]
    name = None
    first = places[0] if places else None
    if isinstance(first, str) and "<" not in first:
        name = Path(first.replace("\\", "/")).name
        places.pop(0)
    if len(places) != 1 and (name is None or places):
        raise keywords.error("^IMAGE", allowed)
    if not places:
        return name, 0
    place = places[0]
    if isinstance(place, int) and place >= 1:
        return name, (place - 1) * keywords.integer("RECORD_BYTES", 1, 1 << 24)
    if isinstance(place, str) and place.upper().endswith("<BYTES>"):
        start = Keywords(keywords.source, {"^IMAGE": place})
        return name, int(start.number("^IMAGE", 1, 1 << 30, "BYTES")) - 1
    raise keywords.error("^IMAGE", allowed)


def _check_size(content: bytes, offset: int, keywords: Keywords, name: str) -> tuple[int, int, int]:
    """Rows, columns and bytes per pixel; `FormatError` where the file cannot hold them."""
    keywords.choice("SAMPLE_TYPE", _SAMPLE_TYPES)
    rows = keywords.integer("LINES", 1, 1 << 20)
    columns = keywords.integer("LINE_SAMPLES", 1, 1 << 20)
    bits = keywords.integer("SAMPLE_BITS", 8, 16)
    if bits not in (8, 16):
        raise keywords.error("SAMPLE_BITS", "8 (EDR) or 16 (RDR)")
    if keywords.has("BANDS"):
        keywords.integer("BANDS", 1, 1)
    for keyword in ("LINE_PREFIX_BYTES", "LINE_SUFFIX_BYTES"):
        if keywords.has(keyword):
            keywords.integer(keyword, 0, 0)
    needed = rows * columns * bits // 8
    if len(content) - offset < needed:
        raise FormatError(
            f"{name}: {max(0, len(content) - offset)} bytes of pixels; {keywords.source} describes {needed} "
            f"({rows} x {columns} x {bits} bits); the file is truncated; fetch it again"
        )
    return rows, columns, bits // 8


def _pixels(image: Path, label: Path, shape: tuple[int, int, int]) -> np.ndarray:
    """Pixels as the PDS library reads them, in the machine's byte order."""
    try:
        pdr = importlib.import_module("pdr")
    except ImportError:
        raise InputError(
            f"{image.name}: archive (PDS3) products need the library pdr, which is not installed; pip install pdr"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            array = np.asarray(pdr.read(str(image), label_fn=str(label))["IMAGE"])
        except Exception as error:  # noqa: BLE001 - the library raises whatever its parsers meet
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise FormatError(f"{image.name}: pdr cannot read its pixels ({reason}); fetch it again") from None
    rows, columns, size = shape
    if array.shape != (rows, columns) or array.dtype.kind not in "ui" or array.dtype.itemsize != size:
        raise FormatError(
            f"{image.name}: pdr gives {array.dtype} {array.shape}, {label.name} describes {8 * size} bits "
            f"({rows}, {columns}); fetch it again"
        )
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def _checksum_warning(content: bytes, offset: int, size: int, keywords: Keywords) -> tuple[str, ...]:
    printed = keywords.optional_text("MD5_CHECKSUM")
    if printed is None:
        return ()
    for part in (content, content[offset : offset + size]):
        if hashlib.md5(part, usedforsecurity=False).hexdigest() == printed.lower():
            return ()
    return ("The pixels do not have the label's MD5_CHECKSUM: the file was changed or damaged on its way.",)


def _keywords(text: str, name: str) -> Keywords:
    """Keywords of a label; one of another instrument is refused before its notation is judged."""
    check_instrument(Keywords(name, instrument_of(text)))
    keywords = parse_label(text, name)
    check_instrument(keywords)
    return keywords


def read_pds3_label(path: Path) -> PictureLabel | None:
    """What a detached label says where the file of its pixels is not beside it.

    Parameters
    ----------
    path : Path
        An ``.LBL``.

    Returns
    -------
    PictureLabel or None
        None where the pixels are there, or the file is none of its kind: then `read_pds3` has more to say.

    Raises
    ------
    InputError, FormatError, LabelError
        As `read_pds3`.
    """
    content, source = read_source(path)
    text = label_text(content)
    if text is None:
        return None
    keywords = _keywords(text, path.name)
    name, _ = _pointer(keywords)
    if name is None or _beside(path, name) is not None:
        return None
    missing = f"The file of the pixels, {name}, is not here: this is what its label says."
    return picture_label(label_size(keywords), keywords, (source,), warnings=(missing,))


def read_pds3(path: Path, *, metadata: Path | None = None) -> RawImage:
    """Read an EDR or RDR of the archive.

    Parameters
    ----------
    path : Path
        The ``.IMG``, with its label attached or beside it, or the ``.LBL``.
    metadata : Path, optional
        The label where it stands elsewhere; only together with an ``.IMG``.

    Returns
    -------
    RawImage
        EDR: companded 8-bit counts; RDR: 16 bits, radiance factor x 10,000.

    Raises
    ------
    InputError
        If a file is missing or not readable, or the optional library is not installed.
    FormatError
        If the label or the pixels are not what they should be.
    LabelError
        If a keyword is missing, unreadable, out of range or contradictory.
    """
    content, source = read_source(path)
    text = label_text(content) if metadata is None else None
    label, label_source = path, source
    if text is None:
        label = _find_label(path) if metadata is None else metadata
        label_content, label_source = read_source(label)
        text = label_text(label_content)
    if text is None:
        raise FormatError(f"{label.name}: is no PDS3 label (no PDS_VERSION_ID at its start); give the .LBL")
    keywords = _keywords(text, label.name)
    name, offset = _pointer(keywords)
    image = path
    if label != path and name is not None and name.lower() != path.name.lower():
        raise keywords.error("^IMAGE", f"{path.name}, the picture given", "give the label of this picture")
    if label == path and name is not None and name.lower() != path.name.lower():
        found = _beside(label, name)
        if found is None:
            raise InputError(f"{label.name}: the file of its pixels, {name}, is not beside it; fetch it too")
        image = found
        content, source = read_source(image)
    shape = _check_size(content, offset, keywords, image.name)
    notes = _checksum_warning(content, offset, shape[0] * shape[1] * shape[2], keywords)
    pixels = _pixels(image, label, shape)
    sources: tuple[SourceFile, ...] = (source,) if image == label else (source, label_source)
    return raw_image(pixels, keywords, sources, warnings=notes)
