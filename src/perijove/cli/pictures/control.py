"""``perijove control``: many raw pictures adjusted together."""

from pathlib import Path

import click

from perijove.archive.gathering import LeftOut, gathered, located_one_by_one
from perijove.cli.handover import AS_JSON, as_json, new_files, overwriting, refuse_standing
from perijove.cli.options import (
    SOLUTION,
    basemap_options,
    json_option,
    kernels_option,
    out_option,
    overwrite_option,
    picture_solution_option,
    quiet_option,
    write_kernels_option,
)
from perijove.cli.rules import noted
from perijove.cli.talk import QUIET, steps

__all__ = ["command"]


@click.command("control")
@click.argument("raws", metavar="RAW", nargs=-1, required=True, type=click.Path(path_type=Path))
@kernels_option("Trajectory and attitude of Juno.")
@picture_solution_option
@basemap_options("To tie all pictures to.")
@write_kernels_option("of each pass, as adjusted.")
@out_option("the control (JSON), a figure and the kernels.", default="out")
@overwrite_option
@json_option
@quiet_option
def command(
    raws: tuple[Path, ...],
    kernels: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    write_kernels: bool,
    out: Path,
) -> None:
    """Adjust raw JunoCam pictures of Io together: poses by limbs and by ground that several of them show.

    RAW is a mission-site -raw.png or an archive .IMG or .LBL, or a folder with such files; pictures of several passes
    may come together. What cannot be used is named and left out. `perijove process --control` uses the poses.
    """
    from perijove.adjustment.adjust import adjust
    from perijove.export.controls.kernels import write_control_kernels
    from perijove.export.controls.record import control_lines, control_record
    from perijove.figures.pictures.control import control_drawing, control_figure
    from perijove.figures.style import save_figure
    from perijove.formats.base_map import read_base_map

    found = gathered(raws, target="IO")
    name = "control_" + "_".join("unknown" if orbit is None else f"PJ{orbit}" for orbit in found.passes)
    files = [f"{name}.json", f"{name}.png"]
    refuse_standing(out, [*files, *([f"{name}_kernels"] if write_kernels else [])])
    left_out: list[LeftOut] = list(found.left_out)
    solution = click.get_current_context().meta.get(SOLUTION)
    with steps("control") as tell:
        attitude, base_map = None, None
        if kernels is not None:
            from perijove.ephemeris.spice.kernels import Kernels  # SPICE takes 0.2 s to load

            attitude = Kernels(kernels)
        if basemap is not None:
            tell("reading the base map")
            base_map = read_base_map(basemap, left_lon_east_deg=basemap_left_lon)
        pictures = located_one_by_one(
            found.pictures, kernels=attitude, solution=solution, left_out=left_out, progress=tell
        )
        adjusted = adjust(pictures, base_map=base_map, progress=tell)
        tell("writing")
        record = control_record(adjusted, left_out=left_out)
        text = as_json(record)
        with new_files(out) as products:
            products.path(files[0]).write_text(text, encoding="utf-8")
            save_figure(control_figure(control_drawing(adjusted)), products.path(files[1]))
        if write_kernels:
            write_control_kernels(adjusted, out / f"{name}_kernels", overwrite=overwriting())
    if noted(AS_JSON):
        click.echo(text, nl=False)
    elif not noted(QUIET):
        click.echo("\n".join([*control_lines(adjusted, left_out=left_out), f"written: {out / files[0]}"]), err=True)
