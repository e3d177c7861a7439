"""Perijove: pictures of Io by JunoCam, from the raw file to a controlled colour map with error bars.

>>> import perijove
>>> image = perijove.open("JNCE_2024362_68C00012_V01-raw.png")  # doctest: +SKIP
>>> solution = image.locate()  # doctest: +SKIP
>>> image.map(resolution_km=10.0)  # doctest: +SKIP

Conventions
-----------
They hold in every module, file and column name.

============== =======================================================================================
angles         degrees at every border and named so (``_deg``); radians only inside a function
distances      km from the body's centre; heights in km above its ellipsoid (``_km``)
times          TDB seconds past J2000 inside (``_tdb``); ISO 8601 UTC at the border (``_utc``)
longitude      planetocentric, positive EAST, -180 to 180; ``lon_east_deg``. Positive west, as Juno's
               labels have it, is converted on the way in and always named ``lon_west_deg``
latitude       planetocentric, positive north, unless a name says ``planetographic``
body-fixed     x towards Jupiter at longitude 0, z along the spin axis, right-handed
vectors        arrays of shape ``(..., 3)``
rotations      named ``a_to_b`` so that ``v_b = a_to_b @ v_a``
camera frame   +X along growing columns, +Y along growing rows, +Z along the optical axis
pixels         the pixel in row i, column j, both from 0, has its centre at (x, y) = (j + 0.5, i + 0.5),
               as NAIF counts
frames         counted from 1, as the instrument kernel counts; framelets from 0 in file order
brightness     radiance factor I/F: pi times radiance over the solar irradiance at the target
errors         one standard deviation, named ``..._sigma`` beside the value
nothing there  NaN means "geometrically nothing there"; an exception means "wrongly asked"
============== =======================================================================================
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perijove import events, interior, moons, passes, pictures, tides, volcanoes
    from perijove.camera import StripCamera
    from perijove.ephemeris.epochs import times_tdb
    from perijove.ephemeris.segment import Segment
    from perijove.ephemeris.source import EMBEDDED
    from perijove.errors import InputError, PerijoveError
    from perijove.formats.image import RawImage
    from perijove.picture import MappedPicture, Picture
    from perijove.picture import open_picture as open
    from perijove.scene.view import View

__all__ = [
    "EMBEDDED",
    "InputError",
    "MappedPicture",
    "PerijoveError",
    "Picture",
    "RawImage",
    "Segment",
    "StripCamera",
    "View",
    "__version__",
    "events",
    "interior",
    "moons",
    "open",
    "passes",
    "pictures",
    "tides",
    "times_tdb",
    "volcanoes",
]

__version__ = "0.1.0"

# Loaded when first asked for: `import perijove` touches neither numpy nor the disk.
_HOMES = {
    "EMBEDDED": "perijove.ephemeris.source",
    "Segment": "perijove.ephemeris.segment",
    "times_tdb": "perijove.ephemeris.epochs",
    "InputError": "perijove.errors",
    "PerijoveError": "perijove.errors",
    "MappedPicture": "perijove.picture",
    "Picture": "perijove.picture",
    "RawImage": "perijove.formats.image",
    "StripCamera": "perijove.camera",
    "View": "perijove.scene.view",
    "open": "perijove.picture",
}
_ORIGINAL_NAMES = {"open": "open_picture"}
_DOORS = ("events", "interior", "moons", "passes", "pictures", "tides", "volcanoes")


def __getattr__(name: str) -> object:
    """Load a re-exported name from its module on first use."""
    if name in _DOORS:
        return import_module(f"perijove.{name}")
    if name not in _HOMES:
        message = f"module 'perijove' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOMES[name]), _ORIGINAL_NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
