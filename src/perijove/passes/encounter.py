"""One pass of a spacecraft by a moon: the closest approach, and what is about it."""

from dataclasses import dataclass

import numpy as np

from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.source import Ephemeris
from perijove.passes.encounter_geometry import geometry_at
from perijove.passes.encounters import CloseApproach
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.passes.shadow_intervals import ShadowInterval, shadow_intervals

__all__ = ["Encounter", "encounter"]

_SAMPLES = 721


@dataclass(frozen=True)
class Encounter:
    """A pass by a moon.

    Attributes
    ----------
    source : Ephemeris
    approach : CloseApproach
        To the moon.
    perijove : CloseApproach
        To Jupiter, in the same pass.
    shadows : tuple of ShadowInterval
        From half a day before to half a day after.
    window_tdb : (float, float)
        Of `series`, TDB seconds past J2000.
    """

    source: Ephemeris
    approach: CloseApproach
    perijove: CloseApproach
    shadows: tuple[ShadowInterval, ...]
    window_tdb: tuple[float, float]

    @property
    def stem(self) -> str:
        """Beginning of file names: ``pj57-io``."""
        return f"pj{self.approach.perijove}-{self.approach.moon.lower()}"

    def geometry(self) -> GeometrySeries:
        """Geometry of the closest approach, columns of shape ()."""
        (found,) = geometry_at(self.source, [self.approach])
        return found

    def series(self) -> GeometrySeries:
        """Geometry within the window, at 721 times."""
        times = np.linspace(*self.window_tdb, _SAMPLES)
        return geometry_series(self.source, self.approach.moon, times, observer=self.approach.spacecraft)


def encounter(
    source: Ephemeris,
    approach: CloseApproach,
    perijove: CloseApproach,
    *,
    known_tdb: tuple[float, float],
    reach_s: float,
) -> Encounter:
    """What is about a closest approach.

    Parameters
    ----------
    source : Ephemeris
        In which it was found.
    approach, perijove : CloseApproach
        To the moon, and to Jupiter in the same pass.
    known_tdb : (float, float)
        When the spacecraft is known, TDB seconds past J2000: nothing goes beyond.
    reach_s : float
        Of the window to either side.

    Returns
    -------
    Encounter
    """

    def about(reach: float) -> tuple[float, float]:
        return max(approach.tdb - reach, known_tdb[0]), min(approach.tdb + reach, known_tdb[1])

    shadows = shadow_intervals(source, approach.moon, *about(0.5 * SECONDS_PER_DAY), observer=approach.spacecraft)
    return Encounter(source, approach, perijove, shadows, about(reach_s))
