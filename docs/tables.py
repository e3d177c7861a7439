"""Tables in the docs that are made from the code, so that they cannot drift from it.

A page asks for one with a line such as ``<!-- perijove: quality-flags -->``, and has it between that line and
``<!-- perijove: end -->``. ``make reference`` writes them into the pages; a test holds the pages to them.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

import click

import perijove
from perijove import errors
from perijove.cli.examples import EXAMPLES
from perijove.cli.group import GROUPS, SETTINGS

__all__ = ["fill", "main"]

_END = "<!-- perijove: end -->"
_MARKER = re.compile(
    rf"^<!-- perijove: (?!end)(?P<name>[a-z-]+) -->$(?:\n\n.*?^{_END}$)?", flags=re.MULTILINE | re.DOTALL
)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _conventions() -> str:
    """Table in the package's docstring: a word in 15 columns, a text that may go on in the next lines."""
    _, table, *_ = re.split(r"^=+ =+$\n?", perijove.__doc__ or "", flags=re.MULTILINE)
    rows: list[list[str]] = []
    for line in table.splitlines():
        word, text = line[:15].strip(), line[15:].strip()
        if word:
            rows.append([word, text])
        else:
            rows[-1][1] += " " + text
    return _table(["what", "convention"], [[word, text.replace("``", "`")] for word, text in rows])


def _quality_flags() -> str:
    from perijove.junocam.radiometry.quality import quality_table

    return quality_table()


def _command_line() -> str:
    """All commands by subject, as `perijove --help` lists them."""
    parts = []
    root = click.Context(click.Group("perijove"), info_name="perijove", help_option_names=SETTINGS["help_option_names"])
    for subject, (room, commands) in GROUPS.items():
        parts.append(f"## {subject}")
        for name in commands:
            parts += _sections(import_module(f"perijove.cli.{room}.{name}").command, root)
    return "\n\n".join(parts)


def _sections(command: click.Command, parent: click.Context) -> list[str]:
    """Usage, help and options of a command and of its subcommands."""
    context = click.Context(command, info_name=command.name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [
        f"### {context.command_path}",
        f"```text\n{usage}\n```",
        inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\\b\n", ""),
    ]
    if rows := list(_options(command, context)):
        parts.append(_table(["option", "meaning"], rows))
    if examples := EXAMPLES.get(context.command_path.removeprefix("perijove ")):
        parts.append("```text\n" + "\n".join(f"perijove {line}" for line in examples.lines) + "\n```")
        parts += [f"Takes {examples.takes} on two cores."] if examples.takes else []
    for each in getattr(command, "commands", {}).values():
        parts += _sections(each, context)
    return parts


def _options(command: click.Command, context: click.Context) -> Iterable[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield f"`{record[0]}`", record[1]


def _exports() -> str:
    """Public names of the package, with the first sentence of what each says of itself."""
    rows = []
    for name in perijove.__all__:
        value = getattr(perijove, name)
        about = _CONSTANTS.get(name) or inspect.getdoc(value)
        rows.append([f"`{name}`", (about or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")])
    return _table(["name", "what it is"], rows)


def _face() -> str:
    """Seven sections: what each door says of itself, and its names with signature and first sentence."""
    parts = []
    for door in ("pictures", "moons", "events", "passes", "tides", "interior", "volcanoes"):
        room = import_module(f"perijove.face.{door}")
        rows = []
        for name in room.__all__:
            value = getattr(room, name)
            first = (inspect.getdoc(value) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
            signature = ""
            if inspect.isfunction(value):
                signature = f"({', '.join(inspect.signature(value).parameters)})"
            elif not inspect.isclass(value):
                first = _CONSTANTS[name]
            rows.append([f"`{name}{signature}`", first])
        about = (inspect.getdoc(room) or "").split("\n\n", maxsplit=1)[0]
        parts += [f"### perijove.{door}", about, _table(["name", "what it is"], rows)]
    return "\n\n".join(parts)


_CONSTANTS = {
    "EMBEDDED": "The built-in ephemeris; `EMBEDDED.with_segments(...)` is one with more bodies.",
    "__version__": "Version of the package.",
    "BACKPLANES": "Planes of a map by name, with unit and meaning.",
    "DATA": "Measurements of Io by name, for `infer`.",
    "HYPOTHESES": "Families of interiors with their priors, by name, for `infer`.",
    "JUPITER_AND_MOONS": "Bodies and forces of the built-in orbits, fitted to JPL jup365.",
    "MOONS": "The four names in the order of all arrays.",
    "PUBLISHED": "Interiors of papers by name.",
    "QUALITY": "Quality flags: bit, name, sentence.",
}


def _errors() -> str:
    """Error tree as the module draws it."""
    _, _, rest = (errors.__doc__ or "").partition("::\n\n")
    tree = rest.split("\n\n", maxsplit=1)[0]
    return f"```text\n{textwrap.dedent(tree)}\n```"


def _product_json() -> str:
    from perijove.export.product_json import contract_table

    return contract_table()


def _backplanes() -> str:
    from perijove.scene.backplane_registry import BACKPLANES

    return _table(
        ["band", "unit", "meaning"],
        [[f"`{name}`", plane.unit, plane.sentence] for name, plane in BACKPLANES.items() if name != "frame"],
    )


def _moon_errors() -> str:
    from perijove.ephemeris.galilean import MOONS
    from perijove.ephemeris.galilean_accuracy import ERRORS

    rows = [
        [f"{first} to {last}", moon.title(), *(f"{part:.2f}" for part in rms), f"{most:.2f}", f"{speed:.3f}"]
        for first, last, *columns in ERRORS
        for moon, rms, most, speed in zip(MOONS, *columns, strict=True)
    ]
    directions = ["rms (km) from Jupiter", "along the orbit", "normal to it"]
    return _table(["years", "moon", *directions, "largest (km)", "velocity, rms (m/s)"], rows)


def _resonance_json() -> str:
    from perijove.export.resonance_record import resonance_key_table

    return resonance_key_table()


def _facts() -> str:
    """One table per module."""
    from perijove.bodies.register import all_facts

    tables: dict[str, list[Sequence[str]]] = {}
    for name, fact in all_facts().items():
        home = re.match(r"constants|bodies[.]\w+", name)
        assert home is not None
        sigma = "" if fact.sigma is None else "exact" if fact.sigma == 0.0 else f"{fact.sigma}"
        value = ", ".join(f"{each}" for each in fact.bare.ravel()) if hasattr(fact.bare, "ravel") else f"{fact.bare}"
        row = [f"`{name[home.end() + 1 :]}`", value, sigma, fact.unit, fact.source]
        tables.setdefault(home[0], []).append(row)
    header = ["name", "value", "standard error", "unit", "source"]
    return "\n\n".join(f"## `perijove.{home}`\n\n{_table(header, rows)}" for home, rows in tables.items())


_MAKERS: dict[str, Callable[[], str]] = {
    "conventions": _conventions,
    "quality-flags": _quality_flags,
    "command-line": _command_line,
    "exports": _exports,
    "face": _face,
    "facts": _facts,
    "product-json": _product_json,
    "backplanes": _backplanes,
    "errors": _errors,
    "moon-errors": _moon_errors,
    "resonance-json": _resonance_json,
}


def fill(text: str) -> str:
    """Put behind the markers of a page what they ask for, in place of what stands there.

    Parameters
    ----------
    text : str
        The page as written.

    Returns
    -------
    str
        The page with its tables; the same again where they are current.

    Raises
    ------
    KeyError
        Where a page asks for a table that nobody makes.
    """

    def filled(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- perijove: {name} -->\n\n{_MAKERS[name]().strip()}\n\n{_END}"

    return _MARKER.sub(filled, text)


def main() -> None:
    """Bring all pages up to date."""
    for page in sorted(Path(__file__).parent.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(fill(text), encoding="utf-8")


if __name__ == "__main__":
    main()
