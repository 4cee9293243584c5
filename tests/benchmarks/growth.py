"""Part ``growth``: whether a request costs more when the table holds millions of other rows."""

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from statistics import median

from tests.benchmarks import machine, report, work
from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import take
from tests.benchmarks.subjects import ASYNCPG, Subject, subject
from tests.benchmarks.work import Work
from tests.support.postgres import Server

_SMALL, _DEEP = "small", "deep"
_PAGE = 50
_PAGES = 1000
_USERS = 1000

_FILL = """
    INSERT INTO tasks (user_id, title, description, completed, created_at, updated_at, version)
    SELECT %s || CASE WHEN %s > 1 THEN (n %% %s)::text ELSE '' END, 'Task number ' || n, 'with a few words about it',
           false, timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01', 1
    FROM generate_series(1, %s) AS n
"""
_ONE, _FIRST = "get one", "list, first page"
_DEEP_FIRST, _DEEP_LAST = f"list, first page of {_PAGES:,}", f"list, page {_PAGES:,}"


def run(bench: Bench) -> None:
    """Measure the same requests on a table of ten rows and on one of many, and write."""
    bench.database.empty()
    with subject(ASYNCPG, bench.database, bench.folder) as one:
        _fill(bench.database, _SMALL, 10)
        works = _works(one, bench.database)
        few = _costs(bench, one, works)
        _fill(bench.database, _DEEP, _PAGE * (_PAGES + 1))
        _fill(bench.database, "user ", bench.rows, users=_USERS)
        many = _costs(bench, one, works | _deep_works(one))
    rows = [
        (
            name,
            f"{few[name]:,.0f}" if name in few else "",
            f"{cost:,.0f}",
            f"{cost / few[name]:.2f}" if name in few else "",
        )
        for name, cost in many.items()
    ]
    table = report.table(("CPU µs of service and database", "10 rows", f"{bench.rows:,} rows", "ratio"), rows)
    report.write("growth", f"{table}\n\n{report.targets(_targets(few, many, bench.rows))}")


def _targets(few: Mapping[str, float], many: Mapping[str, float], rows: int) -> list[Target]:
    ratios = {f"{name}: ≤ 1.3 times with {rows:,} rows": many[name] / few[name] for name in few}
    ratios[f"page {_PAGES:,}: ≤ 1.3 times the first"] = many[_DEEP_LAST] / many[_DEEP_FIRST]
    return [Target(wanted, f"{ratio:.2f} times", ratio <= 1.3) for wanted, ratio in ratios.items()]


def _fill(database: Server, user: str, rows: int, users: int = 1) -> None:
    database.run(_FILL, user, users, users, rows)
    database.run("VACUUM ANALYZE tasks")


def _works(one: Subject, database: Server) -> dict[str, Work]:
    ids = [int(str(row[0])) for row in database.run("SELECT id FROM tasks WHERE user_id = %s", _SMALL)]
    token = work.token(_SMALL)
    return {
        _ONE: Work([work.request("GET", f"/tasks/{task_id}", token) for task_id in ids], 8),
        _FIRST: Work([work.request("GET", f"/tasks?limit={_PAGE}", token)], 8),
    }


def _deep_works(one: Subject) -> dict[str, Work]:
    token, path = work.token(_DEEP), f"/tasks?limit={_PAGE}"
    pages = {_DEEP_FIRST: path, _DEEP_LAST: _last_page(one, path, token)}
    return {name: Work([work.request("GET", page, token)], 8) for name, page in pages.items()}


def _last_page(one: Subject, path: str, token: str) -> str:
    """Follow the links from page to page, as a client does."""
    connection = HTTPConnection(one.url.removeprefix("http://"))
    for _ in range(_PAGES - 1):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert len(json.load(answer)) == _PAGE
        path = answer.headers["Link"].partition(">")[0].removeprefix("<")
    connection.close()
    return path


def _costs(bench: Bench, one: Subject, works: Mapping[str, Work]) -> dict[str, float]:
    """Return the processor time of each kind of request, the database's included."""
    time.sleep(1)  # let the database write down what it was filled with
    costs: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(bench.rounds):
        for name, asked in works.items():
            before = machine.cpu_seconds(bench.database.master())
            seen = take(one, asked, bench.seconds)
            spent = machine.cpu_seconds(bench.database.master()) - before
            costs[name].append(seen.cpu + spent / (seen.rate * bench.seconds) * 1e6)
    return {name: median(values) for name, values in costs.items()}
