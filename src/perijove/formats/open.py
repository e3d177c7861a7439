"""One door to all formats: the content of a file, not its name, decides how it is read."""

from os import PathLike
from pathlib import Path

from perijove.errors import FormatError, InputError
from perijove.formats.image import PictureLabel, RawImage
from perijove.formats.mission_site import PNG_MAGIC, find_picture, read_metadata, read_mission_site
from perijove.formats.odl import label_text
from perijove.formats.pds3 import read_pds3, read_pds3_label
from perijove.formats.sources import read_head

__all__ = ["read", "read_label"]

_HEAD_BYTES = 1 << 16
# What else people have at hand, by its first bytes, and what to do with it.
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive; unpack it and give the -raw.png in it"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\xff\xd8\xff", "a JPEG; it has lost counts: give the -raw.png"),
    (b"II*\0", "a TIFF; give the -raw.png"),
    (b"MM\0*", "a TIFF; give the -raw.png"),
    (b"SIMPLE  =", "a FITS file; give the -raw.png of the mission site or the .IMG of the archive"),
    (b"Object = IsisCube", "an ISIS cube or its label; give the .IMG that it was made from"),
    (b"<?xml", "XML, a PDS4 label perhaps; give the .IMG or .LBL of the PDS3 archive"),
    (b"<", "a web page or other markup; the download went wrong: fetch it again"),
)


def _is_json(head: bytes) -> bool:
    return _bare(head).startswith((b"{", b"["))


def _bare(head: bytes) -> bytes:
    """First bytes without mark of byte order and blanks."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")


def _refuse_metadata(path: Path) -> None:
    name, there = find_picture(path)
    where = "" if there is None else " (it is beside it)" if there.parent == path.parent else f" (it is {there})"
    raise InputError(f"{path.name}: is the metadata of a picture; give the picture itself, {name}{where}")


def read(path: str | PathLike[str], *, metadata: str | PathLike[str] | None = None) -> RawImage:
    """Read a raw or calibrated JunoCam picture.

    Parameters
    ----------
    path : path
        A mission-site ``-raw.png``, or an archive ``.IMG`` or ``.LBL``.
    metadata : path, optional
        The picture's JSON or label; by default it is looked for beside the picture.

    Returns
    -------
    RawImage
        Framelets with what the label says of them.

    Raises
    ------
    InputError
        If a file is missing, a folder, not readable, or not of a kind that is read here.
    FormatError
        If a file is truncated, corrupt or of a wrong size.
    LabelError
        If a keyword is missing, unreadable, out of range or contradictory.
    """
    file = Path(path)
    label = None if metadata is None else Path(metadata)
    head = read_head(file, _HEAD_BYTES)
    if head.startswith(PNG_MAGIC):
        return read_mission_site(file, metadata=label)
    if label_text(head) is not None or file.suffix.upper() == ".IMG":
        return read_pds3(file, metadata=label)
    if _is_json(head):
        _refuse_metadata(file)
    for magic, what in _FOREIGN:
        if head.startswith(magic) or _bare(head).startswith(magic):
            raise FormatError(f"{file.name}: is {what}")
    if file.suffix.upper() == ".LBL":
        return read_pds3(file, metadata=label)
    raise FormatError(
        f"{file.name}: is neither a PNG nor a PDS3 product; "
        "give a -raw.png of the mission site or an .IMG of the archive"
    )


def read_label(path: str | PathLike[str], *, metadata: str | PathLike[str] | None = None) -> PictureLabel:
    """Read what the label of a JunoCam picture says; the picture itself need not be there.

    Parameters
    ----------
    path : path
        As for `read`, or a mission-site JSON, or an ``.LBL`` without its ``.IMG``.
    metadata : path, optional
        As for `read`.

    Returns
    -------
    PictureLabel
        A `RawImage` where there is one to read. Without it a warning says so, and the label's own sizes are believed.

    Raises
    ------
    InputError, FormatError, LabelError
        As `read`.
    """
    file = Path(path)
    head = read_head(file, _HEAD_BYTES)
    if metadata is None and _is_json(head):
        return read_metadata(file)
    if metadata is None and not head.startswith(PNG_MAGIC):
        label = read_pds3_label(file)
        if label is not None:
            return label
    return read(file, metadata=metadata)
