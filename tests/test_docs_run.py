"""What the pages tell the reader to type runs: every command and every block of Python, page by page.

Authority: law. A page has one folder, in which the files stand that it speaks of, and its blocks run in order, those
of Python in one namespace. A line before a block says what is special about it::

    <!-- file: my-io.toml -->            the block is a file, which stands there from the beginning
    <!-- not run: needs a cluster -->    why the block cannot run here

Lines with pip, make and fetch need the network and are left out. What a console block quotes after a command must be
part of what the command prints. RAW stands for a raw picture: that of perijove 68 where PERIJOVE_DATA is
set, else a simulated one.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.running import perijove, write_copy

from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = {"", "sh", "bash", "console"}
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+^```(?P<language>[a-z]*)\n(?P<text>.*?)^```", flags=re.MULTILINE | re.DOTALL)
SAID = re.compile(r"<!-- (?P<what>file|not run): (?P<words>.+) -->")
SET_UP = re.compile(r"(pip|make|perijove kernels fetch|perijove fetch) ")
PICTURE = "JNCE_2024362_68C00012_V01"
QUICK = {"how-to/moons.md", "reference/facts.md"}
LONGEST_S = 600.0
SHELL_WORDS = {"|", ">", "<", "&&", "||", ";", "do"}

# What pages call files, and where they stand in the folder of real data.
PICTURES = (f"{PICTURE}-raw.png", f"{PICTURE}-Metadata.json")
FILES = {
    "io_usgs_galileo_voyager_mono_2km_180w.jpg": "maps/io_usgs_galileo_voyager_mono_2km_180w.jpg",
    "io_usgs_galileo_voyager_color_2km_180w.jpg": "maps/io_usgs_galileo_voyager_color_2km_180w.jpg",
    "horizons_jup365_io.csv": "ephemeris/horizons_jup365_io.csv",
    "horizons_jup365_europa.csv": "ephemeris/horizons_jup365_europa.csv",
    "io_thermal_sources_davies2024.csv": "volcanoes/io_thermal_sources_davies2024.csv",
    "JIR_IMG_RDR_2022348T232409_V99.LBL": "blind/jiram/JIR_IMG_RDR_2022348T232409_V99.LBL",
    "JIR_IMG_RDR_2022348T232409_V99.IMG": "blind/jiram/JIR_IMG_RDR_2022348T232409_V99.IMG",
    "path/to/frames": "junocam/calibration",
    "path/to/kernels": "spice",
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with what the line before says of it."""

    line: int
    language: str
    text: str
    what: str = ""
    words: str = ""

    @property
    def commands(self) -> str:
        """Lines to type: those after a ``$`` of a console, all lines of another shell block."""
        lines = self.text.splitlines()
        if self.language == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        return "\n".join(line for line in lines if not SET_UP.match(line))

    @property
    def quoted(self) -> list[str]:
        """Lines of output that a console block shows; dots stand for others."""
        lines = self.text.splitlines() if self.language == "console" else []
        return [line for line in lines if not line.startswith("$ ") and line.strip(". ")]

    @property
    def runs(self) -> bool:
        """Whether there is anything to run."""
        return not self.what and (self.language == "python" or (self.language in SHELL and bool(self.commands)))


def blocks(page: Path) -> list[Block]:
    """All blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        said = SAID.fullmatch(match["before"])
        what, words = (said["what"], said["words"]) if said else ("", "")
        line = text.count("\n", 0, match.start("text"))
        found.append(Block(line, match["language"], match["text"], what, words))
    return found


def calls(block: Block) -> list[list[str]]:
    """Words of each command of a shell block."""
    text = re.sub(r"\bRAW\b", PICTURES[0], block.commands).replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in text.splitlines()]


def name(page: Path) -> str:
    """Path from the docs' folder, as a test's name."""
    return page.relative_to(ROOT / "docs" if page.is_relative_to(ROOT / "docs") else ROOT).as_posix()


@pytest.fixture(scope="session")
def raw_files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """The folder with the picture of perijove 68, real or simulated."""
    made: list[Path] = []

    def folder() -> Path:
        if data := os.environ.get("PERIJOVE_DATA"):
            return Path(data) / "junocam"
        if not made:
            picture = simulate(random_scenario(0, range_km=80_000.0, phase_deg=80.0), synthetic_base_map(width=720))
            made.append(tmp_path_factory.mktemp("picture"))
            png = write_copy(picture, made[0])
            for path, named in zip(
                (png, png.with_name(png.name.replace("raw.png", "Metadata.json"))), PICTURES, strict=True
            ):
                path.rename(made[0] / named)
        return made[0]

    return folder


def furnish(folder: Path, page: Path, raw_files: Callable[[], Path]) -> None:
    """Put the files that a page speaks of into its folder."""
    text = page.read_text(encoding="utf-8")
    if PICTURE in text or "RAW" in text or "raw/" in text:
        for file in PICTURES:
            for place in (folder, folder / "raw"):
                place.mkdir(exist_ok=True)
                (place / file).symlink_to(raw_files() / file)
    if "perijove volcanoes" in text and not os.environ.get("PERIJOVE_DATA"):
        pytest.skip("PERIJOVE_DATA is not set: the tables of volcanoes are not at hand")
    for called, real in FILES.items():
        if called.removesuffix(".IMG") in text:  # pixels lie beside the label that a page names
            data = os.environ.get("PERIJOVE_DATA")
            if not data:
                pytest.skip(f"PERIJOVE_DATA is not set: {real} is not at hand")
            (folder / called).parent.mkdir(parents=True, exist_ok=True)
            (folder / called).symlink_to(Path(data) / real)
    for block in blocks(page):
        if block.what == "file":
            (folder / block.words).write_text(block.text, encoding="utf-8")


def run_commands(block: Block, folder: Path) -> None:
    """Run a shell block as it stands: in this process where it only calls perijove, else in bash."""
    text = re.sub(r"\bRAW\b", PICTURES[0], block.commands)
    typed = calls(block)
    if "*" not in text and all(call[0].endswith("perijove") and not SHELL_WORDS.intersection(call) for call in typed):
        outcomes = [perijove(*call[1:]) for call in typed]
        for call, outcome in zip(typed, outcomes, strict=True):
            assert outcome.code == 0, f"line {block.line}: {' '.join(call)}\n{outcome.err}"
        said = "".join(outcome.out for outcome in outcomes)
    else:
        said = _in_bash(text, folder, block.line)
    for line in block.quoted:
        assert line in said, f"line {block.line}: {line!r} is not in\n{said}"


def _in_bash(text: str, folder: Path, line: int) -> str:
    """Standard output of a script."""
    script = f'set -euo pipefail\nperijove() {{ "{sys.executable}" -m perijove "$@"; }}\n{text}'
    bash = str(shutil.which("bash"))
    done = subprocess.run(
        [bash, "-c", script], cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    assert done.returncode == 0, f"line {line}: {text}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name(page), marks=() if name(page) in QUICK else pytest.mark.slow)
        for page in PAGES
        if any(block.runs for block in blocks(page))
    ],
)
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw_files: Callable[[], Path]) -> None:
    """What a reader types, in the order of the page, works."""
    monkeypatch.chdir(tmp_path)
    furnish(tmp_path, page, raw_files)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if not block.runs:
            continue
        if block.language == "python":
            exec(compile("\n" * block.line + block.text, str(page), "exec"), namespace)  # noqa: S102
        else:
            run_commands(block, tmp_path)


def test_reasons_not_to_run_are_few() -> None:
    """What cannot run here is the exception: the network, a cluster."""
    left = [block for page in PAGES for block in blocks(page) if block.what == "not run"]
    assert len(left) <= 12, [block.words for block in left]
