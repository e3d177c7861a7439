"""A pass of Juno as it is named on the command line."""

from pathlib import Path

from perijove.cli.ephemeris_choice import chosen_ephemeris
from perijove.passes import named_pass as by_number
from perijove.passes.named_pass import NamedPass

__all__ = ["NamedPass", "named_pass"]


def named_pass(number: int, body: str, kernels: Path | None) -> NamedPass:
    """Closest approach of Juno to a moon in a pass, from the built-in ephemeris or kernels."""
    return by_number.named_pass(*chosen_ephemeris(kernels, (body,), "JUNO"), number, body)
