"""Light on the detector: sub-pixels to the ground, volcanoes as clouds of points, optics and smear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.jiram import JIRAM, JIRAM_BANDS, JIRAM_SPACECRAFT_TO_CAMERA
from perijove.simulator.jiram.scene import Instrument, Pose, Volcano

__all__ = ["Look", "band_power_w", "ground_light", "looks", "point_light", "sub_pixels"]

_FINE = 4  # sub-pixels along each side of a pixel
_MARGIN_PX = 12
_POINTS = 600  # of a volcano's disc
_HALF_PX = 14
_PLANCK_C1, _PLANCK_C2 = 1.191042972e8, 14387.768775  # W um4/m2/sr, um K
_SIMPSON = 101
_EDGE = 0.06  # of the band's width, over which each of its edges rises


@dataclass(frozen=True, eq=False)
class Look:
    """How a band sees a volcano.

    Attributes
    ----------
    volcano : Volcano
    sample, line : float
        As the archive counts.
    emission_deg, incidence_deg, slant_km : float
    points : array, shape (n, 2)
        Sample and line of points of its disc.
    radiance_sum : float
        Band radiance summed over pixels, W/m2/sr.
    diameter_px : float
    """

    volcano: Volcano
    sample: float
    line: float
    emission_deg: float
    incidence_deg: float
    slant_km: float
    points: np.ndarray
    radiance_sum: float
    diameter_px: float


def band_power_w(volcano: Volcano, band: str) -> float:
    """Power in a band, all directions of a flat Lambert surface: Simpson's rule over a filter with sloping edges."""
    facts = JIRAM_BANDS[band]
    center, width = float(facts.center_um), float(facts.width_um)
    edge = _EDGE * width
    um = np.linspace(center - 0.5 * (width + edge), center + 0.5 * (width + edge), _SIMPSON)
    passed = np.clip((0.5 * (width + edge) - np.abs(um - center)) / edge, 0.0, 1.0)
    weights = np.full(_SIMPSON, 2.0)
    weights[1::2], weights[[0, -1]] = 4.0, 1.0
    step = (um[1] - um[0]) / 3.0
    total = 0.0
    for temperature, area_km2 in volcano.parts:
        planck = _PLANCK_C1 / um**5 / np.expm1(_PLANCK_C2 / (um * temperature))
        total += float(np.sum(weights * passed * planck)) * step * np.pi * area_km2 * 1e6
    return total


def _sample_line(direction: np.ndarray, pose: Pose, band: str) -> np.ndarray:
    """Sample and line of body-fixed directions, by the instrument kernel: Y to larger samples, X to smaller lines."""
    naif = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ np.asarray(JIRAM_SPACECRAFT_TO_CAMERA[band])
    x, y, z = np.moveaxis(direction @ (naif @ pose.body_to_spacecraft).T, -1, 0)
    ahead = np.where(z > 0.0, z, np.nan)
    ifov = float(JIRAM.pixel_rad)
    return np.stack([216.5 - y / ahead / ifov, 64.5 - x / ahead / ifov], axis=-1)


def sub_pixels() -> tuple[np.ndarray, np.ndarray]:
    """Samples and lines of all sub-pixels of a band with a margin."""
    lines = np.arange(1 - _MARGIN_PX - 0.5, 128.5 + _MARGIN_PX, 1.0 / _FINE) + 0.5 / _FINE
    samples = np.arange(1 - _MARGIN_PX - 0.5, 432.5 + _MARGIN_PX, 1.0 / _FINE) + 0.5 / _FINE
    return samples, lines


def ground_light(
    pose: Pose,
    band: str,
    instrument: Instrument,
    albedo: np.ndarray,
    *,
    warm: Sequence[tuple[float, float, float, float]],
) -> tuple[np.ndarray, np.ndarray]:
    """Band radiance of the ground by pixel, optics and smear applied, and which pixels see it.

    Parameters
    ----------
    pose : Pose
    band : str
    instrument : Instrument
    albedo : array, shape (rows, 2 rows)
        Relative brightness of the ground, equirectangular, longitude 0 at the left edge.
    warm : sequence of tuple
        Latitude, longitude, radius in km and M-band radiance of warm plains.

    Returns
    -------
    light : array, shape (128, 432)
        In the order of the file.
    seen : array, shape (128, 432)
        Part of each pixel that lies on Io, before optics.
    """
    samples, lines = sub_pixels()
    ifov = float(JIRAM.pixel_rad)
    y, x = np.meshgrid((216.5 - samples) * ifov, (64.5 - lines) * ifov)
    naif = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ np.asarray(JIRAM_SPACECRAFT_TO_CAMERA[band])
    rays = np.stack([x, y, np.ones_like(x)], axis=-1) @ (naif @ pose.body_to_spacecraft)
    radii = np.asarray(IO_RADII_THOMAS_1998_KM)
    o, d = pose.position_km / radii, rays / radii
    a, b, c = np.einsum("...i,...i", d, d), d @ o, float(o @ o) - 1.0
    root = b * b - a * c
    on = (root > 0.0) & (b < 0.0)
    t = np.where(on, (-b - np.sqrt(np.where(on, root, 0.0))) / a, 0.0)
    point = pose.position_km + t[..., None] * rays
    normal = point / radii**2
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    mu0 = np.maximum(normal @ pose.sun, 0.0)
    mu = np.maximum(-np.einsum("...i,...i", normal, rays) / np.linalg.norm(rays, axis=-1), 1e-3)
    # Two thirds Lambert, one third Lommel and Seeliger: what fits the frames need not be what made them.
    law = mu0 * (2.0 + 1.5 / (mu0 + mu)) / 3.0
    rows, columns = albedo.shape
    lat = np.degrees(np.arcsin(np.clip(point[..., 2] / np.linalg.norm(point, axis=-1), -1.0, 1.0)))
    lon = np.degrees(np.arctan2(point[..., 1], point[..., 0]))
    row = np.clip(((90.0 - lat) / 180.0 * rows).astype(int), 0, rows - 1)
    shade = albedo[row, (np.mod(lon, 360.0) / 360.0 * columns).astype(int) % columns]
    light = instrument.sunlight[band] * shade * law
    glow = instrument.glow_w_m2_sr * (1.0 if band == "M" else 0.1)
    light += glow * shade * np.maximum(normal @ pose.jupiter, 0.0) + 0.1 * glow
    if band == "M":
        unit = point / np.linalg.norm(point, axis=-1, keepdims=True)
        for lat0, lon0, radius, radiance in warm:
            la, lo = np.radians([lat0, lon0])
            center = np.array([np.cos(la) * np.cos(lo), np.cos(la) * np.sin(lo), np.sin(la)])
            light += radiance * np.exp(-0.5 * (np.arccos(np.clip(unit @ center, -1.0, 1.0)) * 1821.5 / radius) ** 2)
    fine = np.where(on, light, 0.0)
    return _binned(_through_optics(fine, pose, instrument)), _binned(on.astype(float))


def _through_optics(fine: np.ndarray, pose: Pose, instrument: Instrument) -> np.ndarray:
    core = ndimage.gaussian_filter(fine, instrument.core_px * _FINE, mode="constant", truncate=6.0)
    wing = ndimage.gaussian_filter(fine, instrument.wing_px * _FINE, mode="constant", truncate=6.0)
    drawn = (1.0 - instrument.wing_share) * core + instrument.wing_share * wing
    length = np.radians(pose.spin_deg_s) * instrument.exposure_s / float(JIRAM.pixel_rad) * _FINE
    if length < 0.5:
        return np.asarray(drawn)
    whole = int(length) // 2  # a box of a broken number of sub-pixels: its two ends count in part
    kernel = np.ones(2 * whole + 3)
    kernel[[0, -1]] = 0.5 * (length - (2 * whole + 1))
    return np.asarray(ndimage.convolve1d(drawn, kernel / kernel.sum(), axis=0, mode="constant"))


def _binned(fine: np.ndarray) -> np.ndarray:
    inner = fine[_MARGIN_PX * _FINE : -_MARGIN_PX * _FINE, _MARGIN_PX * _FINE : -_MARGIN_PX * _FINE]
    return np.asarray(inner.reshape(128, _FINE, 432, _FINE).mean(axis=(1, 3)))


def looks(pose: Pose, band: str, volcanoes: Sequence[Volcano], powers: Mapping[str, float], seed: int) -> list[Look]:
    """Volcanoes on the near side whose centre falls on the detector or within ten pixels of it."""
    rng = np.random.default_rng(seed)
    radii = np.asarray(IO_RADII_THOMAS_1998_KM)
    found = []
    for volcano in volcanoes:
        la, lo = np.radians([volcano.lat_deg, volcano.lon_east_deg])
        direction = np.array([np.cos(la) * np.cos(lo), np.cos(la) * np.sin(lo), np.sin(la)])
        point = direction / np.linalg.norm(direction / radii)
        normal = point / radii**2
        normal /= np.linalg.norm(normal)
        sight = pose.position_km - point
        slant = float(np.linalg.norm(sight))
        mu = float(normal @ sight / slant)
        if mu <= 0.0:
            continue
        sample, line = _sample_line(-sight, pose, band)
        if not (-9.0 < sample < 442.0 and -9.0 < line < 138.0):
            continue
        east = np.cross([0.0, 0.0, 1.0], normal)
        east /= np.linalg.norm(east)
        north = np.cross(normal, east)
        distance = 0.5 * volcano.diameter_km * np.sqrt(rng.random(_POINTS))
        turn = 2.0 * np.pi * rng.random(_POINTS)
        disc = point + distance[:, None] * (np.cos(turn)[:, None] * east + np.sin(turn)[:, None] * north)
        points = _sample_line(disc - pose.position_km, pose, band)
        points += np.array([sample, line]) - points.mean(axis=0)
        pixel_m = 1e3 * slant * float(JIRAM.pixel_rad)
        found.append(
            Look(
                volcano,
                float(sample),
                float(line),
                float(np.degrees(np.arccos(mu))),
                float(np.degrees(np.arccos(np.clip(normal @ pose.sun, -1.0, 1.0)))),
                slant,
                points,
                powers[volcano.name] * mu / np.pi / pixel_m**2,
                volcano.diameter_km / (1e-3 * pixel_m),
            )
        )
    return found


def point_light(look: Look, pose: Pose, instrument: Instrument) -> tuple[np.ndarray, tuple[int, int]]:
    """Band radiance of a volcano in a window of pixels, and the window's first line and sample (from 1)."""
    half = _HALF_PX + int(0.5 * look.diameter_px)
    first = round(look.line) - half, round(look.sample) - half
    size = (2 * half + 1) * _FINE
    place = (look.points[:, ::-1] - np.array(first) + 0.5) * _FINE - 0.5
    low = np.floor(place).astype(int)
    part = place - low
    fine = np.zeros((size, size))
    for i in (0, 1):
        for j in (0, 1):
            weight = (part[:, 0] if i else 1.0 - part[:, 0]) * (part[:, 1] if j else 1.0 - part[:, 1])
            index = np.clip(low + np.array([i, j]), 0, size - 1)
            np.add.at(fine, (index[:, 0], index[:, 1]), weight)
    # Each point stands for its part of the summed radiance; a pixel has _FINE² sub-pixels.
    fine *= look.radiance_sum / len(place) * _FINE**2
    drawn = _through_optics(fine, pose, instrument)
    return drawn.reshape(2 * half + 1, _FINE, 2 * half + 1, _FINE).mean(axis=(1, 3)), first
