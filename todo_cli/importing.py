"""From the lines of a file to tasks of a store: checked first, then stored in one step."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from todo_cli.exits import Failure
from todo_cli.formats import Format
from todo_cli.formats.record import Record, Unreadable
from todo_core.errors import InvalidInput
from todo_core.policy import TaskPolicy
from todo_core.task import Idempotency, NewTask, TaskChanges

LINE_LIMIT = 256 * 1024
"""Bytes; a task with everything in it, escaped in the longest way, is far shorter."""

_ERRORS_SHOWN = 10


class Source:
    """A file of tasks of one user, which can be read as often as needed."""

    def __init__(self, file: BinaryIO, name: str, form: Format) -> None:
        self._file = file
        self._name = name
        self._format = form

    def drafts(
        self, user_id: str, policy: TaskPolicy, now: datetime, reached: Callable[[int], None]
    ) -> Iterator[NewTask]:
        """Return a draft for each task; every one has an idempotency key that another reading gives it again.

        Raises Failure, at the end or after too many of them, when lines are not tasks. ``reached`` is told how many
        bytes are read.
        """
        keys = _Keys()
        errors: list[str] = []
        for found in self._format.read(self._lines(reached)):
            try:
                if isinstance(found.value, Unreadable):
                    raise found.value
                yield _draft(user_id, found.value, policy, now, keys.next(found.value))
            except (Unreadable, InvalidInput) as reason:
                errors.append(f"line {found.line}: {reason}")
                if len(errors) > _ERRORS_SHOWN:
                    break
        if errors:
            raise self._refusal(*errors[:_ERRORS_SHOWN], *(["and more"] if len(errors) > _ERRORS_SHOWN else []))

    def _lines(self, reached: Callable[[int], None]) -> Iterator[str]:
        self._seek()
        number = 0
        while line := self._file.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise self._refusal(f"line {number}: This is longer than {LINE_LIMIT} bytes.")
            reached(self._file.tell())
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise self._refusal(f"line {number}: This is not UTF-8 text.") from None

    def _seek(self) -> None:
        try:
            self._file.seek(0)
        except OSError as error:
            raise self._refusal(str(error.strerror)) from error

    def _refusal(self, *reasons: str) -> Failure:
        message = f"Nothing was imported from {self._name}:"
        return Failure(f"{message} {reasons[0]}") if len(reasons) == 1 else Failure(message, reasons)


class _Keys:
    """Idempotency keys from what a record says of itself; equal records of one file are counted apart."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def next(self, record: Record) -> Idempotency:
        """Return the key of the next record.

        Whether a task is done is not a part of it: ticked off in the source, it is the same task.
        """
        created_at = record.created_at and record.created_at.isoformat()
        identity = record.origin or json.dumps([record.title, record.description, created_at])
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).digest()
        count = 1
        if record.origin is None:
            count += self._seen.get(digest[:16], 0)
            self._seen[digest[:16]] = count
        return Idempotency(f"import:{digest.hex()}:{count}", digest)


def _draft(user_id: str, record: Record, policy: TaskPolicy, now: datetime, key: Idempotency) -> NewTask:
    fields = TaskChanges(title=record.title, description=record.description)
    created_at = record.created_at or now
    draft = NewTask.draft(user_id, fields, policy, created_at, key)
    completed = record.completed_at is not None if record.completed is None else record.completed
    if not completed and record.completed_at:
        raise Unreadable("A task with a completed_at must be completed.")
    completed_at = (record.completed_at or record.updated_at or now) if completed else None
    updated_at = record.updated_at or max(created_at, completed_at or created_at)
    return replace(draft, completed_at=completed_at, updated_at=updated_at)
