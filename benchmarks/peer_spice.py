"""SPICE as the peer of pixel geolocation: a synthetic pass as kernels, and `sincpt` on its pixels.

The chain is the one users have: trajectory kernel, clock, attitude kernel, camera frame fixed to the spacecraft,
body-fixed frame. It is kept short (no light time, no planets between), which favours SPICE.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import spiceypy
from synthetic import Pass

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.juno import SPACECRAFT_TO_CAMERA
from perijove.scene.backplanes import framelet_ground_km

__all__ = ["sincpt_points_km", "sincpt_speed", "spice_pass"]

SINCPT_POINTS = 3000

_TICKS_PER_S = 65536.0
_CLOCK_START_TDB = -1.0e6
_MARGIN_S = 1.0
_POOL = """
BODY501_RADII = ( {radii} )
BODY501_POLE_RA = ( 268.05 -0.009 0. )
BODY501_POLE_DEC = ( 64.5 0.003 0. )
BODY501_PM = ( 200.39 203.4889538 0. )
SCLK_KERNEL_ID = ( @2000-JAN-01 )
SCLK_DATA_TYPE_61 = ( 1 )
SCLK01_TIME_SYSTEM_61 = ( 1 )
SCLK01_N_FIELDS_61 = ( 2 )
SCLK01_MODULI_61 = ( 4294967296 65536 )
SCLK01_OFFSETS_61 = ( 0 0 )
SCLK01_OUTPUT_DELIM_61 = ( 2 )
SCLK_PARTITION_START_61 = ( 0. )
SCLK_PARTITION_END_61 = ( 2.8147497671065E+14 )
SCLK01_COEFFICIENTS_61 = ( 0. {clock_start} 1. )
FRAME_BENCH_BUS = -61000
FRAME_-61000_NAME = 'BENCH_BUS'
FRAME_-61000_CLASS = 3
FRAME_-61000_CLASS_ID = -61000
FRAME_-61000_CENTER = -61
CK_-61000_SCLK = -61
CK_-61000_SPK = -61
FRAME_BENCH_CAMERA = -61500
FRAME_-61500_NAME = 'BENCH_CAMERA'
FRAME_-61500_CLASS = 4
FRAME_-61500_CLASS_ID = -61500
FRAME_-61500_CENTER = -61
TKFRAME_-61500_RELATIVE = 'BENCH_BUS'
TKFRAME_-61500_SPEC = 'MATRIX'
TKFRAME_-61500_MATRIX = ( {mounting} )
"""


def _numbers(values: np.ndarray) -> str:
    return "\n".join(f"{value:.16e}" for value in np.ravel(values))  # SPICE reads 80 characters of a line


@contextmanager
def spice_pass(picture: Pass) -> Iterator[None]:
    """Load the pass into SPICE, and clear SPICE afterwards."""
    view, times = picture.view, picture.view.times_tdb
    pool = _POOL.format(
        radii=_numbers(IO_RADII_THOMAS_1998_KM),
        clock_start=f"{_CLOCK_START_TDB:.6f}",
        # Columns are the camera's axes in the bus, and SPICE reads a matrix column by column.
        mounting=_numbers(SPACECRAFT_TO_CAMERA),
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            spiceypy.lmpool(pool.strip().splitlines())
            spk, ck = Path(folder) / "pass.bsp", Path(folder) / "pass.bc"
            handle = spiceypy.spkopn(str(spk), "pass", 0)
            states = np.concatenate([view.position_km, np.gradient(view.position_km, times, axis=0)], axis=1)
            first, last = float(times[0]), float(times[-1])
            # Io rests at the barycentre: sincpt wants a chain to it, and without light time its place does not matter.
            for body, center, segment in ((-61, 501, states), (501, 0, np.zeros_like(states))):
                spiceypy.spkw09(
                    handle, body, center, "IAU_IO", first, last, "pass", 3, len(times), segment.tolist(), times.tolist()
                )
            spiceypy.spkcls(handle)
            bus = [
                SPACECRAFT_TO_CAMERA.T @ view.body_to_camera[k] @ spiceypy.pxform("J2000", "IAU_IO", t)
                for k, t in enumerate(times)
            ]
            ticks = (times - _CLOCK_START_TDB) * _TICKS_PER_S
            handle = spiceypy.ckopn(str(ck), "pass", 0)
            quaternions = [spiceypy.m2q(matrix).tolist() for matrix in bus]
            spin, spinning = [[0.0, 0.0, 0.0]] * len(times), True  # angular velocities are given
            spiceypy.ckw03(
                handle, ticks[0], ticks[-1], -61000, "J2000", spinning, "pass", len(times), ticks.tolist(), quaternions,
                spin, 1, [float(ticks[0])],
            )  # fmt: skip
            spiceypy.ckcls(handle)
            spiceypy.furnsh([str(spk), str(ck)])
            yield
        finally:
            spiceypy.kclear()


def sincpt_points_km(time_tdb: float, rays: np.ndarray) -> tuple[np.ndarray, float]:
    """Ground points of rays in the camera frame by SPICE, shape (n, 3), and the seconds it took."""
    found = np.empty_like(rays)
    start = time.perf_counter()
    for k, ray in enumerate(rays):
        found[k] = spiceypy.sincpt("ELLIPSOID", "IO", time_tdb, "IAU_IO", "NONE", "-61", "BENCH_CAMERA", ray)[0]
    return found, time.perf_counter() - start


def sincpt_speed(picture: Pass) -> tuple[float, float]:
    """Points per second of SPICE's pixel geolocation, and how far it and Perijove disagree at most, km."""
    view, frame = picture.view, picture.view.n_frames // 2
    camera = picture.shot.cameras[3 * frame + 1]
    ours = framelet_ground_km(picture.shot, 3 * frame + 1)
    on_body = np.argwhere(np.isfinite(ours[0]))
    chosen = on_body[np.random.default_rng(1).integers(len(on_body), size=SINCPT_POINTS)]
    rays = camera.rays(chosen[:, ::-1] + 0.5)
    found, seconds = min((sincpt_points_km(view.times_tdb[frame], rays) for _ in range(5)), key=lambda run: run[1])
    gap = np.linalg.norm(found - ours[:, chosen[:, 0], chosen[:, 1]].T, axis=1).max()
    return SINCPT_POINTS / seconds, float(gap)
