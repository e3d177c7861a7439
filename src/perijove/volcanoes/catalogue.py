"""Io's thermal sources: where they are, how much they radiate, and what in the table does not fit together."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.constants import STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import FormatError, InputError

__all__ = ["FLAGS", "THERMAL_SOURCES_CITATION", "SourceFlag", "ThermalSources", "read_thermal_sources"]

THERMAL_SOURCES_CITATION = "Davies et al. 2024, Planetary Science Journal 5, 121, doi:10.3847/PSJ/ad4346"

_COLUMNS = ("rank", "detection", "name", "lat_deg_n", "lon_deg_w", "lon_deg_e", "area_km2", "t_eff_k", "power_gw")
_MAX_BYTES = 1 << 24
_MISFIT = 1.6  # of sigma T⁴ A over the power: rounding of both explains less
_SAME_DEG = 0.5  # nearer than that two rows may be one volcano
_SLACK_DEG = 0.051  # longitudes east and west are given to 0.1


@dataclass(frozen=True)
class SourceFlag:
    """A known trouble of a row: its bit, name, and what it means."""

    bit: int
    name: str
    meaning: str


FLAGS = (
    SourceFlag(1, "power_only", "neither area nor temperature is given; the power comes from one band"),
    SourceFlag(2, "power_misfit", f"power and sigma T⁴ A differ by more than a factor of {_MISFIT:g}; trust the power"),
    SourceFlag(4, "close_pair", f"another source lies within {_SAME_DEG:g} deg: perhaps the same volcano"),
)
"""All flags of `ThermalSources.flags`."""


@dataclass(frozen=True)
class ThermalSources:
    """A list of volcanic sources; arrays of one shape (n,).

    Attributes
    ----------
    name, detection : tuple of str
        Name (empty where there is none), and the survey that a row comes from.
    lat_deg, lon_east_deg : array
        Planetocentric; longitude -180 to 180 east.
    power_gw : array
        Radiated power. Published without errors; single measurements of one source differ by a factor of two and
        more, since volcanoes vary.
    area_km2, temperature_k : array
        Effective ones; NaN where not given.
    flags : array of int
        Sum of the bits of `FLAGS`.
    citation : str
    """

    name: tuple[str, ...]
    detection: tuple[str, ...]
    lat_deg: np.ndarray
    lon_east_deg: np.ndarray
    power_gw: np.ndarray
    area_km2: np.ndarray
    temperature_k: np.ndarray
    flags: np.ndarray
    citation: str

    def __len__(self) -> int:
        return len(self.power_gw)

    @property
    def total_power_w(self) -> float:
        """Of all sources together."""
        return 1e9 * float(self.power_gw.sum())

    def where(self, chosen: np.ndarray) -> "ThermalSources":
        """Those that an array of bool chooses."""
        indices = np.flatnonzero(chosen)
        return ThermalSources(
            name=tuple(self.name[i] for i in indices),
            detection=tuple(self.detection[i] for i in indices),
            lat_deg=self.lat_deg[indices],
            lon_east_deg=self.lon_east_deg[indices],
            power_gw=self.power_gw[indices],
            area_km2=self.area_km2[indices],
            temperature_k=self.temperature_k[indices],
            flags=self.flags[indices],
            citation=self.citation,
        )


def read_thermal_sources(path: Path) -> ThermalSources:
    """Read the table of Davies et al. (2024), as CSV.

    Parameters
    ----------
    path : Path
        With columns rank, detection, name, lat_deg_n, lon_deg_w, lon_deg_e, area_km2, t_eff_k and power_gw; further
        ones are not read.

    Raises
    ------
    InputError
        If there is no such file.
    FormatError
        If a column is missing, a row is short, a number is unreadable or out of range, or longitudes east and west
        contradict each other.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{path.name}: larger than {_MAX_BYTES >> 20} MB; this is no list of volcanoes")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise FormatError(f"{path.name}: no column {missing[0]}; needed are {', '.join(_COLUMNS)}")
            rows = list(reader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give the table of sources") from None
    except (UnicodeDecodeError, csv.Error):
        raise FormatError(f"{path.name}: is no text table; give the table of sources as CSV") from None
    if not rows:
        raise FormatError(f"{path.name}: has no rows")
    numbers = {name: np.array([_number(path, i, row, name) for i, row in enumerate(rows, 2)]) for name in _COLUMNS[3:]}
    _check(path, numbers)
    lat, lon = numbers["lat_deg_n"], (numbers["lon_deg_e"] + 180.0) % 360.0 - 180.0
    power, area, warm = numbers["power_gw"], numbers["area_km2"], numbers["t_eff_k"]
    return ThermalSources(
        tuple((row["name"] or "").strip() for row in rows),
        tuple((row["detection"] or "").strip() for row in rows),
        lat,
        lon,
        power,
        area,
        warm,
        _flags(lat, lon, power, STEFAN_BOLTZMANN_W_M2_K4 * warm**4 * area * 1e-3),
        THERMAL_SOURCES_CITATION,
    )


def _number(path: Path, line: int, row: dict[str, str | None], column: str) -> float:
    """A field as number; empty is NaN."""
    text = row[column]
    if text is None:
        raise FormatError(f"{path.name}: line {line} ends before column {column}; the file may be truncated")
    try:
        return float(text) if text.strip() else math.nan
    except ValueError:
        raise FormatError(f"{path.name}: line {line}, {column} = {text!r} is not a number") from None


def _check(path: Path, numbers: dict[str, np.ndarray]) -> None:
    """Refuse what cannot be; name the first line that is wrong."""
    lat, west, east = numbers["lat_deg_n"], numbers["lon_deg_w"], numbers["lon_deg_e"]
    around = np.abs((west + east + 180.0) % 360.0 - 180.0)
    with np.errstate(invalid="ignore"):
        wrong = {
            "lat_deg_n is not within -90 and 90": ~(np.abs(lat) <= 90.0),
            "lon_deg_e and lon_deg_w are not of one place": ~(around <= 2.0 * _SLACK_DEG),
            "power_gw is not above 0 and finite": ~((numbers["power_gw"] > 0.0) & (numbers["power_gw"] < np.inf)),
            "area_km2 is not above 0 and finite": (numbers["area_km2"] <= 0.0) | np.isinf(numbers["area_km2"]),
            "t_eff_k is not above 0 and finite": (numbers["t_eff_k"] <= 0.0) | np.isinf(numbers["t_eff_k"]),
        }
    for what, where in wrong.items():
        if where.any():
            raise FormatError(f"{path.name}: line {int(np.flatnonzero(where)[0]) + 2}, {what}")


def _flags(lat: np.ndarray, lon: np.ndarray, power_gw: np.ndarray, black_body_gw: np.ndarray) -> np.ndarray:
    """Bits of `FLAGS` by source."""
    known = np.isfinite(black_body_gw)
    ratio = np.where(known, black_body_gw, power_gw) / power_gw
    misfit = (ratio > _MISFIT) | (ratio < 1.0 / _MISFIT)
    north, east = np.radians(lat), np.radians(lon)
    place = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)
    apart = np.linalg.norm(place[:, None] - place[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    close = apart.min(axis=1, initial=np.inf) < np.radians(_SAME_DEG)
    bits = [flag.bit for flag in FLAGS]
    flags: np.ndarray = bits[0] * ~known + bits[1] * misfit + bits[2] * close
    return flags
