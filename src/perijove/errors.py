"""The error tree: what can go wrong, by what the reader of the message has to do.

::

    PerijoveError
    ├── InputError              wrongly asked; exit code 2
    │   ├── FormatError         a file is not what it should be (truncated, wrong size, contradictory)
    │   ├── LabelError          a keyword is missing, unreadable or out of range
    │   ├── KernelError         SPICE kernels are missing, unreadable or do not cover the time
    │   └── OutputExistsError   a product stands where one should be written; exit code 3
    ├── BodyNotFoundError       the target does not show in the picture; exit code 1
    ├── FitError                the data do not determine the solution; exit code 1
    ├── PrecisionError          rounding has left too few digits; exit code 1
    └── WriteError              a product could not be written (full disk, no permission); exit code 1

Every message is one line: what came, what is allowed, what to do.
"""

from pathlib import Path

__all__ = [
    "BodyNotFoundError",
    "FitError",
    "FormatError",
    "InputError",
    "KernelError",
    "LabelError",
    "OutputExistsError",
    "PerijoveError",
    "PrecisionError",
    "WriteError",
]


class PerijoveError(Exception):
    """Base of all errors that Perijove raises on purpose."""

    exit_code = 1


class InputError(PerijoveError):
    """The request or its input cannot be used as it is."""

    exit_code = 2


class FormatError(InputError):
    """A file is not what its name or label promises."""


class LabelError(InputError):
    """A label keyword is missing, unreadable or out of range."""


class KernelError(InputError):
    """SPICE kernels are missing, unreadable or do not cover what is asked."""


class OutputExistsError(InputError):
    """A product already stands where one should be written.

    Parameters
    ----------
    path : Path
        What stands in the way.
    advice : str
        What to do about it.
    """

    exit_code = 3

    def __init__(self, path: Path, advice: str = "replace it with `overwrite`, or write elsewhere") -> None:
        super().__init__(f"{path}: exists already; {advice}")
        self.path = path


class BodyNotFoundError(PerijoveError):
    """The target body does not show in the picture."""


class FitError(PerijoveError):
    """The measurements do not determine the solution."""


class PrecisionError(PerijoveError):
    """Rounding has left too few digits of a result to give it out."""


class WriteError(PerijoveError):
    """A product could not be written."""
