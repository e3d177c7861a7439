"""A year of events of all four moons: how long it takes, and what finding the contacts costs of it."""

import argparse
import time

import numpy as np

from perijove.ephemeris.observers import BodyObserver, Observer, SiteObserver
from perijove.events.finder import moon_events
from perijove.events.records import Almanac
from perijove.export.almanac import almanac_record
from perijove.timescales import utc_to_tdb

REPEATS = 5
OBSERVERS: dict[str, Observer] = {
    "Earth's centre": BodyObserver("EARTH"),
    "a site": SiteObserver(28.3, -16.5, 2390.0),
    "the Sun": BodyObserver("SUN"),
}


def main() -> None:
    """Print shortest and median seconds for each observer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015, help="2015 is rich in mutual events")
    year = parser.parse_args().year
    start, end = (utc_to_tdb(f"{y}-01-01") for y in (year, year + 1))
    moon_events(start, start + 86400.0)  # compiles
    print(f"{'observer':16s} {'events':>7s} {'contacts':>9s} {'shortest':>9s} {'median':>8s} {'processor':>10s} s")
    for name, observer in OBSERVERS.items():
        walls, processors = [], []
        for _ in range(REPEATS):
            wall, processor = time.perf_counter(), time.process_time()
            events = moon_events(start, end, observer=observer)
            walls.append(time.perf_counter() - wall)
            processors.append(time.process_time() - processor)
        contacts = sum(len(event.contacts) + 1 for event in events)
        figures = f"{min(walls):9.2f} {np.median(walls):8.2f} {min(processors):10.2f}"
        print(f"{name:16s} {len(events):7d} {contacts:9d} {figures}")
    wall = time.perf_counter()
    almanac_record(Almanac(start, end, observer, "built-in ephemeris", events))
    print(f"as records for JSON: {time.perf_counter() - wall:.2f} s")


if __name__ == "__main__":
    main()
