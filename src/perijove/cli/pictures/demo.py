"""``perijove demo``: what Perijove does, on simulated pictures or on one of your own."""

from pathlib import Path

import click

from perijove.cli.options import out_option, overwrite_option, quiet_option
from perijove.cli.pictures.simulate import simulate_to_files
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps
from perijove.export.atomic import ProductSet
from perijove.figures.pictures.contact_sheet import Thumbnail, contact_sheet
from perijove.figures.style import save_figure
from perijove.picture import MappedPicture, open_picture
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

    def processed(path: Path) -> MappedPicture:
        with steps(path.name, quiet=quiet) as step:
            picture = open_picture(path)
            picture.progress, picture.apart, picture.command = step, True, typed_command()
            mapped = picture.save(out, overwrite=overwrite)
        tell(summary(mapped.done, mapped.report, out))
        return mapped

    if raw is not None:
        processed(raw)
        return
    tell("These pictures are SIMULATED: a synthetic Io, Juno's real path past it on 2023-12-30.")
    paths = simulate_to_files(perijove_57_scenarios(), out=out / "raw", truth=True, overwrite=overwrite, quiet=quiet)
    thumbnails = []
    for path in paths:
        mapped = processed(path)
        done, fit = mapped.done, mapped.report["fit"]
        assert isinstance(fit, dict)
        facts = picture_facts(done.image.raw, done.location)
        thumbnails.append(
            Thumbnail(
                picture_rgba(done.seen),
                f"{facts.mid_time_utc[11:19]} UTC, {facts.range_km:,.0f} km",
                f"phase {facts.phase_deg:.0f}°, limb {fit['limb_rms_px']:.2f} px rms",
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
    tell(f"Open {out / _SHEET} first, then the -quicklook.png and -view.png of each picture.")
