"""The peer's half of `love_numbers.py`: TidalPy's radial solver on the same body, in whatever interpreter has it.

Reads the body from standard input as JSON and writes times and Love numbers likewise. What TidalPy can leave out it
leaves out: Love numbers only, no warnings, tolerances at their defaults. How many points a layer has does not change
its time.
"""

import json
import sys
import time

import numpy as np
from TidalPy.RadialSolver import radial_solver

SLICES = 10


def main() -> None:
    """Solve, time, answer."""
    order = json.load(sys.stdin)
    layers = order["layers"]
    radii = np.array([layer[0] for layer in layers]) * 1e3
    bottoms = np.concatenate([[0.0], radii[:-1]])
    grid = np.concatenate([np.linspace(a, b, SLICES) for a, b in zip(bottoms, radii, strict=True)])
    density = np.repeat([layer[1] for layer in layers], SLICES)
    rigid = order["bulk"] is None
    bulk = np.full(grid.shape, 2e14 if rigid else order["bulk"], dtype=complex)
    kinds = tuple("liquid" if layer[2] is None else "solid" for layer in layers)

    def modulus(frequency: float) -> np.ndarray:
        values = [0.0 if mu is None else mu / (1.0 - 1j * mu / (eta * frequency)) for _, _, mu, eta in layers]
        return np.repeat(np.array(values, dtype=complex), SLICES)

    def solve(frequency: float) -> complex:
        solution = radial_solver(
            grid,
            density,
            bulk,
            modulus(frequency),
            frequency,
            3500.0,
            kinds,
            (True,) * len(layers),
            (rigid,) * len(layers),
            radii,
            love_only=True,
            warnings=False,
        )
        return complex(solution.k)

    times = []
    for _ in range(300):
        start = time.perf_counter()
        k = solve(order["frequency"])
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    sweep = [solve(frequency) for frequency in order["frequencies"]]
    elapsed = time.perf_counter() - start
    answer = {
        "single_s": min(times),
        "sweep_s": elapsed,
        "k": [k.real, k.imag],
        "sweep": [[value.real, value.imag] for value in sweep],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
