"""Text kernels made from Perijove's own facts: leap seconds, Juno's clock and frames, rotation of Io and Jupiter.

They are written beside simulated trajectories, and stand in where a user's set of kernels lacks one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import BODIES
from perijove.bodies.juno import SPACECRAFT_TO_CAMERA
from perijove.bodies.jupiter import JUPITER_SYSTEM_ANGLES_DEG
from perijove.constants import SECONDS_PER_HOUR
from perijove.ephemeris.orientation import ROTATIONS
from perijove.errors import InputError
from perijove.timescales import TDB_MINUS_TT, TT_MINUS_TAI_S, leap_seconds

__all__ = [
    "CAMERA_FRAME",
    "JUNO_ID",
    "SPACECRAFT_FRAME",
    "SpacecraftClock",
    "camera_frame_text",
    "clock_text",
    "data_lines",
    "leap_second_text",
    "rotation_text",
    "spacecraft_frame_text",
]

JUNO_ID = -61
SPACECRAFT_FRAME = ("JUNO_SPACECRAFT", -61000)
CAMERA_FRAME = ("JUNO_JUNOCAM", -61500)
_TICKS = 256  # per count of Juno's clock


@dataclass(frozen=True)
class SpacecraftClock:
    """An ideal clock like Juno's: counts of one TDB second in 256 ticks.

    Parameters
    ----------
    start_tdb : float
        A whole TDB second before all times of interest. Kernels count ticks from here: a start nearby keeps
        a tick count exact to 1e-11 s, where Juno's true clock, started years before, leaves 1e-7 s.
    start_count : int
        What the clock reads then.
    """

    start_tdb: float
    start_count: int

    def __post_init__(self) -> None:
        """Check that the start can be written exactly."""
        if self.start_tdb != round(self.start_tdb) or self.start_count < 0:
            raise InputError(f"a clock starts at a whole TDB second with a count from 0, not {self}")

    @classmethod
    def before(cls, tdb: float) -> "SpacecraftClock":
        """Clock that starts an hour before a time and reads whole TDB seconds past J2000."""
        start = np.floor(tdb) - SECONDS_PER_HOUR
        return cls(float(start), int(start))

    def reading(self, tdb: float) -> str:
        """Label text ``seconds:ticks`` at a time, rounded to the nearest tick (1/256 s)."""
        ticks = round((tdb - self.start_tdb) * _TICKS)
        return f"{self.start_count + ticks // _TICKS}:{ticks % _TICKS:03d}"


def _kernel(kind: str, about: str, data: Iterable[str]) -> str:
    return "\n".join([f"KPL/{kind}", "", about, "", "\\begindata", "", *data, "", "\\begintext", ""])


def data_lines(kernel: str) -> list[str]:
    """Assignments of a text kernel, as SPICE's ``lmpool`` takes them."""
    return kernel.partition("\\begindata")[2].partition("\\begintext")[0].splitlines()


def leap_second_text() -> str:
    """LSK with the leap seconds of `perijove.timescales`."""
    k, eb, m0, m1 = TDB_MINUS_TT
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    steps = [f"{seconds}, @{day.year}-{months[day.month - 1]}-{day.day}" for day, seconds in leap_seconds()]
    data = [
        f"DELTET/DELTA_T_A = {TT_MINUS_TAI_S}",
        f"DELTET/K = {k}",
        f"DELTET/EB = {eb}",
        f"DELTET/M = ( {m0} {m1} )",
        "DELTET/DELTA_AT = ( " + "\n                    ".join(steps) + " )",
    ]
    return _kernel("LSK", "Leap seconds.", data)


def clock_text(clock: SpacecraftClock) -> str:
    """SCLK kernel of an ideal clock under Juno's id."""
    data = [
        "SCLK_KERNEL_ID = ( @2000-01-01/00:00:00 )",
        "SCLK_DATA_TYPE_61 = ( 1 )",
        "SCLK01_TIME_SYSTEM_61 = ( 1 )",
        "SCLK01_N_FIELDS_61 = ( 2 )",
        f"SCLK01_MODULI_61 = ( 4294967296 {_TICKS} )",
        "SCLK01_OFFSETS_61 = ( 0 0 )",
        "SCLK01_OUTPUT_DELIM_61 = ( 2 )",
        f"SCLK_PARTITION_START_61 = ( {clock.start_count * _TICKS} )",
        f"SCLK_PARTITION_END_61 = ( {4294967296 * _TICKS - 1} )",
        f"SCLK01_COEFFICIENTS_61 = ( 0 {clock.start_tdb!r} 1 )",
    ]
    return _kernel("SCLK", "Ideal clock of a simulated Juno: not flight data.", data)


def _frame(name: str, frame_id: int, frame_class: int) -> list[str]:
    return [
        f"FRAME_{name} = {frame_id}",
        f"FRAME_{frame_id}_NAME = '{name}'",
        f"FRAME_{frame_id}_CLASS = {frame_class}",
        f"FRAME_{frame_id}_CLASS_ID = {frame_id}",
        f"FRAME_{frame_id}_CENTER = {JUNO_ID}",
    ]


def spacecraft_frame_text() -> str:
    """FK of JUNO_SPACECRAFT, whose attitude stands in CK files under Juno's clock."""
    name, frame_id = SPACECRAFT_FRAME
    data = [*_frame(name, frame_id, 3), f"CK_{frame_id}_SCLK = {JUNO_ID}", f"CK_{frame_id}_SPK = {JUNO_ID}"]
    return _kernel("FK", "Frame of the Juno spacecraft.", data)


def camera_frame_text() -> str:
    """FK of JUNO_JUNOCAM, fixed to the spacecraft by Perijove's mounting matrix."""
    name, frame_id = CAMERA_FRAME
    # Column by column, SPICE wants the matrix from the camera to the spacecraft: row by row, its transpose.
    rows = [" ".join(f"{value!r}" for value in row) for row in SPACECRAFT_TO_CAMERA.tolist()]
    data = [
        *_frame(name, frame_id, 4),
        f"TKFRAME_{frame_id}_SPEC = 'MATRIX'",
        f"TKFRAME_{frame_id}_RELATIVE = '{SPACECRAFT_FRAME[0]}'",
        f"TKFRAME_{frame_id}_MATRIX = ( " + "\n    ".join(rows) + " )",
    ]
    return _kernel("FK", "Frame of JunoCam.", data)


def rotation_text(body: str) -> str:
    """PCK with a body's IAU rotation and radii."""
    facts, rotation = BODIES[body], ROTATIONS[body]
    terms = {name: values for name, *values in rotation.terms_deg}
    padded = [terms.get(name, [0.0, 0.0, 0.0]) for name in JUPITER_SYSTEM_ANGLES_DEG]
    angles = [f"{start!r} {rate!r}" for start, rate in JUPITER_SYSTEM_ANGLES_DEG.values()]
    prefix = f"BODY{facts.naif_id}"

    def column(index: int) -> str:
        return "\n    ".join(repr(values[index]) for values in padded)

    data = [
        f"{prefix}_RADII = ( {' '.join(repr(r) for r in facts.radii_km.tolist())} )",
        f"{prefix}_POLE_RA = ( {rotation.pole_ra_deg[0]!r} {rotation.pole_ra_deg[1]!r} 0 )",
        f"{prefix}_POLE_DEC = ( {rotation.pole_dec_deg[0]!r} {rotation.pole_dec_deg[1]!r} 0 )",
        f"{prefix}_PM = ( {rotation.meridian_deg[0]!r} {rotation.meridian_deg[1]!r} 0 )",
        f"{prefix}_NUT_PREC_RA = ( {column(0)} )",
        f"{prefix}_NUT_PREC_DEC = ( {column(1)} )",
        f"{prefix}_NUT_PREC_PM = ( {column(2)} )",
        "BODY5_NUT_PREC_ANGLES = ( " + "\n    ".join(angles) + " )",
    ]
    return _kernel("PCK", f"Rotation and radii of {body.title()}.", data)
