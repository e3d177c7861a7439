"""``perijove``: subcommands, loaded when they are called for, and how errors end."""

import contextlib
import gc
import os
import sys
from typing import NoReturn

from perijove import __version__
from perijove.cli import stopping

__all__ = ["main", "run"]

_EXIT_USAGE = 2
_DEBUG = "--debug"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 could not, 2 wrongly asked, 3 stands there already, 128 + signal."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:  # without click: people put this into scripts
        raise SystemExit(_print(f"perijove, version {__version__}"))
    asked = [each for each in arguments if each != _DEBUG]  # wherever it stands
    try:
        code = _called(asked)
    except KeyboardInterrupt:
        code = _interrupted()
    except Exception as error:
        if _DEBUG in arguments:
            raise
        code = _explained(error)
    raise SystemExit(code)


def _called(arguments: list[str]) -> int:
    """Run the subcommand; the exit code."""
    import click

    from perijove.cli.group import command_group

    try:
        result = command_group(arguments).main(args=arguments, prog_name="perijove", standalone_mode=False)
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
            _say("not enough memory; ask for less at once: a coarser grid or a shorter span")
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
