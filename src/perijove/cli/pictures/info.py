"""``perijove info``: what a raw picture's label says."""

from pathlib import Path

import click

from perijove.cli.handover import hand_over
from perijove.cli.options import json_option, metadata_option
from perijove.formats.image import PictureLabel
from perijove.formats.open import read_label
from perijove.formats.product import FRAMELET_ROWS

__all__ = ["command"]


def _facts(raw: PictureLabel) -> dict[str, object]:
    """The label in Perijove's terms."""
    geometry = raw.geometry
    return {
        "product_id": raw.product_id,
        "target": raw.target,
        "level": raw.level,
        "orbit": raw.orbit,
        "start_utc": raw.start_utc,
        "frames": raw.n_frames,
        "framelets": raw.n_framelets,
        "filters": list(dict.fromkeys(raw.filters)),
        "rows_per_framelet": FRAMELET_ROWS[raw.summing],
        "columns": raw.label["LINE_SAMPLES"],
        "summing": raw.summing,
        "bit_mode": raw.bit_mode,
        "exposure_s": raw.exposure_s,
        "tdi_stages": raw.tdi_stages,
        "interframe_delay_s": raw.interframe_delay_s,
        "sub_spacecraft_lat_planetographic_deg": geometry.sub_spacecraft_lat_deg if geometry else None,
        "sub_spacecraft_lon_west_deg": geometry.sub_spacecraft_lon_west_deg if geometry else None,
        "altitude_km": geometry.altitude_km if geometry else None,
        "solar_distance_km": geometry.solar_distance_km if geometry else None,
        "quirks": list(raw.quirks),
        "warnings": list(raw.warnings),
        "files": [{"name": s.name, "sha256": s.sha256} for s in raw.sources],
    }


@click.command("info")
@click.argument("raw", type=click.Path(path_type=Path))
@metadata_option
@json_option
def command(raw: Path, metadata: Path | None) -> None:
    """Print what the label of a JunoCam picture says.

    RAW is the picture, or its label alone: a -Metadata.json of the mission site, an .LBL of the archive.
    """
    facts = _facts(read_label(raw, metadata=metadata))
    lines = []
    for name, value in facts.items():
        if name != "files":
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{name:38} {'-' if shown in (None, '') else shown}")
    hand_over(facts, "\n".join(lines))
