"""Which files of a mirror serve a request, and which of them are here already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from perijove.archive.kernel_choice import choose
from perijove.archive.kernel_names import ROLES, KernelName, Role, kernel_name
from perijove.archive.listing import Entry
from perijove.archive.manifest import Manifest
from perijove.archive.mirror import Mirror
from perijove.archive.web import FetchError
from perijove.errors import InputError
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["Catalogue", "PlannedFile", "Request", "plan_kernels"]

_HERE = "."


@dataclass(frozen=True)
class Request:
    """What kernels are wanted for.

    Attributes
    ----------
    start_tdb, stop_tdb : float
        Stretch of time, TDB seconds past J2000.
    attitude : bool
        Whether attitude is wanted; by far the largest files.
    cut : bool
        Whether attitude is cut to the stretch.
    moons : str
        Name of the satellite ephemeris, such as ``jup365``; empty for the newest in the mission's own folder.
    """

    start_tdb: float
    stop_tdb: float
    attitude: bool = True
    cut: bool = False
    moons: str = ""

    def __post_init__(self) -> None:
        """Refuse spans that are none."""
        if not self.start_tdb < self.stop_tdb:
            raise InputError(
                f"the span from {self._utc(self.start_tdb)} to {self._utc(self.stop_tdb)} UTC has no length"
            )

    @staticmethod
    def _utc(tdb: float) -> str:
        return tdb_to_utc(tdb, digits=0)

    @property
    def span(self) -> tuple[float, float]:
        """Start and stop."""
        return self.start_tdb, self.stop_tdb

    @property
    def from_utc(self) -> str:
        """Start, ISO."""
        return self._utc(self.start_tdb)

    @property
    def to_utc(self) -> str:
        """Stop, ISO."""
        return self._utc(self.stop_tdb)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles to fill."""
        return tuple(role for role in ROLES if self.attitude or role.kind != "CK")


@dataclass(frozen=True)
class PlannedFile:
    """A file to fetch.

    Attributes
    ----------
    kernel : KernelName
    folder : str
        Where it stands, from the mirror's root.
    entry : Entry
    url : str
    path : str
        Where it is to stand, from the target folder, written with ``/``.
    size_bytes : int or None
        About; None where nobody tells.
    here : bool
        Whether it is there already, unchanged since it was fetched.
    """

    kernel: KernelName
    folder: str
    entry: Entry
    url: str
    path: str
    size_bytes: int | None
    here: bool


class Catalogue:
    """Candidates in a mirror, folder by folder; each is listed once.

    Parameters
    ----------
    mirror : Mirror
    """

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self._listed: dict[str, dict[str, Entry]] = {}

    def _entries(self, folder: str) -> dict[str, Entry]:
        if folder not in self._listed:
            self._listed[folder] = {entry.name: entry for entry in self.mirror.listing(folder)}
        return self._listed[folder]

    def choice(
        self, role: Role, gaps: Sequence[tuple[float, float]], *, moons: str = "", tried: Collection[str] = ()
    ) -> tuple[tuple[KernelName, str, Entry], ...]:
        """Kernels of a role for stretches of time, each with its folder; see `choose`.

        Parameters
        ----------
        role : Role
        gaps : sequence of (float, float)
            TDB seconds past J2000.
        moons : str
            See `Request`.
        tried : collection of str
            Names that have not served.
        """
        for folder in (*role.folders, _HERE):
            if folder == _HERE and any(self._entries(place) for place in role.folders[:1]):
                break  # the mirror has folders; what lies beside them is no kernel
            entries = self._entries(folder)
            names = [name for each in entries if each not in tried and (name := kernel_name(each, role))]
            if moons and role.name == "moons":
                names = [
                    one for one in names if one.name.lower().removesuffix(".bsp") == moons.lower().removesuffix(".bsp")
                ]
            if chosen := choose(names, gaps):
                return tuple((one, folder, entries[one.name]) for one in chosen)
        return ()


def plan_kernels(catalogue: Catalogue, request: Request, manifest: Manifest) -> tuple[PlannedFile, ...]:
    """Files that serve a request, by what their names tell, small ones first.

    Raises
    ------
    FetchError
        Where the mirror cannot be listed, or has nothing for a role.
    """
    planned = []
    for role in request.roles:
        chosen = catalogue.choice(role, [request.span], moons=request.moons)
        if role.needed and not chosen:
            raise FetchError(_nothing(catalogue.mirror, request, role))
        planned += [planned_file(catalogue.mirror, request, manifest, *one) for one in chosen]
    return tuple(planned)


def planned_file(
    mirror: Mirror, request: Request, manifest: Manifest, kernel: KernelName, folder: str, entry: Entry
) -> PlannedFile:
    """One choice with where it comes from and goes to."""
    path = f"{kernel.role.folders[0]}/{entry.name}"
    here = manifest.state(path) == "good"
    if request.cut and kernel.role.kind == "CK" and not here:
        path, here = _slice_path(request, manifest, path)
    size = mirror.size_bytes(folder, entry)
    return PlannedFile(kernel, folder, entry, mirror.address(folder, entry.name), path, size, here)


def _slice_path(request: Request, manifest: Manifest, path: str) -> tuple[str, bool]:
    """Where a slice of a file goes, and whether one that serves is there."""
    name = Path(path).name
    for other, record in manifest.files.items():
        if record.cut_from_name == name and manifest.state(other) == "good":
            start, stop = utc_to_tdb(record.from_utc), utc_to_tdb(record.to_utc)
            if start <= request.start_tdb + 1.0 and stop >= request.stop_tdb - 1.0:  # noted to the second
                return other, True
    first, last = (utc[2:16].replace("-", "").replace(":", "") for utc in (request.from_utc, request.to_utc))
    return f"{path.removesuffix('.bc')}_{first}_{last}.bc", False


def _nothing(mirror: Mirror, request: Request, role: Role) -> str:
    places = ", ".join(dict.fromkeys((*role.folders, "the root itself")))
    wanted = f" {request.moons}" if request.moons and role.name == "moons" else ""
    span = f" for {request.from_utc} to {request.to_utc} UTC" if role.dated else ""
    advice = "; leave the attitude out" if role.kind == "CK" else ""
    return f"{mirror.place}: has no kernel of {role.name}{wanted}{span} (looked into {places}){advice}"
