"""The public face is a contract: its names, signatures and docstrings.

Authority: law. What `contract.txt` says was promised; a change of it is one for users and belongs in the changelog.
"""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

import perijove

DOORS = ("events", "interior", "moons", "passes", "pictures", "tides", "volcanoes")
MOST = 15
CONTRACT = Path(__file__).with_name("contract.txt")
NAMES = [(door, name) for door in DOORS for name in import_module(f"perijove.{door}").__all__]
FUNCTIONS = [
    (door, name)
    for door, name in NAMES
    if inspect.isfunction(value := getattr(import_module(f"perijove.{door}"), name)) and value.__doc__
]
# How a docstring names the unit that a parameter's name ends with.
UNITS = {
    "_rad_s": "rad/s",
    "_pa_s": "Pa s",
    "_per_s": "1/s",
    "_km": "km",
    "_deg": "deg",
    "_w": "W",
    "_k": "K",
    "_s": " s",
}


def promised() -> str:
    """Names, signatures and fields, as text."""
    lines = []
    for door in DOORS:
        lines.append(f"perijove.{door}")
        module = import_module(f"perijove.{door}")
        for name in module.__all__:
            lines += [f"  {line}" for line in described(name, getattr(module, name))]
        lines.append("")
    return "\n".join(lines)


def described(name: str, value: object) -> list[str]:
    """One public name: a function with its signature, a class with its members."""
    if inspect.isclass(value):
        own = [one.name for one in fields(value)] if is_dataclass(value) else []
        house = [base for base in value.__mro__ if base.__module__.startswith("perijove.")]
        members = {each for base in house for each in vars(base)}.union(own)
        return [f"class {name}", *(f"  .{each}" for each in sorted(members) if not each.startswith("_"))]
    if callable(value):
        return [f"{name}{inspect.Signature(plain(value))}"]
    return [f"{name}: {type(value).__name__}"]


class Long:
    """Stands for a default that is long to write."""

    def __repr__(self) -> str:
        return "..."


def plain(function: Callable[..., object]) -> list[inspect.Parameter]:
    """Parameters without types."""
    return [
        one.replace(
            annotation=one.empty,
            default=one.default if one.default is one.empty or len(repr(one.default)) < 16 else Long(),
        )
        for one in inspect.signature(function).parameters.values()
    ]


def by_name(text: str) -> dict[str, list[str]]:
    """Lines of the contract by door and name; members of a class under it."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith(" "):
            door = line
        elif not line.lstrip().startswith("."):
            found[key := f"{door} {line.strip()}"] = []
        else:
            found[key].append(line.strip())
    return found


def test_names_and_signatures_are_those_promised() -> None:
    """What users write today works tomorrow: no name, parameter or member goes; classes may gain members.

    To change it on purpose: ``python tests/face/test_contract.py``.
    """
    now, then = by_name(promised()), by_name(CONTRACT.read_text(encoding="utf-8"))
    assert list(now) == list(then)
    gone = {name: lost for name, members in then.items() if (lost := sorted(set(members) - set(now[name])))}
    assert not gone


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_small_and_complete(door: str) -> None:
    """At most 15 names, all there, none hidden by a module of the same name; others are refused."""
    module, room = import_module(f"perijove.{door}"), import_module(f"perijove.face.{door}")
    assert len(module.__all__) <= MOST
    assert sorted(module.__all__) == sorted(room.__all__)
    beside = {path.stem for path in Path(module.__file__ or "").parent.glob("*.py")}
    if Path(module.__file__ or "").name == "__init__.py":
        assert not beside & set(module.__all__)
    assert set(module.__all__) <= set(dir(module))
    assert getattr(perijove, door) is module
    with pytest.raises(AttributeError, match="no attribute 'perigee'"):
        module.perigee  # noqa: B018  # the access itself is under test


def test_doors_are_light() -> None:
    """All can be imported without numpy; the first name that is used loads it."""
    code = (
        "import sys, perijove\n"
        f"from perijove import {', '.join(DOORS)}\n"
        "print('numpy' in sys.modules)\n"
        "moons.MOONS\n"
        "print('numpy' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "True"]


@pytest.mark.parametrize(("door", "name"), FUNCTIONS)
def test_docstrings_are_contracts(door: str, name: str) -> None:
    """Numpydoc: every parameter, its unit where its name has one, what comes back."""
    function = getattr(import_module(f"perijove.{door}"), name)
    text = inspect.getdoc(function) or ""
    for heading in ("Parameters", "Returns"):
        assert re.search(rf"^{heading}\n-+$", text, re.MULTILINE), heading
    described_part = text.partition("Parameters\n")[2].partition("Returns\n")[0]
    for parameter in inspect.signature(function).parameters:
        head = re.search(rf"^(?:\w+, )*(?:\*\*)?{parameter}(?:, \w+)* : .*$", described_part, re.MULTILINE)
        assert head, parameter
        suffix = next((each for each in UNITS if parameter.endswith(each)), None)
        if suffix is not None:
            assert UNITS[suffix] in described_part[head.start() :], parameter


if __name__ == "__main__":
    CONTRACT.write_text(promised(), encoding="utf-8")
