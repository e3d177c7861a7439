"""The catalogue as an embedded database: written whole, read only afterwards.

Tables of the database: `source` and `observation` (what one asks for), `alias` (names and identifiers), `entry` (every
row of every published table, with the source that it was joined to, how, and why that may be wrong), `row_doubt` (rows
that contradict themselves) and `publication` (files with their hashes). DuckDB holds them in one file.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from perijove.errors import FormatError, InputError, WriteError
from perijove.formats.tables.geologic_map import GeologicMap, read_geologic_map
from perijove.formats.tables.hot_spots import PublishedTable, read_table
from perijove.volcanoes.assembly import Source, joined, mapped
from perijove.volcanoes.names import parsed_name

__all__ = ["SCHEMA", "VolcanoCatalogue", "build_catalogue"]

_VERSION = 1
SCHEMA = {
    "source": (
        "source_id TEXT, name TEXT, iau_name TEXT, iau_kind TEXT, kind TEXT, lat_deg DOUBLE, lon_east_deg DOUBLE, "
        "position_sigma_km DOUBLE, area_km2 DOUBLE, temperature_k DOUBLE, power_gw DOUBLE, unit TEXT, unit_name TEXT, "
        "unit_class TEXT, unit_share DOUBLE, jrm_id TEXT, observations INTEGER, doubtful_matches INTEGER, tables TEXT"
    ),
    "alias": "source_id TEXT, alias TEXT, stem TEXT, source_table TEXT",
    "observation": (
        "source_id TEXT, source_table TEXT, table_row INTEGER, time_utc TEXT, passes TEXT, instrument TEXT, band TEXT, "
        "wavelength_um DOUBLE, quantity TEXT, unit TEXT, statistic TEXT, value DOUBLE, sigma DOUBLE, "
        "emission_deg DOUBLE, saturated BOOLEAN, citation TEXT"
    ),
    "entry": (
        "source_table TEXT, table_row INTEGER, table_id TEXT, name TEXT, lat_deg DOUBLE, lon_east_deg DOUBLE, "
        "source_id TEXT, method TEXT, probability DOUBLE, separation_km DOUBLE, doubt TEXT"
    ),
    "row_doubt": "source_table TEXT, table_row INTEGER, what TEXT",
    "publication": "source_table TEXT, file TEXT, sha256 TEXT, entries INTEGER, readings INTEGER, citation TEXT",
    "made": "version INTEGER, software TEXT",
}
"""Columns of each table. `emission_deg` is empty: no published table gives it."""
_NEAREST_KM_PER_DEG = 31.7908  # of Io's mean sphere


def build_catalogue(
    tables: Mapping[str, Path], target: Path, *, geology: Path | None, software: str
) -> tuple[list[Source], dict[str, PublishedTable]]:
    """Read the published tables, join them, and write the database; an older one is replaced when all is done.

    Parameters
    ----------
    tables : mapping of str to Path
        Files by the names in `perijove.formats.tables.hot_spots.READERS`.
    target : Path
        The database; its folder is made.
    geology : Path or None
        Shapefile of the geologic map.
    software : str
        Who builds it.

    Returns
    -------
    sources : list of Source
    tables : dict of PublishedTable

    Raises
    ------
    InputError, FormatError
        If a table cannot be read or its longitudes are mirrored.
    WriteError
        If the database cannot be written.
    """
    read = {name: read_table(name, path) for name, path in tables.items()}
    mapping: GeologicMap | None = read_geologic_map(geology) if geology is not None else None
    sources = mapped(joined(read), mapping)
    hashes = {name: sha256(path.read_bytes()).hexdigest() for name, path in tables.items()}
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(part, _rows(sources, read, hashes, software))
        part.replace(target)
    except OSError as error:
        raise WriteError(f"{target}: cannot be written ({error.strerror or error}); check the folder") from error
    finally:
        part.unlink(missing_ok=True)
    return sources, read


def _rows(
    sources: Sequence[Source], tables: Mapping[str, PublishedTable], hashes: Mapping[str, str], software: str
) -> dict[str, list[tuple[object, ...]]]:
    """Rows of each table of the database, in the order of `SCHEMA`."""
    home = {(one.entry.table, one.entry.row, i): source for source in sources for i, one in _numbered(source)}
    owner = {(table, row): source for (table, row, _), source in home.items()}
    observations: list[tuple[object, ...]] = [
        (
            owner[name, table.entries[one.entry].row].source_id,
            name,
            one.row,
            one.time_utc,
            one.passes,
            table.facts.instrument,
            one.band,
            one.wavelength_um,
            one.quantity,
            one.unit,
            one.statistic,
            one.value,
            one.sigma,
            None,
            one.saturated,
            table.facts.citation,
        )
        for name, table in tables.items()
        for one in table.readings
    ]
    counts: dict[object, int] = {}
    for row in observations:
        counts[row[0]] = counts.get(row[0], 0) + 1
    return {
        "source": [_source_row(one, counts.get(one.source_id, 0)) for one in sources],
        "alias": [row for one in sources for row in _aliases(one)],
        "observation": observations,
        "entry": [
            (
                one.entry.table,
                one.entry.row,
                one.entry.table_id,
                one.entry.name,
                one.entry.lat_deg,
                one.entry.lon_east_deg,
                source.source_id,
                one.match.method,
                one.match.probability,
                one.match.separation_km,
                one.match.doubt,
            )
            for source in sources
            for one in source.entries
        ],
        "row_doubt": [(name, one.row, one.what) for name, table in tables.items() for one in table.doubts],
        "publication": [
            (name, table.facts.file, hashes[name], len(table.entries), len(table.readings), table.facts.citation)
            for name, table in tables.items()
        ],
        "made": [(_VERSION, software)],
    }


def _numbered(source: Source) -> list[tuple[int, Any]]:
    return list(enumerate(source.entries))


def _source_row(one: Source, observations: int) -> tuple[object, ...]:
    return (
        one.source_id,
        one.name,
        one.iau_name,
        one.iau_kind,
        one.kind,
        one.lat_deg,
        one.lon_east_deg,
        one.sigma_km,
        one.area_km2,
        one.temperature_k,
        one.power_gw,
        one.unit,
        one.unit_name,
        one.unit_class,
        one.unit_share,
        one.jrm_id,
        observations,
        sum(bool(each.match.doubt) for each in one.entries),
        ", ".join(dict.fromkeys(each.entry.table for each in one.entries)),
    )


def _aliases(source: Source) -> list[tuple[object, ...]]:
    """Every name and identifier once."""
    named = {
        alias: each.entry.table
        for each in reversed(source.entries)
        for alias in (each.entry.table_id, each.entry.name)
        if alias
    }
    if source.iau_name:
        named[source.iau_name] = "IAU"
    named[source.source_id] = source.entries[0].entry.table
    return [(source.source_id, alias, parsed_name(alias).stem, table) for alias, table in named.items()]


def _write(path: Path, rows: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
    """All tables into a new database; through data frames, for DuckDB takes single rows slowly."""
    pandas, duckdb = import_module("pandas"), import_module("duckdb")
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for name, columns in SCHEMA.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            head = [column.split()[0] for column in columns.split(", ")]
            frame = pandas.DataFrame(list(rows[name]), columns=head, dtype=object)
            connection.register("frame", frame)
            connection.execute(f"INSERT INTO {name} SELECT * FROM frame")  # noqa: S608  # of `SCHEMA`
            connection.unregister("frame")


@dataclass(frozen=True)
class VolcanoCatalogue:
    """The database, open for reading; a context manager.

    Attributes
    ----------
    path : Path
    connection : duckdb.DuckDBPyConnection
        For questions of your own, in SQL.
    """

    path: Path
    connection: Any

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a database that `build_catalogue` has written.

        Raises
        ------
        InputError
            If there is none.
        FormatError
            If it is of another make.
        """
        if not path.is_file():
            raise InputError(f"{path}: there is no catalogue yet; write perijove volcanoes build")
        duckdb = import_module("duckdb")
        try:
            connection = duckdb.connect(str(path), read_only=True, config={"threads": 1})  # small questions
            version = connection.execute("SELECT version FROM made").fetchone()
        except duckdb.Error as error:
            raise FormatError(f"{path}: is no catalogue ({str(error).splitlines()[0]}); build it again") from None
        if version is None or version[0] != _VERSION:
            connection.close()
            raise FormatError(f"{path}: was made by another version; write perijove volcanoes build")
        return cls(path, connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def rows(self, question: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Rows of a question in SQL; question marks stand for the values."""
        answer = self.connection.execute(question, list(values))
        head = [column[0] for column in answer.description]
        return [dict(zip(head, row, strict=True)) for row in answer.fetchall()]

    def sources(
        self, name: str | None = None, *, near: tuple[float, float] | None = None, within_km: float = 300.0
    ) -> list[dict[str, Any]]:
        """Sources of a name, or near a place, or all.

        Parameters
        ----------
        name : str, optional
            A name or identifier that any table or the IAU has for it, whole or in part; accents, kinds (Patera) and
            case do not matter.
        near : (float, float), optional
            Latitude and east longitude, deg.
        within_km : float
            With `near`: farther sources are left out.

        Returns
        -------
        list of dict
            Columns of `SCHEMA`; with `near` also ``distance_km``, nearest first; else the strongest first.
        """
        which, values = "TRUE", []
        if name is not None:
            stem = parsed_name(name).stem
            plain = name.strip().lower()
            which = (
                "source_id IN (SELECT source_id FROM alias WHERE lower(alias) = ? OR (stem = ? AND ? <> '') "
                "OR (length(?) > 2 AND contains(lower(alias), ?)))"
            )
            values = [plain, stem, stem, plain, plain]
        if near is None:
            order = "power_gw DESC NULLS LAST, observations DESC, source_id"
            return self.rows(f"SELECT * FROM source WHERE {which} ORDER BY {order}", values)  # noqa: S608  # ours
        distance = (
            f"{_NEAREST_KM_PER_DEG} * degrees(2 * asin(sqrt(least(1, sin(radians(lat_deg - ?) / 2) ** 2 + "
            "cos(radians(lat_deg)) * cos(radians(?)) * sin(radians(lon_east_deg - ?) / 2) ** 2))))"
        )
        nearby = f"SELECT *, {distance} AS distance_km FROM source WHERE {which}"  # noqa: S608  # all of it ours
        question = f"SELECT * FROM ({nearby}) WHERE distance_km <= ? ORDER BY distance_km"  # noqa: S608  # the same
        return self.rows(question, [near[0], near[0], near[1], *values, within_km])

    def observations(self, source_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """What was measured at sources, or at all, in the order of time; what has none comes first."""
        where = "" if source_ids is None else "WHERE list_contains(?, source_id)"
        values = [] if source_ids is None else [list(source_ids)]
        order = "time_utc NULLS FIRST, source_table, table_row, band, statistic"
        return self.rows(f"SELECT * FROM observation {where} ORDER BY {order}", values)  # noqa: S608  # ours

    def doubtful(self) -> list[dict[str, Any]]:
        """Entries whose match, made or not made, may be wrong, the least certain first."""
        return self.rows("SELECT * FROM entry WHERE doubt <> '' ORDER BY probability, source_table, table_row")
