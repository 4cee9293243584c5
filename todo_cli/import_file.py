"""From a file to tasks of a store: checked first, then stored in one step."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import click

from todo_cli.exit_codes import Failure
from todo_cli.formats import Format
from todo_cli.formats.record import Entry, LeftOut, Record, Unreadable, origin
from todo_cli.formats.text_file import BrokenFile, TextFile
from todo_cli.invocation import Invocation
from todo_cli.todo_list import TodoList
from todo_core.errors import InvalidInput
from todo_core.policy import DEFAULT_POLICY
from todo_core.query import Status
from todo_core.task import ABSENT, Idempotency, NewTask, TaskFields, Times

_SHOWN = 10
_LONG = 512 * 1024
"""Bytes of a file that takes long enough to show how far its reading is."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose.

    ``keep_rest`` keeps in descriptions what has no field here, ``skip_invalid`` leaves out what is no task.
    """

    keep_rest: bool = False
    skip_invalid: bool = False


@dataclass(slots=True)
class Tally:
    """What one reading of a file found: tasks, how many of them are there already, and what is not taken."""

    tasks: int = 0
    known: int = 0
    at_most: bool = False
    """Whether more of them may be known, which only storing them can tell."""

    left_out: Counter[str] = field(default_factory=Counter)
    rest: Counter[str] = field(default_factory=Counter)
    invalid: int = 0
    reasons: list[str] = field(default_factory=list)
    """Why the first few of the invalid ones are no tasks, each with its line."""

    def refuse(self, line: int, reason: Exception) -> None:
        """Count what is no task."""
        self.invalid += 1
        if self.invalid <= _SHOWN:
            self.reasons.append(f"line {line}: {reason}")

    @property
    def invalid_lines(self) -> list[str]:
        """What is said of the invalid ones."""
        more = self.invalid - len(self.reasons)
        return [*self.reasons, f"and {more} more"] if more else self.reasons


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read as often as needed, the name that it is spoken of by, and its format."""

    file: BinaryIO
    name: str
    form: Format


class Import:
    """A file of tasks on its way to one user's list."""

    def __init__(self, invocation: Invocation, todo_list: TodoList, source: Source, choices: Choices) -> None:
        self._console = invocation.console
        self._todo_list = todo_list
        self._source = source
        self._reader = source.form.reader()
        self._choices = choices
        self._existing = _ExistingTasks(todo_list)
        self._now = invocation.clock.now()
        self.tally = Tally()

    def check(self) -> None:
        """Read everything once, and count which tasks are known. Raises Failure if something is no task."""
        for _ in self._drafts("Checking"):
            pass

    def count_known(self) -> None:
        """Count the tasks that are there already, as storing them would; or those among them that can be told."""
        known = self._todo_list.count_known(self._drafts("Checking"))
        if known is None:
            self.check()
            self.tally.at_most = True
        else:
            self.tally.known += known

    def store(self) -> Sequence[int]:
        """Store the tasks that are not there yet, and return their ids. ``check`` must have been called."""
        task_ids = self._todo_list.add_all(self._source.name, self._drafts("Importing"))
        self.tally.known = self.tally.tasks - len(task_ids)
        return task_ids

    def _drafts(self, doing: str) -> Iterator[NewTask]:
        """Return a draft for each task that may be new; its key is the same when the file is read again.

        Raises Failure at the end if something was no task, unless that is to be left out.
        """
        self.tally = Tally()
        keys = _Keys()
        for entry in self._entries(doing):
            try:
                draft = self._draft(entry.value, keys)
            except (Unreadable, InvalidInput) as reason:
                self.tally.refuse(entry.line, reason)
            else:
                if draft:
                    yield draft
        if self.tally.invalid and not self._choices.skip_invalid:
            raise self._refusal()

    def _entries(self, doing: str) -> Iterator[Entry]:
        try:
            size = self._source.file.seek(0, io.SEEK_END)
            terminal = self._console.stderr
            hidden = size < _LONG or not terminal.isatty()
            with click.progressbar(length=size, label=doing, hidden=hidden, file=terminal) as bar:
                yield from self._reader.read(TextFile(self._source.file, bar.update))
        except BrokenFile as reason:
            raise Failure(f"Nothing was imported from {self._source.name}: line {reason.line}: {reason}") from None
        except OSError as error:
            raise Failure(f"Nothing was imported from {self._source.name}: {error.strerror}") from error

    def _draft(self, value: Record | LeftOut | Unreadable, keys: "_Keys") -> NewTask | None:
        """Return the draft of a task, None if there can be none. Raises Unreadable and InvalidInput."""
        if isinstance(value, Unreadable):
            raise value
        if isinstance(value, LeftOut):
            self.tally.left_out[value.kind] += 1
            return None
        draft = _draft(self._todo_list.user_id, value, self._now, keep_rest=self._choices.keep_rest)
        key = keys.next(value)
        self.tally.tasks += 1
        self.tally.rest.update(name for name, _ in value.rest)
        if key is None or self._existing.holds(value.origin):
            self.tally.known += 1
            return None
        return draft._replace(idempotency=key)

    def _refusal(self) -> Failure:
        message, lines = f"Nothing was imported from {self._source.name}:", self.tally.invalid_lines
        hint = " --skip-invalid imports the others." if self.tally.tasks else ""
        if len(lines) == 1:
            return Failure(f"{message} {lines[0]}{hint}")
        return Failure(f"{message} {self.tally.invalid} of its tasks cannot be.{hint}", lines)


class _Keys:
    """Idempotency keys from what a record says of itself."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def next(self, record: Record) -> Idempotency | None:
        """Return the key of the next record; None if the file has named the same task before.

        Records that do not say which task they are, but are equal, are counted apart. Whether a task is done is not a
        part of its key: ticked off in the source, it is the same task.
        """
        created_at = record.created_at and record.created_at.isoformat()
        identity = record.origin or json.dumps([record.title, record.description, created_at])
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()
        count = self._seen.get(digest[:16], 0) + 1
        self._seen[digest[:16]] = count
        return None if record.origin and count > 1 else Idempotency(f"import:{digest.hex()}:{count}", digest)


class _ExistingTasks:
    """The user's present tasks, in the trash or not; they are read when a file first names one of them."""

    def __init__(self, todo_list: TodoList) -> None:
        self._todo_list = todo_list
        self._origins: frozenset[str] | None = None

    def holds(self, named: str | None) -> bool:
        """Whether the task that a record names is one of them."""
        user_id = self._todo_list.user_id
        if named is None or not named.startswith(f"{user_id} "):
            return False
        if self._origins is None:
            statuses = (Status.ALL, Status.DELETED)
            tasks = (task for status in statuses for task in self._todo_list.each(status))
            self._origins = frozenset(origin(user_id, task.id, task.created_at) or "" for task in tasks)
        return named in self._origins


def _draft(user_id: str, record: Record, now: datetime, *, keep_rest: bool) -> NewTask:
    rest = [f"{name}: {text}" for name, text in record.rest] if keep_rest else []
    description = "\n".join(filter(None, [record.description, *rest]))
    fields = TaskFields(record.title, description, ABSENT if record.completed is None else record.completed)
    times = Times(record.created_at, record.updated_at, record.completed_at)
    return NewTask.imported(user_id, fields, DEFAULT_POLICY, now, times)
