"""The JSON that the program prints: tasks as the API shows them, and problems (RFC 9457)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from todo_cli.exit_codes import Exit
from todo_cli.safe_text import json_safe
from todo_core.task import PUBLISHED_FIELDS, Task


def task_document(task: Task) -> dict[str, object]:
    """Return a task with exactly the members that the API gives it; times are RFC 3339 in UTC, with Z."""
    values = (time_text(value) if isinstance(value, datetime) else value for value in task.published())
    return dict(zip(PUBLISHED_FIELDS, values, strict=True))


def problem_document(meaning: Exit, detail: str, details: Sequence[str] = ()) -> dict[str, object]:
    """Return the problem that a failed command prints to standard error; status and code are the API's."""
    from http import HTTPStatus  # noqa: PLC0415  slow, and only needed when something failed

    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(meaning.status).phrase,
        "status": meaning.status,
        "detail": detail,
        "code": meaning.problem,
        "exit_code": meaning.code,
    }
    return document | {"errors": [{"detail": text} for text in details]} if details else document


def time_text(time: datetime | None) -> str | None:
    """Return an aware time in UTC as RFC 3339."""
    return time.isoformat().replace("+00:00", "Z") if time else None


def line(document: object) -> str:
    """Return a JSON document on one line that is safe to print to a terminal."""
    import json  # noqa: PLC0415  slow to load, and only --json needs it

    return json_safe(json.dumps(document, ensure_ascii=False))


def array(documents: Iterable[object]) -> Iterable[str]:
    """Return the lines of a JSON array, one element each; ``[]`` when it is empty."""
    lines = [line(document) for document in documents]
    if not lines:
        return ["[]"]
    return ["[", *(f"  {text}," for text in lines[:-1]), f"  {lines[-1]}", "]"]
