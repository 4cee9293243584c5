"""The parameters of a list, under every name that clients have for them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request

from todo_core.errors import InvalidInput
from todo_core.query import OFFSET_LIMIT, PAGE_LIMIT, Sort, Status, TaskQuery
from todo_core.task import Task
from todo_core.text import clean_search
from todo_web.contracts.contract import COMPLETED_WORDS, STATUS_WORDS, Contract
from todo_web.cursor import cursor_after, follow_cursor
from todo_web.ignored_fields import note_ignored
from todo_web.paths import requested_path

MEANINGS: Mapping[str, str] = {
    **{name: name for name in ("status", "completed", "sort", "limit", "offset", "q", "cursor")},
    **dict.fromkeys(("sort_by", "order_by"), "sort"),
    **dict.fromkeys(("order", "sort_order", "sort_direction", "direction"), "order"),
    "skip": "offset",
    "search": "q",
}
"""The names of the parameters, and the one that each means."""

_SORTS: Mapping[str, Sort] = {
    **{sort.value: sort for sort in Sort},
    **{sort.value.removesuffix("_at"): sort for sort in Sort},
}
_DESCENDING = {"asc": False, "desc": True}

_LIMIT = re.compile("[1-9][0-9]{0,3}")
_OFFSET = re.compile("0|[1-9][0-9]{0,9}")

Sent = Mapping[str, Sequence[tuple[str, str]]]
"""The parameters of a request by their meaning, each as the name that was used and the text."""

Value = TypeVar("Value")


Read = Callable[[str, str], Value]
"""Reads a parameter, given its name and its text. Raises InvalidInput."""


def _one_of(accepted: Mapping[str, Value], told: Iterable[str]) -> Read[Value]:
    """Return a reader that accepts one of several words; its refusal names those in ``told``."""
    refusal = f"must be one of {', '.join(told)}."

    def read(name: str, text: str) -> Value:
        if text not in accepted:
            raise InvalidInput(name, "not_accepted", f"The {name} {refusal}")
        return accepted[text]

    return read


def _in_any_case(read: Read[Value]) -> Read[Value]:
    return lambda name, text: read(name, text.lower())


_descending = _in_any_case(_one_of(_DESCENDING, _DESCENDING))


class ListReader:
    """Reads what a request wants of a contract's list. Several names for one thing must agree."""

    def __init__(self, contract: Contract) -> None:
        self._page_size = contract.page_size
        self._meanings = {completed_parameter(contract): "completed", **MEANINGS}
        shown = contract.statuses
        accepted = {word: status for word, status in STATUS_WORDS.items() if status in shown.values()}
        words = {word.lower(): status for word, status in shown.items()}
        self._status = _in_any_case(_one_of(accepted | words, shown))
        self._completed = _one_of(COMPLETED_WORDS, COMPLETED_WORDS)
        if contract.completed_values:
            own = {word: status for word, status in words.items() if status in COMPLETED_WORDS.values()}
            self._completed = _in_any_case(_one_of({**COMPLETED_WORDS, **own}, contract.completed_values))
        self._sort = _one_of({**_SORTS, **contract.sorts}, contract.sorts)

    def query(self, request: Request, user_id: str) -> TaskQuery:
        """Read the parameters of a list, its cursor included. Raises InvalidInput."""
        if not request.scope["query_string"]:
            return TaskQuery(limit=self._page_size)
        sent = self._by_meaning(request)
        query = TaskQuery(
            status=self._wanted_status(sent),
            sort=self._order(sent),
            search=_agreed(sent, "q", clean_search),
            limit=_agreed(sent, "limit", _limit) or self._page_size,
            offset=_agreed(sent, "offset", _offset) or 0,
        )
        cursor = _agreed(sent, "cursor", lambda _, text: text)
        if cursor is None:
            return query
        if "offset" in sent:
            name = sent["offset"][0][0]
            raise InvalidInput(name, "contradiction", f"A cursor says where the list continues; leave out the {name}.")
        return follow_cursor(query, user_id, cursor)

    def _wanted_status(self, sent: Sent) -> Status:
        status = _agreed(sent, "status", self._status) or Status.ALL
        completed = _agreed(sent, "completed", self._completed)
        if completed is None:
            return status
        if status not in {Status.ALL, completed}:
            raise _contradiction("completed", "status")
        return completed

    def next_link(self, request: Request, user_id: str, query: TaskQuery, last: Task) -> str:
        """Return the ``Link`` to the page after a task (RFC 8288), relative to the request's own address."""
        cursor = cursor_after(query, user_id, last)
        sent = request.query_params.multi_items()
        kept = {name: text for name, text in sent if self._meanings.get(name) not in {None, "offset", "cursor"}}
        return f'<{requested_path(request.scope)}?{urlencode(kept | {"cursor": cursor})}>; rel="next"'

    def _by_meaning(self, request: Request) -> Sent:
        sent: dict[str, list[tuple[str, str]]] = defaultdict(list)
        ignored: dict[str, None] = {}
        for name, text in request.query_params.multi_items():
            if meaning := self._meanings.get(name):
                sent[meaning].append((name, text))
            else:
                ignored[name] = None
        if ignored:
            note_ignored(request, ignored)
        return sent

    def _order(self, sent: Sent) -> Sort:
        sort = _agreed(sent, "sort", self._sort)
        descending = _agreed(sent, "order", _descending)
        if descending is None:
            return sort or Sort.CREATED
        if sort and sort.descending and not descending:
            raise _contradiction(sent["order"][0][0], sent["sort"][0][0])
        field = (sort or Sort.CREATED).field
        return Sort(f"-{field}" if descending else field)


def completed_parameter(contract: Contract) -> str:
    """Return the name of the filter by the field ``completed``: the field's, unless that names something else here."""
    name = contract.field_name("completed")
    return "completed" if name in MEANINGS else name


def _agreed(sent: Sent, meaning: str, read: Read[Value]) -> Value | None:
    """Return what the parameters of one meaning say; None if there are none."""
    if meaning not in sent:
        return None
    (first, text), *others = sent[meaning]
    value = read(first, text)
    for name, text in others:
        if read(name, text) != value:
            raise _contradiction(name, first)
    return value


def _contradiction(name: str, other: str) -> InvalidInput:
    if name == other:
        return InvalidInput(name, "contradiction", f"The {name} is given twice with different values.")
    return InvalidInput(name, "contradiction", f"The {name} and {other} parameters contradict each other.")


def _limit(name: str, text: str) -> int:
    if not _LIMIT.fullmatch(text) or int(text) > PAGE_LIMIT:
        raise InvalidInput(name, "out_of_range", f"The {name} must be a number from 1 to {PAGE_LIMIT}.")
    return int(text)


def _offset(name: str, text: str) -> int:
    if not _OFFSET.fullmatch(text) or int(text) > OFFSET_LIMIT:
        raise InvalidInput(name, "out_of_range", f"The {name} must be a number from 0 to {OFFSET_LIMIT}.")
    return int(text)
