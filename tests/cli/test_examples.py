"""The examples at the end of each ``--help``, and what the shell is told to complete.

Authority: law. What a help text tells its reader to type works.
"""

import os
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tests.cli.running import perijove
from tests.test_docs_run import PAGES, blocks, calls

from perijove.cli.examples import EXAMPLES
from perijove.cli.group import GROUPS, leaves

COMMANDS = {
    path: leaf
    for room, commands in GROUPS.values()
    for name in commands
    for path, leaf in leaves(import_module(f"perijove.cli.{room}.{name}").command, name)
}
LINES = [line for examples in EXAMPLES.values() for line in examples.lines]
BY_PAGES = {
    " ".join(call[1:])
    for page in PAGES
    for block in blocks(page)
    if block.runs and block.language != "python"
    for call in calls(block)
}
"""What `tests.test_docs_run` runs as it stands, and need not be run twice."""
BY_NETWORK = ("fetch", "kernels", "demo")
QUICK = ("completion", "geometry", "info", "moons", "view")
FILES = {
    "io_usgs_galileo_voyager_mono_2km_180w.jpg": "maps",
    "io_usgs_galileo_voyager_color_2km_180w.jpg": "maps",
    "JNCE_2024362_68C00012_V01-raw.png": "junocam",
    "JNCE_2024362_68C00012_V01-Metadata.json": "junocam",
    "horizons_jup365_io.csv": "ephemeris",
    "io_thermal_sources_davies2024.csv": "volcanoes",
    "JIR_IMG_RDR_2022348T232339_V99.LBL": "blind/jiram",
    "JIR_IMG_RDR_2022348T232409_V99.LBL": "blind/jiram",
}


def test_every_command_has_examples() -> None:
    assert set(EXAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("line", LINES)
def test_examples_are_understood(line: str) -> None:
    """Each calls its own command with options and values that it takes."""
    words = shlex.split(line)
    path = next(path for path in sorted(COMMANDS, key=len, reverse=True) if line.startswith(path))
    assert line in EXAMPLES[path].lines
    COMMANDS[path].make_context(path, words[len(path.split()) :])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=() if line.startswith(QUICK) else pytest.mark.slow)
        for line in LINES
        if not line.startswith(BY_NETWORK) and " ".join(shlex.split(line)) not in BY_PAGES
    ],
)
def test_examples_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that needs no network ends well."""
    for file, folder in FILES.items():
        if file.removesuffix("-Metadata.json").removesuffix("-raw.png") in line:
            if not (data := os.environ.get("PERIJOVE_DATA")):
                pytest.skip(f"PERIJOVE_DATA is not set: {file} is not at hand")
            for name in {file, file.replace(".LBL", ".IMG")}:
                (tmp_path / name).symlink_to(Path(data) / folder / name)
    if line.startswith("volcanoes") and not os.environ.get("PERIJOVE_DATA"):
        pytest.skip("PERIJOVE_DATA is not set: the tables of volcanoes are not at hand")
    monkeypatch.chdir(tmp_path)
    outcome = perijove(*shlex.split(line))
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_whole(path: str) -> None:
    """Help ends with the examples."""
    outcome = perijove(*path.split(), "--help")
    assert outcome.code == 0
    assert "\\b" not in outcome.out
    for line in EXAMPLES[path].lines:
        assert f"  perijove {line}\n" in outcome.out


def test_all_commands_are_described_whole() -> None:
    """No sentence is cut short, in the list of commands or in that of subcommands."""
    assert "..." not in perijove("kernels", "--help").out.replace("[ARGS]...", "")
    listed = perijove("--help").out
    for _, commands in GROUPS.values():
        for name, sentence in commands.items():
            assert " ".join(f"{name} {sentence}".split()) in " ".join(listed.split())


@pytest.mark.parametrize(
    ("words", "found"),
    [("perijove cov", "coverage"), ("perijove view --bo", "--body"), ("perijove kernels fe", "fetch")],
)
def test_the_shell_completes(words: str, found: str) -> None:
    """As bash asks, in a process of its own."""
    count = len(words.split()) - 1
    environment = {
        **os.environ,
        "_PERIJOVE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(count),
    }
    done = subprocess.run(
        [sys.executable, "-m", "perijove"], env=environment, capture_output=True, text=True, check=False
    )
    assert f"plain,{found}" in done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    outcome = perijove("completion", shell)
    assert outcome.code == 0
    assert f"_PERIJOVE_COMPLETE={shell}_complete" in outcome.out
