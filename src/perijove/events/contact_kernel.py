"""Contacts of convex bodies by their common tangent planes, compiled.

A body that hides a light (or a point of view) leaves a region behind it whose edge is made of planes that touch
both. With unit normal n, a plane touches an ellipsoid at a where n · (x - a) = h(n) = sqrt(n' A n), its support
function. Let s be the vector from the hiding body to the light. Planes with

    n · s = h(n) - R    keep a light of radius R on the body's side: they bound the umbra,
    n · s = h(n) + R    keep it on the other side: they bound the penumbra,
    n · s = h(n)        go through a point of view: they bound what lies before or behind the body.

The signed distance of another body at b, with support function g, is the largest over those planes of
n · b - h(n) - c g(n): c = 1 for the first touch from outside, c = -1 for the last from inside, c = 0 for the centre.
It falls through zero at the contact. Nothing is approximated: bodies may be near, oblate or triaxial.
"""

import math
from typing import TypeAlias

import numpy as np

from perijove.compiled import njit

__all__ = ["closing_rates", "gaps", "interpolated_states", "received_states"]

Vector: TypeAlias = tuple[float, float, float]
Body: TypeAlias = tuple[np.ndarray, Vector, Vector]
"""Semi-axes, directions of the long axis and of the pole."""
PackedTrack: TypeAlias = tuple[np.ndarray, ...]
"""`perijove.events.tracks.Track.packed`."""

_FIXED_POINT_STEPS = 60
_NEWTON_STEPS = 25
_LIGHT_TIME_STEPS = 5  # each gains four digits
_LIGHT_TIME_TOLERANCE_S = 3e-5  # half a metre of Io
_LARGEST_TURN_RAD = 0.4


@njit()
def _support(n: Vector, radii: np.ndarray, axis: Vector, pole: Vector) -> tuple[float, Vector]:
    """Support function of an ellipsoid with its long axis along `axis` and short one along `pole`, and its gradient."""
    along = n[0] * axis[0] + n[1] * axis[1] + n[2] * axis[2]
    up = n[0] * pole[0] + n[1] * pole[1] + n[2] * pole[2]
    a, b, c = radii[0] * radii[0], radii[1] * radii[1], radii[2] * radii[2]
    h = math.sqrt(b + (a - b) * along * along + (c - b) * up * up)
    u, w = (a - b) * along / h, (c - b) * up / h
    return h, (
        b / h * n[0] + u * axis[0] + w * pole[0],
        b / h * n[1] + u * axis[1] + w * pole[1],
        b / h * n[2] + u * axis[2] + w * pole[2],
    )


@njit()
def _plane(
    theta: float,
    s: Vector,
    distance: float,
    e1: Vector,
    e2: Vector,
    reach: float,
    body: Body,
    other: Body,
    b: Vector,
    c: float,
) -> tuple[float, float, Vector]:
    """Tangent plane at an azimuth: signed distance of the other body, its slope, and where it touches the first."""
    cos_t, sin_t = math.cos(theta), math.sin(theta)
    e = (cos_t * e1[0] + sin_t * e2[0], cos_t * e1[1] + sin_t * e2[1], cos_t * e1[2] + sin_t * e2[2])
    turned = (cos_t * e2[0] - sin_t * e1[0], cos_t * e2[1] - sin_t * e1[1], cos_t * e2[2] - sin_t * e1[2])
    # Elevation of n over the plane across the light's direction: n · s = h(n) +- R asks for h, and h for n.
    sine = 0.0
    for _ in range(_FIXED_POINT_STEPS):
        cosine = math.sqrt(max(1.0 - sine * sine, 0.0))
        n = (s[0] * sine + e[0] * cosine, s[1] * sine + e[1] * cosine, s[2] * sine + e[2] * cosine)
        h, touch = _support(n, *body)
        before = sine
        sine = min((h + reach) / distance, 1.0)
        if abs(sine - before) < 1e-15:
            break
    cosine = math.sqrt(max(1.0 - sine * sine, 0.0))
    n = (s[0] * sine + e[0] * cosine, s[1] * sine + e[1] * cosine, s[2] * sine + e[2] * cosine)
    h, touch = _support(n, *body)
    g, touch_other = _support(n, *other)
    gap = n[0] * b[0] + n[1] * b[1] + n[2] * b[2] - h - c * g
    # The slope d(gap)/d(azimuth): h and g change by their gradients, the points of touch, alone;
    # along the family of planes the elevation of n over the light's horizon follows the azimuth
    across = touch[0] * turned[0] + touch[1] * turned[1] + touch[2] * turned[2]
    tilt = (s[0] * cosine - e[0] * sine, s[1] * cosine - e[1] * sine, s[2] * cosine - e[2] * sine)
    lever = distance * cosine - (touch[0] * tilt[0] + touch[1] * tilt[1] + touch[2] * tilt[2])
    rise = cosine * across / lever if lever > 0.0 else 0.0
    slope = 0.0
    for i in range(3):
        slope += (cosine * turned[i] + rise * tilt[i]) * (b[i] - touch[i] - c * touch_other[i])
    return gap, slope, touch


@njit()
def _gap(light: Vector, reach: float, body: Body, b: Vector, other: Body, c: float) -> tuple[float, Vector]:
    """Signed distance of a body from the region behind another, km, and where the nearest plane touches the latter."""
    distance = math.sqrt(light[0] * light[0] + light[1] * light[1] + light[2] * light[2])
    s = (light[0] / distance, light[1] / distance, light[2] / distance)
    # Azimuth from which the search starts: that of the other body about the axis from the light through this one.
    p = b
    for _ in range(2):  # the second time takes off what rounding left along the axis
        along = p[0] * s[0] + p[1] * s[1] + p[2] * s[2]
        p = (p[0] - along * s[0], p[1] - along * s[1], p[2] - along * s[2])
    rho = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    if rho < 1e-6:  # on the axis: any azimuth will do to begin with
        p = (1.0 - s[0] * s[0], -s[0] * s[1], -s[0] * s[2])
        if abs(s[0]) > 0.6:
            p = (-s[0] * s[1], 1.0 - s[1] * s[1], -s[1] * s[2])
        rho = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    e1 = (p[0] / rho, p[1] / rho, p[2] / rho)
    e2 = (s[1] * e1[2] - s[2] * e1[1], s[2] * e1[0] - s[0] * e1[2], s[0] * e1[1] - s[1] * e1[0])
    # Newton's method for the largest gap over the azimuths, with the curvature from two slopes.
    theta, nudge = 0.0, 1e-4
    gap, slope, touch = _plane(theta, s, distance, e1, e2, reach, body, other, b, c)
    for _ in range(_NEWTON_STEPS):
        if abs(slope) < 1e-6:
            break
        _, ahead, _ = _plane(theta + nudge, s, distance, e1, e2, reach, body, other, b, c)
        curvature = (ahead - slope) / nudge
        turn = -slope / curvature if curvature < 0.0 else math.copysign(_LARGEST_TURN_RAD, slope)
        turn = min(max(turn, -_LARGEST_TURN_RAD), _LARGEST_TURN_RAD)
        theta += turn
        gap, slope, touch = _plane(theta, s, distance, e1, e2, reach, body, other, b, c)
        if abs(turn) < 1e-8:
            break
    return gap, touch


@njit()
def _interpolated(times: np.ndarray, states: np.ndarray, j: int, t: float) -> Vector:
    """Cubic Hermite interpolation of a path between nodes j and j + 1."""
    h = times[j + 1] - times[j]
    x = (t - times[j]) / h
    y = 1.0 - x
    p0, p1 = y * y * (1.0 + 2.0 * x), x * x * (1.0 + 2.0 * y)
    v0, v1 = h * x * y * y, -h * x * x * y
    first, last = states[j], states[j + 1]
    return (
        p0 * first[0] + p1 * last[0] + v0 * first[3] + v1 * last[3],
        p0 * first[1] + p1 * last[1] + v0 * first[4] + v1 * last[4],
        p0 * first[2] + p1 * last[2] + v0 * first[5] + v1 * last[5],
    )


@njit()
def _piece(times: np.ndarray, t: float, j: int) -> int:
    """Interval of a time; the one that came last is tried first."""
    if j < len(times) - 1 and times[j] <= t < times[j + 1]:
        return j
    return min(max(int(np.searchsorted(times, t, side="right")) - 1, 0), len(times) - 2)


@njit()
def _state(times: np.ndarray, states: np.ndarray, j: int, t: float, out: np.ndarray) -> None:
    """Cubic Hermite interpolation between nodes j and j + 1, with its derivative."""
    h = times[j + 1] - times[j]
    x = (t - times[j]) / h
    y = 1.0 - x
    p0, p1, v0, v1 = y * y * (1.0 + 2.0 * x), x * x * (1.0 + 2.0 * y), h * x * y * y, -h * x * x * y
    q, w0, w1 = 6.0 * x * y / h, y * (1.0 - 3.0 * x), x * (3.0 * x - 2.0)
    for k in range(3):
        a, b, va, vb = states[j, k], states[j + 1, k], states[j, k + 3], states[j + 1, k + 3]
        out[k] = p0 * a + p1 * b + v0 * va + v1 * vb
        out[k + 3] = q * (b - a) + w0 * va + w1 * vb


@njit()
def interpolated_states(at: np.ndarray, times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Positions and velocities, shape (n, 6), between nodes; beyond the ends the last piece goes on."""
    out = np.empty((len(at), 6))
    j = 0
    for n in range(len(at)):
        j = _piece(times, at[n], j)
        _state(times, states, j, at[n], out[n])
    return out


@njit()
def received_states(
    at: np.ndarray,
    here: np.ndarray,
    centre: tuple[np.ndarray, np.ndarray],
    path: tuple[np.ndarray, np.ndarray],
    speed: float,
) -> tuple[np.ndarray, np.ndarray]:
    """States of a body when the light left it that arrives at given times and places, and when that was.

    The body is on a path about a moving centre, each given as times and states at nodes. Velocities come out as the
    rates of those places by the receiver's clock.
    """
    states, left = np.empty((len(at), 6)), np.empty(len(at))
    i, j = 0, 0
    v = np.empty(6)
    delay = 0.0  # of one time is the first guess for the next
    for n in range(len(at)):
        # Light time: where the body was then decides how long the light took.
        for _ in range(_LIGHT_TIME_STEPS):
            t = at[n] - delay
            i, j = _piece(centre[0], t, i), _piece(path[0], t, j)
            _state(centre[0], centre[1], i, t, states[n])
            _state(path[0], path[1], j, t, v)
            square = 0.0
            for k in range(6):
                states[n, k] += v[k]
            for k in range(3):
                square += (here[n, k] - states[n, k]) ** 2
            left[n] = t
            before, delay = delay, math.sqrt(square) / speed
            if abs(delay - before) < _LIGHT_TIME_TOLERANCE_S:
                break
        # d(left)/d(received) = (c - v_here · ray) / (c - v_there · ray).
        along_here = along_there = 0.0
        for k in range(3):
            ray = (here[n, k] - states[n, k]) / math.sqrt(square)
            along_here += ray * here[n, k + 3]
            along_there += ray * states[n, k + 3]
        for k in range(3, 6):
            states[n, k] *= (speed - along_here) / (speed - along_there)
    return states, left


@njit()
def _axis(axes: np.ndarray, times: np.ndarray, j: int, t: float) -> Vector:
    """Unit vector between nodes, linearly; zero where the body has no long axis."""
    x = (t - times[j]) / (times[j + 1] - times[j])
    v = (
        axes[j, 0] + x * (axes[j + 1, 0] - axes[j, 0]),
        axes[j, 1] + x * (axes[j + 1, 1] - axes[j, 1]),
        axes[j, 2] + x * (axes[j + 1, 2] - axes[j, 2]),
    )
    size = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return (v[0] / size, v[1] / size, v[2] / size) if size > 0.0 else v


@njit()
def _gap_at(t: float, track: PackedTrack, reach: float, c: float) -> tuple[float, Vector]:
    """Signed distance at a time, and the point of the first body that the plane touches."""
    times, light, path, body_axes, other_axes, radii, other_radii, pole = track
    j = min(max(int(np.searchsorted(times, t)) - 1, 0), len(times) - 2)
    s, b = _interpolated(times, light, j, t), _interpolated(times, path, j, t)
    poles = (pole[0], pole[1], pole[2])
    body = (radii, _axis(body_axes, times, j, t), poles)
    other = (other_radii, _axis(other_axes, times, j, t), poles)
    gap: tuple[float, tuple[float, float, float]] = _gap(s, reach, body, b, other, c)
    return gap


@njit()
def gaps(at: np.ndarray, track: PackedTrack, reaches: np.ndarray, signs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed distances (km) and points of touch at given times; one reach and sign c each."""
    out, touch = np.empty(len(at)), np.empty((len(at), 3))
    for i in range(len(at)):
        out[i], p = _gap_at(at[i], track, reaches[i], signs[i])
        touch[i, 0], touch[i, 1], touch[i, 2] = p
    return out, touch


@njit()
def closing_rates(at: np.ndarray, times: np.ndarray, light: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Rates, 1/s, of the cosine of the angle between two bodies as seen from the light or point of view, at times."""
    out = np.empty(len(at))
    s, b = np.empty(6), np.empty(6)
    j = 0
    for n in range(len(at)):
        j = _piece(times, at[n], j)
        _state(times, light, j, at[n], s)
        _state(times, path, j, at[n], b)
        out[n] = _closing(s, b)
    return out


@njit()
def _closing(light: np.ndarray, path: np.ndarray) -> float:
    """Rate of the cosine of the angle between two bodies as seen from the light or point of view; states."""
    pd = pp = dd = pv = dw = cross = 0.0
    for i in range(3):
        p, v = -light[i], -light[i + 3]
        d, w = path[i] + p, path[i + 3] + v
        pd += p * d
        pp += p * p
        dd += d * d
        pv += p * v
        dw += d * w
        cross += v * d + p * w
    return (cross - pd * (pv / pp + dw / dd)) / math.sqrt(pp * dd)
