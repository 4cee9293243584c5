"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from starlette.middleware import Middleware

from todo_web import health
from todo_web.admission import Admission
from todo_web.application import Application
from todo_web.composition import Storage, WebContainer, open_context, storage_of
from todo_web.cors import cors
from todo_web.error_answers import ErrorAnswers
from todo_web.garbage_collection import rare_collections
from todo_web.proxy import ProxyHeaders
from todo_web.request_identity import RequestIdentity
from todo_web.request_log import RequestLog
from todo_web.routes import task_routes
from todo_web.settings import Settings
from todo_web.swagger import DESCRIPTION, add_documentation
from todo_web.telemetry import telemetry
from todo_web.trailing_slash import TrailingSlash


def create_app(
    settings: Settings | None = None, storage: Storage | None = None, *, development: bool = False
) -> Application:
    """Return a service that shares nothing with any other in the process.

    Without settings, reads them from the environment. ``storage`` replaces the store that the settings name. In
    ``development`` the pages of this machine may call, an assistant may call under any name, and the log of requests is
    the server's own.
    Raises pydantic.ValidationError and StorageUnusable.
    """
    settings = settings or Settings()
    container = WebContainer(settings=settings, storage=storage or storage_of(settings))
    log = RequestLog() if settings.request_log and not development else None
    app = Application(
        telemetry(),
        title="To-do service",
        version=version("todo-service"),
        description=DESCRIPTION,
        routes=task_routes(settings.contracts),
        middleware=_middleware(settings, log, development=development),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.container = container
    app.state.settings = settings
    app.state.log = log
    app.include_router(health.router)
    add_documentation(app)
    if settings.mcp:
        from todo_web.mcp.http import add_assistant  # noqa: PLC0415  an optional extra

        add_assistant(app, settings, development=development)
    return app


def _middleware(settings: Settings, log: RequestLog | None, *, development: bool) -> list[Middleware]:
    """Return what every request goes through, outermost first."""
    return [
        Middleware(Admission, at_once=health.router.prefix),
        Middleware(TrailingSlash),
        Middleware(ProxyHeaders, trusted=settings.trusted_proxies, root_path=settings.root_path),
        Middleware(RequestIdentity, log=log),
        cors(settings, development=development),
        Middleware(ErrorAnswers),
    ]


@asynccontextmanager
async def _lifespan(app: Application) -> AsyncIterator[None]:
    try:
        async with open_context(app.state.container) as app.context, AsyncExitStack() as stack:
            if app.state.settings.mcp:
                from todo_web.mcp.http import serving_assistant  # noqa: PLC0415  an optional extra

                await stack.enter_async_context(serving_assistant(app))
            with rare_collections():
                yield
    finally:
        if app.state.log:
            app.state.log.write()
