"""One option, one meaning: every command takes its shared options from the registry.

Authority: law.
"""

import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from tests.cli.running import answer, perijove

from perijove import cli
from perijove.cli.group import GROUPS
from perijove.cli.options import SharedOption
from perijove.ephemeris.apparent import CORRECTIONS

MODULES = [import_module(module.name) for module in pkgutil.walk_packages(cli.__path__, "perijove.cli.")]
COMMANDS = {module.command.name: module.command for module in MODULES if hasattr(module, "command")}


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Commands that do something, with their names."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from leaves(each, f"{name} {each.name}")
    else:
        yield name, command


LEAVES = dict(pair for name, command in COMMANDS.items() for pair in leaves(command, str(name)))


def options() -> dict[str, list[tuple[str, click.Option]]]:
    """Commands and their declarations, by long option."""
    found: dict[str, list[tuple[str, click.Option]]] = defaultdict(list)
    for name, command in LEAVES.items():
        for one in command.params:
            if isinstance(one, click.Option):
                found[max(one.opts, key=len)].append((name, one))
    return found


OPTIONS = options()


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_two_commands_is_declared_once(option: str) -> None:
    """What two commands share comes from the registry and means the same in both."""
    declared = OPTIONS[option]
    if any(isinstance(one, SharedOption) for _, one in declared) or len(declared) > 1:
        strangers = [name for name, one in declared if not isinstance(one, SharedOption)]
        assert not strangers, f"{option} of {strangers} is not declared in perijove.cli.options"
    for what in ("meaning", "is_flag", "nargs"):
        assert len({getattr(one, what, None) for _, one in declared}) == 1, f"{option}: {what} differs"
    assert len({type(one.type) for _, one in declared}) == 1, f"{option} has two types"
    assert all(one.help for _, one in declared)


def test_every_command_is_listed() -> None:
    listed = {name for _, commands in GROUPS.values() for name in commands}
    assert listed == set(COMMANDS)


@pytest.mark.parametrize("name", LEAVES)
def test_options_that_belong_together(name: str) -> None:
    """Who writes can be told what becomes of older files; who prints CSV prints JSON; debug belongs to all."""
    mine = {max(one.opts, key=len) for one in LEAVES[name].params if isinstance(one, click.Option)}
    assert bool(mine & {"--out", "--plot", "--table"}) <= ({"--overwrite", "--skip-existing"} <= mine)
    assert ("--csv" in mine) <= ("--json" in mine)
    assert ("--quiet" in mine) == ("--verbose" in mine)
    assert "--debug" not in mine


def test_corrections_are_those_of_the_library() -> None:
    ((_, option), *_) = OPTIONS["--correction"]
    assert str(option.help).endswith(f"{', '.join(CORRECTIONS)}.")


@pytest.mark.parametrize("written", [("PJ57",), ("57",), ("pj57",), ("--perijove", "57"), ("--perijove", "PJ57")])
def test_a_perijove_is_named_as_one_likes(written: tuple[str, ...]) -> None:
    assert answer("view", *written) == answer("view", "PJ57")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("view", "PJ57", "--perijove", "58"), "one perijove is asked for, and 2 were given"),
        (("encounter",), "no perijove was given; write for example: perijove encounter PJ57"),
        (("coverage", "seven"), "'seven' is no perijove; write PJ57 or 57"),
        (("coverage", "PJ57", "--out", "x.png"), "--out x.png: is the name of a file, and --out takes a folder"),
        (("tides", "five-layer", "--out", "x.csv"), "give --out x, or --map x.csv"),
        (("view", "PJ57", "--plot", "x"), "--plot x: give a name that ends in .png"),
        (("view", "PJ57", "--plot", f"{__file__}/x.png"), "is a file, no folder; give another --plot"),
        (("view", "PJ57", "--basemap", "m.png"), "--basemap needs --plot"),
        (("view", "PJ57", "--plot", "x.png", "--basemap-left-lon", "3"), "--basemap-left-lon needs --basemap"),
        (("view", "PJ57", "--body", " "), "--body: the name is empty"),
        (("moons", "now", "--json", "--csv"), "--json and --csv were both given; choose one"),
        (("evolve", "-q", "-v"), "--quiet and --verbose were both given; choose one"),
        (("evolve", "--overwrite", "--skip-existing"), "--overwrite and --skip-existing were both given; choose one"),
        (("process", "x", "--apply-shift"), "--apply-shift needs --basemap"),
        (("kernels", "fetch", "--from", "now", "--to", "now", "--margin", "3"), "--from, --to: not with --margin"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: tuple[str, ...], says: str) -> None:
    outcome = perijove(*arguments)
    assert outcome.code == 2
    assert says in outcome.line


@pytest.mark.parametrize("name", LEAVES)
def test_help_speaks_no_jargon_of_the_parser(name: str) -> None:
    context = click.Context(LEAVES[name])
    told = [record[0] for one in LEAVES[name].params if (record := one.get_help_record(context))]
    assert not [line for line in told if "RANGE" in line.split(" ", 1)[-1].replace("--range-km", "")]


def test_now_is_a_time() -> None:
    assert answer("moons", "now", "--body", "io") != answer("moons", "2026-01-01", "--body", "io")


def test_what_stands_there_has_its_own_code(tmp_path: Path) -> None:
    """3 where files exist already, 0 where they are to be passed over; nothing is touched."""
    file = tmp_path / "view.png"
    file.write_text("mine")
    plain = perijove("view", "PJ57", "--plot", file)
    assert plain.code == 3
    assert "replace it with --overwrite" in plain.line
    skipped = perijove("view", "PJ57", "--plot", file, "--skip-existing")
    assert (skipped.code, skipped.out) == (0, "")
    assert "exists already; skipped" in skipped.line
    assert file.read_text() == "mine"


def test_verbose_tells_each_step() -> None:
    outcome = perijove("coverage", "PJ57", "--cell", "10", "--max-altitude", "30000", "-v")
    assert "coverage: map (" in outcome.err
    assert perijove("coverage", "PJ57", "--cell", "10", "--max-altitude", "30000", "-q").out == outcome.out
