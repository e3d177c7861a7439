"""``perijove claims``: what an article said of the flyby of Io, each statement with our figure and a verdict."""

import click

from perijove.cli.ephemeris_choice import built_in
from perijove.cli.handover import hand_over
from perijove.cli.options import json_option, quiet_option, solution_option
from perijove.cli.talk import steps

__all__ = ["command"]


@click.command("claims")
@solution_option
@json_option
@quiet_option
def command() -> None:
    """Check what a popular article said of Juno's flyby of Io against Perijove's own models.

    A statement is confirmed or refuted where its figures, with normal errors, make that 95 % sure.
    """
    from perijove.export.interiors.claims import claim_lines, claim_record
    from perijove.studies.flyby_claims import flyby_claims

    with steps("claims") as tell:
        ephemeris, places = built_in("JUNO")
        claims = flyby_claims(ephemeris, progress=tell)
    record = {"claims": [claim_record(claim) for claim in claims]}
    placed = f"passes by the {places}; orbits of the moons as in jup365"
    rests = "In brackets: how probable the verdict is, with normal errors and given what each figure presumes."
    hand_over(record, "\n".join([*claim_lines(claims), rests, f"Presumed: {placed}."]), ephemeris=placed)
