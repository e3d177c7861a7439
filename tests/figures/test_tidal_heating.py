"""Figures of tidal heating.

Authority: law (the figure shows the numbers it was given).
"""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from perijove.figures.interiors.tidal_heating import (
    DrawnLayer,
    HeatFlowMap,
    HeatSources,
    InteriorProfile,
    heat_flow_figure,
    interior_figure,
)
from perijove.figures.style import save_figure

WORDS = {"title": "Io", "facts": "k2 = 0.1", "source": "SIMULATED"}
LAT, LON = np.linspace(-90.0, 90.0, 19), np.linspace(-180.0, 180.0, 37)


def flux_map(name: str, contrast: float) -> HeatFlowMap:
    flux = 2.0 + contrast * np.sin(np.radians(LAT))[:, None] * np.ones_like(LON)
    return HeatFlowMap(name, LAT, LON, flux, 2.0, ((2.0 + contrast, 90.0, 0.0), (2.0 - contrast, -90.0, 0.0)))


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))  # type: ignore[attr-defined]


def test_maps_share_a_scale_and_say_their_extremes(tmp_path: Path) -> None:
    sources = HeatSources(np.array([10.0, -40.0]), np.array([50.0, -120.0]), np.array([9600.0, 3.0]), "somebody 2024")
    figure = heat_flow_figure([flux_map("A", 1.0), flux_map("B", 0.5)], **WORDS, volcanoes=sources)
    images = [axes.images[0] for axes in figure.axes if axes.get_label().startswith("map")]  # type: ignore[attr-defined]
    assert [image.get_clim() for image in images] == [(0.0, 3.0), (0.0, 3.0)]
    said = texts(figure)
    assert "A: mean 2 W/m²   max 1.50, min 0.50 of the mean" in said
    assert "somebody 2024" in said
    # The first row of an image drawn from below is the south.
    assert images[0].get_array()[0, 0] == pytest.approx(1.0)
    save_figure(figure, tmp_path / "maps.png")


def test_an_even_map_and_no_heat_at_all_can_be_drawn(tmp_path: Path) -> None:
    nothing = HeatFlowMap("none", LAT, LON, np.zeros((19, 37)), 0.0, ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    for number, one in enumerate([flux_map("even", 0.0), nothing]):
        save_figure(heat_flow_figure([one], **WORDS), tmp_path / f"{number}.png")


def test_no_map_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one map"):
        heat_flow_figure([], **WORDS)


def test_interior_names_layers_and_their_heat(tmp_path: Path) -> None:
    layers = (
        DrawnLayer("core", True, 900.0, np.nan, np.nan, 0.0),
        DrawnLayer("mantle", False, 1800.0, 1e16, 6e10, 9e13),
        DrawnLayer("lid", False, 1820.0, np.nan, 6e10, 1e10),
    )
    radius = np.array([100.0, 900.0, np.nan, 1000.0, 1800.0, np.nan])
    heat = np.array([0.0, 0.0, np.nan, 1e-6, 1e-5, np.nan])
    figure = interior_figure(InteriorProfile(layers, radius, heat), **WORDS)
    said = texts(figure)
    assert "core (liquid)\n0 to 900 km\nno heat" in said
    assert "mantle\n900 to 1800 km\n90 TW, 100 %" in said
    assert "lid\n1800 to 1820 km\n10 GW, 0.0111 %" in said
    save_figure(figure, tmp_path / "interior.png")
