"""The published tables of hot spots on this machine, and where the catalogue that is built of them stands."""

from pathlib import Path

from perijove.archive.cache import cache_folder, here
from perijove.archive.data_sets import data_set
from perijove.errors import InputError
from perijove.formats.tables.publications import TABLES

__all__ = ["catalogue_path", "volcano_tables"]

_SET = "io-volcanoes"


def catalogue_path() -> Path:
    """The catalogue's database in the user's cache; it need not be there yet."""
    return cache_folder() / f"{_SET}.duckdb"


def volcano_tables(folder: Path | None = None) -> tuple[dict[str, Path], Path | None]:
    """Files of the tables by name, and the shapefile of the geologic map.

    Parameters
    ----------
    folder : Path, optional
        Where they lie, under the names that `TABLES` gives, the map there or in ``sim3168``; whatever is there is
        taken as it is. Without it, the files of the registry, known by their hashes.

    Raises
    ------
    InputError
        Where none is there, or one of the registry is missing or changed.
    """
    if folder is None:
        found = {path.name: path for path in here(data_set(_SET))}
        if not found:
            raise InputError(
                f"the tables of {_SET} are not on this machine, or not as published: let PERIJOVE_DATA name a folder "
                "that has them in volcanoes/, or give the folder with `tables`"
            )
        return {name: found[one.file] for name, one in TABLES.items()}, found["io_geology_map.shp"]
    tables = {name: folder / one.file for name, one in TABLES.items() if (folder / one.file).is_file()}
    if not tables:
        raise InputError(f"{folder}: holds none of {', '.join(one.file for one in TABLES.values())}")
    maps = [path for path in (folder / "io_geology_map.shp", folder / "sim3168/io_geology_map.shp") if path.is_file()]
    return tables, maps[0] if maps else None
