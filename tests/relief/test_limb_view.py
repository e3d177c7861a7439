"""The limb of a simulated picture, from the raw file to heights and plumes.

Authority: independent (the simulator's ground, whose rays know nothing of edges, poses or stray light).
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import perijove

from perijove.export.pictures.limb_record import HEIGHT_KEYS, heights_csv, limb_record, limb_text, sky_csv
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.limb import limb_azimuth_deg, limb_ellipse
from perijove.junocam.processing import calibrated_and_located
from perijove.relief.limb_view import LimbView, limb_view
from perijove.simulator.changes import Changes, Mountain, Plume
from perijove.simulator.motion import frame_epochs_tdb, poses
from perijove.simulator.scenario import Scenario
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

pytestmark = pytest.mark.slow

OFF_DEG = {"mountain": -25.0, "mesa": 25.0}  # from where the Sun stands highest over the limb, where the plume is
BRIGHTNESS = dict.fromkeys(("METHANE", "BLUE", "GREEN", "RED"), 0.003)


@dataclass
class Made:
    """A picture with things on its limb, and a plain one."""

    raw: RawImage
    path: Path
    view: LimbView
    plain: LimbView
    plume_deg: float


def lit_azimuth(scenario: Scenario) -> float:
    """Where the Sun stands highest over the limb of mid-picture."""
    path = poses(scenario, frame_epochs_tdb(scenario))
    k = len(path.times_tdb) // 2
    limb = limb_ellipse(path.position_km[k], radii_km=np.array(scenario.radii_km)).points_km(np.arange(360.0))
    return float(np.argmax(limb @ path.sun[k]))


def on_limb(scenario: Scenario, azimuth_deg: float) -> tuple[float, float]:
    """Place on the limb of mid-picture, where Io crosses."""
    path = poses(scenario, frame_epochs_tdb(scenario))
    position = path.position_km[len(path.times_tdb) // 2]
    point = limb_ellipse(position, radii_km=np.array(scenario.radii_km)).points_km(azimuth_deg)
    lat, lon = planetocentric_deg(point)
    return float(lat), float(lon)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """From 12,000 km, where a pixel has 8 km at the limb."""
    folder = tmp_path_factory.mktemp("limb")
    scenario = random_scenario(7, range_km=12000.0, phase_deg=75.0)
    middle = lit_azimuth(scenario)
    changes = Changes(
        mountains=(
            Mountain(*on_limb(scenario, middle + OFF_DEG["mountain"]), 12.0, 160.0),
            Mountain(*on_limb(scenario, middle + OFF_DEG["mesa"]), 7.0, 150.0, "mesa"),
        ),
        plumes=(Plume(*on_limb(scenario, middle), 100.0, 120.0, BRIGHTNESS),),
    )
    base_map = synthetic_base_map(1440)
    paths = write_product(simulate(scenario, base_map, seed=7, changes=changes), folder / "changed")
    raw = read(paths[0])
    bare = read(write_product(simulate(scenario, base_map, seed=7), folder / "plain")[0])
    return Made(
        raw, paths[0], limb_view(*calibrated_and_located(raw)), limb_view(*calibrated_and_located(bare)), middle
    )


def test_mountains_stand_as_high_as_they_were_made(made: Made) -> None:
    """Heights within three of their errors, which are below a fifth of a pixel; nothing else rises."""
    found = made.view.measured.rises
    heights = made.view.measured.heights
    assert len(found) == 2
    by_azimuth = sorted(found, key=lambda r: (heights.azimuth_deg[r.top] - made.plume_deg + 180.0) % 360.0)
    for rise, true in zip(by_azimuth, (12.0, 7.0), strict=True):
        assert abs(rise.height_km - true) < 3.0 * rise.sigma_km
        assert rise.sigma_km < 0.2 * heights.pixel_km
        assert rise.relative_km == pytest.approx(rise.height_km, abs=3.0 * rise.relative_sigma_km)
        assert 40.0 < rise.width_km < 200.0
    assert 0.0 < made.view.measured.left_out < 0.3


def test_plain_limb_is_flat_within_its_errors(made: Made) -> None:
    """Of all places at least half within one error and nine tenths within two; neither rise nor plume."""
    heights = made.plain.measured.heights
    pulls = np.abs(heights.height_km / heights.sigma_km)
    assert np.mean(pulls < 1.0) > 0.5
    assert np.mean(pulls < 2.0) > 0.9
    assert made.plain.measured.rises == ()
    assert made.plain.plumes.plumes == ()


def test_plume_is_found_where_it_stands(made: Made) -> None:
    """Brightness to 10 %, height and width to 10 %: its width grows by 3 % over half its height, the fit's does not."""
    (plume,) = made.view.plumes.plumes
    assert plume.brightness == pytest.approx(0.003, rel=0.1)
    assert plume.height_km == pytest.approx(100.0, rel=0.1)
    assert plume.width_km == pytest.approx(120.0, rel=0.1)
    shot = made.view.measured.location.shot
    position = shot.view.position_km[shot.middle_frame]
    point = limb_ellipse(position, radii_km=shot.radii_km).points_km(plume.azimuth_deg)
    assert float(limb_azimuth_deg(point, position, radii_km=shot.radii_km)) == pytest.approx(
        plume.azimuth_deg, abs=1e-6
    )
    assert abs((plume.azimuth_deg - made.plume_deg + 180.0) % 360.0 - 180.0) < 5.0  # the label's place errs


def test_limit_lies_below_what_was_found_elsewhere(made: Made) -> None:
    """Law: without the plume its place has a limit that excludes it."""
    plain = made.plain.plumes
    column = int(np.argmin(np.abs(plain.azimuth_deg - made.plume_deg)))
    assert 0.0 < plain.limit[column, plain.tried_km.index(100.0)] < 0.3 * 0.003


def test_slow_waves_are_lost_and_fast_ones_kept(made: Made) -> None:
    """Law: the whole circle looks like another place of Io; a wave of 10 deg like nothing that poses can do."""
    shares = made.plain.surviving
    assert shares[360.0] < 0.6
    assert shares[10.0] == pytest.approx(1.0, abs=0.1)


def test_covariance_holds_its_parts(made: Made) -> None:
    """Law: its diagonal is the square of the error, it is positive, and far places share the poses' part alone."""
    heights = made.plain.measured.heights
    covariance = heights.covariance_km2()
    assert np.allclose(np.diag(covariance), heights.sigma_km**2)
    assert np.linalg.eigvalsh(covariance).min() > -1e-9
    assert covariance[0, len(heights) // 2] == pytest.approx(
        float(heights.pose_km[0] @ heights.pose_km[len(heights) // 2]), abs=1e-4
    )


def test_tables_and_record_agree(made: Made) -> None:
    """Law: a line for each place and azimuth, the record's numbers are the tables'."""
    record = limb_record(made.raw, made.view)
    rows = list(csv.DictReader(io.StringIO(heights_csv(made.view))))
    assert list(rows[0]) == list(HEIGHT_KEYS)
    assert len(rows) == record["heights"]["places"]  # type: ignore[index]
    top = max(float(row["height_km"]) for row in rows)
    assert top == pytest.approx(12.0, abs=3.0)
    sky = list(csv.DictReader(io.StringIO(sky_csv(made.view))))
    assert len(sky) == len(made.view.plumes.azimuth_deg)
    assert json.loads(json.dumps(record)) == record
    assert "plume at" in limb_text(made.raw, made.view)
    assert record["simulated"] is True


def test_command_writes_all_or_nothing(made: Made, tmp_path: Path) -> None:
    """Law: four files, the same JSON on standard output; what stands there is not replaced."""
    done = perijove("limb", made.path, "--out", tmp_path / "out", "--json", "-q")
    assert (done.code, done.err) == (0, "")
    names = sorted(path.name.removeprefix(made.raw.product_id) for path in (tmp_path / "out").iterdir())
    assert names == ["-limb-heights.csv", "-limb-heights.png", "-limb-plumes.csv", "-limb.json"]
    written = (tmp_path / "out" / f"{made.raw.product_id}-limb.json").read_text()
    assert json.loads(written) == json.loads(done.out)
    again = perijove("limb", made.path, "--out", tmp_path / "out", "-q")
    assert again.code == 3
    assert "exists already" in again.line
