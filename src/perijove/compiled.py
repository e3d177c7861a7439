"""The decorator of all compiled loops: numba's `njit`, loaded at the first call, kept on disk where that is allowed."""

import functools
import sys
from collections.abc import Callable
from importlib.util import find_spec
from threading import RLock
from typing import Any

__all__ = ["Kernel", "njit"]

_LOCK = RLock()


def _hide_folder(name: str) -> None:
    """Let nobody import a mere folder in place of a package that is not installed.

    Numba looks for the package `coverage`, and takes any folder of that name where Python runs for it.
    """
    if name not in sys.modules and (spec := find_spec(name)) is not None and spec.origin is None:
        sys.modules[name] = None  # type: ignore[assignment]  # what Python itself has for what cannot be imported


_hide_folder("coverage")


class Kernel:
    """A function that numba compiles when it is first called, from Python or from another kernel.

    Numba takes a quarter of a second to load and, at its first kernel, half a second to set up; a process that calls
    none has neither.
    """

    def __init__(self, function: Callable[..., object], options: dict[str, object]) -> None:
        functools.update_wrapper(self, function)
        self._function, self._options = function, options
        self._compiled: Any = None

    def __call__(self, *arguments: object, **named: object) -> Any:  # noqa: ANN401  # whatever the function returns
        """Call the compiled function."""
        return self._dispatcher()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Whatever numba's own function has, its type among it, for which numba asks in other kernels."""
        if name.startswith("__") or name in {"_function", "_options", "_compiled"}:  # somebody looks around, or copies
            raise AttributeError(name)
        return getattr(self._dispatcher(), name)

    @property
    def is_ready(self) -> bool:
        """Whether this process has called it, or a kernel that calls it, so that it costs little more than its run."""
        return self._compiled is not None

    def _dispatcher(self) -> Any:  # noqa: ANN401  # numba is typed in part
        """Numba's own function. A method: an AttributeError in a property would come back here by `__getattr__`."""
        if self._compiled is None:
            with _LOCK:
                if self._compiled is None:
                    self._compiled = _dispatcher(self._function, self._options)
        return self._compiled


def _dispatcher(function: Callable[..., object], options: dict[str, object]) -> object:
    import numba  # noqa: PLC0415  # see `Kernel`

    compiler: Callable[..., Callable[[Callable[..., object]], object]] = numba.njit
    try:
        return compiler(cache=True, **options)(function)
    except RuntimeError as refusal:
        if "cannot cache" not in str(refusal):
            raise
        return compiler(**options)(function)


def njit(**options: object) -> Callable[[Callable[..., object]], Any]:
    """Decorator that compiles a function without Python objects, when it is first called.

    Parameters
    ----------
    **options
        Those of `numba.njit` but ``cache``, which is on.

    Returns
    -------
    callable
        Takes the function, returns a `Kernel`.

    Notes
    -----
    Numba keeps machine code beside the module, else in the user's cache folder, and refuses to decorate where it may
    write to neither, as in a container with a read-only root and no home. There the code is compiled anew in every
    process, which takes up to a minute; the environment variable ``NUMBA_CACHE_DIR`` names another place.
    """

    def kernel(function: Callable[..., object]) -> Kernel:
        return Kernel(function, options)

    return kernel
