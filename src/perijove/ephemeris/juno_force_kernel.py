"""Pull of Jupiter, its moons and the Sun on a spacecraft close to Jupiter, compiled.

`perijove.dynamics.force_kernel` has the forces between the moons. Here the moons and the Sun are given as functions of
time, as Chebyshev series. Juno passes 4,000 km above the clouds, where J8 pulls with 0.2 mm/s^2 and the bulges that the
moons raise on Jupiter count, and it has passed moons so closely that their figures do.
"""

from typing import NamedTuple

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.chebyshev import places_at
from perijove.dynamics.zonal_kernel import zonal_pull

__all__ = ["CloseForces", "motion", "states_in_steps"]

_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


class CloseForces(NamedTuple):
    """What the kernel reads; km and s. All vectors are from Jupiter's centre, in ICRF axes."""

    jupiter: np.ndarray  # (4,): GM, radius of the harmonics, Love number k2, 1/c^2
    zonals: np.ndarray  # (degree + 1,): J_n at index n; 0 and 1 are not read
    pole: np.ndarray  # (3,): Jupiter's, a unit vector
    bodies: np.ndarray  # (m, 4) of moons and Sun: GM, R^2 J2, R^2 C22, pressure of its light over its attraction
    series: np.ndarray  # (segments, m, 3, terms): Chebyshev series of their positions
    first_tdb: float
    segment_s: float


@_compiled
def _add_zonal_pull(
    x: np.ndarray, factor: float, gm: float, radius: float, zonals: np.ndarray, pole: np.ndarray, out: np.ndarray
) -> None:
    """Add `factor` times Jupiter's pull at a place: GM/r^2 [(-1 + radial) u - polar p]."""
    r = np.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    ux, uy, uz = x[0] / r, x[1] / r, x[2] / r
    s = ux * pole[0] + uy * pole[1] + uz * pole[2]
    radial, polar = zonal_pull(s, radius / r, zonals)
    pull = factor * gm / (r * r)
    out[0] += pull * (radial * ux - polar * pole[0])
    out[1] += pull * (radial * uy - polar * pole[1])
    out[2] += pull * (radial * uz - polar * pole[2])


@_compiled
def _add_body_pull(x: np.ndarray, place: np.ndarray, body: np.ndarray, pole: np.ndarray, out: np.ndarray) -> None:
    """Add the pull of the Sun, less the pressure of its light, or of a moon.

    A moon's long axis points to Jupiter, its short one along Jupiter's pole. With d the distance and a, b, z the
    coordinates along its axes its potential is GM/d + GM/d^5 [R^2 J2 (d^2 - 3 z^2) / 2 + 3 R^2 C22 (a^2 - b^2)].
    """
    dx, dy, dz = x[0] - place[0], x[1] - place[1], x[2] - place[2]
    d2 = dx * dx + dy * dy + dz * dz
    inverse_d3 = 1.0 / (d2 * np.sqrt(d2))
    gm, j2, c22 = body[0], body[1], body[2]
    pull = -gm * (1.0 - body[3]) * inverse_d3
    if j2 != 0.0:
        distance = np.sqrt(place[0] * place[0] + place[1] * place[1] + place[2] * place[2])
        lx, ly, lz = place[0] / distance, place[1] / distance, place[2] / distance
        a = lx * dx + ly * dy + lz * dz
        z = pole[0] * dx + pole[1] * dy + pole[2] * dz
        b2 = d2 - a * a - z * z
        strength = gm * inverse_d3 / d2
        form = 0.5 * j2 * (d2 - 3.0 * z * z) + 3.0 * c22 * (a * a - b2)
        # grad form = j2 (d - 3 z p) + 6 c22 (a l - b m), with b m = d - a l - z p
        along = strength * (j2 - 6.0 * c22 - 5.0 * form / d2)
        long_axis, short_axis = 12.0 * strength * c22 * a, strength * (6.0 * c22 - 3.0 * j2) * z
        pull += along
        out[0] += long_axis * lx + short_axis * pole[0]
        out[1] += long_axis * ly + short_axis * pole[1]
        out[2] += long_axis * lz + short_axis * pole[2]
    out[0] += pull * dx
    out[1] += pull * dy
    out[2] += pull * dz


@_compiled
def _add_tide(x: np.ndarray, place: np.ndarray, strength: float, out: np.ndarray) -> None:
    """Add the pull of the bulge that a body raises on Jupiter: potential `strength` / (|place|^3 r^3) P2(cos angle)."""
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    d2 = place[0] * place[0] + place[1] * place[1] + place[2] * place[2]
    r, d = np.sqrt(r2), np.sqrt(d2)
    c = (x[0] * place[0] + x[1] * place[1] + x[2] * place[2]) / (r * d)
    size = strength / (d2 * d * r2 * r2)
    along, towards = size * (1.5 - 7.5 * c * c) / r, 3.0 * size * c / d
    for axis in range(3):
        out[axis] += along * x[axis] + towards * place[axis]


@_compiled
def motion(t: float, state: np.ndarray, forces: CloseForces, out: np.ndarray) -> None:
    """Rates of positions and velocities of massless bodies about Jupiter.

    Parameters
    ----------
    t : float
        TDB.
    state : array, shape (n, 6)
        km, km/s; the bodies do not feel each other.
    forces : CloseForces
    out : array, shape (n, 6)
        km/s, km/s^2.
    """
    gm, radius, k2, inverse_c2 = forces.jupiter[0], forces.jupiter[1], forces.jupiter[2], forces.jupiter[3]
    zonals, pole, bodies = forces.zonals, forces.pole, forces.bodies
    m = bodies.shape[0]
    places, indirect = np.empty((m, 3)), np.zeros(3)
    places_at(t, forces.series, forces.first_tdb, forces.segment_s, places)
    for body in range(m):  # what Jupiter pulls, pulls Jupiter
        _add_zonal_pull(places[body], bodies[body, 0] / gm, gm, radius, zonals, pole, indirect)
    # Each spacecraft: Jupiter's field, moons and Sun as bodies and by the bulges they raise, Jupiter's own fall.
    for i in range(state.shape[0]):
        x, v, a = state[i, :3], state[i, 3:], out[i, 3:]
        for axis in range(3):  # copies by slices take seconds to compile
            out[i, axis] = v[axis]
            a[axis] = indirect[axis]
        _add_zonal_pull(x, 1.0, gm, radius, zonals, pole, a)
        for body in range(m):
            _add_body_pull(x, places[body], bodies[body], pole, a)
            _add_tide(x, places[body], k2 * bodies[body, 0] * radius**5, a)
        r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
        rv = x[0] * v[0] + x[1] * v[1] + x[2] * v[2]
        v2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
        r = np.sqrt(r2)
        scale = gm * inverse_c2 / (r2 * r)  # Schwarzschild's term
        for axis in range(3):
            a[axis] += scale * ((4.0 * gm / r - v2) * x[axis] + 4.0 * rv * v[axis])


@_compiled
def states_in_steps(seconds: np.ndarray, edges: np.ndarray, series: np.ndarray, out: np.ndarray) -> None:
    """Evaluate integrated paths.

    Parameters
    ----------
    seconds : array, shape (m,)
        Within the edges; beyond them the first or last step is carried on.
    edges : array, shape (steps + 1,)
        Ascending, s.
    series : array, shape (steps, terms, width)
        Power series of each step in the part of it that has gone by.
    out : array, shape (m, width)
    """
    steps, terms = series.shape[0], series.shape[1]
    for m in range(seconds.size):
        low, high = 0, steps
        while high - low > 1:
            middle = (low + high) // 2
            if seconds[m] >= edges[middle]:
                low = middle
            else:
                high = middle
        s = (seconds[m] - edges[low]) / (edges[low + 1] - edges[low])
        for column in range(out.shape[1]):
            total = series[low, terms - 1, column]
            for k in range(terms - 2, -1, -1):
                total = total * s + series[low, k, column]
            out[m, column] = total
