"""The compiled heart of the inverse projection: map pixels to framelets, row by row of small tiles.

Work is saved three times. A tile of 128 x 32 pixels asks once which framelets can see any of it, and each row of
the tile finds the stretch that a framelet can see (`culling_kernel`). What is left is computed for each pixel, in
scratch rows that stay in the first-level cache, by loops without branches that vectorise; only what is fetched from
the pictures goes pixel by pixel. Sums stay in the second-level cache until a tile is done: a map is written once,
which on large maps is a quarter of the time.

Indices that start within a row are unsigned, and rows are passed as whole arrays with their index: numba tests
signed indices for being negative and counts references of views, and either costs more than the work of a short
row.
"""

import numpy as np

from perijove.compiled import njit
from perijove.geometry.arctangent_kernel import arccos_deg, arctan2_deg
from perijove.scene.cubic_kernel import cubic_gain, cubic_sample, prefetch
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
    PARTS,
    R2_MAX,
    TILE_ROWS,
    TILE_WIDTH,
    ground_row,
    may_see,
    meridians,
    row_balls,
    seen_parts,
    stretch,
    tile_sphere,
)

__all__ = ["FRAME_PLANE", "PLANES", "mask_bad", "project_rows"]

PLANES = 7  # latitude, longitude_east, incidence, emission, phase, resolution, frame
FRAME_PLANE = 6

_MERIT_SCALE = 1e6  # km²: weights count ranges in 1000 km, which keeps float32 in its middle
# NaN and infinity must keep their meaning: they say "no ground here", "bad pixel" and "behind the camera".
_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})
_places_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})  # as exact as single can be


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
    t = min(max(t, np.float32(0.0)), np.float32(1.0))
    return t * t * (np.float32(3.0) - np.float32(2.0) * t)


@_compiled
def _good_neighbours(pixels, sigma, k, at, columns, tx, ty):  # type: ignore[no-untyped-def]
    """Bilinear over the usable ones of four neighbours: their share, gain for white noise, variance of a pixel."""
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
    spread /= good
    return np.float32(good), np.float32(value / good), np.float32(variance / (good**2 * spread)), np.float32(spread)


@_compiled
def _near(x, y, z, inverse_normal, start, n, center, offsets):  # type: ignore[no-untyped-def]
    """Single-precision copy of a row of ground points, from the middle of the tile, and of 1 / |p / radii²|."""
    for j in range(n):
        at = np.uint64(start) + np.uint64(j)
        offsets[0, at], offsets[1, at], offsets[2, at] = x[at] - center[0], y[at] - center[1], z[at] - center[2]
        offsets[3, at] = inverse_normal[at]


@_places_compiled
def _places(  # type: ignore[no-untyped-def]
    poses, frame, lenses, k, cos_limit, inverse_edge, columns, offsets, center, start, count,
    tx, ty, corner, weight, gain,
):  # fmt: skip
    """Where a framelet sees ground points: corner pixel, fractions beyond it, weight by geometry (0 where not seen).

    Returns the first point that is seen and one past the last. The sight of the middle of the tile is computed in
    double precision, all that is added to it in single: columns and rows come out to 1e-4 px.
    """
    # 1. The pose (see `culling_kernel` for its columns). With d a point's offset from the middle m of the tile, the
    # line of sight in the camera frame is R d + (R m - R P): the bracket in double precision, R d in single.
    x0, y0, z0 = center[0], center[1], center[2]
    rxx, rxy, rxz = np.float32(poses[frame, 0]), np.float32(poses[frame, 1]), np.float32(poses[frame, 2])
    ryx, ryy, ryz = np.float32(poses[frame, 3]), np.float32(poses[frame, 4]), np.float32(poses[frame, 5])
    rzx, rzy, rzz = np.float32(poses[frame, 6]), np.float32(poses[frame, 7]), np.float32(poses[frame, 8])
    a0 = np.float32(poses[frame, 0] * x0 + poses[frame, 1] * y0 + poses[frame, 2] * z0 + poses[frame, 9])
    b0 = np.float32(poses[frame, 3] * x0 + poses[frame, 4] * y0 + poses[frame, 5] * z0 + poses[frame, 10])
    c0 = np.float32(poses[frame, 6] * x0 + poses[frame, 7] * y0 + poses[frame, 8] * z0 + poses[frame, 11])
    # n . P - 1 with n = p / radii²: the height of the camera over the point's tangent plane, times |n|.
    gx, gy, gz = np.float32(poses[frame, 12]), np.float32(poses[frame, 13]), np.float32(poses[frame, 14])
    up0 = np.float32(poses[frame, 12] * x0 + poses[frame, 13] * y0 + poses[frame, 14] * z0 - 1.0)
    # 2. The lens, and the window of the strip in which the cubic finds its sixteen neighbours.
    f, k1, k2 = np.float32(lenses[k, FOCAL]), np.float32(lenses[k, K1]), np.float32(lenses[k, K2])
    per_sum, r2_max = np.float32(lenses[k, INVERSE_SUMMING]), np.float32(lenses[k, R2_MAX])
    # Counted from the whole pixel at the axis, which keeps numbers small and fractions exact.
    axis_column, axis_row = np.floor(lenses[k, AXIS_COLUMN]), np.floor(lenses[k, AXIS_ROW])
    cx, cy = np.float32(lenses[k, AXIS_COLUMN] - axis_column), np.float32(lenses[k, AXIS_ROW] - axis_row)
    left, right = np.float32(lenses[k, FIRST_COLUMN] - axis_column), np.float32(lenses[k, LAST_COLUMN] - axis_column)
    top, bottom = np.float32(lenses[k, FIRST_ROW] - axis_row), np.float32(lenses[k, LAST_ROW] - axis_row)
    origin, width = np.int32(axis_row) * np.int32(columns) + np.int32(axis_column), np.int32(columns)
    limit, per_edge, merit = np.float32(cos_limit), np.float32(inverse_edge), np.float32(_MERIT_SCALE)
    one, zero = np.float32(1.0), np.float32(0.0)
    for j in range(count):
        # 3. Line of sight (a, b, c), and by it the offset from the axis: (u, v) = f (a, b) / c.
        g = start + np.uint64(j)
        xj, yj, zj = offsets[0, g], offsets[1, g], offsets[2, g]
        a = rxx * xj + rxy * yj + rxz * zj + a0
        b = ryx * xj + ryy * yj + ryz * zj + b0
        c = rzx * xj + rzy * yj + rzz * zj + c0
        scale = f / c
        u, v = a * scale, b * scale
        r2 = u * u + v * v
        # As in `StripCamera.pixels`.
        distortion = (one + r2 * (k1 + r2 * k2)) * per_sum
        px, py = u * distortion + cx, v * distortion + cy
        across, down = min(px - left, right - px), min(py - top, bottom - py)
        # 4. Whether the strip shows the point: ahead, within the lens, steeply enough, within the window.
        inverse_range = one / np.sqrt(a * a + b * b + c * c)
        oblique = (gx * xj + gy * yj + gz * zj + up0) * offsets[3, g] * inverse_range - limit
        ok = (c > zero) & (r2 <= r2_max) & (oblique > zero) & (across >= zero) & (down >= zero)
        # 5. Corner of the four pixels about the place, fractions beyond it, weight: taper x (cos e - limit) / r².
        px, py = px if ok else left, py if ok else top
        column, row = np.floor(px), np.floor(py)
        tx[j], ty[j] = px - column, py - row
        gain[j] = cubic_gain(px - column) * cubic_gain(py - row)
        corner[j] = np.int32(row) * width + np.int32(column) + origin
        taper = _taper(down * per_edge) * _taper(across * per_edge)
        weight[j] = taper * oblique * inverse_range * inverse_range * merit if ok else zero
    # 6. Points at both ends that the framelet does not show are not fetched.
    while count > 0 and weight[count - 1] == zero:
        count -= 1
    skip = 0
    while skip < count and weight[skip] == zero:
        skip += 1
    return skip, count


@_compiled
def _add_framelet(  # type: ignore[no-untyped-def]
    k, frame, band, poses, lenses, pixels, sigma, quality, columns, cubic, inverse_edge, cos_limit,
    rows, offsets, center, depth, ends,
    tx, ty, corner, weight, value, gain, spread, flag, weights, values, variances, flags, moments, looks,
):  # fmt: skip
    """Add what a framelet shows of a tile to its sums of weights, weighted values and variances, flags and frames.

    Scratch rows have the shape (TILE_WIDTH,), sums (bands, TILE_WIDTH TILE_ROWS); `moments` and `looks`, the sums of
    weighted frames and of weights over all bands, have none of these points where they are not wanted.
    """
    size, i0, i1, i2 = np.uint64(columns), np.uint64(0), np.uint64(1), np.uint64(2)
    half, zero = np.float32(0.5), np.float32(0.0)
    moment = np.float32(frame)
    for line in range(rows):
        first, last = stretch(depth, line, ends)
        if first >= last:
            continue
        # 1. Where the framelet sees the ground, and what it counts there by geometry.
        start = np.uint64(line * TILE_WIDTH + first)
        skip, count = _places(
            poses, frame, lenses, k, cos_limit, inverse_edge, columns, offsets, center, start, last - first,
            tx, ty, corner, weight, gain,
        )  # fmt: skip
        for j in range(np.uint64(skip), np.uint64(count), i2):
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
        # 2. The value there, and the variance of a pixel, which weighs: that of the interpolated value swings by a
        # factor of 4 from pixel centres to corners and would print this pattern on the weights.
        if cubic:
            for j in range(np.uint64(skip), np.uint64(count)):
                value[j] = cubic_sample(pixels, k, corner[j], columns, tx[j], ty[j])
        for j in range(np.uint64(skip), np.uint64(count)):
            here, t, r = np.uint64(corner[j]), tx[j], ty[j]
            below = here + size
            flag[j] = quality[k, here] | quality[k, here + i1] | quality[k, below] | quality[k, below + i1]
            if cubic and not np.isnan(value[j]):
                s = sigma[k, (below if r > half else here) + (i1 if t > half else i0)]
                spread[j] = s * s
            else:
                good, value[j], gain[j], spread[j] = _good_neighbours(pixels, sigma, k, corner[j], columns, t, r)
                weight[j] *= good
        # 3. Add up.
        for j in range(np.uint64(skip), np.uint64(count)):
            w, to = weight[j] / spread[j], start + j
            weights[band, to] += w
            values[band, to] += w * value[j]
            variances[band, to] += w * w * spread[j] * gain[j]
            flags[band, to] |= flag[j] if w > zero else np.uint16(0)
        if len(moments) > 0:
            for j in range(np.uint64(skip), np.uint64(count)):
                moments[start + j] += weight[j] / spread[j] * moment
        if len(looks) > 0:
            for j in range(np.uint64(skip), np.uint64(count)):
                looks[start + j] += weight[j] / spread[j]


@_compiled
def _keep_best(shot, looks, moments, best_looks, best_moments, best_shot):  # type: ignore[no-untyped-def]
    """Take over the sums of a picture where it counts more than those before it, and begin the next one's at zero."""
    for j in range(len(looks)):
        if looks[j] > best_looks[j]:
            best_looks[j], best_moments[j], best_shot[j] = looks[j], moments[j], shot
        looks[j] = moments[j] = 0.0


@_compiled
def _finish_row(row, first, base, n, weights, values, variances, flags, values_out, sigma_out, quality_out, total):  # type: ignore[no-untyped-def]
    """Turn the sums of a row into mean and standard error, NaN without weight; the bands' weights add up in `total`.

    Returns how many ground points are covered.
    """
    start, ground = np.uint64(first), np.uint64(base)
    for j in range(n):
        total[j] = 0.0
    for band in range(len(values_out)):
        for j in range(n):
            at, g = start + np.uint64(j), ground + np.uint64(j)
            weight = weights[band, g]
            inverse = np.float32(1.0) / (weight if weight > 0.0 else np.float32(np.nan))
            values_out[band, row, at] = values[band, g] * inverse
            sigma_out[band, row, at] = np.sqrt(variances[band, g]) * inverse
            quality_out[band, row, at] = flags[band, g]
            total[j] += weight
    covered = 0
    for j in range(n):
        covered += total[j] > 0.0
    return covered


@_compiled
def _plane_row(  # type: ignore[no-untyped-def]
    planes, row, first, n, x, y, z, inverse_normal, base, moments, total, shot, first_frame, radii, poses, ifov
):
    """Backplanes of a row for the camera position at the weighted mean frame of what was blended.

    `shot` tells for each point of the tile which picture that is, and so between which frames the mean may lie; with no
    points, the first.
    """
    start, ground = np.uint64(first), np.uint64(base)
    for j in range(n):
        at, g = start + np.uint64(j), ground + np.uint64(j)
        xj, yj, zj = x[g], y[g], z[g]
        # 1. The frame, and the camera and the Sun between the two frames about it, both of one picture.
        which = np.int64(max(shot[g], 0)) if len(shot) > 0 else 0
        lowest, last = first_frame[which], first_frame[which + 1] - 2
        seen = total[j] > 0.0
        frame = moments[g] / (total[j] if seen else np.float32(np.nan))
        k = np.uint64(max(min(int(frame if seen else 0.0), last), lowest))
        after, t = k + np.uint64(1 if last >= lowest else 0), frame - k
        dx = poses[k, 15] + t * (poses[after, 15] - poses[k, 15]) - xj
        dy = poses[k, 16] + t * (poses[after, 16] - poses[k, 16]) - yj
        dz = poses[k, 17] + t * (poses[after, 17] - poses[k, 17]) - zj
        sx = poses[k, 18] + t * (poses[after, 18] - poses[k, 18])
        sy = poses[k, 19] + t * (poses[after, 19] - poses[k, 19])
        sz = poses[k, 20] + t * (poses[after, 20] - poses[k, 20])
        # 2. Angles between the ellipsoid's normal (x/a², y/b², z/c²), the Sun and the camera.
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
        planes[5, row, at] = distance * ifov[which]
        planes[FRAME_PLANE, row, at] = frame + 1.0 - lowest


@_compiled
def _blank(planes, top, bottom, first, last):  # type: ignore[no-untyped-def]
    """Fill tiles of which nothing is seen with NaN on all planes: runs of tiles, which streams to memory."""
    for m in range(len(planes)):
        for row in range(top, bottom):
            for j in range(np.uint64(first), np.uint64(last)):
                planes[m, row, j] = np.nan


@_compiled
def _clear(weights, values, variances, flags, moments, looks, best_looks, best_shot):  # type: ignore[no-untyped-def]
    """Begin the sums of a tile at zero."""
    for j in range(len(looks)):
        looks[j] = best_looks[j] = 0.0
        best_shot[j] = -1
    for band in range(len(weights)):
        for j in range(weights.shape[1]):
            weights[band, j] = values[band, j] = variances[band, j] = 0.0
            flags[band, j] = 0
    for j in range(len(moments)):
        moments[j] = 0.0


@_compiled
def project_rows(  # type: ignore[no-untyped-def]
    row_first, row_last, grid, radii, poses, lenses, cones, frame_of, band_of, first_frame,
    pixels, sigma, quality, columns, cubic, inverse_edge, cos_limit, ifov,
    values_out, sigma_out, quality_out, planes_out, shot_out,
):  # fmt: skip
    """Project map rows [row_first, row_last), at most `TILE_ROWS` of them; returns the number of covered ground points.

    `pixels` (from `mask_bad`), `sigma` and `quality` are (framelets, pixels); outputs are (bands, rows, columns) and
    (planes, rows, columns), the latter with no planes where none are wanted. All outputs come in as zeros. Pictures
    follow each other in the framelets and frames: picture p has the frames first_frame[p] up to first_frame[p + 1].
    `shot_out`, (rows, columns), is empty for a single picture and comes in as -1 else.

    Within a tile one framelet after the other is taken over all rows: its pixels then stay in the cache from row to
    row, which rows taken over all framelets would not allow.
    """
    n_framelets, rows, width = len(frame_of), row_last - row_first, values_out.shape[2]
    area = TILE_WIDTH * TILE_ROWS
    x, y, z, inverse_normal = np.empty(area), np.empty(area), np.empty(area), np.empty(area)
    offsets = np.empty((4, area), np.float32)
    before, box, cos_lon, sin_lon = np.empty((3, TILE_WIDTH)), np.empty(6), np.empty(TILE_WIDTH), np.empty(TILE_WIDTH)
    balls, depth, ends = np.empty((4, TILE_ROWS * PARTS)), np.empty(TILE_ROWS * PARTS), np.empty(PARTS + 1, np.int64)
    tx, ty, weight = (
        np.empty(TILE_WIDTH, np.float32),
        np.empty(TILE_WIDTH, np.float32),
        np.empty(TILE_WIDTH, np.float32),
    )
    value, gain, total = (
        np.empty(TILE_WIDTH, np.float32),
        np.empty(TILE_WIDTH, np.float32),
        np.empty(TILE_WIDTH, np.float32),
    )
    spread, flag = np.empty(TILE_WIDTH, np.float32), np.empty(TILE_WIDTH, np.uint16)
    corner, chosen = np.empty(TILE_WIDTH, np.int32), np.empty(n_framelets, np.int64)
    bands = len(values_out)
    weights, values = np.empty((bands, area), np.float32), np.empty((bands, area), np.float32)
    variances, flags = np.empty((bands, area), np.float32), np.empty((bands, area), np.uint16)
    moments = np.empty(area if len(planes_out) > 0 else 0, np.float32)
    several = len(shot_out) > 0 and len(planes_out) > 0
    looks, best_looks = np.empty(area if several else 0, np.float32), np.empty(area if several else 0, np.float32)
    best_moments, best_shot = np.empty(area if several else 0, np.float32), np.empty(area if several else 0, np.int16)
    covered = blank = 0
    for left in range(0, width, TILE_WIDTH):
        # 1. A ball about the tile's ground, and the framelets that may see any of it.
        n = min(TILE_WIDTH, width - left)
        if int(grid[0]) == EQUIRECTANGULAR:
            meridians(grid, left, n, cos_lon, sin_lon)
        radius = tile_sphere(
            grid, radii, row_first, rows, left, n, cos_lon, sin_lon, x, y, z, inverse_normal, before, box
        )
        n_chosen = 0
        for k in range(n_framelets):
            if radius < 0.0 or band_of[k] < 0:
                continue
            if may_see(cones, k, box[0], box[1], box[2], radius):
                chosen[n_chosen] = k
                n_chosen += 1
        if n_chosen == 0:
            continue
        for planes in (values_out, sigma_out, planes_out):
            _blank(planes, row_first, row_last, blank, left)
        blank = left + n
        # 2. The tile's ground points, row by row, and balls about parts of rows.
        for line in range(rows):
            ground_row(
                grid, radii, row_first + line, left, line * TILE_WIDTH, n, cos_lon, sin_lon, x, y, z, inverse_normal
            )
            _near(x, y, z, inverse_normal, line * TILE_WIDTH, n, box, offsets)
            row_balls(x, y, z, line, n, balls, ends)
        # 3. Framelet by framelet, picture by picture.
        _clear(weights, values, variances, flags, moments, looks, best_looks, best_shot)
        shot = 0
        for index in range(n_chosen):
            k = chosen[index]
            while several and frame_of[k] >= first_frame[shot + 1]:
                _keep_best(shot, looks, moments, best_looks, best_moments, best_shot)
                shot += 1
            seen_parts(cones, k, balls, rows * PARTS, depth)
            _add_framelet(
                k, frame_of[k], band_of[k], poses, lenses, pixels, sigma, quality, columns, cubic, inverse_edge,
                cos_limit, rows, offsets, box, depth, ends,
                tx, ty, corner, weight, value, gain, spread, flag, weights, values, variances, flags, moments, looks,
            )  # fmt: skip
        if several:
            _keep_best(shot, looks, moments, best_looks, best_moments, best_shot)
        # 4. Sums become means and planes.
        for line in range(rows):
            row = row_first + line
            covered += _finish_row(
                row, left, line * TILE_WIDTH, n, weights, values, variances, flags,
                values_out, sigma_out, quality_out, total,
            )  # fmt: skip
            if several:
                for j in range(n):
                    total[j] = best_looks[line * TILE_WIDTH + j]
                    shot_out[row, left + j] = best_shot[line * TILE_WIDTH + j]
            if len(planes_out) > 0:
                _plane_row(
                    planes_out, row, left, n, x, y, z, inverse_normal, line * TILE_WIDTH,
                    best_moments if several else moments, total, best_shot, first_frame, radii, poses, ifov,
                )  # fmt: skip
    for planes in (values_out, sigma_out, planes_out):
        _blank(planes, row_first, row_last, blank, width)
    return covered
