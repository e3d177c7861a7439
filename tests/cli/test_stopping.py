"""Runs that are ended from outside, as processes of their own.

Authority: law. Whatever ends a run, nothing is left half-written, no process outlives it, and the exit code is what a
shell has for the signal.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are counted in /proc")

LONGEST_S = 60.0


def started(*arguments: object) -> subprocess.Popen[str]:
    """The command line as a process."""
    command = [sys.executable, "-m", "perijove", *(str(argument) for argument in arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # the tests may run with it ignored
    )


def wait_for(happened: Callable[[], object]) -> None:
    """Wait; fail where it takes too long."""
    last = time.monotonic() + LONGEST_S
    while not happened():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.01)


def children(parent: int) -> list[int]:
    """Processes that a process started."""
    try:
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except FileNotFoundError:
        return []


def runs(process: int) -> bool:
    """Whether a process is there and no mere entry of one that ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_ended_in_order(pristine: Path, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out"
    run = started("process", pristine, "--out", out, "--quiet")
    wait_for(lambda: list(out.glob(".perijove-*")) and children(run.pid))
    drawing = children(run.pid)
    run.send_signal(number)
    said = run.communicate(timeout=LONGEST_S)[1]
    assert (run.returncode, said.strip()) == (128 + number, "perijove: interrupted; nothing was left half-written")
    assert not out.exists()
    wait_for(lambda: not any(runs(process) for process in drawing))


def test_figures_end_with_a_parent_that_was_killed(pristine: Path, tmp_path: Path) -> None:
    run = started("process", pristine, "--out", tmp_path / "out", "--quiet")
    wait_for(lambda: len(children(run.pid)) >= 1 and list((tmp_path / "out").glob(".perijove-*")))
    drawing = children(run.pid)
    run.kill()
    run.communicate(timeout=LONGEST_S)
    wait_for(lambda: not any(runs(process) for process in drawing))


def test_an_interrupt_that_got_lost_is_raised_again() -> None:
    """Python prints and drops what is raised in a callback, as the locks of the import system have it."""
    code = """
import os, signal, weakref
from perijove.cli import stopping
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with it ignored
stopping.listen()
class Held: pass
held = Held()
lost = weakref.ref(held, lambda _: signal.raise_signal(signal.SIGINT))
del held
try:
    stopping.stop_if_asked()
except KeyboardInterrupt:
    raise SystemExit(stopping.exit_code())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_ignored_signals_stay_ignored(pristine: Path) -> None:
    """As in a shell's background job, or under nohup."""

    def ignoring() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    code = "from perijove.cli import stopping; stopping.listen(); import signal; signal.raise_signal(signal.SIGINT)"
    assert subprocess.run([sys.executable, "-c", code], preexec_fn=ignoring, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "ending"), [("info", 1), ("--version", 1), ("process", 0)])
def test_closed_standard_output(pristine: Path, tmp_path: Path, arguments: str, ending: int) -> None:
    """Who prints has failed and says so; who writes files has not."""
    more = {"info": [pristine], "process": [pristine, "-q", "--out", tmp_path / "out", "--resolution", 60]}
    command = [sys.executable, "-m", "perijove", arguments, *map(str, more.get(arguments, []))]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.close(1), check=False)
    assert done.returncode == ending
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1
    if arguments == "process":
        assert done.stderr == ""
        (told,) = (tmp_path / "out").glob("*.json")
        assert {path.name for path in (tmp_path / "out").iterdir()} == set(json.loads(told.read_text())["products"])
