"""Figures of passes.

Authority: law (a figure shows the numbers that it was given; nothing that is written overlaps).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import InputError
from perijove.figures.named_places import named_places
from perijove.figures.passes.coverage_map import draw_coverage
from perijove.figures.passes.ground_track import draw_ground_track
from perijove.figures.passes.perijove_list import draw_perijove_list
from perijove.figures.passes.spacecraft_view import draw_spacecraft_view
from perijove.figures.passes.timeline import draw_timeline
from perijove.figures.style import save_figure
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.geometry.rotations import direction_of
from perijove.passes.coverage import Coverage, coverage, pass_window
from perijove.passes.encounters import CloseApproach, Pass, passes
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.passes.sky_view import sky_view


@pytest.fixture(scope="module")
def flyby() -> Pass:
    arc = arc_of(57)
    (one,) = passes(EMBEDDED, arc.start_tdb, arc.end_tdb)
    return one


@pytest.fixture(scope="module")
def approach(flyby: Pass) -> CloseApproach:
    found = flyby.at("IO")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def series(approach: CloseApproach) -> GeometrySeries:
    return geometry_series(EMBEDDED, "IO", approach.tdb + np.linspace(-3600.0, 3600.0, 361))


@pytest.fixture(scope="module")
def mapped(approach: CloseApproach) -> Coverage:
    arc = arc_of(57)
    window = pass_window(
        EMBEDDED, "IO", approach.tdb, max_altitude_km=5e4, reach_s=(arc.start_tdb, arc.end_tdb), name="PJ57"
    )
    return coverage([window], step_deg=5.0)


@pytest.fixture(autouse=True)
def coarse_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of a ninth of the pixels: most of the time goes into them."""
    monkeypatch.setattr("perijove.figures.passes.spacecraft_view._PIXELS", 300)


def axes_named(figure: Figure, name: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_label() == name)


def overlapping(figure: Figure, axes: Axes) -> list[tuple[str, str]]:
    """Pairs of texts within axes that lie over each other."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts if text.get_text()]
    return [(a, b) for k, (a, one) in enumerate(boxes) for b, other in boxes[:k] if one.overlaps(other)]


def gray_map() -> BaseMap:
    values = np.full((90, 180, 3), 0.5, np.float32)
    values[:, :90] = 0.9
    return BaseMap(values, 0.0, SourceFile("gray.png", "0" * 64))


def test_timeline_has_five_panels_on_one_clock(series: GeometrySeries, approach: CloseApproach, tmp_path: Path) -> None:
    figure = draw_timeline(series, approach, source="S")
    altitude, pixel, angle, lat, lon = figure.axes
    minutes = (series.tdb - approach.tdb) / 60.0
    np.testing.assert_allclose(altitude.lines[0].get_xdata(), minutes)
    np.testing.assert_allclose(altitude.lines[0].get_ydata(), series.altitude_km)
    for line, name in zip(pixel.lines, ("junocam_km_per_px", "jiram_km_per_px", "sru_km_per_px"), strict=False):
        np.testing.assert_allclose(line.get_ydata(), series.column(name))
    np.testing.assert_allclose(angle.lines[0].get_ydata(), series.phase_deg)
    np.testing.assert_allclose(lat.lines[0].get_ydata(), series.sub_spacecraft_lat_deg)
    drawn = np.asarray(lon.lines[0].get_ydata(), dtype=float)
    kept = np.isfinite(drawn)
    np.testing.assert_allclose(drawn[kept], series.sub_spacecraft_lon_east_deg[kept])
    assert all(axes.get_xlim() == figure.axes[0].get_xlim() for axes in figure.axes)
    words = [text.get_text() for text in figure.texts]
    assert words[0] == "Perijove 57: Juno passes Io"
    assert f"altitude {approach.altitude_km:,.0f} ± 4 km" in words[1]
    for axes in figure.axes:
        assert overlapping(figure, axes) == []
    save_figure(figure, tmp_path / "t.png")


def test_an_altitude_has_the_digits_of_its_error(series: GeometrySeries, approach: CloseApproach) -> None:
    """Law: a value stops where its error has its first digit."""
    known = replace(approach, altitude_km=1500.8425, altitude_sigma_km=0.69)
    assert "altitude 1,500.8 ± 0.7 km" in draw_timeline(series, known).texts[1].get_text()


def test_times_without_an_approach_claim_none(approach: CloseApproach) -> None:
    """Law: between ten-minute samples the body was nearer; the figure names the sample and no closest approach."""
    figure = draw_timeline(geometry_series(EMBEDDED, "IO", approach.tdb + np.arange(-1500.0, 1501.0, 600.0)))
    words = " ".join(text.get_text() for text in [*figure.texts, figure.axes[-1].xaxis.label])
    assert "nearest of 6 times 2023-12-30 08:" in words
    assert words.startswith("Io from Juno")
    assert "closest approach" not in words


def test_ground_track_shows_the_sub_points(series: GeometrySeries, approach: CloseApproach, tmp_path: Path) -> None:
    figure = draw_ground_track(series, approach, features=named_places("IO"), base_map=gray_map())
    axes = axes_named(figure, "map")
    names = [text.get_text().strip() for text in axes.texts]  # blanks keep room for the cross
    assert "closest approach" in names
    assert "+10 min" in names
    assert overlapping(figure, axes) == []
    (track,) = [c for c in axes.collections if c.get_array() is not None]
    values = np.asarray(track.get_array())
    np.testing.assert_allclose(values, 0.5 * (series.junocam_km_per_px[1:] + series.junocam_km_per_px[:-1]))
    # The map is centred on 180 deg; the closest approach lies at 94 deg west.
    middle = len(series.tdb) // 2
    points = track.get_segments()[middle][0]  # type: ignore[attr-defined]
    columns = axes.images[0].get_extent()[1]
    lon = points[0] / columns * 360.0 - 180.0 + 180.0
    assert (lon + 180.0) % 360.0 - 180.0 == pytest.approx(series.sub_spacecraft_lon_east_deg[middle], abs=0.5)
    save_figure(figure, tmp_path / "g.png")


@pytest.mark.parametrize("minutes", [0.0, -60.0, -300.0])
def test_view_draws_globe_names_and_jupiter(approach: CloseApproach, minutes: float, tmp_path: Path) -> None:
    view = sky_view(EMBEDDED, "IO", "JUNO", approach.tdb + 60.0 * minutes)
    figure = draw_spacecraft_view(view, features=named_places("IO"), base_map=gray_map() if minutes else None)
    axes = axes_named(figure, "view")
    words = [text.get_text() for text in figure.texts]
    assert words[0] == "Io seen from Juno"
    assert "north of the body is up" in words[1]
    assert f"{view.altitude_km:,.0f} km" in words
    assert any(text.get_text().startswith("Jupiter") for text in axes.texts)
    assert axes_named(figure, "jupiter").images
    picture = np.asarray(axes.images[0].get_array())
    # The disc fills four fifths of the height: 0.82 squared of a circle in a square.
    assert np.mean(picture[..., 3] > 0) == pytest.approx(0.82**2 * np.pi / 4.0, abs=0.02)
    save_figure(figure, tmp_path / "v.png")


@pytest.mark.parametrize("angle_deg", [0, 45, 90, 120, 135, 180, 225, 240, 270, 315])
def test_words_beside_the_arrow_to_jupiter_stay_in_the_picture(approach: CloseApproach, angle_deg: float) -> None:
    """Whichever way Jupiter is."""
    view = sky_view(EMBEDDED, "IO", "JUNO", approach.tdb + 540.0)
    assert view.jupiter is not None
    turned = replace(view, jupiter=replace(view.jupiter, position_angle_deg=float(angle_deg)))
    figure = draw_spacecraft_view(turned)
    axes = axes_named(figure, "view")
    (words,) = [text for text in axes.texts if text.get_text().startswith("Jupiter")]
    renderer = FigureCanvasAgg(figure).get_renderer()
    inside, around = words.get_window_extent(renderer), axes.get_window_extent(renderer)
    assert around.x0 <= inside.x0
    assert inside.x1 <= around.x1
    assert around.y0 <= inside.y0
    assert inside.y1 <= around.y1


def test_a_wide_field_shows_jupiter_beside_a_small_disc(approach: CloseApproach) -> None:
    view = sky_view(EMBEDDED, "IO", "JUNO", approach.tdb - 16_200.0)
    assert view.jupiter is not None
    figure = draw_spacecraft_view(view, field_deg=100.0)
    axes = axes_named(figure, "view")
    assert {text.get_text() for text in axes.texts} == {"Io", "Jupiter"}
    picture = np.asarray(axes.images[0].get_array())[..., 3] > 0
    # Both discs at their places: angles from the middle by the law of the pinhole.
    scale = 0.5 * len(picture) / np.tan(np.radians(50.0))
    rows, columns = np.nonzero(picture)
    away = np.hypot(rows - 149.5, columns - 149.5) / scale
    separation, half = np.radians([view.jupiter.separation_deg, 0.5 * view.jupiter.angular_diameter_deg])
    assert np.degrees(np.arctan(away.max())) == pytest.approx(np.degrees(separation + half), abs=0.4)
    with pytest.raises(InputError, match="a field of 170"):
        draw_spacecraft_view(view, field_deg=170.0)


def test_what_is_nearer_covers_what_is_farther() -> None:
    """Four hours before it passed Io at perijove 52 Juno saw Io behind Jupiter."""
    arc = arc_of(52)
    (one,) = passes(EMBEDDED, arc.start_tdb, arc.end_tdb)
    at = one.at("IO")
    assert at is not None
    series = geometry_series(EMBEDDED, "IO", at.tdb + np.array([-14_400.0, 0.0]))
    assert series.unocculted_fraction.tolist() == [0.0, 1.0]
    colors = []
    for tdb in series.tdb:
        view = sky_view(EMBEDDED, "IO", "JUNO", float(tdb))
        assert view.jupiter is not None
        assert view.jupiter.hides_body == (tdb < at.tdb)
        figure = draw_spacecraft_view(view)
        assert ("hidden by Jupiter" in figure.texts[1].get_text()) == view.jupiter.hides_body
        axes = axes_named(figure, "view")
        red, _, blue, _ = np.asarray(axes.images[0].get_array())[150, 150].astype(float)
        colors.append(blue / red)
    # Colours before brightness: Jupiter (0.85, 0.78, 0.68), Io's plain globe (0.80, 0.74, 0.55).
    assert colors == pytest.approx([(0.68 / 0.85) ** (1.0 / 2.2), (0.55 / 0.80) ** (1.0 / 2.2)], abs=0.02)


def test_jupiter_as_target_has_neither_names_nor_thumbnail(approach: CloseApproach) -> None:
    figure = draw_spacecraft_view(sky_view(EMBEDDED, "JUPITER", "JUNO", approach.tdb), features=named_places("JUPITER"))
    assert [axes.get_label() for axes in figure.axes] == ["view", "key"]


@pytest.mark.parametrize("minutes", [0.0, 10.0])
def test_marks_of_the_globe_stand_beside_their_facts(approach: CloseApproach, minutes: float) -> None:
    """Below Juno always; below the Sun where the phase angle leaves that point in sight."""
    view = sky_view(EMBEDDED, "IO", "JUNO", approach.tdb + 60.0 * minutes)
    figure = draw_spacecraft_view(view)
    rows = {text.get_text(): text.get_position()[1] for text in figure.texts}
    # The horizon lies acos(radius / distance) from the point below Juno.
    apart = direction_of(*view.sub_observer_deg) @ direction_of(*view.sub_solar_deg)
    seen = bool(apart > 1821.5 / view.range_km)
    assert seen == (minutes > 0.0)
    marks = [artist for artist in figure.artists if isinstance(artist, Line2D)]
    heights = [float(np.asarray(mark.get_ydata())[0]) for mark in marks]
    assert heights == pytest.approx([rows[name] for name in ("Below Juno", "Below the Sun")][: 1 + seen], abs=0.01)


def test_a_year_of_passes_is_legible() -> None:
    """Perijove 58, the nearest and first of 2024: nothing lies on it, and every month tells its year."""
    found = [one for one in passes(EMBEDDED, arc_of(58).start_tdb, arc_of(62).end_tdb) if one.perijove != 57]
    figure = draw_perijove_list(found)
    axes = axes_named(figure, "list")
    renderer = FigureCanvasAgg(figure).get_renderer()
    axes.draw(renderer)
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_window_extent(renderer).y0 >= axes.get_window_extent(renderer).y1
    assert all("2024" in tick.get_text() for tick in axes.get_xticklabels())


def test_list_names_every_perijove(flyby: Pass, tmp_path: Path) -> None:
    arcs = (arc_of(55), arc_of(60))
    found = passes(EMBEDDED, arcs[0].start_tdb, arcs[1].end_tdb)
    figure = draw_perijove_list(found)
    axes = axes_named(figure, "list")
    assert sorted(text.get_text() for text in axes.texts) == [f"PJ{n}" for n in range(55, 61)]
    assert overlapping(figure, axes) == []
    altitudes = np.sort(np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]))
    np.testing.assert_allclose(altitudes, sorted(one.at("IO").altitude_km for one in found))  # type: ignore[union-attr]
    assert "nearest: PJ57" in figure.texts[1].get_text()
    save_figure(figure, tmp_path / "l.png")
    with pytest.raises(ValueError, match="EUROPA"):
        draw_perijove_list([flyby], moon="EUROPA")


@pytest.mark.slow
def test_coverage_map_shows_the_map(mapped: Coverage, tmp_path: Path) -> None:
    figure = draw_coverage(mapped, features=named_places("IO"))
    axes = axes_named(figure, "resolution")
    shown = np.ma.filled(axes.images[0].get_array(), np.nan)
    np.testing.assert_allclose(shown, mapped.looks.stretched_range_km / 1480.59, rtol=1e-5)
    assert overlapping(figure, axes) == []
    assert f"{100.0 * mapped.seen_fraction:.1f} %" in figure.texts[1].get_text()
    assert axes_named(figure, "time").images
    save_figure(figure, tmp_path / "c.png")
    both = coverage([mapped.windows[0], mapped.windows[0]], step_deg=15.0)
    assert axes_named(draw_coverage(both), "pass").images


def test_a_small_angle_is_not_zero(approach: CloseApproach) -> None:
    """Law: from the Earth Jupiter stands a tenth of a degree from Callisto; and what points up is not "0° of up"."""
    figure = draw_spacecraft_view(sky_view(EMBEDDED, "CALLISTO", "EARTH", approach.tdb, upright="celestial"))
    (label,) = (text.get_text() for text in axes_named(figure, "view").texts if "Jupiter" in text.get_text())
    assert 0.0 < float(label.removeprefix("Jupiter ").removesuffix("°")) < 0.2
    assert "up" in [text.get_text() for text in figure.texts]
