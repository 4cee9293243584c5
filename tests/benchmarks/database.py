"""The database's own limits: the store's statements without the service."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy.dialects.postgresql.base import PGDialect

from tests.benchmarks import machine
from tests.benchmarks.work import CREATE, GET, LIST_50, LIST_1000, READER, TOGGLE, UPDATE, WRITER
from tests.support.postgres import DATABASE, PASSWORD, USER, Server
from todo_adapters.neon import statements
from todo_core.query import TaskQuery

_FIND = statements.find(statements.ListShape.of(TaskQuery()))
_READ_AND_REPLACE = (statements.GET, statements.REPLACE)
_STATEMENTS = {
    GET: (statements.GET,),
    LIST_50: (_FIND,),
    LIST_1000: (_FIND,),
    CREATE: (statements.ADD,),
    UPDATE: _READ_AND_REPLACE,
    TOGGLE: _READ_AND_REPLACE,
}

_VALUES = {
    "owner": f"'{READER}'",
    "limit": "51",
    "read_version": ":version",
    "new_version": ":version + 1",
    "new_title": "'Task number 1'",
    "new_description": "'with a few words about it'",
    "new_completed": "false",
    "new_created_at": "now()",
    "new_updated_at": "now()",
}
"""What stands for a parameter; the task is drawn by pgbench, and all others are null."""


def pgbench(server: Server, kind: str, ids: list[int], *, connections: int, seconds: float) -> float:
    """Return how often per second the database does what one request asks of it, on the cores of this process."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.sql")
        script.write_text(_script(kind, ids))
        options = ["-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(max(1, round(seconds)))]
        address = ["-h", "localhost", "-p", str(server.port), "-U", USER, "-f", str(script), DATABASE]
        command: list[str | Path] = [server.programs / "pgbench", *options, *address]
        ended = subprocess.run(command, check=True, capture_output=True, text=True, env={"PGPASSWORD": PASSWORD})
    rate = re.search(r"tps = ([0-9.]+)", ended.stdout)
    assert rate, ended.stdout
    return float(rate[1])


def bare_asyncpg(server: Server, seconds: float) -> float:
    """Return the microseconds of processor time that asyncpg alone takes to fetch the reader's 1,000 rows."""
    command = [sys.executable, "-m", "tests.benchmarks.bare", server.url(), READER, str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    machine.pin(process.pid, machine.cores()[0])
    return float(process.communicate()[0])


def _script(kind: str, ids: list[int]) -> str:
    steps = [f"\\set task random({ids[0]}, {ids[-1]})"]
    for statement in _STATEMENTS[kind]:
        text = str(statement.compile(dialect=PGDialect(paramstyle="named")))  # type: ignore[no-untyped-call]  # SQLAlchemy's
        values = _VALUES | {"task_id": ":task"}
        if kind == LIST_1000:
            values["limit"] = "1001"
        if kind == CREATE:
            values["owner"] = f"'{WRITER}'"
        bound = re.sub(r"(?<!:):([a-z_]+)", lambda found: values.get(found[1], "NULL"), text)  # noqa: B023  used here
        steps.append(bound + (" \\gset" if statement is statements.GET and kind != GET else ";"))
    return "\n".join(re.sub(r"\s*\n\s*", " ", step) for step in steps)
