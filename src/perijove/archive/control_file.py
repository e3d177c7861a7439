"""The file in which ``perijove control`` keeps poses of pictures that were adjusted together."""

import json
from os import PathLike
from pathlib import Path

from perijove.adjustment.control import Control, control_from
from perijove.formats.sources import source_file

__all__ = ["read_control"]


def read_control(path: str | PathLike[str]) -> Control:
    """Read the JSON of ``perijove control``.

    Raises
    ------
    InputError
        Where the file cannot be read, or is something else.
    """
    file = Path(path)
    source = source_file(file)
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        record = None
    return control_from(record, source)
