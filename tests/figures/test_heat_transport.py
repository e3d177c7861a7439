"""Figure of heat transport.

Authority: law (the figure shows the numbers it was given).
"""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from tests.heat.profiles import uniform_heating

from perijove.figures.interiors.heat_transport import heat_transport_figure
from perijove.figures.style import save_figure
from perijove.heat.transport import heat_transport

WORDS = {"title": "Io", "facts": ["a", "b"], "source": "SIMULATED"}


@pytest.mark.parametrize("power_w", [1e14, 1e11], ids=["molten", "conducting"])
def test_profiles_are_drawn_over_depth(power_w: float, tmp_path: Path) -> None:
    found = heat_transport(uniform_heating(power_w, floor_km=700.0, surface_km=1820.0))
    figure = heat_transport_figure(found, **WORDS)
    panels = {axes.get_label(): axes for axes in figure.axes}
    melt = panels["panel 11"].lines[0].get_xydata()
    depth = 1820.0 - found.radius_km
    assert np.asarray(melt) == pytest.approx(np.column_stack([100.0 * found.melt_fraction, depth]))
    assert panels["panel 10"].get_ylim() == pytest.approx((depth.max(), 0.0))
    assert panels["panel 00"].get_ylim()[0] >= min(found.crust_km, depth.max())
    assert "Heat flow (W/m²)" in {text.get_text() for text in figure.findobj(Text)}  # type: ignore[attr-defined]
    save_figure(figure, tmp_path / "heat.png")
