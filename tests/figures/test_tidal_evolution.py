"""The figure of tidal evolution.

Authority: law (the figure shows the numbers it was given).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove import __version__
from perijove.evolution.tidal_report import tidal_report
from perijove.figures.moons.tidal_evolution import tidal_evolution_figure
from perijove.figures.style import save_figure


@pytest.mark.parametrize("years", [2e7, -1e8])
def test_panels_show_the_evolution(years: float, tmp_path: Path) -> None:
    report = tidal_report(years, draws=2, samples=9)
    figure = tidal_evolution_figure(report)
    eccentricity, heat, nearness, orbits = figure.axes
    million = report.evolution.years / 1e6
    for axes in figure.axes:
        assert axes.get_xlim() == pytest.approx((million.min(), million.max()))
        assert axes.get_xlabel() == "Time from now (million years)"
    np.testing.assert_array_equal(eccentricity.lines[0].get_ydata(), report.evolution.eccentricity[:, 0])
    np.testing.assert_array_equal(heat.lines[0].get_ydata(), report.evolution.heat_w[:, 0] / 1e12)
    assert np.asarray(nearness.lines[0].get_ydata())[0] == pytest.approx(0.7395, abs=1e-4)  # deg/day, today
    assert [np.asarray(line.get_ydata())[0] for line in orbits.lines[:3]] == [0.0, 0.0, 0.0]
    words = " ".join(text.get_text() for text in figure.texts)
    assert "$" not in words  # titles take no LaTeX: a dollar is a dollar there
    assert ") × 10⁻¹⁰ per year" in words
    assert f"Perijove {__version__}" in words
    assert ("future" if years > 0 else "past") in words
    assert ("ended" in words) == bool(report.evolution.ended_by)
    save_figure(figure, tmp_path / "t.png")


def test_figure_without_errors_or_equilibrium(tmp_path: Path) -> None:
    report = tidal_report(1e6, io_k2_over_q=0.0, samples=3)
    figure = tidal_evolution_figure(report)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]  # type: ignore[union-attr]
    assert labels == ["Io", "Europa", "Ganymede"]
    save_figure(figure, tmp_path / "t.png")
