"""How rock answers a periodic load: complex shear moduli by name.

Convention: stress and strain go as exp(+i omega t), and deviatoric stress = 2 mu(omega) strain. So Im mu >= 0, and
a Love number, which falls as mu grows, has a negative imaginary part where there is dissipation.

The laws that creep are sums of creep: mu(omega) = mu / j, with the complex creep compliance j in units of 1 / mu.
With the Maxwell time tau = eta / mu,

    j = 1 + 1 / (i omega tau)                           elastic, and steady creep   (Maxwell)
          + Gamma(1 + alpha) (i zeta omega tau)^-alpha  transient creep             (Andrade)
          + c / (1 + i c v omega tau)                   one peak of relaxation      (Burgers)

Sundberg and Cooper's law has all the terms, Burgers' leaves out the transient, Andrade's the peak, Maxwell's both.

Rock with melt in it also yields in bulk: its grains move together as melt makes room. `complex_bulk_modulus` is that
of a standard linear solid, apart from the law of shear.

Not modelled: creep that depends on stress, and pressure.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma

from perijove.errors import InputError

__all__ = ["RHEOLOGIES", "Rheology", "RheologyParameter", "complex_bulk_modulus", "complex_shear_modulus", "in_units"]

_Quantity = Any  # a float or an array: scalars are not made arrays, which would take most of the time of a single solve


@dataclass(frozen=True)
class RheologyParameter:
    """A parameter of a law beyond modulus and viscosity; dimensionless, between 0 (excluded) and `largest`."""

    name: str
    sentence: str
    default: float
    largest: float = math.inf


@dataclass(frozen=True)
class Rheology:
    """A law of deformation: what it says and what it needs.

    Attributes
    ----------
    name, sentence : str
    modulus : callable
        Complex modulus from shear modulus, viscosity, frequency, and the parameters in their order.
    parameters : tuple of RheologyParameter
    needs_rigidity, needs_viscosity : bool
    """

    name: str
    sentence: str
    modulus: Callable[..., _Quantity]
    parameters: tuple[RheologyParameter, ...] = ()
    needs_rigidity: bool = True
    needs_viscosity: bool = True


_ALPHA = RheologyParameter("alpha", "Exponent of the transient creep; 0.2 to 0.4 in silicates.", 0.3, 1.0)
_ZETA = RheologyParameter("zeta", "Andrade time over Maxwell time.", 1.0)
_COMPLIANCE = RheologyParameter("voigt_compliance_ratio", "Relaxed creep of the peak, c, over 1 / mu.", 0.2)
_VISCOSITY = RheologyParameter("voigt_viscosity_ratio", "Viscosity of the peak's dashpot, v, over eta.", 0.02)


def _elastic(shear: _Quantity, _viscosity: _Quantity, frequency: _Quantity) -> _Quantity:
    return shear + 0j * frequency


def _newtonian(_shear: _Quantity, viscosity: _Quantity, frequency: _Quantity) -> _Quantity:
    return 1j * (viscosity * frequency)


def _kelvin_voigt(shear: _Quantity, viscosity: _Quantity, frequency: _Quantity) -> _Quantity:
    return shear + 1j * (viscosity * frequency)


def _maxwell(shear: _Quantity, viscosity: _Quantity, frequency: _Quantity) -> _Quantity:
    return shear / (1.0 - 1j * (shear / (viscosity * frequency)))


def _peak(periods: _Quantity, compliance: _Quantity, viscosity: _Quantity) -> _Quantity:
    return compliance / (1.0 + 1j * (compliance * viscosity * periods))


def _transient(periods: _Quantity, alpha: _Quantity, zeta: _Quantity) -> _Quantity:
    if isinstance(alpha, np.ndarray):
        return gamma(1.0 + alpha) * np.exp(-0.5j * math.pi * alpha) * (zeta * periods) ** -alpha
    turn = complex(math.cos(0.5 * math.pi * alpha), -math.sin(0.5 * math.pi * alpha))  # i^-alpha
    return (math.gamma(1.0 + alpha) * turn) * (zeta * periods) ** -alpha


def _burgers(shear: _Quantity, viscosity: _Quantity, frequency: _Quantity, *peak: _Quantity) -> _Quantity:
    periods = viscosity * frequency / shear
    return shear / (1.0 - 1j / periods + _peak(periods, *peak))


def _andrade(shear: _Quantity, viscosity: _Quantity, frequency: _Quantity, *transient: _Quantity) -> _Quantity:
    periods = viscosity * frequency / shear
    return shear / (1.0 - 1j / periods + _transient(periods, *transient))


def _sundberg_cooper(
    shear: _Quantity, viscosity: _Quantity, frequency: _Quantity, alpha: _Quantity, zeta: _Quantity, *peak: _Quantity
) -> _Quantity:
    periods = viscosity * frequency / shear
    return shear / (1.0 - 1j / periods + _transient(periods, alpha, zeta) + _peak(periods, *peak))


RHEOLOGIES: Mapping[str, Rheology] = MappingProxyType(
    {
        law.name: law
        for law in (
            Rheology("elastic", "A spring: no dissipation.", _elastic, needs_viscosity=False),
            Rheology("newtonian", "A dashpot: flows, without rigidity.", _newtonian, needs_rigidity=False),
            Rheology("maxwell", "Spring and dashpot in a row: elastic when fast, flowing when slow.", _maxwell),
            Rheology("kelvin-voigt", "Spring and dashpot side by side: yields late, and not for ever.", _kelvin_voigt),
            Rheology(
                "burgers", "Maxwell's law and one peak of delayed elasticity.", _burgers, (_COMPLIANCE, _VISCOSITY)
            ),
            Rheology("andrade", "Maxwell's law and transient creep with time^alpha.", _andrade, (_ALPHA, _ZETA)),
            Rheology(
                "sundberg-cooper",
                "Andrade's law and one peak of delayed elasticity.",
                _sundberg_cooper,
                (_ALPHA, _ZETA, _COMPLIANCE, _VISCOSITY),
            ),
        )
    }
)
"""Laws by name.

Andrade's law for rock: Efroimsky (2012, doi:10.1088/0004-637X/746/2/150); Sundberg & Cooper (2010,
doi:10.1080/14786431003746656). Defaults are those of Renaud & Henning (2018, doi:10.3847/1538-4357/aab784): alpha 0.3,
zeta 1; the peak as Henning et al. (2009, doi:10.1088/0004-637X/707/2/1000) have it, a spring five times as stiff as the
rock and a dashpot of a fiftieth of its viscosity.
"""


def _require_positive(what: str, value: _Quantity, unit: str, *, law: str) -> _Quantity:
    """The value, as float or array; raises where it is not positive and finite."""
    if isinstance(value, float):
        fine = 0.0 < value < math.inf
    elif value is None:
        raise InputError(f"rheology {law!r}: {what} is missing; give it in {unit}")
    else:
        value = np.asarray(value, dtype=float)
        fine = bool(np.all((value > 0.0) & (value < math.inf)))
    if not fine:
        raise InputError(f"rheology {law!r}: {what} {value} is not positive and finite; give it in {unit}")
    return value


def _parameters(law: Rheology, given: Mapping[str, ArrayLike]) -> list[_Quantity]:
    """Values of a law's parameters in their order, floats or arrays."""
    values: list[_Quantity] = []
    for known in law.parameters:
        value: _Quantity = given.get(known.name, known.default)
        value = float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=float)
        if not np.all((value > 0.0) & (value <= known.largest) & (value < math.inf)):
            shown = f"{value:g}" if isinstance(value, float) else value
            raise InputError(
                f"rheology {law.name!r}: {known.name} {shown} is not above 0 and up to {known.largest:g}, finite"
            )
        values.append(value)
    if len(given) > len(values) or any(name not in {known.name for known in law.parameters} for name in given):
        allowed = ", ".join(known.name for known in law.parameters) or "none"
        raise InputError(f"rheology {law.name!r}: parameters {', '.join(given)}; it knows {allowed}")
    return values


def complex_shear_modulus(
    name: str,
    shear_modulus_pa: ArrayLike | None,
    viscosity_pa_s: ArrayLike | None,
    frequency_rad_s: ArrayLike,
    **parameters: ArrayLike,
) -> Any:  # noqa: ANN401  # complex for numbers, an array for arrays
    """Complex shear modulus of a material under a periodic load.

    Parameters
    ----------
    name : str
        Key of `RHEOLOGIES`.
    shear_modulus_pa : array or None
        Unrelaxed (elastic) shear modulus, Pa; not used by ``newtonian``.
    viscosity_pa_s : array or None
        Pa s; not used by ``elastic``.
    frequency_rad_s : array
        Angular frequency, rad/s. All three broadcast.
    **parameters : array
        Parameters of the law by name, which broadcast, too; those not given take its defaults.

    Returns
    -------
    complex or array of complex
        Pa, for time dependence exp(+i omega t): the imaginary part is not negative. It is never 0, and within the
        limits of floating point for viscosities of 1e-3 to 1e30 Pa s.

    Raises
    ------
    InputError
        If the law or a parameter is unknown, or a value is missing, NaN, infinite, zero or negative.
    """
    if name not in RHEOLOGIES:
        raise InputError(f"rheology {name!r} is not one of {', '.join(RHEOLOGIES)}")
    law = RHEOLOGIES[name]
    values = _parameters(law, parameters) if parameters or law.parameters else []
    shear: _Quantity = 0.0
    viscosity: _Quantity = 0.0
    if law.needs_rigidity:
        shear = _require_positive("shear modulus", shear_modulus_pa, "Pa", law=name)
    if law.needs_viscosity:
        viscosity = _require_positive("viscosity", viscosity_pa_s, "Pa s", law=name)
    frequency = _require_positive("frequency", frequency_rad_s, "rad/s", law=name)
    return law.modulus(shear, viscosity, frequency, *values)


def complex_bulk_modulus(
    bulk_modulus_pa: ArrayLike,
    bulk_viscosity_pa_s: ArrayLike,
    relaxed_bulk_modulus_pa: ArrayLike,
    frequency_rad_s: ArrayLike,
) -> Any:  # noqa: ANN401  # complex for numbers, an array for arrays
    """Complex bulk modulus of a material under a periodic load.

    Parameters
    ----------
    bulk_modulus_pa : array
        Unrelaxed (elastic) bulk modulus K, Pa; infinite: incompressible.
    bulk_viscosity_pa_s : array
        Viscosity zeta against a change of volume, Pa s; infinite: elastic.
    relaxed_bulk_modulus_pa : array
        What is left of K under a steady load, K0, Pa; below K. 0: Maxwell's law, as where melt drains freely.
    frequency_rad_s : array
        Angular frequency omega, rad/s. All four broadcast.

    Returns
    -------
    complex or array of complex
        Pa: K0 + (K - K0) / (1 - i (K - K0) / (zeta omega)), for time dependence exp(+i omega t), so that pressure
        goes as -K(omega) times the dilatation and the imaginary part is not negative.

    Notes
    -----
    A standard linear solid (Zener's). Kervazo et al. (2021, doi:10.1051/0004-6361/202039433) have Maxwell's law in
    bulk, K0 = 0; so from memory, the paper was not at hand for this.
    """
    moduli = np.broadcast_arrays(bulk_modulus_pa, bulk_viscosity_pa_s, relaxed_bulk_modulus_pa, frequency_rad_s)
    bulk, viscosity, relaxed, frequency = (np.asarray(x, dtype=float) for x in moduli)
    complex_bulk = bulk.astype(complex)
    yields = np.isfinite(bulk) & np.isfinite(viscosity)
    delayed = bulk[yields] - relaxed[yields]
    complex_bulk[yields] = relaxed[yields] + delayed / (1.0 - 1j * delayed / (viscosity[yields] * frequency[yields]))
    return complex_bulk if complex_bulk.ndim else complex(complex_bulk)


def in_units(moduli_pa: ArrayLike, unit_pa: ArrayLike) -> np.ndarray:
    """Complex moduli over a unit of stress, part by part: infinite ones stay without imaginary part."""
    moduli = np.asarray(moduli_pa, dtype=complex)
    scaled = np.empty(np.broadcast_shapes(moduli.shape, np.shape(unit_pa)), dtype=complex)
    scaled.real, scaled.imag = moduli.real / unit_pa, moduli.imag / unit_pa
    return scaled
