"""Love numbers per second, beside TidalPy in the same run."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from perijove.interior.body import Interior
from perijove.interior.layers import Layer
from perijove.tides.love import love_numbers, love_numbers_batch

FREQUENCY = 4.1086e-5  # rad/s; Io's
BULK = 2e11  # Pa, where a body is compressible
LAYERS = (  # outer radius (km), density (kg/m3), shear modulus (Pa), viscosity (Pa s); the core is liquid
    (965.0, 5150.0, None, None),
    (1400.0, 3244.0, 6e10, 1e20),
    (1591.6, 3244.0, 6e10, 1e16),
    (1791.6, 3244.0, 1e9, 3.5e12),
    (1821.6, 3244.0, 6.5e10, 1e23),
)
PEER = Path(__file__).with_name("peer_tidalpy.py")


def io(bulk_modulus_pa: float | None, *, ocean: bool = False) -> Interior:
    """Five-layer Io with a liquid core; the fourth layer may be liquid, too."""
    layers = []
    for k, (radius, density, shear, viscosity) in enumerate(LAYERS):
        if shear is None or (ocean and k == 3):
            layers.append(Layer(f"{k}", "liquid", radius, density))
        else:
            layers.append(Layer(f"{k}", "solid", radius, density, shear, bulk_modulus_pa, viscosity))
    return Interior(tuple(layers))


def shortest(work: Callable[[], object], repeats: int) -> float:
    """Shortest wall time of several, s."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def many(count: int, *, compressible: bool, ocean: bool, threads: int) -> float:
    """Seconds for so many different five-layer bodies, complex moduli given."""
    rng = np.random.default_rng(7)
    radius = np.array([layer[0] for layer in LAYERS]) * 1e3 * np.ones((count, 1))
    radius[:, 1:4] += rng.uniform(-2e4, 2e4, (count, 3))
    density = np.array([layer[1] for layer in LAYERS])
    viscosity = 10.0 ** rng.uniform(10.0, 22.0, (count, 5))
    shear = 6e10 / (1.0 - 1j * 6e10 / (viscosity * FREQUENCY))
    shear[:, 0] = 0.0
    if ocean:
        shear[:, 3] = 0.0
    bulk = BULK if compressible else np.inf
    start = time.perf_counter()
    love_numbers_batch(radius, density, shear, bulk, threads=threads)
    return time.perf_counter() - start


def beside_the_peer(python: str, threads: int, rounds: int = 3) -> None:
    """Single solves and a sweep against TidalPy, which has one thread, turn by turn; the best of some rounds each."""
    frequencies = np.geomspace(1e-7, 1e-3, 1000)
    print(f"\n{'five layers, k2':44s} {'Perijove':>11s} {'TidalPy':>11s} {'ratio':>7s} {'k2 differs':>11s}")
    for name, bulk in (("incompressible", None), ("compressible", BULK)):
        body = io(bulk)
        order = json.dumps({"layers": LAYERS, "frequency": FREQUENCY, "bulk": bulk, "frequencies": list(frequencies)})
        works: dict[str, Callable[[], object]] = {
            "one solve": lambda body=body: love_numbers(body, FREQUENCY),
            "1000 frequencies, 1 thread": lambda body=body: love_numbers(body, frequencies, threads=1),
            f"1000 frequencies, {threads} threads": lambda body=body: love_numbers(body, frequencies, threads=threads),
        }
        mine = dict.fromkeys(works, np.inf)
        theirs = {"single_s": np.inf, "sweep_s": np.inf}
        for _ in range(rounds):
            peer = json.loads(
                subprocess.run([python, str(PEER)], input=order, capture_output=True, text=True, check=True).stdout
            )
            theirs = {key: min(least, peer[key]) for key, least in theirs.items()}
            for what, work in works.items():
                mine[what] = min(mine[what], shortest(work, 1000 if what == "one solve" else 20))
        one = abs(love_numbers(body, FREQUENCY).k / complex(*peer["k"]) - 1.0)
        many = float(np.abs(love_numbers(body, frequencies).k / (np.array(peer["sweep"]) @ [1.0, 1j]) - 1.0).max())
        for what, elapsed in mine.items():
            other, apart = (theirs["single_s"], one) if what == "one solve" else (theirs["sweep_s"], many)
            print(
                f"{name + ', ' + what:44s} {elapsed * 1e6:8.1f} us {other * 1e6:8.0f} us {other / elapsed:7.0f} "
                f"{apart:11.1e}"
            )


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tidalpy", default=sys.executable, help="Python interpreter that has TidalPy 0.8.1")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    beside_the_peer(options.tidalpy, options.threads)
    kinds = (
        ("incompressible", False, False),
        ("incompressible, magma ocean", False, True),
        ("compressible", True, False),
        ("compressible, magma ocean", True, True),
    )
    sizes = (10_000, 100_000, 1_000_000)
    print(
        f"\n{'five-layer bodies':28s} {''.join(f'{size:>12,d}' for size in sizes)}   seconds, {options.threads} threads"
    )
    for name, compressible, ocean in kinds:
        many(100, compressible=compressible, ocean=ocean, threads=1)  # compiles
        times = [many(size, compressible=compressible, ocean=ocean, threads=options.threads) for size in sizes]
        print(f"{name:28s} {''.join(f'{elapsed:12.3f}' for elapsed in times)}")


if __name__ == "__main__":
    main()
