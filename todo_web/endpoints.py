"""From a request of a contract to a use case, and back."""

import re
from array import array
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from todo_core.errors import InvalidInput, StorageOverloaded
from todo_core.query import PAGE_LIMIT, TaskQuery
from todo_core.service import TaskService
from todo_core.task import Task
from todo_web.body import BodyReader
from todo_web.conditions import accepted_versions, idempotency_key, is_known
from todo_web.contracts import Contract
from todo_web.list_parameters import ListReader
from todo_web.paths import public_path
from todo_web.representation import PRIVATE, PRIVATE_UNCHANGED, Representation, etag
from todo_web.request_context import context_of
from todo_web.storage_deadline import in_time

WHOLE = 2**20
"""The most bytes of a list that is sent as a whole; they are held until the client has read them."""

CHUNK = 150
"""Tasks of a longer list that are sent at a time; the longest ones take no more bytes than ``WHOLE``."""

_TASK_ID = re.compile("[1-9][0-9]{0,18}")


class TaskEndpoints:
    """One contract's way from a request to a use case and back.

    Each endpoint checks in this order: token, path user, media type and size, input, task, version.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._bodies = BodyReader(contract)
        self._lists = ListReader(contract)
        self._representation = Representation(contract)

    async def list_tasks(self, request: Request, user_id: str) -> Response:
        """List the user's tasks, oldest first unless sorted otherwise."""
        query = self._lists.query(request, user_id)
        limit = query.limit or PAGE_LIMIT
        one_more = query._replace(limit=limit + 1)
        tasks = await in_time(request, self._service(request).list(user_id, one_more))
        page, more = tasks[:limit], len(tasks) > limit
        headers = {**PRIVATE}
        if more and query.limit is None:
            order = await in_time(request, self._service(request).order(user_id, query))
            return self._in_parts(request, user_id, query, order, headers)
        if more:
            headers["Link"] = self._lists.next_link(request, user_id, query, page[-1])
        content = self._unless_too_long(page)
        if content is None:
            return self._in_parts(request, user_id, query, array("q", (task.id for task in page)), headers)
        whole = len(page) if not more and _from_the_start(query) else None
        content += self._representation.list_closing(await self._total(request, user_id, query, whole))
        return Response(content, headers=headers, media_type="application/json")

    async def create_task(self, request: Request, user_id: str) -> Response:
        """Create a task."""
        fields, key = await self._bodies.task_fields(request), idempotency_key(request)
        created = await in_time(request, self._service(request).create(user_id, fields, key))
        path = self._contract.base_path.format(user_id=quote(user_id, safe=""))
        headers = {"Location": public_path(request.scope, f"{path}/{created.task.id}")}
        if created.replayed:
            headers["Idempotency-Replayed"] = "true"
        return self._representation.task_response(created.task, 201, headers)

    async def get_task(self, request: Request, user_id: str) -> Response:
        """Return one task."""
        task = await in_time(request, self._service(request).get(user_id, _task_id(request)))
        if is_known(request, etag(task)):
            return Response(status_code=304, headers={"ETag": etag(task), **PRIVATE_UNCHANGED})
        return self._representation.task_response(task)

    async def update_task(self, request: Request, user_id: str) -> Response:
        """Change the fields that are present and leave the others alone."""
        fields, versions = await self._bodies.task_fields(request), accepted_versions(request)
        update = self._service(request).update(user_id, _task_id(request), fields, versions)
        return self._representation.task_response(await in_time(request, update))

    async def complete_task(self, request: Request, user_id: str) -> Response:
        """Set the state that the body names; without a body, do what the contract says."""
        wanted = await self._bodies.wanted_completion(request)
        if wanted is None and self._contract.completion_marks:
            wanted = True
        return await self._set(request, user_id, completed=wanted)

    async def toggle_task(self, request: Request, user_id: str) -> Response:
        """Set the state that the body names; without a body, turn the task's state round."""
        return await self._set(request, user_id, completed=await self._bodies.wanted_completion(request))

    async def reopen_task(self, request: Request, user_id: str) -> Response:
        """Reopen the task; a body that says otherwise is refused."""
        if await self._bodies.wanted_completion(request):
            raise InvalidInput("completed", "contradiction", "This path reopens the task; completed must be false.")
        return await self._set(request, user_id, completed=False)

    async def delete_task(self, request: Request, user_id: str) -> Response:
        """Delete a task, for good or into the trash."""
        delete = self._service(request).delete(user_id, _task_id(request), accepted_versions(request))
        task = await in_time(request, delete)
        if self._contract.deleted_answer == "task":
            return self._representation.task_response(task)
        return Response(status_code=204)

    async def restore_task(self, request: Request, user_id: str) -> Response:
        """Take a task out of the trash."""
        restore = self._service(request).restore(user_id, _task_id(request), accepted_versions(request))
        return self._representation.task_response(await in_time(request, restore))

    async def _set(self, request: Request, user_id: str, *, completed: bool | None) -> Response:
        """Complete the task or reopen it; None toggles it."""
        service = self._service(request)
        use_case = {None: service.toggle, True: service.complete, False: service.reopen}[completed]
        change = use_case(user_id, _task_id(request), accepted_versions(request))
        return self._representation.task_response(await in_time(request, change))

    def _service(self, request: Request) -> TaskService:
        return context_of(request).services[self._contract.name]

    def _unless_too_long(self, tasks: Sequence[Task]) -> bytes | None:
        """Return a list up to its last task; None if it has too many bytes to be held."""
        parts, size = [], 0
        for start in range(0, len(tasks), CHUNK):
            parts.append(self._representation.array(tasks[start : start + CHUNK])[1:-1])
            size += len(parts[-1])
            if size > WHOLE:
                return None
        return b"%b[%b]" % (self._representation.list_opening, b",".join(parts))

    def _in_parts(
        self, request: Request, user_id: str, query: TaskQuery, order: Sequence[int], headers: Mapping[str, str]
    ) -> Response:
        """Send a list chunk by chunk, in the order that it had at one moment."""
        chunks = self._chunks(request, user_id, query, order)
        return StreamingResponse(chunks, headers=headers, media_type="application/json")

    async def _chunks(
        self, request: Request, user_id: str, query: TaskQuery, task_ids: Sequence[int]
    ) -> AsyncIterator[bytes]:
        written, sent = self._representation, 0
        yield written.list_opening + b"["
        for start in range(0, len(task_ids), CHUNK):
            tasks = await self._chunk(request, user_id, query, task_ids[start : start + CHUNK])
            if tasks:
                yield (b"," if sent else b"") + written.array(tasks)[1:-1]
                sent += len(tasks)
            del tasks
            # This waits until the client has taken what was sent; until then no more is read, nor kept here.
            yield b""
        whole = sent if query.limit is None and _from_the_start(query) else None
        yield b"]" + written.list_closing(await self._total(request, user_id, query, whole))

    async def _chunk(self, request: Request, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        while True:
            # An answer that has begun cannot be refused any more. in_time lets each refusal wait its turn, so this does
            # not spin.
            with suppress(StorageOverloaded):
                return await in_time(request, self._service(request).list_among(user_id, query, task_ids))

    async def _total(self, request: Request, user_id: str, query: TaskQuery, whole: int | None) -> int | None:
        """Return how many tasks match, if the contract tells it; ``whole`` is their number if all have been read."""
        if not self._representation.counts:
            return None
        return whole if whole is not None else await in_time(request, self._service(request).count(user_id, query))


def _from_the_start(query: TaskQuery) -> bool:
    return query.after is None and query.offset == 0


def _task_id(request: Request) -> int:
    """Return the id in the path; text that cannot be one is 0, which no task has."""
    text: str = request.path_params["task_id"]
    return int(text) if _TASK_ID.fullmatch(text) else 0
