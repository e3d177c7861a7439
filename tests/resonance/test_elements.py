"""Elements and states.

Authority: law (there and back, two-body motion, definitions) and independent (SPICE's `oscelt`). Tolerances are
rounding errors but where said.
"""

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.kepler_orbits import elements_from_angles, elements_to_states

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2 as GM
from perijove.resonance.elements import (
    equatorial_states,
    icrf_states,
    icrf_to_jupiter_equator,
    osculating_elements,
)

A_KM = 421_800.0
ANGLES = st.floats(0.0, 360.0)


def angular_distance_deg(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs((np.asarray(a) - b + 180.0) % 360.0 - 180.0)))


@given(e=st.floats(0.0, 0.95), inclination=st.floats(0.0, 179.0), mean=ANGLES, pericenter=ANGLES, node=ANGLES)
def test_there_and_back(e: float, inclination: float, mean: float, pericenter: float, node: float) -> None:
    given_elements = elements_from_angles(
        A_KM, e, inclination, mean_longitude_deg=mean, pericenter_longitude_deg=pericenter, node_longitude_deg=node
    )
    back = osculating_elements(elements_to_states(given_elements, gm_km3_s2=GM), gm_km3_s2=GM)
    sharp = 1e-13 / (1.0 - e) ** 2  # a fast pericentre magnifies rounding
    flipped = 1.0 / np.cos(np.radians(inclination) / 2.0) ** 2  # so does a nearly retrograde orbit
    assert back.semi_major_axis_km == pytest.approx(A_KM, rel=10.0 * sharp)
    assert abs(back.eccentricity_vector - given_elements.eccentricity_vector) < 10.0 * sharp * flipped
    assert abs(back.inclination_vector - given_elements.inclination_vector) < 1e-14 * flipped
    assert angular_distance_deg(back.mean_longitude_deg, given_elements.mean_longitude_deg) < 1e4 * sharp * flipped


@given(e=st.floats(0.0, 0.9), mean=ANGLES)
def test_energy_and_momentum_are_those_of_the_ellipse(e: float, mean: float) -> None:
    elements = elements_from_angles(
        A_KM, e, 20.0, mean_longitude_deg=mean, pericenter_longitude_deg=77.0, node_longitude_deg=300.0
    )
    state = elements_to_states(elements, gm_km3_s2=GM)
    energy = 0.5 * state[3:] @ state[3:] - GM / np.linalg.norm(state[:3])
    momentum = np.cross(state[:3], state[3:])
    assert energy == pytest.approx(-GM / (2.0 * A_KM), rel=1e-12)
    assert np.linalg.norm(momentum) == pytest.approx(np.sqrt(GM * A_KM * (1.0 - e * e)), rel=1e-12)
    assert momentum[2] == pytest.approx(np.linalg.norm(momentum) * np.cos(np.radians(20.0)), rel=1e-12)


def test_kepler_motion_advances_the_mean_longitude_alone() -> None:
    """Velocity is the derivative of position along the mean longitude: central difference, bound h^2 / 6."""
    n, h = np.sqrt(GM / A_KM**3), 10.0
    at = [
        elements_to_states(
            elements_from_angles(
                A_KM,
                0.3,
                50.0,
                mean_longitude_deg=123.0 + np.degrees(n * dt),
                pericenter_longitude_deg=10.0,
                node_longitude_deg=200.0,
            ),
            gm_km3_s2=GM,
        )
        for dt in (-h, 0.0, h)
    ]
    difference = (at[2][:3] - at[0][:3]) / (2.0 * h)
    assert np.linalg.norm(difference - at[1][3:]) < 20.0 * n**3 * A_KM * h**2 / 6.0


def test_angles_at_special_places() -> None:
    """At the node the body is at longitude = node; at pericentre at distance a (1 - e)."""
    elements = elements_from_angles(
        A_KM, 0.1, 30.0, mean_longitude_deg=40.0, pericenter_longitude_deg=40.0, node_longitude_deg=40.0
    )
    x, y, z, *_ = elements_to_states(elements, gm_km3_s2=GM)
    assert np.hypot(x, y) == pytest.approx(0.9 * A_KM)
    assert abs(z) < 1e-9
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(40.0)
    back = osculating_elements([x, y, z, *_], gm_km3_s2=GM)
    assert back.inclination_deg == pytest.approx(30.0)
    assert back.node_longitude_deg == pytest.approx(40.0)
    assert back.pericenter_longitude_deg == pytest.approx(40.0)


@given(e=st.floats(0.01, 0.9), inclination=st.floats(1.0, 170.0), mean=ANGLES, pericenter=ANGLES, node=ANGLES)
def test_spice_has_the_same_elements(e: float, inclination: float, mean: float, pericenter: float, node: float) -> None:
    elements = elements_from_angles(
        A_KM, e, inclination, mean_longitude_deg=mean, pericenter_longitude_deg=pericenter, node_longitude_deg=node
    )
    state = elements_to_states(elements, gm_km3_s2=GM)
    nearest, eccentricity, tilt, rises, argument, anomaly, *_ = spiceypy.oscelt(state, 0.0, GM)
    flipped = 1.0 / np.cos(np.radians(inclination) / 2.0) ** 2
    assert nearest == pytest.approx(A_KM * (1.0 - e), rel=1e-11)
    assert eccentricity == pytest.approx(e, abs=1e-11)
    assert np.degrees(tilt) == pytest.approx(inclination, abs=1e-10)
    assert angular_distance_deg(np.degrees(rises), node) < 1e-8 * flipped
    assert angular_distance_deg(np.degrees(rises + argument), pericenter) < 1e-8 * flipped
    assert angular_distance_deg(np.degrees(rises + argument + anomaly), mean) < 1e-8 * flipped / (1.0 - e) ** 2


def test_unbound_orbits_are_nan() -> None:
    state = [A_KM, 0.0, 0.0, 0.0, 30.0, 0.0]
    elements = osculating_elements([state, [A_KM, 0.0, 0.0, 0.0, 17.0, 0.0]], gm_km3_s2=GM)
    assert np.isnan(elements.semi_major_axis_km).tolist() == [True, False]
    assert np.isnan(elements.eccentricity).tolist() == [True, False]


def test_equator_of_jupiter() -> None:
    """The pole is z, x lies in both equators; the pole's direction by its definition."""
    rotation = icrf_to_jupiter_equator()
    ra, dec = np.radians([268.056595, 64.495303])
    pole = [np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)]
    assert np.allclose(rotation @ pole, [0.0, 0.0, 1.0], atol=1e-15)
    assert abs((rotation.T @ [1.0, 0.0, 0.0])[2]) < 1e-15
    states = np.random.default_rng(1).normal(size=(5, 4, 6))
    assert np.allclose(icrf_states(equatorial_states(states)), states, atol=1e-14)
    assert np.allclose(equatorial_states(states)[2, 1, 3:], rotation @ states[2, 1, 3:], atol=1e-14)
