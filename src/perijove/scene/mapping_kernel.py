"""The compiled heart of the inverse projection: map pixels to framelets, row by row of small tiles.

Work is saved three times. A tile of 64 x 64 pixels asks once which framelets can see any of it (a bounding sphere against the
pyramid of each strip), each row of the tile asks again, and last the stretch of the row is found that a framelet can see.
What is left is computed exactly for each pixel, in scratch rows that stay in the first-level cache, by loops without branches
that vectorise; only the sums at the end go pixel by pixel.

Array layouts (columns):

- `grid`: kind, x_left, y_top, resolution, sphere radius, centre longitude (rad), axes (9), camera distance, position (3).
- `poses`, one row per frame: body_to_camera R (9), -R P (3), P / radii² (3), P (3), sun (3).
- `lenses`, one row per framelet: see the constants below.
"""

import numba
import numpy as np

from perijove.camera.model import distorted_scale
from perijove.geometry.arctangent import arccos_deg, arctan2_deg

__all__ = [
    "EQUIRECTANGULAR",
    "LENS_SIZE",
    "ORTHOGRAPHIC",
    "PERSPECTIVE",
    "PLANES",
    "STEREOGRAPHIC",
    "TILE",
    "mask_bad",
    "project_rows",
]

TILE = 64  # pixels; a narrower tile culls better, but its rows are too short to vectorise well
EQUIRECTANGULAR, STEREOGRAPHIC, ORTHOGRAPHIC, PERSPECTIVE = 0, 1, 2, 3
PLANES = 7  # latitude, longitude_east, incidence, emission, phase, resolution, frame

# Columns of `lenses`: focal length, axis column and row (summed px, 0 at the centre of the first pixel), k1, k2, 1 / summing;
# bounds of the undistorted strip (u min, u max, v min, v max); window of pixels that may be sampled (column min, column max, row
# min, row max), which keeps the sixteen neighbours within the strip.
_F, _CX, _CY, _K1, _K2, _INVERSE_SUM, _U0, _U1, _V0, _V1, _C0, _C1, _R0, _R1 = range(14)
LENS_SIZE = 14

_MERIT_SCALE = 1e6  # km²: weights count ranges in 1000 km, which keeps float32 in its middle
_NODES = 9  # points of a row that are looked at first
_ROW_STEP = 8  # rows of a tile that are looked at first: every 8th
# On an arc of up to 130 deg no point is farther than this part of the chord from the nearer end.
_REACH = 0.6
# NaN and infinity must keep their meaning: they say "no ground here", "bad pixel" and "behind the camera".
_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@_compiled
def mask_bad(radiance, sigma, quality, bad_bits, out):  # type: ignore[no-untyped-def]
    """Copy radiance with NaN where a pixel may not be used: one comparison then tells a whole footprint."""
    for j in range(len(out)):
        s, v = sigma[j], radiance[j]
        good = ((quality[j] & bad_bits) == 0) & (s > 0.0) & (s < np.inf) & (abs(v) < np.inf)
        out[j] = v if good else np.float32(np.nan)


@_compiled
def _meridians(grid, first, n, cos_lon, sin_lon):  # type: ignore[no-untyped-def]
    """Cosines and sines of the longitudes of an equirectangular map's columns; NaN beyond its edges."""
    for j in range(n):
        offset = (grid[1] + (first + j + 0.5) * grid[3]) / grid[4]
        cos_lon[j], sin_lon[j] = np.cos(grid[5] + offset), np.sin(grid[5] + offset)
        if abs(offset) > np.pi + 1e-14:
            cos_lon[j] = np.nan


@_compiled
def _ground_row(grid, radii, row, first, n, cos_lon, sin_lon, x, y, z, inverse_normal):  # type: ignore[no-untyped-def]
    """Fill scratch rows with ground points x, y, z (NaN where the map shows none) and 1 / |p / radii²|."""
    kind = int(grid[0])
    sphere = grid[4]
    y_map = grid[2] - (row + 0.5) * grid[3]
    x_map = grid[1] + (first + 0.5) * grid[3]
    step = grid[3]
    ia, ib, ic = 1.0 / radii[0], 1.0 / radii[1], 1.0 / radii[2]
    if kind == EQUIRECTANGULAR:
        lat = y_map / sphere
        cos_lat, sin_lat = np.cos(lat), np.sin(lat)
        if abs(lat) > 0.5 * np.pi + 1e-14:
            cos_lat = np.nan
        for j in range(n):
            x[j], y[j], z[j] = cos_lat * cos_lon[j], cos_lat * sin_lon[j], sin_lat
    elif kind == PERSPECTIVE:
        # The ray from P along d meets the body at P + t d; see geometry.ellipsoid.
        px, py, pz = grid[16] * ia, grid[17] * ib, grid[18] * ic
        pp1 = px * px + py * py + pz * pz - 1.0
        for j in range(n):
            right, down, ahead = x_map + j * step, -y_map, grid[15]
            dx = (right * grid[6] + down * grid[9] + ahead * grid[12]) * ia
            dy = (right * grid[7] + down * grid[10] + ahead * grid[13]) * ib
            dz = (right * grid[8] + down * grid[11] + ahead * grid[14]) * ic
            od = px * dx + py * dy + pz * dz
            cx, cy, cz = py * dz - pz * dy, pz * dx - px * dz, px * dy - py * dx
            under = dx * dx + dy * dy + dz * dz - (cx * cx + cy * cy + cz * cz)
            t = pp1 / (np.sqrt(under) - od) if od < 0.0 else np.nan
            x[j], y[j], z[j] = (px + t * dx) * radii[0], (py + t * dy) * radii[1], (pz + t * dz) * radii[2]
    else:
        north = y_map / sphere
        for j in range(n):
            east = (x_map + j * step) / sphere
            square = east * east + north * north
            factor = 1.0 / (1.0 + 0.25 * square) if kind == STEREOGRAPHIC else 1.0
            up = (1.0 - 0.25 * square) * factor if kind == STEREOGRAPHIC else np.sqrt(1.0 - square)
            e, m = east * factor, north * factor
            x[j] = e * grid[6] + m * grid[9] + up * grid[12]
            y[j] = e * grid[7] + m * grid[10] + up * grid[13]
            z[j] = e * grid[8] + m * grid[11] + up * grid[14]
    for j in range(n):
        u, v, w = x[j] * ia, y[j] * ib, z[j] * ic
        scale = 1.0 / np.sqrt(u * u + v * v + w * w)
        x[j], y[j], z[j] = x[j] * scale, y[j] * scale, z[j] * scale
        u, v, w = u * scale * ia, v * scale * ib, w * scale * ic
        inverse_normal[j] = 1.0 / np.sqrt(u * u + v * v + w * w)


@_compiled
def _may_see(poses, frame, lenses, k, x, y, z, radius):  # type: ignore[no-untyped-def]
    """Whether a framelet can see any surface point within `radius` of (x, y, z): never wrongly False."""
    gx, gy, gz = poses[frame, 12], poses[frame, 13], poses[frame, 14]
    cx = poses[frame, 0] * x + poses[frame, 1] * y + poses[frame, 2] * z + poses[frame, 9]
    cy = poses[frame, 3] * x + poses[frame, 4] * y + poses[frame, 5] * z + poses[frame, 10]
    cz = poses[frame, 6] * x + poses[frame, 7] * y + poses[frame, 8] * z + poses[frame, 11]
    f, u0, u1, v0, v1 = lenses[k, _F], lenses[k, _U0], lenses[k, _U1], lenses[k, _V0], lenses[k, _V1]
    up = gx * x + gy * y + gz * z - 1.0 + radius * np.sqrt(gx * gx + gy * gy + gz * gz) > 0.0
    ahead = cz > -radius
    low = (f * cx - u0 * cz > -radius * np.sqrt(f * f + u0 * u0)) & (
        f * cy - v0 * cz > -radius * np.sqrt(f * f + v0 * v0)
    )
    high = (u1 * cz - f * cx > -radius * np.sqrt(f * f + u1 * u1)) & (
        v1 * cz - f * cy > -radius * np.sqrt(f * f + v1 * v1)
    )
    return up & ahead & low & high


@_compiled
def _extend(x, y, z, n, box):  # type: ignore[no-untyped-def]
    """Widen the box (low x, y, z, high x, y, z) to hold the finite points of a row; returns how many there are."""
    finite = 0
    for j in range(n):
        if x[j] + y[j] + z[j] == x[j] + y[j] + z[j]:
            finite += 1
            box[0], box[3] = min(box[0], x[j]), max(box[3], x[j])
            box[1], box[4] = min(box[1], y[j]), max(box[4], y[j])
            box[2], box[5] = min(box[2], z[j]), max(box[5], z[j])
    return finite


@_compiled
def _tile_sphere(grid, radii, row_first, rows, left, n, cos_lon, sin_lon, x, y, z, inverse_normal, before, box):  # type: ignore[no-untyped-def]
    """Sphere about all ground points of a tile: centre into box[:3]; returns the radius, -1 if there is no ground.

    Rows that lie on the ground from end to end bound what is between them. A tile with a point off the body is looked at
    row by row.
    """
    finite, step = 0, _ROW_STEP
    while True:
        for m in range(3):
            box[m], box[m + 3] = np.inf, -np.inf
        finite, seen = 0, 0
        gap2 = 0.0
        row = 0
        while row < rows:
            _ground_row(grid, radii, row_first + row, left, n, cos_lon, sin_lon, x, y, z, inverse_normal)
            finite += _extend(x, y, z, n, box)
            seen += n
            for j in range(n):
                dx, dy, dz = x[j] - before[0, j], y[j] - before[1, j], z[j] - before[2, j]
                gap2 = max(gap2, dx * dx + dy * dy + dz * dz if row > 0 else 0.0)
                before[0, j], before[1, j], before[2, j] = x[j], y[j], z[j]
            row = rows if row == rows - 1 else min(row + step, rows - 1)
        if finite == seen or step == 1:
            break
        step = 1
    if finite == 0:
        return -1.0
    radius2 = 0.0
    for m in range(3):
        half = 0.5 * (box[3 + m] - box[m])
        radius2 += half * half
        box[m] += half
    return np.sqrt(radius2) + (_REACH * np.sqrt(gap2) if step > 1 else 0.0)


@_compiled
def _row_nodes(x, y, z, n, nodes, at):  # type: ignore[no-untyped-def]
    """Every 8th point of a row and where it stands; returns the reach about each, or -1 where one is off the body."""
    gap2 = 0.0
    finite = True
    for i in range(_NODES):
        j = (i * (n - 1)) // (_NODES - 1)
        at[i] = j
        nodes[0, i], nodes[1, i], nodes[2, i] = x[j], y[j], z[j]
        finite = finite and x[j] + y[j] + z[j] == x[j] + y[j] + z[j]
        k = max(i - 1, 0)
        dx, dy, dz = nodes[0, i] - nodes[0, k], nodes[1, i] - nodes[1, k], nodes[2, i] - nodes[2, k]
        gap2 = max(gap2, dx * dx + dy * dy + dz * dz)
    return np.sqrt(gap2) if finite else -1.0


@_compiled
def _stretch(poses, frame, lenses, k, nodes, at, reach):  # type: ignore[no-untyped-def]
    """First and one past the last point of a row that a framelet can see.

    A point between two nodes is no farther than `reach` from either, so both say that it may be seen.
    """
    first, last = at[_NODES - 1] + 1, -1
    for i in range(_NODES):
        if _may_see(poses, frame, lenses, k, nodes[0, i], nodes[1, i], nodes[2, i], reach):
            first = min(first, at[i])
            last = at[i]
    return first, last + 1


@_compiled
def _taper(distance, inverse_width):  # type: ignore[no-untyped-def]
    """From 0 at the edge to 1 at the width, by the cubic that keeps within 0.01 of a raised cosine."""
    t = min(max(distance * inverse_width, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@_compiled
def _pixel_row(  # type: ignore[no-untyped-def]
    poses, frame, lenses, lens, cos_limit, inverse_edge, columns, x, y, z, inverse_normal, first, count,
    tx, ty, corner, weight,
):  # fmt: skip
    """Where a framelet sees a stretch of ground points, and what it counts there.

    Fills the index of the pixel up and left of each place within the strip, the fractions (tx, ty) beyond its centre, and
    the weight by geometry, 0 where the point is not seen. Returns how many are seen.
    """
    rxx, rxy, rxz, ox = poses[frame, 0], poses[frame, 1], poses[frame, 2], poses[frame, 9]
    ryx, ryy, ryz, oy = poses[frame, 3], poses[frame, 4], poses[frame, 5], poses[frame, 10]
    rzx, rzy, rzz, oz = poses[frame, 6], poses[frame, 7], poses[frame, 8], poses[frame, 11]
    gx, gy, gz = poses[frame, 12], poses[frame, 13], poses[frame, 14]
    f, k1, k2, inverse_sum = lenses[lens, _F], lenses[lens, _K1], lenses[lens, _K2], lenses[lens, _INVERSE_SUM]
    cx, cy = lenses[lens, _CX], lenses[lens, _CY]
    u0, u1, v0, v1 = lenses[lens, _U0], lenses[lens, _U1], lenses[lens, _V0], lenses[lens, _V1]
    c0, c1, r0, r1 = lenses[lens, _C0], lenses[lens, _C1], lenses[lens, _R0], lenses[lens, _R1]
    seen = 0
    start = np.uint64(first)  # unsigned, or each index would be tested for being negative
    for j in range(count):
        at = start + np.uint64(j)
        xj, yj, zj = x[at], y[at], z[at]
        a = rxx * xj + rxy * yj + rxz * zj + ox
        b = ryx * xj + ryy * yj + ryz * zj + oy
        c = rzx * xj + rzy * yj + rzz * zj + oz
        scale = f / c
        u, v = a * scale, b * scale
        distortion = distorted_scale(u * u + v * v, k1, k2) * inverse_sum
        px, py = u * distortion + cx, v * distortion + cy
        inverse_range = 1.0 / np.sqrt(a * a + b * b + c * c)
        cos_emission = (gx * xj + gy * yj + gz * zj - 1.0) * inverse_normal[at] * inverse_range
        ok = (c > 0.0) & (cos_emission > cos_limit) & (u >= u0) & (u <= u1) & (v >= v0) & (v <= v1)
        ok = ok & (px >= c0) & (px <= c1) & (py >= r0) & (py <= r1)
        px, py = px if ok else c0, py if ok else r0
        i, k = np.int32(px), np.int32(py)
        tx[j], ty[j] = px - i, py - k
        corner[j] = k * columns + i
        taper = _taper(min(py - r0, r1 - py), inverse_edge) * _taper(min(px - c0, c1 - px), inverse_edge)
        weight[j] = taper * cos_emission * inverse_range * inverse_range * _MERIT_SCALE if ok else 0.0
        seen += ok
    return seen


@_compiled
def _cubic_row(pixels, k, columns, count, tx, ty, corner, value, gain):  # type: ignore[no-untyped-def]
    """Sample a strip by Catmull and Rom's cubic, which reproduces parabolas; and the gain for white noise."""
    half, two, three, four, five = np.float32(0.5), np.float32(2), np.float32(3), np.float32(4), np.float32(5)
    for j in range(count):
        t = tx[j]
        t2, t3 = t * t, t * t * t
        a, b, c, d = two * t2 - t3 - t, three * t3 - five * t2 + two, four * t2 - three * t3 + t, t3 - t2
        t = ty[j]
        t2, t3 = t * t, t * t * t
        e, f, g, h = two * t2 - t3 - t, three * t3 - five * t2 + two, four * t2 - three * t3 + t, t3 - t2
        m0 = np.uint64(corner[j] - columns - 1)
        m1, m2, m3 = m0 + np.uint64(1), m0 + np.uint64(2), m0 + np.uint64(3)
        size = np.uint64(columns)
        total = e * (a * pixels[k, m0] + b * pixels[k, m1] + c * pixels[k, m2] + d * pixels[k, m3])
        m0, m1, m2, m3 = m0 + size, m1 + size, m2 + size, m3 + size
        total += f * (a * pixels[k, m0] + b * pixels[k, m1] + c * pixels[k, m2] + d * pixels[k, m3])
        m0, m1, m2, m3 = m0 + size, m1 + size, m2 + size, m3 + size
        total += g * (a * pixels[k, m0] + b * pixels[k, m1] + c * pixels[k, m2] + d * pixels[k, m3])
        m0, m1, m2, m3 = m0 + size, m1 + size, m2 + size, m3 + size
        total += h * (a * pixels[k, m0] + b * pixels[k, m1] + c * pixels[k, m2] + d * pixels[k, m3])
        value[j] = half * half * total
        gain[j] = (a * a + b * b + c * c + d * d) * (e * e + f * f + g * g + h * h) * half * half * half * half


@_compiled
def _good_neighbours(pixels, sigma, k, at, columns, tx, ty):  # type: ignore[no-untyped-def]
    """Bilinear over the usable ones of four neighbours: their share, value, variance, and variance of a pixel."""
    good = value = variance = spread = 0.0
    for m in range(4):
        j = at + m % 2 + (columns if m >= 2 else 0)
        v, s = pixels[k, j], sigma[k, j]
        if v == v:
            w = (tx if m % 2 else 1.0 - tx) * (ty if m >= 2 else 1.0 - ty)
            good += w
            value += w * v
            variance += w * w * s * s
            spread += w * s * s
    if good < 1e-3:
        return 0.0, 0.0, 0.0, 1.0
    return good, value / good, variance / (good * good), spread / good


@_compiled
def _add_row(  # type: ignore[no-untyped-def]
    pixels, sigma, quality, k, columns, cubic, first, count, frame, tx, ty, corner, weight, value, gain,
    band, sum_weight, sum_value, sum_variance, flags, frames,
):  # fmt: skip
    """Add a framelet's samples to the sums of a row."""
    start, one, size = np.uint64(first), np.uint64(1), np.uint64(columns)
    moment = np.float32(frame)
    for j in range(count):
        w = weight[j]
        if w <= 0.0:
            continue
        at = np.uint64(corner[j])
        below = at + size
        v, t, r = value[j], tx[j], ty[j]
        # Weighed by the variance of the pixels: that of the interpolated value swings by a factor of 4 from pixel centres to
        # corners and would print this pattern on the weights.
        if cubic and v == v:
            s = sigma[k, (below if r > 0.5 else at) + (one if t > 0.5 else np.uint64(0))]
            spread = s * s
            variance = gain[j] * spread
        else:
            good, mean, mean_variance, mean_spread = _good_neighbours(pixels, sigma, k, corner[j], columns, t, r)
            v, variance, spread = np.float32(mean), np.float32(mean_variance), np.float32(mean_spread)
            w *= np.float32(good)
            if w <= 0.0:
                continue
        w /= spread
        to = start + np.uint64(j)
        sum_weight[band, to] += w
        sum_value[band, to] += w * v
        sum_variance[band, to] += w * w * variance
        flags[band, to] |= quality[k, at] | quality[k, at + one] | quality[k, below] | quality[k, below + one]
        frames[to] += w * moment


@_compiled
def _finish_row(  # type: ignore[no-untyped-def]
    band, row, left, n, sum_weight, sum_value, sum_variance, flags, values_out, sigma_out, weight_out, quality_out
):
    """Turn the sums of a row into mean and standard error, NaN without weight."""
    start = np.uint64(left)
    for j in range(n):
        total = sum_weight[band, j]
        inverse = np.float32(1.0) / (total if total > 0.0 else np.float32(np.nan))
        sum_value[band, j] *= inverse
        sum_variance[band, j] = np.sqrt(sum_variance[band, j]) * inverse
    for j in range(n):
        values_out[band, row, start + np.uint64(j)] = sum_value[band, j]
    for j in range(n):
        sigma_out[band, row, start + np.uint64(j)] = sum_variance[band, j]
    for j in range(n):
        weight_out[band, row, start + np.uint64(j)] = sum_weight[band, j]
    for j in range(n):
        quality_out[band, row, start + np.uint64(j)] = flags[band, j]


@_compiled
def _plane_row(planes, row, left, n, x, y, z, inverse_normal, weight, frames, radii, poses, ifov):  # type: ignore[no-untyped-def]
    """Backplanes of a row for the camera position at the weighted mean frame of what was blended."""
    start = np.uint64(left)
    last = len(poses) - 2
    for j in range(n):
        at = start + np.uint64(j)
        xj, yj, zj = x[j], y[j], z[j]
        frame = frames[j] / (weight[j] if weight[j] > 0.0 else np.float32(np.nan))
        k = np.uint64(max(min(int(frame if weight[j] > 0.0 else 0.0), last), 0))
        after, t = k + np.uint64(1 if last >= 0 else 0), frame - k
        dx = poses[k, 15] + t * (poses[after, 15] - poses[k, 15]) - xj
        dy = poses[k, 16] + t * (poses[after, 16] - poses[k, 16]) - yj
        dz = poses[k, 17] + t * (poses[after, 17] - poses[k, 17]) - zj
        sx = poses[k, 18] + t * (poses[after, 18] - poses[k, 18])
        sy = poses[k, 19] + t * (poses[after, 19] - poses[k, 19])
        sz = poses[k, 20] + t * (poses[after, 20] - poses[k, 20])
        distance = np.sqrt(dx * dx + dy * dy + dz * dz)
        nx, ny, nz = xj / radii[0] ** 2, yj / radii[1] ** 2, zj / radii[2] ** 2
        mu0 = (nx * sx + ny * sy + nz * sz) * inverse_normal[j]
        mu = (nx * dx + ny * dy + nz * dz) * inverse_normal[j] / distance
        off = frame - frame  # NaN where there is no weight
        planes[0, row, at] = arctan2_deg(zj, np.sqrt(xj * xj + yj * yj)) + off
        planes[1, row, at] = arctan2_deg(yj, xj) + off
        planes[2, row, at] = arccos_deg(mu0)
        planes[3, row, at] = arccos_deg(mu)
        planes[4, row, at] = arccos_deg((dx * sx + dy * sy + dz * sz) / distance)
        planes[5, row, at] = distance * ifov
        planes[6, row, at] = frame + 1.0


@_compiled
def _clear(sum_weight, sum_value, sum_variance, flags, touched, frames, weights):  # type: ignore[no-untyped-def]
    for band in range(len(touched)):
        touched[band] = False
        for j in range(TILE):
            sum_weight[band, j] = sum_value[band, j] = sum_variance[band, j] = 0.0
            flags[band, j] = 0
    for j in range(TILE):
        frames[j] = weights[j] = 0.0


@_compiled
def _blank(planes, first, last, top, bottom, left, right):  # type: ignore[no-untyped-def]
    start = np.uint64(left)
    for m in range(first, last):
        for row in range(top, bottom):
            for j in range(right - left):
                planes[m, row, start + np.uint64(j)] = np.nan


@_compiled
def project_rows(  # type: ignore[no-untyped-def]
    row_first, row_last, grid, radii, poses, lenses, frame_of, band_of,
    pixels, sigma, quality, columns, cubic, inverse_edge, cos_limit, ifov,
    values_out, sigma_out, quality_out, weight_out, planes_out,
):  # fmt: skip
    """Project map rows [row_first, row_last), at most `TILE` of them; returns the number of covered ground points.

    `pixels` (from `mask_bad`), `sigma` and `quality` are (framelets, pixels); outputs are (bands, rows, columns) and (planes,
    rows, columns), the latter with no planes where none are wanted. Flags and weights come in as zeros.
    """
    n_bands, width = values_out.shape[0], values_out.shape[2]
    n_framelets, rows = len(frame_of), row_last - row_first
    want_planes = planes_out.shape[0] > 0
    x, y, z, inverse_normal = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    before, box = np.empty((3, TILE)), np.empty(6)
    cos_lon, sin_lon = np.empty(TILE), np.empty(TILE)
    nodes, at = np.empty((3, _NODES)), np.empty(_NODES, np.int64)
    tx, ty, weight = np.empty(TILE, np.float32), np.empty(TILE, np.float32), np.empty(TILE, np.float32)
    value, gain, corner = np.empty(TILE, np.float32), np.empty(TILE, np.float32), np.empty(TILE, np.int32)
    sum_weight, sum_value = np.empty((n_bands, TILE), np.float32), np.empty((n_bands, TILE), np.float32)
    sum_variance, flags = np.empty((n_bands, TILE), np.float32), np.empty((n_bands, TILE), np.uint16)
    weights, frames = np.empty(TILE, np.float32), np.empty(TILE, np.float32)
    chosen, touched = np.empty(n_framelets, np.int64), np.empty(n_bands, np.bool_)
    covered, zero = 0, row_first - row_first  # a literal 0 would compile `_blank` twice
    for left in range(0, width, TILE):
        n = min(TILE, width - left)
        if int(grid[0]) == EQUIRECTANGULAR:
            _meridians(grid, left, n, cos_lon, sin_lon)
        radius = _tile_sphere(
            grid, radii, row_first, rows, left, n, cos_lon, sin_lon, x, y, z, inverse_normal, before, box
        )
        n_chosen = 0
        for k in range(n_framelets):
            if radius >= 0.0 and band_of[k] >= 0:
                if _may_see(poses, frame_of[k], lenses, k, box[0], box[1], box[2], radius):
                    chosen[n_chosen] = k
                    n_chosen += 1
        if n_chosen == 0:
            _blank(values_out, zero, n_bands, row_first, row_last, left, left + n)
            _blank(sigma_out, zero, n_bands, row_first, row_last, left, left + n)
            _blank(planes_out, zero, len(planes_out), row_first, row_last, left, left + n)
            continue
        for row in range(row_first, row_last):
            _clear(sum_weight, sum_value, sum_variance, flags, touched, frames, weights)
            _ground_row(grid, radii, row, left, n, cos_lon, sin_lon, x, y, z, inverse_normal)
            reach = _row_nodes(x, y, z, n, nodes, at)
            for index in range(n_chosen):
                k = chosen[index]
                frame, band = frame_of[k], band_of[k]
                first, last = zero, n
                if reach >= 0.0:
                    first, last = _stretch(poses, frame, lenses, k, nodes, at, reach)
                if first >= last:
                    continue
                count = last - first
                if _pixel_row(
                    poses, frame, lenses, k, cos_limit, inverse_edge, columns, x, y, z, inverse_normal, first, count,
                    tx, ty, corner, weight,
                ):  # fmt: skip
                    touched[band] = True
                    if cubic:
                        _cubic_row(pixels, k, columns, count, tx, ty, corner, value, gain)
                    _add_row(
                        pixels, sigma, quality, k, columns, cubic, first, count, frame, tx, ty, corner, weight, value,
                        gain, band, sum_weight, sum_value, sum_variance, flags, frames,
                    )  # fmt: skip
            for band in range(n_bands):
                if touched[band]:
                    for j in range(n):
                        weights[j] += sum_weight[band, j]
                    _finish_row(
                        band, row, left, n, sum_weight, sum_value, sum_variance, flags,
                        values_out, sigma_out, weight_out, quality_out,
                    )  # fmt: skip
                else:
                    _blank(values_out, band, band + 1, row, row + 1, left, left + n)
                    _blank(sigma_out, band, band + 1, row, row + 1, left, left + n)
            for j in range(n):
                covered += weights[j] > 0.0
            if want_planes:
                _plane_row(planes_out, row, left, n, x, y, z, inverse_normal, weights, frames, radii, poses, ifov)
    return covered
