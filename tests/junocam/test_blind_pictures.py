"""Located pictures against the truth of a simulator that shares nothing with the project.

Authority: independent (its own camera, path, ground and noise; a focal length of 1480.59 px, three standard errors from
what the project expects).
"""

import json
from pathlib import Path

import numpy as np
import pytest

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
