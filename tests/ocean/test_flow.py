"""Tides in a global ocean against other ways to the same answer, and the laws they obey.

Authority, by test: published; independent (the momentum equations by finite differences, a viscous solid in the
Love-number code); law.
"""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ocean.oceans import FREQUENCY, RADIUS_KM, TILTED, bare, io, magma_drag, open_ocean

from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.interior.families import FAMILIES, with_magma_ocean
from perijove.interior.layers import IO_ORBIT, Layer, Orbit
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.flow import ORDERS, OceanTide, forcing_by_order, magma_ocean_tide, ocean_tide, ocean_tides
from perijove.ocean.layer import ocean_layer
from perijove.ocean.moving import has_moving_ocean, moving_k2
from perijove.tides.heating import tidal_heating
from perijove.tides.love import love_numbers
from perijove.tides.potential import TidalPotential
from perijove.tides.surface_harmonics import harmonic_basis

WEST, EAST, ZONAL = ORDERS.index(2), ORDERS.index(-2), ORDERS.index(0)


def pressure_on_sphere(tide: OceanTide, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """P by the harmonics of the flow, at points of equal shape."""
    square, frequency = tide.ocean.free_frequency_squared, tide.ocean.potential.angular_frequency_rad_s
    largest = tide.flow_m2_s.shape[1] - 1
    basis = harmonic_basis(largest, lat, 0.0)[0]
    total = np.zeros(lat.shape, dtype=complex)
    for number, order in enumerate(ORDERS):
        by_degree = square[: largest + 1] / (1j * frequency) * tide.flow_m2_s[number]
        by_degree[1::2] = 0.0
        by_degree[2] -= tide.ocean.felt_share * tide.forcing_m2_s2[number]
        table = basis[:, abs(order)] / (math.sqrt(2.0) if order else 1.0)
        total += np.einsum("l,l...->...", by_degree, table) * np.exp(1j * order * np.radians(lon))
    return total


@pytest.mark.parametrize("drag", [3e-6 + 2e-6j, 2e-4])
def test_flow_obeys_momentum_and_mass(drag: complex) -> None:
    # independent: both equations at points of the sphere, with gradients by central differences of 1e-3 rad, which err
    # by a sixth of 1e-6 times third derivatives of degree up to about 8
    tide = ocean_tide(io(1.5, orbit=TILTED), drag_per_s=drag)
    roof_m, step = tide.ocean.roof_radius_km * 1e3, 1e-3
    step_deg = math.degrees(step)
    lat, lon = np.array([-71.0, -30.0, 4.0, 25.0, 62.0]), np.array([-160.0, -33.0, 10.0, 77.0, 141.0])
    grid_lat, grid_lon = np.meshgrid(lat, lon, indexing="ij")
    east, north = tide.velocity_m_s(lat, lon)

    def slopes(function: object) -> tuple[np.ndarray, np.ndarray]:
        along = (function(grid_lat, grid_lon + step_deg) - function(grid_lat, grid_lon - step_deg)) / (2 * step)  # type: ignore[operator]
        up = (function(grid_lat + step_deg, grid_lon) - function(grid_lat - step_deg, grid_lon)) / (2 * step)  # type: ignore[operator]
        return along / (roof_m * np.cos(np.radians(grid_lat))), up / roof_m

    push_east, push_north = slopes(lambda a, b: -pressure_on_sphere(tide, a, b))
    turn = 2.0 * FREQUENCY * np.sin(np.radians(grid_lat))
    carried = 1j * FREQUENCY + drag
    size = np.abs(push_north).max()
    np.testing.assert_allclose(carried * east - turn * north, push_east, atol=3e-5 * size, rtol=0.0)
    np.testing.assert_allclose(carried * north + turn * east, push_north, atol=3e-5 * size, rtol=0.0)
    # the divergence of the flow through the depth is what the pressure thickens, with the tide's own share
    cosine = np.cos(np.radians(grid_lat))

    def eastward(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array(
            [
                [tide.velocity_m_s([x], [y])[0, 0, 0] for x, y in zip(*row, strict=True)]
                for row in zip(a, b, strict=True)
            ]
        )

    def northward(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array(
            [
                [tide.velocity_m_s([x], [y])[1, 0, 0] * math.cos(math.radians(x)) for x, y in zip(*row, strict=True)]
                for row in zip(a, b, strict=True)
            ]
        )

    spreading = slopes(eastward)[0] + slopes(northward)[1] / cosine
    largest = tide.flow_m2_s.shape[1] - 1
    basis, thicker = harmonic_basis(largest, grid_lat, 0.0)[0], np.zeros(grid_lat.shape, dtype=complex)
    square, compliance = tide.ocean.free_frequency_squared, tide.ocean.compliance_s2_m
    for number, order in enumerate(ORDERS):
        even = np.arange(2, largest + 1, 2)
        pressure = square[even] / (1j * FREQUENCY) * tide.flow_m2_s[number, even]
        pressure[0] -= tide.ocean.felt_share * tide.forcing_m2_s2[number]
        swelling = compliance[even] * pressure
        swelling[0] += tide.ocean.lift_s2_m * tide.forcing_m2_s2[number]
        table = basis[even, abs(order)] / (math.sqrt(2.0) if order else 1.0)
        thicker += np.einsum("l,l...->...", swelling, table) * np.exp(1j * order * np.radians(grid_lon))
    flux = -1j * FREQUENCY * thicker / (tide.ocean.thickness_km * 1e3)
    np.testing.assert_allclose(spreading, flux, atol=3e-5 * np.abs(flux).max(), rtol=0.0)


@settings(max_examples=40)
@given(
    st.floats(-2.0, 2.3),
    st.floats(5.0, 300.0),
    st.floats(-8.0, 2.0),
    st.floats(-1.0, 1.0),
    st.floats(-1.0, 1.0),
)
def test_what_the_tide_puts_in_friction_takes_out(
    log_thickness: float, lid_km: float, log_drag: float, inertia: float, obliquity_deg: float
) -> None:
    orbit = dataclasses.replace(IO_ORBIT, obliquity_deg=obliquity_deg, pericentre_argument_deg=70.0)
    body = io(10.0**log_thickness, lid_km=lid_km, orbit=orbit, elastic=True)
    tide = ocean_tide(body, drag_per_s=FREQUENCY * complex(10.0**log_drag, inertia))
    # With little drag the lag is a small part of k2, and that is what rounding is measured by.
    rounding = 1e-13 * orbit_power(body, abs(tide.k2)) + 1e-10 * tide.power_w
    assert abs(tide.total_power_w - tide.power_w) < rounding
    assert tide.flux_w_m2.mean * 4.0 * math.pi * (RADIUS_KM * 1e3) ** 2 == pytest.approx(tide.power_w, rel=1e-10)


def orbit_power(body: Interior, k2: float) -> float:
    return TidalPotential.of(body).dissipated_power_w(complex(0.0, -k2), radius_km=body.radius_km)


@settings(max_examples=30)
@given(st.floats(-1.5, 2.3), st.floats(5.0, 300.0), st.floats(-6.0, 3.0))
def test_rock_never_gives_heat_back(log_thickness: float, lid_km: float, log_drag: float) -> None:
    body = io(10.0**log_thickness, lid_km=lid_km)
    tide = ocean_tide(body, drag_per_s=FREQUENCY * 10.0**log_drag)
    assert tide.solid_power_w > 0.0
    assert tide.k2.imag < 0.0


def test_deep_oceans_come_to_rest() -> None:
    # law: P goes with one over the thickness, and what is left is the static liquid of the Love-number code; as drag is
    # held and the compliance too, ten times the thickness is a tenth of the difference, the more closely the deeper
    layer = ocean_layer(io(20.0))
    assert layer.static_k2 == complex(love_numbers(io(20.0), FREQUENCY).k)
    k2, power = ocean_tides(layer, thickness_km=[1e3, 1e4, 1e5, 1e6], drag_per_s=1e-7)
    apart = k2 - layer.static_k2
    for number, error in enumerate((2e-2, 2e-3, 2e-4)):
        assert apart[number] / apart[number + 1] == pytest.approx(10.0, rel=error)
        assert power[number] / power[number + 1] == pytest.approx(10.0, rel=2.0 * error)


def test_rock_under_an_ocean_at_rest_is_heated_as_the_static_code_says() -> None:
    body = io(20.0)
    still = dataclasses.replace(ocean_layer(body), thickness_km=1e9)
    tide = ocean_tide(still, drag_per_s=1e-7)
    assert tide.solid_power_w == pytest.approx(tidal_heating(body).power_w, rel=1e-5)


@pytest.mark.parametrize("thickness_km", [0.03, 0.3, 3.0])
def test_thick_magma_is_a_soft_solid(thickness_km: float) -> None:
    # independent: where drag beats inertia and rotation, a thin viscous liquid is the Newtonian solid of the
    # Love-number code; what is left goes with the thickness (1 km is 1 / 1800 of the radius, 1 / 50 of the lid's), but
    # for 1e-4 of the heat that floor and roof make by moving sideways against each other
    body = io(thickness_km)
    layers, liquid = list(body.layers), body.layers[2]
    viscosity = 1000.0 * FREQUENCY * liquid.density_kg_m3 * (1e3 * thickness_km) ** 2 / 12.0
    layers[2] = Layer(
        "magma", "solid", liquid.outer_radius_km, liquid.density_kg_m3, viscosity_pa_s=viscosity, rheology="newtonian"
    )
    solid = tidal_heating(dataclasses.replace(body, layers=tuple(layers)))
    tide = ocean_tide(body, drag_per_s=magma_drag(body, viscosity))
    assert abs(tide.k2 - complex(solid.love.k)) < 2e-3 * thickness_km * abs(tide.k2)
    assert tide.power_w == pytest.approx(float(solid.layer_power_w[2]), rel=2e-4 + 8e-4 * thickness_km)


def test_without_rotation_each_order_answers_like_a_pendulum() -> None:
    # law: P = felt share W w² / (w_2² - w² + i w alpha) (1 - i alpha / w) for a spring, a mass and a damper
    layer = bare(0.7, orbit=TILTED, rotation=0.0)
    drag = 2e-5
    tide = ocean_tide(layer, drag_per_s=drag)
    square = layer.free_frequency_squared[2]
    expected = (FREQUENCY**2 - 1j * FREQUENCY * drag) / (square - FREQUENCY**2 + 1j * FREQUENCY * drag)
    np.testing.assert_allclose(tide.pressure_m2_s2, expected * tide.forcing_m2_s2, rtol=1e-12)
    assert np.abs(tide.flow_m2_s[:, 1::2]).max() == 0.0


def test_looking_from_below_swaps_east_and_west() -> None:
    layer, back = bare(1.0, orbit=TILTED), bare(1.0, orbit=TILTED, rotation=-FREQUENCY)
    one, other = (ocean_tide(x, drag_per_s=1e-5) for x in (layer, back))
    np.testing.assert_allclose(other.k2_by_order, one.k2_by_order[::-1], rtol=1e-12)


def test_forcing_has_the_tides_mean_square() -> None:
    body = io(1.0, orbit=TILTED)
    potential = TidalPotential.of(body)
    forcing = forcing_by_order(potential)
    assert np.sum(np.abs(forcing) ** 2) == pytest.approx(potential.mean_square_m4_s4, rel=1e-14)
    lat, lon = np.array([10.0, -50.0, 77.0]), np.array([20.0, 130.0, -75.0])
    basis = harmonic_basis(2, lat, 0.0)[0]
    total = sum(
        part * basis[2, abs(m)] / (math.sqrt(2.0) if m else 1.0) * np.exp(1j * m * np.radians(lon))
        for m, part in zip(ORDERS, forcing, strict=True)
    )
    np.testing.assert_allclose(total, potential.amplitude_m2_s2(lat, lon), rtol=1e-13)
    # of the eccentricity tide 7 : 1 of the amplitude travels east
    plain = np.abs(forcing_by_order(TidalPotential.of(io(1.0))))
    assert plain[EAST] / plain[WEST] == pytest.approx(7.0, rel=1e-12)


def europa(
    obliquity_deg: float, eccentricity: float, thickness_km: float = 100.0, radius_km: float = 1565.0
) -> OceanTide:
    orbit = Orbit(2.0 * math.pi / (3.551181 * 86400.0), eccentricity, obliquity_deg)
    density = 3202.71e9 / G / (4.0 / 3.0 * math.pi * (radius_km * 1e3) ** 3)
    ball = Interior((Layer("ice and rock", "solid", radius_km, density, 1e11, rheology="elastic"),), orbit=orbit)
    layer = open_ocean(
        TidalPotential.of(ball),
        radius_km=radius_km,
        thickness_km=thickness_km,
        density_kg_m3=0.0,
        mean_density_kg_m3=density,
    )
    return ocean_tide(dataclasses.replace(layer, density_kg_m3=1000.0), drag_per_s=1e-12)


def test_europas_obliquity_tide_is_tylers() -> None:
    # published: Tyler 2008, doi:10.1038/nature07571: 7.3e18 J, "two thousand times" that of the eccentricity tide, for
    # 0.1 deg and 100 km. It goes with the fourth power of a radius that was given as 1561 to 1569 km then: 2 %.
    tide = europa(0.1, 0.0)
    assert tide.kinetic_energy_j == pytest.approx(7.3e18, rel=0.02)
    assert 1500.0 < tide.kinetic_energy_j / europa(0.0, 0.0094).kinetic_energy_j < 2500.0
    # law: the Rossby wave of degree 1 alone, at whatever thickness: mean u² = 3/2 (W R i)²
    speed = math.sqrt(1.5) * tide.ocean.rotation_rad_s * 1565e3 * math.radians(0.1)
    assert europa(0.1, 0.0, 50.0).rms_speed_m_s == pytest.approx(speed, rel=5e-3)


def test_thin_magma_oceans_hide_from_k2_and_heat_at_low_latitudes() -> None:
    # published: Ayguen & Cadek 2024, doi:10.1029/2023GL107869 (3-D Navier-Stokes), abstract: heating is largest for a
    # thickness of about 1 km at viscosities below 1e4 Pa s; above 2 km k2 is about 0.7 and tells of the ocean, k20 less
    # than k22; below it may not
    layer = ocean_layer(with_magma_ocean(ocean_thickness_km=1.0), degree=64)
    thickness = np.geomspace(0.1, 30.0, 120)
    for viscosity, highest in ((1e2, 1.2), (3e3, 1.5)):
        drag = viscous_drag_per_s(
            viscosity, density_kg_m3=layer.density_kg_m3, thickness_km=thickness, frequency_rad_s=FREQUENCY
        )
        _, power = ocean_tides(layer, thickness_km=thickness, drag_per_s=drag)
        assert 0.7 < thickness[power.argmax()] < highest
        assert power.max() > 10.0 * IO_HEAT_FLOW_VEEDER_1994_W
    deep = with_magma_ocean(ocean_thickness_km=10.0)
    tide = ocean_tide(deep, drag_per_s=magma_drag(deep, 1e4))
    zonal, east = tide.k2_by_order[ZONAL].real, tide.k2_by_order[EAST].real
    assert 0.6 < zonal < 0.75 < east < 0.85
    thin = with_magma_ocean(ocean_thickness_km=0.5)
    hidden = ocean_tide(thin, drag_per_s=magma_drag(thin, 1e6))
    assert hidden.k2.real < 0.1 < hidden.ocean.static_k2.real
    _, lat, _ = tide.flux_w_m2.extremum(largest=True)
    assert abs(lat) < 30.0


def test_thickness_changes_as_pressure_and_tide_say() -> None:
    # law: with one degree only, the root mean square of lift W + compliance P
    tide = ocean_tide(bare(0.7, orbit=TILTED, rotation=0.0), drag_per_s=2e-5)
    swelling = tide.ocean.lift_s2_m * tide.forcing_m2_s2 + tide.ocean.compliance_s2_m[2] * tide.pressure_m2_s2
    assert tide.rms_thickening_m == pytest.approx(math.sqrt(0.5 * np.sum(np.abs(swelling) ** 2)), rel=1e-12)


def test_many_are_as_one() -> None:
    layer = ocean_layer(io(1.0, orbit=TILTED), degree=64)
    thickness, drag = np.array([[0.2], [3.0]]), np.array([1e-6, 3e-5 + 1e-5j, 1e-2])
    k2, power = ocean_tides(layer, thickness_km=thickness, drag_per_s=drag)
    for i in range(2):
        for j in range(3):
            one = ocean_tide(dataclasses.replace(layer, thickness_km=float(thickness[i, 0])), drag_per_s=drag[j])
            assert k2[i, j] == pytest.approx(one.k2, rel=1e-12)
            assert power[i, j] == pytest.approx(one.power_w, rel=1e-12)


def test_more_degrees_change_nothing() -> None:
    body = io(0.3, orbit=TILTED)
    few, many = (ocean_tide(ocean_layer(body, degree=n), drag_per_s=1e-6) for n in (64, 128))
    assert few.k2 == pytest.approx(many.k2, rel=1e-12)
    assert few.power_w == pytest.approx(many.power_w, rel=1e-12)


def test_heat_map_is_the_square_of_the_flow() -> None:
    tide = ocean_tide(io(1.0, orbit=TILTED), drag_per_s=1e-5)
    lat, lon = np.array([-63.0, 0.0, 41.0]), np.array([-170.0, 12.0, 99.0])
    speed_squared = np.sum(np.abs(tide.velocity_m_s(lat, lon)) ** 2, axis=0)
    share = (tide.ocean.roof_radius_km / RADIUS_KM) ** 2
    expected = 0.5 * 1e-5 * tide.ocean.density_kg_m3 * 1e3 * share * speed_squared
    np.testing.assert_allclose(tide.flux_w_m2.on_grid(lat, lon), expected, rtol=1e-10)


def test_an_eccentric_orbit_heats_north_and_south_alike() -> None:
    flux = ocean_tide(io(1.0), drag_per_s=1e-5).flux_w_m2
    lat, lon = np.linspace(0.0, 90.0, 10), np.linspace(-180.0, 180.0, 25)
    np.testing.assert_allclose(flux.on_grid(lat, lon), flux.on_grid(-lat, lon), rtol=1e-9, atol=1e-9 * flux.mean)
    np.testing.assert_allclose(flux.on_grid(lat, lon), flux.on_grid(lat, lon + 180.0), rtol=1e-9, atol=1e-9 * flux.mean)


def test_bad_input_is_refused() -> None:
    solid = Interior(
        (Layer("core", "liquid", 965.0, 5150.0), Layer("rock", "solid", RADIUS_KM, 3300.0, 6e10, viscosity_pa_s=1e20))
    )
    with pytest.raises(InputError, match="no liquid layer that rests on a solid one"):
        ocean_tide(solid, drag_per_s=1e-5)
    for drag in (0.0, -1e-5, math.nan, math.inf, 1j):
        with pytest.raises(InputError, match="drag_per_s"):
            ocean_tide(io(1.0), drag_per_s=drag)
    with pytest.raises(InputError, match="raises no tide"):
        ocean_tide(bare(1.0, orbit=Orbit(FREQUENCY, 0.0)), drag_per_s=1e-5)
    with pytest.raises(InputError, match="thickness_km, drag_per_s"):
        ocean_tides(bare(1.0), thickness_km=[1.0, -1.0], drag_per_s=1e-5)


def test_too_few_degrees_are_an_error_and_no_number() -> None:
    with pytest.raises(PrecisionError, match="higher degree"):
        ocean_tide(bare(1e-3, degree=8), drag_per_s=1e-8)
    with pytest.raises(PrecisionError, match="higher degree"):
        ocean_tides(bare(1e-3, degree=8), thickness_km=1e-3, drag_per_s=1e-8)


def test_many_oceans_flow_as_one_does() -> None:
    rng = np.random.default_rng(4)
    given_ = {
        "ocean_thickness_km": np.exp(rng.uniform(np.log(2.0), np.log(200.0), 12)),
        "ocean_depth_km": rng.uniform(10.0, 300.0, 12),
        "magma_viscosity_pa_s": np.exp(rng.uniform(0.0, np.log(1e8), 12)),
    }
    oceans = FAMILIES["magma-ocean"].members(given_)
    alone = []
    for k in range(12):
        own = {name: float(values[k]) for name, values in given_.items() if name != "magma_viscosity_pa_s"}
        alone.append(magma_ocean_tide(with_magma_ocean(**own), float(given_["magma_viscosity_pa_s"][k])).k2)
    assert has_moving_ocean(oceans)
    assert moving_k2(oceans) == pytest.approx(np.array(alone), rel=1e-9)


def test_oceans_that_cannot_flow_are_told_apart() -> None:
    family = FAMILIES["magma-ocean"]
    assert not has_moving_ocean(family.members({}))
    assert not has_moving_ocean(FAMILIES["partially-molten"].members({}))
    mixed = family.members({"ocean_depth_km": [50.0, 1700.0], "magma_viscosity_pa_s": 1.0})
    assert np.isnan(moving_k2(mixed)).tolist() == [False, True]
    assert np.isnan(moving_k2(family.members({"ocean_depth_km": 1700.0, "magma_viscosity_pa_s": 1.0}))).all()
    with pytest.raises(InputError, match="no liquid layer rests"):
        moving_k2(FAMILIES["partially-molten"].members({}))
    with pytest.raises(InputError, match="same orbit"):
        moving_k2(family.members({"magma_viscosity_pa_s": 1.0}).with_orbit_values("eccentricity", 0.01))
