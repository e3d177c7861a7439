"""Averaged tides against the five bodies themselves.

Authority: independent. `perijove.dynamics` integrates positions with tidal forces of constant time lag, a thousand
times as strong as in nature; it knows neither elements nor resonances.
"""

from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM
from perijove.constants import SECONDS_PER_YEAR
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS, STATES
from perijove.dynamics.integration import integrate
from perijove.dynamics.system import Tides
from perijove.evolution.averaged import AVERAGED_GALILEAN
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import LAINEY_2009, TidalModel
from perijove.evolution.tidal_rates import tidal_moment

STRENGTH = 1e3
YEARS = 12.0
LIBRATION_YEARS = 2059.6 / 365.25
JUPITER_K2, MOON_K2 = 0.5, 0.1  # only their products with the lags matter
FAMILY = EquilibriumFamily(AVERAGED_GALILEAN)
NOW = FAMILY.present()
N = FAMILY.gradient(NOW)[:4]


def lags(jupiter: float, io: float) -> Tides:
    """Time lags that mean these k2/Q at the tides' main frequencies."""
    spin = LAINEY_2009.jupiter_spin_rad_s
    return Tides(
        jupiter_k2=JUPITER_K2,
        jupiter_lag_s=tuple(STRENGTH * jupiter / (JUPITER_K2 * 2.0 * (spin - N))),
        jupiter_spin_deg_s=float(np.degrees(spin)),
        body_k2=(MOON_K2, 0.0, 0.0, 0.0),
        body_lag_s=(STRENGTH * io / (MOON_K2 * N[0]), 0.0, 0.0, 0.0),
        body_radius_km=tuple(GALILEAN_MEAN_RADII_KM.values()),
    )


def longitudes(jupiter: float, io: float) -> tuple[np.ndarray, np.ndarray]:
    """Years and longitudes about Jupiter's pole at J2000, shape (n, 4)."""
    system = replace(JUPITER_AND_MOONS, externals=(), relativity=False, tides=lags(jupiter, io))
    years = np.linspace(0.0, YEARS, 2001)
    path = integrate(system, STATES, start_tdb=0.0, end_tdb=YEARS * SECONDS_PER_YEAR)
    place = path.states(years * SECONDS_PER_YEAR)[..., :3]
    ra, dec = np.radians(JUPITER_AND_MOONS.pole_deg[:2])
    node = np.array([-np.sin(ra), np.cos(ra), 0.0])
    pole = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    return years, np.arctan2(place @ np.cross(pole, node), place @ node)


@pytest.fixture(scope="module")
def without_tides() -> np.ndarray:
    return longitudes(0.0, 0.0)[1]


@pytest.mark.parametrize(("jupiter", "io"), [(1.102e-5, 0.0), (0.0, 0.015)], ids=["in Jupiter", "in Io"])
def test_accelerations_agree(without_tides: np.ndarray, jupiter: float, io: float) -> None:
    """Io, Europa and Ganymede within 0.5 % of the largest of the three, the Laplace angle's shift within 2 %.

    Each longitude's gain over the run without tides is a parabola, the free libration that the sudden start leaves, and
    a cubic from the resonance's own change.
    """
    years, with_tides = longitudes(jupiter, io)
    gain = np.unwrap((with_tides - without_tides + np.pi) % (2.0 * np.pi) - np.pi, axis=0)
    phase = 2.0 * np.pi * years / LIBRATION_YEARS
    terms = np.stack([np.ones_like(years), years, years**2 / 2.0, years**3, np.cos(phase), np.sin(phase)], axis=1)
    fitted = np.linalg.lstsq(terms, gain, rcond=None)[0]
    direct = fitted[2] / (N * SECONDS_PER_YEAR) / STRENGTH
    moment = tidal_moment(FAMILY, NOW, TidalModel(jupiter, {"IO": io}))
    averaged = moment.acceleration_per_year
    np.testing.assert_allclose(direct[:3], averaged[:3], atol=0.005 * np.abs(averaged[:3]).max())
    angle = np.degrees(gain @ [1.0, -3.0, 2.0, 0.0])
    shift = np.linalg.lstsq(terms[:, [0, 4, 5]], angle, rcond=None)[0][0] / STRENGTH
    assert shift == pytest.approx(moment.laplace_shift_deg, rel=0.02)
