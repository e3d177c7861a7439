"""One door to all formats: the content of a file, not its name, decides how it is read."""

from os import PathLike
from pathlib import Path

from perijove.errors import FormatError, InputError
from perijove.formats.image import RawImage
from perijove.formats.mission_site import PNG_MAGIC, read_mission_site
from perijove.formats.odl import label_text
from perijove.formats.pds3 import read_pds3
from perijove.formats.sources import is_file, read_head

__all__ = ["read"]

_HEAD_BYTES = 1 << 16


def _refuse_metadata(path: Path) -> None:
    twin = path.name.removesuffix("-Metadata.json") + "-raw.png"
    there = " (it is there)" if twin != path.name + "-raw.png" and is_file(path.with_name(twin)) else ""
    raise InputError(f"{path.name}: is the metadata of a picture; give the picture itself, {twin}{there}")


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
    if label_text(head) is not None or file.suffix.upper() in (".IMG", ".LBL"):
        return read_pds3(file, metadata=label)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        _refuse_metadata(file)
    raise FormatError(
        f"{file.name}: is neither a PNG nor a PDS3 product; "
        "give a -raw.png of the mission site or an .IMG of the archive"
    )
