"""Softening of rock by heat and by a little melt.

Authority: published (anchors named below) and law (limits, order).
"""

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.heat.temperature import (
    arrhenius_viscosity_pa_s,
    fischer_spohn_rigidity_pa,
    interstitial_melt_rigidity_pa,
    interstitial_melt_viscosity_pa_s,
)
from perijove.interior.melt import partially_molten


def viscosity(temperature_k: float | np.ndarray) -> np.ndarray:
    return arrhenius_viscosity_pa_s(temperature_k, reference_viscosity_pa_s=1e20, reference_temperature_k=1600.0)


def test_viscosity_is_the_reference_at_its_temperature() -> None:
    assert viscosity(1600.0) == 1e20


def test_viscosity_falls_as_the_activation_energy_says() -> None:
    temperature = np.array([1400.0, 1500.0, 1599.0])
    step = 1e-3
    slope = (np.log(viscosity(temperature + step)) - np.log(viscosity(temperature - step))) / (2.0 * step)
    # -E / (R T²); the difference quotient is good to step² / T²
    np.testing.assert_allclose(slope, -3.0e5 / 8.31446261815324 / temperature**2, rtol=1e-7)


def test_rigidity_of_fischer_and_spohn() -> None:
    # 10^(82000 / T - 40.6): solid up to 1598 K, then lost within 200 K
    rigidity = fischer_spohn_rigidity_pa(np.array([300.0, 1500.0, 1640.0, 1800.0]), solid_rigidity_pa=5e10)
    np.testing.assert_allclose(rigidity, [5e10, 5e10, 2.512e9, 9.02e4], rtol=2e-3)


def test_little_melt_agrees_with_the_law_for_all_melt() -> None:
    # Kervazo et al. (2021) fitted the law for all melt fractions to these two: within 0.15 of the logarithm up to 0.2.
    fraction = np.linspace(0.0, 0.2, 21)
    whole = partially_molten(fraction)
    little = interstitial_melt_viscosity_pa_s(whole.viscosity_pa_s[0], fraction)
    np.testing.assert_allclose(np.log10(little), np.log10(whole.viscosity_pa_s), atol=0.15)
    rigidity = interstitial_melt_rigidity_pa(whole.shear_modulus_pa[0], fraction)
    np.testing.assert_allclose(rigidity, whole.shear_modulus_pa, rtol=0.05)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_bad_temperatures(bad: float) -> None:
    with pytest.raises(InputError, match="positive and finite"):
        viscosity(bad)
    with pytest.raises(InputError, match="positive and finite"):
        fischer_spohn_rigidity_pa(bad, solid_rigidity_pa=5e10)


def test_out_of_bounds() -> None:
    with pytest.raises(InputError, match=r"e\^600"):
        viscosity(10.0)
    with pytest.raises(InputError, match="ends at 1800 K"):
        fischer_spohn_rigidity_pa(1801.0, solid_rigidity_pa=5e10)
    for fraction in (-0.01, 0.31, np.nan):
        with pytest.raises(InputError, match="grains still touch"):
            interstitial_melt_viscosity_pa_s(1e20, fraction)
    with pytest.raises(InputError, match="poisson_ratio"):
        interstitial_melt_rigidity_pa(6e10, 0.1, poisson_ratio=0.5)
