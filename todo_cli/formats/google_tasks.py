"""What Google Takeout saves of Google Tasks (https://developers.google.com/workspace/tasks/reference/rest/v1/tasks)."""

from collections.abc import Iterator, Mapping

from todo_cli.formats.json_members import member, time_member
from todo_cli.formats.json_stream import documents
from todo_cli.formats.record import Entry, LeftOut, Record, Unreadable, numbered, one_line, rest_of
from todo_cli.formats.text_file import TextFile

_LINKS = ("kind", "etag", "id", "selfLink", "webViewLink", "position", "task_type", "hidden")
"""What says nothing about a task but where Google keeps and shows it."""

_TAKEN = ("title", "notes", "status", "completed", "created", "updated", "deleted", *_LINKS)


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of all lists of a file."""
    for found in documents(file.chunks(), lambda document: "status" in document and "items" not in document):
        yield numbered(found.line, lambda found=found: _task(found.value, found.around))  # type: ignore[misc]


def _task(document: Mapping[str, object] | Unreadable, task_list: Mapping[str, object]) -> Record | LeftOut:
    if isinstance(document, Unreadable):
        raise document
    if document.get("deleted") is True:
        return LeftOut("deleted")
    title, notes = member(document, "title", str) or "", member(document, "notes", str)
    if not title.strip() and not notes:
        return LeftOut("empty")
    completed = document.get("status") == "completed"
    key = member(document, "id", str)
    rest = {name: value for name, value in document.items() if name not in _TAKEN}
    return Record(
        one_line(title),
        notes,
        completed,
        completed_at=time_member(document, "completed") if completed else None,
        created_at=time_member(document, "created"),
        updated_at=time_member(document, "updated"),
        origin=f"google-tasks {key}" if key else None,
        rest=rest_of({**rest, "list": task_list.get("title")}),
    )
