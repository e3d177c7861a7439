"""``perijove heatpipe``: how the tidal heat of an interior reaches the surface."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perijove.cli.handover import as_json, hand_over, new_figure, new_files, refuse_standing
from perijove.cli.option_types import Number, Whole
from perijove.cli.options import json_option, out_option, overwrite_option, plot_option, quiet_option
from perijove.cli.talk import steps
from perijove.constants import SECONDS_PER_YEAR

if TYPE_CHECKING:
    from perijove.heat.crust import Plumbing
    from perijove.heat.transport import HeatTransport

__all__ = ["command"]

_FILES = ("heat-transport.json", "heat-transport.png")
_MYR_S = 1e6 * SECONDS_PER_YEAR
_WITHIN_SIGMA = (-1.0, -0.5, 0.5, 1.0)  # not the ends alone: thickness and melt do not always rise with the power


def _plumbing(intrusion_rate: float | None, intrusion_stop: float | None) -> "Plumbing":
    """How magma is piped through the crust, with what is asked for: a rate per million years, a temperature in K."""
    from perijove.heat.crust import Plumbing

    plumbing = Plumbing()
    if intrusion_rate is not None:
        plumbing = dataclasses.replace(plumbing, intrusion_rate_per_s=intrusion_rate / _MYR_S)
    if intrusion_stop is not None:
        plumbing = dataclasses.replace(plumbing, intrusion_stop_k=intrusion_stop)
    return plumbing


def _write(transport: "HeatTransport", report: dict[str, Any], *, plot: Path | None, out: Path | None) -> None:
    from perijove.export.interiors.heat_transport import heat_transport_facts
    from perijove.figures.interiors.heat_transport import heat_transport_figure
    from perijove.figures.style import save_figure

    figure = heat_transport_figure(
        transport,
        title=f"Heat transport: {report['name']}",
        facts=heat_transport_facts(report),
        source="after Spencer et al. 2020, doi:10.1029/2020JE006443",
    )
    if plot is not None:
        new_figure(plot, figure)
    if out is not None:
        with new_files(out) as products:
            products.path(_FILES[0]).write_text(as_json(report), encoding="utf-8")
            save_figure(figure, products.path(_FILES[1]))


@click.command("heatpipe")
@click.argument("model")
@click.option("--power", type=Number(1e6, 1e18), help="Scale the heating to this power, W.")
@click.option("--power-sigma", type=Number(0.0, 1e18), help="Standard error of the power, W: adds ranges within it.")
@click.option("--intrusion-rate", type=Number(0.0, 1e6), help="Magma that freezes in cold crust, per million years.")
@click.option("--intrusion-stop", type=Number(0.0, 3000.0), help="Rock colder than this takes up no magma, K.")
@click.option("--permeability", type=Number(1e-16, 1e-2), help="k0 of the permeability k0 melt³, m².")
@click.option("--rock-viscosity", type=Number(1e10, 1e26), help="Of the partially molten mantle, Pa s.")
@click.option("--melting", type=Number(200.0, 3000.0), help="Melting temperature, K.")
@click.option(
    "--intrusion-draws",
    type=Whole(8, 100_000),
    help="Also which intrusion rates are possible, from so many crusts; needs --power-sigma.",
)
@json_option
@plot_option("the profiles.")
@out_option("figure and JSON.")
@overwrite_option
@quiet_option
def command(
    model: str,
    power: float | None,
    power_sigma: float | None,
    intrusion_rate: float | None,
    intrusion_stop: float | None,
    permeability: float | None,
    rock_viscosity: float | None,
    melting: float | None,
    intrusion_draws: int | None,
    plot: Path | None,
    out: Path | None,
) -> None:
    """How tidal heat reaches the surface: melt, crust, eruptions.

    MODEL is a TOML file, or the name of a published interior, as for `perijove tides`.
    """
    from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.errors import InputError
    from perijove.export.interiors.heat_transport import heat_transport_lines, heat_transport_record, intrusion_record
    from perijove.heat.transport import heat_transport
    from perijove.studies.intrusion_rate import intrusion_posterior
    from perijove.tides.radial_heating import mantle_heating

    refuse_standing(plot)
    refuse_standing(out, _FILES)
    changes = {
        "permeability_m2": permeability,
        "rock_viscosity_pa_s": rock_viscosity,
        "melting_temperature_k": melting,
    }
    rock = dataclasses.replace(
        IO_MOLTEN_ROCK_SPENCER_2020, **{name: value for name, value in changes.items() if value is not None}
    )
    plumbing = _plumbing(intrusion_rate, intrusion_stop)
    with steps("heatpipe") as tell:
        tell("heating")
        heating = mantle_heating(interior_argument(model))
        if power is not None:
            heating = heating.with_power(power)
        tell("crust and mantle")
        if power_sigma is not None and power_sigma >= heating.power_w:
            raise InputError(f"--power-sigma {power_sigma:g}: not below the power, {heating.power_w:.4g} W")
        transport = heat_transport(heating, rock, plumbing)
        others = []
        if power_sigma is not None:
            tell("errors")
            powers_w = [heating.power_w + part * power_sigma for part in _WITHIN_SIGMA]
            others = [heat_transport(heating.with_power(power_w), rock, plumbing) for power_w in powers_w]
        report = heat_transport_record(transport, others)
        if intrusion_draws is not None:
            if power_sigma is None:
                raise InputError("--intrusion-draws: needs the error of the power; give --power-sigma")
            possible = intrusion_posterior(heating, power_sigma_w=power_sigma, draws=intrusion_draws, tell=tell)
            report |= intrusion_record(possible)
        if plot is not None or out is not None:
            tell("figure")
            _write(transport, report, plot=plot, out=out)
    hand_over(report, "\n".join(heat_transport_lines(report)))
