"""The lists of a server, page by page."""

from collections.abc import Callable, Iterator, Sequence

from todo_adapters.rest.response import Response, contract_error
from todo_core.query import PAGE_LIMIT, Position, Status, TaskQuery
from todo_core.task import Task

Ask = Callable[[dict[str, str]], Response]
"""Asks for a list with these parameters. Raises what the server refuses."""


def find(ask: Ask, query: TaskQuery) -> Sequence[Task]:
    """Return the tasks that a query asks for, in its order."""
    if query.limit is None and query.after is None:
        # One answer holds the whole list.
        return _page(ask(_parameters(query)), query)[query.offset :]
    # Skipped tasks are read as well: an older server does not know ``offset`` and would ignore it.
    end = None if query.limit is None else query.offset + query.limit
    found: list[Task] = []
    for page in pages(ask, query._replace(limit=end)):
        found += [task for task in page if _is_beyond(query, task, query.after)]
        if end is not None and len(found) >= end:
            break
    return found[query.offset : end]


def pages(ask: Ask, query: TaskQuery) -> Iterator[Sequence[Task]]:
    """Return the pages of a list from its beginning."""
    limit = PAGE_LIMIT if query.after or query.limit is None else min(query.limit, PAGE_LIMIT)
    parameters = _parameters(query) | {"limit": str(limit)}
    reached: Position | None = None
    while True:
        response = ask(parameters)
        tasks = _page(response, query)
        cursor = response.next_cursor
        if cursor:
            reached = _goes_on(query, reached, tasks)
        yield tasks
        if not cursor:
            return
        parameters["cursor"] = cursor


def _parameters(query: TaskQuery) -> dict[str, str]:
    wanted = {"status": query.status.value, "sort": query.sort.value}
    return wanted if query.search is None else wanted | {"q": query.search}


def _page(response: Response, query: TaskQuery) -> list[Task]:
    return response.tasks(in_trash=query.status is Status.DELETED)


def _goes_on(query: TaskQuery, reached: Position | None, tasks: Sequence[Task]) -> Position:
    """Return the position of a page's last task.

    It must be beyond that of the page before, because a list would never end otherwise.
    """
    if not tasks or not _is_beyond(query, tasks[-1], reached):
        raise contract_error()
    return query.sort.position(tasks[-1])


def _is_beyond(query: TaskQuery, task: Task, start: Position | None) -> bool:
    if start is None:
        return True
    place = query.sort.position(task)
    return place < start if query.sort.descending else place > start
