"""Bytes to labelled arrays: mission-site and archive products of JunoCam."""

from perijove.formats.image import LabelGeometry, RawImage, SourceFile
from perijove.formats.open import read
from perijove.formats.quirks import QUIRKS, Quirk

__all__ = ["QUIRKS", "LabelGeometry", "Quirk", "RawImage", "SourceFile", "read"]
