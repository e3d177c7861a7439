"""Kernels of a simulation. Authorities: what was written must be read back (law), by SPICE itself."""

from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.bodies.juno import SPACECRAFT_TO_CAMERA
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.text import SpacecraftClock
from perijove.ephemeris.spice.writing import Attitude, Trajectory, system_trajectories, write_kernel_set
from perijove.errors import InputError, OutputExistsError, WriteError
from perijove.geometry.rotations import rotation_z
from perijove.timescales import leap_seconds, utc_to_tdb

Pass = tuple[Trajectory, Attitude]


def test_states_and_attitude_come_back(simulated: Path, straight_pass: Pass) -> None:
    trajectory, attitude = straight_pass
    times = trajectory.times_tdb
    kernels = Kernels(simulated)
    assert kernels.stand_ins == ()
    state, _ = kernels.state("JUNO", "IO", times)
    np.testing.assert_allclose(state[:, :3], trajectory.states[:, :3], rtol=0, atol=1e-6)
    np.testing.assert_allclose(state[:, 3:], trajectory.states[:, 3:], rtol=0, atol=1e-9)
    rotation = kernels.rotation("J2000", "JUNO_SPACECRAFT", times)
    np.testing.assert_allclose(rotation, attitude.icrf_to_spacecraft, rtol=0, atol=1e-9)
    camera = kernels.rotation("JUNO_SPACECRAFT", "JUNO_JUNOCAM", times[0])
    np.testing.assert_allclose(camera, SPACECRAFT_TO_CAMERA, rtol=0, atol=1e-15)


def test_between_the_nodes_a_steady_spin_and_a_straight_line_are_exact(simulated: Path, straight_pass: Pass) -> None:
    trajectory, _ = straight_pass
    times = trajectory.times_tdb[:-1] + 0.21
    kernels = Kernels(simulated)
    rotation = kernels.rotation("J2000", "JUNO_SPACECRAFT", times)
    # The grain of a double of TDB, 1.2e-7 s, has no part in this: both sides take the same doubles.
    np.testing.assert_allclose(rotation, rotation_z(12.0 * (times - trajectory.times_tdb[0])), rtol=0, atol=1e-9)
    first = trajectory.states[0]
    line = first[:3] + (times - trajectory.times_tdb[0])[:, None] * first[3:]
    np.testing.assert_allclose(kernels.state("JUNO", "IO", times)[0][:, :3], line, rtol=0, atol=1e-6)


def test_angular_velocity_comes_back(simulated: Path, closest_tdb: float) -> None:
    with Kernels(simulated):
        ticks = spiceypy.sce2c(-61, closest_tdb)
        _, rate, _ = spiceypy.ckgpav(-61000, ticks, 0.0, "J2000")
    np.testing.assert_allclose(np.degrees(rate), [0.0, 0.0, 12.0], atol=1e-12)


def test_the_system_comes_back(simulated: Path, closest_tdb: float) -> None:
    kernels = Kernels(simulated)
    for body in ("SUN", "EARTH", "JUPITER", "IO"):
        state, _ = kernels.state(body, "SSB", closest_tdb)
        # Between states a minute apart: the grain of a double of TDB at 30 km/s.
        np.testing.assert_allclose(state[:3], EMBEDDED.state(body, closest_tdb, center="SSB")[:3], rtol=0, atol=1e-5)
    for body in ("IO", "JUPITER"):
        rotation = kernels.rotation("J2000", f"IAU_{body}", closest_tdb)
        np.testing.assert_allclose(rotation, icrf_to_body(body, closest_tdb), rtol=0, atol=5e-11)
    kernels.state("SUN", "IO", closest_tdb - 29.0, correction="CN+S")  # light time is covered
    kernels.state("EARTH", "JUNO", closest_tdb - 29.0, correction="CN+S")


def test_clock_readings(simulated: Path, closest_tdb: float) -> None:
    clock = SpacecraftClock.before(closest_tdb - 30.0)
    reading = clock.reading(closest_tdb)
    assert Kernels(simulated).sclk_to_tdb(reading) == pytest.approx(closest_tdb, abs=0.5 / 256 + 1e-7)
    assert clock.reading(clock.start_tdb + 1.5) == f"{clock.start_count + 1}:128"
    assert clock.reading(clock.start_tdb + 1.999) == f"{clock.start_count + 2}:000"
    with pytest.raises(InputError, match="whole TDB second"):
        SpacecraftClock(0.5, 0)


def test_leap_seconds_are_those_of_the_package(simulated: Path) -> None:
    texts = [f"{day}T00:00:01" for day, _ in leap_seconds()] + ["2024-12-27T01:18:13.519"]
    with Kernels(simulated / "leap_seconds.tls"):
        np.testing.assert_array_equal([spiceypy.str2et(text) for text in texts], utc_to_tdb(texts))


def test_nothing_is_overwritten_unasked(simulated: Path, straight_pass: Pass) -> None:
    trajectory, attitude = straight_pass
    before = (simulated / "juno_trajectory.bsp").read_bytes()
    with pytest.raises(OutputExistsError, match="exists"):
        write_kernel_set(simulated, trajectories=[trajectory], attitudes=[attitude])
    assert (simulated / "juno_trajectory.bsp").read_bytes() == before
    write_kernel_set(simulated, trajectories=[trajectory], attitudes=[attitude], overwrite=True)
    assert (simulated / "juno_trajectory.bsp").read_bytes() != before


def test_a_failure_leaves_nothing_behind(tmp_path: Path, straight_pass: Pass, monkeypatch: pytest.MonkeyPatch) -> None:
    trajectory, attitude = straight_pass

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("perijove.ephemeris.spice.writing._write_attitudes", full)
    with pytest.raises(WriteError, match="No space left"):
        write_kernel_set(tmp_path, trajectories=[trajectory], attitudes=[attitude])
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder(tmp_path: Path, straight_pass: Pass) -> None:
    trajectory, attitude = straight_pass
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="cannot be written"):
        write_kernel_set(tmp_path / "file" / "kernels", trajectories=[trajectory], attitudes=[attitude])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t, a: (Trajectory("JUNO", "IO", t.times_tdb[::-1], t.states), a, None), "growing times"),
        (lambda t, a: (Trajectory("JUNO", "IO", t.times_tdb[:1], t.states[:1]), a, None), "at least two"),
        (lambda t, a: (Trajectory("JUNO", "IO", t.times_tdb, t.states * np.nan), a, None), "finite"),
        (lambda t, a: (Trajectory("PLANET X", "IO", t.times_tdb, t.states), a, None), "PLANET X"),
        (lambda t, a: (t, Attitude(a.times_tdb, 1.001 * a.icrf_to_spacecraft), None), "rotations"),
        (lambda t, a: (t, Attitude(a.times_tdb, -a.icrf_to_spacecraft), None), "rotations"),
        (lambda t, a: (t, Attitude(a.times_tdb[::20], a.icrf_to_spacecraft[::20]), None), "closer together"),
        (lambda t, a: (t, a, SpacecraftClock(float(np.ceil(t.times_tdb[-1])), 0)), "clock starts"),
    ],
)  # fmt: skip
def test_bad_requests(tmp_path: Path, straight_pass: Pass, change: object, words: str) -> None:
    trajectory, attitude, clock = change(*straight_pass)  # type: ignore[operator]
    with pytest.raises((InputError, WriteError), match=words):
        write_kernel_set(tmp_path / "kernels", trajectories=[trajectory], attitudes=[attitude], clock=clock)
    assert not list(tmp_path.glob("kernels/*"))


def test_later_places_count_more(simulated: Path, tmp_path: Path, straight_pass: Pass, closest_tdb: float) -> None:
    trajectory, attitude = straight_pass
    moved = Trajectory("JUNO", "IO", trajectory.times_tdb, trajectory.states + np.array([100.0, 0, 0, 0, 0, 0]))
    system = system_trajectories(trajectory.times_tdb[0], trajectory.times_tdb[-1])
    write_kernel_set(tmp_path / "later", trajectories=(moved, *system), attitudes=[attitude])
    first = Kernels(simulated).state("JUNO", "IO", closest_tdb)[0][0]
    both = Kernels(simulated, tmp_path / "later").state("JUNO", "IO", closest_tdb)[0][0]
    assert both - first == pytest.approx(100.0, abs=1e-6)
