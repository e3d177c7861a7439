"""Where JIRAM's pixels look.

Authority: independent (SPICE with NAIF's frame kernel and instrument kernel), law (round trips).
"""

from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS
from perijove.ephemeris.spice.pool import clean_pool
from perijove.geometry.rotations import angle_between_deg
from perijove.jiram.instrument import CAMERAS, MOUNTINGS, from_sample_line, sample_line


@pytest.mark.data
@pytest.mark.parametrize("band", JIRAM_BANDS)
def test_directions_against_spice(data_dir: Path, band: str) -> None:
    """Every pixel of a band in spacecraft axes, by the instrument kernel's recipe: to 1e-6 deg.

    The kernel: pixel (1, 1) at +X, +Y; samples run towards -Y, lines towards -X; CCD_CENTER and IFOV.
    """
    number = {"L": -61411, "M": -61412}[band]
    with clean_pool():
        spiceypy.furnsh(str(data_dir / "spice/juno_v12.tf"))
        spiceypy.furnsh(str(data_dir / "spice/juno_jiram_v02_data_only.ti"))
        ifov = spiceypy.gdpool(f"INS{number}_IFOV", 0, 2)
        center = spiceypy.gdpool(f"INS{number}_CCD_CENTER", 0, 2)
        size = [int(spiceypy.gipool(f"INS{number}_PIXEL_{name}", 0, 1)[0]) for name in ("SAMPLES", "LINES")]
        turn = spiceypy.pxform(JIRAM_BANDS[band].frame, "JUNO_SPACECRAFT", 0.0)
    sample, line = np.meshgrid(np.arange(1, size[0] + 1), np.arange(1, size[1] + 1))
    x, y = (center[1] - line) * ifov[1], (center[0] - sample) * ifov[0]
    theirs = np.stack([x, y, np.ones_like(x)], axis=-1) @ turn.T
    ours = CAMERAS[band].rays(from_sample_line(sample, line)) @ MOUNTINGS[band].to_camera()
    assert angle_between_deg(ours, theirs).max() < 1e-6


def test_sample_and_line_round_trip() -> None:
    """The first pixel of a file is sample 1, line 1, at the right edge of a picture turned round."""
    assert np.allclose(from_sample_line(1, 1), [431.5, 0.5])
    assert np.allclose(from_sample_line(432, 128), [0.5, 127.5])
    xy = np.random.default_rng(0).uniform(0.0, 128.0, (50, 2))
    assert np.allclose(from_sample_line(*sample_line(xy)), xy)


def test_bands_lie_beside_each_other() -> None:
    """1.88024 deg, 138.07 pixels: ten lines between the halves are left out (facts of the frame kernel)."""
    apart = angle_between_deg(MOUNTINGS["L"].to_camera()[2], MOUNTINGS["M"].to_camera()[2])
    assert apart == pytest.approx(1.88024, abs=5e-6)
    assert np.tan(np.radians(apart)) / JIRAM.pixel_rad == pytest.approx(138.07, abs=0.05)
