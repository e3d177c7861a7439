"""The built-in ephemeris. Authorities: JPL's trajectories read by SPICE (independent), ERFA (independent), laws."""

import subprocess
import sys
from collections.abc import Callable

import erfa
import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from perijove.constants import AU_KM, J2000_JD
from perijove.ephemeris.galilean import MOONS, galilean_states
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError

BODIES = ("SUN", "EARTH", "JUPITER", *MOONS, "JUPITER BARYCENTER", "SOLAR SYSTEM BARYCENTER")
TRAJECTORY = "spk_pre_220614_221109_220810_jm0450.bsp"
TIMES_2022 = np.linspace(708.46e6, 721.30e6, 400)
bodies = st.sampled_from(BODIES)
times_tdb = st.floats(-2.2e9, 2.2e9)


# Body, centre, largest position error (km), largest velocity error (km/s).
AGAINST_JPL = [
    ("EARTH", "SUN", 1.0, 5e-6),
    ("JUPITER", "SUN", 10.0, 1e-5),
    ("JUPITER", "EARTH", 10.0, 1e-5),
    ("JUPITER", "JUPITER BARYCENTER", 1.0, 1e-5),
    ("SUN", "SOLAR SYSTEM BARYCENTER", 120.0, 5e-6),
]


@pytest.mark.data
@pytest.mark.parametrize(("body", "center", "km", "km_s"), AGAINST_JPL)
def test_against_jpl(spice: Callable[..., None], body: str, center: str, km: float, km_s: float) -> None:
    spice(TRAJECTORY)
    expected = np.array([spiceypy.spkezr(body, t, "J2000", "NONE", center)[0] for t in TIMES_2022])
    error = EMBEDDED.state(body, TIMES_2022, center=center) - expected
    assert np.linalg.norm(error[:, :3], axis=-1).max() < km
    assert np.linalg.norm(error[:, 3:], axis=-1).max() < km_s


def test_earth_against_erfa() -> None:
    """ERFA's epv00 states 13 km at most against DE405, 1900 to 2100."""
    days = np.linspace(-25566.0, 25567.0, 300)
    heliocentric, _ = erfa.epv00(J2000_JD, days)
    error = EMBEDDED.state("EARTH", days * 86400.0, center="SUN")[:, :3] - heliocentric["p"] * AU_KM
    assert np.linalg.norm(error, axis=-1).max() < 13.5


@pytest.mark.parametrize("moon", MOONS)
def test_moons_are_those_of_the_fit(moon: str) -> None:
    times = np.linspace(-1e9, 1e9, 5)
    np.testing.assert_array_equal(
        EMBEDDED.state(moon, times, center="JUPITER"), galilean_states(times)[:, MOONS.index(moon)]
    )


@given(bodies, bodies, bodies, times_tdb)
def test_states_add_up(a: str, b: str, c: str, tdb: float) -> None:
    """Law: a from c is a from b and b from c, to the grain of 8e8 km."""
    direct = EMBEDDED.state(a, tdb, center=c)
    by_way = EMBEDDED.state(a, tdb, center=b) + EMBEDDED.state(b, tdb, center=c)
    np.testing.assert_allclose(direct, by_way, rtol=0, atol=1e-6)


@pytest.mark.parametrize("body", BODIES)
def test_velocity_is_the_derivative_of_position(body: str) -> None:
    """Law: five-point derivative, steps of 64 s: rounding 1e-6 km / 64 s; moon98's own is good to 1e-6 km/s."""
    times, h = np.linspace(-2.2e9, 2.2e9, 40), 64.0
    a, b, middle, c, d = (EMBEDDED.state(body, times + i * h, center="SSB") for i in (-2, -1, 0, 1, 2))
    derivative = ((8.0 * (c - b) - (d - a)) / (12.0 * h))[:, :3]
    np.testing.assert_allclose(derivative, middle[:, 3:], rtol=0, atol=2e-6)


def test_a_body_from_itself_is_nowhere_else() -> None:
    np.testing.assert_array_equal(EMBEDDED.state("SSB", np.zeros((2, 1)), center="0"), np.zeros((2, 1, 6)))


def test_spellings_of_one_body() -> None:
    expected = EMBEDDED.state("IO", 0.0, center="SOLAR SYSTEM BARYCENTER")
    for body, center in (("io", "ssb"), ("501", "0"), (" Io ", "solar_system_barycenter")):
        np.testing.assert_array_equal(EMBEDDED.state(body, 0.0, center=center), expected)


def test_errors_follow_the_walk() -> None:
    def sigma(body: str, center: str) -> float:
        return float(EMBEDDED.position_sigma_km(body, 0.0, center=center))

    io, europa = (sigma(moon, "JUPITER") for moon in ("IO", "EUROPA"))
    assert (io, europa) == pytest.approx((1.11, 1.16), abs=0.01)  # as Galileo tells
    assert sigma("IO", "EUROPA") == pytest.approx(np.hypot(io, europa))
    assert sigma("JUPITER", "SUN") == pytest.approx(7.8, abs=0.1)  # DE423 against DE440
    assert sigma("IO", "SUN") == pytest.approx(np.hypot(io, sigma("JUPITER", "SUN")))
    assert sigma("SUN", "SSB") == pytest.approx(120.0)
    assert sigma("JUPITER", "JUPITER BARYCENTER") == sigma("IO", "IO") == sigma("SSB", "SSB") == 0.0
    assert EMBEDDED.position_sigma_km("IO", np.zeros((2, 3)), center="SUN").shape == (2, 3)


@pytest.mark.parametrize("tdb", [np.nan, np.inf, -2.3e9, 2.3e9, [0.0, np.nan]])
def test_times_outside_are_refused(tdb: float) -> None:
    for body in ("IO", "SUN"):
        with pytest.raises(InputError, match=r"1930-01-01 to 2070-01-01.*kernels"):
            EMBEDDED.state(body, tdb, center="JUPITER")


def test_unknown_bodies_are_refused() -> None:
    for body, center in (("MARS", "SUN"), ("SUN", "CASSINI"), ("", "SUN")):
        with pytest.raises(InputError, match=r"SUN, EARTH.*kernels"):
            EMBEDDED.state(body, 0.0, center=center)


def test_spice_is_not_loaded() -> None:
    code = "import sys, perijove.ephemeris.apparent, perijove.cli.moons.moons; print('spiceypy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
