"""How the solid body gives way around an ocean.

Authority: independent (the equations of Takeuchi & Saito 1972 as printed, by scipy); published (theory of thin shells);
law.
"""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.ocean.oceans import FREQUENCY, RADIUS_KM, io
from tests.tides.takeuchi_saito import slopes

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.ocean.layer import ocean_layer


def slope_si(layer: Layer, interior: Interior, degree: int, r: float, y: np.ndarray) -> np.ndarray:
    """Right side of the six equations of Takeuchi & Saito in a layer, SI."""
    return slopes(
        r, y, density=layer.density_kg_m3, shear=layer.complex_rigidity_pa(FREQUENCY),
        bulk=float(layer.bulk_modulus_pa or 0.0),
        gravity=float(interior.gravity_m_s2(min(r * 1e-3, interior.radius_km))), degree=degree,
    )  # fmt: skip


def across(layer: Layer, interior: Interior, degree: int, floor_m: float, columns: np.ndarray) -> np.ndarray:
    """Columns of y1 to y6 carried through a solid layer by scipy."""
    units = np.array([1.0, 1e4, 1.0, 1e4, 1.0, 1e-6])
    out = np.empty_like(columns)
    for k in range(columns.shape[1]):
        path = solve_ivp(
            lambda r, scaled: slope_si(layer, interior, degree, r, scaled * units) / units,
            (floor_m, layer.outer_radius_km * 1e3),
            columns[:, k] / units,
            method="DOP853",
            rtol=1e-12,
            atol=1e-14,
        )
        out[:, k] = path.y[:, -1] * units
    return out


def by_integration(interior: Interior, degree: int, *, tide: float, pressure: float) -> tuple[complex, complex]:
    """Thickening of the ocean, and potential at the surface less the tide's own, by integration outwards."""
    core, mantle, ocean, lid = interior.layers
    bounds = interior.bounds_km[1:] * 1e3
    g = interior.gravity_m_s2(interior.bounds_km[1:])
    up = degree + 1.0
    start = np.zeros((6, 3), dtype=complex)  # a free floor of the mantle: y1, y3, y5
    start[0, 0] = start[2, 1] = start[4, 2] = 1.0
    start[1] = core.density_kg_m3 * (g[0] * start[0] - start[4])
    start[5] = (2.0 * degree + 1.0) / bounds[0] * start[4] - 4.0 * np.pi * G * core.density_kg_m3 * start[0]
    floor = across(mantle, interior, degree, bounds[0], start)
    rho, pull = ocean.density_kg_m3, 4.0 * np.pi * G * ocean.density_kg_m3
    # unknowns: three amplitudes of the mantle, y1 and y3 of the lid's floor
    falls = -(floor[5] + pull * floor[0] - (2.0 * degree + 1.0) / bounds[1] * floor[4]) * bounds[1] / (2 * degree + 1.0)
    ratio = bounds[1] / bounds[2]
    grown = (floor[4] - falls) * ratio**-degree
    fallen = falls * ratio**up
    roof = np.zeros((6, 6), dtype=complex)  # the last column goes with the pressure
    roof[4, :3] = grown + fallen
    roof[0, 3] = roof[2, 4] = 1.0
    roof[5, :3] = (2.0 * degree + 1.0) / bounds[2] * grown
    roof[5] -= pull * roof[0]
    roof[1] = rho * (g[2] * roof[0] - roof[4])
    roof[1, 5] -= rho * pressure
    top = across(lid, interior, degree, bounds[2], roof)
    matrix, right = np.zeros((5, 5), dtype=complex), np.zeros(5, dtype=complex)
    matrix[0, :3] = floor[1] - rho * (g[1] * floor[0] - floor[4])
    right[0] = -rho * pressure
    matrix[1, :3] = floor[3]
    matrix[2:] = top[[1, 3, 5], :5]
    right[2:] = -top[[1, 3, 5], 5]
    right[4] += (2.0 * degree + 1.0) / bounds[3] * tide
    scale = np.array([1e4, 1e4, 1e4, 1e4, 1e-6])
    answer = np.linalg.solve(matrix / scale[:, None], right / scale)
    thicker = answer[3] - ratio**2 * (floor[0] @ answer[:3])
    return complex(thicker), complex(top[4, :5] @ answer + top[4, 5] - tide)


@pytest.mark.parametrize(("thickness_km", "lid_km", "elastic"), [(5.0, 40.0, False), (300.0, 150.0, True)])
def test_body_gives_way_as_the_radial_equations_say(thickness_km: float, lid_km: float, *, elastic: bool) -> None:
    # independent; the potential that a pressure makes outside is the reciprocal of what the tide does to the thickness
    body = io(thickness_km, lid_km=lid_km, elastic=elastic)
    layer = ocean_layer(body, degree=12)
    lifted, outside = by_integration(body, 2, tide=1.0, pressure=0.0)
    assert layer.lift_s2_m == pytest.approx(lifted, rel=1e-11)
    assert layer.static_k2 == pytest.approx(outside, rel=1e-11)
    for degree in (2, 4, 12):
        pressed, pulled = by_integration(body, degree, tide=0.0, pressure=1.0)
        assert layer.compliance_s2_m[degree] == pytest.approx(pressed, rel=1e-11)
        if degree == 2:
            assert layer.pull == pytest.approx(pulled, rel=1e-11)


def test_membrane_lid_stiffens_the_ocean_as_shell_theory_says() -> None:
    # published: pressure (E d / R²) (x / (x + 1 + nu)) w, x = (n - 1)(n + 2) (Beuthe 2016, arXiv:1608.08488); exact as
    # the lid becomes thin, so the error must fall with it
    errors = []
    for lid_km in (2.0, 0.2):
        body = Interior(
            (
                Layer("mantle", "solid", RADIUS_KM - lid_km - 1.0, 3500.0, 1e18, rheology="elastic"),
                Layer("ocean", "liquid", RADIUS_KM - lid_km, 3000.0),
                Layer("lid", "solid", RADIUS_KM, 3000.0, 5e10, rheology="elastic"),
            )
        )
        layer, n = ocean_layer(body), np.arange(2.0, 13.0)
        x, poisson, gravity = (n - 1.0) * (n + 2.0), 0.5, body.surface_gravity_m_s2
        young = 2.0 * (1.0 + poisson) * 5e10
        spring = young * lid_km * 1e3 / (RADIUS_KM * 1e3) ** 2 / (3000.0 * gravity) * x / (x + 1.0 + poisson)
        beta = 1.0 - 3.0 / (2.0 * n + 1.0) * 3000.0 / body.mean_density_kg_m3 + spring
        errors.append(np.abs(gravity * layer.compliance_s2_m[2:13].real * beta - 1.0).max())
    assert errors[0] < 5e-3
    assert errors[1] < 5e-4
    assert layer.felt_share == pytest.approx(1.0, abs=5e-4)  # between walls that hardly bend


def test_cutting_layers_changes_nothing() -> None:
    body = io(20.0)
    shells, below = [], 0.0
    for layer in body.layers:
        if layer.is_liquid:
            shells.append(layer)
        else:
            radii = np.linspace(below, layer.outer_radius_km, 6)[1:]
            shells += [dataclasses.replace(layer, outer_radius_km=float(r)) for r in radii]
        below = layer.outer_radius_km
    cut, whole = ocean_layer(Interior(tuple(shells))), ocean_layer(body)
    np.testing.assert_allclose(cut.compliance_s2_m, whole.compliance_s2_m, rtol=1e-10)
    assert cut.lift_s2_m == pytest.approx(whole.lift_s2_m, rel=1e-9)


def test_bad_layers_are_refused() -> None:
    with pytest.raises(InputError, match="no liquid layer 'sea'"):
        ocean_layer(io(1.0), "sea")
    for degree in (1, 3, 2000):
        with pytest.raises(InputError, match="even number"):
            ocean_layer(io(1.0), degree=degree)
    body = io(1.0)
    slush = Layer("slush", "liquid", 1790.0, 2950.0)
    with pytest.raises(InputError, match="another liquid above 'ocean'"):
        ocean_layer(dataclasses.replace(body, layers=(*body.layers[:3], slush, body.layers[3])), "ocean")
    heavy = dataclasses.replace(body.layers[3], density_kg_m3=3400.0, shear_modulus_pa=1e3)
    with pytest.raises(InputError, match="it would sink"):
        ocean_layer(dataclasses.replace(body, layers=(*body.layers[:3], heavy)))
