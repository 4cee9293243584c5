"""The application: FastAPI, without what every request would pay for and none of them uses."""

from typing import Any

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_web.request_context import RequestContext
from todo_web.routes import TaskRouter


class Application(FastAPI):
    """FastAPI with this service's middleware in the place of its own."""

    context: RequestContext
    """What every request needs, while the application runs; what few need is in ``state``."""

    def __init__(self, recorded: TelemetryConfig, **options: Any) -> None:  # noqa: ANN401  FastAPI's own
        super().__init__(telemetry=recorded, **options)
        self._records = bool(recorded.get("tracing") or recorded.get("metrics"))

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router within the middleware.

        FastAPI would add four layers, for errors, for the size of bodies and for recorded exceptions. ErrorAnswers and
        BodyReader do that work here, and every layer costs every request. Where requests are recorded, FastAPI's router
        takes those for tasks as well, because it writes down their route.
        """
        app: ASGIApp = AsyncExitStackMiddleware(self.router)
        if not self._records:
            app = TaskRouter(self.routes, app)
        for middleware, arguments, options in reversed(self.user_middleware):
            app = middleware(app, *arguments, **options)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, and the beginning and the end of the service.

        It is a coroutine, unlike the entries of some layers within, because servers tell ASGI's version by that.
        """
        if self._records or scope["type"] != "http" or self.middleware_stack is None:
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await self.middleware_stack(scope, receive, send)
