"""Ties: the same ground found in two pictures, or in a picture and on a base map.

Of a pair of pictures the finer one takes the part of a map: from the poses of the day it is predicted how the coarser
one sees that ground, in its own pixels and under its own light, and small patches are matched with what it shows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import ndimage

from perijove.adjustment.sighted import Sighted
from perijove.formats.base_map import BaseMap
from perijove.geometry.ellipsoid import outward_normal
from perijove.junocam.control.base_map_view import BaseMapView
from perijove.junocam.control.patch_matching import match_patches
from perijove.junocam.control.patches import SIDE_OF_RADIUS, SMALLEST_SIDE_PX, Patches, lit_patches, seen_well
from perijove.physics.photometry import disk_function
from perijove.scene.shot import Shot

__all__ = ["BASE_MAP", "Ties", "base_map_ties", "picture_ties", "places_px"]

BASE_MAP = -1
"""Stands for the base map where a picture's number stands."""
_LAW = "lommel_seeliger"
_MAX_INCIDENCE_DEG = 82.0
_MAX_EMISSION_DEG = 78.0
_MOST = 16  # patches of a filter and a pair
_MOST_ON_MAP = 24  # of a filter and a picture
_EVERY = 1_000_000
_MAX_STEP = 8  # framelet pixels per patch pixel
_MIN_REACH, _MAX_REACH = 3, 10  # patch pixels that are searched on each side
_REACH_SIGMAS = 3.0
_LEAST = 3  # below, a pair is not tried
_SYSTEMATIC_PX = 0.04  # interpolation, blur of the prediction
_MOST_FINER = 16.0  # how much finer one picture of a pair may be
_MARGIN_PX = 2.0  # of a strip, not used
_MIN_BLUR_PX = 0.3
_FINEST_SHARE = 0.6  # picture pixels of the finer one per patch pixel at which it is averaged down


@dataclass(frozen=True)
class Ties:
    """Patches that were found.

    Attributes
    ----------
    picture, partner : array of int, shape (n,)
        Numbers of the picture in whose pixels they are measured, and of the other; `BASE_MAP` for a base map.
    framelet, partner_framelet : array of int, shape (n,)
        In which their centre lies; -1 in a base map.
    ground_km : array, shape (n, 3)
        Where the poses of the day have their centre, body-fixed.
    center_px : array, shape (n, 2)
        Centre of the patch in the picture.
    measured_px : array, shape (n, 2)
        Where the picture shows the ground that the partner has there.
    partner_px : array, shape (n, 2)
        Where the partner has it by those poses; NaN for a base map.
    partner_to_picture : array, shape (n, 2, 2)
        Derivatives of places in the picture by places in the partner, along the ground; 0 for a base map.
    sigma_px : array, shape (n, 2)
        Standard errors, pixels of the picture.
    correlation : array, shape (n,)
    """

    picture: np.ndarray
    partner: np.ndarray
    framelet: np.ndarray
    partner_framelet: np.ndarray
    ground_km: np.ndarray
    center_px: np.ndarray
    measured_px: np.ndarray
    partner_px: np.ndarray
    partner_to_picture: np.ndarray
    sigma_px: np.ndarray
    correlation: np.ndarray

    def __len__(self) -> int:
        """Number of ties."""
        return len(self.picture)

    def chosen(self, which: np.ndarray) -> "Ties":
        """Return some of them."""
        return Ties(*(getattr(self, field.name)[which] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence["Ties"]) -> "Ties":
        """All of several."""
        if not parts:
            pairs, ones = np.empty((0, 2)), np.empty(0, dtype=int)
            return cls(
                ones, ones, ones, ones, np.empty((0, 3)), pairs, pairs, pairs, np.empty((0, 2, 2)), pairs, np.empty(0)
            )
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def picture_ties(
    pictures: Sequence[Sighted],
    shots: Sequence[Shot],
    *,
    ground_sigma_km: np.ndarray,
    progress: Callable[[str], None] | None = None,
) -> tuple[Ties, int]:
    """Ties between all pairs of pictures that show common ground.

    Parameters
    ----------
    pictures : sequence of Sighted
    shots : sequence of Shot
        Their poses and cameras of the day.
    ground_sigma_km : array, shape (pictures,)
        Standard error of the places that each shows; three of them are searched.
    progress : callable, optional
        Told each pair.

    Returns
    -------
    ties : Ties
    compared : int
        Patches that were compared at all.
    """
    found, compared = [], 0
    for k, other in _pairs(pictures):
        if progress is not None:
            progress(f"matching {pictures[k].product_id} with {pictures[other].product_id}")
        off_km = float(np.hypot(ground_sigma_km[k], ground_sigma_km[other]))
        for name in sorted({*pictures[k].filters} & {*pictures[other].filters}):
            part, tried = _pair_ties(pictures, shots, k, other, name=name, off_km=off_km)
            compared += tried
            if part is not None:
                found.append(part)
    return _weighed_once(Ties.joined(found)), compared


def _pairs(pictures: Sequence[Sighted]) -> Iterator[tuple[int, int]]:
    """Numbers of pairs, the coarser picture first."""
    order = np.argsort([-picture.pixel_km for picture in pictures], kind="stable").tolist()
    for i, k in enumerate(order):
        for other in order[i + 1 :]:
            if pictures[k].pixel_km < _MOST_FINER * pictures[other].pixel_km:
                yield k, other


def _weighed_once(ties: Ties) -> Ties:
    """Ties whose errors allow for what they share: of n looks at one piece of ground n - 1 shifts are independent.

    A patch takes part in as many pairs as there are partners that show it; all n (n - 1) / 2 pairs of such looks
    together tell as much as n - 1.
    """
    place = np.concatenate([ties.picture[:, None], ties.framelet[:, None], ties.center_px], axis=1)
    _, where, count = np.unique(place, axis=0, return_inverse=True, return_counts=True)
    share = np.sqrt(0.5 * (count[where.ravel()] + 1.0))
    return replace(ties, sigma_px=ties.sigma_px * share[:, None])


def _pair_ties(
    pictures: Sequence[Sighted],
    shots: Sequence[Shot],
    k: int,
    other: int,
    *,
    name: str,
    off_km: float,
) -> tuple[Ties | None, int]:
    """Ties of one pair in one filter, and how many patches were compared."""
    picture, shot = pictures[k], shots[k]
    framelets = [i for i in picture.strips.framelet.tolist() if picture.filters[i] == name]
    step, margin = _search(picture, off_km, 1)
    patches = lit_patches(shot, framelets, radius_px=picture.radius_px, step=step, most=_EVERY)
    if patches is None:
        return None, 0
    seen = _best_framelet(pictures[other], shots[other], name, patches.ground_km)
    there = np.flatnonzero(seen >= 0)
    if len(there) < _LEAST:
        return None, 0
    pick = there[np.unique(np.linspace(0, len(there) - 1, _MOST).round().astype(int))]
    overlap = max(1.0, 2.0 * len(pick) / len(there))
    patches = patches.chosen(pick)
    predicted = _Partner(pictures[other], shots[other], name).predicted(picture, shot, patches, margin=margin)
    observed, good = picture.strips.averaged(patches.grid)
    shifts = match_patches(observed, good, predicted)
    slope, partner_px = _along_the_ground(shot, patches, shots[other], seen[pick])
    found = np.flatnonzero(shifts.found & np.isfinite(slope).all(axis=(1, 2)))
    sigma = step * np.sqrt(overlap) * np.hypot(shifts.sigma[found], _SYSTEMATIC_PX)
    measured = patches.grid.center_px[found] + step * shifts.xy[found]
    ties = Ties(
        np.full(len(found), k),
        np.full(len(found), other),
        patches.grid.framelet[found],
        seen[pick][found],
        patches.ground_km[found],
        patches.grid.center_px[found],
        measured,
        partner_px[found],
        slope[found],
        sigma,
        shifts.correlation[found],
    )
    return ties, int(shifts.compared.sum())


def _search(picture: Sighted, off_km: float, step: int) -> tuple[int, int]:
    """Framelet pixels per patch pixel, and patch pixels to search on each side, for ground that may be so far off."""
    off_px = _REACH_SIGMAS * off_km / picture.pixel_km + 1.0
    while (
        off_px > _MAX_REACH * step and SIDE_OF_RADIUS * picture.radius_px > SMALLEST_SIDE_PX * step and step < _MAX_STEP
    ):
        step *= 2
    return step, int(np.clip(np.ceil(off_px / step), _MIN_REACH, _MAX_REACH))


def _best_framelet(picture: Sighted, shot: Shot, name: str, ground_km: np.ndarray) -> np.ndarray:
    """Framelet of a filter that has points farthest from its edges, lit and well seen; -1 where none has."""
    best, deepest = np.full(len(ground_km), -1), np.zeros(len(ground_km))
    for index in picture.strips.framelet.tolist():
        camera = shot.cameras[index]
        if camera.name != name:
            continue
        xy = shot.xy(index, ground_km)
        first, last = camera.lit_columns_px
        with np.errstate(invalid="ignore"):
            depth = np.minimum(xy[:, 1], camera.rows - xy[:, 1]) - _MARGIN_PX
            inside = (xy[:, 0] > first) & (xy[:, 0] < last) & (depth > deepest)
        inside &= seen_well(shot, index, ground_km)
        best[inside], deepest[inside] = index, depth[inside]
    return best


def _along_the_ground(
    shot: Shot, patches: Patches, other: Shot, framelets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of places in a picture by places in another, along the ground, and the places in the other."""
    up = outward_normal(patches.ground_km, radii_km=shot.radii_km)
    east = np.cross(np.eye(3)[np.argmin(np.abs(up), axis=1)], up)
    east /= np.linalg.norm(east, axis=1, keepdims=True)
    axes = np.stack([east, np.cross(up, east)], axis=1)  # two directions on the ground, one a row
    mine = _slopes_on_ground(shot, patches.grid.framelet, patches.ground_km, axes)
    theirs = _slopes_on_ground(other, framelets, patches.ground_km, axes)
    return mine @ np.linalg.inv(theirs), places_px(other, framelets, patches.ground_km)


def _slopes_on_ground(shot: Shot, framelets: np.ndarray, ground_km: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Derivatives of places by two directions on the ground, shape (n, 2, 2), px/km."""
    columns = [
        (places_px(shot, framelets, ground_km + along) - places_px(shot, framelets, ground_km - along)) / 2.0
        for along in (axes[:, 0], axes[:, 1])
    ]
    return np.stack(columns, axis=-1)


def places_px(shot: Shot, framelets: np.ndarray, ground_km: np.ndarray) -> np.ndarray:
    """Where framelets, one for each point, see points of the ground, shape (n, 2)."""
    view, frame = shot.view, shot.frame_of_framelet[framelets]
    sight = np.einsum("nij,nj->ni", view.body_to_camera[frame], ground_km - view.position_km[frame])
    xy = np.empty((len(ground_km), 2))
    kinds = {camera.name: camera for camera in shot.cameras}  # by name: a whole camera takes long to compare
    number = {name: k for k, name in enumerate(kinds)}
    kind = np.array([number[camera.name] for camera in shot.cameras])[framelets]
    for k, camera in enumerate(kinds.values()):
        here = np.flatnonzero(kind == k)
        xy[here] = camera.pixels(sight[here])
    return xy


_Shown = tuple[int, np.ndarray, np.ndarray, np.ndarray]  # framelet; points, their places, 1 over the law of light there


class _Partner:
    """The finer picture of a pair, in the part of a map; one filter."""

    def __init__(self, picture: Sighted, shot: Shot, name: str) -> None:
        self._picture, self._shot = picture, shot
        self._framelets = [i for i in picture.strips.framelet.tolist() if picture.filters[i] == name]
        self._averaged: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}

    def _strip(self, framelet: int, factor: int) -> tuple[np.ndarray, np.ndarray]:
        """A framelet, averaged over squares of `factor` pixels, times the share of good ones; and that share."""
        key = framelet, factor
        if key not in self._averaged:
            value, good = self._picture.strips.of_framelet(framelet)
            rows, columns = (n // factor * factor for n in value.shape)
            weight = good[:rows, :columns].astype(np.float32)
            shape = (rows // factor, factor, columns // factor, factor)
            product = value[:rows, :columns] * weight
            self._averaged[key] = product.reshape(shape).mean(axis=(1, 3)), weight.reshape(shape).mean(axis=(1, 3))
        return self._averaged[key]

    def predicted(self, coarse: Sighted, shot: Shot, patches: Patches, *, margin: int) -> np.ndarray:
        """Brightness of patches of the coarser picture as this one predicts it.

        Returns
        -------
        array, shape (n, rows + 2 margin, columns + 2 margin)
            0 where this picture does not show the ground, or either has it unlit or too oblique.
        """
        grid, view = patches.grid, shot.view
        places = grid.places_px(margin)
        frame = shot.frame_of_framelet[grid.framelet]
        camera = shot.cameras[int(grid.framelet[0])]
        shape = places.shape[:-1]
        ground = np.empty((*shape, 3))
        for n, index in enumerate(grid.framelet.tolist()):
            ground[n] = shot.ground(index, places[n]).point_km
        normal = outward_normal(ground, radii_km=shot.radii_km)
        sun, position = view.sun[frame][:, None, None], view.position_km[frame][:, None, None]
        bright = _disk(normal, position - ground, sun)
        finer = float(np.median(np.linalg.norm(view.position_km[frame] - patches.ground_km, axis=1))) * camera.summing
        mine, distance_km = self._seen(ground, normal)
        own = self._shot.cameras[self._framelets[0]]
        finer *= grid.step * own.focal_length_px / (camera.focal_length_px * own.summing * distance_km)
        factor = int(2 ** np.floor(np.log2(max(1.0, _FINEST_SHARE * finer))))
        result = self._sampled(mine, factor, shape) * bright
        lit = result > 0.0
        # Averaging over a square and interpolating linearly blur by 1/12 + 1/6 of a square of its side. The blur of
        # the limb holds that of one pixel.
        already = (0.25 * factor**2 + self._picture.location.psf_sigma_px**2 - 1.0 / 12.0) / finer**2
        wanted = (1.0 - 1.0 / grid.step**2) / 12.0 + (coarse.location.psf_sigma_px / grid.step) ** 2
        blur = np.sqrt(max(wanted - already, _MIN_BLUR_PX**2))
        share = ndimage.gaussian_filter(lit.astype(float), (0, blur, blur), mode="nearest", truncate=3.0)
        smooth = ndimage.gaussian_filter(np.where(lit, result, 0.0), (0, blur, blur), mode="nearest", truncate=3.0)
        found: np.ndarray = np.where(lit, smooth / np.maximum(share, 1e-6), 0.0)
        return found

    def _seen(self, ground: np.ndarray, normal: np.ndarray) -> tuple[list[_Shown], float]:
        """For each framelet: which ground points it shows best, where, and 1 over the law of light there; distance."""
        points, normals = ground.reshape(-1, 3), normal.reshape(-1, 3)
        deepest, owner = np.zeros(len(points)), np.full(len(points), -1)
        where = np.full((len(points), 2), np.nan)
        patch = np.repeat(np.arange(len(ground)), points.shape[0] // len(ground))
        corners = ground[:, :: ground.shape[1] - 1, :: ground.shape[2] - 1].reshape(-1, 3)
        for index in self._framelets:
            camera = self._shot.cameras[index]
            near = np.any(self._may_show(index, corners).reshape(len(ground), 4), axis=1, keepdims=True)[:, 0]
            here = np.flatnonzero(near[patch] & np.isfinite(points[:, 0]))
            xy = self._shot.xy(index, points[here])
            first, last = camera.lit_columns_px
            with np.errstate(invalid="ignore"):
                depth = np.minimum(xy[:, 1], camera.rows - xy[:, 1]) - _MARGIN_PX
                better = np.flatnonzero((xy[:, 0] > first) & (xy[:, 0] < last) & (depth > deepest[here]))
            mine = here[better]
            deepest[mine], owner[mine], where[mine] = depth[better], index, xy[better]
        found, distances = [], []
        for index in self._framelets:
            here = np.flatnonzero(owner == index)
            if not len(here):
                continue
            pose = self._shot.pose(index)
            sight = pose.position_km - points[here]
            law = _disk(normals[here], sight, pose.sun)
            distances.append(np.linalg.norm(sight, axis=1))
            found.append((index, here, where[here], np.where(law > 0.0, 1.0 / np.where(law > 0.0, law, 1.0), 0.0)))
        return found, float(np.median(np.concatenate(distances))) if distances else 1.0

    def _may_show(self, index: int, corners: np.ndarray) -> np.ndarray:
        """Whether a framelet may show a patch with such a corner: it lies in the strip, or a strip's height from it."""
        camera, xy = self._shot.cameras[index], self._shot.xy(index, corners)
        with np.errstate(invalid="ignore"):
            may: np.ndarray = np.isnan(xy[:, 0]) | (np.abs(xy[:, 1] - 0.5 * camera.rows) < 1.5 * camera.rows)
        return may

    def _sampled(self, seen: list[_Shown], factor: int, shape: tuple[int, ...]) -> np.ndarray:
        """Albedo, up to a factor, at ground points; 0 where the picture has no good pixel, or no light."""
        result = np.zeros(int(np.prod(shape)))
        for index, here, xy, inverse_law in seen:
            value, weight = self._strip(index, factor)
            at = [xy[:, 1] / factor - 0.5, xy[:, 0] / factor - 0.5]
            product, share = (ndimage.map_coordinates(a, at, order=1, mode="nearest") for a in (value, weight))
            result[here] = np.where(share > 0.5, product / np.maximum(share, 0.5), 0.0) * inverse_law
        return result.reshape(shape)


def _disk(normal: np.ndarray, sight: np.ndarray, sun: np.ndarray) -> np.ndarray:
    """Law of Lommel and Seeliger; 0 where the ground is lit or seen too obliquely, or not ground."""
    cosine = np.sum(normal * sight, axis=-1) / np.linalg.norm(sight, axis=-1)
    emission, incidence = (
        np.degrees(np.arccos(np.clip(c, -1.0, 1.0))) for c in (cosine, np.sum(normal * sun, axis=-1))
    )
    with np.errstate(invalid="ignore"):
        clear = (incidence < _MAX_INCIDENCE_DEG) & (emission < _MAX_EMISSION_DEG)
    law = disk_function(_LAW, np.where(clear, incidence, 0.0), np.where(clear, emission, 0.0))
    return np.where(clear, law, 0.0)


def base_map_ties(
    pictures: Sequence[Sighted],
    shots: Sequence[Shot],
    base_map: BaseMap,
    *,
    ground_sigma_km: np.ndarray,
    progress: Callable[[str], None] | None = None,
) -> tuple[Ties, int]:
    """Ties of pictures to a base map; parameters and result as for `picture_ties`."""
    found, compared = [], 0
    view = BaseMapView(base_map, pictures[0].location.shot.radii_km)
    for k, (picture, shot) in enumerate(zip(pictures, shots, strict=True)):
        if progress is not None:
            progress(f"matching {picture.product_id} with the base map")
        step = 1
        while 2 * step * picture.pixel_km < view.pixel_km and step < _MAX_STEP:
            step *= 2
        step, margin = _search(picture, float(ground_sigma_km[k]), step)
        for name in sorted({*picture.filters}):
            framelets = [i for i in picture.strips.framelet.tolist() if picture.filters[i] == name]
            patches = lit_patches(shot, framelets, radius_px=picture.radius_px, step=step, most=_MOST_ON_MAP)
            if patches is None:
                continue
            predicted = view.predicted(patches.grid, shot, psf_sigma_px=picture.location.psf_sigma_px, margin=margin)
            observed, good = picture.strips.averaged(patches.grid)
            shifts = match_patches(observed, good, predicted)
            compared += int(shifts.compared.sum())
            here = np.flatnonzero(shifts.found)
            none = np.full(len(here), BASE_MAP)
            sigma = step * np.sqrt(patches.overlap) * np.hypot(shifts.sigma[here], _SYSTEMATIC_PX)
            found.append(
                Ties(
                    np.full(len(here), k),
                    none,
                    patches.grid.framelet[here],
                    none,
                    patches.ground_km[here],
                    patches.grid.center_px[here],
                    patches.grid.center_px[here] + step * shifts.xy[here],
                    np.full((len(here), 2), np.nan),
                    np.zeros((len(here), 2, 2)),
                    sigma,
                    shifts.correlation[here],
                )
            )
    return Ties.joined(found), compared
