"""``/mcp`` of the service: streamable HTTP without sessions, each request answered with JSON, under bearer tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from todo_core.errors import TodoError
from todo_web.application import Application
from todo_web.authentication import identify
from todo_web.body import BODY_LIMIT, content_too_large, unsupported_media_type
from todo_web.error_answers import answer_to, give
from todo_web.mcp.caller import Caller, RequestCaller
from todo_web.mcp.public_address import METADATA_PATH, PublicAddress
from todo_web.mcp.server import assistant_server
from todo_web.problems import Problem, problem_response
from todo_web.settings import MCP_PATH, Settings

_REFUSALS = {400: unsupported_media_type(), 413: content_too_large()}
"""The problem for each status with which the transport refuses in plain text."""


def add_assistant(app: FastAPI, settings: Settings, *, development: bool) -> None:
    """Serve ``/mcp`` and its metadata, as long as ``serving_assistant`` runs."""
    address = PublicAddress(settings, development=development)

    async def metadata(request: Request) -> Response:
        """Say who issues tokens for ``/mcp`` (RFC 9728, section 2)."""
        address.check(request)
        return JSONResponse(
            {
                "resource": address.of(request),
                "authorization_servers": [settings.authorization_server],
                "bearer_methods_supported": ["header"],
            }
        )

    app.router.routes += [
        LoggedRoute(MCP_PATH, AssistantEndpoint(address, settings)),
        # Some clients look at the second address first.
        LoggedRoute(f"{METADATA_PATH}{MCP_PATH}", metadata, methods=["GET"]),
        LoggedRoute(METADATA_PATH, metadata, methods=["GET"]),
    ]


class LoggedRoute(Route):
    """Tells the log which route a request took, as the framework's own routes do."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request is for this route, and what its endpoint is to know."""
        match, found = super().matches(scope)
        return match, {**found, "route": self}


@asynccontextmanager
async def serving_assistant(app: Application) -> AsyncIterator[None]:
    """Let the tools work on the store of a running container.

    An application does not run the lifespan of another one that is mounted into it.
    """
    server = assistant_server(app.context.assistant, _caller)
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=BODY_LIMIT)
    async with manager.run():
        app.state.assistant = manager
        yield


def _caller(request: Request | None) -> Caller:
    assert request is not None  # noqa: S101  every message over HTTP comes with its request
    return RequestCaller(request)


class AssistantEndpoint:
    """Lets a message through to the tools when its host, its origin and its token are right, in this order."""

    def __init__(self, address: PublicAddress, settings: Settings) -> None:
        self._address = address
        self._resource = settings.mcp_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        self._address.check(request)
        try:
            await identify(request, resource=self._resource)
        except (Problem, TodoError) as error:
            answer = answer_to(request, error)
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                answer.headers["WWW-Authenticate"] += f', resource_metadata="{self._address.metadata_of(request)}"'
            await give(answer, request, send)
            return
        if request.method != "POST":
            raise _only_post()
        request.state.after_answer = []
        try:
            await scope["app"].state.assistant.handle_request(scope, receive, _with_problems(scope, receive, send))
        finally:
            for event in request.state.after_answer:
                await event()


def _only_post() -> Problem:
    """Return the answer to a request for a stream or a session; there are none.

    The token is checked before, because some clients find out by a GET where to get a token.
    """
    return Problem(405, "method_not_allowed", "Send each message with POST.", {"Allow": "POST"})


def _with_problems(scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a ``send`` that turns the transport's refusals in plain text into problems."""
    refused: Problem | None = None

    async def watch(message: Message) -> None:
        nonlocal refused
        if message["type"] == "http.response.start" and _is_plain_refusal(message):
            status = HTTPStatus(message["status"])
            other = Problem(status, status.name.lower(), f"{status.description or status.phrase}.")
            refused = _REFUSALS.get(status, other)
        elif refused is None:
            await send(message)
        elif not message.get("more_body", False):
            await problem_response(scope, refused)(scope, receive, send)

    return watch


def _is_plain_refusal(message: Message) -> bool:
    media_type = dict(message["headers"]).get(b"content-type", b"")
    return message["status"] >= HTTPStatus.BAD_REQUEST and not media_type.startswith(b"application/json")
