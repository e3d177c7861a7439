"""Interiors against the laws of hydrostatics and what their builders refuse.

Authority: law. Closed forms of a homogeneous sphere, numerical integration, and invariance against cutting a layer.
"""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from perijove.bodies.galilean import IO_GM_JUP365_KM3_S2
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.layers import IO_ORBIT, Layer, Orbit
from perijove.interior.models import MODELS

ROCK = Layer("rock", "solid", 1821.6, 3528.0, shear_modulus_pa=6e10, viscosity_pa_s=1e16)
BALL = Interior((ROCK,))


def shells(radii_km: list[float], densities: list[float]) -> Interior:
    """Solid shells of one rock."""
    return Interior(
        tuple(
            dataclasses.replace(ROCK, name=f"shell {i}", outer_radius_km=radius, density_kg_m3=density)
            for i, (radius, density) in enumerate(zip(radii_km, densities, strict=True))
        )
    )


@st.composite
def layered(draw: st.DrawFn) -> Interior:
    """One to five shells."""
    count = draw(st.integers(1, 5))
    steps = draw(st.lists(st.floats(1.0, 600.0), min_size=count, max_size=count))
    densities = draw(st.lists(st.floats(500.0, 9000.0), min_size=count, max_size=count))
    return shells(list(np.cumsum(steps)), densities)


def test_homogeneous_sphere_has_closed_forms() -> None:
    rho, radius_m = ROCK.density_kg_m3, 1e3 * ROCK.outer_radius_km
    assert BALL.moment_of_inertia_factor == pytest.approx(0.4, rel=1e-15)
    assert BALL.mean_density_kg_m3 == pytest.approx(rho, rel=1e-15)
    assert BALL.surface_gravity_m_s2 == pytest.approx(4.0 / 3.0 * np.pi * G * rho * radius_m, rel=1e-14)
    assert BALL.pressure_pa(0.0) == pytest.approx(2.0 / 3.0 * np.pi * G * (rho * radius_m) ** 2, rel=1e-14)
    radii = np.linspace(0.0, BALL.radius_km, 7)
    assert BALL.gravity_m_s2(radii) == pytest.approx(BALL.surface_gravity_m_s2 * radii / BALL.radius_km, rel=1e-14)


@settings(max_examples=40)
@given(interior=layered())
def test_profiles_integrate(interior: Interior) -> None:
    radius_km = interior.radius_km
    cuts = list(interior.bounds_km[1:-1]) or None

    def weight(r_km: float) -> float:
        return float(interior.gravity_m_s2(r_km) * interior.densities_kg_m3[interior.layer_index(r_km)]) * 1e3

    centre, _ = quad(weight, 0.0, radius_km, points=cuts, epsrel=1e-10, limit=200)
    assert interior.pressure_pa(0.0) == pytest.approx(centre, rel=1e-8)
    assert interior.pressure_pa(radius_km) == pytest.approx(0.0, abs=1e-9 * centre)
    assert interior.enclosed_mass_kg(radius_km) == pytest.approx(interior.mass_kg, rel=1e-13)

    def inertia(r_km: float) -> float:
        return 8.0 / 3.0 * np.pi * float(interior.densities_kg_m3[interior.layer_index(r_km)]) * r_km**4 * 1e15

    whole, _ = quad(inertia, 0.0, radius_km, points=cuts, epsrel=1e-10, limit=200)
    factor = whole / (interior.mass_kg * (radius_km * 1e3) ** 2)
    assert interior.moment_of_inertia_factor == pytest.approx(factor, rel=1e-8)


@given(interior=layered(), where=st.floats(0.1, 0.9))
def test_cutting_a_layer_changes_nothing(interior: Interior, where: float) -> None:
    low, high = interior.bounds_km[-2:]
    cut = dataclasses.replace(interior.layers[-1], outer_radius_km=low + where * (high - low))
    finer = Interior((*interior.layers[:-1], cut, interior.layers[-1]))
    radii = np.linspace(0.0, interior.radius_km, 11)
    assert finer.mass_kg == pytest.approx(interior.mass_kg, rel=1e-13)
    assert finer.moment_of_inertia_factor == pytest.approx(interior.moment_of_inertia_factor, rel=1e-12)
    assert finer.pressure_pa(radii) == pytest.approx(interior.pressure_pa(radii), rel=1e-10, abs=1e-3)


def test_published_models_have_the_mass_of_io() -> None:
    for name, interior in MODELS.items():
        # Density rounded to 1 kg/m3 of 3244: 3e-4.
        assert interior.mass_kg * G * 1e-9 == pytest.approx(IO_GM_JUP365_KM3_S2, rel=5e-4), name


SPOILT = {
    "state": {"state": "plasma"},
    "radius zero": {"outer_radius_km": 0.0},
    "radius negative": {"outer_radius_km": -3.0},
    "radius NaN": {"outer_radius_km": math.nan},
    "radius in metres": {"outer_radius_km": 1821600.0},
    "radius true": {"outer_radius_km": True},
    "density zero": {"density_kg_m3": 0.0},
    "density infinite": {"density_kg_m3": math.inf},
    "density text": {"density_kg_m3": "3244"},
    "rigidity zero": {"shear_modulus_pa": 0.0},
    "rigidity missing": {"shear_modulus_pa": None},
    "bulk modulus negative": {"bulk_modulus_pa": -1.0},
    "viscosity zero": {"viscosity_pa_s": 0.0},
    "viscosity infinite": {"viscosity_pa_s": math.inf},
    "viscosity missing": {"viscosity_pa_s": None},
    "rheology unknown": {"rheology": "jelly"},
    "parameter unknown": {"rheology_parameters": {"alpha": 0.3}},
    "parameter text": {"rheology": "andrade", "rheology_parameters": {"alpha": "0.3"}},
    "parameter in a liquid": {"state": "liquid", "rheology_parameters": {"alpha": 0.3}},
    "parameter NaN": {"rheology": "andrade", "rheology_parameters": {"alpha": math.nan}},
}


@pytest.mark.parametrize("changes", SPOILT.values(), ids=SPOILT)
def test_spoilt_layers_are_refused_in_one_line(changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"^layer 'rock': [^\n]+$"):
        dataclasses.replace(ROCK, **changes)  # type: ignore[arg-type]


def test_elastic_layers_need_no_viscosity() -> None:
    assert dataclasses.replace(ROCK, rheology="elastic", viscosity_pa_s=None).viscosity_pa_s is None


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((), "no layers"),
        ((ROCK, ROCK), "not above 'rock'"),
        ((ROCK, dataclasses.replace(ROCK, outer_radius_km=1800.0)), "from the centre outwards"),
        ((ROCK, Layer("sea", "liquid", 1900.0, 1000.0)), "outermost layer 'sea' is liquid"),
    ],
    ids=["none", "no thickness", "unordered", "liquid lid"],
)
def test_shells_that_do_not_fit_are_refused(layers: tuple[Layer, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Interior(layers)


@pytest.mark.parametrize(
    "changes",
    [
        {"angular_frequency_rad_s": 0.0},
        {"angular_frequency_rad_s": math.nan},
        {"eccentricity": -0.1},
        {"eccentricity": 0.9},
        {"eccentricity": None},
        {"obliquity_deg": 90.0},
        {"libration_deg": math.inf},
    ],
    ids=str,
)
def test_spoilt_orbits_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"^orbit: "):
        dataclasses.replace(IO_ORBIT, **changes)


def test_radii_outside_the_body_are_refused() -> None:
    with pytest.raises(InputError, match="radius_km"):
        BALL.pressure_pa(1900.0)
    assert isinstance(IO_ORBIT, Orbit)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"bulk_viscosity_pa_s": 1e18}, "is incompressible and takes no bulk_viscosity_pa_s"),
        ({"bulk_viscosity_pa_s": 0.0, "bulk_modulus_pa": 1e11}, "bulk_viscosity_pa_s 0.0 is not a positive"),
        (
            {"bulk_viscosity_pa_s": 1e18, "bulk_modulus_pa": 1e11, "relaxed_bulk_modulus_pa": 2e11},
            "is not from 0 to below bulk_modulus_pa, 1e[+]11 Pa",
        ),
        (
            {"bulk_viscosity_pa_s": 1e18, "bulk_modulus_pa": 1e11, "relaxed_bulk_modulus_pa": math.nan},
            "relaxed_bulk_modulus_pa nan",
        ),
    ],
)
def test_bulk_that_cannot_yield_is_refused(changed: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        dataclasses.replace(ROCK, **changed)
    with pytest.raises(InputError, match="is liquid"):
        Layer("melt", "liquid", 900.0, 3000.0, bulk_modulus_pa=1e11, bulk_viscosity_pa_s=1e3)


def test_rows_have_the_bulk_modulus_of_their_layers() -> None:
    mush = dataclasses.replace(
        ROCK, bulk_modulus_pa=1e11, bulk_viscosity_pa_s=1e15, relaxed_bulk_modulus_pa=1e10, outer_radius_km=900.0
    )
    body = Interior((mush, ROCK))
    expected = [layer.complex_bulk_pa(body.orbit.angular_frequency_rad_s) for layer in body.layers]
    assert body.rows.complex_bulk_pa()[0].tolist() == expected
    assert body.rows.layers(0) == body.layers
