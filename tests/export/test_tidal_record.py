"""The record of tides in the resonance.

Authority: published (Lainey et al. 2009, within his errors), law (agreement of its parts) and regression (its keys).
"""

import json

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.evolution.tidal_report import TidalReport, tidal_report
from perijove.export.tidal_record import tidal_record


@pytest.fixture(scope="module")
def report() -> TidalReport:
    return tidal_report(1e7, draws=3, samples=5)


def test_default_reproduces_lainey(report: TidalReport) -> None:
    record = tidal_record(report)
    moons = record["present"]["moons"]  # type: ignore[index]
    for name in ("IO", "EUROPA", "GANYMEDE"):
        measured = moons[name]["acceleration_lainey_2009_per_year"]
        assert abs(moons[name]["acceleration_per_year"] - measured["value"]) < 2.0 * measured["sigma"]
        assert np.sign(moons[name]["acceleration_as_printed_per_year"]) == np.sign(measured["value"])
        assert 0.0 < moons[name]["acceleration_sigma_per_year"] < 1.5 * measured["sigma"]
    values = record["k2_over_q"]
    for body in ("jupiter", "io"):
        printed = values["printed_in_lainey_2009"][body]  # type: ignore[index]
        assert abs(values[body]["value"] - printed["value"]) < 0.5 * printed["sigma"]  # type: ignore[index]


def test_record_is_json_and_closes(report: TidalReport) -> None:
    record = json.loads(json.dumps(tidal_record(report), allow_nan=False))
    assert list(record) == ["k2_over_q", "present", "equilibrium", "evolution", "ensemble"]
    assert record["evolution"]["energy_closure"] < 1e-9
    assert record["evolution"]["momentum_closure"] < 1e-9
    now = record["present"]
    powers = now["orbital_power_w"] + now["spin_power_w"] + now["jupiter_heat_w"] + now["io_heat_w"]
    assert abs(powers) < 1e-8 * now["io_heat_w"]
    assert record["evolution"]["moons"]["IO"]["heat_w"][0] == pytest.approx(now["io_heat_w"], rel=1e-9)
    assert 2050.0 < now["free_libration_days"] < 2070.0
    assert 179.98 < now["laplace_angle_deg"] < 180.02
    assert record["equilibrium"]["io_eccentricity"] < now["moons"]["IO"]["eccentricity"]
    assert record["ensemble"]["draws"] == 3


def test_given_values_have_no_errors() -> None:
    report = tidal_report(1e5, jupiter_k2_over_q=1.102e-5, io_k2_over_q=0.015, samples=2)
    assert report.estimate is None
    assert report.ensemble is None
    np.testing.assert_array_equal(report.present.acceleration_per_year, report.as_printed.acceleration_per_year)
    assert np.isnan(report.acceleration_sigma_per_year).all()
    half = tidal_report(1e5, io_k2_over_q=0.0, samples=2)
    assert half.jupiter_k2_over_q == 1.102e-5
    assert half.equilibrium is None
    assert tidal_record(half)["present"]["io_heat_w"] == 0.0  # type: ignore[index]


def test_without_any_tide_nothing_happens() -> None:
    report = tidal_report(1e6, jupiter_k2_over_q=0.0, io_k2_over_q=0.0, samples=3)
    assert report.energy_closure == report.momentum_closure == 0.0
    np.testing.assert_allclose(report.evolution.eccentricity[-1], report.evolution.eccentricity[0], rtol=1e-12)
    json.dumps(tidal_record(report), allow_nan=False)


@pytest.mark.parametrize(("name", "value"), [("jupiter_k2_over_q", -1.0), ("io_k2_over_q", float("nan"))])
def test_bad_numbers_are_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match="k2/Q"):
        tidal_report(1e5, **{name: value})  # type: ignore[arg-type]
