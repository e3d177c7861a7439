"""What is put on a simulated Io besides its map: deposits, mountains and plumes, as a file of the user's says.

The numbers go three ways: deposits onto the map, mountains and plumes into the rays (`relief_kernel`,
`plume_kernel`), and all of them, as they were given, into the truth that is written beside a picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.io_features import IO_FEATURES
from perijove.bodies.juno import FILTERS
from perijove.errors import InputError
from perijove.geometry.rotations import direction_of

__all__ = ["NOTHING", "SHAPES", "Changes", "Deposit", "Mountain", "Plume", "Relief", "changes_from", "with_deposits"]

SHAPES = ("dome", "cone", "mesa")
"""Profiles of a mountain, with t the distance from its middle over half its width: (1 - t²)², 1 - t, and a flat top
that falls smoothly over the outer half."""

_FWHM_SIGMAS = 2.0 * np.sqrt(2.0 * np.log(2.0))
_MOST = 200  # of a kind
_SOFT = 0.15  # of a deposit's radius: over twice as much its edge fades
_BANDS = ("BLUE", "GREEN", "RED")
_LEAST_ALBEDO, _MOST_ALBEDO = 0.005, 0.98

ByFilter = Mapping[str, float]


@dataclass(frozen=True)
class Deposit:
    """A round patch of another albedo.

    Attributes
    ----------
    lat_deg, lon_east_deg : float
        Middle.
    radius_km : float
        Where half of the contrast is left; the edge fades over 0.3 of it.
    contrast : mapping
        Albedo there over that of the map less 1, by BLUE, GREEN, RED.
    """

    lat_deg: float
    lon_east_deg: float
    radius_km: float
    contrast: ByFilter


@dataclass(frozen=True)
class Mountain:
    """A mountain that is round seen from above.

    Attributes
    ----------
    lat_deg, lon_east_deg : float
        Middle.
    height_km : float
        Of its top above the ellipsoid.
    width_km : float
        Across its foot.
    shape : str
        One of `SHAPES`.
    """

    lat_deg: float
    lon_east_deg: float
    height_km: float
    width_km: float
    shape: str = "dome"


@dataclass(frozen=True)
class Plume:
    """Optically thin matter above a vent, seen by the sunlight that it scatters.

    Attributes
    ----------
    lat_deg, lon_east_deg : float
        Vent.
    height_km : float
        Where it ends: its density falls as 1 - (z / height)².
    width_km : float
        Full width at half maximum of its density at the foot. Across the axis it is a Gaussian, at every height of the
        same angle about the body's centre.
    brightness : mapping
        Radiance factor across its foot in sunlight, in the picture's own light (no phase function is applied), by
        filter.
    """

    lat_deg: float
    lon_east_deg: float
    height_km: float
    width_km: float
    brightness: ByFilter


@dataclass(frozen=True)
class Relief:
    """Mountains and plumes as compiled loops take them, for one filter.

    Attributes
    ----------
    mountains : array, shape (n, 6)
        Unit vector to the middle, height (km), half width (radians about the centre), number of the shape.
    plumes : array, shape (m, 6)
        Unit vector to the vent, height and standard deviation across (km), radiance factor across the foot.
    """

    mountains: np.ndarray
    plumes: np.ndarray

    @property
    def reach_km(self) -> float:
        """Greatest height above the ellipsoid at which something may show; 0 for nothing."""
        return float(max(self.mountains[:, 3].max(initial=0.0), self.plumes[:, 3].max(initial=0.0)))


@dataclass(frozen=True)
class Changes:
    """All that is put on Io.

    Attributes
    ----------
    deposits, mountains, plumes : tuple
    """

    deposits: tuple[Deposit, ...] = ()
    mountains: tuple[Mountain, ...] = ()
    plumes: tuple[Plume, ...] = ()

    def relief(self, filter_name: str) -> Relief:
        """Mountains and plumes through a filter."""
        high = [
            (*direction_of(m.lat_deg, m.lon_east_deg), m.height_km, _half_angle(m.width_km), SHAPES.index(m.shape))
            for m in self.mountains
        ]
        bright = [
            (
                *direction_of(p.lat_deg, p.lon_east_deg),
                p.height_km,
                p.width_km / _FWHM_SIGMAS,
                p.brightness[filter_name],
            )
            for p in self.plumes
        ]
        return Relief(np.array(high, dtype=float).reshape(-1, 6), np.array(bright, dtype=float).reshape(-1, 6))

    def __str__(self) -> str:
        """What was put on, to be read after the name of a map: `` with 2 mountains, 1 plume``; empty for nothing."""
        counts = {kind: len(each) for kind, each in vars(self).items() if each}
        words = ", ".join(f"{count} {kind if count > 1 else kind[:-1]}" for kind, count in counts.items())
        return f" with {words}" if words else ""

    def record(self) -> dict[str, list[dict[str, object]]]:
        """As given, ready for JSON."""

        def plain(value: object) -> object:
            return dict(value) if isinstance(value, Mapping) else value

        return {
            kind: [{name: plain(value) for name, value in vars(each).items()} for each in all_of_kind]
            for kind, all_of_kind in vars(self).items()
        }


NOTHING = Changes()


def _half_angle(width_km: float) -> float:
    return 0.5 * width_km / IO_MEAN_RADIUS_KM


def with_deposits(base_map: np.ndarray, deposits: tuple[Deposit, ...]) -> np.ndarray:
    """Base map with deposits on it; the map itself where there are none.

    Parameters
    ----------
    base_map : array, shape (rows, 2 rows, 3)
        BLUE, GREEN, RED; equirectangular, longitude 0 to 360 east.
    deposits : tuple of Deposit
    """
    if not deposits:
        return base_map
    result = np.array(base_map)
    rows, columns = base_map.shape[:2]
    lat = np.pi * (0.5 - (np.arange(rows) + 0.5) / rows)[:, None]
    lon = 2.0 * np.pi * (np.arange(columns) + 0.5)[None, :] / columns
    for deposit in deposits:
        middle = direction_of(deposit.lat_deg, deposit.lon_east_deg)
        outer = (1.0 + _SOFT) * deposit.radius_km / IO_MEAN_RADIUS_KM
        here = np.flatnonzero(np.abs(lat[:, 0] - np.arcsin(middle[2])) <= outer)
        part = slice(here[0], here[-1] + 1) if len(here) else slice(0, 0)
        cos = np.cos(lat[part]) * (np.cos(lon) * middle[0] + np.sin(lon) * middle[1]) + np.sin(lat[part]) * middle[2]
        inwards = 1.0 - IO_MEAN_RADIUS_KM * np.arccos(np.clip(cos, -1.0, 1.0)) / deposit.radius_km
        t = np.clip(0.5 + 0.5 * inwards / _SOFT, 0.0, 1.0)
        share = t * t * (3.0 - 2.0 * t)
        for band, name in enumerate(_BANDS):
            result[part, :, band] *= 1.0 + deposit.contrast[name] * share
    return np.clip(result, _LEAST_ALBEDO, _MOST_ALBEDO, out=result)


# ------------------------------------------------------------------------------------------------------- from a file


@dataclass(frozen=True)
class _Entry:
    """One table of the file, read key by key; complaints name it."""

    table: Mapping[str, object]
    where: str
    read: set[str] = field(default_factory=set)

    def number(self, key: str, low: float, high: float) -> float:
        self.read.add(key)
        return _number(self.table.get(key), f"{self.where}: {key}", low, high)

    def place(self) -> tuple[float, float]:
        """Latitude and east longitude, by numbers or by the name of a feature."""
        if "at" not in self.table:
            return self.number("lat_deg", -90.0, 90.0), self.number("lon_east_deg", -360.0, 360.0)
        self.read.add("at")
        name = self.table["at"]
        if name not in IO_FEATURES:
            raise InputError(f"{self.where}: at {name!r} is no named feature of Io; give one, or lat_deg, lon_east_deg")
        return IO_FEATURES[str(name)].lat_deg, IO_FEATURES[str(name)].lon_east_deg

    def by_filter(self, key: str, names: tuple[str, ...], low: float, high: float) -> ByFilter:
        """One number for all filters, or one for each."""
        self.read.add(key)
        value = self.table.get(key)
        if not isinstance(value, Mapping):
            return MappingProxyType(dict.fromkeys(names, _number(value, f"{self.where}: {key}", low, high)))
        if strange := set(value) - set(names):
            raise InputError(f"{self.where}: {key}: {', '.join(sorted(strange))} is none of {', '.join(names)}")
        if missing := set(_BANDS) - set(value):
            raise InputError(f"{self.where}: {key}: {', '.join(sorted(missing))} is missing; give all colours")
        full = {"METHANE": value["RED"]} | dict(value)  # which sees about the same ground as RED
        return MappingProxyType({n: _number(full[n], f"{self.where}: {key}: {n}", low, high) for n in names})

    def refuse_rest(self) -> None:
        if strange := sorted(set(self.table) - self.read):
            raise InputError(f"{self.where}: {', '.join(strange)} is not known here; take it out")


def _number(value: object, where: str, low: float, high: float) -> float:
    if value is None:
        raise InputError(f"{where} is missing; give a number from {low:g} to {high:g}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{where} is {value!r}; give a number from {low:g} to {high:g}")
    return float(value)


def _deposit(entry: _Entry) -> Deposit:
    lat, lon = entry.place()
    return Deposit(lat, lon, entry.number("radius_km", 1.0, 1500.0), entry.by_filter("contrast", _BANDS, -0.95, 5.0))


def _mountain(entry: _Entry) -> Mountain:
    lat, lon = entry.place()
    height, width = entry.number("height_km", 0.1, 30.0), entry.number("width_km", 2.0, 1000.0)
    shape = entry.table.get("shape", SHAPES[0])
    entry.read.add("shape")
    if shape not in SHAPES:
        raise InputError(f"{entry.where}: shape is {shape!r}; give one of {', '.join(SHAPES)}")
    return Mountain(lat, lon, height, width, str(shape))


def _plume(entry: _Entry) -> Plume:
    lat, lon = entry.place()
    height, width = entry.number("height_km", 5.0, 600.0), entry.number("width_km", 5.0, 1000.0)
    return Plume(lat, lon, height, width, entry.by_filter("brightness", tuple(FILTERS), 0.0, 2.0))


_KINDS: dict[str, Callable[[_Entry], Deposit | Mountain | Plume]] = {
    "deposits": _deposit,
    "mountains": _mountain,
    "plumes": _plume,
}


def changes_from(table: Mapping[str, object], name: str) -> Changes:
    """Changes from the table of a TOML file.

    Parameters
    ----------
    table : mapping
        Lists of tables ``deposits``, ``mountains``, ``plumes``, whose keys are the attributes of the records here.
        In place of ``lat_deg`` and ``lon_east_deg`` there may be ``at``, the name of a feature of Io; what goes by
        filter may be one number for all.
    name : str
        Of the file, for complaints.

    Raises
    ------
    InputError
        With one line that names the entry, counted from 1, and the key.
    """
    if strange := sorted(set(table) - set(_KINDS)):
        raise InputError(f"{name}: {', '.join(strange)} is none of {', '.join(_KINDS)}; correct it")
    found: dict[str, tuple[Deposit | Mountain | Plume, ...]] = {}
    for kind, build in _KINDS.items():
        rows = table.get(kind, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise InputError(f"{name}: {kind} is no list of tables; begin each entry with [[{kind}]]")
        if len(rows) > _MOST:
            raise InputError(f"{name}: {len(rows)} {kind}; at most {_MOST} are possible")
        made = []
        for number, row in enumerate(rows, start=1):
            entry = _Entry(row, f"{name}: {kind} {number}")
            made.append(build(entry))
            entry.refuse_rest()
        found[kind] = tuple(made)
    if not any(found.values()):
        raise InputError(f"{name}: holds no deposits, mountains or plumes; give at least one entry")
    return Changes(**found)  # type: ignore[arg-type]  # each kind has its own builder
