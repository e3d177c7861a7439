"""Pixel to ray and back: camera models that know no spacecraft, no target and no time."""

from perijove.camera.model import StripCamera

__all__ = ["StripCamera"]
