"""Edges of the limb in noise.

Authority: law (edges that are put in come out again, whatever the noise).
"""

import numpy as np
import pytest

from perijove.junocam.limb.edges import LimbEdges, LimbProfiles, find_limb_edges
from perijove.junocam.limb.profiles import limb_templates

COUNT, SUNLIT, REACH_PX, PSF_PX, RADIUS_PX, FOCAL_PX = 600, 50, 8.0, 0.72, 750.0, 1484.0
S = np.arange(-REACH_PX, REACH_PX + 1e-9, 0.5)


def night_edges(signal_to_noise: float, cos_source: float, cos_source_observer: float) -> LimbEdges:
    """Edges at 0 under Lambert's law, in the noise of pixels between which the samples are interpolated."""
    rng = np.random.default_rng(5)
    ones = np.ones(COUNT)
    templates = limb_templates(
        cos_source * ones,
        cos_source_observer * ones,
        RADIUS_PX * ones,
        FOCAL_PX * ones,
        sigma_px=PSF_PX,
        depth_px=2.0 * REACH_PX,
    )
    depth = np.linspace(-2.0 * REACH_PX, 2.0 * REACH_PX, templates.shape[2])
    clean = np.interp(-S, depth, templates[0, 1])
    pixels = np.arange(-10.0, 11.0)
    noise = [np.interp(S + rng.uniform(), pixels, rng.standard_normal(len(pixels))) for _ in range(COUNT)]
    value = clean + clean[0] / signal_to_noise * np.array(noise)
    pairs = np.zeros((COUNT, 2))
    profiles = LimbProfiles(
        s=S,
        value=value,
        weight=np.ones_like(value),
        framelet=np.arange(COUNT) // 50,
        xy=pairs,
        normal=pairs + np.array([1.0, 0.0]),
        centre=pairs - np.array([RADIUS_PX, 0.0]),
        cos_source=cos_source * ones,
        cos_source_observer=cos_source_observer * ones,
        radius_px=RADIUS_PX * ones,
        focal_length_px=FOCAL_PX * ones,
        sunlit=np.arange(COUNT) < SUNLIT,
        reach_px=REACH_PX,
    )
    edges = find_limb_edges(profiles, psf_sigma_px=PSF_PX)
    return edges.chosen(~edges.sunlit)


@pytest.mark.parametrize(
    ("cos_source", "cos_source_observer", "signal_to_noise"),
    [(0.9, 0.0, 8.0), (0.9, 0.0, 15.0), (0.5, 0.85, 10.0), (0.5, 0.85, 15.0), (0.3, 0.9, 12.0), (0.3, 0.9, 15.0)],
)
def test_faint_edges_are_not_chosen_by_their_noise(
    cos_source: float, cos_source_observer: float, signal_to_noise: float
) -> None:
    """They lie where they are, to 0.05 px; chosen one by one, by how sharp each looks, 0.06 px and more inside."""
    edges = night_edges(signal_to_noise, cos_source, cos_source_observer)
    assert len(edges) > 0.1 * COUNT
    assert abs(np.median(edges.offset_px)) < 0.05
