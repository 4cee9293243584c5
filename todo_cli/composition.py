"""The composition root: from what the command line says to the list that a command works on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from todo_adapters.address import ServerAddress, SqliteAddress, StorageAddress, default_address
from todo_cli.invocation import Invocation
from todo_cli.stores import history_file, open_store, store_name
from todo_cli.todo_list import TodoList
from todo_core.errors import StorageUnusable
from todo_core.policy import DEFAULT_POLICY
from todo_core.stored_tasks import StoredTasks
from todo_core.tasks import Tasks

if TYPE_CHECKING:
    from todo_cli.history import History
    from todo_cli.server_login import Login


@contextmanager
def open_list(invocation: Invocation) -> Iterator[TodoList]:
    """Open the list that the command line names, for the time of a command.

    Raises StorageUnusable and StorageUnavailable; for a server TokenRefused as well.
    """
    address = invocation.address
    if isinstance(address, ServerAddress):
        from todo_cli.server_login import find_login  # noqa: PLC0415  a local store does not need it

        with open_server_list(invocation, find_login(invocation, address)) as todo_list:
            yield todo_list
        return
    user_id = invocation.user_id
    begins = isinstance(address, SqliteAddress) and not address.path.exists()
    with open_store(address) as repository:
        if begins and not _is_default(address):
            invocation.console.note(f"Created a new store: {store_name(address)}")
        tasks = StoredTasks(repository, invocation.clock, DEFAULT_POLICY, user_id)
        with _with_history(invocation, tasks, address, user_id) as todo_list:
            yield todo_list


def _is_default(address: StorageAddress) -> bool:
    try:
        return address == default_address()
    except StorageUnusable:  # A user without a home folder has none.
        return False


@contextmanager
def open_server_list(invocation: Invocation, login: "Login") -> Iterator[TodoList]:
    """Open the list of the user of a token; nothing is sent yet."""
    from todo_cli.server_login import open_server  # noqa: PLC0415  likewise

    with (
        open_server(login, invocation.clock) as tasks,
        _with_history(invocation, tasks, login.server, login.claims.user_id) as todo_list,
    ):
        yield todo_list


@contextmanager
def _with_history(
    invocation: Invocation, tasks: Tasks, address: StorageAddress | ServerAddress, user_id: str
) -> Iterator[TodoList]:
    with ExitStack() as resources:

        def open_history() -> "History":
            from todo_adapters.sqlite.undo_journal import UndoJournal  # noqa: PLC0415  a list does not need it
            from todo_cli.history import History  # noqa: PLC0415  likewise

            journal = UndoJournal(partial(history_file, address), store_name(address), user_id)
            return History(resources.enter_context(journal), invocation.clock, invocation.console)

        yield TodoList(tasks, user_id, invocation.clock, open_history)
