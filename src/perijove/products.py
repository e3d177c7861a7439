"""The files of a processed picture: what is drawn, what is written, under which names."""

from collections.abc import Mapping
from concurrent.futures import Future, wait
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from perijove import __version__
from perijove.export.atomic import ProductSet
from perijove.export.geojson import feature_collection, footprint_feature, write_geojson
from perijove.export.geotiff import Band, backplane_bands, color_bands, quality_band, write_cog
from perijove.export.png import display_rgba, write_png
from perijove.export.product_json import write_product_json
from perijove.figures.artist import Artist
from perijove.figures.drawing import Drawing, LimbDrawing, MapDrawing, PanelsDrawing
from perijove.figures.named_places import named_places
from perijove.figures.picture import LimbFramelet, MapPicture, PictureFacts
from perijove.formats.image import RawImage
from perijove.geometry.limb import limb_ellipse
from perijove.junocam.display import display_stretches, night_values
from perijove.junocam.geometry import geometry_of, mid_time_tdb
from perijove.junocam.locate import Location
from perijove.junocam.processing import Processed
from perijove.junocam.radiometry.quality import QUALITY
from perijove.junocam.report import has_surface, is_simulated
from perijove.physics.stretch import Stretch, natural_stretch
from perijove.scene.backplane_registry import ground_resolution_km
from perijove.scene.footprints import framelet_footprints
from perijove.scene.mapping import MapResult
from perijove.timescales import tdb_to_utc

__all__ = [
    "ProductWriter",
    "limb_drawing",
    "panels_drawing",
    "picture_drawing",
    "picture_facts",
    "picture_rgba",
    "product_names",
    "source_line",
    "summary",
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
}
_BRIGHTNESS = ("map", "nightside")  # a mean over pixels means something; over angles and flags it does not
_MORE_FIGURES = ("panels", "limb")
_NIGHT_NOTE = "radiance factor I/F where the Sun is more than 7 deg below the horizon"


def product_names(raw: RawImage, *, all_figures: bool = True) -> dict[str, str]:
    """File names of a picture's products by role; without `all_figures` the map and the view are drawn alone."""
    roles = [role for role in _SUFFIXES if all_figures or role not in _MORE_FIGURES]
    return {role: raw.product_id + _SUFFIXES[role] for role in roles}


def source_line(raw: RawImage) -> str:
    """Whose data, and what processed them."""
    if is_simulated(raw):
        return f"SIMULATED picture, not a photograph; simulated and processed with Perijove {__version__}"
    use = "" if has_surface(raw.target) else "; to check the camera, not a map of a surface"
    return f"Image data: NASA/JPL-Caltech/SwRI/MSSS; processed with Perijove {__version__}{use}"


def picture_facts(raw: RawImage, location: Location) -> PictureFacts:
    """What figures print beside a picture."""
    tdb = mid_time_tdb(location)
    geometry, camera = geometry_of(location.view, tdb), location.cameras[0]
    return PictureFacts(
        product_id=raw.product_id,
        target=raw.target.title(),
        mid_time_utc=tdb_to_utc(tdb),
        range_km=geometry["range_km"],
        phase_deg=geometry["phase_deg"],
        subsolar_deg=(geometry["subsolar_lat_deg"], geometry["subsolar_lon_east_deg"]),
        sub_spacecraft_deg=(geometry["sub_spacecraft_lat_deg"], geometry["sub_spacecraft_lon_east_deg"]),
        source=source_line(raw),
        camera_pixel_km=geometry["range_km"] * camera.summing / camera.focal_length_px,
    )


def picture_rgba(result: MapResult) -> np.ndarray:
    """Colours for the eye, sRGB with alpha: radiance factors are relative to sunlight, so they need no balance."""
    return display_rgba(result.values, natural_stretch(result.values))


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


def _night_bands(done: Processed) -> list[Band]:
    """Night side alone: radiance factor and its error, NaN elsewhere."""
    bands = []
    light = "; light from Jupiter" if done.image.raw.target == "IO" else ""
    for name, values, sigma in zip(done.bands, done.map.values, done.map.sigma, strict=True):
        text = f"{name}: {_NIGHT_NOTE}{light}"
        bands.append(Band(name.lower(), np.where(done.night, values, np.nan), "1", text))
        bands.append(
            Band(f"sigma_{name.lower()}", np.where(done.night, sigma, np.nan), "1", f"Standard error of {name}")
        )
    return bands


def picture_drawing(raw: RawImage, location: Location, result: MapResult) -> MapDrawing:
    """Annotated map, or view from Juno's place."""
    picture = MapPicture(picture_rgba(result), result.grid, picture_facts(raw, location))
    return MapDrawing(picture, named_places(raw.target, volcanoes_first=False))


def panels_drawing(done: Processed) -> PanelsDrawing:
    """Map beside its incidence, emission, resolution on the ground and standard error."""
    planes = {name: done.map.backplanes[name] for name in ("incidence", "emission")}
    planes["ground_resolution"] = ground_resolution_km(done.map.backplanes)
    planes[f"sigma_{done.bands[0].lower()}"] = done.map.sigma[0]
    facts = picture_facts(done.image.raw, done.location)
    return PanelsDrawing(MapPicture(picture_rgba(done.map), done.map.grid, facts), planes)


def limb_drawing(done: Processed) -> LimbDrawing:
    """Framelets with the fitted limb, and residuals."""
    solution, raw = done.location.solution, done.image.raw
    return LimbDrawing(
        _limb_framelets(done),
        title=f"{raw.product_id}: limb of {raw.target.title()}",
        facts=f"{int(solution.kept.sum())} points, {solution.rms_px:.2f} px rms",
        source=source_line(raw),
    )


def _write_rasters(done: Processed, products: ProductSet, names: Mapping[str, str]) -> None:
    """GeoTIFFs and pictures without annotation."""
    facts, grid = picture_facts(done.image.raw, done.location), done.map.grid
    tags = {
        "TIFFTAG_SOFTWARE": f"Perijove {__version__}",
        "TIFFTAG_IMAGEDESCRIPTION": f"{facts.target} by JunoCam, {facts.product_id}, {facts.mid_time_utc}",
        "TIFFTAG_COPYRIGHT": facts.source,
    }
    if grid.crs is not None:
        tags["CRS"] = grid.crs
    planes = {name: plane for name, plane in done.map.backplanes.items() if name != "frame"}
    planes["ground_resolution"] = ground_resolution_km(done.map.backplanes)
    sigma = dict(zip(done.bands, done.map.sigma, strict=True))
    quality = np.bitwise_or.reduce(done.map.quality, axis=0)
    rasters = {
        "map": color_bands(done.map.values, done.bands),
        "backplanes": backplane_bands(planes, sigma),
        "quality": [quality_band(quality, QUALITY.meanings)],
        "nightside": _night_bands(done),
    }
    stretches = display_stretches(done)
    for role, values, stretch in (
        ("color", done.seen.values, stretches["view"]),
        ("nightside_color", night_values(done), stretches["nightside"]),
    ):
        write_png(products.path(names[role]), display_rgba(values, stretch), text=_text(done.image.raw, stretch))
    for role, bands in rasters.items():
        write_cog(
            products.path(names[role]),
            bands,
            crs=grid.crs_wkt,
            transform=grid.transform_m,
            tags=tags,
            overviews="average" if role in _BRIGHTNESS else "nearest",
        )


def _write_footprints(product_id: str, location: Location, path: Path) -> None:
    """Outlines on the ground of what the framelets show."""
    body = location.orientation.body
    features = [footprint_feature(outline) for outline in framelet_footprints(location.shot)]
    write_geojson(path, feature_collection(features, name=product_id, body=body.name))


def _text(raw: RawImage, stretch: Stretch | None = None) -> dict[str, str]:
    """Text chunks of a picture."""
    text = {"Title": raw.product_id, "Source": source_line(raw)}
    return text if stretch is None else text | {"Stretch": str(stretch)}


class ProductWriter:
    """Writes all files of a picture, or none.

    As a context around the processing: figures are drawn, apart if the artist is, as soon as what they show stands;
    on leaving without an error all files appear under their names.
    """

    def __init__(
        self, raw: RawImage, folder: Path, *, names: Mapping[str, str], overwrite: bool, artist: Artist
    ) -> None:
        self._raw, self._names, self._artist = raw, names, artist
        self._products = ProductSet(folder, overwrite=overwrite)
        self._figures: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._products.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # nobody may still be writing when the scratch folder goes
            for figure in self._figures:
                figure.cancel()
            wait(self._figures)
        self._products.__exit__(kind, error, trace)

    def draw_view(self, location: Location, seen: MapResult) -> None:
        """Draw the view from Juno's place."""
        self._draw("view", picture_drawing(self._raw, location, seen), natural_stretch(seen.values))

    def write(self, done: Processed, report: Mapping[str, object]) -> None:
        """Write and draw everything else."""
        stretch = natural_stretch(done.map.values)
        self._draw("quicklook", picture_drawing(self._raw, done.location, done.map), stretch)
        if "panels" in self._names:
            self._draw("panels", panels_drawing(done), stretch)
        if "limb" in self._names:
            self._draw("limb", limb_drawing(done))
        _write_rasters(done, self._products, self._names)
        _write_footprints(self._raw.product_id, done.location, self._products.path(self._names["footprints"]))
        for figure in self._figures:
            figure.result()
        write_product_json(self._products.path(self._names["json"]), report)

    def _draw(
        self, role: str, content: MapDrawing | PanelsDrawing | LimbDrawing, stretch: Stretch | None = None
    ) -> None:
        drawing = Drawing(content, self._products.path(self._names[role]), _text(self._raw, stretch))
        self._figures.append(self._artist.draw(drawing))


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
    lines.append(f"  spin {clock['spin_deg_s']:.3f} ± {clock['spin_sigma_deg_s']:.3f} deg/s")
    if np.isfinite(done.color_rms_px):
        lines.append(f"  colours registered to {done.color_rms_px:.2f} px rms")
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
