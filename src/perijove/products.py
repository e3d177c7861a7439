"""The files of a processed picture: what is drawn, what is written, under which names."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import numpy as np

from perijove import __version__
from perijove.export.atomic import ProductSet
from perijove.export.geojson import feature_collection, footprint_feature, write_geojson
from perijove.export.picture_rasters import raster_tags, write_rasters
from perijove.export.png import display_rgba
from perijove.export.product_json import write_product_json
from perijove.export.rasters.archives import FORMATS, check_format
from perijove.figures.artist import Artist
from perijove.figures.drawing import Drawing, LimbDrawing, MapDrawing, PanelsDrawing
from perijove.figures.named_places import named_places
from perijove.figures.picture import LimbFramelet, MapPicture, PictureFacts
from perijove.formats.image import PictureLabel, RawImage
from perijove.formats.sources import source_file
from perijove.geometry.limb import limb_ellipse
from perijove.geometry.projections import MapGrid
from perijove.junocam.geometry import geometry_of, mid_time_tdb
from perijove.junocam.locate import Location
from perijove.junocam.map_grid import Options
from perijove.junocam.processing import Processed
from perijove.junocam.report import has_surface, is_simulated
from perijove.physics.stretch import Stretch, chosen_stretch
from perijove.scene.backplane_registry import ground_resolution_km
from perijove.scene.footprints import framelet_footprints
from perijove.scene.mapping import MapResult
from perijove.timescales import tdb_to_utc

__all__ = [
    "ProductWriter",
    "are_complete",
    "limb_drawing",
    "panels_drawing",
    "picture_drawing",
    "picture_facts",
    "product_names",
    "source_line",
    "summary",
    "view_drawing",
]

_SUFFIXES = {
    "json": ".json",
    "color": "-color.png",
    "map": "-map.tif",
    "backplanes": "-backplanes.tif",
    "quality": "-quality.tif",
    "nightside": "-nightside.tif",
    "nightside_color": "-nightside.png",
    "quicklook": "-quicklook.png",
    "view": "-view.png",
    "panels": "-panels.png",
    "limb": "-limb.png",
    "footprints": "-footprints.geojson",
    "map_style": "-map.qml",
    "backplanes_style": "-backplanes.qml",
    "quality_style": "-quality.qml",
    "nightside_style": "-nightside.qml",
}
_RASTER = ".tif"
_FIGURES = ("view", "quicklook", "panels", "limb")
_MORE_FIGURES = _FIGURES[2:]
_QUICK = ("json", "color", "map")
_FIGURE_PX = 1400  # across a figure; more of a picture it cannot show


def product_names(
    raw: PictureLabel, *, all_figures: bool = True, quick: bool = False, raster_format: str = "geotiff"
) -> dict[str, str]:
    """File names of a picture's products by role.

    Without `all_figures` the map and the view are drawn alone; `quick` leaves the plain picture, the map and the JSON.
    A raster whose `raster_format` has two files has the second as role ``..._data``.

    Raises
    ------
    InputError
        Where the format is not known, or cannot be written here.
    """
    check_format(raster_format)
    names: dict[str, str] = {}
    for role in _QUICK if quick else [role for role in _SUFFIXES if all_figures or role not in _MORE_FIGURES]:
        stem = raw.product_id + _SUFFIXES[role].removesuffix(_RASTER)
        ends = FORMATS[raster_format].suffixes if _SUFFIXES[role].endswith(_RASTER) else ("",)
        names |= {role + more: stem + end for more, end in zip(("", "_data"), ends, strict=False)}
    return names


def are_complete(
    folder: Path, names: Mapping[str, str], *, parameters: Mapping[str, object], inputs: Iterable[Path]
) -> bool:
    """Whether a picture's products all stand there, made by this version from the same inputs in the same way.

    Parameters
    ----------
    folder : Path
    names : mapping
        File names by role (`product_names`).
    parameters : mapping
        What would be chosen (`perijove.picture.parameters_of`).
    inputs : iterable of Path
        Files, and folders with files, that a run could read.

    Notes
    -----
    Each input that the record names has to be among `inputs`, with the same hash.
    """
    try:
        record = json.loads((folder / names["json"]).read_text(encoding="utf-8"))
        origin = record["provenance"]
        made = {each["name"]: each["sha256"] for each in origin["inputs"]}
        same = (
            origin["software"] == f"perijove {__version__}"
            and origin["parameters"] == json.loads(json.dumps(parameters))
            and record["products"] == list(names.values())
            and all((folder / name).is_file() for name in names.values())
        )
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not ours
        return False
    if not same:
        return False
    found = {
        path.name: path
        for place in inputs
        for path in (place.rglob("*") if place.is_dir() else (place,))
        if path.name in made and path.is_file()
    }
    return all(name in found and source_file(found[name]).sha256 == made[name] for name in made)


def source_line(raw: RawImage) -> str:
    """Whose data, and what processed them."""
    if is_simulated(raw):
        surface = raw.label.get("SIMULATED_SURFACE", "made up")
        return (
            f"SIMULATED picture, not a photograph; Io's looks: {surface}; simulated and processed with "
            f"Perijove {__version__}"
        )
    use = "" if has_surface(raw.target) else "; to check the camera, not a map of a surface"
    return f"Image data: NASA/JPL-Caltech/SwRI/MSSS; processed with Perijove {__version__}{use}"


def picture_facts(raw: RawImage, location: Location) -> PictureFacts:
    """What figures print beside a picture."""
    tdb = mid_time_tdb(location)
    geometry, camera = geometry_of(location.shot, tdb), location.cameras[0]
    return PictureFacts(
        product_id=raw.product_id,
        target=raw.target.title(),
        mid_time_utc=tdb_to_utc(tdb),
        range_km=geometry["range_km"],
        phase_deg=geometry["phase_deg"],
        subsolar_deg=(geometry["sun_direction_lat_deg"], geometry["sun_direction_lon_east_deg"]),
        sub_spacecraft_deg=(geometry["spacecraft_direction_lat_deg"], geometry["spacecraft_direction_lon_east_deg"]),
        source=source_line(raw) + _doubt(location),
        camera_pixel_km=geometry["range_km"] * camera.summing / camera.focal_length_px,
        longitudes=location.orientation.body.longitudes,
    )


def _limb_framelets(done: Processed) -> list[LimbFramelet]:
    location, shot = done.location, done.location.shot
    rows: list[LimbFramelet] = []
    for index in np.flatnonzero(location.in_view).tolist():
        ellipse = limb_ellipse(shot.pose(index).position_km, radii_km=shot.radii_km)
        limb = ellipse.points_km(np.linspace(0.0, 360.0, 721))
        here = location.solution.edges.framelet == index
        rows.append(
            LimbFramelet(
                index=index,
                filter_name=done.image.raw.filters[index],
                values=done.image.radiance_factor[index],
                limb_xy=shot.xy(index, limb),
                points_xy=location.solution.edges.xy[here],
                azimuth_deg=location.solution.edges.azimuth_deg[here],
                residual_px=location.solution.residual_px[here],
                used=location.solution.kept[here],
            )
        )
    return rows


def _coarse_step(grid: MapGrid) -> int:
    """How many pixels along a side a figure cannot show apart."""
    return max(1, max(grid.shape) // _FIGURE_PX)


def _coarse(result: MapResult) -> tuple[np.ndarray, MapGrid]:
    """Means of the radiance factor over as many pixels as a figure cannot show apart, and their grid."""
    grid, step = result.grid, _coarse_step(result.grid)
    if step == 1:
        return result.values, grid
    shape = (grid.shape[0] // step, grid.shape[1] // step)
    total, count = (np.zeros((len(result.values), *shape), dtype=np.float32) for _ in range(2))
    for i in range(step):
        for j in range(step):
            part = result.values[:, i::step, j::step][:, : shape[0], : shape[1]]
            known = np.isfinite(part)
            np.add(total, part, out=total, where=known)
            count += known
    means = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0.0)
    return means, replace(grid, shape=shape, resolution_km=grid.resolution_km * step)


def picture_drawing(raw: RawImage, location: Location, result: MapResult, options: Options) -> MapDrawing:
    """Annotated map, corrected by the law of the options."""
    return MapDrawing(_map_picture(raw, location, result, options), named_places(raw.target, volcanoes_first=False))


def view_drawing(raw: RawImage, location: Location, seen: MapResult, options: Options) -> MapDrawing:
    """Annotated view from Juno's place, which no law corrects."""
    return picture_drawing(raw, location, seen, replace(options, photometry="none"))


def _map_picture(raw: RawImage, location: Location, result: MapResult, options: Options) -> MapPicture:
    values, grid = _coarse(result)
    stretch = _stretch(result, options)
    facts = replace(picture_facts(raw, location), photometry=options.photometry, stretch=str(stretch))
    return MapPicture(display_rgba(values, stretch), grid, facts, result.grid)


def _stretch(result: MapResult, options: Options) -> Stretch:
    return chosen_stretch(result.values, options.stretch, options.white_balance)


def panels_drawing(done: Processed) -> PanelsDrawing:
    """Map beside its incidence, emission, resolution on the ground and standard error."""
    planes = {name: done.map.backplanes[name] for name in ("incidence", "emission")}
    planes["ground_resolution"] = ground_resolution_km(done.map.backplanes)
    planes[f"sigma_{done.bands[0].lower()}"] = done.map.sigma[0]
    picture = _map_picture(done.image.raw, done.location, done.map, done.options)
    step = _coarse_step(done.map.grid)
    rows, columns = picture.grid.shape
    middle = {name: plane[step // 2 :: step, step // 2 :: step][:rows, :columns] for name, plane in planes.items()}
    return PanelsDrawing(picture, middle)


def limb_drawing(done: Processed) -> LimbDrawing:
    """Framelets with the fitted limb, and residuals."""
    solution, raw = done.location.solution, done.image.raw
    return LimbDrawing(
        _limb_framelets(done),
        title=f"{raw.product_id}: limb of {raw.target.title()}",
        facts=f"{int(solution.kept.sum())} points, {solution.rms_px:.2f} px rms",
        source=source_line(raw) + _doubt(done.location),
    )


def _doubt(location: Location) -> str:
    """What figures say where the limb fit is doubtful."""
    return "; POSES DOUBTFUL, see the warnings in its JSON" if location.verdict.doubts else ""


def _text(raw: RawImage, stretch: Stretch | None = None) -> dict[str, str]:
    """Text chunks of a picture."""
    text = {"Title": raw.product_id, "Source": source_line(raw)}
    return text if stretch is None else text | {"Stretch": str(stretch)}


class ProductWriter:
    """Writes all files of a picture, or none.

    As a context around the processing: figures are drawn, apart if the artist is, and rasters written as soon as what
    they show stands; on leaving without an error all files appear under their names.
    """

    def __init__(
        self, raw: RawImage, folder: Path, *, names: Mapping[str, str], overwrite: bool, artist: Artist
    ) -> None:
        self._raw, self._names, self._artist = raw, names, artist
        self._products = ProductSet(folder, overwrite=overwrite)
        self._pool = ThreadPoolExecutor(1)
        self._pending: list[Future[None]] = []
        self._footprints: dict[str, object] = {}

    def __enter__(self) -> Self:
        self._products.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # nobody may still be writing when the scratch folder goes
            for work in self._pending:
                work.cancel()
            wait(self._pending)
        self._pool.shutdown(wait=True)
        self._products.__exit__(kind, error, trace)

    def draw_view(self, location: Location, seen: MapResult, options: Options) -> None:
        """Draw the view from Juno's place."""
        if "view" in self._names:
            self._draw("view", view_drawing(self._raw, location, seen, options), _stretch(seen, options))

    def write(self, done: Processed) -> None:
        """Begin to write and draw everything but the view and the record."""
        paths = {role: self._products.path(name) for role, name in self._names.items() if role not in _FIGURES}
        if "quicklook" in self._names:
            stretch = _stretch(done.map, done.options)
            drawing = picture_drawing(self._raw, done.location, done.map, done.options)
            self._draw("quicklook", drawing, stretch)
            if "panels" in self._names:
                self._draw("panels", panels_drawing(done), stretch)
            if "limb" in self._names:
                self._draw("limb", limb_drawing(done))
        self._pending.append(self._pool.submit(self._rasters, done, paths))
        if "footprints" in self._names:
            outlines = framelet_footprints(done.location.shot)
            self._footprints = feature_collection(
                [footprint_feature(outline) for outline in outlines],
                name=self._raw.product_id,
                body=done.location.orientation.body.name,
            )

    def finish(self, record: Mapping[str, object]) -> None:
        """Wait for all that was begun, and write the record."""
        for work in self._pending:
            work.result()
        if "footprints" in self._names:
            made = cast("Mapping[str, object]", record["provenance"])
            made = {key: made[key] for key in ("software", "command", "ephemeris")}
            write_geojson(self._products.path(self._names["footprints"]), self._footprints | {"provenance": made})
        write_product_json(self._products.path(self._names["json"]), record)

    def _rasters(self, done: Processed, paths: Mapping[str, Path]) -> None:
        facts = picture_facts(self._raw, done.location)
        description = f"{facts.target} by JunoCam, {facts.product_id}, {facts.mid_time_utc}"
        tags = raster_tags(done, description=description, source=facts.source)
        write_rasters(done, paths, tags=tags, text=lambda stretch: _text(self._raw, stretch))

    def _draw(
        self, role: str, content: MapDrawing | PanelsDrawing | LimbDrawing, stretch: Stretch | None = None
    ) -> None:
        drawing = Drawing(content, self._products.path(self._names[role]), _text(self._raw, stretch))
        self._pending.append(self._artist.draw(drawing))


def summary(done: Processed, report: Mapping[str, object], folder: Path) -> str:
    """What a user wants to know at once, in a few lines."""
    geometry, fit, clock = report["geometry"], report["fit"], report["clock"]
    registration, provenance = report["registration"], report["provenance"]
    assert isinstance(geometry, dict)
    assert isinstance(fit, dict)
    assert isinstance(clock, dict)
    assert isinstance(registration, dict)
    assert isinstance(provenance, dict)
    simulated = " (SIMULATED)" if is_simulated(done.image.raw) else ""
    lat, lon = geometry["sub_spacecraft_lat_deg"], geometry["sub_spacecraft_lon_east_deg"]
    seen = done.location.in_view
    place = f"phase {geometry['phase_deg']:.1f}°, below {lat:.2f}° lat, {lon:.2f}° E"
    limb = f"limb {fit['limb_rms_px']:.2f} px rms over {fit['limb_points']} points"
    lines = [
        f"{report['product_id']}: {str(report['target']).title()}{simulated}, {str(report['mid_time_utc'])[:23]} UTC",
        f"  range {geometry['range_km']:,.0f} ± {geometry['range_km_sigma']:,.0f} km, {place}",
        f"  {int(seen.sum())} of {len(seen)} framelets see it; {limb}",
    ]
    if clock["start_offset_s"] is not None:
        offset, sigma = 1e3 * clock["start_offset_s"], 1e3 * clock["start_offset_sigma_s"]
        lines.append(f"  start offset {offset:+.1f} ± {sigma:.1f} ms")
    ground = report["map"]["position_sigma_km"]["median"]  # type: ignore[index]
    if np.isfinite(ground):
        lines.append(f"  ground positions ± {ground:.3g} km (one standard error, without relief)")
    lines.append(f"  spin {clock['spin_deg_s']:.3f} ± {clock['spin_sigma_deg_s']:.3f} deg/s")
    color_rms = registration["color_rms_px"]
    if color_rms is not None and np.isfinite(color_rms):
        lines.append(f"  colours registered to {color_rms:.2f} px rms")
    elif registration["color_shifts_px"]:
        lines.append("  colours not compared: no two of them show enough clear ground in common; fringes may be ours")
    if done.control is not None and np.isfinite(done.control.shift.x_px):
        s = done.control.shift
        lines.append(f"  base map: shift ({s.x_px:+.2f}, {s.y_px:+.2f}) map px, correlation {s.correlation:.2f}")
    if done.control is not None and done.control.settled:
        roll = f"{done.control.roll_deg:+.2f} ± {done.control.roll_sigma_deg:.2f}°"
        used = "applied" if registration["basemap_applied"] else "not applied"
        lines.append(f"  {done.control.tiles} patches on it: roll {roll}, {used}")
    lines += [f"  warning: {sentence}" for sentence in provenance["warnings"]]
    lines.append(f"  products in {folder}{'/' if not str(folder).endswith('/') else ''}")
    return "\n".join(lines)
