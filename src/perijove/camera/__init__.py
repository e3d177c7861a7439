"""Pixel to ray and back: camera models that know no target and no time.

`model` is the lens before a strip of pixels, `mounting` how it sits on its spacecraft, mirror included.
"""

from perijove.camera.model import StripCamera
from perijove.camera.mounting import Mirror, Mounting

__all__ = ["Mirror", "Mounting", "StripCamera"]
