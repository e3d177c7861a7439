"""Where data of the registry lie on this machine: found without any network, known by their hash.

They are looked for in the folder of real data that the environment variable PERIJOVE_DATA names, and then in the cache,
where `perijove.archive.fetching` puts them: the folder that PERIJOVE_CACHE names, or else the one that the operating
system has for such files.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from perijove.archive.data_sets import DataFile, DataSet, data_set
from perijove.archive.manifest import FILES, Manifest, sha256
from perijove.errors import FormatError

__all__ = ["MapAtHand", "cache_folder", "here", "map_at_hand"]


@dataclass(frozen=True)
class MapAtHand:
    """A global map on this machine.

    Attributes
    ----------
    path : Path
    left_lon_east_deg : float
        East longitude of its left edge.
    credit : str
        Whom to name beside what is made of it.
    """

    path: Path
    left_lon_east_deg: float
    credit: str


def cache_folder() -> Path:
    """Folder of fetched data; it need not be there yet."""
    own = os.environ.get("PERIJOVE_CACHE")
    return Path(own) if own else platformdirs.user_cache_path("perijove", appauthor=False)


def here(wanted: DataSet) -> tuple[Path, ...]:
    """Files of a set where all of them are on this machine and have their hashes; else none."""
    found = tuple(path for file in wanted.files if (path := _file(file)) is not None)
    return found if len(found) == len(wanted.files) else ()


def _file(file: DataFile) -> Path | None:
    data = os.environ.get("PERIJOVE_DATA")
    if data:
        path = Path(data) / file.local
        if path.is_file() and sha256(path) == file.sha256:
            return path
    folder = cache_folder()
    try:
        record = Manifest.read(folder, FILES).files.get(file.name)
    except FormatError:
        return None
    path = folder / file.name
    good = record is not None and record.sha256 == file.sha256 and path.is_file()
    return path if good and sha256(path) == file.sha256 else None


def map_at_hand(name: str = "io-map") -> MapAtHand | None:
    """Global map of the registry, if it is on this machine; nothing is fetched.

    Parameters
    ----------
    name : str
        Of the set.

    Raises
    ------
    InputError
        Where there is no such set, or it is no map.
    """
    wanted = data_set(name)
    assert wanted.left_lon_east_deg is not None, f"{name} is no map"
    paths = here(wanted)
    return MapAtHand(paths[0], wanted.left_lon_east_deg, wanted.credit) if paths else None
