"""How Sphinx builds the site."""

import logging
import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))  # for `tables`, which stands beside this file

from tables import fill

import perijove

project = "Perijove"
copyright = "2026, The Perijove developers"
version = release = perijove.__version__

logging.getLogger("spiceypy").setLevel(logging.WARNING)  # else it tells where its library lies

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3  # pages link to each other's headings
nitpicky = True  # a link that leads nowhere is a warning, and warnings are errors

html_theme = "furo"
html_title = "Perijove"
html_copy_source = False
html_show_sourcelink = False


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Put the tables made from the code into a page as it is read."""
    source[0] = fill(source[0])


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("source-read", _fill)
