"""Many raw pictures from paths and folders: which can be used together, and why the others cannot."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perijove.errors import InputError, PerijoveError
from perijove.formats.image import RawImage, SourceFile
from perijove.formats.open import read
from perijove.formats.product_id import ProductId
from perijove.junocam.locate import Location
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.radiometry.calibration import CalibratedImage

if TYPE_CHECKING:
    from perijove.adjustment.control import Control
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = ["Gathered", "Gathering", "LeftOut", "gathered", "located_one_by_one", "pictures_in"]

_KINDS = ("E", "R")  # of one picture the raw product is taken before the calibrated one


@dataclass(frozen=True)
class Gathered:
    """A raw picture that can be read; its pixels are not kept.

    Attributes
    ----------
    path : Path
    product_id, target, start_utc : str
    orbit : int or None
        Perijove.
    sources : tuple of SourceFile
        Names and hashes of the files that it is read from.
    """

    path: Path
    product_id: str
    target: str
    start_utc: str
    orbit: int | None
    sources: tuple[SourceFile, ...]


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why, in one line that names it."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Gathering:
    """What was found.

    Attributes
    ----------
    pictures : tuple of Gathered
        In the order of time; each picture once.
    left_out : tuple of LeftOut
        In the order in which they came.
    """

    pictures: tuple[Gathered, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def passes(self) -> Mapping[int | None, tuple[Gathered, ...]]:
        """Pictures by perijove."""
        orbits = dict.fromkeys(picture.orbit for picture in self.pictures)
        return {orbit: tuple(p for p in self.pictures if p.orbit == orbit) for orbit in orbits}


def gathered(paths: Iterable[str | PathLike[str]], *, target: str | None = None) -> Gathering:
    """Find raw pictures, read each once, and tell which can be used.

    Parameters
    ----------
    paths : iterable of path
        Files as `perijove.formats.open.read` takes them, and folders, in which ``*-raw.png``, ``*.IMG`` and ``*.LBL``
        are looked for at any depth.
    target : str, optional
        Keep the pictures of that body alone, such as ``IO``; of all bodies by default.

    Returns
    -------
    Gathering
        Left out, each with its reason: what cannot be read, pictures of other targets, and what is there twice. Of one
        picture the raw product is kept before the calibrated one, then the latest version, then what came first.
        Whether the body shows is told by `located_one_by_one`.

    Raises
    ------
    InputError
        Where a path does not exist, a folder has no picture, or nothing can be used; the line names the first reason.
    """
    found: list[Gathered] = []
    left_out: list[LeftOut] = []
    files = _files(paths)
    for path in files:
        try:
            raw = read(path)
        except PerijoveError as error:
            left_out.append(LeftOut(path, str(error)))
            continue
        if target is not None and raw.target != target:
            left_out.append(LeftOut(path, f"{path.name}: shows {raw.target}, not {target}"))
            continue
        found.append(_record(path, raw))
    chosen: dict[str, Gathered] = {}
    for one in sorted(found, key=_preference):
        key = _picture(one.product_id)
        if key in chosen:
            left_out.append(LeftOut(one.path, f"{one.path.name}: the same picture as {chosen[key].path}"))
        else:
            chosen[key] = one
    if not chosen:
        raise InputError(f"none of {len(files)} files can be used; the first: {left_out[0].reason}")
    place = {path: number for number, path in enumerate(files)}
    left_out.sort(key=lambda one: place[one.path])
    return Gathering(tuple(sorted(chosen.values(), key=lambda one: one.start_utc)), tuple(left_out))


def _files(paths: Iterable[str | PathLike[str]]) -> list[Path]:
    """Files that are named, or lie in folders that are; each once."""
    files: dict[Path, Path] = {}
    for path in map(Path, paths):
        inside = pictures_in(path) if path.is_dir() else [path]
        if not path.exists():
            raise InputError(f"{path}: no such file or folder; check the path")
        if not inside:
            raise InputError(f"{path}: has no picture; give a folder with -raw.png, .IMG or .LBL files")
        for file in inside:
            files.setdefault(file.resolve(), file)
    if not files:
        raise InputError("no picture is named; give files or a folder")
    return list(files.values())


def pictures_in(folder: Path, *, deep: bool = True) -> list[Path]:
    """Raw pictures of a folder, in the order of their names; an .IMG stands for its label too.

    Parameters
    ----------
    folder : Path
    deep : bool
        Whether to look into the folders in it.

    Raises
    ------
    OSError
        Where the folder itself cannot be read and is all that is looked into.
    """
    kinds = {".IMG", ".LBL"}
    inside = folder.rglob("*") if deep else folder.iterdir()
    every = (p for p in inside if p.name.lower().endswith("-raw.png") or p.suffix.upper() in kinds)
    files = sorted(p for p in every if p.is_file())
    with_data = {p.with_suffix("") for p in files if p.suffix.upper() == ".IMG"}
    return [p for p in files if p.suffix.upper() != ".LBL" or p.with_suffix("") not in with_data]


def _record(path: Path, raw: RawImage) -> Gathered:
    return Gathered(path, raw.product_id, raw.target, raw.start_utc, raw.orbit, raw.sources)


def _picture(product_id: str) -> str:
    """What all products of one picture share."""
    name = ProductId.parse(product_id)
    return product_id if name is None else f"{name.date:%Y%j}_{name.picture}"


def _preference(one: Gathered) -> tuple[int, int]:
    """Smaller is preferred."""
    name = ProductId.parse(one.product_id)
    return (0, 0) if name is None else (_KINDS.index(name.kind) if name.kind in _KINDS else len(_KINDS), -name.version)


def located_one_by_one(
    pictures: Sequence[Gathered],
    *,
    kernels: "Kernels | None" = None,
    flat: np.ndarray | None = None,
    dark: np.ndarray | None = None,
    control: "Control | None" = None,
    solution: str | None = None,
    left_out: list[LeftOut] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[tuple[CalibratedImage, Location]]:
    """Calibrate and locate pictures, one at a time.

    Parameters
    ----------
    pictures : sequence of Gathered
        From `gathered`.
    kernels, flat, dark, solution
        As for `perijove.junocam.processing.calibrated_and_located`.
    control : Control, optional
        Poses of an adjustment, which pictures get in place of those of their own limb; one that is not in it is left
        out.
    left_out : list of LeftOut, optional
        Pictures that cannot be located are added to it: the body does not show, or too little of its limb.
    progress : callable, optional
        Told which picture is at work, and each step.

    Yields
    ------
    tuple of CalibratedImage and Location
        Some 200 MB each: hold what you need of it, and no more.

    Raises
    ------
    PerijoveError
        What is wrong with a picture, where `left_out` is not given.
    """
    for number, one in enumerate(pictures, start=1):
        where = f"{one.product_id}, {number} of {len(pictures)}"

        def tell(step: str, where: str = where) -> None:
            if progress is not None:
                progress(f"{where}: {step}")

        try:
            tell("reading")
            image, location = calibrated_and_located(
                read(one.path), kernels=kernels, flat=flat, dark=dark, solution=solution, progress=tell
            )
            if control is not None:
                location = control.applied(image.raw, location)
        except PerijoveError as error:
            if left_out is None:
                raise
            left_out.append(LeftOut(one.path, str(error)))
        else:
            yield image, location
