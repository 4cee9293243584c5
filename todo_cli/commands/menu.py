"""menu."""

import click

from todo_cli.application import common_options
from todo_cli.menu import Menu
from todo_cli.session import Program


@click.command("menu", short_help="The numbered menu.")
@common_options
def menu_command(program: Program) -> None:
    """Open the numbered menu, line by line; it works through a pipe as well.

    \b
    printf '1\\nBuy milk\\n\\n2\\n6\\n' | todo menu
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    with program.session() as session:
        code = Menu(session, program.console).run()
    raise click.exceptions.Exit(code)
