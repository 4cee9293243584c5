"""todo completion."""

import click

from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.shell_completion import shell_named


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
def completion_command(invocation: Invocation, shell: str) -> None:
    """Print what teaches a shell to complete commands, options, IDs and titles.

    \b
    bash   todo completion bash > ~/.local/share/bash-completion/completions/todo
    zsh    todo completion zsh > ~/.zfunc/_todo     (with fpath=(~/.zfunc $fpath) before compinit)
    fish   todo completion fish > ~/.config/fish/completions/todo.fish
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    for text in shell_named(shell, click.Command("todo"), invocation).source().strip().split("\n"):
        invocation.console.write(text)
