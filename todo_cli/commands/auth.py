"""todo auth login, todo auth status, todo auth logout."""

import click

from todo_adapters.address import ServerAddress
from todo_cli.composition import open_server_list
from todo_cli.exit_codes import Misuse
from todo_cli.json_output import time_text
from todo_cli.options import common_options
from todo_cli.program import Program
from todo_cli.server_login import TOKEN_VARIABLE, Login, find_login, login_with, token_store
from todo_core.query import TaskQuery


@click.group("auth", short_help="Log in to a server and out of it.", no_args_is_help=False)
def auth_command() -> None:
    """Log in to a server and out of it, and see who you are there.

    A token comes from $TODO_TOKEN, else from the system's keyring if the extra `keyring` is installed, else from the
    file tokens.json in your data folder, which only you may read. It is never printed.
    """


@auth_command.command("login", short_help="Keep a token for a server.")
@common_options
def login_command(program: Program) -> None:
    """Keep a token for a server, once the server has accepted it.

    It is asked for without being shown, or read from standard input:

    \b
    todo auth login --server https://todo.example < token.txt
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    server = _server(program)
    token = program.console.secret(f"Token for {server.url}")
    if not token:
        raise Misuse("No token was given; write it to standard input.")
    login = login_with(program, server, token, "")
    _try(program, login)
    place = token_store().keep(server.url, token)
    _report(program, Login(server, token, login.claims, place), "Logged in.")
    if program.settings.get(TOKEN_VARIABLE):
        program.console.note(f"{TOKEN_VARIABLE} is set, and its token is used instead.")


@auth_command.command("status", short_help="Say who you are on a server, and until when.")
@common_options
def status_command(program: Program) -> None:
    """Ask a server whether it accepts the token, and say whose it is, until when, and where it is kept."""
    login = find_login(program, _server(program))
    _try(program, login)
    _report(program, login, "The server accepts the token.")


@auth_command.command("logout", short_help="Forget the token for a server.")
@common_options
def logout_command(program: Program) -> None:
    """Forget the token for a server. The server does not learn of that: the token is valid until it expires."""
    server = _server(program)
    known = token_store().forget(server.url)
    program.output.facts(
        {"server": server.url, "forgotten": known}, "Logged out." if known else "There was no token to forget."
    )
    if program.settings.get(TOKEN_VARIABLE):
        program.console.note(f"{TOKEN_VARIABLE} is still set, and its token is used.")


def _server(program: Program) -> ServerAddress:
    address = program.address
    if not isinstance(address, ServerAddress):
        raise Misuse("Say which server with --server or TODO_SERVER.")
    return address


def _try(program: Program, login: Login) -> None:
    with open_server_list(program, login) as todo_list:
        todo_list.find(TaskQuery(limit=1))


def _report(program: Program, login: Login, words: str) -> None:
    facts = {
        "server": login.server.url,
        "user_id": login.claims.user_id,
        "expires_at": time_text(login.claims.expires_at),
        "kept_in": login.place,
    }
    program.output.facts(facts, words)
