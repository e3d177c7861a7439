"""Rays against an ellipsoid with mountains on it.

Everything is told in coordinates divided by the body's radii, where the ellipsoid is the unit sphere and the ground
stands at the distance 1 + h / R. A ray's *depth* is the greatest (1 + h / R)² - r² along it, which without mountains
is 1 - r² at the foot of the perpendicular from the centre. It is continuous from ray to ray, positive where the ray
meets ground, and so its zero is the limb, mountains included.
"""

import numpy as np

from perijove.compiled import njit

__all__ = ["first_ground", "for_rays", "height_km", "shaded", "tilted_normal"]

_STEPS = 32  # on half the width of the smallest mountain that a ray comes near
_REFINED = 24  # halvings, and golden sections: 1e-5 of a step
_GOLD = 0.6180339887498949
_NORMAL_KM = 0.05  # over which slopes are taken
_CLEAR_KM = 0.2  # from the ground, before light towards the Sun may be in something's shadow


def for_rays(mountains: np.ndarray, radii_km: np.ndarray) -> np.ndarray:
    """Mountains with what rays need to know to pass them by.

    Parameters
    ----------
    mountains : array, shape (n, 6)
        Unit vector to the middle, height (km), half width (radians about the centre), shape: 0 dome, 1 cone, 2 mesa.
    radii_km : array, shape (3,)

    Returns
    -------
    array, shape (n, 10)
        Added are the middle of the foot and the radius of a sphere about it that holds the mountain, in units of the
        radii.
    """
    middle = mountains[:, :3] / radii_km
    middle /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-300)
    reach = 1.01 * (mountains[:, 4] + mountains[:, 3] / np.min(radii_km))
    return np.concatenate([mountains, middle, reach[:, None]], axis=1)


@njit(inline="always")
def _height(mountain: np.ndarray, x: float, y: float, z: float) -> float:
    """Height of one mountain in the direction of a unit vector, on a sphere of the radius that its angle is given for.

    The mountain's row: see `for_rays`.
    """
    cosine = x * mountain[0] + y * mountain[1] + z * mountain[2]
    if cosine <= np.cos(mountain[4]):
        return 0.0
    t = np.arccos(min(cosine, 1.0)) / mountain[4]
    if mountain[5] == 0.0:  # dome
        return float(mountain[3] * (1.0 - t * t) ** 2)
    if mountain[5] == 1.0:  # cone
        return float(mountain[3] * (1.0 - t))
    rise = min(1.0, 2.0 * (1.0 - t))  # mesa
    return float(mountain[3] * rise * rise * (3.0 - 2.0 * rise))


@njit()
def height_km(mountains: np.ndarray, x: float, y: float, z: float) -> float:
    """Height of the ground above the ellipsoid in a direction: that of the highest mountain there."""
    norm = np.sqrt(x * x + y * y + z * z)
    high = 0.0
    for k in range(mountains.shape[0]):
        high = max(high, _height(mountains[k], x / norm, y / norm, z / norm))
    return high


@njit(inline="always")
def _depth(mountains: np.ndarray, radii: np.ndarray, px: float, py: float, pz: float) -> float:
    """(1 + h / R)² - r² at a point in units of the radii; R is the ellipsoid's radius in that direction."""
    square = px * px + py * py + pz * pz
    x, y, z = px * radii[0], py * radii[1], pz * radii[2]
    ground = np.sqrt((x * x + y * y + z * z) / square)
    top = 1.0 + height_km(mountains, x, y, z) / ground
    return float(top * top - square)


@njit()
def _stretch(mountains: np.ndarray, o: np.ndarray, u: np.ndarray) -> tuple[float, float, float]:
    """Part of a ray o + s u that comes near mountains, and the step for it; the end before the start where none is."""
    uu = u[0] * u[0] + u[1] * u[1] + u[2] * u[2]
    first, last, step = np.inf, -np.inf, np.inf
    for k in range(mountains.shape[0]):
        m = mountains[k]
        dx, dy, dz = m[6] - o[0], m[7] - o[1], m[8] - o[2]
        s = (dx * u[0] + dy * u[1] + dz * u[2]) / uu
        ex, ey, ez = dx - s * u[0], dy - s * u[1], dz - s * u[2]
        square = m[9] * m[9] - (ex * ex + ey * ey + ez * ez)
        if square > 0.0:
            half = np.sqrt(square / uu)
            first, last = min(first, s - half), max(last, s + half)
            step = min(step, m[4] / (_STEPS * np.sqrt(uu)))
    return first, last, step


@njit()
def first_ground(
    mountains: np.ndarray, radii: np.ndarray, o: np.ndarray, u: np.ndarray, depth: float, at: float
) -> tuple[float, float, float]:
    """Where a ray first meets ground, how deep it passes, and where it is deepest.

    Parameters
    ----------
    mountains : array, shape (n, 10)
        From `for_rays`.
    radii : array, shape (3,)
        Of the body, km.
    o, u : array, shape (3,)
        Start and direction of the ray, in units of the radii.
    depth, at : float
        Of the plain ellipsoid: depth, and where along the ray it is met (where its foot is, for a ray that misses).

    Returns
    -------
    at, depth, deepest : float
        `at` as a multiple of u: NaN where the ray meets no ground.
    """
    hit = at if depth > 0.0 else np.nan
    first, last, step = _stretch(mountains, o, u)
    first = max(first, 0.0)
    if not last > first:
        return hit, depth, at
    count = int(np.ceil((last - first) / step)) + 1
    step = (last - first) / (count - 1)
    best, best_s = depth, at
    found = np.nan
    for i in range(count):
        s = first + i * step
        here = _depth(mountains, radii, o[0] + s * u[0], o[1] + s * u[1], o[2] + s * u[2])
        if here > 0.0 and np.isnan(found):
            low, high = (s, s) if i == 0 else (s - step, s)
            for _ in range(_REFINED):
                mid = 0.5 * (low + high)
                if _depth(mountains, radii, o[0] + mid * u[0], o[1] + mid * u[1], o[2] + mid * u[2]) > 0.0:
                    high = mid
                else:
                    low = mid
            found = high
        if here > best:
            best, best_s = here, s
    if best_s != at:  # between the samples it may be deeper: golden section
        low, high = best_s - step, best_s + step
        for _ in range(_REFINED):
            a, b = high - _GOLD * (high - low), low + _GOLD * (high - low)
            at_a = _depth(mountains, radii, o[0] + a * u[0], o[1] + a * u[1], o[2] + a * u[2])
            at_b = _depth(mountains, radii, o[0] + b * u[0], o[1] + b * u[1], o[2] + b * u[2])
            if at_a > at_b:
                high = b
            else:
                low = a
        mid = 0.5 * (low + high)
        top = _depth(mountains, radii, o[0] + mid * u[0], o[1] + mid * u[1], o[2] + mid * u[2])
        if top > best:
            best, best_s = top, mid
        if best > 0.0 and np.isnan(found):
            found = best_s
    if not np.isnan(found) and not found > hit:  # also where the ellipsoid itself is missed
        hit = found
    return hit, best, best_s


@njit()
def tilted_normal(mountains: np.ndarray, radii: np.ndarray, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Outward unit normal of ground with mountains at a body-fixed point, km."""
    h = _NORMAL_KM
    gx = _level(mountains, radii, x + h, y, z) - _level(mountains, radii, x - h, y, z)
    gy = _level(mountains, radii, x, y + h, z) - _level(mountains, radii, x, y - h, z)
    gz = _level(mountains, radii, x, y, z + h) - _level(mountains, radii, x, y, z - h)
    norm = np.sqrt(gx * gx + gy * gy + gz * gz)
    return gx / norm, gy / norm, gz / norm


@njit(inline="always")
def _level(mountains: np.ndarray, radii: np.ndarray, x: float, y: float, z: float) -> float:
    """Height of a point above the ground, km, along the radius."""
    px, py, pz = x / radii[0], y / radii[1], z / radii[2]
    scaled = np.sqrt(px * px + py * py + pz * pz)
    ground = np.sqrt(x * x + y * y + z * z) / scaled
    return float((scaled - 1.0) * ground - height_km(mountains, x, y, z))


@njit()
def shaded(mountains: np.ndarray, radii: np.ndarray, x: float, y: float, z: float, towards: np.ndarray) -> bool:
    """Whether ground at a body-fixed point, km, is in the shadow of a mountain or of the body."""
    o = np.empty(3)
    u = np.empty(3)
    o[0], o[1], o[2] = x / radii[0], y / radii[1], z / radii[2]
    for k in range(3):
        u[k] = towards[k] / radii[k]
        o[k] += _CLEAR_KM * u[k]
    uu = u[0] * u[0] + u[1] * u[1] + u[2] * u[2]
    s = -(o[0] * u[0] + o[1] * u[1] + o[2] * u[2]) / uu
    px, py, pz = o[0] + s * u[0], o[1] + s * u[1], o[2] + s * u[2]
    depth = 1.0 - (px * px + py * py + pz * pz)
    if s > 0.0 and depth > 0.0 and height_km(mountains, x, y, z) > 0.0:
        return True
    first, last, step = _stretch(mountains, o, u)
    first = max(first, 0.0)
    if not last > first:
        return False
    for i in range(int(np.ceil((last - first) / step)) + 1):
        at = min(first + i * step, last)
        if _depth(mountains, radii, o[0] + at * u[0], o[1] + at * u[1], o[2] + at * u[2]) > 1e-6:
            return True
    return False
