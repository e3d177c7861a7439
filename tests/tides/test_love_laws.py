"""Laws of Love numbers and radial functions, for random bodies, and what is refused.

Authority: law; independent for the radial functions (the equations of Takeuchi & Saito 1972 as printed, by scipy).
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.tides.takeuchi_saito import slopes

from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.interior.rheology import complex_shear_modulus
from perijove.tides.love import love_numbers, love_numbers_batch, radial_functions

G = 6.6743e-11
FREQUENCY = 4.1086e-5
Bodies = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def apart(value: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(value / expected - 1.0).max())


@st.composite
def bodies(draw: st.DrawFn, *, softest: float = -3.0) -> Bodies:
    """Radii, densities, complex shear moduli and bulk moduli of two to five layers, liquid ones among them."""
    count = draw(st.integers(2, 5))
    numbers = st.floats(0.0, 1.0)
    thickness = np.array([0.01 + draw(numbers) for _ in range(count)])
    radius = np.cumsum(thickness) / thickness.sum() * 1.8e6
    density = np.cumsum([2500.0] + [50.0 + 1000.0 * draw(numbers) for _ in range(count - 1)])[::-1]
    shear, bulk = np.zeros(count, dtype=complex), np.full(count, np.inf)
    compressible = draw(st.booleans())
    for k in range(count):
        if k < count - 1 and draw(numbers) < 0.25:
            continue  # liquid
        low = 8.0 if compressible else softest  # softer compressible layers take long
        name = draw(st.sampled_from(["maxwell", "andrade", "newtonian"]))
        viscosity = 10.0 ** (low + (30.0 - low) * draw(numbers))
        shear[k] = complex_shear_modulus(name, 10.0 ** (9.0 + 2.0 * draw(numbers)), viscosity, FREQUENCY)
        if compressible and draw(st.booleans()):
            bulk[k] = 10.0 ** (10.0 + 2.0 * draw(numbers))
    return radius, density.copy(), shear, bulk


def cut(body: Bodies, pieces: int) -> Bodies:
    """The same body with every layer cut into several."""
    radius, density, shear, bulk = body
    floor = np.concatenate([[0.0], radius[:-1]])
    share = np.arange(1, pieces + 1) / pieces
    finer = (floor[:, None] + (radius - floor)[:, None] * share).ravel()
    finer[pieces - 1 :: pieces] = radius
    return finer, np.repeat(density, pieces), np.repeat(shear, pieces), np.repeat(bulk, pieces)


@settings(max_examples=60)
@given(body=bodies(softest=8.0), degree=st.integers(2, 60))
def test_cutting_layers_changes_nothing(body: Bodies, degree: int) -> None:
    whole, parts = (love_numbers_batch(*each, degree=degree, threads=1) for each in (body, cut(body, 10)))
    assert apart(parts.k, whole.k) < 1e-10
    assert apart(parts.h, whole.h) < 1e-10


@settings(max_examples=60)
@given(body=bodies(), degree=st.integers(2, 60))
def test_cutting_extreme_layers_changes_little(body: Bodies, degree: int) -> None:
    # Viscosities of 1e-3 to 1e30 Pa s next to each other: nine digits are what is promised.
    whole, parts = (love_numbers_batch(*each, degree=degree, threads=1) for each in (body, cut(body, 3)))
    assert apart(parts.k, whole.k) < 1e-9


@settings(max_examples=60)
@given(body=bodies(), degree=st.integers(2, 60))
def test_reciprocity_of_load_and_tide(body: Bodies, degree: int) -> None:
    tide, load = (love_numbers_batch(*body, degree=degree, load=load, threads=1) for load in (False, True))
    assert abs(load.k - (tide.k - tide.h)) <= 1e-9 * max(abs(tide.k), abs(tide.h))


@settings(max_examples=60)
@given(body=bodies())
def test_dissipation_delays(body: Bodies) -> None:
    love = love_numbers_batch(*body, threads=1)
    # Rounding: of a rigid body's k beside 1, and of Im k beside Re k.
    assert love.k.imag <= 1e-13 * abs(love.k)
    assert love.h.imag <= 1e-13 * abs(love.h)


@settings(max_examples=30)
@given(body=bodies(), size=st.floats(0.1, 10.0), weight=st.floats(0.1, 10.0))
def test_scaling(body: Bodies, size: float, weight: float) -> None:
    # Stresses go with density² radius².
    radius, density, shear, bulk = body
    stress = (size * weight) ** 2
    scaled = love_numbers_batch(size * radius, weight * density, stress * shear, stress * bulk, threads=1)
    assert apart(scaled.k, love_numbers_batch(*body, threads=1).k) < 1e-9


def io(bulk_modulus_pa: float | None = None, *, ocean: bool = False) -> Interior:
    """Io with a liquid core, and five or four layers of which one may be a magma ocean."""
    rock = {"bulk_modulus_pa": bulk_modulus_pa}
    return Interior(
        (
            Layer("core", "liquid", 965.0, 5150.0),
            Layer("mantle", "solid", 1400.0, 3300.0, shear_modulus_pa=6e10, viscosity_pa_s=1e20, **rock),
            Layer("upper mantle", "solid", 1591.6, 3250.0, shear_modulus_pa=6e10, viscosity_pa_s=1e16, **rock),
            Layer("ocean", "liquid", 1791.6, 3244.0)
            if ocean
            else Layer("asthenosphere", "solid", 1791.6, 3244.0, shear_modulus_pa=1e9, viscosity_pa_s=3.5e12, **rock),
            Layer("lithosphere", "solid", 1821.6, 3000.0, shear_modulus_pa=6.5e10, viscosity_pa_s=1e23, **rock),
        )
    )


def test_fast_tides_are_elastic_and_slow_ones_fluid() -> None:
    body = io()
    love = love_numbers(body, np.array([1e-26, 1e-24, 1.0, 1e3])).k
    assert love[2].real == pytest.approx(love[3].real, rel=1e-6)
    assert love[0].real == pytest.approx(love[1].real, rel=1e-6)
    radius = [layer.outer_radius_km * 1e3 for layer in body.layers]
    density = [layer.density_kg_m3 for layer in body.layers]
    elastic = love_numbers_batch(radius, density, [layer.shear_modulus_pa or 0.0 for layer in body.layers]).k
    fluid = love_numbers_batch(radius, density, [0.0, 0.0, 0.0, 0.0, 1e-3]).k
    assert love[3].real == pytest.approx(elastic.real, rel=1e-9)
    assert love[0].real == pytest.approx(fluid.real, rel=1e-5)


def test_incompressible_is_the_limit() -> None:
    stiff = love_numbers(io(1e22), FREQUENCY)
    assert apart(stiff.k, love_numbers(io(), FREQUENCY).k) < 1e-10


def takeuchi_saito(layer: Layer, gravity: Callable[[float], float], degree: int) -> Callable[..., np.ndarray]:
    """Right side of the six equations in a layer, SI."""
    rho, bulk = layer.density_kg_m3, layer.bulk_modulus_pa
    mu = complex_shear_modulus(layer.rheology, layer.shear_modulus_pa, layer.viscosity_pa_s, FREQUENCY)

    def slope(r: float, y: np.ndarray) -> np.ndarray:
        return slopes(r, y, density=rho, shear=mu, bulk=bulk, gravity=gravity(r), degree=degree)

    return slope


@pytest.mark.parametrize("degree", [2, 5])
@pytest.mark.parametrize("ocean", [False, True])
def test_radial_functions_solve_their_equations(degree: int, *, ocean: bool) -> None:
    body = io(1.2e11, ocean=ocean)
    bottom_km = 0.0
    for layer in body.layers:
        if not layer.is_liquid:
            # from just above the floor, where the radius counts to this layer, to the roof
            radii = np.array(
                [bottom_km * (1.0 + 1e-12), 0.5 * (bottom_km + layer.outer_radius_km), layer.outer_radius_km]
            )
            y = radial_functions(body, FREQUENCY, degree, radii_km=radii).y
            units = np.abs(y).max(axis=0)
            slope = takeuchi_saito(layer, lambda r: float(body.gravity_m_s2(min(r * 1e-3, body.radius_km))), degree)
            path = solve_ivp(
                lambda r, scaled: slope(r, scaled * units) / units,  # noqa: B023  # used within the turn
                (radii[0] * 1e3, radii[-1] * 1e3),
                y[0] / units,
                method="DOP853",
                t_eval=radii * 1e3,
                rtol=1e-12,
                atol=1e-14,
            )
            np.testing.assert_allclose(path.y.T, y / units, rtol=0.0, atol=1e-8)
        bottom_km = layer.outer_radius_km


@pytest.mark.parametrize("load", [False, True])
@pytest.mark.parametrize("bulk", [None, 1.2e11])
def test_radial_functions_at_the_boundaries(bulk: float | None, *, load: bool) -> None:
    body, degree = io(bulk, ocean=True), 3
    radius_m, gravity = body.radius_km * 1e3, body.surface_gravity_m_s2
    love = love_numbers(body, FREQUENCY, degree, load=load)
    above, below = 1.0 + 1e-13, 1.0
    places = [965.0 * above, 1400.0 * below, 1400.0 * above, 1591.6, 1591.6 * above, 1791.6, 1791.6 * above, 1821.6]
    y = radial_functions(body, FREQUENCY, degree, radii_km=places, load=load).y
    surface = y[-1]
    np.testing.assert_allclose(
        [surface[0] * gravity, surface[2] * gravity, surface[4]], [love.h, love.l, 1.0 + love.k], rtol=1e-13
    )
    weight = -gravity * (2.0 * degree + 1.0) / (4.0 * np.pi * G * radius_m) if load else 0.0
    assert abs(surface[1] - weight) < 1e-10 * np.abs(y[:-1, 1][~np.isnan(y[:-1, 1])]).max()
    assert abs(surface[3]) < 1e-10 * np.nanmax(np.abs(y[:, 3]))
    assert surface[5] == pytest.approx((2.0 * degree + 1.0) / radius_m, rel=1e-12)
    # Welded layers share everything; a liquid bears no shear and presses with the weight of its equipotential.
    np.testing.assert_allclose(y[2], y[1], rtol=1e-9)
    assert np.isnan(y[4, [0, 1, 2, 3, 5]]).all()
    for solid, liquid in ((3, 3244.0), (6, 3244.0), (0, 5150.0)):
        row, unit = y[solid], np.nanmax(np.abs(y[:, 1]))
        g = float(body.gravity_m_s2(places[solid]))
        assert abs(row[3]) < 1e-9 * unit
        assert abs(row[1] - liquid * (g * row[0] - row[4])) < 1e-9 * unit


def test_many_are_as_good_as_one() -> None:
    rng = np.random.default_rng(5)
    radius = np.array([965e3, 1400e3, 1591.6e3, 1791.6e3, 1821.6e3])
    density = np.array([5150.0, 3300.0, 3250.0, 3244.0, 3000.0])
    shear = 10.0 ** rng.uniform(7.0, 11.0, (3, 700, 5)) * (1.0 + 0.1j)
    shear[0, :, 0] = 0.0
    bulk = np.where(rng.random((700, 5)) < 0.5, np.inf, 1e11)
    many = love_numbers_batch(radius, density, shear, bulk, threads=2)
    assert many.k.shape == (3, 700)
    one_thread = love_numbers_batch(radius, density, shear, bulk, threads=1)
    np.testing.assert_array_equal(many.h, one_thread.h)
    alone = love_numbers_batch(radius, density, shear[2, 677], bulk[677])
    assert alone.l == many.l[2, 677]


def test_bodies_that_lose_their_digits() -> None:
    # A compressible solid of 1e-13 Pa folds into waves of metres, of which there would be too many.
    radius, density, bulk = [9e5, 1.7e6, 1.8e6], [5000.0, 3300.0, 3000.0], [1e11, 1e11, 1e11]
    shear = np.array([[0.0, 6e10, 6e10], [0.0, 1e-13, 6e10]])
    with pytest.raises(PrecisionError, match="1 of 2 bodies, the first of them number 1"):
        love_numbers_batch(radius, density, shear, bulk)
    kept = love_numbers_batch(radius, density, shear, bulk, keep_lost=True).k
    assert np.isfinite(kept[0])
    assert np.isnan(kept[1])


GOOD = {
    "radius_m": [9e5, 1.7e6, 1.8e6],
    "density_kg_m3": [5000.0, 3300.0, 3000.0],
    "shear_modulus_pa": [0.0, 6e10, 6e10],
    "bulk_modulus_pa": [1e11, 1e11, 1e11],
}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("radius_m", [9e5, 8e5, 1.8e6], "layer 1: radius 800000.0 m is not above 900000 m"),
        ("radius_m", [9e5, 9e5, 1.8e6], "layer 1: radius 900000.0 m is not above"),
        ("radius_m", [-9e5, 1.7e6, 1.8e6], "layer 0: radius -900000.0 m is not above 0 m"),
        ("radius_m", [9e5, np.nan, 1.8e6], "layer 1: radius nan"),
        ("radius_m", [9e5, 1.7e6, np.inf], "layer 2: radius inf"),
        ("density_kg_m3", [5000.0, 0.0, 3000.0], "layer 1: density 0.0 kg/m3 is not positive"),
        ("density_kg_m3", [5000.0, np.nan, 3000.0], "layer 1: density nan"),
        ("shear_modulus_pa", [0.0, 6e10, 0.0], "the outermost layer is liquid"),
        ("shear_modulus_pa", [0.0, -6e10, 6e10], "layer 1: shear modulus"),
        ("shear_modulus_pa", [0.0, 6e10 - 1j, 6e10], r"time goes with exp\(\+i omega t\)"),
        ("shear_modulus_pa", [0.0, np.nan, 6e10], "layer 1: shear modulus"),
        ("bulk_modulus_pa", [1e11, 0.0, 1e11], "layer 1: bulk modulus 0.0 Pa is not positive"),
        ("bulk_modulus_pa", [1e11, np.nan, 1e11], "layer 1: bulk modulus nan"),
        ("density_kg_m3", [5000.0, 3300.0], "shapes do not broadcast"),
        ("threads", 0, "threads 0"),
        ("degree", 0, "degree 0: is not a whole number from 2"),
        ("degree", 1, "degree 1: is not a whole number from 2"),
        ("degree", 2.5, "degree 2.5: is not a whole number"),
        ("degree", 2000, "degree 2000: is not a whole number from 2 to 1000"),
    ],
)
def test_bad_bodies(name: str, value: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        love_numbers_batch(**(GOOD | {name: value}))


@pytest.mark.parametrize("frequency", [0.0, -1e-5, np.nan, np.inf])
def test_bad_frequencies(frequency: float) -> None:
    with pytest.raises(InputError, match="frequency"):
        love_numbers(io(), frequency)
    with pytest.raises(InputError, match="frequency"):
        love_numbers(io(), np.array([1e-5, frequency]))


@pytest.mark.parametrize("radius_km", [0.0, -1.0, 1822.0, np.nan])
def test_bad_radii(radius_km: float) -> None:
    with pytest.raises(InputError, match="radii_km"):
        radial_functions(io(), FREQUENCY, radii_km=[1000.0, radius_km])


def test_radial_functions_take_one_frequency() -> None:
    with pytest.raises(InputError, match="one frequency"):
        radial_functions(io(), np.array([1e-5, 2e-5]), radii_km=[1000.0])  # type: ignore[arg-type]
