"""A synthetic JunoCam detector with known truth, written apart from the package's own simulator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.camera.response import laboratory_ratio
from perijove.constants import AU_KM
from perijove.formats.companding import compand
from perijove.formats.image import LabelGeometry, RawImage

ROWS, COLUMNS = 128, 1648
ACTIVE = slice(23, 1631)
RGB = ("BLUE", "GREEN", "RED")
SUN_KM = 7.6e8
EXPOSURE_S = 0.0064
ORBIT = 50
GAIN, READ_DN = JUNOCAM.gain_e_per_dn, JUNOCAM.read_noise_e / JUNOCAM.gain_e_per_dn


def dn_per_unit(name: str, *, archive: bool = False) -> float:
    """DN of I/F = 1: the formula of the documentation, written out a second time.

    With `archive`, as RDRs are made: the laboratory's response, no loss of throughput.
    """
    facts = FILTERS[name]
    radiance = facts.solar_irradiance_w_m2_um * facts.width_nm / 1000.0 / np.pi * (AU_KM / SUN_KM) ** 2
    start, slope, _ = facts.throughput
    in_flight = (start - slope * ORBIT) * laboratory_ratio(name, ORBIT)
    return EXPOSURE_S * facts.response * radiance * (1.0 if archive else in_flight)


def disc(centre: tuple[float, float], radius: float) -> np.ndarray:
    """A half-lit disc with dark spots: brightness 0 to 1, blurred by a Gaussian of 0.85 px."""
    rows, columns = np.ogrid[0:ROWS, 0:COLUMNS]
    x, y = (columns + 0.5 - centre[0]) / radius, (rows + 0.5 - centre[1]) / radius
    r2 = x * x + y * y
    if r2.min() > 1.1:
        return np.zeros((ROWS, COLUMNS))
    cosine = np.sqrt(np.maximum(1.0 - r2, 0.0))
    light = np.clip(0.8 * -x + 0.6 * cosine, 0.0, None) * (r2 < 1.0)
    spots = 1.0 - 0.6 * (np.hypot(np.mod(12.0 * x, 4.0) - 2.0, np.mod(12.0 * y, 4.0) - 2.0) < 0.7)
    blurred: np.ndarray = gaussian_filter(light * spots, 0.85, truncate=3.0)
    return blurred


@dataclass(frozen=True)
class Truth:
    raw: RawImage
    radiance_factor: np.ndarray
    background_dn: np.ndarray
    struck: np.ndarray
    hot: np.ndarray


def pattern(rng: np.random.Generator, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Background of a filter, and its hot pixels."""
    columns = np.arange(COLUMNS)
    shape = 1.5 + 0.8 * np.exp(-(((columns - 900) / 500.0) ** 2)) + 0.6 * np.arange(ROWS)[:, None] / ROWS
    shape = shape + rng.normal(0.0, 0.15, COLUMNS) + 0.15 * RGB.index(name) + rng.normal(0.0, 0.15, (ROWS, COLUMNS))
    hot = rng.random((ROWS, COLUMNS)) < 1e-4
    shape[hot] += rng.uniform(15.0, 150.0, hot.sum())
    outside = np.ones(COLUMNS, dtype=bool)
    outside[ACTIVE] = False
    shape[:, outside] = 0.0
    hot[:, outside] = False
    return shape, hot


def simulate(
    seed: int = 1,
    *,
    frames: int = 7,
    radius: float = 50.0,
    centres: Callable[[int, str], tuple[float, float]] | None = None,
    peak: float = 0.4,
    shine: float = 0.0,
    hits: int = 0,
    mode: str = "SQROOT",
    level: float = 5.5,
) -> Truth:
    """A picture of a half-lit body, as the detector would send it."""
    rng = np.random.default_rng(seed)
    where = centres or (lambda frame, name: (780.0, 64.0 + 100.0 * (frame - 3) + 12.0 * RGB.index(name)))
    patterns = {name: pattern(rng, name) for name in RGB}
    scenes, grounds, codes, struck = [], [], [], []
    for frame in range(frames):
        for name in RGB:
            scene = peak * disc(where(frame, name), radius)
            if shine:
                rows, columns = np.mgrid[0:ROWS, 0:COLUMNS] + 0.5
                x, y = where(frame, name)
                scene = scene + shine * (np.hypot(columns - x, rows - y) < radius)
            light = scene * dn_per_unit(name)
            light[:, : ACTIVE.start] = light[:, ACTIVE.stop :] = 0.0
            ground = level + 0.3 * (frame == 0) + patterns[name][0]
            mean = light + ground
            spikes, hit = injected(rng, hits)
            noisy = mean + spikes + rng.normal(0.0, np.sqrt(READ_DN**2 + (mean + spikes) / GAIN))
            scenes.append(scene)
            grounds.append(ground)
            struck.append(hit)
            codes.append(compand(noisy, mode))
    raw = picture(np.stack(codes), frames=frames, mode=mode)
    hot = np.stack([patterns[name][1] for _ in range(frames) for name in RGB])
    return Truth(raw, np.stack(scenes), np.stack(grounds), np.stack(struck), hot)


def injected(rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Spikes and streaks of 1 to 7 pixels in any direction, 15 to 400 DN, and which of their pixels must be found."""
    spikes = np.zeros((ROWS, COLUMNS))
    for _ in range(number):
        angle, length, charge = rng.uniform(0.0, np.pi), rng.integers(1, 8), rng.uniform(15.0, 400.0)
        y, x = rng.uniform(8, ROWS - 8), rng.uniform(40, 1610)
        step = np.arange(length) / max(abs(np.cos(angle)), abs(np.sin(angle)))
        spikes[(y + step * np.sin(angle)).astype(int), (x + step * np.cos(angle)).astype(int)] = charge
    return spikes, spikes > 0.0


def picture(codes: np.ndarray, *, frames: int, mode: str = "SQROOT", filters: tuple[str, ...] = RGB) -> RawImage:
    return RawImage(
        product_id="JNCE_2023136_50C00001_V01",
        codes=codes,
        filters=filters * frames,
        frames=tuple(np.repeat(np.arange(1, frames + 1), len(filters)).tolist()),
        level="EDR",
        bit_mode=mode,
        summing=1,
        target="IO",
        orbit=ORBIT,
        start_utc="2023-05-16T20:00:00.000",
        sclk_start=None,
        interframe_delay_s=0.371,
        exposure_s=EXPOSURE_S,
        tdi_stages=2,
        geometry=LabelGeometry(0.0, 0.0, 1e4, SUN_KM),
    )
