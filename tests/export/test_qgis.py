"""Styles for QGIS. Authority: law (XML that parses; levels, colours, names are those of the picture and its flags)."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from perijove.export.rasters.geotiff import Band, color_bands, sigma_bands
from perijove.export.rasters.qgis import color_style, flag_style, plane_style
from perijove.physics.stretch import Stretch


def renderer(style: str, kind: str) -> ET.Element:
    root = ET.fromstring(style)  # noqa: S314  # made here
    assert root.tag == "qgis"
    found = root.find("pipe/rasterrenderer")
    assert found is not None
    assert found.get("type") == kind
    return found


def bands(*filters: str) -> list[Band]:
    """Values and errors in turn, as in the night side."""
    values = np.ones((len(filters), 2, 3), dtype=np.float32)
    pairs = zip(color_bands(values, filters), sigma_bands(values, filters), strict=True)
    return [band for pair in pairs for band in pair]


def test_colours_are_those_of_the_quick_look() -> None:
    stretch = Stretch(0.9, 0.1, (1.0, 2.0, 4.0))
    found = renderer(color_style(bands("RED", "GREEN", "BLUE"), stretch), "multibandcolor")
    for color, number, balance in (("red", "1", 1.0), ("green", "3", 2.0), ("blue", "5", 4.0)):
        assert found.get(f"{color}Band") == number
        limits = found.find(f"{color}ContrastEnhancement")
        assert limits is not None
        assert float(limits.findtext("minValue") or "") == pytest.approx(0.1 / balance)
        assert float(limits.findtext("maxValue") or "") == pytest.approx(0.9 / balance)


@pytest.mark.parametrize(("curve", "gamma"), [("sRGB", "2.2"), ("linear", "1")])
def test_the_curve_is_kept(curve: str, gamma: str) -> None:
    style = color_style(bands("RED", "GREEN", "BLUE"), Stretch(0.9, curve=curve))
    one = ET.fromstring(style).find("pipe/brightnesscontrast")  # noqa: S314  # made here
    assert one is not None
    assert one.get("gamma") == gamma


@pytest.mark.parametrize("filters", [("METHANE",), ("RED", "BLUE")])
def test_without_three_colours_it_is_grey(filters: tuple[str, ...]) -> None:
    found = renderer(color_style(bands(*filters), Stretch(0.9, 0.1, (2.0,) * len(filters))), "singlebandgray")
    assert found.get("grayBand") == "1"
    assert float(found.findtext("contrastEnhancement/maxValue") or "") == pytest.approx(0.45)


@pytest.mark.parametrize(("times", "ends"), [(1.0, (12.0, 80.0)), (np.nan, (0.0, 1.0))])
def test_a_plane_runs_over_its_range(times: float, ends: tuple[float, float]) -> None:
    plane = np.array([[np.nan, 12.0], [80.0, 40.0]], dtype=np.float32)
    planes = [Band("latitude", plane, "deg", ""), Band("incidence", plane * times, "deg", "")]
    found = renderer(plane_style(planes, "incidence"), "singlebandpseudocolor")
    assert found.get("band") == "2"
    items = found.findall("rastershader/colorrampshader/item")
    values = [float(item.get("value") or "") for item in items]
    assert (values[0], values[-1]) == ends
    assert values == sorted(values)
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (_rgb(item.get("color") or "") for item in items)]
    assert light == sorted(light)  # brightness alone tells the order: nobody needs to see the hue


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[k : k + 2], 16) for k in (1, 3, 5))


def test_flags_that_occur_are_named() -> None:
    flags = np.array([[0, 1], [5, 5]], dtype=np.uint16)
    found = renderer(flag_style(Band("quality", flags, "bit mask", ""), {0: "saturated", 2: "unlit"}), "paletted")
    entries = [(one.get("value"), one.get("label"), one.get("alpha")) for one in found.iter("paletteEntry")]
    assert entries == [("0", "no flag", "0"), ("1", "saturated", "255"), ("5", "saturated + unlit", "255")]
    assert len({one.get("color") for one in found.iter("paletteEntry")}) == 3
