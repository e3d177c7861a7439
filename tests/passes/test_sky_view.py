"""Where an observer stands, and what he sees of a body and of Jupiter.

Authority: independent (`state_in_frame`, which equals SPICE; directions in the ICRF without any picture) and law.
"""

import numpy as np
import pytest

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import apparent_state, state_in_frame
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.geometry.rotations import angle_between_deg, unit
from perijove.passes.geometry_series import geometry_series
from perijove.passes.sky_view import SkyView, sky_view
from perijove.passes.vantage import vantage
from perijove.timescales import utc_to_tdb

TIME = utc_to_tdb("2023-12-30T07:00:00")


@pytest.fixture(scope="module", params=["body", "celestial"])
def view(request: pytest.FixtureRequest) -> SkyView:
    return sky_view(EMBEDDED, "IO", "JUNO", TIME, upright=request.param)


@pytest.mark.parametrize("body", ["IO", "CALLISTO", "JUPITER"])
def test_vantage_is_the_state_in_the_bodys_frame(body: str) -> None:
    times = arc_of(57).perijove_tdb + np.linspace(-30_000.0, 30_000.0, 7)
    seen = vantage(EMBEDDED, body, "JUNO", times)
    there = state_in_frame(EMBEDDED, body, "JUNO", times, correction="CN", frame=f"IAU_{body}")
    np.testing.assert_allclose(seen.position_km, -there[:, :3], atol=1e-6)
    left = times - np.linalg.norm(there[:, :3], axis=-1) / SPEED_OF_LIGHT_KM_S
    sun = state_in_frame(EMBEDDED, "SUN", body, left, correction="CN+S", frame="ICRF")[:, :3]
    np.testing.assert_allclose(np.einsum("nji,nj->ni", seen.icrf_to_body, seen.sun), unit(sun), atol=1e-12)
    for k, moment in enumerate(left):
        turned = seen.body_to_jupiter[k] @ icrf_to_body(body, moment)
        np.testing.assert_allclose(turned, icrf_to_body("JUPITER", moment), atol=1e-10)


def test_angles_are_those_of_the_geometry_series(view: SkyView) -> None:
    """Without stellar aberration, which the series is asked to leave out too; sub-points differ by the light time."""
    series = geometry_series(EMBEDDED, "IO", np.array([TIME]), correction="CN")
    assert view.range_km == pytest.approx(series.range_km[0], abs=1e-3)
    assert view.altitude_km == pytest.approx(series.altitude_km[0], abs=0.2)
    assert view.phase_deg == pytest.approx(series.phase_deg[0], abs=0.01)
    lat, lon = view.sub_observer_deg
    assert lat == pytest.approx(series.sub_spacecraft_lat_deg[0], abs=1e-3)
    assert lon == pytest.approx(series.sub_spacecraft_lon_east_deg[0], abs=1e-3)
    assert view.sub_solar_deg[0] == pytest.approx(series.sub_solar_lat_deg[0], abs=1e-3)
    assert view.sub_solar_deg[1] == pytest.approx(series.sub_solar_lon_east_deg[0], abs=1e-3)


def test_jupiter_stands_where_the_icrf_has_it(view: SkyView) -> None:
    """Separation and direction from vectors in the ICRF: north angle to the body's, or the celestial, pole."""
    jupiter = view.jupiter
    assert jupiter is not None
    to_io, to_jupiter = (apparent_state(EMBEDDED, name, "JUNO", TIME, "CN")[:3] for name in ("IO", "JUPITER"))
    assert jupiter.separation_deg == pytest.approx(float(angle_between_deg(to_io, to_jupiter)), abs=0.01)
    up = np.array([0.0, 0.0, 1.0])
    if view.upright == "body":
        up = icrf_to_body("IO", TIME)[2]
    ahead = unit(to_io)
    north = unit(up - (up @ ahead) * ahead)
    left = np.cross(north, ahead)
    expected = np.degrees(np.arctan2(to_jupiter @ left, to_jupiter @ north)) % 360.0
    assert jupiter.position_angle_deg == pytest.approx(expected, abs=0.05)
    distance = np.linalg.norm(to_jupiter)
    assert 2.0 * np.degrees(np.arcsin(JUPITER_RADII_KM[2] / distance)) < jupiter.angular_diameter_deg
    assert jupiter.angular_diameter_deg == pytest.approx(
        2.0 * np.degrees(np.arcsin(JUPITER_RADII_KM[0] / distance)), rel=2e-3
    )
    sun = apparent_state(EMBEDDED, "SUN", "JUPITER", TIME, "CN")[:3]
    assert jupiter.phase_deg == pytest.approx(float(angle_between_deg(-to_jupiter, sun)), abs=0.02)


def test_up_is_as_asked(view: SkyView) -> None:
    north = view.body_to_picture @ (
        view.vantage.icrf_to_body[0] @ [0.0, 0.0, 1.0] if view.upright == "celestial" else np.array([0.0, 0.0, 1.0])
    )
    assert north[0] == pytest.approx(0.0, abs=1e-12)
    assert north[1] < 0.0
    if view.upright == "celestial":
        assert view.north_angle_deg % 360.0 == pytest.approx(0.0, abs=1e-9)


def test_wrong_questions() -> None:
    with pytest.raises(InputError, match="orientation 'spin' is not one of body, celestial"):
        sky_view(EMBEDDED, "IO", "JUNO", TIME, upright="spin")
    with pytest.raises(InputError, match="IO is not outside Io"):
        sky_view(EMBEDDED, "IO", "IO", TIME)
    with pytest.raises(InputError, match="no shape is known for 'SUN'"):
        sky_view(EMBEDDED, "SUN", "JUNO", TIME)


def test_jupiter_itself_has_no_jupiter_behind_it() -> None:
    view = sky_view(EMBEDDED, "JUPITER", "IO", TIME)
    assert view.jupiter is None
    assert view.angular_diameter_deg == pytest.approx(19.5, abs=0.2)  # from Io, at 5.9 radii
