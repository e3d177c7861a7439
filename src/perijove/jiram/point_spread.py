"""How a frame draws a point: a Gaussian core, wider wings, and the smear of a view that runs along lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perijove.jiram.point_spread_kernel import add_points, profile

__all__ = ["PointSpread", "rendered", "usual_spread"]

_CORE_PX, _WING_SHARE, _WING_PX = 0.57, 0.08, 1.9  # to start from; a frame's own bright points tell
_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True)
class PointSpread:
    """Shape of a point before it is summed over pixels.

    Attributes
    ----------
    core_px : float
        Standard deviation of the core.
    wing_share, wing_px : float
        Part of the light in the wings, and their standard deviation.
    smear_px : float
        Lines over which an exposure draws a point out.
    measured_on : int
        Points of the frame that tell; 0 where the usual shape is taken.
    """

    core_px: float = _CORE_PX
    wing_share: float = _WING_SHARE
    wing_px: float = _WING_PX
    smear_px: float = 0.0
    measured_on: int = 0

    @property
    def numbers(self) -> np.ndarray:
        """For compiled loops."""
        return np.array([self.core_px, self.wing_share, self.wing_px, self.smear_px])

    @property
    def fwhm_px(self) -> float:
        """Full width at half maximum of the core along samples, pixel included."""
        return float(_FWHM * np.sqrt(self.core_px**2 + 1.0 / 12.0))

    def stamps(self, half: int = 9) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Profiles (along columns, along rows) of core and wings of a point in the middle of a pixel."""
        size = 2 * half + 1
        parts = []
        for share, sigma in ((1.0 - self.wing_share, self.core_px), (self.wing_share, self.wing_px)):
            along_x, along_y, slope = np.empty(size), np.empty(size), np.empty(size)
            profile(half + 0.5, sigma, 0.0, along_x, slope)
            profile(half + 0.5, sigma, self.smear_px, along_y, slope)
            parts.append((share * along_x, along_y))
        return tuple(parts)

    def stamp(self, half: int = 9) -> np.ndarray:
        """A point of light 1 in the middle of a pixel."""
        stamp: np.ndarray = sum((np.outer(along_y, along_x) for along_x, along_y in self.stamps(half)), np.zeros(()))
        return stamp

    def with_(self, core_px: float, wing_share: float, wing_px: float, measured_on: int) -> "PointSpread":
        """Return the same smear with another shape."""
        return replace(self, core_px=core_px, wing_share=wing_share, wing_px=wing_px, measured_on=measured_on)


def usual_spread(smear_px: float) -> PointSpread:
    """Shape to start from."""
    return PointSpread(smear_px=smear_px)


def rendered(points: Sequence[np.ndarray] | np.ndarray, spread: PointSpread, shape: tuple[int, int]) -> np.ndarray:
    """Picture of points (n, 4: x, y, light, variance)."""
    picture = np.zeros(shape)
    array = np.asarray(points, dtype=float).reshape(-1, 4)
    if len(array):
        add_points(array, spread.numbers, 1.0, picture)
    return picture
