"""``perijove limb``: how high the ground stands at the limb, and what shines above it."""

from pathlib import Path

import click

from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.options import (
    control_option,
    json_option,
    kernels_option,
    metadata_option,
    out_option,
    overwrite_option,
    quiet_option,
)
from perijove.cli.talk import steps
from perijove.export.answer import write_text
from perijove.export.pictures.limb_record import heights_csv, limb_record, limb_text, sky_csv
from perijove.picture import open_picture
from perijove.products import source_line
from perijove.relief.limb_view import limb_view

__all__ = ["command"]


@click.command("limb")
@click.argument("raw", type=click.Path(path_type=Path))
@metadata_option
@kernels_option("Trajectory and attitude of Juno.")
@control_option
@out_option("tables (CSV), JSON and figure.")
@overwrite_option
@json_option
@quiet_option
def command(raw: Path, metadata: Path | None, kernels: Path | None, control: Path | None, out: Path | None) -> None:
    """Measure heights along Io's sunlit limb, and look for plumes above it.

    RAW is a mission-site -raw.png or an archive .IMG or .LBL. The picture is located first; the limb that stands out is
    then left out, and the poses are fitted again. With --control the poses stay as they were adjusted.
    """
    with steps(raw.name) as tell:
        picture = open_picture(raw, metadata=metadata, kernels=kernels, control=control)
        picture.progress = tell
        stem = f"{picture.raw.product_id}-limb"
        names = {"json": f"{stem}.json", "heights": f"{stem}-heights.csv", "sky": f"{stem}-plumes.csv"}
        names["figure"] = f"{stem}-heights.png"
        if out is not None:
            refuse_standing(out, names.values())
        location = picture.locate()
        tell("measuring heights and sky")
        view = limb_view(picture.measured, location, refit=control is None)
        record = limb_record(picture.raw, view)
        sources = location.orientation.sources
        if out is not None:
            from perijove.figures.pictures.limb_heights import limb_heights_figure
            from perijove.figures.style import save_figure

            tell("writing")
            with new_files(out) as products:
                products.path(names["json"]).write_text(as_json(record, ephemeris=sources), encoding="utf-8")
                write_text(products.path(names["heights"]), heights_csv(view))
                write_text(products.path(names["sky"]), sky_csv(view))
                figure = limb_heights_figure(view, title=picture.raw.product_id, source=source_line(picture.raw))
                save_figure(figure, products.path(names["figure"]))
    hand_over(record, limb_text(picture.raw, view), ephemeris=sources)
