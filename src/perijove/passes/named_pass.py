"""A pass of Juno by the number of its perijove."""

from dataclasses import dataclass

from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.juno import ARCS, arc_of
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.passes.encounters import CloseApproach, passes
from perijove.passes.mission_table import listed_tdb

__all__ = ["NamedPass", "named_pass"]

_JUNO = "JUNO"


@dataclass(frozen=True)
class NamedPass:
    """A pass by a moon, found.

    Attributes
    ----------
    name : str
        Such as ``PJ57``.
    approach : CloseApproach
        To the moon.
    at_perijove : CloseApproach
        To Jupiter.
    reach_tdb : tuple of float
        First and last time for which Juno's path is known.
    source : Ephemeris
        Where positions come from.
    source_name : str
        What to call that.
    """

    name: str
    approach: CloseApproach
    at_perijove: CloseApproach
    reach_tdb: tuple[float, float]
    source: Ephemeris
    source_name: str


def named_pass(source: Ephemeris, source_name: str, number: int, body: str) -> NamedPass:
    """Closest approach of Juno to a moon in a pass.

    Parameters
    ----------
    source, source_name : Ephemeris, str
        Where positions come from, and what to call that.
    number : int
        Of the perijove.
    body : str
        NAIF name of the moon, or ``JUPITER``.

    Raises
    ------
    InputError
        Where the perijove is unknown, or Juno's path is not known about its approach to the moon.
    """
    name, reach = f"PJ{number}", _reach(source, number)
    moons = () if body == "JUPITER" else (body,)
    try:
        found = [one for one in passes(source, *reach, moons=moons) if one.perijove == number]
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    approach = None if not found else found[0].at(body) if moons else found[0].at_jupiter
    if approach is None:
        raise InputError(f"{name}: no closest approach to {body} within the time for which Juno's path is known")
    return NamedPass(name, approach, found[0].at_jupiter, reach, source, source_name)


def _reach(source: Ephemeris, number: int) -> tuple[float, float]:
    """Span of a pass: its built-in arc; where there is none and the source knows it, half a day about its perijove."""
    middle = None if number in {arc.perijove for arc in ARCS} else listed_tdb(number)
    if middle is None or not any(first <= middle <= last for first, last in source.windows(_JUNO)):
        arc = arc_of(number)
        return arc.start_tdb, arc.end_tdb
    return middle - 0.5 * SECONDS_PER_DAY, middle + 0.5 * SECONDS_PER_DAY
