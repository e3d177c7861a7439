"""Edges of the limb in noise.

Authority: law (edges that are put in come out again, whatever the noise), and the simulator, a separate code path.
"""

from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import BODIES
from perijove.junocam.instrument import strip_camera
from perijove.junocam.limb.edges import LimbEdges, LimbProfiles, find_limb_edges, sample_limb
from perijove.junocam.limb.profiles import limb_templates
from perijove.scene.shot import Shot
from perijove.simulator.scenario import SurfaceModel
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate

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
        smear_px=1.0,
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


def test_edges_across_the_rows_lie_no_farther_out() -> None:
    """Charge is moved row by row with the scene, which is smeared along the rows: a round blur makes it 0.05 px."""
    scenario = replace(random_scenario(3, range_km=12000.0, phase_deg=85.0), surface=SurfaceModel(uniform=0.3))
    picture = simulate(scenario, np.full((64, 128, 3), 0.5, np.float32))
    names = dict.fromkeys(picture.filters)
    cameras = {n: strip_camera(n, summing=1, axis_row_px=None, focal_length_px=scenario.focal_length_px) for n in names}
    framelets = tuple(cameras[name] for name in picture.filters)
    rng = np.random.default_rng(1)
    image = picture.truth.radiance_factor + 1e-4 * rng.standard_normal(picture.truth.radiance_factor.shape)
    view, found = picture.truth.view, []
    for sun in (view.sun, -view.sun):  # the disc is as bright all around
        shot = Shot("IO", BODIES["IO"].radii_km, replace(view, sun=sun), framelets, np.array(picture.frames) - 1)
        profiles = sample_limb(image, np.ones(image.shape, bool), shot, reach_px=REACH_PX, night_side=False)
        found.append(find_limb_edges(profiles, psf_sigma_px=0.58))
    offset = np.concatenate([edges.offset_px for edges in found])
    x, y = (f(np.radians(np.concatenate([edges.azimuth_deg for edges in found]))) for f in (np.cos, np.sin))
    fitted = np.linalg.lstsq(np.stack([np.ones(len(x)), x, y, y**2], axis=1), offset, rcond=None)[0]
    assert len(offset) > 1000
    assert abs(fitted[3]) < 0.015


def test_templates_of_many_blurs_are_those_of_each() -> None:
    """Law: one blur at a time gives the same, to 1e-3 of the height."""
    blurs = np.sqrt(np.linspace(0.58**2, 0.58**2 + 1.0 / 12.0, 7))

    def templates(sigma_px: np.ndarray) -> np.ndarray:
        ones = np.ones(len(sigma_px))
        return limb_templates(0.5 * ones, 0.5 * ones, 300.0 * ones, FOCAL_PX * ones, sigma_px=sigma_px, depth_px=16.0)

    each = np.concatenate([templates(blurs[k : k + 1]) for k in range(len(blurs))])
    assert np.abs(templates(blurs) - each).max() < 1e-3 * each.max()
