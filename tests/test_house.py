"""The rules of the house: what every module keeps, whatever it computes.

Authority: law. Each rule is the project's own (CONTRIBUTING.md, DESIGN.md) and holds exactly.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings

import perijove

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "perijove"
MODULES = sorted(SOURCE.rglob("*.py"))
TEXTS = sorted(
    path
    for pattern in ("*.md", "*.toml", "*.yml", "*.cff", "Makefile", ".ci/*", "*/**/*.py", "docs/**/*.md")
    for path in ROOT.glob(pattern)
    if path.is_file() and not path.relative_to(ROOT).parts[0].startswith((".venv", ".git"))
)
MAX_LINES = 600
MAX_EXPORTS = 25
MAX_MODULES = 22

# Which packages may import what is not science; the others compute, and neither draw, talk nor fetch.
ALLOWED = {
    "spiceypy": ("ephemeris",),
    "matplotlib": ("figures", "face", "picture.py"),  # the last two name the type of figure that they return
    "click": ("cli",),
    "rich": ("cli",),
    "requests": (),
    "urllib": ("archive",),
    "pooch": (),
    "typer": (),
    "pyproj": (),
    "pandas": (),  # `face` asks for it by name where a table is wanted
}


def name_of(path: Path) -> str:
    """Dotted name of a module."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def short(path: Path) -> str:
    """Path from the root, as a test's name."""
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Top-level names that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def fresh_python(code: str) -> str:
    """What a new interpreter prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "src")
    return done.stdout.strip()


@pytest.mark.parametrize("path", sorted(ROOT.glob("[!.]*/**/*.py")), ids=short)
def test_no_module_is_too_long(path: Path) -> None:
    """Beyond 600 lines a module has more than one idea."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("door", [path for path in MODULES if path.name == "__init__.py"], ids=name_of)
def test_packages_are_small_and_have_a_door(door: Path) -> None:
    """A package that is too large to survey is two packages; its docstring says what lives in it."""
    assert len([path for path in door.parent.glob("*.py") if path != door]) <= MAX_MODULES
    assert ast.get_docstring(ast.parse(door.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_names_exist(path: Path) -> None:
    """`__all__` stands in every module, has no name twice and names what is there."""
    if path.name == "__main__.py":
        return  # importing it runs the program
    module = import_module(name_of(path))
    if path.name == "__init__.py" and not hasattr(module, "__all__"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert all(isinstance(node, ast.Expr) for node in body), "a package with code names what it exports"
        return
    names = module.__all__
    assert len(set(names)) == len(names)
    missing = [name for name in names if not hasattr(module, name)]
    assert not missing


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_science_neither_draws_nor_talks_nor_fetches(path: Path) -> None:
    """SPICE has one door, figures alone draw, the command line alone talks, and nothing fetches."""
    package = path.relative_to(SOURCE).parts[0]
    wrong = sorted({name for name in imported(path) if package not in ALLOWED.get(name, (package,))})
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_names_say_what_is_inside(path: Path) -> None:
    """A drawer for everything is a place where nothing is found."""
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", TEXTS, ids=short)
def test_no_machine_paths(path: Path) -> None:
    """What is committed runs anywhere: no absolute path of the machine it was written on."""
    machine = r"(?<![\w.~*$)}-])/(?:work|root|home|tmp|Users)/\S*"
    found = re.findall(machine, path.read_text(encoding="utf-8"))
    assert not found


def test_import_is_light() -> None:
    """`import perijove` loads neither numpy nor a command line."""
    heavy = "{'numpy', 'scipy', 'numba', 'astropy', 'matplotlib', 'rasterio', 'click', 'rich'}"
    assert fresh_python(f"import sys, perijove; print(*sorted({heavy} & set(sys.modules)))") == ""


def test_version_option_is_light() -> None:
    """`perijove --version` prints the version and loads no numpy."""
    code = (
        "import sys; sys.argv = ['perijove', '--version']\n"
        "from perijove.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "print('numpy' in sys.modules)"
    )
    said, numpy_loaded = fresh_python(code).splitlines()
    assert perijove.__version__ in said
    assert numpy_loaded == "False"


def test_package_exports_load() -> None:
    """Every re-exported name can be had, is listed by `dir`, and there are few of them."""
    assert len(perijove.__all__) <= MAX_EXPORTS
    assert set(perijove.__all__) <= set(dir(perijove))
    for name in perijove.__all__:
        assert getattr(perijove, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'perigee'"):
        perijove.perigee  # noqa: B018  # the access itself is under test


def test_random_examples_come_from_a_fixed_seed() -> None:
    """The same code gives the same answer; `make explore` alone draws new examples."""
    assert settings.default is not None
    assert settings.default.derandomize
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explored = [line for line in makefile.splitlines() if "--explore" in line]
    assert len(explored) == 1
    assert "'$(MINUTES)'" in explored[0]


def test_one_version() -> None:
    """The version stands in the package; what must repeat it agrees."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    cited = re.findall(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited == [perijove.__version__]
    changes = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert next(version for version in changes if version != "Unreleased") == perijove.__version__
