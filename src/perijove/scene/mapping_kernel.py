"""The compiled heart of the inverse projection: map pixels to framelets, row by row of small tiles.

Work is saved three times. A tile of 64 x 64 pixels asks once which framelets can see any of it, and each row of
the tile finds the stretch that a framelet can see (`culling_kernel`). What is left is computed exactly for each
pixel, in scratch rows that stay in the first-level cache, by loops without branches that vectorise; only the
sums at the end go pixel by pixel.

Indices that start within a row are unsigned, and rows are passed as whole arrays with their index: numba tests
signed indices for being negative and counts references of views, and either costs more than the work of a short
row.
"""

import numpy as np

from perijove.camera.model import distorted_scale
from perijove.compiled import njit
from perijove.geometry.arctangent_kernel import arccos_deg, arctan2_deg
from perijove.scene.cubic_kernel import cubic_sample, prefetch
from perijove.scene.culling_kernel import (
    AXIS_COLUMN,
    AXIS_ROW,
    EQUIRECTANGULAR,
    FIRST_COLUMN,
    FIRST_ROW,
    FOCAL,
    INVERSE_SUMMING,
    K1,
    K2,
    LAST_COLUMN,
    LAST_ROW,
    NODES,
    TILE,
    U_MAX,
    U_MIN,
    V_MAX,
    V_MIN,
    ground_row,
    may_see,
    meridians,
    row_nodes,
    stretch,
    tile_sphere,
)

__all__ = ["FRAME_PLANE", "PLANES", "mask_bad", "project_rows"]

PLANES = 7  # latitude, longitude_east, incidence, emission, phase, resolution, frame
FRAME_PLANE = 6

_MERIT_SCALE = 1e6  # km²: weights count ranges in 1000 km, which keeps float32 in its middle
# NaN and infinity must keep their meaning: they say "no ground here", "bad pixel" and "behind the camera".
_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@_compiled
def mask_bad(radiance, sigma, quality, bad_bits, out):  # type: ignore[no-untyped-def]
    """Copy radiance with NaN where a pixel may not be used: one comparison then tells a whole footprint."""
    for j in range(len(out)):
        s, v = sigma[j], radiance[j]
        good = ((quality[j] & bad_bits) == 0) & (s > 0.0) & (s < np.inf) & (abs(v) < np.inf)
        out[j] = v if good else np.float32(np.nan)


@_compiled
def _taper(t):  # type: ignore[no-untyped-def]
    """From 0 at 0 to 1 at 1, by the cubic that keeps within 0.01 of a raised cosine."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@_compiled
def _good_neighbours(pixels, sigma, k, at, columns, tx, ty):  # type: ignore[no-untyped-def]
    """Bilinear over the usable ones of four neighbours: their share, value, variance, and variance of a pixel."""
    good = value = variance = spread = 0.0
    for m in range(4):
        j = at + m % 2 + (columns if m >= 2 else 0)
        v, s = pixels[k, j], sigma[k, j]
        if not np.isnan(v):
            w = (tx if m % 2 else 1.0 - tx) * (ty if m >= 2 else 1.0 - ty)
            good += w
            value += w * v
            variance += w * w * s * s
            spread += w * s * s
    if good < 1e-3:
        return np.float32(0.0), np.float32(0.0), np.float32(0.0), np.float32(1.0)
    return np.float32(good), np.float32(value / good), np.float32(variance / good**2), np.float32(spread / good)


@_compiled
def _add_framelet(  # type: ignore[no-untyped-def]
    k, frame, band, poses, lenses, pixels, sigma, quality, columns, cubic, inverse_edge, cos_limit,
    row_first, rows, left, n, x, y, z, inverse_normal, nodes, at, reach,
    tx, ty, corner, weight, value, gain, values_out, sigma_out, quality_out, weight_out, planes_out,
):  # fmt: skip
    """Add what a framelet shows of a tile to the sums of weights, values and variances that build up in the outputs."""
    rxx, rxy, rxz, ox = poses[frame, 0], poses[frame, 1], poses[frame, 2], poses[frame, 9]
    ryx, ryy, ryz, oy = poses[frame, 3], poses[frame, 4], poses[frame, 5], poses[frame, 10]
    rzx, rzy, rzz, oz = poses[frame, 6], poses[frame, 7], poses[frame, 8], poses[frame, 11]
    gx, gy, gz = poses[frame, 12], poses[frame, 13], poses[frame, 14]
    f, k1, k2, per_sum = lenses[k, FOCAL], lenses[k, K1], lenses[k, K2], lenses[k, INVERSE_SUMMING]
    cx, cy = lenses[k, AXIS_COLUMN], lenses[k, AXIS_ROW]
    u0, u1, v0, v1 = lenses[k, U_MIN], lenses[k, U_MAX], lenses[k, V_MIN], lenses[k, V_MAX]
    c0, c1 = lenses[k, FIRST_COLUMN], lenses[k, LAST_COLUMN]
    r0, r1 = lenses[k, FIRST_ROW], lenses[k, LAST_ROW]
    size, i0, i1 = np.uint64(columns), np.uint64(0), np.uint64(1)
    moment, want_frame = np.float32(frame), len(planes_out) > 0
    for line in range(rows):
        first, last = 0, n
        if reach[line] >= 0.0:
            first, last = stretch(poses, frame, lenses, k, nodes, at, line, reach[line])
        if first >= last:
            continue
        # 1. Where the framelet sees the ground, and what it counts there by geometry: 0 where it does not see it.
        start, count = np.uint64(line * TILE + first), last - first
        for j in range(count):
            g = start + np.uint64(j)
            xj, yj, zj = x[g], y[g], z[g]
            a = rxx * xj + rxy * yj + rxz * zj + ox
            b = ryx * xj + ryy * yj + ryz * zj + oy
            c = rzx * xj + rzy * yj + rzz * zj + oz
            scale = f / c
            u, v = a * scale, b * scale
            distortion = distorted_scale(u * u + v * v, k1, k2) * per_sum
            px, py = u * distortion + cx, v * distortion + cy
            inverse_range = 1.0 / np.sqrt(a * a + b * b + c * c)
            cos_emission = (gx * xj + gy * yj + gz * zj - 1.0) * inverse_normal[g] * inverse_range
            ok = (c > 0.0) & (cos_emission > cos_limit) & (u >= u0) & (u <= u1) & (v >= v0) & (v <= v1)
            ok = ok & (px >= c0) & (px <= c1) & (py >= r0) & (py <= r1)
            px, py = px if ok else c0, py if ok else r0
            column, row = np.int32(px), np.int32(py)
            tx[j], ty[j] = px - column, py - row
            corner[j] = row * columns + column
            taper = _taper(min(py - r0, r1 - py) * inverse_edge) * _taper(min(px - c0, c1 - px) * inverse_edge)
            weight[j] = taper * (cos_emission - cos_limit) * inverse_range * inverse_range * _MERIT_SCALE if ok else 0.0
        while count > 0 and weight[count - 1] == 0.0:
            count -= 1
        skip = 0
        while skip < count and weight[skip] == 0.0:
            skip += 1
        for j in range(np.uint64(skip), np.uint64(count)):
            here = corner[j]
            # The corners of the sixteen pixels, and both rows of the four.
            prefetch(pixels, k, here - columns - 1)
            prefetch(pixels, k, here + 2 * columns - 1)
            prefetch(pixels, k, here - columns + 2)
            prefetch(pixels, k, here + 2 * columns + 2)
            prefetch(sigma, k, here)
            prefetch(sigma, k, here + columns)
            prefetch(quality, k, here)
            prefetch(quality, k, here + columns)
        # 2. The value there, and the gain of the interpolation for white noise.
        if cubic:
            for j in range(np.uint64(skip), np.uint64(count)):
                value[j], gain[j] = cubic_sample(pixels, k, corner[j], columns, tx[j], ty[j])
        # 3. Add up.
        row, start = row_first + line, np.uint64(left + first)
        for j in range(np.uint64(skip), np.uint64(count)):
            w = weight[j]
            if w <= 0.0:
                continue
            here = np.uint64(corner[j])
            below = here + size
            v, t, r = value[j], tx[j], ty[j]
            # Weighed by the variance of the pixels: that of the interpolated value swings by a factor of 4 from pixel
            # centres to corners and would print this pattern on the weights.
            if cubic and not np.isnan(v):
                s = sigma[k, (below if r > 0.5 else here) + (i1 if t > 0.5 else i0)]
                spread = s * s
                variance = gain[j] * spread
            else:
                good, v, variance, spread = _good_neighbours(pixels, sigma, k, corner[j], columns, t, r)
                w *= good
                if w <= 0.0:
                    continue
            w /= spread
            to = start + j
            weight_out[band, row, to] += w
            values_out[band, row, to] += w * v
            sigma_out[band, row, to] += w * w * variance
            flag = quality[k, here] | quality[k, here + i1] | quality[k, below] | quality[k, below + i1]
            quality_out[band, row, to] |= flag
            if want_frame:
                planes_out[FRAME_PLANE, row, to] += w * moment


@_compiled
def _finish_row(row, first, n, values_out, sigma_out, weight_out, total):  # type: ignore[no-untyped-def]
    """Turn the sums of a row into mean and standard error, NaN without weight; the bands' weights add up in `total`.

    Returns how many ground points are covered.
    """
    start = np.uint64(first)
    for j in range(n):
        total[j] = 0.0
    for band in range(len(values_out)):
        for j in range(n):
            at = start + np.uint64(j)
            weight = weight_out[band, row, at]
            inverse = np.float32(1.0) / (weight if weight > 0.0 else np.float32(np.nan))
            values_out[band, row, at] *= inverse
            sigma_out[band, row, at] = np.sqrt(sigma_out[band, row, at]) * inverse
            total[j] += weight
    covered = 0
    for j in range(n):
        covered += total[j] > 0.0
    return covered


@_compiled
def _plane_row(planes, row, first, n, x, y, z, inverse_normal, base, total, radii, poses, ifov):  # type: ignore[no-untyped-def]
    """Backplanes of a row for the camera position at the weighted mean frame of what was blended."""
    start, ground, last = np.uint64(first), np.uint64(base), len(poses) - 2
    for j in range(n):
        at, g = start + np.uint64(j), ground + np.uint64(j)
        xj, yj, zj = x[g], y[g], z[g]
        seen = total[j] > 0.0
        frame = planes[FRAME_PLANE, row, at] / (total[j] if seen else np.float32(np.nan))
        k = np.uint64(max(min(int(frame if seen else 0.0), last), 0))
        after, t = k + np.uint64(1 if last >= 0 else 0), frame - k
        dx = poses[k, 15] + t * (poses[after, 15] - poses[k, 15]) - xj
        dy = poses[k, 16] + t * (poses[after, 16] - poses[k, 16]) - yj
        dz = poses[k, 17] + t * (poses[after, 17] - poses[k, 17]) - zj
        sx = poses[k, 18] + t * (poses[after, 18] - poses[k, 18])
        sy = poses[k, 19] + t * (poses[after, 19] - poses[k, 19])
        sz = poses[k, 20] + t * (poses[after, 20] - poses[k, 20])
        distance = np.sqrt(dx * dx + dy * dy + dz * dz)
        nx, ny, nz = xj / radii[0] ** 2, yj / radii[1] ** 2, zj / radii[2] ** 2
        mu0 = (nx * sx + ny * sy + nz * sz) * inverse_normal[g]
        mu = (nx * dx + ny * dy + nz * dz) * inverse_normal[g] / distance
        off = frame - frame  # NaN where there is no weight
        planes[0, row, at] = arctan2_deg(zj, np.sqrt(xj * xj + yj * yj)) + off
        planes[1, row, at] = arctan2_deg(yj, xj) + off
        planes[2, row, at] = arccos_deg(mu0)
        planes[3, row, at] = arccos_deg(mu)
        planes[4, row, at] = arccos_deg((dx * sx + dy * sy + dz * sz) / distance)
        planes[5, row, at] = distance * ifov
        planes[FRAME_PLANE, row, at] = frame + 1.0


@_compiled
def _blank(planes, top, bottom, first, n):  # type: ignore[no-untyped-def]
    """Fill a tile with NaN on all planes."""
    start = np.uint64(first)
    for m in range(len(planes)):
        for row in range(top, bottom):
            for j in range(n):
                planes[m, row, start + np.uint64(j)] = np.nan


@_compiled
def project_rows(  # type: ignore[no-untyped-def]
    row_first, row_last, grid, radii, poses, lenses, frame_of, band_of,
    pixels, sigma, quality, columns, cubic, inverse_edge, cos_limit, ifov,
    values_out, sigma_out, quality_out, weight_out, planes_out,
):  # fmt: skip
    """Project map rows [row_first, row_last), at most `TILE` of them; returns the number of covered ground points.

    `pixels` (from `mask_bad`), `sigma` and `quality` are (framelets, pixels); outputs are (bands, rows, columns) and
    (planes, rows, columns), the latter with no planes where none are wanted. All outputs come in as zeros.

    Within a tile one framelet after the other is taken over all rows: its pixels then stay in the cache from row to
    row, which rows taken over all framelets would not allow.
    """
    n_framelets, rows, width = len(frame_of), row_last - row_first, values_out.shape[2]
    x, y, z, inverse_normal = np.empty(TILE**2), np.empty(TILE**2), np.empty(TILE**2), np.empty(TILE**2)
    before, box, cos_lon, sin_lon = np.empty((3, TILE)), np.empty(6), np.empty(TILE), np.empty(TILE)
    nodes, at, reach = np.empty((3, TILE, NODES)), np.empty(NODES, np.int64), np.empty(TILE)
    tx, ty, weight = np.empty(TILE, np.float32), np.empty(TILE, np.float32), np.empty(TILE, np.float32)
    value, gain, total = np.empty(TILE, np.float32), np.empty(TILE, np.float32), np.empty(TILE, np.float32)
    corner, chosen = np.empty(TILE, np.int32), np.empty(n_framelets, np.int64)
    covered = 0
    for left in range(0, width, TILE):
        n = min(TILE, width - left)
        if int(grid[0]) == EQUIRECTANGULAR:
            meridians(grid, left, n, cos_lon, sin_lon)
        radius = tile_sphere(
            grid, radii, row_first, rows, left, n, cos_lon, sin_lon, x, y, z, inverse_normal, before, box
        )
        n_chosen = 0
        for k in range(n_framelets):
            if radius < 0.0 or band_of[k] < 0:
                continue
            if may_see(poses, frame_of[k], lenses, k, box[0], box[1], box[2], radius):
                chosen[n_chosen] = k
                n_chosen += 1
        if n_chosen == 0:
            _blank(values_out, row_first, row_last, left, n)
            _blank(sigma_out, row_first, row_last, left, n)
            _blank(planes_out, row_first, row_last, left, n)
            continue
        for line in range(rows):
            ground_row(grid, radii, row_first + line, left, line * TILE, n, cos_lon, sin_lon, x, y, z, inverse_normal)
            reach[line] = row_nodes(x, y, z, line * TILE, n, nodes, at, line)
        for index in range(n_chosen):
            k = chosen[index]
            _add_framelet(
                k, frame_of[k], band_of[k], poses, lenses, pixels, sigma, quality, columns, cubic, inverse_edge,
                cos_limit, row_first, rows, left, n, x, y, z, inverse_normal, nodes, at, reach,
                tx, ty, corner, weight, value, gain, values_out, sigma_out, quality_out, weight_out, planes_out,
            )  # fmt: skip
        for line in range(rows):
            row = row_first + line
            covered += _finish_row(row, left, n, values_out, sigma_out, weight_out, total)
            if len(planes_out) > 0:
                _plane_row(planes_out, row, left, n, x, y, z, inverse_normal, line * TILE, total, radii, poses, ifov)
    return covered
