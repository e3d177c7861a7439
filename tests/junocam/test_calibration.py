"""Calibration of raw pictures.

Authorities: law (a synthetic detector with known truth, written here from the formulas, must be undone within its
stated errors; what is injected must be found; linear operations keep their laws), independent (two ways to the same
number), regression (what real pictures at hand show: said so at each test).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.constants import AU_KM
from perijove.errors import FormatError, InputError, LabelError
from perijove.formats.image import LabelGeometry, RawImage
from perijove.junocam.calibration import CalibratedImage, calibrate
from perijove.junocam.companding import compand
from perijove.junocam.counts import clipping_code
from perijove.junocam.hits import find_hits
from perijove.junocam.quality import QUALITY
from perijove.junocam.radiometry import radiance_factor_scale, throughput

ROWS, COLUMNS = 128, 1648
ACTIVE = slice(23, 1631)
RGB = ("BLUE", "GREEN", "RED")
SUN_KM = 7.6e8
EXPOSURE_S = 0.0064
ORBIT = 50
GAIN, READ_DN = JUNOCAM.gain_e_per_dn, JUNOCAM.read_noise_e / JUNOCAM.gain_e_per_dn


def dn_per_unit(name: str, *, with_throughput: bool = True) -> float:
    """DN of I/F = 1: the formula of the documentation, written out a second time."""
    facts = FILTERS[name]
    radiance = facts.solar_irradiance_w_m2_um * facts.width_nm / 1000.0 / np.pi * (AU_KM / SUN_KM) ** 2
    start, slope, _ = facts.throughput
    return EXPOSURE_S * facts.response * radiance * ((start - slope * ORBIT) if with_throughput else 1.0)


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


@pytest.fixture(scope="module")
def truth() -> Truth:
    return simulate(hits=150)


@pytest.fixture(scope="module")
def calibrated(truth: Truth) -> CalibratedImage:
    return calibrate(truth.raw)


def residual(truth: Truth, image: CalibratedImage) -> np.ndarray:
    """Error in units of the stated standard error."""
    result: np.ndarray = (image.radiance_factor - truth.radiance_factor) / image.sigma
    return result


# --- what comes back is what went in ---------------------------------------------------------------------------------


def test_radiance_factor_is_recovered_within_its_errors(truth: Truth, calibrated: CalibratedImage) -> None:
    bright = calibrated.usable & (truth.radiance_factor > 0.02)
    sky = calibrated.usable & (truth.radiance_factor == 0.0)
    for region in (bright, sky):
        chi = residual(truth, calibrated)[region]
        assert region.sum() > 2000
        assert np.mean(np.abs(chi) < 3.0) > 0.99  # the bar is 0.90; Gaussian errors give 0.997
        assert 0.8 < np.mean(np.square(chi[np.abs(chi) < 5.0])) < 1.15
        assert abs(np.mean(chi)) < 0.15


def test_mean_radiance_factor_has_no_bias(truth: Truth, calibrated: CalibratedImage) -> None:
    for k, _ in enumerate(RGB):
        region = calibrated.usable[k::3] & (truth.radiance_factor[k::3] > 0.1)
        ratio = calibrated.radiance_factor[k::3][region].sum() / truth.radiance_factor[k::3][region].sum()
        assert ratio == pytest.approx(1.0, abs=3e-3)


def test_background_is_found(truth: Truth, calibrated: CalibratedImage) -> None:
    error = (calibrated.background_dn - truth.background_dn)[:, :, ACTIVE]
    calm = ~truth.hot[:, :, ACTIVE]
    assert np.sqrt(np.mean(error[calm] ** 2)) < 0.25  # 0.15 of it is the single pixels' own pattern
    assert abs(error[calm].mean()) < 0.05
    first, second = calibrated.background.level_dn[0], calibrated.background.level_dn[3]
    assert first - second == pytest.approx(0.3, abs=0.08)


def test_values_are_neither_smoothed_nor_replaced(truth: Truth, calibrated: CalibratedImage) -> None:
    counts = calibrated.dn + calibrated.background_dn
    assert np.abs(counts - np.rint(counts * 2.0) / 2.0).max() < 1e-3  # middles of steps are whole or half counts
    np.testing.assert_array_equal(compand(np.rint(counts * 2.0) / 2.0 - 0.25), truth.raw.codes)
    per_dn = np.array([calibrated.dn_to_radiance_factor[name] for name in truth.raw.filters])
    np.testing.assert_allclose(calibrated.radiance_factor, calibrated.dn * per_dn[:, None, None], rtol=1e-5)


def test_picture_is_frozen(calibrated: CalibratedImage) -> None:
    for array in (calibrated.radiance_factor, calibrated.sigma, calibrated.quality, calibrated.dn):
        assert not array.flags.writeable


# --- hits and hot pixels ---------------------------------------------------------------------------------------------


def test_hits_are_found(truth: Truth, calibrated: CalibratedImage) -> None:
    found = (calibrated.quality & QUALITY.mask("hit", "hot")) != 0
    height = (calibrated.radiance_factor - truth.radiance_factor) / calibrated.sigma
    sky = truth.radiance_factor == 0.0
    strong = truth.struck & (height > 8.0)
    assert strong.sum() > 2000
    assert found[strong & sky].mean() >= 0.98  # the bar is 0.95
    assert found[strong].mean() >= 0.95


def test_false_hits_are_rare() -> None:
    truth = simulate(seed=5, hits=0)
    image = calibrate(truth.raw)
    found = ((image.quality & QUALITY.mask("hit")) != 0)[:, :, ACTIVE]
    light = truth.radiance_factor[:, :, ACTIVE]
    assert found[light == 0.0].mean() < 1e-5  # the bar is 1e-4
    assert found[light > 0.0].mean() < 1e-3


def test_hot_pixels_are_found_and_taken_out(truth: Truth, calibrated: CalibratedImage) -> None:
    hot = (calibrated.quality & QUALITY.mask("hot")) != 0
    assert hot[truth.hot].mean() >= 0.95
    assert (hot & ~truth.hot).mean() < 1e-5
    error = (calibrated.background_dn - truth.background_dn)[truth.hot & hot]
    assert np.median(np.abs(error)) < 5.0


def test_point_sources_are_no_hits() -> None:
    """A star, or a small moon, is as wide as the optics make it: a Gaussian of 0.85 px."""
    rng = np.random.default_rng(3)
    plane = np.zeros((ROWS, COLUMNS))
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    for y in range(8, ROWS - 8, 12):
        for x in range(30, 1610, 12):
            py, px = y + rng.random(), x + rng.random()
            near = (slice(y - 5, y + 7), slice(x - 5, x + 7))
            r2 = (rows[near] + 0.5 - py) ** 2 + (columns[near] + 0.5 - px) ** 2
            plane[near] += rng.uniform(50.0, 2000.0) * np.exp(-0.5 * r2 / 0.85**2)
    sigma = np.sqrt(READ_DN**2 + plane / GAIN).astype(np.float32)
    found = find_hits((plane + rng.normal(0.0, sigma)).astype(np.float32), sigma)
    stars = len(range(8, ROWS - 8, 12)) * len(range(30, 1610, 12))
    assert found.sum() < 0.01 * stars


@pytest.mark.parametrize("angle", np.radians([0.0, 20.0, 45.0, 77.0, 90.0]))
def test_edges_are_no_hits(angle: float) -> None:
    """A limb or a terminator, blurred by the optics, with noise."""
    rng = np.random.default_rng(4)
    rows, columns = np.mgrid[0:ROWS, 0:400]
    distance = (columns - 200.0) * np.cos(angle) + (rows - 64.0) * np.sin(angle)
    plane = 600.0 * 0.5 * (1.0 + np.tanh(distance / 0.85 * 0.85))
    sigma = np.sqrt(READ_DN**2 + plane / GAIN + 64.0 / 12.0).astype(np.float32)
    found = find_hits((plane + rng.normal(0.0, sigma)).astype(np.float32), sigma)
    assert found[np.abs(distance) < 3.0].mean() < 1e-3


def test_no_noise_no_hits() -> None:
    plane = np.full((ROWS, 200), 7.0, dtype=np.float32)
    assert not find_hits(plane, np.ones_like(plane)).any()


# --- background where the body fills the view ------------------------------------------------------------------------


def close_up(frame: int, name: str) -> tuple[float, float]:
    """A body that fills all but the first and last framelets and shines faintly on its night side."""
    return (800.0, 64.0 + (0.0 if 1 < frame < 5 else 3000.0) + 2.0 * RGB.index(name))


def test_a_body_in_most_framelets_does_not_pass_for_background() -> None:
    truth = simulate(seed=7, frames=7, radius=900.0, centres=close_up, shine=4.0 / dn_per_unit("RED"))
    image = calibrate(truth.raw)
    error = (image.background_dn - truth.background_dn)[:, :, ACTIVE]
    assert abs(np.median(error)) < 0.15
    assert np.percentile(np.abs(error), 95) < 0.8
    night = image.usable & (truth.radiance_factor > 0.0) & (truth.radiance_factor < 1.01 * 4.0 / dn_per_unit("RED"))
    chi = residual(truth, image)[night]
    assert abs(np.median(chi)) < 0.25


def test_without_any_sky_the_background_is_said_to_be_uncertain() -> None:
    truth = simulate(seed=8, frames=3, radius=3000.0, centres=lambda *_: (2000.0, 64.0), peak=0.5)
    image = calibrate(truth.raw)
    inner = image.quality[:, :, ACTIVE]
    assert ((inner & QUALITY.mask("uncertain_background")) != 0).mean() > 0.9
    assert any("dark columns alone" in sentence for sentence in image.warnings)
    chi = residual(truth, image)[image.usable]
    assert np.mean(np.abs(chi) < 3.0) > 0.97


def test_dark_frame_may_be_given(truth: Truth, calibrated: CalibratedImage) -> None:
    """Background is linear: what a dark frame takes out, the sky need not."""
    dark = np.full((3 * ROWS, COLUMNS), 2.0)
    image = calibrate(truth.raw, dark=dark)
    good = image.usable & calibrated.usable
    np.testing.assert_allclose(image.dn[good], calibrated.dn[good], atol=0.05)


# --- scale -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILTERS)
def test_scale_follows_the_formula(name: str) -> None:
    scale = radiance_factor_scale(name, exposure_s=EXPOSURE_S, solar_distance_km=SUN_KM, orbit=ORBIT)
    assert scale.per_dn * dn_per_unit(name) == pytest.approx(1.0, rel=1e-12)
    twice = radiance_factor_scale(name, exposure_s=2 * EXPOSURE_S, solar_distance_km=SUN_KM, orbit=ORBIT)
    far = radiance_factor_scale(name, exposure_s=EXPOSURE_S, solar_distance_km=2 * SUN_KM, orbit=ORBIT)
    assert (scale.per_dn / twice.per_dn, far.per_dn / scale.per_dn) == pytest.approx((2.0, 4.0))


def test_throughput_is_the_published_line() -> None:
    """Published: RED 1.01 - 0.00391 N, GREEN 1.05 - 0.00787 N, BLUE 1.07 - 0.0108 N."""
    assert throughput("RED", 10).value == pytest.approx(0.9709)
    assert throughput("GREEN", 10).value == pytest.approx(0.9713)
    assert throughput("BLUE", 60).value == pytest.approx(0.422)


@pytest.mark.parametrize("name", RGB)
def test_beyond_the_fit_the_error_grows_and_the_flag_is_set(name: str) -> None:
    inside, edge, outside = throughput(name, 60), throughput(name, 61), throughput(name, 75)
    assert (inside.extrapolated, edge.extrapolated, outside.extrapolated) == (False, True, True)
    assert inside.sigma < edge.sigma < outside.sigma
    loss = inside.value - outside.value
    assert outside.sigma == pytest.approx(np.hypot(inside.sigma, loss))


def test_extrapolated_throughput_is_flagged(truth: Truth) -> None:
    late = calibrate(replace(truth.raw, orbit=68))
    assert ((late.quality & QUALITY.mask("extrapolated_throughput")) != 0).all()
    assert any("throughput" in sentence and "BLUE" in sentence for sentence in late.warnings)
    assert late.scale_sigma["BLUE"] > 0.25


def test_throughput_is_never_clamped() -> None:
    with pytest.raises(InputError, match="orbit 100.*BLUE"):
        throughput("BLUE", 100)


def test_orbit_may_be_unknown(truth: Truth) -> None:
    image = calibrate(replace(truth.raw, orbit=None))
    assert min(image.scale_sigma.values()) > 0.5
    assert any("no orbit" in sentence for sentence in image.warnings)


def test_distance_from_the_sun_is_needed(truth: Truth) -> None:
    with pytest.raises(LabelError, match="SOLAR_DISTANCE"):
        calibrate(replace(truth.raw, geometry=None))
    image = calibrate(replace(truth.raw, geometry=None), solar_distance_km=SUN_KM)
    assert image.solar_distance_km == SUN_KM


@pytest.mark.parametrize(("exposure_s", "solar_km"), [(0.0, SUN_KM), (EXPOSURE_S, -1.0), (np.nan, SUN_KM)])
def test_scale_needs_positive_numbers(exposure_s: float, solar_km: float) -> None:
    with pytest.raises(InputError, match="must be positive"):
        radiance_factor_scale("RED", exposure_s=exposure_s, solar_distance_km=solar_km, orbit=1)


# --- flat field ------------------------------------------------------------------------------------------------------


def test_flat_field_is_divided_out(truth: Truth, calibrated: CalibratedImage) -> None:
    flat = np.ones((3 * ROWS, COLUMNS))
    flat[:, :200] = 0.8
    flat *= 123.0  # any unit
    image = calibrate(truth.raw, flat=flat)
    np.testing.assert_allclose(image.radiance_factor[..., :200], calibrated.radiance_factor[..., :200] / 0.8, rtol=1e-4)
    np.testing.assert_allclose(image.radiance_factor[..., 200:], calibrated.radiance_factor[..., 200:], rtol=1e-4)
    assert image.scale_sigma["RED"] < calibrated.scale_sigma["RED"]


@pytest.mark.parametrize("value", [np.nan, 0.0, -1.0, np.inf, 1e-6])
def test_bad_flat_values_are_flagged(truth: Truth, value: float) -> None:
    flat = np.ones((3 * ROWS, COLUMNS))
    flat[5, 100] = value  # BLUE
    image = calibrate(truth.raw, flat=flat)
    missing = (image.quality & QUALITY.mask("missing")) != 0
    assert missing.sum() == 7
    assert missing[::3, 5, 100].all()
    assert not image.usable[0, 5, 100]


@pytest.mark.parametrize("shape", [(128, 1648), (384, 1600), (384, 1648, 3)])
def test_flat_of_wrong_shape_is_refused(truth: Truth, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="384 rows x 1648 columns"):
        calibrate(truth.raw, flat=np.ones(shape))


def test_flat_without_values_is_refused(truth: Truth) -> None:
    with pytest.raises(InputError, match="BLUE has 0 valid values"):
        calibrate(truth.raw, flat=np.full((3 * ROWS, COLUMNS), np.nan))


# --- codes -----------------------------------------------------------------------------------------------------------


def test_lost_rows_and_gaps_are_flagged(truth: Truth) -> None:
    codes = truth.raw.codes.copy()
    codes[4, 10] = 0
    codes[6, 20, 700:760] = 0
    codes[8] = 0
    image = calibrate(replace(truth.raw, codes=codes))
    missing = (image.quality & QUALITY.mask("missing")) != 0
    assert missing[4, 10].all()
    assert missing[6, 20, 700:760].all()
    assert missing[8].all()
    assert missing.sum() == COLUMNS + 60 + ROWS * COLUMNS
    assert any("missing" in sentence for sentence in image.warnings)


def test_dark_sky_that_reads_zero_is_not_missing() -> None:
    truth = simulate(seed=9, frames=4, level=-2.0)
    image = calibrate(truth.raw)
    assert np.mean(truth.raw.codes == 0) > 0.2
    assert QUALITY.counts(image.quality)["missing"] == 0


def test_top_code_is_saturated(truth: Truth) -> None:
    codes = truth.raw.codes.copy()
    codes[0, 50:52, 600:610] = 255
    image = calibrate(replace(truth.raw, codes=codes))
    flagged = (image.quality & QUALITY.mask("saturated")) != 0
    assert flagged[0, 50:52, 600:610].all()
    assert flagged.sum() == 20


def test_clipping_below_the_top_is_seen() -> None:
    histogram = np.full(256, 1200)
    histogram[238:242] = (1917, 9243, 14461, 548)
    histogram[242:] = 0
    assert clipping_code(histogram) == 238
    thinning = np.maximum(20000 // (np.arange(256) + 1), 250)
    thinning[200:] = 0
    assert clipping_code(thinning) == 255
    assert clipping_code(np.zeros(256, dtype=int)) == 255
    sky = np.zeros(256, dtype=int)
    sky[:12] = 100000
    assert clipping_code(sky) == 255


def test_coarse_steps_are_flagged_and_counted_in_the_error() -> None:
    truth = simulate(seed=11, frames=4, mode="LIN16", peak=0.3)
    image = calibrate(truth.raw)
    faint = image.usable & (truth.radiance_factor > 0.0) & (image.dn < 100.0)
    assert ((image.quality[faint] & QUALITY.mask("companding_step")) != 0).all()
    bright = image.usable & (truth.radiance_factor * dn_per_unit("RED") > 500.0)
    assert np.mean(np.abs(residual(truth, image)[bright]) < 3.0) > 0.97


def test_rdr_and_edr_agree(truth: Truth, calibrated: CalibratedImage) -> None:
    """An RDR is the counts in units of I/F / 10,000, with background, without throughput correction."""
    counts = calibrated.dn + calibrated.background_dn
    unit = np.array([dn_per_unit(name, with_throughput=False) for name in truth.raw.filters])[:, None, None]
    values = np.rint(counts / unit * 1e4).astype(np.uint16)
    image = calibrate(replace(truth.raw, codes=values, level="RDR"))
    good = image.usable & calibrated.usable & (truth.radiance_factor > 0.1)
    np.testing.assert_allclose(image.radiance_factor[good], calibrated.radiance_factor[good], atol=6e-4)
    assert np.median(image.sigma[good] / calibrated.sigma[good]) == pytest.approx(1.0, abs=0.02)


def test_sixteen_bit_edr_is_refused(truth: Truth) -> None:
    with pytest.raises(FormatError, match="8 bits"):
        calibrate(replace(truth.raw, codes=truth.raw.codes.astype(np.uint16)))


def test_summed_picture() -> None:
    rng = np.random.default_rng(12)
    plane = np.full((12, 64, 816), 8.0)
    plane[3:6, 10:50, 300:400] += 400.0
    codes = compand(plane + rng.normal(0.0, np.sqrt(READ_DN**2 + plane / GAIN) / 2.0))
    image = calibrate(replace(picture(codes, frames=4), summing=2))
    assert image.dn[4, 20:40, 310:390].mean() == pytest.approx(400.0, abs=1.0)
    assert ((image.quality & QUALITY.mask("dark_column")) != 0)[0, 0].sum() == 816 - (815 - 12)


def test_methane_picture_has_no_flat() -> None:
    rng = np.random.default_rng(13)
    codes = compand(rng.normal(8.0, 1.2, (6, ROWS, COLUMNS)))
    image = calibrate(picture(codes, frames=6, filters=("METHANE",)), flat=np.ones((3 * ROWS, COLUMNS)))
    assert any("no strip for METHANE" in sentence for sentence in image.warnings)
    assert abs(np.median(image.dn[..., ACTIVE])) < 0.3


def test_edges_and_dark_columns_are_flagged(calibrated: CalibratedImage) -> None:
    row = calibrated.quality[0, 60]
    dark = (row & QUALITY.mask("dark_column")) != 0
    edge = (row & QUALITY.mask("strip_edge")) != 0
    assert np.flatnonzero(~dark)[[0, -1]].tolist() == [23, 1630]
    assert np.flatnonzero(edge).tolist() == [23, 24, 1629, 1630]


# --- real pictures ---------------------------------------------------------------------------------------------------


def real(data_dir: Path, stem: str, **facts: object) -> RawImage:
    """A mission-site picture, read without the package's own reader."""
    codes = np.asarray(Image.open(data_dir / "junocam" / f"{stem}-raw.png")).reshape(-1, ROWS, COLUMNS).copy()
    return replace(picture(codes, frames=len(codes) // 3), **facts)  # type: ignore[arg-type]


@pytest.mark.data
def test_io_at_perijove_68(data_dir: Path) -> None:
    """Regression, and plausibility: geometric albedo of Io at most 0.9, phase about 90 degrees."""
    geometry = LabelGeometry(-80.9, 285.7, 79351.5, 7.5975e8)
    raw = real(data_dir, "JNCE_2024362_68C00012_V01", orbit=68, exposure_s=0.0064, geometry=geometry)
    image = calibrate(raw)
    used = image.usable
    for k, (name, low, high) in enumerate(zip(RGB, (0.25, 0.3, 0.35), (0.5, 0.55, 0.65), strict=True)):
        lit = used[k::3] & (image.dn[k::3] > 40.0)
        lit[..., :600] = lit[..., 1000:] = False
        assert low < np.percentile(image.radiance_factor[k::3][lit], 99) < high
        assert 5.0 < image.background.level_dn[k::3].mean() < 7.5
        assert 1.3 < image.background.scatter_dn[name] < 1.7
    sky = np.delete(np.arange(42), [7, 8, 10, 11, 13, 14, 15])
    chi = (image.radiance_factor / image.sigma)[sky][:, :, ACTIVE][used[sky][:, :, ACTIVE]]
    assert abs(chi.mean()) < 0.1
    assert 0.8 < np.mean(np.square(chi[np.abs(chi) < 5.0])) < 1.1
    struck = (image.quality & QUALITY.mask("hit")) != 0
    rate = [struck[k::3].sum() / 14 for k in range(3)]
    assert 150 < rate[0] < rate[1] < rate[2] < 900  # the strips that are read later collect more
    sunlit = image.dn[8, 71:126, 795:840] > 300.0
    assert sunlit.sum() > 1000
    assert struck[8, 71:126, 795:840][sunlit].mean() < 5e-3
    hot = (image.quality & QUALITY.mask("hot")) != 0
    assert hot.sum() / 42 < 60


@pytest.mark.data
def test_two_pictures_of_jupiter_agree(data_dir: Path) -> None:
    """Independent: three stages and two, 9.6 ms and 6.4 ms, six weeks apart: exposure means all stages together."""
    bright = {}
    for stem, orbit, exposure_s, sun_km in (
        ("JNCE_2022186_43C00080_V01", 43, 0.0096, 7.4237e8),
        ("JNCE_2022229_44C00029_V01", 44, 0.0064, 7.4172e8),
    ):
        geometry = LabelGeometry(0.0, 0.0, 1e5, sun_km)
        image = calibrate(
            real(data_dir, f"jupiter/{stem}", orbit=orbit, exposure_s=exposure_s, geometry=geometry, target="JUPITER")
        )
        counts = QUALITY.counts(image.quality)
        assert (counts["saturated"] > 20000) == (orbit == 43)  # RED clips at 2350 DN in the longer exposure
        assert counts["missing"] == 0
        for k, name in enumerate(RGB[:2]):
            lit = image.usable[k::3] & (image.radiance_factor[k::3] > 0.05)
            bright[orbit, name] = np.percentile(image.radiance_factor[k::3][lit], 99)
    for name in RGB[:2]:
        assert 0.35 < bright[43, name] < 0.6
        assert bright[43, name] == pytest.approx(bright[44, name], rel=0.03)
