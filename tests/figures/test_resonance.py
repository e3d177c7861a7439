"""Figures of the Laplace resonance.

Authority: law (a figure shows the numbers that it was given).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.ephemeris.galilean import galilean_states
from perijove.figures.moons.eccentricity_vectors import eccentricity_vectors
from perijove.figures.moons.resonance_geometry import resonance_geometry
from perijove.figures.moons.resonance_removals import resonance_removals
from perijove.figures.moons.resonance_series import laplace_angle_figure, laplace_spectrum_figure
from perijove.figures.style import save_figure
from perijove.resonance.conjunctions import first_conjunctions
from perijove.resonance.measured import ResonanceReport, resonance_report
from perijove.resonance.removal import REMOVALS, resonance_without


@pytest.fixture(scope="module")
def report() -> ResonanceReport:
    return resonance_report(galilean_states, start_tdb=0.0, years=25.0)


def test_geometry_shows_three_meetings(tmp_path: Path) -> None:
    conjunctions = first_conjunctions(galilean_states, 0.0)
    figure = resonance_geometry(conjunctions, source="S")
    assert [axes.get_title() for axes in figure.axes] == ["Io and Europa", "Europa and Ganymede", "Io and Ganymede"]
    for axes, conjunction in zip(figure.axes, conjunctions, strict=True):
        circles = sorted(patch.get_radius() for patch in axes.patches)  # type: ignore[attr-defined]
        assert circles[1:] == pytest.approx(conjunction.distance_km[:3])
    save_figure(figure, tmp_path / "g.png")


@pytest.mark.slow
def test_laplace_angle_is_drawn_with_its_numbers(report: ResonanceReport, tmp_path: Path) -> None:
    figure = laplace_angle_figure(report, source="S")
    whole, close = figure.axes
    assert whole.lines[0].get_ydata() == pytest.approx(report.motion.osculating_laplace_deg + 180.0)
    legend = close.get_legend()
    assert legend is not None
    assert f"{report.laplace.free_libration.period_days.value:.1f} d" in legend.get_texts()[2].get_text()
    assert "osculating half-range" in figure.texts[1].get_text()
    save_figure(figure, tmp_path / "a.png")


def test_spectrum_marks_the_lines(report: ResonanceReport, tmp_path: Path) -> None:
    figure = laplace_spectrum_figure(report, source="S")
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    heights = [float(np.asarray(mark.get_ydata())[0]) for mark in marks]
    assert report.laplace.free_libration.amplitude_deg.value in heights
    assert len(marks) == 7
    save_figure(figure, tmp_path / "s.png")


def test_eccentricity_vectors_have_their_numbers(report: ResonanceReport, tmp_path: Path) -> None:
    figure = eccentricity_vectors(report, source="S")
    assert [axes.get_title() for axes in figure.axes] == ["Io", "Europa", "Ganymede", "Callisto"]
    io = np.asarray(figure.axes[0].lines[0].get_xdata())
    assert io.mean() == pytest.approx(1e3 * report.moons[0].forced_eccentricity.value, abs=0.01)
    assert figure.axes[0].get_aspect() == 1.0
    save_figure(figure, tmp_path / "e.png")


@pytest.mark.slow
def test_removals_have_a_row_each(tmp_path: Path) -> None:
    outcomes = resonance_without(
        JUPITER_AND_MOONS, galilean_states(0.0), start_tdb=0.0, years=20.5, removals=REMOVALS[:2]
    )
    figure = resonance_removals(outcomes, source="S")
    assert len(figure.axes) == 4
    assert figure.axes[2].get_title("left") == REMOVALS[1].sentence
    save_figure(figure, tmp_path / "r.png")
