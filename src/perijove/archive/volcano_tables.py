"""The published tables of hot spots on this machine, and the catalogue that is built of them, in the cache."""

from collections.abc import Callable
from pathlib import Path

from perijove import __version__
from perijove.archive.cache import cache_folder, here
from perijove.archive.data_sets import data_set
from perijove.errors import FormatError, InputError
from perijove.formats.tables.publications import TABLES
from perijove.volcanoes.database import VolcanoCatalogue, build_catalogue

__all__ = ["catalogue_at_hand", "catalogue_path", "volcano_tables"]

_SET = "io-volcanoes"


def catalogue_path() -> Path:
    """The catalogue's database in the user's cache; it need not be there yet."""
    return cache_folder() / f"{_SET}.duckdb"


def catalogue_at_hand(tell: Callable[[str], None] = lambda _: None) -> VolcanoCatalogue:
    """Open the catalogue of the cache; where there is none of this make it is built first, which takes seconds.

    Parameters
    ----------
    tell : callable
        Told where it is built.

    Raises
    ------
    InputError
        Where it must be built and the tables are not at hand.
    """
    path = catalogue_path()
    try:
        return VolcanoCatalogue.open(path)
    except FormatError:
        pass
    except InputError:
        if path.is_file():
            raise
    tell("building the catalogue")
    files, geology = volcano_tables()
    build_catalogue(files, path, geology=geology, software=f"Perijove {__version__}")
    return VolcanoCatalogue.open(path)


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
