"""TOML files into tables."""

import tomllib
from pathlib import Path

from perijove.errors import FormatError, InputError
from perijove.formats.sources import read_head

__all__ = ["read_toml"]

_MAX_BYTES = 1 << 20  # a model of a thousand layers has a quarter of that


def read_toml(path: Path) -> dict[str, object]:
    """Top-level table of a TOML file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        If the file is missing, a folder, or cannot be read.
    FormatError
        If it is empty, too large, not UTF-8 or not TOML.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a TOML file")
    content = read_head(path, _MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise FormatError(f"{path}: is larger than {_MAX_BYTES >> 20} MiB; give a TOML file")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))  # Windows' editors put a byte order mark first
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: is not UTF-8 text (byte {error.start}); give a TOML file") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"{path}: is not TOML: {error}; correct it") from error
