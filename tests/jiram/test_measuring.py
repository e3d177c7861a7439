"""Points of a half: shape, detection, light, hits, columns, temperature.

Authority: law (light put in is found within its error; a point's pixels add up to one), independent (quadrature).
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import dblquad

from perijove.errors import InputError
from perijove.formats.jiram import JiramFrame
from perijove.jiram.background import Cleaned, cleaned, first_columns, without_tracks
from perijove.jiram.detection import find_peaks
from perijove.jiram.hot_spots import measured_frame
from perijove.jiram.photometry import fit_points, measured_spread, spread_told
from perijove.jiram.point_spread import PointSpread, rendered
from perijove.jiram.sunlight import fitted_ground
from perijove.jiram.temperature import temperature_of
from perijove.physics.planck import mean_spectral_radiance

SPREAD = PointSpread(core_px=0.55, wing_share=0.08, wing_px=1.9, smear_px=4.3)
NOISE = 5.0
SHAPE = (128, 432)


def half(points: list[list[float]], seed: int = 1, spread: PointSpread = SPREAD) -> Cleaned:
    """A sky with noise and points (x, y, light, variance)."""
    rng = np.random.default_rng(seed)
    counts = rendered(np.array(points), spread, SHAPE) + NOISE * rng.standard_normal(SHAPE)
    return Cleaned(counts, np.ones(SHAPE, dtype=bool), np.full(SHAPE, NOISE), NOISE, counts.size)


def test_a_point_adds_up_to_its_light() -> None:
    picture = rendered([[200.3, 60.8, 1000.0, 0.0]], SPREAD, SHAPE)
    assert picture.sum() == pytest.approx(1000.0, rel=1e-6)
    y, x = np.mgrid[:128, :432] + 0.5
    # Pixels sample a core of 0.55 px too coarsely for more: exp(-2 pi² sigma²) / pi = 8e-4 px.
    assert (picture * x).sum() / 1000.0 == pytest.approx(200.3, abs=9e-4)
    assert (picture * y).sum() / 1000.0 == pytest.approx(60.8, abs=9e-4)
    # Variance along samples: core and wings; a pixel adds a twelfth, the smear its square over twelve along lines.
    own = 0.92 * 0.55**2 + 0.08 * 1.9**2 + 1.0 / 12.0
    assert (picture * (x - 200.3) ** 2).sum() / 1000.0 == pytest.approx(own, rel=5e-3)
    assert (picture * (y - 60.8) ** 2).sum() / 1000.0 == pytest.approx(own + 4.3**2 / 12.0, rel=5e-3)


def test_a_pixel_is_an_integral() -> None:
    """One pixel of the core against quadrature of a Gaussian drawn out along lines."""
    spread = PointSpread(core_px=0.55, wing_share=0.0, wing_px=1.9, smear_px=1.7)
    x, y = 10.3, 10.6

    def bright(v: float, u: float) -> float:
        steps = np.linspace(-0.85, 0.85, 401)
        column = np.trapezoid(np.exp(-0.5 * ((v - y - steps) / 0.55) ** 2), steps) / 1.7
        return float(np.exp(-0.5 * ((u - x) / 0.55) ** 2) * column / (2.0 * np.pi * 0.55**2))

    theirs, _ = dblquad(bright, 10.0, 11.0, 11.0, 12.0, epsabs=1e-7)
    assert rendered([[x, y, 1.0, 0.0]], spread, (24, 24))[11, 10] == pytest.approx(theirs, rel=1e-5)


def test_light_and_place_within_their_errors() -> None:
    """Four hundred points of contrast 4 to 60: unbiased, no more outside one error than a normal distribution has.

    Errors are wider than noise alone would make them: each pixel is given 5 % of its light, for shapes unlike these.
    """
    rng = np.random.default_rng(5)
    ratio, off = [], []
    for seed in range(8):
        grid = [[30.0 + 40.0 * i + rng.random(), 15.0 + 24.0 * j + rng.random()] for i in range(10) for j in range(5)]
        points = [[x, y, float(rng.uniform(200.0, 3000.0)), 0.0] for x, y in grid]
        one = half(points, seed)
        xy = np.array(grid) + rng.normal(0.0, 0.3, (len(grid), 2))
        found = fit_points(one.counts, one, xy, np.full(len(xy), 500.0), np.full(len(xy), 8.0), SPREAD)
        assert len(found) == len(points)
        true = np.array(points)
        for point in found:
            k = int(np.argmin(np.hypot(true[:, 0] - point.x, true[:, 1] - point.y)))
            ratio.append((point.light - true[k, 2]) / point.light_sigma)
            off.append((point.x - true[k, 0]) / point.sigma_px)
    assert abs(np.mean(ratio)) < 0.25  # of an error: 400 points tell it to 0.05; weights favour faint pixels
    assert 0.66 < np.mean(np.abs(ratio) < 1.0) < 0.90
    assert np.std(off) < 1.5


def test_two_points_are_two_and_a_wide_one_is_one() -> None:
    two = half([[100.0, 60.0, 4000.0, 0.0], [104.0, 61.0, 3000.0, 0.0]])
    wide = half([[100.0, 60.0, 9000.0, 2.0]])
    for one, count in ((two, 2), (wide, 1)):
        xy = np.array([[100.2, 60.3], [103.6, 60.8]] if count == 2 else [[99.0, 59.5], [101.0, 60.5]])
        found = fit_points(one.counts, one, xy, np.full(2, 3000.0), np.full(2, 60.0), SPREAD)
        assert len(found) == count
        assert sum(point.light for point in found) == pytest.approx(7000.0 if count == 2 else 9000.0, rel=0.03)


def test_detection_is_complete_and_quiet() -> None:
    """At six errors of light and more 97 % are found; noise alone makes none above 5.5 in four halves."""
    rng = np.random.default_rng(2)
    # Light of one error: noise x root of the pixels that a point fills, 1 / sum(stamp²).
    error = NOISE / np.sqrt((SPREAD.stamp() ** 2).sum())
    points = [[20.5 + 14.0 * i, 12.5 + 17.0 * j, 8.0 * error, 0.0] for i in range(28) for j in range(7)]
    one = half(points)
    peaks = find_peaks(one.counts, one.good, one.sigma, SPREAD, threshold=5.0)
    near = np.min(np.linalg.norm(peaks.xy[:, None] - np.array(points)[None, :, :2], axis=-1), axis=0)
    assert np.mean(near < 1.5) > 0.97
    for seed in range(4):
        empty = half([[0.0, 0.0, 0.0, 0.0]], int(rng.integers(1, 10_000)) + seed)
        assert not len(find_peaks(empty.counts, empty.good, empty.sigma, SPREAD, threshold=5.5).xy)


def test_shape_is_measured() -> None:
    """Nine bright points sharper than the usual shape give the core's width to 2 %."""
    sharp = PointSpread(core_px=0.48, wing_share=0.08, wing_px=1.9, smear_px=1.7)
    usual = PointSpread(smear_px=1.7)
    points = [[40.0 + 41.3 * k, 40.0 + 5.0 * (k % 7), 8000.0, 0.0] for k in range(9)]
    one = half(points, spread=sharp)
    xy = np.array(points)[:, :2]
    told = measured_spread(one.counts, one, (xy, np.full(9, 8000.0), np.full(9, 300.0)), usual, linear_below=1e4)
    measured = spread_told(told, usual)
    assert measured.measured_on == 9
    assert measured.core_px == pytest.approx(0.48, rel=0.02)
    assert spread_told(told[:2], usual) == usual


def frame(counts: np.ndarray, **over: object) -> JiramFrame:
    """A frame of both bands."""
    fields = {
        "product_id": "JIR_IMG_RDR_2022348T232309_V98",
        "level": "RDR",
        "mode": "SCI_I1_S1",
        "orbit": 47,
        "target": None,
        "start_utc": "2022-12-14T23:23:06.962",
        "exposure_s": 0.005,
        "bands": ("L", "M"),
        "counts": {"L": counts, "M": counts},
    }
    return JiramFrame(**(fields | over))  # type: ignore[arg-type]


def test_columns_hits_and_noise() -> None:
    """The pattern of columns goes, streaks and single pixels are marked, volcanoes stay, the noise is found to 2 %."""
    rng = np.random.default_rng(8)
    one = half([[300.0, 64.0, 6000.0, 0.0]], 3)
    counts = one.counts + 40.0 * rng.standard_normal(432)
    counts[20, 50], counts[[70, 71, 72], [90, 91, 92]], counts[100, 200] = 400.0, 300.0, -500.0
    hits = counts.copy()
    sky = {band: np.ones(SHAPE, dtype=bool) for band in "LM"}
    none = {band: np.zeros(SHAPE, dtype=bool) for band in "LM"}
    clean = cleaned(frame(hits), sky, SPREAD, none)["L"]
    assert clean.noise == pytest.approx(NOISE, rel=0.02)
    assert not clean.good[20, 50]
    assert not clean.good[[70, 71, 72], [90, 91, 92]].any()
    assert not clean.good[100, 200]
    assert clean.good[58:71, 297:303].all()
    assert np.abs(np.median(clean.counts, axis=0)).max() < 2.0


def test_saturated_throughout_is_refused() -> None:
    with pytest.raises(InputError, match="saturated throughout"):
        measured_frame(frame(np.full(SHAPE, 14_600.0)))
    with pytest.raises(InputError, match="emission law"):
        measured_frame(frame(np.zeros(SHAPE)), emission_law="pit")


def test_sunlight_under_a_low_sun() -> None:
    """Ground that darkens towards the higher Sun: its brightness over cos(incidence) lies between its own extremes.

    A cubic in cos(incidence), continued to overhead light, made it negative.
    """
    rng = np.random.default_rng(4)
    columns = np.broadcast_to(np.arange(432.0), SHAPE)
    incidence = np.where((columns > 200.0) & (columns < 320.0), 97.0 - 0.25 * (columns - 200.0), np.nan)
    mu0 = np.clip(np.cos(np.radians(incidence)), 0.0, 1.0)
    counts = np.nan_to_num(250.0 * mu0 * (1.3 - 2.0 * mu0)) + NOISE * rng.standard_normal(SHAPE)
    one = Cleaned(counts, np.ones(SHAPE, dtype=bool), np.full(SHAPE, NOISE), NOISE, 1000)
    planes = {"incidence": incidence, "emission": np.where(np.isfinite(incidence), 40.0, np.nan)}
    sunlight = fitted_ground(one, planes, PointSpread()).sunlight
    assert sunlight is not None
    assert 250.0 * (1.3 - 2.0 * np.nanmax(mu0)) < sunlight < 250.0 * 1.3


@pytest.mark.parametrize("kelvin", [350.0, 600.0, 1100.0])
def test_temperature_and_area_come_back(kelvin: float) -> None:
    """A black body of 2 km2; errors hold powers of 4 % and the width of both bands."""
    powers = [
        np.pi * 2e6 * float(mean_spectral_radiance(center - half_um, center + half_um, kelvin)) / 1e9
        for center, half_um in ((3.455, 0.145), (4.780, 0.240))
    ]
    found = temperature_of((powers[0], 0.04 * powers[0]), (powers[1], 0.04 * powers[1]))
    assert found is not None
    assert found.temperature_k == pytest.approx(kelvin, abs=0.01)
    assert found.area_km2 == pytest.approx(2.0, rel=1e-4)
    hotter = temperature_of((1.056 * powers[0], 0.0), (powers[1], 0.0))
    assert hotter is not None
    # One error of L, width and power together, moves temperature by its part of the error.
    assert hotter.temperature_k - kelvin == pytest.approx(
        found.temperature_sigma_k * 0.056 / np.hypot(np.hypot(0.04, 0.0345), np.hypot(0.04, 0.0375)), rel=0.15
    )
    assert temperature_of((powers[0], 0.1), (-1.0, 0.1)) is None


def test_pattern_of_columns_is_not_the_disc() -> None:
    """One band alone, with Io on whole columns: what stands far above the dark columns is ground, and stays.

    Before, the level of a column was taken from the lit disc itself, which vanished.
    """
    rng = np.random.default_rng(6)
    columns = 10.0 * rng.standard_normal(432)
    counts = columns + NOISE * rng.standard_normal(SHAPE)
    counts[:, 200:320] += 150.0
    freed = first_columns(replace(frame(counts), bands=("M",), counts={"M": counts}))["M"]
    assert np.median(freed[:, 200:320]) == pytest.approx(150.0, abs=15.0)
    assert abs(np.median(freed[:, :200])) < 5.0


def test_tracks_go_and_volcanoes_stay() -> None:
    """A bright volcano lights its column: gone where no sky tells, to a tenth; its own light stays."""
    one = half([[300.0, 64.0, 60_000.0, 0.0]], 3)
    tracked = one.counts.copy()
    tracked[:, 299] += 24.0
    freed = without_tracks(tracked, one.good)
    assert np.median(freed[:, 299]) == pytest.approx(0.0, abs=2.4)
    assert freed[58:71, 295:305].sum() == pytest.approx(one.counts[58:71, 295:305].sum(), rel=0.01)
