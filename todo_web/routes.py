"""The routes of a contract."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from todo_core.errors import InvalidInput
from todo_web.authentication import check_path, identify
from todo_web.body import as_sent
from todo_web.contracts import Contract
from todo_web.endpoints import TaskEndpoints
from todo_web.ignored_fields import name_ignored
from todo_web.openapi.operation_objects import describe
from todo_web.operation import ONE, Answer, Body, Condition, Operation
from todo_web.problems import InvalidRequest, invalid_request

Run = Callable[[TaskEndpoints, Request, str], Awaitable[Response]]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_NO_MATCH: tuple[Match, Scope] = (Match.NONE, {})


def operations(contract: Contract) -> list[Operation]:
    """Return what a contract publishes. To add an operation, add it here, and the method that it runs."""
    completion = "marks the task as done" if contract.completion_marks else "reverses the task's state"
    pages = "all of them" if contract.page_size is None else f"{contract.page_size} a page"
    keeps = contract.deleted_answer == "task"
    found = [
        Operation(
            "GET",
            "",
            "list_tasks",
            TaskEndpoints.list_tasks,
            "List tasks",
            f"The user's tasks, oldest first unless sorted otherwise, {pages} unless a limit is asked for.",
            "The tasks.",
            answer=Answer.TASKS,
        ),
        Operation(
            "POST",
            "",
            "create_task",
            TaskEndpoints.create_task,
            "Create a task",
            "With an Idempotency-Key, a request can be sent again without making a second task.",
            "The new task.",
            status=201,
            body=Body.NEW_TASK,
            condition=Condition.IDEMPOTENCY_KEY,
            links=("get_task", "update_task_patch", "complete_task", "delete_task"),
        ),
        Operation(
            "GET",
            ONE,
            "get_task",
            TaskEndpoints.get_task,
            "Get a task",
            "With If-None-Match, a version that is known is not sent again.",
            "The task.",
            condition=Condition.IF_NONE_MATCH,
        ),
        *(
            Operation(
                method,
                ONE,
                f"update_task_{method.lower()}",
                TaskEndpoints.update_task,
                "Update a task",
                "Changes the fields that are sent and leaves the others alone.",
                "The task as it is now.",
                body=Body.TASK_CHANGES,
                condition=Condition.IF_MATCH,
            )
            for method in ("PUT", "PATCH")
        ),
        Operation(
            "DELETE",
            ONE,
            "delete_task",
            TaskEndpoints.delete_task,
            "Delete a task",
            "The task goes to the trash." if contract.policy.has_trash else "The task is gone for good.",
            "The task as it was in the end." if keeps else "The task is deleted.",
            status=200 if keeps else 204,
            answer=Answer.TASK if keeps else Answer.NOTHING,
            condition=Condition.IF_MATCH,
        ),
        Operation(
            "PATCH",
            f"{ONE}/{contract.completion}",
            "complete_task",
            TaskEndpoints.complete_task,
            "Complete or reopen a task",
            f"Without a body, {completion}; a body names the state, so that it can be sent again.",
            "The task as it is now.",
            body=Body.COMPLETION,
            condition=Condition.IF_MATCH,
        ),
    ]
    if contract.policy.has_trash:
        found.append(
            Operation(
                "POST",
                f"{ONE}/restore",
                "restore_task",
                TaskEndpoints.restore_task,
                "Restore a deleted task",
                "Takes the task out of the trash.",
                "The task as it is now.",
                condition=Condition.IF_MATCH,
            )
        )
    return found


def contract_routes(contract: Contract) -> list[APIRoute]:
    """Return the routes that a contract publishes."""
    endpoints = TaskEndpoints(contract)
    return [
        TaskRoute(
            contract.base_path + operation.path,
            _handler(contract, endpoints, operation.run),
            methods=[operation.method],
            name=operation.name,
            tags=[contract.name],
            **describe(contract, operation),
        )
        for operation in operations(contract)
    ]


def other_routes(contract: Contract) -> list[APIRoute]:
    """Return the routes that a contract does not publish: clients that were written for another one use them."""
    endpoints = TaskEndpoints(contract)
    actions = {
        "toggle": TaskEndpoints.toggle_task,
        "complete": TaskEndpoints.complete_task,
        "uncomplete": TaskEndpoints.reopen_task,
        contract.completion: TaskEndpoints.complete_task,
    }
    routes: list[tuple[list[str], str, Run]] = [
        *((["HEAD"], read.path, read.run) for read in operations(contract) if read.method == "GET"),
        *((["PATCH", "POST"], f"{ONE}/{action}", run) for action, run in actions.items()),
    ]
    return [
        TaskRoute(
            contract.base_path + path,
            _handler(contract, endpoints, run),
            methods=methods,
            include_in_schema=False,
            response_class=Response,
        )
        for methods, path, run in routes
    ]


class TaskRoute(APIRoute):
    """Hands the request to its endpoint, which takes nothing else.

    FastAPI would look anew, for each request, for what an endpoint depends on: more work than the rest of the route.
    """

    def __init__(self, path: str, endpoint: Handler, **options: Any) -> None:  # noqa: ANN401  APIRoute's own
        super().__init__(path, endpoint, **options)
        self._begins = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether this is the route; most routes are told apart by how they begin, wherever a proxy puts them."""
        return super().matches(scope) if self._begins in scope["path"] else _NO_MATCH

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] in (self.methods or ()):
            response = await self.endpoint(Request(scope, receive, send))
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


def _handler(contract: Contract, endpoints: TaskEndpoints, run: Run) -> Handler:
    """Return what checks who asks, runs an operation, and answers invalid input with the contract's status."""

    async def handle(request: Request) -> Response:
        try:
            user_id = await identify(request, contract.token_lifetime)
            if contract.user_in_path:
                check_path(request, user_id)
            response = await run(endpoints, request, user_id)
        except InvalidInput as error:
            raise invalid_request(contract.invalid_input_status, as_sent(request, contract, error)) from None
        except InvalidRequest as error:
            raise invalid_request(contract.invalid_input_status, *error.errors) from None
        name_ignored(request, response)
        return response

    return handle
