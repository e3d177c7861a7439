"""States of the built-in moons every 20 days, from the blocks of `perijove.ephemeris.galilean`.

A process that asks for one epoch starts from them without compiled code. Run after `builders/galilean_ephemeris.py`,
from the root, some seconds:

    python builders/galilean_waypoints.py

Output: src/perijove/ephemeris/galilean_waypoints.npz, with ``first``, the number of the first one counted from J2000
in steps of 20 days, and ``states``, (waypoints, 4, 6), km and km/s.
"""

from pathlib import Path

import numpy as np

from perijove.ephemeris.galilean import ANCHOR_SPACING_S, SPAN_TDB, galilean_states
from perijove.ephemeris.galilean_plain import WAYPOINT_SPACING_S

FILE = Path("src/perijove/ephemeris/galilean_waypoints.npz")


def main() -> None:
    """Evaluate and write."""
    per_anchor = round(ANCHOR_SPACING_S / WAYPOINT_SPACING_S)
    assert per_anchor % 2 == 1, "waypoints must not lie where two blocks meet"
    first, last = (round(t / WAYPOINT_SPACING_S) for t in SPAN_TDB)
    numbers = np.arange(first, last + 1)
    about = np.array("Made by builders/galilean_waypoints.py from the blocks of perijove.ephemeris.galilean")
    np.savez(FILE, about=about, first=first, states=galilean_states(numbers * WAYPOINT_SPACING_S))


if __name__ == "__main__":
    main()
