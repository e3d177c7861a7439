"""Which framelets can see which part of a map: compiled ground points and tests that never miss one.

Array layouts (columns):

- `grid`: kind, x_left, y_top, resolution, sphere radius, centre longitude (rad), axes (9), camera distance,
position (3).
- `poses`, one row per frame: body_to_camera R (9), -R P (3), P / radii² (3), P (3), sun (3).
- `lenses`, one row per framelet: see the constants below.
- `cones`, (framelets, SIDES, 4): half-spaces whose common part a framelet can see. Where a x + b y + c z + d with
(a, b, c) of unit length is the height over the side in km, positive inside.
"""

import numpy as np

from perijove.compiled import njit

__all__ = [
    "AXIS_COLUMN",
    "AXIS_ROW",
    "EQUIRECTANGULAR",
    "FIRST_COLUMN",
    "FIRST_ROW",
    "FOCAL",
    "INVERSE_SUMMING",
    "K1",
    "K2",
    "LAST_COLUMN",
    "LAST_ROW",
    "LENS_SIZE",
    "ORTHOGRAPHIC",
    "PARTS",
    "PERSPECTIVE",
    "R2_MAX",
    "SIDES",
    "STEREOGRAPHIC",
    "TILE_ROWS",
    "TILE_WIDTH",
    "ground_row",
    "may_see",
    "meridians",
    "row_balls",
    "seen_parts",
    "stretch",
    "tile_sphere",
]

# Pixels. A narrower tile culls better, but its rows are too short to vectorise well and to stream to memory.
TILE_WIDTH, TILE_ROWS = 128, 32
EQUIRECTANGULAR, STEREOGRAPHIC, ORTHOGRAPHIC, PERSPECTIVE = 0, 1, 2, 3

# Columns of `lenses`. The axis is counted in summed pixels, 0 at the centre of the first pixel; beyond the largest
# undistorted distance from it, squared, the strip has nothing and the distortion may fold back; first and last are
# the pixels between which a strip may be sampled, which keeps the cubic's sixteen neighbours within it.
FOCAL, AXIS_COLUMN, AXIS_ROW, K1, K2, INVERSE_SUMMING, R2_MAX = 0, 1, 2, 3, 4, 5, 6
FIRST_COLUMN, LAST_COLUMN, FIRST_ROW, LAST_ROW = 7, 8, 9, 10
LENS_SIZE = 11

PARTS = TILE_WIDTH // 8  # of a row of a tile, each of which a framelet may see or not
SIDES = 6  # of the room that a framelet sees: the ground's horizon, ahead of the lens, and four edges of the strip
_ROW_STEP = 8  # rows of a tile that are looked at first: every 8th
# On an arc of up to 130 deg no point is farther than this part of the chord from the nearer end.
_REACH = 0.6
# NaN must keep its meaning: it says "no ground here".
_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"})


@_compiled
def meridians(grid, first, n, cos_lon, sin_lon):  # type: ignore[no-untyped-def]
    """Cosines and sines of the longitudes of an equirectangular map's columns; NaN beyond its edges."""
    for j in range(n):
        offset = (grid[1] + (first + j + 0.5) * grid[3]) / grid[4]
        cos_lon[j], sin_lon[j] = np.cos(grid[5] + offset), np.sin(grid[5] + offset)
        if abs(offset) > np.pi + 1e-14:
            cos_lon[j] = np.nan


@_compiled
def ground_row(grid, radii, row, first, start, n, cos_lon, sin_lon, x, y, z, inverse_normal):  # type: ignore[no-untyped-def]
    """Fill scratch from `start` with a row's ground points (NaN where the map shows none) and 1 / |p / radii²|."""
    # 1. Directions of the row's points from the body's centre, or for a perspective the points themselves.
    kind = int(grid[0])
    base = np.uint64(start)  # unsigned, or each index would be tested for being negative
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
            at = base + np.uint64(j)
            x[at], y[at], z[at] = cos_lat * cos_lon[j], cos_lat * sin_lon[j], sin_lat
    elif kind == PERSPECTIVE:
        # The ray from P along d meets the body at P + t d; see geometry.ellipsoid.
        px, py, pz = grid[16] * ia, grid[17] * ib, grid[18] * ic
        pp1 = px * px + py * py + pz * pz - 1.0
        for j in range(n):
            at = base + np.uint64(j)
            right, down, ahead = x_map + j * step, -y_map, grid[15]
            dx = (right * grid[6] + down * grid[9] + ahead * grid[12]) * ia
            dy = (right * grid[7] + down * grid[10] + ahead * grid[13]) * ib
            dz = (right * grid[8] + down * grid[11] + ahead * grid[14]) * ic
            od = px * dx + py * dy + pz * dz
            cx, cy, cz = py * dz - pz * dy, pz * dx - px * dz, px * dy - py * dx
            under = dx * dx + dy * dy + dz * dz - (cx * cx + cy * cy + cz * cz)
            t = pp1 / (np.sqrt(under) - od) if od < 0.0 else np.nan
            x[at], y[at], z[at] = (px + t * dx) * radii[0], (py + t * dy) * radii[1], (pz + t * dz) * radii[2]
    else:
        # On the unit sphere about the map's centre: east, north and up, turned into the body's axes.
        north = y_map / sphere
        for j in range(n):
            at = base + np.uint64(j)
            east = (x_map + j * step) / sphere
            square = east * east + north * north
            factor = 1.0 / (1.0 + 0.25 * square) if kind == STEREOGRAPHIC else 1.0
            up = (1.0 - 0.25 * square) * factor if kind == STEREOGRAPHIC else np.sqrt(1.0 - square)
            e, m = east * factor, north * factor
            x[at] = e * grid[6] + m * grid[9] + up * grid[12]
            y[at] = e * grid[7] + m * grid[10] + up * grid[13]
            z[at] = e * grid[8] + m * grid[11] + up * grid[14]
    # 2. Pushed out along the direction to the ellipsoid, |(x/a, y/b, z/c)| = 1; and 1 / |(x/a², y/b², z/c²)|.
    for j in range(n):
        at = base + np.uint64(j)
        u, v, w = x[at] * ia, y[at] * ib, z[at] * ic
        scale = 1.0 / np.sqrt(u * u + v * v + w * w)
        x[at], y[at], z[at] = x[at] * scale, y[at] * scale, z[at] * scale
        u, v, w = u * scale * ia, v * scale * ib, w * scale * ic
        inverse_normal[at] = 1.0 / np.sqrt(u * u + v * v + w * w)


@_compiled
def may_see(cones, k, x, y, z, radius):  # type: ignore[no-untyped-def]
    """Whether a framelet can see any surface point within `radius` of (x, y, z): never wrongly False."""
    nearest = np.inf
    for m in range(SIDES):
        nearest = min(nearest, cones[k, m, 0] * x + cones[k, m, 1] * y + cones[k, m, 2] * z + cones[k, m, 3])
    return nearest + radius > 0.0


@_compiled
def _extend(x, y, z, n, box):  # type: ignore[no-untyped-def]
    """Widen the box (low x, y, z, high x, y, z) to hold the finite points of a row; returns how many there are."""
    finite = 0
    for j in range(n):
        if not np.isnan(x[j] + y[j] + z[j]):
            finite += 1
            box[0], box[3] = min(box[0], x[j]), max(box[3], x[j])
            box[1], box[4] = min(box[1], y[j]), max(box[4], y[j])
            box[2], box[5] = min(box[2], z[j]), max(box[5], z[j])
    return finite


@_compiled
def tile_sphere(grid, radii, row_first, rows, left, n, cos_lon, sin_lon, x, y, z, inverse_normal, before, box):  # type: ignore[no-untyped-def]
    """Sphere about all ground points of a tile: centre into box[:3]; returns the radius, -1 if there is no ground.

    Rows that lie on the ground from end to end bound what is between them. A tile with a point off the body is
    looked at row by row.
    """
    # 1. A box about every 8th row; where some point is off the body, about every row.
    finite, step, zero = 0, _ROW_STEP, rows - rows  # a literal 0 would compile `ground_row` twice
    while True:
        for m in range(3):
            box[m], box[m + 3] = np.inf, -np.inf
        finite, seen = 0, 0
        gap2 = 0.0
        row = 0
        while row < rows:
            ground_row(grid, radii, row_first + row, left, zero, n, cos_lon, sin_lon, x, y, z, inverse_normal)
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
    # 2. The box's middle and half diagonal; between rows the ground leaves the box by less than a part of their gap.
    radius2 = 0.0
    for m in range(3):
        half = 0.5 * (box[3 + m] - box[m])
        radius2 += half * half
        box[m] += half
    return np.sqrt(radius2) + (_REACH * np.sqrt(gap2) if step > 1 else 0.0)


@_compiled
def row_balls(x, y, z, line, n, balls, ends):  # type: ignore[no-untyped-def]
    """Balls about the parts of a row: centres and radii into `balls` (4, TILE_ROWS * PARTS), their ends into `ends`.

    An arc of a circle lies within a ball about the middle of its chord that reaches to its ends and to its own middle;
    a tenth is added for what the parallels of an ellipsoid depart from circles. Where one of the three points is off
    the body, the ball is all space.
    """
    # Each part is an arc from `before` over `middle` to `after`; c is the middle of its chord.
    before = np.uint64(line * TILE_WIDTH)
    ends[0] = 0
    for i in range(PARTS):
        ends[i + 1] = ((i + 1) * (n - 1)) // PARTS
        after, ball = np.uint64(line * TILE_WIDTH + ends[i + 1]), np.uint64(line * PARTS + i)
        middle = np.uint64(line * TILE_WIDTH + (ends[i] + ends[i + 1]) // 2)
        cx, cy, cz = 0.5 * (x[before] + x[after]), 0.5 * (y[before] + y[after]), 0.5 * (z[before] + z[after])
        half2 = (x[after] - cx) ** 2 + (y[after] - cy) ** 2 + (z[after] - cz) ** 2
        rise2 = (x[middle] - cx) ** 2 + (y[middle] - cy) ** 2 + (z[middle] - cz) ** 2
        known = not np.isnan(half2 + rise2)
        balls[0, ball] = cx if known else 0.0
        balls[1, ball] = cy if known else 0.0
        balls[2, ball] = cz if known else 0.0
        balls[3, ball] = 1.1 * np.sqrt(max(half2, rise2)) if known else np.inf
        before = after


@_compiled
def seen_parts(cones, k, balls, count, depth):  # type: ignore[no-untyped-def]
    """How far each of `count` balls reaches into what a framelet can see, km, into `depth`; negative: not at all."""
    # Least height over a side at the balls' centres, side by side so that the loop vectorises; then the radius.
    for i in range(count):
        depth[i] = np.inf
    for m in range(SIDES):
        a, b, c, d = cones[k, m, 0], cones[k, m, 1], cones[k, m, 2], cones[k, m, 3]
        for i in range(count):
            depth[i] = min(depth[i], a * balls[0, i] + b * balls[1, i] + c * balls[2, i] + d)
    for i in range(count):
        depth[i] += balls[3, i]


@_compiled
def stretch(depth, line, ends):  # type: ignore[no-untyped-def]
    """First and one past the last point of a row that a framelet may see."""
    first, last, base = ends[PARTS], -1, np.uint64(line * PARTS)
    for i in range(PARTS):
        if depth[base + np.uint64(i)] > 0.0:
            first = min(first, ends[i])
            last = ends[i + 1]
    return first, last + 1
