"""Volcanoes against patterns of heat: planted patterns are found, chance is called chance, and what the real ones say.

Authority: law (recovery of what was planted, rotations, equal areas, expectations), independent (scipy's Spearman) and
published (Hamilton et al. 2013, doi:10.1016/j.epsl.2012.10.032: 30 to 60 deg east of the asthenosphere's pattern;
Davies et al. 2024, doi:10.1038/s41550-023-02123-5: no preference for the poles).
"""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from scipy.stats import spearmanr
from tests.cli.running import perijove

from perijove.errors import InputError
from perijove.figures.interiors.heat_pattern import heat_pattern_figure
from perijove.figures.style import save_figure
from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.interior.models import MODELS
from perijove.studies.heat_pattern import PatternStudy, compare_with_sources, verdict
from perijove.studies.source_likelihood import fit_mixture, fit_pattern, fit_shift
from perijove.studies.source_patterns import Completeness, Pattern, heating_pattern, turned, zonal_mean
from perijove.studies.source_significance import (
    CELLS_BY_BELT,
    cell_means,
    cell_sums,
    chance,
    degree_power,
    isotropic_sets,
    largest_gains,
    rank_correlation,
    rotated_sets,
    source_harmonics,
    weighted_relative_flux,
)
from perijove.volcanoes.catalogue import ThermalSources, read_thermal_sources

SOFT = heating_pattern(MODELS["steinke-2020-a"])
DEEP = heating_pattern(
    Interior(
        (Layer("core", "liquid", 965.0, 5150.0), Layer("mantle", "solid", 1821.6, 3244.0, 6e10, 2e14, 1e15)),
        name="deep mantle",
    )
)
EVERYWHERE = Completeness()


def planted(
    pattern: Pattern, count: int, *, share: float, east_deg: float = 0.0, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Places of which a share follows a turned pattern, by rejection."""
    rng = np.random.default_rng(seed)
    lat, lon = EVERYWHERE.draw(20 * count, rng)
    density = 1.0 + share * (turned(pattern.relative, east_deg).at(lat, lon) - 1.0)
    kept = np.flatnonzero(rng.random(len(lat)) * 2.7 < density)[:count]
    assert len(kept) == count
    return lat[kept], lon[kept]


def sources_at(lat: np.ndarray, lon: np.ndarray, power_gw: np.ndarray) -> ThermalSources:
    none = np.full(len(lat), np.nan)
    names = ("",) * len(lat)
    return ThermalSources(names, lat, lon, power_gw, none, none, np.zeros(len(lat), dtype=int), "SIMULATED")


# ---------------------------------------------------------------------------------------------- patterns


@pytest.mark.slow
def test_patterns_have_mean_one_and_can_be_turned() -> None:
    lat, lon = np.array([10.0, -60.0, 35.0]), np.array([20.0, -170.0, 90.0])
    for pattern in (SOFT, DEEP):
        assert pattern.relative.mean == pytest.approx(1.0, rel=1e-14)
        moved = turned(pattern.relative, 35.0)
        assert moved.at(lat, lon) == pytest.approx(pattern.relative.at(lat, lon - 35.0), rel=1e-12)
    ring = SOFT.relative.at(30.0, np.arange(0.0, 360.0, 1.0)).mean()
    assert zonal_mean(SOFT.relative, np.array([30.0]))[0] == pytest.approx(ring, rel=1e-12)
    elastic = Interior((Layer("rock", "solid", 1821.6, 3528.0, 6e10, rheology="elastic"),))
    with pytest.raises(InputError, match="has no pattern"):
        heating_pattern(elastic)


@pytest.mark.slow
def test_completeness_weighs_the_poles() -> None:
    seen = Completeness(polar_share=0.3, polar_deg=50.0)
    sine = np.linspace(-1.0, 1.0, 400_001)
    lat = np.degrees(np.arcsin(sine))
    expected = np.mean(zonal_mean(DEEP.relative, lat) * seen.at(lat))
    assert seen.mean(DEEP.relative) == pytest.approx(float(expected), abs=1e-5)
    assert seen.mean_share == pytest.approx(float(seen.at(lat).mean()), abs=1e-5)
    drawn, _ = seen.draw(200_000, np.random.default_rng(3))
    polar = 0.3 * (1.0 - np.sin(np.radians(50.0)))
    assert np.mean(np.abs(drawn) > 50.0) == pytest.approx(polar / seen.mean_share, abs=0.003)  # four sigma
    for wrong in ({"polar_share": 0.0}, {"polar_deg": 90.0}, {"polar_share": np.nan}):
        with pytest.raises(InputError):
            Completeness(**wrong)


# ---------------------------------------------------------------------------------------------- likelihood


@pytest.mark.parametrize(("pattern", "share"), [(SOFT, 0.6), (DEEP, 0.5), (SOFT, 1.0)])
def test_a_planted_share_and_shift_are_found(pattern: Pattern, share: float) -> None:
    lat, lon = planted(pattern, 3000, share=share, east_deg=40.0)
    found = fit_shift(pattern, lat, lon)
    assert abs(found.shift.best - 40.0) < 4.0 * max(found.shift.sigma, 2.5)
    assert abs(found.best.share.best - share) < 4.0 * max(found.best.share.sigma, 0.01)
    assert found.best.share.sigma < 0.08
    assert found.best.gain == pytest.approx(found.gain.max())
    assert fit_pattern(pattern, lat, lon).gain < found.best.gain


def test_errors_of_the_share_are_honest() -> None:
    """Of 60 sets of real size the planted share lies within one standard error in about two thirds."""
    fits = [fit_pattern(SOFT, *planted(SOFT, 343, share=0.5, seed=seed)).share for seed in range(60)]
    inside = np.mean([fit.low <= 0.5 <= fit.high for fit in fits])
    assert 0.5 < inside < 0.85  # binomial, three sigma
    assert np.mean([fit.best for fit in fits]) == pytest.approx(0.5, abs=3.0 * 0.14 / np.sqrt(60.0))


def test_missing_poles_are_accounted_for() -> None:
    """A survey that loses three quarters beyond 60 deg: known, or taken as given, no bias; ignored, a large one."""
    lat, lon = planted(DEEP, 6000, share=0.6)
    seen = Completeness(polar_share=0.25)
    kept = np.random.default_rng(5).random(len(lat)) < seen.at(lat)
    lat, lon = lat[kept], lon[kept]
    told = fit_pattern(DEEP, lat, lon, seen=seen).share
    given = fit_pattern(DEEP, lat, lon, seen=None).share
    naive = fit_pattern(DEEP, lat, lon).share
    assert abs(told.best - 0.6) < 4.0 * told.sigma
    assert abs(given.best - 0.6) < 4.0 * given.sigma
    assert naive.best < 0.6 - 4.0 * naive.sigma


def test_a_mixture_of_two_patterns_is_taken_apart() -> None:
    parts = [planted(SOFT, 600, share=1.0), planted(DEEP, 300, share=1.0, seed=2)]
    lat, lon = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    found = fit_mixture([SOFT, DEEP], lat, lon, rng=np.random.default_rng(0))
    assert found.weights.sum() == pytest.approx(1.0, rel=1e-9)
    assert found.names == ("uniform", "Steinke 2020 A", "deep mantle")
    assert np.all(np.abs(found.weights - [0.0, 2.0 / 3.0, 1.0 / 3.0]) < 4.0 * np.maximum(found.sigma, 0.02))
    assert found.gain > fit_pattern(SOFT, lat, lon).gain


# ---------------------------------------------------------------------------------------------- chance


def test_isotropic_sets_have_the_expected_power() -> None:
    """Power of degree l times n / (2 l + 1) is 1 on average, a chi-squared of 2 l + 1 over its mean."""
    lat, lon = EVERYWHERE.draw(200, np.random.default_rng(7))
    found = degree_power(lat, lon, 4, seen=EVERYWHERE, trials=600, rng=np.random.default_rng(8))
    scale = 200.0 / (2.0 * np.arange(5) + 1.0)
    assert (found.expected * scale)[1:] == pytest.approx(np.ones(4), abs=4.0 * np.sqrt(2.0 / 3.0 / 600.0))
    assert np.all((found.chance[1:] > 1.0 / 700.0) & (found.chance[1:] <= 1.0))
    strong = degree_power(*planted(DEEP, 343, share=1.0), 4, seen=EVERYWHERE, trials=200, rng=np.random.default_rng(9))
    assert strong.chance[2] == 1.0 / 201.0


def test_harmonics_and_their_errors() -> None:
    lat, lon = planted(DEEP, 4000, share=1.0)
    mean, sigma = source_harmonics(lat, lon, 4)
    apart = (mean - DEEP.relative.coefficients) / np.where(sigma > 1e-9, sigma, 1.0)  # degree 0 is 1 exactly
    assert np.abs(apart).max() < 4.5  # 25 of them
    assert mean[0, 0, 0] == pytest.approx(1.0)
    heavy, wide = source_harmonics(lat, lon, 4, weights=np.where(np.arange(4000) < 10, 1000.0, 1.0))
    assert wide[0, 2, 0] > 3.0 * sigma[0, 2, 0]
    assert heavy[0, 0, 0] == pytest.approx(1.0)


def test_rotated_sets_keep_their_shape() -> None:
    lat, lon = planted(DEEP, 30, share=1.0)

    def distances(lat_deg: np.ndarray, lon_deg: np.ndarray) -> np.ndarray:
        north, east = np.radians(lat_deg), np.radians(lon_deg)
        place = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
        return place.T @ place

    batches = list(rotated_sets(lat, lon, 70, np.random.default_rng(1)))
    assert [len(batch[0]) for batch in batches] == [64, 6]
    for turned_lat, turned_lon in zip(*batches[0], strict=True):
        assert distances(turned_lat, turned_lon) == pytest.approx(distances(lat, lon), abs=1e-12)
    assert np.std(batches[0][0][:, 0]) > 20.0


def test_gains_of_many_sets_are_those_of_single_fits() -> None:
    sets = list(isotropic_sets(50, 5, seen=EVERYWHERE, rng=np.random.default_rng(2)))
    straight, turning = largest_gains(SOFT, sets, seen=EVERYWHERE)
    for lat, lon, one, best in zip(*sets[0], straight, turning, strict=True):
        assert one == pytest.approx(fit_pattern(SOFT, lat, lon).gain, abs=0.05)  # steps of 0.05 in share
        assert best == pytest.approx(fit_shift(SOFT, lat, lon).best.gain, abs=0.15)  # and of 10 deg in shift
    assert np.all(turning >= straight)


def test_probabilities() -> None:
    trials = np.arange(99.0)
    assert chance(200.0, trials) == 0.01
    assert chance(-1.0, trials) == 1.0
    first, second = np.array([1.0, 2.0, 2.0, 5.0, 0.0]), np.array([3.0, 1.0, 4.0, 4.0, 0.0])
    assert rank_correlation(first, second) == pytest.approx(float(spearmanr(first, second).statistic), rel=1e-12)
    assert np.isnan(rank_correlation(first, np.ones(5)))


def test_cells_have_equal_areas() -> None:
    lat, lon = EVERYWHERE.draw(160_000, np.random.default_rng(4))
    counts = cell_sums(lat, lon)
    assert len(counts) == sum(CELLS_BY_BELT) == 64
    assert counts == pytest.approx(np.full(64, 2500.0), abs=225.0)  # four and a half sigma
    means = cell_means(DEEP)
    assert means.mean() == pytest.approx(1.0, abs=1e-9)
    assert len(np.unique(means)) == 8  # north is south, and each quarter of longitude mirrors the next
    sampled = cell_sums(lat, lon, DEEP.relative.at(lat, lon)) / counts
    assert sampled == pytest.approx(means, abs=0.03)
    assert cell_sums(np.array([90.0, -90.0]), np.array([180.0, -180.0])).sum() == 2.0


def test_weighted_flux_is_one_for_powers_that_do_not_care() -> None:
    lat, lon = EVERYWHERE.draw(50_000, np.random.default_rng(6))
    even = float(weighted_relative_flux(SOFT, lat, lon, np.ones(50_000)))
    assert even == pytest.approx(1.0, abs=0.01)
    squared = float(weighted_relative_flux(SOFT, lat, lon, SOFT.relative.at(lat, lon)))
    assert squared == pytest.approx(float(SOFT.relative.power.sum()), abs=0.01)  # mean square over mean


# ---------------------------------------------------------------------------------------------- the whole study


@pytest.mark.slow
def test_a_planted_world_is_understood(tmp_path: Path) -> None:
    lat, lon = planted(SOFT, 343, share=1.0)
    power = 10.0 * SOFT.relative.at(lat, lon) ** 2 + 0.1
    study = compare_with_sources([SOFT, DEEP], sources_at(lat, lon, power), trials=60, seed=3)
    soft, deep = study.results
    assert soft.chance_shifted_rotated == soft.chance_shifted_isotropic == 1.0 / 61.0
    assert soft.shifted.shift.low - 2.5 <= 0.0 <= soft.shifted.shift.high + 2.5
    assert soft.rank_number.value > 0.4
    assert soft.rank_number.chance == soft.weighted_flux.chance == 1.0 / 61.0
    assert soft.rank_strength.value > 0.3
    assert deep.positions.alone < -20.0
    assert study.number_power.chance[2] < 0.05
    said = verdict(study)
    assert "preferred to a uniform density" in said[0]
    assert "more than chance" in said[1]
    assert "deep mantle: if heat rises straight up, alone it is a worse account" in said[2]
    assert said[-1].startswith("This presumes that heat rises straight up")
    figure = heat_pattern_figure(study, title="SIMULATED", facts=said, source="test")
    words = {text.get_text() for text in figure.findobj(Text)}  # type: ignore[attr-defined]
    assert {"Steinke 2020 A", "deep mantle", "Heat flow over its mean"} <= words
    shares = next(axes for axes in figure.axes if axes.get_label() == "curve 0")
    assert shares.lines[0].get_ydata()[-1] == pytest.approx(soft.positions.alone)
    save_figure(figure, tmp_path / "pattern.png")


def test_equal_seeds_give_equal_results_and_wrong_questions_none() -> None:
    lat, lon = EVERYWHERE.draw(40, np.random.default_rng(0))
    sources = sources_at(lat, lon, np.ones(40))
    first, second = (compare_with_sources([SOFT], sources, trials=5, seed=1) for _ in range(2))
    assert first.results[0].chance_rotated == second.results[0].chance_rotated
    assert first.mixture.sigma == pytest.approx(second.mixture.sigma, rel=1e-14)
    with pytest.raises(InputError, match="different names"):
        compare_with_sources([SOFT, SOFT], sources)
    with pytest.raises(InputError, match="9 sources: too few"):
        compare_with_sources([SOFT], sources.where(np.arange(40) < 9))
    with pytest.raises(InputError, match="trials 0"):
        compare_with_sources([SOFT], sources, trials=0)


@pytest.fixture(scope="module")
def real(data_dir: Path) -> PatternStudy:
    table = read_thermal_sources(data_dir / "volcanoes" / "io_thermal_sources_davies2024.csv")
    return compare_with_sources([SOFT, DEEP], table, trials=30)


@pytest.mark.data
def test_real_volcanoes_follow_neither_pattern_alone(real: PatternStudy) -> None:
    soft, deep = real.results
    assert soft.positions.alone < -10.0
    assert deep.positions.alone < -10.0
    assert real.mixture.weights[0] > 0.5
    polar = np.abs(real.sources.lat_deg) > 60.0
    area = 1.0 - np.sin(np.radians(60.0))
    expected = area * len(real.sources)
    assert abs(polar.sum() - expected) < 2.0 * np.sqrt(expected)  # no preference for the poles, nor against them
    assert deep.positions.share.high < 0.2


@pytest.mark.data
def test_real_volcanoes_lean_to_the_east_as_published(real: PatternStudy) -> None:
    shift = real.results[0].shifted.shift
    assert shift.low < 60.0
    assert shift.high > 30.0
    assert shift.low > 0.0


@pytest.mark.data
def test_command_prints_and_writes(data_dir: Path, tmp_path: Path) -> None:
    table = data_dir / "volcanoes" / "io_thermal_sources_davies2024.csv"
    out = tmp_path / "out"
    outcome = perijove(
        "pattern", "steinke-2020-a", "--sources", table, "--trials", 5, "--json", "--out", out, "--quiet"
    )
    assert outcome.code == 0
    said = json.loads(outcome.out)
    assert said["sources"] == 343
    assert said["patterns"][0]["positions"]["log_ratio_alone"] == pytest.approx(-29.37, abs=0.01)
    assert {path.name for path in out.iterdir()} == {"heat-pattern.png", "heat-pattern.json"}
    assert json.loads((out / "heat-pattern.json").read_text(encoding="utf-8")) == said
    again = perijove("pattern", "steinke-2020-a", "--sources", table, "--trials", 5, "--out", out, "--quiet")
    assert again.code == 3
    assert "--overwrite" in again.line


def test_command_without_a_table_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)
    outcome = perijove("pattern", "steinke-2020-a", "--quiet")
    assert outcome.code == 2
    assert "10.3847/PSJ/ad4346" in outcome.line
    outcome = perijove("pattern", "steinke-2020-a", "--sources", tmp_path / "none.csv", "--quiet")
    assert outcome.code == 2
    assert "cannot be read" in outcome.line
