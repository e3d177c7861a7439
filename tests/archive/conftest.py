"""The archive that `tests.archive.naif` writes, on disk and on a web server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.naif import Server, serving, write_naif_tree


@pytest.fixture(scope="session")
def naif_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of kernels; not to be changed."""
    return write_naif_tree(tmp_path_factory.mktemp("naif"))


@pytest.fixture
def server(naif_tree: Path) -> Iterator[Server]:
    """A server of its own for each test."""
    with serving(naif_tree) as behaviour:
        yield behaviour
