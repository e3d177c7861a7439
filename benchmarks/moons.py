"""Built-in moons against SPICE's `spkezr` and the package astronomy-engine: states per second, in one run.

The kernel that SPICE reads is made here from the built-in states (Chebyshev records of a day, as satellite kernels have
them), so both sides answer the same question. Needs the extra `bench`.

    python benchmarks/moons.py [--epochs N]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import astronomy
import numpy as np
import spiceypy

from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris import galilean
from perijove.ephemeris.galilean import MOONS, galilean_states

SPAN_DAYS = 3652
DEGREE = 13
NAIF = {"IO": 501, "EUROPA": 502, "GANYMEDE": 503, "CALLISTO": 504}
SINGLE = """
import time
import numpy as np
from perijove.ephemeris.galilean import galilean_states
times = np.random.default_rng(2).uniform(-1e8, 1e8, 4)
durations = []
for t in [*times, *(times + 5.0e3)]:
    begin = time.perf_counter()
    galilean_states(t)
    durations.append(time.perf_counter() - begin)
print(durations[0], sorted(durations[1:4])[1], min(durations[4:]))
"""


def write_kernel(path: Path) -> None:
    """Chebyshev records of the moons over the span, type 2."""
    nodes = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    to_series = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, DEGREE))
    days = np.arange(SPAN_DAYS)
    times = (days[:, None] + 0.5 * (nodes + 1.0)) * SECONDS_PER_DAY
    states = galilean_states(times)
    handle = spiceypy.spkopn(str(path), "benchmark", 0)
    for k, moon in enumerate(MOONS):
        series = np.einsum("kn,dna->dak", to_series, states[:, :, k, :3])
        records = np.ascontiguousarray(series).ravel()
        spiceypy.spkw02(
            handle, NAIF[moon], 599, "J2000", 0.0, SPAN_DAYS * SECONDS_PER_DAY, moon, SECONDS_PER_DAY, SPAN_DAYS,
            DEGREE, records, 0.0,
        )  # fmt: skip
    spiceypy.spkcls(handle)


def fastest(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs."""
    durations = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        durations.append(time.perf_counter() - begin)
    return min(durations)


def forget() -> None:
    """Drop the integrated blocks, so that a run pays for their preparation."""
    galilean._BLOCKS.__init__()  # noqa: SLF001


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=1_000_000)
    epochs = parser.parse_args().epochs
    times = np.random.default_rng(1).uniform(0.0, SPAN_DAYS * SECONDS_PER_DAY, epochs)
    galilean_states(times[:100])

    def cold() -> None:
        forget()
        galilean_states(times)

    ours = epochs / fastest(cold, 3)
    warm = epochs / fastest(lambda: galilean_states(times), 3)
    few = times[: min(epochs, 20_000)].tolist()
    with tempfile.TemporaryDirectory() as folder:
        kernel = Path(folder) / "moons.bsp"
        write_kernel(kernel)
        spiceypy.furnsh(str(kernel))
        difference = max(
            float(np.abs(np.array(spiceypy.spkezr(moon, t, "J2000", "NONE", "JUPITER")[0])[:3] - state[:3]).max())
            for t in few[:50]
            for moon, state in zip(MOONS, galilean_states(t), strict=True)
        )
        spice = len(few) / fastest(
            lambda: [spiceypy.spkezr(moon, t, "J2000", "NONE", "JUPITER") for t in few for moon in MOONS], 3
        )
        spiceypy.kclear()
    moments = [astronomy.Time(t / SECONDS_PER_DAY) for t in few]
    engine = len(few) / fastest(lambda: [astronomy.JupiterMoons(moment) for moment in moments], 3)
    print(f"{epochs} random epochs within ten years, states of four moons; SPICE differs by {difference:.1e} km")
    print(f"Perijove, with preparation {ours:12,.0f} epochs/s, prepared {warm:12,.0f} epochs/s")
    print(f"SPICE spkezr               {spice:12,.0f} epochs/s   Perijove with preparation: {ours / spice:6.1f} x")
    print(f"astronomy-engine           {engine:12,.0f} epochs/s   Perijove with preparation: {ours / engine:6.1f} x")
    first, other, next_ = map(float, subprocess.check_output([sys.executable, "-c", SINGLE], text=True).split())
    print(
        f"single epochs in a new process: the first {1e3 * first:.0f} ms, the first of another decade "
        f"{1e3 * other:.1f} ms, one nearby {1e6 * next_:.0f} us"
    )


if __name__ == "__main__":
    main()
