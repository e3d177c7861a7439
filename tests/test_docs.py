"""The docs promise only what is there.

Authority: law. Whatever a page tells the reader to type must exist in the program.
"""

import ast
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from docs.tables import fill

from perijove import cli
from perijove.cli.group import SETTINGS
from perijove.products import product_names

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CALL = re.compile(r"(?<!from )(?<![\w./])(?:\.venv/bin/)?perijove ([a-z]+)\b((?:[^`\n|;]|\\\n)*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
MODULES = [import_module(module.name) for module in pkgutil.walk_packages(cli.__path__, "perijove.cli.")]
COMMANDS = {module.command.name: module.command for module in MODULES if hasattr(module, "command")}
ROOT_OPTIONS = {"--debug", "--help", "--version"}


def name(page: Path) -> str:
    """Path from the root, as a test's name."""
    return page.relative_to(ROOT).as_posix()


def code(page: Path, language: str = "") -> list[str]:
    """Fenced blocks of a page, of one language or of all."""
    return re.findall(rf"^```{language}[a-z]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def options(command: click.Command) -> set[str]:
    """Long options of a command and of its subcommands."""
    parameters = command.get_params(click.Context(command, help_option_names=SETTINGS["help_option_names"]))
    own = {option for parameter in parameters for option in [*parameter.opts, *parameter.secondary_opts]}
    return own.union(*map(options, getattr(command, "commands", {}).values()))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    """Each subcommand and option in a code block is one of the program's."""
    for block in code(page):
        for subcommand, arguments in CALL.findall(block):
            assert subcommand in COMMANDS
            assert set(OPTION.findall(arguments)) <= options(COMMANDS[subcommand]), arguments


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_options_in_sentences_exist(page: Path) -> None:
    """Each option in backticks belongs to some subcommand."""
    known = ROOT_OPTIONS.union(*map(options, COMMANDS.values()))
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(--[a-z][a-z0-9-]*)", text)) <= known


def test_readme_names_all_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [command for command in COMMANDS if f"perijove {command}" not in text]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_tables_are_current(page: Path) -> None:
    """What a page takes from the code stands in it as the code has it now; `make reference` writes it."""
    text = page.read_text(encoding="utf-8")
    assert fill(text) == text, "run make reference"


def test_all_products_are_explained() -> None:
    """The page of products names each file that is written, and no other."""
    page = (ROOT / "docs" / "reference" / "products.md").read_text(encoding="utf-8")
    written = product_names(SimpleNamespace(product_id="<product>"))  # type: ignore[arg-type]  # only the name counts
    assert re.findall(r"^\| `(<product>[^`]*)`", page, re.MULTILINE) == list(written.values())


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_exist(page: Path) -> None:
    """Each `make` command names a target."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = re.findall(r"(?:^|`)make ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(asked) <= targets


PUBLIC = {
    "perijove",
    *(f"perijove.{door}" for door in ("events", "interior", "moons", "passes", "pictures", "tides", "volcanoes")),
}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_examples_are_public(page: Path) -> None:
    """A page imports what is promised to stay: names of the package, of its doors, and facts."""
    for block in code(page, "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Import):
                assert all(alias.name in PUBLIC or not alias.name.startswith("perijove.") for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("perijove"):
                home = node.module or ""
                assert home in PUBLIC or home == "perijove.constants" or home.startswith("perijove.bodies.")
                if home in PUBLIC:
                    assert {alias.name for alias in node.names} <= set(import_module(home).__all__)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_examples_import(page: Path) -> None:
    """Python examples parse, and what they import from Perijove is there."""
    for block in code(page, "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("perijove"):
                module = import_module(node.module or "")
                assert all(hasattr(module, alias.name) for alias in node.names)
