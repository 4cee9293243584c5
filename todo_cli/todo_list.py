"""One user's list as the commands and the menu use it: what it changes can be undone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from todo_cli.exit_codes import NotOnServer
from todo_core.errors import TaskNotFound
from todo_core.ports import Clock
from todo_core.query import Status, TaskQuery
from todo_core.stored_tasks import StoredTasks
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task, TaskFields
from todo_core.tasks import Change, Tasks

if TYPE_CHECKING:
    from todo_cli.history import History, Plan


class TodoList:
    """A list that records each change in the history, under the words of the command that makes it.

    A method on several tasks changes all of them or none, and returns them as they are then, in the order of their ids.
    Raises what todo_core.tasks.Tasks raises.
    """

    def __init__(self, tasks: Tasks, user_id: str, clock: Clock, open_history: Callable[[], "History"]) -> None:
        """``open_history`` is called once, when the history is first needed."""
        self.tasks = tasks
        self.user_id = user_id
        self.clock = clock
        self.open_history = open_history

    @cached_property
    def history(self) -> "History":
        """What can be undone."""
        return self.open_history()

    def check(self) -> None:
        """Return if the list can be used."""
        run_now(self.tasks.check())

    def get(self, task_id: int) -> Task:
        """Return a task outside the trash."""
        return run_now(self.tasks.get(task_id))

    def find(self, query: TaskQuery) -> Sequence[Task]:
        """Return the tasks that a query asks for, in its order."""
        return run_now(self.tasks.find(query))

    def count(self, status: Status) -> int:
        """Return how many tasks have a status."""
        return run_now(self.tasks.count(status))

    def each(self, status: Status) -> Iterator[Task]:
        """Return the tasks with a status, the oldest first, without holding them all in memory."""
        pages = self.tasks.pages(status)

        async def next_page() -> Sequence[Task]:
            async for page in pages:
                return page
            return ()

        while page := run_now(next_page()):
            yield from page

    def add(self, fields: TaskFields) -> Task:
        """Add a task."""
        task = run_now(self.tasks.create(fields))
        self.history.added(f"add {task.title}", [task.id], task.created_at)
        return task

    def edit(self, task_ids: Sequence[int], changes: TaskFields) -> Sequence[Task]:
        """Change the fields that were sent."""
        return self._changed("edit", run_now(self.tasks.update(task_ids, changes)))

    def complete(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """Mark tasks as done."""
        return self._changed("done", run_now(self.tasks.complete(task_ids)))

    def reopen(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """Mark tasks as still to do."""
        return self._changed("undone", run_now(self.tasks.reopen(task_ids)))

    def delete(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """Move tasks to the trash."""
        return self._changed("rm", run_now(self.tasks.delete(task_ids)))

    def restore(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """Take tasks out of the trash."""
        return self._changed("restore", run_now(self.tasks.restore(task_ids)))

    def remove(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """Remove tasks for good, in the trash or not; they come back as deleted. Raises NotOnServer."""
        stored = self._stored("A server does not remove tasks for good; it moves them to the trash.")
        gone = [change.before for change in run_now(stored.remove(task_ids))]
        self.history.forgotten(task.id for task in gone)
        return [task.delete(self.clock.now()) for task in gone]

    def add_all(self, source: str, new: Iterable[NewTask]) -> Sequence[int]:
        """Add the tasks of a source that are not known yet, and return their ids."""
        newest = self.clock.now()

        def watched() -> Iterator[NewTask]:
            nonlocal newest
            for draft in new:
                newest = max(newest, draft.created_at)
                yield draft

        task_ids = run_now(self.tasks.add_all(watched()))
        if task_ids:
            with suppress(TaskNotFound):  # Somebody has deleted it already.
                # A server gives tasks its own times, by a clock that may be ahead of this one.
                newest = max(newest, self.get(task_ids[-1]).created_at)
            self.history.added(f"import {source}", task_ids, newest)
        return task_ids

    def count_known(self, new: Iterable[NewTask]) -> int | None:
        """Return how many drafts are there already, and would not be added.

        None if only adding them can tell, as on a server; then nothing is read.
        """
        return run_now(self.tasks.count_known(new)) if isinstance(self.tasks, StoredTasks) else None

    def carry_out(self, plan: "Plan") -> Sequence[Task]:
        """Undo or redo a command. Raises VersionConflict and TaskNotFound when somebody else was there since."""
        changes = run_now(self.tasks.put_back(plan.reversions, plan.entry.done_at))
        tasks = [change.after for change in changes if change.after]
        plan.note(plan.entry, {task.id: task.version for task in tasks})
        return tasks

    def _changed(self, command: str, changes: Sequence[Change]) -> Sequence[Task]:
        self.history.changed(command, changes)
        return [change.after for change in changes if change.after]

    def _stored(self, otherwise: str) -> StoredTasks:
        if not isinstance(self.tasks, StoredTasks):
            raise NotOnServer(otherwise)
        return self.tasks
