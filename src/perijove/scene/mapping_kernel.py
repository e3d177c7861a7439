"""The compiled heart of the inverse projection: map pixels to framelets, row by row of small tiles.

Work is saved twice. A tile of 64 x 64 pixels asks once which framelets can see any of it (its bounding sphere against the
pyramid of each strip); then each row of the tile asks again. What is left is computed exactly for each pixel, in scratch rows
that stay in the first-level cache, so that the loops over a row vectorise.

Array layouts (columns):

- `grid`: kind, x_left, y_top, resolution, sphere radius, centre longitude (rad), axes (9), camera distance, position (3).
- `poses`, one row per frame: body_to_camera R (9), -R P (3), P / radii² (3), P (3), sun (3).
- `lenses`, one row per framelet: see the LENS constants.
"""

import numba
import numpy as np

from perijove.camera.model import distorted_scale

__all__ = ["EQUIRECTANGULAR", "LENS_SIZE", "ORTHOGRAPHIC", "PERSPECTIVE", "PLANES", "STEREOGRAPHIC", "TILE", "project_rows"]

TILE = 64  # pixels; 32 culls better but its rows are too short to vectorise well
EQUIRECTANGULAR, STEREOGRAPHIC, ORTHOGRAPHIC, PERSPECTIVE = 0, 1, 2, 3
PLANES = 7  # latitude, longitude_east, incidence, emission, phase, resolution, frame

# Columns of `lenses`: focal length, axis column and row (summed px, index of the first pixel's centre = 0), k1, k2,
# 1 / summing; half-planes of the undistorted strip (u min, u max, v min, v max); window of usable pixel centres (column min,
# column max, row min, row max).
_F, _CX, _CY, _K1, _K2, _INVERSE_SUM, _U0, _U1, _V0, _V1, _C0, _C1, _R0, _R1 = range(14)
LENS_SIZE = 14

_MERIT_SCALE = 1e6  # km²: weights count ranges in 1000 km, which keeps float32 in its middle
_NODES = 9  # a tile is first looked at on a lattice of 9 x 9 points
# NaN and infinity must keep their meaning: they say "no ground here" and "behind the camera".
_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@_compiled
def _meridians(grid, first, stride, n, cos_lon, sin_lon):  # type: ignore[no-untyped-def]
    """Cosines and sines of the longitudes of an equirectangular map's columns; NaN beyond its edges."""
    if int(grid[0]) != EQUIRECTANGULAR:
        return
    for j in range(n):
        offset = (grid[1] + (first + j * stride + 0.5) * grid[3]) / grid[4]
        cos_lon[j], sin_lon[j] = np.cos(grid[5] + offset), np.sin(grid[5] + offset)
        if abs(offset) > np.pi + 1e-14:
            cos_lon[j] = np.nan


@_compiled
def _ground_row(grid, radii, row, first, stride, n, cos_lon, sin_lon, x, y, z, inverse_normal):  # type: ignore[no-untyped-def]
    """Fill a scratch row with ground points (NaN where the map shows none) and 1 / |p / radii²|.

    The points are those of columns first, first + stride, ...; row, column and stride may be fractions.
    """
    kind = int(grid[0])
    sphere = grid[4]
    y_map = grid[2] - (row + 0.5) * grid[3]
    x_map = grid[1] + (first + 0.5) * grid[3]
    step = stride * grid[3]
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
            if od >= 0.0:
                under = np.nan
            t = pp1 / (np.sqrt(under) - od)
            x[j], y[j], z[j] = (px + t * dx) * radii[0], (py + t * dy) * radii[1], (pz + t * dz) * radii[2]
    else:
        north = y_map / sphere
        for j in range(n):
            east = (x_map + j * step) / sphere
            square = east * east + north * north
            if kind == ORTHOGRAPHIC:
                factor = 1.0
                up = np.sqrt(1.0 - square)
            else:
                factor = 1.0 / (1.0 + 0.25 * square)
                up = (1.0 - 0.25 * square) * factor
            e, m = east * factor, north * factor
            x[j] = e * grid[6] + m * grid[9] + up * grid[12]
            y[j] = e * grid[7] + m * grid[10] + up * grid[13]
            z[j] = e * grid[8] + m * grid[11] + up * grid[14]
    for j in range(n):
        u, v, w = x[j] * ia, y[j] * ib, z[j] * ic
        scale = 1.0 / np.sqrt(u * u + v * v + w * w)
        x[j] *= scale
        y[j] *= scale
        z[j] *= scale
        u, v, w = u * scale * ia, v * scale * ib, w * scale * ic
        inverse_normal[j] = 1.0 / np.sqrt(u * u + v * v + w * w)


@_compiled
def _may_see(pose, lens, box, radius):  # type: ignore[no-untyped-def]
    """Whether a framelet can see any surface point within `radius` of the box's centre: never wrongly False."""
    x, y, z = 0.5 * (box[0] + box[3]), 0.5 * (box[1] + box[4]), 0.5 * (box[2] + box[5])
    gx, gy, gz = pose[12], pose[13], pose[14]
    if gx * x + gy * y + gz * z - 1.0 + radius * np.sqrt(gx * gx + gy * gy + gz * gz) <= 0.0:
        return False
    cx = pose[0] * x + pose[1] * y + pose[2] * z + pose[9]
    cy = pose[3] * x + pose[4] * y + pose[5] * z + pose[10]
    cz = pose[6] * x + pose[7] * y + pose[8] * z + pose[11]
    if cz < -radius:
        return False
    f = lens[_F]
    for axis in range(2):
        offset = cx if axis == 0 else cy
        low, high = lens[_U0 + 2 * axis], lens[_U1 + 2 * axis]
        if f * offset - low * cz < -radius * np.sqrt(f * f + low * low):
            return False
        if high * cz - f * offset < -radius * np.sqrt(f * f + high * high):
            return False
    return True


@_compiled
def _extend_box(x, y, z, n, box):  # type: ignore[no-untyped-def]
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
def _box_radius(box):  # type: ignore[no-untyped-def]
    dx, dy, dz = box[3] - box[0], box[4] - box[1], box[5] - box[2]
    return 0.5 * np.sqrt(dx * dx + dy * dy + dz * dz)


@_compiled
def _row_box(x, y, z, n, box):  # type: ignore[no-untyped-def]
    """Box about a row; returns by how much a sphere about it must be widened.

    Every 8th point is looked at: on the ground, those between are no farther from one than its neighbour is.
    """
    box[:3] = np.inf
    box[3:] = -np.inf
    finite, points = 0, 0
    gap2 = 0.0
    before = 0
    for i in range(_NODES):
        j = (i * (n - 1)) // (_NODES - 1)
        finite += _extend_box(x[j : j + 1], y[j : j + 1], z[j : j + 1], 1, box)
        gap2 = max(gap2, (x[j] - x[before]) ** 2 + (y[j] - y[before]) ** 2 + (z[j] - z[before]) ** 2)
        before = j
        points += 1
    if finite == points:
        return np.sqrt(gap2)
    _extend_box(x, y, z, n, box)
    return 0.0


@_compiled
def _tile_box(grid, radii, row_first, rows, col_first, columns, cos_lon, sin_lon, x, y, z, inverse_normal, box):  # type: ignore[no-untyped-def]
    """Box that holds all ground points of a tile; returns by how much a sphere about it must be widened, -1 if empty.

    A lattice that lies on the ground altogether bounds the points between its nodes as in `_row_box`. Tiles with a node
    off the body are looked at point by point. Leaves the meridians of the tile's columns behind.
    """
    box[:3] = np.inf
    box[3:] = -np.inf
    previous = np.full((3, _NODES), np.nan)
    finite = 0
    gap_x2 = gap_y2 = 0.0
    stride = (columns - 1) / (_NODES - 1.0)
    _meridians(grid, col_first, stride, _NODES, cos_lon, sin_lon)
    for i in range(_NODES):
        row = row_first + i * (rows - 1) / (_NODES - 1.0)
        _ground_row(grid, radii, row, col_first, stride, _NODES, cos_lon, sin_lon, x, y, z, inverse_normal)
        finite += _extend_box(x, y, z, _NODES, box)
        for j in range(_NODES):
            if j > 0:
                gap_x2 = max(gap_x2, (x[j] - x[j - 1]) ** 2 + (y[j] - y[j - 1]) ** 2 + (z[j] - z[j - 1]) ** 2)
            if i > 0:
                dx, dy, dz = x[j] - previous[0, j], y[j] - previous[1, j], z[j] - previous[2, j]
                gap_y2 = max(gap_y2, dx * dx + dy * dy + dz * dz)
            previous[0, j], previous[1, j], previous[2, j] = x[j], y[j], z[j]
    _meridians(grid, col_first, 1.0, columns, cos_lon, sin_lon)
    if finite == _NODES * _NODES:
        return np.sqrt(gap_x2) + np.sqrt(gap_y2)
    finite = 0
    for i in range(rows):
        _ground_row(grid, radii, 1.0 * (row_first + i), col_first, 1.0, columns, cos_lon, sin_lon, x, y, z, inverse_normal)
        finite += _extend_box(x, y, z, columns, box)
    return 0.0 if finite > 0 else -1.0


@_compiled
def _pixel_row(pose, lens, cos_limit, x, y, z, inverse_normal, n, column, line, quality):  # type: ignore[no-untyped-def]
    """Where a framelet sees a row of ground points.

    Fills pixel indices (column, line) and the geometric merit cos(emission) / range², 0 where the point is not seen.
    Returns how many points are seen.
    """
    f, k1, k2, cx, cy, inverse_sum = lens[_F], lens[_K1], lens[_K2], lens[_CX], lens[_CY], lens[_INVERSE_SUM]
    u0, u1, v0, v1 = lens[_U0], lens[_U1], lens[_V0], lens[_V1]
    c0, c1, r0, r1 = lens[_C0], lens[_C1], lens[_R0], lens[_R1]
    seen = 0
    for j in range(n):
        xj, yj, zj = x[j], y[j], z[j]
        a = pose[0] * xj + pose[1] * yj + pose[2] * zj + pose[9]
        b = pose[3] * xj + pose[4] * yj + pose[5] * zj + pose[10]
        c = pose[6] * xj + pose[7] * yj + pose[8] * zj + pose[11]
        scale = f / c
        u, v = a * scale, b * scale
        distortion = distorted_scale(u * u + v * v, k1, k2) * inverse_sum
        px, py = u * distortion + cx, v * distortion + cy
        inverse_range = 1.0 / np.sqrt(a * a + b * b + c * c)
        up = (pose[12] * xj + pose[13] * yj + pose[14] * zj - 1.0) * inverse_normal[j] * inverse_range
        ok = (c > 0.0) & (up > cos_limit) & (u >= u0) & (u <= u1) & (v >= v0) & (v <= v1)
        ok = ok & (px >= c0) & (px <= c1) & (py >= r0) & (py <= r1)
        column[j], line[j] = px, py
        quality[j] = up * inverse_range * inverse_range if ok else 0.0
        seen += ok
    return seen


@_compiled
def _cubic_weights(t):  # type: ignore[no-untyped-def]
    """Weights of four neighbours by Catmull and Rom's cubic, which reproduces parabolas."""
    half = np.float32(0.5)
    t2 = t * t
    t3 = t2 * t
    one, two, three, four, five = np.float32(1), np.float32(2), np.float32(3), np.float32(4), np.float32(5)
    return (
        half * (two * t2 - t3 - t),
        half * (three * t3 - five * t2 + two),
        half * (four * t2 - three * t3 + t),
        half * (t3 - t2),
    )


@_compiled
def _taper(distance, inverse_width):  # type: ignore[no-untyped-def]
    """From 0 at the edge to 1 at the width, by the cubic that keeps within 0.01 of a raised cosine."""
    t = min(max(distance * inverse_width, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@_compiled
def _divide(value, variance, weight, n):  # type: ignore[no-untyped-def]
    """Turn sums into mean and standard error, in place; NaN without weight."""
    for j in range(n):
        inverse = np.float32(1.0) / (weight[j] if weight[j] > 0.0 else np.float32(np.nan))
        value[j] *= inverse
        variance[j] = np.sqrt(variance[j]) * inverse


@_compiled
def _copy(source, target):  # type: ignore[no-untyped-def]
    for j in range(len(target)):
        target[j] = source[j]


@_compiled
def _write_planes(planes, row, first, n, x, y, z, inverse_normal, weight, frame_sum, radii, poses, ifov):  # type: ignore[no-untyped-def]
    """Backplanes of a row for the camera position at the weighted mean frame of what was blended."""
    degrees = 180.0 / np.pi
    for j in range(n):
        if not weight[j] > 0.0:
            for m in range(PLANES):
                planes[m, row, first + j] = np.nan
            continue
        frame = frame_sum[j] / weight[j]
        k = max(min(int(frame), len(poses) - 2), 0)
        after = min(k + 1, len(poses) - 1)
        t = frame - k
        dx = poses[k, 15] + t * (poses[after, 15] - poses[k, 15]) - x[j]
        dy = poses[k, 16] + t * (poses[after, 16] - poses[k, 16]) - y[j]
        dz = poses[k, 17] + t * (poses[after, 17] - poses[k, 17]) - z[j]
        sx = poses[k, 18] + t * (poses[after, 18] - poses[k, 18])
        sy = poses[k, 19] + t * (poses[after, 19] - poses[k, 19])
        sz = poses[k, 20] + t * (poses[after, 20] - poses[k, 20])
        distance = np.sqrt(dx * dx + dy * dy + dz * dz)
        nx, ny, nz = x[j] / radii[0] ** 2, y[j] / radii[1] ** 2, z[j] / radii[2] ** 2
        mu0 = (nx * sx + ny * sy + nz * sz) * inverse_normal[j]
        mu = (nx * dx + ny * dy + nz * dz) * inverse_normal[j] / distance
        cos_phase = (dx * sx + dy * sy + dz * sz) / distance
        planes[0, row, first + j] = degrees * np.arctan2(z[j], np.sqrt(x[j] * x[j] + y[j] * y[j]))
        planes[1, row, first + j] = degrees * np.arctan2(y[j], x[j])
        planes[2, row, first + j] = degrees * np.arccos(min(max(mu0, -1.0), 1.0))
        planes[3, row, first + j] = degrees * np.arccos(min(max(mu, -1.0), 1.0))
        planes[4, row, first + j] = degrees * np.arccos(min(max(cos_phase, -1.0), 1.0))
        planes[5, row, first + j] = distance * ifov
        planes[6, row, first + j] = frame + 1.0


@_compiled
def project_rows(  # type: ignore[no-untyped-def]
    row_first, row_last, grid, radii, poses, lenses, frame_of, band_of,
    radiance, sigma, quality, strip_rows, strip_columns, bad_bits, cubic, edge_px, cos_limit, ifov,
    values_out, sigma_out, quality_out, weight_out, planes_out,
):
    """Project map rows [row_first, row_last), at most `TILE` of them; returns the number of covered ground points.

    `radiance`, `sigma` and `quality` are flat; outputs are (bands, rows, columns) and (planes, rows, columns), the latter
    with no planes where none are wanted.
    """
    n_bands, width = values_out.shape[0], values_out.shape[2]
    n_framelets = len(frame_of)
    want_planes = planes_out.shape[0] > 0
    x, y, z, inverse_normal = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    column, line, merit = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    box, cos_lon, sin_lon = np.empty(6), np.empty(TILE), np.empty(TILE)
    chosen = np.empty(n_framelets, np.int64)
    sum_weight, sum_value = np.empty((n_bands, TILE), np.float32), np.empty((n_bands, TILE), np.float32)
    sum_variance, flags = np.empty((n_bands, TILE), np.float32), np.empty((n_bands, TILE), np.uint16)
    touched = np.empty(n_bands, np.bool_)
    all_weight, all_frame = np.empty(TILE), np.empty(TILE)
    size = strip_rows * strip_columns
    inverse_edge = 1.0 / edge_px
    covered = 0
    for col_first in range(0, width, TILE):
        n = min(TILE, width - col_first)
        # 1. Which framelets can see the tile at all.
        n_chosen = 0
        rows = row_last - row_first
        margin = _tile_box(grid, radii, row_first, rows, col_first, n, cos_lon, sin_lon, x, y, z, inverse_normal, box)
        if margin >= 0.0:
            radius = _box_radius(box) + margin
            for k in range(n_framelets):
                if band_of[k] >= 0 and _may_see(poses[frame_of[k]], lenses[k], box, radius):
                    chosen[n_chosen] = k
                    n_chosen += 1
        if n_chosen == 0:  # the caller's zeros stay for flags and weights
            values_out[:, row_first:row_last, col_first : col_first + n] = np.nan
            sigma_out[:, row_first:row_last, col_first : col_first + n] = np.nan
            planes_out[:, row_first:row_last, col_first : col_first + n] = np.nan
            continue
        for row in range(row_first, row_last):
            sum_weight[:] = 0.0
            sum_value[:] = 0.0
            sum_variance[:] = 0.0
            flags[:] = 0
            touched[:] = False
            all_weight[:] = 0.0
            all_frame[:] = 0.0
            _ground_row(grid, radii, 1.0 * row, col_first, 1.0, n, cos_lon, sin_lon, x, y, z, inverse_normal)
            radius = _row_box(x, y, z, n, box) + _box_radius(box)
            for index in range(n_chosen):
                # 2. Which of those can see the row, and exactly where.
                k = chosen[index]
                frame = frame_of[k]
                pose, lens = poses[frame], lenses[k]
                if not _may_see(pose, lens, box, radius):
                    continue
                if _pixel_row(pose, lens, cos_limit, x, y, z, inverse_normal, n, column, line, merit) == 0:
                    continue
                # 3. Sample and blend.
                band = band_of[k]
                touched[band] = True
                base = k * size
                for j in range(n):
                    if merit[j] <= 0.0:
                        continue
                    px, py = column[j], line[j]
                    i0, j0 = int(px), int(py)  # both are >= 0: truncation is floor
                    i0, j0 = min(i0, strip_columns - 2), min(j0, strip_rows - 2)
                    tx, ty = np.float32(px - i0), np.float32(py - j0)
                    edge = min(py - lens[_R0], lens[_R1] - py)
                    side = min(px - lens[_C0], lens[_C1] - px)
                    weight = merit[j] * _MERIT_SCALE * _taper(edge, inverse_edge) * _taper(side, inverse_edge)
                    if weight <= 0.0:
                        continue
                    corner = np.uint64(base + j0 * strip_columns + i0)
                    below = corner + np.uint64(strip_columns)
                    one = np.uint64(1)
                    flag = quality[corner] | quality[corner + one] | quality[below] | quality[below + one]
                    done = False
                    value = np.float32(0.0)
                    gain = 1.0
                    if cubic and i0 >= 1 and j0 >= 1 and i0 < strip_columns - 2 and j0 < strip_rows - 2:
                        start = np.uint64(base + (j0 - 1) * strip_columns + i0 - 1)
                        any_flag = np.uint16(0)
                        wx0, wx1, wx2, wx3 = _cubic_weights(tx)
                        wy0, wy1, wy2, wy3 = _cubic_weights(ty)
                        at = start
                        for m in range(4):
                            wy = wy0 if m == 0 else (wy1 if m == 1 else (wy2 if m == 2 else wy3))
                            a1, a2, a3 = at + one, at + np.uint64(2), at + np.uint64(3)
                            any_flag |= quality[at] | quality[a1] | quality[a2] | quality[a3]
                            value += wy * (wx0 * radiance[at] + wx1 * radiance[a1] + wx2 * radiance[a2] + wx3 * radiance[a3])
                            at += np.uint64(strip_columns)
                        gain = (wx0 * wx0 + wx1 * wx1 + wx2 * wx2 + wx3 * wx3) * (wy0 * wy0 + wy1 * wy1 + wy2 * wy2 + wy3 * wy3)
                        done = (any_flag & bad_bits) == 0
                    nearest = corner + (one if tx > 0.5 else np.uint64(0)) + (np.uint64(strip_columns) if ty > 0.5 else np.uint64(0))
                    noise = sigma[nearest]
                    if not (done and abs(value) < np.inf and noise > 0.0 and noise < np.inf):
                        # Bilinear over the good ones of the four neighbours.
                        good = np.float32(0.0)
                        value = np.float32(0.0)
                        squares = 0.0
                        spread = 0.0
                        for m in range(4):
                            at = (corner if m < 2 else below) + (one if m % 2 else np.uint64(0))
                            w = (tx if m % 2 else np.float32(1.0) - tx) * (ty if m >= 2 else np.float32(1.0) - ty)
                            s = sigma[at]
                            if (quality[at] & bad_bits) == 0 and s > 0.0 and s < np.inf and abs(radiance[at]) < np.inf:
                                good += w
                                value += w * radiance[at]
                                squares += w * w * s * s
                                spread += w * s * s
                        if good < 1e-3:
                            continue
                        value /= good
                        weight *= good
                        variance = squares / (good * good)
                        spread /= good
                    else:
                        spread = noise * noise
                        variance = gain * spread
                    # Weighed by the pixels' own variance: that of the interpolated value swings by a factor of 4 from pixel
                    # centres to corners and would print that pattern on the weights.
                    weight /= spread
                    sum_weight[band, j] += weight
                    sum_value[band, j] += weight * value
                    sum_variance[band, j] += weight * weight * variance
                    flags[band, j] |= flag
                    all_frame[j] += weight * frame
            # 4. Write the row.
            for band in range(n_bands):
                if not touched[band]:
                    values_out[band, row, col_first : col_first + n] = np.nan
                    sigma_out[band, row, col_first : col_first + n] = np.nan
                    continue
                _divide(sum_value[band], sum_variance[band], sum_weight[band], n)
                _copy(sum_value[band], values_out[band, row, col_first : col_first + n])
                _copy(sum_variance[band], sigma_out[band, row, col_first : col_first + n])
                _copy(sum_weight[band], weight_out[band, row, col_first : col_first + n])
                _copy(flags[band], quality_out[band, row, col_first : col_first + n])
                for j in range(n):
                    all_weight[j] += sum_weight[band, j]
            for j in range(n):
                covered += all_weight[j] > 0.0
            if want_planes:
                _write_planes(planes_out, row, col_first, n, x, y, z, inverse_normal, all_weight, all_frame, radii, poses, ifov)
    return covered
