"""todo menu."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.menu import Menu
from todo_cli.options import common_options


@click.command("menu", short_help="The numbered menu.")
@common_options
def menu_command(invocation: Invocation) -> None:
    """Open the numbered menu, line by line; it works through a pipe as well.

    \b
    printf '1\\nBuy milk\\n\\n2\\n6\\n' | todo menu
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    with open_list(invocation) as todo_list:
        code = Menu(todo_list, invocation.console).run()
    raise click.exceptions.Exit(code)
