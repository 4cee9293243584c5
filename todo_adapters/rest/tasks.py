"""One user's list on a server, by the requests of the contract ``backend-todo-api``.

Times are the server's. Several tasks are changed, or added, one after the other (todo_adapters.rest.compensation).
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from todo_adapters.rest.compensation import Step, change_all
from todo_adapters.rest.http_client import HttpClient, Request
from todo_adapters.rest.pagination import find, pages
from todo_adapters.rest.problem_details import domain_error
from todo_adapters.rest.response import Response
from todo_adapters.rest.task_json import ANY_POLICY, creation, fields_of, same_content, write_of
from todo_core.errors import IdempotencyError, StorageUnavailable, TaskNotFound, VersionConflict
from todo_core.override import override
from todo_core.ports import Clock
from todo_core.query import Status, TaskQuery
from todo_core.task import NewTask, Task, TaskFields, is_task_id
from todo_core.tasks import Change, Reversion, Tasks

TASKS = "/api/tasks"
READY = "/health/ready"

_NO_VERSION = {"If-Match": '"0"'}
"""No task has this version, so a request with it changes nothing, and its refusal tells the version."""


class RestTasks(Tasks):
    """Blocks, and may be used from several threads."""

    def __init__(self, client: HttpClient, token: str, clock: Clock) -> None:
        """``token`` proves the user."""
        self._client = client
        self._token = token
        self._clock = clock

    @override
    async def check(self) -> None:
        # A token is not needed for that, so none is sent.
        response = self._client.send(Request("GET", READY))
        if response.status != HTTPStatus.OK:
            raise domain_error(response)

    @override
    async def create(self, fields: TaskFields) -> Task:
        fields.check(ANY_POLICY)
        return self._create(fields_of(fields), str(uuid4())).task

    @override
    async def get(self, task_id: int) -> Task:
        return self._live(task_id)

    @override
    async def find(self, query: TaskQuery) -> Sequence[Task]:
        return find(self._list, query)

    @override
    async def count(self, status: Status) -> int:
        return sum(map(len, pages(self._list, TaskQuery(status))))  # The contract tells no total.

    @override
    async def pages(self, status: Status) -> AsyncIterator[Sequence[Task]]:
        for page in pages(self._list, TaskQuery(status)):
            yield page

    @override
    async def add_all(self, new: Iterable[NewTask]) -> Sequence[int]:
        """Store drafts, one request each. Those that were stored before an error stay, and the error counts them."""
        added: list[int] = []
        try:
            for draft in new:
                key = draft.idempotency.key if draft.idempotency else str(uuid4())
                try:
                    response = self._create(creation(draft), key)
                except IdempotencyError:
                    continue  # The key has made a task that was changed or deleted since.
                if not (draft.idempotency and response.headers.get("idempotency-replayed") == "true"):
                    added.append(response.task.id)
        except StorageUnavailable as error:
            count = "1 task was" if len(added) == 1 else f"{len(added)} tasks were"
            raise StorageUnavailable(f"{error} {count} added before that.") from None
        return added

    @override
    async def update(self, task_ids: Collection[int], changes: TaskFields) -> Sequence[Change]:
        changes.check(ANY_POLICY)
        return self._change(task_ids, lambda task, now: task.edit(changes, ANY_POLICY, now))

    @override
    async def complete(self, task_ids: Collection[int]) -> Sequence[Change]:
        return self._change(task_ids, Task.complete)

    @override
    async def reopen(self, task_ids: Collection[int]) -> Sequence[Change]:
        return self._change(task_ids, Task.reopen)

    @override
    async def delete(self, task_ids: Collection[int]) -> Sequence[Change]:
        return self._change(task_ids, Task.delete)

    @override
    async def restore(self, task_ids: Collection[int]) -> Sequence[Change]:
        ids = list(dict.fromkeys(task_ids))
        return change_all(lambda: [Step(task_id, self._version(task_id), None, None) for task_id in ids], self._write)

    @override
    async def put_back(self, reversions: Collection[Reversion], known_at: datetime) -> Sequence[Change]:
        return change_all(lambda: [self._reversion(reversion, known_at) for reversion in reversions], self._write)

    def _change(self, task_ids: Collection[int], change: Callable[[Task, datetime], Task]) -> Sequence[Change]:
        ids = list(dict.fromkeys(task_ids))

        def step(task_id: int) -> Step | Task:
            return _step(task := self._live(task_id), change(task, self._clock.now()))

        return change_all(lambda: [step(task_id) for task_id in ids], self._write)

    def _reversion(self, reversion: Reversion, known_at: datetime) -> Step | Task:
        task_id = reversion.task_id
        if reversion.state.deleted_at is None:
            version = self._version(task_id)
            if version != reversion.version:
                raise VersionConflict(task_id, version)
            return Step(task_id, version, None, None, known_at)
        try:
            task = self._live(task_id)
        except TaskNotFound:
            raise VersionConflict(task_id, self._version(task_id)) from None  # It is in the trash, or there is none.
        if task.version != reversion.version or task.created_at > known_at:
            raise VersionConflict(task_id, task.version)
        return _step(task, task.put_back(reversion.state, self._clock.now()))

    def _live(self, task_id: int) -> Task:
        response = self._send_about(task_id, "GET")
        if response.status != HTTPStatus.OK:
            raise domain_error(response, task_id)
        return response.task

    def _version(self, task_id: int) -> int:
        """Return the version of a task, in the trash or not, by a request that cannot succeed."""
        response = self._send_about(task_id, "POST", "/restore", headers=_NO_VERSION)
        if response.status != HTTPStatus.PRECONDITION_FAILED:
            raise domain_error(response, task_id)
        return response.version

    def _write(self, step: Step) -> Task | None:
        """Return the task as it is stored now; None if it was not at the version of the step."""
        write = write_of(step.before, step.after)
        condition = {"If-Match": f'"{step.version}"'}
        response = self._send_about(step.task_id, write.method, write.suffix, headers=condition, body=write.body)
        if response.status == HTTPStatus.OK:
            return response.task
        if response.status == HTTPStatus.NO_CONTENT and step.after:
            return step.after._replace(version=step.version + 1)
        refused = domain_error(response, step.task_id)
        if isinstance(refused, VersionConflict | TaskNotFound):
            return self._effect(step) if response.repeated else None
        raise refused

    def _effect(self, step: Step) -> Task | None:
        """Return the task if a request whose answer was lost has changed it already."""
        version = step.version + 1
        try:
            now = self._live(step.task_id)
        except TaskNotFound:
            trashed = step.after and step.after.deleted_at and self._found_version(step.task_id) == version
            return step.after._replace(version=version) if step.after and trashed else None
        mine = now.version == version and (step.after is None or same_content(now, step.after))
        return now if mine else None

    def _found_version(self, task_id: int) -> int | None:
        try:
            return self._version(task_id)
        except TaskNotFound:
            return None

    def _create(self, body: dict[str, object], key: str) -> Response:
        """Create a task; the request has one idempotency key however often it is sent."""
        response = self._send("POST", headers={"Idempotency-Key": f'"{key}"'}, body=body)
        if response.status != HTTPStatus.CREATED:
            raise domain_error(response)
        return response

    def _list(self, parameters: dict[str, str]) -> Response:
        response = self._send("GET", parameters=parameters)
        if response.status != HTTPStatus.OK:
            raise domain_error(response)
        return response

    def _send_about(self, task_id: int, method: str, suffix: str = "", **what: Any) -> Response:  # noqa: ANN401  as Request
        if not is_task_id(task_id):
            raise TaskNotFound(task_id)
        return self._send(method, f"/{task_id}{suffix}", **what)

    def _send(self, method: str, path: str = "", **what: Any) -> Response:  # noqa: ANN401  as Request
        return self._client.send(Request(method, f"{TASKS}{path}", **what), self._token)


def _step(before: Task, after: Task) -> Step | Task:
    return before if same_content(before, after) else Step(before.id, before.version, before, after)
