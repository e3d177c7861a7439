"""Where a frame's camera was and how it was turned, before the frame itself is looked at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perijove.bodies.galilean import BODIES
from perijove.bodies.jiram import JIRAM
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import SSB, aberration_rotation, apparent_state
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.solutions import best_solution
from perijove.ephemeris.sun import earth_direction, sun_direction
from perijove.errors import InputError
from perijove.formats.jiram import JiramFrame
from perijove.geometry.rotations import from_rotation_vector, rotation_vector_deg, unit
from perijove.jiram.instrument import CAMERAS, MOUNTINGS
from perijove.scene.shot import Shot
from perijove.scene.view import View
from perijove.timescales import utc_to_tdb

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = ["KnownPose", "Reach", "known_pose"]

_BODY = "IO"
_RATE_STEP_S = 0.25
# The dish points at the Earth to 0.3 deg (`junocam.orientation`): 22 px along samples, and a roll that hardly shows.
_AXIS_SIGMA_DEG = 0.3
_KERNEL_ROLL_SIGMA_DEG = 0.02
_KERNEL_SAMPLES_SIGMA_PX = 8.0  # 1 to 20 px in published frames of perijoves 41 to 58
_MIRROR_LINES_SIGMA_PX = 4.0


@dataclass(frozen=True)
class Reach:
    """How far a frame may look beside what is known of it: standard errors.

    Attributes
    ----------
    samples_px, lines_px : float
    roll_deg : float
    lines_known : bool
        False where nothing is known along lines: Io may stand anywhere.
    """

    samples_px: float
    lines_px: float
    roll_deg: float
    lines_known: bool = True


@dataclass(frozen=True, eq=False)
class KnownPose:
    """Pose of a frame by kernels or by the built-in pass.

    Attributes
    ----------
    tdb : float
        Start of the exposure as labelled, TDB seconds past J2000.
    position_km : array, shape (3,)
        Camera from Io's centre, body-fixed, km.
    sun : array, shape (3,)
        Unit vector to the Sun, body-fixed.
    body_to_spacecraft : array, shape (3, 3)
        At `tdb` - `late_s`, stellar aberration at Io's centre folded in. Not modelled: its change over the disc, which
        is 0.1 px from 3,300 km and 0.02 px from 18,000 km.
    late_s : float
        By how much attitude is taken before the label's time.
    spin_deg_s : float
        Turn of the view along lines: 0 while the mirror holds it.
    position_sigma_km : float
        Along each axis.
    expected_px : tuple of float
        Where what the kernels predict is expected to be seen, columns and rows from there.
    reach : Reach
    sources : dict of str
    """

    tdb: float
    position_km: np.ndarray
    sun: np.ndarray
    body_to_spacecraft: np.ndarray
    late_s: float
    spin_deg_s: float
    position_sigma_km: float
    expected_px: tuple[float, float]
    reach: Reach
    sources: dict[str, str]

    @property
    def lines_per_s(self) -> float:
        """How fast the view runs along lines without the mirror."""
        return float(np.radians(self.spin_deg_s) * JIRAM.focal_length_px)

    def shot(self, band: str, shift_px: tuple[float, float] = (0.0, 0.0), roll_deg: float = 0.0) -> Shot:
        """Geometry of a band, what it shows moved by columns and rows and turned about the boresight."""
        step = np.degrees(1.0 / JIRAM.focal_length_px)
        turn = from_rotation_vector(np.array([shift_px[1] * step, -shift_px[0] * step, roll_deg]))
        pose = turn @ MOUNTINGS[band].to_camera() @ self.body_to_spacecraft
        view = View(np.array([self.tdb]), self.position_km[None], pose[None], self.sun[None])
        return Shot(_BODY, BODIES[_BODY].radii_km, view, (CAMERAS[band],), np.zeros(1, dtype=int))


def known_pose(frame: JiramFrame, kernels: "Kernels | None" = None) -> KnownPose:
    """What is known of a frame's pose.

    Parameters
    ----------
    frame : JiramFrame
    kernels : Kernels, optional
        Attitude of Juno, a clock kernel with it; trajectories where they hold them. What they lack is built in:
        positions by the passes, attitude as the dish's axis on the Earth and a spin phase that puts Io in the middle.

    Raises
    ------
    InputError
        Where no pass is built in for the frame's time and the kernels hold no trajectory.
    KernelError
        Where attitude is given and does not cover the time.
    """
    tdb = float(utc_to_tdb(frame.start_utc))
    ephemeris, title = _places(kernels, tdb, frame.product_id)
    seen = apparent_state(ephemeris, _BODY, "JUNO", tdb, "CN")[:3]
    emitted = tdb - float(np.linalg.norm(seen)) / SPEED_OF_LIGHT_KM_S
    turn = icrf_to_body(_BODY, emitted)
    aberration = aberration_rotation(seen, ephemeris.state("JUNO", tdb, center=SSB)[3:])
    despun = frame.orbit is not None and frame.orbit < JIRAM.no_mirror_from_orbit
    late = 0.0 if despun else float(JIRAM.lateness_s)
    sources = {"position": title, "sun": "built-in ephemeris (JPL DE423)"}
    if kernels is not None and any(file.kind == "CK" for file in kernels.files):
        times = np.array([tdb - late, tdb - late - _RATE_STEP_S])
        attitude, before = kernels.rotation("J2000", "JUNO_SPACECRAFT", times)
        spin = float(np.linalg.norm(rotation_vector_deg(attitude @ before.T))) / _RATE_STEP_S
        lines_sigma = _MIRROR_LINES_SIGMA_PX
        if not despun:
            sigma = JIRAM.lateness_s.measured[1]
            lines_sigma = float(np.hypot(sigma * np.radians(spin) * JIRAM.focal_length_px, lines_sigma))
        reach = Reach(_KERNEL_SAMPLES_SIGMA_PX, lines_sigma, _KERNEL_ROLL_SIGMA_DEG)
        # Samples run against columns.
        expected = (-float(JIRAM.pointing_samples_px), float(JIRAM.pointing_lines_px))
        sources["attitude"] = "SPICE kernels " + ", ".join(file.name for file in kernels.used_files())
    else:
        attitude = _turned_to(seen, earth_direction(tdb), aberration)
        spin, expected, late = float(JIRAM.spin_deg_s), (0.0, 0.0), 0.0
        pixels = np.radians(_AXIS_SIGMA_DEG) * JIRAM.focal_length_px
        reach = Reach(float(pixels), np.inf, _AXIS_SIGMA_DEG, lines_known=False)
        sources["attitude"] = "spin axis on the Earth; spin phase from the frame"
    sigma_km = float(np.sqrt(np.trace(ephemeris.position_covariance_km2("JUNO", tdb, center=_BODY)) / 3.0))
    return KnownPose(
        tdb=tdb,
        position_km=-(turn @ seen),
        sun=turn @ sun_direction(_BODY, emitted),
        body_to_spacecraft=attitude @ aberration @ turn.T,
        late_s=late,
        spin_deg_s=0.0 if despun else spin,
        position_sigma_km=sigma_km,
        expected_px=expected,
        reach=reach,
        sources=sources,
    )


def _places(kernels: "Kernels | None", tdb: float, name: str) -> tuple[Ephemeris, str]:
    """Ephemeris of Juno and Io: of the kernels where they hold Juno, else built in."""
    from perijove.ephemeris.spice.choice import chosen_ephemeris  # noqa: PLC0415  # loads spiceypy

    if kernels is not None and bool(kernels.covers("JUNO", tdb)):
        return chosen_ephemeris(kernels, "JUNO", (_BODY, "JUPITER", "SUN"), tdb=tdb)
    built_in = best_solution("JUNO", tdb)
    try:
        built_in.ephemeris.state("JUNO", tdb, center=_BODY)
    except InputError:
        raise InputError(
            f"{name}: no pass of Juno is built in for its time; give its trajectory with `kernels`"
        ) from None
    return built_in.ephemeris, built_in.title


def _turned_to(target: np.ndarray, axis: np.ndarray, aberration: np.ndarray) -> np.ndarray:
    """Rotation from the ICRF to the spacecraft: +Z on an axis, spun until the M band's boresight passes a target."""
    boresight = MOUNTINGS["M"].to_camera()[2]
    azimuth = np.arctan2(boresight[1], boresight[0])
    across = unit(aberration @ target - (axis @ (aberration @ target)) * axis)
    beside = np.cross(axis, across)
    x_axis = np.cos(azimuth) * across - np.sin(azimuth) * beside
    return np.stack([x_axis, np.cross(axis, x_axis), axis])
