"""Undo and redo by whole commands."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from todo_adapters.sqlite.undo_journal import Entry, Step, UndoJournal
from todo_cli.console import Console
from todo_core.errors import StorageError
from todo_core.ports import Clock
from todo_core.task import ABSENT, TaskState
from todo_core.tasks import Change, Reversion

_SHOWN = 10


class Plan(NamedTuple):
    """A command that can be undone, or done again, and what that would do to its tasks."""

    verb: str
    entry: Entry
    reversions: Sequence[Reversion]
    note: Callable[[Entry, Mapping[int, int]], None]

    @property
    def summary(self) -> Iterator[str]:
        """Lines that say what will happen."""
        yield f"{self.verb} `todo {self.entry.command}`:"
        for reversion in self.reversions[:_SHOWN]:
            yield f"  {_effect(reversion)}"
        if len(self.reversions) > _SHOWN:
            yield f"  and {len(self.reversions) - _SHOWN} more"


class History:
    """What one user's console commands did to one store."""

    def __init__(self, journal: UndoJournal, clock: Clock, console: Console) -> None:
        self._journal = journal
        self._clock = clock
        self._console = console

    def added(self, command: str, task_ids: Iterable[int], newest: datetime) -> None:
        """Remember that a command made tasks, none of them created after ``newest``; undo puts them into the trash."""
        now = self._clock.now()
        absent, present = TaskState(deleted_at=now), TaskState(deleted_at=None)
        # Another clock may have been ahead of this one.
        self._record(command, max(now, newest), (Step(task_id, absent, 0, present, 1) for task_id in task_ids))

    def changed(self, command: str, changes: Sequence[Change]) -> None:
        """Remember what a command changed, if anything; ``command`` is its first word."""
        steps = [
            Step(
                before.id,
                TaskState.difference(before, after),
                before.version,
                TaskState.difference(after, before),
                after.version,
            )
            for before, after in ((change.before, change.after) for change in changes)
            if after is not None and after is not before
        ]
        if steps:
            newest = max(change.before.created_at for change in changes)
            shown = words([change.before.id for change in changes])
            self._record(f"{command} {shown}", max(self._clock.now(), newest), steps)

    def forgotten(self, task_ids: Iterable[int]) -> None:
        """Forget tasks that are gone for good."""
        try:
            self._journal.forget(task_ids)
        except StorageError as error:
            self._console.note(f"The history was not cleaned up: {error}")

    def undo(self) -> Plan | None:
        """Return what undo would do; None when there is nothing to undo."""
        entry = self._journal.latest()
        if entry is None:
            return None
        steps = [Reversion(step.task_id, step.after_version, step.before) for step in entry.steps]
        return Plan("Undo", entry, steps, self._journal.undone)

    def redo(self) -> Plan | None:
        """Return what redo would do; None when there is nothing to do again."""
        entry = self._journal.next()
        if entry is None:
            return None
        steps = [Reversion(step.task_id, step.before_version, step.after) for step in entry.steps]
        return Plan("Redo", entry, steps, self._journal.redone)

    def drop(self, plan: Plan) -> None:
        """Forget the command without undoing it."""
        self._journal.drop(plan.entry)

    def _record(self, command: str, now: datetime, steps: Iterable[Step]) -> None:
        try:
            self._journal.record(command, now, steps)
        except StorageError as error:
            self._console.note(f"Done, but it cannot be undone: {error}")


def words(task_ids: Sequence[int]) -> str:
    """Return ids as the history shows them."""
    shown = " ".join(map(str, task_ids[:_SHOWN]))
    return f"{shown} …" if len(task_ids) > _SHOWN else shown


def _effect(reversion: Reversion) -> str:
    state, effects = reversion.state, []
    if state.deleted_at is not ABSENT:
        effects.append("move to the trash" if state.deleted_at else "take out of the trash")
    if state.completed_at is not ABSENT:
        effects.append("mark as completed" if state.completed_at else "mark as pending")
    if state.title is not ABSENT:
        effects.append(f"call it \u201c{state.title}\u201d")
    if state.description is not ABSENT:
        effects.append("give back its description" if state.description else "remove its description")
    return f"task {reversion.task_id}: {', '.join(effects)}"
