"""A task's route is found as FastAPI's router finds it, though only among those of the request's method."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from tests.support.service import settings
from todo_web.app import create_app
from todo_web.routes import TaskRoute, TaskRouter

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SEGMENTS = ("", "api", "tasks", "ann", "1", "0x1", "complete", "toggle", "uncomplete", "restore", "a\nb", "ü", "health")
CONTRACTS = (
    "fastapi-todo-backend,fastapi-backend-crud,backend-todo-api",
    "fastapi-todo-backend,backend-api,task-management",
)

Found = tuple[BaseRoute | None, dict[str, str]]


@pytest.fixture(params=CONTRACTS, scope="module")
def routes(request: pytest.FixtureRequest) -> list[BaseRoute]:
    return create_app(settings(TODO_CONTRACTS=request.param)).routes


async def found_at_once(routes: list[BaseRoute], scope: Scope) -> Found:
    """Return what the router of tasks chooses, without running it."""

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        pass

    scope = {**scope}
    work = TaskRouter(routes, otherwise)(scope, None, None)  # type: ignore[arg-type]  # nothing is received or sent
    asyncio.ensure_future(work).cancel()
    return scope.get("route"), scope.get("path_params", {})


def found_in_turn(routes: list[BaseRoute], scope: Scope) -> Found:
    """Return what a router chooses that asks all routes, if it is a task's."""
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return (route, child["path_params"]) if isinstance(route, TaskRoute) else (None, {})
    return None, {}


@pytest.mark.parametrize(
    "routes", [create_app(settings(TODO_CONTRACTS=names)).routes for names in CONTRACTS], ids=CONTRACTS
)
@pytest.mark.parametrize("prefix", ["", "/todo"])
@given(
    method=st.sampled_from(METHODS),
    segments=st.lists(st.sampled_from(SEGMENTS), max_size=6),
    end=st.sampled_from(["", "/"]),
)
def test_the_same_route_is_found(
    routes: list[BaseRoute], prefix: str, method: str, segments: list[str], end: str
) -> None:
    path = "".join(f"/{segment}" for segment in segments) + end
    scope = {"type": "http", "method": method, "path": prefix + path, "root_path": prefix, "headers": []}
    assert asyncio.run(found_at_once(routes, scope)) == found_in_turn(routes, scope)
