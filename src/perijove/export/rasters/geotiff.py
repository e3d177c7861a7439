"""Maps as Cloud-Optimised GeoTIFF: labelled bands, Io's own coordinate system, provenance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import rasterio
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile
from rasterio.shutil import copy

from perijove.errors import WriteError
from perijove.export.rasters.tiff_layout import cloud_optimised
from perijove.scene.backplane_registry import BACKPLANES

__all__ = [
    "Band", "backplane_bands", "band_tags", "color_bands", "memory_raster", "noise_step", "quality_band", "rounded",
    "sigma_bands", "write_cog",
]  # fmt: skip

_BLOCK = 256
_DEFLATE_LEVEL = 1  # level 6 saves 4 to 8 % of the size and costs twice the time
_MANTISSA_BITS = 23
_SHOWN_IN_COLOR = ("RED", "GREEN", "BLUE")


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
    step : float or None
        Float values are rounded to multiples of it, a power of two. Noise below the error does not pack: without it
        files are three times as large. The tag ``ROUNDED_TO`` tells it.
    keep_bits : int or None
        Mantissa bits to keep of float values whose relative error counts; ``ROUNDED_TO`` tells that, too.
    color : str or None
        ``red``, ``green`` or ``blue``, where programs shall show the band in that colour.
    tags : mapping
        Further band metadata.
    """

    name: str
    values: np.ndarray
    unit: str
    description: str
    step: float | None = None
    keep_bits: int | None = None
    color: str | None = None
    tags: Mapping[str, str] | None = None


_ANGLE_STEP_DEG = 2.0**-10  # error up to 0.0005 deg, 15 m on Io; poses are known to 0.05 deg at best
_RATIO_BITS = 15  # relative 1.5e-5, a thousandth of the noise of the best pixel
_LENGTH_BITS = 11  # relative 2.4e-4: focal length and range are not known better
_SIGMA_BITS = 6  # relative 0.8 %: standard errors are not known better
_STEPS_PER_SIGMA = 4.0  # rounding then adds 1/192 to the variance of the best pixels, less to that of others
_BEST_PERCENTILE = 1.0
_SAMPLE_PIXELS = 2e5


def color_bands(
    radiance_factor: np.ndarray,
    filters: Sequence[str],
    *,
    sigma: np.ndarray | None = None,
    note: str = "",
) -> list[Band]:
    """Bands of radiance factor I/F.

    Parameters
    ----------
    radiance_factor : array, shape (bands, rows, columns)
        NaN where there are no data.
    filters : sequence of str
        JunoCam filter of each band.
    sigma : array, same shape, optional
        Standard errors. Values are then rounded to a quarter of those of the best pixels; without, to 15 bits.
    note : str
        What more the descriptions shall say.
    """
    bands = []
    for k, (name, plane) in enumerate(zip(filters, radiance_factor, strict=True)):
        step = None if sigma is None else noise_step(sigma[k])
        text = f"Radiance factor I/F through JunoCam's {name} filter{note}"
        color = name.lower() if name in _SHOWN_IN_COLOR else None
        bands.append(Band(name.lower(), plane, "1", text, step, None if step else _RATIO_BITS, color))
    return bands


def sigma_bands(sigma: Sequence[np.ndarray] | np.ndarray, filters: Sequence[str], *, note: str = "") -> list[Band]:
    """Bands of the standard error of I/F; parameters as in `color_bands`."""
    return [
        Band(
            f"sigma_{name.lower()}",
            plane,
            "1",
            f"Standard error (1 sigma) of I/F through JunoCam's {name} filter{note}",
            keep_bits=_SIGMA_BITS,
        )
        for name, plane in zip(filters, sigma, strict=True)
    ]


def noise_step(sigma: np.ndarray) -> float | None:
    """Power of two at or below a quarter of the standard error of the best pixels; None without any."""
    stride = max(1, int(np.sqrt(sigma.size / _SAMPLE_PIXELS)))
    sample = sigma[::stride, ::stride]
    known = sample[np.isfinite(sample) & (sample > 0.0)]
    if not known.size:
        return None
    return float(2.0 ** np.floor(np.log2(np.percentile(known, _BEST_PERCENTILE) / _STEPS_PER_SIGMA)))


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
    geometry = [
        Band(
            name,
            planes[name],
            facts.unit or "1",
            facts.sentence,
            step=_ANGLE_STEP_DEG if facts.unit == "deg" else None,
            keep_bits=_LENGTH_BITS if facts.unit == "km" else _RATIO_BITS,
        )
        for name, facts in BACKPLANES.items()
        if name in planes
    ]
    return geometry + sigma_bands(list((sigma or {}).values()), list(sigma or {}))


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
    Tiles of 256 pixels, band after band, DEFLATE with floating point predictor, which every GIS reads. The file is
    composed in memory and written in one piece: GDAL can leave a cut file without an error when the disk is full.
    """
    dtype = _common_dtype(bands)
    packing = {
        "compress": "DEFLATE",
        "zlevel": _DEFLATE_LEVEL,
        "predictor": 3 if dtype.kind == "f" else 2,
        "tiled": True,
        "blockxsize": _BLOCK,
        "blockysize": _BLOCK,
        "interleave": "BAND",
        "endianness": "LITTLE",
        "copy_src_overviews": True,
        "num_threads": 2,
    }
    longest = max(bands[0].values.shape)
    smaller = [2**k for k in range(1, max(1, -(-longest // _BLOCK)).bit_length() + 1)]
    smaller = [factor for factor in smaller if 2 * longest > _BLOCK * factor]
    try:
        with (
            rasterio.Env(GDAL_NUM_THREADS="2"),
            MemoryFile() as memory,
            memory_raster(bands, crs=crs, transform=transform) as dataset,
        ):
            for number, band in enumerate(bands, start=1):
                dataset.update_tags(number, **band_tags(band))
            dataset.colorinterp = [ColorInterp[band.color or "undefined"] for band in bands]
            dataset.update_tags(AREA_OR_POINT="Area", **(tags or {}))
            dataset.build_overviews(smaller, Resampling[overviews.lower()])
            copy(dataset, memory.name, driver="GTiff", **packing)
            path.write_bytes(cloud_optimised(memory.getbuffer()))
    except RasterioError as error:
        raise WriteError(f"{path.name}: GDAL could not write it: {' '.join(str(error).split())}") from error


def memory_raster(
    bands: Sequence[Band], *, crs: str | None, transform: Sequence[float], nodata: float | None = None
) -> Any:  # noqa: ANN401  # rasterio states no types
    """Open raster in memory that holds the bands, rounded, with their names and units; parameters as in `write_cog`.

    Parameters
    ----------
    nodata : float, optional
        Value that stands for no data in floats; NaN by default.

    Raises
    ------
    ValueError
        As `write_cog`.
    """
    dtype = _common_dtype(bands)
    rows, columns = bands[0].values.shape
    profile: dict[str, object] = {
        "driver": "MEM",
        "width": columns,
        "height": rows,
        "count": len(bands),
        "dtype": dtype.name,
    }
    if crs is not None:
        profile |= {"crs": crs, "transform": Affine(*list(transform)[:6])}
    if dtype.kind == "f":
        profile["nodata"] = float("nan") if nodata is None else nodata
    try:
        with catch_warnings():
            simplefilter("ignore", NotGeoreferencedWarning)  # a view from Juno's place lies in no map
            dataset = rasterio.open("", "w+", **profile)
    except CRSError as error:
        raise ValueError(f"{crs}: not a coordinate system that PROJ knows ({error})") from error
    for number, band in enumerate(bands, start=1):
        dataset.write(rounded(band, dtype), number)
        dataset.set_band_description(number, band.name)
        dataset.set_band_unit(number, band.unit)
    return dataset


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


def rounded(band: Band, dtype: np.dtype[np.generic]) -> np.ndarray:
    """Values as they are stored; NaN stays NaN."""
    values = band.values.astype(dtype, copy=False)
    if dtype != np.float32:
        return values
    if band.step is not None:
        # Beside 1.5 x 2^23 steps a float32 holds whole steps only; larger values than 2^22 steps keep all they have.
        shift = np.float32(1.5 * 2.0**_MANTISSA_BITS * band.step)
        moved = values + shift
        moved -= shift
        return moved
    if band.keep_bits is None:
        return values
    drop = _MANTISSA_BITS - band.keep_bits
    words = np.ascontiguousarray(values).view(np.uint32)
    rounded = ((words + np.uint32(1 << (drop - 1))) & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)).view(np.float32)
    rounded[np.isnan(values)] = np.nan
    return rounded


def band_tags(band: Band) -> dict[str, str]:
    """Metadata of a band: its description, how its values were rounded, and its own tags."""
    return {"description": band.description, **_rounding(band), **(band.tags or {})}


def _rounding(band: Band) -> dict[str, str]:
    """Tag that tells how values were rounded."""
    if band.values.dtype.kind != "f":
        return {}
    if band.step is not None:
        return {"ROUNDED_TO": f"multiples of {band.step:.9g}"}
    return {"ROUNDED_TO": f"1 part in {2 ** (band.keep_bits + 1)}"} if band.keep_bits is not None else {}
