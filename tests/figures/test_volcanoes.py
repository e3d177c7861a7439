"""Figures of volcanoes.

Authority: law. Every source is drawn where it is, names do not cover each other, and numbers in words are those of the
result.
"""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from perijove.bodies.infrared_bands import BANDS
from perijove.figures.volcanoes.curves import draw_light_curves, draw_spectrum_fits
from perijove.figures.volcanoes.heat_budget import draw_heat_budget, draw_power_density
from perijove.figures.volcanoes.volcano_map import draw_volcano_map
from perijove.studies.heat_budget import HeatSource, heat_budget
from perijove.studies.source_variability import LightCurve
from perijove.volcanoes.spectrum_fit import fit_black_bodies

SOURCES = [
    HeatSource(f"X{i}", f"Name{i} Patera", "patera", ("flow", "plains")[i % 2], lat, lon, gw, warm)
    for i, (lat, lon, gw, warm) in enumerate(
        [(10.0, 50.0, 9000.0, 300.0), (10.5, 52.0, 800.0, None), (-60.0, -120.0, 50.0, 600.0), (80.0, 179.0, 5.0, 90.0)]
        * 4
    )
]


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))  # type: ignore[attr-defined]


def test_map_of_volcanoes() -> None:
    figure = draw_volcano_map(SOURCES, title="Hot spots", facts=["facts"])
    axes = next(one for one in figure.axes if one.get_label() == "map")
    offsets = np.concatenate([one.get_offsets() for one in axes.collections if len(one.get_offsets())])
    assert {(x, y) for x, y in offsets.tolist()} == {(one.lon_east_deg, one.lat_deg) for one in SOURCES}
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()
    boxes = [one.get_window_extent(renderer) for one in axes.texts]
    assert 2 <= len(boxes) <= len(SOURCES)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert "Name0" in {one.get_text() for one in axes.texts}  # the strongest, without its kind


def test_budget_in_words() -> None:
    budget = heat_budget(SOURCES)
    words = texts(draw_heat_budget(budget))
    assert f"{budget.total.power_gw / 1e3:.1f}" in words
    assert f"ten strongest: {100.0 * budget.strongest_share(10):.0f} %" in words
    assert "27 times as much per area" in words
    density = draw_power_density(budget)
    image = next(one for one in density.axes if one.get_label() == "map").images[0]
    rows = np.asarray(image.get_array())
    assert np.unravel_index(int(rows.argmax()), rows.shape) == (50, 115)  # 10 to 12 N, 50 to 52 E: cells of 2 deg


def test_curves_and_spectra() -> None:
    when = ("PJ41", "PJ43", "PJ47")
    value = np.array([1.0, 10.0, 3.0])
    curve = LightCurve(
        "X", "Name", "JIRAM-M", "band_power", "GW", when, value, 0.1 * value, True, 3.0, 50.0, 1e-9, True
    )
    night = LightCurve(
        "Y", "", "NIRC2-Lp", "spectral_intensity", "GW/um/sr", ("2013-08-15", "2014-01-01", "2015-01-01"), value,
        0.1 * value, False, 3.0, 50.0, 1e-9, True,
    )  # fmt: skip
    figure = draw_light_curves([curve, night] * 2, title="Changes", facts=[])
    assert len(figure.axes) == 4
    assert "Name, JIRAM-M: x 10.0" in texts(figure)
    bands = [BANDS["NIRC2-Lp"], BANDS["NIRC2-Ms"]]
    fit = fit_black_bodies(bands, np.array([10.0, 20.0]), np.array([1.0, 2.0]))
    spectrum = draw_spectrum_fits([fit], title="Spectrum", facts=["facts"])
    assert f"1 black body: {fit.parameters['temperature_k'].median:.0f} K" in texts(spectrum)
    lines = next(one for one in spectrum.axes if one.get_label() == "spectrum").get_lines()
    assert any(np.allclose(line.get_ydata(), fit.fitted) for line in lines)
    assert fit.fitted == pytest.approx([10.0, 20.0], rel=0.1)
