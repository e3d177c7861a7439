"""How melt weakens rock: viscosity, rigidity and bulk modulus of a partially molten mantle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, erfc

from perijove.errors import InputError

__all__ = ["CRITICAL_MELT_FRACTION", "PartiallyMolten", "partially_molten"]

CRITICAL_MELT_FRACTION = 0.30  # where the grains lose touch in the law below; 0.25 to 0.40 in experiments
_EINSTEIN = 2.5  # viscosity of a dilute suspension of spheres


@dataclass(frozen=True)
class _Law:
    """Constants of one property: the value of the melt, and four of shape."""

    molten: float
    delta: float
    xi: float
    gamma: float
    packing: float


# Kervazo et al. (2021), table 3, doi:10.1051/0004-6361/202039433. What it calls phi* is 1 - phi*: only so do the
# constants give solid rock of 1e19 Pa s, 60 GPa and 200 GPa (to 0.6 %) and the break at 0.3. An author's own code
# reads them so, too.
_VISCOSITY = _Law(1.0, 25.7, 1.17e-9, 5.0, 0.569)
_RIGIDITY = _Law(10.0, 2.10, 7.08e-7, 5.0, 0.597)
_BULK = _Law(1e9, 2.62, 0.102, 5.0, 0.712)


@dataclass(frozen=True)
class PartiallyMolten:
    """Properties of rock with melt in it; arrays of the shape of the melt fraction."""

    viscosity_pa_s: np.ndarray
    shear_modulus_pa: np.ndarray
    bulk_modulus_pa: np.ndarray


def _value(law: _Law, melt_fraction: np.ndarray) -> np.ndarray:
    """Form of Costa et al. (2009); 1 - F by the complementary error function, free of cancellation."""
    theta = (1.0 - melt_fraction) / law.packing
    depth = 0.5 * np.sqrt(np.pi) / (1.0 - law.xi) * theta * (1.0 + theta**law.gamma)
    rest = erfc(depth) + law.xi * erf(depth)
    value: np.ndarray = law.molten * (1.0 + theta**law.delta) / rest ** (_EINSTEIN * law.packing)
    return value


def partially_molten(melt_fraction: ArrayLike) -> PartiallyMolten:
    """Properties of Io's mantle rock by its melt fraction.

    Parameters
    ----------
    melt_fraction : array
        Share of the volume that is molten, 0 to 1.

    Returns
    -------
    PartiallyMolten

    Raises
    ------
    InputError
        If a melt fraction is not within 0 and 1.

    Notes
    -----
    Kervazo et al. (2021, doi:10.1051/0004-6361/202039433, appendix A) join, in the form of Costa et al. (2009,
    doi:10.1029/2008GC002138), an exponential loss of viscosity and Mavko's (1980) loss of rigidity below the critical
    melt fraction to a suspension of grains above it. Viscosity falls by 2.5 orders of magnitude up to a melt fraction
    of 0.2, and by eight more up to 0.35. Solid rock has 1e19 Pa s here; with temperature, grain size and composition
    that changes by orders of magnitude.
    """
    fraction = np.asarray(melt_fraction, dtype=float)
    if not np.all((fraction >= 0.0) & (fraction <= 1.0)):
        raise InputError(f"melt_fraction {fraction}: not within 0 and 1; give a share of the volume")
    return PartiallyMolten(_value(_VISCOSITY, fraction), _value(_RIGIDITY, fraction), _value(_BULK, fraction))
