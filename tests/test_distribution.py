"""Work in pieces: threads here, or a Dask cluster; and programs, some at a time.

Authority: law. Results come in order, and are the same to the last bit wherever they are computed. How one program
ends does not touch the others.
"""

import os
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from perijove.distribution import ended, helpful_processes, mapped
from perijove.errors import InputError, PerijoveError
from perijove.interior.models import MODELS
from perijove.tides import sweep as module
from perijove.tides.sweep import Sweep, axis_from_text, swept


def squared(number: int) -> int:
    if number == 13:
        raise ValueError("unlucky")
    return number**2


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_pieces(threads: int) -> None:
    assert list(mapped(squared, range(12), threads=threads)) == [n**2 for n in range(12)]
    assert list(mapped(squared, [])) == []


def test_errors_of_pieces_come_through() -> None:
    results = mapped(squared, range(100))
    with pytest.raises(ValueError, match="unlucky"):
        list(results)


def test_no_threads_are_refused() -> None:
    with pytest.raises(InputError, match="threads 0"):
        list(mapped(squared, [1], threads=0))


def test_a_missing_dask_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError, match="not installed"):
        list(mapped(squared, [1], scheduler="tcp://127.0.0.1:1"))


def lost(piece: int) -> int:
    """What a piece ends with whose worker was killed, and each that tried again."""
    import distributed  # noqa: PLC0415  # as in `TestCluster`

    raise distributed.KilledWorker(str(piece), SimpleNamespace(address="tcp://gone"), 3)


@pytest.mark.filterwarnings("ignore")  # of Dask and tornado, about their own ports and loops
class TestCluster:
    @pytest.fixture(scope="class")
    def address(self) -> Iterator[str]:
        """A cluster of two workers in this process."""
        import distributed  # noqa: PLC0415  # its own warnings are let pass in this class only

        options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
        with distributed.LocalCluster(protocol="tcp", **options) as cluster:
            yield cluster.scheduler_address

    def test_a_lost_worker_is_one_line(self, address: str) -> None:
        with pytest.raises(PerijoveError, match="a worker was lost"):
            list(mapped(lost, [1], scheduler=address))

    def test_a_sweep_is_the_same_to_the_last_bit(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_ROWS", 50)
        axes = [
            axis_from_text("layer.4.viscosity_pa_s=1e10:1e16:log:20"),
            axis_from_text("layer.3.shear_modulus_pa=1e9:6e10:10"),
        ]
        sweep = Sweep.of(MODELS["five-layer"], axes)
        here, there = swept(sweep), swept(sweep, scheduler=address)
        for name, values in here.columns.items():
            assert values.tobytes() == there.columns[name].tobytes()

    def test_errors_of_pieces_come_through(self, address: str) -> None:
        with pytest.raises(ValueError, match="unlucky"):
            list(mapped(squared, range(20), scheduler=address))

    @pytest.mark.usefixtures("address")
    def test_an_address_where_none_answers_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("perijove.distribution._CONNECT_SECONDS", 0.3)
        with pytest.raises(InputError, match="no Dask scheduler answers"):
            list(mapped(squared, [1], scheduler="tcp://127.0.0.1:9"))


def python(code: str) -> list[str]:
    """A program of a few words."""
    return [sys.executable, "-c", code]


def test_programs_end_each_in_its_own_way() -> None:
    commands = [
        python("import sys; print('lost'); print('no', file=sys.stderr); raise SystemExit(3)"),
        python("import os; os.kill(os.getpid(), 9)"),
        python("import os; raise SystemExit(os.environ['WANTED'] != 'yes')"),
    ]
    found = {each.index: each for each in ended(commands, processes=3, environment={"WANTED": "yes"})}
    assert [found[index].code for index in range(3)] == [3, -9, 0]
    assert [found[index].said for index in range(3)] == ["no\n", "", ""]


@pytest.mark.parametrize("processes", [1, 2])
def test_no_more_programs_at_a_time_than_asked_for(processes: int) -> None:
    most = 0

    def tell(running: list[int]) -> None:
        nonlocal most
        most = max(most, len(running))

    commands = [python("import time; time.sleep(0.2)")] * 4
    assert len(list(ended(commands, processes=processes, tell=tell))) == 4
    assert most == processes


def test_the_first_that_ends_well_runs_alone() -> None:
    together: list[list[int]] = []
    commands = [python("raise SystemExit(1)"), python(""), python("import time; time.sleep(0.5)"), python("")]
    order = [each.index for each in ended(commands, processes=2, first_alone=True, tell=together.append)]
    assert order[:2] == [0, 1]
    assert all(len(running) == 1 for running in together if running and running[0] < 2)
    assert [2, 3] in together


def test_programs_end_with_whoever_asked_for_them() -> None:
    programs = ended([python(""), python("import time; time.sleep(60)")], processes=2)
    next(programs)
    since = time.monotonic()
    programs.close()
    assert time.monotonic() - since < 10.0


def test_one_process_at_least_and_no_more_than_cores() -> None:
    assert helpful_processes(1 << 60) == 1
    assert 1 <= helpful_processes(1) <= (os.cpu_count() or 1)
