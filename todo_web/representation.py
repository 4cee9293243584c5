"""Tasks as the clients of a contract see them. A task's version is in the ``ETag`` only; times are UTC (RFC 3339)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Response

from todo_core.task import PUBLISHED_FIELDS, Task
from todo_web.contracts import Contract, ListEnvelope

PRIVATE = {"Cache-Control": "private, no-cache"}
"""A browser may keep the answer and ask whether it is still good; a shared cache may not keep it (RFC 9111)."""

PRIVATE_UNCHANGED = {"Cache-Control": "private, no-cache, no-transform"}
"""The same of an answer with an ETag: compressed on the way it would have a weak one, which If-Match cannot use."""

_JSON = ((b"cache-control", PRIVATE_UNCHANGED["Cache-Control"].encode()), (b"content-type", b"application/json"))


def etag(task: Task) -> str:
    """Return the strong validator of a task (RFC 9110, section 8.8.3)."""
    return f'"{task.version}"'


class _JsonResponse(Response):
    """JSON for one user. Starlette takes almost twice the time to make these bytes."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.body = body
        self.status_code = status
        self.background = None
        self.raw_headers = [
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
            *_JSON,
            (b"content-length", b"%d" % len(body)),
        ]


class Representation:
    """Writes JSON as one contract has it: its names of fields, its envelopes.

    A list can be written in parts: ``list_opening``, a JSON array in one or more pieces, and ``list_closing``.
    ``counts`` says whether ``list_closing`` tells a total.
    """

    def __init__(self, contract: Contract) -> None:
        self._object: Callable[..., Any] = msgspec.defstruct(
            "PublishedTask", PUBLISHED_FIELDS, rename=contract.field_names, gc=False
        )
        self._completed_values = contract.completed_values
        self._task_opening, self._task_closing = _around_task(contract.task_envelope)
        self.list_opening, self._after_tasks, self._after_total = _around_list(contract.list_envelope)
        self.counts = bool(self._after_total)

    def task_response(self, task: Task, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Answer with one task."""
        body = self._task_opening + msgspec.json.encode(self._shown([task])[0]) + self._task_closing
        return _JsonResponse(body, status, {"ETag": etag(task), **(headers or {})})

    def array(self, tasks: Sequence[Task]) -> bytes:
        """Return tasks of a list as a JSON array."""
        return msgspec.json.encode(self._shown(tasks))

    def list_closing(self, total: int | None) -> bytes:
        """Return what follows the array of a list."""
        return self._after_tasks if total is None else b"%b%d%b" % (self._after_tasks, total, self._after_total)

    def _shown(self, tasks: Iterable[Task]) -> list[Any]:
        make = self._object
        shown = [make(*task.published()) for task in tasks]
        if self._completed_values:
            for one in shown:
                one.completed = self._completed_values[one.completed]
        return shown


def _around_task(name: str | None) -> tuple[bytes, bytes]:
    """Return what stands before and after an answer's one task."""
    names = name.split(".") if name else []
    return _opened(names), b"}" * len(names)


def _around_list(envelope: ListEnvelope | None) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the array of a list, after it, and after the total where there is one.

    For ``data.tasks`` and ``data.total`` that is ``{"data":{"tasks":``, ``,"total":`` and ``}}``. The tasks come first,
    so that they can be sent before their number is known.
    """
    if envelope is None:
        return b"", b"", b""
    tasks = envelope.tasks.split(".")
    if envelope.total is None:
        return _opened(tasks), b"}" * len(tasks), b""
    total = envelope.total.split(".")
    shared = next(depth for depth, names in enumerate(zip(tasks, total, strict=False)) if len({*names}) > 1)
    beside = b"}" * (len(tasks) - shared - 1) + b"," + _opened(total[shared:])[1:]
    return _opened(tasks), beside, b"}" * len(total)


def _opened(names: Sequence[str]) -> bytes:
    """Return the beginning of nested objects, up to the value in the innermost."""
    return "".join(f'{{"{name}":' for name in names).encode()
