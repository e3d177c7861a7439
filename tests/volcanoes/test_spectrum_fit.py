"""Lava that cools, and spectra of hot spots.

Authority: independent (the heat equation with freezing, solved on a grid, against the closed form) and law (what was
put into a spectrum comes back as often as the errors say; what the data leave open is told).
"""

import numpy as np
import pytest

from perijove.bodies.infrared_bands import BANDS
from perijove.bodies.io_melting import IO_LAVA_DAVIES_1996 as LAVA
from perijove.constants import STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import InputError
from perijove.physics.planck import mean_spectral_radiance
from perijove.volcanoes.cooling_lava import crust_m, lava_age_s, lava_temperature_k, steady_flow_spectrum
from perijove.volcanoes.spectrum_fit import fit_black_bodies, fit_cooling_flow

NIRC2 = [band for name, band in BANDS.items() if name.startswith("NIRC2")]


def surface_on_a_grid(until_s: float, cell_m: float, cells: int) -> float:
    """Surface temperature by the enthalpy method: explicit steps, latent heat at the eruption temperature."""
    hot = float(LAVA.eruption_temperature_k)
    heat_capacity = LAVA.density_kg_m3 * LAVA.heat_capacity_j_kg_k
    latent = float(LAVA.density_kg_m3 * LAVA.latent_heat_j_kg)
    step = 0.3 * cell_m**2 * heat_capacity / LAVA.conductivity_w_m_k
    enthalpy = np.full(cells, latent)  # above that of solid rock at the eruption temperature
    surface = hot
    for _ in range(round(until_s / step)):
        warm = hot + np.minimum(enthalpy, 0.0) / heat_capacity
        for _ in range(6):  # Newton: conducted through half a cell = radiated
            out = STEFAN_BOLTZMANN_W_M2_K4 * surface**4
            into = LAVA.conductivity_w_m_k * (warm[0] - surface) / (0.5 * cell_m)
            surface -= (out - into) / (4.0 * out / surface + LAVA.conductivity_w_m_k / (0.5 * cell_m))
        flux = LAVA.conductivity_w_m_k * np.diff(warm) / cell_m
        enthalpy += step / cell_m * (np.append(flux, 0.0) - np.append(STEFAN_BOLTZMANN_W_M2_K4 * surface**4, flux))
    return float(surface)


@pytest.mark.parametrize(("seconds", "cell"), [(60.0, 2e-4), (3600.0, 1.5e-3), (86400.0, 6e-3), (10 * 86400.0, 2e-2)])
def test_cooling_against_the_heat_equation(seconds: float, cell: float) -> None:
    """3 per cent: the crust's temperature is taken as linear; cells are a thirtieth of the crust."""
    assert float(lava_temperature_k(seconds)) == pytest.approx(surface_on_a_grid(seconds, cell, 90), rel=0.03)


def test_age_and_temperature_are_inverse() -> None:
    warm = np.array([1400.0, 1000.0, 500.0, 250.0])
    assert lava_temperature_k(lava_age_s(warm)) == pytest.approx(warm, rel=1e-5)
    assert float(lava_temperature_k(0.0)) == LAVA.eruption_temperature_k
    assert np.isnan(lava_age_s(1500.0))
    assert float(crust_m(LAVA.eruption_temperature_k)) == 0.0
    for age in (-1.0, 1e12):
        with pytest.raises(InputError, match="give ages from 0"):
            lava_temperature_k(age)


def test_heat_is_kept() -> None:
    """What was radiated since the beginning is what the crust has given off: latent and sensible heat."""
    ages = np.geomspace(1e-3, 1e6, 4000)
    flux = STEFAN_BOLTZMANN_W_M2_K4 * lava_temperature_k(ages) ** 4
    radiated = float(np.trapezoid(flux, ages)) + 1e-3 * float(flux[0])
    surface = float(lava_temperature_k(1e6))
    given = LAVA.latent_heat_j_kg + 0.5 * LAVA.heat_capacity_j_kg_k * (LAVA.eruption_temperature_k - surface)
    assert radiated == pytest.approx(float(LAVA.density_kg_m3 * crust_m(surface)) * given, rel=2e-3)


def test_a_young_flow_is_as_hot_as_its_lava() -> None:
    young = float(steady_flow_spectrum(3.4, 4.1, 1e-4))
    assert young == pytest.approx(float(mean_spectral_radiance(3.4, 4.1, LAVA.eruption_temperature_k)), rel=0.01)


def spectrum(*surfaces: tuple[float, float], bands: list = NIRC2) -> np.ndarray:  # type: ignore[type-arg]
    """GW um-1 sr-1 of areas (km2) and temperatures (K)."""
    return np.array(
        [1e-3 * sum(a * float(mean_spectral_radiance(b.low_um, b.high_um, t)) for a, t in surfaces) for b in bands]
    )


def test_one_black_body_as_often_as_stated() -> None:
    """Of 120 sources drawn as the priors have it 60 to 77 % lie in the 68 % range of each quantity, two sigma."""
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(120):
        warm, area = np.exp(rng.uniform(np.log(300.0), np.log(1300.0))), np.exp(rng.uniform(-2.0, 6.0))
        bands = NIRC2[3:] if rng.random() < 0.5 else NIRC2
        true = spectrum((area, warm), bands=bands)
        sigma = 0.15 * true
        found = fit_black_bodies(bands, true + sigma * rng.standard_normal(true.size), sigma).parameters
        values = {"temperature_k": warm, "area_km2": area, "power_gw": 1e-3 * STEFAN_BOLTZMANN_W_M2_K4 * area * warm**4}
        inside.append([found[name].low < value < found[name].high for name, value in values.items()])
    assert np.mean(inside, axis=0) == pytest.approx(0.683, abs=0.085)


def test_two_black_bodies() -> None:
    true = spectrum((800.0, 350.0), (1.0, 1100.0))
    sigma = 0.02 * true
    one, two = (fit_black_bodies(NIRC2, true, sigma, components=n) for n in (1, 2))
    assert two.log_evidence - one.log_evidence > 20.0
    assert one.chi2 > 100.0
    for name, value in {
        "temperature_1_k": 350.0,
        "area_1_km2": 800.0,
        "temperature_2_k": 1100.0,
        "area_2_km2": 1.0,
    }.items():
        assert two.parameters[name].low_95 < value < two.parameters[name].high_95
    assert two.fitted == pytest.approx(true, rel=0.05)


def test_what_bands_leave_open_is_told() -> None:
    """One band tells no temperature; two tell one, with area and temperature against each other."""
    lp, ms = BANDS["NIRC2-Lp"], BANDS["NIRC2-Ms"]
    one = spectrum((100.0, 500.0), bands=[lp])
    alone = fit_black_bodies([lp], one, 0.1 * one)
    assert {sentence.split()[0] for sentence in alone.doubts} >= {"temperature_k", "area_km2", "power_gw"}
    both = spectrum((100.0, 500.0), bands=[lp, ms])
    pair = fit_black_bodies([lp, ms], both, 0.1 * both)
    assert pair.correlation < -0.97
    assert pair.parameters["temperature_k"].low < 500.0 < pair.parameters["temperature_k"].high
    with pytest.raises(InputError, match="give 4 or more"):
        fit_black_bodies([lp, ms], both, 0.1 * both, components=2)


def test_a_cooling_flow() -> None:
    true = 1e-3 * 50.0 * np.array([float(steady_flow_spectrum(b.low_um, b.high_um, 30 * 86400.0)) for b in NIRC2])
    found = fit_cooling_flow(NIRC2, true, 0.1 * true)
    assert found.parameters["oldest_days"].low_95 < 30.0 < found.parameters["oldest_days"].high_95
    assert found.parameters["area_km2"].low_95 < 50.0 < found.parameters["area_km2"].high_95
    body = fit_black_bodies(NIRC2, true, 0.1 * true)
    assert found.log_evidence > body.log_evidence + 5.0


@pytest.mark.parametrize(
    ("value", "sigma", "says"),
    [
        ([1.0], [1.0], "give as many"),
        ([1.0, 2.0], [1.0, 0.0], "every sigma above 0"),
        ([-9.0, -9.0], [0.1, 0.1], "negative"),
    ],
)
def test_what_cannot_be_fitted(value: list[float], sigma: list[float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        fit_black_bodies(NIRC2[3:5], np.array(value), np.array(sigma))
