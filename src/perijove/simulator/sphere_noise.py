"""Fractal noise on a sphere: seamless at the date line and the poles, the same on every machine."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from perijove.compiled import njit

__all__ = ["fractal_noise"]

_THREADS = 2


@njit(inline="always")
def _hash(i: int, j: int, k: int, seed: int) -> np.uint32:
    """32 well-mixed bits of a lattice point (constants of the murmur3 finaliser)."""
    h = np.uint32(i) * np.uint32(0x8DA6B343)
    h ^= np.uint32(j) * np.uint32(0xD8163841)
    h ^= np.uint32(k) * np.uint32(0xCB1AB31F)
    h ^= np.uint32(seed) * np.uint32(0x9E3779B9)
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


@njit()
def _gradient_noise(x: float, y: float, z: float, seed: int) -> float:
    """Perlin's gradient noise, about -1 to 1, with gradients from hash bits."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    i, j, k = int(fx), int(fy), int(fz)
    x -= fx
    y -= fy
    z -= fz
    u = x * x * x * (x * (x * 6.0 - 15.0) + 10.0)
    v = y * y * y * (y * (y * 6.0 - 15.0) + 10.0)
    w = z * z * z * (z * (z * 6.0 - 15.0) + 10.0)
    total = 0.0
    for di in range(2):
        for dj in range(2):
            for dk in range(2):
                h = _hash(i + di, j + dj, k + dk, seed)
                gx = (h & np.uint32(1023)) / 511.5 - 1.0
                gy = ((h >> np.uint32(10)) & np.uint32(1023)) / 511.5 - 1.0
                gz = ((h >> np.uint32(20)) & np.uint32(1023)) / 511.5 - 1.0
                weight = (u if di else 1.0 - u) * (v if dj else 1.0 - v) * (w if dk else 1.0 - w)
                total += weight * (gx * (x - di) + gy * (y - dj) + gz * (z - dk))
    return 1.6 * total


@njit(nogil=True)
def _fill(out: np.ndarray, first: int, last: int, recipe: np.ndarray, octaves: int, seed: int) -> None:
    rows, columns = out.shape
    frequency, gain, warp = recipe
    for row in range(first, last):
        lat = np.pi * (0.5 - (row + 0.5) / rows)
        for column in range(columns):
            lon = 2.0 * np.pi * (column + 0.5) / columns
            x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
            if warp > 0.0:
                dx = _gradient_noise(frequency * x, frequency * y, frequency * z, seed + 101)
                dy = _gradient_noise(frequency * x, frequency * y, frequency * z, seed + 102)
                dz = _gradient_noise(frequency * x, frequency * y, frequency * z, seed + 103)
                x, y, z = x + warp * dx, y + warp * dy, z + warp * dz
            total = 0.0
            amplitude = 1.0
            scale = frequency
            for octave in range(octaves):
                total += amplitude * _gradient_noise(scale * x, scale * y, scale * z, seed + octave)
                amplitude *= gain
                scale *= 2.03  # not 2: lattices of all octaves must not share their zeros
            out[row, column] = total


def fractal_noise(
    rows: int, *, frequency: float, octaves: int, seed: int, gain: float = 0.5, warp: float = 0.0
) -> np.ndarray:
    """Noise on an equirectangular grid of `rows` by 2 `rows`, longitude 0 at the left edge, north up.

    Parameters
    ----------
    rows : int
        Height of the grid.
    frequency : float
        Cells of the coarsest octave per radius of the sphere.
    octaves : int
        How many octaves; each is 2.03 times finer than the one before.
    seed : int
        Same seed, same noise.
    gain : float
        Amplitude of each octave over the one before.
    warp : float
        How far (in radii) a second noise bends the coordinates, for flow-like shapes.

    Returns
    -------
    array, shape (rows, 2 rows), float32
        Zero mean, unit standard deviation over the grid.
    """
    out = np.empty((rows, 2 * rows), dtype=np.float32)
    edges = np.linspace(0, rows, 9).astype(int)
    recipe = np.array([frequency, gain, warp])

    def band(k: int) -> None:
        _fill(out, edges[k], edges[k + 1], recipe, octaves, seed)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(band, range(len(edges) - 1)))
    out -= out.mean(dtype=np.float64)
    out /= out.std(dtype=np.float64)
    return out
