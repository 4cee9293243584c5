"""The composition root: from what the command line says to the list that a command works on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from todo_adapters.address import ServerAddress, SqliteAddress, StorageAddress, default_address
from todo_cli.program import Program
from todo_cli.stores import history_file, open_store, store_name
from todo_cli.todo_list import TodoList
from todo_core.policy import DEFAULT_POLICY
from todo_core.stored_tasks import StoredTasks
from todo_core.tasks import Tasks

if TYPE_CHECKING:
    from todo_cli.history import History
    from todo_cli.server_login import Login


@contextmanager
def open_list(program: Program) -> Iterator[TodoList]:
    """Open the list that the command line names, for the time of a command.

    Raises StorageUnusable and StorageUnavailable; for a server TokenRefused as well.
    """
    address = program.address
    if isinstance(address, ServerAddress):
        from todo_cli.server_login import find_login  # noqa: PLC0415  a local store does not need it

        with open_server_list(program, find_login(program, address)) as todo_list:
            yield todo_list
        return
    user_id = program.user_id
    begins = isinstance(address, SqliteAddress) and not address.path.exists()
    with open_store(address) as repository:
        if begins and address != default_address():
            program.console.note(f"Created a new store: {store_name(address)}")
        tasks = StoredTasks(repository, program.clock, DEFAULT_POLICY, user_id)
        with _with_history(program, tasks, address, user_id) as todo_list:
            yield todo_list


@contextmanager
def open_server_list(program: Program, login: "Login") -> Iterator[TodoList]:
    """Open the list of the user of a token; nothing is sent yet."""
    from todo_cli.server_login import open_server  # noqa: PLC0415  likewise

    with (
        open_server(login, program.clock) as tasks,
        _with_history(program, tasks, login.server, login.claims.user_id) as todo_list,
    ):
        yield todo_list


@contextmanager
def _with_history(
    program: Program, tasks: Tasks, address: StorageAddress | ServerAddress, user_id: str
) -> Iterator[TodoList]:
    with ExitStack() as resources:

        def open_history() -> "History":
            from todo_adapters.sqlite.undo_journal import UndoJournal  # noqa: PLC0415  a list does not need it
            from todo_cli.history import History  # noqa: PLC0415  likewise

            journal = UndoJournal(history_file(address), store_name(address), user_id)
            return History(resources.enter_context(journal), program.clock, program.console)

        yield TodoList(tasks, user_id, program.clock, open_history)
