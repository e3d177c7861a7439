"""Radiance factor per count.

Authorities: law (the formula, written a second time; powers of exposure and distance; covariances).
"""

import numpy as np
import pytest
from tests.junocam.radiometry.synthetic_detector import EXPOSURE_S, ORBIT, RGB, SUN_KM, dn_per_unit

from perijove.bodies.juno import FILTERS
from perijove.errors import InputError
from perijove.junocam.radiometry.radiance_factor import Scale, fall_off_error, radiance_factor_scale


def scale(orbit: int | None = ORBIT, **changed: object) -> Scale:
    facts: dict[str, object] = {"exposure_s": EXPOSURE_S, "solar_distance_km": SUN_KM, "orbit": orbit, **changed}
    return radiance_factor_scale(RGB, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FILTERS)
def test_scale_follows_the_formula(name: str) -> None:
    facts = {"exposure_s": EXPOSURE_S, "solar_distance_km": SUN_KM, "orbit": ORBIT}
    one = radiance_factor_scale([name], **facts)  # type: ignore[arg-type]
    assert one.per_dn[name] * dn_per_unit(name) == pytest.approx(1.0, rel=1e-12)
    assert one.archive_per_dn[name] * dn_per_unit(name, archive=True) == pytest.approx(1.0, rel=1e-12)
    twice, far = scale(exposure_s=2 * EXPOSURE_S), scale(solar_distance_km=2 * SUN_KM)
    ratios = scale().per_dn["RED"] / twice.per_dn["RED"], far.per_dn["RED"] / scale().per_dn["RED"]
    assert ratios == pytest.approx((2.0, 4.0))


@pytest.mark.parametrize(("exposure_s", "solar_km"), [(0.0, SUN_KM), (EXPOSURE_S, -1.0), (np.nan, SUN_KM)])
def test_scale_needs_positive_numbers(exposure_s: float, solar_km: float) -> None:
    with pytest.raises(InputError, match="must be positive"):
        scale(exposure_s=exposure_s, solar_distance_km=solar_km)


def test_covariance_is_the_sum_of_its_parts_and_colours_share_errors() -> None:
    found = scale()
    np.testing.assert_allclose(found.covariance, sum(found.parts.values()), rtol=1e-14)
    assert set(found.parts) == {"response", "sun", "flat"}
    np.testing.assert_allclose(list(found.sigma.values()), np.sqrt(np.diag(found.covariance)))
    spread = np.sqrt(np.diag(found.covariance))
    correlation = found.covariance / np.outer(spread, spread)
    assert (correlation[np.triu_indices(3, 1)] > 0.5).all()
    assert (np.linalg.eigvalsh(found.covariance) > 0.0).all()
    # So a ratio of two colours is known better than either.
    difference = np.array([1.0, -1.0, 0.0])
    assert difference @ found.covariance @ difference < 0.5 * np.trace(found.covariance[:2, :2])


def test_a_flat_field_lowers_the_error() -> None:
    with_flat = scale(flat=RGB)
    assert all(with_flat.sigma[name] < scale().sigma[name] for name in RGB)
    assert with_flat.parts["flat"][0, 1] == pytest.approx(0.25 * scale().parts["flat"][0, 1])


def test_fall_off_counts_where_the_light_is() -> None:
    """The facts' own numbers: 0.92 at column 103, 0.69 at 1543, 1.01 in the middle."""
    dn = np.zeros((1, 16, 1648))
    even = fall_off_error(dn)
    assert even == fall_off_error(None)
    assert even == pytest.approx(0.13, abs=0.01)
    dn[..., 300] = 500.0  # a hit, or a hot column
    assert fall_off_error(dn) == even
    for column, expected in ((103, 0.08), (1542, 0.31), (743, 0.01)):
        dn[:], dn[..., column - 4 : column + 5] = 0.0, 100.0
        assert fall_off_error(dn) == pytest.approx(expected, abs=2e-3)
        assert fall_off_error(dn[..., ::2] + dn[..., 1::2], summing=2) == pytest.approx(expected, abs=2e-3)


def test_an_unknown_orbit_is_a_common_error() -> None:
    known, unknown = scale(5), scale(None)
    added = unknown.parts["response"] - known.parts["response"]
    assert added == pytest.approx(0.25, abs=0.01)
    assert unknown.extrapolated
