"""``perijove encounter``: one pass of Juno by a moon, with table, figures and files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from perijove import __version__
from perijove.cli.ephemeris_choice import known_target
from perijove.cli.option_types import Number
from perijove.cli.options import (
    basemap_options,
    body_option,
    json_option,
    kernels_option,
    out_option,
    overwrite_option,
    perijove_choice,
    quiet_option,
    solution_option,
)
from perijove.cli.passes.pass_argument import named_pass
from perijove.cli.talk import steps
from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.export.encounter_record import approach_record, b_plane_record, shadow_record
from perijove.passes.encounter_geometry import geometry_at
from perijove.passes.encounters import CloseApproach
from perijove.passes.geometry_columns import columns
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.passes.shadow_intervals import ShadowInterval, shadow_intervals

__all__ = ["command"]

_JUNO = "JUNO"
_SAMPLES = 721


@dataclass(frozen=True)
class _Encounter:
    """What was found."""

    approach: CloseApproach
    perijove: CloseApproach
    shadows: tuple[ShadowInterval, ...]
    window_tdb: tuple[float, float]
    source: Ephemeris
    source_name: str

    @property
    def stem(self) -> str:
        """Beginning of all file names."""
        return f"pj{self.approach.perijove}-{self.approach.moon.lower()}"

    def record(self) -> dict[str, Any]:
        """For JSON."""
        (geometry,) = geometry_at(self.source, [self.approach])
        return {
            **approach_record(self.approach, geometry),
            "b_plane": b_plane_record(self.approach),
            "shadows": [shadow_record(one) for one in self.shadows],
            "perijove_time_utc": self.perijove.utc,
            "perijove_time_utc_sigma_s": self.perijove.time_sigma_s,
            "perijove_altitude_km": self.perijove.altitude_km,
            "ephemeris": self.source_name,
        }

    def series(self) -> GeometrySeries:
        """Geometry about the closest approach."""
        times = np.linspace(*self.window_tdb, _SAMPLES)
        return geometry_series(self.source, self.approach.moon, times, observer=_JUNO)


@click.command("encounter")
@perijove_choice("perijove encounter PJ57")
@body_option("IO, EUROPA, GANYMEDE or CALLISTO.", default="IO")
@click.option("--hours", type=Number(0.01, 12.0), default=0.5, show_default=True, help="Reach of the files.")
@out_option("JSON, CSV, GeoJSON and figures.")
@basemap_options("Under the ground track.")
@kernels_option()
@solution_option
@json_option
@overwrite_option
@quiet_option
def command(
    perijove: int,
    body: str,
    hours: float,
    out: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    kernels: Path | None,
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Print what Juno's pass by a moon was like at PERIJOVE, such as PJ57 or 57.

    With --out also write the geometry along the pass, the ground track, and figures.
    """
    moon = known_target(body)
    if moon == "JUPITER":
        raise InputError("--body JUPITER: a perijove is no encounter with a moon; see perijove passes")
    found = _encounter(perijove, moon, hours * SECONDS_PER_HOUR, kernels)
    record = found.record()
    if out is not None:
        _write(found, record, out, basemap=basemap, left_lon=basemap_left_lon, overwrite=overwrite, quiet=quiet)
    if as_json:
        click.echo(json.dumps(record, indent=1, allow_nan=False))
    else:
        click.echo("\n".join(_lines(found, record)))


def _encounter(perijove: int, moon: str, reach_s: float, kernels: Path | None) -> _Encounter:
    """Find the closest approach to a moon in a pass, and what is about it."""
    named = named_pass(perijove, moon, kernels)
    at, (first, last) = named.approach.tdb, named.reach_tdb
    window = (max(at - reach_s, first), min(at + reach_s, last))
    half_day = (max(at - 0.5 * SECONDS_PER_DAY, first), min(at + 0.5 * SECONDS_PER_DAY, last))
    shadows = shadow_intervals(named.source, moon, *half_day)
    return _Encounter(named.approach, named.at_perijove, shadows, window, named.source, named.source_name)


# ------------------------------------------------------------------------------------------------------------- writing


def _lines(found: _Encounter, record: dict[str, Any]) -> Iterator[str]:
    """For people: all columns with errors and units, B-plane, shadows."""
    yield f"Juno by {found.approach.moon.capitalize()} at perijove {found.approach.perijove}; {found.source_name}"
    yield ""
    yield f"{'closest approach':32s}{record['time_utc']} UTC{_error(record['time_utc_sigma_s'], 's')}"
    yield f"{'perijove':32s}{found.perijove.utc} UTC{_error(found.perijove.time_sigma_s, 's')}"
    for one in columns():
        value = record[one.name]
        shown = "-" if value is None else f"{value:.10g}" if abs(value) >= 1e6 else f"{value:.4f}"
        yield f"{one.name:32s}{shown}{_error(record.get(f'{one.name}_sigma'), one.unit)}"
    plane = record["b_plane"]
    if plane is not None:
        error = _error(plane["b_t_km_sigma"], "km")
        yield f"{'B · T, B · R':32s}{plane['b_t_km']:.2f}, {plane['b_r_km']:.2f} km{error}"
        yield f"{'v_infinity_km_s':32s}{plane['v_infinity_km_s']:.4f} km/s"
    yield ""
    for shadow in found.shadows:
        what = "behind Jupiter" if shadow.kind == "occultation" else "in Jupiter's shadow"
        start, end = (shadow_record(shadow)[key] for key in ("start_utc", "end_utc"))
        before, after = ("before " if shadow.cut_before else ""), (" or later" if shadow.cut_after else "")
        yield f"{what:32s}{before}{start} to {end}{after} UTC"
    if not found.shadows:
        yield "Half a day before to half a day after, Jupiter neither hides nor shades it."


def _error(sigma: float | None, unit: str) -> str:
    text = "" if sigma is None else f" ± {sigma:.2g}"
    return f"{text} {unit}".rstrip() if text or unit not in {"", "s"} else ""


def _write(
    found: _Encounter,
    record: dict[str, Any],
    out: Path,
    *,
    basemap: Path | None,
    left_lon: float,
    overwrite: bool,
    quiet: bool,
) -> None:
    """JSON, table, ground track and figures, all or none."""
    from perijove.export.atomic import ProductSet, refuse_existing
    from perijove.export.geojson import write_geojson
    from perijove.export.geometry_table import table_csv
    from perijove.figures.named_places import named_places
    from perijove.figures.passes.ground_track import draw_ground_track
    from perijove.figures.passes.timeline import draw_timeline
    from perijove.figures.style import save_figure
    from perijove.formats.base_map import read_base_map

    names = [f"{found.stem}{end}" for end in (".json", ".csv", ".geojson", "-timeline.png", "-track.png")]
    if not overwrite:
        refuse_existing(out, names)
    base_map = read_base_map(basemap, left_lon_east_deg=left_lon) if basemap is not None else None
    source = f"Perijove {__version__}, {found.source_name}"
    with steps(found.stem, quiet=quiet) as tell, ProductSet(out, overwrite=overwrite) as products:
        json_path, csv_path, geojson_path, timeline_path, track_path = map(products.path, names)
        tell("geometry")
        series = found.series()
        json_path.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        csv_path.write_text(table_csv(series), encoding="utf-8")
        write_geojson(geojson_path, _geojson(found, series))
        tell("timeline")
        save_figure(draw_timeline(series, found.approach, source=source), timeline_path)
        tell("ground track")
        features = named_places(found.approach.moon)
        figure = draw_ground_track(series, found.approach, base_map=base_map, features=features, source=source)
        save_figure(figure, track_path)


def _geojson(found: _Encounter, series: GeometrySeries) -> dict[str, object]:
    """Ground track, sub-points at closest approach, and what was seen and lit then."""
    from perijove.export.geojson import disc_features, feature_collection, ground_track_feature, point_feature
    from perijove.passes.vantage import vantage

    approach = found.approach
    shared = {"perijove": approach.perijove, "body": approach.moon, "time_utc": approach.utc}
    at = geometry_series(found.source, approach.moon, approach.tdb)
    track = ground_track_feature(
        series.sub_spacecraft_lat_deg,
        series.sub_spacecraft_lon_east_deg,
        series.tdb,
        {"what": "ground track of Juno", **shared},
    )
    points = [
        point_feature(
            float(at.column(f"{name}_lat_deg")),
            float(at.column(f"{name}_lon_east_deg")),
            {"what": f"{name.replace('_', '-')} point at closest approach", **shared},
        )
        for name in ("sub_spacecraft", "sub_solar")
    ]
    seen = vantage(found.source, approach.moon, _JUNO, approach.tdb)
    return feature_collection([track, *points, *disc_features(seen, 0, shared)], name=found.stem, body=approach.moon)
