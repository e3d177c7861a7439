"""SPICE kernels that are planned, fetched or at hand, as records for JSON and as text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from perijove.archive.kernel_plan import PlannedFile, Request
from perijove.archive.kernel_set import BodyCoverage, KernelSet
from perijove.ephemeris.spice.kernels import Kernels
from perijove.export.answer import megabytes
from perijove.timescales import utc_or_none

__all__ = ["list_record", "list_text", "plan_record", "plan_text", "plan_total", "set_record", "set_text"]


def plan_total(files: Sequence[PlannedFile]) -> str:
    """How many kernels, how many of them are here, and what is to be fetched."""
    todo = [file for file in files if not file.here]
    known = sum(file.size_bytes or 0 for file in todo)
    more = "" if all(file.size_bytes is not None for file in todo) else " and some of unknown size"
    return f"{len(files)} kernels, {len(files) - len(todo)} of them here; to fetch: {megabytes(known)}{more}"


def plan_text(files: Sequence[PlannedFile]) -> str:
    """What would be fetched, one kernel a line."""
    rows = [
        f"{file.kernel.role.name:13} {file.entry.name:42} {megabytes(file.size_bytes):>10}" + "  here" * file.here
        for file in files
    ]
    return "\n".join([*rows, plan_total(files)])


def plan_record(files: Sequence[PlannedFile], request: Request, folder: Path) -> dict[str, object]:
    """What would be fetched, with the keys of JSON output."""
    return {
        "dir": str(folder),
        "from_utc": request.from_utc,
        "to_utc": request.to_utc,
        "files": [
            {
                "name": file.entry.name,
                "role": file.kernel.role.name,
                "kind": file.kernel.role.kind,
                "path": file.path,
                "url": file.url,
                "size_bytes": file.size_bytes,
                "here": file.here,
            }
            for file in files
        ],
    }


def set_record(done: KernelSet) -> dict[str, object]:
    """What was fetched and what it covers, with the keys of JSON output."""
    return {
        "dir": str(done.folder),
        "from_utc": done.request.from_utc,
        "to_utc": done.request.to_utc,
        "files": [
            {
                "path": one.planned.path,
                "role": one.planned.kernel.role.name,
                "kind": one.planned.kernel.role.kind,
                "url": one.record.url,
                "size_bytes": one.record.size_bytes,
                "sha256": one.record.sha256,
                "fetched": one.fetched,
            }
            for one in done.files
        ],
        "coverage": [
            {"role": row.role, "body": row.body, "covered": row.covered, "longest_gap_s": row.longest_gap_s}
            for row in done.coverage
        ],
    }


def set_text(done: KernelSet) -> str:
    """The same for people."""
    lines = [f"{'fetched' if one.fetched else 'here   '}  {one.planned.path}" for one in done.files]
    lines += [
        f"covered from {done.request.from_utc} to {done.request.to_utc} UTC:",
        *map(_coverage_text, done.coverage),
    ]
    return "\n".join([*lines, f"use it with --kernels {done.folder}"])


def _coverage_text(row: BodyCoverage) -> str:
    gap = f", longest gap {row.longest_gap_s:.0f} s" if row.gaps else ""
    return f"  {row.body:15} {row.covered:7.2%}{gap}"


def list_record(kernels: Kernels) -> dict[str, Any]:
    """``kernels``: files in the order in which they are loaded, with what they cover; None before there was UTC."""
    coverage = kernels.coverage()
    return {
        "kernels": [
            {
                "name": file.path.name,
                "kind": file.kind,
                "created": file.created or None,
                "coverage": [
                    {
                        "body": row.body,
                        "from_utc": utc_or_none(row.start_tdb, digits=0),
                        "to_utc": utc_or_none(row.stop_tdb, digits=0),
                    }
                    for row in coverage
                    if row.file is file
                ],
            }
            for file in kernels.files
        ]
    }


def list_text(record: Mapping[str, Any]) -> str:
    """A `list_record` for people."""
    lines = []
    for row in record["kernels"]:
        lines.append(f"{row['kind']:4} {row['name']}" + (f" of {row['created']}" if row["created"] else ""))
        for body in dict.fromkeys(stretch["body"] for stretch in row["coverage"]):
            own = [stretch for stretch in row["coverage"] if stretch["body"] == body]
            first, last = own[0]["from_utc"] or "before 1972", own[-1]["to_utc"] or "before 1972"
            count = f", {len(own)} stretches" if len(own) > 1 else ""
            lines.append(f"       {body:20} {first} to {last}{count}")
    return "\n".join(lines)
