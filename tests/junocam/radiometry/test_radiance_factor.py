"""Radiance factor per count.

Authorities: law (the formula, written a second time; powers of exposure and distance), published (throughput lines of
Ravine et al., EPSC-DPS2025-1226).
"""

import numpy as np
import pytest
from tests.junocam.radiometry.synthetic_detector import EXPOSURE_S, ORBIT, RGB, SUN_KM, dn_per_unit

from perijove.bodies.juno import FILTERS
from perijove.errors import InputError
from perijove.junocam.radiometry.radiance_factor import radiance_factor_scale, throughput


@pytest.mark.parametrize("name", FILTERS)
def test_scale_follows_the_formula(name: str) -> None:
    scale = radiance_factor_scale(name, exposure_s=EXPOSURE_S, solar_distance_km=SUN_KM, orbit=ORBIT)
    assert scale.per_dn * dn_per_unit(name) == pytest.approx(1.0, rel=1e-12)
    twice = radiance_factor_scale(name, exposure_s=2 * EXPOSURE_S, solar_distance_km=SUN_KM, orbit=ORBIT)
    far = radiance_factor_scale(name, exposure_s=EXPOSURE_S, solar_distance_km=2 * SUN_KM, orbit=ORBIT)
    assert (scale.per_dn / twice.per_dn, far.per_dn / scale.per_dn) == pytest.approx((2.0, 4.0))


def test_throughput_is_the_published_line() -> None:
    """Published: RED 1.01 - 0.00391 N, GREEN 1.05 - 0.00787 N, BLUE 1.07 - 0.0108 N."""
    assert throughput("RED", 10).value == pytest.approx(0.9709)
    assert throughput("GREEN", 10).value == pytest.approx(0.9713)
    assert throughput("BLUE", 60).value == pytest.approx(0.422)


@pytest.mark.parametrize("name", RGB)
def test_beyond_the_fit_the_error_grows_and_the_flag_is_set(name: str) -> None:
    inside, edge, outside = throughput(name, 60), throughput(name, 61), throughput(name, 75)
    assert (inside.extrapolated, edge.extrapolated, outside.extrapolated) == (False, True, True)
    assert inside.sigma < edge.sigma < outside.sigma
    loss = inside.value - outside.value
    assert outside.sigma == pytest.approx(np.hypot(inside.sigma, loss))


def test_throughput_is_never_clamped() -> None:
    with pytest.raises(InputError, match=r"orbit 100.*BLUE"):
        throughput("BLUE", 100)


@pytest.mark.parametrize(("exposure_s", "solar_km"), [(0.0, SUN_KM), (EXPOSURE_S, -1.0), (np.nan, SUN_KM)])
def test_scale_needs_positive_numbers(exposure_s: float, solar_km: float) -> None:
    with pytest.raises(InputError, match="must be positive"):
        radiance_factor_scale("RED", exposure_s=exposure_s, solar_distance_km=solar_km, orbit=1)
