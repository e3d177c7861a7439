"""Radiation of a black body.

Authority: independent (scipy's quadrature of Planck's law written out anew; Stefan and Boltzmann's constant) and
published (band radiances of JIRAM's box filters, to the digits that are printed).
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from perijove.bodies.infrared_bands import BANDS
from perijove.constants import STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import InputError
from perijove.physics.planck import band_radiance, band_temperature, mean_spectral_radiance, spectral_radiance

H, C, K = 6.62607015e-34, 2.99792458e8, 1.380649e-23
WIDE = [band for band in BANDS.values() if band.width_um > 0.0]


def planck(wavelength_um: float, temperature_k: float) -> float:
    """As textbooks have it, in SI; W m-2 sr-1 um-1."""
    metres = 1e-6 * wavelength_um
    return 2e-6 * H * C**2 / metres**5 / np.expm1(H * C / (metres * K * temperature_k))


@pytest.mark.parametrize("band", WIDE, ids=lambda band: band.name)
@pytest.mark.parametrize("temperature", [60.0, 120.0, 300.0, 700.0, 1475.0, 2500.0])
def test_band_integrals_against_quadrature(band: object, temperature: float) -> None:
    low, high = float(band.low_um), float(band.high_um)  # type: ignore[attr-defined]
    expected, _ = quad(planck, low, high, args=(temperature,), epsabs=0.0, epsrel=1e-12)
    assert float(band_radiance(low, high, temperature)) == pytest.approx(expected, rel=1e-8)
    assert float(mean_spectral_radiance(low, high, temperature)) == pytest.approx(expected / (high - low), rel=1e-8)


def test_whole_spectrum() -> None:
    """Octaves from 0.2 um to 13 mm add up to sigma T⁴ / pi; beyond lies 1e-8 of it at 300 K."""
    for temperature in (300.0, 1500.0):
        total = sum(float(band_radiance(0.2 * 2.0**n, 0.4 * 2.0**n, temperature)) for n in range(16))
        assert np.pi * total == pytest.approx(STEFAN_BOLTZMANN_W_M2_K4 * temperature**4, rel=2e-8)


@pytest.mark.parametrize(
    ("name", "temperature", "printed", "digit"),
    [
        ("JIRAM-L", 300.0, 0.0652, 5e-5),
        ("JIRAM-M", 300.0, 1.05, 5e-3),
        ("JIRAM-L", 500.0, 16.4, 0.05),
        ("JIRAM-M", 500.0, 57.8, 0.05),
        ("JIRAM-M", 600.0, 158.0, 0.5),
        ("JIRAM-M", 1000.0, 1230.0, 5.0),
    ],
)
def test_bands_of_jiram(name: str, temperature: float, printed: float, digit: float) -> None:
    band = BANDS[name]
    assert float(band_radiance(band.low_um, band.high_um, temperature)) == pytest.approx(printed, abs=digit)


@given(st.floats(40.0, 5000.0))
def test_temperature_of_a_radiance(temperature: float) -> None:
    low, high = BANDS["JIRAM-M"].low_um, BANDS["JIRAM-M"].high_um
    radiance = band_radiance(low, high, temperature)
    assert float(band_temperature(low, high, radiance)) == pytest.approx(temperature, rel=1e-9)


def test_edges() -> None:
    assert float(spectral_radiance(2.0, 1.0)) == 0.0
    assert np.isnan(band_temperature(4.5, 5.0, [-1.0, 0.0, 1e30])).all()
    assert spectral_radiance([2.0, 3.0], [[300.0], [400.0]]).shape == (2, 2)
    assert float(mean_spectral_radiance(3.0, 3.0, 500.0)) == pytest.approx(planck(3.0, 500.0), rel=1e-12)
    for low, high in ((5.0, 4.0), (0.0, 1.0), (2.0, 4.1), (3.0, 3.0)):
        with pytest.raises(InputError, match="give edges"):
            band_radiance(low, high, 300.0)
