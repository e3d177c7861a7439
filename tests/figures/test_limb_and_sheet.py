"""The limb figure and the contact sheet.

Authority: law (the figure shows the numbers it was given).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from perijove.figures.picture import LimbFramelet
from perijove.figures.pictures.contact_sheet import Thumbnail, contact_sheet
from perijove.figures.pictures.limb import limb_figure
from perijove.figures.style import FILTER_COLORS, save_figure

WORDS = {"title": "Io limb fit", "facts": "5 framelets", "source": "SIMULATED"}


def framelet(index: int, filter_name: str, *, center_y: float = 60.0, radius: float = 33.0) -> LimbFramelet:
    azimuth = np.arange(0.0, 360.0, 3.0)
    angle = np.radians(azimuth)
    limb = np.stack([812 + radius * np.sin(angle), center_y - radius * np.cos(angle)], axis=-1)
    lit = azimuth < 180.0
    residual = np.where(np.arange(lit.sum()) % 2, 0.1, -0.1)
    residual[7] = 5.0
    used = np.abs(residual) < 1.0
    values = np.zeros((128, 1648), dtype=np.float32)
    return LimbFramelet(index, filter_name, values, limb, limb[lit], azimuth[lit], residual, used)


def texts(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.texts] + [t.get_text() for a in figure.axes for t in [a.title, a._left_title]]  # type: ignore[attr-defined]


def test_limb_figure_shows_framelets_and_residuals(tmp_path: Path) -> None:
    given = [framelet(16, "RED"), framelet(19, "GREEN"), framelet(21, "BLUE", center_y=120.0)]
    figure = limb_figure(given, **WORDS)
    assert len(figure.axes) == 4
    assert "16  RED  rms 0.10 px" in texts(figure)
    residuals = figure.axes[-1]
    assert residuals.get_xlabel() == "Azimuth around the disc (deg)"
    assert residuals.get_ylabel() == "Measured − fitted, outwards (px)"
    legend = residuals.get_legend()
    assert legend is not None
    assert legend.get_texts()[0].get_text() == "16 RED: 0.10 px, 59 points"
    low, high = residuals.get_ylim()
    assert -low == high == pytest.approx(0.3)  # the outlier does not set the scale
    save_figure(figure, tmp_path / "l.png")


def test_wide_strips_stay_legible_and_far_points_are_ringed() -> None:
    """Twelve strips of the whole width; in one of them the fit used no point, in one a point far off."""
    wide = [framelet(index, "GREEN", center_y=900.0, radius=880.0) for index in range(12)]
    wide[3] = replace(wide[3], used=np.zeros_like(wide[3].used))
    wide[5].residual_px[9] = 0.9
    figure = limb_figure(wide, **WORDS)
    strip = figure.axes[0].get_window_extent()
    assert strip.height / figure.dpi > 0.3
    assert "3  GREEN  no point used" in texts(figure)
    assert not any("nan" in text for text in texts(figure))
    (ringed,) = [line for line in figure.axes[-1].lines if line.get_markersize() == 7.0 and len(line.get_xdata())]  # type: ignore[arg-type]
    assert list(ringed.get_ydata()) == [0.9]  # type: ignore[arg-type]
    assert any("ringed" in text.get_text() for text in figure.axes[-1].texts)
    assert "SIMULATED" in texts(figure)[0]


def test_many_framelets_are_thinned_and_named_by_filter() -> None:
    given = [framelet(k, ("BLUE", "GREEN", "RED")[k % 3]) for k in range(60)]
    figure = limb_figure(given, **WORDS)
    assert len(figure.axes) == 13
    assert "12 of 60 framelets pictured" in texts(figure)
    legend = figure.axes[-1].get_legend()
    assert legend is not None
    named = [text.get_text() for text in legend.get_texts()]
    assert named == [f"{name}: 0.10 px, 20 framelets" for name in ("BLUE", "GREEN", "RED")]


def test_limb_larger_than_the_strip_is_drawn(tmp_path: Path) -> None:
    save_figure(limb_figure([framelet(3, "GREEN", radius=3000.0, center_y=3050.0)], **WORDS), tmp_path / "l.png")


def test_rms_without_points_is_nan() -> None:
    empty = framelet(1, "METHANE")
    nothing = LimbFramelet(
        1,
        "METHANE",
        empty.values,
        empty.limb_xy,
        np.empty((0, 2)),
        np.empty(0),
        np.empty(0),
        np.empty(0, dtype=bool),
    )
    assert np.isnan(nothing.rms_px)
    assert len(limb_figure([nothing], **WORDS).axes) == 2
    with pytest.raises(ValueError, match="at least one framelet"):
        limb_figure([], **WORDS)


def test_each_filter_has_a_color_of_its_own() -> None:
    assert len(set(FILTER_COLORS.values())) == 4


def test_contact_sheet_shows_each_picture_whole(tmp_path: Path) -> None:
    shapes = [(100, 100), (80, 120), (100, 100), (50, 100), (100, 100), (100, 100)]
    given = [Thumbnail(np.full((*shape, 4), 200, dtype=np.uint8), f"P{k}", "km") for k, shape in enumerate(shapes)]
    figure = contact_sheet(given, **WORDS)
    assert [axes.get_label() for axes in figure.axes] == [f"P{k}" for k in range(6)]
    for axes, (rows, columns) in zip(figure.axes, shapes, strict=True):
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        assert right - left >= columns
        assert high - low >= rows
        box = axes.get_window_extent()
        assert (right - left) / (high - low) == pytest.approx(box.width / box.height, rel=1e-3)  # no stretching
    save_figure(figure, tmp_path / "s.png")
    with pytest.raises(ValueError, match="at least one picture"):
        contact_sheet([], **WORDS)
