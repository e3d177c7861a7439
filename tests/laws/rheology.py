"""Laws that every rheology keeps.

Authority: law. Each function takes a law of deformation and holds for every material and frequency.
"""

import numpy as np

from perijove.interior.rheology import RHEOLOGIES, complex_shear_modulus

__all__ = [
    "Material",
    "answers_only_after_the_load",
    "dissipates_and_never_gives_energy",
    "knows_no_time_but_its_own",
    "may_be_asked_in_arrays",
    "stiffens_with_frequency",
]

Material = tuple[float, float, dict[str, float]]  # shear modulus (Pa), viscosity (Pa s), parameters


def modulus(name: str, material: Material, frequency_rad_s: np.ndarray | float) -> np.ndarray:
    """Complex modulus as an array."""
    shear, viscosity, parameters = material
    return np.asarray(complex_shear_modulus(name, shear, viscosity, frequency_rad_s, **parameters))


def dissipates_and_never_gives_energy(name: str, material: Material, frequency_rad_s: float) -> None:
    """Neither part of the modulus is negative, and it is not zero: no load sets energy free."""
    value = complex(modulus(name, material, frequency_rad_s))
    assert value.real >= 0.0
    assert value.imag >= 0.0
    assert abs(value) > 0.0
    assert np.isfinite(abs(value))


def stiffens_with_frequency(name: str, material: Material, frequency_rad_s: float) -> None:
    """Storage and the size of the modulus grow with frequency: what creeps has less time to."""
    slow, fast = modulus(name, material, np.array([1.0, 1.1]) * frequency_rad_s)
    rounding = 1.0 + 1e-14
    assert abs(slow) <= abs(fast) * rounding
    assert slow.real <= fast.real * rounding


def knows_no_time_but_its_own(name: str, material: Material, frequency_rad_s: float, factor: float) -> None:
    """Frequency enters as viscosity times frequency, and stresses scale with the modulus."""
    shear, viscosity, parameters = material
    first = modulus(name, material, frequency_rad_s)
    np.testing.assert_allclose(
        modulus(name, (shear, viscosity * factor, parameters), frequency_rad_s / factor), first, rtol=1e-12
    )
    stiffer = (shear * factor, viscosity * factor, parameters)
    np.testing.assert_allclose(modulus(name, stiffer, frequency_rad_s), factor * first, rtol=1e-12)


def may_be_asked_in_arrays(name: str, material: Material, frequencies_rad_s: np.ndarray) -> None:
    """An array gives what its numbers give."""
    one_by_one = [complex(modulus(name, material, float(x))) for x in frequencies_rad_s]
    np.testing.assert_allclose(modulus(name, material, frequencies_rad_s), one_by_one, rtol=1e-14)


def answers_only_after_the_load(name: str, material: Material) -> None:
    """Kramers and Kronig: storage and loss of the creep are Hilbert transforms of each other.

    With J = 1 / mu(omega), J_u = 1 / mu, and without the steady creep, which is a pole at 0 (for laws with rigidity),

        Re J - J_u = (2 / pi) P integral of -Im J(x) x / (x² - omega²) dx,

    by Maclaurin's rule in log x: points midway about the pole, whose errors die out exponentially with their density.
    """
    shear, viscosity, _ = material
    omega = shear / viscosity  # where most happens
    law = RHEOLOGIES[name]
    step = 0.02
    x = omega * np.exp((np.arange(-20_000, 20_000) + 0.5) * step)  # e^-400 to e^400

    def creep(frequency: np.ndarray) -> np.ndarray:
        compliance = 1.0 / modulus(name, material, frequency)
        steady = 0.0 if name == "kelvin-voigt" else 1.0 / (1j * viscosity * frequency)
        instant = 0.0 if name in {"kelvin-voigt", "newtonian"} else 1.0 / shear
        return compliance - instant - (steady if law.needs_viscosity else 0.0)

    away = np.abs(np.log(x / omega))
    kernel = np.where(x > omega, 1.0, -np.exp(-2.0 * away)) / (1.0 - np.exp(-2.0 * away))  # x² / (x² - omega²)
    storage = 2.0 / np.pi * step * np.sum(-creep(x).imag * kernel)
    # The loss of steady creep is a difference of near numbers where it is large; the transient's tail beyond e^-400 is
    # e^(-400 alpha) of the whole.
    assert abs(storage - creep(np.array([omega]))[0].real) <= 1e-9 / shear
