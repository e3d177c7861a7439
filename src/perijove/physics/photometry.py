"""How bright a surface looks by the angles of light: disk functions by name.

A disk function D(incidence, emission, phase) tells how a uniform surface darkens towards limb and terminator.
All are normalised to 1 at incidence = emission = phase = 0, so radiance factor / D is what the same spot would
show if it were seen and lit from straight above (as far as the law holds, and but for the surface's phase
function, which none but Hapke's models).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError
from perijove.physics.hapke import Hapke, hapke_radiance_factor

__all__ = ["PHOTOMETRIC_LAWS", "PhotometricLaw", "disk_function", "normal_reflectance"]

_Law = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]  # cos i, cos e, phase, parameter


@dataclass(frozen=True)
class PhotometricLaw:
    """A disk function: its name, what it says, what its parameter means."""

    name: str
    sentence: str
    function: _Law
    parameter: str | None = None
    default: float = 0.0


def _lambert(mu0: np.ndarray, _mu: np.ndarray, _phase: np.ndarray, _parameter: float) -> np.ndarray:
    return mu0


def _lommel_seeliger(mu0: np.ndarray, mu: np.ndarray, _phase: np.ndarray, _parameter: float) -> np.ndarray:
    result: np.ndarray = 2.0 * mu0 / (mu0 + mu)
    return result


def _minnaert(mu0: np.ndarray, mu: np.ndarray, _phase: np.ndarray, k: float) -> np.ndarray:
    result: np.ndarray = mu0**k * mu ** (k - 1.0)
    return result


def _lunar_lambert(mu0: np.ndarray, mu: np.ndarray, _phase: np.ndarray, weight: float) -> np.ndarray:
    result: np.ndarray = weight * 2.0 * mu0 / (mu0 + mu) + (1.0 - weight) * mu0
    return result


def _none(mu0: np.ndarray, _mu: np.ndarray, _phase: np.ndarray, _parameter: float) -> np.ndarray:
    return np.ones_like(mu0)


def _no_parameters(_mu0: np.ndarray, _mu: np.ndarray, _phase: np.ndarray, _parameter: float) -> np.ndarray:
    raise InputError("Hapke's function needs parameters: give `Hapke` as parameter")


PHOTOMETRIC_LAWS: Mapping[str, PhotometricLaw] = MappingProxyType(
    {
        law.name: law
        for law in (
            PhotometricLaw("none", "No correction: radiance factor as seen.", _none),
            PhotometricLaw("lambert", "cos i: a perfectly scattering surface.", _lambert),
            PhotometricLaw(
                "lommel_seeliger",
                "2 cos i / (cos i + cos e): single scattering in a dark regolith.",
                _lommel_seeliger,
            ),
            PhotometricLaw(
                "minnaert",
                "(cos i)^k (cos e)^(k - 1): empirical; k = 1 is Lambert's law, k = 0.5 a flat full disc.",
                _minnaert,
                "k",
                0.7,
            ),
            PhotometricLaw(
                "lunar_lambert",
                "L times Lommel-Seeliger plus (1 - L) times Lambert (McEwen 1991, Icarus 92, 298).",
                _lunar_lambert,
                "L",
                0.5,
            ),
            PhotometricLaw(
                "hapke",
                "Hapke's function of rough ground (1981, 1984), phase angle and opposition surge included.",
                _no_parameters,
            ),
        )
    }
)
"""Laws by name. The defaults of k and L are middle values for bright icy and frosty surfaces, not fits to Io."""


def disk_function(
    law: str,
    incidence_deg: ArrayLike,
    emission_deg: ArrayLike,
    phase_deg: ArrayLike = 0.0,
    *,
    parameter: float | Hapke | None = None,
) -> np.ndarray:
    """Relative brightness of a uniform surface, 1 at incidence = emission = phase = 0.

    Parameters
    ----------
    law : str
        Key of `PHOTOMETRIC_LAWS`.
    incidence_deg, emission_deg, phase_deg : array
        Degrees; they broadcast.
    parameter : float, Hapke or None
        Minnaert's k, the lunar-Lambert weight or the ground of Hapke's function; None takes the law's default, which
        Hapke's has not.

    Returns
    -------
    array
        0 in the night (incidence >= 90 deg), except for ``none``, which is 1 everywhere; NaN where the emission
        is 90 deg or more, or an angle is NaN.

    Raises
    ------
    InputError
        If the law is unknown, or `parameter` is not of its kind.
    """
    if law not in PHOTOMETRIC_LAWS:
        raise InputError(f"photometric law {law!r} is not one of {', '.join(PHOTOMETRIC_LAWS)}")
    known = PHOTOMETRIC_LAWS[law]
    if isinstance(parameter, Hapke):
        if law != "hapke":
            raise InputError(f"photometric law {law!r} does not take the parameters of Hapke's function")
        above = float(hapke_radiance_factor(0.0, 0.0, 0.0, parameter))
        return hapke_radiance_factor(incidence_deg, emission_deg, phase_deg, parameter) / above
    mu0, mu, phase = np.broadcast_arrays(
        np.cos(np.radians(np.asarray(incidence_deg, dtype=float))),
        np.cos(np.radians(np.asarray(emission_deg, dtype=float))),
        np.asarray(phase_deg, dtype=float),
    )
    # cos(90 deg) is 6e-17 in floating point: compare the angles, not their cosines.
    night = np.broadcast_to(np.asarray(incidence_deg, dtype=float) >= 90.0, mu0.shape)
    seen = np.broadcast_to(np.asarray(emission_deg, dtype=float) < 90.0, mu.shape) & ~np.isnan(mu0 + phase)
    value = known.function(
        np.where(night | ~seen, 1.0, mu0),
        np.where(seen, mu, 1.0),
        phase,
        known.default if parameter is None else parameter,
    )
    if law != "none":
        value = np.where(night, 0.0, value)
    return np.where(seen, value, np.nan)


def normal_reflectance(
    radiance_factor: ArrayLike,
    law: str,
    incidence_deg: ArrayLike,
    emission_deg: ArrayLike,
    phase_deg: ArrayLike = 0.0,
    *,
    parameter: float | Hapke | None = None,
    limit_deg: float = 85.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Radiance factor with the disk function divided out, where the law holds.

    Parameters
    ----------
    radiance_factor : array
        I/F; its standard error may be passed in the same way.
    law, incidence_deg, emission_deg, phase_deg, parameter
        As in `disk_function`.
    limit_deg : float
        Incidence or emission beyond which the laws are not to be trusted: near the terminator the result is the
        ratio of two small numbers, and relief, which no law knows, rules the brightness. ``none`` has no limit.

    Returns
    -------
    corrected : array
        NaN beyond the limit, in the night and where the point is not seen.
    beyond_limit : array of bool
        Where incidence or emission exceeds the limit, or Hapke's parameters do not hold for the phase angle: flag
        these pixels.
    """
    disk = disk_function(law, incidence_deg, emission_deg, phase_deg, parameter=parameter)
    with np.errstate(invalid="ignore"):
        beyond = (np.asarray(incidence_deg) > limit_deg) | (np.asarray(emission_deg) > limit_deg)
        if isinstance(parameter, Hapke):
            first, last = parameter.phase_deg
            beyond = beyond | (np.asarray(phase_deg) < first) | (np.asarray(phase_deg) > last)
        beyond = beyond & (law != "none")
        usable = (disk > 0.0) & ~beyond
    corrected = np.asarray(radiance_factor, dtype=float) / np.where(usable, disk, np.nan)
    return corrected, np.broadcast_to(beyond, corrected.shape)
