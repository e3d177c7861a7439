"""Geometry series.

Authorities: independent (SPICE on the same kernels; the SPICE-derived columns of JIRAM's product tables; the geometric
elements of `perijove.orbits`) and law (displaced ephemerides, shapes, symmetries).
"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.ephemeris.frames import frame_rotation
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.solutions import best_solution
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import clean_pool
from perijove.ephemeris.spice.source import kernel_ephemeris
from perijove.ephemeris.spice.writing import Trajectory, _write_trajectories
from perijove.errors import InputError
from perijove.passes.geometry_series import GeometrySeries, columns, geometry_series
from perijove.resonance.geometric_elements import geometric_elements
from perijove.timescales import utc_to_tdb

TARGETS = ("IO", "EUROPA", "GANYMEDE", "CALLISTO", "JUPITER")
MOONS = TARGETS[:4]
PASS_TDB = arc_of(57).perijove_tdb - 4.0 * 3600.0  # near Io
REACH_S = 8000.0
ANGLE_DEG = 1e-7
# The grain of TDB, 1.2e-7 s, times velocities of up to 60 km/s from which the places at both ends come.
DISTANCE_KM = 4e-6
LIGHT_CORRECTED_KM = 1e-6


# --------------------------------------------------------------------------------------------------------------- SPICE


@pytest.fixture(scope="module")
def kernels(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Kernels:
    """NAIF's kernels of perijove 43, and the moons from the built-in states."""
    start, end = span()
    times = np.arange(start - REACH_S, end + REACH_S, 300.0)
    file = tmp_path_factory.mktemp("moons") / "moons.bsp"
    with clean_pool():
        paths = [Trajectory(moon, "JUPITER", times, EMBEDDED.state(moon, times, center="JUPITER")) for moon in MOONS]
        _write_trajectories(file, paths)
    spice = data_dir / "spice"
    names = ("spk_pre_220614_221109_220810_jm0450.bsp", "naif0012.tls", "pck00010.tpc")
    return Kernels(*(spice / name for name in names), file)


def span() -> tuple[float, float]:
    return utc_to_tdb("2022-07-04"), utc_to_tdb("2022-07-06")


def lat_lon(point: np.ndarray) -> tuple[float, float]:
    _, lon, lat = spiceypy.reclat(point)
    return np.degrees(lat), np.degrees(lon)


def with_spice(target: str, observer: str, correction: str, tdb: float) -> dict[str, float]:
    """What SPICE says to one row."""
    frame, near = f"IAU_{target}", "NEAR POINT/ELLIPSOID"
    state, light_time = spiceypy.spkezr(target, tdb, "J2000", correction, observer)
    below, _, sight = spiceypy.subpnt(near, target, tdb, frame, correction, observer)
    center, _, _ = spiceypy.subpnt("INTERCEPT/ELLIPSOID", target, tdb, frame, correction, observer)
    noon, _, _ = spiceypy.subslr(near, target, tdb, frame, correction, observer)
    _, _, _, incidence, _ = spiceypy.ilumin("ELLIPSOID", target, tdb, frame, correction, observer, below)
    row = {
        "range_km": float(np.linalg.norm(state[:3])),
        "altitude_km": float(np.linalg.norm(sight)),
        "speed_km_s": float(np.linalg.norm(state[3:])),
        "light_time_s": light_time,
        "sub_spacecraft_radius_km": float(np.linalg.norm(below)),
        "sub_spacecraft_incidence_deg": float(np.degrees(incidence)),
    }
    for name, point in (("sub_spacecraft", below), ("center", center), ("sub_solar", noon)):
        row[f"{name}_lat_deg"], row[f"{name}_lon_east_deg"] = lat_lon(point)
    if observer != "SUN":
        sun, _ = spiceypy.spkpos("SUN", tdb, "J2000", correction, observer)
        row["solar_elongation_deg"] = float(np.degrees(spiceypy.vsep(sun, state[:3])))
        row["phase_deg"] = float(np.degrees(spiceypy.phaseq(tdb, target, "SUN", observer, correction)))
    return row


@pytest.mark.data
@pytest.mark.parametrize("correction", ["NONE", "LT", "LT+S", "CN", "CN+S"])
def test_against_spice(kernels: Kernels, correction: str) -> None:
    """1,050 random cases in all, 210 for each correction: `spkezr`, `subpnt`, `subslr`, `ilumin` and `phaseq`."""
    rng = np.random.default_rng(len(correction))
    ephemeris = kernel_ephemeris(kernels)
    with kernels:
        for target in TARGETS:
            for observer in ("JUNO", "EARTH", "SUN"):
                times = rng.uniform(*span(), 14)
                series = geometry_series(ephemeris, target, times, observer=observer, correction=correction)
                rows = [with_spice(target, observer, correction, t) for t in times]
                for name in rows[0]:
                    apart = series.column(name) - [row[name] for row in rows]
                    if "lon" in name:
                        apart = (apart + 180.0) % 360.0 - 180.0
                    kilometres = LIGHT_CORRECTED_KM if correction in {"NONE", "LT", "LT+S"} else DISTANCE_KM
                    limit = {"km": kilometres, "deg": ANGLE_DEG, "s": 1e-9}[
                        name.rpartition("_")[2].replace("km_s", "km")
                    ]
                    assert np.abs(apart).max() < limit, (target, observer, name)
                assert not series.sigma


@pytest.mark.data
def test_eclipses_and_occultations_against_spice(kernels: Kernels) -> None:
    """Whole, part or nothing hidden, as `occult` has it: for the Sun from Io's centre, and for Io's disc from Juno.

    Io is a sphere here and an ellipsoid there: within 1 % of its radius at the edge they may differ.
    """
    times = np.arange(span()[0] + 3600.0, span()[1] - 3600.0, 120.0)
    series = geometry_series(kernel_ephemeris(kernels), "IO", times, correction="LT")
    oblate = "ELLIPSOID", "IAU_JUPITER"
    with kernels:
        spiceypy.pdpool("BODY10_RADII", [695700.0] * 3)
        hidden = [spiceypy.occult("IO", "ELLIPSOID", "IAU_IO", "JUPITER", *oblate, "LT", "JUNO", t) for t in times]
        emitted = times - series.light_time_s
        dark = [spiceypy.occult("SUN", "ELLIPSOID", "IAU_SUN", "JUPITER", *oblate, "LT", "IO", t) for t in emitted]
    for free, codes, blur in ((series.unocculted_fraction, hidden, 0.02), (series.sunlight_fraction, dark, 0.01)):
        found = np.where(free <= 0.0, -3, np.where(free < 1.0, -1, 0))
        sure = (np.abs(free - 0.5) < 0.5 - blur) | (free == 0.0) | (free == 1.0)
        differ = found != np.minimum(codes, 0)
        assert (found == -3).sum() > 20
        assert not (differ & sure).sum() > 1, free[differ]


# --------------------------------------------------------------------------------------------------------------- JIRAM


def jiram(data_dir: Path, perijove: int) -> list[dict[str, str]]:
    file = data_dir / "volcanoes" / f"jiram_io_calibrated_orbit{perijove}_products.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["start_date_time"]]


@pytest.mark.data
@pytest.mark.parametrize("perijove", [57, 58])
def test_against_the_tables_of_jiram(data_dir: Path, perijove: int) -> None:
    """SPICE-derived columns at the start of exposure, without corrections.

    What depends on the Sun alone agrees to half the last digit. With Io where Juno's path tells, heights are met to
    0.2 km and points below Juno to 0.006 deg (a longitude at 70 deg of latitude to 0.01); they are asked to hold to
    0.5 km rms and 0.03 deg.
    """
    rows = jiram(data_dir, perijove)
    tdb = np.array([utc_to_tdb(row["start_date_time"].rstrip("Z")) for row in rows])
    series = geometry_series(best_solution("JUNO").ephemeris, "IO", tdb, correction="NONE")

    def published(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    # The two solar columns are swapped in the tables.
    np.testing.assert_allclose(series.sub_solar_lon_east_deg, published("solar_planetocentric_latitude_deg"), atol=6e-4)
    np.testing.assert_allclose(series.sub_solar_lat_deg, published("solar_planetocentric_longitude_deg"), atol=6e-4)
    lon = published("io_planetocentric_longitude_deg")
    np.testing.assert_allclose(series.altitude_km, published("observer_distance_km"), rtol=0, atol=0.2)
    np.testing.assert_allclose(series.sub_spacecraft_lat_deg, published("io_planetocentric_latitude_deg"), atol=0.006)
    np.testing.assert_allclose(
        np.mod(series.sub_spacecraft_lon_east_deg - lon + 180.0, 360.0), 180.0, rtol=0, atol=0.01
    )
    np.testing.assert_allclose(series.sub_spacecraft_radius_km, published("sub_point_radius_km"), rtol=0, atol=0.05)
    np.testing.assert_allclose(series.sub_spacecraft_incidence_deg, published("incidence_angle_deg"), atol=0.006)
    # Local time less the longitude of its own sub-point is free of Juno's error; the table has whole seconds.
    clock = np.array(
        [np.dot([1.0, 1 / 60, 1 / 3600], [float(x) for x in row["local_true_solar_time"].split(":")]) for row in rows]
    )
    noon = np.mod(
        series.local_solar_time_h - series.sub_spacecraft_lon_east_deg / 15.0 - clock + lon / 15.0 + 12.0, 24.0
    )
    np.testing.assert_allclose(noon, 12.0, rtol=0, atol=1.5 / 3600.0)


@pytest.mark.data
@pytest.mark.parametrize("perijove", [57, 58])
def test_resolution_of_jiram(data_dir: Path, perijove: int) -> None:
    """The tables' own pixel at the tables' own height, to half the last digit."""
    rows = [row for row in jiram(data_dir, perijove) if row["spatial_resolution_km_pixel"]]
    series = geometry_series(EMBEDDED, "IO", PASS_TDB)
    pixel = float(series.jiram_km_per_px / series.altitude_km)
    for row in rows:
        digits = len(row["spatial_resolution_km_pixel"].partition(".")[2])
        found = pixel * float(row["observer_distance_km"])
        assert found == pytest.approx(float(row["spatial_resolution_km_pixel"]), abs=0.6 * 10.0**-digits)


# ---------------------------------------------------------------------------------------------------------------- laws


def displaced(shift_km: ArrayLike) -> Ephemeris:
    """The built-in ephemeris with Juno beside its place by a constant vector."""
    shift = np.concatenate([np.asarray(shift_km, dtype=float), np.zeros(3)])
    moved = (replace(s, state=lambda tdb, s=s: s.state(tdb) + shift) for s in EMBEDDED.segments_of("JUNO"))
    return EMBEDDED.with_segments(*moved)


def test_errors_are_those_of_a_displaced_spacecraft() -> None:
    """Juno moved by 0.1 km along each axis: what that changes, with the covariance of its place, is the stated error.

    To 2 %, which is Io's flattening: errors of the sub-point are taken as on a sphere. Velocities are not displaced, so
    the speed is left out, and of the range rate's error the speed's.
    """
    times = PASS_TDB + np.array([-1800.0, -60.0, 30.0, 900.0])
    base = geometry_series(EMBEDDED, "IO", times)
    covariance = EMBEDDED.position_covariance_km2("JUNO", times, center="IO")
    step = 0.1
    pairs = [
        [geometry_series(displaced(sign * step * axis), "IO", times) for sign in (-1.0, 1.0)] for axis in np.eye(3)
    ]
    for name, sigma in base.sigma.items():
        if name == "speed_km_s":
            continue
        slopes = np.array([after.column(name) - before.column(name) for before, after in pairs]) / (2.0 * step)
        found = np.sqrt(np.einsum("in,nij,jn->n", slopes, covariance, slopes))
        if name == "range_rate_km_s":
            found = np.hypot(found, base.sigma["speed_km_s"])
        np.testing.assert_allclose(found, sigma, rtol=0.02, err_msg=name)


def test_every_estimate_has_its_error_and_no_other() -> None:
    series = geometry_series(EMBEDDED, "IO", [PASS_TDB, PASS_TDB + 600.0])
    assert set(series.sigma) == {one.name for one in columns() if one.estimated}
    assert all((sigma > 0.0).all() for sigma in series.sigma.values())


@given(st.floats(-6.0, 6.0), st.sampled_from(TARGETS), st.sampled_from(["NONE", "LT+S", "CN+S"]))
def test_columns_belong_together(hours: float, target: str, correction: str) -> None:
    """Law: a dozen identities between columns."""
    one = geometry_series(EMBEDDED, target, PASS_TDB + 3600.0 * hours, correction=correction)
    assert one.range_km == pytest.approx(one.altitude_km + one.sub_spacecraft_radius_km, rel=2e-2)
    assert 0.0 <= one.altitude_km <= one.range_km
    assert abs(one.range_rate_km_s) <= one.speed_km_s * (1.0 + 1e-12)
    for name in ("sub_spacecraft", "sub_solar"):
        east, west = one.column(f"{name}_lon_east_deg"), one.column(f"{name}_lon_west_deg")
        assert -180.0 <= east <= 180.0
        assert 0.0 <= west <= 360.0
        assert abs((east + west + 180.0) % 360.0 - 180.0) < 1e-9
    assert 0.0 <= one.visible_lit_area_km2 <= one.visible_area_km2 * (1.0 + 1e-9)
    # Phase and elongation are two angles of the triangle with the Sun far away: they make 180 deg but for its parallax.
    parallax = np.degrees(one.range_km / (one.sun_distance_au * 149597870.7))
    assert one.phase_deg + one.solar_elongation_deg == pytest.approx(180.0, abs=parallax + 0.02)  # and aberration
    assert one.junocam_km_per_px / one.altitude_km == pytest.approx(675.41e-6, rel=1e-5)
    assert one.jiram_km_per_px / one.altitude_km == pytest.approx(237.767e-6, rel=1e-9)


def test_range_rate_is_the_rate_of_the_range() -> None:
    """Five-point derivative with steps of 2 s; its own error is 1e-7 km/s."""
    h, times = 2.0, PASS_TDB + np.linspace(-3000.0, 3000.0, 13)
    a, b, c, d = (geometry_series(EMBEDDED, "IO", times + k * h, correction="CN").range_km for k in (-2, -1, 1, 2))
    rate = geometry_series(EMBEDDED, "IO", times, correction="CN").range_rate_km_s
    np.testing.assert_allclose((8.0 * (c - b) - (d - a)) / (12.0 * h), rate, rtol=0, atol=2e-6)


@pytest.mark.parametrize("moon", MOONS)
def test_true_anomaly_against_geometric_elements(moon: str) -> None:
    """Geometric elements take the whole field out, this column only J2; a plain osculating one is up to 9 deg off."""
    times = PASS_TDB + np.linspace(0.0, 1.5e6, 40)
    series = geometry_series(EMBEDDED, moon, times, observer="EARTH", correction="NONE")
    turn, _ = frame_rotation("JUPITER_EQUATOR", times)
    states = EMBEDDED.state(moon, times, center="JUPITER").reshape(-1, 2, 3)
    elements = geometric_elements(
        np.einsum("nij,nkj->nki", turn, states).reshape(-1, 6),
        gm_km3_s2=JUPITER_GM_KM3_S2 + GALILEAN_MEAN_GM_KM3_S2[moon],
        radius_km=float(JUPITER_RADII_KM[0]),
        harmonics=JUPITER_ZONALS_DURANTE_2020,
    )
    vector = elements.eccentricity_vector
    mean = np.radians(elements.mean_longitude_deg) - np.angle(vector)
    eccentricity = np.abs(vector)
    expected = np.degrees(mean + 2.0 * eccentricity * np.sin(mean) + 1.25 * eccentricity**2 * np.sin(2.0 * mean))
    apart = np.mod(series.true_anomaly_deg - expected + 180.0, 360.0) - 180.0
    assert np.abs(apart).max() < 0.05


def test_longitude_of_the_orbit_grows_with_the_mean_motion() -> None:
    """Io goes once round in 42.46 hours of its own."""
    series = geometry_series(EMBEDDED, "IO", PASS_TDB + np.arange(0.0, 1e6, 3600.0), observer="SUN", correction="CN")
    turned = np.unwrap(series.orbit_longitude_deg, period=360.0)
    rate = (turned[-1] - turned[0]) / (1e6 - 1e6 % 3600.0) * 86400.0
    assert rate == pytest.approx(203.489, abs=0.1)


def test_what_is_not_there_is_nan() -> None:
    jupiter = geometry_series(EMBEDDED, "JUPITER", PASS_TDB)
    beside = (
        "unocculted_fraction",
        "sunlight_fraction",
        "jupiter_phase_deg",
        "true_anomaly_deg",
        "orbit_longitude_deg",
    )
    assert all(np.isnan(jupiter.column(name)) for name in beside)
    assert np.isnan(geometry_series(EMBEDDED, "IO", PASS_TDB, observer="SUN").solar_elongation_deg)
    assert geometry_series(EMBEDDED, "IO", PASS_TDB, observer="JUPITER").unocculted_fraction == 1.0
    finite = [name for name in (one.name for one in columns()) if name not in (*beside, *JOVIAN)]
    assert all(np.isfinite(jupiter.column(name)) for name in finite)


JOVIAN = ("jupiter_angular_diameter_deg", "jupiter_illuminated_fraction")


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (5000,)])
def test_shapes_follow_the_times(shape: tuple[int, ...]) -> None:
    """Blocks are put together in order: a long series equals its parts."""
    times = PASS_TDB + np.arange(np.prod(shape, dtype=int)).reshape(shape)
    series = geometry_series(EMBEDDED, "EUROPA", times)
    assert all(series.column(one.name).shape == shape for one in columns())
    assert all(sigma.shape == shape for sigma in series.sigma.values())
    if shape == (5000,):
        part = geometry_series(EMBEDDED, "EUROPA", times[3990:4010])
        np.testing.assert_allclose(series.altitude_km[3990:4010], part.altitude_km, rtol=1e-12)
        np.testing.assert_allclose(series.orbit_longitude_deg[3990:4010], part.orbit_longitude_deg, atol=1e-9)


@pytest.mark.parametrize(
    ("target", "options", "sentence"),
    [
        ("TITAN", {}, "no shape is known for 'TITAN'; known are IO"),
        ("IO", {"observer": "IO"}, "cannot be seen from itself"),
        ("IO", {"correction": "S"}, "no correction 'S'"),
        ("IO", {"observer": "CASSINI"}, "no body 'CASSINI' is built in"),
    ],
)
def test_refusals(target: str, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        geometry_series(EMBEDDED, target, PASS_TDB, **options)


def test_outside_of_the_arcs() -> None:
    with pytest.raises(InputError, match="Juno is not built in there"):
        geometry_series(EMBEDDED, "IO", utc_to_tdb("2010-01-01"))


def test_names_end_with_their_units() -> None:
    """The header of a table states the units."""
    endings = {"km": "_km", "km/s": "_km_s", "deg": "_deg", "s": "_s", "h": "_h", "au": "_au", "km2": "_km2", "": ""}
    for one in columns():
        assert one.name.endswith((endings[one.unit], "_km_per_px")), one.name
        assert one.sentence.endswith(".")
    assert len({one.name for one in columns()}) == len(columns())
    assert isinstance(geometry_series(EMBEDDED, "IO", PASS_TDB), GeometrySeries)
