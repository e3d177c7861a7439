"""The argument MODEL that several subcommands share."""

from pathlib import Path

from perijove.errors import InputError
from perijove.formats.sources import is_file
from perijove.formats.toml_table import read_toml
from perijove.interior.body import Interior
from perijove.interior.models import MODELS, named_interior
from perijove.interior.tables import interior_from_table

__all__ = ["interior_argument"]


def interior_argument(model: str, *, others: tuple[str, ...] = ()) -> Interior:
    """Interior by the name of a published one, or from a TOML file.

    Parameters
    ----------
    model : str
    others : tuple of str
        Further names that the subcommand knows, for the error's list.

    Raises
    ------
    InputError
        If there is no such file or name, or the file holds no interior.
    """
    path = Path(model)
    if model in MODELS:
        return named_interior(model)
    if path.suffix.lower() != ".toml" and not is_file(path):
        names = ", ".join((*MODELS, *others))
        raise InputError(f"{model}: neither a file nor a named model; names are {names}")
    return interior_from_table(read_toml(path), where=path.name)
