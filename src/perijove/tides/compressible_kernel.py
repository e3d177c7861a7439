"""Compressible solid layers: the impedance of `impedance_kernel` carried through by power series.

With the dilatation D = div u, times r, the equations of Takeuchi & Saito (1972) read, in the variables of
`impedance_kernel` and with ' = r d/dr, L = l (l + 1), E = 2 y1 - L y3, tau = r (t2, y4) / mu, gamma = rho g r / mu:

    y1' = D - E                          tau2' = tau2 + 6 E + L tau4 - (4 + gamma) D
    y3' = y3 - y1 + tau4                 tau4' = -2 tau4 - tau2 + 2 D - 6 y1 + 2 (2 L - 1) y3
    y5' = l y5 + P                       P' = -(l + 1) P + rho r D
    D = (mu / (K + 4/3 mu)) (tau2 + gamma y1 - (rho r / mu) y5 + 2 E)

D vanishes as the bulk modulus K grows, and what is left is the incompressible layer. Gravity within a layer is
rho r / 3 + m / r², so that all coefficients are powers of r, and series about the floor have a short recurrence
(`taylor_kernel`). Layers through which solutions grow much are cut into pieces.
"""

import numpy as np

from perijove.tides.impedance_kernel import (
    FIRST,
    IMPEDANCES,
    INNER,
    SECOND,
    THIRD,
    compiled,
    floor_basis,
    inverse,
    right_divide,
)
from perijove.tides.taylor_kernel import carried, layer_of_lanes, start_lane

__all__ = ["CENTRE_PHASE", "compressible_centre", "enter_piece", "leave_piece", "piece_count", "wave_number"]

_LARGEST_PHASE = 2.5  # growth of the fastest solution across a piece: e^2.5 costs one digit
_MAX_TERMS = 120
CENTRE_PHASE = 3.0  # of the ball around the centre where the series in r² is used


@compiled
def wave_number(
    density: float, shear: complex, stiffness: complex, gravity: float, radius: float, degree: float
) -> float:
    """Wave number times radius of the fastest change that gravity, self-attraction and elasticity make together.

    A compressible layer of uniform density is unstable or stable against overturning within itself; where gravity beats
    rigidity it folds into waves of k⁴ = L (rho g / r)² / (mu (K + 4/3 mu)).
    """
    weight = density * gravity * radius
    size = np.sqrt(stiffness.real**2 + stiffness.imag**2)
    overturn = weight * np.sqrt(degree * (degree + 1.0) / (size * np.sqrt(shear.real**2 + shear.imag**2)))
    number: float = np.sqrt(overturn + (4.0 * weight + (density * radius) ** 2) / size)
    return number


@compiled
def piece_count(
    floor: float, top: float, density: float, shear: complex, stiffness: complex, excess: float, degree: float
) -> int:
    """Number of pieces of equal ratio into which a layer is cut, so that no solution grows too much within one."""
    phase = max(
        wave_number(density, shear, stiffness, density * floor / 3.0 + excess / floor**2, floor, degree),
        wave_number(density, shear, stiffness, density * top / 3.0 + excess / top**2, top, degree),
    )
    step = _LARGEST_PHASE / max(phase, degree + 2.0)
    if top <= floor * (1.0 + step):
        return 1
    return int(np.ceil(np.log(top / floor) / np.log1p(step)))


@compiled
def enter_piece(
    m: np.ndarray,
    body: int,
    floor: float,
    ratio: float,
    density: float,
    shear: complex,
    softness: complex,
    excess: float,
    degree: float,
    lanes: np.ndarray,
) -> None:
    """Put the three solutions of `floor_basis` into the lanes of a body, bound for `ratio` times a radius.

    `m` holds the matrices of `impedance_kernel`; the rest is as in `layer_of_lanes`.
    """
    floor_basis(m, IMPEDANCES + body, shear, SECOND, THIRD)
    unit = inverse(shear)
    along = unit * (1.0 / (degree * (degree + 1.0)))
    layer_of_lanes(lanes, 3 * body, 3, ratio, floor, density, unit, softness, excess, degree)
    for k in range(3):
        lane = 3 * body + k
        start_lane(lanes, lane, 0, m[SECOND, 0, k])
        start_lane(lanes, lane, 1, m[SECOND, 1, k])
        start_lane(lanes, lane, 2, floor * m[SECOND, 2, k])
        start_lane(lanes, lane, 3, unit * m[THIRD, 0, k])
        start_lane(lanes, lane, 4, along * m[THIRD, 1, k])
        start_lane(lanes, lane, 5, floor * m[THIRD, 2, k])


@compiled
def leave_piece(m: np.ndarray, body: int, end: float, shear: complex, degree: float, lanes: np.ndarray) -> None:
    """Impedance at the radius `end` from the lanes of a body; `INNER` then holds U there of the three solutions."""
    inward, along = 1.0 / end, shear * (degree * (degree + 1.0))
    for k in range(3):
        lane = 3 * body + k
        m[INNER, 0, k] = carried(lanes, lane, 0)
        m[INNER, 1, k] = carried(lanes, lane, 1)
        m[INNER, 2, k] = inward * carried(lanes, lane, 2)
        m[FIRST, 0, k] = shear * carried(lanes, lane, 3)
        m[FIRST, 1, k] = along * carried(lanes, lane, 4)
        m[FIRST, 2, k] = inward * carried(lanes, lane, 5)
    right_divide(m, FIRST, INNER, IMPEDANCES + body)


@compiled
def compressible_centre(
    radius: float,
    scale: float,
    density: float,
    shear: complex,
    stiffness: complex,
    degree: float,
    solutions: np.ndarray,
) -> None:
    """Three solutions of a homogeneous compressible ball at a radius.

    Rows of `solutions`, shape (3, 6): y1, y3, y5, r t2, l (l + 1) r y4, r p. `scale` is the radius to which all powers
    refer: the same for all radii of one ball, and not below any of them.

    Notes
    -----
    With C = r . curl curl u, dilatation D and the potential form a closed system of Laplacians when gravity grows
    with r (Love 1911, Some Problems of Geodynamics, chapter 7):

        (K + 4/3 mu) lap D = -(rho² / 3) (4 D + C),  mu lap C = -L (rho² / 3) D,
        lap (r u_r) = r D' - C + 2 D,  lap y5 = rho D,

    which makes a recurrence in r². The first solution starts with D alone, the second with C, the third is the
    gradient of r^l, which is exact. D is carried as a pressure: it stays finite in the incompressible limit.
    """
    ll = degree * (degree + 1.0)
    square = scale * scale
    x2 = (radius / scale) ** 2
    attraction = density * density / 3.0
    for k in range(3):
        # Lowest terms, in x² = (r / scale)²: (K + 4/3 mu) D, mu C, r u_r, and the potential that balances them.
        pressure = (1.0 if k == 0 else 0.0) + 0.0 * shear
        twist = (1.0 if k == 1 else 0.0) + 0.0 * shear  # mu C
        lift = (1.0 if k == 2 else 0.0) + 0.0 * shear  # r u_r
        f = (attraction * lift + twist / degree - pressure) / density
        # sums of r u_r, r d/dr of it, r² d²/dr², D, r D', y5, r p, and r t2 without its displacement part
        s, s1, s2, sf, sp = lift, degree * lift, degree * degree * lift, f, 0.0 * f
        sd = pressure / stiffness
        sd1 = degree * sd
        beyond = twist / degree
        power = 1.0
        for n in range(_MAX_TERMS):
            m = degree + 2.0 * n
            over = square / ((2.0 * n + 2.0) * (2.0 * degree + 2.0 * n + 3.0))
            dilatation = pressure / stiffness
            curl = twist / shear
            # The four Laplacians: lap r^m = m (m + 1) - L, over r².
            pressure, twist, lift, f = (
                -attraction * over * (4.0 * dilatation + curl),
                -ll * attraction * over * dilatation,
                over * ((m + 2.0) * dilatation - curl),
                over * density * dilatation,
            )
            power *= x2
            m += 2.0
            s += power * lift
            s1 += power * m * lift
            s2 += power * m * m * lift
            sd += power * pressure / stiffness
            sd1 += power * m * pressure / stiffness
            sf += power * f
            sp += power * (m - degree) * f
            more = pressure + density * f - attraction * lift
            beyond += power * more
            if (
                n > 3
                and power * (abs(lift) * m * m + abs(f)) <= 1e-18 * (abs(s2) + abs(sf))
                and power * abs(more) <= 1e-18 * abs(beyond)
            ):
                break
        # From r u_r, D and the potential to the six functions.
        grown = (radius / scale) ** degree
        y1 = s / radius
        slope1, curve1 = (s1 - s) / radius, (s2 - 2.0 * s1 + s) / radius  # r y1', r (r y1')'
        dilated, slope_d = radius * sd, radius * (sd1 + sd)
        y3 = (slope1 + 2.0 * y1 - dilated) / ll
        slope3 = (curve1 + 2.0 * slope1 - slope_d) / ll
        solutions[k, 0] = grown * y1
        solutions[k, 1] = grown * y3
        solutions[k, 2] = grown * sf
        solutions[k, 3] = grown * (radius * beyond - 2.0 * shear * (2.0 * y1 - ll * y3))
        solutions[k, 4] = grown * ll * shear * (slope3 - y3 + y1)
        solutions[k, 5] = grown * sp
