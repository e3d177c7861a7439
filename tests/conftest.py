"""Shared fixtures: real data where the user has it."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder with real data; its tests are skipped without it and fail if it is named but incomplete."""
    folder = os.environ.get("PERIJOVE_DATA")
    if not folder:
        pytest.skip("PERIJOVE_DATA is not set: real data are not at hand")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"PERIJOVE_DATA={folder} is not a folder")
    return path
