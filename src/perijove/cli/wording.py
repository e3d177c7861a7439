"""Messages of the library in the words of the command line.

The library names its parameters, in backticks: ``give a coarser `resolution_km` ``. Who typed a command knows them as
options.
"""

import re

import click

__all__ = ["in_options"]

_NAME = re.compile(r"`([a-z_0-9]+)`")
_ENDS = ("_km", "_deg", "_utc", "_s", "_px")  # units of parameters, which options leave out


def in_options(message: str, command: click.Command | None) -> str:
    """A message with each parameter that the command has an option for named by it.

    Parameters
    ----------
    message : str
        With names of parameters in backticks.
    command : click.Command or None
        The command that ran; its subcommands count too.

    Returns
    -------
    str
        Names that no option belongs to stand without backticks.
    """
    options = {} if command is None else _options(command)

    def named(match: re.Match[str]) -> str:
        name = match[1]
        plain = next((name.removesuffix(end) for end in _ENDS if name.endswith(end)), name)
        return options.get(name) or options.get(plain) or name

    return _NAME.sub(named, message)


def _options(command: click.Command) -> dict[str, str]:
    """Long options of a command and its subcommands, by their name and by that of the parameter they fill."""
    found: dict[str, str] = {}
    for each in getattr(command, "commands", {}).values():
        found |= _options(each)
    for option in (one for one in command.params if isinstance(one, click.Option)):
        long = max(option.opts, key=len)
        found |= {str(option.name): long, long.removeprefix("--").replace("-", "_"): long}
    return found
