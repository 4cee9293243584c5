"""The routes of contracts."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_core.errors import InvalidInput
from todo_web.authentication import check_path, identify
from todo_web.body import as_sent
from todo_web.contracts import Contract
from todo_web.endpoints import TaskEndpoints
from todo_web.ignored_fields import name_ignored
from todo_web.openapi.operation_objects import describe
from todo_web.operation import ONE, Operation, Run
from todo_web.operations import operations
from todo_web.problems import InvalidRequest, invalid_request

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def task_routes(contracts: Iterable[Contract]) -> list[BaseRoute]:
    """Return the routes of contracts, in the order in which they are tried."""
    published, others = list[BaseRoute](), list[BaseRoute]()
    # A contract with the user in its path comes first: /api/tasks/tasks is the list of a user called "tasks".
    for contract in sorted(contracts, key=lambda contract: not contract.user_in_path):
        endpoints = TaskEndpoints(contract)
        found = operations(contract, endpoints)
        published += _published(contract, found)
        others += _others(contract, found, endpoints)
    # Every contract's own routes come first: what else names them must not slow them down, nor hide any.
    return published + others


def _published(contract: Contract, found: Iterable[Operation]) -> Iterator[APIRoute]:
    for operation in found:
        yield TaskRoute(
            contract.base_path + operation.path,
            _handler(contract, operation.run),
            methods=[operation.method],
            name=operation.name,
            tags=[contract.name],
            **describe(contract, operation),
        )


def _others(contract: Contract, found: Iterable[Operation], endpoints: TaskEndpoints) -> Iterator[APIRoute]:
    """Return the routes that a contract does not publish: clients that were written for another one use them."""
    actions = {
        "toggle": endpoints.toggle_task,
        "complete": endpoints.complete_task,
        "uncomplete": endpoints.reopen_task,
        contract.completion: endpoints.complete_task,
    }
    routes: list[tuple[list[str], str, Run]] = [
        *((["HEAD"], read.path, read.run) for read in found if read.method == "GET"),
        *((["PATCH", "POST"], f"{ONE}/{action}", run) for action, run in actions.items()),
    ]
    for methods, path, run in routes:
        yield TaskRoute(
            contract.base_path + path,
            _handler(contract, run),
            methods=methods,
            include_in_schema=False,
            response_class=Response,
        )


class TaskRoute(APIRoute):
    """Hands the request to its endpoint, which takes nothing else.

    FastAPI would look anew, for each request, for what an endpoint depends on: more work than the rest of the route.
    """

    def __init__(self, path: str, endpoint: Handler, **options: Any) -> None:  # noqa: ANN401  APIRoute's own
        super().__init__(path, endpoint, **options)
        self._begins, self._ends = path.partition("{")[0], path.rpartition("}")[2]

    def path_values(self, path: str) -> dict[str, str] | None:
        """Return the values that a path gives this route's variables; None if the path is not this route's.

        Most paths are ruled out by the fixed text at the two ends of the route's own.
        """
        if path.startswith(self._begins) and path.endswith(self._ends):
            match = self.path_regex.match(path)
            return match and match.groupdict()
        return None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] in (self.methods or ()):
            response = await self.endpoint(Request(scope, receive, send))
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


class TaskRouter:
    """Hands a request for tasks to its route, and every other request on.

    It tries only the routes of the request's method. FastAPI's router tries all of them, because it also tells which
    methods a path has.
    """

    def __init__(self, routes: Iterable[BaseRoute], otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._routes: dict[str, list[TaskRoute]] = defaultdict(list)
        for route in routes:
            if isinstance(route, TaskRoute):
                for method in route.methods or ():
                    self._routes[method].append(route)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one request."""
        if scope["type"] == "http":
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            for route in self._routes.get(scope["method"], ()):
                values = route.path_values(path)
                if values is not None:
                    scope["route"], scope["path_params"] = route, values
                    return route.handle(scope, receive, send)
        return self._otherwise(scope, receive, send)


def _handler(contract: Contract, run: Run) -> Handler:
    """Return what checks who asks, runs an operation, and answers invalid input with the contract's status."""

    async def handle(request: Request) -> Response:
        try:
            user_id = await identify(request, contract.token_lifetime)
            if contract.user_in_path:
                check_path(request, user_id)
            response = await run(request, user_id)
        except InvalidInput as error:
            raise invalid_request(contract.invalid_input_status, as_sent(request, contract, error)) from None
        except InvalidRequest as error:
            raise invalid_request(contract.invalid_input_status, *error.errors) from None
        name_ignored(request, response)
        return response

    return handle
