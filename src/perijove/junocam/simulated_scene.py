"""What a filter strip sees of the body: radiance factor per pixel, blurred but without noise.

Rays are cast through every pixel corner. Cells whose corners all meet the body are filled by interpolation; cells
near the limb are cast again on a fine grid, whose cells the limb cuts as a straight line, so that it lies where it
should to 0.01 pixel. Point-spread function, pixel aperture and the smear of time-delayed integration are then one
convolution on the fine grid.
"""

from dataclasses import dataclass

import numba
import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.camera.model import StripCamera

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
            sun, jupiter, sine, shine, lommel_seeliger, phase_mag_deg, -1.0 if uniform is None else float(uniform)
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

    @property
    def center_direction(self) -> np.ndarray:
        """Direction in which the centre is seen, camera frame, unit."""
        seen = -self.position_km / np.linalg.norm(self.position_km) + self.velocity_over_c
        direction = self.body_to_camera @ seen
        result: np.ndarray = direction / np.linalg.norm(direction)
        return result

    @property
    def angular_radius(self) -> float:
        """Radians; of the sphere around the body."""
        return float(np.arcsin(np.max(self.radii_km) / np.linalg.norm(self.position_km)))


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


@numba.njit(cache=True, inline="always")
def _shade(
    rx: float,
    ry: float,
    rz: float,
    to_body: np.ndarray,
    origin: np.ndarray,
    beta: np.ndarray,
    radii: np.ndarray,
    light: np.ndarray,
    albedo: np.ndarray,
    slack: float,
) -> tuple[float, float]:
    """Radiance factor along a ray of the camera, -1 where it misses the body; and how deep it passes.

    Depth is 1 - r^2 with r the distance of the ray from the centre where the body is a unit sphere. A ray that misses
    by less than `slack` in depth gets what it would see at the limb.
    """
    # True direction of light that is seen along the ray: aberration taken off, to first order in v/c.
    dx = to_body[0, 0] * rx + to_body[0, 1] * ry + to_body[0, 2] * rz - beta[0]
    dy = to_body[1, 0] * rx + to_body[1, 1] * ry + to_body[1, 2] * rz - beta[1]
    dz = to_body[2, 0] * rx + to_body[2, 1] * ry + to_body[2, 2] * rz - beta[2]
    ux, uy, uz = dx / radii[0], dy / radii[1], dz / radii[2]
    ox, oy, oz = origin[0] / radii[0], origin[1] / radii[1], origin[2] / radii[2]
    uu = ux * ux + uy * uy + uz * uz
    ou = ox * ux + oy * uy + oz * uz
    # Foot of the perpendicular from the centre of the unit sphere: exact also far away, unlike b^2 - a c.
    s = -ou / uu
    if s <= 0.0:
        return -1.0, -1.0
    px, py, pz = ox + s * ux, oy + s * uy, oz + s * uz
    depth = 1.0 - (px * px + py * py + pz * pz)
    if depth < -slack:
        return -1.0, depth
    back = np.sqrt(max(depth, 0.0) / uu)
    px, py, pz = px - back * ux, py - back * uy, pz - back * uz
    if light[10] >= 0.0:
        return light[10], depth
    nx, ny, nz = px / radii[0], py / radii[1], pz / radii[2]
    norm = np.sqrt(nx * nx + ny * ny + nz * nz)
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    mu = -(nx * dx + ny * dy + nz * dz) / (norm * length)
    mu0 = (nx * light[0] + ny * light[1] + nz * light[2]) / norm
    muj = (nx * light[3] + ny * light[4] + nz * light[5]) / norm
    # Albedo: bilinear in an equirectangular map padded by one texel all round.
    sx, sy, sz = px * radii[0], py * radii[1], pz * radii[2]
    rows, columns = albedo.shape[0] - 2, albedo.shape[1] - 2
    lat = np.arctan2(sz, np.sqrt(sx * sx + sy * sy))
    lon = np.arctan2(sy, sx)
    v = (0.5 - lat / np.pi) * rows + 0.5
    u = lon / (2.0 * np.pi)
    u = (u + 1.0 if u < 0.0 else u) * columns + 0.5
    i, j = min(int(v), rows), min(int(u), columns)
    fv, fu = v - i, u - j
    top = albedo[i, j] * (1.0 - fu) + albedo[i, j + 1] * fu
    low = albedo[i + 1, j] * (1.0 - fu) + albedo[i + 1, j + 1] * fu
    a = top * (1.0 - fv) + low * fv
    result = 0.0
    if mu0 > 0.0:
        cos_phase = -(dx * light[0] + dy * light[1] + dz * light[2]) / length
        dim = np.exp(light[9] * np.arccos(min(1.0, max(-1.0, cos_phase))))
        result = dim * (light[8] * 2.0 * mu0 / (mu0 + max(mu, 1e-6)) + (1.0 - light[8]) * mu0)
    half = light[6]  # Jupiter is a disc: its light fades over twice its radius, not at once
    if muj > half:
        result += light[7] * muj
    elif muj > -half:
        part = (muj + half) / (2.0 * half)
        result += light[7] * half * part * part
    return a * result, depth


@numba.njit(cache=True, inline="always")
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


@numba.njit(cache=True, nogil=True)
def _cast(
    rays: np.ndarray,
    everything_fine: bool,
    fine: int,
    to_body: np.ndarray,
    origin: np.ndarray,
    beta: np.ndarray,
    radii: np.ndarray,
    light: np.ndarray,
    albedo: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Radiance factor on `fine` x `fine` cells per pixel, and at the corners (-1: no body), from the corners' rays."""
    ny, nx = rays.shape[0], rays.shape[1]
    node = np.empty((ny, nx), np.float32)
    depth = np.empty((ny, nx), np.float64)
    for i in range(ny):
        for j in range(nx):
            x, y, z = rays[i, j, 0], rays[i, j, 1], rays[i, j, 2]
            value, depth[i, j] = _shade(x, y, z, to_body, origin, beta, radii, light, albedo, 0.0)
            node[i, j] = value
    out = np.zeros(((ny - 1) * fine, (nx - 1) * fine), np.float32)
    for i in range(ny - 1):
        for j in range(nx - 1):
            hits = 0
            nodes = 0
            for k in range(max(i - 1, 0), min(i + 3, ny)):
                for m in range(max(j - 1, 0), min(j + 3, nx)):
                    nodes += 1
                    if node[k, m] >= 0.0:
                        hits += 1
            if hits == 0 and not everything_fine:
                continue
            cast = everything_fine or hits < nodes
            for k in range(fine):
                fy = (k + 0.5) / fine
                for m in range(fine):
                    fx = (m + 0.5) / fine
                    w00, w01 = (1.0 - fy) * (1.0 - fx), (1.0 - fy) * fx
                    w10, w11 = fy * (1.0 - fx), fy * fx
                    if not cast:
                        out[i * fine + k, j * fine + m] = (
                            w00 * node[i, j]
                            + w01 * node[i, j + 1]
                            + w10 * node[i + 1, j]
                            + w11 * node[i + 1, j + 1]
                        )
                        continue
                    a, b, c, d = rays[i, j], rays[i, j + 1], rays[i + 1, j], rays[i + 1, j + 1]
                    x = w00 * a[0] + w01 * b[0] + w10 * c[0] + w11 * d[0]
                    y = w00 * a[1] + w01 * b[1] + w10 * c[1] + w11 * d[1]
                    z = w00 * a[2] + w01 * b[2] + w10 * c[2] + w11 * d[2]
                    top, low = depth[i, j + 1] - depth[i, j], depth[i + 1, j + 1] - depth[i + 1, j]
                    left, right = depth[i + 1, j] - depth[i, j], depth[i + 1, j + 1] - depth[i, j + 1]
                    across = ((1.0 - fy) * top + fy * low) / fine
                    down = ((1.0 - fx) * left + fx * right) / fine
                    slack = 0.5 * (abs(across) + abs(down))
                    value, deep = _shade(x, y, z, to_body, origin, beta, radii, light, albedo, slack)
                    if value >= 0.0:
                        out[i * fine + k, j * fine + m] = value * _coverage(deep, across, down)
    return out, node


@numba.njit(cache=True, nogil=True, fastmath=True)
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


def render(view: StripView, illumination: Illumination, blur: Blur, albedo: np.ndarray) -> Patch | None:
    """Radiance factor of a strip, where the body or its blur shows.

    Parameters
    ----------
    view : StripView
    illumination : Illumination
    blur : Blur
    albedo : array, shape (rows + 2, columns + 2), float32
        Normal albedo in the strip's band, equirectangular, longitude 0 to 360 east, padded by one texel all round.

    Returns
    -------
    Patch or None
        None where neither the body nor its blur shows.
    """
    reach = blur.reach_px()
    columns = body_in_reach(view, reach)
    if columns is None:
        return None
    first, last = columns
    x = np.arange(first - reach, last + reach + 1)
    y = np.arange(-reach, view.camera.rows + reach + 1)
    rays = view.camera.rays(np.stack(np.meshgrid(x, y), axis=-1).astype(float))
    light = np.array(
        [
            *illumination.sun,
            *illumination.jupiter,
            illumination.jupiter_radius_sine,
            illumination.jupiter_shine,
            illumination.lommel_seeliger,
            -0.4 * np.log(10.0) * np.degrees(1.0) * illumination.phase_mag_deg,
            illumination.uniform,
        ]
    )
    radius_px = view.camera.focal_length_px / view.camera.summing * np.tan(view.angular_radius)
    grid, corner = _cast(
        rays,
        bool(radius_px < _TINY_DISC_PX),
        FINE,
        np.ascontiguousarray(view.body_to_camera.T),
        np.ascontiguousarray(view.position_km, dtype=float),
        np.ascontiguousarray(view.velocity_over_c, dtype=float),
        np.ascontiguousarray(view.radii_km, dtype=float),
        light,
        albedo,
    )
    body_px = int(np.count_nonzero(corner[reach:-reach, reach:-reach] >= 0.0))
    if not grid.any() and not body_px:
        return None
    taps = (blur.taps(blur.row_boxes_px, reach), blur.taps(blur.column_boxes_px, reach))
    return Patch(first, _convolve(grid, FINE, *taps), body_px)
