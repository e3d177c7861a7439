"""The mission site's products: a PNG with all framelets stacked, and a JSON with the PDS keywords.

The site packs them as ``<product>-raw.png`` in one folder (``ImageSet``) and ``<number>-Metadata.json`` in
another (``DataSet``); many users keep both in one folder, the JSON renamed to ``<product>-Metadata.json``.
"""

import io
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from perijove.errors import FormatError, InputError
from perijove.formats.image import PictureLabel, RawImage, SourceFile
from perijove.formats.keywords import Keywords
from perijove.formats.product import COLUMNS, check_instrument, label_size, picture_label, raw_image
from perijove.formats.product_id import ProductId
from perijove.formats.sources import is_file, read_source

__all__ = ["METADATA_SUFFIX", "PNG_MAGIC", "find_metadata", "find_picture", "read_metadata", "read_mission_site"]

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

METADATA_SUFFIX = "-Metadata.json"
_MAX_ROWS = 128 * 4 * 1024
_GREY, _COLOUR_TYPES = 0, {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGBA"}


def _stem(png: Path) -> str:
    return png.stem.removesuffix("-raw")


def _named_in(metadata: Path, png: Path) -> bool:
    """Whether a metadata file speaks of a picture; an unreadable one does not."""
    try:
        values = json.loads(metadata.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(values, dict):
        return False
    return values.get("FILE_NAME") == png.name or values.get("PRODUCT_ID") == _stem(png)


def _candidates(folder: Path) -> Iterator[Path]:
    for place in (folder, folder.parent / "DataSet"):
        try:
            yield from sorted(p for p in place.iterdir() if p.name.lower().endswith(METADATA_SUFFIX.lower()))
        except OSError:
            continue


def find_metadata(png: Path) -> Path:
    """Metadata file of a mission-site picture.

    Parameters
    ----------
    png : Path
        The picture, ``<product>-raw.png``.

    Returns
    -------
    Path
        ``<product>-Metadata.json`` beside it; or else the one ``*-Metadata.json`` beside it, or in a folder
        ``DataSet`` beside its folder, whose FILE_NAME or PRODUCT_ID names it.

    Raises
    ------
    InputError
        If there is none, or several that differ.
    """
    beside = png.with_name(_stem(png) + METADATA_SUFFIX)
    if is_file(beside):
        return beside
    matches = [path for path in _candidates(png.parent) if _named_in(path, png)]
    if not matches:
        raise InputError(
            f"{png.name}: no metadata found; expected {beside.name} beside it, or a *{METADATA_SUFFIX} that names "
            "it; download it from the picture's page or give it as metadata"
        )
    if len({path.read_bytes() for path in matches}) > 1:
        names = ", ".join(path.name for path in matches)
        raise InputError(f"{png.name}: {names} all name it and differ; give the right one as metadata")
    return matches[0]


def find_picture(metadata: Path) -> tuple[str, Path | None]:
    """Picture that a metadata file speaks of.

    Parameters
    ----------
    metadata : Path
        A JSON of the mission site.

    Returns
    -------
    name : str
        Its FILE_NAME; without one what follows from PRODUCT_ID, or else from the JSON's own name.
    path : Path or None
        Where it is: beside the JSON, or in a folder ``ImageSet`` beside its folder; None where it is not there.
    """
    try:
        values = json.loads(metadata.read_bytes())
    except (OSError, ValueError, RecursionError):
        values = None
    told = values if isinstance(values, dict) else {}
    file, product = told.get("FILE_NAME"), told.get("PRODUCT_ID")
    if isinstance(file, str) and file.strip():
        name = Path(file.replace("\\", "/")).name
    else:
        name = f"{product if isinstance(product, str) else metadata.name.removesuffix(METADATA_SUFFIX)}-raw.png"
    places = (metadata.with_name(name), metadata.parent.parent / "ImageSet" / name)
    return name, next((path for path in places if is_file(path)), None)


def read_metadata(metadata: Path) -> PictureLabel:
    """What the metadata of a picture say, without the picture.

    Parameters
    ----------
    metadata : Path
        A JSON of the mission site.

    Returns
    -------
    PictureLabel
        With a warning where the picture is not there.

    Raises
    ------
    InputError
        If the file is missing, not readable, or of another instrument.
    FormatError
        If it is no JSON with keywords.
    LabelError
        If a keyword is missing, unreadable, out of range or contradictory.
    """
    content, source = read_source(metadata)
    keywords = _keywords(content, metadata.name)
    check_instrument(keywords)
    name, path = find_picture(metadata)
    missing = () if path else (f"The picture, {name}, is not here: this is what its metadata say.",)
    return picture_label(label_size(keywords), keywords, (source,), warnings=missing)


def _check_header(content: bytes, name: str) -> None:
    """Raise where a PNG is not 8-bit grey of JunoCam's width, before anything is decompressed."""
    if not content.startswith(PNG_MAGIC):
        raise FormatError(f"{name}: is not a PNG file; give the -raw.png of the mission site")
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise FormatError(f"{name}: the PNG ends within its header; the file is truncated; fetch it again")
    if zlib.crc32(content[12:29]) != struct.unpack(">I", content[29:33])[0]:
        raise FormatError(f"{name}: the PNG's header is corrupt; fetch it again")
    columns, rows, bits, colour = struct.unpack(">IIBB", content[16:26])
    if bits != 8 or colour != _GREY:
        kind = _COLOUR_TYPES.get(colour, "unknown")
        raise FormatError(
            f"{name}: {bits}-bit {kind} PNG; raw pictures are 8-bit grey; "
            "give the -raw.png, neither map-projected nor processed"
        )
    widths = [width for factor in COLUMNS.values() for width in factor]
    if columns not in widths:
        raise FormatError(
            f"{name}: {columns} columns; JunoCam has 1648, or 816 (824) when summed; "
            "give the -raw.png, neither cropped nor resampled"
        )
    if not 0 < rows <= _MAX_ROWS:
        raise FormatError(f"{name}: {rows} rows; no JunoCam picture has more than {_MAX_ROWS}; give the -raw.png")


def _decoded(content: bytes, name: str) -> np.ndarray:
    """Pixels of a PNG.

    Pillow's guard against decompression bombs is a process-wide setting below the size of the longest
    pictures. The header check bounds the size, so the decoder is called without the guard.
    """
    _check_header(content, name)
    if b"IEND" not in content[-64:]:
        raise FormatError(f"{name}: the PNG has no end; the file is truncated; fetch it again")
    try:
        with PngImagePlugin.PngImageFile(io.BytesIO(content)) as image:
            image.load()
            return np.array(image, dtype=np.uint8)
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        zlib.error,
        struct.error,
        Image.DecompressionBombError,
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FormatError(f"{name}: the PNG is corrupt or truncated ({reason}); fetch it again") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values and values[key] != value:
            raise ValueError(f"{key} comes twice, as {values[key]!r} and {value!r}")
        values[key] = value
    return values


def _keywords(content: bytes, name: str) -> Keywords:
    try:
        values = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{name}: is not valid JSON ({reason}); fetch it again") from None
    if not isinstance(values, dict):
        raise FormatError(
            f"{name}: holds a JSON {type(values).__name__}, not keywords; give the picture's *{METADATA_SUFFIX}"
        )
    return Keywords(name, values)


def _match(keywords: Keywords, png: Path) -> tuple[str, ...]:
    """Warnings where the name tells nothing; `LabelError` where label and name are of two pictures."""
    product_id = keywords.text("PRODUCT_ID")
    advice = "give the metadata of this picture"
    found = ProductId.find(png.name)
    if found is not None and found.name != product_id.upper():
        raise keywords.error("PRODUCT_ID", f"{found.name}, as the picture {png.name} is named", advice)
    named = keywords.optional_text("FILE_NAME")
    in_label = None if named is None else ProductId.find(named)
    if in_label is not None and in_label.name != product_id.upper():
        raise keywords.error("FILE_NAME", f"a file of {product_id}, the label's PRODUCT_ID", advice)
    if found is None and named != png.name and _stem(png) != product_id:
        return (f"The file name {png.name} does not tell that it holds {product_id}, as {keywords.source} says.",)
    return ()


def read_mission_site(png: Path, *, metadata: Path | None = None) -> RawImage:
    """Read a picture of the mission site.

    Parameters
    ----------
    png : Path
        ``<product>-raw.png``, 8-bit grey.
    metadata : Path, optional
        Its JSON; by default it is looked for, see `find_metadata`.

    Returns
    -------
    RawImage
        Codes as they stand in the file, still companded.

    Raises
    ------
    InputError
        If a file is missing or not readable.
    FormatError
        If the PNG or the JSON is not what it should be.
    LabelError
        If a keyword is missing, unreadable, out of range or contradictory, or belongs to another picture.
    """
    content, source = read_source(png)
    pixels = _decoded(content, png.name)
    label = find_metadata(png) if metadata is None else metadata
    label_content, label_source = read_source(label)
    keywords = _keywords(label_content, label.name)
    check_instrument(keywords)
    warnings = _match(keywords, png)
    sources: tuple[SourceFile, ...] = (source, label_source)
    return raw_image(pixels, keywords, sources, warnings=warnings)
