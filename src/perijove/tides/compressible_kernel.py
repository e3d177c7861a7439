"""Compressible solid layers: the impedance of `impedance_kernel` carried through by power series.

With the dilatation D = div u, times r, the equations of Takeuchi & Saito (1972) read, in the variables of
`impedance_kernel` and with ' = r d/dr, L = l (l + 1), E = 2 y1 - L y3, tau = r (t2, y4) / mu, gamma = rho g r / mu:

    y1' = D - E                          tau2' = tau2 + 6 E + L tau4 - (4 + gamma) D
    y3' = y3 - y1 + tau4                 tau4' = -2 tau4 - tau2 + 2 D - 6 y1 + 2 (2 L - 1) y3
    y5' = l y5 + P                       P' = -(l + 1) P + rho r D
    D = (mu / (K + 4/3 mu)) (tau2 + gamma y1 - (rho r / mu) y5 + 2 E)

D vanishes as the bulk modulus K grows, and what is left is the incompressible layer. Gravity within a layer is
rho r / 3 + m / r², so that all coefficients are polynomials in r and 1 / r: the Taylor series about the floor has a
short recurrence, and converges below twice the floor's radius. Thick layers are cut into pieces.
"""

import numpy as np

from perijove.tides.impedance_kernel import compiled, floor_basis, inverse, right_divide
from perijove.tides.taylor_kernel import NUMBERS, ROWS, next_term

__all__ = ["compressible_centre", "cross_piece", "piece_count", "taylor_columns", "wave_number"]

_LARGEST_STEP = 0.36  # of the radius: fewest terms per distance
_LARGEST_PHASE = 2.5  # growth of the fastest solution across a piece: e^2.5 costs one digit
_TOLERANCE = 1e-17
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
    size = abs(stiffness)
    overturn = weight * np.sqrt(degree * (degree + 1.0) / (size * abs(shear)))
    number: float = np.sqrt(overturn + (4.0 * weight + (density * radius) ** 2) / size)
    return number


@compiled
def piece_count(ratio: float, phase: float, degree: float) -> int:
    """Number of pieces of equal ratio into which a layer is cut; `ratio` is roof over floor."""
    step = min(_LARGEST_STEP, _LARGEST_PHASE / (degree + 2.0), _LARGEST_PHASE / max(phase, 1e-3))
    return max(1, int(np.ceil(np.log(ratio) / np.log1p(step))))


@compiled
def taylor_columns(
    rows: np.ndarray,
    floor: float,
    h: float,
    density: float,
    shear: complex,
    softness: complex,
    excess: float,
    degree: float,
) -> None:
    """Up to three solutions from a radius outwards to (1 + h) times that radius.

    Parameters
    ----------
    rows : array, shape (ROWS, 8)
        Rows 6 to 11 hold y1, y3, y5, r t2 / mu, r y4 / mu and r p; real parts in columns 0 to 2, imaginary ones in
        4 to 6. The rest is scratch.
    floor, h
        Radius, and step relative to it; h > -1/2 may be negative.
    density, shear, softness
        rho, mu, mu / (K + 4/3 mu); the last is 0 in an incompressible layer.
    excess : float
        m of gravity rho r / 3 + m / r².
    degree : float
    """
    pull = density * inverse(shear)
    numbers = np.empty(NUMBERS)
    numbers[2], numbers[3], numbers[4], numbers[5] = h, density * floor * floor / 3.0, excess / floor, floor
    numbers[6], numbers[7], numbers[8], numbers[9] = density * floor, degree * (degree + 1.0), degree, _TOLERANCE
    numbers[10], numbers[11], numbers[12], numbers[13] = pull.real, pull.imag, softness.real, softness.imag
    for lane in range(8):
        for row in range(6):
            rows[row, lane] = rows[6 + row, lane]
        for row in range(12, ROWS):
            rows[row, lane] = 0.0
    small = 0
    for n in range(_MAX_TERMS):
        numbers[0], numbers[1] = n, h / (n + 1.0)
        small = small + 1 if next_term(rows, numbers) else 0
        if small == 2:
            break


@compiled
def cross_piece(
    z: np.ndarray,
    floor: float,
    h: float,
    density: float,
    shear: complex,
    softness: complex,
    excess: float,
    degree: float,
    work: np.ndarray,
    rows: np.ndarray,
) -> None:
    """Impedance from a radius to (1 + h) times that radius.

    `work`, shape (4, 3, 3), and `rows`, shape (ROWS, 8), are scratch; work[0] then holds U at the far end of the three
    solutions of `floor_basis`.
    """
    near, far, u, t = work[0], work[1], work[2], work[3]
    floor_basis(z, shear, u, t)
    unit, ll = inverse(shear), degree * (degree + 1.0)
    for k in range(3):
        for i in range(3):
            traction = t[i, k] * (1.0 if i == 2 else unit) * (1.0 / ll if i == 1 else 1.0)
            rows[6 + i, k], rows[6 + i, 4 + k] = u[i, k].real, u[i, k].imag
            rows[9 + i, k], rows[9 + i, 4 + k] = traction.real, traction.imag
    taylor_columns(rows, floor, h, density, shear, softness, excess, degree)
    for k in range(3):
        for i in range(3):
            near[i, k] = complex(rows[6 + i, k], rows[6 + i, 4 + k])
            traction = complex(rows[9 + i, k], rows[9 + i, 4 + k])
            far[i, k] = traction * (1.0 if i == 2 else shear) * (ll if i == 1 else 1.0)
    right_divide(far, near, z)


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
