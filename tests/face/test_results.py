"""What the public face gives back: the islands' own numbers, as tables and figures, for times as people write them.

Authority: law (a face adds nothing to a number) and, for what it adds, the conventions: UTC at the border.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.time import Time
from matplotlib.figure import Figure
from PIL import Image

from perijove import events, interior, moons, passes, tides
from perijove.archive.cache import MapAtHand
from perijove.dynamics import moments
from perijove.ephemeris.galilean import galilean_states
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.solutions import SOLUTIONS, best_solution
from perijove.errors import InputError
from perijove.face.results import Drawn, Tabular
from perijove.interior.models import named_interior
from perijove.passes import encounters
from perijove.tides.heating import tidal_heating as heating_of
from perijove.timescales import utc_to_tdb

WHEN = "2023-12-30T08:36:01"
AT = float(utc_to_tdb(WHEN))
AHEAD = SOLUTIONS["io-lead"].ephemeris  # what is taken at that time
IO = interior.with_asthenosphere(melt_fraction=0.25)
SHORT = moons.integrate("2024-01-01", "2024-01-06")

RESULTS: dict[str, Callable[[], Tabular]] = {
    "states": lambda: moons.states("IO", [WHEN, "2023-12-30T12:00"]),
    "paths": lambda: SHORT,
    "evolve": lambda: moons.evolve(1e5, tides=moons.TidalModel(jupiter=1e-5, moons={"IO": 0.01}), samples=5),
    "tidal evolution": lambda: moons.tidal_evolution(1e5, draws=0),
    "events": lambda: events.moon_events("2026-12-01", "2026-12-01T12:00"),
    "moments": lambda: events.apsides(SHORT, "IO"),
    "passes": lambda: passes.juno_passes("2023-12-01", "2024-01-10"),
    "approaches": lambda: passes.approaches("JUNO", ["IO"], "2023-12-30", "2023-12-31"),
    "events of paths": lambda: events.moon_events("2024-01-02", "2024-01-04", ephemeris=SHORT.ephemeris),
    "geometry": lambda: passes.geometry("IO", AT + np.arange(-30.0, 31.0, 10.0)),
    "encounter": lambda: passes.flyby(57, hours=0.5),
    "coverage": lambda: passes.ground_coverage(57, cell_deg=10.0),
    "view": lambda: passes.seen_from("JUNO", "IO", WHEN),
    "love": lambda: tides.love_numbers(IO),
    "heating": lambda: tides.tidal_heating(IO),
    "ocean": lambda: tides.ocean_tide(interior.with_magma_ocean(ocean_thickness_km=5.0), drag_per_s=3.7e-6),
    "heat": lambda: tides.heat_transport(interior.PUBLISHED["steinke-2020-b"]),
    "sweep": lambda: tides.tidal_sweep(IO, ["layer.2.viscosity_pa_s=1e10:1e22:log:4"]),
}


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_results_are_tables_and_figures(make: Callable[[], Tabular]) -> None:
    """Rows with the same keys, a DataFrame of them, and a figure whose footer has the version."""
    result = make()
    rows = result.records()
    assert rows
    assert all(row.keys() == rows[0].keys() for row in rows)
    table = result.to_pandas()
    assert len(table) == len(rows)
    assert list(table.columns) == list(rows[0])
    if isinstance(result, Drawn):
        figure = result.plot()
        assert isinstance(figure, Figure)
        assert any("Perijove 0." in text.get_text() for text in figure.texts)


def moment(kind: str) -> Any:  # all that is a time
    """The same instant, written in each way."""
    match kind:
        case "ISO":
            return WHEN
        case "datetime":
            return dt.datetime(2023, 12, 30, 8, 36, 1)  # noqa: DTZ001  # without a zone it is UTC
        case "zoned":
            return dt.datetime(2023, 12, 30, 9, 36, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))
        case "astropy":
            return Time(WHEN, scale="utc")
        case _:
            return AT


@pytest.mark.parametrize("kind", ["ISO", "datetime", "zoned", "astropy", "TDB"])
def test_all_times_are_taken(kind: str) -> None:
    """ISO UTC, datetime with and without zone, astropy, TDB seconds: one answer."""
    when = moment(kind)
    np.testing.assert_allclose(moons.states("IO", when).tdb, AT, atol=2e-7)
    np.testing.assert_allclose(passes.geometry("IO", when).range_km, passes.geometry("IO", AT).range_km, atol=1e-5)
    np.testing.assert_allclose(passes.seen_from("JUNO", "IO", when).time_tdb, AT, atol=2e-7)
    assert moons.integrate(when, AT + 3600.0).start_tdb == pytest.approx(AT, abs=2e-7)


def test_states_are_those_of_the_ephemeris() -> None:
    """To the last bit, with the errors that it states."""
    found = moons.states("io", [AT, AT + 60.0])
    np.testing.assert_array_equal(found.state, AHEAD.state("IO", np.array([AT, AT + 60.0]), center="JUPITER"))
    assert (found.sigma_km > found.fit_sigma_km).all()
    assert (found.fit_sigma_km > 0.0).all()
    np.testing.assert_allclose(np.trace(found.covariance_km2, axis1=-2, axis2=-1), found.sigma_km**2)
    turned = moons.states("io", [AT, AT + 60.0], frame="IAU_IO").covariance_km2
    np.testing.assert_allclose(np.linalg.eigvalsh(turned), np.linalg.eigvalsh(found.covariance_km2))
    np.testing.assert_allclose(np.sqrt(turned[:, 1, 1]), 1.1, atol=0.03)  # along the orbit, Io's y axis
    np.testing.assert_array_equal(found.distance_km, np.linalg.norm(found.position_km, axis=-1))
    assert found.velocity_km_s.shape == (2, 3)


def test_integration_starts_where_the_moons_are() -> None:
    """Without states of one's own the four moons are taken, and `at` speaks UTC."""
    np.testing.assert_array_equal(SHORT.at("2024-01-01"), SHORT.states(SHORT.start_tdb))
    # Compiled and plain ways to one epoch differ by millimetres.
    np.testing.assert_allclose(SHORT.at("2024-01-01"), galilean_states(SHORT.start_tdb), atol=1e-5, rtol=0.0)


def test_moments_and_passes_are_those_of_the_islands() -> None:
    """The door hands on what was found, in order."""
    assert tuple(events.apsides(SHORT, "IO")) == moments.apsides(SHORT, "IO")
    assert events.apsides(SHORT, "io") == events.apsides(SHORT, "IO")
    assert events.conjunctions(SHORT, "io", "Europa") == events.conjunctions(SHORT, "IO", "EUROPA")
    assert events.closest_approaches(SHORT, "io", "Europa") == events.closest_approaches(SHORT, "IO", "EUROPA")
    assert events.eclipses(SHORT, "io") == events.eclipses(SHORT, "IO")
    assert tuple(events.conjunctions(SHORT, "IO", "EUROPA")) == moments.conjunctions(SHORT, "IO", "EUROPA")
    arc = arc_of(57)
    (one,) = passes.juno_passes(arc.start_tdb, arc.end_tdb)
    (same,) = encounters.passes(best_solution("JUNO").ephemeris, arc.start_tdb, arc.end_tdb)
    assert one.at("IO").tdb == same.at("IO").tdb  # type: ignore[union-attr]  # there is one
    assert passes.flyby(57).approach.tdb == one.at("IO").tdb  # type: ignore[union-attr]


def test_results_name_the_ephemeris_that_was_asked() -> None:
    """Law: what Juno sees has Io's lead, and what the Earth sees at the dates of the lead; else moons are as fitted."""
    for observer, when in (("EARTH", AT), ("JUNO", AT), ("EARTH", "2020-01-01"), ("JUNO", arc_of(43).perijove_tdb)):
        title = SOLUTIONS["jup365" if when == "2020-01-01" else "io-lead"].title
        assert passes.geometry("IO", when, observer=observer).source == title
        assert passes.seen_from(observer, "IO", when).source == title
    assert passes.juno_passes("2023-12-01", "2024-01-10").source == best_solution("JUNO").title


@pytest.mark.slow
def test_the_globe_of_io_has_its_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: a map of one value at hand, here a bright one, is what the disc shows; its credit stands below."""
    bare = passes.seen_from("JUNO", "IO", WHEN).plot()
    Image.new("L", (360, 180), 200).save(tmp_path / "map.png")
    at_hand = MapAtHand(tmp_path / "map.png", 0.0, "a painter")
    monkeypatch.setattr("perijove.face.passes.map_at_hand", lambda: at_hand)
    mapped = passes.seen_from("JUNO", "IO", WHEN).plot()
    words = [text.get_text() for text in mapped.texts]
    assert any("map: a painter" in line for line in words)
    assert (
        np.asarray(mapped.axes[0].images[0].get_array()).shape == np.asarray(bare.axes[0].images[0].get_array()).shape
    )
    assert not np.array_equal(mapped.axes[0].images[0].get_array(), bare.axes[0].images[0].get_array())


@pytest.mark.slow
def test_the_resonance_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    report = moons.resonance(years=15.0)

    def again(*_: object, years: float, **__: object) -> Any:
        asked.append(years)
        return report

    monkeypatch.setattr("perijove.face.moons.resonance_report", again)
    assert moons.resonance(years=15.0) is report
    moons.resonance(years=13.0)
    assert asked == [13.0]


def test_heating_is_that_of_the_island() -> None:
    """Same power; the map's rows average to the mean flux."""
    found, same = tides.tidal_heating(IO), heating_of(IO)
    assert found.power_w == same.power_w
    rows = found.map_records()
    weight = np.cos(np.radians([row["lat_deg"] for row in rows]))
    mean = np.average([row["heat_flow_w_m2"] for row in rows], weights=weight)
    assert mean == pytest.approx(found.mean_flux_w_m2, rel=1e-3)  # a 2-degree grid holds degree 4 to (2 deg)^2


def test_interiors_come_from_files(tmp_path: Path) -> None:
    """A TOML file by path; an unknown one says so."""
    path = tmp_path / "one.toml"
    path.write_text(
        'name = "rock"\n[[layer]]\nname = "rock"\nstate = "solid"\nouter_radius_km = 1821.6\ndensity_kg_m3 = 3500.0\n'
        "shear_modulus_pa = 6e10\nviscosity_pa_s = 1e20\n",
        encoding="utf-8",
    )
    assert interior.read_interior(path).layers[0].density_kg_m3 == 3500.0
    assert interior.PUBLISHED["steinke-2020-a"] is named_interior("steinke-2020-a")
    with pytest.raises(InputError, match=r"take PUBLISHED\['steinke-2020-a'\]"):
        interior.read_interior("steinke-2020-a")
    with pytest.raises(InputError, match=r"none\.toml"):
        interior.read_interior(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: moons.states("VULCAN", WHEN), "VULCAN"),
        (lambda: moons.states("IO", "yesterday"), "yesterday"),
        (lambda: moons.resonance("2060-01-01", 20.0), "1930 to 2070"),
        (lambda: events.moon_events("2026-12-02", "2026-12-01"), "exchange"),
        (lambda: events.moon_events("2024-02-01", "2024-02-02", ephemeris=SHORT.ephemeris), "2024"),
        (lambda: events.moon_events("2026-01-01", "2026-04-01", kinds=["eclipse"]).plot(), "too long"),
        (lambda: passes.flyby(12), "12"),
        (lambda: passes.flyby("PJ57"), "such as 57"),  # type: ignore[arg-type]  # people write it
        (lambda: passes.geometry("IO", AT).plot(), "three times"),
        (lambda: tides.ocean_tide(IO, drag_per_s=1.0, magma_viscosity_pa_s=1.0), "give one"),
        (lambda: tides.tidal_sweep(IO, ["layer.2"]), "layer.2"),
        (lambda: interior.infer("solid", ["re_k2"]), "mostly-solid-mantle"),
        (lambda: interior.infer("mostly-solid-mantle", ["k7"]), "k7"),
    ],
)
def test_wrong_questions_are_input_errors(call: Callable[[], object], says: str) -> None:
    """In the words of the call, never in options of the command line."""
    with pytest.raises(InputError, match=says) as refusal:
        call()
    assert "--" not in str(refusal.value)


def test_inference_takes_names_and_own_data() -> None:
    """A posterior as a table: one draw a row, one column for each parameter and prediction."""
    better = interior.Datum("re_k2", "re_k2", 0.11, 0.01, "What ten more flybys might give.", "made up")
    rock = {"rock_viscosity_pa_s": 1e20, "lithosphere_thickness_km": 30.0, "core_radius_km": 965.0}
    held = interior.HYPOTHESES["mostly-solid-mantle"].with_fixed(rock)
    found = interior.infer(held, [better, "k2_over_q", "heat_flow"], samples=100, live=50, seed=1)
    table = found.to_pandas()
    assert len(table) == len(found.draws)
    assert set(found.hypothesis.parameters) <= set(table.columns)
    assert "re_k2" in table.columns


def test_tables_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said plainly, with what to do."""

    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("perijove.face.results.import_module", missing)
    with pytest.raises(InputError, match="pip install pandas"):
        moons.states("IO", WHEN).to_pandas()
