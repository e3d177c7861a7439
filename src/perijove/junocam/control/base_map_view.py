"""A base map as the camera would see it: small pieces of framelets predicted from poses, light and a map."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.formats.base_map import BaseMap
from perijove.geometry.ellipsoid import first_intersection_km, outward_normal, planetocentric_deg
from perijove.physics.photometry import disk_function
from perijove.scene.shot import Shot

__all__ = ["BaseMapView", "PatchGrid"]

_LAW = "lommel_seeliger"
_MAX_INCIDENCE_DEG = 82.0
_MAX_EMISSION_DEG = 78.0
_CHANNELS = {"RED": 0, "GREEN": 1, "BLUE": 2, "METHANE": 0}
_MIN_BLUR_PX = 0.3
_SHARPNESS = 0.6  # map pixels per patch pixel at which the map is averaged down


@dataclass(frozen=True)
class PatchGrid:
    """Patches of one size, each in a framelet.

    Attributes
    ----------
    framelet : array of int, shape (n,)
    corner : array of int, shape (n, 2)
        First column and row, framelet pixels; multiples of `step`.
    rows, columns : int
        Patch pixels.
    step : int
        Framelet pixels per patch pixel.
    """

    framelet: np.ndarray
    corner: np.ndarray
    rows: int
    columns: int
    step: int

    def __len__(self) -> int:
        """Number of patches."""
        return len(self.framelet)

    @property
    def center_px(self) -> np.ndarray:
        """Pixel coordinates of the patches' centres, shape (n, 2)."""
        center: np.ndarray = self.corner + 0.5 * self.step * np.array([self.columns, self.rows])
        return center

    def places_px(self, margin: int) -> np.ndarray:
        """Pixel coordinates of the patch pixels' centres, shape (n, rows + 2 margin, columns + 2 margin, 2)."""
        x = (np.arange(-margin, self.columns + margin) + 0.5) * self.step
        y = (np.arange(-margin, self.rows + margin) + 0.5) * self.step
        xy = np.stack(np.meshgrid(x, y), axis=-1)
        places: np.ndarray = self.corner[:, None, None, :] + xy[None]
        return places


class BaseMapView:
    """Predicts patches; keeps the map averaged down to the resolution that was asked for last."""

    def __init__(self, base_map: BaseMap, radii_km: np.ndarray) -> None:
        self._map = base_map
        self._radii = np.asarray(radii_km, dtype=float)
        self._coarse: dict[tuple[int, int], BaseMap] = {}

    @property
    def pixel_km(self) -> float:
        """Size of a map pixel on the equator."""
        return float(2.0 * np.pi * np.mean(self._radii) / self._map.values.shape[1])

    def _averaged(self, name: str, factor: int) -> BaseMap:
        """One channel, averaged over squares of `factor` pixels; ends are filled up with their neighbours."""
        values = self._map.values
        channel = _CHANNELS[name] if values.shape[2] > 1 else 0
        if (channel, factor) not in self._coarse:
            rows, columns = values.shape[:2]
            # A whole number of squares around the globe, nearly square: the mosaics have odd widths.
            n, m = max(2, round(rows / factor)), max(4, round(columns / factor))
            first, first_column = (np.arange(n) * rows) // n, (np.arange(m) * columns) // m
            band = values[..., channel]
            mean = band
            if factor > 1:
                mean = np.add.reduceat(np.add.reduceat(band, first, axis=0), first_column, axis=1)
                size = np.outer(np.diff(np.append(first, rows)), np.diff(np.append(first_column, columns)))
                mean = (mean / size).astype(np.float32)
            self._coarse[channel, factor] = BaseMap(mean[..., None], self._map.left_lon_east_deg, self._map.source)
        return self._coarse[channel, factor]

    def predicted(
        self,
        patches: PatchGrid,
        shot: Shot,
        *,
        psf_sigma_px: float,
        margin: int,
    ) -> np.ndarray:
        """Brightness of patches as the poses predict it.

        Parameters
        ----------
        patches : PatchGrid
        shot : Shot
        psf_sigma_px : float
            Blur of the picture, framelet pixels.
        margin : int
            Patch pixels added on each side.

        Returns
        -------
        array, shape (n, rows + 2 margin, columns + 2 margin)
            Map value times the law of Lommel and Seeliger, averaged and blurred like the picture; 0 where the ground is
            lit or seen too obliquely, and off the disc.
        """
        places = patches.places_px(margin)
        shape = places.shape[:-1]
        result = np.zeros(shape)
        names = np.array([shot.cameras[int(i)].name for i in patches.framelet])
        for name in np.unique(names):
            here = np.flatnonzero(names == name)
            camera = shot.cameras[int(patches.framelet[here[0]])]
            frame = shot.frame_of_framelet[patches.framelet[here]]
            view = shot.view
            ray = camera.rays(places[here]).reshape(len(here), -1, 3) @ view.body_to_camera[frame]
            position = view.position_km[frame][:, None, :]
            ground = first_intersection_km(position, ray, radii_km=self._radii)
            normal = outward_normal(ground, radii_km=self._radii)
            sight = position - ground
            distance = np.linalg.norm(sight, axis=-1)
            incidence = np.degrees(np.arccos(np.clip(np.sum(normal * view.sun[frame][:, None, :], axis=-1), -1, 1)))
            emission = np.degrees(np.arccos(np.clip(np.sum(normal * sight, axis=-1) / distance, -1, 1)))
            clear = (incidence < _MAX_INCIDENCE_DEG) & (emission < _MAX_EMISSION_DEG)
            if not clear.any():
                continue
            pixel_km = float(np.median(distance[clear])) * camera.summing * patches.step / camera.focal_length_px
            factor = max(1, int(_SHARPNESS * pixel_km / self.pixel_km))
            lat, lon = planetocentric_deg(ground)
            albedo = self._averaged(str(name), factor).sample(np.where(clear, lat, np.nan), lon)[..., 0]
            bright = albedo * disk_function(_LAW, np.where(clear, incidence, np.nan), np.where(clear, emission, 0.0))
            bright = np.where(clear, bright, 0.0).reshape(len(here), *shape[1:])
            # Averaging over a square and interpolating linearly blur by 1/12 + 1/6 of a square of its side.
            own = 0.25 * (factor * self.pixel_km / pixel_km) ** 2
            wanted = 1.0 / 12.0 + (psf_sigma_px / patches.step) ** 2
            blur = np.sqrt(max(wanted - own, _MIN_BLUR_PX**2))
            lit = clear.reshape(bright.shape)
            share = ndimage.gaussian_filter(lit.astype(float), (0, blur, blur), mode="nearest", truncate=3.0)
            smooth = ndimage.gaussian_filter(bright, (0, blur, blur), mode="nearest", truncate=3.0)
            result[here] = np.where(lit, smooth / np.maximum(share, 1e-6), 0.0)
        return result
