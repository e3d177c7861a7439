"""The triaxial ellipsoid.

Authority: independent (SPICE: surfpt, surfnm, nearpt, latrec, pgrrec, recpgr, subpnt) and law (points satisfy the
equation).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.geometry.ellipsoid import (
    first_intersection_km,
    nearest_point_km,
    outward_normal,
    planetocentric_deg,
    position_from_planetographic_km,
    position_from_sub_point_km,
    surface_point_km,
)

MM = 1e-6  # km
BODY = "TRIAXIAL_TEST_BODY"
CODE = 501777  # a body of its own: Io's variables in SPICE's pool stay as other tests set them
FLATTENING = (RADII[0] - RADII[2]) / RADII[0]


def rays(n: int, range_km: float) -> tuple[np.ndarray, np.ndarray]:
    """Origins on a sphere and directions roughly towards the body."""
    rng = np.random.default_rng(11)
    origin = rng.normal(size=(n, 3))
    origin *= range_km / np.linalg.norm(origin, axis=1, keepdims=True)
    return origin, -origin + rng.normal(scale=1500.0, size=(n, 3))


@pytest.fixture(scope="module")
def body() -> Iterator[None]:
    """A prograde body for SPICE's planetographic routines."""
    spiceypy.boddef(BODY, CODE)
    spiceypy.pdpool(f"BODY{CODE}_PM", [0.0, 203.0, 0.0])
    yield
    spiceypy.dvpool(f"BODY{CODE}_PM")


@pytest.mark.parametrize("range_km", [1850.0, 3323.0, 80870.0, 4.0e8])
def test_first_intersection_equals_spice(range_km: float) -> None:
    origin, direction = rays(300, range_km)
    ours = first_intersection_km(origin, direction, radii_km=RADII)
    hits = 0
    for o, d, mine in zip(origin, direction, ours, strict=True):
        try:
            theirs = spiceypy.surfpt(o, d, *RADII)
        except spiceypy.exceptions.NotFoundError:
            assert np.isnan(mine).all()
            continue
        hits += 1
        # Rounding of the origin alone moves the point by range x 2e-16; near the limb by its root.
        assert np.linalg.norm(mine - theirs) < MM + 1e-9 * range_km
    assert hits > 50


@given(st.floats(1900.0, 1e6), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_intersections_lie_on_the_ellipsoid_and_ahead(range_km: float, a: float, b: float) -> None:
    origin = np.array([0.4, -0.5, 0.77]) * range_km
    direction = -origin + 1200.0 * np.array([a, b, a * b])
    point = first_intersection_km(origin, direction, radii_km=RADII)
    if np.isnan(point[0]):
        return
    assert abs(np.sum((point / RADII) ** 2) - 1.0) < 1e-13 * range_km / RADII[0]
    assert (point - origin) @ direction > 0.0
    assert outward_normal(point, radii_km=RADII) @ direction < 1e-6 * range_km


def test_rays_that_look_away_miss() -> None:
    point = first_intersection_km([5000.0, 0.0, 0.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], radii_km=RADII)
    assert np.isnan(point).all()


def test_normals_equal_spice() -> None:
    point = surface_point_km([-70.0, -5.0, 33.0, 89.0], [10.0, 120.0, -80.0, 5.0], RADII)
    theirs = [spiceypy.surfnm(*RADII, p) for p in point]
    np.testing.assert_allclose(outward_normal(point, radii_km=RADII), theirs, atol=1e-15)


def test_planetocentric_coordinates_equal_spice() -> None:
    lat, lon = np.array([-70.0, 0.0, 33.0]), np.array([-179.0, 120.0, -80.0])
    point = surface_point_km(lat, lon, RADII)
    for k in range(3):
        radius = np.linalg.norm(point[k])
        np.testing.assert_allclose(
            spiceypy.latrec(radius, *np.radians([lon[k], lat[k]])), point[k], atol=1e-12 * radius
        )
    back = planetocentric_deg(point)
    np.testing.assert_allclose(back, (lat, lon), atol=1e-13)
    np.testing.assert_allclose(np.sum((point / RADII) ** 2, axis=1), 1.0, atol=1e-15)


@pytest.mark.parametrize("range_km", [1000.0, 1790.0, 1825.0, 3323.0, 80870.0, 4.2e5])
def test_nearest_point_equals_spice(range_km: float) -> None:
    position, _ = rays(60, range_km)
    ours = nearest_point_km(position, radii_km=RADII)
    theirs = np.array([spiceypy.nearpt(p, *RADII)[0] for p in position])
    # Deep inside, the surface is almost equally far in many directions: the point is worse conditioned there.
    assert np.abs(ours - theirs).max() < (MM if range_km > 1500.0 else 1e3 * MM)


@pytest.mark.usefixtures("body")
def test_planetographic_positions_equal_spice() -> None:
    for lat, west, altitude in [(12.0, 200.0, 1500.0), (-63.0, 37.0, 79351.0), (89.9, 0.0, 0.0), (-1.0, 359.0, -5.0)]:
        theirs = spiceypy.pgrrec(BODY, *np.radians([west, lat]), altitude, RADII[0], FLATTENING)
        ours = position_from_planetographic_km(lat, west, altitude, RADII)
        np.testing.assert_allclose(ours, theirs, atol=MM)


@pytest.mark.usefixtures("body")
@pytest.mark.parametrize("range_km", [3323.0, 80870.0])
def test_sub_point_of_the_triaxial_body_gives_the_position_back(range_km: float) -> None:
    """Near point by SPICE on the triaxial body, printed planetographically by SPICE, read back by us."""
    position, _ = rays(40, range_km)
    for place in position:
        near, altitude = spiceypy.nearpt(place, *RADII)
        west, lat, _ = spiceypy.recpgr(BODY, near, RADII[0], FLATTENING)
        ours = position_from_sub_point_km(np.degrees(lat), np.degrees(west), altitude, RADII)
        # Rounding of the angles (1e-13 deg) times the range.
        assert np.linalg.norm(ours - place) < 1e-9 * range_km


def test_how_far_the_two_readings_of_a_label_differ() -> None:
    """Regression: the size that the docstring states, over all sub-points."""
    lat, west = (a.ravel() for a in np.meshgrid(np.arange(-90.0, 91.0, 5.0), np.arange(0.0, 360.0, 5.0)))
    sphere = position_from_planetographic_km(lat, west, 10000.0, RADII)
    triaxial = position_from_sub_point_km(lat, west, 10000.0, RADII)
    height = np.linalg.norm(sphere, axis=1) - np.linalg.norm(triaxial, axis=1)
    assert 9.0 < np.abs(height).max() < 10.5
    cosine = np.sum(sphere * triaxial, axis=1) / np.linalg.norm(sphere, axis=1) / np.linalg.norm(triaxial, axis=1)
    assert np.degrees(np.arccos(cosine.min())) < 0.35


@pytest.mark.data
def test_sub_spacecraft_point_equals_subpnt(data_dir: Path) -> None:
    """SPICE's subpnt for Juno over Jupiter, oblate, from the predicted trajectory."""
    names = ["naif0012.tls", "pck00010.tpc", "spk_pre_220614_221109_220810_jm0450.bsp"]
    paths = [str(data_dir / "spice" / name) for name in names]
    spiceypy.furnsh(paths)
    try:
        et = spiceypy.str2et("2022-07-05T09:00:00")
        point, _, sight = spiceypy.subpnt("NEAR POINT/ELLIPSOID", "JUPITER", et, "IAU_JUPITER", "NONE", "JUNO")
        radii = spiceypy.bodvrd("JUPITER", "RADII", 3)[1]
    finally:
        spiceypy.unload(paths)
    position = point - sight
    assert np.linalg.norm(nearest_point_km(position, radii_km=radii) - point) < MM * np.linalg.norm(position) / 1e5
