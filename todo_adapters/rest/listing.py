"""The lists of a server, page by page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from todo_adapters.rest.answer import Answer, strange
from todo_adapters.rest.refusals import refusal
from todo_core.query import PAGE_LIMIT, Position, Status, TaskQuery
from todo_core.task import Task

Ask = Callable[[Mapping[str, str]], Answer]
"""Asks for a list with these parameters."""


class Listing:
    """Reads one user's lists.

    A server continues a list only by the cursor that it gave. The last one of each list is remembered with its place,
    so reading on from there costs one request; from any other place all that is before it is read and left out.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._cursors: dict[tuple[object, ...], tuple[Position, str]] = {}

    def find(self, query: TaskQuery) -> list[Task]:
        """Return the tasks that a query asks for, in its order."""
        if query.limit is None and query.after is None:
            # In one answer, as long as it may be.
            return self._page(query, {})[0][query.offset :]
        # What is to be skipped is read as well: a server of before knows no offset and would ignore it.
        end = None if query.limit is None else query.offset + query.limit
        found: list[Task] = []
        for page in self.pages(replace(query, limit=end)):
            found += page
            if end is not None and len(found) >= end:
                break
        return found[query.offset : end]

    def pages(self, query: TaskQuery) -> Iterator[list[Task]]:
        """Return the tasks after the query's place, a page at a time."""
        cursor = self._cursor_at(query)
        skipping = query.after is not None and cursor is None
        limit = PAGE_LIMIT if skipping or query.limit is None else min(query.limit, PAGE_LIMIT)
        more = True
        reached: Position | None = None
        while more:
            parameters = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
            tasks, cursor = self._page(query, parameters)
            if cursor:
                reached = _goes_on(query, reached, tasks)
                self._cursors[_list_of(query)] = (reached, cursor)
            yield [task for task in tasks if _is_beyond(query, task, query.after)] if skipping else tasks
            more = cursor is not None

    def _cursor_at(self, query: TaskQuery) -> str | None:
        place, cursor = self._cursors.get(_list_of(query), (None, None))
        return cursor if place == query.after else None

    def _page(self, query: TaskQuery, parameters: Mapping[str, str]) -> tuple[list[Task], str | None]:
        wanted = {"status": query.status.value, "sort": query.sort.value}
        if query.search is not None:
            wanted["q"] = query.search
        answer = self._ask(wanted | dict(parameters))
        if answer.status != HTTPStatus.OK:
            raise refusal(answer)
        return answer.tasks(in_trash=query.status is Status.DELETED), answer.next_cursor


def _list_of(query: TaskQuery) -> tuple[object, ...]:
    return query.status, query.sort, query.search


def _goes_on(query: TaskQuery, reached: Position | None, tasks: Sequence[Task]) -> Position:
    """Return the place of a page's last task, which must be beyond the one before: else a list would never end."""
    if not tasks or not _is_beyond(query, tasks[-1], reached):
        raise strange()
    return query.sort.position(tasks[-1])


def _is_beyond(query: TaskQuery, task: Task, start: Position | None) -> bool:
    if start is None:
        return True
    place = query.sort.position(task)
    return place < start if query.sort.descending else place > start
