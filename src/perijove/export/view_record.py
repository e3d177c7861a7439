"""What an observer sees of a body, as a record for JSON and as text."""

from typing import Any

from perijove.passes.sky_view import UPRIGHT, SkyView
from perijove.timescales import tdb_to_utc

__all__ = ["view_record", "view_text"]


def view_record(view: SkyView, source: str) -> dict[str, Any]:
    """A view with the keys of JSON output; `source` is what the ephemeris is called."""
    jupiter = view.jupiter
    return {
        "target": view.vantage.body,
        "observer": view.vantage.observer,
        "time_utc": tdb_to_utc(view.time_tdb, digits=3),
        "range_km": view.range_km,
        "altitude_km": view.altitude_km,
        "angular_diameter_deg": view.angular_diameter_deg,
        "phase_deg": view.phase_deg,
        "sub_observer_lat_deg": view.sub_observer_deg[0],
        "sub_observer_lon_east_deg": view.sub_observer_deg[1],
        "sub_solar_lat_deg": view.sub_solar_deg[0],
        "sub_solar_lon_east_deg": view.sub_solar_deg[1],
        "up": view.upright,
        "celestial_north_angle_deg": view.north_angle_deg,
        "jupiter": None
        if jupiter is None
        else {
            "separation_deg": jupiter.separation_deg,
            "position_angle_deg": jupiter.position_angle_deg,
            "angular_diameter_deg": jupiter.angular_diameter_deg,
            "phase_deg": jupiter.phase_deg,
            "hides_target": jupiter.hides_body,
        },
        "ephemeris": source,
    }


def view_text(view: SkyView, title: str, source: str) -> str:
    """A view for people, one fact a line."""
    lat, lon = view.sub_observer_deg
    sun_lat, sun_lon = view.sub_solar_deg
    rows = [
        ("time", f"{tdb_to_utc(view.time_tdb, digits=3)} UTC"),
        ("distance from centre", f"{view.range_km:,.1f} km"),
        ("altitude", f"{view.altitude_km:,.1f} km"),
        ("apparent diameter", f"{view.angular_diameter_deg:.4g} deg"),
        ("phase angle", f"{view.phase_deg:.2f} deg"),
        (f"below {view.vantage.observer.capitalize()}", f"{lat:.2f} deg north, {lon:.2f} deg east"),
        ("below the Sun", f"{sun_lat:.2f} deg north, {sun_lon:.2f} deg east"),
        ("up", UPRIGHT[view.upright]),
        ("celestial north", f"{_turn(view.north_angle_deg)} deg counterclockwise of up"),
    ]
    if view.jupiter is not None:
        jupiter = view.jupiter
        where = (
            f"{jupiter.separation_deg:.2f} deg away at {_turn(jupiter.position_angle_deg)} deg counterclockwise of up"
        )
        size = f"{jupiter.angular_diameter_deg:.2f} deg wide, phase {jupiter.phase_deg:.1f} deg"
        rows.append(("Jupiter", f"{where}, {size}{', before it' if jupiter.hides_body else ''}"))
    return "\n".join([f"{title}; {source}", "", *(f"{name:28s}{value}" for name, value in rows)])


def _turn(angle_deg: float) -> str:
    """An angle of 0 to 360 deg to a tenth; what is rounded up to 360 is 0."""
    return f"{round(angle_deg, 1) % 360.0:.1f}"
