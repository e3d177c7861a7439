"""``perijove process``: raw pictures to their products."""

from functools import partial
from pathlib import Path

import click

from perijove.cli.handover import AS_JSON, overwriting
from perijove.cli.option_types import Number, Whole
from perijove.cli.options import (
    SOLUTION,
    basemap_options,
    control_option,
    json_option,
    kernels_option,
    metadata_option,
    out_option,
    overwrite_option,
    photometry_option,
    picture_solution_option,
    projection_option,
    quiet_option,
    resolution_option,
)
from perijove.cli.pictures.batch import process_each, raw_files
from perijove.cli.rules import needs, noted, only_one_of, typed_command
from perijove.cli.talk import QUIET, steps
from perijove.cli.wording import in_options
from perijove.export.product_json import product_text
from perijove.export.rasters.archives import FORMATS
from perijove.formats.sources import source_file
from perijove.junocam.map_grid import PROJECTION_CHOICES, Options
from perijove.physics.photometry import PHOTOMETRIC_LAWS
from perijove.picture import open_picture, parameters_of, read_calibration
from perijove.products import product_names, summary

__all__ = ["command"]


@click.command("process")
@click.argument("raws", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RAW...")
@metadata_option
@kernels_option("Trajectory and attitude of Juno.")
@basemap_options("To register to.")
@click.option("--apply-shift", is_flag=True, help="Move the map by the shift found against the base map.")
@projection_option(PROJECTION_CHOICES, default="auto")
@click.option(
    "--center-lon",
    type=Number(-360.0, 360.0),
    help="Central meridian of the map, deg east; by default one that does not cut what was seen.",
)
@click.option(
    "--bbox",
    type=(Number(-90.0, 90.0), Number(-360.0, 360.0), Number(-90.0, 90.0), Number(-360.0, 360.0)),
    metavar="LAT LON LAT LON",
    help="Map this box alone: its south-west, then its north-east corner, deg east.",
)
@resolution_option("By default 2/3 of a picture pixel.")
@photometry_option(list(PHOTOMETRIC_LAWS))
@click.option(
    "--calibration", type=click.Path(path_type=Path), help="Folder with a flat field and a dark frame (TIFF)."
)
@click.option(
    "--spin-axis",
    type=(Number(0.0, 360.0), Number(-90.0, 90.0)),
    help="RA and DEC of Juno's spin axis, ICRF, deg, where it was not on the Earth; not beside attitude kernels.",
)
@picture_solution_option
@control_option
@click.option("--figures", is_flag=True, help="Also draw the limb fit and the backplanes.")
@click.option(
    "--quick",
    is_flag=True,
    help="The plain picture, the map and the JSON alone: map pixels of a picture pixel each, colours not compared.",
)
@click.option(
    "--stretch",
    default="natural",
    show_default=True,
    metavar="natural|linear|LOW:HIGH[:linear]",
    help="What the pictures show as black and as white: I/F, as 0:0.9, or percent of the pixels, as 1%:99.5%.",
)
@click.option(
    "--white-balance",
    default="natural",
    show_default=True,
    metavar="natural|grey|R:G:B",
    help="Multipliers of the colours in the pictures; grey makes the mean of the ground grey.",
)
@click.option(
    "--depth",
    type=click.Choice(["8", "16"]),
    default="8",
    show_default=True,
    help="Bits per channel of the plain pictures.",
)
@click.option(
    "--format",
    "raster_format",
    type=click.Choice(list(FORMATS)),
    default="geotiff",
    show_default=True,
    help="Of the maps: GeoTIFF, ISIS cube, or PDS4 label and image.",
)
@click.option(
    "--processes",
    type=Whole(1, 256),
    metavar="N",
    help="Pictures at a time, where there are several; by default as many as cores and memory allow.",
)
@out_option("the products.", default="out")
@overwrite_option
@json_option
@quiet_option
@only_one_of("--figures", "--quick")
@needs("--apply-shift", "--basemap", why="the map is shifted to it")
def command(
    raws: tuple[Path, ...],
    metadata: Path | None,
    kernels: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    apply_shift: bool,
    projection: str,
    center_lon: float | None,
    bbox: tuple[float, float, float, float] | None,
    resolution: float | None,
    photometry: str,
    calibration: Path | None,
    spin_axis: tuple[float, float] | None,
    control: Path | None,
    figures: bool,
    quick: bool,
    stretch: str,
    white_balance: str,
    depth: str,
    raster_format: str,
    processes: int | None,
    out: Path,
) -> int:
    """Turn raw JunoCam pictures into located colour maps with error bars.

    RAW is a mission-site -raw.png or an archive .IMG or .LBL, or a folder with such files. Several are processed at a
    time, each as if it were alone; what is done already is skipped, and what fails does not stop the rest.
    """
    options = Options(
        projection, resolution, photometry, apply_shift, center_lon, bbox, stretch, white_balance, int(depth), quick
    )
    solution = click.get_current_context().meta.get(SOLUTION)
    if len(raws) > 1 or raws[0].is_dir():
        chosen = parameters_of(
            options,
            kernels=kernels.name if kernels is not None else None,
            base_map=basemap,
            base_map_left_lon_east_deg=basemap_left_lon,
            calibration=read_calibration(calibration) if calibration is not None else None,
            spin_axis_deg=spin_axis,
            solution=solution,
            control=source_file(control) if control is not None else None,
        )
        names = partial(product_names, all_figures=figures, quick=quick, raster_format=raster_format)
        return process_each(raw_files(raws), out=out, processes=processes, names=names, parameters=chosen)
    (raw,) = raws
    with steps(raw.name) as tell:
        picture = open_picture(
            raw,
            metadata=metadata,
            kernels=kernels,
            calibration=calibration,
            spin_axis_deg=spin_axis,
            solution=solution,
            control=control,
        )
        picture.progress, picture.apart, picture.command = tell, True, typed_command()
        mapped = picture.save(
            out,
            options,
            base_map=basemap,
            base_map_left_lon_east_deg=basemap_left_lon,
            overwrite=overwriting(),
            all_figures=figures,
            quick=quick,
            raster_format=raster_format,
        )
    if noted(AS_JSON):
        click.echo(product_text(mapped.report), nl=False)
    elif not noted(QUIET):
        click.echo(in_options(summary(mapped.done, mapped.report, out), click.get_current_context().command), err=True)
    return 0
