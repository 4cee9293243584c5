"""From the tasks of a store to a file, a page at a time."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from todo_cli.exits import Misuse
from todo_cli.session import Session
from todo_core.driver import run_now
from todo_core.query import PAGE_LIMIT, Status, TaskQuery
from todo_core.task import Task


def pages(session: Session, status: Status) -> Iterator[Task]:
    """Return the user's tasks, the oldest first, without holding them all in memory."""
    query = TaskQuery(status, limit=PAGE_LIMIT)
    while True:
        tasks = run_now(session.tasks.list(session.user_id, query))
        yield from tasks
        if len(tasks) < PAGE_LIMIT:
            return
        query = TaskQuery(status, limit=PAGE_LIMIT, after=query.sort.position(tasks[-1]))


def write_whole(file: Path, lines: Iterable[str], *, force: bool) -> None:
    """Write a file that is there with all its lines or not at all. Raises Misuse if it exists, unless forced."""
    if file.exists() and not force:
        raise Misuse(f"{file} exists already; say --force to replace it.")
    if file.exists() and not file.is_file():
        raise Misuse(f"{file} is not a file.")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=file.parent, delete=False) as part:
        try:
            part.writelines(f"{text}\n" for text in lines)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(file)
        except BaseException:
            Path(part.name).unlink()
            raise
