"""What every command is given: the program's streams, its clock and its options."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from todo_adapters.address import ServerAddress, StorageAddress, default_address, parse_address
from todo_cli.console import Console
from todo_cli.exit_codes import Misuse
from todo_cli.output import Output
from todo_cli.settings import read_settings, settings_file
from todo_core.ports import Clock
from todo_core.text import is_user_id

COMPLETE_VARIABLE = "_TODO_COMPLETE"
"""Set by the scripts that ``todo completion`` prints, to the shell's name and what it wants."""


class Options:
    """What the command line says to every command."""

    def __init__(self) -> None:
        self.database: str | None = None
        self.server: str | None = None
        self.user: str | None = None
        self.json = False
        self.quiet = False


class Invocation:
    """One run of the program: its streams, its clock and the options of its command line."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self.console = console
        self.clock = clock
        self.options = Options()

    @property
    def output(self) -> Output:
        """Where results go."""
        return Output(self.console, self.options.json, self.options.quiet)

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """What the environment and a file named .env say, by the names of the variables; empty is unset."""
        return read_settings(self.console.environ)

    @property
    def user_id(self) -> str:
        """The user who works. Raises Misuse for what cannot be a user id."""
        user_id = self.options.user
        if user_id is None:
            user_id = self.settings.get("TODO_USER") or _login_name()
        if not is_user_id(user_id):
            raise Misuse("This cannot be a user name; use 1 to 255 visible characters in --user or TODO_USER.")
        return user_id

    @property
    def address(self) -> StorageAddress | ServerAddress:
        """The store to work on. Raises StorageUnusable for an address that is not understood, and Misuse for two."""
        url, server = self.options.database, self.options.server
        if url is not None and server is not None:
            raise Misuse("Either --database or --server, not both.")
        if url is None and server is None:
            server = self.settings.get("TODO_SERVER")
        if server is not None:
            from todo_adapters.rest.server_url import parse_server  # noqa: PLC0415  a local store does not need it

            return parse_server(server)
        if url is None:
            url = self.settings.get("DATABASE_URL")
        return default_address() if url is None else parse_address(url)

    @property
    def address_file(self) -> Path | None:
        """The file of settings that says which store or server it is, if one does."""
        if self.options.database is not None or self.options.server is not None:
            return None
        name = next((name for name in ("TODO_SERVER", "DATABASE_URL") if name in self.settings), None)
        return None if name is None or self.console.environ.get(name) else settings_file()


def _login_name() -> str:
    from getpass import getuser  # noqa: PLC0415  who is named does not need it

    try:
        return getuser()
    except (KeyError, OSError):
        raise Misuse("Your login name is unknown; say who you are with --user or TODO_USER.") from None
