"""The annotated quick look: one map or view that explains itself."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from perijove.figures.legend import LEGEND_HEIGHT_IN, draw_legend, legend_axes
from perijove.figures.mapaxes import draw_map
from perijove.figures.picture import Feature, MapPicture
from perijove.figures.style import new_figure, write_footer, write_title

__all__ = ["fact_line", "quicklook"]

_WIDTH_IN = 10.0
_LEFT_IN, _RIGHT_IN = 0.72, 0.3
_TALLEST_IN = 8.4
_PROJECTION_NAMES = {
    "equirectangular": "equirectangular map",
    "polar_north": "north polar stereographic map",
    "polar_south": "south polar stereographic map",
    "orthographic": "orthographic map",
    "perspective": "as Juno saw it",
}


def fact_line(picture: MapPicture) -> str:
    """Time, distance, phase, projection in one line."""
    facts, grid = picture.facts, picture.grid
    time = facts.mid_time_utc[:19].replace("T", " ")
    return "   ·   ".join(
        (
            f"{time} UTC",
            f"{facts.range_km:,.0f} km from {facts.target}'s centre",
            f"phase {facts.phase_deg:.1f}°",
            f"{_PROJECTION_NAMES[grid.projection]}, {grid.resolution_km:.3g} km per pixel",
        )
    )


def quicklook(picture: MapPicture, *, features: Sequence[Feature] = (), most_features: int = 24) -> Figure:
    """Annotated figure of a map or view.

    Parameters
    ----------
    picture : MapPicture
        What to show.
    features : sequence of Feature
        Named places; those on covered ground are labelled, largest first, as many as fit.
    most_features : int
        How many names at most.

    Returns
    -------
    Figure
        Picture on its projection with labelled graticule, terminator, limb, names, scale bar, arrows to north and to
        the Sun, time, range, phase and source.
    """
    left, right, bottom, top = picture.window()
    mapped = picture.grid.projection == "equirectangular"
    polar = picture.grid.projection.startswith("polar")
    side_in = _LEFT_IN if mapped or polar else _RIGHT_IN
    over_in, under_in = (1.12 if mapped else 0.92 if polar else 0.72), (0.42 if mapped or polar else 0.12)
    aspect = (bottom - top) / (right - left)
    map_width = min(_WIDTH_IN - side_in - (side_in if polar else _RIGHT_IN), _TALLEST_IN / aspect)
    map_height = map_width * aspect
    height = over_in + map_height + under_in + LEGEND_HEIGHT_IN + 0.4
    figure = new_figure(_WIDTH_IN, height)
    map_left = side_in if mapped else 0.5 * (_WIDTH_IN - map_width)
    axes = figure.add_axes(
        (
            map_left / _WIDTH_IN,
            (height - over_in - map_height) / height,
            map_width / _WIDTH_IN,
            map_height / height,
        ),
        label="map",
    )
    lines = draw_map(axes, picture, features=features, most_features=most_features)
    write_title(figure, f"{picture.facts.target}   {picture.facts.product_id}", [fact_line(picture)], left_in=side_in)
    strip = legend_axes(figure, left_in=side_in, bottom_in=0.32, width_in=_WIDTH_IN - side_in - _RIGHT_IN)
    notes = [f"graticule every {lines.step_deg:g}°"]
    if not mapped:
        notes.append("west longitude = 360° − east longitude")
    if picture.grid.projection != "perspective":
        notes.append("grey: no data")
    draw_legend(strip, picture, px_per_in=(right - left) / map_width, notes=notes)
    write_footer(figure, picture.facts.source, left_in=side_in)
    return figure
