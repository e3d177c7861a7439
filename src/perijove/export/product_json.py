"""The JSON side of a product: its contract, its check, its text."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.export.answer import json_text

__all__ = ["CONTRACT", "Key", "contract_table", "product_text", "validate", "write_product_json"]

_VALUE_DIGITS = 10  # significant digits; 1 mm in 10,000 km, 0.1 ms in a day
_SIGMA_DIGITS = 4


@dataclass(frozen=True)
class Key:
    """One key of the contract.

    Attributes
    ----------
    path : str
        Dotted; ``[]`` stands for every element of a list.
    kind : str
        ``text``, ``number``, ``integer``, ``flag`` (true or false), ``object``, ``list``, ``pair`` (two numbers).
    meaning : str
        For the documentation.
    nullable : bool
        Whether null may stand there (not determined, not applicable).
    """

    path: str
    kind: str
    meaning: str
    nullable: bool = False


def _measured(path: str, meaning: str) -> tuple[Key, Key]:
    """Key of a geometric quantity and of its standard error, which has the key's name and ``_sigma``."""
    sigma = f"1-sigma standard error of `{path.rpartition('.')[2]}`"
    return Key(path, "number", meaning), Key(f"{path}_sigma", "number", sigma, nullable=True)


CONTRACT: tuple[Key, ...] = (
    Key("product_id", "text", "Product, as the raw file is called"),
    Key("target", "text", "Body, upper case"),
    Key("mid_time_utc", "text", "Middle of the exposures that see the body, ISO UTC"),
    Key("clock", "object", "When the frames were taken"),
    Key(
        "clock.start_offset_s",
        "number",
        "Correction to the label's start; null without attitude",
        nullable=True,
    ),
    Key("clock.start_offset_sigma_s", "number", "Its standard error; null without attitude", nullable=True),
    Key("clock.spin_deg_s", "number", "Spin of the spacecraft"),
    Key("clock.spin_sigma_deg_s", "number", "Its standard error", nullable=True),
    Key("clock.interframe_delay_s", "number", "Time from frame to frame"),
    Key("camera", "object", "Camera model used"),
    Key("camera.focal_length_px", "number", "Focal length, full-resolution pixels"),
    Key("camera.model", "text", "Name of the camera model"),
    Key("framelets", "list", "Every framelet of the file"),
    Key("framelets[].index", "integer", "Position in the file, counted from 0"),
    Key("framelets[].frame", "integer", "Frame, counted from 1"),
    Key("framelets[].filter", "text", "BLUE, GREEN, RED or METHANE"),
    Key("framelets[].mid_time_utc", "text", "Middle of the exposure, ISO UTC"),
    Key("framelets[].body_in_view", "flag", "Whether the body shows in it"),
    Key(
        "framelets[].disc_center_px",
        "pair",
        "Body centre x, y with distortion, from the strip's first column and row; pixel centres at halves",
        nullable=True,
    ),
    Key(
        "framelets[].disc_center_undistorted_px",
        "pair",
        "Body centre x, y without distortion, from the optical axis",
        nullable=True,
    ),
    Key("framelets[].limb_points", "integer", "Limb points that the fit used"),
    Key("framelets[].limb_rms_px", "number", "Root mean square of their residuals", nullable=True),
    Key("geometry", "object", "Where the camera, the Sun and the body were at mid_time_utc"),
    *_measured("geometry.range_km", "Camera to the body's centre"),
    *_measured(
        "geometry.sub_spacecraft_lat_deg",
        "Planetocentric latitude of the point below the camera: SPICE's subpnt, near point, LT+S",
    ),
    *_measured("geometry.sub_spacecraft_lon_east_deg", "Its planetocentric longitude, east, -180 to 180"),
    *_measured(
        "geometry.subsolar_lat_deg",
        "Planetocentric latitude of the point below the Sun: SPICE's subslr, near point, LT+S",
    ),
    *_measured("geometry.subsolar_lon_east_deg", "Its planetocentric longitude, east, -180 to 180"),
    *_measured("geometry.phase_deg", "Sun, body's centre, camera"),
    *_measured("geometry.roll_deg", "Turn of the picture about the line of sight"),
    Key("geometry.source", "object", "Where each quantity comes from"),
    Key("registration", "object", "How well colours and base map fit"),
    Key("registration.color_rms_px", "number", "Misfit between the colours, camera pixels", nullable=True),
    Key("registration.basemap_shift_px", "pair", "Shift x, y against the base map, map pixels", nullable=True),
    Key("registration.basemap_correlation", "number", "Correlation with the base map", nullable=True),
    Key("registration.basemap_applied", "flag", "Whether the poses were refined on the base map"),
    Key("quality", "object", "Number of map pixels with each quality flag"),
    Key("map", "object", "The map: projection, resolution, size, CRS, bands"),
    Key("map.longitudes", "text", "What longitudes are counted in: IAU for Io, System III for Jupiter"),
    Key("map.position_sigma_km", "object", "Standard error of ground positions, rms distance, without relief"),
    Key("map.position_sigma_km.median", "number", "Median where emission is below 70 degrees", nullable=True),
    Key("map.position_sigma_km.largest", "number", "The largest of it", nullable=True),
    Key("display", "object", "Stretch of the view, the map and the night side in the pictures for the eye"),
    *(
        Key(f"display.{picture}.{name}", kind, meaning)
        for picture in ("view", "map", "nightside")
        for name, kind, meaning in (
            ("white", "number", "I/F shown as white"),
            ("black", "number", "I/F shown as black"),
            ("balance", "list", "Multiplier of each band"),
            ("curve", "text", "Transfer curve: sRGB or linear"),
        )
    ),
    Key("display.depth", "integer", "Bits of each channel of the plain pictures"),
    Key("radiometry", "object", "What I/F rests on, and the errors that pixels share"),
    Key("radiometry.scale_sigma_relative", "object", "Relative error of I/F that all pixels of a filter share"),
    Key("radiometry.scale_covariance_relative.bands", "list", "Filters in the order of the covariances"),
    Key("radiometry.scale_covariance_relative.total", "list", "Covariance of these errors between filters, relative"),
    Key(
        "radiometry.scale_covariance_relative.parts",
        "object",
        "What it is the sum of: response (with throughput), sun, flat",
    ),
    Key("radiometry.framelet_sigma_relative", "object", "Relative error of I/F between places of a strip, no noise"),
    Key("radiometry.hapke", "object", "Parameters of Hapke's function by filter, where divided out", nullable=True),
    Key("provenance", "object", "Versions, input hashes, parameters"),
    Key("provenance.warnings", "list", "Sentences that a user should read"),
    Key("products", "list", "Files of this product"),
)
"""Every key that a ``<product>.json`` has; further keys may stand beside them."""


def validate(product: Mapping[str, object]) -> None:
    """Check a product against `CONTRACT`.

    Raises
    ------
    ValueError
        Names every key that is missing, null where it may not be, or of the wrong kind.
    """
    faults = [fault for key in CONTRACT for fault in _faults(product, key)]
    if faults:
        raise ValueError(f"product JSON breaks its contract: {'; '.join(faults)}")


def product_text(product: Mapping[str, object]) -> str:
    """JSON text of a product.

    Keys of the contract come first and in its order, others follow as they came. Numbers are rounded to ten
    significant digits (four in standard errors; times in ``_tdb`` not at all), NaN and infinity become null.
    Lists of plain values stay on one line.
    """
    return json_text(_plain(product, "")) + "\n"


def write_product_json(path: Path, product: Mapping[str, object]) -> None:
    """Check a product and write it as UTF-8 text."""
    plain = _plain(product, "")
    assert isinstance(plain, dict)
    validate(plain)
    path.write_text(json_text(plain) + "\n", encoding="utf-8")


def contract_table() -> str:
    """`CONTRACT` as a Markdown table for the documentation."""
    rows = (f"| `{key.path}` | {key.kind}{' or null' if key.nullable else ''} | {key.meaning} |" for key in CONTRACT)
    return "\n".join(["| key | kind | meaning |", "|---|---|---|", *rows])


def _faults(product: Mapping[str, object], key: Key) -> Iterator[str]:
    """What is wrong with one key, wherever it should stand."""
    for place, holder in _holders(product, key.path.split(".")[:-1]):
        name = key.path.rpartition(".")[2]
        full = f"{place}.{name}" if place else name
        if name not in holder:
            yield f"{full} is missing"
        elif holder[name] is None:
            if not key.nullable:
                yield f"{full} is null"
        elif not _is_kind(holder[name], key.kind):
            yield f"{full} is no {key.kind}: {holder[name]!r:.60}"


def _holders(product: object, parts: Sequence[str], place: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """Objects in which a key must stand; parents that are absent are reported by their own key."""
    if not parts:
        if isinstance(product, Mapping):
            yield place, product
        return
    name = parts[0].removesuffix("[]")
    child = product.get(name) if isinstance(product, Mapping) else None
    here = f"{place}.{name}" if place else name
    if parts[0].endswith("[]"):
        for number, element in enumerate(child if isinstance(child, list | tuple) else ()):
            yield from _holders(element, parts[1:], f"{here}[{number}]")
    else:
        yield from _holders(child, parts[1:], here)


def _is_kind(value: object, kind: str) -> bool:
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return number
        case "integer":
            return isinstance(value, int | np.integer) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool | np.bool_)
        case "object":
            return isinstance(value, Mapping)
        case "list":
            return isinstance(value, list | tuple)
        case "pair":
            return isinstance(value, list | tuple | np.ndarray) and len(value) == 2
    raise ValueError(f"{kind}: not a kind of JSON value")


def _plain(value: object, path: str) -> object:
    """Value in the types of JSON, rounded and ordered."""
    if isinstance(value, Mapping):
        rank = {key.path: number for number, key in enumerate(CONTRACT)}
        paths = {str(name): f"{path}.{name}" if path else str(name) for name in value}
        ordered = sorted(value, key=lambda name: rank.get(paths[str(name)], len(CONTRACT)))
        return {str(name): _plain(value[name], paths[str(name)]) for name in ordered}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), path)
    if isinstance(value, list | tuple):
        return [_plain(element, f"{path}[]") for element in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _rounded(float(str(value)) if isinstance(value, np.float32) else float(value), path)
    if isinstance(value, Path):
        return value.name
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{path}: {type(value).__name__} has no place in a product JSON")


def _rounded(value: float, path: str) -> float | None:
    if not math.isfinite(value):
        return None
    name = path.rpartition(".")[2]
    if "_tdb" in name or value == 0.0:
        return value
    digits = _SIGMA_DIGITS if "sigma" in name else _VALUE_DIGITS
    return float(f"{value:.{digits}g}")
