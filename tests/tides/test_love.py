"""Love numbers against published values, other codes and closed formulas.

Authority: published (Steinke et al. 2020 as printed by other codes), independent
(builders/love_number_references.py: the equations of Takeuchi & Saito in many digits, and TidalPy 0.8.1), law for
the homogeneous sphere.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.interior.rheology import RHEOLOGIES, complex_shear_modulus
from perijove.tides.love import love_numbers, love_numbers_batch

CASES = json.loads((Path(__file__).parents[1] / "reference" / "love_numbers.json").read_text(encoding="utf-8"))["cases"]
G = 6.6743e-11


def interior(model: dict, bulk_modulus_pa: float | None = None) -> Interior:
    """Interior from the published layout."""
    core = model["fluid_core"]
    layers = [Layer("core", "liquid", core["radius_m"] * 1e-3, core["density"])]
    layers += [
        Layer(
            f"layer {k}",
            "solid",
            shell["outer_radius_m"] * 1e-3,
            shell["density"],
            shear_modulus_pa=shell["shear_modulus_Pa"],
            bulk_modulus_pa=bulk_modulus_pa,
            viscosity_pa_s=shell["viscosity_Pa_s"],
        )
        for k, shell in enumerate(model["layers"])
    ]
    return Interior(tuple(layers))


@pytest.fixture
def published(data_dir: Path) -> dict:
    return json.loads((data_dir / "tides" / "io_reference_love_numbers.json").read_text(encoding="utf-8"))


def apart(value: complex, expected: complex) -> float:
    return abs(value / expected - 1.0)


@pytest.mark.data
def test_five_layer_io(published: dict) -> None:
    model = published["IO5"]
    love = love_numbers(interior(model), model["omega"])
    assert apart(love.k, complex(*model["k2_published"])) <= 3e-7
    # h2 is printed with seven digits
    expected = complex(*model["h2_published"])
    assert abs(love.h.real - expected.real) <= 0.5e-7
    assert abs(love.h.imag - expected.imag) <= 0.5e-7


@pytest.mark.data
def test_peak_of_five_layer_io(published: dict) -> None:
    peak = published["IO5"]["sweep_peak"]
    frequency = np.geomspace(1e-7, 1e-3, 1000)
    loss = -love_numbers(interior(published["IO5"]), frequency).k.imag
    assert loss.max() == pytest.approx(peak["minus_im_k2"], abs=0.5e-8)
    assert frequency[loss.argmax()] == pytest.approx(peak["omega"], abs=0.5e-10)


@pytest.mark.data
@pytest.mark.parametrize("name", ["A_Steinke2020_asthenosphere", "B_Steinke2020_mixed"])
def test_steinke_2020(published: dict, name: str) -> None:
    model = published[name]
    expected = complex(*model["k2_published"])
    # The published code is compressible, with a bulk modulus of 2e14 Pa, and that shows at 3e-5.
    assert apart(love_numbers(interior(model), model["omega"]).k, expected) <= 3e-5
    assert apart(love_numbers(interior(model, 2e14), model["omega"]).k, expected) <= 1e-9


def solve(case: dict, *, load: bool) -> np.ndarray:
    """k, h, l of a row of the reference table."""
    bulk = [np.inf if x is None else x for x in case["bulk_pa"]]
    shear = [complex(*x) for x in case["shear_pa"]]
    love = love_numbers_batch(
        case["radius_m"], case["density_kg_m3"], shear, bulk, degree=case["degree"], load=load, threads=1
    )
    return np.array([love.k, love.h, love.l])


@pytest.mark.parametrize("load", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_against_series_of_many_digits(name: str, *, load: bool) -> None:
    expected = np.array(CASES[name]["series"][int(load)]) @ [1.0, 1.0j]
    np.testing.assert_allclose(solve(CASES[name], load=load), expected, rtol=3e-12)


@pytest.mark.parametrize("load", [False, True])
@pytest.mark.parametrize("name", [name for name in CASES if "tidalpy" in CASES[name]])
def test_against_tidalpy(name: str, *, load: bool) -> None:
    expected = np.array(CASES[name]["tidalpy"][int(load)]) @ [1.0, 1.0j]
    # TidalPy's tolerance of 1e-12 is one of each of its many steps
    np.testing.assert_allclose(solve(CASES[name], load=load), expected, rtol=1e-10)


@pytest.mark.parametrize("degree", range(2, 11))
@pytest.mark.parametrize("name", RHEOLOGIES)
def test_homogeneous_sphere(name: str, degree: int) -> None:
    radius_m, density, frequency = 1821.6e3, 3528.0, 4.1086e-5
    layer = Layer("all", "solid", radius_m * 1e-3, density, shear_modulus_pa=6e10, viscosity_pa_s=1e15, rheology=name)
    love = love_numbers(Interior((layer,)), frequency, degree)
    weight = 4.0 / 3.0 * np.pi * G * density**2 * radius_m**2
    rigidity = complex_shear_modulus(name, 6e10, 1e15, frequency) / weight
    # Love 1911; Munk & MacDonald 1960, equation 5.6.1
    potential = 1.5 / (degree - 1.0) / (1.0 + (2.0 * degree**2 + 4.0 * degree + 3.0) / degree * rigidity)
    expected = np.array([1.0, (2.0 * degree + 1.0) / 3.0, 1.0 / degree]) * potential
    np.testing.assert_allclose([love.k, love.h, love.l], expected, rtol=1e-12)


def test_fluid_core_under_a_rigid_mantle() -> None:
    # Nothing moves, whatever the core does.
    love = love_numbers_batch([1e6, 1.8e6], [5150.0, 3300.0], [0.0, 1e26j])
    assert abs(love.k) < 1e-14


def test_fluid_limit_of_two_layers() -> None:
    # Two liquids of densities 2 and 1 and radii 1/2 and 1, but for a crust with no strength to speak of: both surfaces
    # follow their equipotentials, which are two linear equations for their heights.
    radius, density = np.array([0.5, 1.0]), np.array([2.0, 1.0])
    degree = 2.0
    drop = np.array([1.0, 1.0])
    mass = np.cumsum(density / 3.0 * np.diff(radius**3, prepend=0.0))
    gravity = mass / radius**2
    matrix = np.diag(gravity).astype(float)
    for i, here in enumerate(radius):
        for j, there in enumerate(radius):
            near, far = min(here, there), max(here, there)
            # potential at `here` of a bulge of height 1 at `there`, in units of 4 pi G
            inside = (
                (near / far) ** degree * there**2 / far if here <= there else (there / here) ** (degree + 1.0) * there
            )
            matrix[i, j] -= drop[j] * inside / (2.0 * degree + 1.0)
    height = np.linalg.solve(matrix, radius**degree)
    size, unit = 1.8e6, 3000.0
    love = love_numbers_batch(np.array([0.5, 0.999999, 1.0]) * size, np.array([2.0, 1.0, 1.0]) * unit, [0.0, 0.0, 1e-6])
    assert love.h.real == pytest.approx(height[1] * gravity[1], rel=1e-12)
    assert love.k.real == pytest.approx(height[1] * gravity[1] - 1.0, rel=1e-12)


def test_layers_that_differ_in_nothing() -> None:
    # An elastic body of one material, named as five.
    radius = np.linspace(0.2, 1.0, 5) * 1.8e6
    many = love_numbers_batch(radius, np.full(5, 3500.0), np.full(5, 5e10), np.full(5, 1e11))
    one = love_numbers_batch(radius[-1:], [3500.0], [5e10], [1e11])
    assert apart(many.k, one.k) < 1e-13
