"""``perijove mosaic``: many raw pictures to one map."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from perijove.adjustment.adjust import adjust
from perijove.archive.control_file import read_control
from perijove.archive.gathering import LeftOut, gathered, located_one_by_one
from perijove.cli.handover import AS_JSON, overwriting
from perijove.cli.option_types import Number
from perijove.cli.options import (
    control_option,
    json_option,
    kernels_option,
    out_option,
    overwrite_option,
    photometry_option,
    projection_option,
    quiet_option,
    resolution_option,
    scheduler_option,
    threads_option,
)
from perijove.cli.rules import not_with, noted, only_one_of, typed_command
from perijove.cli.stopping import stop_if_asked
from perijove.cli.talk import QUIET, steps
from perijove.errors import InputError
from perijove.export.answer import json_text
from perijove.export.mosaics.record import mosaic_lines
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.mosaic.choices import PROJECTION_CHOICES, MosaicOptions
from perijove.mosaic.tiles import CHOICES, LAWS
from perijove.mosaics import Contribution, Mosaic, contribution_of, default_name, of_one_kind

__all__ = ["command"]


@click.command("mosaic")
@click.argument("raws", metavar="RAW", nargs=-1, required=True, type=click.Path(path_type=Path))
@kernels_option("Trajectory and attitude of Juno.")
@projection_option(PROJECTION_CHOICES, default="equirectangular")
@resolution_option(default=2.0)
@click.option(
    "--region",
    type=(Number(-90.0, 90.0), Number(-360.0, 360.0), Number(-90.0, 90.0), Number(-360.0, 360.0)),
    metavar="LAT LON LAT LON",
    help="Map this region alone: its south-west, then its north-east corner, deg east.",
)
@photometry_option(list(LAWS), "Its parameters are fitted to the pictures.")
@click.option(
    "--by",
    type=click.Choice(list(CHOICES)),
    default="blend",
    show_default=True,
    help="Blend of all looks, or the one of finest resolution, least emission or phase angle or error, or latest.",
)
@control_option
@click.option("--separate", is_flag=True, help="Poses by each picture's own limb, not adjusted together.")
@click.option("--night", is_flag=True, help="The night side, which Jupiter lights, in place of the day side.")
@threads_option
@scheduler_option
@out_option("the products.", default="out")
@overwrite_option
@json_option
@quiet_option
@only_one_of("--control", "--separate")
@not_with("--night", "--photometry", why="no law of sunlight holds there")
def command(
    raws: tuple[Path, ...],
    kernels: Path | None,
    projection: str,
    resolution: float,
    region: tuple[float, float, float, float] | None,
    photometry: str,
    by: str,
    control: Path | None,
    separate: bool,
    night: bool,
    threads: int,
    scheduler: str | None,
    out: Path,
) -> None:
    """Blend raw JunoCam pictures of Io into one map with error bars.

    RAW is a mission-site -raw.png or an archive .IMG or .LBL, or a folder with such files. What cannot be used is named
    and left out; the poses of the others are adjusted together. Pictures through METHANE make a mosaic where none has
    colours. A run that is stopped goes on where it was when the same is asked for again.
    """
    options = MosaicOptions(projection, resolution, region, photometry, by, night)
    found = gathered(raws, target="IO")
    left_out: list[LeftOut] = list(found.left_out)
    pictures: list[Contribution] = []
    with steps("mosaic") as tell:
        attitude = None
        if kernels is not None:
            from perijove.ephemeris.spice.kernels import Kernels  # SPICE takes 0.2 s to load

            attitude = Kernels(kernels)
        poses_of = read_control(control) if control is not None else None
        each = located_one_by_one(found.pictures, kernels=attitude, control=poses_of, left_out=left_out, progress=tell)
        located = _noting(each, pictures)
        poses = "each picture's own limb" if control is None else f"control {control.name}"
        if separate or control is not None or len(found.pictures) < 2:
            for _ in located:
                pass
        else:
            together = adjust(located, progress=tell)
            pictures = [one.posed(place) for one, place in zip(pictures, together.locations, strict=True)]
            poses = "all pictures adjusted together"
    pictures = of_one_kind(pictures, left_out)
    if not pictures:
        raise InputError(f"none of {len(left_out)} pictures can be used; the first: {left_out[0].reason}")
    if not noted(QUIET):
        for one in left_out:
            click.echo(f"left out: {one.reason}", err=True)
    with _bar() as progress:
        mosaic = Mosaic(tuple(pictures), options, default_name(pictures), tuple(left_out), typed_command(), poses)
        record = mosaic.write(out, overwrite=overwriting(), threads=threads, scheduler=scheduler, progress=progress)
    if noted(AS_JSON):
        click.echo(json_text(record))
    elif not noted(QUIET):
        click.echo("\n".join(mosaic_lines(record, out)), err=True)


def _noting(
    located: Iterator[tuple[CalibratedImage, Location]], pictures: list[Contribution]
) -> Iterator[tuple[CalibratedImage, Location]]:
    """The same pictures; what a mosaic keeps of each is added to the list on the way."""
    for image, location in located:
        pictures.append(contribution_of(image, location))
        yield image, location


@contextmanager
def _bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error for the step at work."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, quiet=noted(QUIET)), transient=True) as bars:
        task = bars.add_task("mosaic", total=1.0)

        def tell(step: str, part: float) -> None:
            stop_if_asked()
            bars.update(task, description=f"mosaic: {step}", completed=part)

        yield tell
