"""Poses from kernels. Authorities: SPICE's apparent positions (independent), simulated kernels in closed loop (law)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from tests.oracles.kernel_data import kernel_data

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.juno import JUNOCAM, SPACECRAFT_TO_CAMERA
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import aberration_rotation
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.writing import system_trajectories, write_kernel_set
from perijove.ephemeris.sun import earth_direction, sun_direction
from perijove.errors import KernelError
from perijove.geometry.rotations import angle_between_deg, facing, rotation_z, unit
from perijove.junocam.instrument import JUNOCAM_MOUNTING
from perijove.scene.kernel_view import view_from_kernels
from perijove.scene.shot import Shot
from perijove.scene.sub_points import sub_solar_point_km, sub_spacecraft_point_km
from perijove.scene.view import View
from perijove.timescales import utc_to_tdb

PIXEL_RAD = 1.0 / JUNOCAM.focal_length_px
METHANE_TDB = utc_to_tdb("2016-08-27T09:00:04.129") + 0.06188 + (8 - 1) * (0.378 + 0.001)


def simulated_view(offset_s: float, frames: int = 20) -> View:
    """Thirty-km/s pass by Io of perijove 57, seen `offset_s` from closest approach, spinning about the Earth."""
    closest = utc_to_tdb("2023-12-30T08:36:01")
    state = EMBEDDED.state("JUNO", closest, center="IO")
    times = closest + offset_s + 0.378 * np.arange(frames)
    line = state[:3] + (times - closest)[:, None] * state[3:]
    turn = icrf_to_body("IO", times)
    spacecraft = rotation_z(11.8 * (times - times[0])) @ facing(earth_direction(closest), [0.0, 0.0, 1.0])
    return View(
        times_tdb=times,
        position_km=(turn @ line[..., None])[..., 0],
        body_to_camera=SPACECRAFT_TO_CAMERA @ spacecraft @ np.swapaxes(turn, -1, -2),
        sun=(turn @ sun_direction("IO", times)[..., None])[..., 0],
    )


def write(folder: Path, view: View) -> Kernels:
    trajectory, attitude = kernel_data(view, JUNOCAM_MOUNTING, target="IO")
    system = system_trajectories(view.times_tdb[0], view.times_tdb[-1])
    write_kernel_set(folder, trajectories=(trajectory, *system), attitudes=[attitude])
    return Kernels(folder)


@pytest.mark.parametrize("offset_s", [0.0, -600.0, -2700.0])
def test_closed_loop_through_simulated_kernels(tmp_path: Path, offset_s: float) -> None:
    truth = simulated_view(offset_s)
    view = view_from_kernels(write(tmp_path, truth), JUNOCAM_MOUNTING, target="IO", times_tdb=truth.times_tdb)
    np.testing.assert_allclose(view.position_km, truth.position_km, rtol=0, atol=1e-6)
    np.testing.assert_allclose(view.body_to_camera, truth.body_to_camera, rtol=0, atol=1e-9)
    # The Sun: 45 minutes of its own motion, and Io's turn in the light time of up to 0.27 s, 4e-5 rad/s.
    assert np.radians(angle_between_deg(view.sun, truth.sun)).max() < 1e-7 + 4.2e-5 * 0.28


@pytest.mark.parametrize(("offset_s", "limit_px"), [(0.0, 0.10), (-600.0, 0.03), (-2700.0, 0.005)])
def test_over_the_whole_disc_directions_are_spices(tmp_path: Path, offset_s: float, limit_px: float) -> None:
    """One rotation stands for light time and aberration of all points; what that leaves is rho v/c."""
    truth = simulated_view(offset_s)
    kernels = write(tmp_path, truth)
    middle = len(truth.times_tdb) // 2
    view = view_from_kernels(kernels, JUNOCAM_MOUNTING, target="IO", times_tdb=truth.times_tdb)
    t, position = float(view.times_tdb[middle]), view.position_km[middle]
    normals = unit(np.random.default_rng(57).normal(size=(400, 3)))
    points = 1821.49 * normals
    seen = points[np.sum(normals * (position - points), axis=-1) > 0.0]
    with kernels:
        camera = spiceypy.pxform("J2000", "JUNO_JUNOCAM", t)
        apparent = np.array(
            [spiceypy.spkcpt(p, "IO", "IAU_IO", t, "J2000", "OBSERVER", "CN+S", "JUNO")[0][:3] for p in seen]
        )
    ours = (seen - position) @ view.body_to_camera[middle].T
    error = np.radians(angle_between_deg(ours, apparent @ camera.T))
    rho = np.arcsin(1821.49 / np.linalg.norm(position))
    assert error.max() < 1.1 * rho * 35.0 / SPEED_OF_LIGHT_KM_S + 1e-9  # Juno passes Io at 30 km/s, +- Io's light time
    assert error.max() / PIXEL_RAD < limit_px


@pytest.mark.parametrize("offset_s", [-2700.0, -60.0, 45.0])
def test_points_below_are_spices(tmp_path: Path, offset_s: float) -> None:
    """Independent: subpnt and subslr. The direction of the centre is up to 0.2 deg away from the nearest point."""
    truth = simulated_view(offset_s)
    kernels, t = write(tmp_path, truth), float(truth.times_tdb[7]) + 0.1
    shot = Shot("IO", IO_RADII_THOMAS_1998_KM, truth, (), np.empty(0, dtype=int))
    with kernels:
        below = spiceypy.subpnt("NEAR POINT/ELLIPSOID", "IO", t, "IAU_IO", "LT+S", "JUNO")[0]
        noon = spiceypy.subslr("NEAR POINT/ELLIPSOID", "IO", t, "IAU_IO", "LT+S", "JUNO")[0]
    assert angle_between_deg(sub_spacecraft_point_km(shot, t), below) < 1e-4
    assert angle_between_deg(sub_solar_point_km(shot, t), noon) < 1e-3


@pytest.fixture
def methane(data_dir: Path) -> Kernels:
    folder = data_dir / "spice"
    return Kernels(folder / "ale_2016240", folder / "naif0012.tls", folder / "pck00010.tpc", folder / "juno_v12.tf")


@pytest.fixture
def jupiter_view(methane: Kernels) -> Iterator[View]:
    """View of the METHANE frame, with its kernels in SPICE's pool as an oracle."""
    with methane:
        yield view_from_kernels(methane, JUNOCAM_MOUNTING, target="JUPITER", times_tdb=[METHANE_TDB])


@pytest.mark.data
def test_real_frame_equals_spice(jupiter_view: View) -> None:
    to_jupiter, light_time = spiceypy.spkpos("JUPITER", METHANE_TDB, "IAU_JUPITER", "CN", "JUNO")
    np.testing.assert_allclose(jupiter_view.position_km[0], -to_jupiter, rtol=0, atol=1e-6)
    # At the body's centre the apparent direction is SPICE's.
    apparent, _ = spiceypy.spkpos("JUPITER", METHANE_TDB, "JUNO_JUNOCAM", "CN+S", "JUNO")
    centre = -jupiter_view.body_to_camera[0] @ jupiter_view.position_km[0]
    np.testing.assert_allclose(unit(centre), unit(apparent), rtol=0, atol=1e-9)
    rotation = jupiter_view.body_to_camera[0]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    # Aberration alone tells it from SPICE's plain rotation: at most Juno's 60 km/s over c.
    plain = spiceypy.pxform("J2000", "JUNO_JUNOCAM", METHANE_TDB) @ spiceypy.pxform(
        "IAU_JUPITER", "J2000", METHANE_TDB - light_time
    )
    assert np.abs(rotation - plain).max() < 2e-4


@pytest.mark.data
def test_sub_spacecraft_point_and_intercepts_are_spices(jupiter_view: View) -> None:
    position = jupiter_view.position_km[0]
    sub, _, _ = spiceypy.subpnt("INTERCEPT/ELLIPSOID", "JUPITER", METHANE_TDB, "IAU_JUPITER", "CN", "JUNO")
    # SPICE takes the light time from the surface, we from the centre: Jupiter turns by 1.76e-4 rad/s x R/c
    # meanwhile.
    turn_rad = 1.76e-4 * 71492.0 / SPEED_OF_LIGHT_KM_S
    assert np.radians(angle_between_deg(sub, position)) < turn_rad + 1e-6
    # Rays to points near the sub-spacecraft point meet the ground there, within that turn.
    radii = np.array([71492.0, 71492.0, 66854.0])
    for direction in unit(unit(sub) + 0.3 * np.random.default_rng(1).normal(size=(20, 3))):
        point = direction / np.linalg.norm(direction / radii)
        ray = jupiter_view.body_to_camera[0] @ (point - position)
        found = spiceypy.sincpt(
            "ELLIPSOID", "JUPITER", METHANE_TDB, "IAU_JUPITER", "CN+S", "JUNO", "JUNO_JUNOCAM", ray
        )[0]
        obliquity = np.dot(unit(position - point), unit(point / radii**2))
        assert np.linalg.norm(found - point) < 71492.0 * 1.3 * turn_rad / max(obliquity, 0.2)


@pytest.mark.data
def test_the_point_below_juno_on_jupiter_is_spices(methane: Kernels) -> None:
    """Independent: subpnt. The direction of the centre is half a degree or more away."""
    times = METHANE_TDB + np.array([-0.2, 0.0, 0.2])
    view = view_from_kernels(methane, JUNOCAM_MOUNTING, target="JUPITER", times_tdb=times)
    shot = Shot("JUPITER", JUPITER_RADII_KM, view, (), np.empty(0, dtype=int))
    with methane:
        below = spiceypy.subpnt("NEAR POINT/ELLIPSOID", "JUPITER", METHANE_TDB, "IAU_JUPITER", "LT+S", "JUNO")[0]
    assert angle_between_deg(sub_spacecraft_point_km(shot, METHANE_TDB), below) < 1e-4
    assert angle_between_deg(view.position_km[1], below) > 0.5


@pytest.mark.data
def test_sun_is_spices(jupiter_view: View) -> None:
    """The slices do not reach back by the Sun's light time; without it the Sun is 6e-8 rad off."""
    light_time = spiceypy.spkpos("JUPITER", METHANE_TDB, "J2000", "CN", "JUNO")[1]
    emitted = METHANE_TDB - light_time
    sun = spiceypy.spkpos("SUN", emitted, "J2000", "NONE", "JUPITER")[0]
    seen = spiceypy.stelab(sun, spiceypy.spkezr("JUPITER", emitted, "J2000", "NONE", "SSB")[0][3:])
    expected = spiceypy.pxform("J2000", "IAU_JUPITER", emitted) @ unit(seen)
    np.testing.assert_allclose(jupiter_view.sun[0], expected, rtol=0, atol=1e-12)


@pytest.mark.data
def test_leaving_out_the_suns_light_time_costs_60_nanoradians(data_dir: Path) -> None:
    kernels = Kernels(data_dir / "spice/spk_pre_220614_221109_220810_jm0450.bsp")
    t = utc_to_tdb("2022-07-05T04:56:02") + np.linspace(0.0, 1e7, 20)
    geometric, full = (kernels.state("SUN", "JUPITER", t, correction=c)[0][:, :3] for c in ("NONE", "CN"))
    assert np.radians(angle_between_deg(geometric, full)).max() < 6e-8


@pytest.mark.data
def test_trajectory_of_perijove_43_equals_spice(data_dir: Path) -> None:
    folder = data_dir / "spice"
    names = ("spk_pre_220614_221109_220810_jm0450.bsp", "pck00010.tpc", "naif0012.tls")
    kernels = Kernels(*(folder / name for name in names))
    times = utc_to_tdb("2022-07-05T09:17:22") + 0.37 * np.arange(30)
    ours, _ = kernels.state("JUPITER", "JUNO", times, frame="IAU_JUPITER", correction="CN")
    try:
        for name in names:
            spiceypy.furnsh(str(folder / name))
        expected = np.array(spiceypy.spkpos("JUPITER", times, "IAU_JUPITER", "CN", "JUNO")[0])
    finally:
        spiceypy.kclear()
    np.testing.assert_allclose(ours[:, :3], expected, rtol=0, atol=1e-6)
    with pytest.raises(KernelError, match="no positions of IO"):
        view_from_kernels(kernels, JUNOCAM_MOUNTING, target="IO", times_tdb=times)


def test_aberration_is_spices() -> None:
    rng = np.random.default_rng(3)
    directions, velocities = rng.normal(size=(50, 3)), rng.uniform(-60.0, 60.0, (50, 3))
    turned = (aberration_rotation(directions, velocities) @ directions[..., None])[..., 0]
    expected = [spiceypy.stelab(d, v) for d, v in zip(directions, velocities, strict=True)]
    np.testing.assert_allclose(turned, expected, rtol=0, atol=1e-14)
