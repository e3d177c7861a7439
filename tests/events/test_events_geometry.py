"""Tangent planes, depths, records and refusals of moon events.

Authority: independent where a contact is found again by brute force over rays of light; else law.
"""

import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from perijove.bodies.galilean import GALILEAN_RADII_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver, SiteObserver
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.events.depth import diameter_fraction, sunlight_lost, umbra_radius_km
from perijove.events.finder import moon_events
from perijove.events.records import CONTACTS, KINDS, MoonEvent, short_name
from perijove.events.search import signed_gaps_km
from perijove.events.tracks import Track, sampled_paths
from perijove.geometry.discs import lens_fraction
from perijove.timescales import utc_to_tdb

START = utc_to_tdb("2016-01-01T12:00")
DAY_S = 86400.0
FAR_KM = 8e8
SPHERES = {"JUPITER": 0.5 * JUPITER_RADII_KM[0]}


# ------------------------------------------------------------------------------------------ brute force over rays


def _surface(angles: np.ndarray, radii: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Point of an ellipsoid; rows of the frame are its axes."""
    lon, lat = angles
    unit = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return (radii * unit) @ frame


def _ray_height(a: np.ndarray, b: np.ndarray, radii: np.ndarray, frame: np.ndarray) -> float:
    """Least distance of the line from a to b from the centre of an ellipsoid, as a part of its radius: 1 touches."""
    p, d = (frame @ a) / radii, (frame @ (b - a)) / radii
    return float(np.linalg.norm(np.cross(p, d)) / np.linalg.norm(d))


def _extreme_height(sun: np.ndarray, moon: np.ndarray, moon_radii: np.ndarray, frames: tuple, *, lowest: bool) -> float:
    """Least or greatest height over Jupiter of any ray from the Sun's surface to a moon's (behind it or before it)."""
    sign = 1.0 if lowest else -1.0
    jupiter_frame, moon_frame = frames

    def height(x: np.ndarray) -> float:
        start = sun + _surface(x[:2], np.full(3, SUN_RADIUS_KM), np.eye(3))
        return sign * _ray_height(
            start, moon + _surface(x[2:], moon_radii, moon_frame), JUPITER_RADII_KM, jupiter_frame
        )

    axis = sun / np.linalg.norm(sun)
    side = moon - (moon @ axis) * axis
    side /= np.linalg.norm(side)
    best = np.inf
    for sun_side in (side, -side):
        for moon_side in (side, -side):
            guess = []
            for v in (sun_side, moon_frame @ moon_side):
                guess += [np.arctan2(v[1], v[0]), np.arcsin(v[2])]
            done = minimize(
                height, guess, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
            )
            best = min(best, float(done.fun))
    return sign * best


def _frames(pole: np.ndarray, moon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = -moon / np.linalg.norm(moon)
    y = np.cross(pole, x)
    y /= np.linalg.norm(y)
    node = np.cross([0.0, 0.0, 1.0], pole)
    node /= np.linalg.norm(node)
    return np.stack([node, np.cross(pole, node), pole]), np.stack([x, y, np.cross(x, y)])


def _departed(body: str, place: np.ndarray, t: float) -> np.ndarray:
    """Place of a body when the light left it that is at a place at a time; straight from the ephemeris."""
    left = t
    for _ in range(6):
        there = EMBEDDED.state(body, left, center="SSB")[:3]
        left = t - np.linalg.norm(place - there) / SPEED_OF_LIGHT_KM_S
    return there


def _height_at(moon: str, t: float, *, shadow: bool, lowest: bool, pole: np.ndarray) -> float:
    """Extreme height over Jupiter of sunlight on its way to or past a moon."""
    if shadow:
        jupiter = EMBEDDED.state("JUPITER", t, center="SSB")[:3]
        place, receiver = _departed(moon, jupiter, t), jupiter
    else:
        place = receiver = EMBEDDED.state(moon, t, center="SSB")[:3]
        jupiter = _departed("JUPITER", place, t)
    sun = _departed("SUN", receiver, t)
    frames = _frames(pole, place - jupiter)
    return _extreme_height(sun - jupiter, place - jupiter, np.array(GALILEAN_RADII_KM[moon]), frames, lowest=lowest)


SLOW_CASES = [
    ("IO", "eclipse", "P1", True),
    ("IO", "eclipse", "U2", False),
    ("CALLISTO", "eclipse", "P4", True),
    ("CALLISTO", "eclipse", "U2", False),
    ("EUROPA", "shadow_transit", "P1", True),
    ("GANYMEDE", "shadow_transit", "P3", False),
]


@pytest.mark.parametrize(("moon", "kind", "name", "lowest"), SLOW_CASES)
def test_shadow_contacts_against_rays(moon: str, kind: str, name: str, lowest: object) -> None:
    """The lowest ray touches Jupiter when the penumbra comes, the highest when nothing passes beside it any more."""
    event = moon_events(START, START + 17 * DAY_S, kinds=[kind], moons=[moon])[1 if moon != "CALLISTO" else 0]
    t = event.contact(name).event_tdb
    pole = sampled_paths(EMBEDDED, BodyObserver("EARTH"), ["IO"], start_tdb=t, end_tdb=t + 1e4).pole
    step = 2.0
    heights = [
        _height_at(moon, t + h, shadow=kind == "shadow_transit", lowest=bool(lowest), pole=pole)
        for h in (-step, 0.0, step)
    ]
    rate = (heights[2] - heights[0]) / (2.0 * step)
    assert abs((heights[1] - 1.0) / rate) < 0.1


# ------------------------------------------------------------------------------------------ spheres


def _still(body: str, other: str, light: np.ndarray, place: np.ndarray) -> Track:
    times = np.array([0.0, 1.0])
    rest = np.zeros((2, 3))
    states = [np.concatenate([np.tile(v, (2, 1)), rest], axis=1) for v in (light, place)]
    return Track(body, other, times, *states, rest, rest, np.array([0.0, 0.0, 1.0]))


@settings(max_examples=40)
@given(
    st.floats(3e4, 1e9),
    st.floats(-3e6, 3e6),
    st.floats(-6e3, 6e3),
    st.floats(0.0, 6.28),
    st.sampled_from([1.0, -1.0, 0.0]),
)
def test_spheres_have_a_closed_form(far: float, along: float, aside: float, turn: float, sign: float) -> None:
    """For two spheres the plane lies in that of the three centres: cones, in a plane."""
    light = far * np.array([np.cos(turn), np.sin(turn), 0.0])
    across = np.array([-np.sin(turn), np.cos(turn), 0.0])
    along = min(along, 0.5 * far)
    place = along * light / far + aside * across
    track = _still("GANYMEDE", "CALLISTO", light, place)
    a, b = GALILEAN_RADII_KM["GANYMEDE"][0], GALILEAN_RADII_KM["CALLISTO"][0]
    gap, _ = signed_gaps_km(track, np.array([0.5]), 0.0, sign)
    sine = a / far
    exact = abs(aside) * np.sqrt(1.0 - sine**2) + along * sine - a - sign * b
    assert gap[0] == pytest.approx(exact, abs=1e-6 + 1e-12 * far)


@settings(max_examples=40)
@given(st.floats(-1.2, 1.2), st.floats(0.0, 6.28), st.floats(8e4, 1e9))
def test_points_on_jupiters_horizon_are_on_the_edge(lat: float, lon: float, height: float) -> None:
    """A point on the tangent plane through the observer, beside the point of touch, has no distance from the edge."""
    normal = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    touch = JUPITER_RADII_KM**2 * normal / np.linalg.norm(JUPITER_RADII_KM * normal)
    tangent = np.cross(normal, [0.3, -0.5, 0.8])
    tangent /= np.linalg.norm(tangent)
    observer, behind = touch + height * tangent, touch - 4e5 * tangent
    track = _still("JUPITER", "IO", observer, behind)
    gap, point = signed_gaps_km(track, np.array([0.5]), 0.0, 0.0)
    assert abs(gap[0]) < 1e-3 + 1e-12 * height
    np.testing.assert_allclose(point[0], touch, rtol=0, atol=1.0)


# ------------------------------------------------------------------------------------------ depths


@given(st.floats(0.0, 4.0), st.floats(0.1, 2.0), st.floats(0.1, 2.0))
def test_covered_area_is_the_same_from_both_sides(d: float, f: float, b: float) -> None:
    assert f**2 * lens_fraction(f, b, d) == pytest.approx(b**2 * lens_fraction(b, f, d), abs=1e-7)


def test_covered_area_by_counting() -> None:
    x, y = np.meshgrid(*[np.linspace(-1.0, 1.0, 1201)] * 2)
    disc = x**2 + y**2 < 1.0
    for d, f in ((0.5, 0.7), (1.2, 0.9), (0.2, 1.1), (1.7, 1.0)):
        counted = np.mean((x[disc] - d) ** 2 + y[disc] ** 2 < f**2)
        assert lens_fraction(1.0, f, d) == pytest.approx(counted, abs=1e-3)


def test_depths_at_the_limits() -> None:
    assert diameter_fraction(0.0, 1.0, 2.0) == 0.5
    assert diameter_fraction(3.0, 1.0, 2.0) == 0.0
    assert diameter_fraction(1.0, 1.0, 2.0) == pytest.approx(0.5)
    sun = dict.fromkeys(("sun_distance_km",), FAR_KM)
    deep = sunlight_lost(0.0, front_radius_km=2600.0, back_radius_km=1500.0, lever_km=1e5, **sun)
    none = sunlight_lost(9000.0, front_radius_km=2600.0, back_radius_km=1500.0, lever_km=1e5, **sun)
    assert (deep, none) == (1.0, 0.0)
    assert umbra_radius_km(2600.0, 1e5, FAR_KM) == pytest.approx(2600.0 - 1e5 / FAR_KM * (SUN_RADIUS_KM - 2600.0))


def test_all_sunlight_that_is_lost_goes_into_the_front_moon() -> None:
    """Integrated over all offsets, the lost light is what the front moon's disc takes, whatever the Sun's size."""
    offsets = np.linspace(0.0, 8000.0, 400)
    lost = [
        sunlight_lost(x, front_radius_km=1800.0, back_radius_km=1560.0, lever_km=1e6, sun_distance_km=FAR_KM)
        for x in offsets
    ]
    total = np.trapezoid(2.0 * np.pi * offsets * lost, offsets)
    whole = FAR_KM + 1e6
    assert total == pytest.approx(np.pi * (1800.0 * whole / FAR_KM) ** 2, rel=5e-3)


# ------------------------------------------------------------------------------------------ records


@pytest.fixture(scope="module")
def week() -> tuple[MoonEvent, ...]:
    return moon_events(START, START + 7 * DAY_S)


def test_contacts_come_in_order(week: tuple[MoonEvent, ...]) -> None:
    assert {event.kind for event in week} <= set(KINDS)
    for event in week:
        times = [contact.tdb for contact in event.contacts]
        assert times == sorted(times)
        assert {contact.name for contact in event.contacts} <= set(CONTACTS)
        assert event.start_tdb <= event.closest.tdb <= event.end_tdb
        for contact in (*event.contacts, event.closest):
            assert 30.0 * 60.0 < contact.tdb - contact.event_tdb < 56.0 * 60.0  # light time from Jupiter


def test_a_span_cut_in_two_has_the_same_events(week: tuple[MoonEvent, ...]) -> None:
    middle = START + 3.3 * DAY_S
    parts = {
        (short_name(event), round(event.start_tdb, 2))
        for begin, end in ((START, middle), (middle, START + 7 * DAY_S))
        for event in moon_events(begin, end)
    }
    assert parts == {(short_name(event), round(event.start_tdb, 2)) for event in week}


def test_seen_from_the_sun_there_are_no_eclipses_to_see() -> None:
    """Whatever is in Jupiter's shadow is behind Jupiter for the Sun."""
    for event in moon_events(START, START + 4 * DAY_S, observer=BodyObserver("SUN"), kinds=["eclipse", "occultation"]):
        assert event.closest.hidden == "behind Jupiter"
        if event.kind == "eclipse":
            assert event.contact("U2").hidden == "behind Jupiter"


def test_at_opposition_shadows_are_seen_from_the_limb_on() -> None:
    """Law: where limb and terminator are less than a second of Io apart, no contact on the disc's edge is out of sight.

    On 2026-01-09, a day before opposition, the whole shadow lies on the disc two minutes after its first contact.
    """
    day = utc_to_tdb("2026-01-09")
    (event,) = moon_events(day, day + DAY_S, kinds=["shadow_transit"], moons=["IO"])
    assert [contact.name for contact in event.contacts if contact.hidden] == []
    assert event.contact("lit_ingress") is None


def test_away_from_opposition_the_night_side_of_the_limb_is_not_seen() -> None:
    """Law: at quadrature the Sun's limb of Jupiter lies 11 deg beyond the Earth's on one side.

    The shadow's centre is seen to come from behind the limb later than it crosses the Sun's limb.
    """
    quadrature = utc_to_tdb("2025-10-15")
    (first, *_) = moon_events(quadrature, quadrature + 2.0 * DAY_S, kinds=["shadow_transit"], moons=["IO"])
    hidden = {contact.name for contact in first.contacts if contact.hidden == "beyond the limb"}
    assert hidden == {"P1", "U1", "ingress", "U2", "P2"}
    assert first.contact("lit_ingress").tdb > first.contact("ingress").tdb + 60.0


def test_a_site_sees_transits_a_little_off_and_with_altitudes() -> None:
    """Parallax: one Earth radius in 4.3 au moves a moon before Jupiter by less than 5 km, a quarter second."""
    kinds = ["transit", "occultation"]
    site = SiteObserver(28.3, -16.5, 2390.0)
    centre = moon_events(START, START + 4 * DAY_S, kinds=kinds)
    there = moon_events(START, START + 4 * DAY_S, kinds=kinds, observer=site)
    apart = np.array([a.start_tdb - b.start_tdb for a, b in zip(centre, there, strict=True)])
    assert 1e-4 < np.abs(apart).max() < 2.0
    for event in there:
        for contact in event.contacts:
            assert (contact.hidden == "below the horizon") == (contact.jupiter_altitude_deg < 0.0) or contact.hidden
            assert -90.0 <= contact.sun_altitude_deg <= 90.0
            assert 0.0 <= contact.jupiter_azimuth_deg < 360.0


def test_site_against_astropy() -> None:
    """Independent, with UT1 from the IERS: 0.2 s of the Earth's turn are 0.1 km and 0.001 deg."""
    times = START + np.linspace(0.0, 30 * DAY_S, 50)
    site = SiteObserver(-24.6272, -70.4042, 2635.0)
    place = EarthLocation.from_geodetic(-70.4042, -24.6272, 2635.0)
    epochs = Time(2451545.0, times / DAY_S, format="jd", scale="tdb")
    with iers.conf.set_temp("auto_download", False):  # the tables that astropy carries reach 2016
        position, velocity = place.get_gcrs_posvel(epochs)
        star = SkyCoord(266.0, -29.0, unit="deg").transform_to(AltAz(obstime=epochs, location=place))
    state = site.state_about_earth(times)
    np.testing.assert_allclose(state[:, :3], position.xyz.to_value("km").T, rtol=0, atol=0.15)
    np.testing.assert_allclose(state[:, 3:], velocity.xyz.to_value("km/s").T, rtol=0, atol=2e-5)
    direction = np.array([np.cos(np.radians(266.0)), np.sin(np.radians(266.0)), np.tan(np.radians(-29.0))])
    # a star's place holds aberration, 20 arcsec
    altitude, azimuth = site.altitude_azimuth_deg(direction, times)
    np.testing.assert_allclose(altitude, star.alt.deg, rtol=0, atol=0.008)
    across = (azimuth - star.az.deg + 180.0) % 360.0 - 180.0  # of a circle that shrinks towards the zenith
    np.testing.assert_allclose(across * np.cos(star.alt.rad), 0.0, rtol=0, atol=0.008)
    assert ((azimuth >= 0.0) & (azimuth < 360.0)).all()


def test_a_passing_observer_is_followed() -> None:
    """Io itself watches: nodes are halved until its path is met, and its own events are left out."""
    events = moon_events(START, START + 2 * DAY_S, observer=BodyObserver("IO"), kinds=["occultation", "eclipse"])
    assert {event.back for event in events if event.kind == "occultation"} <= set(MOONS[1:])
    assert "IO" in {event.back for event in events if event.kind == "eclipse"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((START, START - 1.0, {}), "end must lie after the start"),
        ((float("nan"), START, {}), "must be finite"),
        ((START, START + 40_000 * DAY_S, {}), "at most 18262"),
        ((START, START + DAY_S, {"kinds": ["eclips"]}), "no kind of event 'eclips'; there are transit"),
        ((START, START + DAY_S, {"moons": []}), "no moon given; there are IO"),
        ((START, START + DAY_S, {"observer": BodyObserver("JUPITER")}), "need one outside it"),
        ((START, START + DAY_S, {"observer": BodyObserver("VULCAN")}), "VULCAN"),
    ],
)
def test_refusals(arguments: tuple[float, float, dict], says: str) -> None:
    start, end, options = arguments
    with pytest.raises(InputError, match=says):
        moon_events(start, end, **options)


@pytest.mark.parametrize("place", [(91.0, 0.0, 0.0), (0.0, 361.0, 0.0), (0.0, 0.0, 1e6), (float("nan"), 0.0, 0.0)])
def test_sites_off_the_earth(place: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="of the site; it must lie in"):
        SiteObserver(*place)


def test_contacts_err_by_what_the_lead_moves_them() -> None:
    """Law: Io 9.4 km behind its place comes late by what `sigma_s` says, which holds little else."""
    span = utc_to_tdb("2024-01-01"), utc_to_tdb("2024-01-08")
    kinds, moons = ("transit", "shadow_transit", "occultation", "eclipse"), ("IO",)
    plain, led = (
        moon_events(*span, observer=BodyObserver("EARTH"), ephemeris=one.ephemeris, kinds=kinds, moons=moons)
        for one in SOLUTIONS.values()
    )
    assert len(plain) == len(led) > 12
    for one, other in zip(plain, led, strict=True):
        for late, early in zip(one.contacts, other.contacts, strict=True):
            assert late.tdb - early.tdb == pytest.approx(late.sigma_s, rel=0.05)
            assert 0.5 < late.sigma_s < 1.0
            assert early.sigma_s < 0.16 * late.sigma_s
