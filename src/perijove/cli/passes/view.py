"""``perijove view``: a body as Juno, or another observer, sees it."""

from pathlib import Path

import click

from perijove.cli.ephemeris_choice import chosen_ephemeris, known_target
from perijove.cli.handover import hand_over, new_figure, refuse_standing
from perijove.cli.option_types import Number
from perijove.cli.options import (
    at_option,
    basemap_options,
    body_option,
    json_option,
    kernels_option,
    observer_option,
    overwrite_option,
    perijove_choice,
    plot_option,
    solution_option,
)
from perijove.cli.passes.pass_argument import named_pass
from perijove.cli.rules import needs
from perijove.ephemeris.epochs import times_tdb
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.export.view_record import view_record, view_text
from perijove.passes.sky_view import UPRIGHT, SkyView, sky_view
from perijove.timescales import tdb_to_utc

__all__ = ["command"]

_WIDEST_DEG = 150.0


@click.command("view")
@perijove_choice("perijove view PJ57", required=False)
@at_option("Default: closest approach of the PERIJOVE.")
@body_option("JUPITER or a Galilean moon.", default="IO")
@observer_option("JUNO", others="EARTH, SUN, a moon; others need --kernels.")
@click.option("--up", type=click.Choice(list(UPRIGHT)), default="body", show_default=True, help="Whose north is up.")
@click.option(
    "--field",
    type=Number(0.0, _WIDEST_DEG, min_open=True, max_open=True),
    help="Width of the picture, deg; by default the disc fills it.",
)
@plot_option("the globe with graticule, terminator, names and Jupiter.")
@basemap_options("For the globe. Default for Io: the map of `perijove fetch io-map`, where it is here.")
@kernels_option()
@solution_option
@json_option
@overwrite_option
@needs("--field", "--plot", why="it is for the figure")
@needs("--basemap", "--plot", why="it is for the figure")
def command(
    perijove: int | None,
    at: str | None,
    body: str,
    observer: str,
    up: str,
    field: float | None,
    plot: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    kernels: Path | None,
) -> None:
    """Show Io as Juno sees it, at closest approach of PERIJOVE (such as PJ57) or at any time.

    Prints where the observer stands; with --plot it draws the globe, with the real Io once its map was fetched.
    """
    body = known_target(body)
    if body == observer:
        raise InputError(f"--observer {observer}: does not see itself; give another --body")
    refuse_standing(plot)
    source, source_name, tdb, title = _when(perijove, at, body, observer, kernels)
    view = sky_view(source, body, observer, tdb, upright=up)
    if plot is not None:
        _draw(view, plot, basemap, left_lon=basemap_left_lon, field=field, words=(title, source_name))
    hand_over(view_record(view, source_name), view_text(view, title, source_name), ephemeris=source_name)


def _when(
    perijove: int | None, at: str | None, body: str, observer: str, kernels: Path | None
) -> tuple[Ephemeris, str, float, str]:
    """Ephemeris, its name, the time, and a title."""
    title = f"{body.capitalize()} seen from {observer.capitalize()}"
    if perijove is None:
        if at is None:
            raise InputError("no time was given; write perijove view PJ57, or --at 2023-12-30T08:36:01")
        tdb = float(times_tdb(at))
        return *chosen_ephemeris(kernels, (body,), observer, tdb), tdb, title
    found = named_pass(perijove, body, kernels)
    title = f"{found.name}: {title}"
    if at is None:
        title += ", closest approach"
    tdb = found.approach.tdb if at is None else float(times_tdb(at))
    first, last = found.reach_tdb
    if not first <= tdb <= last:
        raise InputError(
            f"--at {at}: not within {found.name}, which is from {tdb_to_utc(first, digits=0)} to "
            f"{tdb_to_utc(last, digits=0)} UTC; leave out the perijove"
        )
    if observer == "JUNO":
        return found.source, found.source_name, tdb, title
    return *chosen_ephemeris(kernels, (body,), observer, tdb), tdb, title


def _draw(
    view: SkyView,
    out: Path,
    basemap: Path | None,
    *,
    left_lon: float,
    field: float | None,
    words: tuple[str, str],
) -> None:
    """Write the figure."""
    from perijove.figures.named_places import named_places
    from perijove.figures.passes.spacecraft_view import draw_spacecraft_view
    from perijove.formats.base_map import read_base_map

    title, source = words
    if basemap is None and view.vantage.body == "IO":
        basemap, left_lon, source = _map_at_hand(source)
    base_map = read_base_map(basemap, left_lon_east_deg=left_lon) if basemap is not None else None
    figure = draw_spacecraft_view(
        view,
        base_map=base_map,
        features=named_places(view.vantage.body),
        field_deg=field,
        title=title,
        source=source,
    )
    new_figure(out, figure, text={"Title": title})


def _map_at_hand(source: str) -> tuple[Path | None, float, str]:
    """Map of Io that was fetched, its left edge, and the line under the figure with its credit."""
    from perijove.archive.cache import map_at_hand

    found = map_at_hand()
    if found is None:
        click.echo("The globe is bare: `perijove fetch io-map` brings the map of Io, 2.7 MB.", err=True)
        return None, 0.0, source
    return found.path, found.left_lon_east_deg, f"{source}; map: {found.credit}"
