"""Maps, views and their legends.

Authority: law (geometry of each projection, hand-derived directions, no two labels on one spot) unless said otherwise.
"""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from PIL import Image

from perijove import __version__
from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.figures.graticule import (
    direction_on_picture,
    graticule,
    latitude_text,
    limb_xy,
    longitude_text,
    terminator_xy,
)
from perijove.figures.labels import Label, place_labels
from perijove.figures.picture import Feature, MapPicture, PictureFacts
from perijove.figures.pictures.legend import center_deg, scale_bar
from perijove.figures.pictures.mapaxes import _thinned, show_picture, write_degrees_on_lines
from perijove.figures.pictures.panels import backplane_panels
from perijove.figures.pictures.quicklook import fact_lines, quicklook
from perijove.figures.style import QUANTITIES, new_figure, save_figure
from perijove.geometry.grids import (
    equirectangular_grid,
    global_equirectangular,
    orthographic_grid,
    perspective_grid,
    polar_grid,
)
from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import direction_of
from perijove.physics.stretch import Stretch
from perijove.scene.mapping import MapOptions

SUB, SUN = (20.0, 10.0), (2.0, 80.0)
POSITION_KM = 80_000.0 * direction_of(*SUB)
GRIDS = {
    "equirectangular": equirectangular_grid((-40.0, 70.0), (-60.0, 90.0), 20.0),
    "global": global_equirectangular(25.0),
    "centred at 180": equirectangular_grid((-30.0, 30.0), (100.0, 250.0), 20.0),
    "north": polar_grid("north", 15.0, limit_lat_deg=30.0),
    "south": polar_grid("south", 15.0, limit_lat_deg=30.0),
    "orthographic": orthographic_grid(*SUB, 15.0),
    "perspective": perspective_grid(POSITION_KM, 15.0),
    "close": perspective_grid(2_300.0 * direction_of(*SUB), 10.0, shape=(200, 200)),
}
FEATURES = [
    Feature(f"Patera {lat} {lon}", float(lat), float(lon), 10.0 + abs(lon))
    for lat, lon in itertools.product(range(-80, 81, 20), range(-180, 180, 20))
]


def picture(grid: MapGrid, *, covered: bool = True) -> MapPicture:
    rgba = np.full((*grid.shape, 4), 120, dtype=np.uint8)
    lat, _ = grid.lat_lon(*np.indices(grid.shape))
    rgba[..., 3] = np.where(np.isfinite(lat) & covered, 255, 0)
    facts = PictureFacts("JNCE_2024362_68C00012_V01", "Io", "2024-12-27T01:18:15.100", 8e4, 71.0, SUN, SUB, "SIMULATED")
    return MapPicture(rgba, grid, facts)


def axes_of(figure: Figure, label: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_label() == label)


def names_on(axes: Axes) -> list[Annotation]:
    return [t for t in axes.texts if isinstance(t, Annotation) and t.get_text().startswith("Patera")]


@pytest.mark.parametrize("kind", GRIDS)
def test_quicklook_explains_itself(kind: str) -> None:
    figure = quicklook(picture(GRIDS[kind]), features=FEATURES)
    written = [text.get_text() for text in figure.texts]
    assert "JNCE_2024362_68C00012_V01" in written[0]
    assert "2024-12-27 01:18:15 UTC" in written[1]
    assert "80,000 km" in written[1]
    assert "phase 71.0°" in written[1]
    assert f"Perijove {__version__}; SIMULATED" in written
    legend = [text.get_text() for text in axes_of(figure, "legend").texts]
    assert any(text.endswith(" km") for text in legend)
    assert "Sun" in legend
    assert ("N" in legend) == (kind not in ("north", "south"))
    assert ("north is towards\nthe pole" in legend) == (kind == "north")
    assert ("north is away\nfrom the pole" in legend) == (kind == "south")
    assert f"or emission angle above {MapOptions().max_emission_deg:g}°" in legend
    assert ("limb" in legend) == (kind in ("orthographic", "perspective"))
    assert ("terminator" in legend) == (kind != "close")
    assert "point below Juno" in legend or kind in ("north", "south", "centred at 180")
    assert any(text.startswith("graticule every") for text in legend)


@pytest.mark.parametrize("partly", [False, True], ids=["full", "partly covered"])
@pytest.mark.parametrize("kind", GRIDS)
def test_no_text_collides_or_leaves_the_page(kind: str, *, partly: bool) -> None:
    """Drawn boxes of all texts on the map and in the legend, in pixels of the page."""
    shown = picture(GRIDS[kind])
    if partly:
        shown.rgba[int(0.6 * shown.rgba.shape[0]) :, ..., 3] = 0
    figure = quicklook(shown, features=FEATURES)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    figure.draw(renderer)
    texts = [text for axes in figure.axes for text in axes.texts] + figure.texts
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text()]
    page = figure.bbox
    for name, box in boxes:
        assert page.x0 <= box.x0, name
        assert box.x1 <= page.x1, name
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), (one, two)
    assert kind == "close" or partly or len(names_on(axes_of(figure, "map"))) >= 8


def test_equirectangular_axes_are_labelled_in_degrees() -> None:
    figure = quicklook(picture(GRIDS["equirectangular"]))
    axes = axes_of(figure, "map")
    assert axes.get_xlabel() == "East longitude (deg)"
    assert axes.get_ylabel() == "Latitude (deg)"
    (above,) = axes.child_axes
    assert above.get_xlabel() == "West longitude (deg)"
    for at, east in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        _, lon = GRIDS["equirectangular"].lat_lon(0.0, at - 0.5)
        assert float(east.get_text().replace("−", "-")) == pytest.approx(float(lon), abs=1e-6)
    for east, west in zip(axes.get_xticklabels(), above.get_xticklabels(), strict=True):
        assert (float(east.get_text().replace("−", "-")) + float(west.get_text())) % 360.0 == 0.0
    bottom, top = axes.get_ylim()
    assert bottom > top  # north up: rows fall


def test_names_go_by_rank_then_size_and_only_where_there_are_data() -> None:
    shown = picture(GRIDS["equirectangular"])
    shown.rgba[:, :200, 3] = 0
    _, lon = GRIDS["equirectangular"].lat_lon(0.0, 199.0)
    figure = quicklook(shown, features=[*FEATURES, Feature("Patera first", 30.0, 75.0, 0.0, -1)], most_features=5)
    names = [text.get_text() for text in names_on(axes_of(figure, "map"))]
    assert names[0] == "Patera first"
    assert len(names) == 5
    assert all(float(name.split()[-1]) > float(lon) for name in names[1:])
    sizes = [abs(float(name.split()[-1])) for name in names[1:]]
    assert sizes == sorted(sizes, reverse=True)


def test_what_the_camera_resolved_is_told_apart_from_the_scale_of_the_page() -> None:
    shown = picture(GRIDS["perspective"])
    facts = replace(shown.facts, camera_pixel_km=60.0)
    first, second = fact_lines(replace(shown, facts=facts))
    assert first.endswith("a pixel of the camera is 60 km")
    assert second == "as Juno saw it, enlarged 4 × to 15 km per pixel"
    reduced = fact_lines(replace(shown, facts=replace(facts, camera_pixel_km=5.0)))[1]
    assert reduced == "as Juno saw it, reduced 3 × to 15 km per pixel"
    assert fact_lines(shown)[1] == "as Juno saw it, 15 km per pixel"


def test_law_and_stretch_are_told() -> None:
    shown = picture(GRIDS["equirectangular"])
    chosen = Stretch(0.6123, 0.0123, (1.0, 0.9, 1.3), "linear")
    facts = replace(shown.facts, photometry="lommel_seeliger", stretch=str(chosen))
    figure = quicklook(replace(shown, facts=facts))
    (line,) = [text for text in figure.texts if "corrected for light" in text.get_text()]
    assert line.get_text().endswith(
        "lommel-seeliger law   ·   I/F 0.0123 black, 0.6123 white, colours × 1 0.9 1.3, linear"
    )
    box, page = line.get_window_extent(figure.canvas.get_renderer()), figure.bbox  # type: ignore[attr-defined]
    assert page.x0 < box.x0 < box.x1 < page.x1


@pytest.mark.parametrize("kind", ["equirectangular", "perspective"])
def test_simulated_pictures_say_so_in_the_title(kind: str) -> None:
    shown = picture(GRIDS[kind])
    photograph = replace(shown, facts=replace(shown.facts, source="Image data: NASA"))
    for draw in (quicklook, lambda content: backplane_panels(content, {})):
        assert "SIMULATED" in draw(shown).texts[0].get_text()
        assert "SIMULATED" not in draw(photograph).texts[0].get_text()


def test_dark_ground_has_no_names_unless_something_lights_it() -> None:
    """Half a disc in the dark, then with Jupiter's light on it."""
    shown = picture(GRIDS["global"])
    lat, lon = GRIDS["global"].lat_lon(*np.indices(GRIDS["global"].shape))
    up = np.sin(np.radians(lat)) * np.sin(np.radians(SUN[0]))
    sun = up + np.cos(np.radians(lat)) * np.cos(np.radians(SUN[0])) * np.cos(np.radians(lon - SUN[1])) > 0.0
    shown.rgba[~sun, :3] = 5
    named = names_on(axes_of(quicklook(shown, features=FEATURES, most_features=300), "map"))
    assert named
    for name in named:
        lat_deg, lon_deg = (float(value) for value in name.get_text().split()[1:])
        assert direction_of(*SUN) @ direction_of(lat_deg, lon_deg) > 0.0
    shown.rgba[~sun, :3] = 90
    assert len(names_on(axes_of(quicklook(shown, features=FEATURES, most_features=300), "map"))) > len(named)


def test_ground_without_data_does_not_look_like_sky(tmp_path: Path) -> None:
    """A saturated spot in the middle of a disc from Juno's place."""
    shown = picture(GRIDS["perspective"])
    rows, columns = shown.grid.shape
    shown.rgba[rows // 2 - 20 : rows // 2 + 20, columns // 2 - 20 : columns // 2 + 20] = 0
    figure = new_figure(4.0, 4.0)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    show_picture(axes, shown)
    figure.draw(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    page = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
    middle, corner = page[len(page) // 2, page.shape[1] // 2, :3], page[10, 10, :3]
    assert middle.min() > 80
    assert corner.max() == 0


def test_thinning_does_not_darken_the_edge() -> None:
    """Means over 2 x 2 pixels, of which one, two or four have data."""
    rgba = np.zeros((2, 6, 4), dtype=np.uint8)
    rgba[0, 0] = rgba[0, 2:4] = rgba[:, 4:] = (200, 100, 50, 255)
    thinned = _thinned(rgba, 2)
    assert (thinned[0, :, :3] == (200, 100, 50)).all()
    assert thinned[0, :, 3].tolist() == [63, 127, 255]


def test_panels_have_degrees_and_a_key() -> None:
    for kind in ("equirectangular", "north", "perspective"):
        shown = picture(GRIDS[kind])
        figure = backplane_panels(shown, dict.fromkeys(("emission", "incidence"), np.full(shown.grid.shape, 30.0)))
        for label in ("picture", "emission", "incidence"):
            written = [text.get_text() for text in axes_of(figure, label).texts]
            assert sum(text[-1] in "NS" for text in written) >= 2, kind
            assert sum(text[-1] in "EW" for text in written) >= 2, kind
        assert "legend" not in [axes.get_label() for axes in figure.axes]
    figure = backplane_panels(shown, {"emission": np.full(shown.grid.shape, 30.0)})
    assert "or emission angle above 85°" in [text.get_text() for text in axes_of(figure, "legend").texts]


def test_crowded_labels_are_left_out() -> None:
    figure = new_figure(4.0, 4.0)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    same = [Label(0.5, 0.5, f"name {number}") for number in range(20)]
    corner = [Label(0.999, 0.999, "corner")]
    assert len(place_labels(axes, same, size_pt=8.0)) == 1
    (written,) = place_labels(axes, corner, size_pt=8.0)
    assert written.get_ha() == "right"


@pytest.mark.parametrize("kind", ["equirectangular", "global", "centred at 180"])
def test_north_is_up_on_equirectangular_maps(kind: str) -> None:
    assert direction_on_picture(GRIDS[kind], (10.0, 20.0), (90.0, 0.0)) == pytest.approx((0.0, 1.0), abs=1e-6)


def test_directions_by_hand() -> None:
    """East along the equator is right; at 60 deg north, an equirectangular map stretches east by two."""
    flat = GRIDS["equirectangular"]
    assert direction_on_picture(flat, (0.0, 10.0), (0.0, 80.0)) == pytest.approx((1.0, 0.0), abs=1e-6)
    assert direction_on_picture(flat, (0.0, 10.0), (0.0, -80.0)) == pytest.approx((-1.0, 0.0), abs=1e-6)
    here, heading = np.array([60.0, 10.0]), np.radians(45.0)
    ahead = (here[0] + 0.01 * np.cos(heading), here[1] + 0.01 * np.sin(heading) / np.cos(np.radians(60.0)))
    wanted = np.array([2.0, 1.0]) / np.sqrt(5.0)
    assert direction_on_picture(flat, (60.0, 10.0), ahead) == pytest.approx(wanted, abs=1e-3)
    # North polar map, meridian 0 pointing down: at (60 N, 90 E), right of the pole, north is to the left.
    assert direction_on_picture(GRIDS["north"], (60.0, 90.0), (90.0, 0.0)) == pytest.approx((-1.0, 0.0), abs=1e-6)
    assert direction_on_picture(GRIDS["south"], (-60.0, 90.0), (90.0, 0.0)) == pytest.approx((1.0, 0.0), abs=1e-6)
    assert np.isnan(direction_on_picture(flat, (10.0, 20.0), (10.0, 20.0))).all()


def test_arrows_on_the_page_point_where_the_geometry_says() -> None:
    shown = picture(GRIDS["perspective"])
    legend = axes_of(quicklook(shown), "legend")
    for name, place in (("N", (90.0, 0.0)), ("Sun", SUN)):
        arrow = next(text for text in legend.texts if text.get_gid() == f"arrow-{name}")
        assert isinstance(arrow, Annotation)
        vector = np.array(arrow.xy) - np.array(arrow.xyann)
        # By hand: component of the target across the line of sight, on the camera's right and up.
        right, down, _ = np.array(GRIDS["perspective"].axes) @ direction_of(*place)
        wanted = np.array([right, -down]) / np.hypot(right, down)
        assert vector / np.hypot(*vector) == pytest.approx(wanted, abs=0.01)


def test_the_sun_is_told_for_ground_that_is_covered() -> None:
    """Regression: the middle of a map may lie where nothing is covered, and the Sun on another side of it."""
    grid = global_equirectangular(40.0)
    shown = picture(grid)
    rows, columns = np.indices(grid.shape)
    _, lon = grid.lat_lon(rows, columns)
    shown.rgba[..., 3] = np.where((lon > 90.0) & (lon < 170.0), 255, 0)
    lat, lon_at = center_deg(shown)
    x, y = grid.xy(lat, lon_at)
    assert shown.covered[int(y), int(x)]
    assert lon_at == pytest.approx(130.0, abs=3.0)
    right, _ = direction_on_picture(grid, (lat, lon_at), (0.0, 100.0))
    assert right < -0.9


def test_limb_encloses_the_disc() -> None:
    for kind in ("orthographic", "perspective"):
        grid = GRIDS[kind]
        limb = limb_xy(grid)
        assert limb is not None
        lat, _ = grid.lat_lon(*np.indices(grid.shape))
        area = 0.5 * abs(np.sum(limb[:-1, 0] * limb[1:, 1] - limb[1:, 0] * limb[:-1, 1]))
        assert np.isfinite(lat).sum() == pytest.approx(area, rel=2e-3)
    assert limb_xy(GRIDS["north"]) is None


def test_terminator_is_ninety_degrees_from_the_sun() -> None:
    """On the triaxial body to within its flattening (0.0075 rad)."""
    grid = GRIDS["global"]
    xy = terminator_xy(grid, SUN)
    xy = xy[np.isfinite(xy).all(axis=1)]
    lat, lon = np.radians(grid.lat_lon(xy[:, 1] - 0.5, xy[:, 0] - 0.5))
    points = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    assert np.abs(points @ direction_of(*SUN)).max() < 0.0075
    assert np.ptp(xy[:, 0]) > 0.9 * grid.shape[1]


@pytest.mark.parametrize("kind", ["equirectangular", "north", "orthographic", "perspective"])
def test_scale_bar_has_its_length(kind: str) -> None:
    """Great-circle length between points under the ends of a short bar at the stated place."""
    grid = GRIDS[kind]
    km, px, where = scale_bar(picture(grid), most_px=100.0)
    assert 40.0 <= px <= 100.0
    assert f"{km:g}"[0] in "125"
    lat, lon = {"equirectangular": (15.0, 15.0), "north": (90.0, 0.0)}.get(kind, SUB)
    x, y = (float(value) for value in grid.xy(lat, lon))
    ends = np.array(grid.lat_lon(np.array([y, y]) - 0.5, np.array([x - 1.0, x + 1.0]) - 0.5)).T
    angle = np.arccos(direction_of(*ends[0]) @ direction_of(*ends[1]))
    assert angle * IO_MEAN_RADIUS_KM / 2.0 == pytest.approx(km / px, rel=0.03 if kind == "perspective" else 2e-3)
    if kind == "equirectangular":
        assert "15°N" in where


def test_graticule_lines_lie_on_their_latitude_and_longitude() -> None:
    lines = graticule(picture(GRIDS["orthographic"]))
    for lat, line in lines.parallels.items():
        seen = line[np.isfinite(line).all(axis=1)]
        found, _ = GRIDS["orthographic"].lat_lon(seen[:, 1] - 0.5, seen[:, 0] - 0.5)
        assert np.nanmax(np.abs(found - lat), initial=0.0) < 1e-3
    assert lines.step_deg in lines.meridians


def test_degrees_in_words() -> None:
    """The equator and the prime meridian cross on many maps: their labels differ."""
    assert [latitude_text(v) for v in (30.0, 0.0, -7.5)] == ["30°N", "0°N", "7.5°S"]
    assert [longitude_text(v) for v in (30.0, -30.0, 0.0, 180.0, 330.0)] == [
        "30°E",
        "30°W",
        "0°",
        "180°",
        "30°W",
    ]


def test_round_degrees_keep_their_labels_where_not_all_fit() -> None:
    figure = new_figure(2.0, 1.0)
    shown = picture(GRIDS["global"])
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    show_picture(axes, shown)
    write_degrees_on_lines(axes, shown, graticule(shown), size_pt=6.0)
    words = {text.get_text() for text in axes.texts}
    assert not {f"{lon}°{side}" for lon in (30, 60, 120, 150) for side in "EW"} <= words
    assert {"90°W", "0°", "90°E"} <= words


@pytest.mark.parametrize("sub_lat_deg", [63.0, -80.0, 5.0])
def test_disc_has_degrees_on_both_families_of_lines(sub_lat_deg: float) -> None:
    grid = perspective_grid(5_000.0 * direction_of(sub_lat_deg, -94.0), 15.0)
    written = {text.get_text() for text in axes_of(quicklook(picture(grid)), "map").texts}
    assert len({text for text in written if text[-1] in "NS"}) >= 3
    assert len({text for text in written if text[-1] in "EW"}) >= 3


def test_window_shows_what_is_covered() -> None:
    grid = GRIDS["global"]
    shown = picture(grid)
    shown.rgba[..., 3] = 0
    shown.rgba[50:60, 100:140, 3] = 255
    left, right, bottom, top = shown.window()
    assert 90 < left < 100
    assert 140 < right < 150
    assert 45 < top < 50
    assert 60 < bottom < 65


@pytest.mark.parametrize("kind", ["equirectangular", "north", "perspective"])
def test_empty_picture_is_drawn_without_complaint(kind: str, tmp_path: Path) -> None:
    empty = picture(GRIDS[kind], covered=False)
    save_figure(quicklook(empty, features=FEATURES), tmp_path / "q.png")
    nothing = np.full(GRIDS[kind].shape, np.nan)
    save_figure(backplane_panels(empty, {"incidence": nothing, "sigma_red": nothing}), tmp_path / "p.png")


def test_panels_have_units_and_bars(tmp_path: Path) -> None:
    grid = GRIDS["equirectangular"]
    lat, lon = grid.lat_lon(*np.indices(grid.shape))
    planes = {
        "incidence": np.abs(lon),
        "emission": np.abs(lat),
        "ground_resolution": 1.0 + 0.0 * lat,
        "sigma_red": 1e-3 * lon,
    }
    figure = backplane_panels(picture(grid), planes)
    for name in planes:
        label = axes_of(figure, f"bar {name}").get_xlabel()
        assert label.startswith(QUANTITIES["sigma" if name == "sigma_red" else name].label)
    assert axes_of(figure, "bar sigma_red").get_xlabel().endswith("RED")
    save_figure(figure, tmp_path / "p.png", text={"Source": "SIMULATED"})
    with Image.open(tmp_path / "p.png") as image:
        assert image.text["Source"] == "SIMULATED"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="does not lie on a grid"):
        backplane_panels(picture(grid), {"phase": lat[:5]})


def test_picture_and_grid_agree() -> None:
    with pytest.raises(ValueError, match="does not lie on a grid"):
        MapPicture(np.zeros((3, 3, 4), dtype=np.uint8), GRIDS["north"], picture(GRIDS["north"]).facts)
