"""Raw pictures of JunoCam with their metadata, from the mission's site: one by name, or those of a pass."""

import json
import zipfile
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, urlsplit

from perijove.archive.cache import here
from perijove.archive.data_sets import DATA_SETS, known_sha256
from perijove.archive.fetching import OnBytes, record_of
from perijove.archive.junocam_pages import MissionSite
from perijove.archive.manifest import FILES, Manifest, locked
from perijove.archive.transfer import Received, download
from perijove.archive.web import FetchError, MissingError
from perijove.errors import WriteError
from perijove.formats.mission_site import METADATA_SUFFIX, PNG_MAGIC
from perijove.formats.product_id import ProductId

__all__ = ["PassPictures", "Picture", "fetch_pass", "fetch_picture"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second is empty, which will be told
_RAW = "-raw.png"
_LARGEST = 1 << 30  # bytes of a member of an archive; the largest picture has a quarter of it
_SAME_FAULT = 3  # pictures in a row that cannot be had: the site is gone, and the next will not come either


@dataclass(frozen=True)
class Picture:
    """A picture in the folder.

    Attributes
    ----------
    product_id, target : str
        As the metadata say; `target` in capitals.
    metadata : Path
    raw : Path or None
        None where it was not asked for.
    fetched : bool
        Whether something of it came just now.
    """

    product_id: str
    target: str
    metadata: Path
    raw: Path | None
    fetched: bool


@dataclass(frozen=True)
class PassPictures:
    """Pictures of a pass.

    Attributes
    ----------
    pictures : tuple of Picture
        Those that were asked for.
    others : dict
        Of the bodies that were not: how many pictures there are.
    failures : tuple of str
        What went wrong with single pictures, one line each.
    """

    pictures: tuple[Picture, ...]
    others: dict[str, int]
    failures: tuple[str, ...]


class _Folder:
    """The folder with its manifest, which changes with each file that comes."""

    def __init__(self, manifest: Manifest, site: MissionSite, on_bytes: OnBytes, *, overwrite: bool) -> None:
        self.manifest, self.site, self._on_bytes, self._overwrite = manifest, site, on_bytes, overwrite

    def path(self, name: str) -> Path:
        return self.manifest.folder / name

    def here(self, name: str) -> bool:
        return self.manifest.state(name) == "good"

    def metadata_of(self, page: str) -> Path | None:
        """Metadata that came from a page and are here."""
        for name, record in self.manifest.files.items():
            if record.page == page and name.endswith(METADATA_SUFFIX) and self.here(name):
                return self.path(name)
        return None

    def take(self, archive: str, page: str) -> None:
        """Fetch a ZIP archive of a page and keep the raw picture and the metadata in it."""
        label = (parse_qs(urlsplit(page).query).get("id") or ["picture"])[0]
        scratch = self.path(f"{label}.zip")
        received = download(
            archive,
            scratch,
            starts=_ZIP,
            kind="a ZIP archive",
            on_bytes=lambda have, total: self._on_bytes(label, have, total),
            patience=self.site.patience,
        )
        whole = scratch.with_name(f"{scratch.name}.part")
        try:
            for name, content in _members(whole, archive):
                self.keep(name, content, replace(received, url=archive), page=page)
        finally:
            with suppress(OSError):
                whole.unlink()

    def keep(self, name: str, content: bytes, received: Received, *, page: str = "") -> None:
        """Give content a name in the folder, once it is known to be what the registry knows."""
        self.manifest.refuse_stranger(name, overwrite=self._overwrite)
        part = self.path(f"{name}.part")
        try:
            part.write_bytes(content)
            noted = record_of(received, part, url=received.url, page=page)
            expected = known_sha256(name)
            if expected and noted.sha256 != expected:
                part.unlink()
                raise FetchError(
                    f"{noted.url}: {name} has the sha256 {noted.sha256[:12]}..., expected is {expected[:12]}...; "
                    "it was changed on its way or at its place, and is not taken"
                )
            self.manifest = self.manifest.taken(name, noted, part)
        except OSError as error:
            raise WriteError(f"{self.path(name)}: cannot be written: {error.strerror or error}") from error


def _members(path: Path, url: str) -> Iterable[tuple[str, bytes]]:
    """Raw pictures and metadata of a ZIP archive, under the names that they are to have."""
    found = []
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = PurePosixPath(info.filename.replace("\\", "/")).name
                if info.file_size > _LARGEST or not name.endswith((_RAW, METADATA_SUFFIX)):
                    continue
                found.append((name, archive.read(info)))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FetchError(f"{url}: what came is no whole ZIP archive ({error}); try later") from error
    if not found:
        raise FetchError(f"{url}: this ZIP archive holds neither a raw picture nor its metadata")
    for name, content in found:
        if name.endswith(METADATA_SUFFIX):
            yield _product(content, url) + METADATA_SUFFIX, content
        elif not content.startswith(PNG_MAGIC) or ProductId.parse(name.removesuffix(_RAW)) is None:
            raise FetchError(f"{url}: {name} in this ZIP archive is no raw picture of JunoCam")
        else:
            yield name, content


def _product(metadata: bytes, url: str) -> str:
    """Product that metadata speak of; files are named after it, so it has to be a product's name."""
    try:
        text = str(json.loads(metadata.decode("utf-8-sig"))["PRODUCT_ID"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchError(f"{url}: the metadata in this ZIP archive cannot be read ({error})") from error
    product = ProductId.parse(text)
    if product is None:
        raise FetchError(f"{url}: the metadata in this ZIP archive are of {text!r}, no picture of JunoCam")
    return product.name


def _copied(folder: _Folder, product_id: str) -> bool:
    """Whether a picture of the registry was at hand elsewhere on this machine, and is in the folder now."""
    wanted = next((one for one in DATA_SETS if one.name == product_id), None)
    paths = here(wanted) if wanted is not None else ()
    for path in paths:
        folder.keep(path.name, path.read_bytes(), Received(path.as_uri(), path.stat().st_size, "", ""))
    return bool(paths)


def _target(metadata: Path) -> str:
    values = json.loads(metadata.read_bytes())
    return str(values.get("TARGET_NAME") or "UNKNOWN").strip().upper()


def _obtain(folder: _Folder, page: str, bodies: Collection[str] | None) -> Picture:
    """Metadata of a picture, and the picture itself where it shows one of the bodies."""
    metadata = folder.metadata_of(page)
    archives = list(folder.site.picture_page(page).archives) if metadata is None else []
    fetched = bool(archives)
    while metadata is None and archives:
        folder.take(archives.pop(0), page)
        metadata = folder.metadata_of(page)
    if metadata is None:
        raise FetchError(f"{page}: none of the archives of this page holds metadata")
    product, target = metadata.name.removesuffix(METADATA_SUFFIX), _target(metadata)
    raw = folder.path(product + _RAW)
    if bodies is not None and target not in bodies:
        return Picture(product, target, metadata, None, fetched)
    if not folder.here(raw.name):
        archives = archives or [
            one for one in folder.site.picture_page(page).archives if one != folder.manifest.files[metadata.name].url
        ]
        while archives and not folder.here(raw.name):
            folder.take(archives.pop(0), page)
            fetched = True
        if not folder.here(raw.name):
            raise FetchError(f"{page}: none of the archives of this page holds {raw.name}")
    return Picture(product, target, metadata, raw, fetched)


def fetch_picture(
    product_id: str,
    folder: Path,
    *,
    site: MissionSite | None = None,
    overwrite: bool = False,
    on_bytes: OnBytes = lambda _name, _have, _total: None,
) -> Picture:
    """Bring a raw picture and its metadata into a folder.

    Parameters
    ----------
    product_id : str
        Such as ``JNCE_2024362_68C00012_V01``.
    folder : Path
        It is made where it is missing, and keeps a manifest with address, size and hash of each file.
    site : MissionSite, optional
    overwrite : bool
        Whether files of the same names that are not from here may be replaced.
    on_bytes : callable

    Returns
    -------
    Picture
        What is here unchanged is not fetched again; what the folder of real data has is copied.

    Raises
    ------
    MissingError
        Where the site has no such picture.
    FetchError
        Where it cannot be had as it should be.
    OutputExistsError
        Where a file of somebody else is in the way.
    WriteError
        Where the folder cannot be written.
    """
    site = site or MissionSite()
    with locked(folder):
        files = _Folder(Manifest.read(folder, FILES), site, on_bytes, overwrite=overwrite)
        metadata, raw = (files.path(product_id + end) for end in (METADATA_SUFFIX, _RAW))
        if files.here(metadata.name) and files.here(raw.name):
            return Picture(product_id, _target(metadata), metadata, raw, fetched=False)
        if _copied(files, product_id):
            return Picture(product_id, _target(metadata), metadata, raw, fetched=True)
        found = _obtain(files, site.page_url(product_id), None)
        if found.product_id != product_id:
            raise MissingError(
                f"{site.page_url(product_id)}: the page is of {found.product_id}; check the product's name"
            )
    return found


def fetch_pass(
    perijove: int,
    folder: Path,
    *,
    bodies: Collection[str] | None = ("IO",),
    site: MissionSite | None = None,
    overwrite: bool = False,
    on_page: Callable[[int, int], None] = lambda _done, _total: None,
    on_bytes: OnBytes = lambda _name, _have, _total: None,
) -> PassPictures:
    """Bring the raw pictures of a pass into a folder.

    Parameters
    ----------
    perijove : int
    folder : Path
        As for `fetch_picture`.
    bodies : collection of str, optional
        Targets whose pictures are wanted, in capitals; None for all. Which body a picture shows only its metadata
        tell, so those come, and stay, for all pictures; they are small.
    site : MissionSite, optional
    overwrite : bool
    on_page : callable
        Told how many pictures are seen to, and how many there are.
    on_bytes : callable

    Returns
    -------
    PassPictures
        A picture that cannot be had does not keep the others from coming; the next call tries it again.

    Raises
    ------
    FetchError
        Where the site cannot be read, or three pictures in a row cannot be had.
    OutputExistsError, WriteError
        As `fetch_picture`.
    """
    site = site or MissionSite()
    pictures: list[Picture] = []
    others: dict[str, int] = {}
    failures: list[str] = []
    pages = site.pages_of_pass(perijove)
    with locked(folder):
        files = _Folder(Manifest.read(folder, FILES), site, on_bytes, overwrite=overwrite)
        in_a_row = 0
        for number, page in enumerate(pages):
            on_page(number, len(pages))
            try:
                picture = _obtain(files, page, bodies)
            except FetchError as error:
                failures.append(str(error))
                in_a_row += 1
                if in_a_row >= min(_SAME_FAULT, len(pages)):
                    raise
                continue
            in_a_row = 0
            if picture.raw is None:
                others[picture.target] = others.get(picture.target, 0) + 1
            else:
                pictures.append(picture)
        on_page(len(pages), len(pages))
    return PassPictures(tuple(pictures), others, tuple(failures))
