"""Geometric elements about an oblate planet.

Authority: published (frequencies: Renner & Sicardy 2006, equations 14 to 18) and law: in the field of J2, J4 and J6
alone, integrated with `perijove.dynamics`, geometric elements stay constant but for third order, which halving
eccentricity and inclination must divide by eight.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.kepler_orbits import elements_from_angles

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2 as GM
from perijove.bodies.jupiter import JUPITER_ZONALS_DURANTE_2020 as HARMONICS
from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.resonance.elements import OrbitalElements, osculating_elements
from perijove.resonance.geometric_elements import (
    epicycles,
    geometric_elements,
    geometric_to_states,
    semi_major_axis_km,
)

R_KM, A_KM = 71492.0, 421_800.0
FIELD = {"gm_km3_s2": GM, "radius_km": R_KM, "harmonics": HARMONICS}
ANGLES = st.floats(0.0, 360.0)
DAY = 86400.0


def orbit(e: float, inclination: float, **longitudes: float) -> OrbitalElements:
    given_deg = {"mean_longitude_deg": 100.0, "pericenter_longitude_deg": 20.0, "node_longitude_deg": 250.0}
    return elements_from_angles(A_KM, e, inclination, **(given_deg | longitudes))


@given(e=st.floats(0.0, 0.05), inclination=st.floats(0.0, 3.0), mean=ANGLES, pericenter=ANGLES, node=ANGLES)
def test_there_and_back(e: float, inclination: float, mean: float, pericenter: float, node: float) -> None:
    elements = orbit(
        e, inclination, mean_longitude_deg=mean, pericenter_longitude_deg=pericenter, node_longitude_deg=node
    )
    back = geometric_elements(geometric_to_states(elements, **FIELD), **FIELD)
    # Rounding, magnified tenfold where a and e cos are solved from each other.
    assert back.semi_major_axis_km == pytest.approx(A_KM, rel=1e-12)
    assert abs(back.eccentricity_vector - elements.eccentricity_vector) < 1e-12
    assert abs(back.inclination_vector - elements.inclination_vector) < 1e-12
    assert abs((back.mean_longitude_deg - elements.mean_longitude_deg + 180.0) % 360.0 - 180.0) < 1e-10


def spread(e: float, inclination: float) -> tuple[OrbitalElements, OrbitalElements, np.ndarray]:
    """Geometric and osculating elements along 40 days of one orbit, and the times."""
    system = JovianSystem(("PROBE",), (0.0,), GM, harmonics=HARMONICS, pole_deg=(0.0, 90.0, 0.0, 0.0))
    times = np.arange(0.0, 40.0 * DAY, 5000.0)
    start = geometric_to_states(orbit(e, inclination), **FIELD)
    states = sampled(system, start[None], times, start_tdb=0.0)[:, 0]
    return geometric_elements(states, **FIELD), osculating_elements(states, gm_km3_s2=GM), times


def test_constant_on_the_orbit_of_an_oblate_planet() -> None:
    """Io's eccentricity and inclination; third order is e^3 = 6e-8, with factors of about ten."""
    geometric, osculating, times = spread(0.004, 0.04)
    assert np.ptp(geometric.semi_major_axis_km) < 0.4
    assert np.ptp(geometric.eccentricity) < 7e-7
    assert np.ptp(geometric.inclination_deg) < 2e-6
    assert np.ptp(osculating.eccentricity) > 1e-3  # what the geometric elements are for
    frequency = epicycles(A_KM, **FIELD)
    longitude = np.unwrap(np.radians(geometric.mean_longitude_deg))
    rates = [
        np.polyfit(times, longitude, 1)[0] / frequency.mean_motion,
        np.polyfit(times, np.unwrap(np.angle(geometric.eccentricity_vector)), 1)[0]
        / (frequency.mean_motion - frequency.radial),
        np.polyfit(times, np.unwrap(np.angle(geometric.inclination_vector)), 1)[0]
        / (frequency.mean_motion - frequency.vertical),
    ]
    assert rates == pytest.approx([1.0, 1.0, 1.0], abs=1e-4)
    assert rates[0] == pytest.approx(1.0, abs=5e-7)


def test_what_is_left_is_of_third_order() -> None:
    small, _, _ = spread(0.004, 0.04)
    large, _, _ = spread(0.008, 0.08)
    for name in ("semi_major_axis_km", "eccentricity", "inclination_deg"):
        ratio = np.ptp(getattr(large, name)) / np.ptp(getattr(small, name))
        assert ratio == pytest.approx(8.0, rel=0.03), name


def test_frequencies_are_the_published_series() -> None:
    """Renner & Sicardy 2006: n, kappa, nu, eta and chi squared over GM/a^3, one harmonic at a time."""
    q = (R_KM / A_KM) ** 2
    published = {
        0: (3 / 2, -3 / 2, 9 / 2, -2.0, 15 / 2),
        1: (-15 / 8, 45 / 8, -75 / 8, 75 / 8, -175 / 8),
        2: (35 / 16, -175 / 16, 245 / 16, -175 / 8, 735 / 16),
    }
    for order, coefficients in published.items():
        harmonics = tuple(1e-3 * (k == 2 * order) for k in range(5))
        f = epicycles(A_KM, gm_km3_s2=GM, radius_km=R_KM, harmonics=harmonics)
        squares = np.array([f.mean_motion, f.radial, f.vertical, f.radial_second, f.vertical_second]) ** 2
        expected = 1.0 + np.array(coefficients) * 1e-3 * q ** (order + 1)
        assert squares * A_KM**3 / GM == pytest.approx(expected, rel=1e-14)


def test_laplace_equation_ties_the_frequencies() -> None:
    """Outside the planet the potential is harmonic: nu^2 + kappa^2 = 2 n^2."""
    f = epicycles(np.array([A_KM, 2.0 * A_KM]), **FIELD)
    assert f.vertical**2 + f.radial**2 == pytest.approx(2.0 * f.mean_motion**2, rel=1e-15)


def test_without_harmonics_they_are_kepler_elements() -> None:
    """To the third order in e that the epicycles leave out."""
    field = FIELD | {"harmonics": ()}
    state = geometric_to_states(orbit(0.004, 0.1), **field)
    geometric, osculating = geometric_elements(state, **field), osculating_elements(state, gm_km3_s2=GM)
    assert abs(geometric.eccentricity_vector - osculating.eccentricity_vector) < 10 * 0.004**3
    assert geometric.semi_major_axis_km == pytest.approx(osculating.semi_major_axis_km, rel=10 * 0.004**3)


def test_semi_major_axis_inverts_the_mean_motion() -> None:
    n = epicycles(A_KM, **FIELD).mean_motion
    assert semi_major_axis_km(n, **FIELD) == pytest.approx(A_KM, rel=1e-14)


def test_wild_orbits_are_nan() -> None:
    states = geometric_to_states(orbit(0.01, 0.0), **FIELD) * np.array([[1.0] * 6, [1.0] * 3 + [1.3] * 3])
    assert np.isnan(geometric_elements(states, **FIELD).eccentricity).tolist() == [False, True]
