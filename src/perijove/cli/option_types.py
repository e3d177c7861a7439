"""What the words of a command line are turned into: numbers, times, bodies, perijoves, folders and files."""

import math
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from perijove.errors import InputError

__all__ = ["BaseMapFile", "BodyName", "Folder", "NewFile", "Number", "Perijove", "Time", "TimeZone", "Whole"]

_PERIJOVE = re.compile(r"(?:PJ|P|)\s*0*(?P<number>\d{1,3})", re.IGNORECASE | re.ASCII)
_FILE_ENDS = frozenset(
    {".csv", ".geojson", ".jpg", ".jpeg", ".json", ".npz", ".parquet", ".pdf", ".png", ".svg", ".tif", ".tiff", ".txt"}
)


class Number(click.FloatRange):
    """A number within bounds; unlike `click.FloatRange` it refuses NaN, which compares with no bound."""

    name = "number"

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Text, or a default, to number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{number} is not in the range {self._describe_range()}.", param, ctx)
        return number


class Whole(click.IntRange):
    """A whole number within bounds."""

    name = "whole number"


class BaseMapFile(click.Path):
    """A file with a global map, or the name of one that `perijove fetch` brings."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Text, or a default, to path."""
        from perijove.archive.cache import map_at_hand
        from perijove.archive.data_sets import DATA_SETS

        name = os.fspath(value)
        if name in {one.name for one in DATA_SETS if one.left_lon_east_deg is not None} and not Path(name).exists():
            found = map_at_hand(name)
            if found is None:
                raise InputError(f"{_option(param)} {name}: is not here yet; write perijove fetch {name}")
            return found.path
        return super().convert(value, param, ctx)


class BodyName(click.ParamType):  # type: ignore[type-arg]  # click before 8.3 takes no type
    """A body's name as NAIF writes it, in capitals, however it was typed."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text, or a default, to name."""
        body = value.strip().upper()
        if not body:
            raise InputError(f"{_option(param)}: the name is empty; give one, such as IO")
        return body


class Perijove(click.ParamType):  # type: ignore[type-arg]  # click before 8.3 takes no type
    """Number of a perijove, written ``PJ57`` or ``57``."""

    name = "perijove"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text, or a default, to number."""
        match = _PERIJOVE.fullmatch(str(value).strip())
        if match is None:
            raise InputError(f"{value!r} is no perijove; write PJ57 or 57")
        return int(match["number"])


class Time(click.ParamType):  # type: ignore[type-arg]  # click before 8.3 takes no type
    """A time as `perijove.ephemeris.epochs.times_tdb` reads it; ``now`` becomes the present second in UTC."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to text."""
        if value.strip().lower() == "now":
            return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return value


class TimeZone(click.ParamType):  # type: ignore[type-arg]  # click before 8.3 takes no type
    """A time zone by its name in the IANA's database."""

    name = "zone"

    def convert(self, value: str | ZoneInfo, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """Text to zone."""
        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(value.strip())
        except (ValueError, ZoneInfoNotFoundError, OSError) as error:  # OSError: the name of a folder
            raise InputError(
                f"{_option(param)} {value}: no time zone of that name; write Europe/Berlin, America/New_York or UTC"
            ) from error


class Folder(click.Path):
    """A folder to write to, there or not yet; the empty text, a shell variable without a value, is none."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Text, or a default, to path."""
        option = _option(param)
        if not os.fspath(value):
            raise InputError(f"{option}: the name is empty; give a folder, or . for this one")
        path = Path(value)
        taken = next((place for place in (path, *path.parents) if place.exists()), None)
        if taken is not None and not taken.is_dir():
            raise InputError(f"{taken}: is a file, no folder; give another {option}")
        if path.suffix.lower() in _FILE_ENDS and not path.is_dir():
            raise InputError(
                f"{option} {path}: is the name of a file, and {option} takes a folder; give {option} {path.stem}"
                + "".join(f", or {file} {path}" for file in _file_options(ctx, path.suffix.lower()))
            )
        return super().convert(value, param, ctx)


class NewFile(click.Path):
    """A file to write, whose end names its kind.

    Parameters
    ----------
    ends : sequence of str
        What its name may end in, such as ``.png``.
    """

    def __init__(self, ends: Sequence[str]) -> None:
        super().__init__(path_type=Path)
        self.ends = tuple(ends)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Text, or a default, to path."""
        path = Path(value)
        if path.suffix.lower() not in self.ends:
            raise InputError(f"{_option(param)} {path}: give a name that ends in {' or '.join(self.ends)}")
        folder = next((place for place in path.parents if place.exists()), None)
        if folder is not None and not folder.is_dir():
            raise InputError(f"{folder}: is a file, no folder; give another {_option(param)}")
        return super().convert(value, param, ctx)


def _option(param: click.Parameter | None) -> str:
    """What to call a parameter in a message."""
    return "the value" if param is None else max(param.opts, key=len) if param.opts else str(param.name)


def _file_options(ctx: click.Context | None, end: str) -> list[str]:
    """Options of the running command that would take a file of this kind."""
    parameters = [] if ctx is None else ctx.command.params
    return [_option(one) for one in parameters if isinstance(one.type, NewFile) and end in one.type.ends]
