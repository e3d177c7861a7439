"""Compiled geolocation of raw pixels: rays to ground points, ground points to angles."""

import numpy as np

from perijove.compiled import njit
from perijove.geometry.arctangent_kernel import arccos_deg, arctan2_deg

__all__ = ["angle_planes", "ground_points"]

# NaN must keep its meaning: it says that the pixel looks past the body.
_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@_compiled
def ground_points(uv, focal, position, rotation, radii, out):  # type: ignore[no-untyped-def]
    """Ground points (3, n) of undistorted offsets (2, n): the formula of `first_intersection_km`, in one pass."""
    # In units of the radii the body is the unit sphere: camera p, and the ray d = u U + v V + W of a pixel (u, v).
    ia, ib, ic = 1.0 / radii[0], 1.0 / radii[1], 1.0 / radii[2]
    px, py, pz = position[0] * ia, position[1] * ib, position[2] * ic
    pp1 = px * px + py * py + pz * pz - 1.0
    ux, uy, uz = rotation[0, 0] * ia, rotation[0, 1] * ib, rotation[0, 2] * ic
    vx, vy, vz = rotation[1, 0] * ia, rotation[1, 1] * ib, rotation[1, 2] * ic
    wx, wy, wz = focal * rotation[2, 0] * ia, focal * rotation[2, 1] * ib, focal * rotation[2, 2] * ic
    for j in range(uv.shape[1]):
        u, v = uv[0, j], uv[1, j]
        dx, dy, dz = u * ux + v * vx + wx, u * uy + v * vy + wy, u * uz + v * vz + wz
        # |p + t d| = 1 with the discriminant |d|² - |p x d|²; rationalised, so that no digits are lost near the ground.
        od = px * dx + py * dy + pz * dz
        cx, cy, cz = py * dz - pz * dy, pz * dx - px * dz, px * dy - py * dx
        under = dx * dx + dy * dy + dz * dz - (cx * cx + cy * cy + cz * cz)
        t = pp1 / (np.sqrt(under) - od)
        t = t if od < 0.0 else np.nan
        out[0, j], out[1, j], out[2, j] = (px + t * dx) * radii[0], (py + t * dy) * radii[1], (pz + t * dz) * radii[2]


@_compiled
def angle_planes(points, position, sun, radii, ifov, out):  # type: ignore[no-untyped-def]
    """Latitude, longitude, incidence, emission, phase (deg) and resolution (km) of ground points (3, n)."""
    ia, ib, ic = 1.0 / radii[0] ** 2, 1.0 / radii[1] ** 2, 1.0 / radii[2] ** 2
    for j in range(points.shape[1]):
        x, y, z = points[0, j], points[1, j], points[2, j]
        dx, dy, dz = position[0] - x, position[1] - y, position[2] - z
        distance = np.sqrt(dx * dx + dy * dy + dz * dz)
        # Normal (x/a², y/b², z/c²), Sun, and the direction to the camera: cosines of their three angles.
        nx, ny, nz = x * ia, y * ib, z * ic
        inverse_normal = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
        out[0, j] = arctan2_deg(z, np.sqrt(x * x + y * y))
        out[1, j] = arctan2_deg(y, x)
        out[2, j] = arccos_deg((nx * sun[0] + ny * sun[1] + nz * sun[2]) * inverse_normal)
        out[3, j] = arccos_deg((nx * dx + ny * dy + nz * dz) * inverse_normal / distance)
        out[4, j] = arccos_deg((dx * sun[0] + dy * sun[1] + dz * sun[2]) / distance)
        out[5, j] = distance * ifov
