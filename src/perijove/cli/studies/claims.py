"""``perijove claims``: what an article said of the flyby of Io, each statement with our figure and a verdict."""

import click

from perijove.cli.handover import hand_over
from perijove.cli.options import json_option, quiet_option
from perijove.cli.talk import steps

__all__ = ["command"]


@click.command("claims")
@json_option
@quiet_option
def command() -> None:
    """Check what a popular article said of Juno's flyby of Io against Perijove's own models.

    A statement is confirmed or refuted where its figure, with its error, makes that 95 % sure.
    """
    from perijove.ephemeris.solutions import SOLUTIONS
    from perijove.export.interiors.claims import claim_lines, claim_record
    from perijove.studies.flyby_claims import flyby_claims

    with steps("claims") as tell:
        claims = flyby_claims(progress=tell)
    record = {"claims": [claim_record(claim) for claim in claims]}
    hand_over(record, "\n".join(claim_lines(claims)), ephemeris=SOLUTIONS["io-lead"].title)
