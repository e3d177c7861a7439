"""Missions to the Jupiter system and what they are for, a record with its date; and what the press says of Juno's."""

from dataclasses import dataclass

from perijove.facts import Count, Fact

__all__ = ["FLYBY_ARTICLE", "MILE_KM", "MISSIONS", "MISSIONS_KNOWN_UTC", "FlybyArticle", "Mission"]

MILE_KM = Fact(1.609344, "km/mi", "international mile, 1959", sigma=0.0)


@dataclass(frozen=True)
class Mission:
    """A spacecraft for the Jupiter system, or a proposal for one.

    Attributes
    ----------
    name : str
    main_target : str
        Body that it orbits, or passes again and again, for its own sake.
    state : str
        ``ended``, ``flying``, ``selected`` or ``not selected``.
    since : str
        Date from which it is in that state; as exact as the source.
    source : str
    """

    name: str
    main_target: str
    state: str
    since: str
    source: str


MISSIONS = (
    Mission("Galileo", "JUPITER", "ended", "2003-09-21", "NASA: in orbit 1995 to 2003, at Io 181 km on 2001-10-16"),
    Mission("Juno", "JUPITER", "flying", "2011-08-05", "NASA: launch; passes Io at perijoves 57 and 58 at 1,500 km"),
    Mission(
        "Io Volcano Observer", "IO", "not selected", "2021-06-02", "NASA Discovery 2019: DAVINCI and VERITAS chosen"
    ),
    Mission("JUICE", "GANYMEDE", "flying", "2023-04-14", "ESA: launch"),
    Mission("Europa Clipper", "EUROPA", "flying", "2024-10-14", "NASA: launch"),
)
"""Missions since Galileo, in the order of `since` but for Galileo itself."""

MISSIONS_KNOWN_UTC = "2024-10-14"
"""Date up to which `MISSIONS` has been kept: that of its last entry."""


_ARTICLE = "a popular article of 2023 on the flyby; nothing rests on it"


@dataclass(frozen=True)
class FlybyArticle:
    """Numbers in what a popular article said of the flyby of 2023-12-30."""

    first_date: str = "2023-12-30"
    second_date: str = "2024-02-03"
    distance_miles: float = Fact(930.0, "mi", _ARTICLE)
    distance_km: float = Fact(1500.0, "km", _ARTICLE)  # as the same distance is also given
    perijoves_2024: int = Count(11, "1", _ARTICLE)
    orbit_days: float = Fact(42.0, "day", _ARTICLE)


FLYBY_ARTICLE = FlybyArticle()
