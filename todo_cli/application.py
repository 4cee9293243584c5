"""The command line: which commands there are, and the options that all of them know."""

from collections.abc import Callable
from importlib import import_module

import click

from todo_cli.exits import HELP as EXIT_HELP
from todo_cli.session import DATABASE_HELP, SERVER_HELP, USER_HELP, Program

COMMANDS = {
    "add": "tasks",
    "list": "tasks",
    "show": "tasks",
    "edit": "tasks",
    "done": "marks",
    "undone": "marks",
    "rm": "trash",
    "restore": "trash",
    "trash": "trash",
    "undo": "undo",
    "redo": "undo",
    "import": "transfer",
    "export": "transfer",
    "auth": "auth",
    "doctor": "care",
    "completion": "care",
    "menu": "menu",
}
"""Each command and its module in todo_cli.commands; only the one that runs is imported."""


COMPLETE_VARIABLE = "_TODO_COMPLETE"
"""Set by the scripts that ``todo completion`` prints, to the shell's name and what it wants."""


class Commands(click.Group):
    """Finds a command in its module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, D102  click says it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, D102  likewise
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"todo_cli.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


def _set(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
    program = ctx.find_object(Program)
    if program and value not in {None, False}:
        setattr(program.options, parameter.name or "", value)


def common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every command has; it receives the Program first."""
    return _options(
        "Work as this user; see `todo --help`.",
        "Use this store; see `todo --help`.",
        "Use this server; see `todo --help`.",
    )(click.pass_obj(function))


def _options(
    user_help: str, database_help: str, server_help: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def add(function: Callable[..., None]) -> Callable[..., None]:
        for option in (
            click.option("--server", metavar="URL", expose_value=False, callback=_set, help=server_help),
            click.option("--database", metavar="URL", expose_value=False, callback=_set, help=database_help),
            click.option("--user", metavar="NAME", expose_value=False, callback=_set, help=user_help),
            click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_set, help="Print bare IDs only."),
            click.option("--json", is_flag=True, expose_value=False, callback=_set, help="Print JSON."),
        ):
            function = option(function)
        return function

    return add


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EXIT_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="todo-service", prog_name="todo")
@_options(USER_HELP, DATABASE_HELP, SERVER_HELP)
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
        console = ctx.ensure_object(Program).console
        if console.stdin.isatty() and console.shows_people:
            from todo_cli.commands.menu import menu_command  # noqa: PLC0415  imported only when it runs, like all

            ctx.invoke(menu_command)
        else:
            raise click.UsageError("Say what to do, or run `todo menu`.", ctx)
