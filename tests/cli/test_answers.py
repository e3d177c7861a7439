"""Every JSON that a command prints or writes says by which version, on which command and from which ephemeris.

Authority: law.
"""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.archive.naif import START_TDB, STOP_TDB
from tests.archive.naif import write_naif_tree as write_tree
from tests.cli.running import perijove
from tests.cli.test_options import LEAVES

from perijove import __version__
from perijove.ephemeris.galilean import galilean_states
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.timescales import tdb_to_utc

BUILT_IN, LEAD, FITTED = "built-in ephemeris (jup365)", "built-in ephemeris (io-lead)", "fitted to the picture"
# What to ask for, beside --json, and which ephemeris the answer names; {} is a folder furnished below.
ASKED: dict[str, tuple[str, str | None]] = {
    "info": ("{raw}", None),
    "at": ("{raw} --sample 800 --line 1000", FITTED),
    "process": ("{raw} --quick --resolution 100 --out {new}", FITTED),
    "limb": ("{raw} --out {new}", FITTED),
    "fetch": ("io-map --dry-run", None),
    "control": ("{raw} --out {new}", None),
    "changes": ("{map} {map} --resolution 40 --out {new}", None),
    "mosaic": ("{raw} --resolution 100 --out {new}", None),
    "hotspots": ("{frame} --out {new}", LEAD),
    "moons": ("2024-01-01 --body IO", LEAD),
    "events": ("--from 2026-12-01 --to 2026-12-02 --body IO --body EUROPA --kind transit", BUILT_IN),
    "fit": ("IO={table} --iterations 2", BUILT_IN),
    "resonance": ("--years 15", BUILT_IN),
    "evolve": ("--years 1e5 --draws 0", None),
    "passes": ("--year 2024 --max-altitude 3000", LEAD),
    "encounter": ("PJ57 --hours 0.1 --out {new}", LEAD),
    "geometry": ("2023-12-30T08:36:01 --body IO", LEAD),
    "view": ("PJ57 --solution jup365", BUILT_IN),
    "coverage": ("PJ57 --cell 20 --out {new}", LEAD),
    "kernels fetch": ("--from {start} --to {stop} --mirror {tree} --out {kernels}", None),
    "kernels verify": ("{kernels}", None),
    "kernels list": ("{kernels}", None),
    "tides": ("steinke-2020-a --out {new}", None),
    "sweep": ("steinke-2020-a --vary orbit.eccentricity=0.002,0.004", None),
    "infer": (
        "--fix melt_fraction=0.1 --fix asthenosphere_thickness_km=100 --samples 100 --live 50 --odds none",
        None,
    ),
    "heatpipe": ("steinke-2020-b", None),
    "pattern": ("steinke-2020-a --sources {sources} --trials 2", None),
    "volcanoes show": ("Loki", None),
    "volcanoes build": ("", None),
    "volcanoes budget": ("--out {new}", None),
    "volcanoes changes": ("", None),
    "volcanoes fit": ("Loki", None),
    "claims": ("", f"passes by the {LEAD}; orbits of the moons as in jup365"),
}
SLOW = {
    "process",
    "limb",
    "control",
    "mosaic",
    "changes",
    "hotspots",
    "volcanoes build",
    "volcanoes budget",
    "at",
    "resonance",
    "infer",
    "pattern",
    "claims",
    "tides",
    "evolve",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> dict[str, object]:
    """Files that the commands take."""
    folder = tmp_path_factory.mktemp("answers")
    days = np.arange(6) * 1.7
    rows = [
        f"{2451545.0 + day},{x!r},{y!r},{z!r}"
        for day, (x, y, z) in zip(days, galilean_states(days * 86400.0)[:, 0, :3].tolist(), strict=True)
    ]
    (folder / "io.csv").write_text("\n".join(["jd_tdb,x_km,y_km,z_km", *rows]), encoding="utf-8")
    span = {"start": tdb_to_utc(START_TDB), "stop": tdb_to_utc(STOP_TDB)}
    looks = (255.0 * synthetic_base_map(width=360)).astype(np.uint8)
    Image.fromarray(looks).save(folder / "map.png")
    return {
        "raw": pristine,
        "map": folder / "map.png",
        "table": folder / "io.csv",
        "tree": write_tree(folder),
        "kernels": folder / "k",
        **span,
    }


@pytest.mark.slow
def test_commands_name_files_without_their_folders(places: dict[str, object]) -> None:
    outcome = perijove("fit", f"IO={places['table']}", "--iterations", 1, "--json", "-q")
    command = json.loads(outcome.out)["provenance"]["command"]
    assert command == "perijove fit IO=io.csv --iterations 1 --json --quiet"


def test_every_command_with_json_is_asked() -> None:
    assert {name for name, one in LEAVES.items() if any("--json" in each.opts for each in one.params)} == set(ASKED)


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW | {"coverage", "events"})) for one in ASKED]
)
def test_answers_tell_where_they_come_from(
    name: str, places: dict[str, object], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Where a command takes no files, the one that is named gives the same answer again."""
    arguments, ephemeris = ASKED[name]
    if "{sources}" in arguments:
        data = request.getfixturevalue("data_dir")
        places["sources"] = data / "volcanoes" / "io_thermal_sources_davies2024.csv"
    if "{frame}" in arguments:
        data = request.getfixturevalue("data_dir")
        places["frame"] = data / "blind" / "jiram" / "JIR_IMG_RDR_2022348T232309_V99.LBL"
    if name.startswith("volcanoes"):
        request.getfixturevalue("data_dir")  # of its tables
    places["new"] = tmp_path / "new"
    typed = [word.format(**places) for word in f"{name} {arguments} --json".split()]
    if "{kernels}" in arguments and name != "kernels fetch":
        fetch = ASKED["kernels fetch"][0].format(**places)
        assert perijove(*f"kernels fetch {fetch}".split()).code == 0
    outcome = perijove(*typed)
    assert outcome.code == 0, outcome.err
    written = [path for end in ("json", "geojson") for path in tmp_path.rglob(f"*.{end}")]
    assert bool(written) == ("{new}" in arguments)
    assert str(tmp_path) not in (outcome.out if name == "fit" else "")
    for text in (outcome.out, *(path.read_text(encoding="utf-8") for path in written)):
        said = json.loads(text)["provenance"]
        assert said["software"] == f"perijove {__version__}"
        assert said["command"].startswith(f"perijove {name} ")
        if ephemeris == FITTED:
            assert "spin phase from the limb" in said["ephemeris"]["attitude"]
        else:
            assert (said.get("ephemeris") or "").split(" (first")[0] == (ephemeris or "")
    if "{" not in arguments and name not in SLOW:
        assert perijove(*shlex.split(said["command"])[1:]).out == outcome.out
