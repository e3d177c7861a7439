"""What changed between two maps, on maps that are made up: texture, light, noise, blur, shift and deposits are known.

Authority: law. A patch of known place, radius and contrast is found with them; nothing is found where nothing changed,
whatever light, sharpness and small shifts do; exchanging both maps exchanges the sign.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from perijove.errors import FormatError, InputError
from perijove.export.rasters.geotiff import backplane_bands, color_bands, sigma_bands, write_cog
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.geometry.grids import equirectangular_grid, polar_grid
from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import angle_between_deg, direction_of
from perijove.mosaic.change_grid import blurred, common_grid, pixel_area_km2
from perijove.mosaic.change_registration import registration, sharpness_px2
from perijove.mosaic.changes import STATES, ChangeOptions, Changes, changes_between
from perijove.mosaic.ground_map import GroundMap, map_of_base_map, read_ground_map

STEP_KM = 6.0
GRID = equirectangular_grid((-25.0, 25.0), (-40.0, 40.0), STEP_KM)
RADIUS_KM = GRID.sphere_radius_km
DEPOSITS = ((5.0, -10.0, 70.0, 0.4), (-12.0, 15.0, 45.0, -0.35), (12.0, 22.0, 110.0, 0.3))  # lat, lon, radius, contrast


def away_km(grid: MapGrid, lat: float, lon: float) -> np.ndarray:
    """Distance of each pixel from a place."""
    ground = direction_of(*grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :]))
    return np.radians(angle_between_deg(ground, direction_of(lat, lon))) * RADIUS_KM


def albedo(deposits: tuple[tuple[float, float, float, float], ...] = ()) -> np.ndarray:
    """Ground with structure of all sizes, and deposits."""
    rng = np.random.default_rng(57)
    field = sum(
        size * ndimage.gaussian_filter(rng.normal(size=GRID.shape), size, mode="wrap") for size in (1.5, 3.0, 8.0, 20.0)
    )
    ground = 0.5 * np.exp(0.35 * field)
    for lat, lon, radius, contrast in deposits:
        ground = ground * (1.0 + contrast * (away_km(GRID, lat, lon) < radius))
    return ground


def made_up(
    ground: np.ndarray,
    *,
    k: float = 0.7,
    tilt_deg: float = 0.0,
    blur_px: float = 0.8,
    seed: int = 0,
    shift_px: tuple[float, float] = (0.0, 0.0),
    noise: float = 0.01,
) -> GroundMap:
    """A map of ground in the light of an afternoon, as a camera of pixels of 6 km would have it."""
    lon = GRID.lat_lon(np.zeros(1), np.arange(GRID.shape[1]))[1][None, :]
    incidence = np.broadcast_to(np.abs(lon + 25.0 + tilt_deg), GRID.shape)
    emission = np.broadcast_to(np.abs(lon - 40.0 + tilt_deg), GRID.shape)
    mu0, mu = np.cos(np.radians(incidence)), np.cos(np.radians(emission))
    seen = ndimage.shift(ground, shift_px, order=3, mode="nearest")
    seen = ndimage.gaussian_filter(seen, blur_px) * mu0**k * mu ** (k - 1.0)
    rng = np.random.default_rng(seed)
    values = np.stack([scale * seen * (1.0 + noise * rng.normal(size=GRID.shape)) for scale in (1.2, 1.0)])
    pixel = np.full(GRID.shape, STEP_KM)
    return GroundMap(
        name=f"map{seed}",
        grid=GRID,
        bands=("RED", "GREEN"),
        values=values.astype(np.float32),
        sigma=noise * values,
        incidence_deg=np.array(incidence),
        emission_deg=np.array(emission),
        phase_deg=np.full(GRID.shape, 60.0),
        pixel_km=pixel,
        blur_km=blur_px * pixel,
        position_sigma_km=3.0,
        scale_sigma=0.1,
        is_normal=False,
        is_simulated=True,
        is_base_map=False,
        time_utc="2024-01-01T00:00:00",
        sources=(),
    )


@pytest.fixture(scope="module")
def before() -> GroundMap:
    return made_up(albedo(), seed=1)


@pytest.fixture(scope="module")
def after() -> GroundMap:
    """Another light, another law, less sharp, moved by a pixel, and three deposits."""
    return made_up(albedo(DEPOSITS), k=0.85, tilt_deg=8.0, blur_px=1.3, seed=2, shift_px=(0.9, -0.6))


@pytest.fixture(scope="module")
def found(before: GroundMap, after: GroundMap) -> Changes:
    return changes_between(before, after)


def test_deposits_are_found_with_their_sizes_places_and_contrasts(found: Changes) -> None:
    assert len(found.regions) == len(DEPOSITS)
    for lat, lon, radius, contrast in DEPOSITS:
        off = [
            float(np.radians(angle_between_deg(direction_of(r.lat_deg, r.lon_east_deg), direction_of(lat, lon))))
            for r in found.regions
        ]
        region = found.regions[int(np.argmin(off))]
        assert min(off) * RADIUS_KM < 0.5 * STEP_KM
        assert region.area_km2 == pytest.approx(np.pi * radius**2, rel=0.1)
        for value, sigma in zip(region.contrast, region.contrast_sigma, strict=True):
            assert abs(value - contrast) < 3.0 * sigma + 0.01  # a hundredth of brightness is taken for a level
        assert np.sign(region.significance) == np.sign(contrast)
        assert not region.is_cut


def test_light_and_shift_are_taken_out(found: Changes) -> None:
    """The laws' exponents cannot be told apart from each other; what is left on quiet ground can be."""
    quiet = found.state == STATES.index("no change")
    assert np.nanstd(found.difference[:, quiet]) < 0.03
    assert found.registration.settled
    core = quiet & (found.registration.x_sigma_px < 0.2)
    assert np.median(found.registration.y_px[core]) == pytest.approx(0.9, abs=0.1)
    assert np.median(found.registration.x_px[core]) == pytest.approx(-0.6, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_found_where_nothing_changed(before: GroundMap, seed: int) -> None:
    same = made_up(albedo(), k=0.6, tilt_deg=-5.0, blur_px=1.2, seed=10 + seed, shift_px=(-0.4, 0.7))
    quiet = changes_between(before, same)
    assert quiet.regions == []
    assert quiet.area_km2("changed") == 0.0
    z = quiet.significance.pixel[np.isfinite(quiet.significance.pixel)]
    assert np.percentile(np.abs(z), 50.0) < 1.3  # of the larger of two colours: 1.05 for independent ones


@pytest.mark.slow
def test_exchanged_maps_exchange_the_sign(before: GroundMap, after: GroundMap, found: Changes) -> None:
    other = changes_between(after, before)
    assert len(other.regions) == len(found.regions)
    assert {np.sign(r.significance) for r in other.regions} == {1.0, -1.0}
    brighter = sum(region.significance > 0 for region in found.regions)
    assert sum(region.significance < 0 for region in other.regions) == brighter


def test_what_could_not_be_compared_is_neither_changed_nor_unchanged(found: Changes) -> None:
    oblique = found.images[1].incidence_deg
    assert oblique is not None
    hidden = found.state == STATES.index("not comparable")
    inner = ndimage.binary_erosion(np.isfinite(oblique), iterations=8)  # at the edge less than half a kernel is known
    lit = inner & (oblique < found.options.max_incidence_deg)
    with np.errstate(invalid="ignore"):
        assert not (hidden & lit & (found.images[1].emission_deg < 60.0) & (found.images[0].emission_deg < 60.0)).any()
        beyond = inner & (found.images[1].emission_deg > found.options.max_emission_deg)
    assert beyond.any()
    assert hidden[beyond].all()
    assert np.isnan(found.significance.kernel[hidden]).all()
    assert np.isnan(found.detectable[hidden]).all()
    total = sum(found.area_km2(state) for state in STATES)
    assert total == pytest.approx(float(np.broadcast_to(pixel_area_km2(found.grid), found.grid.shape).sum()), rel=1e-6)


@pytest.mark.slow
def test_weak_changes_lie_below_what_is_said_to_be_detectable(before: GroundMap) -> None:
    weak = changes_between(before, made_up(albedo(((5.0, -10.0, 70.0, 0.05),)), seed=4))
    assert weak.regions == []
    assert np.nanmin(weak.detectable) >= weak.options.least_contrast


@pytest.mark.slow
def test_a_base_map_of_another_contrast_is_compared_too(after: GroundMap) -> None:
    """Its brightness is a power of the ground's: no exponent may pass for a change."""
    ground = np.full((720, 1440), 0.5, dtype=np.float32)
    lat = 90.0 - (np.arange(720) + 0.5) / 4.0
    lon = (np.arange(1440) + 0.5) / 4.0 - 180.0
    x, y = GRID.xy(lat[:, None], lon[None, :])
    inside = (x > 1) & (y > 1) & (x < GRID.shape[1] - 1) & (y < GRID.shape[0] - 1)
    ground = ndimage.map_coordinates(albedo(), [np.where(inside, y, 1) - 0.5, np.where(inside, x, 1) - 0.5], order=1)
    values = (0.6 * np.where(inside, ground, 0.5) ** 0.7).astype(np.float32)[..., None]
    base = map_of_base_map(BaseMap(values, -180.0, SourceFile("base.png", "0", Path("base.png"))), name="base")
    found = changes_between(base, after)
    assert found.bands == ("GREY",)
    assert len(found.regions) == len(DEPOSITS)


@pytest.mark.slow
def test_bands_that_only_one_map_has_are_left_out(before: GroundMap, after: GroundMap) -> None:
    one = replace(after, bands=("GREEN",), values=after.values[1:], sigma=after.sigma[1:])
    assert changes_between(before, one).bands == ("GREEN",)
    other = replace(one, bands=("METHANE",))
    with pytest.raises(InputError, match="no colour in common"):
        changes_between(before, other)


def test_ground_apart_is_refused(before: GroundMap) -> None:
    apart = replace(before, grid=replace(GRID, center_lon_east_deg=180.0))
    with pytest.raises(InputError, match="no ground in common"):
        changes_between(before, apart)
    night = replace(before, incidence_deg=np.full(GRID.shape, 89.0))
    with pytest.raises(InputError, match="nothing can be compared"):
        changes_between(before, night)
    with pytest.raises(InputError, match="more than 6 million"):
        common_grid(before, before, resolution_km=0.5)
    with pytest.raises(InputError, match="rate"):
        ChangeOptions(false_rate=0.0)


@pytest.mark.parametrize("grid", [GRID, polar_grid("north", 8.0, limit_lat_deg=50.0)], ids=["equator", "pole"])
def test_blur_is_round_on_the_ground_and_keeps_constants(grid: MapGrid) -> None:
    """A point far from the equator spreads as far east as north, and its sum stays."""
    lat, lon = (20.0, 10.0) if grid is GRID else (70.0, 30.0)
    plane = np.zeros(grid.shape)
    x, y = (float(value) for value in grid.xy(lat, lon))
    plane[int(y), int(x)] = 1.0
    spread = blurred(plane[None], grid, 40.0, known=np.ones(grid.shape, bool))[0]
    away = away_km(grid, lat, lon)
    area = np.broadcast_to(pixel_area_km2(grid), grid.shape)
    second = float(np.nansum(area * spread * away**2) / np.nansum(area * spread))
    assert second == pytest.approx(2.0 * 40.0**2, rel=0.12)  # rows within 10 % of stretch are filtered alike
    assert np.nanmax(np.abs(blurred(np.ones((1, *grid.shape)), grid, 40.0) - 1.0)) < 1e-6


def test_sharpness_is_measured() -> None:
    ground = albedo()
    sharp, soft = (np.log(ndimage.gaussian_filter(ground, sigma)) for sigma in (1.5, 1.8))
    wider = sharpness_px2(soft, sharp, np.ones(GRID.shape, bool), 0.5 * (sharp + soft))
    assert wider == pytest.approx(1.8**2 - 1.5**2, rel=0.15)


def test_too_little_ground_settles_no_shift() -> None:
    ground = albedo()
    nowhere = registration(ground, ground, np.zeros(GRID.shape, bool), GRID)
    assert not nowhere.settled
    assert (nowhere.x_sigma_px > 0.0).all()


def test_maps_of_other_ground_are_not_registered_by_the_few_patches_that_agree_by_chance() -> None:
    rng = np.random.default_rng(4)
    first, second = (ndimage.gaussian_filter(rng.normal(1.0, 0.5, (240, 480)), 2.0) for _ in range(2))
    clear = np.ones(first.shape, dtype=bool)
    grid = equirectangular_grid((-45.0, 45.0), (-90.0, 90.0), 12.0)
    rows, columns = grid.shape
    other = registration(first[:rows, :columns], second[:rows, :columns], clear[:rows, :columns], grid)
    assert other.compared > 50
    assert not other.settled
    assert not other.x_px.any()
    same = registration(first[:rows, :columns], first[:rows, :columns], clear[:rows, :columns], grid)
    assert same.settled
    assert same.patches > 0.8 * same.compared


def test_maps_are_read_as_they_were_written(before: GroundMap, tmp_path: Path) -> None:
    path = tmp_path / "x-map.tif"
    planes = {
        "incidence": before.incidence_deg,
        "emission": before.emission_deg,
        "phase": before.phase_deg,
        "resolution": before.pixel_km,
    }
    place = {"crs": GRID.crs_wkt, "transform": GRID.transform_m}
    write_cog(path, color_bands(before.values, before.bands), **place)
    with pytest.raises(InputError, match="its incidence is not known"):
        read_ground_map(path)
    bands = [*backplane_bands(planes), *sigma_bands(before.sigma, before.bands)]
    write_cog(tmp_path / "x-backplanes.tif", bands, **place)
    read = read_ground_map(path)
    assert read.bands == before.bands
    assert read.grid.resolution_km == pytest.approx(GRID.resolution_km)
    np.testing.assert_allclose(read.grid.lat_lon(3, 5), GRID.lat_lon(3, 5), atol=1e-9)
    np.testing.assert_allclose(read.values, before.values, rtol=1e-4)
    np.testing.assert_allclose(read.incidence_deg, before.incidence_deg, atol=1e-3)
    (tmp_path / "y-map.tif").write_text("none")
    with pytest.raises(FormatError, match="not a readable GeoTIFF"):
        read_ground_map(tmp_path / "y-map.tif")
