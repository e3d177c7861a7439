"""JunoCam's archived products, EDR and RDR, at the Imaging Node of the Planetary Data System.

The volumes ``JNOJNC_0001``, ``JNOJNC_0002`` ... each hold a few orbits, in folders like ``DATA/EDR/JUPITER/ORBIT_57``.
Which volume an orbit is in no name tells, and what was processed again is in a later one; so the volumes are asked in
turn, from the one where it should be outwards.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import numpy as np

from perijove.archive.fetching import OnBytes, Wanted, fetch_file
from perijove.archive.listing import links
from perijove.archive.manifest import FILES, Manifest, locked
from perijove.archive.web import FetchError, MissingError, Patience, page, remote_size
from perijove.errors import FormatError, InputError, LabelError
from perijove.formats.odl import label_text, parse_label
from perijove.formats.product import label_size
from perijove.formats.product_id import ProductId

__all__ = ["PDS_IMAGING", "ArchivedProduct", "fetch_archived"]

PDS_IMAGING = "https://planetarydata.jpl.nasa.gov/img/data/juno/"

_PADDING = 1 << 16  # bytes that a file may have beyond its pixels, to fill its last record
_VOLUME = re.compile(r"JNOJNC_(\d{4})", re.ASCII)
_LEVELS = {"E": "EDR", "R": "RDR"}
_CRUISE = ("JUPITER/ORBIT_00", "CRUISE", "EFB")  # orbit 0; EFB: the flyby of the Earth
# Volumes in which orbits were found; between them the guess is linear.
_ORBITS, _VOLUMES = (0, 4, 14, 34, 45, 58, 62, 80), (1, 3, 12, 18, 24, 28, 29, 35)


@dataclass(frozen=True)
class ArchivedProduct:
    """A product in the folder.

    Attributes
    ----------
    product_id : str
    label, image : Path
    fetched : bool
        Whether something of it came just now.
    """

    product_id: str
    label: Path
    image: Path
    fetched: bool


def fetch_archived(
    product_id: str,
    folder: Path,
    *,
    root: str = PDS_IMAGING,
    overwrite: bool = False,
    on_bytes: OnBytes = lambda _name, _have, _total: None,
    patience: Patience | None = None,
) -> ArchivedProduct:
    """Bring a product's label and image into a folder.

    Parameters
    ----------
    product_id : str
        Of an EDR or RDR, such as ``JNCR_2023364_57C00022_V01``.
    folder : Path
        It is made where it is missing, and keeps a manifest with address, size and hash of each file.
    root : str
        Address of the folder of volumes.
    overwrite : bool
        Whether files of the same names that are not from here may be replaced.
    on_bytes : callable
    patience : Patience, optional

    Returns
    -------
    ArchivedProduct
        The image has the length that its label tells; whether it has the checksum too, its reader says. What is here
        unchanged is not fetched again.

    Raises
    ------
    InputError
        Where the name is none of an EDR or RDR.
    MissingError
        Where no volume has it.
    FetchError, OutputExistsError, WriteError
        As `perijove.archive.fetching.fetch_file`.
    """
    product = ProductId.parse(product_id)
    if product is None or product.kind not in _LEVELS:
        raise InputError(f"{product_id!r}: is no EDR or RDR of JunoCam, such as JNCR_2023364_57C00022_V01")
    label, image = f"{product.name}.LBL", f"{product.name}.IMG"
    with locked(folder):
        manifest = Manifest.read(folder, FILES)
        todo = [name for name in (label, image) if manifest.state(name) != "good"]
        place = _place(product, root, patience) if todo else ""
        for name in todo:
            starts = (b"PDS_VERSION_ID", b"CCSD3ZF") if name == label else ()
            size = None if starts else _size_bytes(folder / label)
            kind = "a PDS3 label" if starts else "the image"
            wanted = Wanted(name, (urljoin(place, name),), starts, kind, size_bytes=size)
            manifest = fetch_file(wanted, manifest, overwrite=overwrite, on_bytes=on_bytes, patience=patience)
    return ArchivedProduct(product.name, folder / label, folder / image, bool(todo))


def _volumes(root: str, orbit: int, patience: Patience | None) -> list[str]:
    """Addresses of all volumes, the likeliest first."""
    names = {target.rstrip("/") for target, _ in links(page(root, patience=patience))}
    numbers = [int(found[1]) for name in names if (found := _VOLUME.fullmatch(name))]
    if not numbers:
        raise FetchError(f"{root}: lists no volume JNOJNC_nnnn; is it another folder?")
    likely = float(np.interp(orbit, _ORBITS, _VOLUMES))
    return [urljoin(root, f"JNOJNC_{number:04d}/") for number in sorted(numbers, key=lambda one: abs(one - likely))]


def _place(product: ProductId, root: str, patience: Patience | None) -> str:
    """Address of the folder that holds a product."""
    root = root.rstrip("/") + "/"
    folders = _CRUISE if product.orbit == 0 else (f"JUPITER/ORBIT_{product.orbit:02d}",)
    volumes = _volumes(root, product.orbit, patience)
    for volume in volumes:
        for folder in folders:
            place = urljoin(volume, f"DATA/{_LEVELS[product.kind]}/{folder}/")
            with suppress(MissingError):
                remote_size(urljoin(place, f"{product.name}.LBL"), patience=patience)
                return place
    raise MissingError(f"{root}: none of its {len(volumes)} volumes has {product.name}; check name and version")


def _size_bytes(label: Path) -> tuple[int, int] | None:
    """Least and most that the file of the pixels may have, by its label; None where that does not tell."""
    text = label_text(label.read_bytes())
    try:
        rows, columns, bits = label_size(parse_label(text or "", label.name))
    except (FormatError, LabelError):  # the reader will have more to say
        return None
    needed = rows * columns * bits // 8
    return needed, needed + _PADDING
