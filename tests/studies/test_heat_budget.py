"""The heat budget, what is too faint for it, and which sources changed.

Authority: published (Davies et al. 2024: 57.66 TW, north 33.9, south 23.7, beyond 60 deg 2.8, ten strongest 43 %, Loki
16.6 %; Veeder et al. 1994; Davies & Davies 2010) and law (parts add up, a map integrates to its power, what was put
into simulated lists comes back).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.errors import InputError
from perijove.formats.tables.publications import TABLES
from perijove.studies.heat_budget import (
    SCATTER,
    HeatSource,
    faint_sources,
    heat_budget,
    heat_sources,
    power_density,
)
from perijove.studies.source_variability import light_curves, scatter_between_readings
from perijove.volcanoes.database import VolcanoCatalogue, build_catalogue


@pytest.fixture(scope="module")
def catalogue(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> VolcanoCatalogue:
    folder, target = data_dir / "volcanoes", tmp_path_factory.mktemp("catalogue") / "io.duckdb"
    tables = {name: folder / one.file for name, one in TABLES.items()}
    build_catalogue(tables, target, geology=folder / "sim3168" / "io_geology_map.shp", software="test")
    return VolcanoCatalogue.open(target)


@pytest.mark.data
def test_published_totals(catalogue: VolcanoCatalogue) -> None:
    """To half of the last digit that the paper prints; Loki 16.6 and 2.8 TW as cut there, not rounded: to one digit."""
    budget = heat_budget(heat_sources(catalogue.sources()))
    halves = {one.name: one.power_gw / 1e3 for one in budget.hemispheres}
    polar = budget.latitudes[-1]
    assert budget.total.power_gw / 1e3 == pytest.approx(57.66, abs=0.005)
    assert halves["north"] == pytest.approx(33.9, abs=0.05)
    assert halves["south"] == pytest.approx(23.7, abs=0.05)
    assert polar.name == "beyond 60 deg"
    assert polar.power_gw / 1e3 == pytest.approx(2.8, abs=0.05)
    assert budget.strongest_share(10) == pytest.approx(0.43, abs=0.005)
    assert budget.sources[0].name == "Loki Patera"
    assert budget.strongest_share(1) == pytest.approx(0.166, abs=0.001)
    assert budget.resolved_share == pytest.approx(57.66 / 105.0, abs=1e-4)
    assert budget.io_flux_w_m2 == pytest.approx(2.5, abs=0.05)
    assert budget.earth_flux_w_m2 == pytest.approx(0.09, abs=0.005)
    for groups in (budget.kinds, budget.units, budget.latitudes[:-1], budget.hemispheres[:2], budget.hemispheres[2:4]):
        assert sum(one.power_gw for one in groups) == pytest.approx(budget.total.power_gw)
        assert sum(one.sources for one in groups) == 343
    units = {one.name: one.share for one in budget.units}
    assert units["patera floor"] > 0.5  # a third of all sources, and most of the power


@pytest.mark.data
def test_scatter_is_that_of_repeated_readings(catalogue: VolcanoCatalogue) -> None:
    curves = light_curves(catalogue.observations(), "mura2024", {})
    assert len(curves) == 70
    assert scatter_between_readings(curves) == pytest.approx(SCATTER, abs=0.005)


def source(power: float, lat: float = 10.0, lon: float = 20.0) -> HeatSource:
    return HeatSource("X1", "A", "patera", "flow", lat, lon, power)


def test_a_budget_of_two() -> None:
    budget = heat_budget([source(1.0, -70.0), source(3.0)])
    assert [one.power_gw for one in budget.sources] == [3.0, 1.0]
    assert budget.cumulative_share == pytest.approx([0.75, 1.0])
    assert budget.total.sigma_gw == pytest.approx(SCATTER * np.sqrt(10.0))
    south = budget.hemispheres[1]
    assert south.flux_w_m2 == pytest.approx(1e9 / (2.0 * np.pi * (1e3 * IO_MEAN_RADIUS_KM) ** 2))
    for wrong in ([], [source(0.0)]):
        with pytest.raises(InputError, match="give one or more"):
            heat_budget(wrong)


@pytest.mark.parametrize("width", [5.0, 20.0, 60.0])
def test_a_map_of_density_holds_all_power(width: float) -> None:
    lat, lon = np.arange(-89.95, 90.0, 0.1), np.arange(-178.0, 180.0, 4.0)
    density = power_density([source(2.0), source(5.0, 60.0, -170.0)], lat[:, None], lon, width_deg=width)
    cell = np.cos(np.radians(lat))[:, None] * np.radians(0.1) * np.radians(4.0) * (1e3 * IO_MEAN_RADIUS_KM) ** 2
    assert float((density * cell).sum()) == pytest.approx(7e9, rel=1e-4)


def test_power_law_with_a_limit_comes_back() -> None:
    """2000 sources from P^-1.7 above 0.1 GW, seen half at 20 GW within a factor of two: slope and missing power."""
    rng = np.random.default_rng(4)
    power = 0.1 * rng.uniform(0.0, 1.0, 40_000) ** (-1.0 / 0.7)
    power = power[power < 1e5]
    seen = np.log(power / 20.0) / np.log(2.0) > rng.standard_normal(power.size)
    found = faint_sources(power[seen])
    assert found.slope == pytest.approx(1.7, abs=3.0 * found.slope_sigma)
    assert found.slope_sigma < 0.1
    assert found.half_gw == pytest.approx(20.0, rel=4.0 * found.half_gw_sigma_ln)
    low, middle, high = found.missing_gw
    true = float(power[~seen].sum())
    assert low - 2.0 * (middle - low) < true < high + 2.0 * (high - middle)
    assert found.log_ratio_log_normal < -5.0


def test_a_log_normal_list_is_told() -> None:
    power = np.exp(3.5 + 1.8 * np.random.default_rng(6).standard_normal(340))  # as wide as Io's list
    assert faint_sources(power, faintest_gw=0.01).log_ratio_log_normal > 5.0
    with pytest.raises(InputError, match="give a power between 0 and the faintest"):
        faint_sources(power, faintest_gw=1e6)
    with pytest.raises(InputError, match="too few"):
        faint_sources(power[:10])


def readings(values: list[float], sigma: float | None, source_id: str = "X1", table: str = "mura2024") -> list[dict]:  # type: ignore[type-arg]
    return [
        {
            "source_table": table,
            "statistic": "single",
            "value": value,
            "sigma": None if sigma is None else sigma * value,
            "time_utc": None,
            "passes": str(41 + number),
            "source_id": source_id,
            "band": "JIRAM-M",
            "quantity": "band_power",
            "unit": "GW",
        }
        for number, value in enumerate(values)
    ]


def test_changes() -> None:
    """Of 300 constant sources at most a few change; of those that change tenfold all do."""
    rng = np.random.default_rng(8)
    rows = []
    for number in range(300):
        rows += readings((5.0 * np.exp(0.1 * rng.standard_normal(4))).tolist(), 0.1, f"C{number}")
    for number in range(30):
        rows += readings(
            (np.array([1.0, 10.0, 3.0]) * np.exp(0.1 * rng.standard_normal(3))).tolist(), 0.1, f"V{number}"
        )
    curves = light_curves(rows, "mura2024", {})
    changed = [one.source_id for one in curves if one.changed]
    assert sum(one.startswith("V") for one in changed) == 30
    assert sum(one.startswith("C") for one in changed) <= 2
    constant = [one for one in curves if one.source_id.startswith("C")]
    assert np.mean([one.chance < 0.1 for one in constant]) == pytest.approx(0.1, abs=0.06)
    assert scatter_between_readings(constant) == pytest.approx(0.1, abs=0.01)


def test_readings_without_errors_and_parts() -> None:
    two = readings([1.0, 2.0], None) + readings([3.0, 2.0], None)
    (curve,) = light_curves(two, "mura2024", {"X1": "A"})
    assert curve.presumed
    assert curve.value == pytest.approx([4.0, 4.0])
    assert curve.sigma[0] == pytest.approx(0.2 * np.hypot(1.0, 3.0))
    assert curve.ratio == 1.0
    assert not curve.changed
    assert light_curves(readings([1.0], 0.1), "mura2024", {}) == ()
    with pytest.raises(InputError, match="has no single readings"):
        light_curves(two, "nims", {})


@pytest.mark.data
def test_loki_changed_most_of_all_nights(catalogue: VolcanoCatalogue) -> None:
    """De Kleer et al. 2019: Loki and Marduk on most nights; Loki's L' intensity from a few to more than 100."""
    names = {row["source_id"]: row["iau_name"] for row in catalogue.sources()}
    curves = light_curves(catalogue.observations(), "dekleer2019", names)
    first = curves[0]
    assert (first.name, first.band) == ("Loki Patera", "NIRC2-Lp")
    assert first.value.size > 100
    assert first.value.max() > 100.0
    assert first.value.min() < 10.0
    assert 0.4 < np.mean([one.changed for one in curves]) < 0.8
