"""The registry of options: each that several commands share is declared here, once, with its meaning.

A command adds what it does with it, as a tail of the help text. `tests/cli/test_options.py` walks over all commands and
holds them to it: an option of two commands is declared here or nowhere.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import click

from perijove.cli.handover import AS_CSV, AS_JSON, OVERWRITE
from perijove.cli.option_types import BaseMapFile, BodyName, Folder, NewFile, Number, Perijove, Time, Whole
from perijove.cli.rules import needs, only_one_of
from perijove.cli.talk import QUIET, VERBOSE
from perijove.errors import InputError

__all__ = [
    "SKIP_EXISTING",
    "SOLUTION",
    "SharedOption",
    "at_option",
    "basemap_left_lon_option",
    "basemap_options",
    "body_option",
    "control_option",
    "correction_option",
    "csv_option",
    "degree_option",
    "dry_run_option",
    "frequency_option",
    "from_option",
    "json_option",
    "kernels_option",
    "max_altitude_option",
    "metadata_option",
    "mirror_option",
    "observer_option",
    "out_option",
    "overwrite_option",
    "perijove_choice",
    "photometry_option",
    "plot_option",
    "prior_option",
    "projection_option",
    "quiet_option",
    "resolution_option",
    "scale_option",
    "scheduler_option",
    "seed_option",
    "solution_option",
    "step_option",
    "table_option",
    "threads_option",
    "times_arguments",
    "to_option",
    "write_kernels_option",
    "years_option",
]

_Command = TypeVar("_Command", bound=Callable[..., object])


class _Decorator(Protocol):
    """What puts an option on a command."""

    def __call__(self, command: _Command, /) -> _Command:
        """The command with the option."""


_LARGEST_SEED = 2**32 - 1


class SharedOption(click.Option):
    """An option of the registry.

    Parameters
    ----------
    declarations : sequence of str
        As for `click.Option`.
    meaning : str
        What it means in every command.
    tail : str
        What one command adds.
    **settings
        As for `click.Option`.
    """

    def __init__(
        self,
        declarations: Sequence[str],
        *,
        meaning: str,
        tail: str = "",
        **settings: Any,  # noqa: ANN401  # as click has it
    ) -> None:
        if settings.get("default") is None:  # which click would take for a value
            settings.pop("default", None)
        super().__init__(declarations, help=f"{meaning} {tail}".rstrip(), **settings)
        self.meaning = meaning


def _shared(
    *declarations: str,
    meaning: str,
    tail: str = "",
    **settings: Any,  # noqa: ANN401
) -> _Decorator:
    return click.option(*declarations, cls=SharedOption, meaning=meaning, tail=tail, **settings)


def _together(*decorators: _Decorator) -> _Decorator:
    """Several options as one decorator, in the order in which --help lists them."""

    def decorate(command: _Command, /) -> _Command:
        for each in reversed(decorators):
            command = each(command)
        return command

    return decorate


def _note(key: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """What an option does that no command has to look at: it leaves a note in the context."""

    def callback(context: click.Context, _: click.Parameter, value: Any) -> Any:  # noqa: ANN401  # as click has it
        context.meta[key] = value
        return value

    return callback


def _flag(*declarations: str, note: str, meaning: str) -> _Decorator:
    """A flag that no command has to look at."""
    return _shared(*declarations, is_flag=True, expose_value=False, callback=_note(note), meaning=meaning)


# -------------------------------------------------------------------------------------------------------------- answers

json_option = _flag("--json", "as_json", note=AS_JSON, meaning="Print the answer as JSON.")
csv_option = _together(
    _flag("--csv", "as_csv", note=AS_CSV, meaning="Print the answer as CSV; units end the columns' names."),
    only_one_of("--json", "--csv"),
)
quiet_option = _together(
    _flag("-q", "--quiet", note=QUIET, meaning="No talk on standard error; the answer is printed all the same."),
    _flag("-v", "--verbose", note=VERBOSE, meaning="Tell each step and its seconds."),
    only_one_of("--quiet", "--verbose"),
)


# ---------------------------------------------------------------------------------------------------------------- files


def out_option(holds: str, *, default: str | None = None) -> _Decorator:
    """``--out DIR``, always a folder; `holds` says what of: ``Figure (PNG) and table (CSV).``."""
    return _shared(
        "--out",
        type=Folder(),
        metavar="DIR",
        default=default,
        show_default=default is not None,
        meaning="Folder to write to:",
        tail=holds,
    )


def plot_option(shows: str) -> _Decorator:
    """``--plot FILE.png``, one figure."""
    return _shared("--plot", type=NewFile((".png",)), metavar="FILE.png", meaning="Figure to write:", tail=shows)


def table_option(holds: str, *, ends: tuple[str, ...]) -> _Decorator:
    """``--table FILE``, one table, of a kind that its name's end tells."""
    kinds = " or ".join(ends)
    return _shared("--table", type=NewFile(ends), metavar="FILE", meaning="Table to write:", tail=f"{holds} {kinds}.")


SKIP_EXISTING = "perijove.skip_existing"  # in the context's notes, read where errors end
overwrite_option = _together(
    _flag("--overwrite", note=OVERWRITE, meaning="Replace files that stand there."),
    _flag("--skip-existing", note=SKIP_EXISTING, meaning="Where the files stand already, end at once and well."),
    only_one_of("--overwrite", "--skip-existing"),
)


basemap_left_lon_option = _shared(
    "--basemap-left-lon",
    type=Number(-360.0, 360.0),
    default=0.0,
    show_default=True,
    metavar="DEG",
    meaning="East longitude of a base map's left edge, deg; -180 where it is centred on 0.",
)


def basemap_options(use: str) -> _Decorator:
    """``--basemap`` and the longitude of its left edge; `use` says what for: ``To register to.``."""
    return _together(
        _shared(
            "--basemap",
            type=BaseMapFile(),
            metavar="FILE",
            meaning="Global equirectangular mosaic of the body, or io-map or io-map-grey, see perijove fetch.",
            tail=use,
        ),
        basemap_left_lon_option,
        needs("--basemap-left-lon", "--basemap", why="it is its left edge"),
    )


def write_kernels_option(what: str) -> _Decorator:
    """``--write-kernels``, SPICE kernels beside the other files; `what` says of what."""
    return _shared("--write-kernels", is_flag=True, meaning="Also write SPICE kernels", tail=what)


control_option = _shared(
    "--control",
    type=click.Path(path_type=Path),
    metavar="FILE",
    meaning="Poses of pictures that were adjusted together: the JSON of perijove control.",
)


metadata_option = _shared(
    "--metadata",
    type=click.Path(path_type=Path),
    metavar="FILE",
    meaning="The picture's JSON or label, if not found beside it.",
)


def kernels_option(use: str = "In place of the built-in ephemeris.") -> _Decorator:
    """``--kernels``, SPICE kernels to read."""
    return _shared(
        "--kernels",
        type=click.Path(path_type=Path),
        metavar="PATH",
        meaning="SPICE kernels, a file or folder.",
        tail=use,
    )


SOLUTION = "perijove.solution"  # in the context's notes, read where an ephemeris is chosen


def _solution_option(tail: str = "") -> _Decorator:
    return _shared(
        "--solution",
        type=click.Choice(["jup365", "io-lead"]),
        expose_value=False,
        callback=_note(SOLUTION),
        meaning="Built-in places of the moons: as in JPL's jup365, or with Io 9.4 km ahead from July 2023 to September "
        "2025, as Juno's path tells. Default: io-lead for what Juno sees and within those dates, else jup365.",
        tail=tail,
    )


solution_option = _solution_option()
picture_solution_option = _solution_option(
    "Of a picture: by default jup365, 9.4 km wide along each axis; if given, as good as that solution says."
)


# -------------------------------------------------------------------------------------------------------------- network


def mirror_option(what: str) -> _Decorator:
    """``--mirror PLACE``, which stands for the publisher."""
    return _shared("--mirror", metavar="PLACE", meaning="Where to fetch from instead.", tail=what)


dry_run_option = _shared("--dry-run", is_flag=True, meaning="Say what would be fetched, and fetch nothing.")


# --------------------------------------------------------------------------------------------------- bodies and passes


def body_option(which: str, *, default: str | None = None, many: bool = False, required: bool = False) -> _Decorator:
    """``--body NAME``, given to the command as `body`, or `bodies` where there may be many."""
    return _shared(
        "--body",
        "bodies" if many else "body",
        type=BodyName(),
        multiple=many,
        default=default,
        required=required,
        show_default=default is not None,
        metavar="NAME",
        meaning="Body looked at:",
        tail=f"{which}{' May be repeated.' if many else ''}",
    )


def observer_option(default: str, *, others: str = "") -> _Decorator:
    """``--observer NAME``."""
    return _shared(
        "--observer",
        type=BodyName(),
        default=default,
        show_default=True,
        metavar="NAME",
        meaning="Body from which it is seen.",
        tail=others,
    )


def perijove_choice(example: str, *, required: bool = True, many: bool = False) -> _Decorator:
    """A pass as argument or as ``--perijove``, ``PJ57`` and ``57`` alike.

    Parameters
    ----------
    example : str
        What to write where none was given.
    required : bool
        Whether one has to be given.
    many : bool
        Whether the command takes several.

    Returns
    -------
    decorator
        The command gets `perijove`, a number or None; or `perijoves`, a tuple without repetitions.
    """

    def decorate(command: _Command) -> _Command:
        @wraps(command)
        def merged(*args: object, named: tuple[int, ...], chosen: tuple[int, ...], **rest: object) -> object:
            numbers = tuple(dict.fromkeys((*named, *chosen)))
            if required and not numbers:
                raise InputError(f"no perijove was given; write for example: {example}")
            if many:
                return command(*args, perijoves=numbers, **rest)
            if len(named) + len(chosen) > 1:
                raise InputError(f"one perijove is asked for, and {len(named) + len(chosen)} were given; choose one")
            return command(*args, perijove=numbers[0] if numbers else None, **rest)

        metavar = "PERIJOVE..." if many else "PERIJOVE"
        return _together(
            click.argument("named", nargs=-1, type=Perijove(), metavar=metavar if required else f"[{metavar}]"),
            _shared(
                "--perijove",
                "chosen",
                type=Perijove(),
                multiple=True,
                metavar="PERIJOVE",
                meaning="The pass, PJ57 or 57, which may also stand alone.",
            ),
        )(cast("_Command", merged))

    return decorate


def max_altitude_option(use: str, *, default: float | None = None) -> _Decorator:
    """``--max-altitude KM``."""
    return _shared(
        "--max-altitude",
        type=Number(0.0, min_open=True),
        default=default,
        show_default=default is not None,
        metavar="KM",
        meaning="Juno's greatest altitude above the moon that counts, km.",
        tail=use,
    )


# ----------------------------------------------------------------------------------------------------------------- maps


def projection_option(choices: Sequence[str], *, default: str) -> _Decorator:
    """``--projection``, of a map."""
    kinds = click.Choice(list(choices))
    return _shared("--projection", type=kinds, default=default, show_default=True, meaning="Of the map.")


def resolution_option(use: str = "", *, default: float | None = None) -> _Decorator:
    """``--resolution KM``, of a map."""
    return _shared(
        "--resolution",
        type=Number(0.0, 2000.0, min_open=True, max_open=True),
        default=default,
        show_default=default is not None,
        meaning="Size of a map pixel, km.",
        tail=use,
    )


def photometry_option(laws: Sequence[str], use: str = "") -> _Decorator:
    """``--photometry LAW``."""
    return _shared(
        "--photometry",
        type=click.Choice(list(laws)),
        default="none",
        show_default=True,
        meaning="Law divided out of the map.",
        tail=use,
    )


# ---------------------------------------------------------------------------------------------------------------- times

_FORMS = "UTC such as 2023-12-30T08:36:01 or 2023-12-30, JD2460308.5 (TDB), or now."


def at_option(use: str) -> _Decorator:
    """``--at TIME``, one moment at the observer."""
    return _shared("--at", "at", type=Time(), metavar="TIME", meaning="Time at the observer.", tail=use)


def from_option(use: str = "", *, required: bool = False) -> _Decorator:
    """``--from TIME``, the beginning of a span, given to the command as `start`."""
    return _shared(
        "--from",
        "start",
        type=Time(),
        metavar="TIME",
        required=required,
        meaning=f"Begin of the span: {_FORMS}",
        tail=use,
    )


def to_option(use: str = "", *, required: bool = False) -> _Decorator:
    """``--to TIME``, the end of a span, given to the command as `end`."""
    return _shared("--to", "end", type=Time(), metavar="TIME", required=required, meaning="End of the span.", tail=use)


step_option = _shared(
    "--step", metavar="LENGTH", meaning="Between the times of a span: 60s, 5min, 1h or 1d; with --from and --to."
)
scale_option = _shared(
    "--scale",
    type=click.Choice(["utc", "tdb"]),
    meaning="Scale of the times. Default: UTC for dates, TDB for Julian dates.",
)
times_arguments = _together(
    click.argument("times", nargs=-1, type=Time(), metavar="[TIME]..."),
    _shared(
        "--times",
        "times_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        meaning="Text file with one time a line; # begins a comment.",
    ),
    scale_option,
)


def correction_option(default: str) -> _Decorator:
    """``--correction NAME``, for light time and aberration."""
    return _shared(
        "--correction",
        default=default,
        show_default=True,
        metavar="NAME",
        meaning="For light time and aberration, as NAIF has it: NONE, LT, LT+S, CN, CN+S.",
    )


def years_option(low: float, high: float | None, *, use: str = "", default: float | None = None) -> _Decorator:
    """``--years NUMBER``, how long, in Julian years of 365.25 days."""
    return _shared(
        "--years",
        type=Number(low, high, min_open=low == 0.0),
        default=default,
        show_default=default is not None,
        metavar="NUMBER",
        meaning="Length of the span, Julian years.",
        tail=use,
    )


# --------------------------------------------------------------------------------------------------- models and chance

frequency_option = _shared(
    "--frequency",
    type=Number(1e-12, 1.0),
    metavar="RAD_S",
    meaning="Mean motion, which is the tidal frequency, rad/s. Default: the model's.",
)
degree_option = _shared(
    "--degree",
    type=Whole(2, 100),
    default=2,
    show_default=True,
    metavar="N",
    meaning="Degree of the Love numbers.",
)


def prior_option(form: str, *, use: str) -> _Decorator:
    """``--prior NAME=...``, given to the command as `priors`."""
    return _shared(
        "--prior", "priors", multiple=True, metavar=form, meaning="Prior of a parameter; may be repeated.", tail=use
    )


seed_option = _shared(
    "--seed",
    type=Whole(0, _LARGEST_SEED),
    default=0,
    show_default=True,
    metavar="N",
    meaning="Of the random numbers: the same seed, the same result.",
)
threads_option = _shared(
    "--threads",
    type=Whole(1, 256),
    default=2,
    show_default=True,
    metavar="N",
    meaning="Threads to compute with on this machine.",
)
scheduler_option = _shared(
    "--scheduler", metavar="ADDRESS", meaning="Dask scheduler that computes instead, such as tcp://host:8786."
)
