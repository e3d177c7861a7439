"""Geometry of a picture at a time, and its errors.

Authority: law (smooth in the poses; errors are the scatter of draws from the covariance) on the real picture of Io at
perijove 68.
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.junocam.control.pose_adjustment import PoseUnknowns
from perijove.junocam.geometry import geometry_of, mid_time_tdb
from perijove.junocam.ground_error import GroundErrors, position_sigma_km
from perijove.junocam.locate import Location
from perijove.junocam.report import _propagated
from perijove.picture import open_picture
from perijove.scene.parameters import jacobian

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def location(data_dir: Path) -> Location:
    return open_picture(data_dir / "junocam/JNCE_2024362_68C00012_V01-raw.png").locate()


def test_nothing_jumps_within_a_step(location: Location) -> None:
    """Law: slopes by steps ten times as short agree to 1e-4 of the effect of a standard error."""
    tdb = mid_time_tdb(location)
    names = tuple(geometry_of(location.shot, tdb))

    def values(at: np.ndarray) -> list[float]:
        found = geometry_of(location.shot.with_poses(location.orientation_model.view(at)), tdb)
        return [found[name] for name in names]

    sigmas = location.solution.sigmas
    angles = [name.endswith("_deg") for name in names]
    long, short = (jacobian(values, location.solution.values, h * sigmas, angles_deg=angles) for h in (0.1, 0.01))
    effect = np.abs(long * sigmas).max(axis=1, keepdims=True) + 1e-9
    assert np.abs((long - short) * sigmas / effect).max() < 1e-3


def test_errors_are_the_scatter_of_draws(location: Location) -> None:
    """Law: over 400 draws of the parameters, to 15 % (4 standard errors of a standard error). The roll's is 0.3 deg."""
    tdb = mid_time_tdb(location)
    stated = _propagated(location, lambda shot: geometry_of(shot, tdb))
    rng, solution = np.random.default_rng(1), location.solution
    draws = rng.multivariate_normal(solution.values, solution.covariance, size=400, method="cholesky")
    found = [geometry_of(location.shot.with_poses(location.orientation_model.view(draw)), tdb) for draw in draws]
    for name in ("range_km", "roll_deg", "phase_deg"):
        assert np.std([one[name] for one in found]) == pytest.approx(stated[name], rel=0.15), name
    assert stated["roll_deg"] == pytest.approx(0.30, abs=0.02)


def test_errors_of_ground_positions_are_the_scatter_of_draws(location: Location) -> None:
    """Law: over 400 draws of poses and of Juno's place, to 15 %, as a pixel at the middle of the disc shows it."""
    framelet = next(i for i, camera in enumerate(location.cameras) if camera.contains(location.shot.center_px(i)))
    xy = location.shot.center_px(framelet)
    errors, unknowns = GroundErrors(location), PoseUnknowns(location, location.shot.middle_frame)
    draws = np.random.default_rng(5).normal(size=(400, len(unknowns.root)))
    apart = [unknowns.shot(z).ground(framelet, xy).point_km for z in draws]
    point = location.shot.ground(framelet, xy).point_km
    found = np.sqrt(np.mean(np.sum((np.array(apart) - point) ** 2, axis=1)))
    assert errors.sigma_km(framelet, xy) == pytest.approx(found, rel=0.15)
    summary = position_sigma_km(location)
    assert errors.sigma_km(framelet, xy) < summary["median"] < summary["largest"] < 1.5 * summary["median"]


def test_the_delay_is_part_of_the_spins_error(location: Location) -> None:
    """Law: turn per frame is what the limb tells; a delay known to 0.3 of 372 ms leaves the spin open by as much."""
    spin, sigma = location.solution["spin_deg_s"]
    delay_sigma = location.solution["extra_delay_ms"][1]
    assert delay_sigma == pytest.approx(0.3, rel=0.02)
    i, j = (location.solution.parameters.index(name) for name in ("spin_deg_s", "extra_delay_ms"))
    slope = location.solution.covariance[i, j] / delay_sigma**2
    assert slope == pytest.approx(-spin / 372.0, rel=0.1)
    assert sigma > 0.3 / 372.0 * spin
