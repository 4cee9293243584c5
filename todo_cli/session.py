"""The composition root: what a command works with."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from todo_adapters.address import ServerAddress, SqliteAddress, StorageAddress, default_address, parse_address
from todo_cli.console import Console
from todo_cli.exits import Misuse
from todo_cli.output import Output
from todo_cli.settings import read_settings
from todo_cli.stores import history_file, open_store, store_name

if TYPE_CHECKING:
    from todo_cli.history import History
    from todo_core.batch import TaskBatch
from todo_core.policy import TaskPolicy
from todo_core.ports import Clock, TaskRepository
from todo_core.service import TaskService
from todo_core.text import is_user_id

USER_HELP = (
    "Work as this user. Default: $TODO_USER, else your login name. "
    "A token whose subject is this user shows the same tasks through the service on the same store."
)
DATABASE_HELP = "Use this store: sqlite:///relative.db, sqlite:////absolute.db, memory:// or postgresql://…"
SERVER_HELP = "Work on this server: https://host, or http://localhost:8000 on this machine. Default: $TODO_SERVER."


@dataclass(slots=True)
class Options:
    """What the command line says to every command."""

    database: str | None = None
    server: str | None = None
    user: str | None = None
    json: bool = False
    quiet: bool = False
    settings: Mapping[str, str] | None = None
    """Those beside the command line, once they are read."""


@dataclass(frozen=True)
class Session:
    """An open store, and one user's use cases on it, each made when it is first needed."""

    program: "Program"
    user_id: str
    address: StorageAddress | ServerAddress
    repository: TaskRepository
    resources: ExitStack

    @cached_property
    def policy(self) -> TaskPolicy:
        """The rules of the console: the limits of most contracts, and a trash."""
        return TaskPolicy()

    @cached_property
    def tasks(self) -> TaskService:
        """The use cases on one task."""
        return TaskService(self.repository, self.program.clock, self.policy)

    @cached_property
    def batch(self) -> "TaskBatch":
        """The use cases on several tasks at once."""
        from todo_core.batch import TaskBatch  # noqa: PLC0415  a list does not need it

        return TaskBatch(self.repository, self.program.clock, self.policy)

    @cached_property
    def history(self) -> "History":
        """What can be undone."""
        from todo_adapters.journal import Journal  # noqa: PLC0415  likewise
        from todo_cli.history import History  # noqa: PLC0415

        path = history_file(self.address)
        journal = self.resources.enter_context(Journal(path, store_name(self.address), self.user_id))
        return History(journal, self.batch, self.user_id, self.program.clock, self.program.console)


@dataclass(frozen=True, slots=True)
class Program:
    """One run of the program: its streams, its clock and the options of its command line."""

    console: Console
    clock: Clock
    options: Options = field(default_factory=Options)

    @property
    def output(self) -> Output:
        """Where results go."""
        return Output(self.console, self.options.json, self.options.quiet)

    @property
    def settings(self) -> Mapping[str, str]:
        """What the environment and a file named .env say, by the names of the variables; empty is unset."""
        if self.options.settings is None:
            self.options.settings = read_settings(self.console.environ)
        return self.options.settings

    @property
    def user_id(self) -> str:
        """The user who works. Raises Misuse for what cannot be a user id."""
        user_id = self.options.user
        if user_id is None:
            user_id = self.settings.get("TODO_USER") or _login_name()
        if not is_user_id(user_id):
            raise Misuse("This cannot be a user: use 1 to 255 visible characters in --user or TODO_USER.")
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
            from todo_adapters.rest.server import parse_server  # noqa: PLC0415  a local store does not need it

            return parse_server(server)
        if url is None:
            url = self.settings.get("DATABASE_URL")
        return default_address() if url is None else parse_address(url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the store for the time of a command.

        Raises StorageUnusable and StorageUnavailable; for a server TokenRefused as well.
        """
        address = self.address
        with ExitStack() as resources:
            if isinstance(address, ServerAddress):
                from todo_cli.remote import find_login, open_server  # noqa: PLC0415  likewise

                login = find_login(self, address)
                user_id = login.claims.user_id
                repository = resources.enter_context(open_server(login))
            else:
                user_id = self.user_id
                begins = isinstance(address, SqliteAddress) and not address.path.exists()
                repository = resources.enter_context(open_store(address))
                if begins and address != default_address():
                    self.console.note(f"A new store was begun: {store_name(address)}")
            yield Session(self, user_id, address, repository, resources)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Misuse("Your login name is unknown; say who you are with --user or TODO_USER.") from None
