"""``perijove changes``: what changed on Io between two maps."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click
import numpy as np

from perijove.cli.handover import AS_JSON, as_json, new_files, overwriting, refuse_standing
from perijove.cli.option_types import BaseMapFile, Number
from perijove.cli.options import (
    basemap_left_lon_option,
    json_option,
    out_option,
    overwrite_option,
    quiet_option,
    resolution_option,
)
from perijove.cli.rules import noted
from perijove.cli.talk import QUIET, steps
from perijove.export.atomic import ProductSet
from perijove.export.geojson import write_geojson
from perijove.export.mosaics.changes import change_bands, changes_geojson, changes_record
from perijove.export.png import display_rgba
from perijove.export.rasters.geotiff import write_cog
from perijove.figures.pictures.changes import ChangePicture, change_figure
from perijove.figures.style import save_figure
from perijove.formats.base_map import read_base_map
from perijove.mosaic.changes import STATES, ChangeOptions, Changes, changes_between
from perijove.mosaic.ground_map import GroundMap, map_of_base_map, read_ground_map
from perijove.physics.stretch import chosen_stretch

__all__ = ["command"]

_NAMES = ("changes.json", "changes.geojson", "changes.tif", "changes.png")
_FIGURE = "changes-{:02d}.png"
_DEFAULT = ChangeOptions()
_MOST_FIGURES = 30
_TIFF = (".tif", ".tiff")


@click.command("changes")
@click.argument("before", type=BaseMapFile())
@click.argument("after", type=BaseMapFile())
@basemap_left_lon_option
@resolution_option()
@click.option(
    "--false-rate",
    type=Number(0.0, 1.0, min_open=True, max_open=True),
    default=_DEFAULT.false_rate,
    show_default=True,
    help="False detections that a comparison may have, were errors normal.",
)
@click.option(
    "--least-contrast",
    type=Number(0.0, 1.0, max_open=True),
    default=_DEFAULT.least_contrast,
    show_default=True,
    help="Relative change below which nothing is reported.",
)
@out_option("JSON, GeoJSON, GeoTIFF and figures.", default="changes")
@overwrite_option
@json_option
@quiet_option
def command(
    before: Path,
    after: Path,
    basemap_left_lon: float,
    resolution: float | None,
    false_rate: float,
    least_contrast: float,
    out: Path,
) -> None:
    """What changed on Io between two maps, and what could not be compared.

    BEFORE and AFTER are each the -map.tif of a picture or of a mosaic, or a global base map: a file (JPEG, PNG), or
    io-map or io-map-grey, see perijove fetch.
    """
    options = ChangeOptions(resolution_km=resolution, false_rate=false_rate, least_contrast=least_contrast)
    refuse_standing(out, _NAMES)
    with steps("changes") as tell:
        tell("reading")
        first, second = (_read(path, basemap_left_lon) for path in (before, after))
        found = changes_between(first, second, options, progress=tell)
        record = changes_record(found, _volcanoes(tell))
        tell("writing")
        text = as_json(record)
        with new_files(out) as products:
            _write(products, found, record, text)
        if overwriting():
            _remove_figures(out, beyond=len(found.regions))
    if noted(AS_JSON):
        click.echo(text, nl=False)
    elif not noted(QUIET):
        click.echo("\n".join(_lines(found, record, out)), err=True)


def _read(path: Path, left_lon_east_deg: float) -> GroundMap:
    if path.suffix.lower() in _TIFF:
        return read_ground_map(path)
    return map_of_base_map(read_base_map(path, left_lon_east_deg=left_lon_east_deg), name=path.stem)


def _volcanoes(tell: Callable[[str], None]) -> list[dict[str, Any]] | None:
    """Sources of the catalogue; None where it is not built and its tables are not at hand."""
    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.errors import InputError

    try:
        with catalogue_at_hand(tell) as catalogue:
            return catalogue.sources()
    except InputError:
        return None


def _write(products: ProductSet, found: Changes, record: Mapping[str, object], text: str) -> None:
    """JSON, GeoJSON, GeoTIFF, the figure of all and one of each region."""
    regions = cast("list[dict[str, Any]]", record["regions"])
    products.path(_NAMES[0]).write_text(text, encoding="utf-8")
    made = {"provenance": json.loads(text)["provenance"]}
    write_geojson(products.path(_NAMES[1]), changes_geojson(found, regions) | made)
    grid = found.grid
    write_cog(
        products.path(_NAMES[2]),
        change_bands(found),
        crs=grid.crs_wkt,
        transform=grid.transform_m,
        tags={"BEFORE": found.before.name, "AFTER": found.after.name},
    )
    picture, names = (
        _picture(found),
        {"before": _called(found.before, "before"), "after": _called(found.after, "after")},
    )
    least = 100.0 * found.options.least_contrast
    facts = [
        f"{_counted(regions)} beyond {found.threshold:.1f} sigma, {least:.0f} %; {grid.resolution_km:.3g} km/pixel",
        f"compared {_area(found, 'no change', 'changed')}, could not be compared {_area(found, 'not comparable')}",
    ]
    source = "; ".join(dict.fromkeys([found.before.name, found.after.name]))
    simulated = "   SIMULATED" if found.before.is_simulated or found.after.is_simulated else ""
    title = f"Io: what changed{simulated}"
    save_figure(change_figure(picture, title=title, facts=facts, names=names, source=source), products.path(_NAMES[3]))
    for k, region in enumerate(regions[:_MOST_FIGURES]):
        near = region["nearest_feature"]
        place = f"{region['lat_deg']:.2f}° lat, {region['lon_east_deg']:.2f}° E"
        lines = [
            f"{place}; {near['distance_km']:.0f} km from {near['name']}",
            f"{region['area_km2']:,.0f} ± {region['area_sigma_km2']:,.0f} km²; "
            + ", ".join(
                f"{band} {100 * c:+.0f} ± {100 * region['contrast_sigma'][band]:.0f} %"
                for band, c in region["contrast"].items()
            ),
        ]
        figure = change_figure(
            picture, title=f"Change {k + 1}{simulated}", facts=lines, names=names, source=source, about=k
        )
        save_figure(figure, products.path(_FIGURE.format(k + 1)))


def _remove_figures(out: Path, *, beyond: int) -> None:
    """Figures of regions that an earlier run found and this one did not."""
    number = beyond + 1
    while (stale := out / _FIGURE.format(number)).exists():
        stale.unlink()
        number += 1


def _called(one: GroundMap, when: str) -> str:
    return f"{when}: {one.name}" + ("" if one.time_utc is None else f", {one.time_utc[:16]} UTC")


def _picture(found: Changes) -> ChangePicture:
    """Both maps in the light of the first, and the mean difference of the colours."""
    before, after = (one.values for one in found.images)
    with np.errstate(invalid="ignore", over="ignore"):
        same_light = after * np.exp(-np.clip(found.light.model + found.light.level, -5.0, 5.0))
        contrast = np.expm1(found.difference.mean(axis=0))
    seen = np.isfinite(found.difference).all(axis=0)
    stretch = chosen_stretch(np.where(seen, before, np.nan))
    return ChangePicture(
        grid=found.grid,
        before=display_rgba(before, stretch),
        after=display_rgba(same_light, stretch),
        contrast=contrast,
        not_comparable=found.state == STATES.index("not comparable"),
        regions=[region.mask for region in found.regions],
    )


def _counted(regions: Sequence[object]) -> str:
    return f"{len(regions)} region" + ("" if len(regions) == 1 else "s")


def _area(found: Changes, *states: str) -> str:
    return f"{sum(found.area_km2(state) for state in states) / 1e6:.3g} million km²"


def _lines(found: Changes, record: Mapping[str, object], out: Path) -> list[str]:
    """What a user wants to know at once."""
    regions = cast("list[dict[str, Any]]", record["regions"])
    shifted = found.registration
    step = found.grid.resolution_km
    lines = [
        f"{found.before.name} to {found.after.name}: {', '.join(found.bands)} at {step:.3g} km",
        f"  compared {_area(found, 'no change', 'changed')}; could not be compared {_area(found, 'not comparable')}",
        f"  registered by {shifted.patches} of {shifted.compared} patches, {step * shifted.rms_px:.2g} km rms"
        if shifted.settled
        else f"  warning: {shifted.patches} of {shifted.compared} patches agree, too few to register the maps: edges "
        "may pass for changes. Are a base map's longitudes right (--basemap-left-lon)?",
        f"  {_counted(regions)} beyond {found.threshold:.1f} standard errors",
    ]
    for region in regions:
        near, fire = region["nearest_feature"], region["nearest_volcano"]
        colors = ", ".join(
            f"{band} {100 * c:+.0f} ± {100 * region['contrast_sigma'][band]:.0f} %"
            for band, c in region["contrast"].items()
        )
        lines.append(
            f"  {region['number']}: {region['lat_deg']:.2f}° lat, {region['lon_east_deg']:.2f}° E, "
            f"{region['area_km2']:,.0f} ± {region['area_sigma_km2']:,.0f} km², {colors}; "
            f"{near['distance_km']:.0f} km from {near['name']}"
            + ("" if fire is None else f", {fire['distance_km']:.0f} km from thermal source {fire['name']}")
            + ("; cut off, may be larger" if region["cut_off"] else "")
        )
    return [*lines, f"  products in {out}/"]
