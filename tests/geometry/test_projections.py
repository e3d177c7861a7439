"""Map grids.

Authority: law (round trips, north up; `tests.laws.map_projection`) and independent (PROJ through pyproj, the pinhole
camera of SPICE's convention written out by hand).
"""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import map_projection
from tests.laws.map_projection import ProjectionCase

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM, IO_RADII_THOMAS_1998_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.errors import InputError
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.grids import (
    cut_to_box,
    equirectangular_grid,
    global_equirectangular,
    grid_around,
    orthographic_grid,
    perspective_grid,
    polar_grid,
)
from perijove.geometry.illumination import emission_deg
from perijove.geometry.projections import PROJECTIONS, MapGrid

KM = 1.0
GRIDS = {
    "global": global_equirectangular(10.0),
    "global 180": global_equirectangular(10.0, center_lon_east_deg=180.0),
    "region": equirectangular_grid((-35.0, 62.0), (-20.0, 75.0), 3.3),
    "across 180": equirectangular_grid((-30.0, 60.0), (100.0, 250.0), 3.3),
    "north": polar_grid("north", 4.0),
    "south": polar_grid("south", 4.0),
    "south turned": polar_grid("south", 4.0, center_lon_east_deg=33.0),
    "disc": orthographic_grid(0.0, 180.0, 5.0),
    "oblique disc": orthographic_grid(20.0, -50.0, 5.0),
}


PERSPECTIVE = perspective_grid([3000.0, 2000.0, 1500.0], 5.0)


def near_map_rim(lat: float, lon: float) -> bool:
    """Whether the oblique disc shows the point in its outermost percent."""
    x, y = GRIDS["oblique disc"].xy_km(lat, lon)
    return bool(np.hypot(x, y) > 0.99 * IO_MEAN_RADIUS_KM)


def near_limb(lat: float, lon: float) -> bool:
    """Whether the perspective view sees the point at more than 84 deg of emission."""
    return bool(
        emission_deg(
            surface_point_km(lat, lon, IO_RADII_THOMAS_1998_KM),
            PERSPECTIVE.position_km,
            radii_km=IO_RADII_THOMAS_1998_KM,
        )
        > 84.0
    )


def around_px(grid: MapGrid) -> float:
    """Pixels round the body, where the left and right edges of an equirectangular map meet."""
    return 2.0 * np.pi * grid.sphere_radius_km / grid.resolution_km


CASES = {
    "region": ProjectionCase(GRIDS["region"], (0.0, 0.0), around_px=around_px(GRIDS["region"])),
    "global 180": ProjectionCase(GRIDS["global 180"], (0.0, 180.0), around_px=around_px(GRIDS["global 180"])),
    "north": ProjectionCase(GRIDS["north"], (60.0, 0.0)),  # the central meridian points down from the north pole
    "south turned": ProjectionCase(GRIDS["south turned"], (-60.0, 33.0)),
    "oblique disc": ProjectionCase(GRIDS["oblique disc"], (20.0, -50.0), near_map_rim),
    "perspective": ProjectionCase(
        PERSPECTIVE, (float(np.degrees(np.arctan2(1500.0, np.hypot(3000.0, 2000.0)))), 33.69), near_limb
    ),
}
latitudes, longitudes, fractions = st.floats(-89.0, 89.0), st.floats(-179.999, 179.999), st.floats(0.0, 1.0)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
class TestLaws:
    """Every projection keeps every law."""

    @given(lat=latitudes, lon=longitudes)
    def test_ground_to_pixel_and_back(self, case: ProjectionCase, lat: float, lon: float) -> None:
        map_projection.ground_to_pixel_and_back(case, lat, lon)

    @given(down=fractions, right=fractions)
    def test_pixel_to_ground_and_back(self, case: ProjectionCase, down: float, right: float) -> None:
        map_projection.pixel_to_ground_and_back(case, down, right)

    @given(down=fractions, right=fractions)
    def test_ground_points_lie_on_the_body(self, case: ProjectionCase, down: float, right: float) -> None:
        map_projection.ground_points_lie_on_the_body(case, down, right)

    def test_north_is_up_and_east_is_right(self, case: ProjectionCase) -> None:
        map_projection.north_is_up_and_east_is_right(case)


@pytest.mark.parametrize("name", GRIDS)
def test_map_coordinates_equal_proj(name: str) -> None:
    grid = GRIDS[name]
    assert grid.crs is not None
    crs = pyproj.CRS.from_wkt(grid.crs_wkt)
    to_map = pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(-80.0, 80.0, 2000), rng.uniform(-180.0, 180.0, 2000)
    x, y = grid.xy_km(lat, lon)
    x_proj, y_proj = to_map.transform(lon, lat)
    shown = np.isfinite(x)
    assert shown.sum() > 900
    np.testing.assert_array_equal(shown, np.isfinite(x_proj))
    # 1e-9 of a body radius; on the far side of a polar map PROJ's own tangent loses three digits.
    np.testing.assert_allclose(x[shown], np.asarray(x_proj)[shown] / 1000.0, rtol=1e-9, atol=1e-9 * 1821.0 * KM)
    np.testing.assert_allclose(y[shown], np.asarray(y_proj)[shown] / 1000.0, rtol=1e-9, atol=1e-9 * 1821.0 * KM)


@pytest.mark.parametrize("name", GRIDS)
def test_wkt_and_short_name_mean_the_same(name: str) -> None:
    grid = GRIDS[name]
    short, long = pyproj.CRS.from_user_input(grid.crs), pyproj.CRS.from_wkt(grid.crs_wkt)
    there = pyproj.Transformer.from_crs(short, long, always_xy=True)
    np.testing.assert_allclose(there.transform(1.0e5, 2.0e5), (1.0e5, 2.0e5), atol=1e-6)
    if grid.crs.startswith("IAU"):
        assert long.to_authority() == ("IAU_2015", grid.crs.split(":")[1])
    assert long.ellipsoid.semi_major_metre == 1821490.0


def test_codes_are_those_of_io() -> None:
    """Published: the IAU_2015 registry in PROJ, by the names of its entries."""
    names = {
        "global": "Io (2015) - Sphere / Ocentric / Equirectangular, clon = 0",
        "global 180": "Io (2015) - Sphere / Ocentric / Equirectangular, clon = 180",
        "north": "Io (2015) - Sphere / Ocentric / North Polar",
        "south": "Io (2015) - Sphere / Ocentric / South Polar",
        "disc": "Io (2015) - Sphere / Ocentric / Orthographic, clon = 180",
    }
    for grid, name in names.items():
        assert pyproj.CRS.from_user_input(GRIDS[grid].crs).name == name
        assert pyproj.CRS.from_wkt(GRIDS[grid].crs_wkt).name == name


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_grid_around_lies_on_the_body_that_it_is_given(projection: str) -> None:
    """Published: the IAU's spheres in PROJ, of 1,821.49 km for Io and 71,492 km for Jupiter."""
    for radii, sphere in ((IO_RADII_THOMAS_1998_KM, 1821.49), (JUPITER_RADII_KM, 71492.0)):
        grid = grid_around(
            projection,
            0.05 * sphere,
            lat_bounds_deg=(5.0, 90.0) if projection == "polar_north" else (-90.0, 20.0),
            lon_bounds_deg=(-180.0, 180.0),
            position_km=sphere * np.array([2.0, 1.0, -1.5]),
            radii_km=radii,
        )
        assert grid.sphere_radius_km == sphere
        assert max(grid.shape) < 200


def test_transform_takes_pixels_to_metres() -> None:
    grid = GRIDS["region"]
    a, b, c, d, e, f = grid.transform_m
    x, y = grid.xy(12.0, 34.0)
    x_km, y_km = grid.xy_km(12.0, 34.0)
    assert a * x + b * y + c == pytest.approx(1000.0 * x_km, abs=1e-6)
    assert d * x + e * y + f == pytest.approx(1000.0 * y_km, abs=1e-6)


def test_global_grid_tiles_the_body_exactly() -> None:
    grid = global_equirectangular(7.3)
    assert grid.shape[1] == 2 * grid.shape[0]
    assert grid.shape[1] * grid.resolution_km == pytest.approx(2.0 * np.pi * IO_MEAN_RADIUS_KM, rel=1e-14)
    lat, lon = grid.lat_lon(0, [0, grid.shape[1] - 1])
    half = 90.0 / grid.shape[0]
    assert lat[0] == pytest.approx(90.0 - half)
    np.testing.assert_allclose(lon, [-180.0 + half, 180.0 - half])


def test_ones_integrate_to_the_area_of_the_sphere() -> None:
    """A map of ones, weighed by cos(latitude) or by the stereographic scale, has the sphere's area."""
    grid = global_equirectangular(20.0)
    lat, _ = grid.lat_lon(np.arange(grid.shape[0]), 0)
    area = grid.resolution_km**2 * grid.shape[1] * np.cos(np.radians(lat)).sum()
    step = np.pi / grid.shape[0]
    # The midpoint rule on a cosine is too large by step² / 24.
    assert area == pytest.approx(4.0 * np.pi * IO_MEAN_RADIUS_KM**2 * (1.0 + step**2 / 24.0), rel=1e-9)


def test_perspective_is_a_pinhole_camera() -> None:
    position = np.array([2500.0, -1200.0, 1900.0])
    grid = perspective_grid(position, 4.0)
    ahead = -position / np.linalg.norm(position)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    top = np.cross(right, ahead)
    point = surface_point_km(30.0, -20.0, IO_RADII_THOMAS_1998_KM)
    sight = point - position
    x, y = grid.xy_km(30.0, -20.0)
    scale = np.linalg.norm(position) / (sight @ ahead)
    assert x == pytest.approx(sight @ right * scale, abs=1e-9)
    assert y == pytest.approx(sight @ top * scale, abs=1e-9)


def test_perspective_grid_holds_the_whole_limb() -> None:
    grid = perspective_grid([2500.0, -1200.0, 1900.0], 10.0)
    lat, _ = grid.lat_lon(*np.indices(grid.shape))
    body = np.isfinite(lat)
    assert not body[[0, -1]].any()
    assert not body[:, [0, -1]].any()
    rows, columns = np.nonzero(body)
    assert min(rows.min(), columns.min()) < 0.06 * max(grid.shape)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_grid_around_holds_what_was_seen(projection: str) -> None:
    position = np.array([1500.0, 1000.0, 2800.0])
    grid = (
        grid_around(projection, 20.0, lat_bounds_deg=(5.0, 90.0), lon_bounds_deg=(-180.0, 180.0), position_km=position)
        if projection != "polar_south"
        else grid_around(
            projection, 20.0, lat_bounds_deg=(-70.0, 10.0), lon_bounds_deg=(10.0, 60.0), position_km=position
        )
    )
    lat, lon = (30.0, 35.0) if projection != "polar_south" else (-50.0, 35.0)
    x, y = grid.xy(lat, lon)
    assert 0.0 <= x <= grid.shape[1]
    assert 0.0 <= y <= grid.shape[0]


def test_region_across_the_antimeridian_is_in_one_piece() -> None:
    grid = GRIDS["across 180"]
    assert grid.center_lon_east_deg == 180.0
    west, _ = grid.xy(0.0, 105.0)
    east, _ = grid.xy(0.0, -115.0)
    assert 0.0 < west < east < grid.shape[1]


@pytest.mark.parametrize("lon_east_deg", [-138.0, 20.0, 179.0])
def test_a_map_of_all_longitudes_is_not_cut_below_the_camera(lon_east_deg: float) -> None:
    """Half a turn from the edge on either side, whatever the camera's longitude; the centre is a round number."""
    lon = np.radians(lon_east_deg)
    grid = grid_around(
        "equirectangular",
        20.0,
        lat_bounds_deg=(-90.0, 70.0),
        lon_bounds_deg=(-180.0, 180.0),
        position_km=30_000.0 * np.array([np.cos(lon), np.sin(lon), -0.2]),
    )
    assert grid.center_lon_east_deg % 10.0 == 0.0
    x, _ = grid.xy(0.0, lon_east_deg)
    assert abs(x / grid.shape[1] - 0.5) < 0.02


def test_own_meridian_is_a_system_that_proj_knows() -> None:
    """Independent: PROJ puts ground where the grid does, from the PROJ string and from the WKT."""
    grid = equirectangular_grid((-60.0, 40.0), (-230.0 + 90.0, 60.0), 5.0, center_lon_east_deg=-40.0)
    lat, lon = np.array([-50.0, 0.0, 33.0]), np.array([-130.0, -40.0, 55.0])
    for system in (grid.crs, grid.crs_wkt):
        crs = pyproj.CRS.from_user_input(system)
        x, y = pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(lon, lat)
        np.testing.assert_allclose(1e3 * np.array(grid.xy_km(lat, lon)), [x, y], atol=1e-3)
    with pytest.raises(InputError, match="cut in two"):
        equirectangular_grid((-60.0, 40.0), (100.0, 200.0), 5.0, center_lon_east_deg=-30.0)


@pytest.mark.parametrize("projection", ["polar_north", "orthographic"])
def test_a_box_keeps_the_pixels_of_the_map(projection: str) -> None:
    """Law: the cut is the same map, row and column offset by whole numbers, and holds the box and little more."""
    whole = grid_around(
        projection,
        10.0,
        lat_bounds_deg=(5.0, 90.0),
        lon_bounds_deg=(-180.0, 180.0),
        position_km=[1500.0, 1000.0, 2800.0],
    )
    cut = cut_to_box(whole, (40.0, 60.0), (20.0, 50.0))
    offset = np.array([cut.x_left_km - whole.x_left_km, whole.y_top_km - cut.y_top_km]) / whole.resolution_km
    np.testing.assert_allclose(offset, np.round(offset), atol=1e-9)
    x, y = cut.xy(*np.meshgrid([40.0, 50.0, 60.0], [20.0, 35.0, 50.0]))
    assert x.min() > -1e-6
    assert y.min() > -1e-6
    assert x.max() < cut.shape[1] + 1e-6
    assert y.max() < cut.shape[0] + 1e-6
    assert cut.shape[0] * cut.shape[1] < 0.2 * whole.shape[0] * whole.shape[1]
    with pytest.raises(InputError, match="do not lie on the"):
        cut_to_box(whole, (-89.0, -80.0), (20.0, 50.0))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"projection": "mercator"}, "mercator"),
        ({"shape": (0, 5)}, "no area"),
        ({"resolution_km": float("nan")}, "no area"),
        ({"projection": "polar_north"}, "latitude 90"),
        ({"projection": "perspective"}, "position_km"),
    ],
)
def test_wrong_grids_are_refused(wrong: dict[str, object], words: str) -> None:
    good: dict[str, object] = {
        "projection": "equirectangular", "shape": (4, 8), "resolution_km": 1.0, "x_left_km": 0.0, "y_top_km": 0.0,
    }  # fmt: skip
    with pytest.raises(InputError, match=words):
        MapGrid(**(good | wrong))  # type: ignore[arg-type]


def test_wrong_bounds_are_refused() -> None:
    with pytest.raises(InputError, match="bounds"):
        equirectangular_grid((10.0, -10.0), (0.0, 20.0), 1.0)
    with pytest.raises(InputError, match="neither north nor south"):
        polar_grid("east", 1.0)
    with pytest.raises(InputError, match="southern"):
        grid_around(
            "polar_south", 5.0, lat_bounds_deg=(10.0, 20.0), lon_bounds_deg=(0.0, 9.0), position_km=[4000.0, 0.0, 0.0]
        )
