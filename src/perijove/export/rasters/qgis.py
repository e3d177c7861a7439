"""Styles for QGIS: how it shows a raster when it opens it."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

import numpy as np

from perijove.export.rasters.geotiff import Band
from perijove.physics.stretch import Stretch

__all__ = ["color_style", "flag_style", "plane_style"]

_GAMMA = {"sRGB": "2.2", "linear": "1"}
# Ten colours of cividis (Nuñez et al. 2018): brightness tells the order, to eyes with and without all their cones.
_CIVIDIS = (
    "#00224e",
    "#123570",
    "#3b496c",
    "#575d6d",
    "#707173",
    "#8a8678",
    "#a59c74",
    "#c3b369",
    "#e1cc55",
    "#fee838",
)
# Okabe and Ito 2008: eight colours that all eyes can tell apart, less black.
_APART = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")


def color_style(bands: Sequence[Band], stretch: Stretch) -> str:
    """Bands in colour as the quick look shows them; the first in grey where red, green and blue are not all there."""
    number = {one.color: index for index, one in enumerate(bands, start=1) if one.color}
    balance = np.resize(stretch.balance, 3)
    pipe, renderer = _style("multibandcolor" if len(number) == 3 else "singlebandgray")
    if len(number) < 3:
        renderer.attrib |= {"grayBand": "1", "gradient": "BlackToWhite"}
        _limits(renderer, "contrastEnhancement", stretch, float(balance[0]))
    for k, color in enumerate(("red", "green", "blue") if len(number) == 3 else ()):
        renderer.set(f"{color}Band", str(number[color]))
        _limits(renderer, f"{color}ContrastEnhancement", stretch, float(balance[k]))
    ET.SubElement(pipe, "brightnesscontrast", brightness="0", contrast="0", gamma=_GAMMA[stretch.curve])
    return _text(pipe)


def plane_style(bands: Sequence[Band], name: str) -> str:
    """One band in false colour over its range; QGIS then offers the others."""
    index = next(index for index, one in enumerate(bands) if one.name == name)
    low, high = (float(end.reduce(bands[index].values, axis=None)) for end in (np.fmin, np.fmax))
    low, high = (low, high) if np.isfinite(high - low) else (0.0, 1.0)
    limits = {"Minimum": f"{low:.6g}", "Maximum": f"{high:.6g}"}
    pipe, renderer = _style("singlebandpseudocolor")
    renderer.attrib |= {"band": str(index + 1), "classificationMin": limits["Minimum"]}
    renderer.set("classificationMax", limits["Maximum"])
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader")
    shader.attrib |= {"colorRampType": "INTERPOLATED", "classificationMode": "1", "clip": "0"}
    shader.attrib |= {"minimumValue": limits["Minimum"], "maximumValue": limits["Maximum"]}
    unit = "" if bands[index].unit == "1" else f" {bands[index].unit}"
    for value, color in zip(np.linspace(low, high, len(_CIVIDIS)), _CIVIDIS, strict=True):
        ET.SubElement(shader, "item", value=f"{value:.6g}", label=f"{value:.3g}{unit}", color=color, alpha="255")
    return _text(pipe)


def flag_style(band: Band, names: Mapping[int, str]) -> str:
    """Each sum of flags that occurs in a colour of its own, named; what has none is transparent.

    Parameters
    ----------
    band : Band
        Of unsigned integers.
    names : mapping
        By bit.
    """
    pipe, renderer = _style("paletted")
    renderer.set("band", "1")
    palette = ET.SubElement(renderer, "colorPalette")
    for number, value in enumerate(np.flatnonzero(np.bincount(band.values.ravel())).tolist()):
        label = " + ".join(name for bit, name in sorted(names.items()) if value >> bit & 1) or "no flag"
        color, alpha = (_APART[number % len(_APART)], "255") if value else ("#ffffff", "0")
        ET.SubElement(palette, "paletteEntry", value=str(value), label=label, color=color, alpha=alpha)
    return _text(pipe)


def _style(kind: str) -> tuple[ET.Element, ET.Element]:
    """Pipe of a layer, and the renderer in it."""
    pipe = ET.Element("pipe")
    return pipe, ET.SubElement(pipe, "rasterrenderer", type=kind, opacity="1", alphaBand="-1")


def _limits(renderer: ET.Element, name: str, stretch: Stretch, balance: float) -> None:
    """Values of a band that become black and white."""
    place = ET.SubElement(renderer, name)
    for key, value in (("minValue", stretch.black), ("maxValue", stretch.white)):
        ET.SubElement(place, key).text = f"{value / balance:.6g}"
    ET.SubElement(place, "algorithm").text = "StretchToMinimumMaximum"


def _text(pipe: ET.Element) -> str:
    root = ET.Element("qgis", version="3.22")
    root.append(pipe)
    ET.indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode") + "\n"
