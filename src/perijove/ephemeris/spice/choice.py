"""Where places come from: what is built in, the user's kernels, or an observer from kernels among built-in bodies."""

from collections.abc import Collection
from os import PathLike

from numpy.typing import ArrayLike

from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.solutions import Solution, best_solution
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_ephemeris, kernel_segments
from perijove.errors import InputError, KernelError

__all__ = ["chosen_ephemeris"]


def chosen_ephemeris(
    kernels: Kernels | str | PathLike[str] | None,
    observer: str,
    others: Collection[str],
    *,
    tdb: ArrayLike = (),
    solution: Solution | None = None,
) -> tuple[Ephemeris, str]:
    """Ephemeris for an observer and other bodies, and what to call it.

    Parameters
    ----------
    kernels : Kernels, path or None
        A file or folder. Where it holds the observer and Jupiter but not the others, those are built in.
    observer : str
        NAIF name in capitals.
    others : collection of str
        What else has to be known, in capitals.
    tdb : array, shape (...)
        Times asked for, or the ends of their span, TDB seconds past J2000.
    solution : Solution, optional
        What is built in; without it the best for observer and times (`perijove.ephemeris.solutions.best_solution`).

    Raises
    ------
    KernelError
        Where the kernels do not hold the observer.
    InputError
        Where the observer is not built in and there are no kernels, or needs none of those given; where a solution is
        asked for and not used.
    """
    built_in = solution or best_solution(observer, tdb)
    if kernels is None:
        built_in.ephemeris.body_name(observer)
        return built_in.ephemeris, built_in.title
    loaded, where = (kernels, "the kernels") if isinstance(kernels, Kernels) else (Kernels(kernels), str(kernels))
    held = {row.body.upper() for row in loaded.coverage()}
    if held.issuperset({observer, *others}):
        if solution is not None:
            raise InputError(
                f"`solution` {solution.name}: the kernels hold the moons themselves; leave out one of them"
            )
        return kernel_ephemeris(loaded), "kernels"
    if observer not in held:
        raise KernelError(
            f"{where}: hold no positions of {observer}; there are {', '.join(sorted(held)) or 'none'}: add a file of "
            "kind SPK, or leave out `kernels`"
        )
    if observer in {"SUN", "EARTH", *others}:
        missing = ", ".join(sorted(set(others) - held))
        raise InputError(f"{where}: lack {missing}, and {observer} needs no kernels; add them or leave out `kernels`")
    if "JUPITER" not in held:
        raise KernelError(f"{where}: hold {observer} but not JUPITER, beside which it stands; add a file of kind SPK")
    ephemeris = built_in.ephemeris.replacing(*kernel_segments(loaded, observer))
    return ephemeris, f"{built_in.title}, {observer} from kernels"
