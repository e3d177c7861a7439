"""What to type, for the end of each ``--help``, and how long the slow ones take; every line is run by the tests."""

from dataclasses import dataclass

__all__ = ["EXAMPLES", "Examples"]


@dataclass(frozen=True)
class Examples:
    """Examples of one command.

    Attributes
    ----------
    lines : tuple of str
        What follows ``perijove``.
    takes : str
        How long it takes on two cores, where that is more than a few seconds.
    """

    lines: tuple[str, ...]
    takes: str = ""

    @property
    def epilog(self) -> str:
        """The section of ``--help``, which click is not to fill into paragraphs."""
        takes = f"\n\nTakes {self.takes} on two cores." if self.takes else ""
        return "\b\nExamples:\n" + "\n".join(f"  perijove {line}" for line in self.lines) + takes


_MAPS = "io_usgs_galileo_voyager"
_PICTURE = "JNCE_2024362_68C00012_V01-raw.png"
EXAMPLES = {
    "process": Examples(
        (
            f"process {_PICTURE} --out io",
            f"process {_PICTURE} --out quick --quick --resolution 20",
            f"process {_PICTURE} --out deep --quick --stretch 0:99.9%:linear --white-balance grey --depth 16",
        ),
        takes="4 to 10 seconds, the first time after an installation up to ten seconds more,",
    ),
    "mosaic": Examples(
        (
            f"mosaic {_PICTURE} --resolution 10 --out io",
            f"mosaic {_PICTURE} --projection polar_north --resolution 10 --by emission --out io2",
        ),
        takes="5 seconds for each picture, and those of the map,",
    ),
    "control": Examples(
        (f"control {_PICTURE} --out io3",),
        takes="3 seconds for each picture, and one for each pair,",
    ),
    "simulate": Examples(
        ("simulate --range-km 60000 --phase 80 --out simulated",), takes="a few seconds for each picture"
    ),
    "changes": Examples(
        (f"changes {_MAPS}_mono_2km_180w.jpg {_MAPS}_color_2km_180w.jpg --resolution 40",),
        takes="ten seconds to a minute, by the size of the maps,",
    ),
    "info": Examples((f"info {_PICTURE}", f"info {_PICTURE} --json")),
    "at": Examples(
        (f"at {_PICTURE} --lat -20 --lon 105", f"at {_PICTURE} --lat -20 --lon 105 --json"), takes="a few seconds"
    ),
    "limb": Examples(
        (f"limb {_PICTURE}", f"limb {_PICTURE} --out limb"), takes="3 seconds, up to 15 for a close picture"
    ),
    "fetch": Examples(("fetch PJ57 --dry-run", "fetch JNCE_2024362_68C00012_V01 --out pictures")),
    "demo": Examples(("demo --out out",), takes="under a minute, all six pictures some minutes,"),
    "hotspots": Examples(
        (
            "hotspots JIR_IMG_RDR_2022348T232409_V99.LBL",
            "hotspots JIR_IMG_RDR_2022348T232339_V99.LBL JIR_IMG_RDR_2022348T232409_V99.LBL --out hotspots",
        ),
        takes="two to five seconds",
    ),
    "moons": Examples(("moons now", "moons 2024-12-27T01:18:13 --body IO --observer EARTH --correction LT+S --json")),
    "events": Examples(
        (
            "events --from 2026-12-01 --to 2026-12-03 --kind transit",
            "events --from 2026-12-01 --to 2026-12-03 --site 28.3 -16.5 2390 --visible --csv",
        )
    ),
    "fit": Examples(
        ("fit horizons_jup365_io.csv --from 2010-01-01 --to 2011-01-01 --sigma-km 0.1",),
        takes="seconds for each year of positions",
    ),
    "resonance": Examples(("resonance --years 50",), takes="ten seconds"),
    "evolve": Examples(
        ("evolve --draws 0", "evolve --years 1e7 --backwards --draws 2 --json"), takes="seconds for 100 million years"
    ),
    "passes": Examples(("passes --year 2024", "passes --body EUROPA --max-altitude 50000 --csv")),
    "encounter": Examples(("encounter PJ57", "encounter 58 --hours 0.2 --out flyby")),
    "geometry": Examples(
        (
            "geometry 2023-12-30T08:36:01 --body IO",
            "geometry --body IO --from 2023-12-30T08:00 --to 2023-12-30T09:00 --step 5min --csv",
        )
    ),
    "view": Examples(("view PJ57", "view --at now --observer EARTH --body CALLISTO", "view PJ58 --plot io.png")),
    "coverage": Examples(
        ("coverage PJ57 --cell 5", "coverage PJ57 PJ58 --light sun --cell 5 --out seen"), takes="seconds for each pass"
    ),
    "volcanoes show": Examples(
        (
            "volcanoes show Loki",
            "volcanoes show --near 55 58 --within 100 --json",
            "volcanoes show --in-view PJ57 --csv",
            "volcanoes show Pele --geojson",
        )
    ),
    "volcanoes build": Examples(("volcanoes build", "volcanoes build --json"), takes="some seconds"),
    "volcanoes budget": Examples(("volcanoes budget", "volcanoes budget --out heat --json"), takes="some seconds"),
    "volcanoes changes": Examples(("volcanoes changes", "volcanoes changes nights --plot curves.png --json")),
    "volcanoes fit": Examples(("volcanoes fit Loki", "volcanoes fit Loki --date 2017-05-27 --plot loki.png --json")),
    "kernels fetch": Examples(("kernels fetch PJ57 --dry-run", "kernels fetch PJ57 --slice --out kernels")),
    "kernels verify": Examples(("kernels verify kernels",)),
    "kernels list": Examples(("kernels list kernels",)),
    "tides": Examples(("tides steinke-2020-a", "tides five-layer --map heat.png")),
    "sweep": Examples(
        ("sweep steinke-2020-a --vary layer.asthenosphere.viscosity_pa_s=1e10:1e14:log:20 --table k2.csv",)
    ),
    "infer": Examples(
        (
            "infer --odds none --samples 500",
            "infer magma-ocean --odds none --samples 500 --prior core_radius_km=650:1000 --out io",
        ),
        takes="half a minute, with --odds all two minutes more,",
    ),
    "heatpipe": Examples(("heatpipe steinke-2020-b", "heatpipe steinke-2020-b --power 1.05e14 --plot heat.png")),
    "pattern": Examples(
        ("pattern steinke-2020-a --sources io_thermal_sources_davies2024.csv --trials 100",), takes="ten seconds"
    ),
    "claims": Examples(("claims",), takes="ten seconds"),
    "completion": Examples(("completion bash", "completion fish")),
}
"""By the command's name."""
