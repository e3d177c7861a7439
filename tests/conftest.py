"""Shared fixtures and options: real data where the user has it, and random examples that can be drawn again.

Random examples come from a fixed seed, so that the same code always gives the same answer. ``pytest --explore 10`` runs
the tests that draw examples over and over for ten minutes with new ones; what falls there becomes an ``@example``.
"""

import os
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Laws are written once in base classes and run for each projection or camera: that is what this check warns about.
_OURS = settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
settings.register_profile("same", _OURS, derandomize=True)
settings.register_profile("explore", _OURS, print_blob=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--explore``."""
    parser.addoption(
        "--explore",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="run the tests that draw random examples, with new ones, for as long or until one fails",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose where examples come from, before the tests are imported: their own settings build on it."""
    settings.load_profile("explore" if config.getoption("--explore") else "same")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave those that draw examples where nothing else is to run."""
    if not config.getoption("--explore"):
        return
    drawing = [item for item in items if item.get_closest_marker("hypothesis")]
    config.hook.pytest_deselected(items=[item for item in items if item not in drawing])
    items[:] = drawing


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Go round and round until the time is over; without ``--explore`` as always."""
    minutes = session.config.getoption("--explore")
    if not minutes or session.config.option.collectonly or not session.items:
        return None
    _go_round(session, session.items, time.monotonic() + 60.0 * minutes)
    return True


def _go_round(session: pytest.Session, items: Sequence[pytest.Item], until: float) -> None:
    """Run tests in turn; the first that fails ends it, for the next round would only find it again."""
    for item, following in pairwise(cycle(items)):
        over = time.monotonic() >= until
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None if over else following)
        if over or session.testsfailed:
            return


@pytest.fixture(scope="session", autouse=True)
def no_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the user has fetched is not seen, and nothing is put there."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PERIJOVE_CACHE", str(tmp_path_factory.mktemp("cache") / "perijove"))
        yield


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
