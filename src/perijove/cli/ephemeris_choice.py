"""Where the positions of a command come from: the built-in ephemeris, the user's kernels, or both."""

from pathlib import Path

import click
from numpy.typing import ArrayLike

from perijove.cli.options import SOLUTION
from perijove.ephemeris.solutions import SOLUTIONS, Solution, best_solution
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.passes.vantage import body_radii_km

__all__ = ["built_in", "chosen_ephemeris", "known_target", "only_kernels"]


def known_target(name: str) -> str:
    """NAIF name of Jupiter or a Galilean moon, however it was written; refuses others."""
    body = name.strip().upper()
    body_radii_km(body)
    return body


def built_in(observer: str, tdb: ArrayLike = ()) -> tuple[Ephemeris, str]:
    """The built-in ephemeris in the solution that ``--solution`` names, or the best one; and its name.

    `observer` and `tdb` as for `perijove.ephemeris.solutions.best_solution`.
    """
    chosen = _asked_for() or best_solution(observer, tdb)
    return chosen.ephemeris, chosen.title


def _asked_for() -> Solution | None:
    context = click.get_current_context(silent=True)
    name = None if context is None else context.meta.get(SOLUTION)
    return None if name is None else SOLUTIONS[name]


def only_kernels() -> str:
    """What to call kernels that hold all there is to ask for; refuses ``--solution``, which they leave without use."""
    if (asked := _asked_for()) is not None:
        raise InputError(f"--solution {asked.name}: the kernels hold the moons themselves; leave out one of them")
    return "kernels"


def chosen_ephemeris(
    kernels: Path | None, targets: tuple[str, ...], observer: str, tdb: ArrayLike = ()
) -> tuple[Ephemeris, str]:
    """Ephemeris for an observer, targets and their light at given times, and its name; ``--solution`` is heeded.

    `perijove.ephemeris.spice.choice` says what it raises. Without kernels SPICE is not loaded.
    """
    if kernels is None:
        ephemeris, name = built_in(observer, tdb)
        ephemeris.body_name(observer)
        return ephemeris, name
    from perijove.ephemeris.spice import choice
    from perijove.ephemeris.spice.kernels import Kernels

    loaded = Kernels(kernels)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.with_resource(loaded)  # the files are read once for the whole command
    return choice.chosen_ephemeris(loaded, observer, (*targets, "SUN", "JUPITER"), tdb=tdb, solution=_asked_for())
