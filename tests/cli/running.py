"""The command line in this process: what it prints and how it ends; and copies of a product, damaged."""

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from perijove.cli.main import main
from perijove.simulator.simulation import SimulatedPicture

DROP = object()  # as a change of the label: leave the keyword out


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on standard error; fails where there is another number of lines, or a traceback."""
        lines = [line for line in self.err.splitlines() if line.strip()]  # click ends the line of a ^C
        assert len(lines) == 1, self.err
        assert lines[0].startswith("perijove: "), self.err
        assert "internal error" not in lines[0], self.err
        return lines[0]


def perijove(*arguments: object) -> Outcome:
    """Run the command line."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int), "the command line has to end with an exit code"
    return Outcome(code, out.getvalue(), err.getvalue())


def answer(*arguments: object) -> dict[str, Any]:
    """What a command prints as JSON but for its provenance, which holds the command as it was written."""
    outcome = perijove(*arguments, "--json")
    assert outcome.code == 0, outcome.err
    record: dict[str, Any] = json.loads(outcome.out)
    del record["provenance"]
    return record


def write_copy(
    picture: SimulatedPicture,
    folder: Path,
    *,
    codes: np.ndarray | None = None,
    label: Mapping[str, object] | None = None,
) -> Path:
    """Write PNG and JSON of a simulated picture with other codes or keywords; the path of the PNG.

    LINES, LINE_SAMPLES and SAMPLING_FACTOR follow the codes.
    """
    framelets = picture.codes if codes is None else codes
    stacked = np.ascontiguousarray(framelets).reshape(-1, framelets.shape[-1])
    sizes = {"LINES": len(stacked), "LINE_SAMPLES": stacked.shape[1], "SAMPLING_FACTOR": 1 + (stacked.shape[1] < 1000)}
    values = {**picture.metadata, **sizes, **(label or {})}
    folder.mkdir(parents=True, exist_ok=True)
    png = folder / f"{picture.product_id}-raw.png"
    Image.fromarray(stacked).save(png, compress_level=1)
    text = json.dumps({name: value for name, value in values.items() if value is not DROP})
    (folder / f"{picture.product_id}-Metadata.json").write_text(text, encoding="utf-8")
    return png


def contents(folder: Path) -> dict[str, bytes] | None:
    """Everything in a folder, hidden files included; None where there is no folder."""
    if not folder.exists():
        return None
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"(folder)"
        for path in folder.rglob("*")
    }
