"""Figures of a fit.

Authority: law (a figure shows the numbers that it was given).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS, STATES
from perijove.dynamics.integration import sampled
from perijove.figures.moons.fit_residuals import correlation_figure, residual_figure
from perijove.figures.style import save_figure
from perijove.fit.adjustment import Observations, fit_system
from perijove.fit.report import FitReport, fit_report


@pytest.fixture(scope="module")
def report() -> FitReport:
    tdb = np.arange(25.0) * 86400.0
    positions = sampled(JUPITER_AND_MOONS, STATES, tdb, start_tdb=0.0)[..., :3]
    positions += np.random.default_rng(1).normal(size=positions.shape)
    observations = Observations(tdb, positions, np.ones(4))
    return fit_report(fit_system(JUPITER_AND_MOONS, STATES, observations, epoch_tdb=0.0), observations)


def test_residuals_are_drawn_with_their_numbers(report: FitReport, tmp_path: Path) -> None:
    figure = residual_figure(report, source="S")
    series = figure.axes[::2]
    assert len(series) == 4
    for n, axes in enumerate(series):
        for k in range(3):
            assert np.asarray(axes.lines[k].get_ydata()) == pytest.approx(report.residual_km[:, n, k])
        assert f"rms {report.rms_km[n]:.3g} km" in axes.get_title(loc="left")
    assert f"χ² {report.fit.chi2:.5g}" in figure.texts[1].get_text()
    save_figure(figure, tmp_path / "r.png")


def test_correlations_are_drawn(report: FitReport, tmp_path: Path) -> None:
    figure = correlation_figure(report, source="S")
    image = figure.axes[0].images[0].get_array()
    assert np.asarray(image) == pytest.approx(report.fit.correlation)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == list(report.fit.names)
    save_figure(figure, tmp_path / "c.png")
