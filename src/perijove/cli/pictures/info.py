"""``perijove info``: what a raw picture's label says."""

from pathlib import Path

import click

from perijove.cli.handover import hand_over
from perijove.cli.options import json_option, metadata_option
from perijove.export.raw_records import label_record, label_text
from perijove.formats.open import read_label

__all__ = ["command"]


@click.command("info")
@click.argument("raw", type=click.Path(path_type=Path))
@metadata_option
@json_option
def command(raw: Path, metadata: Path | None) -> None:
    """Print what the label of a JunoCam picture says.

    RAW is the picture, or its label alone: a -Metadata.json of the mission site, an .LBL of the archive.
    """
    record = label_record(read_label(raw, metadata=metadata))
    hand_over(record, label_text(record))
