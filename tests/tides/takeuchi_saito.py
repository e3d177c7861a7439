"""The equations of motion of a spherical elastic body, as printed: what several tests integrate by scipy."""

import numpy as np

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2 as G


def slopes(
    r: float, y: np.ndarray, *, density: float, shear: complex, bulk: float, gravity: float, degree: int
) -> np.ndarray:
    """Right side of the six equations (Takeuchi & Saito 1972, equations 82, without inertia), in SI."""
    lam = bulk - 2.0 / 3.0 * shear
    beta, n1 = lam + 2.0 * shear, degree * (degree + 1.0)
    stiff = 2.0 * shear * (3.0 * lam + 2.0 * shear) / (beta * r)
    weight = density * gravity
    y1, y2, y3, y4, y5, y6 = y
    return np.array(
        [
            (-2.0 * lam * y1 + r * y2 + n1 * lam * y3) / (beta * r),
            (2.0 * stiff - 4.0 * weight) / r * y1
            - 4.0 * shear / (beta * r) * y2
            + n1 / r * ((weight - stiff) * y3 + y4)
            + density * ((degree + 1.0) / r * y5 - y6),
            (y3 - y1) / r + y4 / shear,
            (weight - stiff) / r * y1
            - lam / (beta * r) * y2
            + 2.0 * shear / (beta * r**2) * (lam * (2.0 * n1 - 1.0) + 2.0 * shear * (n1 - 1.0)) * y3
            - 3.0 / r * y4
            - density / r * y5,
            4.0 * np.pi * G * density * y1 + y6 - (degree + 1.0) / r * y5,
            4.0 * np.pi * G * density * ((degree + 1.0) * y1 - n1 * y3) / r + (degree - 1.0) / r * y6,
        ]
    )
