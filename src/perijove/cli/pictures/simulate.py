"""``perijove simulate``: raw pictures of Io as JunoCam would take them."""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from perijove.cli.handover import overwriting, refuse_standing
from perijove.cli.option_types import Number
from perijove.cli.options import (
    basemap_options,
    out_option,
    overwrite_option,
    perijove_choice,
    quiet_option,
    seed_option,
    write_kernels_option,
)
from perijove.cli.rules import given, typed_command
from perijove.cli.talk import steps
from perijove.errors import InputError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.toml_table import read_toml
from perijove.simulator import written_kernels
from perijove.simulator.albedo_map import load_base_map
from perijove.simulator.changes import NOTHING, Changes, changes_from
from perijove.simulator.label import MADE_UP
from perijove.simulator.scenario import Scenario
from perijove.simulator.scenarios import perijove_57_scenarios, random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

__all__ = ["command", "simulate_to_files"]

_OF_ONE = ("--range-km", "--phase", "--spin", "--start-offset-ms", "--methane")  # options that choose one picture


def simulate_to_files(
    scenarios: Sequence[Scenario],
    *,
    out: Path,
    basemap: Path | None = None,
    basemap_left_lon: float = 0.0,
    surface: str = "",
    seed: int = 0,
    kernels: bool = False,
    truth: bool = False,
    changes: Changes = NOTHING,
) -> list[Path]:
    """Render pictures and write them; returns the paths of the raw files.

    `surface` says whose map they show; where it is empty the map's name stands for it.
    """
    shown = surface or (basemap.name if basemap is not None else MADE_UP)
    _refuse_standing(scenarios, out, kernels=kernels, truth=truth)
    written: list[Path] = []
    with steps("simulating") as tell:
        tell("map of Io")
        base_map = _map_of_io(basemap, basemap_left_lon)
        for number, scenario in enumerate(scenarios):
            where = f"picture {number + 1} of {len(scenarios)}"
            tell(where)
            picture = simulate(scenario, base_map, seed=seed + number, surface=shown, changes=changes)
            paths = write_product(picture, out, overwrite=overwriting(), truth=truth, command=typed_command())
            written.append(next(path for path in paths if path.suffix == ".png"))
            if kernels:
                tell(f"{where}: kernels")
                written_kernels.write_kernels(picture, _kernel_folder(out, scenario), overwrite=overwriting())
    return written


def _map_of_io(path: Path | None, left_lon_east_deg: float) -> np.ndarray:
    """Normal albedo in BLUE, GREEN, RED: from a file, or made up."""
    return load_base_map(path, left_edge_lon_deg=left_lon_east_deg) if path is not None else synthetic_base_map()


def _kernel_folder(out: Path, scenario: Scenario) -> Path:
    return out / f"{scenario.product_id}-kernels"


def _refuse_standing(scenarios: Sequence[Scenario], out: Path, *, kernels: bool, truth: bool) -> None:
    """Refuse before the first picture is rendered, not at the one whose file stands in the way."""
    suffixes = ["-raw.png", "-Metadata.json", *(["-Truth.json"] if truth else []), *(["-kernels"] if kernels else [])]
    refuse_standing(out, [scenario.product_id + suffix for scenario in scenarios for suffix in suffixes])


@click.command("simulate")
@perijove_choice("perijove simulate PJ57", required=False)
@click.option("--range-km", type=Number(1_900.0, 1e7), help="One picture from this distance to Io's centre, km.")
@click.option("--phase", type=Number(0.0, 180.0, min_open=True, max_open=True), help="Its phase angle, deg.")
@click.option("--spin", type=Number(1.0, 60.0), help="Its spin, deg/s.")
@click.option("--start-offset-ms", type=Number(-10_000.0, 10_000.0), help="True start minus label, ms.")
@click.option("--methane", is_flag=True, help="Through the METHANE filter alone.")
@seed_option
@basemap_options("In place of the built-in Io.")
@click.option(
    "--changes",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Deposits, mountains and plumes to put on Io, a TOML file.",
)
@write_kernels_option("of what was simulated.")
@click.option("--truth", is_flag=True, help="Also write what is true of the picture, as JSON.")
@out_option("the pictures.", default="simulated")
@overwrite_option
@quiet_option
def command(
    perijove: int | None,
    range_km: float | None,
    phase: float | None,
    spin: float | None,
    start_offset_ms: float | None,
    methane: bool,
    seed: int,
    basemap: Path | None,
    basemap_left_lon: float,
    changes: Path | None,
    write_kernels: bool,
    truth: bool,
    out: Path,
) -> None:
    """Render raw JunoCam pictures of Io: PNG and JSON as on the mission's site, but simulated.

    Either the six pictures of PERIJOVE 57, or one picture of which you choose what you like.
    """
    put_on = NOTHING if changes is None else changes_from(read_toml(changes), changes.name)
    if perijove is not None:
        if perijove != 57:
            raise InputError(f"PJ{perijove}: only perijove 57 can be simulated; leave it out for one picture")
        if chosen := given(*_OF_ONE):
            raise InputError(f"{', '.join(chosen)}: not with a perijove, whose pictures are fixed; leave one out")
        scenarios = perijove_57_scenarios()
    else:
        scenarios = [
            random_scenario(
                seed,
                range_km=range_km,
                phase_deg=phase,
                spin_deg_s=spin,
                start_offset_s=None if start_offset_ms is None else 1e-3 * start_offset_ms,
                filters=("METHANE",) if methane else ("BLUE", "GREEN", "RED"),
            )
        ]
    paths = simulate_to_files(
        scenarios,
        out=out,
        basemap=basemap,
        basemap_left_lon=basemap_left_lon,
        seed=seed,
        kernels=write_kernels,
        truth=truth,
        changes=put_on,
    )
    for path in paths:
        click.echo(path)
