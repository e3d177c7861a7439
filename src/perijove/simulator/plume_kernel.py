"""Light of plumes along rays: optically thin matter, added up along the line of sight."""

import numpy as np

from perijove.compiled import njit

__all__ = ["plume_light"]

_STEPS = 64  # along a ray through a plume: its light is then good to 0.3 %
_SIGMAS = 4.0  # beyond, a plume is over


@njit()
def plume_light(
    plumes: np.ndarray, radii: np.ndarray, sun: np.ndarray, origin: np.ndarray, d: np.ndarray, end_km: float
) -> float:
    """Radiance factor of all plumes along a ray.

    Parameters
    ----------
    plumes : array, shape (m, 6)
        Unit vector to the vent, height and standard deviation across (km), radiance factor across the foot.
    radii, sun, origin, d : array, shape (3,)
        Body-fixed: radii and start in km, unit vectors to the Sun and along the ray.
    end_km : float
        Where the ray meets ground; infinite where it meets none.

    Returns
    -------
    float
        Matter in the body's shadow, a cylinder, sends none.
    """
    total = 0.0
    for k in range(plumes.shape[0]):
        c, height, sigma, foot = plumes[k, :3], plumes[k, 3], plumes[k, 4], plumes[k, 5]
        scaled = np.sqrt((c[0] / radii[0]) ** 2 + (c[1] / radii[1]) ** 2 + (c[2] / radii[2]) ** 2)
        ground = 1.0 / scaled  # radius of the body under the vent
        mx, my, mz = c[0] * ground - origin[0], c[1] * ground - origin[1], c[2] * ground - origin[2]
        at = mx * d[0] + my * d[1] + mz * d[2]
        off = mx * mx + my * my + mz * mz - at * at
        reach = _SIGMAS * sigma + height
        if off >= reach * reach:
            continue
        half = np.sqrt(reach * reach - off)
        first, last = max(at - half, 0.0), min(at + half, end_km)
        if last <= first:
            continue
        step = (last - first) / _STEPS
        along = 0.0
        for i in range(_STEPS):
            s = first + (i + 0.5) * step
            x, y, z = origin[0] + s * d[0], origin[1] + s * d[1], origin[2] + s * d[2]
            r = np.sqrt(x * x + y * y + z * z)
            px, py, pz = x / radii[0], y / radii[1], z / radii[2]
            up = r - r / np.sqrt(px * px + py * py + pz * pz)
            if up < 0.0 or up > height:
                continue
            sx, sy, sz = sun[0] / radii[0], sun[1] / radii[1], sun[2] / radii[2]
            ss = sx * sx + sy * sy + sz * sz
            foot_s = -(px * sx + py * sy + pz * sz) / ss
            if foot_s > 0.0:
                qx, qy, qz = px + foot_s * sx, py + foot_s * sy, pz + foot_s * sz
                if qx * qx + qy * qy + qz * qz < 1.0:
                    continue
            cosine = (x * c[0] + y * c[1] + z * c[2]) / r
            away = ground * np.arccos(min(1.0, cosine)) / sigma
            along += np.exp(-0.5 * away * away) * (1.0 - (up / height) ** 2)
        total += foot * along * step / (np.sqrt(2.0 * np.pi) * sigma)
    return total
