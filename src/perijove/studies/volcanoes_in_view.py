"""Which sources of the catalogue stood above a spacecraft's horizon during passes, and how they looked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perijove.bodies.io_features import IoFeature
from perijove.bodies.juno import PIXEL_RAD
from perijove.passes.coverage import PassWindow
from perijove.passes.feature_looks import feature_looks
from perijove.timescales import tdb_to_utc

__all__ = ["sources_in_view"]


def sources_in_view(
    sources: Sequence[Mapping[str, Any]], windows: Sequence[PassWindow], *, max_emission_deg: float = 85.0
) -> list[dict[str, Any]]:
    """The sharpest look at each source in each pass.

    Parameters
    ----------
    sources : sequence of mapping
        Rows of the catalogue.
    windows : sequence of PassWindow
        Passes of Io.
    max_emission_deg : float
        Sources seen more obliquely do not count.

    Returns
    -------
    list of dict
        The source's row with ``perijove``, ``time_utc``, ``range_km``, ``emission_deg``, ``light`` and
        ``jiram_km_per_px`` of its sharpest look, the sharpest first; what was not in view is left out. Where
        instruments looked is not considered.
    """
    known = {str(row["source_id"]): row for row in sources}
    features = [
        IoFeature(name, str(row["kind"]), float(row["lat_deg"]), float(row["lon_east_deg"]), None)
        for name, row in known.items()
    ]
    return [
        {
            **known[look.feature.name],
            "perijove": look.pass_name,
            "time_utc": tdb_to_utc(look.time_tdb, digits=0),
            "range_km": float(np.round(look.range_km, 1)),
            "emission_deg": float(np.round(look.emission_deg, 2)),
            "light": look.light,
            "jiram_km_per_px": float(np.round(look.range_km * PIXEL_RAD["JIRAM"], 3)),
        }
        for look in feature_looks(windows, features=features, max_emission_deg=max_emission_deg)
    ]
