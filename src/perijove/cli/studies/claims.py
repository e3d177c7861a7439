"""``perijove claims``: what an article said of the flyby of Io, each statement with our figure and a verdict."""

import click

from perijove.cli.options import json_option, quiet_option
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps

__all__ = ["command"]


@click.command("claims")
@json_option
@quiet_option
def command(as_json: bool, quiet: bool) -> None:
    """Check what a popular article said of Juno's flyby of Io against Perijove's own models.

    A statement is confirmed or refuted where its figure, with its error, makes that 95 % sure.
    """
    from perijove.ephemeris.solutions import SOLUTIONS
    from perijove.export.answer import answer_json
    from perijove.export.interiors.claims import claim_lines, claim_record
    from perijove.studies.flyby_claims import flyby_claims

    with steps("claims", quiet=quiet) as tell:
        claims = flyby_claims(progress=tell)
    if as_json:
        record, places = {"claims": [claim_record(claim) for claim in claims]}, SOLUTIONS["jup365"].title
        click.echo(answer_json(record, command=typed_command(), ephemeris=places), nl=False)
    else:
        click.echo("\n".join(claim_lines(claims)))
