"""todo auth login, todo auth status, todo auth logout."""

import click

from todo_adapters.address import ServerAddress
from todo_cli.composition import open_server_list
from todo_cli.exit_codes import Misuse
from todo_cli.invocation import Invocation
from todo_cli.json_output import time_text
from todo_cli.options import common_options
from todo_cli.server_login import TOKEN_VARIABLE, Login, bare, find_login, login_with, token_store
from todo_core.query import TaskQuery


@click.group("auth", short_help="Log in to a server and out of it.", no_args_is_help=False)
def auth_command() -> None:
    """Log in to a server and out of it, and see who you are there.

    A token comes from $TODO_TOKEN, else from the system's keyring if the extra `keyring` is installed, else from the
    file tokens.json in your data folder, which only you may read. It is never printed.
    """


@auth_command.command("login", short_help="Keep a token for a server.")
@common_options
def login_command(invocation: Invocation) -> None:
    """Keep a token for a server, once the server has accepted it.

    It is asked for without being shown, or read from standard input:

    \b
    todo auth login --server https://todo.example < token.txt
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    server = _server(invocation)
    token = bare(invocation.console.secret(f"Token for {server.url}"))
    if not token:
        raise Misuse("No token was given; write it to standard input.")
    login = login_with(invocation, server, token, "")
    _try(invocation, login)
    place = token_store().keep(server.url, token)
    _report(invocation, Login(server, token, login.claims, place), "Logged in.")
    if invocation.settings.get(TOKEN_VARIABLE):
        invocation.console.note(f"{TOKEN_VARIABLE} is set, and its token is used instead.")


@auth_command.command("status", short_help="Say who you are on a server, and until when.")
@common_options
def status_command(invocation: Invocation) -> None:
    """Ask a server whether it accepts the token, and say whose it is, until when, and where it is kept."""
    login = find_login(invocation, _server(invocation))
    _try(invocation, login)
    _report(invocation, login, "The server accepts the token.")


@auth_command.command("logout", short_help="Forget the token for a server.")
@common_options
def logout_command(invocation: Invocation) -> None:
    """Forget the token for a server. The server does not learn of that: the token is valid until it expires."""
    server = _server(invocation)
    known = token_store().forget(server.url)
    invocation.output.facts(
        {"server": server.url, "forgotten": known}, "Logged out." if known else "There was no token to forget."
    )
    if invocation.settings.get(TOKEN_VARIABLE):
        invocation.console.note(f"{TOKEN_VARIABLE} is still set, and its token is used.")


def _server(invocation: Invocation) -> ServerAddress:
    address = invocation.address
    if not isinstance(address, ServerAddress):
        raise Misuse("Say which server with --server or TODO_SERVER.")
    return address


def _try(invocation: Invocation, login: Login) -> None:
    with open_server_list(invocation, login) as todo_list:
        todo_list.find(TaskQuery(limit=1))


def _report(invocation: Invocation, login: Login, words: str) -> None:
    facts = {
        "server": login.server.url,
        "user_id": login.claims.user_id,
        "expires_at": time_text(login.claims.expires_at),
        "kept_in": login.place,
    }
    invocation.output.facts(facts, words)
