"""The user who calls a tool, over HTTP or over standard streams."""

import logging
from abc import abstractmethod
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Protocol, TypeVar

from starlette.requests import Request

from todo_adapters.shared_timeout import SharedTimeout
from todo_core.errors import StorageError, TaskHidden, TodoError
from todo_core.override import override
from todo_core.ports import Owners
from todo_web.audit import access_denied, audit, audit_hidden, log_event
from todo_web.error_answers import log_storage_error
from todo_web.hidden_tasks import HiddenTasks
from todo_web.storage_deadline import in_time, within

Result = TypeVar("Result")


class Caller(Protocol):
    """The user whose tasks a call works on."""

    user_id: str

    @abstractmethod
    async def in_time(self, work: Awaitable[Result]) -> Result:
        """Give a call's work its deadline. Raises StorageUnavailable when that is over."""

    @abstractmethod
    async def note(self, error: TodoError) -> None:
        """Log what an operator has to know of an error."""

    @abstractmethod
    def access_denied(self, reason: str) -> None:
        """Log that the user asked for what is somebody else's."""


class RequestCaller(Caller):
    """The sender of a request whose token has been verified."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.user_id: str = request.state.user_id

    @override
    async def in_time(self, work: Awaitable[Result]) -> Result:
        return await in_time(self._request, work)

    @override
    async def note(self, error: TodoError) -> None:
        if isinstance(error, StorageError):
            log_storage_error(error, request_id=self._request.state.request_id)
        self._request.state.after_answer.append(partial(audit, self._request, error))

    @override
    def access_denied(self, reason: str) -> None:
        access_denied(self._request, reason)


class LocalCaller(Caller):
    """The one user of a program on their own machine. ``deadline`` is in seconds."""

    def __init__(self, user_id: str, owners: Owners, deadline: float) -> None:
        self.user_id = user_id
        self._timeout = SharedTimeout(deadline)
        self._hidden_tasks = HiddenTasks(owners, deadline)

    @override
    async def in_time(self, work: Awaitable[Result]) -> Result:
        return await within(self._timeout, work)

    @override
    async def note(self, error: TodoError) -> None:
        if isinstance(error, StorageError):
            log_storage_error(error)
        elif isinstance(error, TaskHidden):
            await audit_hidden(self._hidden_tasks, self.user_id, error, self._denied)

    @override
    def access_denied(self, reason: str) -> None:
        log_event("authorization_violation", reason, user_id=self.user_id)

    def _denied(self, reason: str, facts: Mapping[str, str], logger: logging.Logger) -> None:
        log_event("authorization_violation", reason, logger, user_id=self.user_id, **facts)
