"""A pass of Juno as it is named on the command line."""

from dataclasses import dataclass
from pathlib import Path

from perijove.cli.ephemeris_choice import chosen_ephemeris
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.passes.encounters import CloseApproach, passes

__all__ = ["NamedPass", "named_pass"]

JUNO = "JUNO"


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


def named_pass(number: int, body: str, kernels: Path | None) -> NamedPass:
    """Closest approach of Juno to a moon in a pass.

    Parameters
    ----------
    number : int
        Of the perijove.
    body : str
        NAIF name of the moon, or ``JUPITER``.
    kernels : Path or None
        SPICE kernels to take instead of the built-in ephemeris.

    Raises
    ------
    InputError
        Where the perijove is unknown, or Juno's path is not known about its approach to the moon.
    """
    arc = arc_of(number)
    name, reach = f"PJ{arc.perijove}", (arc.start_tdb, arc.end_tdb)
    source, source_name = chosen_ephemeris(kernels, (body,), JUNO)
    moons = () if body == "JUPITER" else (body,)
    try:
        found = [one for one in passes(source, *reach, moons=moons) if one.perijove == arc.perijove]
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    approach = None if not found else found[0].at(body) if moons else found[0].at_jupiter
    if approach is None:
        raise InputError(f"{name}: no closest approach to {body} within the time for which Juno's path is known")
    return NamedPass(name, approach, found[0].at_jupiter, reach, source, source_name)
