"""Free and forced parts of eccentricities and inclinations.

Each moon's eccentricity vector is a sum of turning arrows: four proper modes, of which each belongs mainly to one moon
and turns as fast as that moon's pericentre would alone, and the arrow that the 2:1 resonances force, which turns
backwards with the conjunctions at -(n1 - 2 n2). What a moon has of its own mode is free: nature could have chosen it
otherwise. The rest is forced. Inclination vectors are alike, with a constant in the resonance's place: the tilt that
the Sun forces on the Laplace plane.
"""

from dataclasses import dataclass

import numpy as np

from perijove.resonance.frequencies import QuasiPeriodic, fitted_lines, spectral_lines

__all__ = ["ProperModes", "proper_modes"]

_ROUNDS = 3
_SEARCHED = 8
_APART = 1.5  # resolutions between a line that theory names and one that only the search saw
_SPLIT_APART = 0.1  # the same for amplitudes; nearer lines share theirs in no certain way
_TOLD_APART = 0.2  # resolutions between two lines that theory names, down to which a frequency is fitted


@dataclass(frozen=True)
class ProperModes:
    """Lines of four eccentricity or inclination vectors; frequencies in rad per day."""

    frequency: np.ndarray  # (4,) of the proper modes, Io's to Callisto's
    frequency_sigma: np.ndarray  # NaN where the span is too short to place the mode
    amplitude: np.ndarray  # (4, 4): moon, mode; complex, at time 0
    amplitude_sigma: np.ndarray
    forced_frequency: np.ndarray  # (4,) of the line that all share, as each moon shows it
    forced_frequency_sigma: np.ndarray
    forced: np.ndarray  # (4,) complex
    forced_sigma: np.ndarray

    @property
    def free(self) -> np.ndarray:
        """Amplitude of each moon's own mode, (4,)."""
        return np.asarray(np.abs(np.diag(self.amplitude)))

    @property
    def free_sigma(self) -> np.ndarray:
        """Its standard error, (4,)."""
        return np.asarray(np.diag(self.amplitude_sigma))


def proper_modes(
    vectors: np.ndarray, *, step: float, start: float, expected: np.ndarray, forced: float, forced_is_known: bool
) -> ProperModes:
    """Proper modes of four vectors.

    Parameters
    ----------
    vectors : array, shape (n, 4)
        Eccentricity or inclination vectors of the four moons, evenly spaced.
    step, start : float
        Days between samples, and of the first.
    expected : array, shape (4,)
        About where the modes' frequencies lie, rad per day.
    forced : float
        Frequency of the line that all moons share, rad per day.
    forced_is_known : bool
        Whether that frequency is exact; else it is fitted.

    Returns
    -------
    ProperModes
        The slow modes of Ganymede and Callisto take 135 and 530 years. One moon's record does not tell them apart in
        140 years; but Callisto shows its own mode nearly pure and Ganymede's follows with that known. So each mode is
        fitted where it is strongest while the others are held, in turns. A mode that the span cannot place keeps
        its expected frequency, with NaN as error; where it cannot even split the amplitudes they are NaN too.
    """
    n, moons = vectors.shape
    resolution = 2.0 * np.pi / (n * step)
    searches = [spectral_lines(vectors[:, j], step=step, most=_SEARCHED).frequency for j in range(moons)]
    modes = np.array(expected, dtype=float)
    named = np.append(modes, forced)
    gaps = np.abs(named[:, None] - named) + np.diag(np.full(named.size, np.inf))
    placed = gaps.min(axis=1) > _TOLD_APART * resolution
    split = np.where(gaps.min(axis=1) > _SPLIT_APART * resolution, 1.0, np.nan)
    sigma = np.full(moons, np.nan)
    fits: list[QuasiPeriodic] = []
    for _ in range(_ROUNDS):
        fits = []
        for j in reversed(range(moons)):
            named = np.append(modes, forced)
            others = searches[j][np.min(np.abs(searches[j][:, None] - named), axis=1) > _APART * resolution]
            free = np.zeros(named.size + others.size, dtype=bool)
            free[j], free[moons] = placed[j], not forced_is_known
            fit = fitted_lines(vectors[:, j], np.append(named, others), step=step, start=start, refine=free)
            if placed[j]:
                modes[j], sigma[j] = fit.frequency[j], fit.frequency_sigma[j]
            fits.insert(0, fit)
    return ProperModes(
        modes,
        sigma,
        np.array([fit.amplitude[:moons] for fit in fits]) * split[:moons],
        np.array([fit.amplitude_sigma[:moons] for fit in fits]) * split[:moons],
        np.array([fit.frequency[moons] for fit in fits]),
        np.array([fit.frequency_sigma[moons] for fit in fits]),
        np.array([fit.amplitude[moons] for fit in fits]) * split[moons],
        np.array([fit.amplitude_sigma[moons] for fit in fits]) * split[moons],
    )
