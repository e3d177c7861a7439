"""GeoTIFF as others read it.

Authority: independent (rasterio re-reads the file, pyproj interprets its coordinate system) unless said otherwise.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.export.rasters.geotiff import Band, backplane_bands, color_bands, quality_band, sigma_bands, write_cog
from perijove.geometry.crs import projection_wkt
from perijove.scene.backplane_registry import BACKPLANES

METRES_PER_DEGREE = np.radians(1.0) * IO_MEAN_RADIUS_KM * 1000.0
STEP_DEG = 0.25
SHAPE = (720, 1440)
GLOBAL = (
    STEP_DEG * METRES_PER_DEGREE,
    0.0,
    -180 * METRES_PER_DEGREE,
    0.0,
    -STEP_DEG * METRES_PER_DEGREE,
    90 * METRES_PER_DEGREE,
)


@pytest.fixture(scope="module")
def lat_lon() -> tuple[np.ndarray, np.ndarray]:
    """Latitude and east longitude of the pixel centres of a global map."""
    lat = 90 - STEP_DEG * (np.arange(SHAPE[0]) + 0.5)
    lon = -180 + STEP_DEG * (np.arange(SHAPE[1]) + 0.5)
    return np.meshgrid(lat, lon, indexing="ij")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, lat_lon: tuple[np.ndarray, np.ndarray]) -> Path:
    """Backplanes of a global map with a hole."""
    lat, lon = (plane.astype(np.float32) for plane in lat_lon)
    incidence = np.where(lat < -60, np.nan, np.abs(lat)).astype(np.float32)
    bands = backplane_bands({"longitude_east": lon, "incidence": incidence, "latitude": lat}, {"RED": 0.01 * incidence})
    path = tmp_path_factory.mktemp("cog") / "planes.tif"
    write_cog(
        path,
        bands,
        crs="IAU_2015:50110",
        transform=GLOBAL,
        tags={"SOURCE": "test", "TIFFTAG_SOFTWARE": "Perijove"},
    )
    return path


def test_bands_are_labelled_in_a_fixed_order(written: Path) -> None:
    with rasterio.open(written) as dataset:
        assert dataset.descriptions == ("latitude", "longitude_east", "incidence", "sigma_red")
        assert dataset.units == ("deg", "deg", "deg", "1")
        assert dataset.tags(3)["description"] == BACKPLANES["incidence"].sentence
        assert dataset.tags()["SOURCE"] == "test"
        assert dataset.tags()["TIFFTAG_SOFTWARE"] == "Perijove"


def test_is_cloud_optimised(written: Path) -> None:
    with rasterio.open(written) as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.overviews(1) == [2, 4, 8]
        assert dataset.block_shapes == [(256, 256)] * 4
    head = written.read_bytes()[:400]
    assert b"LAYOUT=IFDS_BEFORE_DATA" in head


def test_ground_points_fall_where_the_backplanes_say(written: Path, lat_lon: tuple[np.ndarray, np.ndarray]) -> None:
    """Pixel -> CRS by the file, CRS -> latitude and longitude by PROJ, against the stored latitude and longitude."""
    with rasterio.open(written) as dataset:
        crs = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
        rows, columns = np.array([0, 100, 359, 719]), np.array([0, 700, 1000, 1439])
        x, y = dataset.xy(rows, columns)
        stored = dataset.read([1, 2])[:, rows, columns]
    assert crs.ellipsoid is not None
    assert crs.ellipsoid.semi_major_metre == crs.ellipsoid.semi_minor_metre == IO_MEAN_RADIUS_KM * 1000.0
    lon, lat = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    rounding_deg = 180 * 2.0**-18  # mantissa bits kept
    assert np.abs(lat - stored[0]).max() < rounding_deg
    assert np.abs(lon - stored[1]).max() < rounding_deg
    assert np.abs(lat_lon[0][rows, columns] - lat).max() < 1e-9


def test_coordinate_system_is_ios(written: Path) -> None:
    with rasterio.open(written) as dataset:
        assert dataset.crs.to_authority() == ("IAU_2015", "50110")


def test_no_data_and_rounding(written: Path) -> None:
    """Law: rounding keeps relative 2^-19; NaN stays."""
    with rasterio.open(written) as dataset:
        incidence = dataset.read(3)
        assert np.isnan(dataset.nodata)
    lat = 90 - STEP_DEG * (np.arange(SHAPE[0]) + 0.5)
    assert np.isnan(incidence[lat < -60]).all()
    good = incidence[lat > -60]
    assert np.abs(good / np.abs(lat[lat > -60])[:, None] - 1).max() <= 2.0**-19


def test_color_bands_and_average_overview(tmp_path: Path) -> None:
    """Law: the mean of a checkerboard of 0.2 and 0.4 is 0.3."""
    board = np.where(np.indices((1024, 1024)).sum(axis=0) % 2, 0.2, 0.4).astype(np.float32)
    path = tmp_path / "c.tif"
    bands = color_bands(np.stack([board, board, board]), ("RED", "GREEN", "BLUE"))
    write_cog(path, bands, crs="IAU_2015:50110", transform=GLOBAL, overviews="average")
    with rasterio.open(path) as dataset:
        assert dataset.descriptions == ("red", "green", "blue")
        reduced = dataset.read(1, out_shape=(512, 512))
    assert np.abs(reduced - 0.3).max() < 0.3 * 2.0**-14


def test_brightness_is_rounded_below_its_error(tmp_path: Path) -> None:
    """Law: steps of a quarter of the best pixels' error, so rounding adds at most 1/192 to any variance; it is said."""
    rng = np.random.default_rng(1)
    sigma = np.exp(rng.normal(np.log(1e-3), 0.3, (3, 300, 500))).astype(np.float32)
    values = np.abs(rng.normal(0.3, 0.1, sigma.shape)).astype(np.float32)
    values[:, :20] = np.nan
    path = tmp_path / "m.tif"
    bands = color_bands(values, ("RED", "GREEN", "BLUE"), sigma=sigma) + sigma_bands(sigma, ("RED", "GREEN", "BLUE"))
    write_cog(path, bands, crs="IAU_2015:50110", transform=GLOBAL)
    with rasterio.open(path) as dataset:
        stored, errors = dataset.read([1, 2, 3]), dataset.read([4, 5, 6])
        steps = [float(dataset.tags(k)["ROUNDED_TO"].removeprefix("multiples of ")) for k in (1, 2, 3)]
        assert dataset.tags(4)["ROUNDED_TO"] == "1 part in 128"
    assert (np.isnan(stored) == np.isnan(values)).all()
    assert np.abs(errors / sigma - 1.0).max() <= 1.0 / 128.0
    for step, before, after, error in zip(steps, values, stored, sigma, strict=True):
        assert np.percentile(error, 1.0) / 8.0 < step <= np.percentile(error, 1.2) / 4.0
        known = np.isfinite(before)
        assert np.abs(after - before)[known].max() <= 0.5 * step * 1.001
        assert np.abs(after[known] / step - np.round(after[known] / step)).max() < 1e-3
        assert np.var((after - before)[known]) < np.mean(error**2) / 180.0


def test_programs_know_red_green_and_blue(tmp_path: Path) -> None:
    planes = np.full((3, 64, 64), 0.2, dtype=np.float32)
    path = tmp_path / "c.tif"
    write_cog(path, color_bands(planes, ("RED", "GREEN", "BLUE")), crs="IAU_2015:50110", transform=GLOBAL)
    with rasterio.open(path) as dataset:
        assert [color.name for color in dataset.colorinterp] == ["red", "green", "blue"]
    write_cog(path, color_bands(planes[:1], ("METHANE",)), crs="IAU_2015:50110", transform=GLOBAL)
    with rasterio.open(path) as dataset:
        assert dataset.colorinterp[0].name in {"gray", "undefined"}


def test_quality_bits_carry_their_meaning(tmp_path: Path) -> None:
    flags = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    meanings = {1: ("hit", "Radiation."), 0: ("saturated", "At full scale.")}
    path = tmp_path / "q.tif"
    write_cog(path, [quality_band(flags, meanings)], crs="IAU_2015:50110", transform=GLOBAL)
    with rasterio.open(path) as dataset:
        assert dataset.dtypes == ("uint16",)
        assert dataset.nodata is None
        assert dataset.tags(1)["BIT_01"] == "hit: Radiation."
        assert dataset.tags(1)["flag_masks"] == "1,2"
        assert dataset.tags(1)["flag_meanings"] == "saturated hit"
        assert (dataset.read(1) == flags).all()


@pytest.mark.parametrize("code", ["IAU_2015:50130", "IAU_2015:50135", "IAU_2015:50165"])
def test_other_projections_survive(tmp_path: Path, code: str) -> None:
    path = tmp_path / "p.tif"
    plane = np.ones((64, 64), dtype=np.float32)
    write_cog(path, [Band("x", plane, "1", "x")], crs=code, transform=(1000.0, 0.0, -32000.0, 0.0, -1000.0, 32000.0))
    with rasterio.open(path) as dataset:
        found = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
    lon, lat = [10.0, -100.0], [80.0, 70.0] if code != "IAU_2015:50135" else [-80.0, -70.0]
    if code == "IAU_2015:50165":
        lon, lat = [10.0, -40.0], [20.0, -70.0]
    wanted = pyproj.CRS.from_user_input(code)
    there = pyproj.Transformer.from_crs(wanted.geodetic_crs, wanted, always_xy=True).transform(lon, lat)
    here = pyproj.Transformer.from_crs(found.geodetic_crs, found, always_xy=True).transform(lon, lat)
    assert np.abs(np.array(there) - np.array(here)).max() < 1e-6  # metres


@pytest.mark.parametrize(("pole", "lat", "code"), [("north", 90.0, "50130"), ("south", -90.0, "50135")])
def test_polar_systems_are_known_again(tmp_path: Path, pole: str, lat: float, code: str) -> None:
    """GDAL reads the same projection back in its variant B: PROJ knows it by its name, with less confidence."""
    path = tmp_path / "p.tif"
    band = Band("x", np.ones((64, 64), dtype=np.float32), "1", "x")
    crs = projection_wkt(f"polar_{pole}", lat, 0.0, IO_MEAN_RADIUS_KM)
    write_cog(path, [band], crs=crs, transform=(1000.0, 0.0, -32000.0, 0.0, -1000.0, 32000.0))
    with rasterio.open(path) as dataset:
        assert dataset.crs.to_authority(confidence_threshold=25) == ("IAU_2015", code)


def test_picture_without_coordinate_system(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    path = tmp_path / "p.tif"
    write_cog(path, [Band("x", np.ones((64, 64)), "1", "x")], crs=None, transform=())
    assert not [warning for warning in recwarn if "rasterio" not in str(warning.category)]
    assert path.stat().st_size > 0


def test_wrongly_asked() -> None:
    one, two = Band("a", np.ones((4, 4)), "1", "a"), Band("b", np.ones((4, 5)), "1", "b")
    whole = Band("c", np.ones((4, 4), dtype=np.uint8), "1", "c")
    with pytest.raises(ValueError, match="one shape"):
        write_cog(Path("x.tif"), [one, two], crs=None, transform=())
    with pytest.raises(ValueError, match="all be floats or all unsigned integers"):
        write_cog(Path("x.tif"), [one, whole], crs=None, transform=())
    with pytest.raises(ValueError, match="at least one band"):
        write_cog(Path("x.tif"), [], crs=None, transform=())
    with pytest.raises(ValueError, match="not a coordinate system"):
        write_cog(Path("x.tif"), [one], crs="IAU_2015:1", transform=GLOBAL)
    with pytest.raises(KeyError, match="no backplane is called incedence"):
        backplane_bands({"incedence": np.ones((4, 4))})


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from perijove.errors import WriteError
from perijove.export.atomic import ProductSet
from perijove.export.rasters.geotiff import Band, write_cog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
noise = np.random.default_rng(0).random((300, 300), np.float32)
try:
    with ProductSet(Path(sys.argv[1])) as products:
        products.path("a.json").write_text("{}")
        bands = [Band("x", noise, "1", "x")]
        write_cog(products.path("b.tif"), bands, crs="IAU_2015:50110", transform=(1, 0, 0, 0, -1, 0))
except WriteError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit there")
def test_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    """A real fault: the kernel refuses bytes beyond 300,000, where GDAL on its own leaves a cut file and no error."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "out")], capture_output=True, text=True, check=True
    )
    assert "cannot write products: File too large" in done.stdout
    assert not (tmp_path / "out").exists()
