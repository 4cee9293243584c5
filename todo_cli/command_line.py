"""The command line: which commands there are, and the options that all of them know."""

from importlib import import_module
from keyword import iskeyword

import click

from todo_cli.exit_codes import HELP as EXIT_HELP
from todo_cli.invocation import Invocation
from todo_cli.options import options_of_the_program
from todo_core.override import override

COMMANDS = (
    "add",
    "list",
    "show",
    "edit",
    "done",
    "undone",
    "rm",
    "restore",
    "trash",
    "undo",
    "redo",
    "import",
    "export",
    "auth",
    "doctor",
    "completion",
    "menu",
)
"""Each is a module in todo_cli.commands; only the one that runs is imported."""


class Commands(click.Group):
    """Finds a command in its module when it is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"todo_cli.commands.{cmd_name}{'_' if iskeyword(cmd_name) else ''}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EXIT_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="todo-service", prog_name="todo")
@options_of_the_program
@click.pass_context
def todo(ctx: click.Context) -> None:
    """Your to-do list. Alone on a terminal, `todo` is a numbered menu.

    The list is kept in the store that --database names, else $DATABASE_URL, else a file in your data folder, which the
    service uses too. What you do, you do as the user that --user names, else $TODO_USER, else your login name: a token
    for that user shows the same tasks through the service. What is not set in the environment is looked up in the file
    .env of the working directory, as by the service.

    With --server or $TODO_SERVER the same commands work on a server instead, as the user of the token that `todo auth
    login` keeps, or $TODO_TOKEN.

    Results go to standard output: a table on a terminal, tab-separated lines in a pipe, JSON with --json, bare IDs with
    -q. Everything else goes to standard error. NO_COLOR turns colours off.
    """
    if ctx.invoked_subcommand is None:
        console = ctx.ensure_object(Invocation).console
        if console.stdin.isatty() and console.shows_people:
            from todo_cli.commands.menu import menu_command  # noqa: PLC0415  imported only when it runs, like all

            ctx.invoke(menu_command)
        else:
            raise click.UsageError("Say what to do, or run `todo menu`.", ctx)
