"""The inverse projection.

Authority: law (a smooth scene comes back to the interpolation's own error, seams vanish, noise averages as stated,
culling loses nothing) and independent (a plain numpy projection of single points through the camera's own methods).
"""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.synthetic import Pass, close_pass, scene, strip

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import InputError
from perijove.geometry.grids import (
    equirectangular_grid,
    global_equirectangular,
    orthographic_grid,
    perspective_grid,
    polar_grid,
)
from perijove.geometry.illumination import illumination_deg
from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import rotation_z
from perijove.scene.backplanes import framelet_ground_km, seen_bounds_deg
from perijove.scene.mapping import FrameletPixels, MapOptions, MapResult, project_to_map
from perijove.scene.shot import Shot
from perijove.scene.view import View

BAD = 1
MARK = 4
Picture = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def far_pass() -> Pass:
    """Seven frames from 15,000 km: the disc spans about three framelets of each colour."""
    return close_pass(n_frames=7, range_km=15000.0)


@pytest.fixture(scope="module")
def picture(far_pass: Pass) -> Picture:
    """The smooth scene as each pixel sees it at its centre; beyond the limb the scene of the nearest ground goes on."""
    n = len(far_pass.shot)
    radiance = np.full((n, 128, 1648), 0.5, np.float32)
    for k in range(n):
        point = framelet_ground_km(far_pass.shot, k)
        seen = np.isfinite(point[0])
        radiance[k][seen] = scene(point, int(far_pass.bands[k]))[seen]
    return radiance, np.full(radiance.shape, 0.01, np.float32), np.zeros(radiance.shape, np.uint16)


def project(far_pass: Pass, picture: Picture, grid: MapGrid, **options: object) -> MapResult:
    """Projection with what all tests share."""
    return project_to_map(
        far_pass.shot,
        FrameletPixels(*picture, far_pass.bands),
        grid,
        bad_bits=BAD,
        options=MapOptions(**({"max_emission_deg": 70.0} | options)),  # type: ignore[arg-type]
    )


def disc(far_pass: Pass) -> MapGrid:
    """The disc as seen at mid-picture, 10 km per pixel: about the picture's own scale."""
    return perspective_grid(far_pass.view.position_km[3], 10.0)


GRIDS = {
    "equirectangular": global_equirectangular(20.0),
    "region": equirectangular_grid((20.0, 70.0), (0.0, 110.0), 9.0),
    "north": polar_grid("north", 15.0),
    "disc": orthographic_grid(50.0, 50.0, 11.0),
    "perspective": perspective_grid(close_pass(n_frames=7, range_km=15000.0).view.position_km[3], 12.0),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_smooth_scene_comes_back(far_pass: Pass, picture: Picture, name: str) -> None:
    """Law: Catmull-Rom errs by at most h³ |f'''| / 24 x sqrt(3) / 2 or so per axis; here h is a pixel at 70 deg."""
    grid = GRIDS[name]
    result = project(far_pass, picture, grid)
    rows, columns = np.nonzero(np.isfinite(result.values).all(axis=0))
    assert len(rows) > 4000
    truth = grid.ground_km(rows, columns, radii_km=RADII).T
    # Pixel on the ground: 15,000 km / 1481 / cos 70 deg = 30 km; the scene's waves have k <= 26 / 1829 km.
    bound = 0.2 * (30.0 * 26.0 / 1829.0) ** 3 / 24.0
    for band in range(3):
        error = np.abs(result.values[band, rows, columns] - scene(truth, band))
        assert error.max() < bound
        assert np.median(error) < 0.1 * bound


def test_no_seam_at_strip_edges(far_pass: Pass, picture: Picture) -> None:
    """Framelets that disagree by a constant blend: no step between neighbours exceeds the ramp's own slope."""
    radiance = np.zeros_like(picture[0])
    radiance += (far_pass.shot.frame_of_framelet % 2)[:, None, None].astype(np.float32)
    grid = perspective_grid(far_pass.view.position_km[3], 5.0)  # half a raw pixel per map pixel
    result = project(far_pass, (radiance, *picture[1:]), grid)
    values = result.values[1]
    assert np.nanmin(values) == pytest.approx(0.0, abs=1e-6)
    assert np.nanmax(values) == pytest.approx(1.0, abs=1e-6)
    # At the rim, 70 deg of emission here, framelets end within a pixel or two of each other, and so do weights.
    inner = np.where(result.backplanes["emission"] < 69.0, values, np.nan)
    steps = np.abs(np.diff(inner, axis=0))
    # Overlap of at least 12 rows, each side's weight a cubic of 8 rows: w1 / (w1 + w2) climbs by less than 0.3 per row.
    assert np.nanmax(steps) < 0.3 * 0.6
    assert np.nanmax(steps) > 0.02


def test_sigma_is_the_scatter_of_noise(far_pass: Pass, picture: Picture) -> None:
    """White noise of the stated sigma: residual / sigma has unit variance, also where framelets overlap."""
    noise = np.random.default_rng(8).normal(scale=0.01, size=picture[0].shape).astype(np.float32)
    result = project(far_pass, (0.3 + noise, *picture[1:]), disc(far_pass))
    pull = (result.values - 0.3) / result.sigma
    pull = pull[np.isfinite(pull)]
    # Neighbours share pixels: about 16 / 6 of them count as one.
    assert pull.std() == pytest.approx(1.0, abs=4.0 * np.sqrt(0.5 / (len(pull) / 3.0)))
    assert abs(pull.mean()) < 4.0 / np.sqrt(len(pull) / 3.0)
    assert np.nanmin(result.sigma) < 0.0075  # two framelets and the cubic's smoothing
    assert np.nanmax(result.sigma) < 0.0101


def plain_projection(far_pass: Pass, picture: Picture, point: np.ndarray, band: int) -> float:
    """One ground point by the slow way: every framelet, the camera's own methods, the cubic as a polynomial fit."""
    normal = point / RADII**2
    normal /= np.linalg.norm(normal)
    total = weights = 0.0
    for k in np.flatnonzero(far_pass.bands == band):
        view, frame = far_pass.view, far_pass.shot.frame_of_framelet[k]
        camera = far_pass.shot.cameras[k]
        sight = point - view.position_km[frame]
        cosine = -(sight @ normal) / np.linalg.norm(sight)
        column, row = camera.pixels(view.body_to_camera[frame] @ sight) - 0.5
        inside = min(column - 1.0, 1646.0 - column, row - 1.0, 126.0 - row)
        if not (cosine > np.cos(np.radians(70.0)) and inside > 0.0):
            continue
        j, i = int(column), int(row)

        def spline(four: np.ndarray, t: float) -> float:
            slope1, slope2 = 0.5 * (four[2] - four[0]), 0.5 * (four[3] - four[1])
            return float(
                four[1] * (1 + 2 * t) * (1 - t) ** 2
                + slope1 * t * (1 - t) ** 2
                + four[2] * t * t * (3 - 2 * t)
                + slope2 * t * t * (t - 1)
            )

        patch = picture[0][k, i - 1 : i + 3, j - 1 : j + 3].astype(float)
        value = spline(np.array([spline(line, column - j) for line in patch]), row - i)
        ramps = [min(d / 8.0, 1.0) for d in (min(row - 1.0, 126.0 - row), min(column - 1.0, 1646.0 - column))]
        weight = (
            np.prod([t * t * (3.0 - 2.0 * t) for t in ramps]) * (cosine - np.cos(np.radians(70.0))) / (sight @ sight)
        )
        total, weights = total + weight * value, weights + weight
    return total / weights if weights > 0.0 else np.nan


@pytest.mark.slow
@pytest.mark.parametrize("name", GRIDS)
def test_equals_the_plain_way_point_by_point(far_pass: Pass, picture: Picture, name: str) -> None:
    """Independent: the kernel's tiles, culling and single precision change nothing, inside and outside the coverage."""
    grid = GRIDS[name]
    noisy = np.random.default_rng(9).normal(scale=0.3, size=picture[0].shape).astype(np.float32)
    result = project(far_pass, (picture[0] + noisy, *picture[1:]), grid)
    rng = np.random.default_rng(10)
    rows, columns = rng.integers(grid.shape[0], size=400), rng.integers(grid.shape[1], size=400)
    ground = grid.ground_km(rows, columns, radii_km=RADII)
    covered = 0
    for row, column, point in zip(rows, columns, ground, strict=True):
        truth = plain_projection(far_pass, (picture[0] + noisy, *picture[1:]), point, 2)
        ours = result.values[2, row, column]
        assert np.isnan(ours) == np.isnan(truth)
        if not np.isnan(truth):
            covered += 1
            # Single precision of a value of order 1, and of places (1e-4 px) on slopes of order 0.3 per pixel.
            assert ours == pytest.approx(truth, abs=1e-4)
    assert covered > 20


@pytest.mark.parametrize("name", GRIDS)
def test_places_are_exact_to_a_ten_thousandth_of_a_pixel(far_pass: Pass, picture: Picture, name: str) -> None:
    """Independent: pictures that show their own columns and rows, which the cubic returns unchanged, tell the place."""
    grid, frame, count = GRIDS[name], 3, len(far_pass.shot)
    k = int(np.flatnonzero((far_pass.shot.frame_of_framelet == frame) & (far_pass.bands == 1))[0])
    only = np.where(np.arange(count) == k, 0, -1)
    row, column = np.indices((128, 1648), dtype=np.float32)
    camera, view = far_pass.shot.cameras[k], far_pass.view
    for axis, (shown, middle) in enumerate(((column, 824.0), (row, 64.0))):
        place = np.broadcast_to((shown - middle) / 1024.0, picture[0].shape).astype(np.float32)
        pixels = FrameletPixels(place, *picture[1:], only)
        result = project_to_map(far_pass.shot, pixels, grid, bad_bits=BAD, options=MapOptions(backplanes=False))
        rows, columns = np.nonzero(np.isfinite(result.values[0]))
        sight = grid.ground_km(rows, columns, radii_km=RADII) - view.position_km[frame]
        truth = camera.pixels(sight @ view.body_to_camera[frame].T)[:, axis] - 0.5
        assert len(truth) > 100
        assert np.abs(result.values[0, rows, columns] * 1024.0 + middle - truth).max() < 1.5e-4


def test_culling_loses_no_framelet(far_pass: Pass, picture: Picture) -> None:
    """Coverage of a coarse map, whose tiles span the body, equals that of a fine one at the same points."""
    fine = project(far_pass, picture, global_equirectangular(20.0), backplanes=False)
    coarse_grid = global_equirectangular(20.0 * 7.0)
    coarse = project(far_pass, picture, coarse_grid, backplanes=False)
    rows, columns = np.indices(coarse_grid.shape)
    x, y = fine.grid.xy(*coarse_grid.lat_lon(rows, columns))
    step = fine.grid.resolution_km / coarse_grid.resolution_km
    assert 0.13 < step < 0.15
    nearest = fine.values[:, np.minimum(y.astype(int), fine.grid.shape[0] - 1), x.astype(int) % fine.grid.shape[1]]
    agree = np.isfinite(nearest) == np.isfinite(coarse.values)
    assert agree.mean() > 0.995  # they may differ within half a fine pixel of the coverage's edge


def test_bad_pixels_have_no_weight(far_pass: Pass, picture: Picture) -> None:
    radiance, sigma, quality = (array.copy() for array in picture)
    rng = np.random.default_rng(12)
    hit = rng.random(radiance.shape) < 0.003
    radiance[hit] = 50.0
    quality[hit] |= BAD
    radiance[rng.random(radiance.shape) < 0.0005] = np.nan
    sigma[rng.random(radiance.shape) < 0.0005] = 0.0
    grid = disc(far_pass)
    good, damaged = project(far_pass, picture, grid), project(far_pass, (radiance, sigma, quality), grid)
    both = np.isfinite(good.values) & np.isfinite(damaged.values)
    assert both.sum() > 0.999 * np.isfinite(good.values).sum()
    # A lost neighbour shifts the sample by up to a pixel: 10 km at the centre, 30 km at 70 deg, on slopes of
    # 0.3 x 26 / 1829 km.
    assert np.abs(damaged.values - good.values)[both].max() < 30.0 * 0.3 * 26.0 / 1829.0
    assert (damaged.quality[both] & BAD).mean() == pytest.approx(1.0 - 0.997**4, rel=0.3)  # four neighbours each
    assert not good.quality.any()


def test_flags_of_the_neighbours_come_through(far_pass: Pass, picture: Picture) -> None:
    quality = picture[2].copy()
    quality[:, 60:64] |= MARK
    result = project(far_pass, (*picture[:2], quality), disc(far_pass))
    assert set(np.unique(result.quality)) == {0, MARK}
    np.testing.assert_array_equal(project(far_pass, picture, disc(far_pass)).values, result.values)


def test_backplanes_are_those_of_the_point(far_pass: Pass, picture: Picture) -> None:
    grid = disc(far_pass)
    planes = project(far_pass, picture, grid).backplanes
    rows, columns = np.nonzero(np.isfinite(planes["frame"]))
    lat, lon = grid.lat_lon(rows, columns)
    np.testing.assert_allclose(planes["latitude"][rows, columns], lat, atol=1e-5)
    np.testing.assert_allclose(planes["longitude_east"][rows, columns], lon, atol=2e-5)
    frame = planes["frame"][rows, columns] - 1.0
    position = np.stack([np.interp(frame, np.arange(7), far_pass.view.position_km[:, m]) for m in range(3)], axis=-1)
    point = grid.ground_km(rows, columns, radii_km=RADII)
    truth = illumination_deg(point, position, far_pass.view.sun[0], radii_km=RADII)
    for name, angle in zip(("incidence", "emission", "phase"), truth, strict=True):
        np.testing.assert_allclose(planes[name][rows, columns], angle, atol=2e-5)
    distance = np.linalg.norm(position - point, axis=1)
    np.testing.assert_allclose(planes["resolution"][rows, columns], distance / strip("RED").focal_length_px, rtol=1e-6)
    # The body crosses RED, then GREEN, then BLUE: later bands see a point later.
    assert 1.0 < planes["frame"][rows, columns].mean() < 7.0


def test_one_frame_is_enough(far_pass: Pass, picture: Picture) -> None:
    """A single frame has nothing to interpolate between."""
    view = far_pass.view
    one = View(view.times_tdb[3:4], view.position_km[3:4], view.body_to_camera[3:4], view.sun[3:4])
    chosen = slice(9, 12)
    result = project_to_map(
        Shot("IO", RADII, one, far_pass.shot.cameras[chosen], np.zeros(3, int)),
        FrameletPixels(*(array[chosen] for array in picture), np.arange(3)),
        disc(far_pass),
        bad_bits=BAD,
    )
    frame = result.backplanes["frame"]
    assert result.covered > 0
    assert set(np.unique(frame[np.isfinite(frame)])) == {1.0}


def test_threads_and_read_only_input_change_nothing(far_pass: Pass, picture: Picture) -> None:
    frozen = tuple(array.copy() for array in picture)
    for array in frozen:
        array.setflags(write=False)
    one, two = (
        project(far_pass, picture, disc(far_pass), threads=1),
        project(far_pass, frozen, disc(far_pass), threads=2),
    )
    np.testing.assert_array_equal(one.values, two.values)
    np.testing.assert_array_equal(one.backplanes["phase"], two.backplanes["phase"])


def test_summed_pixels_see_the_same_ground(far_pass: Pass) -> None:
    """Strips of 2 x 2 summed pixels hold their centres' scene; the map is the same to the coarser cubic's error."""
    cameras = []
    for camera in far_pass.shot.cameras:
        c = camera
        cameras.append(
            type(c)(c.name, 824, 64, c.focal_length_px, c.axis_column_px, c.axis_row_px, c.k1, c.k2, summing=2)
        )
    radiance = np.full((len(cameras), 64, 824), 0.5, np.float32)
    shot = Shot("IO", RADII, far_pass.view, tuple(cameras), far_pass.shot.frame_of_framelet)
    for k in range(len(cameras)):
        point = framelet_ground_km(shot, k)
        seen = np.isfinite(point[0])
        radiance[k][seen] = scene(point, int(far_pass.bands[k]))[seen]
    summed = Pass(shot, far_pass.bands)
    grid = disc(far_pass)
    pixels = (radiance, np.full_like(radiance, 0.01), np.zeros(radiance.shape, np.uint16))
    result = project(summed, pixels, grid, max_emission_deg=60.0)
    rows, columns = np.nonzero(np.isfinite(result.values[1]))
    truth = scene(grid.ground_km(rows, columns, radii_km=RADII).T, 1)
    pixel_km = 2.0 * 15000.0 / 1481.0 / np.cos(np.radians(60.0))
    assert np.abs(result.values[1, rows, columns] - truth).max() < 0.2 * (pixel_km * 26.0 / 1829.0) ** 3 / 24.0


def test_columns_bad_from_end_to_end_move_the_taper(far_pass: Pass, picture: Picture) -> None:
    """Dark columns of all framelets end the strip: no value next to them rests on the last good column alone."""
    quality = picture[2].copy()
    quality[:, :, :40] |= BAD
    assert project(far_pass, (*picture[:2], quality), disc(far_pass)).covered > 0
    assert project(far_pass, (*picture[:2], quality | BAD), disc(far_pass)).covered == 0


def test_progress_counts_to_one_and_may_interrupt(far_pass: Pass, picture: Picture) -> None:
    seen: list[float] = []
    pixels = FrameletPixels(*picture, far_pass.bands)
    project_to_map(far_pass.shot, pixels, disc(far_pass), bad_bits=BAD, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def interrupt(_fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project_to_map(far_pass.shot, pixels, disc(far_pass), bad_bits=BAD, progress=interrupt)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": np.zeros((2, 128, 1648), np.float32)}, "must be"),
        ({"band_of_framelet": np.full(21, -1)}, "no framelet belongs"),
        ({"options": MapOptions(interpolation="sinc")}, "neither cubic nor linear"),
    ],
)
def test_what_does_not_fit_is_refused(far_pass: Pass, picture: Picture, change: dict[str, object], words: str) -> None:
    options = change.pop("options", MapOptions())
    pixels = replace(FrameletPixels(*picture, far_pass.bands), **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words):
        project_to_map(far_pass.shot, pixels, disc(far_pass), bad_bits=BAD, options=options)  # type: ignore[arg-type]


def test_several_pictures_keep_their_own_geometry(far_pass: Pass, picture: Picture) -> None:
    """Law: where two pictures overlap, values lie between theirs, and angles are those of one of them.

    One view of both, interpolated between, would give emission angles up to 11 deg off on an eighth of the overlap.
    """
    view, turn = far_pass.view, rotation_z(-75.0)
    later = View(view.times_tdb + 900.0, view.position_km @ turn.T, view.body_to_camera @ turn.T, view.sun @ turn.T)
    # One more frame before the others: pictures differ in length, and a pose is found in its own picture.
    names = ("times_tdb", "position_km", "body_to_camera", "sun")
    first = {name: getattr(later, name)[:1] for name in names} | {"times_tdb": later.times_tdb[:1] - 0.372}
    longer = View(*(np.concatenate([first[name], getattr(later, name)]) for name in names))
    frames = far_pass.shot.frame_of_framelet
    shots = [far_pass.shot, Shot("IO", RADII, longer, far_pass.shot.cameras, frames + 1)]
    level = (np.full_like(picture[0], 0.2), np.full_like(picture[0], 0.6))
    pixels = [FrameletPixels(values, *picture[1:], far_pass.bands) for values in level]
    options = MapOptions(max_emission_deg=70.0)
    grid = global_equirectangular(20.0)
    alone = [project_to_map(*one, grid, bad_bits=BAD, options=options) for one in zip(shots, pixels, strict=True)]
    both = project_to_map(shots, pixels, grid, bad_bits=BAD, options=options)
    seen = [np.isfinite(one.backplanes["emission"]) for one in alone]
    common = seen[0] & seen[1]
    assert common.sum() > 10000
    assert both.shot is not None
    assert set(np.unique(both.shot)) == {-1, 0, 1}
    np.testing.assert_array_equal(both.shot >= 0, seen[0] | seen[1])
    for name in ("emission", "incidence", "phase", "resolution", "frame"):
        theirs = np.where(both.shot == 0, alone[0].backplanes[name], alone[1].backplanes[name])
        np.testing.assert_allclose(both.backplanes[name], theirs, atol=2e-3)  # of a frame, 5e-5; in float32
    # The best look has the greater weight: steeper, nearer, farther from a strip's edge.
    better = np.where(both.shot == 0, 1, -1) * (alone[1].backplanes["emission"] - alone[0].backplanes["emission"])
    assert np.mean(better[common] > 0.0) > 0.9
    assert np.nanmin(both.values) == pytest.approx(0.2, abs=1e-6)
    assert np.nanmax(both.values) == pytest.approx(0.6, abs=1e-6)
    assert np.mean((both.values[1][common] > 0.21) & (both.values[1][common] < 0.59)) > 0.8
    one = project_to_map([shots[0]], [pixels[0]], grid, bad_bits=BAD, options=options)
    np.testing.assert_allclose(one.backplanes["emission"], alone[0].backplanes["emission"], atol=1e-4)
    for given, words in (
        ((shots, pixels[:1]), "both"),
        (([shots[0], replace(shots[1], body="EUROPA")], pixels), "one body"),
    ):
        with pytest.raises(InputError, match=words):
            project_to_map(*given, grid, bad_bits=BAD)


def test_bounds_hold_all_that_is_seen(far_pass: Pass, picture: Picture) -> None:
    (south, north), (west, east) = seen_bounds_deg(far_pass.shot, max_emission_deg=70.0)
    result = project(far_pass, picture, global_equirectangular(20.0))
    lat, lon = result.backplanes["latitude"], result.backplanes["longitude_east"]
    assert south <= np.nanmin(lat)
    assert np.nanmax(lat) <= north
    assert np.nanmin(lat) < south + 4.0
    if (west, east) != (-180.0, 180.0):
        offset = np.mod(lon[np.isfinite(lon)] - west, 360.0)
        assert offset.max() <= east - west
