"""Light time and aberration. Authorities: SPICE's ``spkezr`` (independent), definitions and derivatives (law).

For the comparison the built-in paths are written into a kernel, so that SPICE and Perijove start from the same ones.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import (
    CORRECTIONS,
    aberration_km,
    aberration_rotation,
    apparent_state,
    light_epoch,
    light_time_s,
    state_in_frame,
)
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_ephemeris
from perijove.ephemeris.spice.text import rotation_text
from perijove.ephemeris.spice.writing import Trajectory, _write_trajectories
from perijove.errors import InputError, KernelError
from perijove.geometry.rotations import angle_between_deg

TRAJECTORY = "spk_pre_220614_221109_220810_jm0450.bsp"
START_TDB = 7.57e8
TIMES = START_TDB + np.linspace(0.0, 6.0e4, 25)
LINKS = {
    "SUN": "SSB",
    "EARTH": "SSB",
    "JUPITER BARYCENTER": "SSB",
    "JUPITER": "JUPITER BARYCENTER",
    **dict.fromkeys(MOONS, "JUPITER"),
}
PAIRS = [("IO", "EARTH"), ("SUN", "IO"), ("JUPITER", "IO"), ("CALLISTO", "SUN")]
# Positions: the grain of 8e8 km and the kernel's interpolation. With +S the observer's velocity, interpolated to
# 1e-7 km/s, turns them by that over c. Velocities with +S hold an acceleration, which is a difference over 2 s of
# those.
ATOL_KM = {"": 5e-6, "S": 2e-4}
ATOL_KM_S = {"": 2e-7, "S": 5e-6}
TURNING_KM, TURNING_KM_S = 0.05, 1e-5  # a grain of W, 2e-9 deg, at 9e8 km; and that times Jupiter's rate
times_tdb = st.floats(-2.2e9, 2.2e9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kernels with the built-in paths and rotations."""
    place = tmp_path_factory.mktemp("paths")
    times = START_TDB + np.arange(-6000.0, 6.8e4, 300.0)
    states = {body: EMBEDDED.state(body, times, center=center) for body, center in LINKS.items()}
    _write_trajectories(place / "paths.bsp", [Trajectory(b, LINKS[b], times, s) for b, s in states.items()])
    for body in ("IO", "JUPITER"):
        (place / f"{body}.tpc").write_text(rotation_text(body), encoding="ascii")
    return place


@pytest.fixture
def loaded(folder: Path) -> Iterator[Path]:
    """The same in SPICE's own pool."""
    for file in folder.iterdir():
        spiceypy.furnsh(str(file))
    yield folder
    spiceypy.kclear()


@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize(("target", "observer"), PAIRS)
def test_equals_spice(loaded: Path, target: str, observer: str, correction: str) -> None:
    expected = np.array([spiceypy.spkezr(target, t, "J2000", correction, observer)[0] for t in TIMES])
    found = apparent_state(EMBEDDED, target, observer, TIMES, correction)
    stellar = correction.partition("+")[2]
    np.testing.assert_allclose(found[:, :3], expected[:, :3], rtol=0, atol=ATOL_KM[stellar])
    np.testing.assert_allclose(found[:, 3:], expected[:, 3:], rtol=0, atol=ATOL_KM_S[stellar])


@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize("frame", ["ECLIPJ2000", "IAU_IO", "IAU_JUPITER"])
def test_equals_spice_in_frames(loaded: Path, frame: str, correction: str) -> None:
    expected = np.array([spiceypy.spkezr("IO", t, frame, correction, "EARTH")[0] for t in TIMES])
    found = state_in_frame(EMBEDDED, "IO", "EARTH", TIMES, correction=correction, frame=frame)
    np.testing.assert_allclose(found[:, :3], expected[:, :3], rtol=0, atol=TURNING_KM)
    np.testing.assert_allclose(found[:, 3:], expected[:, 3:], rtol=0, atol=TURNING_KM_S)


@pytest.mark.data
@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize(("target", "observer"), [("SUN", "JUNO"), ("JUPITER", "JUNO"), ("JUNO", "EARTH")])
def test_equals_spice_on_a_flown_trajectory(
    spice: Callable[..., None], data_dir: Path, target: str, observer: str, correction: str
) -> None:
    """The same double states go into both: rounding of 8e8 km, and of accelerations over 2 s."""
    spice(TRAJECTORY)
    times = np.linspace(708.46e6, 721.29e6, 50)
    expected = np.array([spiceypy.spkezr(target, t, "J2000", correction, observer)[0] for t in times])
    kernels = kernel_ephemeris(Kernels(data_dir / "spice" / TRAJECTORY))
    found = apparent_state(kernels, target, observer, times, correction)
    np.testing.assert_allclose(found[:, :3], expected[:, :3], rtol=0, atol=2e-6)
    np.testing.assert_allclose(found[:, 3:], expected[:, 3:], rtol=0, atol=1e-9)


@pytest.mark.parametrize("frame", ["ICRF", "ECLIPJ2000", "IAU_IO", "JUPITER_EQUATOR"])
def test_kernels_give_the_same(folder: Path, frame: str) -> None:
    kernels = kernel_ephemeris(Kernels(folder))
    found = state_in_frame(kernels, "EUROPA", "EARTH", TIMES, correction="CN+S", frame=frame)
    expected = state_in_frame(EMBEDDED, "EUROPA", "EARTH", TIMES, correction="CN+S", frame=frame)
    np.testing.assert_allclose(found[:, :3], expected[:, :3], rtol=0, atol=TURNING_KM)
    np.testing.assert_allclose(found[:, 3:], expected[:, 3:], rtol=0, atol=TURNING_KM_S)


def test_kernels_say_what_they_cover(folder: Path) -> None:
    kernels = kernel_ephemeris(Kernels(folder))
    with pytest.raises(KernelError, match=r"IO .*paths\.bsp"):
        kernels.state("IO", 0.0, center="JUPITER")
    with pytest.raises(KernelError, match=r"JD 2433282\.50000 \(TDB"):
        kernels.state("IO", -1.57788e9, center="JUPITER")
    with pytest.raises(KernelError, match="TITAN"):
        kernels.state("TITAN", START_TDB, center="JUPITER")
    with pytest.raises(KernelError, match="FK"):
        kernels.frame_center("IO_OF_MY_OWN")
    with pytest.raises(KernelError, match="finite"):
        kernels.state("IO", np.nan, center="JUPITER")


@given(times_tdb)
def test_light_left_when_it_says(tdb: float) -> None:
    """Law: from the place where the light set out to the observer it goes at the speed of light."""
    seen = apparent_state(EMBEDDED, "IO", "EARTH", tdb, "CN")[:3]
    light_time = np.linalg.norm(seen) / SPEED_OF_LIGHT_KM_S
    there = EMBEDDED.state("IO", tdb - light_time, center="SSB") - EMBEDDED.state("EARTH", tdb, center="SSB")
    np.testing.assert_allclose(seen, there[:3], rtol=0, atol=2e-5)  # times have a grain of 2.4e-7 s


@given(times_tdb)
def test_one_step_is_off_by_v_over_c(tdb: float) -> None:
    """Law: 3,200 s of light time times 32 km/s over c are 0.34 s, in which Io goes 11 km at most."""
    one, all_steps = (apparent_state(EMBEDDED, "IO", "EARTH", tdb, correction)[:3] for correction in ("LT", "CN"))
    assert np.linalg.norm(one - all_steps) < 11.0


@pytest.mark.parametrize(("correction", "atol"), [("NONE", 5e-6), ("CN", 5e-6), ("CN+S", 5e-6), ("LT+S", 5e-4)])
def test_velocity_is_the_rate_of_the_apparent_position(correction: str, atol: float) -> None:
    """Law: five-point derivative with steps of 8 s, 1e-5 km rounding. With one step for light time, 11 km x n."""
    h = 8.0
    state, *near = (apparent_state(EMBEDDED, "IO", "EARTH", TIMES + step * h, correction) for step in (0, -2, -1, 1, 2))
    a, b, c, d = (one[:, :3] for one in near)
    np.testing.assert_allclose((8.0 * (c - b) - (d - a)) / (12.0 * h), state[:, 3:], rtol=0, atol=atol)


def test_aberration_is_the_observers_velocity_across_the_line_of_sight() -> None:
    """Law: Bradley's angle, v/c sin of the angle to the apex."""
    straight = apparent_state(EMBEDDED, "SUN", "IO", TIMES, "CN")[:, :3]
    turned = apparent_state(EMBEDDED, "SUN", "IO", TIMES, "CN+S")[:, :3]
    velocity = EMBEDDED.state("IO", TIMES, center="SSB")[:, 3:]
    across = np.linalg.norm(np.cross(straight, velocity), axis=-1) / np.linalg.norm(straight, axis=-1)
    angle = np.radians(angle_between_deg(straight, turned))
    np.testing.assert_allclose(angle, across / SPEED_OF_LIGHT_KM_S, rtol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(straight, axis=-1), rtol=1e-14)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_a_body_sees_itself_nowhere_else(correction: str) -> None:
    np.testing.assert_array_equal(apparent_state(EMBEDDED, "IO", "IO", TIMES, correction), np.zeros((25, 6)))


def test_shapes_follow_the_times() -> None:
    for correction in CORRECTIONS:
        assert state_in_frame(EMBEDDED, "IO", "EARTH", 7.57e8, correction=correction, frame="IAU_IO").shape == (6,)
        times = np.full((2, 3), 7.57e8)
        assert apparent_state(EMBEDDED, "IO", "EARTH", times, correction).shape == (2, 3, 6)
        assert apparent_state(EMBEDDED, "IO", "EARTH", [], correction).shape == (0, 6)


@pytest.mark.parametrize(("correction", "sentence"), [("XLT+S", "transmission"), ("LTS", r"LT\+S, CN"), ("", "NONE")])
def test_other_corrections_are_refused(correction: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        apparent_state(EMBEDDED, "IO", "EARTH", 0.0, correction)


@given(st.integers(0, 2**32 - 1))
def test_aberration_as_a_shift_and_as_a_rotation(seed: int) -> None:
    """Law: both give the same place, as far away as before, turned by asin(|u x v| / c) towards the velocity."""
    rng = np.random.default_rng(seed)
    position, velocity = rng.normal(size=(7, 3)) * 1e8, rng.normal(size=(7, 3)) * 30.0
    shifted = position + aberration_km(position, velocity)
    turned = (aberration_rotation(position, velocity) @ position[..., None])[..., 0]
    np.testing.assert_allclose(shifted, turned, rtol=0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(shifted, axis=-1), np.linalg.norm(position, axis=-1), rtol=1e-14)
    across = np.linalg.norm(np.cross(position, velocity), axis=-1) / np.linalg.norm(position, axis=-1)
    turn = np.linalg.norm(np.cross(position, shifted), axis=-1) / np.linalg.norm(position, axis=-1) ** 2
    np.testing.assert_allclose(turn, across / SPEED_OF_LIGHT_KM_S, rtol=1e-7)
    assert (np.sum(np.cross(position, shifted) * np.cross(position, velocity), axis=-1) > 0.0).all()


def test_light_epoch_forth_and_back() -> None:
    """Law: light that leaves Io when it says arrives when it was asked for, and the other way round."""
    times = 7e8 + np.linspace(0.0, 1e6, 20)
    here = EMBEDDED.state("EARTH", times, center="SSB")[:, :3]

    def io(t: np.ndarray) -> np.ndarray:
        return EMBEDDED.state("IO", t, center="SSB")

    left = light_epoch(io, here, times)
    np.testing.assert_allclose(times - left, light_time_s(io(left)[:, :3] - here), rtol=0, atol=3e-7)
    back = light_epoch(lambda t: EMBEDDED.state("EARTH", t, center="SSB"), io(left)[:, :3], left, sent=True)
    np.testing.assert_allclose(back, times, rtol=0, atol=1e-6)
