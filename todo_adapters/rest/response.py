"""What a server answered."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from todo_adapters.rest.task_json import read_task
from todo_core.errors import InvalidInput, StorageUnusable
from todo_core.task import Task

Result = TypeVar("Result")

_ETAG = re.compile('"([1-9][0-9]{0,18})"')
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose body has been read.

    ``repeated`` says that the request was sent more than once and may have taken effect before. What does not keep to
    the contract raises StorageUnusable.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    repeated: bool = False

    @property
    def version(self) -> int:
        """The version in the entity tag."""
        found = _ETAG.fullmatch(self.headers.get("etag", ""))
        if found is None:
            raise contract_error()
        return int(found[1])

    @property
    def task(self) -> Task:
        """The one task."""
        return _read(lambda: read_task(json.loads(self.body), self.version))

    def tasks(self, *, in_trash: bool) -> list[Task]:
        """Return the tasks of a list, which tells no versions."""
        return _read(
            lambda: [read_task(found, in_trash=in_trash) for found in json.loads(self.body)],
        )

    @property
    def next_cursor(self) -> str | None:
        """The cursor in the link to the next page; the rest of the link does not matter."""
        found = _NEXT.search(self.headers.get("link", ""))
        return parse_qs(urlsplit(found[1]).query).get("cursor", [None])[0] if found else None

    @property
    def problem(self) -> Mapping[str, Any]:
        """The problem details; empty if there are none."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}


def _read(read: Callable[[], Result]) -> Result:
    try:
        return read()
    except InvalidInput as error:
        raise StorageUnusable(f"The server's answer breaks a rule for tasks: {error}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise contract_error() from None


def contract_error() -> StorageUnusable:
    """Return the error for an answer that does not keep to the contract."""
    return StorageUnusable("This is not the answer of a to-do service; check the server's address.")
