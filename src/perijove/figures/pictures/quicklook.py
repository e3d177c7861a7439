"""The annotated quick look: one map or view that explains itself."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from perijove.figures.picture import Feature, MapPicture
from perijove.figures.pictures.legend import LEGEND_HEIGHT_IN, draw_legend, legend_axes
from perijove.figures.pictures.mapaxes import draw_map
from perijove.figures.style import new_figure, write_footer, write_title

__all__ = ["MAX_EMISSION_DEG", "fact_lines", "no_data_notes", "quicklook"]

_WIDTH_IN = 10.0
_LEFT_IN, _RIGHT_IN = 0.72, 0.3
_TALLEST_IN = 8.4
MAX_EMISSION_DEG = 85.0
"""Beyond it maps have no data: that of `perijove.scene.mapping.MapOptions`, whose module would load the compiler."""

_SAME_SCALE = 1.05  # below it a view is neither enlarged nor reduced, to the eye
_PROJECTION_NAMES = {
    "equirectangular": "equirectangular map",
    "polar_north": "north polar stereographic map",
    "polar_south": "south polar stereographic map",
    "orthographic": "orthographic map",
    "perspective": "as Juno saw it",
}


def fact_lines(picture: MapPicture) -> list[str]:
    """Time, distance, phase, what the camera resolved; below it the projection, its own scale, law and stretch."""
    facts, grid = picture.facts, picture.product_grid or picture.grid
    time = facts.mid_time_utc[:19].replace("T", " ")
    seen = [
        f"{time} UTC",
        f"{facts.range_km:,.0f} km from {facts.target}'s centre",
        f"phase {facts.phase_deg:.1f}°",
    ]
    scale = 1.0
    if np.isfinite(facts.camera_pixel_km):
        seen.append(f"a pixel of the camera is {facts.camera_pixel_km:.3g} km")
        scale = facts.camera_pixel_km / grid.resolution_km if grid.projection == "perspective" else 1.0
    shown = f"{grid.resolution_km:.3g} km per pixel"
    if facts.photometry != "none":
        shown += f"   ·   corrected for light: {facts.photometry.replace('_', '-')} law"
    if facts.stretch:
        shown += f"   ·   {facts.stretch}"
    if scale > _SAME_SCALE:
        shown = f"enlarged {scale:.2g} × to {shown}"
    elif scale < 1.0 / _SAME_SCALE:
        shown = f"reduced {1.0 / scale:.2g} × to {shown}"
    return ["   ·   ".join(seen), f"{_PROJECTION_NAMES[grid.projection]}, {shown}"]


def no_data_notes() -> list[str]:
    """Why ground may be grey, in two lines."""
    return ["grey: saturated, not covered,", f"or emission angle above {MAX_EMISSION_DEG:g}°"]


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
    over_in, under_in = (1.29 if mapped else 1.09 if polar else 0.89), (0.42 if mapped or polar else 0.12)
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
    write_title(figure, picture.facts.title, fact_lines(picture), left_in=side_in)
    strip = legend_axes(figure, left_in=side_in, bottom_in=0.32, width_in=_WIDTH_IN - side_in - _RIGHT_IN)
    notes = [f"graticule every {lines.step_deg:g}°"]
    if picture.facts.longitudes:
        notes.append(f"longitudes: {picture.facts.longitudes}")
    if not mapped:
        notes.append("west longitude = 360° − east longitude")
    notes += no_data_notes()
    draw_legend(strip, picture, px_per_in=(right - left) / map_width, notes=notes)
    write_footer(figure, picture.facts.source, left_in=side_in)
    return figure
