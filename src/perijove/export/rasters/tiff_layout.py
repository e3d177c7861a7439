"""How a TIFF is laid out to be read in parts over a network, and what it says of that.

GDAL before 3.11 makes such files of bands mixed pixel by pixel only, which pack half as well as bands one after the
other. It writes those, too, with all directories before all data, but without the note on the layout, and without the
size before each tile and its last four bytes again after it, by which a reader saves a request. Here they are put in.
"""

import struct
from itertools import pairwise

import numpy as np

__all__ = ["NOTE", "cloud_optimised"]

_WORDS = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
NOTE = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_WORDS) + _WORDS
NOTE += b"\0" * (len(NOTE) % 2)  # directories begin at even offsets
_BYTES_OF_TYPE = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)  # TIFF 6.0, page 15
_TILE_OFFSETS, _TILE_SIZES = 324, 325
_HEADER, _LONG = 8, 4
_KINDS = {3: "<u2", 4: "<u4"}


def cloud_optimised(tiff: bytes | bytearray | memoryview) -> bytes:
    """The same file with the note on its layout, and with a leader and a trailer about each tile.

    Parameters
    ----------
    tiff : bytes
        A little-endian TIFF below 4 GB, of tiles, whose directories stand before all data.

    Raises
    ------
    ValueError
        Where it is no such TIFF.
    """
    source = memoryview(tiff)
    if bytes(source[:4]) != b"II*\0" or len(source) > 2**31:
        raise ValueError("not a little-endian TIFF below 2 GB")
    tables: list[
        tuple[int, np.ndarray, np.ndarray]
    ] = []  # where the offsets of the tiles of a directory stand, the offsets, the sizes
    moved = []  # where other offsets stand
    place, links = struct.unpack_from("<I", source, 4)[0], [4]
    while place:
        (entries,) = struct.unpack_from("<H", source, place)
        found = {}
        for entry in range(place + 2, place + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from("<HHI", source, entry)
            values = entry + 8
            if count * _BYTES_OF_TYPE[kind] > _LONG:
                moved.append(values)
                (values,) = struct.unpack_from("<I", source, values)
            if tag in {_TILE_OFFSETS, _TILE_SIZES}:
                found[tag] = values, np.frombuffer(source, _KINDS[kind], count, values)
        tables.append((*found[_TILE_OFFSETS], found[_TILE_SIZES][1]))
        links.append(place + 2 + 12 * entries)
        (place,) = struct.unpack_from("<I", source, links[-1])
    offsets, sizes = (np.concatenate([table[k] for table in tables]).astype(np.int64) for k in (1, 2))
    order = np.argsort(offsets, kind="stable")
    head = int(offsets.min())
    if max(links) >= head:
        raise ValueError("a TIFF whose directories do not stand before all data")
    # Each tile moves by the note, and by the leaders and trailers of those before it and its own leader.
    new = np.empty_like(offsets)
    lengths = sizes[order] + 2 * _LONG
    new[order] = len(NOTE) + head + np.cumsum(lengths) - lengths + _LONG
    start = bytearray(source[:head])
    for at in (*moved, *links[:-1]):
        struct.pack_into("<I", start, at, struct.unpack_from("<I", start, at)[0] + len(NOTE))
    ends = np.cumsum([0, *(len(table[1]) for table in tables)])
    for (at, old, _), (first, last) in zip(tables, pairwise(ends), strict=True):
        start[at : at + _LONG * len(old)] = new[first:last].astype("<u4").tobytes()
    parts: list[bytes | memoryview] = [bytes(start[:_HEADER]), NOTE, bytes(start[_HEADER:])]
    for k in order:
        tile = source[offsets[k] : offsets[k] + sizes[k]]
        parts += [struct.pack("<I", sizes[k]), tile, tile[-_LONG:]]
    return b"".join(parts)
