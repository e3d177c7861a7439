"""Heating by radius.

Authority: law (profiles integrate to the power they are made of) and independent (the integral that `tidal_heating`
takes with other nodes).
"""

import dataclasses

import numpy as np
import pytest
from tests.heat.profiles import heating_between_points, uniform_heating

from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.interior.models import MODELS
from perijove.tides.heating import heating_w_m3, tidal_heating
from perijove.tides.radial_heating import mantle_heating


@pytest.mark.parametrize("name", MODELS)
def test_a_mantle_holds_the_power_of_the_tide(name: str) -> None:
    interior = MODELS[name]
    heating, tide = mantle_heating(interior), tidal_heating(interior)
    assert heating.power_w == pytest.approx(tide.power_w, rel=1e-9)
    for i, power in enumerate(tide.layer_power_w):
        low, high = interior.bounds_km[i : i + 2]
        if low < heating.floor_km:
            continue
        part = 4.0 * np.pi * (heating.integral(1e3 * high) - heating.integral(1e3 * low))
        assert part == pytest.approx(power, rel=1e-9, abs=1e-9 * tide.power_w)
    radii = np.array([1100.0, 1500.0, 1650.0, 1800.0])
    single = [heating.integral_at(1e3 * radius) for radius in radii]
    assert single == pytest.approx(heating.integral(1e3 * radii).tolist(), rel=1e-13)
    assert heating.heating_w_m3(radii) == pytest.approx(heating_w_m3(interior, radii), rel=1e-6)


def test_a_body_without_core_is_heated_from_its_centre() -> None:
    ball = Interior((Layer("rock", "solid", 1821.6, 3528.0, 6e10, None, 1e15),))
    heating = mantle_heating(ball)
    assert heating.floor_km == 0.0
    assert heating.power_w == pytest.approx(tidal_heating(ball).power_w, rel=1e-8)


def test_uniform_and_given_heating_hold_their_power() -> None:
    even = uniform_heating(1e14, floor_km=700.0, surface_km=1820.0)
    assert even.power_w == pytest.approx(1e14, rel=1e-14)
    assert even.heating_w_m3([701.0, 1819.0]) == pytest.approx([4.1990e-6] * 2, rel=1e-4)
    slope = heating_between_points([1000.0, 2000.0], [0.0, 1e-6])  # H = 1e-12 (r - 1e6 m)
    exact = 4.0 * np.pi * 1e-12 * ((2e6**4 - 1e6**4) / 4.0 - 1e6 * (2e6**3 - 1e6**3) / 3.0)
    assert slope.power_w == pytest.approx(exact, rel=1e-13)
    assert slope.with_power(1e12).power_w == pytest.approx(1e12, rel=1e-14)


def test_what_is_no_heating_is_refused() -> None:
    io = MODELS["steinke-2020-a"]
    ocean = dataclasses.replace(io, layers=(*io.layers[:2], Layer("ocean", "liquid", 1791.6, 3244.0), io.layers[3]))
    with pytest.raises(InputError, match="layer 'ocean' is liquid"):
        mantle_heating(ocean)
    with pytest.raises(InputError, match="power_w nan"):
        uniform_heating(1e14, floor_km=700.0, surface_km=1820.0).with_power(np.nan)
    with pytest.raises(InputError, match="dissipates nothing"):
        heating_between_points([1.0, 2.0], [0.0, 0.0]).with_power(1e14)
