"""The tide-raising potential against the planet's own, expanded by finite differences.

Authority: law. The planet is put where its orbit has it, its potential of degree 2 is taken without any series, and the
difference quotient in eccentricity, obliquity or libration is compared with the tensor. Central differences of a step s
err by s² times a third derivative of order 100.
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.geometry.rotations import local_axes
from perijove.interior.body import Interior
from perijove.interior.layers import IO_ORBIT, Layer
from perijove.tides.potential import TidalPotential

BALL = Interior((Layer("rock", "solid", 1821.6, 3528.0, shear_modulus_pa=6e10, viscosity_pa_s=1e16),))
ANOMALIES = np.arange(0.0, 360.0, 30.0)
LAT, LON = np.array([0.0, 0.0, 31.0, -70.0, 90.0, 12.0]), np.array([0.0, 90.0, 44.0, -130.0, 0.0, 179.0])
STEP = 1e-5


def planet_potential(anomaly_deg: float, *, e: float, obliquity: float, libration: float, node: float) -> np.ndarray:
    """(a / d)³ P2 at the points, in units of (n R)², from Kepler's equation and plain rotations."""
    mean = np.radians(anomaly_deg)
    eccentric = brentq(lambda x: x - e * np.sin(x) - mean, mean - 1.0, mean + 1.0, xtol=1e-14)
    distance = 1.0 - e * np.cos(eccentric)
    true = mean + np.angle(np.exp(1j * (2 * np.arctan(np.sqrt((1 + e) / (1 - e)) * np.tan(eccentric / 2)) - mean)))
    along = true + node  # of the moon, from the ascending node of its orbit on its equator
    moon = np.array([np.cos(along), np.sin(along) * np.cos(obliquity), np.sin(along) * np.sin(obliquity)])
    turned = mean + node + libration * np.sin(mean) + np.pi  # the prime meridian looks back at the planet
    axes = np.array([[np.cos(turned), np.sin(turned), 0.0], [-np.sin(turned), np.cos(turned), 0.0], [0.0, 0.0, 1.0]])
    cosine = local_axes(LAT, LON)[:, 2] @ (axes @ -moon)
    potential: np.ndarray = (1.5 * cosine**2 - 0.5) / distance**3
    return potential


@pytest.mark.parametrize(
    ("name", "field"),
    [("e", "eccentricity"), ("obliquity", "obliquity_deg"), ("libration", "libration_deg")],
    ids=["eccentricity", "obliquity", "libration"],
)
def test_tensor_is_the_first_order_of_the_planets_potential(name: str, field: str) -> None:
    argument = 40.0
    unit = 1.0 if field == "eccentricity" else np.degrees(1.0)
    orbit = dataclasses.replace(IO_ORBIT, eccentricity=0.0, pericentre_argument_deg=argument)
    tide = TidalPotential.of(dataclasses.replace(BALL, orbit=dataclasses.replace(orbit, **{field: STEP * unit})))
    scale = (IO_ORBIT.angular_frequency_rad_s * BALL.radius_km * 1e3) ** 2
    for anomaly in ANOMALIES:
        none = {"e": 0.0, "obliquity": 0.0, "libration": 0.0, "node": np.radians(argument)}
        if name == "e":  # an eccentricity has no sign: half a turn later is the other one
            after = planet_potential(anomaly, **{**none, "e": STEP})
            before = planet_potential(anomaly, **{**none, "e": 0.0})
            expected, error = after - before, 100.0 * STEP**2
        else:
            after = planet_potential(anomaly, **{**none, name: STEP})
            before = planet_potential(anomaly, **{**none, name: -STEP})
            expected, error = 0.5 * (after - before), 100.0 * STEP**3 + 1e-14
        found = (tide.amplitude_m2_s2(LAT, LON) * np.exp(1j * np.radians(anomaly))).real / scale
        assert found == pytest.approx(expected, abs=error)


def test_eccentricity_tide_is_kaulas() -> None:
    """(n R)² e [-3/2 P20 cos M + 1/4 P22 (3 cos M cos 2 lon + 4 sin M sin 2 lon)]."""
    tide = TidalPotential.of(BALL)
    sin_lat, lon = np.sin(np.radians(LAT)), np.radians(LON)
    p20, p22 = 1.5 * sin_lat**2 - 0.5, 3.0 * (1.0 - sin_lat**2)
    scale = (IO_ORBIT.angular_frequency_rad_s * BALL.radius_km * 1e3) ** 2 * IO_ORBIT.eccentricity
    for mean in np.radians(ANOMALIES):
        bracket = -1.5 * p20 * np.cos(mean) + 0.25 * p22 * (
            3.0 * np.cos(mean) * np.cos(2.0 * lon) + 4.0 * np.sin(mean) * np.sin(2.0 * lon)
        )
        found = (tide.amplitude_m2_s2(LAT, LON) * np.exp(1j * mean)).real
        assert found == pytest.approx(scale * bracket, abs=1e-13 * scale)


@given(im_k2=st.floats(-1.0, 0.0), e=st.floats(0.0, 0.3))
def test_power_of_the_eccentricity_tide(im_k2: float, e: float) -> None:
    orbit = dataclasses.replace(IO_ORBIT, eccentricity=e)
    tide = TidalPotential.of(dataclasses.replace(BALL, orbit=orbit))
    expected = -10.5 * im_k2 * (orbit.angular_frequency_rad_s * BALL.radius_km * 1e3) ** 5 * e**2 / G
    assert tide.dissipated_power_w(complex(0.1, im_k2), radius_km=BALL.radius_km) == pytest.approx(expected, rel=1e-13)


def test_power_of_the_obliquity_tide() -> None:
    """3/2 sin² i where eccentricity has 21/2 e² (Chyba et al. 1989, for small angles)."""
    orbit = dataclasses.replace(IO_ORBIT, eccentricity=0.0, obliquity_deg=0.1, pericentre_argument_deg=77.0)
    tide = TidalPotential.of(dataclasses.replace(BALL, orbit=orbit))
    speed = orbit.angular_frequency_rad_s * BALL.radius_km * 1e3
    expected = 1.5 * 0.01 * speed**5 * np.radians(0.1) ** 2 / G
    assert tide.dissipated_power_w(0.1 - 0.01j, radius_km=BALL.radius_km) == pytest.approx(expected, rel=1e-13)


def test_mean_square_is_the_mean_of_the_square() -> None:
    orbit = dataclasses.replace(IO_ORBIT, obliquity_deg=0.4, libration_deg=-0.1, pericentre_argument_deg=30.0)
    tide = TidalPotential.of(dataclasses.replace(BALL, orbit=orbit))
    nodes, weights = np.polynomial.legendre.leggauss(5)
    lat, lon = np.meshgrid(np.degrees(np.arcsin(nodes)), np.arange(9) * 40.0, indexing="ij")
    mean = np.sum(weights[:, None] * np.abs(tide.amplitude_m2_s2(lat, lon)) ** 2) / 18.0
    assert tide.mean_square_m4_s4 == pytest.approx(mean, rel=1e-13)
