"""The command ``perijove`` itself: its subcommands by subject, each loaded when it is named."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module

import click

from perijove import __version__
from perijove.cli.examples import EXAMPLES
from perijove.cli.options import SKIP_EXISTING
from perijove.cli.talk import QUIET
from perijove.cli.wording import in_options
from perijove.errors import OutputExistsError, PerijoveError

__all__ = ["COMPLETE", "GROUPS", "SETTINGS", "command_group", "leaves"]

GROUPS = {
    "Pictures": (
        "pictures",
        {
            "process": "Raw picture to calibrated, located colour map.",
            "mosaic": "Many raw pictures of Io to one map.",
            "control": "Many raw pictures of Io adjusted together: poses for process and SPICE.",
            "simulate": "Render raw pictures of Io as JunoCam would take them.",
            "changes": "What changed on Io between two maps.",
            "info": "What a raw picture's label says.",
            "at": "Which pixels show a place, and what a pixel shows.",
            "limb": "How high the ground stands at Io's limb, and plumes above it.",
            "fetch": "Raw pictures by name or pass, and the map of Io, from their publishers.",
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
    "Volcanoes": (
        "volcanoes",
        {
            "volcanoes": "Io's hot spots: what is there, what was seen when, how bright.",
            "hotspots": "Io's volcanoes in frames of JIRAM: place, power, temperature, with errors.",
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
    "Shell": (
        "shell",
        {
            "completion": "Script that lets the shell complete commands and options.",
        },
    ),
}
_SUMMARIES = {name: line for _, commands in GROUPS.values() for name, line in commands.items()}
SETTINGS = {"help_option_names": ["-h", "--help"]}  # a command keeps those that it was first asked with
COMPLETE = "_PERIJOVE_COMPLETE"  # set by the shell where it asks for completions
_ROOMS = {name: room for room, commands in GROUPS.values() for name in commands}


class _Group(click.Group):
    """Subcommands by subject.

    Parameters
    ----------
    *args, **settings
        As for `click.Group`.
    """

    arguments: tuple[str, ...] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all subcommands."""
        return list(_SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Subcommand of a name; without its work where it is only listed."""
        if cmd_name not in _SUMMARIES:
            return None
        if cmd_name not in self.arguments:  # listing for --help: names and lines suffice
            return click.Command(cmd_name, help=_SUMMARIES[cmd_name])
        command = import_module(f"perijove.cli.{_ROOMS[cmd_name]}.{cmd_name}").command
        assert isinstance(command, click.Command)
        for path, each in leaves(command, cmd_name):
            each.help = (each.help or "").replace("\\b\n", "\b\n")  # which docstrings cannot hold
            if path in EXAMPLES:
                each.epilog = EXAMPLES[path].epilog
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands by subject."""
        width = max(map(len, _SUMMARIES))
        for subject, (_, commands) in GROUPS.items():
            with formatter.section(subject):
                formatter.write_dl([(name.ljust(width), line) for name, line in commands.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; what stands there is no failure with ``--skip-existing``."""
        try:
            return super().invoke(ctx)
        except PerijoveError as error:
            if isinstance(error, OutputExistsError) and ctx.meta.get(SKIP_EXISTING):
                if not ctx.meta.get(QUIET):
                    print(f"perijove: {error.path}: exists already; skipped", file=sys.stderr)
                return 0
            command = self.get_command(ctx, ctx.invoked_subcommand or "")
            error.args = (in_options(str(error), command), *error.args[1:])
            raise


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Commands that do something, below and with this one, with their paths such as ``kernels fetch``."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from leaves(each, f"{name} {each.name}")
    else:
        yield name, command


def command_group(arguments: list[str]) -> click.Group:
    """The command for these arguments, in which subcommands that they name are whole."""

    @click.command(cls=_Group, context_settings=SETTINGS, no_args_is_help=True)
    @click.version_option(__version__, prog_name="perijove")
    @click.option("--debug", is_flag=True, help="Show a traceback where something fails; may stand anywhere.")
    def perijove(debug: bool) -> None:
        """Pictures of Io by JunoCam: from the raw file to a colour map with error bars."""

    asked = os.environ.get("COMP_WORDS", "").split() if COMPLETE in os.environ else arguments
    perijove.arguments = tuple(asked)
    return perijove
