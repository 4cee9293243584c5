"""What ``task export`` writes (https://taskwarrior.org/docs/design/task/): an array, or one task on each line."""

from collections.abc import Iterator, Mapping

from todo_cli.formats.json_members import time_member
from todo_cli.formats.json_stream import documents
from todo_cli.formats.record import Entry, LeftOut, Record, Unreadable, numbered, one_line, rest_of
from todo_cli.formats.text_file import TextFile

_TAKEN = {"uuid", "description", "status", "entry", "modified", "end", "annotations"}
_DERIVED = {"id", "urgency", "mask", "imask", "rtype", "template", "last"}
"""What Taskwarrior computes, or keeps for itself."""


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file."""
    for found in documents(file.chunks(), lambda document: "uuid" in document):
        yield numbered(found.line, lambda value=found.value: _task(value))  # type: ignore[misc]


def _task(document: Mapping[str, object] | Unreadable) -> Record | LeftOut:
    if isinstance(document, Unreadable):
        raise document
    match document:
        case {"status": "deleted"}:
            return LeftOut("deleted")
        case {"status": "recurring"}:
            return LeftOut("recurrence")  # Each of its tasks stands in the file too.
        case {"uuid": str(uuid), "description": str(title), "status": str(status)}:
            completed = status == "completed"
        case _:
            raise Unreadable("This is not a Taskwarrior task.")
    rest = {name: value for name, value in document.items() if name not in _TAKEN | _DERIVED}
    return Record(
        one_line(title),
        _notes(document),
        completed,
        completed_at=time_member(document, "end") if completed else None,
        created_at=time_member(document, "entry"),
        updated_at=time_member(document, "modified"),
        origin=f"taskwarrior {uuid}",
        rest=rest_of({**rest, "waiting": status == "waiting"}),
    )


def _notes(document: Mapping[str, object]) -> str | None:
    annotations = document.get("annotations", [])
    if not isinstance(annotations, list):
        raise Unreadable("annotations has the wrong type.")
    texts = [note["description"] for note in annotations if isinstance(note, dict) and "description" in note]
    return "\n".join(map(str, texts)) or None
