"""Shared fixtures: real data where the user has it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Laws are written once in base classes and run for each projection or camera: that is what this check warns about.
settings.register_profile("perijove", suppress_health_check=[HealthCheck.differing_executors], deadline=None)
settings.load_profile("perijove")


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
