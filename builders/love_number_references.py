"""Make tests/reference/love_numbers.json: Love numbers by two codes that share nothing with Perijove.

- `series`: the six equations of Takeuchi & Saito (1972) as printed, by Taylor series with 60 to 360 digits, from
  near the
  centre to the surface; three columns, no scaling, no care. Digits enough make up for that.
- `tidalpy`: TidalPy 0.8.1 (https://pypi.org/project/TidalPy), its radial solver with tolerance 1e-12.

Needs python-flint and TidalPy; takes some minutes. Run it as `python builders/love_number_references.py`.
"""

import json
import math
import time
from pathlib import Path

import numpy as np
from flint import acb, acb_mat, arb, ctx
from TidalPy.RadialSolver import radial_solver

TABLE = Path(__file__).parents[1] / "tests" / "reference" / "love_numbers.json"
FREQUENCY = 4.1086e-5  # rad/s; Io's
G = "6.6743e-11"

RADII = (965e3, 1591.6e3, 1791.6e3, 1821.6e3)
DENSITIES = (5150.0, 3300.0, 3200.0, 3000.0)


def maxwell(shear_pa: float, viscosity_pa_s: float) -> list[float]:
    """Complex modulus as a pair, rounded to floats: what both sides start from."""
    modulus = shear_pa / (1.0 - 1j * shear_pa / (viscosity_pa_s * FREQUENCY))
    return [modulus.real, modulus.imag]


def body(
    shear: list[list[float]],
    bulk: list[float | None],
    *,
    degree: int = 2,
    digits: int = 60,
    step: float = 0.34,
    radii: tuple[float, ...] = RADII,
    densities: tuple[float, ...] = DENSITIES,
) -> dict[str, object]:
    """One case: outer radii (m), densities (kg/m3), complex shear and bulk moduli (Pa), degree; digits and steps."""
    case = {"degree": degree, "digits": digits + 2 * degree, "step": step}
    return case | {"radius_m": radii, "density_kg_m3": densities, "shear_pa": shear, "bulk_pa": bulk}


LIQUID = [0.0, 0.0]
MANTLE, SOFT, LID = maxwell(6e10, 1e16), maxwell(9e7, 3.5e12), maxwell(6.5e10, 1e23)
ROCK = [1.5e11, 1.1e11, 8e10, 8e10]
NONE = [None] * 4
CASES = {
    "liquid core": body([LIQUID, MANTLE, SOFT, LID], NONE),
    "liquid core, degree 10": body([LIQUID, MANTLE, SOFT, LID], NONE, degree=10),
    "liquid core, degree 60": body([LIQUID, MANTLE, SOFT, LID], NONE, degree=60),
    "liquid core, degree 200": body([LIQUID, MANTLE, SOFT, LID], NONE, degree=200),
    "magma ocean": body([LIQUID, MANTLE, LIQUID, LID], NONE),
    "magma ocean, degree 20": body([LIQUID, MANTLE, LIQUID, LID], NONE, degree=20),
    "solid core": body([MANTLE, LID, SOFT, LID], NONE, degree=3),
    "ocean about a solid core": body([MANTLE, LIQUID, SOFT, LID], NONE),
    "two liquids": body([LIQUID, LIQUID, SOFT, LID], NONE),
    "1e-3 Pa s in the middle": body([LIQUID, MANTLE, maxwell(6e10, 1e-3), LID], NONE, digits=200),
    "1e-3 Pa s everywhere": body([LIQUID, *[maxwell(6e10, 1e-3)] * 3], NONE, digits=200),
    "1e30 Pa s, Newtonian": body([LIQUID, [0.0, 1e30 * FREQUENCY], maxwell(1e9, 1e14), [0.0, 1e30 * FREQUENCY]], NONE),
    "1e30 Pa s everywhere, Newtonian": body([[0.0, 1e30 * FREQUENCY]] * 4, NONE),
    "compressible": body([LIQUID, MANTLE, SOFT, LID], ROCK),
    "compressible, degree 20": body([LIQUID, MANTLE, SOFT, LID], ROCK, degree=20),
    "compressible, magma ocean": body([LIQUID, MANTLE, LIQUID, LID], ROCK),
    "compressible, solid core": body([LID, MANTLE, SOFT, LID], ROCK),
    "compressible, two liquids": body([LIQUID, LIQUID, SOFT, LID], ROCK, degree=4),
    "compressible and not": body([MANTLE, LID, SOFT, LID], [1.5e11, None, 8e10, None]),
    "compressible, very soft": body([LIQUID, MANTLE, maxwell(1e9, 1e9), LID], ROCK, digits=100, step=0.1),
    "compressible, nearly liquid": body([LIQUID, MANTLE, maxwell(1e9, 1e6), LID], ROCK, digits=150, step=0.02),
    "compressible, soft centre": body([maxwell(1e9, 1e10), MANTLE, SOFT, LID], ROCK, digits=100),
    "compressible, one layer": body([SOFT], [1.2e11], radii=(1821.6e3,), densities=(3528.0,)),
    "compressible, liquid of little bulk modulus": body([LIQUID, MANTLE, LIQUID, LID], [1e9, 1.1e11, 1e9, 8e10]),
}
SERIES_ONLY = ("1e-3", "1e30", "degree 60", "degree 200", "compressible and not", "very soft", "nearly", "soft centre")


def coefficients(layer: dict[str, object], degree: int) -> list[acb_mat]:
    """Matrices A_k of r³ dy/dr = (A_0 + A_1 r + A_2 r² + A_3 r³) y."""
    rho, mu = layer["density"], layer["shear"]
    a, l1 = degree * (degree + 1), degree + 1
    if layer["bulk"] is None:  # limits for an infinite bulk modulus
        ratio, inverse, minus, twelve, cross, along = 1, 0, 0, 12 * mu, 6 * mu, 2 * mu * (2 * a - 1)
    else:
        lam = layer["bulk"] - 2 * mu / 3
        beta = lam + 2 * mu
        ratio, inverse, minus = lam / beta, 1 / beta, 4 * mu / beta
        twelve, cross = 4 * mu * (3 * lam + 2 * mu) / beta, 2 * mu * (3 * lam + 2 * mu) / beta
        along = 2 * mu / beta * (lam * (2 * a - 1) + 2 * mu * (a - 1))
    g1, g2 = rho / 3, layer["excess"]  # gravity g1 r + g2 / r²; 4 pi G = 1
    entries = {
        (1, 1, 2): -2 * ratio, (1, 2, 3): inverse, (1, 3, 2): a * ratio,
        (2, 1, 1): twelve, (2, 1, 3): -4 * rho * g1, (2, 1, 0): -4 * rho * g2, (2, 2, 2): -minus, (2, 4, 2): a,
        (2, 3, 1): -a * cross, (2, 3, 3): a * rho * g1, (2, 3, 0): a * rho * g2, (2, 5, 2): l1 * rho, (2, 6, 3): -rho,
        (3, 1, 2): -1, (3, 3, 2): 1, (3, 4, 3): 1 / mu,
        (4, 1, 1): -cross, (4, 1, 3): rho * g1, (4, 1, 0): rho * g2, (4, 2, 2): -ratio, (4, 3, 1): along,
        (4, 4, 2): -3, (4, 5, 2): -rho,
        (5, 1, 3): rho, (5, 5, 2): -l1, (5, 6, 3): 1,
        (6, 1, 2): rho * l1, (6, 3, 2): -rho * a, (6, 6, 2): degree - 1,
    }  # fmt: skip
    out = [acb_mat(6, 6) for _ in range(4)]
    for (row, column, power), value in entries.items():
        out[power][row - 1, column - 1] = acb(value)
    return out


def middle(matrix: acb_mat) -> acb_mat:
    """The same without error bounds."""
    return acb_mat(matrix.nrows(), matrix.ncols(), [x.mid() for x in matrix.entries()])


def outwards(y: acb_mat, start: arb, end: arb, layer: dict[str, object], degree: int) -> acb_mat:
    """Columns y carried from one radius to another, in steps of a third of the radius or less."""
    parts = coefficients(layer, degree)
    whole = (end / start).log() / (1 + layer["step"]).log()
    count = int(float(whole.mid())) + 1
    growth = (end / start) ** (arb(1) / count)
    for _ in range(count):
        h = growth - 1  # with r = start (1 + h x): Taylor series in x, summed at 1
        scaled = [part * acb(start ** (k - 2) * h) for k, part in enumerate(parts)]
        moved = [acb_mat(6, 6) for _ in range(4)]
        for power, part in enumerate(scaled):
            for k in range(power + 1):
                moved[k] += part * acb(math.comb(power, k) * h**k)
        terms, total = [y], y
        for n in range(20000):
            new = acb_mat(6, y.ncols())
            for k in range(min(n, 3) + 1):
                new += moved[k] * terms[n - k]
            for k in (1, 2, 3):
                if n + 1 - k >= 1:
                    new -= terms[n + 1 - k] * acb(math.comb(3, k) * h**k * (n + 1 - k))
            terms.append(middle(new * acb(1 / arb(n + 1))))  # error balls would grow faster than errors do
            total += terms[-1]
            if n > 10 and n % 8 == 0:
                size = max(abs(x.mid()).log().mid() for x in total.entries() if x.mid() != 0)
                small = max((abs(x.mid()).log().mid() for x in terms[-1].entries() if x.mid() != 0), default=-1e9)
                if float(small - size) < -2.3 * (ctx.dps - 10):
                    break
        y, start = middle(total), (start * growth).mid()
    return y


def beyond_liquid(phi: tuple[acb, acb], floor: arb, top: arb, degree: int) -> tuple[acb, acb]:
    """Potential and its slope at the roof of a liquid layer from those at its floor: powers of r alone."""
    value, slope = phi
    grown = ((degree + 1) * value + floor * slope) / (2 * degree + 1)
    fallen = value - grown
    grown, fallen = grown * (top / floor) ** degree, fallen * (floor / top) ** (degree + 1)
    return grown + fallen, (degree * grown - (degree + 1) * fallen) / top


def into_liquid(y: acb_mat, rho: arb, gravity: arb, floor: arb, degree: int) -> tuple[acb, acb]:
    """Potential and slope just inside a liquid that rests on a solid: y4 = 0 and y2 = rho (g y1 - y5) there."""
    conditions = acb_mat(2, 3)
    for j in range(3):
        conditions[0, j] = y[3, j]
        conditions[1, j] = y[1, j] - rho * (gravity * y[0, j] - y[4, j])
    left = acb_mat([[conditions[i, j] for j in range(2)] for i in range(2)])
    c = left.solve(acb_mat([[-conditions[i, 2]] for i in range(2)]))
    column = y * acb_mat([[c[0, 0]], [c[1, 0]], [acb(1)]])
    return column[4, 0], column[5, 0] + rho * column[0, 0] - (degree + 1) / floor * column[4, 0]


def near_centre(radius: arb, shear: acb, degree: int) -> acb_mat:
    """Three solutions that are regular at the centre, to leading order in the radius; the rest dies out."""
    y, n, r = acb_mat(6, 3), degree, radius
    y[0, 0], y[1, 0], y[2, 0], y[3, 0] = acb(n), 2 * shear * n * (n - 1) / r, acb(1), 2 * shear * (n - 1) / r
    y[4, 1], y[5, 1] = acb(1), acb((2 * n + 1) / r)
    y[0, 2], y[2, 2], y[3, 2] = acb(n * r**2), acb(arb(n + 3) / (n + 1) * r**2), shear * (2 * n + 1) * r
    return y


def series(case: dict[str, object]) -> list[list[list[float]]]:
    """Rows tide and load of k, h, l as pairs."""
    ctx.dps, degree = case["digits"], case["degree"]
    radii = [(arb(x) / arb(case["radius_m"][-1])).mid() for x in case["radius_m"]]
    rho = [(arb(x) / arb(case["density_kg_m3"][-1])).mid() for x in case["density_kg_m3"]]
    stress = 4 * arb.pi() * arb(G) * (arb(case["density_kg_m3"][-1]) * arb(case["radius_m"][-1])) ** 2
    floor, mass, y, phi = arb(0), arb(0), None, None
    for k, top in enumerate(radii):
        shear = acb(*case["shear_pa"][k]) / stress
        gravity = mass / floor**2 if k else arb(0)
        if shear == 0:
            if k == 0:
                phi = (acb(1), acb(degree / top))
            else:
                if y is not None:
                    phi = into_liquid(y, rho[k], gravity, floor, degree)
                else:  # the interface of two liquids follows y5 / g
                    phi = (phi[0], phi[1] - (rho[k - 1] - rho[k]) * phi[0] / gravity)
                phi = beyond_liquid(phi, floor, top, degree)
            y = None
        else:
            bulk = case["bulk_pa"][k]
            layer = {
                "density": rho[k], "shear": shear, "excess": mass - rho[k] * floor**3 / 3 if k else arb(0),
                "bulk": None if bulk is None else arb(bulk) / stress, "step": arb(case["step"]),
            }  # fmt: skip
            start = floor
            if k == 0:
                start = top * arb(10) ** -7
                y = near_centre(start, shear, degree)
            elif y is None:  # above a liquid, y1, y3 and y5 are free
                y, below = acb_mat(6, 3), rho[k - 1]
                y[0, 0], y[1, 0], y[5, 0] = acb(1), acb(below * gravity), acb(-below)
                y[2, 1] = acb(1)
                y[1, 2], y[4, 2], y[5, 2] = -below * phi[0], phi[0], phi[1] + (degree + 1) / floor * phi[0]
            y = outwards(y, start, top, layer, degree)
        mass += rho[k] * (top**3 - floor**3) / 3
        floor = top
    conditions = acb_mat([[y[i, j] for j in range(3)] for i in (1, 3, 5)])
    rows = []
    for load in (0, 1):
        right = acb_mat([[acb(-load * mass * (2 * degree + 1))], [acb(0)], [acb(2 * degree + 1)]])
        surface = y * conditions.solve(right)
        numbers = (surface[4, 0] - 1, mass * surface[0, 0], mass * surface[2, 0])
        rows.append([[float(x.real.mid()), float(x.imag.mid())] for x in numbers])
    return rows


def tidalpy(case: dict[str, object], slices: int = 10) -> list[list[list[float]]]:
    """The same by TidalPy."""
    radii = np.array(case["radius_m"])
    bottoms = [0.0, *radii[:-1]]
    grid = np.concatenate([np.linspace(a, b, slices) for a, b in zip(bottoms, radii, strict=True)])
    shear = np.array([complex(*x) for x in case["shear_pa"]])
    rigid = case["bulk_pa"][0] is None
    bulk = np.array([2e14 if x is None else x for x in case["bulk_pa"]], dtype=complex)
    solution = radial_solver(
        grid,
        np.repeat(np.array(case["density_kg_m3"]), slices),
        np.repeat(bulk, slices),
        np.repeat(shear, slices),
        FREQUENCY,
        3500.0,
        tuple("solid" if x else "liquid" for x in shear),
        (True,) * len(radii),
        (rigid,) * len(radii),
        radii,
        degree_l=case["degree"],
        solve_for=("tidal", "loading"),
        starting_method=None if rigid else "takeuchi",
        integration_method="DOP853",
        integration_rtol=1e-12,
        integration_atol=1e-15,
    )
    assert solution.success, solution.message
    return [[[x.real, x.imag] for x in row] for row in np.array(solution.love)]


def main() -> None:
    """Compute all cases and write the table."""
    table = {}
    for name, case in CASES.items():
        start = time.perf_counter()
        kept = {name: value for name, value in case.items() if name not in ("digits", "step")}
        row = {**kept, "series": series(case)}
        if not any(word in name for word in SERIES_ONLY):
            row["tidalpy"] = tidalpy(case)
        table[name] = row
        print(
            f"{name:45s} k = {complex(*row['series'][0][0]):.12g}", f"{time.perf_counter() - start:.1f} s", flush=True
        )
    TABLE.write_text(
        json.dumps({"made_by": "builders/love_number_references.py", "G": float(G), "cases": table}, indent=1) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
