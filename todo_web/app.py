"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dependency_injector.containers import Container
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from todo_core.errors import TodoError
from todo_web import health
from todo_web.arrivals import Arrivals
from todo_web.collector import rare_collections
from todo_web.container import WebContainer, running, storage_of
from todo_web.documentation import DESCRIPTION, add_documentation
from todo_web.ignored import IGNORED
from todo_web.middleware import Cors, FaultBarrier, RequestIdentity, TrailingSlash
from todo_web.problems import Problem, answer_domain_error, answer_http_exception, answer_problem
from todo_web.routes import contract_routes, other_routes
from todo_web.settings import Settings

EXPOSED = (
    *("ETag", "Link", "Location", "X-Request-ID", "WWW-Authenticate", "Retry-After", "Idempotency-Replayed"),
    IGNORED,
)
ALLOWED = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def create_app(settings: Settings | None = None, storage: Container | None = None) -> FastAPI:
    """Return a service that shares nothing with any other in the process.

    Without settings, reads them from the environment. ``storage`` replaces the store that the settings name.
    Raises pydantic.ValidationError and StorageUnusable.
    """
    settings = settings or Settings()
    container = WebContainer(settings=settings, storage=storage or storage_of(settings))
    # A contract with the user in its path comes first: /api/tasks/tasks is the list of a user called "tasks".
    contracts = sorted(settings.contracts, key=lambda contract: not contract.user_in_path)
    app = FastAPI(
        title="To-do service",
        description=DESCRIPTION,
        # Every contract's own routes come first: what else names them must not slow them down, nor hide any.
        routes=[
            route for routes in (contract_routes, other_routes) for contract in contracts for route in routes(contract)
        ],
        middleware=[
            Middleware(Arrivals, at_once=health.router.prefix),
            Middleware(TrailingSlash),
            Middleware(RequestIdentity),
            Middleware(
                Cors,
                allow_origins=settings.allowed_origins,
                allow_methods=METHODS,
                allow_headers=ALLOWED,
                allow_credentials=True,  # many clients ask with them; every origin is explicit, and no cookie is read
                expose_headers=EXPOSED,
            ),
            Middleware(FaultBarrier),
        ],
        exception_handlers={
            Problem: answer_problem,
            TodoError: answer_domain_error,
            HTTPException: answer_http_exception,
        },
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing here collects any
    )
    app.state.container = container
    app.include_router(health.router)
    add_documentation(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with running(app.state.container):
        with rare_collections():
            yield
