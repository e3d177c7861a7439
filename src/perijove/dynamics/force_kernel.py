"""Accelerations of moons and test particles relative to Jupiter's centre, compiled.

All bodies are described by their positions from Jupiter, in ICRF axes. Jupiter itself answers every pull on it, so
each acceleration is that of the body less that of Jupiter; total momentum needs no equation of its own.
"""

from typing import NamedTuple

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.chebyshev import places_at
from perijove.dynamics.zonal_kernel import zonal_pull

__all__ = [
    "BODY_LAG",
    "BODY_TIDE",
    "FIGURE",
    "GM",
    "JUPITER_LAG",
    "JUPITER_TIDE",
    "ForceTable",
    "acceleration",
    "surroundings",
]

_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
# Copied into its callers: what comes out of the disk's cache would be called, and its arrays' parts handed over one by
# one, which costs as much as the forces.
_copied = njit(inline="always", nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


class ForceTable(NamedTuple):
    """What the kernel reads; km, s. Made by `perijove.dynamics.system.JovianSystem.force_table`.

    The loops get its arrays one by one: taken out of a tuple, an array is counted, and that costs as much as a root.
    """

    jupiter: np.ndarray  # (4,): GM, radius of the harmonics, spin (rad/s), 1/c^2 or 0
    zonals: np.ndarray  # (degree + 1,): J_n at index n
    bodies: np.ndarray  # (n, 6), columns below
    external_gm: np.ndarray  # (m,) of bodies on given paths
    paths: np.ndarray  # (segments, m + 1, 3, degree + 1): Chebyshev series of Jupiter's pole and the external positions
    paths_first_tdb: float
    paths_segment_s: float


# Columns of `bodies`: GM, 0 for test particles; 3 R^2 (J2 / 2 + 3 C22) of a body that turns its long axis to Jupiter,
# km^2; 3 k2 R^5 of Jupiter, km^5, and the lag of the bulge that the body raises there, s; the same of the body itself.
GM, FIGURE, JUPITER_TIDE, JUPITER_LAG, BODY_TIDE, BODY_LAG = range(6)


@_compiled
def surroundings(t: float, table: ForceTable, out: np.ndarray) -> None:
    """What the forces depend on besides the bodies: Jupiter's pole, then the external bodies' positions, (m + 1, 3)."""
    places_at(t, table.paths, table.paths_first_tdb, table.paths_segment_s, out)


@_compiled
def _by_velocity(
    x: np.ndarray, v: np.ndarray, i: int, px: float, py: float, pz: float, jupiter: np.ndarray, bodies: np.ndarray
) -> tuple[float, float, float]:
    """What relativity and tides add to the acceleration of body i, an unsigned index."""
    gm0, spin, inverse_c2 = jupiter[0], jupiter[2], jupiter[3]
    k = np.uint64(3) * i
    rx, ry, rz = x[k], x[k + np.uint64(1)], x[k + np.uint64(2)]
    vx, vy, vz = v[k], v[k + np.uint64(1)], v[k + np.uint64(2)]
    inverse_r2 = 1.0 / (rx * rx + ry * ry + rz * rz)
    rv = rx * vx + ry * vy + rz * vz
    along, across, over = 0.0, 0.0, 0.0  # parts of the position, the velocity and the velocity over the turning planet
    if inverse_c2 != 0.0:  # Schwarzschild's term
        inverse_r = np.sqrt(inverse_r2)
        pull = gm0 * inverse_r2 * inverse_r * inverse_c2
        along += pull * (4.0 * gm0 * inverse_r - (vx * vx + vy * vy + vz * vz))
        across += 4.0 * pull * rv
    if bodies[i, JUPITER_TIDE] != 0.0:  # bulge raised by the body itself, Mignard 1979
        lag = bodies[i, JUPITER_LAG]
        strength = bodies[i, JUPITER_TIDE] * bodies[i, GM] * inverse_r2**4
        along -= strength * (1.0 + 2.0 * lag * rv * inverse_r2)
        over -= strength * lag
    if bodies[i, BODY_TIDE] != 0.0:  # raised by Jupiter on a synchronous body; radial, hence the factor 7/3
        strength = bodies[i, BODY_TIDE] * gm0 * gm0 / bodies[i, GM] * inverse_r2**4
        along -= strength * (1.0 + 7.0 * bodies[i, BODY_LAG] * rv * inverse_r2)
    return (  # v + r x omega: how the body moves over the planet
        along * rx + across * vx + over * (vx + spin * (ry * pz - rz * py)),
        along * ry + across * vy + over * (vy + spin * (rz * px - rx * pz)),
        along * rz + across * vz + over * (vz + spin * (rx * py - ry * px)),
    )


@_copied
def acceleration(
    x: np.ndarray,
    v: np.ndarray,
    around: np.ndarray,
    jupiter: np.ndarray,
    zonals: np.ndarray,
    bodies: np.ndarray,
    external_gm: np.ndarray,
    out: np.ndarray,
) -> None:
    """Accelerations relative to Jupiter.

    Parameters
    ----------
    x, v : array, shape (3 n,)
        Positions and velocities, body after body, km and km/s.
    around : array, shape (m + 1, 3)
        From `surroundings`.
    jupiter, zonals, bodies, external_gm : array
        Of a `ForceTable`.
    out : array, shape (3 n,)
        km/s^2.

    Notes
    -----
    Indices are unsigned: numba tests signed ones for being negative, which takes half of the time.
    """
    n, one, two, three = np.uint64(x.size // 3), np.uint64(1), np.uint64(2), np.uint64(3)
    gm0, radius, inverse_c2 = jupiter[0], jupiter[1], jupiter[3]
    px, py, pz = around[0, 0], around[0, 1], around[0, 2]
    back_x, back_y, back_z = 0.0, 0.0, 0.0  # gm0 times Jupiter's own acceleration, reversed

    # Jupiter on each body: point mass, zonal harmonics, the body's own figure, relativity and tides. Each pulls back.
    for i in range(n):
        k = three * i
        rx, ry, rz = x[k], x[k + one], x[k + two]
        inverse_r2 = 1.0 / (rx * rx + ry * ry + rz * rz)
        inverse_r = np.sqrt(inverse_r2)
        s = (rx * px + ry * py + rz * pz) * inverse_r
        radial, polar = zonal_pull(s, radius * inverse_r, zonals)
        pull = gm0 * inverse_r2
        radial = pull * (radial - bodies[i, FIGURE] * inverse_r2) * inverse_r
        polar = pull * polar
        ax, ay, az = radial * rx - polar * px, radial * ry - polar * py, radial * rz - polar * pz
        if inverse_c2 != 0.0 or bodies[i, JUPITER_TIDE] != 0.0 or bodies[i, BODY_TIDE] != 0.0:
            tx, ty, tz = _by_velocity(x, v, i, px, py, pz, jupiter, bodies)
            ax, ay, az = ax + tx, ay + ty, az + tz
        out[k], out[k + one], out[k + two] = ax, ay, az
        back_x += bodies[i, GM] * ax
        back_y += bodies[i, GM] * ay
        back_z += bodies[i, GM] * az

    # Jupiter's answer on all of them (its axes do not rotate, but fall), and the bodies on each other as points.
    back_x, back_y, back_z = back_x / gm0, back_y / gm0, back_z / gm0
    for i in range(n):
        k = three * i
        rx, ry, rz, gi = x[k], x[k + one], x[k + two], bodies[i, GM]
        ax, ay, az = out[k] + back_x, out[k + one] + back_y, out[k + two] + back_z
        for j in range(i + one, n):
            gj = bodies[j, GM]
            if gi == 0.0 and gj == 0.0:
                continue
            m = three * j
            dx, dy, dz = x[m] - rx, x[m + one] - ry, x[m + two] - rz
            d2 = dx * dx + dy * dy + dz * dz
            inverse_d3 = 1.0 / (d2 * np.sqrt(d2))
            on_i, on_j = gj * inverse_d3, gi * inverse_d3
            ax, ay, az = ax + on_i * dx, ay + on_i * dy, az + on_i * dz
            out[m] -= on_j * dx
            out[m + one] -= on_j * dy
            out[m + two] -= on_j * dz
        out[k], out[k + one], out[k + two] = ax, ay, az

    # Sun and planets: their pull on the body less that on Jupiter.
    for external in range(external_gm.size):
        sx, sy, sz = around[external + 1, 0], around[external + 1, 1], around[external + 1, 2]
        s2 = sx * sx + sy * sy + sz * sz
        on_jupiter = external_gm[external] / (s2 * np.sqrt(s2))
        for i in range(n):
            k = three * i
            dx, dy, dz = sx - x[k], sy - x[k + one], sz - x[k + two]
            d2 = dx * dx + dy * dy + dz * dz
            on_body = external_gm[external] / (d2 * np.sqrt(d2))
            out[k] += on_body * dx - on_jupiter * sx
            out[k + one] += on_body * dy - on_jupiter * sy
            out[k + two] += on_body * dz - on_jupiter * sz
