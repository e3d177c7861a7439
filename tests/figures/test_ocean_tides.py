"""Figure of tides in a magma ocean.

Authority: law (the figure shows the numbers it was given).
"""

import dataclasses
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

from perijove.figures.interiors.ocean_tides import Observed, ocean_tide_figure
from perijove.figures.style import save_figure
from perijove.ocean.sweep import OceanSweep

WORDS = {"title": "Io", "facts": "2 km", "source": "SIMULATED"}
SEEN = Observed((0.125, 0.047), (0.015, 0.003), (1e14, 1e13), "somebody 2025")
THICKNESS, VISCOSITY = np.geomspace(0.1, 10.0, 41), np.geomspace(1.0, 1e6, 31)


def sweep(*, k2: complex = 0.1 - 0.01j, chosen: tuple[float, float] | None = (1.0, 1e3)) -> OceanSweep:
    power = 1e12 * THICKNESS[:, None] * VISCOSITY[None, :]
    return OceanSweep(THICKNESS, VISCOSITY, np.full(power.shape, k2), power, 0.7 - 1e-5j, chosen)


def axes_of(figure: Figure) -> dict[str, object]:
    return {str(axes.get_label()): axes for axes in figure.axes}


def test_curves_and_marks_are_the_numbers(tmp_path: Path) -> None:
    figure = ocean_tide_figure(sweep(), SEEN, **WORDS)
    axes = axes_of(figure)
    curves = [line for line in axes["real"].lines if len(line.get_xdata()) == len(THICKNESS)]  # type: ignore[attr-defined]
    assert len(curves) == 4
    for line in curves:
        np.testing.assert_allclose(line.get_ydata(), 0.1)
    lags = [line for line in axes["lag"].lines if len(line.get_xdata()) == len(THICKNESS)]  # type: ignore[attr-defined]
    np.testing.assert_allclose(lags[0].get_ydata(), 0.01)
    marks = [line.get_xydata().tolist() for line in axes["power"].lines if len(line.get_xdata()) == 1]  # type: ignore[attr-defined]
    assert marks == [[[1.0, 1e3]]]
    said = "\n".join(text.get_text() for text in figure.findobj(Text))  # type: ignore[attr-defined]
    assert "observed heat of Io, 100 TW" in said
    assert "somebody 2025" in said
    save_figure(figure, tmp_path / "ocean.png")


def test_what_agrees_with_nothing_can_be_drawn(tmp_path: Path) -> None:
    cold = dataclasses.replace(sweep(k2=-3.0 - 2.0j, chosen=None), power_w=np.full((41, 31), 1e3))
    save_figure(ocean_tide_figure(cold, SEEN, **WORDS), tmp_path / "cold.png")
