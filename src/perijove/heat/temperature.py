"""How heat softens solid rock, and how a little melt between its grains does: viscosity and rigidity.

For more melt than the grains can hold, up to all of it, see `perijove.interior.melt`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import gas_constant  # J/(mol K), exact (SI 2019)

from perijove.bodies.io_interior import MELT_FRACTION_LIMIT, MELT_WEAKENING, OLIVINE_ACTIVATION_J_MOL
from perijove.errors import InputError

__all__ = [
    "arrhenius_viscosity_pa_s",
    "fischer_spohn_rigidity_pa",
    "interstitial_melt_rigidity_pa",
    "interstitial_melt_viscosity_pa_s",
]

_POISSON = 0.25  # ratio of the melt-free rock; Kervazo et al. 2021
_RIGIDITY_SLOPE_K, _RIGIDITY_LOG10 = 8.2e4, -40.6  # Fischer & Spohn 1990, Icarus 83, 39


def _positive(what: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not np.all((array > 0.0) & (array < np.inf)):
        raise InputError(f"{what} {values!r}: not all positive and finite")
    return array


def _little_melt(melt_fraction: ArrayLike) -> np.ndarray:
    fraction = np.asarray(melt_fraction, dtype=float)
    if not np.all((fraction >= 0.0) & (fraction <= MELT_FRACTION_LIMIT)):
        raise InputError(
            f"melt_fraction {melt_fraction!r}: not within 0 and {MELT_FRACTION_LIMIT:g}, where grains still touch; "
            "perijove.interior.melt goes on from there"
        )
    return fraction


def arrhenius_viscosity_pa_s(
    temperature_k: ArrayLike,
    *,
    reference_viscosity_pa_s: ArrayLike,
    reference_temperature_k: ArrayLike,
    activation_energy_j_mol: float = OLIVINE_ACTIVATION_J_MOL,
) -> np.ndarray:
    """Viscosity of solid rock by temperature, eta_ref exp(E / R (1 / T - 1 / T_ref)).

    Parameters
    ----------
    temperature_k : array
        Temperature, K.
    reference_viscosity_pa_s, reference_temperature_k : array
        A known viscosity and its temperature, often the solidus; all three broadcast.
    activation_energy_j_mol : float
        E, J/mol.

    Returns
    -------
    array
        Pa s.

    Raises
    ------
    InputError
        If a value is not positive and finite, or the result leaves the range of floating point.

    Notes
    -----
    Not modelled: dislocation creep, whose viscosity depends on stress, and pressure: with an activation volume of 6
    cm³/mol (2 to 10 in Hirth & Kohlstedt 2003, doi:10.1029/138GM06) the 6 GPa at the floor of Io's mantle make rock
    of 1600 K 15 times as viscous.
    """
    temperature = _positive("temperature_k", temperature_k)
    at = _positive("reference_temperature_k", reference_temperature_k)
    viscosity = _positive("reference_viscosity_pa_s", reference_viscosity_pa_s)
    energy = _positive("activation_energy_j_mol", activation_energy_j_mol)
    exponent = energy / gas_constant * (1.0 / temperature - 1.0 / at)
    if np.any(np.abs(exponent) > 600.0):
        raise InputError(
            f"temperature_k {temperature_k!r}: viscosity would change by more than e^600 from reference_temperature_k"
        )
    return np.asarray(viscosity * np.exp(exponent))


def fischer_spohn_rigidity_pa(temperature_k: ArrayLike, *, solid_rigidity_pa: ArrayLike) -> np.ndarray:
    """Shear modulus of Io's mantle rock by temperature, through the first melting.

    Parameters
    ----------
    temperature_k : array
        Temperature, K; up to 1800 K.
    solid_rigidity_pa : array
        Below the solidus, and the most there is; the two broadcast.

    Returns
    -------
    array
        Pa: 10^(82000 K / T - 40.6), or the solid's if that is less.

    Raises
    ------
    InputError
        If a temperature is not above 0 and up to 1800 K, where 9e4 Pa are left.

    Notes
    -----
    Fischer & Spohn (1990, Icarus 83, 39). The law meets 5e10 Pa at 1598 K, the solidus. The
    slope is that of rock whose melt fraction grows with temperature; where the melt fraction is known, use that instead
    (`interstitial_melt_rigidity_pa`).
    """
    temperature = _positive("temperature_k", temperature_k)
    if np.any(temperature > 1800.0):
        raise InputError(
            f"temperature_k {temperature_k!r}: the law ends at 1800 K; perijove.interior.melt goes on from there"
        )
    solid = _positive("solid_rigidity_pa", solid_rigidity_pa)
    with np.errstate(over="ignore"):  # far below the solidus the law is not used
        law = 10.0 ** (_RIGIDITY_SLOPE_K / temperature + _RIGIDITY_LOG10)
    return np.asarray(np.minimum(law, solid))


def interstitial_melt_viscosity_pa_s(
    viscosity_pa_s: ArrayLike, melt_fraction: ArrayLike, *, weakening: float = MELT_WEAKENING
) -> np.ndarray:
    """Viscosity of rock with a little melt between its grains, eta exp(-weakening * melt fraction).

    Parameters
    ----------
    viscosity_pa_s : array
        Of the rock without melt, Pa s.
    melt_fraction : array
        Share of the volume, 0 to 0.3; the two broadcast.
    weakening : float
        25 to 30 in diffusion creep, 30 to 45 in dislocation creep (Hirth & Kohlstedt 2003, doi:10.1029/138GM06).

    Returns
    -------
    array
        Pa s.

    Raises
    ------
    InputError
        If a value is out of bounds.
    """
    factor = _positive("weakening", weakening)
    return np.asarray(_positive("viscosity_pa_s", viscosity_pa_s) * np.exp(-factor * _little_melt(melt_fraction)))


def interstitial_melt_rigidity_pa(
    rigidity_pa: ArrayLike, melt_fraction: ArrayLike, *, poisson_ratio: float = _POISSON
) -> np.ndarray:
    """Shear modulus of rock with a little melt in tubes along its grains, mu / (1 + (40 - 24 nu) / 15 * melt fraction).

    Parameters
    ----------
    rigidity_pa : array
        Of the rock without melt, Pa.
    melt_fraction : array
        Share of the volume, 0 to 0.3; the two broadcast.
    poisson_ratio : float
        nu of the rock without melt.

    Returns
    -------
    array
        Pa.

    Raises
    ------
    InputError
        If a value is out of bounds.

    Notes
    -----
    Mavko (1980, doi:10.1029/JB085iB10p05173), in the form of Kervazo et al. (2021, equation A.2).
    """
    if not 0.0 <= poisson_ratio < 0.5:
        raise InputError(f"poisson_ratio {poisson_ratio}: not within 0 and 0.5")
    factor = (40.0 - 24.0 * poisson_ratio) / 15.0
    return np.asarray(_positive("rigidity_pa", rigidity_pa) / (1.0 + factor * _little_melt(melt_fraction)))
