"""Authority: the simulator, independent: it takes aberration off each ray. A picture is turned and scaled instead."""

import numpy as np
import pytest
from scipy.optimize import least_squares
from tests.adjustment.synthetic_pass import CLOSEST_TDB, FRAMES, PASS_NAME, STEP_S, expected_picture

from perijove.adjustment.unknowns import joint_unknowns
from perijove.ephemeris.source import EMBEDDED
from perijove.geometry.limb import limb_ellipse
from perijove.simulator.motion import frame_epochs_tdb, poses
from perijove.simulator.scenario import Scenario
from perijove.timescales import tdb_to_utc


@pytest.mark.parametrize("after_s", [-1000.0, -300.0, 150.0, 600.0])
def test_aberration_turns_shrinks_and_speeds_up(after_s: float) -> None:
    """Limb of Io in all framelets, for the axis as it is.

    With the spin as it is 0.04 px are left at 5,500 km, and 10 ms of the start; with a picture that shrinks towards the
    optical axis 0.04 px at 30,000 km.
    """
    raw, location = expected_picture(1, after_s)
    one = joint_unknowns({raw.product_id: (PASS_NAME, location)}).pictures[0]
    model, parameters = location.orientation_model, one.parameters
    epoch = CLOSEST_TDB + after_s
    state = EMBEDDED.state("JUNO", epoch, center="IO")
    scenario = Scenario(
        product_id=raw.product_id,
        start_utc=raw.start_utc,
        epoch_utc=str(tdb_to_utc(epoch, digits=9)),
        position_km=tuple(state[:3].tolist()),
        velocity_km_s=tuple(state[3:].tolist()),
        frames=FRAMES,
        interframe_delay_s=STEP_S,
        spin_deg_s=parameters[f"{PASS_NAME}/spin_deg_s"].value,
        spin_axis=tuple(model.spin_axis.tolist()),
    )
    true = poses(scenario, frame_epochs_tdb(scenario))
    shot = location.shot.with_cameras(location.cameras[0].focal_length_px * one.focal_scale, {})
    seen, points = [], []
    for index, camera in enumerate(location.cameras):
        k = int(location.frame_of_framelet[index])
        limb = limb_ellipse(true.position_km[k], radii_km=shot.radii_km).points_km(np.arange(0.0, 360.0, 3.0))
        sight = limb - true.position_km[k]
        sight = sight / np.linalg.norm(sight, axis=1, keepdims=True) + true.velocity_over_c[k]
        xy = camera.pixels(sight @ true.body_to_camera[k].T)
        seen.append(np.where(camera.contains(xy)[:, None], xy, np.nan))
        points.append(limb)

    free = [parameters.index(n) for n in ("spin_phase_deg", "start_offset_s")]

    def off(values: np.ndarray) -> np.ndarray:
        every = parameters.values.copy()
        every[free] = values
        posed = shot.with_poses(one.view(every))
        found = [posed.xy(index, limb) - xy for index, (limb, xy) in enumerate(zip(points, seen, strict=True))]
        both = np.concatenate(found)
        result: np.ndarray = both[np.isfinite(both).all(axis=1)].ravel()
        return result

    start = parameters.values[free]
    found = least_squares(off, start, x_scale=[0.01, 1e-3], diff_step=1e-6)
    assert len(found.fun) > 400
    assert np.abs(found.fun).max() < 0.015
