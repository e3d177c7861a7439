"""``perijove at``: where a place is in a picture, and what a pixel shows."""

from dataclasses import asdict
from pathlib import Path

import click

from perijove.cli.handover import hand_over
from perijove.cli.option_types import Number
from perijove.cli.options import json_option, kernels_option, metadata_option, quiet_option
from perijove.cli.rules import given
from perijove.cli.talk import steps
from perijove.errors import InputError
from perijove.export.raw_records import look_text
from perijove.picture import open_picture

__all__ = ["command"]


@click.command("at")
@click.argument("raw", type=click.Path(path_type=Path))
@click.option("--lat", type=Number(-90.0, 90.0), help="Planetocentric latitude of a place, deg.")
@click.option("--lon", type=Number(-360.0, 360.0), help="Its longitude, deg east.")
@click.option("--sample", type=Number(0.0), help="Column of a pixel of the raw file; the first has its centre at 0.5.")
@click.option("--line", type=Number(0.0), help="Its row, all framelets below each other.")
@metadata_option
@kernels_option("Trajectory and attitude of Juno.")
@json_option
@quiet_option
def command(
    raw: Path,
    lat: float | None,
    lon: float | None,
    sample: float | None,
    line: float | None,
    metadata: Path | None,
    kernels: Path | None,
) -> None:
    """Tell which framelets show a place of the ground, or what a pixel of the raw file shows.

    Give --lat and --lon, or --sample and --line (ISIS counts both from 1 at the first pixel's centre: take half off).
    The picture is located first, which takes a few seconds; poses are those of `perijove process`.

    Example: perijove at JNCE_2024362_68C00012_V01-raw.png --lat -20 --lon 105
    """
    asked = set(given("--lat", "--lon", "--sample", "--line"))
    if asked not in ({"--lat", "--lon"}, {"--sample", "--line"}):
        raise InputError("give --lat and --lon of a place, or --sample and --line of a pixel")
    with steps(raw.name) as tell:
        picture = open_picture(raw, metadata=metadata, kernels=kernels)
        picture.progress = tell
        if lat is not None and lon is not None:
            looks = picture.pixels(lat, lon)
        else:
            assert sample is not None
            assert line is not None
            looks = (picture.pixel(sample, line),)
    record = {"product_id": picture.raw.product_id, "pixels": [asdict(look) for look in looks]}
    text = "\n".join(map(look_text, looks)) if looks else "no framelet shows it"
    hand_over(record, text, ephemeris=picture.locate().orientation.sources)
