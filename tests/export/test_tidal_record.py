"""The record of tides in the resonance.

Authority: published (Lainey et al. 2009, within his errors), law (agreement of its parts) and regression (its keys).
"""

import json

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.evolution.tidal_laws import TidalLaws
from perijove.evolution.tidal_model import ResonanceLock
from perijove.evolution.tidal_report import TidalReport, tidal_report
from perijove.export.tidal_record import tidal_record, tidal_text


@pytest.fixture(scope="module")
def report() -> TidalReport:
    return tidal_report(1e7, draws=3, samples=5)


def test_default_reproduces_lainey(report: TidalReport) -> None:
    record = tidal_record(report)
    moons = record["present"]["moons"]  # type: ignore[index]
    for name in ("IO", "EUROPA", "GANYMEDE"):
        measured = moons[name]["acceleration_lainey_2009_per_year"]
        assert abs(moons[name]["acceleration_per_year"] - measured["value"]) < 2.0 * measured["sigma"]
        assert moons[name]["acceleration_sigma_per_year"] == pytest.approx(measured["sigma"], rel=0.08)
    values = record["k2_over_q"]
    for body in ("jupiter", "io"):
        printed = values["printed_in_lainey_2009"][body]  # type: ignore[index]
        assert abs(values[body]["value"] - printed["value"]) < 0.5 * printed["sigma"]  # type: ignore[index]


def test_record_is_json_and_closes(report: TidalReport) -> None:
    record = json.loads(json.dumps(tidal_record(report), allow_nan=False))
    assert list(record) == ["k2_over_q", "presumes", "present", "equilibrium", "evolution", "ensemble"]
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
    assert np.isnan([*report.acceleration_sigma_per_year, report.heat_sigma_w, *report.equilibrium_sigma]).all()
    assert "±" not in tidal_text(report).splitlines()[0]
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


def test_heat_and_equilibrium_have_the_errors_of_k2_over_q(report: TidalReport) -> None:
    """Law: heat goes with Io's k2/Q; at equilibrium with Jupiter's; the referee has ± 16 TW for today."""
    record = tidal_record(report)
    present, equilibrium = record["present"], record["equilibrium"]
    assert present["io_heat_sigma_w"] == pytest.approx(16e12, abs=0.5e12)  # type: ignore[index]
    relative = equilibrium["io_heat_sigma_w"] / equilibrium["io_heat_w"]  # type: ignore[index]
    assert relative == pytest.approx(0.203 / 1.102, rel=0.01)
    assert equilibrium["io_eccentricity_sigma"] < 0.005 * equilibrium["io_eccentricity"]  # type: ignore[index]


def test_text_gives_errors_and_what_it_presumes(report: TidalReport) -> None:
    text = tidal_text(report)
    for words in (
        "92 ± 16 TW",
        "65 ± 12 TW",
        "-0.43 ± 0.09",
        "presumes:",
        "constant over the whole span",
        "-0.07 (Lieske 1987)",
    ):
        assert words in text
    past = tidal_text(tidal_report(-4e7, draws=4, samples=3))
    assert "million years ago: an eccentricity passed 0.04" in past


def test_no_error_of_zero_is_printed() -> None:
    """A lock sets Io's rate whatever k2/Q is: what k2/Q leaves open rounds to nothing, and t has no error."""
    lock = TidalLaws(lock=ResonanceLock("IO", 2e10))
    text = tidal_text(tidal_report(1e5, laws=lock, draws=0, samples=2))
    assert "-1.65 " in text
    assert "± 0 " not in text
    assert "± 0.00 " not in text
    assert "taken as exact" in " ".join(text.split())
