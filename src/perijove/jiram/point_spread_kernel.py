"""Compiled loops over points and the pixels that they light: model, derivatives, normal equations."""

import math

import numpy as np

from perijove.compiled import njit

__all__ = ["add_points", "normal_equations", "profile"]

_compiled = njit(nogil=True, error_model="numpy")
_ROOT2 = math.sqrt(2.0)
_ROOT2PI = math.sqrt(2.0 * math.pi)


@_compiled
def _rise(u, sigma):  # type: ignore[no-untyped-def]
    """Integral of the normal distribution up to u."""
    return 0.5 * math.erfc(-u / (sigma * _ROOT2))


@_compiled
def _area(u, sigma):  # type: ignore[no-untyped-def]
    """Integral of `_rise` up to u."""
    return u * _rise(u, sigma) + sigma * math.exp(-0.5 * (u / sigma) ** 2) / _ROOT2PI


@_compiled
def profile(x, sigma, smear, out, slope):  # type: ignore[no-untyped-def]
    """Light of a point at x that falls into pixels 0, 1, ...: a Gaussian, drawn out by `smear`, over pixels of width 1.

    `slope` becomes its derivative by x.
    """
    for i in range(out.shape[0]):
        u = i + 0.5 - x  # pixel i has its centre at i + 0.5
        if smear < 1e-6:
            out[i] = _rise(u + 0.5, sigma) - _rise(u - 0.5, sigma)
            a, b = (u + 0.5) / sigma, (u - 0.5) / sigma
            slope[i] = -(math.exp(-0.5 * a * a) - math.exp(-0.5 * b * b)) / (sigma * _ROOT2PI)
        else:
            h = 0.5 * smear
            p, q, r, s = u + 0.5 + h, u + 0.5 - h, u - 0.5 + h, u - 0.5 - h
            out[i] = (_area(p, sigma) - _area(q, sigma) - _area(r, sigma) + _area(s, sigma)) / smear
            slope[i] = -(_rise(p, sigma) - _rise(q, sigma) - _rise(r, sigma) + _rise(s, sigma)) / smear


@_compiled
def add_points(points, spread, sign, picture):  # type: ignore[no-untyped-def]
    """Add points (n, 4: x, y, light, variance) to a picture, in a window around each."""
    rows, columns = picture.shape
    for k in range(points.shape[0]):
        x, y, light, variance = points[k]
        wide = 6.0 * math.sqrt(spread[2] ** 2 + variance)
        c0, c1 = max(0, int(x - wide)), min(columns, int(x + wide) + 2)
        r0, r1 = max(0, int(y - wide - spread[3])), min(rows, int(y + wide + spread[3]) + 2)
        if c1 <= c0 or r1 <= r0:
            continue
        px, py = np.empty((2, c1 - c0)), np.empty((2, r1 - r0))
        sx, sy = np.empty(c1 - c0), np.empty(r1 - r0)
        for part in range(2):
            sigma = math.sqrt(spread[0 if part == 0 else 2] ** 2 + variance)
            profile(x - c0, sigma, 0.0, px[part], sx)
            profile(y - r0, sigma, spread[3], py[part], sy)
        for i in range(r1 - r0):
            for j in range(c1 - c0):
                value = (1.0 - spread[1]) * px[0, j] * py[0, i] + spread[1] * px[1, j] * py[1, i]
                picture[r0 + i, c0 + j] += sign * light * value


@_compiled
def normal_equations(data, weight, origin, points, free, ground, spread, matrix, vector, model):  # type: ignore[no-untyped-def]
    """Normal equations of points on a sloping ground in a window; returns the weighted sum of squares.

    Unknowns: x, y, light, variance of each point (those of `free` that are 0 stay), then the ground's level and
    slopes along columns and rows. `spread` is (core sigma, wing share, wing sigma, smear).
    """
    rows, columns = data.shape
    n = points.shape[0]
    m = 4 * n + 3
    core_x, core_y = np.empty((n, columns)), np.empty((n, rows))
    wing_x, wing_y = np.empty((n, columns)), np.empty((n, rows))
    slopes = np.empty((4, n, max(rows, columns)))
    wider = np.empty((4, n, max(rows, columns)))
    step = 0.02
    for k in range(n):
        x, y = points[k, 0] - origin[1], points[k, 1] - origin[0]
        for part in range(2):
            base = spread[0 if part == 0 else 2] ** 2
            sigma, broad = math.sqrt(base + points[k, 3]), math.sqrt(base + points[k, 3] + step)
            along_x, along_y = (core_x, core_y) if part == 0 else (wing_x, wing_y)
            profile(x, sigma, 0.0, along_x[k], slopes[2 * part, k, :columns])
            profile(y, sigma, spread[3], along_y[k], slopes[2 * part + 1, k, :rows])
            scratch = np.empty(max(rows, columns))
            profile(x, broad, 0.0, wider[2 * part, k, :columns], scratch[:columns])
            profile(y, broad, spread[3], wider[2 * part + 1, k, :rows], scratch[:rows])
    matrix[:, :] = 0.0
    vector[:] = 0.0
    total = 0.0
    row = np.zeros(m)
    share = spread[1]
    for i in range(rows):
        for j in range(columns):
            w = weight[i, j]
            u, v = j - 0.5 * columns, i - 0.5 * rows
            value = ground[0] + ground[1] * u + ground[2] * v
            for k in range(n):
                light = points[k, 2]
                shape = (1.0 - share) * core_x[k, j] * core_y[k, i] + share * wing_x[k, j] * wing_y[k, i]
                value += light * shape
                row[4 * k] = light * (
                    (1.0 - share) * slopes[0, k, j] * core_y[k, i] + share * slopes[2, k, j] * wing_y[k, i]
                )
                row[4 * k + 1] = light * (
                    (1.0 - share) * core_x[k, j] * slopes[1, k, i] + share * wing_x[k, j] * slopes[3, k, i]
                )
                row[4 * k + 2] = shape
                broad = (1.0 - share) * wider[0, k, j] * wider[1, k, i] + share * wider[2, k, j] * wider[3, k, i]
                row[4 * k + 3] = light * (broad - shape) / step
            model[i, j] = value
            if w <= 0.0:
                continue
            row[4 * n], row[4 * n + 1], row[4 * n + 2] = 1.0, u, v
            rest = data[i, j] - value
            total += w * rest * rest
            for a in range(m):
                if free[a] == 0:
                    continue
                wa = w * row[a]
                vector[a] += wa * rest
                for b in range(a + 1):
                    if free[b] != 0:
                        matrix[a, b] += wa * row[b]
    for a in range(m):
        for b in range(a):
            matrix[b, a] = matrix[a, b]
        if free[a] == 0 or matrix[a, a] <= 0.0:
            matrix[a, a] = 1.0
    return total
