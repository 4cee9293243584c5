"""The options that every command knows."""

from collections.abc import Callable

import click

from todo_cli.invocation import Invocation

USER_HELP = (
    "Work as this user. Default: $TODO_USER, else your login name. "
    "A token whose subject is this user shows the same tasks through the service on the same store."
)
DATABASE_HELP = "Use this store: sqlite:///relative.db, sqlite:////absolute.db, memory:// or postgresql://…"
SERVER_HELP = "Work on this server: https://host, or http://localhost:8000 on this machine. Default: $TODO_SERVER."


def _set(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
    invocation = ctx.find_object(Invocation)
    if invocation and value not in {None, False}:
        setattr(invocation.options, parameter.name or "", value)


def options_of_the_program(function: Callable[..., None]) -> Callable[..., None]:
    """Give ``todo`` itself the same options, with their whole help."""
    return _with_options(USER_HELP, DATABASE_HELP, SERVER_HELP)(function)


def common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every command has; it receives the Invocation first."""
    return _with_options(
        "Work as this user; see `todo --help`.",
        "Use this store; see `todo --help`.",
        "Use this server; see `todo --help`.",
    )(click.pass_obj(function))


def _with_options(
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


yes_option = click.option("--yes", is_flag=True, help="Do not ask before removing for good.")
