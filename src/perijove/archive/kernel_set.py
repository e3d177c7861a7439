"""A set of kernels for a stretch of time: chosen by name, fetched whole, and then asked what it covers."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from perijove.archive.fetching import record_of
from perijove.archive.kernel_choice import uncovered
from perijove.archive.kernel_names import Role
from perijove.archive.kernel_plan import Catalogue, PlannedFile, Request, plan_kernels, planned_file
from perijove.archive.manifest import Manifest, Record, locked, sha256
from perijove.archive.mirror import Mirror
from perijove.archive.web import FetchError
from perijove.ephemeris.spice.files import KernelFile, kernel_files
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.slicing import slice_attitude
from perijove.errors import KernelError, WriteError

__all__ = ["BodyCoverage", "FetchedFile", "KernelSet", "dry_run", "fetch_kernels"]

_LONGEST_GAP_S = {"CK": 60.0, "SPK": 1e-3}  # attitude has small holes; a trajectory has none
_ROUNDS = 3  # of looking for other files where those chosen by name leave gaps

Progress = Callable[[PlannedFile, int, int | None], None]


@dataclass(frozen=True)
class FetchedFile:
    """A file of the set.

    Attributes
    ----------
    planned : PlannedFile
    record : Record
    fetched : bool
        Whether it came just now; else it was here.
    """

    planned: PlannedFile
    record: Record
    fetched: bool


@dataclass(frozen=True)
class BodyCoverage:
    """How much of the stretch the set covers for one body, or for the attitude of one frame.

    Attributes
    ----------
    role, body : str
    covered : float
        From 0 to 1.
    gaps : tuple of (float, float)
        What is open, TDB seconds past J2000.
    """

    role: str
    body: str
    covered: float
    gaps: tuple[tuple[float, float], ...]

    @property
    def longest_gap_s(self) -> float:
        """Longest of the gaps, 0 without any."""
        return max((stop - start for start, stop in self.gaps), default=0.0)


@dataclass(frozen=True)
class KernelSet:
    """What was fetched for a request, and what SPICE says that it covers."""

    folder: Path
    request: Request
    files: tuple[FetchedFile, ...]
    coverage: tuple[BodyCoverage, ...]


def dry_run(mirror: Mirror, request: Request, folder: Path) -> tuple[PlannedFile, ...]:
    """Files that `fetch_kernels` would see to, by what their names tell; nothing is written."""
    return plan_kernels(Catalogue(mirror), request, Manifest.read(folder))


def fetch_kernels(
    mirror: Mirror,
    request: Request,
    folder: Path,
    *,
    overwrite: bool = False,
    on_plan: Callable[[Sequence[PlannedFile]], None] = lambda _files: None,
    on_bytes: Progress = lambda _file, _have, _total: None,
) -> KernelSet:
    """Bring the kernels of a stretch of time into a folder.

    Parameters
    ----------
    mirror : Mirror
    request : Request
    folder : Path
        Gets the subfolders ``lsk``, ``spk``, ``ck`` ... and a manifest. What is there unchanged is not fetched again.
    overwrite : bool
        Whether files of the same names that are not from here may be replaced.
    on_plan : callable
        Told the files, before the first is fetched.
    on_bytes : callable
        Told a file, how many of its bytes are here, and of how many where that is known.

    Returns
    -------
    KernelSet
        After the files are here, SPICE is asked what they cover; where that is less than the names promise, the next
        best files are fetched too.

    Raises
    ------
    FetchError
        Where something cannot be had, or does not cover the stretch. Small gaps in attitude are only stated.
    OutputExistsError
        Where a file of somebody else is in the way.
    WriteError
        Where the folder cannot be written or the disk is full. What is there stays, and another call goes on.
    """
    with locked(folder):
        catalogue, manifest = Catalogue(mirror), Manifest.read(folder)
        todo = plan_kernels(catalogue, request, manifest)
        on_plan(todo)
        _check_room(folder, todo)
        files: list[FetchedFile] = []
        tried: set[str] = set()
        for _ in range(_ROUNDS):
            for planned in todo:
                manifest, got = _obtain(mirror, planned, request, manifest, overwrite=overwrite, on_bytes=on_bytes)
                tried.add(planned.entry.name)
                files += [got] if got else []
            covered = _coverage_of([folder / one.planned.path for one in files], request)
            chosen = {
                one[0].name: one
                for role in request.roles
                for row in _lacking(role, covered)
                for one in catalogue.choice(role, row.gaps, moons=request.moons, tried=tried)
            }
            todo = tuple(planned_file(mirror, request, manifest, *one) for one in chosen.values())
            if not todo:
                break
        _check_covered(request, covered)
    return KernelSet(folder, request, tuple(files), covered)


def _lacking(role: Role, covered: Sequence[BodyCoverage]) -> list[BodyCoverage]:
    limit = _LONGEST_GAP_S.get(role.kind, 0.0)
    return [row for row in covered if row.role == role.name and row.longest_gap_s > limit]


def _check_covered(request: Request, covered: Sequence[BodyCoverage]) -> None:
    for row in covered:
        bad = row.covered == 0.0 if row.role == "attitude" else row.longest_gap_s > _LONGEST_GAP_S["SPK"]
        if bad:
            advice = "; leave the attitude out" if row.role == "attitude" else "; try another mirror"
            raise FetchError(
                f"{row.body}: the files found cover {row.covered:.0%} of {request.from_utc} to {request.to_utc} UTC, "
                f"whatever their names say{advice}"
            )


def _coverage_of(paths: Sequence[Path], request: Request) -> tuple[BodyCoverage, ...]:
    """What a set of kernels covers of a request's stretch, asked of SPICE.

    Raises
    ------
    KernelError
        Where a kernel is broken.
    """
    rows = Kernels(*paths).coverage()
    found = []
    for role in request.roles:
        for body in role.bodies:
            held = [(row.start_tdb, row.stop_tdb) for row in rows if row.body == body]
            gaps = uncovered(request.span, held)
            missing = sum(stop - start for start, stop in gaps)
            length = request.stop_tdb - request.start_tdb
            found.append(BodyCoverage(role.name, body, max(1.0 - missing / length, 0.0) if held else 0.0, gaps))
    return tuple(found)


def _check_room(folder: Path, files: Sequence[PlannedFile]) -> None:
    needed = sum(one.size_bytes or 0 for one in files if not one.here)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise WriteError(
            f"{folder}: {needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB free; make room or give another `out`"
        )


def _obtain(
    mirror: Mirror, planned: PlannedFile, request: Request, manifest: Manifest, *, overwrite: bool, on_bytes: Progress
) -> tuple[Manifest, FetchedFile | None]:
    """Bring one file here if it is not; None where it turns out to hold nothing of the stretch."""
    if planned.here:
        return manifest, FetchedFile(planned, manifest.files[planned.path], fetched=False)
    target = manifest.folder / planned.path
    manifest.refuse_stranger(planned.path, overwrite=overwrite)
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        received = mirror.fetch(
            planned.folder, planned.entry, target, lambda have, total: on_bytes(planned, have, total)
        )
        kernel = _checked(part, planned)
        record = record_of(received, part, url=planned.url)
        if request.cut and planned.kernel.role.kind == "CK":
            cut = _cut(kernel, request, record, manifest)
            part.unlink()
            if cut is None:
                return manifest, None
            record, part = cut
        manifest = manifest.taken(planned.path, record, part)
    except OSError as error:
        raise WriteError(f"{target}: cannot be written: {error.strerror or error}") from error
    return manifest, FetchedFile(planned, record, fetched=True)


def _checked(part: Path, planned: PlannedFile) -> KernelFile:
    """Look at what came: a whole kernel of the kind that was asked for, which SPICE can load."""
    try:
        (kernel,) = kernel_files([part])
        with Kernels(part):
            trouble = "" if kernel.kind == planned.kernel.role.kind else f"it is a kernel of kind {kernel.kind}"
    except KernelError as error:
        trouble = str(error)
    if trouble:
        with suppress(OSError):
            part.unlink()
        raise FetchError(f"{planned.url}: what came is no good: {trouble}; try later, or another mirror")
    return kernel


def _cut(kernel: KernelFile, request: Request, record: Record, manifest: Manifest) -> tuple[Record, Path] | None:
    """Cut attitude to the stretch; None where there is none of it."""
    clocks = [manifest.folder / name for name in manifest.files if name.startswith("sclk/")]
    kernels = Kernels(*(path for path in sorted(clocks) if path.is_file()), kernel.path)
    if not any(row.start_tdb <= request.stop_tdb and row.stop_tdb >= request.start_tdb for row in kernels.coverage()):
        return None
    name = Path(record.url).name
    path = kernel.path.with_name(f"{kernel.path.name}.cut")
    slice_attitude(kernels, kernel, path, name=name, start_tdb=request.start_tdb, stop_tdb=request.stop_tdb)
    return (
        replace(
            record,
            size_bytes=path.stat().st_size,
            sha256=sha256(path),
            cut_from_name=name,
            cut_from_sha256=record.sha256,
            from_utc=request.from_utc,
            to_utc=request.to_utc,
        ),
        path,
    )
