"""Attitude cut to a stretch. Authority: SPICE on the whole file (independent); records are copied, so all is exact."""

from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spiceypy.utils.exceptions import NotFoundError

from perijove.ephemeris.spice.files import KernelFile, kernel_files
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import clean_pool
from perijove.ephemeris.spice.slicing import slice_attitude
from perijove.ephemeris.spice.text import SpacecraftClock, clock_text
from perijove.errors import KernelError, WriteError
from perijove.geometry.rotations import rotation_z

START_TDB = 757_000_000.0
STRUCTURE = -61000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clock; attitude in two segments, the first with a break, and a comment with a date; attitude of type 2."""
    place = tmp_path_factory.mktemp("attitude")
    (place / "clock.tsc").write_text(clock_text(SpacecraftClock.before(START_TDB)), encoding="ascii")
    with clean_pool():
        spiceypy.furnsh(str(place / "clock.tsc"))
        handle = spiceypy.ckopn(str(place / "whole.bc"), "test", 1000)
        spiceypy.dafac(handle, ["PRODUCT_CREATION_TIME = 2024-01-04T12:00:00", "second line"])
        for offset, breaks in ((0.0, [0, 130]), (400.0, [0])):
            times = START_TDB + offset + np.arange(300.0)
            ticks = np.array([spiceypy.sce2c(-61, t) for t in times])
            turns = np.array([spiceypy.m2q(m) for m in rotation_z(12.0 * (times - START_TDB))])
            rates = np.random.default_rng(0).normal(size=(300, 3))
            spiceypy.ckw03(
                *(handle, float(ticks[0]), float(ticks[-1]), STRUCTURE, "J2000", True, f"from {offset}"),
                *(300, ticks, turns, rates, len(breaks), ticks[breaks]),
            )
        spiceypy.ckcls(handle)
        handle = spiceypy.ckopn(str(place / "type2.bc"), "test", 0)
        spiceypy.ckw02(
            *(handle, ticks[0], ticks[-1], STRUCTURE, "J2000", "type 2", 299, ticks[:-1], ticks[1:]),
            *(turns[:-1], rates[:-1], np.full(299, 1.0 / 256.0)),
        )
        spiceypy.ckcls(handle)
    return place


def attitude(clock: Path, file: Path, times: np.ndarray) -> np.ndarray:
    """Rotation and rate at times, NaN where SPICE finds none."""
    found = np.full((len(times), 4, 3), np.nan)
    with Kernels(clock, file):
        for i, t in enumerate(times):
            try:
                rotation, rate, _ = spiceypy.ckgpav(STRUCTURE, spiceypy.sce2c(-61, t), 0.0, "J2000")
            except NotFoundError:
                continue
            found[i] = [*rotation, rate]
    return found


def cut(folder: Path, file: Path, target: Path, start_tdb: float, stop_tdb: float) -> KernelFile:
    """The slice."""
    (source,) = kernel_files([file])
    target.unlink(missing_ok=True)
    made = slice_attitude(Kernels(folder), source, target, start_tdb=start_tdb, stop_tdb=stop_tdb)
    assert made.path == target
    assert 0 < made.records <= made.source_records
    return kernel_files([target])[0]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.floats(-20.0, 690.0), length=st.floats(1.0, 400.0))
def test_in_the_stretch_nothing_changes(folder: Path, tmp_path: Path, start: float, length: float) -> None:
    """Between records, at records and in the holes, rates included."""
    first, last = START_TDB + start, START_TDB + start + length
    if not any(start <= end and start + length >= begin for begin, end in ((0.0, 299.0), (400.0, 699.0))):
        with pytest.raises(KernelError, match="holds no attitude"):
            cut(folder, folder / "whole.bc", tmp_path / "slice.bc", first, last)
        return
    cut(folder, folder / "whole.bc", tmp_path / "slice.bc", first, last)
    times = np.concatenate([np.linspace(first, last, 60), START_TDB + np.arange(np.ceil(start), start + length)[:200]])
    whole, part = (attitude(folder / "clock.tsc", file, times) for file in (folder / "whole.bc", tmp_path / "slice.bc"))
    np.testing.assert_array_equal(part, whole)
    beyond = attitude(folder / "clock.tsc", tmp_path / "slice.bc", np.array([first - 2.1, last + 2.1]))
    assert np.isnan(beyond).all()


def test_the_date_that_ranks_kernels_is_kept(folder: Path, tmp_path: Path) -> None:
    (whole,) = kernel_files([folder / "whole.bc"])
    made = cut(folder, folder / "whole.bc", tmp_path / "slice.bc", START_TDB, START_TDB + 10.0)
    assert made.created == whole.created == "2024-01-04T12:00:00"
    again = cut(folder, tmp_path / "slice.bc", tmp_path / "again.bc", START_TDB, START_TDB + 10.0)
    assert again.path.stat().st_size == made.path.stat().st_size


def test_what_cannot_be_cut_is_told(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "slice.bc"
    with pytest.raises(KernelError, match=r"^type2.bc: holds attitude of type 2; only type 3 can be cut"):
        cut(folder, folder / "type2.bc", target, START_TDB, START_TDB + 500.0)
    for start in (310.0, -100.0, 1000.0):
        with pytest.raises(KernelError, match=r"^whole.bc: holds no attitude from 2023-12-28T\d\d:\d\d:\d\d to "):
            cut(folder, folder / "whole.bc", target, START_TDB + start, START_TDB + start + 50.0)
    with pytest.raises(WriteError, match="nowhere"):
        cut(folder, folder / "whole.bc", tmp_path / "nowhere/slice.bc", START_TDB, START_TDB + 10.0)
    (source,) = kernel_files([folder / "whole.bc"])
    with pytest.raises(KernelError, match=r"SCLK|clock"):
        slice_attitude(Kernels(folder / "whole.bc"), source, target, start_tdb=START_TDB, stop_tdb=START_TDB + 1.0)
    assert not list(tmp_path.iterdir())


@pytest.mark.data
def test_of_a_reconstruction_by_naif(data_dir: Path, tmp_path: Path) -> None:
    """The archive's own records, at the spacecraft's rate, byte order of another machine included."""
    place = data_dir / "spice/ale_2016240"
    (source,) = kernel_files([place / "juno_sc_rec_160821_160827_v01_0_sliced_-61000.bc"])
    kernels = Kernels(place / "jno_sclkscet_00090.tsc", source.path)
    (row,) = kernels.coverage()
    first, last = row.start_tdb + 20.0, row.start_tdb + 50.0
    made = slice_attitude(kernels, source, tmp_path / "slice.bc", start_tdb=first, stop_tdb=last)
    assert 30 <= made.records <= 34 < made.source_records == 96
    times = np.linspace(first, last, 500)
    whole, part = (attitude(place / "jno_sclkscet_00090.tsc", file, times) for file in (source.path, made.path))
    np.testing.assert_array_equal(part, whole)
    assert np.isfinite(part).all()
