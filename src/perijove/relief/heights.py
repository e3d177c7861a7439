"""Heights along the limb: framelets and colours that show the same place, put together."""

from dataclasses import dataclass

import numpy as np

from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.relief.limb_points import LimbPoints

__all__ = ["LimbHeights", "limb_heights"]

_BIN_PX = 3.0  # as long as the lines that make one edge
_SHARED = 0.7  # of an edge's variance, by ground that looks alike in all colours
_CORRELATED_PX = 15.0  # along the limb, to 1/e
_FAR_OFF = 4.0
_RISE_KM = 1.5  # from here on the ground is taken to bend otherwise than the ellipsoid
_OUTWARDS_PX, _RISE_PX = 0.05, 0.08  # by how much edges lie too far out there, and their error
_SLOPE_PX = 0.6  # error of an edge per slope of the limb


@dataclass(frozen=True)
class LimbHeights:
    """Height of the limb by place, in the order of azimuth.

    Attributes
    ----------
    azimuth_deg : array, shape (m,)
        About the disc as seen in mid-picture, from north to the right.
    lat_deg, lon_east_deg : array, shape (m,)
        Planetocentric: ground below the edge, if what stands there stands in the limb's plane.
    foot_km : array, shape (m, 3)
        The same, body-fixed.
    time_tdb : array, shape (m,)
        Mean of the framelets'.
    height_km : array, shape (m,)
        Of the highest ground along the sight, above the ellipsoid.
    edge_sigma_km : array, shape (m,)
        Standard error without that of the poses; it holds over some 15 pixels of the limb.
    pose_km : array, shape (m, p)
        Derivatives by pose parameters of unit covariance.
    pose_place_km : array, shape (m, 2, p)
        Those of the ground below: along the limb towards larger azimuths, and away from the observer.
    count : array of int, shape (m,)
        Edges put together.
    place_deg, bin_km, pixel_km : float
        Azimuth and length of limb that a place stands for; size of a pixel there (median).
    """

    azimuth_deg: np.ndarray
    lat_deg: np.ndarray
    lon_east_deg: np.ndarray
    foot_km: np.ndarray
    time_tdb: np.ndarray
    height_km: np.ndarray
    edge_sigma_km: np.ndarray
    pose_km: np.ndarray
    pose_place_km: np.ndarray
    count: np.ndarray
    place_deg: float
    bin_km: float
    pixel_km: float

    def __len__(self) -> int:
        """Number of places."""
        return len(self.azimuth_deg)

    @property
    def pose_sigma_km(self) -> np.ndarray:
        """Standard error by the poses alone: smooth along the limb."""
        result: np.ndarray = np.linalg.norm(self.pose_km, axis=1)
        return result

    @property
    def sigma_km(self) -> np.ndarray:
        """Standard error in all."""
        result: np.ndarray = np.hypot(self.edge_sigma_km, self.pose_sigma_km)
        return result

    @property
    def place_sigma_km(self) -> np.ndarray:
        """Standard errors of the place by the poses, along the limb and along the sight, shape (m, 2)."""
        result: np.ndarray = np.linalg.norm(self.pose_place_km, axis=2)
        return result

    def covariance_km2(self) -> np.ndarray:
        """Covariance of the heights, shape (m, m): poses, and edges that hang together over 15 pixels."""
        apart = np.abs(self.azimuth_deg[:, None] - self.azimuth_deg)
        apart_px = np.minimum(apart, 360.0 - apart) / self.place_deg * _BIN_PX
        edges = np.outer(self.edge_sigma_km, self.edge_sigma_km) * np.exp(-apart_px / _CORRELATED_PX)
        result: np.ndarray = edges + self.pose_km @ self.pose_km.T
        return result

    def runs(self) -> list[np.ndarray]:
        """Indices of places that follow each other without a gap of two or more, also past azimuth 0."""
        most = 2.5 * self.place_deg
        parts = np.split(np.arange(len(self)), np.flatnonzero(np.diff(self.azimuth_deg) > most) + 1)
        if self.azimuth_deg[0] + 360.0 - self.azimuth_deg[-1] > most:
            return parts
        if len(parts) == 1:  # all round: it begins at its lowest
            return [np.roll(parts[0], -int(np.argmin(self.height_km)))]
        return [np.concatenate([parts[-1], parts[0]]), *parts[1:-1]]


def limb_heights(points: LimbPoints) -> LimbHeights:
    """Put points together by place.

    Parameters
    ----------
    points : LimbPoints
        At least one.

    Notes
    -----
    A place is three pixels of the limb long. Its height is the weighted mean of its edges without those that lie four
    standard errors off the median; of an edge's variance seven tenths are taken to be common to all of them, as
    simulated pictures have it. While a place crosses the strips, in a second or two, the limb moves over the ground by
    some 10 km along the sight. That changes the height at which a mountain shows by 0.03 km, which is not in the error.
    """
    pixel_km = float(np.median(points.pixel_km))
    n = max(8, int(360.0 * points.degree_km / (_BIN_PX * pixel_km)))
    place = np.minimum((points.azimuth_deg / 360.0 * n).astype(int), n - 1)
    order = np.argsort(place, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(place[order])) + 1)
    rows = [_together(points, group) for group in groups]
    azimuth, time, height, sigma, count, foot, pose, place_by_pose = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    lat, lon = planetocentric_deg(foot)
    sorted_rows = np.argsort(azimuth)
    azimuth, height = azimuth[sorted_rows], height[sorted_rows]
    bin_km = 360.0 * points.degree_km / n
    risen = np.clip(height / _RISE_KM, 0.0, 1.0)
    on_rise = pixel_km * np.hypot(_RISE_PX * risen, _SLOPE_PX * _slope(azimuth, height, bin_km))
    return LimbHeights(
        azimuth_deg=azimuth,
        lat_deg=lat[sorted_rows],
        lon_east_deg=lon[sorted_rows],
        foot_km=foot[sorted_rows],
        time_tdb=time[sorted_rows],
        height_km=height - _OUTWARDS_PX * pixel_km * risen,
        edge_sigma_km=np.hypot(sigma[sorted_rows], on_rise),
        pose_km=pose[sorted_rows],
        pose_place_km=place_by_pose[sorted_rows],
        count=count[sorted_rows],
        place_deg=360.0 / n,
        bin_km=bin_km,
        pixel_km=pixel_km,
    )


def _slope(azimuth_deg: np.ndarray, height_km: np.ndarray, bin_km: float) -> np.ndarray:
    """Steepness of the limb across a place, by its neighbours; of what stands high alone, for the rest is noise."""
    if len(height_km) < 2:
        return np.zeros(len(height_km))
    apart = np.diff(azimuth_deg) / np.median(np.diff(azimuth_deg))
    steps = np.where(apart < 2.5, np.diff(height_km), 0.0) / bin_km
    across = 0.5 * np.abs(np.concatenate([[0.0], steps]) + np.concatenate([steps, [0.0]]))
    result: np.ndarray = np.where(height_km > _RISE_KM, across, 0.0)
    return result


def _together(
    points: LimbPoints, group: np.ndarray
) -> tuple[float, float, float, float, int, np.ndarray, np.ndarray, np.ndarray]:
    """One place: azimuth, time, height, edge error, number of edges, ground, derivatives by the poses."""
    height, sigma = points.height_km[group], points.edge_sigma_km[group]
    near = np.abs(height - np.median(height)) <= _FAR_OFF * sigma
    kept = group[near] if near.any() else group
    height, variance = points.height_km[kept], points.edge_sigma_km[kept] ** 2
    weight = (1.0 / variance) / np.sum(1.0 / variance)
    own = float(np.sum(weight**2 * variance))
    shared = float(np.sum(weight * np.sqrt(variance))) ** 2
    return (
        float(weight @ points.azimuth_deg[kept]),
        float(weight @ points.time_tdb[kept]),
        float(weight @ height),
        float(np.sqrt((1.0 - _SHARED) * own + _SHARED * shared)),
        len(kept),
        weight @ points.foot_km[kept],
        weight @ points.pose_km[kept],
        np.einsum("n,nip->ip", weight, points.pose_place_km[kept]),
    )
