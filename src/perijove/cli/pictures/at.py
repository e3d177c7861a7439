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
from perijove.junocam.pixel_lookup import PixelLook
from perijove.picture import open_picture

__all__ = ["command"]

_SIZES = {"lat_deg": 3, "lon_east_deg": 3, "incidence_deg": 2, "emission_deg": 2, "phase_deg": 2}
_SIZES |= {
    "range_km": 1,
    "resolution_km": 3,
    "position_sigma_km": 2,
    "radiance_factor": 5,
    "sigma": 5,
    "sigma_scale": 5,
}


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
    text = "\n".join(map(_told, looks)) if looks else "no framelet shows it"
    hand_over(record, text, ephemeris=picture.locate().orientation.sources)


def _told(look: PixelLook) -> str:
    """A pixel in three lines."""
    value = {name: _words(getattr(look, name), digits) for name, digits in _SIZES.items()}
    where = (
        f"{value['lat_deg']} deg lat, {value['lon_east_deg']} deg E, +- {value['position_sigma_km']} km"
        if look.lat_deg is not None
        else "past the body"
    )
    light = (
        f"\n  incidence {value['incidence_deg']}, emission {value['emission_deg']}, phase {value['phase_deg']} deg; "
        f"{value['range_km']} km away, {value['resolution_km']} km per pixel"
        if look.lat_deg is not None
        else ""
    )
    flags = f"; {', '.join(look.flags)}" if look.flags else ""
    return (
        f"sample {look.sample:.2f}, line {look.line:.2f}: framelet {look.framelet}, frame {look.frame}, "
        f"{look.filter_name}, {look.mid_time_utc[:23]} UTC; {where}{light}\n"
        f"  I/F {value['radiance_factor']} +- {value['sigma']} +- {value['sigma_scale']} (scale){flags}"
    )


def _words(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
