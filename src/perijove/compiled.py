"""The decorator of all compiled loops: numba's `njit`, kept on disk where the disk allows."""

from collections.abc import Callable
from typing import Any

import numba

__all__ = ["njit"]


def njit(**options: object) -> Callable[[Callable[..., object]], Any]:
    """Decorator that compiles a function without Python objects.

    Parameters
    ----------
    **options
        Those of `numba.njit` but ``cache``, which is on.

    Returns
    -------
    callable
        Takes the function, returns the compiled one.

    Notes
    -----
    Numba keeps machine code beside the module, else in the user's cache folder, and refuses to decorate where it may
    write to neither, as in a container with a read-only root and no home. There the code is compiled anew in every
    process, which takes up to a minute; the environment variable ``NUMBA_CACHE_DIR`` names another place.
    """
    compiler: Callable[..., Callable[[Callable[..., object]], object]] = numba.njit

    def compiled(function: Callable[..., object]) -> object:
        try:
            return compiler(cache=True, **options)(function)
        except RuntimeError as refusal:
            if "cannot cache" not in str(refusal):
                raise
            return compiler(**options)(function)

    return compiled
