"""Hapke's bidirectional reflectance of rough ground, in the form of 1981 and 1984."""

from dataclasses import dataclass
from math import acos, exp, expm1, pi, sqrt, tan

import numpy as np
from numpy.typing import ArrayLike

from perijove.compiled import njit
from perijove.errors import InputError

__all__ = ["Hapke", "hapke_radiance_factor"]


@dataclass(frozen=True)
class Hapke:
    """Parameters of Hapke's function.

    Attributes
    ----------
    w : float
        Single-scattering albedo, above 0, at most 1.
    h : float
        Width of the opposition surge in Hapke 1981; its height is exp(-w^2 / 2) there.
    g : float
        Asymmetry of the Henyey-Greenstein function of a particle, -1 to 1; negative scatters back.
    slope_deg : float
        Mean slope of the ground, 0 to 60.
    phase_deg : tuple of two float
        Phase angles for which the parameters hold.

    Raises
    ------
    InputError
        Where a parameter is outside its range.
    """

    w: float
    h: float
    g: float
    slope_deg: float
    phase_deg: tuple[float, float] = (0.0, 180.0)

    def __post_init__(self) -> None:
        """Reject what has no meaning."""
        if not (0.0 < self.w <= 1.0 and self.h > 0.0 and -1.0 < self.g < 1.0 and 0.0 <= self.slope_deg <= 60.0):
            raise InputError(
                f"Hapke's function with w {self.w:g}, h {self.h:g}, g {self.g:g}, slope {self.slope_deg:g} deg: "
                "allowed are 0 < w <= 1, h > 0, -1 < g < 1, slopes of 0 to 60 deg"
            )


def hapke_radiance_factor(
    incidence_deg: ArrayLike, emission_deg: ArrayLike, phase_deg: ArrayLike, ground: Hapke
) -> np.ndarray:
    """Radiance factor I/F of uniform ground.

    Parameters
    ----------
    incidence_deg, emission_deg, phase_deg : array
        Degrees; they broadcast.
    ground : Hapke

    Returns
    -------
    array
        0 in the night (incidence >= 90 deg); NaN where the emission is 90 deg or more, or an angle is NaN. The range
        of phases for which the parameters hold is not looked at here.

    Notes
    -----
    I/F = w/4 mu0e / (mu0e + mue) ((1 + B) P + H(mu0e) H(mue) - 1) S. The surge B, of height exp(-w^2/2), and
    H(x) = (1 + 2x) / (1 + 2x sqrt(1 - w)) are those of Hapke 1981 (J. Geophys. Res. 86, 3039); the effective cosines
    mu0e, mue and the share S not in shadow those of Hapke 1984 (Icarus 59, 41), good to second order in the slope, as
    Hapke 2012 (Theory of Reflectance and Emittance Spectroscopy, eq. 12.45 to 12.54) prints them. Not modelled:
    anisotropic multiple scattering, light from slope to slope, coherent backscatter, porosity.
    """
    degrees = np.broadcast_arrays(
        *(np.asarray(each, dtype=float) for each in (incidence_deg, emission_deg, phase_deg)),
    )
    out = np.empty((degrees[0].size, 4))
    for column, each in enumerate(degrees):
        out[:, column] = np.cos(np.radians(each)).ravel()
    # cos(90 deg) is 6e-17 in floating point: the angles say what is night, not their cosines.
    out[(degrees[0] >= 90.0).ravel(), 0] = -1.0
    out[~(degrees[1] < 90.0).ravel(), 1] = np.nan
    _radiance_factors(out, ground.w, ground.h, ground.g, np.tan(np.radians(ground.slope_deg)))
    return out[:, 3].reshape(degrees[0].shape)


@njit()
def _shadows(mu0: float, mu: float, psi: float, slope_tan: float) -> tuple[float, float, float]:
    """Effective cosines of incidence and emission, and the share not in shadow; equations of Hapke 2012."""
    chi = 1.0 / sqrt(1.0 + pi * slope_tan * slope_tan)
    sin_i, sin_e = sqrt(max(1.0 - mu0 * mu0, 0.0)), sqrt(max(1.0 - mu * mu, 0.0))
    half = 0.5 * (1.0 - np.cos(psi))  # sin^2 of half the azimuth

    # E1 and E2 of both angles, 0 where the angle is 0 (eq. 12.45); level: the cosines at azimuth 0 (12.48, 12.49).
    cot_i = mu0 / (slope_tan * sin_i) if sin_i > 1e-9 else 1e9
    cot_e = mu / (slope_tan * sin_e) if sin_e > 1e-9 else 1e9
    e1_i, e2_i = exp(-2.0 / pi * cot_i), exp(-cot_i * cot_i / pi)
    e1_e, e2_e = exp(-2.0 / pi * cot_e), exp(-cot_e * cot_e / pi)
    level_i = chi * (mu0 + sin_i * slope_tan * e2_i / (2.0 - e1_i))
    level_e = chi * (mu + sin_e * slope_tan * e2_e / (2.0 - e1_e))

    # The larger of both angles hides the other's shadows: eq. 12.46, 12.47, 12.50 or else 12.52 to 12.54.
    open_sky = exp(-2.0 * tan(0.5 * psi)) if psi < pi - 1e-9 else 0.0
    if mu0 >= mu:
        below = 2.0 - e1_e - psi / pi * e1_i
        mu0_eff = chi * (mu0 + sin_i * slope_tan * (np.cos(psi) * e2_e + half * e2_i) / below)
        mu_eff = chi * (mu + sin_e * slope_tan * (e2_e - half * e2_i) / below)
        ratio = mu0 / level_i
    else:
        below = 2.0 - e1_i - psi / pi * e1_e
        mu0_eff = chi * (mu0 + sin_i * slope_tan * (e2_i - half * e2_e) / below)
        mu_eff = chi * (mu + sin_e * slope_tan * (np.cos(psi) * e2_i + half * e2_e) / below)
        ratio = mu / level_e
    free = mu_eff / level_e * mu0 / level_i * chi / (1.0 - open_sky + open_sky * chi * ratio)
    return mu0_eff, mu_eff, free


@njit()
def _radiance_factors(points: np.ndarray, w: float, h: float, g: float, slope_tan: float) -> None:
    """Fill the last column of `points`, shape (points, 4), from the cosines of incidence, emission and phase."""
    gamma, height = sqrt(1.0 - w), exp(-0.5 * w * w)
    for k in range(len(points)):
        m0, m, c = points[k, 0], points[k, 1], points[k, 2]
        if np.isnan(m0 + m + c) or m0 <= 0.0:
            points[k, 3] = 0.0 if m0 <= 0.0 and not np.isnan(m + c) else np.nan
            continue
        # Particle: Henyey-Greenstein, and the surge, which ends at a phase of 90 deg.
        particle = (1.0 - g * g) / (1.0 + g * g + 2.0 * g * c) ** 1.5
        surge = 0.0
        if c >= 1.0 - 1e-14:
            surge = height
        elif c > 0.0:
            x = h * c / sqrt(1.0 - c * c)
            surge = height * (1.0 + (3.0 - exp(-x)) * expm1(-x) / (2.0 * x))  # x is 1e-17 at 90 deg

        # Ground: rough, or level where the slope is 0.
        free = 1.0
        if slope_tan > 0.0:
            sines = sqrt((1.0 - m0 * m0) * (1.0 - m * m))
            across = (c - m0 * m) / sines if sines > 1e-12 else 1.0
            m0, m, free = _shadows(m0, m, acos(min(max(across, -1.0), 1.0)), slope_tan)

        many = (1.0 + 2.0 * m0) / (1.0 + 2.0 * m0 * gamma) * (1.0 + 2.0 * m) / (1.0 + 2.0 * m * gamma) - 1.0
        points[k, 3] = 0.25 * w * m0 / (m0 + m) * ((1.0 + surge) * particle + many) * free
