"""Tasks of Microsoft To Do as Microsoft Graph answers (https://learn.microsoft.com/graph/api/resources/todotask)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from todo_cli.formats.json_members import member, time_member
from todo_cli.formats.json_stream import documents
from todo_cli.formats.record import Entry, Record, Unreadable, numbered, one_line, rest_of
from todo_cli.formats.text_file import TextFile

_TAKEN = {"id", "title", "status", "body", "completedDateTime", "createdDateTime", "lastModifiedDateTime"}
_OWN = {"bodyLastModifiedDateTime", "hasAttachments", "isReminderOn"}
"""What Microsoft keeps for itself, or says again elsewhere."""


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file: one answer, or an array of tasks."""
    for found in documents(file.chunks(), lambda document: "title" in document and "status" in document):
        yield numbered(found.line, lambda value=found.value: _task(value))  # type: ignore[misc]


def _task(document: Mapping[str, object] | Unreadable) -> Record:
    if isinstance(document, Unreadable):
        raise document
    completed = document.get("status") == "completed"
    key, body = member(document, "id", str), _object(document, "body")
    return Record(
        one_line(member(document, "title", str) or ""),
        member(body, "content", str),
        completed,
        completed_at=_zoned(document) if completed else None,
        created_at=time_member(document, "createdDateTime"),
        updated_at=time_member(document, "lastModifiedDateTime"),
        origin=f"microsoft-todo {key}" if key else None,
        rest=rest_of(dict(_rest(document))),
    )


def _rest(document: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        if name not in _TAKEN | _OWN and not name.startswith("@") and (name, value) != ("importance", "normal"):
            yield name.removesuffix("DateTime"), value
    if document.get("status") not in {"completed", "notStarted"}:
        yield "status", document.get("status")


def _zoned(document: Mapping[str, object]) -> datetime | None:
    """Return the time of completion; none where its zone has a name of Windows' own."""
    time = _object(document, "completedDateTime")
    text, zone = member(time, "dateTime", str), member(time, "timeZone", str)
    try:
        return (
            None
            if text is None
            else datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC)
        )
    except (ZoneInfoNotFoundError, OSError):  # A name may lead to a folder, or be too long for a file's.
        return None
    except (ValueError, OverflowError):
        raise Unreadable("completedDateTime must hold a time.") from None


def _object(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    found: Mapping[str, object] = member(document, name, dict) or {}
    return found
