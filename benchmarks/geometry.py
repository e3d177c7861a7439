"""The geometry of a pass, all columns of the table, against the same with SPICE calls at each epoch, in one run.

SPICE reads kernels that are made here from the built-in ephemeris (Chebyshev records, as NAIF's own), so both sides
answer the same question; the largest differences are printed. It gives whole or no eclipse and occultation where
Perijove gives the part of the disc, and no areas and standard errors. Both sides run in one thread; what counts is
their processor time, the least of several turns.

    python benchmarks/geometry.py [--epochs N]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import spiceypy

from perijove.bodies.juno import PIXEL_RAD
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.text import leap_second_text, rotation_text
from perijove.passes.geometry_series import GeometrySeries, columns, geometry_series

DEGREE = 13
RECORDS_S = {"JUNO": 300.0, "IO": 14400.0, "JUPITER": 14400.0, "SUN": 86400.0, "EARTH": 86400.0}
NAIF = {"JUNO": -61, "IO": 501, "JUPITER": 599, "SUN": 10, "EARTH": 399}
CENTERS = {"JUNO": "JUPITER", "IO": "JUPITER", "JUPITER": "SSB", "SUN": "SSB", "EARTH": "SSB"}
REACH_S = 4000.0
RADII = """
KPL/PCK
\\begindata
BODY501_RADII = ( 1829.4 1819.4 1815.7 )
BODY599_RADII = ( 71492 71492 66854 )
BODY10_RADII = ( 695700 695700 695700 )
BODY10_POLE_RA = ( 286.13 0 0 )
BODY10_POLE_DEC = ( 63.87 0 0 )
BODY10_PM = ( 84.176 14.1844 0 )
\\begintext
"""
SEARCH = """
import time
begin = time.perf_counter()
from perijove.ephemeris.source import EMBEDDED
from perijove.passes.encounters import close_approaches
from perijove.timescales import utc_to_tdb
span = utc_to_tdb("2021-01-01"), utc_to_tdb("2026-01-01")
loaded = time.perf_counter()
for _ in range(2):
    start, busy = time.perf_counter(), time.process_time()
    found = close_approaches(EMBEDDED, ("IO", "EUROPA", "GANYMEDE", "CALLISTO"), *span)
    print(time.perf_counter() - start, time.process_time() - busy, len(found), loaded - begin)
"""


def write_kernels(folder: Path, start: float, end: float) -> None:
    """Chebyshev records, type 2, and texts; load them."""
    nodes = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    to_series = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, DEGREE))
    handle = spiceypy.spkopn(str(folder / "all.bsp"), "benchmark", 0)
    for body, record in RECORDS_S.items():
        reach = 0.0 if body == "JUNO" else REACH_S
        count = int(np.ceil((end - start + 2.0 * reach) / record))
        begin = start - reach
        times = begin + (np.arange(count)[:, None] + 0.5 * (nodes + 1.0)) * record
        places = EMBEDDED.state(body, times, center=CENTERS[body])[..., :3]
        series = np.ascontiguousarray(np.einsum("kn,dna->dak", to_series, places)).ravel()
        spiceypy.spkw02(
            handle, NAIF[body], spiceypy.bods2c(CENTERS[body]), "J2000", begin, begin + count * record, body, record,
            count, DEGREE, series, begin,
        )  # fmt: skip
    spiceypy.spkcls(handle)
    texts = {"leap.tls": leap_second_text(), "io.tpc": rotation_text("IO"), "jupiter.tpc": rotation_text("JUPITER")}
    for name, text in {**texts, "radii.tpc": RADII}.items():
        (folder / name).write_text(text, encoding="ascii")
        spiceypy.furnsh(str(folder / name))
    spiceypy.furnsh(str(folder / "all.bsp"))


def lat_lon(point: np.ndarray) -> tuple[float, float]:
    """Planetocentric, degrees."""
    _, lon, lat = spiceypy.reclat(point)
    return np.degrees(lat), np.degrees(lon)


def with_spice(tdb: float) -> dict[str, float]:
    """One row of the table."""
    frame, correction, names = "IAU_IO", "LT+S", ("IO", tdb)
    state, light_time = spiceypy.spkezr("IO", tdb, "J2000", correction, "JUNO")
    distance = float(np.linalg.norm(state[:3]))
    speed = float(np.linalg.norm(state[3:]))
    below, left, sight = spiceypy.subpnt("NEAR POINT/ELLIPSOID", *names, frame, correction, "JUNO")
    center, _, _ = spiceypy.subpnt("INTERCEPT/ELLIPSOID", *names, frame, correction, "JUNO")
    noon, _, _ = spiceypy.subslr("NEAR POINT/ELLIPSOID", *names, frame, correction, "JUNO")
    _, _, _, incidence, _ = spiceypy.ilumin("ELLIPSOID", *names, frame, correction, "JUNO", below)
    phase = spiceypy.phaseq(tdb, "IO", "SUN", "JUNO", correction)
    sun, _ = spiceypy.spkpos("SUN", tdb, "J2000", correction, "JUNO")
    emitted = tdb - light_time
    sun_there, _ = spiceypy.spkpos("SUN", emitted, "J2000", "LT", "IO")
    jupiter, _ = spiceypy.spkpos("JUPITER", emitted, "J2000", "LT", "IO")
    jupiter_phase = spiceypy.phaseq(emitted, "JUPITER", "SUN", "IO", "LT")
    orbit, _ = spiceypy.spkezr("IO", emitted, "J2000", "NONE", "JUPITER")
    elements = spiceypy.oscltx(orbit, emitted, 126686534.0)
    lat, lon = lat_lon(below)
    center_lat, center_lon = lat_lon(center)
    sun_lat, sun_lon = lat_lon(noon)
    hour, minute, second, _, _ = spiceypy.et2lst(left, 501, np.radians(lon), "PLANETOCENTRIC")
    hidden = spiceypy.occult("IO", "ELLIPSOID", frame, "JUPITER", "ELLIPSOID", "IAU_JUPITER", correction, "JUNO", tdb)
    dark = spiceypy.occult("SUN", "ELLIPSOID", "IAU_SUN", "JUPITER", "ELLIPSOID", "IAU_JUPITER", "LT", "IO", emitted)
    altitude = float(np.linalg.norm(sight))
    across = float(np.linalg.norm(jupiter))
    return {
        "range_km": distance,
        "altitude_km": altitude,
        "speed_km_s": speed,
        "range_rate_km_s": float(state[:3] @ state[3:]) / distance,
        "light_time_s": light_time,
        "sub_spacecraft_lat_deg": lat,
        "sub_spacecraft_lon_east_deg": lon,
        "sub_spacecraft_lon_west_deg": -lon % 360.0,
        "sub_spacecraft_radius_km": float(np.linalg.norm(below)),
        "center_lat_deg": center_lat,
        "center_lon_east_deg": center_lon,
        "sub_solar_lat_deg": sun_lat,
        "sub_solar_lon_east_deg": sun_lon,
        "sub_solar_lon_west_deg": -sun_lon % 360.0,
        "phase_deg": np.degrees(phase),
        "sub_spacecraft_incidence_deg": np.degrees(incidence),
        "local_solar_time_h": hour + minute / 60.0 + second / 3600.0,
        "solar_elongation_deg": np.degrees(spiceypy.vsep(sun, state[:3])),
        "sun_distance_au": float(np.linalg.norm(sun_there)) / 149597870.7,
        "angular_diameter_deg": np.degrees(2.0 * np.arcsin(1821.49 / distance)),
        **{f"{camera.lower()}_km_per_px": altitude * angle for camera, angle in PIXEL_RAD.items()},
        "illuminated_fraction": 0.5 * (1.0 + np.cos(phase)),
        "unocculted_fraction": float(hidden == 0),
        "sunlight_fraction": float(dark == 0),
        "jupiter_phase_deg": np.degrees(jupiter_phase),
        "jupiter_angular_diameter_deg": np.degrees(2.0 * np.arcsin(71492.0 / across)),
        "jupiter_illuminated_fraction": 0.5 * (1.0 + np.cos(jupiter_phase)),
        "true_anomaly_deg": np.degrees(elements[8]),
    }


def report_differences(rows: list[dict[str, float]], series: GeometrySeries) -> None:
    """Print how far both answers lie apart where they mean the same."""
    same = ("range_km", "altitude_km", "sub_spacecraft_lat_deg", "sub_solar_lon_east_deg", "phase_deg")
    apart = {name: float(np.abs([row[name] for row in rows] - series.column(name)).max()) for name in same}
    print("SPICE differs by " + ", ".join(f"{value:.1e} ({name})" for name, value in apart.items()))


def processor_time(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=100_000)
    epochs = parser.parse_args().epochs
    arc = arc_of(57)
    start, end = arc.perijove_tdb - 21600.0, arc.perijove_tdb + 21600.0
    times = np.linspace(start + 600.0, end - 600.0, epochs)
    few = times[:: max(epochs // 1000, 1)]
    geometry_series(EMBEDDED, "IO", few)
    with tempfile.TemporaryDirectory() as folder:
        write_kernels(Path(folder), start - 600.0, end + 600.0)
        report_differences([with_spice(t) for t in few[::10]], geometry_series(EMBEDDED, "IO", few[::10]))
        ours, spice = [], []
        for _ in range(5):  # in turn, so that a busy machine slows both
            ours.append(epochs / processor_time(lambda: geometry_series(EMBEDDED, "IO", times)))
            spice.append(len(few) / processor_time(lambda: [with_spice(t) for t in few]))
        spiceypy.kclear()
    print(f"Io from Juno, {len(columns())} columns, light time and aberration")
    print(f"Perijove, {epochs} epochs   {max(ours):10,.0f} epochs/s")
    print(f"SPICE, {len(few)} epochs       {max(spice):10,.0f} epochs/s   Perijove: {max(ours) / max(spice):5.1f} x")
    lines = subprocess.check_output([sys.executable, "-c", SEARCH], text=True).splitlines()
    (first, busy, count, load), (again, *_) = (map(float, line.split()) for line in lines)
    print(
        f"all {count:.0f} approaches of Juno to the four moons, 2021 to 2025, in a new process: {first:.2f} s "
        f"({busy:.2f} s of the processor) and {load:.2f} s to load; once more {again:.2f} s"
    )


if __name__ == "__main__":
    main()
