"""Tasks as the API shows them, one on each line. An export and an import of it lose nothing.

What is read may also be an array, or a saved answer of the API.
"""

from collections.abc import Iterable, Iterator, Mapping

from todo_cli.formats.json_members import member, time_member
from todo_cli.formats.json_stream import documents
from todo_cli.formats.record import Entry, Record, Unreadable, done_member, numbered, origin, rest_of
from todo_cli.formats.text_file import TextFile
from todo_cli.json_output import line, task_document
from todo_core.task import PUBLISHED_FIELDS, Task


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return one document for each task."""
    return (line(task_document(task)) for task in tasks)


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file."""
    for found in documents(file.chunks(), lambda document: "title" in document):
        yield numbered(found.line, lambda value=found.value: _record(value))  # type: ignore[misc]


def _record(document: Mapping[str, object] | Unreadable) -> Record:
    if isinstance(document, Unreadable):
        raise document
    title = member(document, "title", str)
    if title is None:
        raise Unreadable("The title is required.")
    times = {name: time_member(document, name) for name in ("completed_at", "created_at", "updated_at")}
    done = done_member(document, _is_truth)
    return Record(
        title,
        member(document, "description", str),
        _completed(document, done),
        times["completed_at"],
        times["created_at"],
        times["updated_at"],
        origin(_identifier(document, "user_id"), _identifier(document, "id"), times["created_at"]),
        rest_of({name: value for name, value in document.items() if name not in {*PUBLISHED_FIELDS, done}}),
    )


def _identifier(document: Mapping[str, object], name: str) -> str | int | None:
    """Return what identifies a user or a task; other services have numbers and texts for either."""
    if isinstance(text := document.get(name), str):
        return text
    return member(document, name, int)


def _completed(document: Mapping[str, object], name: str) -> bool | None:
    """Return whether a task is done; databases without a type for that write 0 and 1."""
    value = document.get(name)
    return bool(value) if _is_truth(value) else member(document, name, bool)


def _is_truth(value: object) -> bool:
    return type(value) in {bool, int} and value in {0, 1}
