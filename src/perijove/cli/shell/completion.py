"""``perijove completion``: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from perijove.cli.group import COMPLETE, command_group

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a script that lets SHELL complete commands and options with the tab key.

    Add the line `eval "$(perijove completion bash)"` to ~/.bashrc, or the same with zsh to ~/.zshrc; for fish write
    `perijove completion fish > ~/.config/fish/completions/perijove.fish`.
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(command_group([]), {}, "perijove", COMPLETE).source())
