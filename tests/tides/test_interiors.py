"""Interiors as arrays, alone and in families.

Authority: independent (one interior at a time: `love_numbers`, `TidalPotential`, `Interior`), and law.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.families import FAMILIES, named_family, with_asthenosphere, with_magma_ocean
from perijove.interior.layers import Layer, Orbit
from perijove.interior.models import MODELS
from perijove.tides.love import love_numbers
from perijove.tides.potential import TidalPotential, dissipated_power_w

ANDRADE = Interior(
    (
        Layer("core", "liquid", 900.0, 5150.0),
        Layer("mantle", "solid", 1821.0, 3200.0, 6e10, None, 1e17, "andrade", {"alpha": 0.3}),
    ),
    orbit=Orbit(4.1e-5, 0.004, obliquity_deg=0.1, libration_deg=-0.01),
)


@pytest.mark.parametrize("interior", [*MODELS.values(), ANDRADE], ids=lambda one: one.name)
def test_copies_have_the_numbers_of_the_one(interior: Interior) -> None:
    batch = interior.rows.copies(3)
    love, one = love_numbers(batch), love_numbers(interior, interior.orbit.angular_frequency_rad_s)
    assert love.k[2] == pytest.approx(complex(one.k), rel=1e-13)
    assert love.l[0] == pytest.approx(complex(one.l), rel=1e-13)
    assert batch.mean_density_kg_m3[1] == pytest.approx(interior.mean_density_kg_m3, rel=1e-13)
    assert batch.moment_of_inertia_factor[1] == pytest.approx(interior.moment_of_inertia_factor, rel=1e-13)
    power = TidalPotential.of(interior).dissipated_power_w(complex(one.k), radius_km=interior.radius_km)
    assert dissipated_power_w(batch, love.k)[0] == pytest.approx(power, rel=1e-12)
    assert Interior.of_row(batch, 1).layers == interior.layers


def test_numbers_of_layers_orbit_and_rheology_vary() -> None:
    batch = ANDRADE.rows.copies(4).with_layer_values(1, "alpha", [0.2, 0.2, 0.3, 0.4])
    batch = batch.with_layer_values(1, "viscosity_pa_s", [1e16, 1e17, 1e17, 1e17]).with_orbit_values(
        "eccentricity", 0.01
    )
    k2 = love_numbers(batch).k
    for row in range(4):
        one = Interior.of_row(batch, row)
        assert one.orbit.eccentricity == 0.01
        assert k2[row] == pytest.approx(complex(love_numbers(one, one.orbit.angular_frequency_rad_s).k), rel=1e-13)
    assert len(np.unique(k2)) == 4


def test_what_cannot_be_is_nan_and_harms_no_other() -> None:
    sound = MODELS["steinke-2020-a"].rows.copies(4)
    batch = sound.with_layer_values(2, "outer_radius_km", [1791.6, 1500.0, np.nan, 1791.6])
    batch = batch.with_layer_values(1, "viscosity_pa_s", [1e20, 1e20, 1e20, -1.0])
    assert batch.possible.tolist() == [True, False, False, False]
    assert np.isnan(love_numbers(batch).k).tolist() == [False, True, True, True]
    assert love_numbers(batch).k[0] == love_numbers(sound).k[0]


@pytest.mark.parametrize(
    ("layer", "name"), [(0, "viscosity_pa_s"), (1, "alpha"), (1, "colour"), (0, "bulk_modulus_pa")], ids=str
)
def test_numbers_that_a_layer_has_not_are_refused(layer: int, name: str) -> None:
    with pytest.raises(InputError, match=name):
        MODELS["five-layer"].rows.with_layer_values(layer, name, 1.0)
    with pytest.raises(InputError, match="obliquity"):
        MODELS["five-layer"].rows.with_orbit_values("obliquity_deg", 1.0)


@given(
    melt=st.floats(0.0, 0.4), thickness=st.floats(1.0, 400.0), lid=st.floats(1.0, 100.0), depth=st.floats(1.0, 200.0)
)
def test_families_are_those_made_one_by_one(melt: float, thickness: float, lid: float, depth: float) -> None:
    shared = {"lithosphere_thickness_km": lid}
    molten = {"melt_fraction": melt, "asthenosphere_thickness_km": thickness, **shared}
    ocean = {"ocean_thickness_km": thickness, "ocean_depth_km": depth, **shared}
    pairs = (
        (FAMILIES["partially-molten"].members(molten), with_asthenosphere(**molten)),
        (FAMILIES["magma-ocean"].members(ocean), with_magma_ocean(**ocean)),
    )
    for batch, one in pairs:
        k2 = complex(love_numbers(one, one.orbit.angular_frequency_rad_s).k)
        # A lid of one rock may be cut in two; a sheet of rock near its critical melt is where rounding weighs most.
        assert abs(love_numbers(batch).k[0] - k2) < 1e-9 * abs(k2)
        assert batch.moment_of_inertia_factor[0] == pytest.approx(one.moment_of_inertia_factor, rel=1e-12)


@given(viscosity=st.floats(1e14, 1e22), rigidity=st.floats(1e10, 1e12))
def test_melt_weakens_by_the_same_factor_whatever_the_rock(viscosity: float, rigidity: float) -> None:
    given = {"melt_fraction": 0.2, "rock_viscosity_pa_s": [1e19, viscosity], "rock_rigidity_pa": [6e10, rigidity]}
    columns = FAMILIES["partially-molten"].members(given).columns
    for name in ("viscosity_pa_s", "shear_modulus_pa"):
        factor = columns[name][:, 2] / columns[name][:, 1]
        assert factor[0] == pytest.approx(factor[1], rel=1e-12)
        assert factor[0] < 1.0


@pytest.mark.parametrize(
    "given",
    [{"melt_fraction": -0.1}, {"melt_fraction": math.nan}, {"core_radius_km": 0.0}, {"colour": 1.0}],
    ids=str,
)
def test_families_refuse_what_has_no_meaning(given: dict[str, float]) -> None:
    with pytest.raises(InputError):
        FAMILIES["partially-molten"].members(given)
    with pytest.raises(InputError, match="no such family"):
        named_family("custard")


def test_members_that_do_not_fit_into_io_are_told_apart() -> None:
    family = FAMILIES["partially-molten"]
    batch = family.members({"asthenosphere_thickness_km": [200.0, 1500.0], "core_radius_km": 965.0})
    assert batch.possible.tolist() == [True, False]
    assert family.members({"core_density_kg_m3": [5150.0, 3000.0]}).possible.tolist() == [True, False]
