"""Families of interiors against what is known of Io.

Authority: published (mass: JPL jup365; moment of inertia: Anderson et al. 2001), and law.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import IO_GM_JUP365_KM3_S2, IO_MEAN_RADIUS_KM, IO_MOMENT_OF_INERTIA_FACTOR
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.errors import InputError
from perijove.interior.families import FAMILIES, with_asthenosphere, with_magma_ocean


@given(
    core=st.floats(500.0, 1000.0), thickness=st.floats(10.0, 400.0), lid=st.floats(5.0, 100.0), melt=st.floats(0.0, 0.4)
)
def test_all_have_the_mass_and_radius_of_io(core: float, thickness: float, lid: float, melt: float) -> None:
    sponge = with_asthenosphere(
        melt_fraction=melt,
        asthenosphere_thickness_km=thickness,
        lithosphere_thickness_km=lid,
        core_radius_km=core,
    )
    ocean = with_magma_ocean(ocean_thickness_km=thickness, ocean_depth_km=lid + 10.0, core_radius_km=core)
    for interior in (sponge, ocean):
        assert interior.mass_kg * G * 1e-9 == pytest.approx(IO_GM_JUP365_KM3_S2, rel=1e-12)
        assert interior.radius_km == IO_MEAN_RADIUS_KM


def test_shells_lie_where_they_were_asked_for() -> None:
    sponge = with_asthenosphere(melt_fraction=0.1, asthenosphere_thickness_km=150.0, lithosphere_thickness_km=40.0)
    assert [layer.name for layer in sponge.layers] == ["core", "deep mantle", "asthenosphere", "lithosphere"]
    assert IO_MEAN_RADIUS_KM - sponge.bounds_km[2:] == pytest.approx([190.0, 40.0, 0.0])
    deep = with_magma_ocean(ocean_thickness_km=20.0, ocean_depth_km=100.0)
    assert [layer.state for layer in deep.layers] == ["liquid", "solid", "liquid", "solid", "solid"]
    assert IO_MEAN_RADIUS_KM - deep.bounds_km[2:] == pytest.approx([120.0, 100.0, 30.0, 0.0])
    shallow = with_magma_ocean(ocean_thickness_km=20.0, ocean_depth_km=30.0)
    assert [layer.state for layer in shallow.layers] == ["liquid", "solid", "liquid", "solid"]


def test_moment_of_inertia_is_near_the_measured_one() -> None:
    factor = with_asthenosphere(melt_fraction=0.1).moment_of_inertia_factor
    assert factor == pytest.approx(IO_MOMENT_OF_INERTIA_FACTOR, abs=0.00035)


@pytest.mark.parametrize(
    "asked",
    [
        {"melt_fraction": 0.1, "asthenosphere_thickness_km": -5.0},
        {"melt_fraction": 0.1, "asthenosphere_thickness_km": 1000.0},
        {"melt_fraction": 0.1, "lithosphere_thickness_km": float("nan")},
        {"melt_fraction": 2.0},
        {"melt_fraction": 0.1, "core_radius_km": 0.0},
        {"melt_fraction": 0.1, "core_radius_km": 1700.0},
        {"melt_fraction": 0.1, "core_density_kg_m3": 1000.0},
    ],
    ids=str,
)
def test_what_does_not_fit_into_io_is_refused(asked: dict[str, float]) -> None:
    with pytest.raises(InputError):
        with_asthenosphere(**asked)


@given(crust=st.floats(2000.0, 3500.0), lid=st.floats(5.0, 100.0), roof=st.floats(2.0, 200.0))
def test_a_crust_of_its_own_keeps_the_mass(crust: float, lid: float, roof: float) -> None:
    sponge = with_asthenosphere(melt_fraction=0.1, lithosphere_thickness_km=lid, crust_density_kg_m3=crust)
    ocean = with_magma_ocean(
        ocean_thickness_km=20.0, ocean_depth_km=roof, lithosphere_thickness_km=lid, crust_density_kg_m3=crust
    )
    for interior in (sponge, ocean):
        assert interior.mass_kg * G * 1e-9 == pytest.approx(IO_GM_JUP365_KM3_S2, rel=1e-12)
        cold = [layer for layer in interior.layers if layer.density_kg_m3 == crust]
        top = interior.layers[interior.layers.index(cold[0]) - 1].outer_radius_km
        assert interior.radius_km - top == pytest.approx(min(lid, roof) if interior is ocean else lid)


def test_laws_of_rock_take_a_number_for_each_body() -> None:
    family, alpha = FAMILIES["partially-molten"], np.array([0.2, 0.3, 0.4])
    values = {"alpha": alpha, "zeta": 2.0, "voigt_compliance_ratio": [0.1, 0.2, 0.3]}
    together = family.members(values, rheology="sundberg-cooper").complex_rigidity_pa()
    for k in range(3):
        own = {"alpha": alpha[k], "zeta": 2.0, "voigt_compliance_ratio": 0.1 * (k + 1)}
        one = family.members(own, rheology="sundberg-cooper")
        assert together[k] == pytest.approx(one.complex_rigidity_pa()[0], rel=1e-14)
    with pytest.raises(InputError, match="alpha 2"):
        family.members({"alpha": 2.0}, rheology="andrade")
    with pytest.raises(InputError, match="no such parameter"):
        family.members({"alpha": 0.3})
