"""The composition root of the service: which adapter plugs into which port."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

from dependency_injector import containers, providers

from todo_adapters.address import MemoryAddress, PostgresAddress, SqliteAddress
from todo_adapters.clock import SystemClock
from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.neon import open_with_asyncpg, open_with_psycopg2
from todo_adapters.owner_questions import OwnerQuestions
from todo_adapters.shared_timeout import SharedTimeout
from todo_adapters.sqlite import SqliteTaskRepository
from todo_adapters.tokens.open_verifier import open_verifier
from todo_adapters.worker_threads import ThreadedTaskRepository
from todo_core.policy import DEFAULT_POLICY
from todo_core.ports import Clock, TaskRepository, TokenVerifier
from todo_core.service import TaskService
from todo_web.contracts import Contract
from todo_web.hidden_tasks import HiddenTasks
from todo_web.readiness import Readiness
from todo_web.refusal_throttle import RefusalThrottle
from todo_web.request_context import RequestContext
from todo_web.settings import Settings, StorageSettings
from todo_web.telemetry import watch_pool


@asynccontextmanager
async def open_memory() -> AsyncIterator[TaskRepository]:
    """Make an empty store in this process."""
    yield MemoryTaskRepository()


@asynccontextmanager
async def open_sqlite(path: Path, deadline: float) -> AsyncIterator[TaskRepository]:
    """Open a SQLite file, which has one writer at a time anyway."""
    store = closing(SqliteTaskRepository(path, deadline))
    with closing(ThreadedTaskRepository(store, readers=1, writers=1, deadline=deadline)) as threaded:
        yield threaded


@asynccontextmanager
async def open_neon(address: PostgresAddress, deadline: float, pool_size: int) -> AsyncIterator[TaskRepository]:
    """Use asyncpg, unless the address names psycopg2, which gets one reader and one writer for each connection."""
    if address.driver == "psycopg2":
        store = open_with_psycopg2(address, pool_size=pool_size, deadline=deadline)
        with closing(
            ThreadedTaskRepository(store, readers=pool_size, writers=pool_size, deadline=deadline)
        ) as threaded:
            yield threaded
    else:
        async with open_with_asyncpg(address, pool_size=pool_size, deadline=deadline, watch=watch_pool) as repository:
            yield repository


Storage = containers.Container
"""One of the following, each of which has a ``repository``."""


class MemoryStorage(containers.DeclarativeContainer):
    """Tasks that end with the process."""

    repository: providers.Provider[TaskRepository] = providers.Resource(open_memory)


class SqliteStorage(containers.DeclarativeContainer):
    """Tasks in one file."""

    path: providers.Dependency[Path] = providers.Dependency(instance_of=Path)
    deadline: providers.Dependency[float] = providers.Dependency(instance_of=float)
    repository: providers.Provider[TaskRepository] = providers.Resource(open_sqlite, path, deadline)


class NeonStorage(containers.DeclarativeContainer):
    """Tasks in PostgreSQL."""

    address: providers.Dependency[PostgresAddress] = providers.Dependency(instance_of=PostgresAddress)
    deadline: providers.Dependency[float] = providers.Dependency(instance_of=float)
    pool_size: providers.Dependency[int] = providers.Dependency(instance_of=int)
    repository: providers.Provider[TaskRepository] = providers.Resource(open_neon, address, deadline, pool_size)


def storage_of(settings: StorageSettings) -> Storage:
    """Return the container of the store that the settings name."""
    match settings.storage:
        case MemoryAddress():
            return MemoryStorage()
        case SqliteAddress(path):
            return SqliteStorage(path=path, deadline=settings.storage_deadline)
        case PostgresAddress() as address:
            return NeonStorage(
                address=address, deadline=settings.storage_deadline, pool_size=settings.storage_pool_size
            )


@asynccontextmanager
async def open_storage(storage: Any) -> AsyncIterator[TaskRepository]:  # noqa: ANN401  its providers have no static names
    """Open the store of a storage container by itself. Raises StorageError."""
    try:
        yield await storage.repository()
    finally:
        await _shut_down(storage)


OWNER_QUESTIONS = 2
"""How many requests of a process may ask at a time who owns a task; only contracts that tell strangers do."""


def build_services(
    repository: TaskRepository, clock: Clock, contracts: tuple[Contract, ...], deadline: float
) -> dict[str, TaskService]:
    """Return one service for each contract, by the contract's name."""
    owners = OwnerQuestions(repository, at_a_time=OWNER_QUESTIONS, deadline=deadline)
    return {contract.name: TaskService(repository, clock, contract.policy, owners) for contract in contracts}


class WebContainer(containers.DeclarativeContainer):
    """Everything that a running service is made of; ``storage`` is one of the storage containers above."""

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)
    storage = providers.DependenciesContainer()
    clock: providers.Provider[Clock] = providers.Singleton(SystemClock)
    verifier: providers.Provider[TokenVerifier] = providers.Resource(open_verifier, settings.provided.tokens, clock)
    services: providers.Provider[dict[str, TaskService]] = providers.Factory(
        build_services,
        repository=storage.repository,
        clock=clock,
        contracts=settings.provided.contracts,
        deadline=settings.provided.storage_deadline,
    )
    assistant: providers.Provider[TaskService] = providers.Factory(
        TaskService, repository=storage.repository, clock=clock, policy=DEFAULT_POLICY
    )
    readiness: providers.Provider[Readiness] = providers.Factory(
        Readiness, repository=storage.repository, verifier=verifier
    )
    context: providers.Provider[RequestContext] = providers.Factory(
        RequestContext,
        verifier=verifier,
        services=services,
        assistant=assistant,
        readiness=readiness,
        refusal_throttle=providers.Factory(RefusalThrottle),
        hidden_tasks=providers.Factory(
            HiddenTasks, owners=storage.repository, deadline=settings.provided.storage_deadline
        ),
        storage_timeout=providers.Factory(SharedTimeout, settings.provided.storage_deadline),
    )


@asynccontextmanager
async def open_context(container: WebContainer) -> AsyncIterator[RequestContext]:
    """Open what a container's resources hold, and close it in the end. Raises StorageError."""
    opening = container.init_resources()
    if opening is not None:
        await opening
    try:
        # What depends on an asynchronous resource would be a Future, so the opened resource takes its place.
        resources: tuple[Any, ...] = (container.storage.repository, container.verifier)
        with ExitStack() as overrides:
            for resource in resources:
                opened = await resource()
                resource.disable_async_mode()
                overrides.enter_context(resource.override(opened))
            yield container.context()
    finally:
        await _shut_down(container)


async def _shut_down(container: Any) -> None:  # noqa: ANN401  as the container of open_storage
    """Close what the resources of a container hold; only asynchronous ones have to be waited for."""
    closing_all = container.shutdown_resources()
    if closing_all is not None:
        await closing_all
