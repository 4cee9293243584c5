"""Part ``contention``: many connections that all toggle one and the same task."""

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.benchmarks import report
from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import send_in_turn
from tests.benchmarks.report import Target
from tests.benchmarks.subjects import ASYNCPG, USUAL, Subject, subject
from tests.benchmarks.work import READER, TOGGLE, prepare
from tests.support.postgres import Server

_CONNECTIONS = 16
_TABLES = {ASYNCPG: "tasks", USUAL: "usual_tasks"}

_COUNT_LOST = """
    CREATE SEQUENCE IF NOT EXISTS lost_{table} MINVALUE 0;
    CREATE OR REPLACE FUNCTION count_lost_{table}() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM nextval('lost_{table}'); RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER count_lost AFTER UPDATE ON {table} FOR EACH ROW
        WHEN (old.completed = new.completed) EXECUTE FUNCTION count_lost_{table}();
"""
"""Whoever toggles what another has toggled since it was read writes what is there already."""

_FORGET = "DROP TRIGGER count_lost ON {table}; DROP FUNCTION count_lost_{table}; DROP SEQUENCE lost_{table}"


@dataclass(frozen=True)
class _Turn:
    rate: float
    toggled: int
    failed: int
    right: bool
    """Whether the task ends as so many toggles leave it."""


def run(bench: Bench) -> None:
    """Measure in turns, count what was lost, and write."""
    with ExitStack() as stack:
        bench.database.empty()
        subjects = [stack.enter_context(subject(name, bench.database, bench.folder)) for name in _TABLES]
        toggles = {one.name: prepare(one)[TOGGLE].requests[0] for one in subjects}
        for table in _TABLES.values():
            bench.database.run(_COUNT_LOST.format(table=table))
            stack.callback(bench.database.run, _FORGET.format(table=table))
        turns: dict[str, list[_Turn]] = {name: [] for name in _TABLES}
        for _ in range(bench.rounds):
            for one in subjects:
                turns[one.name].append(_turn(bench, one, toggles[one.name]))
        lost = {name: _lost(bench.database, table) for name, table in _TABLES.items()}
    rows = [
        (
            name,
            f"{median(one.rate for one in found):,.0f}",
            f"{sum(one.toggled for one in found):,}",
            f"{lost[name]:,}",
            f"{sum(one.failed for one in found):,}",
            f"{sum(one.right for one in found)} of {len(found)}",
        )
        for name, found in turns.items()
    ]
    head = ("", "requests/s", "toggled", "lost", "refused", "rounds that end right")
    report.write("contention", f"{report.table(head, rows)}\n\n{report.targets(_targets(turns, lost[ASYNCPG]))}")


def _turn(bench: Bench, one: Subject, toggle: bytes) -> _Turn:
    before = _completed(bench.database, one, toggle)
    exchanges = send_in_turn(one.url, [toggle], _CONNECTIONS, bench.seconds)
    toggled = sum(not exchange.failed for exchange in exchanges)
    seconds = max(exchange.answered for exchange in exchanges)
    right = _completed(bench.database, one, toggle) == (before ^ (toggled % 2 == 1))
    return _Turn(toggled / seconds, toggled, len(exchanges) - toggled, right)


def _completed(database: Server, one: Subject, toggle: bytes) -> bool:
    task_id = int(toggle.split(b"/")[2])
    found = database.run(
        f"SELECT completed FROM {_TABLES[one.name]} WHERE id = %s AND user_id = %s",
        task_id,
        READER,
    )
    return bool(found[0][0])


def _lost(database: Server, table: str) -> int:
    found = database.run(f"SELECT CASE WHEN is_called THEN last_value + 1 ELSE 0 END FROM lost_{table}")
    return int(str(found[0][0]))


def _targets(turns: dict[str, list[_Turn]], lost: int) -> list[Target]:
    ratio = median(ours.rate / usual.rate for ours, usual in zip(turns[ASYNCPG], turns[USUAL], strict=True))
    right = all(one.right for one in turns[ASYNCPG]) and lost == 0
    failed = sum(one.failed for one in turns[ASYNCPG])
    return [
        Target(f"{ASYNCPG}: ≥ 1 times the requests/s of {USUAL}", f"{ratio:.2f} times", ratio >= 1),
        Target("every toggle counts", f"{lost} lost", right),
        Target("none is refused", str(failed), failed == 0),
    ]
