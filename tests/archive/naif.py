"""An archive as NAIF has it, in small: kernels of a straight pass of perijove 57, on a web server that misbehaves."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import spiceypy

from perijove.archive.web import Patience
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice import writing as kernel_writing
from perijove.ephemeris.spice.pool import clean_pool
from perijove.ephemeris.spice.text import (
    SpacecraftClock,
    camera_frame_text,
    clock_text,
    leap_second_text,
    rotation_text,
    spacecraft_frame_text,
)
from perijove.ephemeris.spice.writing import Attitude, Trajectory
from perijove.geometry.rotations import rotation_z
from perijove.timescales import utc_to_tdb

HASTE = Patience(tries=3, wait_s=0.001, timeout_s=5.0)
CLOSEST_TDB = utc_to_tdb("2023-12-30T08:36:01")  # perijove 57
CLOSEST_STATE = EMBEDDED.state("JUNO", CLOSEST_TDB, center="IO")
START_TDB, STOP_TDB = CLOSEST_TDB - 300.0, CLOSEST_TDB + 300.0
ROOT = "/pub/naif/JUNO/kernels/"
TRAJECTORY, ATTITUDE = "spk/spk_rec_231122_231230_240105.bsp", "ck/juno_sc_rec_231224_231230_v02.bc"
_STEP_S = 0.25


def _spk(path: Path, *links: Trajectory) -> None:
    kernel_writing._write_trajectories(path, links)


def _link(body: str, center: str, times: np.ndarray) -> Trajectory:
    return Trajectory(body, center, times, EMBEDDED.state(body, times, center=center))


def juno_link(shift_km: float = 0.0) -> Trajectory:
    """Juno from Io on a straight line."""
    times = np.arange(START_TDB - 60.0, STOP_TDB + 61.0, 10.0)
    velocity = CLOSEST_STATE[3:]
    position = CLOSEST_STATE[:3] + (times - CLOSEST_TDB)[:, None] * velocity + shift_km
    return Trajectory("JUNO", "IO", times, np.concatenate([position, np.broadcast_to(velocity, position.shape)], -1))


def _attitude(path: Path, clock: Path, lsk: Path) -> None:
    """Spin at 12 deg/s."""
    times = np.arange(START_TDB - 60.0, STOP_TDB + 61.0, _STEP_S)
    rates = np.broadcast_to([0.0, 0.0, 12.0], (len(times), 3))
    with clean_pool():
        for kernel in (clock, lsk):
            spiceypy.furnsh(str(kernel))
        kernel_writing._write_attitudes(path, [Attitude(times, rotation_z(12.0 * (times - CLOSEST_TDB)), rates)])


def _dated(path: Path, date: str) -> None:
    """Add the label that NAIF's kernels have."""
    handle = spiceypy.dafopw(str(path))
    try:
        spiceypy.dafac(handle, [f"PRODUCT_CREATION_TIME = {date}"])
    finally:
        spiceypy.dafcls(handle)


def write_naif_tree(top: Path) -> Path:
    """Write ``JUNO/kernels`` as on NAIF's server; the folder of kernels."""
    root = top / ROOT.strip("/")
    for folder in ("lsk", "pck", "fk", "ik", "sclk", "spk", "ck"):
        (root / folder).mkdir(parents=True)
    texts = {
        "lsk/naif0012.tls": leap_second_text(),
        "lsk/naif0011.tls": leap_second_text(),
        "pck/pck00010.tpc": rotation_text("IO"),
        "fk/juno_v12.tf": spacecraft_frame_text(),
        "fk/juno_v09.tf": spacecraft_frame_text(),
        "ik/juno_junocam_v03.ti": camera_frame_text().replace("KPL/FK", "KPL/IK"),
        "sclk/JNO_SCLKSCET.00210.tsc": clock_text(SpacecraftClock.before(START_TDB - 60.0)),
        "ck/aareadme.txt": "Not a kernel.\n",
        "ck/juno_sc_rec_231224_231230_v02.lbl": "PDS_VERSION_ID = PDS3\n",
    }
    for name, text in texts.items():
        (root / name).write_text(text, encoding="ascii")
    times = np.arange(START_TDB - 4000.0, STOP_TDB + 100.0, 60.0)
    _spk(root / "spk/de440s.bsp", *(_link(body, "SSB", times) for body in ("SUN", "EARTH", "JUPITER")))
    _spk(root / "spk/jup380s.bsp", *(_link(moon, "JUPITER", times) for moon in MOONS))
    _spk(root / "spk/jup388s.bsp", _link("EUROPA", "JUPITER", times))  # newer, and not enough
    _spk(root / TRAJECTORY, juno_link())
    _dated(root / TRAJECTORY, "2024-01-05T12:00:00")
    _spk(root / "spk/spk_pre_231122_240401_231101_jm0571.bsp", juno_link(1000.0))
    _dated(root / "spk/spk_pre_231122_240401_231101_jm0571.bsp", "2023-11-01T12:00:00")
    _attitude(root / ATTITUDE, root / "sclk/JNO_SCLKSCET.00210.tsc", root / "lsk/naif0012.tls")
    _dated(root / ATTITUDE, "2024-01-04T12:00:00")
    return root


@dataclass
class Server:
    """What a server holds, how it is to misbehave, and what it was asked.

    Faults are used up one by one per path, in the order in which they stand.
    """

    files: dict[str, bytes]
    address: str = ""
    validators: bool = True
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range

    def url(self, path: str) -> str:
        """Address of a path."""
        return self.address + path

    def gets(self, path: str) -> list[str]:
        """Ranges of the downloads of a path."""
        return [span for method, asked, span in self.asked if method == "GET" and asked == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, server: Server, *args: object) -> None:
        self.behaviour = server
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _send(self, status: int, body: bytes, headers: dict[str, str], *, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            with contextlib.suppress(ConnectionError):  # whoever asked may have gone
                self.wfile.write(body[:cut])
        if cut is not None or not headers.get("Content-Length", "x"):
            self.wfile.flush()
            self.close_connection = True

    def _listing(self, path: str) -> bytes:
        rows = []
        for name in sorted(
            name for name in self.behaviour.files if name.startswith(path) and "/" not in name[len(path) :]
        ):
            size = len(self.behaviour.files[name])
            shown = f"{size}" if size < 973 else f"{size / 1024:.{1 if size < 9.95 * 1024 else 0}f}K"
            short = name[len(path) :]
            rows.append(
                f'<img src="/icons/unknown.gif" alt="[   ]"> <a href="{short}">{short[:20]}..&gt;</a> '
                f"2024-01-05 12:00  {shown}  \n"
            )
        head = (
            '<html><body><h1>Index</h1><pre><a href="?C=N;O=D">Name</a> <a href="/pub/naif/">Parent Directory</a>  -\n'
        )
        return (head + "".join(rows) + "</pre></body></html>").encode()

    def _answer(self, *, body: bool) -> None:
        server, path, span = self.behaviour, self.path, self.headers.get("Range", "")
        server.asked.append((self.command, path, span))
        fault = server.faults[path].pop(0) if body and server.faults[path] else ""
        known = path in server.files or (path.endswith("/") and any(name.startswith(path) for name in server.files))
        if fault.isdecimal() or not known:
            self._send(int(fault or 404), b"<html>trouble</html>", {})
            return
        if fault.startswith("to "):
            self._send(302, b"", {"Location": fault[3:]})
            return
        if path.endswith("/"):
            self._send(200, self._listing(path), {"Content-Type": "text/html"})
            return
        if fault == "changes":
            server.files[path] = server.files[path][:-1] + b" "
        if fault == "page":
            self._send(200, b"<!DOCTYPE html><html>Please log in</html>", {"Content-Type": "text/html", "ETag": '"p"'})
            return
        self._send_file(server.files[path], span, fault)

    def _send_file(self, content: bytes, span: str, fault: str) -> None:
        if fault == "sleeps":
            threading.Event().wait(1.0)
        tag = f'"{hash(content)}"' if self.behaviour.validators else ""
        first = int(span.removeprefix("bytes=").removesuffix("-")) if span and fault != "ignores range" else 0
        if self.headers.get("If-Range", tag) != tag and fault != "ignores if-range":
            first = 0
        headers, cut = {"ETag": tag}, None
        if fault.startswith("breaks at "):
            cut = int(fault.rpartition(" ")[2])
        elif fault == "says more":
            headers["Content-Length"] = str(len(content) + 100)
            cut = len(content)
        elif fault == "says less":
            headers["Content-Length"] = str(len(content) // 2)
        elif fault == "says nothing":
            headers |= {"Content-Length": "", "Connection": "close"}
        if first >= len(content):
            self._send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return
        at = first + 7 * (fault == "wrong range")
        if first:
            headers["Content-Range"] = f"bytes {at}-{len(content) - 1}/{len(content)}"
        self._send(206 if first else 200, content[at:], headers, cut=cut)


@contextlib.contextmanager
def serving_files(files: dict[str, bytes]) -> Iterator[Server]:
    """Files by path, with the query if there is one, on a web server of their own."""
    behaviour = Server(files)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, behaviour)) as web:  # type: ignore[arg-type]
        behaviour.address = f"http://127.0.0.1:{web.server_address[1]}"
        thread = threading.Thread(target=web.serve_forever, args=(0.01,))
        thread.start()
        yield behaviour
        web.shutdown()
        thread.join()


@contextlib.contextmanager
def serving(tree: Path) -> Iterator[Server]:
    """The archive on a web server of its own."""
    root = tree.parents[3]
    with serving_files(
        {f"/{path.relative_to(root)}": path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    ) as behaviour:
        yield behaviour
