"""How stiff a layered, self-gravitating ball is against tides: its impedance, carried from the centre outwards.

What matters of everything below a radius r is how it answers: with displacement and potential U = (y1, y3, y5) at r go
the tractions T = Z U, where Z is a symmetric complex matrix, 3 x 3 (symmetric by Betti's reciprocity). Every layer
turns the Z at its floor into the Z at its roof. Solutions that grow outwards are counted from the roof and those
that decay from the floor, so that all factors between the two are below 1: nothing overflows or cancels at any
degree or thickness. A propagator of the six functions instead loses all its digits by degree 20 to 30.

Variables, in units where the surface radius, the density of the outermost layer and 4 pi G are 1:

- y1, y3: radial and tangential displacement; y5: potential (Takeuchi & Saito 1972);
- t2 = y2 - rho (g y1 - y5): radial traction beyond what a liquid of the same density would bear;
- y4: tangential traction;
- p = y5' - (l / r) y5: zero for the potential of anything above r;
- T = (r t2, l (l + 1) r y4, r p).

In these, gravity has vanished from a homogeneous incompressible layer, which is left with four powers of r for
displacement and two for the potential; it acts at density steps only. In a liquid, t2 and y4 vanish altogether: the
static liquid of Saito (1974, doi:10.4294/jpe1952.22.123).
"""

import numpy as np

from perijove.compiled import njit

__all__ = [
    "FIRST",
    "IMPEDANCES",
    "INNER",
    "SECOND",
    "THIRD",
    "clear_matrix",
    "compiled",
    "copy_matrix",
    "cross_density_step",
    "cross_incompressible",
    "cross_liquid",
    "cross_thin",
    "floor_basis",
    "homogeneous_centre",
    "in_units",
    "inverse",
    "is_thin",
    "left_divide",
    "liquid_floor",
    "power_solutions",
    "right_divide",
]

INNER, FIRST, SECOND, THIRD, IMPEDANCES = 0, 1, 2, 3, 4
"""Matrices by number, in the array `m` of shape (n, 3, 3) that all functions share: what a way of crossing leaves to
the way down, scratch, and from `IMPEDANCES` on the impedances of bodies. A slice of an array costs numba as much as
twenty multiplications, for the count of who holds it."""

_THIN = 0.5  # growth across a layer, in powers of e, up to which it is crossed as one

compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


@compiled
def inverse(x: complex) -> complex:
    """One over a complex number; NaN for 0, where numba's own division raises."""
    size = x.real * x.real + x.imag * x.imag
    return complex(x.real / size, -x.imag / size)


@compiled
def in_units(moduli: np.ndarray, unit: float) -> np.ndarray:
    """Complex moduli, shape (bodies, layers), over a unit, part by part: infinite ones stay without imaginary part."""
    scaled = np.empty(moduli.shape, dtype=np.complex128)
    for row in range(moduli.shape[0]):
        for k in range(moduli.shape[1]):
            scaled[row, k] = complex(moduli[row, k].real / unit, moduli[row, k].imag / unit)
    return scaled


@compiled
def clear_matrix(m: np.ndarray, number: int) -> None:
    """Zeros."""
    for i in range(3):
        for k in range(3):
            m[number, i, k] = 0.0


@compiled
def copy_matrix(source: np.ndarray, number: int, target: np.ndarray, to: int) -> None:
    """Copy a 3 x 3 matrix. Numba takes seconds to compile a copy by slices, with all that could go wrong in one."""
    for i in range(3):
        for k in range(3):
            target[to, i, k] = source[number, i, k]


@compiled
def right_divide(m: np.ndarray, top: int, bottom: int, out: int) -> None:
    """Matrix quotient `top` times the inverse of `bottom`, all 3 x 3 matrices of `m` by their numbers.

    By cofactors: they do not care how rows and columns are scaled, and moduli differ by up to thirty powers of ten.
    """
    a, b, c = m[bottom, 0, 0], m[bottom, 0, 1], m[bottom, 0, 2]
    d, e, f = m[bottom, 1, 0], m[bottom, 1, 1], m[bottom, 1, 2]
    g, h, i = m[bottom, 2, 0], m[bottom, 2, 1], m[bottom, 2, 2]
    ca, cb, cc = e * i - f * h, c * h - b * i, b * f - c * e
    cd, ce, cf = f * g - d * i, a * i - c * g, c * d - a * f
    cg, ch, ci = d * h - e * g, b * g - a * h, a * e - b * d
    scale = inverse(a * ca + b * cd + c * cg)
    for k in range(3):
        x, y, z = m[top, k, 0] * scale, m[top, k, 1] * scale, m[top, k, 2] * scale
        m[out, k, 0] = x * ca + y * cd + z * cg
        m[out, k, 1] = x * cb + y * ce + z * ch
        m[out, k, 2] = x * cc + y * cf + z * ci


@compiled
def left_divide(m: np.ndarray, bottom: int, top: int, out: int, columns: int) -> None:
    """Matrix quotient inverse of `bottom`, 3 x 3, times the first columns of `top`, by cofactors."""
    a, b, c = m[bottom, 0, 0], m[bottom, 0, 1], m[bottom, 0, 2]
    d, e, f = m[bottom, 1, 0], m[bottom, 1, 1], m[bottom, 1, 2]
    g, h, i = m[bottom, 2, 0], m[bottom, 2, 1], m[bottom, 2, 2]
    ca, cb, cc = e * i - f * h, c * h - b * i, b * f - c * e
    cd, ce, cf = f * g - d * i, a * i - c * g, c * d - a * f
    cg, ch, ci = d * h - e * g, b * g - a * h, a * e - b * d
    scale = inverse(a * ca + b * cd + c * cg)
    for k in range(columns):
        x, y, z = m[top, 0, k] * scale, m[top, 1, k] * scale, m[top, 2, k] * scale
        m[out, 0, k] = ca * x + cb * y + cc * z
        m[out, 1, k] = cd * x + ce * y + cf * z
        m[out, 2, k] = cg * x + ch * y + ci * z


@compiled
def power_solutions(degree: float, out: np.ndarray) -> None:
    """Displacement y1 = r^m of an incompressible solid: y3, r t2 / mu and l (l + 1) r y4 / mu.

    Rows of `out`, shape (4, 3): m = l - 1, l + 1 (regular at the centre), -l, -l - 2.
    """
    ll = degree * (degree + 1.0)
    for k in range(4):
        m = (degree - 1.0, degree + 1.0, -degree, -degree - 2.0)[k]
        y3 = (m + 2.0) / ll
        y4 = (m - 1.0) * y3 + 1.0
        out[k, 0] = y3
        out[k, 1] = -(m + 2.0) * y4 - 6.0 + 2.0 * (2.0 * ll - 1.0) * y3
        out[k, 2] = ll * y4


@compiled
def cross_density_step(m: np.ndarray, z: int, drop: float, gravity: float, radius: float) -> None:
    """From just below to just above a radius where the density drops by `drop`."""
    step = drop * radius
    m[z, 0, 0] += step * gravity
    m[z, 0, 2] -= step
    m[z, 2, 0] -= step


@compiled
def homogeneous_centre(m: np.ndarray, z: int, shear: complex, powers: np.ndarray) -> None:
    """Impedance of a homogeneous incompressible ball."""
    y3a, y3b = powers[0, 0], powers[1, 0]
    scale = shear / (y3b - y3a)
    for k in range(2):
        ta, tb = powers[0, 1 + k], powers[1, 1 + k]
        m[z, k, 0] = (ta * y3b - tb * y3a) * scale
        m[z, k, 1] = (tb - ta) * scale
        m[z, k, 2] = 0.0
        m[z, 2, k] = 0.0
    m[z, 2, 2] = 0.0


@compiled
def cross_incompressible(
    m: np.ndarray, z: int, ratio: float, shear: complex, degree: float, powers: np.ndarray
) -> None:
    """From floor to roof of an incompressible solid layer.

    Parameters
    ----------
    m, z
        Matrices, and the number of the impedance at the floor; at the roof afterwards. Matrix `INNER` then holds the
        amplitudes at the floor of the decaying solutions (displacements r^-l and r^-l-2, potential r^-l-1) by those of
        the growing ones (r^l-1, r^l+1, r^l) there.
    ratio : float
        Radius of the floor over that of the roof.
    shear, degree
        Complex shear modulus; degree l.
    powers : array, shape (4, 3)
        From `power_solutions`.
    """
    # At the floor: T = Z U of decaying (FIRST) and growing (SECOND) powers, which gives the ones by the others.
    for i in range(3):
        for k in range(2):
            m[FIRST, i, k] = -(m[z, i, 0] + powers[2 + k, 0] * m[z, i, 1])
            m[SECOND, i, k] = m[z, i, 0] + powers[k, 0] * m[z, i, 1]
            if i < 2:
                m[FIRST, i, k] += shear * powers[2 + k, 1 + i]
                m[SECOND, i, k] -= shear * powers[k, 1 + i]
        m[FIRST, i, 2] = -m[z, i, 2]
        m[SECOND, i, 2] = m[z, i, 2]
    m[FIRST, 2, 2] -= 2.0 * degree + 1.0
    left_divide(m, FIRST, SECOND, INNER, 3)
    # Carried to the roof: growing amplitudes are counted there, so that every factor is below 1.
    base = ratio ** (degree - 1.0)
    grown = (base, base * ratio * ratio, base * ratio)
    for i in range(3):
        decay = grown[i] * ratio
        for k in range(3):
            m[THIRD, i, k] = m[INNER, i, k] * (decay * grown[k])
    # At the roof: U (FIRST) and T (SECOND) of the decaying powers ...
    for k in range(3):
        first, second = m[THIRD, 0, k], m[THIRD, 1, k]
        m[FIRST, 0, k] = first + second
        m[FIRST, 1, k] = powers[2, 0] * first + powers[3, 0] * second
        m[FIRST, 2, k] = m[THIRD, 2, k]
        for i in range(2):
            m[SECOND, i, k] = shear * (powers[2, 1 + i] * first + powers[3, 1 + i] * second)
        m[SECOND, 2, k] = -(2.0 * degree + 1.0) * m[THIRD, 2, k]
    # ... and of the growing ones, with amplitude 1 each.
    for k in range(2):
        m[FIRST, 0, k] += 1.0
        m[FIRST, 1, k] += powers[k, 0]
        for i in range(2):
            m[SECOND, i, k] += shear * powers[k, 1 + i]
    m[FIRST, 2, 2] += 1.0
    right_divide(m, SECOND, FIRST, z)


@compiled
def is_thin(ratio: float, degree: float) -> bool:
    """Whether a layer is thin for this degree; `ratio` is roof over floor."""
    return bool(np.log(ratio) * (degree + 2.0) < _THIN)


@compiled
def floor_basis(m: np.ndarray, z: int, shear: complex, u: int, t: int) -> None:
    """Three solutions at the floor of a layer, U and T = Z U as columns, neither of them huge.

    U = 1 will do unless the layer is soft against what it rests on. A density step then makes t2 = drop (g y1 - y5)
    a tiny difference of large terms: so t2 is set, and y1 follows from it.
    """
    for i in range(3):
        for k in range(3):
            m[u, i, k] = 1.0 if i == k else 0.0
            m[t, i, k] = m[z, i, k]
    stiff = m[z, 0, 0]
    if stiff.real**2 + stiff.imag**2 <= shear.real**2 + shear.imag**2:
        return
    scale = inverse(stiff)
    m[u, 0, 0] = shear * scale
    m[t, 0, 0], m[t, 1, 0], m[t, 2, 0] = shear, m[z, 1, 0] * m[u, 0, 0], m[z, 2, 0] * m[u, 0, 0]
    for k in range(1, 3):
        m[u, 0, k] = -m[z, 0, k] * scale
        m[t, 0, k] = 0.0
        m[t, 1, k] = m[z, 1, k] + m[z, 1, 0] * m[u, 0, k]
        m[t, 2, k] = m[z, 2, k] + m[z, 2, 0] * m[u, 0, k]


@compiled
def cross_thin(m: np.ndarray, z: int, ratio: float, shear: complex, degree: float) -> None:
    """From floor to roof of a thin incompressible solid layer.

    Across e of the radius, the four powers of displacement differ by e³ only: amplitudes would lose as many digits,
    and all of them in a soft layer that is squeezed between stiff ones. So values and tractions at the floor are
    carried on themselves, by the exponential series in log r of the equations (see `compressible_kernel`, with D = 0).

    Parameters
    ----------
    m, z, shear, degree
        As in `cross_incompressible`, but matrix `INNER` then holds U at the roof of the three solutions of
        `floor_basis`.
    ratio : float
        Radius of the roof over that of the floor.
    """
    floor_basis(m, z, shear, SECOND, THIRD)
    s = np.log(ratio)
    ll = degree * (degree + 1.0)
    softness = inverse(shear)
    # The potential, by its two powers: U and T in INNER and FIRST.
    fallen = ratio ** (-degree - 1.0)
    across = fallen * np.expm1((2.0 * degree + 1.0) * s) / (2.0 * degree + 1.0)
    grown = ratio**degree
    for k in range(3):
        m[INNER, 0, k] = m[INNER, 1, k] = m[FIRST, 0, k] = m[FIRST, 1, k] = 0.0
        m[INNER, 2, k] = grown * m[SECOND, 2, k] + across * m[THIRD, 2, k]
        m[FIRST, 2, k] = fallen * m[THIRD, 2, k]
    # Displacement and traction: exp(A log r) for a 1 in each of (y1, y3, tau2, tau4) at the floor, term by term ...
    for column in range(4):
        y1, y3 = 1.0 if column == 0 else 0.0, 1.0 if column == 1 else 0.0
        t2, t4 = 1.0 if column == 2 else 0.0, 1.0 if column == 3 else 0.0
        s1, s3, s2, s4 = y1, y3, t2, t4
        for n in range(1, 40):
            step = s / n
            y1, y3, t2, t4 = (
                step * (ll * y3 - 2.0 * y1),
                step * (y3 - y1 + t4),
                step * (t2 + 12.0 * y1 - 6.0 * ll * y3 + ll * t4),
                step * (2.0 * (2.0 * ll - 1.0) * y3 - 6.0 * y1 - t2 - 2.0 * t4),
            )
            s1, s3, s2, s4 = s1 + y1, s3 + y3, s2 + t2, s4 + t4
            if (
                abs(y1) < 1e-17 * abs(s1)
                and abs(y3) < 1e-17 * abs(s3)
                and abs(t2) < 1e-17 * abs(s2)
                and abs(t4) < 1e-17 * abs(s4)
            ):
                break
        # ... and as much of it as each of the three solutions has there.
        s4 *= ll
        for k in range(3):
            strain = m[SECOND, column, k] if column < 2 else m[THIRD, column - 2, k] * softness
            if column == 3:
                strain *= 1.0 / ll
            traction = strain * shear
            m[INNER, 0, k] += strain * s1
            m[INNER, 1, k] += strain * s3
            m[FIRST, 0, k] += traction * s2
            m[FIRST, 1, k] += traction * s4
    right_divide(m, FIRST, INNER, z)


@compiled
def liquid_floor(m: np.ndarray, z: int, solid_below: bool) -> complex:  # noqa: FBT001  # no keywords
    """Impedance against potential alone, r p / y5, where a liquid begins.

    The first row of matrix `INNER` becomes the displacement (y1, y3) of the floor for y5 = 1; where one liquid floats
    on another, y3 is not known and left 0.
    """
    m[INNER, 0, 0] = m[INNER, 0, 1] = 0.0
    if solid_below:
        scale = inverse(m[z, 0, 0] * m[z, 1, 1] - m[z, 0, 1] * m[z, 1, 0])
        m[INNER, 0, 0] = (m[z, 0, 1] * m[z, 1, 2] - m[z, 1, 1] * m[z, 0, 2]) * scale
        m[INNER, 0, 1] = (m[z, 1, 0] * m[z, 0, 2] - m[z, 0, 0] * m[z, 1, 2]) * scale
    elif m[z, 0, 0] != 0.0:
        m[INNER, 0, 0] = -m[z, 0, 2] * inverse(m[z, 0, 0])
    held: complex = m[z, 2, 2] + m[z, 2, 0] * m[INNER, 0, 0] + m[z, 2, 1] * m[INNER, 0, 1]
    return held


@compiled
def cross_liquid(m: np.ndarray, z: int, potential_impedance: complex, ratio: float, degree: float) -> complex:
    """From floor to roof of a liquid layer; gives the decaying over the growing potential at the floor."""
    span = 2.0 * degree + 1.0
    mixed: complex = -potential_impedance * inverse(span + potential_impedance)
    at_roof = mixed * ratio**span
    clear_matrix(m, z)
    m[z, 2, 2] = -span * at_roof * inverse(1.0 + at_roof)
    return mixed
