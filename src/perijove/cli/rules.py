"""Options that exclude or need each other: stated beside them, checked in one place."""

import os
import shlex
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar, cast

import click
from click.core import ParameterSource

from perijove.errors import InputError

__all__ = ["given", "needs", "not_with", "noted", "only_one_of", "typed_command", "typed_options"]

_Command = TypeVar("_Command", bound=Callable[..., object])
_DEFAULTS = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)


def only_one_of(*names: str) -> Callable[[_Command], _Command]:
    """Refuse more than one of these options, such as ``--json`` and ``--csv``."""

    def check() -> None:
        both = given(*names)
        if len(both) > 1:
            raise InputError(f"{' and '.join(both)} were both given; choose one")

    return _before(check)


def not_with(name: str, *others: str, why: str) -> Callable[[_Command], _Command]:
    """Refuse an option beside any of others; `why` goes into the message: ``the pictures of a pass are fixed``."""

    def check() -> None:
        if given(name) and (clash := given(*others)):
            raise InputError(f"{', '.join(clash)}: not with {name}: {why}; leave one out")

    return _before(check)


def needs(name: str, *others: str, why: str) -> Callable[[_Command], _Command]:
    """Refuse an option without any of others; `why` goes into the message: ``it is for the figure``."""

    def check() -> None:
        if given(name) and not given(*others):
            raise InputError(f"{name} needs {' or '.join(others)}: {why}; give both or neither")

    return _before(check)


def given(*names: str) -> list[str]:
    """Those of some options and arguments of the running command that its user wrote.

    Parameters
    ----------
    *names : str
        Options as they are typed, arguments by their metavar.
    """
    context = click.get_current_context()
    return [name for name in names if any(_written(context, one) for one in _named(context, name))]


def noted(key: str) -> bool:
    """Whether an option left this note in the context of the running command."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(key))


def typed_command() -> str:
    """The running command as its user wrote it, for provenance; files by name, not by folder."""
    context = click.get_current_context()
    words = context.command_path.split()
    for one in context.command.params:
        if _written(context, one):
            value = context.params.get(str(one.name), context.meta.get(f"perijove.{one.name}"))  # or in the notes
            for each in tuple(value or ()) if one.multiple else (value,):
                values = each if isinstance(each, tuple) else (each,)
                words += [one.opts[-1]] * isinstance(one, click.Option)
                words += [] if each is True else map(_without_folder, values)
    return shlex.join(words)


def typed_options(*, without: tuple[str, ...] = ()) -> list[str]:
    """The options of the running command as its user wrote them, files in full, to run it again on something else.

    Parameters
    ----------
    without : tuple of str
        Options to leave out, as they are typed.
    """
    context = click.get_current_context()
    words: list[str] = []
    for one in context.command.params:
        if isinstance(one, click.Option) and one.opts[-1] not in without and _written(context, one):
            value = context.params.get(str(one.name), context.meta.get(f"perijove.{one.name}"))
            for each in tuple(value or ()) if one.multiple else (value,):
                values = each if isinstance(each, tuple) else (each,)
                words += [one.opts[-1], *(() if each is True else map(str, values))]
    return words


def _without_folder(value: object) -> str:
    """A value as it was typed; a file, which may stand behind ``NAME=``, by its name."""
    name, equals, file = "", "", value
    if isinstance(value, str) and os.sep in value:
        name, equals, text = value.rpartition("=")
        file = Path(text) if Path(text).exists() else text
    return f"{name}{equals}{file.name if isinstance(file, Path) else file}"


def _named(context: click.Context, name: str) -> list[click.Parameter]:
    found = [
        one
        for one in context.command.params
        if name in one.opts or (isinstance(one, click.Argument) and name == one.make_metavar(context).strip("[]."))
    ]
    assert found, f"{context.command_path} has no {name}"
    return found


def _written(context: click.Context, parameter: click.Parameter) -> bool:
    source = context.get_parameter_source(str(parameter.name))
    empty = parameter.nargs == -1 and not context.params.get(str(parameter.name))
    return source is not None and source not in _DEFAULTS and not empty


def _before(check: Callable[[], None]) -> Callable[[_Command], _Command]:
    """Decorator that runs a check before a command."""

    def decorate(command: _Command) -> _Command:
        @wraps(command)
        def checked(*args: object, **kwargs: object) -> object:
            check()
            return command(*args, **kwargs)

        return cast("_Command", checked)

    return decorate
