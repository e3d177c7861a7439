"""Io's thermal sources: where they are, how much they radiate, and what in the table does not fit together."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.formats.tables.hot_spots import POWER_MISFIT, read_table
from perijove.formats.tables.publications import TABLES

__all__ = ["FLAGS", "THERMAL_SOURCES_CITATION", "SourceFlag", "ThermalSources", "read_thermal_sources"]

THERMAL_SOURCES_CITATION = TABLES["davies2024-thermal"].citation

_SAME_DEG = 0.5  # nearer than that two rows may be one volcano


@dataclass(frozen=True)
class SourceFlag:
    """A known trouble of a row: its bit, name, and what it means."""

    bit: int
    name: str
    meaning: str


FLAGS = (
    SourceFlag(1, "power_only", "neither area nor temperature is given; the power comes from one band"),
    SourceFlag(2, "power_misfit", f"power and sigma T⁴ A differ by more than {POWER_MISFIT:g} times; trust the power"),
    SourceFlag(4, "close_pair", f"another source lies within {_SAME_DEG:g} deg: perhaps the same volcano"),
)
"""All flags of `ThermalSources.flags`."""


@dataclass(frozen=True)
class ThermalSources:
    """A list of volcanic sources; arrays of one shape (n,).

    Attributes
    ----------
    name : tuple of str
        Empty where there is none.
    lat_deg, lon_east_deg : array
        Planetocentric; longitude -180 to 180 east.
    power_gw : array
        Radiated power. Published without errors; single measurements of one source differ by a factor of two and
        more, since volcanoes vary.
    area_km2, temperature_k : array
        Effective ones; NaN where not given, or where they contradict the power.
    flags : array of int
        Sum of the bits of `FLAGS`.
    citation : str
    """

    name: tuple[str, ...]
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
        With the columns that `perijove.formats.tables.hot_spots` asks for.

    Raises
    ------
    InputError
        If there is no such file.
    FormatError
        If a column is missing, a row is short, a number is unreadable or out of range, or longitudes east and west
        contradict each other.
    """
    table = read_table("davies2024-thermal", path)
    entries = table.entries
    lat, lon, power, area, warm = (
        np.array([math.nan if value is None else value for value in (getattr(one, name) for one in entries)])
        for name in ("lat_deg", "lon_east_deg", "power_gw", "area_km2", "temperature_k")
    )
    misfit = np.isin([one.row for one in entries], [doubt.row for doubt in table.doubts])
    names = tuple(one.name for one in entries)
    return ThermalSources(names, lat, lon, power, area, warm, _flags(lat, lon, area, misfit), THERMAL_SOURCES_CITATION)


def _flags(lat: np.ndarray, lon: np.ndarray, area_km2: np.ndarray, misfit: np.ndarray) -> np.ndarray:
    """Bits of `FLAGS` by source."""
    north, east = np.radians(lat), np.radians(lon)
    place = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)
    apart = np.linalg.norm(place[:, None] - place[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    close = apart.min(axis=1, initial=np.inf) < np.radians(_SAME_DEG)
    bits = [flag.bit for flag in FLAGS]
    flags: np.ndarray = bits[0] * (np.isnan(area_km2) & ~misfit) + bits[1] * misfit + bits[2] * close
    return flags
