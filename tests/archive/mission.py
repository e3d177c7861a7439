"""The mission's site in small: a gallery in pages, a page for each picture, and the vault with ZIP archives.

The addresses are those that published downloaders ask for; the pages hold such links among others.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from tests.archive.naif import Server
from tests.formats.synthetic import keywords

GALLERY = "/junocam/processing"
SPAN = "source=junocam&phases%5B%5D=PERIJOVE+68&perpage=100&p="


@dataclass(frozen=True)
class SitePicture:
    """A picture as the site has it: its number there, its files, and where they are."""

    number: int
    product: str
    png: bytes
    metadata: bytes

    @property
    def page(self) -> str:
        """Path of its page, by number."""
        return f"{GALLERY}?id={self.number}"

    @property
    def vault(self) -> tuple[str, str]:
        """Paths of the archives of metadata and of images."""
        return (
            f"/Vault/VaultDownload?VaultID={2 * self.number}&t=1",
            f"/Vault/VaultDownload?VaultID={2 * self.number + 1}",
        )


def picture(number: int, target: str = "IO") -> SitePicture:
    """A METHANE picture of two frames."""
    values = {**keywords(("METHANE",), frames=2), "TARGET_NAME": target}
    product = f"JNCE_2024362_68M{number:05d}_V01"
    values |= {"PRODUCT_ID": product, "FILE_NAME": f"{product}-raw.png"}
    counts = np.random.default_rng(number).integers(0, 256, (256, 1648), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(counts).save(stream, "PNG")
    return SitePicture(number, product, stream.getvalue(), json.dumps(values).encode())


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _page(links: Sequence[tuple[str, str]]) -> bytes:
    rows = "".join(f'<li><a class="x" href="{target}">{words}</a></li>' for target, words in links)
    around = '<a href="/junocam/gallery?id=7">Gallery</a> <a href="/junocam/processing">All</a>'
    return f"<!DOCTYPE html><html><body>{around}<ul>{rows}</ul></body></html>".encode()


def publish(server: Server, pictures: Sequence[SitePicture], *, per_page: int = 2) -> None:
    """Put pictures on a server: gallery, pages (by number and by product) and vault."""
    parts = [pictures[k : k + per_page] for k in range(0, len(pictures), per_page)]
    for number, part in enumerate([*parts, parts[-1] if parts else []], start=1):  # behind its end it repeats the last
        links = [(f"{GALLERY}?id={one.number}", "<img>") for one in part]
        server.files[f"{GALLERY}?{SPAN}{number}"] = _page(links)
    for one in pictures:
        metadata, images = one.vault
        page = _page(
            [(images.replace("&", "&amp;"), "Download Images"), (metadata.replace("&", "&amp;"), "Download Metadata")]
        )
        server.files[one.page] = server.files[f"{GALLERY}?id={one.product}"] = page
        server.files[metadata] = packed({f"DataSet/{one.number}-Metadata.json": one.metadata})
        server.files[images] = packed(
            {"ImageSet/": b"", f"ImageSet/{one.product}-raw.png": one.png, f"ImageSet/{one.product}-red.png": b"red"}
        )
