"""What a user reads and sees of a picture beside its numbers: warnings, names, stretches, overviews.

Authority: law (what is said is what was done) and independent (rasterio and Pillow read the files).
"""

from dataclasses import replace
from pathlib import Path
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

from perijove.bodies.galilean import BODIES
from perijove.errors import InputError
from perijove.export.picture_record import picture_record
from perijove.export.pictures.simulated_picture import write_product
from perijove.export.png import display_rgba, stamped
from perijove.export.product_json import validate
from perijove.figures.artist import Artist
from perijove.figures.pictures.quicklook import fact_lines
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.open import read
from perijove.junocam.control.ground_control import GroundControl
from perijove.junocam.control.registration import Shift
from perijove.junocam.display import display_stretches
from perijove.junocam.map_grid import Options, map_grid
from perijove.junocam.processing import Processed
from perijove.junocam.report import warnings_of
from perijove.picture import MappedPicture, Picture
from perijove.products import ProductWriter, picture_drawing, product_names, summary
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

BANDS = {0: "RED", 1: "GREEN", 2: "BLUE"}
CHOSEN = "I/F 0.01 black, 0.6 white, colours × 1 0.9 1.3, linear"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """A simulated picture, processed."""
    picture = simulate(random_scenario(0, range_km=60_000.0, phase_deg=80.0), synthetic_base_map(width=720), seed=0)
    raw = read(write_product(picture, tmp_path_factory.mktemp("raw"))[0])
    return Picture(raw).map(resolution_km=40.0).done


def test_figures_and_record_say_what_longitudes_are_counted_in(done: Processed) -> None:
    drawing = picture_drawing(done.image.raw, done.location, done.map, done.options)
    assert drawing.picture.facts.longitudes.startswith("IAU")
    body = replace(done.location.orientation, body=BODIES["JUPITER"])
    jupiter = replace(done, location=replace(done.location, orientation=body))
    record = picture_record(jupiter, parameters={})
    assert record["map"]["longitudes"] == "System III"  # type: ignore[index]


def as_jupiter(done: Processed) -> Processed:
    """Claim that the picture shows Jupiter."""
    return replace(done, image=replace(done.image, raw=replace(done.image.raw, target="JUPITER")))


def control(done: Processed, *, settled: bool, correlation: float) -> Processed:
    """Add ground control that moved the poses by a hundredth of a degree, or none."""
    result = GroundControl(
        location=done.location,
        settled=settled,
        turn_deg=np.array([0.0, 0.0, 0.01]) if settled else np.zeros(3),
        roll_deg=0.01,
        roll_sigma_deg=0.02,
        tiles=20 if settled else 0,
        tiles_found=30,
        tiles_compared=40,
        rms_px=0.2,
        correlation=0.7,
        shift=Shift(0.3, -0.2, correlation, 5000),
    )
    base_map = BaseMap(np.zeros((2, 4, 1), dtype=np.float32), 0.0, SourceFile("map.jpg", ""))
    return replace(done, control=result, base_map=base_map, options=replace(done.options, apply_shift=True))


def reported(done: Processed) -> dict[str, dict[str, object]]:
    """The report, checked."""
    report = picture_record(done, parameters={})
    validate(report)
    return report  # type: ignore[return-value]


def test_warnings_of_the_calibration_reach_the_user(done: Processed, tmp_path: Path) -> None:
    sentence = "The flat field was not applied: it has full resolution and the picture is summed."
    warned = replace(done, image=replace(done.image, warnings=(sentence,)))
    report = reported(warned)
    assert sentence in report["provenance"]["warnings"]  # type: ignore[operator]
    assert f"  warning: {sentence}" in summary(warned, report, tmp_path)
    assert (report["radiometry"]["flat_filters"], report["radiometry"]["dark_filters"]) == ([], [])


def test_ground_that_nobody_sees_has_no_error(done: Processed, tmp_path: Path) -> None:
    """A crescent seen obliquely has no ground whose error could be told: no line, and no NaN in one."""
    report = reported(done)
    assert "ground positions ± " in summary(done, report, tmp_path)
    report["map"] |= {"position_sigma_km": {"median": np.nan, "largest": np.nan}}
    assert "ground positions" not in summary(done, report, tmp_path)


def test_colours_that_cannot_be_compared_are_told(done: Processed, tmp_path: Path) -> None:
    report = reported(done)
    told = "colours not compared"
    assert told not in summary(done, report, tmp_path)
    report["registration"] |= {"color_rms_px": np.nan, "color_shifts_px": {"RED-GREEN": [np.nan, np.nan]}}
    assert told in summary(done, report, tmp_path)
    report["registration"] |= {"color_rms_px": None, "color_shifts_px": {}}  # one filter, or quick products
    assert told not in summary(done, report, tmp_path)


@pytest.mark.slow
def test_what_was_applied_is_what_is_said(done: Processed) -> None:
    """Asked for, but not settled: nothing was applied."""
    settled, not_settled = (control(done, settled=s, correlation=0.6) for s in (True, False))
    assert reported(settled)["registration"]["basemap_applied"] is True
    assert reported(not_settled)["registration"]["basemap_applied"] is False
    assert reported(not_settled)["registration"]["basemap_turn_deg"] is None
    assert any("nothing was applied" in sentence for sentence in warnings_of(not_settled))
    assert not any("base map" in sentence for sentence in warnings_of(settled))
    other = replace(settled, location=replace(settled.location))
    assert reported(other)["registration"]["basemap_applied"] is False


def test_a_poor_correlation_is_a_warning(done: Processed) -> None:
    """Regression: 0.08 is what a base map with the wrong left edge gives."""
    assert any("by 0.08 only" in sentence for sentence in warnings_of(control(done, settled=False, correlation=0.08)))


def test_no_ground_to_compare_is_no_mismatch(done: Processed) -> None:
    """Regression: a thin crescent says nothing against the base map."""
    result = control(done, settled=False, correlation=np.nan)
    assert result.control is not None
    blind = replace(result, control=replace(result.control, tiles=0, tiles_found=0, tiles_compared=0))
    assert any("No ground is lit" in sentence for sentence in warnings_of(blind))
    assert not any("nothing was applied" in sentence for sentence in warnings_of(blind))


def test_jupiter_has_no_volcanoes_and_no_ground(done: Processed, tmp_path: Path) -> None:
    jupiter = as_jupiter(done)
    names = [f.name for f in picture_drawing(done.image.raw, done.location, done.map, done.options).features]
    assert "Loki Patera" in names
    assert not picture_drawing(jupiter.image.raw, jupiter.location, jupiter.map, jupiter.options).features
    assert not any("solid surface" in sentence for sentence in warnings_of(done))
    assert any("no solid surface" in sentence for sentence in warnings_of(jupiter))


@pytest.mark.parametrize("missing", BANDS)
def test_a_colour_that_misses_the_body_blanks_nothing(done: Processed, missing: int) -> None:
    values = done.map.values.copy()
    values[missing] = np.nan
    blind = replace(done, map=replace(done.map, values=values))
    rgba = display_rgba(blind.map.values, display_stretches(blind)["map"])
    assert ((rgba[..., 3] == 255) == np.isfinite(values).any(axis=0)).all()
    assert (rgba[..., 0] == rgba[..., 2]).all()
    assert np.percentile(rgba[..., 0][rgba[..., 3] == 255], 99) > 200
    assert display_stretches(blind)["map"].white == pytest.approx(display_stretches(done)["map"].white, rel=0.5)
    assert any(sentence.startswith(f"{BANDS[missing]} does not see") for sentence in warnings_of(blind))


@pytest.fixture(scope="module")
def files(done: Processed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The products by role, without figures of their own process."""
    folder, raw = tmp_path_factory.mktemp("out"), done.image.raw
    names = product_names(raw, all_figures=False)
    with (
        Artist(apart=False) as artist,
        ProductWriter(raw, folder, names=names, overwrite=False, artist=artist) as writer,
    ):
        writer.draw_view(done.location, done.seen, done.options)
        writer.write(done)
        writer.finish(picture_record(done, parameters={}, files=tuple(names.values())))
    return {role: folder / name for role, name in names.items()}


def test_pictures_state_their_stretch(done: Processed, files: dict[str, Path]) -> None:
    display = reported(done)["display"]
    for role, picture in (("color", "view"), ("view", "view"), ("quicklook", "map"), ("nightside_color", "nightside")):
        shown = display[picture]  # type: ignore[index]
        assert (shown["black"] > 0.0) == (picture == "nightside")  # there noise is black
        assert set(shown["balance"]) == {1.0}
        black = f"{shown['black']:.4g}" if shown["black"] else "0"
        with Image.open(files[role]) as image:
            image.load()
            ends = f"I/F {black} black, {shown['white']:.4g} white, colours as measured, sRGB"
            assert image.info["Stretch"] == ends


@pytest.mark.slow
def test_the_stretch_of_a_users_choice_is_what_is_written_and_said(done: Processed, tmp_path: Path) -> None:
    """Independent: GDAL reads the 16 bits; without transfer curve they are I/F, black to white, to half a code."""
    mapped = Picture(done.image.raw).save(
        tmp_path, resolution_km=40.0, quick=True, stretch="0.01:0.6:linear", white_balance="1:0.9:1.3", depth=16
    )
    display = mapped.report["display"]
    validate(mapped.report)
    said = {"white": 0.6, "black": 0.01, "balance": [1.0, 0.9, 1.3], "curve": "linear"}
    assert {name: display[name] for name in ("view", "map", "depth")} == {"view": said, "map": said, "depth": 16}  # type: ignore[index]
    assert display["nightside"]["curve"] == "sRGB"  # type: ignore[index]  # noise, not the day, makes its range
    path = tmp_path / f"{done.image.raw.product_id}-color.png"
    with Image.open(path) as image:
        assert image.info["Stretch"] == CHOSEN
        assert image.info["gamma"] == 1.0
    with catch_warnings():
        simplefilter("ignore", NotGeoreferencedWarning)  # a picture is no map
        with rasterio.open(path) as file:
            assert file.dtypes == ("uint16",) * 4
            codes = file.read()
    values = done.seen.values
    clear = np.isfinite(values).all(axis=0)
    clear[clear.shape[0] // 2 :] = False  # the stamp
    level = np.clip((values * np.array([1.0, 0.9, 1.3])[:, None, None] - 0.01) / 0.59, 0.0, 1.0)
    assert np.count_nonzero(clear) > 10_000
    assert np.abs(codes[:3, clear] - 65535.0 * level[:, clear]).max() < 1.0
    assert (codes[3] == 65535 * np.isfinite(values).any(axis=0))[: clear.shape[0] // 2].all()


def test_quick_looks_tell_their_stretch(done: Processed) -> None:
    options = Options(stretch="0.01:0.6:linear", white_balance="1:0.9:1.3")
    drawing = picture_drawing(done.image.raw, done.location, done.map, options)
    assert fact_lines(drawing.picture)[1].endswith(f"   ·   {CHOSEN}")


def test_a_balance_for_other_bands_is_refused_before_the_work(done: Processed, tmp_path: Path) -> None:
    picture = Picture(done.image.raw)
    with pytest.raises(InputError, match="has 1 multipliers, the picture 3 bands"):
        picture.save(tmp_path, white_balance="1")
    assert picture._located is None


@pytest.mark.parametrize("extra_ms", [-0.4, 0.4])
def test_the_delay_that_is_told_is_that_of_the_frames(done: Processed, extra_ms: float) -> None:
    """Law: frames stand apart by the delay in the record, whatever the fit adds to that of the label."""
    location = done.location
    values = location.solution.values.copy()
    values[location.solution.parameters.index("extra_delay_ms")] = extra_ms
    view = location.orientation.model.view(values)
    solution = replace(location.solution, values=values)
    moved = replace(done, location=replace(location, solution=solution))
    clock = picture_record(moved, parameters={})["clock"]
    apart = np.diff(view.times_tdb)
    assert clock["interframe_delay_s"] == pytest.approx(apart.mean(), abs=1e-6)  # type: ignore[index]


def test_each_raster_has_its_style(done: Processed, files: dict[str, Path]) -> None:
    """QGIS takes the style whose name begins as the raster's; it refers to bands that are there."""
    for role in ("map", "backplanes", "quality", "nightside"):
        style = ET.parse(files[f"{role}_style"]).find("pipe/rasterrenderer")  # noqa: S314  # made here
        assert files[f"{role}_style"] == files[role].with_suffix(".qml")
        assert style is not None
        numbers = [int(value) for name, value in style.items() if name.lower().endswith("band") and value != "-1"]
        with rasterio.open(files[role]) as file:
            assert numbers
            assert set(numbers) <= set(file.indexes)
            if role == "backplanes":
                assert file.descriptions[numbers[0] - 1] == "incidence"
    white = done.map.values.dtype.type(reported(done)["display"]["map"]["white"])  # type: ignore[index]
    text = ET.parse(files["map_style"]).findtext(".//redContrastEnhancement/maxValue")  # noqa: S314
    assert float(text or "") == pytest.approx(float(white), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "suffixes"), [("isis", (".cub",)), ("pds4", (".xml", ".img"))])
def test_maps_in_other_formats(done: Processed, tmp_path: Path, kind: str, suffixes: tuple[str, ...]) -> None:
    mapped = MappedPicture(done)
    written = mapped.save(tmp_path, raster_format=kind)
    assert sorted(path.name for path in written) == sorted(path.name for path in tmp_path.iterdir())
    for role in ("map", "backplanes", "quality", "nightside"):
        assert {path.suffix for path in written if path.stem.endswith(f"-{role}")} >= {*suffixes, ".qml"}
    with rasterio.open(tmp_path / f"{done.image.raw.product_id}-map{suffixes[0]}") as file:
        pixels = file.read(masked=True)
        assert file.crs.to_dict()["lon_0"] == pytest.approx(done.map.grid.center_lon_east_deg)
        assert tuple(file.transform)[:6] == pytest.approx(done.map.grid.transform_m)
    np.testing.assert_array_equal(pixels.filled(np.nan), done.map.values)


def test_a_choice_that_cannot_be_is_refused(done: Processed) -> None:
    for choice in ({"depth": 12}, {"stretch": "bright"}, {"white_balance": "blue"}):
        with pytest.raises(InputError):
            replace(done.options, **choice)  # type: ignore[arg-type]


def test_geometry_names_the_ground_resolution(files: dict[str, Path]) -> None:
    """Law: resolution over the cosine of the emission angle."""
    with rasterio.open(files["backplanes"]) as dataset:
        planes = dict(zip(dataset.descriptions, dataset.read(), strict=True))
    ratio = planes["ground_resolution"] * np.cos(np.radians(planes["emission"])) / planes["resolution"]
    good = np.isfinite(ratio)
    assert good.sum() > 1000
    np.testing.assert_allclose(ratio[good], 1.0, rtol=1e-3)  # rounded mantissas, steep cosines


def test_overviews_average_brightness_and_nothing_else(
    done: Processed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mean of quality flags or of angles across the 180 degree meridian means nothing."""
    made: dict[str, str] = {}

    def recorded(path: Path, bands: object, **options: str) -> None:
        made[path.stem.rpartition("-")[2]] = options["overviews"]
        path.touch()

    monkeypatch.setattr("perijove.export.picture_rasters.write_cog", recorded)
    monkeypatch.setattr("perijove.figures.artist._save", lambda drawing: drawing.path.touch())
    names = product_names(done.image.raw, all_figures=False)
    with (
        Artist(apart=False) as artist,
        ProductWriter(done.image.raw, tmp_path, names=names, overwrite=False, artist=artist) as writer,
    ):
        writer.draw_view(done.location, done.seen, done.options)
        writer.write(done)
        writer.finish(picture_record(done, parameters={}, files=tuple(names.values())))
    assert made == {"map": "average", "nightside": "average", "backplanes": "nearest", "quality": "nearest"}


def test_products_name_their_coordinate_system(done: Processed, files: dict[str, Path]) -> None:
    for role in ("map", "backplanes", "quality", "nightside"):
        with rasterio.open(files[role]) as dataset:
            assert dataset.tags()["CRS"] == done.map.grid.crs


def test_quick_leaves_what_takes_time(done: Processed, tmp_path: Path) -> None:
    """The map and the plain picture are the same; colours are not compared, and null says so."""
    mapped = Picture(done.image.raw).save(tmp_path, resolution_km=40.0, quick=True)
    product_id = done.image.raw.product_id
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{product_id}{suffix}" for suffix in (".json", "-color.png", "-map.tif")
    }
    assert mapped.report["registration"]["color_rms_px"] is None  # type: ignore[index]
    validate(mapped.report)
    np.testing.assert_array_equal(mapped.map.values, done.map.values)


def test_a_coarse_map_has_the_pixels_of_the_picture(done: Processed) -> None:
    """Law: three halves of the usual pixel, both rounded to two digits; a size that is asked for is kept."""
    fine, coarse = (map_grid(done.location, Options(coarse=coarse)) for coarse in (False, True))
    assert coarse.resolution_km == pytest.approx(1.5 * fine.resolution_km, rel=0.08)
    assert map_grid(done.location, Options(resolution_km=40.0, coarse=True)).resolution_km == 40.0


@pytest.mark.parametrize(("coarse", "most"), [(False, 9_000_000), (True, 2_250_000)])
def test_a_map_of_our_own_choice_has_its_limit(done: Processed, *, coarse: bool, most: int) -> None:
    """Law: seen from a fifteenth of the distance the ground would fill more; sizes are rounded to 5 % at worst."""
    view = done.location.view
    near = replace(
        done.location, shot=done.location.shot.with_poses(replace(view, position_km=view.position_km / 15.0))
    )
    rows, columns = map_grid(near, Options(coarse=coarse, projection="equirectangular")).shape
    assert 0.8 * most < rows * columns < 1.1 * most


def test_no_law_touches_the_night(done: Processed) -> None:
    """Law: a disk function is zero there; what Jupiter lights stays as measured."""
    corrected = replace(done, map=replace(done.map, values=done.map.values * np.nan))
    night, same = done.night_side, corrected.night_side
    assert np.isfinite(night.values).sum() > 1000
    np.testing.assert_array_equal(night.values, same.values)
    assert np.nanmin(night.backplanes["incidence"][np.isfinite(night.values[0])]) > 97.0
    assert max(night.grid.shape) <= max(done.map.grid.shape)


def test_a_map_of_the_other_pole_says_so(done: Processed) -> None:
    """Regression: it was all but empty, without a word."""
    picture = Picture(done.image.raw, _located=(done.image, done.location))
    south = picture.map(resolution_km=40.0, projection="polar_south")
    north = picture.map(resolution_km=40.0, projection="polar_north")
    shares = [sum("of the ground in the picture" in s for s in warnings_of(m.done)) for m in (south, north)]
    lat = done.location.view.position_km[done.location.shot.middle_frame][2]
    assert shares == ([0, 1] if lat < -20_000.0 else [1, 0] if lat > 20_000.0 else shares)
    assert sum(shares) >= 1
    assert not any("of the ground in the picture" in sentence for sentence in warnings_of(done))


def test_a_map_that_shows_nothing_is_an_error(done: Processed) -> None:
    picture = Picture(done.image.raw, _located=(done.image, done.location))
    x, y, _ = done.location.view.position_km[done.location.shot.middle_frame]
    far = float(np.degrees(np.arctan2(-y, -x)))
    with pytest.raises(InputError, match="would be empty: the picture shows latitudes"):
        picture.map(resolution_km=40.0, projection="equirectangular", bbox_deg=(-5.0, far - 5.0, 5.0, far + 5.0))


def test_a_box_is_what_was_asked_for(done: Processed) -> None:
    """Law: its edges are those asked for, moved outwards by less than a pixel; its pixels those of the whole map."""
    picture = Picture(done.image.raw, _located=(done.image, done.location))
    x, y, _ = done.location.view.position_km[done.location.shot.middle_frame]
    lon = float(np.degrees(np.arctan2(y, x)))
    whole = picture.map(resolution_km=40.0, projection="equirectangular", center_lon_east_deg=lon).map
    box = picture.map(
        resolution_km=40.0,
        projection="equirectangular",
        center_lon_east_deg=lon,
        bbox_deg=(-10.0, lon - 20.0, 15.0, lon + 12.0),
    ).map
    left, top = box.grid.xy(15.0, lon - 20.0)
    right, bottom = box.grid.xy(-10.0, lon + 12.0)
    assert min(left, top) >= 0.0
    assert max(left, top) < 1.0
    assert 0.0 <= box.grid.shape[1] - right < 1.0
    assert 0.0 <= box.grid.shape[0] - bottom < 1.0
    column = round((box.grid.x_left_km - whole.grid.x_left_km) / 40.0)
    row = round((whole.grid.y_top_km - box.grid.y_top_km) / 40.0)
    rows, columns = box.grid.shape
    same = whole.values[:, row : row + rows, column : column + columns]
    np.testing.assert_allclose(box.values, same, atol=1e-4)  # places in framelets are good to 1e-4 px, tile by tile


def test_a_simulated_picture_is_seen_to_be_one(files: dict[str, Path]) -> None:
    """Regression: only a text chunk said so. GeoTIFFs say it in their tags."""
    for role in ("color", "nightside_color"):
        with Image.open(files[role]) as image:
            pixels = np.asarray(image)
        corner = pixels[-8:, :8]
        assert (corner[..., 3] == 255).all()
        assert (corner[-1, :, :3] == 0).all()
        words = stamped(np.zeros_like(pixels))
        assert np.count_nonzero(words[..., :3] > 128) > 100
        np.testing.assert_array_equal(pixels[words[..., 3] > 0], words[words[..., 3] > 0])
    with rasterio.open(files["map"]) as dataset:
        tags = dataset.tags()
    assert tags["SIMULATED"] == "YES"
    assert tags["TIFFTAG_IMAGEDESCRIPTION"].startswith("SIMULATED")
    assert tags["PHOTOMETRY"].startswith("none: ")


def test_a_figure_shows_itself_without_pyplot(done: Processed) -> None:
    """Regression: in a fresh notebook, where nothing imported pyplot, `plot()` showed nothing."""
    figure = Picture(done.image.raw, _located=(done.image, done.location)).map(resolution_km=60.0).plot()
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert any("Perijove" in text.get_text() for text in figure.texts)
