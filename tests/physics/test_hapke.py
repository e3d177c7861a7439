"""Hapke's function.

Authorities: independent (written apart, from angles and whole arrays), law (reciprocity, limits, energy), published
(what Simonelli & Veverka 1984 measured of Io's whole disc, Mayorga et al. 2020).
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.disc_photometry import (
    IO_DISC_CURVES_MAYORGA_2020,
    IO_GEOMETRIC_ALBEDOS_SIMONELLI_1984,
    IO_HAPKE,
    IO_HAPKE_VIOLET_SIMONELLI_1986,
    IO_PHASE_INTEGRAL_SIMONELLI_1984,
    HapkeFacts,
)
from perijove.errors import InputError
from perijove.physics.hapke import Hapke, hapke_radiance_factor
from perijove.physics.photometry import disk_function, normal_reflectance

ROUGH = Hapke(0.68, 0.24, -0.14, 25.0)


def angles(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Incidence, emission and phase that a geometry can have, deg."""
    rng = np.random.default_rng(seed)
    i, e, azimuth = rng.uniform(0.0, 89.9, count), rng.uniform(0.0, 89.9, count), rng.uniform(0.0, 180.0, count)
    return i, e, phase_of(i, e, azimuth)


def phase_of(i: np.ndarray, e: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
    i, e, azimuth = np.radians(i), np.radians(e), np.radians(azimuth)
    return np.degrees(np.arccos(np.cos(i) * np.cos(e) + np.sin(i) * np.sin(e) * np.cos(azimuth)))


def apart(i: np.ndarray, e: np.ndarray, phase: np.ndarray, ground: Hapke) -> np.ndarray:
    """The same function from the printed equations, in angles, for whole arrays."""
    i, e, alpha, slope = np.radians(i), np.radians(e), np.radians(phase), np.radians(ground.slope_deg)
    small, large = np.minimum(i, e), np.maximum(i, e)
    azimuth = np.arccos(np.clip((np.cos(alpha) - np.cos(i) * np.cos(e)) / (np.sin(i) * np.sin(e)), -1.0, 1.0))
    chi = 1.0 / np.sqrt(1.0 + np.pi * np.tan(slope) ** 2)

    def e1(angle: np.ndarray) -> np.ndarray:
        return np.exp(-2.0 / np.pi / np.tan(slope) / np.tan(angle))

    def e2(angle: np.ndarray) -> np.ndarray:
        return np.exp(-1.0 / np.pi / np.tan(slope) ** 2 / np.tan(angle) ** 2)

    def level(angle: np.ndarray) -> np.ndarray:
        return chi * (np.cos(angle) + np.sin(angle) * np.tan(slope) * e2(angle) / (2.0 - e1(angle)))

    half, below = np.sin(azimuth / 2.0) ** 2, 2.0 - e1(large) - azimuth / np.pi * e1(small)
    of_small = np.cos(small) + np.sin(small) * np.tan(slope) * (np.cos(azimuth) * e2(large) + half * e2(small)) / below
    of_large = np.cos(large) + np.sin(large) * np.tan(slope) * (e2(large) - half * e2(small)) / below
    mu0, mu = chi * np.where(i <= e, of_small, of_large), chi * np.where(i <= e, of_large, of_small)
    hidden = np.exp(-2.0 * np.tan(azimuth / 2.0))
    free = mu / level(e) * np.cos(i) / level(i) * chi / (1.0 - hidden + hidden * chi * np.cos(small) / level(small))
    width = np.tan(alpha) / ground.h
    surge = np.exp(-(ground.w**2) / 2.0) * (1.0 - width / 2.0 * (3.0 - np.exp(-1 / width)) * (1.0 - np.exp(-1 / width)))
    particle = (1.0 - ground.g**2) / (1.0 + ground.g**2 + 2.0 * ground.g * np.cos(alpha)) ** 1.5
    gamma = np.sqrt(1.0 - ground.w)
    both = [(1.0 + 2.0 * x) / (1.0 + 2.0 * gamma * x) for x in (mu0, mu)]
    total = (1.0 + np.where(alpha < np.pi / 2.0, surge, 0.0)) * particle + both[0] * both[1] - 1.0
    return ground.w / 4.0 * mu0 / (mu0 + mu) * total * free


@pytest.mark.parametrize("slope_deg", [5.0, 25.0, 45.0])
@pytest.mark.parametrize(("w", "g"), [(0.2, -0.4), (0.68, -0.14), (0.97, 0.2)])
def test_against_an_implementation_apart(slope_deg: float, w: float, g: float) -> None:
    i, e, phase = angles(20_000)
    ground = Hapke(w, 0.24, g, slope_deg)
    np.testing.assert_allclose(hapke_radiance_factor(i, e, phase, ground), apart(i, e, phase, ground), rtol=1e-8)


def test_reciprocity() -> None:
    """Helmholtz: I/F times cos e is unchanged when light runs backwards."""
    i, e, phase = angles(20_000, seed=2)
    there = hapke_radiance_factor(i, e, phase, ROUGH) * np.cos(np.radians(e))
    back = hapke_radiance_factor(e, i, phase, ROUGH) * np.cos(np.radians(i))
    np.testing.assert_allclose(there, back, rtol=1e-9)


def test_level_dark_ground_is_lommel_seeliger() -> None:
    """Law: with single scattering by isotropic particles and no surge I/F is w/4 mu0 / (mu0 + mu)."""
    i, e, azimuth = np.array([5.0, 40.0, 70.0]), np.array([60.0, 30.0, 80.0]), np.array([170.0, 150.0, 160.0])
    dark = Hapke(1e-6, 1e-9, 0.0, 0.0)
    expected = 0.5 * disk_function("lommel_seeliger", i, e) * 0.25e-6
    np.testing.assert_allclose(hapke_radiance_factor(i, e, phase_of(i, e, azimuth), dark), expected, rtol=1e-5)


def test_vanishing_slope_is_level_ground() -> None:
    i, e, phase = angles(500, seed=3)
    use = (i < 80.0) & (e < 80.0)
    level, nearly = (Hapke(0.7, 0.2, -0.2, slope) for slope in (0.0, 0.05))
    np.testing.assert_allclose(
        hapke_radiance_factor(i, e, phase, nearly)[use], hapke_radiance_factor(i, e, phase, level)[use], rtol=1e-4
    )


def test_opposition_is_the_top_of_the_surge_and_90_deg_its_end() -> None:
    """Regression: at exactly 90 deg, where the cosine is 6e-17, the surge came out whole."""
    for at, beside in ((0.0, 1e-4), (90.0, 90.0001)):
        i = np.array([45.0, 45.0])
        values = hapke_radiance_factor(i, np.abs(i - [at, beside]), np.array([at, beside]), ROUGH)
        assert values[0] == pytest.approx(values[1], rel=1e-4)


@given(st.floats(0.0, 85.0), st.floats(0.05, 1.0))
def test_light_sent_back_by_isotropic_particles(incidence: float, w: float) -> None:
    """Chandrasekhar: level ground of isotropic particles sends 1 - sqrt(1 - w) H(mu0) of the light back.

    The approximate H, which Hapke 1981 states to 4 %, stands twice on the one side and once on the other.
    """
    x, weight = np.polynomial.legendre.leggauss(48)
    mu, azimuth = (x + 1.0) / 2.0, (np.arange(8) + 0.5) * 180.0 / 8.0
    emission = np.degrees(np.arccos(mu))[:, None]
    phase = phase_of(np.array(incidence), emission, azimuth[None, :])
    mu0, gamma = np.cos(np.radians(incidence)), np.sqrt(1.0 - w)
    factor = hapke_radiance_factor(incidence, emission, phase, Hapke(w, 1e-9, 0.0, 0.0)) / mu0
    reflected = np.sum(factor.mean(axis=1) * mu * weight)  # (1/pi) integral of I/F / mu0 times mu, over the sky
    expected = 1.0 - gamma * (1.0 + 2.0 * mu0) / (1.0 + 2.0 * gamma * mu0)
    assert reflected == pytest.approx(expected, abs=0.04 * (1.0 - expected) + 0.08 * expected)


def test_night_and_back() -> None:
    assert hapke_radiance_factor(90.0, 10.0, 80.0, ROUGH) == 0.0
    assert np.isnan(hapke_radiance_factor(10.0, 90.0, 80.0, ROUGH))
    assert np.isnan(hapke_radiance_factor(np.nan, 10.0, 10.0, ROUGH))
    assert np.isnan(hapke_radiance_factor(95.0, 10.0, np.nan, ROUGH))


@pytest.mark.parametrize("wrong", [{"w": 0.0}, {"w": 1.1}, {"h": 0.0}, {"g": -1.0}, {"slope_deg": 70.0}])
def test_meaningless_parameters_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="allowed are"):
        Hapke(**{"w": 0.7, "h": 0.2, "g": -0.2, "slope_deg": 20.0, **wrong})


# --- as a photometric law ---------------------------------------------------------------------------------------------


def test_as_a_law_it_is_one_from_straight_above_and_ends_where_the_parameters_do() -> None:
    ground = Hapke(0.9, 0.24, -0.3, 25.0, (5.0, 115.0))
    assert disk_function("hapke", 0.0, 0.0, 0.0, parameter=ground) == pytest.approx(1.0)
    i, e, phase = np.array([30.0, 30.0, 30.0, 86.0]), np.array([30.0, 30.0, 30.0, 30.0]), np.array([4, 60, 116, 60.0])
    seen = 0.6 * disk_function("hapke", i, e, phase, parameter=ground)
    corrected, beyond = normal_reflectance(seen, "hapke", i, e, phase, parameter=ground)
    np.testing.assert_allclose(corrected, [np.nan, 0.6, np.nan, np.nan], rtol=1e-12)
    np.testing.assert_array_equal(beyond, [True, False, True, True])


def test_law_and_parameters_belong_together() -> None:
    with pytest.raises(InputError, match="needs parameters"):
        disk_function("hapke", 0.0, 0.0)
    with pytest.raises(InputError, match="does not take the parameters"):
        disk_function("lambert", 0.0, 0.0, parameter=ROUGH)


# --- Io ---------------------------------------------------------------------------------------------------------------


def disc_mean(phase_deg: float, facts: HapkeFacts, count: int = 60) -> float:
    """Mean I/F of a disc of uniform ground."""
    ground = Hapke(*(float(x) for x in (facts.single_scattering_albedo, facts.surge_width, facts.asymmetry)), 25.0)
    x, weight = np.polynomial.legendre.leggauss(count)
    phase = np.radians(phase_deg)
    lon, lat = phase - np.pi / 2.0 + (np.pi - phase) * (x + 1.0) / 2.0, np.pi / 2.0 * x
    mu, mu0 = np.outer(np.cos(lat), np.cos(lon)), np.outer(np.cos(lat), np.cos(lon - phase))
    factor = hapke_radiance_factor(np.degrees(np.arccos(mu0)), np.degrees(np.arccos(mu)), phase_deg, ground)
    area = np.outer(weight * np.cos(lat), weight) * (np.pi - phase) / 4.0
    return float(np.sum(factor * mu * area))


def test_violet_parameters_make_the_violet_disc() -> None:
    """Published: geometric albedo 0.242, extrapolated from 2 deg and more: what the parameters give at 2 to 6 deg."""
    albedo = IO_GEOMETRIC_ALBEDOS_SIMONELLI_1984["VIOLET"]
    assert disc_mean(6.0, IO_HAPKE_VIOLET_SIMONELLI_1986) < albedo < disc_mean(2.0, IO_HAPKE_VIOLET_SIMONELLI_1986)
    phases = np.arange(1.0, 180.0, 2.0)
    curve = np.array([disc_mean(phase, IO_HAPKE_VIOLET_SIMONELLI_1986, 24) for phase in phases])
    integral = 2.0 * np.sum(curve * np.sin(np.radians(phases))) * np.radians(2.0) / albedo
    # 0.78 is of all filters together; the surge within 2 deg, seen by no filter, holds 6 % of it.
    assert integral == pytest.approx(float(IO_PHASE_INTEGRAL_SIMONELLI_1984), abs=0.12)


def test_cassini_and_voyager_agree_on_the_whole_disc() -> None:
    """Independent: two cameras, 21 years apart; green albedo and phase integral within their errors of 0.02."""
    green = IO_DISC_CURVES_MAYORGA_2020["GRN"]
    value = np.polynomial.Polynomial([float(c) for c in green.coefficients])
    assert value(0.0) == pytest.approx(float(IO_GEOMETRIC_ALBEDOS_SIMONELLI_1984["GREEN"]), abs=0.02)
    phase = np.linspace(0.0, 180.0, 1801)
    integral = 2.0 * np.trapezoid(value(phase) * np.sin(np.radians(phase)), np.radians(phase)) / value(0.0)
    assert integral == pytest.approx(float(IO_PHASE_INTEGRAL_SIMONELLI_1984), abs=0.02)
    # The published fits vanish at 180 deg.
    assert all(
        abs(np.polynomial.Polynomial([float(c) for c in curve.coefficients])(180.0)) < 2e-3
        for curve in IO_DISC_CURVES_MAYORGA_2020.values()
    )
    assert np.isnan(green.reflectivity([1.0, 150.0])).all()


def test_parameters_of_green_and_red_meet_the_curves_they_come_from() -> None:
    """As the facts say: within 9 % from 5 to 115 deg; 647 nm and 752 nm lie on both sides of RED."""
    for phase in (6.0, 15.0, 70.0, 90.0, 110.0):
        green, red = disc_mean(phase, IO_HAPKE["GREEN"]), disc_mean(phase, IO_HAPKE["RED"])
        curves = {name: float(IO_DISC_CURVES_MAYORGA_2020[name].reflectivity(phase)) for name in ("GRN", "RED", "CB2")}
        assert green == pytest.approx(0.99 * curves["GRN"], rel=0.09)
        assert 0.91 * curves["RED"] < red < 1.09 * curves["CB2"]
