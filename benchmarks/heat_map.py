"""A surface heat-flow map of 91 x 181 points, beside TidalPy's compiled one in the same run.

python benchmarks/heat_map.py --tidalpy PYTHON [--threads N]
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from perijove.interior.body import Interior
from perijove.interior.layers import Layer, Orbit
from perijove.tides.heating import tidal_heating

FREQUENCY, ECCENTRICITY, BULK = 4.1086e-5, 0.0041, 2e11  # rad/s; -; Pa
LAYERS = (  # outer radius (km), density (kg/m3), shear modulus (Pa), viscosity (Pa s); all solid and compressible
    (965.0, 5150.0, 6e10, 1e21),
    (1591.6, 3244.0, 6e10, 1e20),
    (1791.6, 3244.0, 1e9, 3.5e12),
    (1821.6, 3244.0, 6.5e10, 1e23),
)
PEER = Path(__file__).with_name("peer_tidalpy_map.py")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tidalpy", default=sys.executable, help="Python interpreter that has TidalPy 0.8.1")
    parser.add_argument("--threads", type=int, default=2, help="for TidalPy; ours takes one")
    options = parser.parse_args()
    lat, lon = np.linspace(90.0, -90.0, 91), np.linspace(0.0, 360.0, 181)
    order = {
        "layers": LAYERS, "frequency": FREQUENCY, "eccentricity": ECCENTRICITY, "bulk": BULK,
        "lat_deg": lat.tolist(), "lon_deg": lon.tolist(), "threads": options.threads,
    }  # fmt: skip
    answer = subprocess.run(
        [options.tidalpy, str(PEER)], input=json.dumps(order), capture_output=True, text=True, check=True
    ).stdout
    peer = json.loads(answer.splitlines()[-1])
    layers = (Layer(f"{k}", "solid", r, rho, mu, BULK, eta) for k, (r, rho, mu, eta) in enumerate(LAYERS))
    body = Interior(tuple(layers), orbit=Orbit(FREQUENCY, ECCENTRICITY))
    times = []
    for _ in range(30):
        start = time.perf_counter()
        flux = tidal_heating(body).flux_w_m2.on_grid(lat, lon)
        times.append(time.perf_counter() - start)
    theirs = np.array(peer["flux"])
    apart = np.abs(theirs[1:-1] / flux[1:-1] - 1.0).max()  # theirs has no flux at the poles
    print(f"heat-flow map 91 x 181: {min(times) * 1e3:.1f} ms, TidalPy {peer['seconds'] * 1e3:.0f} ms")
    print(f"ratio {peer['seconds'] / min(times):.0f}; the maps differ by {apart:.1e} at most")


if __name__ == "__main__":
    main()
