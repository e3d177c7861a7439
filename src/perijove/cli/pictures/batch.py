"""Many pictures by ``perijove process``: each by a process of its own, as if it had been asked for alone."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import perijove
from perijove.archive.gathering import pictures_in
from perijove.cli.handover import AS_JSON, as_json, overwriting
from perijove.cli.rules import given, noted, typed_options
from perijove.cli.stopping import stop_if_asked
from perijove.cli.talk import QUIET
from perijove.distribution import Ended, ended, helpful_processes
from perijove.errors import InputError, OutputExistsError, PerijoveError
from perijove.export.atomic import clear_after
from perijove.formats.image import PictureLabel
from perijove.formats.open import read_label
from perijove.products import are_complete
from perijove.scene.compile_ahead import map_kernels_are_kept

__all__ = ["process_each", "raw_files"]

_EACH_BYTES = 1_600_000_000  # the most that a close picture takes, figures and all
_TALK = ("--json", "--quiet", "--verbose", "--processes")
_EXISTS = OutputExistsError.exit_code
Names = Callable[[PictureLabel], Mapping[str, str]]


@dataclass(frozen=True)
class _Outcome:
    """What became of a picture: ``done``, ``skipped`` or ``failed``, and why."""

    file: str
    product_id: str | None
    result: str
    seconds: float
    reason: str


def raw_files(places: Sequence[Path]) -> list[Path]:
    """Raw files in the order given, those of a folder by name; one that an .LBL beside it describes counts once.

    Raises
    ------
    InputError
        Where a folder has none, or cannot be read.
    """
    files: list[Path] = []
    for place in places:
        if not place.is_dir():
            files.append(place)
            continue
        try:
            inside = pictures_in(place, deep=False)
        except OSError:
            raise InputError(f"{place}: not readable; check the permissions of the file and its folder") from None
        if not inside:
            raise InputError(f"{place}: holds no raw picture; -raw.png, .IMG and .LBL are")
        files += inside
    return list(dict.fromkeys(files))


def process_each(
    files: Sequence[Path], *, out: Path, processes: int | None, names: Names, parameters: Mapping[str, object]
) -> int:
    """Process pictures and tell what became of each.

    Parameters
    ----------
    files : sequence of Path
    out : Path
        Folder of all products.
    processes : int or None
        How many at a time; None as many as help.
    names : callable
        File names of a picture's products.
    parameters : mapping
        What was chosen, by which products that stand there are known to be done.

    Returns
    -------
    int
        Exit code: 1 where any failed.
    """
    if given("--metadata"):
        raise InputError("--metadata belongs to one picture, and several were given; leave it out, or give them alone")
    outcomes: dict[int, _Outcome] = {}
    todo = []
    seen: dict[str, Path] = {}
    for index, file in enumerate(files):
        stop_if_asked()
        early = _known_before(file, out, seen, names, parameters)
        if early is None:
            todo.append(index)
        else:
            outcomes[index] = early
    options = typed_options(without=_TALK)
    commands = [[sys.executable, "-m", "perijove", "process", str(files[i]), *options] for i in todo]
    ids = {file: product_id for product_id, file in seen.items()}
    try:
        with _standing(out), _bar(len(todo), [files[i].name for i in todo]) as (tell, advance):
            for how in ended(
                commands,
                processes=processes or helpful_processes(_EACH_BYTES),
                first_alone=not map_kernels_are_kept(),
                tell=tell,
                environment={"PYTHONPATH": os.pathsep.join(_import_path())},
            ):
                index = todo[how.index]
                outcomes[index] = _outcome(files[index], ids.get(files[index]), how)
                if how.code < 0:
                    clear_after(out, how.process)
                advance()
    finally:
        told = [outcomes[index] for index in sorted(outcomes)]
        if not noted(QUIET):
            click.echo(_table(told), err=True)
    if noted(AS_JSON):
        click.echo(as_json({"pictures": [asdict(each) for each in told]}), nl=False)
    return int(any(each.result == "failed" for each in told))


def _import_path() -> list[str]:
    """Where the other processes find this very package, whatever folder they start in."""
    return [str(Path(perijove.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]


def _known_before(
    file: Path, out: Path, seen: dict[str, Path], names: Names, parameters: Mapping[str, object]
) -> _Outcome | None:
    """What becomes of a picture that need not be processed; None where it has to be. Notes its product in `seen`."""
    try:
        label = read_label(file)
        twin = seen.setdefault(label.product_id, file)
        if twin != file:
            return _Outcome(str(file), label.product_id, "skipped", 0.0, f"same picture as {twin}")
        inputs = [file, *file.parent.glob(f"{file.name.split('-raw')[0].split('.')[0]}*"), *_given_paths()]
        if not overwriting() and are_complete(out, names(label), parameters=parameters, inputs=inputs):
            return _Outcome(str(file), label.product_id, "skipped", 0.0, "done before, from the same file and options")
    except PerijoveError as error:
        return _Outcome(str(file), None, "failed", 0.0, str(error))
    return None


def _given_paths() -> list[Path]:
    return [value for value in click.get_current_context().params.values() if isinstance(value, Path)]


def _outcome(file: Path, product_id: str | None, how: Ended) -> _Outcome:
    lines = [line.strip() for line in how.said.splitlines() if line.strip()]
    seconds = round(how.seconds, 2)
    if how.code == 0:
        if lines and lines[-1].endswith("exists already; skipped"):  # --skip-existing
            return _Outcome(str(file), product_id, "skipped", seconds, "products of other files or options stand there")
        warnings = sum(line.startswith("warning: ") for line in lines)
        return _Outcome(str(file), product_id, "done", seconds, f"warnings in its JSON: {warnings}" if warnings else "")
    if how.code < 0:
        reason = f"its process was ended by {_signal_name(-how.code)}"
    else:
        reason = lines[-1].removeprefix("perijove: ") if lines else f"exit code {how.code}"
    return _Outcome(str(file), product_id, "failed", seconds, reason)


def _signal_name(number: int) -> str:
    with suppress(ValueError):
        name = signal.Signals(number).name
        return f"{name}; was memory short?" if name == "SIGKILL" else name
    return f"signal {number}"


@contextmanager
def _standing(out: Path) -> Iterator[None]:
    """Keep the folder in place while processes come and go, each of which would remove it where it is empty."""
    made = not out.exists()
    with suppress(OSError):  # each says for itself why it cannot write
        out.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if made:
            with suppress(OSError):  # not empty
                out.rmdir()


@contextmanager
def _bar(total: int, names: Sequence[str]) -> Iterator[tuple[Callable[[list[int]], None], Callable[[], None]]]:
    """A bar on standard error; yields what takes the indices of those under way, and what to call when one has ended.

    The first is also where a run ends of which an interrupt was lost on the way.
    """
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True, quiet=noted(QUIET)), transient=True) as bars:
        task = bars.add_task("", total=total)

        def tell(running: list[int]) -> None:
            stop_if_asked()
            bars.update(task, description=", ".join(names[index] for index in running))

        yield tell, lambda: bars.advance(task)


def _table(outcomes: Sequence[_Outcome]) -> str:
    """A line for each picture, and how many came to what."""
    wide = max((len(Path(each.file).name) for each in outcomes), default=0)
    lines = [
        f"{Path(each.file).name:<{wide}}  {each.result:<7}  {each.seconds:6.1f} s  {each.reason}".rstrip()
        for each in outcomes
    ]
    counts = {result: sum(each.result == result for each in outcomes) for result in ("done", "skipped", "failed")}
    return "\n".join([*lines, ", ".join(f"{count} {result}" for result, count in counts.items() if count)])
