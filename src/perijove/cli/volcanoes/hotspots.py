"""``perijove hotspots``: Io's volcanoes in frames of JIRAM, with power, place and their errors."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.options import csv_option, json_option, kernels_option, out_option, overwrite_option, quiet_option
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps

if TYPE_CHECKING:
    from perijove.jiram.pointing import KnownPlaces

__all__ = ["command"]

_JSON, _CSV, _GEOJSON = "hotspots.json", "hotspots.csv", "hotspots.geojson"
_PLACE = ("lat_deg", "lon_east_deg", "position_sigma_km")


@click.command("hotspots")
@click.argument("frames", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FRAME...")
@click.option(
    "--emission",
    "emission_law",
    type=click.Choice(["lambert", "none"]),
    default="lambert",
    show_default=True,
    help="How a volcano's light is taken to depend on emission: a flat lambert surface, or none at all.",
)
@kernels_option("Attitude of Juno with its clock; trajectories, where they hold them.")
@out_option("JSON, table (CSV), places (GeoJSON) and a figure of each frame (PNG).")
@json_option
@csv_option
@overwrite_option
@quiet_option
def command(frames: tuple[Path, ...], emission_law: str, kernels: Path | None, out: Path | None) -> None:
    """Measure Io's volcanoes in JIRAM's imager frames: place, power per um with its error, lower limits, temperature.

    FRAME is an .IMG with its label beside it, the .LBL, or the PDS4 .xml; frames of one pass are joined. Without
    --kernels Juno's path is built in and the frame tells where it looked: limb, lit disc and known volcanoes.
    """
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.export.geojson import geojson_text
    from perijove.export.volcanoes.hot_spots import hot_spot_csv, hot_spot_geojson, hot_spot_lines, hot_spot_record
    from perijove.formats.jiram import read_jiram
    from perijove.jiram.survey import surveyed

    with steps("hotspots") as tell:
        tell("reading")
        read = list({frame.product_id: frame for frame in map(read_jiram, frames)}.values())  # given twice: once
        names = {frame.product_id: f"{frame.product_id}-hotspots.png" for frame in read}
        refuse_standing(out, (_JSON, _CSV, _GEOJSON, *names.values()))
        kernel_set = Kernels(kernels) if kernels is not None else None
        places = _places(tell)
        survey = surveyed(read, kernel_set, places=places, emission_law=emission_law, tell=tell)
        record = hot_spot_record(survey.frames, survey.found, survey.limits, emission_law=emission_law)
        ephemeris = survey.frames[0].pointing.known.sources["position"]
        if out is not None:
            from perijove.export.answer import SOFTWARE, provenance
            from perijove.figures.style import save_figure
            from perijove.figures.volcanoes.hot_spot_frame import hot_spot_frame

            tell("writing")
            with new_files(out) as products:
                products.path(_JSON).write_text(as_json(record, ephemeris=ephemeris), encoding="utf-8")
                products.path(_CSV).write_text(hot_spot_csv(survey.found), encoding="utf-8")
                layer = hot_spot_geojson(survey.found)
                layer["provenance"] = provenance(command=typed_command(), ephemeris=ephemeris)
                products.path(_GEOJSON).write_text(geojson_text(layer), encoding="utf-8")
                for measured in survey.frames:
                    figure = hot_spot_frame(measured, survey.found, source=SOFTWARE)
                    save_figure(figure, products.path(names[measured.frame.product_id]))
    text = "\n".join(hot_spot_lines(survey.frames, survey.found, survey.limits))
    hand_over(record, text, csv=lambda: hot_spot_csv(survey.found), ephemeris=ephemeris)


def _places(tell: Callable[[str], None]) -> "KnownPlaces | None":
    """Sources of the catalogue; None where it is not built and its tables are not at hand."""
    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.bodies.galilean import BODIES
    from perijove.errors import InputError
    from perijove.geometry.ellipsoid import surface_point_km
    from perijove.jiram.pointing import KnownPlaces

    try:
        with catalogue_at_hand(tell) as catalogue:
            rows = catalogue.sources()
    except InputError:
        return None
    lat, lon, sigma = (np.array([row[name] for row in rows], dtype=float) for name in _PLACE)
    points = surface_point_km(lat, lon, BODIES["IO"].radii_km)
    return KnownPlaces(tuple(str(row["source_id"]) for row in rows), points, sigma)
