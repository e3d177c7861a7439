"""What a filter strip sees of the body: radiance factor per pixel, blurred but without noise.

Rays are cast through every pixel corner. Cells whose corners all meet the body are filled by interpolation; cells
near the limb are cast again on a fine grid, whose cells the limb cuts as a straight line, so that it lies where it
should to 0.01 pixel. Point-spread function, pixel aperture and the smear of time-delayed integration are then one
convolution on the fine grid.
"""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.camera.model import StripCamera
from perijove.compiled import njit
from perijove.simulator.changes import NOTHING, Relief
from perijove.simulator.plume_kernel import plume_light
from perijove.simulator.relief_kernel import first_ground, for_rays, height_km, shaded, tilted_normal

__all__ = ["Blur", "Illumination", "Patch", "StripView", "body_in_reach", "render"]

FINE = 4  # fine cells per pixel and side
_TINY_DISC_PX = 4.0  # below this radius the limb can pass between pixel corners: everything is cast finely
_COARSE_PX = 16  # grid on which strips are searched for the body


@dataclass(frozen=True)
class Illumination:
    """Light at one moment, body-fixed.

    Attributes
    ----------
    sun : array, shape (3,)
        Unit vector to the Sun.
    jupiter : array, shape (3,)
        Unit vector to Jupiter's centre.
    jupiter_radius_sine : float
        Sine of Jupiter's angular radius.
    jupiter_shine : float
        Radiance factor of a white Lambert surface that Jupiter lights from the zenith.
    lommel_seeliger, phase_mag_deg : float
        See `SurfaceModel`.
    uniform : float
        Radiance factor of the whole disc whatever the light; negative for none.
    """

    sun: np.ndarray
    jupiter: np.ndarray
    jupiter_radius_sine: float
    jupiter_shine: float
    lommel_seeliger: float
    phase_mag_deg: float
    uniform: float

    @classmethod
    def at(
        cls,
        sun: np.ndarray,
        jupiter_km: np.ndarray,
        *,
        jupiter_albedo: float,
        lommel_seeliger: float,
        phase_mag_deg: float,
        uniform: float | None,
    ) -> "Illumination":
        """Light of the Sun and of a Jupiter that scatters like Lambert's sphere."""
        distance = float(np.linalg.norm(jupiter_km))
        jupiter = jupiter_km / distance
        sine = float(JUPITER_RADII_KM[0]) / distance
        phase = np.arccos(np.clip(-(jupiter @ sun), -1.0, 1.0))  # Sun-Jupiter-body; 0 when Jupiter is full
        lambert = (np.sin(phase) + (np.pi - phase) * np.cos(phase)) / np.pi
        shine = jupiter_albedo * sine**2 * float(lambert)
        return cls(
            sun,
            jupiter,
            sine,
            shine,
            lommel_seeliger,
            phase_mag_deg,
            -1.0 if uniform is None else float(uniform),
        )


@dataclass(frozen=True)
class Blur:
    """Blur of one framelet: Gaussian, and boxes from motion during and mismatch between stages.

    Attributes
    ----------
    psf_sigma_px : float
    column_boxes_px, row_boxes_px : tuple of float
        Widths of boxes convolved with the pixel aperture along columns (x) and rows (y).
    """

    psf_sigma_px: float
    column_boxes_px: tuple[float, ...]
    row_boxes_px: tuple[float, ...]

    def reach_px(self) -> int:
        """How far outside the strip the scene matters."""
        widest = max(sum(self.column_boxes_px), sum(self.row_boxes_px))
        return int(np.ceil(4.5 * self.psf_sigma_px + 0.5 * widest + 1.0))

    def taps(self, boxes_px: tuple[float, ...], reach_px: int) -> np.ndarray:
        """Weights of the fine cells around a pixel, from -reach to 1 + reach pixels; they add up to 1."""
        finer = 16  # subdivisions of a fine cell
        n = (2 * reach_px + 1) * FINE * finer
        frequency = np.fft.rfftfreq(n, d=1.0 / (FINE * finer))  # cycles per pixel
        spectrum = np.exp(-2.0 * (np.pi * frequency * self.psf_sigma_px) ** 2) * np.sinc(frequency)
        for box in boxes_px:
            spectrum = spectrum * np.sinc(frequency * box)
        # The transform's origin is the middle of the pixel: half a subdivision beside the middle sample.
        shift = np.exp(-2j * np.pi * frequency * (n / 2 - 0.5) / (FINE * finer))
        profile = np.fft.irfft(spectrum * shift, n)
        weights = profile.reshape(-1, finer).sum(axis=1)
        normalised: np.ndarray = (weights / weights.sum()).astype(np.float32)
        return normalised


@dataclass(frozen=True)
class StripView:
    """A strip and the body at one frame; body-fixed vectors."""

    camera: StripCamera
    position_km: np.ndarray
    body_to_camera: np.ndarray
    velocity_over_c: np.ndarray
    radii_km: np.ndarray
    above_km: float = 0.0  # the ellipsoid, as far up as there is anything to see

    @property
    def center_direction(self) -> np.ndarray:
        """Direction in which the centre is seen, camera frame, unit."""
        seen = -self.position_km / np.linalg.norm(self.position_km) + self.velocity_over_c
        direction = self.body_to_camera @ seen
        result: np.ndarray = direction / np.linalg.norm(direction)
        return result

    @property
    def angular_radius(self) -> float:
        """Radians; of the sphere around the body and what stands on it."""
        size = (np.max(self.radii_km) + self.above_km) / np.linalg.norm(self.position_km)
        return float(np.arcsin(np.minimum(size, 1.0)))


def body_in_reach(view: StripView, reach_px: int) -> tuple[int, int] | None:
    """Columns between which the body (or its blur) can be seen in a strip, padded; None if nowhere."""
    camera = view.camera
    x = np.arange(-reach_px, camera.columns + reach_px + _COARSE_PX, _COARSE_PX)
    y = np.arange(-reach_px, camera.rows + reach_px + _COARSE_PX, _COARSE_PX)
    rays = camera.rays(np.stack(np.meshgrid(x, y), axis=-1))
    angle = np.arccos(np.clip(rays @ view.center_direction, -1.0, 1.0))
    slack = 1.5 * (_COARSE_PX + reach_px) * camera.summing / camera.focal_length_px
    hit = np.flatnonzero((angle < view.angular_radius + slack).any(axis=0))
    if not hit.size:
        return None
    first, last = int(x[hit[0]]) - _COARSE_PX, int(x[hit[-1]]) + _COARSE_PX
    return max(first, 0), min(last, camera.columns)


# What a ray needs to know, as rows of one array: rotation camera to body (0-2), origin over radii (3), velocity over c
# (4), radii (5), Sun (6), Jupiter (7), then (Jupiter's radius sine, its shine, Lommel-Seeliger weight) and
# (logarithmic slope of brightness with phase, uniform radiance factor or -1, unused).
_ORIGIN, _BETA, _RADII, _SUN, _JUPITER, _GLOW, _LAW = range(3, 10)


@njit(inline="always")
def _albedo(albedo: np.ndarray, x: float, y: float, z: float) -> float:
    """Bilinear in an equirectangular map that is padded by one texel all round."""
    rows, columns = albedo.shape[0] - 2, albedo.shape[1] - 2
    turn = np.arctan2(y, x) / (2.0 * np.pi)
    v = (0.5 - np.arctan2(z, np.sqrt(x * x + y * y)) / np.pi) * rows + 0.5
    u = (turn + 1.0 if turn < 0.0 else turn) * columns + 0.5
    i, j = min(int(v), rows), min(int(u), columns)
    fv, fu = v - i, u - j
    top = albedo[i, j] * (1.0 - fu) + albedo[i, j + 1] * fu
    low = albedo[i + 1, j] * (1.0 - fu) + albedo[i + 1, j + 1] * fu
    return float(top * (1.0 - fv) + low * fv)


@njit(inline="always")
def _light(scene: np.ndarray, mu0: float, mu: float, muj: float, cos_phase: float) -> float:
    """Brightness of a white surface under Sun and Jupiter."""
    result = 0.0
    if mu0 > 0.0:
        weight = scene[_GLOW, 2]
        dim = np.exp(scene[_LAW, 0] * np.arccos(min(1.0, max(-1.0, cos_phase))))
        result = dim * (weight * 2.0 * mu0 / (mu0 + max(mu, 1e-6)) + (1.0 - weight) * mu0)
    half = scene[_GLOW, 0]  # Jupiter is a disc: its light fades over twice its radius, not at once
    if muj > half:
        result += scene[_GLOW, 1] * muj
    elif muj > -half:
        part = (muj + half) / (2.0 * half)
        result += scene[_GLOW, 1] * half * part * part
    return result


@njit(inline="always")
def _sight(scene: np.ndarray, rx: float, ry: float, rz: float) -> tuple[float, float, float]:
    """True direction, body-fixed, of light that is seen along a ray of the camera.

    Aberration is taken off, to first order in v/c.
    """
    dx = scene[0, 0] * rx + scene[0, 1] * ry + scene[0, 2] * rz - scene[_BETA, 0]
    dy = scene[1, 0] * rx + scene[1, 1] * ry + scene[1, 2] * rz - scene[_BETA, 1]
    dz = scene[2, 0] * rx + scene[2, 1] * ry + scene[2, 2] * rz - scene[_BETA, 2]
    return dx, dy, dz


@njit()
def _shade(
    ray: tuple[float, float, float], scene: np.ndarray, albedo: np.ndarray, mountains: np.ndarray, slack: float
) -> tuple[float, float]:
    """Radiance factor along a ray of the camera, -1 where it misses the body; and how deep it passes.

    Depth is 1 - r^2 with r the distance of the ray from the centre where the body is a unit sphere; with mountains see
    `relief_kernel`. A ray that misses by less than `slack` in depth gets what it would see at the limb.
    """
    dx, dy, dz = _sight(scene, ray[0], ray[1], ray[2])
    ux, uy, uz = dx / scene[_RADII, 0], dy / scene[_RADII, 1], dz / scene[_RADII, 2]
    ox, oy, oz = scene[_ORIGIN, 0], scene[_ORIGIN, 1], scene[_ORIGIN, 2]
    uu = ux * ux + uy * uy + uz * uz
    # Foot of the perpendicular from the centre of the unit sphere: exact also far away, unlike b^2 - a c.
    s = -(ox * ux + oy * uy + oz * uz) / uu
    if s <= 0.0:
        return -1.0, -1.0
    px, py, pz = ox + s * ux, oy + s * uy, oz + s * uz
    depth = 1.0 - (px * px + py * py + pz * pz)
    back = np.sqrt(max(depth, 0.0) / uu)
    if mountains.shape[0] > 0:
        u = np.array([ux, uy, uz])
        hit, depth, deepest = first_ground(mountains, scene[_RADII], scene[_ORIGIN], u, depth, s - back)
        back = s - (deepest if np.isnan(hit) else hit)
    if depth < -slack:
        return -1.0, depth
    if scene[_LAW, 1] >= 0.0:
        return scene[_LAW, 1], depth
    px, py, pz = px - back * ux, py - back * uy, pz - back * uz
    nx, ny, nz = px / scene[_RADII, 0], py / scene[_RADII, 1], pz / scene[_RADII, 2]
    norm = np.sqrt(nx * nx + ny * ny + nz * nz)
    dark = False
    if mountains.shape[0] > 0:
        x, y, z = px * scene[_RADII, 0], py * scene[_RADII, 1], pz * scene[_RADII, 2]
        if height_km(mountains, x, y, z) > 0.0:
            nx, ny, nz = tilted_normal(mountains, scene[_RADII], x, y, z)
            norm = 1.0
        dark = shaded(mountains, scene[_RADII], x, y, z, scene[_SUN])
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    mu = -(nx * dx + ny * dy + nz * dz) / (norm * length)
    mu0 = (nx * scene[_SUN, 0] + ny * scene[_SUN, 1] + nz * scene[_SUN, 2]) / norm
    muj = (nx * scene[_JUPITER, 0] + ny * scene[_JUPITER, 1] + nz * scene[_JUPITER, 2]) / norm
    cos_phase = -(dx * scene[_SUN, 0] + dy * scene[_SUN, 1] + dz * scene[_SUN, 2]) / length
    white = _light(scene, -1.0 if dark else mu0, mu, muj, cos_phase)
    surface = _albedo(albedo, px * scene[_RADII, 0], py * scene[_RADII, 1], pz * scene[_RADII, 2])
    return surface * white, depth


@njit(inline="always")
def _coverage(depth: float, across: float, down: float) -> float:
    """Part of a cell within a straight limb, from depth at its centre and the change of depth over the cell."""
    wide, narrow = max(abs(across), abs(down)), min(abs(across), abs(down))
    distance = abs(depth)
    if distance >= 0.5 * (wide + narrow):
        part = 0.0
    elif distance <= 0.5 * (wide - narrow):
        part = 0.5 - distance / wide
    else:
        part = (0.5 * (wide + narrow) - distance) ** 2 / (2.0 * wide * narrow)
    return 1.0 - part if depth > 0.0 else part


@njit()
def _cut_cell(
    out: np.ndarray,
    rays: np.ndarray,
    depth: np.ndarray,
    scene: np.ndarray,
    albedo: np.ndarray,
    mountains: np.ndarray,
) -> None:
    """Fill the fine cells of a pixel at the limb: rays interpolated between the four corners and cast again."""
    fine = out.shape[0]
    a, b, c, d = rays[0, 0], rays[0, 1], rays[1, 0], rays[1, 1]
    for k in range(fine):
        fy = (k + 0.5) / fine
        for m in range(fine):
            fx = (m + 0.5) / fine
            wa, wb, wc, wd = (1.0 - fy) * (1.0 - fx), (1.0 - fy) * fx, fy * (1.0 - fx), fy * fx
            x = wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0]
            y = wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1]
            z = wa * a[2] + wb * b[2] + wc * c[2] + wd * d[2]
            top, low = depth[0, 1] - depth[0, 0], depth[1, 1] - depth[1, 0]
            left, right = depth[1, 0] - depth[0, 0], depth[1, 1] - depth[0, 1]
            across = ((1.0 - fy) * top + fy * low) / fine
            down = ((1.0 - fx) * left + fx * right) / fine
            value, deep = _shade((x, y, z), scene, albedo, mountains, 0.5 * (abs(across) + abs(down)))
            if value >= 0.0:
                out[k, m] = value * _coverage(deep, across, down)


@njit(inline="always")
def _smooth_cell(out: np.ndarray, node: np.ndarray) -> None:
    """Fill the fine cells of a pixel whose corners all see the body."""
    fine = out.shape[0]
    for k in range(fine):
        fy = (k + 0.5) / fine
        for m in range(fine):
            fx = (m + 0.5) / fine
            top = (1.0 - fx) * node[0, 0] + fx * node[0, 1]
            low = (1.0 - fx) * node[1, 0] + fx * node[1, 1]
            out[k, m] = (1.0 - fy) * top + fy * low


@njit(nogil=True)
def _cast(
    rays: np.ndarray, fine: int, least: int, scene: np.ndarray, albedo: np.ndarray, mountains: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Radiance factor on `fine` x `fine` cells per pixel, and at pixel corners (-1: no body), from corner rays.

    Cells of which fewer than `least` corners around see the body are taken for sky.
    """
    ny, nx = rays.shape[0], rays.shape[1]
    node = np.empty((ny, nx), np.float32)
    depth = np.empty((ny, nx), np.float64)
    for i in range(ny):
        for j in range(nx):
            value, depth[i, j] = _shade((rays[i, j, 0], rays[i, j, 1], rays[i, j, 2]), scene, albedo, mountains, 0.0)
            node[i, j] = value
    out = np.zeros(((ny - 1) * fine, (nx - 1) * fine), np.float32)
    for i in range(ny - 1):
        for j in range(nx - 1):
            around = node[max(i - 1, 0) : i + 3, max(j - 1, 0) : j + 3]
            hits = 0
            for k in range(around.shape[0]):
                for m in range(around.shape[1]):
                    hits += around[k, m] >= 0.0
            if hits < least:
                continue
            cell = out[i * fine : (i + 1) * fine, j * fine : (j + 1) * fine]
            if hits == around.size:
                _smooth_cell(cell, node[i : i + 2, j : j + 2])
            else:
                _cut_cell(cell, rays[i : i + 2, j : j + 2], depth[i : i + 2, j : j + 2], scene, albedo, mountains)
    return out, node


@njit()
def _ground_km(ray: np.ndarray, scene: np.ndarray, mountains: np.ndarray) -> float:
    """How far along a ray of the camera the ground is; infinite where it meets none."""
    dx, dy, dz = _sight(scene, ray[0], ray[1], ray[2])
    radii, o = scene[_RADII], scene[_ORIGIN]
    u = np.array([dx / radii[0], dy / radii[1], dz / radii[2]])
    uu = u[0] * u[0] + u[1] * u[1] + u[2] * u[2]
    s = -(o[0] * u[0] + o[1] * u[1] + o[2] * u[2]) / uu
    px, py, pz = o[0] + s * u[0], o[1] + s * u[1], o[2] + s * u[2]
    depth = 1.0 - (px * px + py * py + pz * pz)
    hit, _, _ = first_ground(mountains, radii, o, u, depth, s - np.sqrt(max(depth, 0.0) / uu))
    return np.inf if np.isnan(hit) else float(hit * np.sqrt(dx * dx + dy * dy + dz * dz))


@njit()
def _glow(ray: np.ndarray, scene: np.ndarray, plumes: np.ndarray, end_km: float) -> float:
    """Light of plumes along a ray of the camera, as far as it goes."""
    d = np.array(_sight(scene, ray[0], ray[1], ray[2]))
    d /= np.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
    return float(plume_light(plumes, scene[_RADII], scene[_SUN], scene[_ORIGIN] * scene[_RADII], d, end_km))


@njit(nogil=True)
def _add_plumes(
    out: np.ndarray, rays: np.ndarray, fine: int, scene: np.ndarray, mountains: np.ndarray, plumes: np.ndarray
) -> None:
    """Add the light of plumes to fine cells: interpolated between the corners of a pixel, cast again at the limb."""
    ny, nx = rays.shape[0], rays.shape[1]
    light, end_km = np.empty((ny, nx)), np.empty((ny, nx))
    for i in range(ny):
        for j in range(nx):
            light[i, j] = _glow(rays[i, j], scene, plumes, np.inf)
            if light[i, j] > 0.0:
                end_km[i, j] = _ground_km(rays[i, j], scene, mountains)
                light[i, j] = _glow(rays[i, j], scene, plumes, end_km[i, j])
            else:
                end_km[i, j] = -1.0  # not asked for
    more = np.empty((fine, fine))
    for i in range(ny - 1):
        for j in range(nx - 1):
            ends = end_km[i : i + 2, j : j + 2]
            if ends.max() < 0.0:
                continue
            sky = (ends == np.inf).sum()
            if sky in (0, ends.size):
                _smooth_cell(more, light[i : i + 2, j : j + 2])
            else:
                for k in range(fine):
                    fy = (k + 0.5) / fine
                    for m in range(fine):
                        fx = (m + 0.5) / fine
                        top = (1.0 - fx) * rays[i, j] + fx * rays[i, j + 1]
                        low = (1.0 - fx) * rays[i + 1, j] + fx * rays[i + 1, j + 1]
                        ray = (1.0 - fy) * top + fy * low
                        more[k, m] = _glow(ray, scene, plumes, _ground_km(ray, scene, mountains))
            out[i * fine : (i + 1) * fine, j * fine : (j + 1) * fine] += more


@njit(nogil=True, fastmath=True)
def _convolve(grid: np.ndarray, fine: int, row_taps: np.ndarray, column_taps: np.ndarray) -> np.ndarray:
    """Pixels from the fine grid: rows first, then columns; the taps' reach is left out at the edges."""
    rows = (grid.shape[0] - row_taps.size) // fine + 1
    columns = (grid.shape[1] - column_taps.size) // fine + 1
    out = np.empty((rows, columns), np.float32)
    line = np.empty(grid.shape[1], np.float32)
    for i in range(rows):
        line[:] = 0.0
        for k in range(row_taps.size):
            weight = row_taps[k]
            source = grid[i * fine + k]
            for m in range(line.size):
                line[m] += weight * source[m]
        for j in range(columns):
            total = np.float32(0.0)
            for m in range(column_taps.size):
                total += column_taps[m] * line[j * fine + m]
            out[i, j] = total
    return out


@dataclass(frozen=True)
class Patch:
    """Part of a strip that shows the body.

    Attributes
    ----------
    first_column : int
        Where it begins in the strip.
    radiance_factor : array, shape (strip rows, columns), float32
        Blurred, without noise.
    body_px : int
        Pixel corners of the strip that see the body proper, which is its area but for the limb's rounding.
    """

    first_column: int
    radiance_factor: np.ndarray
    body_px: int


def render(
    view: StripView, illumination: Illumination, blur: Blur, albedo: np.ndarray, relief: Relief | None = None
) -> Patch | None:
    """Radiance factor of a strip, where the body or its blur shows.

    Parameters
    ----------
    view : StripView
    illumination : Illumination
    blur : Blur
    albedo : array, shape (rows + 2, columns + 2), float32
        Normal albedo in the strip's band, equirectangular, longitude 0 to 360 east, padded by one texel all round.
    relief : Relief, optional
        Mountains and plumes of the strip's filter.

    Returns
    -------
    Patch or None
        None where neither the body nor its blur shows.
    """
    relief = relief or NOTHING.relief(view.camera.name)
    reach = blur.reach_px()
    columns = body_in_reach(view, reach)
    if columns is None:
        return None
    first, last = columns
    x = np.arange(first - reach, last + reach + 1)
    y = np.arange(-reach, view.camera.rows + reach + 1)
    rays = view.camera.rays(np.stack(np.meshgrid(x, y), axis=-1).astype(float))
    scene = np.array(
        [
            *view.body_to_camera.T,
            view.position_km / view.radii_km,
            view.velocity_over_c,
            view.radii_km,
            illumination.sun,
            illumination.jupiter,
            [illumination.jupiter_radius_sine, illumination.jupiter_shine, illumination.lommel_seeliger],
            [-0.4 * np.log(10.0) * np.degrees(1.0) * illumination.phase_mag_deg, illumination.uniform, 0.0],
        ]
    )
    radius_px = view.camera.focal_length_px / view.camera.summing * np.tan(view.angular_radius)
    least = 0 if radius_px < _TINY_DISC_PX else 1
    mountains, plumes = for_rays(relief.mountains, view.radii_km), relief.plumes
    grid, corner = _cast(rays, FINE, least, scene, albedo, mountains)
    if len(plumes):
        _add_plumes(grid, rays, FINE, scene, mountains, plumes)
    body_px = int(np.count_nonzero(corner[reach:-reach, reach:-reach] >= 0.0))
    if not grid.any() and not body_px:
        return None
    taps = (blur.taps(blur.row_boxes_px, reach), blur.taps(blur.column_boxes_px, reach))
    return Patch(first, _convolve(grid, FINE, *taps), body_px)
