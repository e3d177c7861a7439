"""What is known of the poses before the limb is looked at, and where each piece comes from."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perijove.bodies.galilean import BODIES, BodyFacts
from perijove.bodies.juno import FILTERS, JUNOCAM, TURNED_AXES
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import apparent_state
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.sun import earth_direction, sun_direction
from perijove.errors import InputError, LabelError
from perijove.formats.image import RawImage, SourceFile
from perijove.geometry.ellipsoid import position_from_sub_point_km
from perijove.junocam.instrument import JUNOCAM_MOUNTING, frame_times_tdb
from perijove.scene.expected_motion import passing_velocity_km_s
from perijove.scene.kernel_view import view_from_kernels
from perijove.scene.parameters import Parameter, ParameterSet
from perijove.scene.spin import KernelModel, LabelModel
from perijove.timescales import utc_to_tdb

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = [
    "Orientation",
    "kernel_orientation",
    "label_orientation",
    "orientation_of",
    "target_body",
    "trajectory_orientation",
    "with_axis_as_found",
]

# Juno's dish points at the Earth, to 0.1 deg along the one direction that perijoves 43 and 68 measure. On some passes
# it is turned away: at perijove 44 by 8 deg, on the Sun's side, which stands up to 12 deg from the Earth.
AXIS_TILT_SIGMA_DEG, TURNED_AXIS_SIGMA_DEG = 0.3, 8.0
TURNED_FROM_DEG = 4.0 * AXIS_TILT_SIGMA_DEG
LABEL_RANGE_RELATIVE_SIGMA = 0.005  # label altitude against SPICE and against an independent arc
LABEL_ANGLE_SIGMA_DEG = 2e-4  # label sub-point against SPICE
LABEL_EPOCH_SIGMA_S = 1.0  # "mid-image"
# Places of five real labels against the built-in passes, perijoves 43 to 68: 0.1 to 3.9 parts in 1000 of the range off,
# three of them along the path, as if held for six seconds later.
LABEL_PATH_RELATIVE_SIGMA = 0.003
DELAY_SIGMA_MS = 0.3  # the kernel adds 1 ms to the label's delay; some data prefer 2
POINTING_SIGMA_DEG = 0.02  # attitude kernels and mounting, half a pixel
TRAJECTORY_RELATIVE_SIGMA = 3e-4  # of the range, trajectory kernels
TRAJECTORY_ANGLE_SIGMA_DEG = 1e-3
_LEAST_POSITION_SIGMA_KM = 0.01
HAZE_SIGMA_KM = {"JUPITER": 60.0}  # of each colour's limb above the 1-bar level
_METHANE_HAZE = 4.0  # times as much in METHANE, which sees the highest haze: 190 km at perijove 44
PASS_VELOCITY_SIGMA_KM_S = 0.003  # 0.001 of the pass; the rest is its bend in the seconds of a picture
AXIS_SIGMA_PX = 0.07  # optical centre of RED and BLUE against GREEN's: 0.05 to 0.2 in four real pictures
_AXIS_REFERENCE = "GREEN"
# Of the moons, for the built-in passes, where none is asked for by name. What it errs by is 9.4 km along Io's orbit. It
# is taken for as large in every direction: pictures simulated elsewhere go by a two-body path about Io from a state
# 14 to 20 km off this pass, up to 13 km of it across that orbit, and 23 to 28 km off the pass with Io's lead. That is
# wide on purpose: JIRAM's archive and closest approaches have Juno within 0.4 km of the pass with the lead.
PRIOR = SOLUTIONS["jup365"]


@dataclass(frozen=True)
class Orientation:
    """A pose model with its sources.

    Attributes
    ----------
    model : LabelModel or KernelModel
    body : BodyFacts
    sources : dict
        What each quantity was taken from: position, velocity, attitude, sun, clock.
    files : tuple of SourceFile
        Kernels used.
    """

    model: LabelModel | KernelModel
    body: BodyFacts
    sources: dict[str, str]
    files: tuple[SourceFile, ...] = ()


def with_axis_as_found(model: LabelModel, values: np.ndarray) -> LabelModel:
    """Return a model whose prior of the spin axis is that of a turned pass, where values lean it far from the Earth.

    What was known of the axis is then wrong, also about the line of sight, where the limb hardly shows it.
    """
    if model.tilt_deg(values) <= TURNED_FROM_DEG:
        return model
    wide = model.parameters.known_to(axis_tilt_x_deg=TURNED_AXIS_SIGMA_DEG, axis_tilt_y_deg=TURNED_AXIS_SIGMA_DEG)
    return replace(model, parameters=wide)


def target_body(raw: RawImage) -> BodyFacts:
    """Facts of the label's target."""
    try:
        return BODIES[raw.target]
    except KeyError:
        allowed = ", ".join(BODIES)
        raise InputError(f"{raw.product_id}: TARGET_NAME is {raw.target}; Perijove locates {allowed}") from None


@dataclass(frozen=True)
class _Place:
    """Juno from the body's centre where the light left it, ICRF, at mid-image; errors, and sources."""

    position_km: np.ndarray
    velocity_km_s: np.ndarray
    covariance_km2: np.ndarray  # of the position, shape (3, 3)
    velocity_sigma_km_s: float
    sources: dict[str, str]


def _light_time_s(raw: RawImage, body: BodyFacts) -> float:
    altitude = raw.geometry.altitude_km if raw.geometry else 0.0
    return (altitude + body.mean_radius_km) / SPEED_OF_LIGHT_KM_S


def _label_position_km(raw: RawImage, body: BodyFacts, tdb: float) -> np.ndarray | None:
    """Juno from the body by the label, ICRF; None where the label does not say."""
    g = raw.geometry
    if g is None:
        return None
    fixed = position_from_sub_point_km(
        g.sub_spacecraft_lat_deg, g.sub_spacecraft_lon_west_deg, g.altitude_km, radii_km=body.radii_km
    )
    return np.asarray(icrf_to_body(body.name, tdb - _light_time_s(raw, body)).T @ fixed)


def _pass_place(raw: RawImage, body: BodyFacts, tdb: float, solution: str | None) -> _Place | None:
    """By the built-in pass, taken at its word where its solution is named; None where there is none at that time."""
    perijove = next((arc.perijove for arc in ARCS if arc.start_tdb <= tdb <= arc.end_tdb), None)
    if perijove is None:
        return None
    chosen = PRIOR if solution is None else SOLUTIONS[solution]
    seen = apparent_state(chosen.ephemeris, body.name, "JUNO", tdb, "CN")
    position = -seen[:3]
    covariance = chosen.ephemeris.position_covariance_km2("JUNO", tdb, center=body.name)
    if solution is None:
        covariance = float(np.trace(covariance)) * np.eye(3)
    sigmas = np.sqrt(np.linalg.eigvalsh(covariance))
    source = f"built-in pass of perijove {perijove}, {chosen.title}"
    labelled = _label_position_km(raw, body, tdb)
    apart = "" if labelled is None else f"; the label has it {np.linalg.norm(labelled - position):.0f} km from there"
    good = f"taken as good to {sigmas[0]:.1f} to {sigmas[-1]:.1f} km along its axes"
    return _Place(
        position,
        -seen[3:],
        covariance + _clock_covariance_km2(-seen[3:]),
        PASS_VELOCITY_SIGMA_KM_S,
        {"position": f"{source}, {good}{apart}", "velocity": source},
    )


def _clock_covariance_km2(velocity_km_s: np.ndarray) -> np.ndarray:
    """How far Juno comes in the jitter of the start time."""
    step = JUNOCAM.start_time_jitter_s * velocity_km_s
    return np.outer(step, step)


def _label_place(raw: RawImage, body: BodyFacts, tdb: float) -> _Place:
    """By the label, held for mid-image, with the velocity expected for a pass."""
    position = _label_position_km(raw, body, tdb)
    if position is None or raw.geometry is None:
        raise LabelError(
            f"{raw.product_id}: the label gives no sub-spacecraft point and altitude, and no pass is built in at its "
            "time; give trajectory and attitude with `kernels`"
        )
    velocity, velocity_sigma = passing_velocity_km_s(tdb, raw.orbit)
    if body.name != "IO":
        velocity, velocity_sigma = np.zeros(3), 25.0
    distance = float(np.linalg.norm(position))
    sight = position / distance
    speed = float(np.linalg.norm(velocity))
    path = velocity / speed if speed > 0.0 else np.zeros(3)
    radial = LABEL_RANGE_RELATIVE_SIGMA * raw.geometry.altitude_km
    anyhow = np.hypot(np.radians(LABEL_ANGLE_SIGMA_DEG) * distance, velocity_sigma * LABEL_EPOCH_SIGMA_S)
    along = np.hypot(speed * LABEL_EPOCH_SIGMA_S, LABEL_PATH_RELATIVE_SIGMA * distance)
    return _Place(
        position,
        velocity,
        anyhow**2 * np.eye(3) + radial**2 * np.outer(sight, sight) + along**2 * np.outer(path, path),
        velocity_sigma,
        {
            "position": "label sub-spacecraft point and altitude, held for mid-image",
            "velocity": "expected for an inbound crossing of Io's orbit"
            if np.any(velocity)
            else "unknown, fitted with a prior of zero",
        },
    )


def label_orientation(
    raw: RawImage, *, spin_axis: np.ndarray | None = None, solution: str | None = None
) -> Orientation:
    """Poses without kernels.

    Position: the built-in pass where there is one, else the label's sub-spacecraft point and altitude, held for
    mid-image, moving with the velocity expected for a pass. Attitude: spin axis on the Earth, spin phase unknown.

    Parameters
    ----------
    raw : RawImage
    spin_axis : array, shape (3,), optional
        ICRF direction of spacecraft +Z where it was not on the Earth.
    solution : str, optional
        Of `perijove.ephemeris.solutions.SOLUTIONS`: the built-in pass is taken to be as good as that says. By default
        ``jup365``, whose whole error is taken along each axis.

    Raises
    ------
    InputError
        If a solution is named and no pass is built in at that time.
    LabelError
        If neither the label nor a built-in pass gives a position.
    """
    body, middle = target_body(raw), _middle_tdb(raw)
    place = _pass_place(raw, body, middle, solution)
    if place is None and solution is not None:
        raise InputError(f"{raw.product_id}: solution {solution}: no pass is built in at its time; leave it out")
    return _spinning(raw, body, place or _label_place(raw, body, middle), spin_axis)


def trajectory_orientation(raw: RawImage, kernels: "Kernels", *, spin_axis: np.ndarray | None = None) -> Orientation:
    """Poses from trajectory kernels without attitude: the spin phase comes from the picture, as without kernels.

    Parameters
    ----------
    raw : RawImage
    kernels : Kernels
        Must hold positions of Juno and the target. In the seconds of a picture Juno is taken to go straight on.
    spin_axis : array, shape (3,), optional
        ICRF direction of spacecraft +Z where it was not on the Earth.

    Raises
    ------
    KernelError
        Where the set does not cover the picture.
    """
    body, middle = target_body(raw), _middle_tdb(raw)
    to_target, _ = kernels.state(body.name, JUNOCAM_MOUNTING.spacecraft, middle, correction="CN")
    files = kernels.used_files()
    source = f"SPICE kernels {', '.join(file.name for file in files)}"
    place = _Place(
        -to_target[:3],
        -to_target[3:],
        _trajectory_covariance_km2(-to_target[:3]) + _clock_covariance_km2(to_target[3:]),
        PASS_VELOCITY_SIGMA_KM_S,
        {"position": source, "velocity": source},
    )
    return replace(_spinning(raw, body, place, spin_axis), files=files)


def orientation_of(
    raw: RawImage,
    kernels: "Kernels | None",
    *,
    spin_axis: np.ndarray | None = None,
    solution: str | None = None,
) -> Orientation:
    """What is known of the poses, by what is at hand: attitude, trajectory, or neither.

    Parameters
    ----------
    raw : RawImage
    kernels : Kernels or None
    spin_axis : array, shape (3,), optional
    solution : str, optional
        See `label_orientation`.

    Raises
    ------
    InputError
        If a spin axis is given beside attitude kernels, or a solution beside any.
    PerijoveError
        Where kernels or label do not tell enough.
    """
    if kernels is None:
        return label_orientation(raw, spin_axis=spin_axis, solution=solution)
    if solution is not None:
        raise InputError(f"{raw.product_id}: solution {solution}: the kernels hold Juno's place; leave out one of them")
    if not any(file.kind == "CK" for file in kernels.files):
        return trajectory_orientation(raw, kernels, spin_axis=spin_axis)
    if spin_axis is not None:
        raise InputError(
            f"{raw.product_id}: the kernels hold the attitude, and a spin axis is given too; leave out one of them"
        )
    return kernel_orientation(raw, kernels)


def _trajectory_covariance_km2(position_km: np.ndarray) -> np.ndarray:
    """Of a trajectory kernel: along the line of sight, and across."""
    distance = float(np.linalg.norm(position_km))
    along, across = TRAJECTORY_RELATIVE_SIGMA * distance, np.radians(TRAJECTORY_ANGLE_SIGMA_DEG) * distance
    sight = position_km / distance
    covariance: np.ndarray = across**2 * np.eye(3) + (along**2 - across**2) * np.outer(sight, sight)
    return covariance


def _position(sigmas_km: np.ndarray) -> tuple[Parameter, ...]:
    """How far the spacecraft is off its expected place along three axes."""
    return tuple(
        Parameter(f"position_{k}_km", "km", 0.0, max(float(sigma), _LEAST_POSITION_SIGMA_KM), 1e-2)
        for k, sigma in enumerate(sigmas_km, start=1)
    )


def _camera_and_limb(raw: RawImage, body: BodyFacts) -> tuple[Parameter, ...]:
    """The camera's focal length, the optical centre of each filter, and on a body of gas the height of its limb."""
    focal = Parameter(
        "focal_length_px", "px", JUNOCAM.flight_focal_length_px, JUNOCAM.flight_focal_length_sigma_px, 1e-2
    )
    others = [name for name in FILTERS if name in raw.filters and name != _AXIS_REFERENCE]
    axes = tuple(
        Parameter(f"{name.lower()}_{side}_px", "px", 0.0, AXIS_SIGMA_PX, 1e-2)
        for name in (others if _AXIS_REFERENCE in raw.filters else others[1:])
        for side in "xy"
    )
    hazy = [name for name in FILTERS if name in raw.filters and body.name in HAZE_SIGMA_KM]
    high = {name: HAZE_SIGMA_KM[body.name] * (_METHANE_HAZE if name == "METHANE" else 1.0) for name in hazy}
    haze = (Parameter(f"{name.lower()}_limb_km", "km", 0.0, sigma, 1.0) for name, sigma in high.items())
    return (focal, *axes, *haze)


def _middle_tdb(raw: RawImage) -> float:
    times = frame_times_tdb(raw)
    return float(0.5 * (times[0] + times[-1]))


def _expected_axis(tdb: float) -> tuple[np.ndarray, str]:
    """Where spacecraft +Z points, ICRF, and in words: where pictures of a turned pass have it, else on the Earth."""
    for turned in TURNED_AXES:
        if utc_to_tdb(turned.start_utc) <= tdb <= utc_to_tdb(turned.end_utc):
            ra, dec = np.radians([turned.ra_deg, turned.dec_deg])
            axis = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
            return axis, f"at RA {turned.ra_deg:.1f} and Dec {turned.dec_deg:.1f} deg, as pictures of that pass have it"
    return earth_direction(tdb), "on the Earth"


def _spinning(raw: RawImage, body: BodyFacts, place: _Place, spin_axis: np.ndarray | None) -> Orientation:
    """Poses of a camera that spins about an axis at a place, spin phase unknown."""
    times, middle = frame_times_tdb(raw), _middle_tdb(raw)
    variances, directions = np.linalg.eigh(place.covariance_km2)
    axis, named = _expected_axis(middle) if spin_axis is None else (np.asarray(spin_axis, dtype=float), "as given")
    emitted = times - float(np.linalg.norm(place.position_km)) / SPEED_OF_LIGHT_KM_S
    sources = dict(place.sources)
    sources |= {
        "attitude": f"spin axis {named}; spin phase from the limb",
        "sun": "built-in ephemeris (JPL DE423)",
        "clock": "label START_TIME plus the instrument kernel's bias",
    }
    parameters = (
        Parameter("spin_phase_deg", "deg", 0.0, 1e4, 1e-4),
        Parameter("spin_deg_s", "deg/s", JUNOCAM.spin_deg_s, JUNOCAM.spin_sigma_deg_s, 1e-4),
        Parameter("axis_tilt_x_deg", "deg", 0.0, AXIS_TILT_SIGMA_DEG, 1e-4),
        Parameter("axis_tilt_y_deg", "deg", 0.0, AXIS_TILT_SIGMA_DEG, 1e-4),
        *_position(np.sqrt(variances)),
        *(
            Parameter(f"velocity_{axis}_km_s", "km/s", float(v), place.velocity_sigma_km_s, 1e-3)
            for axis, v in zip("xyz", place.velocity_km_s, strict=True)
        ),
        Parameter("extra_delay_ms", "ms", 0.0, DELAY_SIGMA_MS, 0.1),  # a time in TDB has a grain of 1e-4 ms
        *_camera_and_limb(raw, body),
    )
    model = LabelModel(
        mounting=JUNOCAM_MOUNTING,
        times_tdb=times,
        icrf_to_body=icrf_to_body(body.name, emitted),
        sun=np.broadcast_to(icrf_to_body(body.name, middle) @ sun_direction(body.name, middle), (len(times), 3)),
        spin_axis=axis,
        position_km=place.position_km,
        position_axes=directions.T,
        phase_epoch_tdb=middle,
        position_epoch_tdb=middle,
        parameters=ParameterSet(parameters),
    )
    return Orientation(model, body, sources)


def kernel_orientation(raw: RawImage, kernels: "Kernels") -> Orientation:
    """Poses from trajectory and attitude kernels, to be displaced by a start-time offset and small pointing angles."""
    body = target_body(raw)
    times = frame_times_tdb(raw)
    base = view_from_kernels(kernels, JUNOCAM_MOUNTING, target=body.name, times_tdb=times)
    later = view_from_kernels(kernels, JUNOCAM_MOUNTING, target=body.name, times_tdb=times + 0.05)
    distance = float(np.linalg.norm(base.position_km[base.n_frames // 2]))
    across = np.radians(TRAJECTORY_ANGLE_SIGMA_DEG)
    parameters = (
        Parameter("start_offset_s", "s", 0.0, JUNOCAM.start_time_jitter_s, 1e-5),
        Parameter("pointing_x_deg", "deg", 0.0, POINTING_SIGMA_DEG, 1e-4),
        Parameter("pointing_y_deg", "deg", 0.0, POINTING_SIGMA_DEG, 1e-4),
        Parameter("pointing_z_deg", "deg", 0.0, POINTING_SIGMA_DEG, 1e-4),
        *_position(distance * np.array([TRAJECTORY_RELATIVE_SIGMA, across, across])),
        *_camera_and_limb(raw, body),
    )
    model = KernelModel.from_views(base, later, ParameterSet(parameters))
    files = kernels.used_files()
    names = ", ".join(source.name for source in files)
    sources = dict.fromkeys(("position", "velocity", "attitude", "sun"), f"SPICE kernels {names}")
    sources["clock"] = "label START_TIME plus the instrument kernel's bias"
    return Orientation(model, body, sources, files=files)
