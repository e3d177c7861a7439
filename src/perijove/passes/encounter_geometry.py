"""The whole geometry at close approaches."""

from collections.abc import Sequence

import numpy as np

from perijove.ephemeris.source import Ephemeris
from perijove.passes.encounters import CloseApproach
from perijove.passes.geometry_series import GeometrySeries, geometry_series

__all__ = ["geometry_at"]


def geometry_at(ephemeris: Ephemeris, approaches: Sequence[CloseApproach]) -> tuple[GeometrySeries, ...]:
    """Geometry of each approach at its time.

    Parameters
    ----------
    ephemeris : Ephemeris
        Where the approaches were found.
    approaches : sequence of CloseApproach

    Returns
    -------
    tuple of GeometrySeries
        One for each, with columns of shape (). Geometric, without light time and aberration (beside Io 0.3 km and
        0.006 deg), so that range and speed are those of the approach.
    """
    found: dict[int, GeometrySeries] = {}
    for moon, spacecraft in dict.fromkeys((one.moon, one.spacecraft) for one in approaches):
        mine = [k for k, one in enumerate(approaches) if (one.moon, one.spacecraft) == (moon, spacecraft)]
        times = np.array([approaches[k].tdb for k in mine])
        series = geometry_series(ephemeris, moon, times, observer=spacecraft, correction="NONE")
        found.update((k, series.at(index)) for index, k in enumerate(mine))
    return tuple(found[k] for k in range(len(approaches)))
