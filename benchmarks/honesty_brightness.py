"""Whether framelets that show the same ground agree within their errors.

Run:  python benchmarks/honesty_brightness.py RAW [RAW ...] [--calibration DIR]

Odd and even frames of each colour are mapped apart. Printed for ground that both show, all of it and what is lit: the
share of map pixels whose difference lies within one and two standard errors; and for lit ground the robust scatter of
that difference in standard errors, its mean over 9 x 9 map pixels taken away (what is random), and of that mean alone,
relative to the brightness, of one framelet (what no average takes away; noise leaves 0.3 to 1 % in it).
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter

from perijove.errors import PerijoveError
from perijove.junocam.map_grid import Options, map_grid
from perijove.junocam.processing import map_picture
from perijove.junocam.radiometry.quality import QUALITY
from perijove.picture import open_picture

_LIT = 0.03  # I/F
_ENOUGH = 500


def _scatter(values: np.ndarray) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def main() -> None:
    """Print a line for each colour of each picture."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("raw", nargs="+", type=Path)
    arguments.add_argument("--calibration", type=Path)
    chosen = arguments.parse_args()
    print(
        f"{'picture':27s}{'colour':8s}{'pixels':>8s}{'<1':>6s}{'<2':>6s}{'lit':>8s}{'<1':>6s}{'<2':>6s}{'random':>8s}{'rest':>8s}"
    )
    for path in chosen.raw:
        try:
            picture = open_picture(path, calibration=chosen.calibration)
            location = picture.locate()
        except PerijoveError as error:
            print(f"{path.name[:25]:27s}{error}")
            continue
        image, grid = picture.measured, map_grid(location, Options())
        halves = []
        for parity in (1, 0):
            other = (np.array(image.raw.frames) % 2 != parity)[:, None, None] * QUALITY.mask("missing")
            bands, mapped = map_picture(replace(image, quality=image.quality | other), location, grid)
            halves.append(mapped)
        for band, name in enumerate(bands):
            first, second = (half.values[band].astype(float) for half in halves)
            error = np.hypot(*(half.sigma[band].astype(float) for half in halves))
            seen = np.isfinite(first) & np.isfinite(second)
            light, gap = 0.5 * np.where(seen, first + second, 0.0), np.where(seen, first - second, 0.0)
            lit = seen & (light > _LIT)
            whole = uniform_filter(seen.astype(float), 9)
            smooth = uniform_filter(gap, 9) / np.maximum(whole, 1e-9)
            calm = lit & (whole > 0.95)
            if lit.sum() < _ENOUGH or calm.sum() < _ENOUGH:
                continue
            shares = [np.mean(np.abs(gap[use] / error[use]) < n) for use in (seen, lit) for n in (1.0, 2.0)]
            random = _scatter((gap - smooth)[calm] / error[calm])
            rest = _scatter((smooth / np.maximum(light, _LIT))[calm]) / np.sqrt(2.0)
            print(
                f"{path.name[:25]:27s}{name:8s}{seen.sum():8d}{shares[0]:6.2f}{shares[1]:6.2f}{lit.sum():8d}"
                f"{shares[2]:6.2f}{shares[3]:6.2f}{random:8.2f}{100.0 * rest:6.2f} %",
                flush=True,
            )


if __name__ == "__main__":
    main()
