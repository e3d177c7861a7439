"""``perijove demo``: what Perijove does, on simulated pictures or on one of your own."""

from pathlib import Path

import click

from perijove.cli.options import out_option, overwrite_option, quiet_option
from perijove.cli.pictures.process import process_file
from perijove.cli.pictures.simulate import simulate_to_files
from perijove.export.atomic import ProductSet
from perijove.figures.pictures.contact_sheet import Thumbnail, contact_sheet
from perijove.figures.style import save_figure
from perijove.products import picture_facts, picture_rgba, source_line, summary
from perijove.simulator.scenarios import perijove_57_scenarios

__all__ = ["command"]

_SHEET = "encounter.png"


@click.command("demo")
@click.argument("raw", required=False, type=click.Path(path_type=Path))
@out_option("pictures and products.", default="out")
@overwrite_option
@quiet_option
def command(raw: Path | None, out: Path, overwrite: bool, quiet: bool) -> None:
    """Simulate Juno's close encounter with Io on 2023-12-30 (perijove 57) and process the six pictures.

    With RAW, process that picture instead.
    """

    def tell(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    if raw is not None:
        done, report = process_file(raw, out=out, overwrite=overwrite, quiet=quiet, apart=True)
        tell(summary(done, report, out))
        return
    tell("These pictures are SIMULATED: a synthetic Io, Juno's real path past it on 2023-12-30.")
    paths = simulate_to_files(perijove_57_scenarios(), out=out / "raw", truth=True, overwrite=overwrite, quiet=quiet)
    thumbnails = []
    for path in paths:
        done, report = process_file(path, out=out, overwrite=overwrite, quiet=quiet, apart=True)
        tell(summary(done, report, out))
        facts = picture_facts(done.image.raw, done.location)
        thumbnails.append(
            Thumbnail(
                picture_rgba(done.seen),
                f"{facts.mid_time_utc[11:19]} UTC, {facts.range_km:,.0f} km",
                f"phase {facts.phase_deg:.0f}°, limb {report['fit']['limb_rms_px']:.2f} px rms",  # type: ignore[index]
            )
        )
    with ProductSet(out, overwrite=overwrite) as products:
        sheet = contact_sheet(
            thumbnails,
            title="Juno passes Io, perijove 57, 2023-12-30 (SIMULATED)",
            facts="Six simulated JunoCam pictures, each found, located and put together by Perijove without any kernel",
            source=source_line(done.image.raw),
        )
        save_figure(sheet, products.path(_SHEET))
    tell(f"Open {out / _SHEET} first, then the -quicklook.png, -view.png and -panels.png of each picture.")
