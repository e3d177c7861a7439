"""``perijove``: subcommands, loaded when they are called for, and how errors end."""

import contextlib
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

from perijove import __version__
from perijove.cli import stopping

__all__ = ["main", "run"]

_GROUPS = {
    "Pictures": (
        "pictures",
        {
            "process": "Raw picture to calibrated, located colour map.",
            "simulate": "Render raw pictures of Io as JunoCam would take them.",
            "info": "What a raw picture's label says.",
            "demo": "Simulate the encounter of perijove 57 and process it.",
        },
    ),
    "Moons": (
        "moons",
        {
            "moons": "Where Io, Europa, Ganymede and Callisto are, 1930 to 2070.",
            "events": "Transits, shadows, eclipses, occultations and mutual events of the moons.",
            "fit": "Orbits of the moons, and what governs them, from tables of positions.",
            "resonance": "The Laplace resonance of Io, Europa and Ganymede, measured.",
            "evolve": "How tides move the moons over millions of years.",
        },
    ),
    "Passes of Juno": (
        "passes",
        {
            "passes": "Juno's perijoves and its closest approaches to the moons.",
            "encounter": "One flyby of a moon: table, figures, ground track, footprints.",
            "geometry": "Range, sub-points, phase and light over time, as a table.",
            "view": "Io as Juno sees it at any time: globe, terminator, names, Jupiter.",
            "coverage": "How well passes of Juno show Io, and which volcanoes were in view.",
            "kernels": "Fetch SPICE kernels of Juno's passes, check and list them.",
        },
    ),
    "Tides and interior": (
        "tides",
        {
            "tides": "Love numbers and tidal heating of a layered interior.",
            "sweep": "Love numbers and heat over grids of interiors.",
            "infer": "Which interiors of Io the measurements allow; odds of a magma ocean.",
            "heatpipe": "How tidal heat reaches the surface: melt, crust, eruptions.",
            "pattern": "Which heating pattern Io's volcanoes follow.",
        },
    ),
    "Studies": (
        "studies",
        {
            "claims": "What an article said of the flyby of Io, checked.",
        },
    ),
}
_SUMMARIES = {name: line for _, commands in _GROUPS.values() for name, line in commands.items()}
_ROOMS = {name: room for room, commands in _GROUPS.values() for name in commands}
_EXIT_USAGE = 2


def _group(arguments: list[str]) -> object:
    """Build the command group; click is loaded here, and each subcommand when it is named."""
    import click

    class LazyGroup(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:
            return list(_SUMMARIES)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if cmd_name not in _SUMMARIES:
                return None
            if cmd_name not in arguments:  # listing for --help: names and lines suffice
                return click.Command(cmd_name, help=_SUMMARIES[cmd_name])
            command = import_module(f"perijove.cli.{_ROOMS[cmd_name]}.{cmd_name}").command
            assert isinstance(command, click.Command)
            return command

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            width = max(map(len, _SUMMARIES))
            for subject, (_, commands) in _GROUPS.items():
                with formatter.section(subject):
                    formatter.write_dl([(name.ljust(width), line) for name, line in commands.items()])

    @click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
    @click.version_option(__version__, prog_name="perijove")
    def perijove() -> None:
        """Pictures of Io by JunoCam: from the raw file to a colour map with error bars."""

    return perijove


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 could not, 2 wrongly asked, 128 + signal where one ended it."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:  # without click: people put this into scripts
        raise SystemExit(_print(f"perijove, version {__version__}"))
    try:
        code = _called(arguments)
    except KeyboardInterrupt:
        code = _interrupted()
    except Exception as error:
        if "--debug" in arguments:
            raise
        code = _explained(error)
    raise SystemExit(code)


def _called(arguments: list[str]) -> int:
    """Run the subcommand; the exit code."""
    import click

    group = _group(arguments)
    assert isinstance(group, click.Group)
    try:
        result = group.main(args=[a for a in arguments if a != "--debug"], prog_name="perijove", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return _EXIT_USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        _say(error.format_message())
        return _EXIT_USAGE
    return result if isinstance(result, int) else 0


def run() -> NoReturn:
    """`main` as a process of its own, which lives for seconds: without what only long-lived ones need.

    Idle threads of the linear algebra library, frequent garbage collection and taking the interpreter apart at the
    end cost a second of processor time together. Whoever wants those threads sets OPENBLAS_NUM_THREADS.
    """
    code: object = 1
    try:
        stopping.listen()
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        gc.set_threshold(100_000, 20, 100)
        _open_closed_streams()
        main()
    except SystemExit as done:
        code = done.code
    except KeyboardInterrupt:
        code = _interrupted()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):  # nobody takes what is still to be said
        code = code or 1
    os._exit(code if isinstance(code, int) else 1)


def _open_closed_streams() -> None:
    """Give standard streams that were closed at the start (``>&-``) a descriptor again.

    Otherwise the next file to be opened is the standard output. What is written to it fails, what is said goes nowhere.
    """
    ways = {"stdin": ("r", os.O_RDONLY), "stdout": ("w", os.O_RDONLY), "stderr": ("w", os.O_WRONLY)}
    for number, (name, (mode, flags)) in enumerate(ways.items()):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, flags)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _interrupted() -> int:
    """Say that a signal ended the run; the exit code."""
    _say("interrupted; nothing was left half-written")
    return stopping.exit_code()


def _explained(error: Exception) -> int:
    """Say in one line what went wrong; the exit code."""
    from perijove.errors import PerijoveError

    if stopping.asked():  # it may end other processes first, which fail here with errors of their own
        return _interrupted()
    match error:
        case PerijoveError():
            _say(str(error))
            return error.exit_code
        case OSError():
            _say(f"{error.filename or 'standard output'}: cannot be read or written ({error.strerror or error})")
            _abandon_stdout()
        case MemoryError():
            _say("not enough memory; give a coarser --resolution")
        case _:
            _say(f"internal error: {type(error).__name__}: {error}; run again with --debug and report it")
    return 1


def _say(message: str) -> None:
    """One line on standard error."""
    print("perijove: " + " ".join(message.split()), file=sys.stderr)


def _print(line: str) -> int:
    """Print a line; the exit code: 1 where nobody takes it."""
    try:
        print(line, flush=True)
    except OSError:
        _abandon_stdout()
        return 1
    return 0


def _abandon_stdout() -> None:
    """Let what still waits for standard output go nowhere, or Python complains at exit that it cannot be written."""
    with contextlib.suppress(OSError, ValueError):  # ValueError: closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
