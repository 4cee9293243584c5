"""The composition root: what a command works with."""

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from todo_adapters.address import StorageAddress, data_folder, default_address, parse_address
from todo_adapters.journal import Journal
from todo_cli.console import Console
from todo_cli.exits import Misuse
from todo_cli.history import History
from todo_cli.output import Output
from todo_cli.stores import history_file, open_store, store_name
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


@dataclass(slots=True)
class Options:
    """What the command line says to every command."""

    database: str | None = None
    user: str | None = None
    json: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """An open store, and one user's use cases on it."""

    user_id: str
    policy: TaskPolicy
    repository: TaskRepository
    tasks: TaskService
    batch: TaskBatch
    history: History


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
    def user_id(self) -> str:
        """The user who works. Raises Misuse for what cannot be a user id."""
        user_id = self.options.user or self.console.environ.get("TODO_USER") or _login_name()
        if not is_user_id(user_id):
            raise Misuse("This cannot be a user: use 1 to 255 visible characters in --user or TODO_USER.")
        return user_id

    @property
    def address(self) -> StorageAddress:
        """The store to work on. Raises StorageUnusable for an address that is not understood."""
        url = self.options.database or self.console.environ.get("DATABASE_URL")
        return parse_address(url) if url else default_address()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the store for the time of a command. Raises StorageUnusable and StorageUnavailable."""
        user_id, address, policy = self.user_id, self.address, TaskPolicy()
        journal = Journal(history_file(address, data_folder()), store_name(address), user_id)
        with open_store(address) as repository, closing(journal):
            batch = TaskBatch(repository, self.clock, policy)
            yield Session(
                user_id=user_id,
                policy=policy,
                repository=repository,
                tasks=TaskService(repository, self.clock, policy),
                batch=batch,
                history=History(journal, batch, user_id, self.clock, self.console),
            )


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Misuse("Your login name is unknown; say who you are with --user or TODO_USER.") from None
