"""Heat out of a moon: closed forms, balances, and the profiles that Spencer et al. published.

Authority: law (energy and mass; O'Reilly & Davies 1981; conduction) and published (profiles of figure 3 of Spencer,
Katz & Hewitt 2020, doi:10.1029/2020JE006443, as their repository Spencer-space/io_compaction holds them: 4000 cells of
280 m, time steps to a steady state, years of 365 days).
"""

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from tests.heat.profiles import heating_between_points, uniform_heating

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020 as ROCK
from perijove.errors import InputError, PrecisionError
from perijove.heat.compaction import balanced_melt_fraction, melt_column
from perijove.heat.crust import Crust, Plumbing, _falls, _rise, crust_in_balance, crusts_in_balance
from perijove.heat.transport import CM_YEAR_PER_M_S, heat_transport
from perijove.interior.models import MODELS
from perijove.tides.radial_heating import RadialHeating, mantle_heating

SPENCER = uniform_heating(1e14, floor_km=700.0, surface_km=1820.0)
CM_OF_365_DAYS = CM_YEAR_PER_M_S * 365.0 / 365.25
CELL_KM = 0.28014
WARMTH = ROCK.melting_temperature_k - ROCK.surface_temperature_k
LATENT = ROCK.density_kg_m3 * ROCK.latent_heat_j_kg
DEEP = heating_between_points([700.0, 1600.0, 1600.001, 1820.0], [6e-6, 6e-6, 0.0, 0.0])  # none in the crust
NO_INTRUSION = Plumbing(intrusion_rate_per_s=0.0)


def at(crust: Crust, *radii_km: float) -> tuple[np.ndarray, np.ndarray]:
    return crust.at(1e3 * np.array(radii_km))


def conducted(crust: Crust, radius_m: np.ndarray) -> np.ndarray:
    """-k dT/dr by central differences over 2 m: good to 1e-7 where temperature bends over kilometres."""
    step = 1.0
    slope: np.ndarray = (crust.at(radius_m + step)[1] - crust.at(radius_m - step)[1]) / (2.0 * step)
    return -ROCK.conductivity_w_m_k * slope


# ---------------------------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize("underplated", [0.82, 0.9, 0.99])
def test_crust_of_oreilly_and_davies(underplated: float) -> None:
    """Magma that freezes onto the base only, no heat within: temperature is exponential in the sphere's own depth."""
    crust = crust_in_balance(DEEP, ROCK, dataclasses.replace(NO_INTRUSION, underplated=underplated))
    heat = float(DEEP.integral(crust.base_m))
    erupted = 1.0 - underplated
    limit = underplated * ROCK.latent_heat_j_kg / (erupted * ROCK.heat_capacity_j_kg_k)
    rate = erupted * ROCK.heat_capacity_j_kg_k * heat / (ROCK.latent_heat_j_kg * ROCK.conductivity_w_m_k)
    depth = -math.log(1.0 - WARMTH / limit) / rate  # of 1 / r
    assert 1.0 / crust.base_m - 1.0 / 1.82e6 == pytest.approx(depth, rel=1e-8)
    radius = np.linspace(crust.base_m, 1.82e6, 50)
    exact = ROCK.melting_temperature_k - limit * -np.expm1(-rate * (1.0 / crust.base_m - 1.0 / radius))
    assert crust.at(radius)[1] == pytest.approx(exact, abs=1e-5)


def test_a_lid_that_nothing_passes_conducts() -> None:
    crust = crust_in_balance(DEEP, ROCK, dataclasses.replace(NO_INTRUSION, underplated=1.0))
    heat = float(DEEP.integral(1.82e6))
    base = 1.0 / (1.0 / 1.82e6 + ROCK.conductivity_w_m_k * WARMTH / heat)
    assert crust.base_m == pytest.approx(base, rel=1e-10)
    assert at(crust, 1820.0)[0] == 0.0


def test_a_mantle_too_cool_to_melt_conducts() -> None:
    weak = uniform_heating(1e11, floor_km=700.0, surface_km=1820.0)
    found = heat_transport(weak)
    radius, floor, surface = found.radius_km * 1e3, 7e5, 1.82e6
    heat = float(weak.heating_w_m3(1000.0))
    bend = (surface**2 - radius**2) / 2.0 + floor**3 * (1.0 / surface - 1.0 / radius)
    exact = ROCK.surface_temperature_k + heat / (3.0 * ROCK.conductivity_w_m_k) * bend
    assert found.temperature_k == pytest.approx(exact, rel=1e-10)
    assert not found.is_molten
    assert found.largest_melt_fraction == found.mean_melt_fraction == found.eruption_m_s == 0.0
    assert math.isnan(found.intruded_share)
    assert found.surface_flux_w_m2 * 4.0 * np.pi * surface**2 == pytest.approx(1e11, rel=1e-12)


def test_crust_that_takes_up_a_share_of_the_magma_per_metre() -> None:
    """Spencer et al. 2020b (arXiv:2008.09022): ln(1 + c dT / L) / share where conduction counts little."""
    poor = dataclasses.replace(ROCK, conductivity_w_m_k=0.01)
    plumbing = Plumbing(intrusion_rate_per_s=0.0, intrusion_per_m=1e-4, intrusion_stop_k=0.0)
    crust = crust_in_balance(DEEP, poor, plumbing)
    whole = math.log1p(ROCK.heat_capacity_j_kg_k * WARMTH / ROCK.latent_heat_j_kg)
    flux, _ = crust.at(np.array([crust.base_m, 1.82e6]))
    assert 1.82e6 - crust.base_m == pytest.approx(whole / 1e-4, rel=3e-3)
    share = math.exp(-1e-4 * (1.82e6 - crust.base_m))
    assert flux[1] * 1.82e6**2 == pytest.approx(share * flux[0] * crust.base_m**2, rel=1e-9)


def test_melt_fraction_that_buoyancy_drives() -> None:
    for flux in (1e-13, 2e-9, 1e-8):
        melt = balanced_melt_fraction(ROCK, flux)
        seeping = 1e-7 * melt**3 * 500.0 * 1.5 * (1.0 - melt)
        assert seeping * (1.0 - melt) == pytest.approx(flux, rel=1e-11)
    with pytest.raises(PrecisionError, match="no melt fraction"):
        balanced_melt_fraction(ROCK, 1e-4)


# ---------------------------------------------------------------------------------------------- balances


@st.composite
def heatings(draw: st.DrawFn) -> RadialHeating:
    """Anything from a deep to a shallow heating, of 20 to 500 TW."""
    heat = draw(st.lists(st.floats(0.05, 1.0), min_size=4, max_size=4))
    radii = [965.0, draw(st.floats(1100.0, 1300.0)), draw(st.floats(1400.0, 1700.0)), 1821.5]
    return heating_between_points(radii, heat).with_power(10.0 ** draw(st.floats(13.3, 14.7)))


@settings(max_examples=10)
@given(heating=heatings(), rate=st.floats(0.0, 5e-12), stop=st.floats(300.0, 1400.0), underplated=st.floats(0.0, 1.0))
@pytest.mark.slow
def test_energy_and_mass_close(heating: RadialHeating, rate: float, stop: float, underplated: float) -> None:
    """What leaves at the surface is what was put in, with conduction taken from the temperature itself."""
    plumbing = Plumbing(intrusion_rate_per_s=rate, intrusion_stop_k=stop, underplated=underplated)
    crust = crust_in_balance(heating, ROCK, plumbing)
    assert abs(crust.surface_temperature_error_k) < 1e-6
    surface = heating.surface_km * 1e3
    flux, warm = crust.at(np.linspace(crust.base_m, surface, 200))
    assert np.all(np.diff(warm) <= 1e-9)
    assert np.all(flux >= 0.0)
    supply = (1.0 - underplated) * heating.integral_at(crust.base_m) / LATENT
    assert flux[0] * crust.base_m**2 == pytest.approx(supply, rel=1e-9)
    lava = ROCK.density_kg_m3 * flux[-1] * (ROCK.latent_heat_j_kg + ROCK.heat_capacity_j_kg_k * WARMTH)
    inside = np.array([surface - 2.0])
    carried = (
        ROCK.density_kg_m3
        * crust.at(inside)[0]
        * (ROCK.latent_heat_j_kg + ROCK.heat_capacity_j_kg_k * (ROCK.melting_temperature_k - crust.at(inside)[1]))
    )
    below = float(heating.integral(inside[0])) / inside[0] ** 2
    assert carried[0] + conducted(crust, inside)[0] == pytest.approx(below, rel=1e-6)  # the derivative's own error
    assert lava <= heating.power_w / (4.0 * np.pi * surface**2) * (1.0 + 1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_interiors_lose_what_the_tide_gives_them(name: str) -> None:
    found = heat_transport(mantle_heating(MODELS[name]))
    area = 4.0 * np.pi * (found.heating.surface_km * 1e3) ** 2
    assert found.surface_flux_w_m2 * area == pytest.approx(found.heating.power_w, rel=1e-8)
    assert found.seeping_m_s + found.piped_m_s == pytest.approx(-found.rock_m_s, rel=1e-12)
    assert np.all(np.diff(found.radius_km) > 0.0)
    assert found.temperature_k[-1] == pytest.approx(ROCK.surface_temperature_k, abs=1e-6)
    assert np.all(found.melt_fraction[found.radius_km > found.crust_base_km] == 0.0)
    # Latent heat of magma and of the melt that sinks with the rock is the heat from below, everywhere in the mantle.
    mantle = found.radius_km <= found.crust_base_km
    latent = LATENT * (found.seeping_m_s + found.piped_m_s + found.melt_fraction * found.rock_m_s)[mantle]
    radius = found.radius_km[mantle] * 1e3
    assert latent == pytest.approx(found.heating.integral(radius) / radius**2, rel=1e-10)


def test_crust_obeys_the_heat_equation() -> None:
    """Heat carried down, rho c u dT/dr, is k (T'' + 2 T'/r) + H + rho M (L + c (Tm - T))."""
    plumbing = Plumbing()
    crust = crust_in_balance(SPENCER, ROCK, plumbing)
    radius, step = np.linspace(crust.base_m + 500.0, crust.intrusion_stop_m - 500.0, 40), 20.0
    flux, warm = crust.at(radius)
    above, under = crust.at(radius + step), crust.at(radius - step)
    first, second = (above[1] - under[1]) / (2.0 * step), (above[1] - 2.0 * warm + under[1]) / step**2
    colder = ROCK.melting_temperature_k - warm
    intruded = plumbing.intrusion_rate_per_s * colder / WARMTH
    capacity = ROCK.density_kg_m3 * ROCK.heat_capacity_j_kg_k
    left = -capacity * flux * first
    gained = ROCK.density_kg_m3 * intruded * (ROCK.latent_heat_j_kg + ROCK.heat_capacity_j_kg_k * colder)
    right = ROCK.conductivity_w_m_k * (second + 2.0 * first / radius) + SPENCER.heating_w_m3(radius / 1e3) + gained
    assert left == pytest.approx(right, rel=2e-4, abs=1e-4 * np.abs(right).max())
    shell = (above[0] * (radius + step) ** 2 - under[0] * (radius - step) ** 2) / (2.0 * step * radius**2)
    assert shell == pytest.approx(-intruded, rel=1e-4, abs=1e-4 * intruded.max())


def test_melt_obeys_darcy_and_compaction() -> None:
    """Both equations by differences, through the layer under the crust."""
    crust = crust_in_balance(SPENCER, ROCK, Plumbing())
    column = melt_column(SPENCER, ROCK, crust_base_m=crust.base_m, overpressure_pa=0.0)
    radius = np.linspace(column.layer_base_m + 2e3, column.extraction_base_m - 1e3, 60)
    step = 20.0
    melt, pressure = column.at(radius)
    above, under = column.at(radius + step), column.at(radius - step)
    gain, push = ((a - b) / (2.0 * step) for a, b in zip(above, under, strict=True))
    flux = SPENCER.integral(radius) / (LATENT * radius**2)
    seeping = 1e-7 * melt**3 * (500.0 * 1.5 * (1.0 - melt) - push)
    assert seeping * (1.0 - melt) == pytest.approx(flux, rel=2e-4)
    solid = 1.0 - melt
    melting = SPENCER.heating_w_m3(radius / 1e3) / LATENT
    lost = flux * gain + solid**2 * melt * pressure / 1e20 + solid * melting
    assert lost == pytest.approx(np.zeros_like(lost), abs=1e-4 * melting.max())


def crusts_km(power_w: float) -> list[float]:
    """All crusts that last, of a body heated in mantle and asthenosphere."""
    heating = mantle_heating(MODELS["steinke-2020-b"]).with_power(power_w)
    return [heating.surface_km - crust.base_m / 1e3 for crust in crusts_in_balance(heating, ROCK, Plumbing())]


@pytest.mark.slow
def test_several_crusts_balance_the_same_heat() -> None:
    """Law: a fold. Each branch grows with the power, steeper and steeper, until it ends; the next is thicker.

    The number of branches is that of a scan of the surface temperature over 300 thicknesses.
    """
    few = [crusts_km(power_w) for power_w in (1.05e14, 1.065e14, 1.07e14, 1.075e14, 1.08e14, 1.085e14, 1.09e14)]
    assert [len(found) for found in few] == [1, 3, 3, 3, 2, 2, 1]
    thin = [found[0] for found in few[:4]]
    assert thin == sorted(thin)
    assert thin[-1] < 38.0
    assert thin[3] - thin[2] > 2.0 * (thin[2] - thin[1])
    middle = [found[-2] for found in few[1:6]]
    assert middle == sorted(middle)
    assert middle[0] > 60.0
    assert middle[-1] < 92.0
    thick = [found[-1] for found in few[1:]]
    assert thick == sorted(thick)
    assert thick[0] > 150.0


def test_balances_that_last_are_told_from_those_that_do_not() -> None:
    """Law: the surface of a crust a little thicker would be too cold, of one a little thinner too warm."""
    heating = mantle_heating(MODELS["steinke-2020-b"]).with_power(1.07e14)
    for crust in crusts_in_balance(heating, ROCK, Plumbing()):
        assert abs(crust.surface_temperature_error_k) < 1e-6
        for step_m, sign in ((-200.0, 1.0), (200.0, -1.0)):
            other = _rise(heating, ROCK, Plumbing(), crust.base_m - step_m)
            assert sign * other.surface_temperature_error_k > 0.0


@pytest.mark.parametrize(
    ("function", "roots"),
    [
        (lambda x: 1.0 - x / 5.0, [5.0]),
        (lambda x: (x - 5.0) * (x - 5.05) * (9.0 - x), [5.0, 9.0]),  # a pair between two points of the search
        (lambda x: (5.0 - x) * (x - 8.0) * (x - 8.05), [5.0, 8.05]),
        (lambda x: (x - 5.0) ** 2 + 1e-6, []),
    ],
    ids=["one", "a dip", "a bump", "none"],
)
def test_a_fall_through_zero_is_not_passed_over(function: Callable[[float], float], roots: list[float]) -> None:
    found = [brentq(function, low, high) for low, high in _falls(function, 1.0, 20.0)]
    assert found == pytest.approx(roots, abs=1e-6)


# ---------------------------------------------------------------------------------------------- published


def test_published_crust_without_intrusion() -> None:
    """fig3_h0Myr.csv: the last cell with melt and the first without, eruption, temperatures, melt at depth."""
    found = heat_transport(SPENCER, plumbing=NO_INTRUSION)
    assert 1135.1975987994 < found.crust_base_km < 1135.47773886943
    assert found.eruption_m_s * CM_OF_365_DAYS == pytest.approx(1.2447010337, rel=3e-6)
    crust = crust_in_balance(SPENCER, ROCK, NO_INTRUSION)
    printed = {1149.76488244122: 1484.52190156528, 1174.69734867434: 1454.58130560867, 1812.29614807404: 171.728117943}
    for radius, warm in printed.items():
        assert at(crust, radius)[1] == pytest.approx(warm, abs=0.85)  # one cell of theirs: 0.33 to 0.82 K
    column = melt_column(SPENCER, ROCK, crust_base_m=crust.base_m, overpressure_pa=0.0)
    melt, pressure = column.at(1e3 * np.array([705.182591295648, 746.08304152, 1118.3891945973, 1122.03101550775]))
    assert melt[:2] == pytest.approx([0.00961209574376424, 0.0136351478873992], rel=1e-3)
    assert pressure[:2] / 1e6 == pytest.approx([-36.7837283028666, -26.0985388012285], rel=1e-3)
    # Theirs draws magma with a finite overpressure, up to 0.5 MPa, which lets the melt swing 2 % higher.
    assert melt[2:] == pytest.approx([0.0504579181557977, 0.0442224421006572], rel=0.025)
    assert pressure[2] / 1e6 == pytest.approx(-4.497, rel=0.1)


@pytest.mark.slow
def test_published_crust_with_intrusion() -> None:
    """fig3_h12Myr.csv. Intrusion stops between cells of 1036 and 945 K there, and thickness is sensitive to where."""
    their_km = 1820.0 - 1785.26

    def thickness_km(stop_k: float) -> float:
        return 1820.0 - crust_in_balance(SPENCER, ROCK, Plumbing(intrusion_stop_k=stop_k)).base_m / 1e3

    low, high = 945.0, 1036.0
    assert thickness_km(low) < their_km < thickness_km(high)
    for _ in itertools.repeat(None, 7):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if thickness_km(middle) < their_km else (low, middle)
    crust = crust_in_balance(SPENCER, ROCK, Plumbing(intrusion_stop_k=0.5 * (low + high)))
    flux, warm = at(crust, 1787.36368184092, 1796.88844422211, 1799.96998499250, 1820.0)
    assert flux * CM_OF_365_DAYS == pytest.approx([6.151, 5.802, 5.441, 1.240], rel=0.01)
    assert warm[1:3] == pytest.approx([1479.26, 1458.59], abs=3.0)


def test_io_resurfaces_by_a_centimetre_per_year() -> None:
    """2.5 W/m² over rho (L + c dT), and crust and melt of the order that Spencer et al. give (20 to 60 km; 4 %)."""
    io = uniform_heating(1.05e14, floor_km=965.0, surface_km=1821.5)
    found = heat_transport(io)
    most = found.surface_flux_w_m2 / (ROCK.density_kg_m3 * (ROCK.latent_heat_j_kg + 1200.0 * WARMTH))
    assert found.surface_flux_w_m2 == pytest.approx(2.52, abs=0.01)
    assert 0.8 < found.eruption_m_s / most < 1.0
    assert 1.0 < found.eruption_m_s * CM_YEAR_PER_M_S < 2.0
    assert 20.0 < found.crust_km < 60.0
    assert 0.7 < found.intruded_share < 0.9
    assert 0.02 < found.mean_melt_fraction < 0.05


@pytest.mark.slow
def test_finer_grains_hold_more_melt() -> None:
    """Melt goes as the cube root of the flux over the permeability; 100 times less of it is 4.64 times the melt."""
    fine = dataclasses.replace(ROCK, permeability_m2=1e-9, rock_viscosity_pa_s=1e16)
    coarse = dataclasses.replace(ROCK, rock_viscosity_pa_s=1e16)
    much, little = (heat_transport(SPENCER, rock).mean_melt_fraction for rock in (fine, coarse))
    assert 0.05 < much < 0.2
    assert 100.0 ** (1.0 / 3.0) < much / little < 1.15 * 100.0 ** (1.0 / 3.0)  # more, as less rock is left to sink


# ---------------------------------------------------------------------------------------------- refusals


@pytest.mark.slow
def test_extremes_end_in_an_answer_or_a_clear_error() -> None:
    for power_w in (1e6, 5e11, 1e15):
        weak = uniform_heating(power_w, floor_km=965.0, surface_km=1821.5)
        found = heat_transport(weak)
        area = 4.0 * np.pi * (weak.surface_km * 1e3) ** 2
        assert found.surface_flux_w_m2 * area == pytest.approx(power_w, rel=1e-8)
        assert np.all(np.isfinite(found.melt_fraction) & (found.melt_fraction >= 0.0))
    unheated = heating_between_points([965.0, 1780.0, 1780.1, 1821.5], [0.0, 0.0, 3e-5, 3e-5])
    found = heat_transport(unheated, dataclasses.replace(ROCK, rock_viscosity_pa_s=1e17))
    assert found.melt_fraction[found.radius_km < 1780.0] == pytest.approx(0.0, abs=1e-4)
    for change in ({"permeability_m2": 1e-16}, {"rock_viscosity_pa_s": 1e26}):
        with pytest.raises(PrecisionError, match="give a larger permeability"):
            heat_transport(SPENCER, dataclasses.replace(ROCK, **change))


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"underplated": 1.1}, {"intrusion_rate_per_s": math.nan}, {"intrusion_stop_k": -1.0}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            Plumbing(**wrong)
    with pytest.raises(InputError, match="not below"):
        heat_transport(SPENCER, dataclasses.replace(ROCK, surface_temperature_k=1500.0))
    with pytest.raises(InputError, match="no heat to carry off"):
        heat_transport(heating_between_points([700.0, 1820.0], [0.0, 0.0]))
