"""What the names of Juno's kernels say: one registry of roles, for the mission's server and the archive of the PDS.

The names follow NAIF's "JUNO SPICE Kernel Naming Scheme" (2009) and what stands in the two trees: the archive renames
``spk_rec_`` to ``juno_rec_`` and ``JNO_SCLKSCET.NNNNN`` to ``jno_sclkscet_NNNNN``. Names are a first choice only:
what a kernel covers is asked of SPICE when it is here.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from perijove.timescales import utc_to_tdb

__all__ = ["ROLES", "KernelName", "Role", "kernel_name"]

_SPAN = r"(?P<start>\d{6})_(?P<stop>\d{6})"
_SPK = rf"{_SPAN}_(?P<version>\d{{6}})(?:_\w+)?\.bsp"
_CENTURY_TURN = 60  # Juno was launched in 2011; two digits of a year below this are of this century


@dataclass(frozen=True)
class Role:
    """What a kernel is for.

    Attributes
    ----------
    name : str
    kind : str
        SPICE's kind of such kernels.
    folders : tuple of str
        Where such kernels stand, from the root of the mission's kernels; a later folder is looked into only where an
        earlier one does not serve.
    patterns : tuple of str
        Of file names, best first: what a later pattern names serves only where nothing earlier covers the time.
    dated : bool
        Whether the name tells the days covered, both included. Of others the newest version serves.
    bodies : tuple of str
        Bodies (or, for attitude, frame) whose coverage shows that the kernel serves.
    needed : bool
        Whether Perijove needs it. It knows the cameras itself; their kernels are for other programs.
    """

    name: str
    kind: str
    folders: tuple[str, ...]
    patterns: tuple[str, ...]
    dated: bool = False
    bodies: tuple[str, ...] = ()
    needed: bool = True


_GENERIC = "../../generic_kernels"
ROLES = (
    Role("leap seconds", "LSK", ("lsk", f"{_GENERIC}/lsk"), (r"naif(?P<version>\d{4})\.tls",)),
    Role("constants", "PCK", ("pck", f"{_GENERIC}/pck"), (r"pck(?P<version>\d{5})\.tpc",)),
    Role("frames", "FK", ("fk",), (r"juno_v(?P<version>\d+)\.tf",)),
    Role("JunoCam", "IK", ("ik",), (r"juno_junocam_v(?P<version>\d+)\.ti",), needed=False),
    Role("JIRAM", "IK", ("ik",), (r"juno_jiram_v(?P<version>\d+)\.ti",), needed=False),
    Role("clock", "SCLK", ("sclk",), (r"jno_sclkscet[._](?P<version>\d{5})\.tsc",)),
    Role(
        "planets", "SPK", ("spk", f"{_GENERIC}/spk/planets"), (r"de(?P<version>\d+)s?\.bsp",), bodies=("SUN", "EARTH")
    ),
    Role(
        "moons",
        "SPK",
        ("spk", f"{_GENERIC}/spk/satellites"),
        (r"jup(?P<version>\d+)s?\.bsp",),
        bodies=("IO", "EUROPA", "GANYMEDE", "CALLISTO", "JUPITER"),
    ),
    Role(
        "trajectory",
        "SPK",
        ("spk",),
        tuple(rf"(?:spk|juno)_{kind}_{_SPK}" for kind in ("rec", "pre", "ref")),
        dated=True,
        bodies=("JUNO",),
    ),
    Role(
        "attitude",
        "CK",
        ("ck",),
        (
            rf"juno_sc_rec_{_SPAN}_v(?P<version>\d+)\.bc",
            rf"juno_sc_raw_{_SPAN}(?:_v(?P<version>\d+))?\.bc",
            rf"juno_sc_prs_{_SPAN}(?:_\w+?)??_v(?P<version>\d+)\.bc",
            rf"juno_sc_prl_{_SPAN}(?:_\w+?)??_v(?P<version>\d+)\.bc",
        ),
        dated=True,
        bodies=("JUNO_SPACECRAFT",),
    ),
)
"""Roles in the order in which their kernels are fetched: small ones first."""


@dataclass(frozen=True)
class KernelName:
    """What a file name tells.

    Attributes
    ----------
    name : str
    role : Role
    rank : int
        0 for the best kind of its role: reconstruction before prediction.
    version : int
        Grows with the date of delivery or the version. ``s`` (short span, small file) counts above its long sibling.
    start_tdb, stop_tdb : float
        From the start of the first day to the end of the last, TDB; infinite where the name tells no days.
    """

    name: str
    role: Role = field(repr=False)
    rank: int
    version: int
    start_tdb: float
    stop_tdb: float

    def meets(self, start_tdb: float, stop_tdb: float) -> bool:
        """Whether the days of the name meet a stretch of time."""
        return self.start_tdb <= stop_tdb and self.stop_tdb >= start_tdb


def _day(digits: str) -> date | None:
    year = int(digits[:2])
    try:
        return date(year + (2000 if year < _CENTURY_TURN else 1900), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def kernel_name(name: str, role: Role) -> KernelName | None:
    """What a file name says in a role; None where it is of another role, or no kernel's name at all."""
    for rank, pattern in enumerate(role.patterns):
        found = re.fullmatch(pattern, name, re.ASCII | re.IGNORECASE)
        if not found:
            continue
        version = 2 * int(found["version"] or 0) + name.lower().endswith("s.bsp")
        if not role.dated:
            return KernelName(name, role, rank, version, float("-inf"), float("inf"))
        first, last = _day(found["start"]), _day(found["stop"])
        if first is None or last is None or last < first:
            return None
        start, stop = (utc_to_tdb(day.isoformat()) for day in (first, last + timedelta(days=1)))
        return KernelName(name, role, rank, version, start, stop)
    return None
