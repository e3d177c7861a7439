"""Juno as the one who watches, without kernels: a built-in pass, carried on so that events at its ends are whole."""

from perijove.ephemeris.juno import arc_at, carried_segments, juno_segments
from perijove.ephemeris.observers import Observer
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.timescales import tdb_to_utc

__all__ = ["ephemeris_that_reaches"]

_JUNO = "JUNO"


def ephemeris_that_reaches(observer: Observer, ephemeris: Ephemeris, start_tdb: float, end_tdb: float) -> Ephemeris:
    """Ephemeris for events that an observer sees in a span: the given one, but for Juno on its built-in passes.

    Raises
    ------
    InputError
        Where Juno watches from its built-in passes and the span does not lie within one.
    """
    if observer.body != _JUNO or ephemeris.segments_of(_JUNO) != juno_segments():
        return ephemeris
    arc = arc_at(start_tdb)
    if not end_tdb <= arc.end_tdb:
        begin, end = (tdb_to_utc(t, digits=0) for t in (arc.start_tdb, arc.end_tdb))
        raise InputError(
            f"events until {tdb_to_utc(end_tdb, digits=0)} UTC: Juno is built in for single passes, that of perijove "
            f"{arc.perijove} from {begin} to {end}; longer spans need SPICE kernels that cover them"
        )
    return ephemeris.replacing(*carried_segments(arc), *juno_segments())
