"""``perijove demo``: what Perijove does, on simulated pictures or on one of your own."""

from collections.abc import Callable
from pathlib import Path

import click

from perijove.archive.cache import MapAtHand, map_at_hand
from perijove.cli.download_bars import download_bars
from perijove.cli.handover import new_files, overwriting
from perijove.cli.options import out_option, overwrite_option, quiet_option
from perijove.cli.pictures.simulate import simulate_to_files
from perijove.cli.rules import not_with, noted, typed_command
from perijove.cli.talk import QUIET, steps
from perijove.errors import PerijoveError
from perijove.export.answer import megabytes
from perijove.export.png import display_rgba, stamped
from perijove.figures.pictures.contact_sheet import Thumbnail, contact_sheet
from perijove.figures.style import save_figure
from perijove.junocam.display import display_stretches
from perijove.picture import MappedPicture, open_picture
from perijove.products import picture_facts, product_names, source_line, summary
from perijove.simulator.scenarios import perijove_57_scenarios

__all__ = ["command"]

_SHEET = "encounter.png"
_ONE = 5  # of the six: Io whole, Loki on the lit side, done in seconds


@click.command("demo")
@click.argument("raw", required=False, type=click.Path(path_type=Path))
@click.option("--all", "all_pictures", is_flag=True, help="All six pictures of the pass, and a sheet of them: minutes.")
@out_option("pictures and products.", default="out")
@overwrite_option
@quiet_option
@not_with("--all", "RAW", why="those are the simulated pictures")
def command(raw: Path | None, all_pictures: bool, out: Path) -> None:
    """Simulate a picture of Juno's close encounter with Io on 2023-12-30 (perijove 57) and process it.

    Io looks as it does on the public map of the USGS, 2.7 MB, fetched once; without it a made-up Io is shown. With RAW,
    process that picture instead.
    """

    def tell(text: str) -> None:
        if not noted(QUIET):
            click.echo(text, err=True)

    def processed(path: Path) -> MappedPicture:
        with steps(path.name) as step:
            picture = open_picture(path)
            picture.progress, picture.apart, picture.command = step, True, typed_command()
            mapped = picture.save(out, overwrite=overwriting())
        tell(summary(mapped.done, mapped.report, out))
        return mapped

    if raw is not None:
        processed(raw)
        return
    surface = _map_of_io(tell)
    scenarios = perijove_57_scenarios()
    tell("SIMULATED: Juno's real path past Io on 2023-12-30, its camera modelled; " + _looks(surface))
    paths = simulate_to_files(
        scenarios if all_pictures else [scenarios[_ONE]],
        out=out / "raw",
        basemap=None if surface is None else surface.path,
        basemap_left_lon=0.0 if surface is None else surface.left_lon_east_deg,
        surface="" if surface is None else surface.credit,
        truth=True,
    )
    pictures = [processed(path) for path in paths]
    if not all_pictures:
        names = product_names(pictures[0].done.image.raw)
        tell(f"Open {out / names['view']} first: Io as Juno saw it; then {out / names['quicklook']}: the map.")
        return
    with new_files(out) as products:
        sheet = contact_sheet(
            [_thumbnail(picture) for picture in pictures],
            title="Juno passes Io, perijove 57, 2023-12-30 (SIMULATED)",
            facts="Six simulated JunoCam pictures, each found, located and put together by Perijove without any kernel",
            source=source_line(pictures[-1].done.image.raw),
        )
        save_figure(sheet, products.path(_SHEET))
    tell(f"Open {out / _SHEET} first, then the -quicklook.png and -view.png of each picture.")


def _map_of_io(tell: Callable[[str], None]) -> MapAtHand | None:
    """Map of the registry, fetched at the first use; None where it cannot be had."""
    from perijove.archive.data_sets import data_set
    from perijove.archive.fetching import fetch_data_set
    from perijove.archive.web import Patience

    found = map_at_hand()
    if found is not None:
        return found
    wanted = data_set("io-map")
    tell(f"Fetching the map of Io, {megabytes(wanted.size_bytes)}, {wanted.licence}: {wanted.credit}")
    try:
        with download_bars() as (_, on_bytes):
            fetch_data_set(wanted, on_bytes=on_bytes, patience=Patience(tries=1, timeout_s=5.0))
    except PerijoveError as error:
        tell(f"It could not be fetched: {error}")
    return map_at_hand()


def _looks(surface: MapAtHand | None) -> str:
    if surface is None:
        return "Io is MADE UP: volcanoes and mountains stand at their places, their looks are invented."
    return f"Io looks as on the map of {surface.credit}."


def _thumbnail(picture: MappedPicture) -> Thumbnail:
    done, fit = picture.done, picture.report["fit"]
    assert isinstance(fit, dict)
    facts = picture_facts(done.image.raw, done.location)
    return Thumbnail(
        stamped(display_rgba(done.seen.values, display_stretches(done)["view"])),
        f"{facts.mid_time_utc[11:19]} UTC, {facts.range_km:,.0f} km",
        f"phase {facts.phase_deg:.0f}°, limb {fit['limb_rms_px']:.2f} px rms",
    )
