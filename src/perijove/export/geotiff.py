"""Maps as Cloud-Optimised GeoTIFF: labelled bands, Io's own coordinate system, provenance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio import Affine
from rasterio.errors import CRSError, RasterioError
from rasterio.io import MemoryFile

from perijove.errors import WriteError
from perijove.scene.backplane_registry import BACKPLANES

__all__ = ["Band", "backplane_bands", "color_bands", "quality_band", "write_cog"]

_BLOCK = 256
_DEFLATE_LEVEL = 1  # level 6 saves 4 to 8 % of the size and costs twice the time
_MANTISSA_BITS = 23


@dataclass(frozen=True)
class Band:
    """One band of a GeoTIFF.

    Attributes
    ----------
    name : str
        Short, stable name; becomes the band description that GIS programs list.
    values : array, shape (rows, columns)
        Floating point values are stored as float32 with NaN for no data; unsigned integers as they are.
    unit : str
        Unit, or ``1`` for a ratio.
    description : str
        One sentence.
    keep_bits : int or None
        Mantissa bits to keep of float values; rounding the rest away makes files up to 40 % smaller.
    tags : mapping
        Further band metadata.
    """

    name: str
    values: np.ndarray
    unit: str
    description: str
    keep_bits: int | None = None
    tags: Mapping[str, str] | None = None


_ANGLE_BITS = 18  # 128 deg / 2^19 = 0.00024 deg, 8 m on Io
_RATIO_BITS = 15  # relative 1.5e-5, a thousandth of the noise of the best pixel


def color_bands(radiance_factor: np.ndarray, filters: Sequence[str]) -> list[Band]:
    """Bands of radiance factor I/F.

    Parameters
    ----------
    radiance_factor : array, shape (bands, rows, columns)
        NaN where there are no data.
    filters : sequence of str
        JunoCam filter of each band.
    """
    return [
        Band(name.lower(), plane, "1", f"Radiance factor I/F through JunoCam's {name} filter", _RATIO_BITS)
        for name, plane in zip(filters, radiance_factor, strict=True)
    ]


def backplane_bands(planes: Mapping[str, np.ndarray], sigma: Mapping[str, np.ndarray] | None = None) -> list[Band]:
    """Bands of geometry and error backplanes, in a fixed order.

    Parameters
    ----------
    planes : mapping
        Arrays of shape (rows, columns) by the names of `perijove.scene.backplane_registry.BACKPLANES`.
    sigma : mapping, optional
        Standard error of I/F by filter.

    Raises
    ------
    KeyError
        If a plane has no entry there.
    """
    unknown = set(planes) - set(BACKPLANES)
    if unknown:
        raise KeyError(f"no backplane is called {', '.join(sorted(unknown))}; known: {', '.join(BACKPLANES)}")
    bands = [
        Band(
            name,
            planes[name],
            facts.unit or "1",
            facts.sentence,
            _ANGLE_BITS if facts.unit == "deg" else _RATIO_BITS,
        )
        for name, facts in BACKPLANES.items()
        if name in planes
    ]
    for name, plane in (sigma or {}).items():
        text = f"Standard error (1 sigma) of I/F through JunoCam's {name} filter"
        bands.append(Band(f"sigma_{name.lower()}", plane, "1", text, _RATIO_BITS))
    return bands


def quality_band(flags: np.ndarray, meanings: Mapping[int, tuple[str, str]]) -> Band:
    """Bit mask of data quality as a band of integers, with the meaning of each bit in its metadata.

    Parameters
    ----------
    flags : array of unsigned integers, shape (rows, columns)
        Sum of ``1 << bit``; 0 is a pixel without fault.
    meanings : mapping
        Name and sentence by bit.
    """
    tags = {f"BIT_{bit:02d}": f"{name}: {sentence}" for bit, (name, sentence) in sorted(meanings.items())}
    tags["flag_masks"] = ",".join(str(1 << bit) for bit in sorted(meanings))
    tags["flag_meanings"] = " ".join(meanings[bit][0] for bit in sorted(meanings))
    return Band("quality", flags, "bit mask", "Sum of quality bits; 0 is a pixel without fault", tags=tags)


def write_cog(
    path: Path,
    bands: Sequence[Band],
    *,
    crs: str | None,
    transform: Sequence[float],
    tags: Mapping[str, str] | None = None,
    overviews: str = "nearest",
) -> None:
    """Write bands as one Cloud-Optimised GeoTIFF.

    Parameters
    ----------
    path : Path
        Target; replaced if it exists.
    bands : sequence of Band
        All of one shape, all float or all of one integer type.
    crs : str or None
        Authority code such as ``IAU_2015:50110``, WKT or PROJ text. None for a picture that is not a map
        (perspective): then `transform` is not written either.
    transform : sequence of float
        Affine coefficients (a, b, c, d, e, f) from (column, row) of pixel corners to CRS coordinates, metres:
        ``x = a column + b row + c``, ``y = d column + e row + f``.
    tags : mapping, optional
        Provenance and the like; ``TIFFTAG_SOFTWARE``, ``TIFFTAG_COPYRIGHT`` and ``TIFFTAG_IMAGEDESCRIPTION``
        become true TIFF tags.
    overviews : str
        How the reduced copies are made: ``average`` suits brightness, ``nearest`` angles (a mean over the
        ±180 deg seam is wrong) and bit masks.

    Raises
    ------
    WriteError
        If the file cannot be written.
    ValueError
        If bands differ in shape or type, or the CRS is unknown.

    Notes
    -----
    Tiles of 256 pixels, DEFLATE with floating point predictor, which every GIS reads. The file is composed in memory
    and written in one piece: GDAL can leave a cut file without an error when the disk is full.
    """
    dtype = _common_dtype(bands)
    rows, columns = bands[0].values.shape
    profile: dict[str, object] = {
        "driver": "COG",
        "width": columns,
        "height": rows,
        "count": len(bands),
        "dtype": dtype.name,
        "compress": "DEFLATE",
        "level": _DEFLATE_LEVEL,
        "predictor": 3 if dtype.kind == "f" else 2,
        "blocksize": _BLOCK,
        "num_threads": 2,
        "overview_resampling": overviews.upper(),
    }
    if crs is not None:
        profile |= {"crs": crs, "transform": Affine(*list(transform)[:6])}
    if dtype.kind == "f":
        profile["nodata"] = float("nan")
    try:
        with rasterio.Env(COG_TMP_COMPRESSION="NONE", GDAL_NUM_THREADS="2"), MemoryFile() as memory:
            with memory.open(**profile) as dataset:
                for number, band in enumerate(bands, start=1):
                    dataset.write(_rounded(band.values.astype(dtype, copy=False), band.keep_bits), number)
                    dataset.set_band_description(number, band.name)
                    dataset.set_band_unit(number, band.unit)
                    dataset.update_tags(number, description=band.description, **(band.tags or {}))
                dataset.update_tags(AREA_OR_POINT="Area", **(tags or {}))
            path.write_bytes(memory.getbuffer())
    except CRSError as error:
        raise ValueError(f"{crs}: not a coordinate system that PROJ knows ({error})") from error
    except RasterioError as error:
        raise WriteError(f"{path.name}: GDAL could not write it: {' '.join(str(error).split())}") from error


def _common_dtype(bands: Sequence[Band]) -> np.dtype[np.generic]:
    """Type in which the bands are stored."""
    if not bands:
        raise ValueError("a GeoTIFF needs at least one band")
    if len({band.values.shape for band in bands}) > 1 or bands[0].values.ndim != 2:
        raise ValueError(f"bands must be of one shape (rows, columns), not {[band.values.shape for band in bands]}")
    kinds = {np.dtype(np.float32) if band.values.dtype.kind == "f" else band.values.dtype for band in bands}
    if len(kinds) > 1 or next(iter(kinds)).kind not in "fu":
        raise ValueError(
            f"bands must all be floats or all unsigned integers of one size, not {sorted(map(str, kinds))}"
        )
    return next(iter(kinds))


def _rounded(values: np.ndarray, keep_bits: int | None) -> np.ndarray:
    """Round float32 values to `keep_bits` of their 23 mantissa bits; NaN stays NaN."""
    if keep_bits is None or values.dtype != np.float32:
        return values
    drop = _MANTISSA_BITS - keep_bits
    words = np.ascontiguousarray(values).view(np.uint32)
    rounded = ((words + np.uint32(1 << (drop - 1))) & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)).view(np.float32)
    rounded[np.isnan(values)] = np.nan
    return rounded
