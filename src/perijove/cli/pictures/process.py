"""``perijove process``: a raw picture to its products."""

from pathlib import Path

import click
import numpy as np

from perijove.cli.option_types import Number
from perijove.cli.options import (
    basemap_options,
    json_option,
    kernels_option,
    metadata_option,
    out_option,
    overwrite_option,
    quiet_option,
)
from perijove.cli.rules import needs, not_with
from perijove.cli.talk import steps
from perijove.ephemeris.spice.kernels import Kernels
from perijove.export.atomic import refuse_existing
from perijove.export.product_json import product_text
from perijove.figures.artist import Artist
from perijove.formats.base_map import read_base_map
from perijove.formats.open import read
from perijove.junocam.processing import PROJECTION_CHOICES, Options, Processed, process
from perijove.junocam.report import product
from perijove.physics.photometry import PHOTOMETRIC_LAWS
from perijove.picture import Calibration, parameters_of, read_calibration
from perijove.products import ProductWriter, product_names, summary

__all__ = ["command", "process_file"]


def process_file(
    raw_path: Path,
    *,
    out: Path,
    metadata: Path | None = None,
    kernels: Path | None = None,
    basemap: Path | None = None,
    basemap_left_lon: float = 0.0,
    calibration: Path | None = None,
    spin_axis_deg: tuple[float, float] | None = None,
    options: Options | None = None,
    overwrite: bool = False,
    quiet: bool = True,
    all_figures: bool = True,
    apart: bool = False,
) -> tuple[Processed, dict[str, object]]:
    """Process one file and write its products; `apart` draws the figures in a second process."""
    options = options or Options()
    raw = read(raw_path, metadata=metadata)
    names = product_names(raw, all_figures=all_figures)
    if not overwrite:
        refuse_existing(out, names.values())
    base_map = read_base_map(basemap, left_lon_east_deg=basemap_left_lon) if basemap is not None else None
    pool = Kernels(kernels) if kernels is not None else None
    frames = read_calibration(calibration) if calibration is not None else Calibration()
    with (
        steps(raw_path.name, quiet=quiet) as tell,
        Artist(apart=apart) as artist,
        ProductWriter(raw, out, names=names, overwrite=overwrite, artist=artist) as writer,
    ):
        done = process(
            raw,
            options=options,
            kernels=pool,
            base_map=base_map,
            flat=frames.flat,
            dark=frames.dark,
            spin_axis=_unit_vector(*spin_axis_deg) if spin_axis_deg is not None else None,
            progress=tell,
            on_seen=writer.draw_view,
        )
        parameters = parameters_of(
            options,
            kernels=kernels.name if kernels is not None else None,
            base_map=basemap,
            base_map_left_lon_east_deg=basemap_left_lon,
            calibration=frames,
            spin_axis_deg=spin_axis_deg,
        )
        tell("writing")
        report = product(done, files=tuple(names.values()), command=parameters)
        writer.write(done, report)
    return done, report


def _unit_vector(ra_deg: float, dec_deg: float) -> np.ndarray:
    """Direction of right ascension and declination."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


@click.command("process")
@click.argument("raw", type=click.Path(path_type=Path))
@metadata_option
@kernels_option("Trajectory and attitude of Juno.")
@basemap_options("To register to.")
@click.option("--apply-shift", is_flag=True, help="Move the map by the shift found against the base map.")
@click.option(
    "--projection", type=click.Choice(PROJECTION_CHOICES), default="auto", show_default=True, help="Of the map."
)
@click.option(
    "--resolution",
    type=Number(0.0, 2000.0, min_open=True, max_open=True),
    help="Size of a map pixel, km; by default 2/3 of a picture pixel.",
)
@click.option(
    "--photometry",
    type=click.Choice(list(PHOTOMETRIC_LAWS)),
    default="none",
    show_default=True,
    help="Law divided out of the map.",
)
@click.option(
    "--calibration", type=click.Path(path_type=Path), help="Folder with a flat field and a dark frame (TIFF)."
)
@click.option(
    "--spin-axis",
    type=(Number(0.0, 360.0), Number(-90.0, 90.0)),
    help="RA and DEC of Juno's spin axis, ICRF, deg, where it was not on the Earth; without kernels only.",
)
@click.option("--figures", is_flag=True, help="Also draw the limb fit and the backplanes.")
@out_option("the products.", default="out")
@overwrite_option
@json_option
@quiet_option
@needs("--apply-shift", "--basemap", why="the map is shifted to it")
@not_with("--spin-axis", "--kernels", why="the attitude comes from them")
def command(
    raw: Path,
    metadata: Path | None,
    kernels: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    apply_shift: bool,
    projection: str,
    resolution: float | None,
    photometry: str,
    calibration: Path | None,
    spin_axis: tuple[float, float] | None,
    figures: bool,
    out: Path,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Turn a raw JunoCam picture into a located colour map with error bars.

    RAW is a mission-site -raw.png or an archive .IMG or .LBL.
    """
    done, report = process_file(
        raw,
        out=out,
        metadata=metadata,
        kernels=kernels,
        basemap=basemap,
        basemap_left_lon=basemap_left_lon,
        calibration=calibration,
        spin_axis_deg=spin_axis,
        options=Options(projection, resolution, photometry, apply_shift),
        overwrite=overwrite,
        quiet=quiet,
        all_figures=figures,
        apart=True,
    )
    if as_json:
        click.echo(product_text(report), nl=False)
    elif not quiet:
        click.echo(summary(done, report, out), err=True)
