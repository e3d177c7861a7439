"""Located pictures against the truth of a simulator that shares nothing with the project.

Authority: independent (its own camera, path, ground and noise; a focal length of 1480.59 px, three standard errors from
what the project expects).
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.junocam.map_grid import Options, map_grid
from perijove.junocam.processing import map_picture
from perijove.junocam.radiometry.quality import QUALITY
from perijove.picture import open_picture

pytestmark = pytest.mark.data


@pytest.mark.parametrize("product", ["pj57/JNCE_2023364_57C00000_V01", "pj58/JNCE_2024034_58C00005_V01"])
def test_disc_and_spin_are_where_the_truth_has_them(data_dir: Path, product: str) -> None:
    """Centres to a third of a pixel in every framelet, the spin within three of its errors."""
    folder, _, name = product.partition("/")
    pictures = json.loads((data_dir / "blind/junocam/truth.json").read_text(encoding="utf-8"))["pictures"]
    truth = next(picture for picture in pictures if picture["product_id"] == name)
    location = open_picture(data_dir / f"blind/junocam/{folder}/{name}-raw.png").locate()
    assert location.verdict.doubts == ()
    for framelet in truth["framelets"]:
        index = framelet["index"]
        if location.in_view[index]:
            pose = location.shot.pose(index)
            center = -(pose.body_to_camera @ pose.position_km)
            found = center[:2] / center[2] * location.cameras[index].focal_length_px
            assert np.hypot(*(found - framelet["disc_center_undistorted_px"])) < 0.33
    spin, sigma = location.solution["spin_deg_s"]
    assert abs(spin - truth["spin_deg_s"]) < 3.0 * sigma


@pytest.mark.slow
def test_framelets_agree_on_the_same_ground_within_their_errors(data_dir: Path) -> None:
    """Independent: odd and even frames of one colour see the same ground with noise of their own.

    Map pixels are two thirds of a picture pixel, so 20,000 of them are some thousand independent pairs: 64 to 72 % and
    90 % or more are the bars; night and lit ground together may have up to 77 %, for the night is quieter than stated.
    """
    picture = open_picture(data_dir / "blind/junocam/pj57/JNCE_2023364_57C00006_V01-raw.png")
    location, image = picture.locate(), picture.measured
    frames, grid = np.array(image.raw.frames), map_grid(location, Options())
    lost = [(frames % 2 == k)[:, None, None] * QUALITY.mask("missing") for k in (0, 1)]
    (bands, odd), (_, even) = (
        map_picture(replace(image, quality=image.quality | other), location, grid) for other in lost
    )
    pull = (odd.values - even.values) / np.hypot(odd.sigma, even.sigma)
    lit = (odd.values + even.values > 0.06) & np.isfinite(pull)
    assert len(bands) == 3
    assert lit.sum() > 20_000
    assert 0.60 < np.mean(np.abs(pull[lit]) < 1.0) < 0.72
    assert np.mean(np.abs(pull[lit]) < 2.0) > 0.90
    assert abs(np.median(pull[lit])) < 0.1
    assert 0.64 < np.mean(np.abs(pull[np.isfinite(pull)]) < 1.0) < 0.77
