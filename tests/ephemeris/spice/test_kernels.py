"""The door to SPICE. Authorities: SPICE called directly (independent), and laws of a borrowed pool: nothing leaks."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.ephemeris.spice.files import kernel_files
from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import KernelError
from perijove.timescales import utc_to_tdb

METHANE_START_UTC = "2016-08-27T09:00:04.129"  # the label in the data folder
TEXT_KERNELS = ("naif0012.tls", "pck00010.tpc", "juno_v12.tf")


@pytest.fixture
def methane(data_dir: Path) -> Kernels:
    folder = data_dir / "spice"
    return Kernels(folder / "ale_2016240", *(folder / name for name in TEXT_KERNELS))


@pytest.fixture
def methane_oracle(spice: Callable[..., None], data_dir: Path) -> None:
    slices = sorted((data_dir / "spice/ale_2016240").glob("j*.*c")) + sorted(
        (data_dir / "spice/ale_2016240").glob("*.bsp")
    )
    spice(*TEXT_KERNELS, *(f"ale_2016240/{path.name}" for path in slices))


def methane_tdb() -> float:
    return utc_to_tdb(METHANE_START_UTC) + 0.06188 + (8 - 1) * (0.378 + 0.001)


@pytest.fixture
def nothing_leaks() -> Iterator[None]:
    spiceypy.kclear()
    yield
    assert spiceypy.ktotal("ALL") == 0
    assert not spiceypy.expool("DELTET/DELTA_AT")


@pytest.mark.data
@pytest.mark.usefixtures("methane_oracle")
def test_methane_frame_equals_spice(methane: Kernels) -> None:
    """Time to 1e-9 s, position to 1e-6 km, attitude to 1e-9."""
    tdb = methane_tdb()
    assert abs(tdb - (spiceypy.str2et(METHANE_START_UTC) + 0.06188 + 7 * 0.379)) <= 1e-9
    for correction in ("NONE", "CN", "CN+S"):
        state, light_time = methane.state("JUNO", "JUPITER", tdb, frame="IAU_JUPITER", correction=correction)
        expected, expected_light_time = spiceypy.spkezr("JUNO", tdb, "IAU_JUPITER", correction, "JUPITER")
        np.testing.assert_allclose(state[:3], expected[:3], rtol=0, atol=1e-6)
        assert light_time == pytest.approx(expected_light_time, abs=1e-12)
    attitude = methane.rotation("J2000", "JUNO_SPACECRAFT", tdb)
    np.testing.assert_allclose(attitude, spiceypy.pxform("J2000", "JUNO_SPACECRAFT", tdb), rtol=0, atol=1e-9)


@pytest.mark.data
@pytest.mark.usefixtures("methane_oracle")
def test_clock_agrees_with_the_label(methane: Kernels) -> None:
    tdb = methane.sclk_to_tdb("525560580:87")
    assert tdb == spiceypy.scs2e(-61, "525560580:87")
    assert abs(tdb - utc_to_tdb(METHANE_START_UTC)) < 0.5 / 256 + 0.0005  # half a tick and half a printed millisecond


@pytest.mark.data
def test_coverage_and_the_files_that_answered(methane: Kernels) -> None:
    tdb = methane_tdb()
    rows = {(row.body, row.file.kind) for row in methane.coverage()}
    assert rows == {
        ("JUNO", "SPK"),
        ("JUPITER BARYCENTER", "SPK"),
        ("SUN", "SPK"),
        ("JUPITER", "SPK"),
        ("JUNO_SPACECRAFT", "CK"),
    }
    np.testing.assert_array_equal(methane.covers("JUNO", [tdb, tdb + 1e4]), [True, False])
    assert methane.covers("JUNO_SPACECRAFT", tdb)
    assert methane.covers("JUNO_JUNOCAM", tdb)
    assert not methane.covers("IO", tdb)
    assert methane.used_files() == ()
    methane.state("JUPITER", "JUNO", tdb)
    methane.rotation("J2000", "JUNO_JUNOCAM", tdb)
    used = {file.name for file in methane.used_files()}
    assert "JNCR_2016240_01M06152_V01_METHANE_0008_1.bsp" in used
    assert "JNCR_2016240_01M06152_V01_METHANE_0008_0.bsp" not in used
    assert "juno_sc_rec_160821_160827_v01_1_sliced_-61000.bc" in used
    assert "juno_sc_rec_160821_160827_v01_0_sliced_-61000.bc" not in used


@pytest.mark.data
def test_own_facts_stand_in_for_missing_text_kernels(data_dir: Path, methane: Kernels) -> None:
    bare = Kernels(data_dir / "spice/ale_2016240")
    tdb = methane_tdb()
    # The mounting is printed to 7 digits in the frame kernel; ours is its nearest rotation.
    np.testing.assert_allclose(
        bare.rotation("J2000", "JUNO_JUNOCAM", tdb),
        methane.rotation("J2000", "JUNO_JUNOCAM", tdb),
        rtol=0,
        atol=5e-8,
    )
    for frame in ("IAU_IO", "IAU_JUPITER", "JUNO_SPACECRAFT"):
        np.testing.assert_allclose(
            bare.rotation("J2000", frame, tdb), methane.rotation("J2000", frame, tdb), rtol=0, atol=1e-12
        )
    assert len(bare.stand_ins) == 5
    assert methane.stand_ins == ()


@pytest.mark.data
@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda k, t: k.state("IO", "JUNO", t), "no positions of IO (501) at 2016-08-27T09:00:06.844 UTC"),
        (lambda k, t: k.state("JUNO", "SSB", [t, t + 1e4]), "nearest is 2016-08-27T09:00:02 to 2016-08-27T09:01:34"),
        (lambda k, t: k.state("NOBODY", "JUNO", t), "NOBODY is not known"),
        (lambda k, t: k.rotation("J2000", "JUNO_JUNOCAM", t - 500), "no attitude of JUNO_SPACECRAFT (-61000)"),
        (lambda k, t: k.rotation("J2000", "NOWHERE", t), "no kernel defines the frame NOWHERE"),
        (lambda k, _: k.sclk_to_tdb("half past nine"), "clock reading"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_in_one_line(methane: Kernels, ask: Callable[..., object], words: str) -> None:
    with pytest.raises(KernelError) as caught:
        ask(methane, methane_tdb())
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.data
def test_missing_clock_is_named(data_dir: Path) -> None:
    folder = data_dir / "spice"
    attitude = Kernels(folder / "ale_2016240/juno_sc_rec_160821_160827_v01_1_sliced_-61000.bc")
    assert attitude.coverage() == ()
    with pytest.raises(KernelError, match=r"clock kernel \(SCLK\)"):
        attitude.rotation("J2000", "JUNO_SPACECRAFT", methane_tdb())
    with pytest.raises(KernelError, match=r"clock kernel \(SCLK\)"):
        attitude.sclk_to_tdb("525560580:87")


# -------------------------------------------------------------------------------------- the borrowed pool


@pytest.mark.usefixtures("nothing_leaks")
def test_pool_is_clean_after_use_and_after_errors(simulated: Path, closest_tdb: float) -> None:
    kernels = Kernels(simulated)
    kernels.state("JUNO", "IO", closest_tdb)
    with pytest.raises(KernelError):
        kernels.state("JUNO", "IO", 0.0)
    with kernels, kernels:
        assert spiceypy.ktotal("ALL") == len(kernels.files)


def test_users_pool_comes_back_and_does_not_mix_in(simulated: Path, closest_tdb: float) -> None:
    spiceypy.kclear()
    try:
        users = [str(simulated / "leap_seconds.tls"), str(simulated / "juno_trajectory.bsp")]
        for path in users:
            spiceypy.furnsh(path)
        spiceypy.pdpool("MY_NUMBERS", [1.0, 2.5])
        spiceypy.pcpool("MY_WORDS", ["tupan", "loki patera"])
        kernels = Kernels(simulated / "juno_clock.tsc")
        with pytest.raises(KernelError, match="no positions"):
            kernels.state("JUNO", "IO", closest_tdb)
        with kernels:
            assert not spiceypy.expool("MY_NUMBERS")
        assert [spiceypy.kdata(i, "ALL")[0] for i in range(spiceypy.ktotal("ALL"))] == users
        np.testing.assert_array_equal(spiceypy.gdpool("MY_NUMBERS", 0, 9), [1.0, 2.5])
        assert list(spiceypy.gcpool("MY_WORDS", 0, 9)) == ["tupan", "loki patera"]
        spiceypy.spkezr("JUNO", closest_tdb, "J2000", "NONE", "IO")
    finally:
        spiceypy.kclear()


def test_a_lost_user_kernel_is_told(simulated: Path, tmp_path: Path) -> None:
    spiceypy.kclear()
    lost = shutil.copy(simulated / "leap_seconds.tls", tmp_path / "lost.tls")
    spiceypy.furnsh(str(lost))
    with pytest.warns(UserWarning, match=r"lost\.tls could not be loaded again"), Kernels(simulated):
        Path(lost).unlink()
    assert spiceypy.ktotal("ALL") == 0


@pytest.mark.usefixtures("nothing_leaks")
def test_two_sets_may_be_open_at_once(simulated: Path, closest_tdb: float) -> None:
    clock, everything = Kernels(simulated / "juno_clock.tsc"), Kernels(simulated)
    with everything, clock:
        with pytest.raises(KernelError):
            clock.state("JUNO", "IO", closest_tdb)
        everything.state("JUNO", "IO", closest_tdb)  # its own session inside the other's


@pytest.mark.usefixtures("nothing_leaks")
def test_threads_wait_for_each_other(simulated: Path, closest_tdb: float) -> None:
    kernels = [Kernels(simulated), Kernels(simulated)]
    times = closest_tdb + np.linspace(-20.0, 20.0, 50)
    expected = kernels[0].state("JUNO", "IO", times)[0]
    results: dict[int, np.ndarray] = {}

    def ask(i: int) -> None:
        results[i] = kernels[i % 2].state("JUNO", "IO", times)[0]

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(np.array_equal(result, expected) for result in results.values())


# ------------------------------------------------------------------------------- which files, which order


def test_kinds_are_found_by_content(simulated: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed" / "deep"
    mixed.mkdir(parents=True)
    for i, path in enumerate(sorted(simulated.iterdir())):
        shutil.copy(path, mixed / f"{i}.dat")
    (mixed / "readme.txt").write_text("no kernel")
    (mixed / "empty.bsp").touch()
    found = kernel_files([mixed.parent])
    assert sorted(file.kind for file in found) == ["CK", "FK", "FK", "LSK", "PCK", "PCK", "SCLK", "SPK"]
    assert [file.binary for file in found] == sorted(file.binary for file in found)


def test_a_later_stated_date_outranks_the_name(simulated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clocks"
    folder.mkdir()
    text = (simulated / "juno_clock.tsc").read_text()
    start = next(line for line in text.splitlines() if "COEFFICIENTS" in line).split()[4]
    shifted = text.replace(f"( 0 {start}", f"( 0 {float(start) + 5.0!r}")
    (folder / "a.tsc").write_text(shifted.replace("@2000-01-01", "@2024-06-01"))
    (folder / "b.tsc").write_text(text.replace("@2000-01-01", "@2023-06-01"))
    count = round(float(start))
    assert Kernels(folder).sclk_to_tdb(f"{count + 10}:000") == float(start) + 15.0
    # Told file by file, the user's order counts.
    assert Kernels(folder / "a.tsc", folder / "b.tsc").sclk_to_tdb(f"{count + 10}:000") == float(start) + 10.0


def test_broken_and_absent_kernels(simulated: Path, tmp_path: Path) -> None:
    data = (simulated / "juno_trajectory.bsp").read_bytes()
    cut = tmp_path / "cut.bsp"
    cut.write_bytes(data[: len(data) // 2])
    garbled = tmp_path / "garbled.tpc"
    garbled.write_text("KPL/PCK\n\n\\begindata\nBODY501_PM = ( 1 2\nBODY\n")
    note = tmp_path / "note.txt"
    note.write_text("hello")
    empty = tmp_path / "empty"
    empty.mkdir()
    cases = [
        (cut, "truncated"), (note, "not a SPICE kernel"), (empty, "no SPICE kernels"), (tmp_path / "x", "no such file"),
    ]  # fmt: skip
    for place, words in cases:
        with pytest.raises(KernelError, match=words) as caught:
            Kernels(place)
        assert "\n" not in str(caught.value)
    with pytest.raises(KernelError, match="empty list"):
        Kernels()
    with pytest.raises(KernelError, match=r"garbled\.tpc: broken PCK kernel"):
        Kernels(simulated, garbled).state("JUNO", "IO", 0.0)
