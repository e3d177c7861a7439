"""The published tables of Io's hot spots: entries with a place, readings of what was measured, and rows in doubt.

Directions and units differ from table to table and are made one here. What a table says stays what it says: spectral
powers of Davies et al. hold the factor pi of a Lambert source, those of de Kleer et al. do not, those of Mura et al.
are integrated over the band; `Reading.unit` and `Reading.quantity` tell which.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.bodies.infrared_bands import BANDS
from perijove.constants import STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import FormatError
from perijove.formats.tables.columns import Columns, east_deg, read_columns
from perijove.formats.tables.publications import TABLES, TableFacts

__all__ = ["POWER_MISFIT", "READERS", "Entry", "PublishedTable", "Reading", "RowDoubt", "read_table"]

POWER_MISFIT = 1.6  # of sigma T⁴ A over the power: rounding of both explains less
_TWIN_DEG = 0.101  # longitudes east and west are both given to 0.1
_UNNAMED = ("unnamed", "no name", "unknown", "unrecognized")


@dataclass(frozen=True)
class Entry:
    """A place in a table where something hot was seen.

    Attributes
    ----------
    table, row : str, int
        Which table, and the row (from 1) where it is first named.
    table_id, name : str
        As the table has them; empty where it has none.
    lat_deg, lon_east_deg, sigma_km : float
        Planetocentric; standard error along one axis.
    area_km2, temperature_k, power_gw : float or None
        Effective area and temperature, and radiated power; None where not given, or not to be trusted.
    """

    table: str
    row: int
    table_id: str
    name: str
    lat_deg: float
    lon_east_deg: float
    sigma_km: float
    area_km2: float | None = None
    temperature_k: float | None = None
    power_gw: float | None = None


@dataclass(frozen=True)
class Reading:
    """One number that was measured at an entry.

    Attributes
    ----------
    entry : int
        Index into the table's entries.
    row : int
        Of the table, from 1.
    time_utc : str or None
        Date or time, ISO 8601; None where a table gives none.
    passes : str
        Perijoves, as the table writes them; empty where none are given.
    band : str
        Name in `perijove.bodies.infrared_bands.BANDS`; empty where there is none.
    wavelength_um : float or None
    quantity, unit : str
        ``power``, ``spectral_power`` (with pi), ``spectral_intensity`` (without), ``band_power`` or
        ``spectral_maximum`` (of a spectrum).
    statistic : str
        ``single``, or of many: ``max``, ``max_unsaturated``, ``mean_unsaturated``, ``min_unsaturated``.
    value : float
    sigma : float or None
        None where the table gives none.
    saturated : bool or None
        Then the value is a lower limit; None where a table does not tell.
    """

    entry: int
    row: int
    time_utc: str | None
    passes: str
    band: str
    wavelength_um: float | None
    quantity: str
    unit: str
    statistic: str
    value: float
    sigma: float | None = None
    saturated: bool | None = None


@dataclass(frozen=True)
class RowDoubt:
    """A row that contradicts itself, and what is done about it."""

    row: int
    what: str


@dataclass(frozen=True)
class PublishedTable:
    """What a table holds."""

    facts: TableFacts
    entries: tuple[Entry, ...]
    readings: tuple[Reading, ...]
    doubts: tuple[RowDoubt, ...]


def read_table(name: str, path: Path) -> PublishedTable:
    """Read one of the published tables.

    Parameters
    ----------
    name : str
        One of `READERS`.
    path : Path
        The CSV file.

    Raises
    ------
    InputError, FormatError
        If it cannot be read, lacks a column, or holds what cannot be.
    """
    return READERS[name](path)


def _thermal(path: Path) -> PublishedTable:
    """Davies et al. 2024 (PSJ): 343 sources with effective area, temperature and power."""
    facts = TABLES["davies2024-thermal"]
    table = read_columns(
        path,
        ("rank", "name", "lat_deg_n", "lon_deg_w", "lon_deg_e", "area_km2", "t_eff_k", "power_gw"),
    )
    lon = _agreeing_deg(table, table.numbers("lon_deg_w"), table.numbers("lon_deg_e"), ("lon_deg_w", "lon_deg_e"))
    area = table.numbers("area_km2", low=1e-9, gaps=True)
    warm = table.numbers("t_eff_k", low=1.0, gaps=True)
    power = table.numbers("power_gw", low=1e-9)
    radiated = STEFAN_BOLTZMANN_W_M2_K4 * warm**4 * area * 1e-3
    entries, readings, doubts = [], [], []
    for i, (lat, east) in enumerate(zip(_latitudes(table, "lat_deg_n"), lon, strict=True)):
        ratio = radiated[i] / power[i]
        trusted = bool(np.isfinite(ratio)) and 1.0 / POWER_MISFIT <= ratio <= POWER_MISFIT
        if np.isfinite(ratio) and not trusted:
            doubts.append(
                RowDoubt(
                    i + 1,
                    f"{table.rows[i]['name']}: sigma T⁴ A is {radiated[i]:.3g} GW, the power {power[i]:g} GW; "
                    "the power is used, area and temperature are not",
                )
            )
        entries.append(
            Entry(
                facts.name,
                i + 1,
                table.rows[i].get("jrm_id", "").strip(),
                _name(table.rows[i]["name"]),
                float(lat),
                float(east),
                facts.sigma_km,
                float(area[i]) if trusted else None,
                float(warm[i]) if trusted else None,
                float(power[i]),
            )
        )
        readings.append(Reading(i, i + 1, None, "", "", None, "power", "GW", "single", float(power[i])))
    return PublishedTable(facts, tuple(entries), tuple(readings), tuple(doubts))


_JIRAM_STATISTICS = {
    "max": "max_spectral_radiance_gw_um",
    "max_unsaturated": "max_unsaturated_spectral_radiance_gw_um",
    "mean_unsaturated": "avg_unsaturated_spectral_radiance_gw_um",
    "min_unsaturated": "min_unsaturated_spectral_radiance_gw_um",
}


def _jiram(path: Path) -> PublishedTable:
    """Davies et al. 2024 (Nature Astronomy): 266 hot spots in JIRAM's M band."""
    facts = TABLES["davies2024-jiram"]
    head = ("source_id", "name", "latitude", "longitude_west_360", "longitude", "jiram_detections_by_orbit")
    table = read_columns(path, (*head, *_JIRAM_STATISTICS.values()))
    lon = _agreeing_deg(
        table, table.numbers("longitude_west_360"), table.numbers("longitude"), ("longitude_west_360", "longitude")
    )
    values = {name: table.numbers(column, low=0.0, gaps=True) for name, column in _JIRAM_STATISTICS.items()}
    lat, band = _latitudes(table, "latitude"), BANDS["JIRAM-M"]
    entries, readings, doubts = [], [], []
    for i, row in enumerate(table.rows):
        known = row["source_id"].strip()
        name = "" if row["name"].strip() == known else _name(row["name"])
        entries.append(Entry(facts.name, i + 1, known, name, float(lat[i]), float(lon[i]), facts.sigma_km))
        if values["max_unsaturated"][i] < values["min_unsaturated"][i]:
            doubts.append(RowDoubt(i + 1, f"{known}: largest unsaturated radiance lies below the smallest"))
        for statistic, column in values.items():
            if np.isfinite(column[i]):
                # A largest value above the largest unsaturated one comes from a saturated frame.
                full = statistic == "max" and not column[i] <= values["max_unsaturated"][i]
                readings.append(
                    Reading(
                        i,
                        i + 1,
                        None,
                        row["jiram_detections_by_orbit"].strip(),
                        band.name,
                        float(band.center_um),
                        "spectral_power",
                        "GW/um",
                        statistic,
                        float(column[i]),
                        None,
                        full,
                    )
                )
    _refuse_twice(table, table.texts("source_id"), "source_id")
    return PublishedTable(facts, tuple(entries), tuple(readings), tuple(doubts))


_AO_COLUMNS = {
    "NIRC2-Kcont": ("Kc_2.27um", "Kc_err"),
    "NIRC2-H2O": ("H2O_3.06um", "H2O_err"),
    "NIRC2-PAH": ("PAH_3.29um", "PAH_err"),
    "NIRC2-Lp": ("Lp_3.78um", "Lp_err"),
    "NIRC2-BrAcont": ("BrAlphaCont_3.99um", "BrAC_err"),
    "NIRC2-BrA": ("BrAlpha_4.05um", "BrA_err"),
    "NIRC2-Ms": ("Ms_4.67um", "Ms_err"),
}


def _adaptive_optics(path: Path) -> PublishedTable:
    """De Kleer et al. 2019: detections by night and filter; a site is where its detections lie on average."""
    facts = TABLES["dekleer2019"]
    columns = tuple(name for pair in _AO_COLUMNS.values() for name in pair)
    table = read_columns(path, ("date", "site", "lat_deg", "lat_err", "lon_w_deg", "lon_err", *columns))
    lat, lon = _latitudes(table, "lat_deg"), east_deg(table.numbers("lon_w_deg", low=-360.0, high=360.0), west=True)
    errors = np.maximum(table.numbers("lat_err", low=0.0), 0.1), np.maximum(table.numbers("lon_err", low=0.0), 0.1)
    values = {
        band: (table.numbers(pair[0], low=0.0, gaps=True), table.numbers(pair[1], low=0.0, gaps=True))
        for band, pair in _AO_COLUMNS.items()
    }
    dates, sites = table.texts("date"), table.texts("site")
    # Detections that the authors call unknown are places of their own; whatever else is named belongs together.
    keys = [f"{name} {i}" if name.lower() in _UNNAMED else name for i, name in enumerate(sites)]
    entries, readings = [], []
    for index, key in enumerate(dict.fromkeys(keys)):
        rows = np.array([i for i, each in enumerate(keys) if each == key])
        at = _mean_place(lat[rows], lon[rows], errors[0][rows], errors[1][rows])
        sigma = float(np.hypot(at[2], facts.sigma_km))
        entries.append(Entry(facts.name, int(rows[0]) + 1, "", _name(sites[rows[0]]), at[0], at[1], sigma))
        for i in rows:
            readings += [
                Reading(
                    index,
                    int(i) + 1,
                    dates[i],
                    "",
                    band,
                    float(BANDS[band].center_um),
                    "spectral_intensity",
                    "GW/um/sr",
                    "single",
                    float(value[i]),
                    float(sigma[i]) if sigma[i] > 0.0 else None,
                )
                for band, (value, sigma) in values.items()
                if np.isfinite(value[i])
            ]
    bare = sorted(set(range(1, len(table) + 1)) - {one.row for one in readings})
    doubts = [RowDoubt(row, f"{sites[row - 1]}, {dates[row - 1]}: a detection without a number") for row in bare]
    return PublishedTable(facts, tuple(entries), tuple(readings), tuple(doubts))


def _mean_place(lat: np.ndarray, lon: np.ndarray, lat_sigma: np.ndarray, lon_sigma: np.ndarray) -> tuple[float, ...]:
    """Weighted mean place and its standard error (km): that of the errors, or of the scatter where it is larger."""
    turn = np.mod(lon - lon[0] + 180.0, 360.0) - 180.0
    spread = []
    means = []
    for value, sigma, stretch in ((lat, lat_sigma, 1.0), (turn, lon_sigma, np.cos(np.radians(lat.mean())))):
        weight = 1.0 / sigma**2
        mean = float(weight @ value / weight.sum())
        chi2 = float(weight @ (value - mean) ** 2) / max(len(value) - 1, 1)
        spread.append(stretch * np.sqrt(max(chi2, 1.0) / weight.sum()))
        means.append(mean)
    east = float(np.mod(means[1] + lon[0] + 180.0, 360.0) - 180.0)
    return means[0], east, float(np.sqrt(0.5 * (spread[0] ** 2 + spread[1] ** 2)) * _KM_PER_DEG)


_KM_PER_DEG = 31.79  # on Io's mean sphere; errors of position need no better


_MURA_PASSES = ("41", "43", "47", "49")


def _mura(path: Path) -> PublishedTable:
    """Mura et al. 2024, table 3: power in JIRAM's M band at four perijoves."""
    facts = TABLES["mura2024"]
    columns = [f"m_gw_pj{number}" for number in _MURA_PASSES]
    table = read_columns(path, ("name", "lat_deg_n", "lon_deg_w", *columns))
    lat, lon = _latitudes(table, "lat_deg_n"), east_deg(table.numbers("lon_deg_w", low=0.0, high=360.0), west=True)
    values = [table.numbers(column, low=0.0, gaps=True) for column in columns]
    entries = [
        Entry(facts.name, i + 1, "", _name(name), float(lat[i]), float(lon[i]), facts.sigma_km)
        for i, name in enumerate(table.texts("name"))
    ]
    band = BANDS["JIRAM-M"]
    readings = [
        Reading(
            int(i),
            int(i) + 1,
            None,
            number,
            band.name,
            float(band.center_um),
            "band_power",
            "GW",
            "single",
            float(column[i]),
        )
        for number, column in zip(_MURA_PASSES, values, strict=True)
        for i in np.flatnonzero(np.isfinite(column))
    ]
    return PublishedTable(facts, tuple(entries), tuple(readings), ())


def _nims(path: Path) -> PublishedTable:
    """Galileo NIMS: largest spectral radiance of each spectrum; ``longitude`` is west, wrapped to ±180."""
    facts = TABLES["nims"]
    table = read_columns(
        path, ("name", "longitude", "latitude", "observation_time", "wavelength_um", "spectral_radiance")
    )
    lat, lon = _latitudes(table, "latitude"), east_deg(table.numbers("longitude", low=-360.0, high=360.0), west=True)
    wavelength, value = table.numbers("wavelength_um", low=0.1, high=10.0), table.numbers("spectral_radiance", low=0.0)
    times = table.texts("observation_time")
    places = list(zip(lat.round(1), lon.round(1), strict=True))
    entries, readings = [], []
    for index, place in enumerate(dict.fromkeys(places)):
        rows = [i for i, each in enumerate(places) if each == place]
        names = sorted((_without_spectrum(table.rows[i]["name"]) for i in rows), key=len)
        entries.append(
            Entry(
                facts.name, rows[0] + 1, "", _name(names[0]), float(lat[rows[0]]), float(lon[rows[0]]), facts.sigma_km
            )
        )
        readings += [
            Reading(
                index,
                i + 1,
                times[i],
                "",
                "",
                float(wavelength[i]),
                "spectral_maximum",
                "as labelled by the PDS",
                "single",
                float(value[i]),
            )
            for i in rows
        ]
    return PublishedTable(facts, tuple(entries), tuple(readings), ())


def _without_spectrum(name: str) -> str:
    """Name without the number of the grating position, such as GP16."""
    words = name.replace("Hi-iaka", "Hi'iaka").split()
    return " ".join(word for word in words if not (word.startswith("GP") and word[2:].isdigit()))


def _geologic(path: Path) -> PublishedTable:
    """Hot spots of the geologic map, SIM 3168; ``Longitude`` is west."""
    facts = TABLES["sim3168"]
    table = read_columns(path, ("Name", "Longitude", "Latitude", "Temperature_K"))
    lat, lon = _latitudes(table, "Latitude"), east_deg(table.numbers("Longitude", low=0.0, high=360.0), west=True)
    entries = tuple(
        Entry(facts.name, i + 1, "", _name(name), float(lat[i]), float(lon[i]), facts.sigma_km)
        for i, name in enumerate(table.texts("Name"))
    )
    return PublishedTable(facts, entries, (), ())


READERS: dict[str, Callable[[Path], PublishedTable]] = {
    "davies2024-thermal": _thermal,
    "davies2024-jiram": _jiram,
    "dekleer2019": _adaptive_optics,
    "mura2024": _mura,
    "sim3168": _geologic,
    "nims": _nims,
}
"""Readers by the name of the table, in the order in which tables are joined: the best placed first."""


def _name(text: str) -> str:
    """A name as the table has it; none where it says that there is none."""
    name = text.strip().strip('"').strip()
    return "" if name.lower() in _UNNAMED else name


def _latitudes(table: Columns, column: str) -> np.ndarray:
    return table.numbers(column, low=-90.0, high=90.0)


def _agreeing_deg(table: Columns, west: np.ndarray, east: np.ndarray, names: tuple[str, str]) -> np.ndarray:
    """East longitude from both directions, which must be of one place."""
    found = east_deg(west, west=True)
    apart = np.abs(east_deg(found - east, west=False))
    wrong = np.flatnonzero(apart > _TWIN_DEG)
    if wrong.size:
        raise FormatError(
            f"{table.file}: line {wrong[0] + 2}, {names[0]} and {names[1]} are not of one place; "
            "west and east may be mixed up"
        )
    return found


def _refuse_twice(table: Columns, values: Iterable[str], column: str) -> None:
    seen: set[str] = set()
    for line, value in enumerate(values, 2):
        if value in seen:
            raise FormatError(f"{table.file}: line {line}, {column} {value} stands twice")
        seen.add(value)
