"""Pixel to ray and back, light to counts: camera models that know no target and no time.

`model` is the lens before a strip of pixels, `mounting` how it sits on its spacecraft, mirror included; `response` says
how many counts JunoCam makes of light on an orbit, for the picture's radiometry and the simulator alike.
Another camera is data of these two in a package of its own, as `junocam.instrument` holds JunoCam's; what `scene` and
its `Shot` do with a camera needs no change.
"""

from perijove.camera.model import StripCamera
from perijove.camera.mounting import Mirror, Mounting

__all__ = ["Mirror", "Mounting", "StripCamera"]
