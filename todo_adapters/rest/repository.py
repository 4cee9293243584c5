"""The tasks of a server as a store.

It is a store like the others but for what an interface over a network does not offer:

- Times are the server's, whatever a task was given here.
- A list tells no versions: its tasks are at UNKNOWN_VERSION until they are got one by one.
- Several tasks are changed one after the other. When one cannot be, those before it are put back, unless somebody
  changed them meanwhile; others may see what is between.
- Several tasks are added one after the other; when one cannot be, those before it stay.
- Nothing is removed for good, and only a create request tells which task an idempotency key has made.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from todo_adapters.rest.answer import Answer
from todo_adapters.rest.changing import change_all
from todo_adapters.rest.exchange import Exchange, Request
from todo_adapters.rest.listing import Listing
from todo_adapters.rest.refusals import refusal
from todo_adapters.rest.representation import UNKNOWN_VERSION, creation, same_content, write_of
from todo_core.errors import IdempotencyError, NotOffered, StorageUnavailable, TaskNotFound
from todo_core.ports import Outcome
from todo_core.query import Sort, Status, TaskQuery
from todo_core.task import NewTask, Task

TASKS = "/api/tasks"
READY = "/health/ready"

_TRIES = 3
"""How often a task is looked for that moves between the list and the trash meanwhile."""

_NO_VERSION = {"If-Match": '"0"'}
"""No task is ever at it, so a request with it changes nothing and is told the version."""


class RestTaskRepository:
    """Implements todo_core.ports.TaskRepository; blocks, and may be called from several threads."""

    def __init__(self, exchange: Exchange, token_of: Callable[[str], str]) -> None:
        """``token_of`` returns the token that proves a user."""
        self._exchange = exchange
        self._token_of = token_of
        self._replays: dict[tuple[str, str], tuple[Task, bytes]] = {}
        self._listings: dict[str, Listing] = {}

    async def add(self, new: NewTask) -> Task | None:
        """Store a task. The request has one idempotency key however often it is sent.

        Raises NotOffered for a task in the trash, IdempotencyKeyReused and IdempotencyKeyInTrash.
        """
        key = new.idempotency.key if new.idempotency else str(uuid4())
        answer = self._send(new.user_id, "POST", headers={"Idempotency-Key": f'"{key}"'}, body=creation(new))
        if answer.status != HTTPStatus.CREATED:
            raise refusal(answer)
        if new.idempotency and answer.headers.get("idempotency-replayed") == "true":
            self._replays[new.user_id, key] = answer.task, new.idempotency.digest
            return None
        return answer.task

    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        """Store tasks, one request each. Those that were stored before an error stay, and the error counts them."""
        added: list[int] = []
        try:
            for draft in new:
                try:
                    task = await self.add(replace(draft, user_id=user_id))
                except IdempotencyError:
                    continue  # The key has made a task that was changed or deleted since.
                added += [task.id] if task else []
        except StorageUnavailable as error:
            count = "1 task was" if len(added) == 1 else f"{len(added)} tasks were"
            raise StorageUnavailable(f"{error} {count} added before that.") from None
        return added

    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        """Return the task that an earlier key made, if ``add`` has just met it. Raises NotOffered otherwise."""
        if (user_id, key) not in self._replays:
            raise NotOffered("A server tells only when a task is added whether it is there already.")
        return self._replays[user_id, key]

    async def get(self, user_id: str, task_id: int) -> Task | None:  # noqa: D102  the port says it
        return self._get_all(user_id, [task_id]).get(task_id)

    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        """Return the tasks that a query asks for, in its order, at UNKNOWN_VERSION."""
        return self._listing(user_id).find(query)

    async def count(self, user_id: str, query: TaskQuery) -> int:
        """Count the tasks of a whole list: the contract tells no number."""
        return len(self._listing(user_id).find(TaskQuery(query.status, search=query.search)))

    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        """Return the ids of the tasks that ``find`` would return, which are all read for that."""
        return [task.id for task in await self.find(user_id, query)]

    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        """Return those of some tasks that a query's filter shows, at UNKNOWN_VERSION; reads the whole list for that."""
        shown = await self.find(user_id, replace(query, limit=None, after=None, offset=0))
        tasks = {task.id: task for task in shown}
        return [tasks[task_id] for task_id in task_ids if task_id in tasks]

    async def replace(self, before: Task, after: Task | None) -> bool:
        """Compare and set, in one request. Raises NotOffered for what no single request does."""
        return self._write(before, after) is not None

    async def change(
        self, user_id: str, task_ids: Collection[int], decide: Callable[[Mapping[int, Task]], Mapping[int, Outcome]]
    ) -> Mapping[int, Outcome]:
        """Let ``decide`` see the tasks, and store what it returns, one request each.

        Begins anew, as often as somebody is faster, until the first is stored. Raises VersionConflict if somebody is
        faster after that, and NotOffered before anything is stored. Returns what is stored, with the server's times.
        """
        return change_all(lambda: self._get_all(user_id, task_ids), self._write, decide)

    async def owner_of(self, task_id: int) -> str | None:  # noqa: ARG002  the port's
        """Return None: a server never tells."""
        return None

    async def check(self) -> None:
        """Return if the server says that it is ready; a token is not needed for that, so none is sent."""
        answer = self._exchange.send(Request("GET", READY))
        if answer.status != HTTPStatus.OK:
            raise refusal(answer)

    def _get_all(self, user_id: str, task_ids: Collection[int]) -> Mapping[int, Task]:
        found: dict[int, Task] = {}
        missing = set(task_ids)
        for _ in range(_TRIES):
            live = {task_id: self._live(user_id, task_id) for task_id in sorted(missing)}
            found |= {task_id: task for task_id, task in live.items() if task}
            # Asked for before the trash is read: a version that is too old does no harm.
            versions = {task_id: self._version(user_id, task_id) for task_id, task in live.items() if task is None}
            missing = {task_id for task_id, version in versions.items() if version is not None}
            trashed = self._in_trash(user_id, missing)
            found |= {task.id: task._replace(version=versions[task.id] or UNKNOWN_VERSION) for task in trashed}
            missing -= found.keys()
            if not missing:
                return {task_id: found[task_id] for task_id in dict.fromkeys(task_ids) if task_id in found}
        raise StorageUnavailable(f"Task with ID {min(missing)} moves in and out of the trash; try again.")

    def _live(self, user_id: str, task_id: int) -> Task | None:
        answer = self._send(user_id, "GET", f"/{task_id}")
        if answer.status == HTTPStatus.OK:
            return answer.task
        if _is_missing(answer, task_id):
            return None
        raise refusal(answer, task_id)

    def _version(self, user_id: str, task_id: int) -> int | None:
        """Return the version of a task, in the trash or not, by a request that cannot succeed."""
        answer = self._send(user_id, "POST", f"/{task_id}/restore", headers=_NO_VERSION)
        if answer.status == HTTPStatus.PRECONDITION_FAILED:
            return answer.version
        if _is_missing(answer, task_id):
            return None
        raise refusal(answer, task_id)

    def _in_trash(self, user_id: str, task_ids: Collection[int]) -> Sequence[Task]:
        found: list[Task] = []
        if task_ids:
            for page in self._listing(user_id).pages(TaskQuery(Status.DELETED, Sort.UPDATED_LATEST)):
                found += [task for task in page if task.id in task_ids]
                if len(found) == len(task_ids):
                    break
        return found

    def _write(self, before: Task, after: Task | None) -> Task | None:
        """Return the task as it is stored now; None if it was not at the version of ``before``."""
        write = write_of(before, after)
        if after is None or before.version == UNKNOWN_VERSION:
            return None
        condition = {"If-Match": f'"{before.version}"'}
        answer = self._send(
            before.user_id, write.method, f"/{before.id}{write.suffix}", headers=condition, body=write.body
        )
        if answer.status == HTTPStatus.OK:
            return answer.task
        if answer.status == HTTPStatus.NO_CONTENT:
            return after._replace(version=before.version + 1)
        if answer.status == HTTPStatus.PRECONDITION_FAILED or _is_missing(answer, before.id):
            return self._effect(before, after) if answer.repeated else None
        raise refusal(answer, before.id)

    def _effect(self, before: Task, after: Task) -> Task | None:
        """Return the task if it is as a request left it whose answer was lost."""
        now = self._get_all(before.user_id, [before.id]).get(before.id)
        mine = now is not None and now.version == before.version + 1 and same_content(now, after)
        return now if mine else None

    def _listing(self, user_id: str) -> Listing:
        ask = partial(self._send, user_id, "GET", "")
        return self._listings.setdefault(user_id, Listing(lambda parameters: ask(parameters=parameters)))

    def _send(self, user_id: str, method: str, path: str = "", **what: Any) -> Answer:  # noqa: ANN401  as Request
        return self._exchange.send(Request(method, f"{TASKS}{path}", **what), self._token_of(user_id))


def _is_missing(answer: Answer, task_id: int) -> bool:
    return answer.status == HTTPStatus.NOT_FOUND and isinstance(refusal(answer, task_id), TaskNotFound)
