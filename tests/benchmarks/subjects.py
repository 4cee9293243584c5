"""The servers that are measured, each a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks import machine
from tests.support.postgres import Server as Database
from tests.support.processes import PROGRAM, environment, free_port, serving
from tests.support.secrecy import SECRET

FLOOR, USUAL = "FastAPI hello world", "the usual way"
MEMORY, SQLITE, ASYNCPG, PSYCOPG2 = "memory", "SQLite", "PostgreSQL, asyncpg", "PostgreSQL, psycopg2"
OURS = (MEMORY, SQLITE, ASYNCPG, PSYCOPG2)

_STARTUP_SECONDS = 60


@dataclass(frozen=True)
class Subject:
    """A server that listens; ``lines`` is what it has printed, if it prints anything."""

    name: str
    url: str
    pid: int
    lines: Sequence[str] = ()

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        return machine.cpu_seconds(self.pid)


@contextmanager
def subject(
    name: str, database: Database, folder: str, workers: int = 1, checkout: str | None = None
) -> Iterator[Subject]:
    """Run one of the servers, on the core that is kept for it; on all cores if it has several workers.

    ``checkout`` is the folder of another version of the service.
    """
    with _running(name, database, folder, workers, checkout) as one:
        machine.pin(one.pid, machine.cores()[0] if workers == 1 else set.union(*machine.cores()))
        yield one


@contextmanager
def _running(name: str, database: Database, folder: str, workers: int, checkout: str | None) -> Iterator[Subject]:
    url = database.url()
    with_psycopg2 = url.replace("postgresql:", "postgresql+psycopg2:")
    if name in {FLOOR, USUAL}:
        with _uvicorn("hello" if name == FLOOR else "usual", _variables(with_psycopg2)) as (pid, address):
            yield Subject(name, address, pid)
        return
    stores = {
        MEMORY: "memory://",
        SQLITE: f"sqlite:///{folder}/tasks.db",
        ASYNCPG: url,
        PSYCOPG2: with_psycopg2,
    }
    values = _variables(stores[name])
    program: Sequence[str] = PROGRAM
    if checkout:
        values["PYTHONPATH"] = checkout
        program = (sys.executable, "-P", "-m", "todo_web")  # -P: not from the current folder
    with serving(values, workers=workers, program=program) as server:
        yield Subject(name, server.url, server.process.pid, server.lines)


def _variables(url: str) -> dict[str, str]:
    return {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": url}


@contextmanager
def _uvicorn(module: str, variables: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Run a reference on the same server as the service, with the same settings."""
    port = free_port()
    application = [f"tests.benchmarks.{module}:create_app", "--factory", "--port", str(port)]
    settings = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header"]
    command = [sys.executable, "-m", "uvicorn", *application, *settings, "--log-level", "warning"]
    process = subprocess.Popen(command, env=environment(variables))
    try:
        _wait_until_listening(process, port)
        yield process.pid, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _STARTUP_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("a reference application does not start")
