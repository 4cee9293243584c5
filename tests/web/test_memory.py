"""How much memory a long list takes in the service's own process."""

from pathlib import Path

import httpx2
import pytest

from tests.support.clocks import FrozenClock
from tests.support.postgres import Server
from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from todo_adapters.neon import open_with_psycopg2
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.synchronous import run_now
from todo_core.task import NewTask

TASKS = 10_000
EXTRA_KIB = 32 * 1024
DRAFT = NewTask("ann", "京" * 200, "都" * 1000, None, FrozenClock().now(), FrozenClock().now())
"""As long as a task of most contracts may be: 3.6 KB of text, so that the list is 38 MB of JSON."""


def memory(process: int, field: str) -> int:
    """Return KiB of a process: VmRSS is what it holds now, VmHWM the most that it held since it was reset."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_ten_thousand_tasks_are_listed_in_little_memory(store: str, postgres: Server, tmp_path: Path) -> None:
    file = tmp_path / "tasks.db"
    postgres.empty()
    if store == "sqlite":
        repository = SqliteTaskRepository(file)
        run_now(repository.add_all("ann", [DRAFT] * TASKS))
        repository.close()
    else:
        with open_with_psycopg2(postgres.address()) as neon:
            run_now(neon.add_all("ann", [DRAFT] * TASKS))
    address = postgres.url() if store == "postgres" else f"sqlite:///{file}"
    with serving({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": address}) as server:
        process = server.process.pid
        with httpx2.Client(base_url=server.url, headers=bearer(), timeout=60) as client:
            assert len(client.get("/tasks?limit=10").json()) == 10
            Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
            before = memory(process, "VmRSS")
            with client.stream("GET", "/tasks") as answer:
                size = sum(map(len, answer.iter_raw()))
            after = memory(process, "VmHWM")
    assert size > TASKS * len(("京" * 1200).encode())
    assert after - before < EXTRA_KIB
