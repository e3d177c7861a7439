"""Power series of compressible layers, many solutions side by side.

In the variables of `compressible_kernel`, with f = r y5 and q = r P, gravity enters by two powers of the radius alone:

    y1' = D - E                          tau2' = tau2 + 6 E + L tau4 - 4 D - G D
    y3' = y3 - y1 + tau4                 tau4' = -2 tau4 - tau2 + 2 D - 6 y1 + 2 (2 L - 1) y3
    f'  = (l + 1) f + q                  q' = -l q + rho r² D
    D = (mu / (K + 4/3 mu)) (tau2 + G y1 - (rho / mu) f + 2 E),    G = (rho / mu) (rho r² / 3 + m / r)

The solutions are singular at the centre and at infinity only. So the series is not one in r, which would converge below
twice the radius of the floor: with

    r / floor = (1 + x) / (1 - x),    r d/dr = (1 - x²) / 2 d/dx

the two lie at x = -1 and 1, and every radius between them within the circle of convergence: at r = 1.45 floor, x is
0.18, and 26 terms do what took 64. A product with r/floor is one with (1 + x) / (1 - x), whose terms c follow from the
terms y of the factor by c(n) = y(n) + x (y(n-1) + c(n-1)), powers of x being part of the terms; one with floor / r has
the other sign.

Each lane is one solution in one layer of one body, with coefficients of its own. Real and imaginary parts stand in rows
apart, because numba's complex numbers keep the compiler from working on lanes four or eight at a time.
"""

import numpy as np

from perijove.compiled import njit

__all__ = ["LANES", "carried", "carry", "layer_of_lanes", "room_for_lanes", "start_lane"]

LANES = 12  # three solutions of four bodies; fewer leave the processor waiting for itself
_TOLERANCE = 1e-15  # of the last two terms: the last is x times that, and what follows it less than x² / (1 - x)
_FEWEST_TERMS, _MOST_TERMS = 6, 120

# Rows of one part (real or imaginary), each of so many lanes: terms of y1, y3, f, tau2, tau4, q; those before them;
# y1 times r, r² and 1/r; D before, and D times r, r² and 1/r; sums of the six.
_R1, _R2, _R3, _R4, _R5 = (k * LANES for k in range(1, 6))
_BEFORE, _OF_Y1, _D, _OF_D, _SUMS, _PART = (k * LANES for k in (6, 12, 15, 16, 19, 25))
# Coefficients, behind both parts: x, rho floor² / 3, m / floor, rho floor², rho / mu, mu / (K + 4/3 mu), l.
_X, _SQUARE, _LESS, _PUSH, _PULL, _PULL_I, _SOFT, _SOFT_I, _DEGREE = (2 * _PART + k * LANES for k in range(9))
_ROOM = 2 * _PART + 9 * LANES
_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


@_compiled
def room_for_lanes() -> np.ndarray:
    """Scratch of this module: idle lanes, which stay 0."""
    return np.zeros(_ROOM)


@_compiled
def layer_of_lanes(
    lanes: np.ndarray,
    first: int,
    count: int,
    ratio: float,
    floor: float,
    density: float,
    compliance: complex,
    softness: complex,
    excess: float,
    degree: float,
) -> None:
    """Set how far and through what some lanes go: from the radius `floor` to `ratio` times it, up or down.

    `compliance` is 1 / mu, `softness` mu / (K + 4/3 mu), 0 in an incompressible layer, and `excess` the m of gravity
    rho r / 3 + m / r².
    """
    x, mass = (ratio - 1.0) / (ratio + 1.0), density * floor * floor
    for lane in range(first, first + count):
        lanes[_X + lane], lanes[_SQUARE + lane], lanes[_LESS + lane] = x, mass / 3.0, excess / floor
        lanes[_PUSH + lane], lanes[_DEGREE + lane] = mass, degree
        lanes[_PULL + lane], lanes[_PULL_I + lane] = density * compliance.real, density * compliance.imag
        lanes[_SOFT + lane], lanes[_SOFT_I + lane] = softness.real, softness.imag


@_compiled
def start_lane(lanes: np.ndarray, lane: int, row: int, value: complex) -> None:
    """Set y1, y3, f, tau2, tau4 or q (`row` 0 to 5) at the start of a lane."""
    at = row * LANES + lane
    lanes[at] = lanes[_SUMS + at] = value.real
    lanes[_PART + at] = lanes[_PART + _SUMS + at] = value.imag


@_compiled
def carried(lanes: np.ndarray, lane: int, row: int) -> complex:
    """What `carry` has made of it."""
    at = _SUMS + row * LANES + lane
    return complex(lanes[at], lanes[_PART + at])


@_compiled
def _by_radius(y: float, before: float, once: float, twice: float, less: float, x: float) -> tuple[float, float, float]:
    """Terms of r y, r² y and y / r (r in units of the floor), from the term of y and all those before."""
    once_now = y + x * (before + once)
    return once_now, once_now + x * (once + twice), y - x * (before + less)


@_compiled
def _slopes(
    y1: float,
    y3: float,
    f: float,
    t2: float,
    t4: float,
    q: float,
    d: float,
    e: float,
    drawn: float,
    attracted: float,
    ll: float,
    degree: float,
) -> tuple[float, float, float, float, float, float]:
    """One part of r d/dr of the six functions; `drawn` is G D, `attracted` rho r² D."""
    return (
        d - e,
        y3 - y1 + t4,
        (degree + 1.0) * f + q,
        t2 + 6.0 * e + ll * t4 - 4.0 * d - drawn,
        2.0 * (d - t4) - t2 - 6.0 * y1 + (4.0 * ll - 2.0) * y3,
        attracted - degree * q,
    )


@_compiled
def _next_term(s: np.ndarray, ahead: float, behind: float) -> None:
    """Terms of the next order in all lanes; `ahead` and `behind` are 2 / (n + 1) and (n - 1) / (n + 1)."""
    for j in range(LANES):
        i = j + _PART  # the imaginary part of lane j
        x, square, less, push = s[j + _X], s[j + _SQUARE], s[j + _LESS], s[j + _PUSH]
        pull, pull_i, soft, soft_i = s[j + _PULL], s[j + _PULL_I], s[j + _SOFT], s[j + _SOFT_I]
        degree = s[j + _DEGREE]
        ll = degree * (degree + 1.0)
        y1, y3, f, t2, t4, q = s[j], s[j + _R1], s[j + _R2], s[j + _R3], s[j + _R4], s[j + _R5]
        y1_i, y3_i, f_i, t2_i, t4_i, q_i = s[i], s[i + _R1], s[i + _R2], s[i + _R3], s[i + _R4], s[i + _R5]
        # Weight of what is lifted, G y1 mu / rho, less the pull of the disturbed potential.
        k = j + _OF_Y1
        s[k], twice, over = _by_radius(y1, s[j + _BEFORE], s[k], s[k + _R1], s[k + _R2], x)
        s[k + _R1], s[k + _R2] = twice, over
        lift = square * twice + less * over - f
        k = i + _OF_Y1
        s[k], twice, over = _by_radius(y1_i, s[i + _BEFORE], s[k], s[k + _R1], s[k + _R2], x)
        s[k + _R1], s[k + _R2] = twice, over
        lift_i = square * twice + less * over - f_i
        # Dilatation D, complex by 1 / mu and by mu / (K + 4/3 mu).
        e, e_i = 2.0 * y1 - ll * y3, 2.0 * y1_i - ll * y3_i
        pressed = t2 + 2.0 * e + pull * lift - pull_i * lift_i
        pressed_i = t2_i + 2.0 * e_i + pull * lift_i + pull_i * lift
        d, d_i = soft * pressed - soft_i * pressed_i, soft * pressed_i + soft_i * pressed
        # Its weight, G D mu / rho.
        k = j + _OF_D
        s[k], twice, over = _by_radius(d, s[j + _D], s[k], s[k + _R1], s[k + _R2], x)
        s[k + _R1], s[k + _R2] = twice, over
        k = i + _OF_D
        s[k], twice_i, over_i = _by_radius(d_i, s[i + _D], s[k], s[k + _R1], s[k + _R2], x)
        s[k + _R1], s[k + _R2] = twice_i, over_i
        s[j + _D], s[i + _D] = d, d_i
        weight, weight_i = square * twice + less * over, square * twice_i + less * over_i
        # (1 - x²) / 2 d/dx on the left of the equations: a term hangs on the one before the last, too.
        up, back = x * ahead, x * x * behind
        drawn, drawn_i = pull * weight - pull_i * weight_i, pull * weight_i + pull_i * weight
        a0, a1, a2, a3, a4, a5 = _slopes(y1, y3, f, t2, t4, q, d, e, drawn, push * twice, ll, degree)
        b0, b1, b2, b3, b4, b5 = _slopes(
            y1_i, y3_i, f_i, t2_i, t4_i, q_i, d_i, e_i, drawn_i, push * twice_i, ll, degree
        )
        k, i_k = j + _BEFORE, i + _BEFORE
        a0, a1, a2 = up * a0 + back * s[k], up * a1 + back * s[k + _R1], up * a2 + back * s[k + _R2]
        a3, a4, a5 = up * a3 + back * s[k + _R3], up * a4 + back * s[k + _R4], up * a5 + back * s[k + _R5]
        b0, b1, b2 = up * b0 + back * s[i_k], up * b1 + back * s[i_k + _R1], up * b2 + back * s[i_k + _R2]
        b3, b4, b5 = up * b3 + back * s[i_k + _R3], up * b4 + back * s[i_k + _R4], up * b5 + back * s[i_k + _R5]
        s[k], s[k + _R1], s[k + _R2], s[k + _R3], s[k + _R4], s[k + _R5] = y1, y3, f, t2, t4, q
        s[i_k], s[i_k + _R1], s[i_k + _R2], s[i_k + _R3], s[i_k + _R4], s[i_k + _R5] = y1_i, y3_i, f_i, t2_i, t4_i, q_i
        s[j], s[j + _R1], s[j + _R2], s[j + _R3], s[j + _R4], s[j + _R5] = a0, a1, a2, a3, a4, a5
        s[i], s[i + _R1], s[i + _R2], s[i + _R3], s[i + _R4], s[i + _R5] = b0, b1, b2, b3, b4, b5
        k, i_k = j + _SUMS, i + _SUMS
        s[k], s[k + _R1], s[k + _R2] = s[k] + a0, s[k + _R1] + a1, s[k + _R2] + a2
        s[k + _R3], s[k + _R4], s[k + _R5] = s[k + _R3] + a3, s[k + _R4] + a4, s[k + _R5] + a5
        s[i_k], s[i_k + _R1], s[i_k + _R2] = s[i_k] + b0, s[i_k + _R1] + b1, s[i_k + _R2] + b2
        s[i_k + _R3], s[i_k + _R4], s[i_k + _R5] = s[i_k + _R3] + b3, s[i_k + _R4] + b4, s[i_k + _R5] + b5


@_compiled
def _unsettled(s: np.ndarray) -> int:
    """Number of lanes' halves whose last two terms still count: displacement with traction, and potential."""
    count = 0
    for lane in range(LANES):
        moved, moved_last, moved_all, drawn, drawn_last, drawn_all = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for at in (lane, lane + _PART):
            last, all_ = at + _BEFORE, at + _SUMS
            moved += abs(s[at]) + abs(s[at + _R1]) + abs(s[at + _R3]) + abs(s[at + _R4])
            moved_last += abs(s[last]) + abs(s[last + _R1]) + abs(s[last + _R3]) + abs(s[last + _R4])
            moved_all += abs(s[all_]) + abs(s[all_ + _R1]) + abs(s[all_ + _R3]) + abs(s[all_ + _R4])
            drawn += abs(s[at + _R2]) + abs(s[at + _R5])
            drawn_last += abs(s[last + _R2]) + abs(s[last + _R5])
            drawn_all += abs(s[all_ + _R2]) + abs(s[all_ + _R5])
        count += int(not moved + moved_last <= _TOLERANCE * moved_all)
        count += int(not drawn + drawn_last <= _TOLERANCE * drawn_all)
    return count


@_compiled
def carry(lanes: np.ndarray) -> None:
    """Carry all lanes to their ends."""
    for row in range(6, 19):  # what the recurrences remember, 0 at first
        for at in range(row * LANES, (row + 1) * LANES):
            lanes[at] = lanes[_PART + at] = 0.0
    _next_term(lanes, 2.0, 0.0)
    for n in range(1, _MOST_TERMS):
        _next_term(lanes, 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0))
        if n >= _FEWEST_TERMS and n % 2 == 0 and _unsettled(lanes) == 0:
            break
