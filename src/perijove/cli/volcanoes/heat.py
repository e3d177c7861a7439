"""``perijove volcanoes budget``, ``changes`` and ``fit``: what the catalogue says of heat."""

from pathlib import Path
from typing import Any

import click

from perijove.cli.handover import as_json, hand_over, new_figure, new_files, refuse_standing
from perijove.cli.options import json_option, out_option, overwrite_option, plot_option, quiet_option
from perijove.cli.talk import steps
from perijove.errors import InputError

__all__ = ["budget", "changes", "fit"]

_FILES = {
    "map": "io-volcanoes-map.png",
    "budget": "io-heat-budget.png",
    "density": "io-power-density.png",
    "json": "io-heat-budget.json",
}
_PANELS = 12
_SOURCE = "Davies et al. 2024, doi:10.3847/PSJ/ad4346"
_TABLES = {"mura2024": "Mura et al. 2024, table 3", "dekleer2019": "de Kleer et al. 2019"}
_REPEATED = {"passes": "mura2024", "nights": "dekleer2019"}


@click.command("budget", short_help="How much of Io's heat the hot spots radiate.")
@out_option("map, budget and density (PNG), JSON.")
@overwrite_option
@json_option
@quiet_option
def budget(out: Path | None) -> None:
    """Add up what Io's hot spots radiate: by hemisphere, latitude, kind and unit of the geologic map.

    Errors tell how much single measurements of a volcano scatter; those that all powers share are not known.
    """
    import numpy as np

    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.export.volcanoes.heat import budget_lines, budget_record
    from perijove.studies.heat_budget import faint_sources, heat_budget, heat_sources

    refuse_standing(out, _FILES.values())
    with steps("volcanoes") as tell:
        with catalogue_at_hand(tell) as catalogue:
            sources = heat_sources(catalogue.sources())
        tell("adding up")
        found = heat_budget(sources)
        faint = faint_sources(np.array([one.power_gw for one in sources]))
        record = budget_record(found, faint)
        if out is not None:
            tell("drawing")
            _draw_budget(out, found, as_json(record))
    hand_over(record, "\n".join(budget_lines(found, faint)))


def _draw_budget(out: Path, found: Any, text: str) -> None:  # noqa: ANN401  # HeatBudget, loaded late
    from perijove.archive.cache import map_at_hand
    from perijove.figures.style import save_figure
    from perijove.figures.volcanoes.heat_budget import draw_heat_budget, draw_power_density
    from perijove.figures.volcanoes.volcano_map import draw_volcano_map
    from perijove.formats.base_map import read_base_map

    ground = map_at_hand("io-map-grey")
    base = None if ground is None else read_base_map(ground.path, left_lon_east_deg=ground.left_lon_east_deg)
    total = found.total
    credit = _SOURCE if ground is None else f"{_SOURCE}; map: {ground.credit}"
    facts = [f"{total.sources} sources, {total.power_gw / 1e3:.1f} TW; symbols by power and effective temperature"]
    with new_files(out) as products:
        save_figure(
            draw_volcano_map(found.sources, base_map=base, title="Io's hot spots", facts=facts, source=credit),
            products.path(_FILES["map"]),
        )
        save_figure(draw_heat_budget(found, source=_SOURCE), products.path(_FILES["budget"]))
        save_figure(draw_power_density(found, source=_SOURCE), products.path(_FILES["density"]))
        products.path(_FILES["json"]).write_text(text, encoding="utf-8")


@click.command("changes", short_help="Which hot spots changed between passes or nights.")
@click.argument("repeated", type=click.Choice(list(_REPEATED)), default="passes", metavar="[passes|nights]")
@plot_option("light curves of the surest changes.")
@overwrite_option
@json_option
@quiet_option
def changes(repeated: str, plot: Path | None) -> None:
    """Hold repeated readings of each source against a constant, and list those that changed.

    Readings are those of four passes of Juno (M band), or of 254 nights of adaptive optics.
    """
    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.export.volcanoes.heat import change_lines, change_record
    from perijove.studies.source_variability import light_curves, scatter_between_readings

    refuse_standing(plot)
    chosen = _REPEATED[repeated]
    with steps("volcanoes") as tell, catalogue_at_hand(tell) as catalogue:
        names = {row["source_id"]: row["name"] or row["iau_name"] for row in catalogue.sources()}
        curves = light_curves(catalogue.observations(), chosen, names)
    scatter = scatter_between_readings(curves)
    shown = [one for one in curves if one.changed][:_PANELS]
    if plot is not None:
        if not shown:
            raise InputError(f"{repeated}: no source changed, so there is nothing to draw; leave out --plot")
        from perijove.figures.volcanoes.curves import draw_light_curves

        count = sum(one.changed for one in curves)
        facts = [
            f"{count} of {len(curves)} light curves changed; shown are the surest; behind x: largest over smallest"
        ]
        new_figure(plot, draw_light_curves(shown, title="Volcanoes that changed", facts=facts, source=_TABLES[chosen]))
    record = {
        "table": chosen,
        "scatter_ln": round(scatter, 4),
        "changed": sum(one.changed for one in curves),
        "light_curves": [change_record(one) for one in curves],
    }
    hand_over(record, "\n".join(change_lines(curves, scatter)))


@click.command("fit", short_help="Temperature, area and power of a hot spot from one night.")
@click.argument("name")
@click.option("--date", "night", metavar="DATE", help="Such as 2017-05-27. Default: that with most filters.")
@plot_option("the spectrum and the models.")
@overwrite_option
@json_option
@quiet_option
def fit(name: str, night: str | None, plot: Path | None) -> None:
    """Fit the adaptive-optics readings of one night: one black body, two where filters allow, a cooling lava flow.

    Each quantity has the range that holds it with 68 %; what the filters leave open is said. Ground below some 200 K
    does not show at these wavelengths, and is in no power given here.
    """
    import numpy as np

    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.bodies.infrared_bands import BANDS
    from perijove.export.volcanoes.heat import fit_lines, fit_record
    from perijove.volcanoes.spectrum_fit import fit_black_bodies, fit_cooling_flow

    refuse_standing(plot)
    with steps("volcanoes") as tell, catalogue_at_hand(tell) as catalogue:
        rows = catalogue.sources(name)
        measured = [
            (row, one)
            for row in rows
            for one in catalogue.observations([row["source_id"]])
            if one["source_table"] == "dekleer2019" and one["sigma"] and night in {None, one["time_utc"]}
        ]
    if not measured:
        when = f" in the night of {night}" if night else ""
        raise InputError(f"{name!r}: has no readings with errors in filters{when}; see perijove volcanoes show {name}")
    counts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row, one in measured:
        counts.setdefault((row["source_id"], one["time_utc"]), []).append(one)
    (source_id, date), readings = max(counts.items(), key=lambda item: (len(item[1]), item[0][1]))
    found = next(row for row in rows if row["source_id"] == source_id)
    bands = [BANDS[one["band"]] for one in readings]
    value, sigma = (np.array([one[key] for one in readings]) for key in ("value", "sigma"))
    fits = [fit_black_bodies(bands, value, sigma)]
    fits += [fit_black_bodies(bands, value, sigma, components=2)] if len(bands) >= 4 else []
    fits += [fit_cooling_flow(bands, value, sigma)] if len(bands) >= 2 else []
    title = f"{found['iau_name'] or found['name'] or source_id}, {date}"
    if plot is not None:
        from perijove.figures.volcanoes.curves import draw_spectrum_fits

        facts = ["medians and 68 % ranges; horizontal bars: widths of the filters"]
        new_figure(plot, draw_spectrum_fits(fits, title=title, facts=facts, source=_TABLES["dekleer2019"]))
    record = {"source_id": source_id, "night": date, "fits": [fit_record(one) for one in fits]}
    hand_over(record, "\n".join([title, *fit_lines(fits)]))
