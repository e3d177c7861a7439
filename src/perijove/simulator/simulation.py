"""Forward simulation: from a map of Io and a geometry to a raw JunoCam product, with the truth beside it.

The path is separate from the one that processes pictures: own poses, own ray casting, own detector. Only the camera
model is shared, which is tested against the instrument kernel.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.juno import FILTERS, JUNOCAM, SPACECRAFT_TO_CAMERA
from perijove.camera.model import StripCamera
from perijove.errors import InputError
from perijove.scene.view import View
from perijove.simulator.changes import NOTHING, Changes, with_deposits
from perijove.simulator.detector import dn_per_radiance_factor, read_out
from perijove.simulator.label import MADE_UP, label_of
from perijove.simulator.motion import Poses, frame_epochs_tdb, poses, spin_at
from perijove.simulator.rendering import Blur, Illumination, Patch, StripView, render
from perijove.simulator.scenario import Scenario

__all__ = ["SimulatedPicture", "Truth", "simulate"]

_BANDS = ("BLUE", "GREEN", "RED")
_METHANE_OVER_RED = 1.02  # Io's reflectance hardly rises from 700 to 890 nm (Spencer et al. 1995, JGR 100:19041)
_MAX_ALBEDO = 0.98
_THREADS = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Truth:
    """What a processed picture should give.

    Attributes
    ----------
    poses : Poses
        One per frame.
    spin_epoch_tdb, spin_phase_deg, spin_deg_s, start_offset_s, focal_length_px : float
    disc_center_px : array, shape (framelets, 2)
        Where the body's centre is seen, distorted pixels of the strip; NaN far outside.
    disc_center_undistorted_px : array, shape (framelets, 2)
        The same from the optical axis, without distortion.
    body_px : array of int, shape (framelets,)
        Area of the body in the framelet, pixels.
    radiance_factor : array, shape (framelets, 128, 1648), float32
        Noise-free and blurred.
    dn_per_radiance_factor : mapping
        By filter.
    """

    poses: Poses
    spin_epoch_tdb: float
    spin_phase_deg: float
    spin_deg_s: float
    start_offset_s: float
    focal_length_px: float
    disc_center_px: np.ndarray
    disc_center_undistorted_px: np.ndarray
    body_px: np.ndarray
    radiance_factor: np.ndarray
    dn_per_radiance_factor: Mapping[str, float]

    @cached_property
    def view(self) -> View:
        """Poses as the processing has them: stellar aberration at the disc's centre is part of the attitude."""
        p = self.poses
        true = -p.position_km / np.linalg.norm(p.position_km, axis=1, keepdims=True)
        axis = np.cross(true, p.velocity_over_c)  # rotation vector, to first order in v/c
        cross = np.zeros((len(axis), 3, 3))
        cross[:, 0, 1], cross[:, 0, 2] = -axis[:, 2], axis[:, 1]
        cross[:, 1, 0], cross[:, 1, 2] = axis[:, 2], -axis[:, 0]
        cross[:, 2, 0], cross[:, 2, 1] = -axis[:, 1], axis[:, 0]
        aberration = np.eye(3) + cross + 0.5 * cross @ cross
        return View(p.times_tdb, p.position_km, p.body_to_camera @ aberration, p.sun)


@dataclass(frozen=True)
class SimulatedPicture:
    """A simulated product in memory.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    codes : array, shape (framelets, 128, 1648), uint8
        In file order.
    filters : tuple of str
        Filter of each framelet.
    frames : tuple of int
        Frame of each framelet, from 1.
    metadata : dict
        Keywords of the mission site's JSON.
    truth : Truth
    changes : Changes
        What was put on the map.
    """

    scenario: Scenario
    seed: int
    codes: np.ndarray
    filters: tuple[str, ...]
    frames: tuple[int, ...]
    metadata: dict[str, object]
    truth: Truth
    changes: Changes = NOTHING

    @property
    def product_id(self) -> str:
        """Name of the product."""
        return self.scenario.product_id


def _camera(filter_name: str, focal_length_px: float) -> StripCamera:
    return StripCamera(
        filter_name,
        JUNOCAM.columns,
        JUNOCAM.strip_rows,
        focal_length_px,
        JUNOCAM.axis_column_px,
        FILTERS[filter_name].axis_row_px,
        JUNOCAM.k1,
        JUNOCAM.k2,
    )


def _albedo(base_map: np.ndarray, filter_name: str, texel_km: float) -> np.ndarray:
    """One band at about the wanted resolution, padded by a texel: round the globe, and repeated at the poles."""
    band = base_map[..., _BANDS.index(filter_name if filter_name in _BANDS else "RED")]
    if filter_name == "METHANE":
        band = np.minimum(_METHANE_OVER_RED * band, _MAX_ALBEDO)
    band = np.ascontiguousarray(band, dtype=np.float32)
    rows, columns = band.shape
    equator_km = 2.0 * np.pi * IO_MEAN_RADIUS_KM
    wanted = int(2 ** np.ceil(np.log2(max(equator_km / texel_km, 64.0))))
    if wanted < columns:
        small = Image.fromarray(band).resize((wanted, wanted // 2), Image.Resampling.BOX)
        band = np.asarray(small, dtype=np.float32)
        rows, columns = band.shape
    padded = np.empty((rows + 2, columns + 2), np.float32)
    padded[1:-1, 1:-1] = band
    padded[0, 1:-1], padded[-1, 1:-1] = band[0], band[-1]
    padded[:, 0], padded[:, -1] = padded[:, -2], padded[:, 1]
    return padded


def _blur(scenario: Scenario, camera: StripCamera, center_px: np.ndarray) -> Blur:
    """Blur at the place in the strip that is nearest to the disc's centre."""
    stage = JUNOCAM.tdi_stage_s
    inside = [camera.columns / 2, camera.rows / 2] if np.isnan(center_px).any() else center_px
    pixel = np.clip(inside, 0.0, [camera.columns, camera.rows])
    ray = camera.rays(pixel)
    spin = SPACECRAFT_TO_CAMERA @ [0.0, 0.0, np.radians(scenario.spin_deg_s)]
    shift = camera.pixels(ray - np.cross(spin, ray) * stage) - pixel  # motion of the scene during a stage
    stages = scenario.tdi_stages
    return Blur(
        psf_sigma_px=scenario.psf_sigma_px,
        column_boxes_px=(abs(float(shift[0])) * stages,),
        row_boxes_px=(abs(float(shift[1])), abs(abs(float(shift[1])) - 1.0) * stages if stages > 1 else 0.0),
    )


def simulate(
    scenario: Scenario,
    base_map: np.ndarray,
    *,
    seed: int = 0,
    surface: str = MADE_UP,
    changes: Changes = NOTHING,
    progress: Progress | None = None,
) -> SimulatedPicture:
    """Render a raw picture.

    Parameters
    ----------
    scenario : Scenario
    base_map : array, shape (rows, 2 rows, 3)
        Normal albedo in BLUE, GREEN, RED; equirectangular, planetocentric, north up, longitude 0 to 360 east from
        left to right: `synthetic_base_map` or `load_base_map`. METHANE is derived from RED.
    seed : int
        Of all chance (noise and hits): same scenario, map and seed give the same codes.
    surface : str
        Whose map that is; it goes into the label, and from there under the figures.
    changes : Changes
        Deposits, mountains and plumes to put on it.
    progress : callable, optional
        Called with (framelets done, framelets in all).

    Raises
    ------
    InputError
        Where the map has another shape.

    Notes
    -----
    Mountains stand in the way of rays and of sunlight; Jupiter's light falls on them without shadows. Where one hides
    ground within the disc, its outline is blurred over a pixel more than the optics do. Not modelled: relief other than
    `changes`, plumes' shadows and extinction, thermal emission, Europa-shine, stray light, flat field, charge transfer,
    eclipses by Jupiter.
    """
    if base_map.ndim != 3 or base_map.shape[2] != 3 or base_map.shape[1] != 2 * base_map.shape[0]:
        raise InputError(f"base map of shape {base_map.shape}: rows x 2 rows x 3 bands are needed")
    base_map = with_deposits(base_map, changes.deposits)
    reliefs = {name: changes.relief(name) for name in scenario.filters}
    epochs = frame_epochs_tdb(scenario)
    path = poses(scenario, epochs)
    cameras = {name: _camera(name, scenario.focal_length_px) for name in scenario.filters}
    footprint_km = float(np.linalg.norm(path.position_km, axis=1).min()) - min(scenario.radii_km)
    maps = {name: _albedo(base_map, name, footprint_km / scenario.focal_length_px) for name in scenario.filters}
    scale = {
        name: dn_per_radiance_factor(
            name,
            exposure_s=scenario.exposure_s,
            solar_distance_km=float(path.solar_distance_km.mean()),
            orbit=scenario.orbit,
        )
        for name in scenario.filters
    }
    filters = scenario.filters * scenario.frames
    frames = tuple(k // len(scenario.filters) + 1 for k in range(len(filters)))
    shape = (len(filters), JUNOCAM.strip_rows, JUNOCAM.columns)
    codes = np.empty(shape, np.uint8)
    radiance = np.zeros(shape, np.float32)
    direction = path.center_direction
    center = np.array([cameras[f].pixels(direction[k - 1]) for f, k in zip(filters, frames, strict=True)])

    def one(index: int) -> Patch | None:
        name, k = filters[index], frames[index] - 1
        strip = StripView(
            cameras[name],
            path.position_km[k],
            path.body_to_camera[k],
            path.velocity_over_c[k],
            np.array(scenario.radii_km),
            reliefs[name].reach_km,
        )
        light = Illumination.at(
            path.sun[k],
            path.jupiter_km[k],
            jupiter_albedo=scenario.surface.jupiter_albedo[name],
            lommel_seeliger=scenario.surface.lommel_seeliger,
            phase_mag_deg=scenario.surface.phase_mag_deg,
            uniform=scenario.surface.uniform,
        )
        patch = render(strip, light, _blur(scenario, cameras[name], center[index]), maps[name], reliefs[name])
        if patch is not None:
            part = patch.radiance_factor
            radiance[index, :, patch.first_column : patch.first_column + part.shape[1]] = part
        chance = np.random.default_rng([seed, index])
        codes[index] = read_out(radiance[index] * scale[name], name, scenario.detector, chance)
        return patch

    body_px = np.zeros(len(filters), dtype=int)
    with ThreadPoolExecutor(_THREADS) as pool:
        for done, patch in enumerate(pool.map(one, range(len(filters)))):
            body_px[done] = 0 if patch is None else patch.body_px
            if progress is not None:
                progress(done + 1, len(filters))
    spin_epoch, spin_phase = spin_at(scenario)
    truth = Truth(
        poses=path,
        spin_epoch_tdb=spin_epoch,
        spin_phase_deg=spin_phase,
        spin_deg_s=scenario.spin_deg_s,
        start_offset_s=scenario.start_offset_s,
        focal_length_px=scenario.focal_length_px,
        disc_center_px=center,
        disc_center_undistorted_px=np.array(
            [cameras[f].undistorted_px(xy) for f, xy in zip(filters, center, strict=True)]
        ),
        body_px=body_px,
        radiance_factor=radiance,
        dn_per_radiance_factor=scale,
    )
    middle = poses(scenario, np.array([0.5 * (epochs[0] + epochs[-1])]))
    label = label_of(
        scenario,
        position_km=middle.position_km[0],
        solar_distance_km=float(middle.solar_distance_km[0]),
        rows=shape[0] * shape[1],
        columns=shape[2],
        surface=f"{surface}{changes}",
    )
    return SimulatedPicture(scenario, seed, codes, filters, frames, label, truth, changes)
