"""The files of a mosaic: packed blocks, the store that outlives a stopped run, the rasters put together.

Authority: independent (GDAL reads what was packed here) and law (a run that was stopped gives the same bytes).
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio

from perijove.errors import InputError, OutputExistsError, WriteError
from perijove.export.mosaics.bands import RASTERS, MosaicBands
from perijove.export.mosaics.store import TileStore, packed, packed_piece
from perijove.export.rasters.blocks import halved
from perijove.geometry.grids import global_equirectangular
from perijove.mosaic.choices import MosaicOptions
from perijove.mosaic.look import Look
from perijove.mosaic.tiles import TILE, Job, Pieces, blended, job_of
from perijove.mosaics import Contribution, Mosaic

GRID = global_equirectangular(6.0)  # 954 x 1908: two by four tiles, neither side a whole number of blocks


@pytest.fixture(scope="module")
def job(pair: list[Look]) -> Job:
    return job_of(pair, GRID)


@pytest.fixture(scope="module")
def bands(job: Job) -> MosaicBands:
    return MosaicBands(job.looks[0].bands, None, "", job.epoch_tdb)


@pytest.mark.slow
def test_gdal_reads_what_was_packed(job: Job, bands: MosaicBands, tmp_path: Path) -> None:
    """Independent: values to their rounding, no data where none is, layout, names, places and reduced copies."""
    values, quality = np.full((3, *GRID.shape), np.nan, np.float32), np.zeros(GRID.shape, np.uint16)
    with TileStore(tmp_path / "store", GRID.shape, bands) as store:
        for piece in Pieces(job, list(job.tiles())):
            made = blended(piece)
            store.add(packed(piece.tile.row, piece.tile.column, made, bands))
            if made is not None:
                place = (slice(piece.tile.row * TILE, None), slice(piece.tile.column * TILE, None))
                rows, columns = made.quality.shape
                values[:, *place][:, :rows, :columns], quality[place][:rows, :columns] = made.values, made.quality
        for raster in RASTERS:
            store.write(
                raster, tmp_path / f"{raster}.tif", crs=GRID.crs_wkt, transform=GRID.transform_m, tags={"WHO": "me"}
            )
    with rasterio.open(tmp_path / "map.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.shape == GRID.shape
        assert file.tags()["WHO"] == "me"
        assert tuple(file.transform)[:6] == pytest.approx(GRID.transform_m)
        assert file.crs == rasterio.CRS.from_wkt(GRID.crs_wkt or "")
        assert file.descriptions == ("blue", "green", "red")
        assert np.isnan(file.nodata)
        read = file.read()
        np.testing.assert_allclose(read, values, rtol=2.0**-16)  # rounded to 15 bits
        assert file.overviews(1) == [2, 4, 8]
        # Means of the stored values, level by level.
        half, level = read, {}
        for factor in (2, 4, 8):
            half = halved(half, mean=True)
            level[factor] = half
        for number, factor in enumerate((2, 4, 8)):
            with rasterio.open(tmp_path / "map.tif", overview_level=number) as reduced:
                np.testing.assert_allclose(reduced.read(), level[factor], rtol=1e-6)
    with rasterio.open(tmp_path / "quality.tif") as file:
        np.testing.assert_array_equal(file.read(1), quality)
    with rasterio.open(tmp_path / "backplanes.tif") as file:
        assert file.descriptions[:3] == ("looks", "best_picture", "time")
        assert file.descriptions[-1] == "sigma_red"
        assert set(np.unique(file.read(2)[np.isfinite(file.read(2))])) == {1.0, 2.0}


def test_half_of_an_odd_raster() -> None:
    """Law: means of what is there; a corner alone stays itself; nothing from nothing."""
    values = np.array([[1.0, 3.0, np.nan], [np.nan, 5.0, np.nan], [7.0, 9.0, 2.0]], np.float32)
    np.testing.assert_array_equal(halved(values, mean=True), np.array([[3.0, np.nan], [8.0, 2.0]], np.float32))
    np.testing.assert_array_equal(halved(values, mean=False), np.array([[1.0, np.nan], [7.0, 2.0]], np.float32))


@pytest.mark.parametrize("torn", [0, 5])
def test_a_store_is_whole_or_forgets(job: Job, bands: MosaicBands, tmp_path: Path, torn: int) -> None:
    """Law: what a killed run left half-written is not taken up, all before it is."""
    pieces = Pieces(job, list(job.tiles()))
    with TileStore(tmp_path, GRID.shape, bands) as store:
        for piece in pieces[:4]:
            store.add(packed_piece((piece, bands)))
    lines, data = tmp_path / "tiles", tmp_path / "blocks"
    size = data.stat().st_size
    if torn:  # the last line was being written
        lines.write_bytes(lines.read_bytes()[:-torn])
    else:  # a tile was being written, or its blocks did not reach the disk
        with data.open("ab") as file:
            file.write(b"half a tile")
    with TileStore(tmp_path, GRID.shape, bands) as store:
        done = [(piece.tile.row, piece.tile.column) in store for piece in pieces]
        assert done == [True, True, True, torn == 0, False, False, False, False]
        if torn == 0:
            assert data.stat().st_size == size


def _mosaic(pair: list[Look], **options: object) -> Mosaic:
    pictures = tuple(
        Contribution(look, 57, True, ({"name": f"{look.name}.png", "sha256": "0"},), np.arange(len(look.shot)))
        for look in pair
    )
    return Mosaic(pictures, MosaicOptions(resolution_km=6.0, **options), "io")  # type: ignore[arg-type]


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".tif", ".json", ".geojson"}}


def _interrupted_after(count: int) -> Callable[[str, float], None]:
    calls = 0

    def tell(step: str, part: float) -> None:
        nonlocal calls
        calls += step == "tiles"
        if calls > count:
            raise KeyboardInterrupt

    return tell


@pytest.mark.slow
def test_a_stopped_run_goes_on(pair: list[Look], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: nothing half-written but the kept tiles; the next run makes only the others, and the files are the same."""
    mosaic = _mosaic(pair)
    mosaic.write(tmp_path / "whole")
    assert len(list((tmp_path / "whole").iterdir())) == 7  # no folder of tiles is left
    with pytest.raises(KeyboardInterrupt):
        mosaic.write(tmp_path / "stopped", progress=_interrupted_after(4))
    (left,) = (tmp_path / "stopped").iterdir()
    assert left.name.startswith(".io-")
    made: list[int] = []
    monkeypatch.setattr(
        "perijove.mosaics.packed_piece", lambda work: (made.append(work[0].tile.row), packed_piece(work))[1]
    )
    mosaic.write(tmp_path / "stopped")
    assert 0 < len(made) <= 8 - 3
    assert _contents(tmp_path / "stopped") == _contents(tmp_path / "whole")


@pytest.mark.slow
def test_another_mosaic_does_not_take_the_tiles(pair: list[Look], tmp_path: Path) -> None:
    """Law: tiles of other options or other pictures are not mixed in."""
    with pytest.raises(KeyboardInterrupt):
        _mosaic(pair).write(tmp_path, progress=_interrupted_after(4))
    with pytest.raises(KeyboardInterrupt):
        _mosaic(pair, by="emission").write(tmp_path, progress=_interrupted_after(4))
    with pytest.raises(KeyboardInterrupt):
        _mosaic(pair[:1]).write(tmp_path, progress=_interrupted_after(4))
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.slow
def test_a_full_disk_keeps_what_is_done(pair: list[Look], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: one line, tiles kept, and with room again the run ends well."""
    plain, calls = os.pwrite, 0

    def full(*arguments: object) -> int:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(WriteError, match="disk is full"):
        _mosaic(pair).write(tmp_path)
    monkeypatch.undo()
    (left,) = tmp_path.iterdir()
    assert len((left / "tiles").read_text(encoding="ascii").splitlines()) >= 2
    _mosaic(pair).write(tmp_path)
    assert len(list(tmp_path.iterdir())) == 7


@pytest.mark.slow
def test_refusals(pair: list[Look], tmp_path: Path) -> None:
    _mosaic(pair, region_deg=(-89.0, 200.0, -80.0, 210.0))
    with pytest.raises(InputError, match="would be empty"):
        _mosaic(pair, region_deg=(-89.0, 200.0, -80.0, 210.0)).write(tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / "io.json").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"io\.json"):
        _mosaic(pair).write(tmp_path)
    with pytest.raises(InputError, match="thousand million"):
        Mosaic(_mosaic(pair).pictures, MosaicOptions(resolution_km=0.01), "x").write(tmp_path)
    with pytest.raises(InputError, match="night"):
        MosaicOptions(night=True, photometry="minnaert")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of distributed itself, of large pieces among them
def test_a_cluster_makes_the_same_files(pair: list[Look], tmp_path: Path) -> None:
    """Law: to the last byte."""
    distributed = pytest.importorskip("distributed")
    _mosaic(pair).write(tmp_path / "here")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(protocol="tcp", **options) as cluster:
        _mosaic(pair).write(tmp_path / "there", scheduler=cluster.scheduler_address)
    assert _contents(tmp_path / "there") == _contents(tmp_path / "here")
