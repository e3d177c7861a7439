"""Tidal heating: energy, strain by finite differences, patterns, and the published pair of maps.

Authority: law (what is heated is what the orbit loses; strain is the derivative of displacement; Bochner's formula) and
published (Segatz et al. 1988, doi:10.1016/0019-1035(88)90001-2, and Beuthe 2013, doi:10.1016/j.icarus.2012.11.020, for
the patterns of Io; Kelvin 1863 for a liquid ball), and independent (the equations of Takeuchi & Saito 1972 with
inertia, by scipy).
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.tides.takeuchi_saito import slopes

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.errors import InputError, PrecisionError
from perijove.geometry.rotations import local_axes
from perijove.interior.body import Interior
from perijove.interior.families import FAMILIES
from perijove.interior.layers import Layer, Orbit
from perijove.interior.models import MODELS
from perijove.tides.heating import PATTERNS, heating_w_m3, inertia_k2, quality_factor, tidal_heating
from perijove.tides.love import love_numbers, radial_functions
from perijove.tides.potential import TidalPotential
from perijove.tides.surface_harmonics import SurfaceHarmonics

ORBIT = Orbit(4.1086e-5, 0.0041, obliquity_deg=0.1, pericentre_argument_deg=50.0, libration_deg=-0.01)
MIXED = Interior(
    (
        Layer("core", "liquid", 900.0, 5500.0),
        Layer("mantle", "solid", 1500.0, 3300.0, 6e10, 1.2e11, 1e16, "andrade", {"alpha": 0.25}, 3e15, 2e10),
        Layer("sponge", "solid", 1750.0, 3200.0, 2e9, None, 1e14),
        Layer("lid", "solid", 1821.6, 3100.0, 6e10, 9e10, 1e21),
    ),
    orbit=ORBIT,
)
LAT, LON = np.array([0.0, 35.0, -60.0, 88.0]), np.array([20.0, -75.0, 160.0, 0.0])


@st.composite
def interiors(draw: st.DrawFn) -> Interior:
    """Two to five layers, liquid or solid, compressible or not, under a solid lid."""
    count = draw(st.integers(2, 5))
    radii = np.cumsum(draw(st.lists(st.floats(20.0, 700.0), min_size=count, max_size=count)))
    layers = []
    for i, radius in enumerate(radii):
        density = 6000.0 - 700.0 * i - draw(st.floats(0.0, 500.0))
        if i < count - 1 and draw(st.sampled_from(["solid", "solid", "liquid"])) == "liquid":
            layers.append(Layer(f"layer {i}", "liquid", float(radius), density))
            continue
        rigidity = 10.0 ** draw(st.floats(8.0, 11.5))
        share = draw(st.sampled_from([None, 1.0, 3.0, 100.0]))
        bulk = None if share is None else share * max(rigidity, 1e11)
        yields = bulk is not None and draw(st.booleans())
        layers.append(
            Layer(
                f"layer {i}",
                "solid",
                float(radius),
                density,
                shear_modulus_pa=rigidity,
                bulk_modulus_pa=bulk,
                viscosity_pa_s=10.0 ** draw(st.floats(11.0, 22.0)),
                rheology=draw(st.sampled_from(["maxwell", "andrade", "burgers"])),
                bulk_viscosity_pa_s=10.0 ** draw(st.floats(12.0, 20.0)) if yields else None,
                relaxed_bulk_modulus_pa=0.3 * bulk if bulk is not None and yields else 0.0,
            )
        )
    orbit = Orbit(10.0 ** draw(st.floats(-6.0, -4.0)), draw(st.floats(1e-3, 0.1)), draw(st.floats(0.0, 2.0)))
    return Interior(tuple(layers), orbit=orbit)


@settings(max_examples=100)
@given(interior=interiors())
def test_heat_in_the_volume_is_what_the_orbit_loses(interior: Interior) -> None:
    heating = tidal_heating(interior)
    k2 = complex(heating.love.k)
    assume(-k2.imag > 1e-9 * abs(k2))  # below that, rounding of k2 itself is what is compared
    assert heating.power_w == pytest.approx(heating.power_from_love_number_w, rel=1e-8, abs=0.0)


@settings(max_examples=30)
@given(interior=interiors())
def test_the_map_holds_the_whole_heat(interior: Interior) -> None:
    heating = tidal_heating(interior)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    flux = heating.flux_w_m2.on_grid(np.degrees(np.arcsin(nodes)), np.arange(24) * 15.0)
    total = np.sum(weights[:, None] * flux) / 24.0 * 2.0 * np.pi * (interior.radius_km * 1e3) ** 2
    assert total == pytest.approx(heating.power_w, rel=1e-12)
    layers = sum(heating.layer_flux_w_m2([i]).mean for i in range(len(interior.layers)))
    assert layers == pytest.approx(heating.mean_flux_w_m2, rel=1e-12)


@pytest.mark.parametrize("radius_km", [950.0, 1400.0, 1600.0, 1749.0, 1800.0])
def test_local_heat_is_that_of_the_strain(radius_km: float) -> None:
    """Displacement at points 50 m apart; the difference quotient errs by 1e-8, and rounding leaves as much."""
    layer = MIXED.layers[int(MIXED.layer_index(radius_km))]
    frequency = ORBIT.angular_frequency_rad_s
    tensor = TidalPotential.of(MIXED).tensor_m2_s2
    step_km = 0.05

    def displacement(point_km: np.ndarray) -> np.ndarray:
        radius = float(np.linalg.norm(point_km))
        up = point_km / radius
        y1, _, y3 = radial_functions(MIXED, frequency, radii_km=[radius]).y[0, :3]
        w = 0.5 * up @ tensor @ up
        gradient = tensor @ up - (up @ tensor @ up) * up
        moved: np.ndarray = y1 * w * up + y3 * gradient
        return moved

    rigidity, bulk = layer.complex_rigidity_pa(frequency), layer.complex_bulk_pa(frequency)
    for lat, lon in zip(LAT, LON, strict=True):
        point = radius_km * local_axes(lat, lon)[2]
        columns = [
            (displacement(point + step_km * axis) - displacement(point - step_km * axis)) / (2e3 * step_km)
            for axis in np.eye(3)
        ]
        gradient = np.array(columns)
        strain = 0.5 * (gradient + gradient.T)
        deviator = strain - np.trace(strain) / 3.0 * np.eye(3)
        expected = frequency * rigidity.imag * np.sum(np.abs(deviator) ** 2)
        expected += 0.5 * frequency * bulk.imag * np.abs(np.trace(strain)) ** 2
        found = heating_w_m3(MIXED, [radius_km], lat, lon)[0]
        assert found == pytest.approx(expected, rel=1e-6)


def test_patterns_are_those_of_the_tensor() -> None:
    """Squares of gradient and traceless second derivatives, taken from the tensor, against Bochner's factors."""
    tensor = TidalPotential.of(MIXED).tensor_m2_s2

    def invariants(lat: np.ndarray, lon: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        up = local_axes(lat, lon)[..., 2, :]
        pulled = np.einsum("ij,...j->...i", tensor, up)
        along, across = np.einsum("...i,...i->...", up, pulled), np.sum(np.abs(pulled) ** 2, axis=-1)
        square = np.abs(along) ** 2
        whole = np.sum(np.abs(tensor) ** 2)
        return 0.25 * square, across - square, whole - 2.0 * across + 0.5 * square

    pattern = SurfaceHarmonics.of(lambda lat, lon: invariants(lat, lon)[0], 4)
    assert tidal_heating(MIXED).pattern.coefficients == pytest.approx(pattern.coefficients, rel=1e-12, abs=1e-9)
    for which in range(3):
        found = SurfaceHarmonics.of(lambda lat, lon, which=which: invariants(lat, lon)[which], 4)
        factors = np.zeros(5)
        factors[::2] = PATTERNS[which]
        scale = np.abs(found.coefficients).max()
        assert found.coefficients == pytest.approx(pattern.scaled(factors).coefficients, abs=1e-13 * scale)


def closed_form(which: int, lat_deg: float, lon_deg: float) -> float:
    """End-member patterns of the eccentricity tide over their means, at the points where they are simple.

    With W = -3/2 P20 cos M + P22 (3/4 cos 2 lon cos M + sin 2 lon sin M), the mean of |W|² is 21/5; that of |grad W|²
    is six times and that of the traceless second derivatives twelve times as much. At the sub-Jovian point |W| = 3 and
    |grad W| = 6, along longitude alone, and the second derivatives have no traceless part; at the pole |W| = 3/2, flat.
    """
    return {
        (0, 0.0, 0.0): 9.0 / 4.2,
        (0, 90.0, 0.0): 2.25 / 4.2,
        (1, 0.0, 0.0): 36.0 / 25.2,
        (1, 90.0, 0.0): 0.0,
        (2, 0.0, 0.0): 0.0,
        (2, 90.0, 0.0): 112.5 / 50.4,
    }[which, lat_deg, lon_deg]


@pytest.mark.parametrize("which", range(3), ids=["potential", "gradient", "second derivatives"])
def test_end_members_of_the_eccentricity_tide(which: int) -> None:
    pattern = tidal_heating(MODELS["five-layer"]).pattern
    factors = np.zeros(5)
    factors[::2] = PATTERNS[which]
    shown = pattern.scaled(factors)
    for lat, lon in ((0.0, 0.0), (90.0, 0.0)):
        assert float(shown.at(lat, lon)) / shown.mean == pytest.approx(closed_form(which, lat, lon), abs=1e-12)


def test_asthenosphere_is_heated_off_the_equator_and_not_at_the_poles() -> None:
    flux = tidal_heating(MODELS["steinke-2020-a"]).flux_w_m2
    highest, lat, lon = flux.extremum(largest=True)
    assert highest / flux.mean == pytest.approx(1.65, abs=0.02)
    assert (lat, lon) == (pytest.approx(32.0, abs=2.0), pytest.approx(0.0, abs=1e-6))
    lowest, pole, _ = flux.extremum(largest=False)
    assert lowest / flux.mean <= 0.04
    assert abs(pole) == 90.0


def test_deep_mantle_is_heated_at_the_poles() -> None:
    mantle = Layer("mantle", "solid", 1821.6, 3244.0, 6e10, 2e14, 1e15)
    flux = tidal_heating(Interior((Layer("core", "liquid", 965.0, 5150.0), mantle))).flux_w_m2
    highest, pole, _ = flux.extremum(largest=True)
    assert (abs(pole), highest / flux.mean) == (90.0, pytest.approx(1.6, abs=0.1))
    lowest, lat, lon = flux.extremum(largest=False)
    assert (lat, lon) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert lowest / flux.mean == pytest.approx(0.5, abs=0.05)


def test_shares_of_the_patterns_tell_asthenosphere_from_mantle() -> None:
    mantle = Layer("mantle", "solid", 1821.6, 3244.0, 6e10, 2e14, 1e15)
    deep = tidal_heating(Interior((Layer("core", "liquid", 965.0, 5150.0), mantle))).pattern_shares
    soft = tidal_heating(MODELS["steinke-2020-a"]).pattern_shares
    for shares in (deep, soft):
        assert shares.sum() == pytest.approx(1.0, rel=1e-12)
        assert np.all(shares > 0.0)
    assert (np.argmax(soft), np.argmax(deep)) == (1, 2)


def test_profile_integrates_to_the_power_of_each_layer() -> None:
    heating = tidal_heating(MIXED)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for i, power in enumerate(heating.layer_power_w):
        low, high = MIXED.bounds_km[i : i + 2]
        radius = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        shells = 4.0 * np.pi * (radius * 1e3) ** 2 * 500.0 * (high - low) * weights
        assert heating_w_m3(MIXED, radius) @ shells == pytest.approx(power, rel=1e-10)


def test_cutting_a_layer_changes_no_heat() -> None:
    top = MIXED.layers[-1]
    cuts = [dataclasses.replace(top, outer_radius_km=radius) for radius in np.linspace(1750.0, 1821.6, 11)[1:]]
    whole, cut = tidal_heating(MIXED), tidal_heating(Interior((*MIXED.layers[:-1], *cuts), orbit=ORBIT))
    assert cut.power_w == pytest.approx(whole.power_w, rel=1e-10)
    assert cut.layer_power_w[3:].sum() == pytest.approx(whole.layer_power_w[3], rel=1e-9)


def test_elastic_bodies_are_not_heated() -> None:
    ball = Interior((Layer("rock", "solid", 1821.6, 3528.0, 6e10, rheology="elastic"),))
    heating = tidal_heating(ball)
    assert heating.power_w == 0.0
    assert np.isnan(heating.pattern_shares).all()
    assert quality_factor(complex(heating.love.k)) == np.inf


def test_quality_factor_of_io() -> None:
    # Park et al. 2025, doi:10.1038/s41586-024-08442-5: Re k2 = 0.125, Q = 11.4; Im k2 = -0.0109 as printed.
    assert quality_factor(0.125 - 0.0109j) == pytest.approx(11.4, abs=0.15)


@pytest.mark.parametrize("viscosity", [1e-3, 1.0, 1e3, 1e6, 1e30])
@pytest.mark.parametrize("bulk", [None, 2e11], ids=["incompressible", "compressible"])
def test_extreme_viscosities_are_answered_well_or_not_at_all(viscosity: float, bulk: float | None) -> None:
    io = MODELS["steinke-2020-a"]
    soft = dataclasses.replace(io.layers[2], viscosity_pa_s=viscosity, bulk_modulus_pa=bulk)
    spoilt = dataclasses.replace(io, layers=(*io.layers[:2], soft, io.layers[3]))
    try:
        heating = tidal_heating(spoilt)
    except PrecisionError:
        assert bulk is not None  # nothing is lost in incompressible layers
    else:
        assert heating.power_w == pytest.approx(heating.power_from_love_number_w, rel=1e-5)
        lowest, _, _ = heating.flux_w_m2.extremum(largest=False)
        assert lowest > 0.0


def test_points_that_cannot_be_heated_are_refused() -> None:
    with pytest.raises(InputError, match="above 0"):
        heating_w_m3(MIXED, [0.0])
    with pytest.raises(InputError, match="radius_km"):
        heating_w_m3(MIXED, [2000.0])
    with pytest.raises(InputError, match="only one"):
        heating_w_m3(MIXED, [1000.0], 3.0)


def k2_by_integration(body: Interior, *, inertia: bool) -> complex:
    """k2 of rock over a liquid core that moves, by integration outwards."""
    frequency = body.orbit.angular_frequency_rad_s
    square = frequency**2 if inertia else 0.0
    core, units = body.layers[0], np.array([1.0, 1e4, 1.0, 1e4, 1.0, 1e-6])
    floor = core.outer_radius_km * 1e3
    y = np.zeros((6, 3), dtype=complex)
    y[0, 0] = y[2, 1] = y[4, 2] = 1.0
    gravity = float(body.gravity_m_s2(core.outer_radius_km))
    y[1] = core.density_kg_m3 * ((gravity - square * floor / 2.0) * y[0] - y[4])  # the core flows as a gradient
    y[5] = 5.0 / floor * y[4] - 4.0 * np.pi * G * core.density_kg_m3 * y[0]
    for layer in body.layers[1:]:
        rigidity, bulk = layer.complex_rigidity_pa(frequency), layer.complex_bulk_pa(frequency)

        def rate(r: float, scaled: np.ndarray, layer: Layer = layer, rigidity: complex = rigidity,
                 bulk: complex = bulk) -> np.ndarray:  # fmt: skip
            six = scaled * units
            weight = float(body.gravity_m_s2(min(r * 1e-3, body.radius_km)))
            slope = slopes(r, six, density=layer.density_kg_m3, shear=rigidity, bulk=bulk, gravity=weight, degree=2)
            slope[1] -= square * layer.density_kg_m3 * six[0]
            slope[3] -= square * layer.density_kg_m3 * six[2]
            return slope / units

        roof = layer.outer_radius_km * 1e3
        for k in range(3):
            path = solve_ivp(rate, (floor, roof), y[:, k] / units, method="DOP853", rtol=1e-11, atol=1e-13)
            y[:, k] = path.y[:, -1] * units
        floor = roof
    scale = np.array([1e4, 1e4, 1e-6])
    x = np.linalg.solve(y[[1, 3, 5]] / scale[:, None], np.array([0.0, 0.0, 5.0 / floor]) / scale)
    return complex(y[4] @ x - 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["steinke-2020-a", "steinke-2020-b"])
def test_inertia_adds_what_the_equations_with_it_say(name: str) -> None:
    # independent; what is left is of second order, the addition times its share of k2
    body = MODELS[name]
    still, moved = (k2_by_integration(body, inertia=inertia) for inertia in (False, True))
    added = inertia_k2(body)
    assert added is not None
    assert abs(added / (moved - still) - 1.0) < 2.0 * abs(added / still)


def mush(melt_fraction: float, **bulk: float) -> Interior:
    """Io with 200 km of rock that holds melt and yields in bulk."""
    values = {"melt_fraction": melt_fraction, "bulk_viscosity_ratio": 1.0, **bulk}
    return FAMILIES["partially-molten"].member(values, name="mush", source="")


def with_bulk_viscosity(body: Interior, viscosity_pa_s: float | None) -> Interior:
    """The same with another viscosity against compaction of its asthenosphere."""
    changed = dataclasses.replace(body.layers[2], bulk_viscosity_pa_s=viscosity_pa_s)
    return dataclasses.replace(body, layers=(*body.layers[:2], changed, body.layers[3]))


@pytest.mark.parametrize("melt_fraction", [0.25, 0.305])
@pytest.mark.parametrize("relaxed", [0.0, 0.2])
def test_rock_that_yields_in_bulk_solves_the_equations(melt_fraction: float, relaxed: float) -> None:
    # independent: the six equations with a complex bulk modulus, by scipy
    body = mush(melt_fraction, relaxed_bulk_share=relaxed)
    apart = complex(love_numbers(body).k) / k2_by_integration(body, inertia=False) - 1.0
    assert abs(apart) < 1e-8  # of the integration


def test_bulk_deformation_heats_mush_and_hardly_rock() -> None:
    # law (the limit of infinite viscosity), and regression: what the documentation says
    for melt_fraction, more in ((0.2, 1.085), (0.305, 1.531)):
        elastic, limit = (with_bulk_viscosity(mush(melt_fraction), viscosity) for viscosity in (None, 1e40))
        assert tidal_heating(limit).power_w == pytest.approx(tidal_heating(elastic).power_w, rel=1e-12)
        ratio = tidal_heating(mush(melt_fraction)).power_w / tidal_heating(elastic).power_w
        assert ratio == pytest.approx(more, abs=0.005)


def test_heat_of_bulk_goes_with_the_tide_squared() -> None:
    # law: a change of volume has the pattern of |W|² alone, so that its share grows there
    yielding = tidal_heating(mush(0.305))
    elastic = tidal_heating(with_bulk_viscosity(mush(0.305), None))
    assert yielding.pattern_shares[0] > 10.0 * elastic.pattern_shares[0]


def test_inertia_of_a_soft_io_is_half_a_percent_and_not_a_fifth() -> None:
    # regression: what the documentation says
    body = MODELS["steinke-2020-a"]
    added, k2 = inertia_k2(body), complex(love_numbers(body).k)
    assert added is not None
    assert added.real / k2.real == pytest.approx(0.0038, abs=5e-5)
    assert added.imag / k2.imag == pytest.approx(0.00835, abs=5e-5)


def test_inertia_of_a_liquid_ball_is_kelvins() -> None:
    # published: k = (3 / 2) / (1 - w² / w2²) with w2² = (16 pi / 15) G rho; a lid of nothing, its thickness the error
    for lid_km in (1.0, 0.1):
        ball = Interior(
            (
                Layer("liquid", "liquid", 1000.0 - lid_km, 3000.0),
                Layer("lid", "solid", 1000.0, 3000.0, 1e-3, rheology="elastic"),
            ),
            orbit=Orbit(1e-5, 0.01),
        )
        added = inertia_k2(ball)
        assert added is not None
        expected = 1.5 * 1e-10 / (16.0 * np.pi / 15.0 * G * 3000.0)
        assert added.real == pytest.approx(expected, rel=30.0 * lid_km / 1000.0)


def test_inertia_of_an_ocean_is_left_to_the_ocean() -> None:
    ocean = Layer("ocean", "liquid", 1800.0, 3100.0)
    assert inertia_k2(dataclasses.replace(MIXED, layers=(*MIXED.layers[:3], ocean, MIXED.layers[3]))) is None
