"""Maps as ISIS cubes and as PDS4 products, written by GDAL; what GDAL leaves out of their labels is put in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError  # what `copy` lets through; no public module has it
from rasterio.errors import RasterioError
from rasterio.shutil import copy

from perijove.errors import InputError, WriteError
from perijove.export.rasters.geotiff import Band, memory_raster

__all__ = ["FORMATS", "RasterFormat", "check_format", "write_archive"]

_ISIS_NULL = np.array(0xFF7FFFFB, dtype=np.uint32).view(np.float32)[
    ()
]  # SpecialPixel.h of ISIS: no data in a Real cube
_ISIS_LABEL_BYTES = 65536
_BLANKS = (
    "LOGICAL_IDENTIFIER",
    "TITLE",
    "INVESTIGATION_AREA_NAME",
    "INVESTIGATION_AREA_LID_REFERENCE",
    "OBSERVING_SYSTEM_NAME",
    "TARGET",
    "TARGET_TYPE",
)  # of the label that GDAL writes; rasterio turns what it is given for them into capitals, so marks go in first
_JUNO = "urn:nasa:pds:context:investigation:mission.juno"


@dataclass(frozen=True)
class RasterFormat:
    """A format of maps.

    Attributes
    ----------
    driver : str
        As GDAL calls it.
    suffixes : tuple of str
        Of the file that is opened, and of what lies beside it.
    """

    driver: str
    suffixes: tuple[str, ...]


FORMATS = {
    "geotiff": RasterFormat("GTiff", (".tif",)),
    "isis": RasterFormat("ISIS3", (".cub",)),
    "pds4": RasterFormat("PDS4", (".xml", ".img")),
}
"""Formats by name."""


def check_format(name: str) -> None:
    """Refuse a format that is not known, or that this GDAL lacks.

    Raises
    ------
    InputError
    """
    if name not in FORMATS:
        raise InputError(f"raster format {name!r} is not one of {', '.join(FORMATS)}")
    with rasterio.Env() as env:
        if FORMATS[name].driver not in env.drivers():
            raise InputError(f"{name}: GDAL {rasterio.__gdal_version__} has no such driver here; take geotiff")


def write_archive(
    path: Path,
    bands: Sequence[Band],
    *,
    crs: str | None,
    transform: Sequence[float],
    target: str,
    tags: Mapping[str, str],
) -> None:
    """Write bands as ISIS cube (``.cub``) or as PDS4 label (``.xml``) with its image (``.img``) beside it.

    Parameters
    ----------
    path : Path
        Its end says which.
    bands, crs, transform
        As in `perijove.export.rasters.geotiff.write_cog`. In a cube integers become Real, for there 0 would mean no
        data; no data is ISIS's NULL.
    target : str
        Body, upper case.
    tags : mapping
        Provenance: a group ``Perijove`` of a cube's label, the comment of a PDS4 label.

    Raises
    ------
    WriteError
        If the file cannot be written, or not with this coordinate system.
    """
    cube = path.suffix == ".cub"
    bands = [
        replace(one, step=None, keep_bits=None) for one in bands
    ]  # neither is packed, so there is no reason to round
    if cube:
        bands = [
            replace(one, values=np.where(np.isnan(one.values), _ISIS_NULL, one.values.astype(np.float32)))
            for one in bands
        ]
    driver = next(one.driver for one in FORMATS.values() if path.suffix in one.suffixes)
    marks = {f"VAR_{name}": f"@{name}@" for name in _BLANKS}
    options = {"TARGET_NAME": target, "ADD_GDAL_HISTORY": "NO"} if cube else marks
    try:
        with memory_raster(bands, crs=crs, transform=transform, nodata=float(_ISIS_NULL) if cube else None) as dataset:
            copy(dataset, path, driver=driver, **options)
        with rasterio.open(path) as written:
            if (written.crs is None) != (crs is None):
                raise WriteError(
                    f"{path.name}: GDAL cannot write this projection as {driver}; take geotiff, or another map"
                )
    except (CPLE_BaseError, RasterioError) as error:
        raise WriteError(f"{path.name}: GDAL could not write it: {' '.join(str(error).split())}") from error
    pixels = path if cube else path.with_suffix(".img")
    if pixels.stat().st_size < sum(one.values.nbytes for one in bands) + cube * _ISIS_LABEL_BYTES:
        raise WriteError(f"{pixels.name}: the file is cut; is the disk full?")  # GDAL can leave one without an error
    if cube:
        _complete_cube(path, bands, tags)
    else:
        _complete_label(path, bands, target, tags)


def _complete_cube(path: Path, bands: Sequence[Band], tags: Mapping[str, str]) -> None:
    """Put names and units of the bands, and provenance, into the room that the label has left."""
    groups = {
        "BandBin": {
            "Name": "(" + ", ".join(one.name for one in bands) + ")",
            "Unit": "(" + ", ".join(f'"{one.unit}"' for one in bands) + ")",
        },
        "Perijove": {name: '"' + text.replace('"', "'") + '"' for name, text in tags.items()},
    }
    text = "".join(
        f"\n  Group = {name}\n" + "".join(f"    {key} = {value}\n" for key, value in entries.items()) + "  End_Group\n"
        for name, entries in groups.items()
    ).encode("ascii", "replace")
    content = path.read_bytes()
    label, pixels = content[:_ISIS_LABEL_BYTES].rstrip(b" \0"), content[_ISIS_LABEL_BYTES:]
    before, end, after = label.partition(b"\nEnd_Object\n\nObject = Label")
    whole = (before + text + end + after).ljust(_ISIS_LABEL_BYTES)
    if not end or len(whole) != _ISIS_LABEL_BYTES:
        raise WriteError(f"{path.name}: GDAL wrote a label that is not understood; take geotiff")
    path.write_bytes(whole + pixels)


def _complete_label(path: Path, bands: Sequence[Band], target: str, tags: Mapping[str, str]) -> None:
    """Fill the blanks of a label; the identifier is ours, for no archive has given one."""
    kind = "Planet" if target == "JUPITER" else "Satellite"
    identifier = f"urn:perijove:{target}:{path.stem}".lower()
    filled = (identifier, tags.get("IMAGEDESCRIPTION", path.stem), "Juno", _JUNO, "Juno", target.title(), kind)
    values = dict(zip(_BLANKS, filled, strict=True)) | {"target": target.lower(), "target_type": kind.lower()}
    said = [f"Band {number}: {one.name}, {one.unit}. {one.description}" for number, one in enumerate(bands, start=1)]
    said += [f"{name}: {text}" for name, text in tags.items()]
    label = path.read_text(encoding="utf-8")
    label = re.sub(r"@(\w+)@", lambda found: escape(values[found[1]]), label)
    comment = "<Observation_Area>\n    <comment>" + escape("\n".join(said)) + "</comment>"
    path.write_text(label.replace("<Observation_Area>", comment, 1), encoding="utf-8")
