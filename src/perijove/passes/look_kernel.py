"""Compiled search for the best looks at ground points during a pass."""

import math

import numpy as np

from perijove.compiled import njit

__all__ = ["ANY_LIGHT", "IN_NIGHT", "IN_SUN", "LOOK_COLUMNS", "best_looks"]

ANY_LIGHT, IN_SUN, IN_NIGHT = 0, 1, 2
LOOK_COLUMNS = 6
"""Time, distance (km), emission and incidence (rad) of the sharpest look, 1 if in Jupiter's shadow; least emission."""

_HALVINGS = 40  # of a step of 60 s: to 1e-10 s
_FALSE_POSITIONS = 40  # of the Illinois rule, which needs about eight
_GRAIN_S = 1e-5
_compiled = njit(nogil=True, error_model="numpy")


@_compiled
def _place(path, k, away, out):  # type: ignore[no-untyped-def]
    """Observer, Sun and Jupiter some seconds from sample k, by the parabola through it and its neighbours."""
    for j in range(9):
        out[j] = path[k, 0, j] + away * (path[k, 1, j] + away * path[k, 2, j])


@_compiled
def _in_shadow(point, row, shape):  # type: ignore[no-untyped-def]
    """Whether Jupiter stands between a ground point and the Sun; `shape` makes Jupiter a unit sphere."""
    ux, uy, uz = point[0] - row[6], point[1] - row[7], point[2] - row[8]
    ox = shape[0, 0] * ux + shape[0, 1] * uy + shape[0, 2] * uz
    oy = shape[1, 0] * ux + shape[1, 1] * uy + shape[1, 2] * uz
    oz = shape[2, 0] * ux + shape[2, 1] * uy + shape[2, 2] * uz
    dx = shape[0, 0] * row[3] + shape[0, 1] * row[4] + shape[0, 2] * row[5]
    dy = shape[1, 0] * row[3] + shape[1, 1] * row[4] + shape[1, 2] * row[5]
    dz = shape[2, 0] * row[3] + shape[2, 1] * row[4] + shape[2, 2] * row[5]
    cx, cy, cz = oy * dz - oz * dy, oz * dx - ox * dz, ox * dy - oy * dx
    behind = ox * dx + oy * dy + oz * dz < 0.0
    return behind and cx * cx + cy * cy + cz * cz < dx * dx + dy * dy + dz * dz


@_compiled
def _look(point, normal, row):  # type: ignore[no-untyped-def]
    """Distance squared and cosine of emission."""
    dx, dy, dz = row[0] - point[0], row[1] - point[1], row[2] - point[2]
    d2 = dx * dx + dy * dy + dz * dz
    return d2, (normal[0] * dx + normal[1] * dy + normal[2] * dz) / math.sqrt(d2)


@_compiled
def _fits(point, normal, row, shape, near_shadow, light):  # type: ignore[no-untyped-def]
    """Whether the light on a point is as wanted."""
    if light == ANY_LIGHT:
        return True
    sunlit = normal[0] * row[3] + normal[1] * row[4] + normal[2] * row[5] > 0.0
    if sunlit and near_shadow:
        sunlit = not _in_shadow(point, row, shape)
    return sunlit == (light == IN_SUN)


@_compiled
def _end_of_look(path, shapes, near_shadow, k, away, point, normal, light, cos_max, row):  # type: ignore[no-untyped-def]
    """For how long, at most `away` seconds from sample k (negative: before), a point stays seen."""
    inside, outside = 0.0, away
    _place(path, k, outside, row)
    if _look(point, normal, row)[1] >= cos_max and _fits(point, normal, row, shapes[k], near_shadow[k], light):
        return outside
    for _ in range(_HALVINGS):
        middle = 0.5 * (inside + outside)
        _place(path, k, middle, row)
        if _look(point, normal, row)[1] >= cos_max and _fits(point, normal, row, shapes[k], near_shadow[k], light):
            inside = middle
        else:
            outside = middle
    return inside


@_compiled
def _slope(path, k, away, point, normal, sharpest):  # type: ignore[no-untyped-def]
    """Sign and measure of the rate of d² / h, or of emission, some seconds from sample k; h is the height above."""
    rate, rise, climb, d2 = 0.0, 0.0, 0.0, 0.0
    for j in range(3):
        offset = path[k, 0, j] + away * (path[k, 1, j] + away * path[k, 2, j]) - point[j]
        speed = path[k, 1, j] + 2.0 * away * path[k, 2, j]
        rate += offset * speed
        rise += offset * normal[j]
        climb += speed * normal[j]
        d2 += offset * offset
    return (2.0 if sharpest else 1.0) * rise * rate - climb * d2


@_compiled
def _least(path, k, low, high, point, normal, sharpest):  # type: ignore[no-untyped-def]
    """When d² / h, or emission, is least within a span about sample k: the zero of its rate, or an end."""
    at_low, at_high = _slope(path, k, low, point, normal, sharpest), _slope(path, k, high, point, normal, sharpest)
    if at_low >= 0.0:
        return low
    if at_high <= 0.0:
        return high
    kept = 0
    for _ in range(_FALSE_POSITIONS):
        at = (low * at_high - high * at_low) / (at_high - at_low)
        slope = _slope(path, k, at, point, normal, sharpest)
        if slope < 0.0:
            moved, low, at_low = at - low, at, slope
            at_high = 0.5 * at_high if kept < 0 else at_high
            kept = -1
        else:
            moved, high, at_high = high - at, at, slope
            at_low = 0.5 * at_low if kept > 0 else at_low
            kept = 1
        if moved < _GRAIN_S:
            break
    return at


@_compiled
def _heights(columns, square, point, normal, rise, d2):  # type: ignore[no-untyped-def]
    """At all samples: height above a point's horizon plane (km), and distance squared. A loop that vectorises."""
    gx, gy, gz, nx, ny, nz = point[0], point[1], point[2], normal[0], normal[1], normal[2]
    level, gg = gx * nx + gy * ny + gz * nz, gx * gx + gy * gy + gz * gz
    for k in range(len(square)):
        rise[k] = columns[0, k] * nx + columns[1, k] * ny + columns[2, k] * nz - level
        d2[k] = square[k] + gg - 2.0 * (columns[0, k] * gx + columns[1, k] * gy + columns[2, k] * gz)


@_compiled
def _drop_other_light(columns, path, shapes, near_shadow, point, normal, light, rise):  # type: ignore[no-untyped-def]
    """Put the observer below the horizon at samples where the light on a point is not as wanted."""
    nx, ny, nz, want = normal[0], normal[1], normal[2], light == IN_SUN
    for k in range(len(rise)):
        sunlit = columns[3, k] * nx + columns[4, k] * ny + columns[5, k] * nz > 0.0
        if sunlit and near_shadow[k]:
            sunlit = not _in_shadow(point, path[k, 0], shapes[k])
        if sunlit != want:
            rise[k] = -1.0


@_compiled
def _sharpest_and_steepest(rise, d2, cos_max):  # type: ignore[no-untyped-def]
    """Samples at which a point is seen most sharply and most steeply; -1 where it never is."""
    sharpest, steepest = -1, -1
    least, most_mu2, least_mu2 = np.inf, 0.0, cos_max * cos_max
    for k in range(len(rise)):
        if rise[k] <= 0.0:
            continue
        mu2_d2 = rise[k] * rise[k]
        if mu2_d2 < least_mu2 * d2[k]:
            continue
        if d2[k] < least * rise[k]:
            sharpest, least = k, d2[k] / rise[k]
        if mu2_d2 > most_mu2 * d2[k]:
            steepest, most_mu2 = k, mu2_d2 / d2[k]
    return sharpest, steepest


@_compiled
def best_looks(times, path, shapes, near_shadow, usable, points, normals, light, cos_max, out):  # type: ignore[no-untyped-def]
    """Best look at each of `points` (n, 3): `out` (n, LOOK_COLUMNS), NaN where a point is never seen.

    The sharpest look has the least distance over cosine of emission, which is d² / h: a pixel's longer side on the
    ground, but for its angle. `path` (times, 3, 9) are parabolas in seconds from each of the `times`: observer (km),
    direction of the Sun, and Jupiter's centre (km). `shapes` (times, 3, 3) makes Jupiter a unit sphere; `near_shadow`
    says when its shadow can reach the body, `usable` when it does not hide the body. A look that is missed by all
    samples is missed.
    """
    last = len(times) - 1
    row, rise, d2_at = np.empty(9), np.empty(last + 1), np.empty(last + 1)
    columns = np.ascontiguousarray(path[:, 0, :6].T)
    square = columns[0] * columns[0] + columns[1] * columns[1] + columns[2] * columns[2]
    square[~usable] = np.inf
    for i in range(len(points)):
        point, normal = points[i], normals[i]
        _heights(columns, square, point, normal, rise, d2_at)
        if light != ANY_LIGHT:
            _drop_other_light(columns, path, shapes, near_shadow, point, normal, light, rise)
        sharpest, steepest = _sharpest_and_steepest(rise, d2_at, cos_max)
        if sharpest < 0:
            out[i, :] = np.nan
            continue
        for kind in range(2):
            k = sharpest if kind == 0 else steepest
            before = times[k - 1] - times[k] if k > 0 and usable[k - 1] else 0.0
            after = times[k + 1] - times[k] if k < last and usable[k + 1] else 0.0
            before = _end_of_look(path, shapes, near_shadow, k, before, point, normal, light, cos_max, row)
            after = _end_of_look(path, shapes, near_shadow, k, after, point, normal, light, cos_max, row)
            away = _least(path, k, before, after, point, normal, kind == 0)
            _place(path, k, away, row)
            d2, mu = _look(point, normal, row)
            if kind == 1:
                out[i, 5] = math.acos(min(1.0, mu))
                continue
            sun = normal[0] * row[3] + normal[1] * row[4] + normal[2] * row[5]
            out[i, 0], out[i, 1], out[i, 2] = times[k] + away, math.sqrt(d2), math.acos(min(1.0, mu))
            out[i, 3] = math.acos(max(-1.0, min(1.0, sun)))
            out[i, 4] = 1.0 if near_shadow[k] and _in_shadow(point, row, shapes[k]) else 0.0
