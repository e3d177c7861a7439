"""Melt law against the values of solid rock that its paper names.

Authority: published (Kervazo et al. 2021, doi:10.1051/0004-6361/202039433: 1e19 Pa s, 60 GPa, 200 GPa; the constants of
the law have two to three digits, which leave 1 %), and law.
"""

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.interior.melt import CRITICAL_MELT_FRACTION, partially_molten


def test_solid_and_molten_rock() -> None:
    solid, molten = partially_molten(0.0), partially_molten(1.0)
    assert solid.viscosity_pa_s == pytest.approx(1e19, rel=0.01)
    assert solid.shear_modulus_pa == pytest.approx(60e9, rel=0.01)
    assert solid.bulk_modulus_pa == pytest.approx(200e9, rel=0.01)
    assert (molten.viscosity_pa_s, molten.shear_modulus_pa, molten.bulk_modulus_pa) == pytest.approx((1.0, 10.0, 1e9))


def test_melt_weakens_and_most_at_the_critical_fraction() -> None:
    fraction = np.linspace(0.0, 1.0, 401)
    rock = partially_molten(fraction)
    for values in (rock.viscosity_pa_s, rock.shear_modulus_pa, rock.bulk_modulus_pa):
        assert np.all(np.diff(values) < 0.0)
    # The transition ends where the grains lose touch; in the law it is 0.1 wide.
    steepest = fraction[np.argmin(np.diff(np.log(rock.shear_modulus_pa)))]
    assert steepest == pytest.approx(CRITICAL_MELT_FRACTION, abs=0.05)


@pytest.mark.parametrize("fraction", [-0.01, 1.01, np.nan, [0.1, 2.0]])
def test_impossible_melt_is_refused(fraction: float) -> None:
    with pytest.raises(InputError, match="melt_fraction"):
        partially_molten(fraction)
