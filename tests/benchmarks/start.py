"""Part ``start``: how long the programs take to start."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from tests.benchmarks import report
from tests.benchmarks.bench import Bench
from tests.benchmarks.console_speed import fill
from tests.benchmarks.report import Target
from tests.benchmarks.subjects import ASYNCPG, FLOOR, MEMORY, SQLITE, USUAL, subject
from tests.benchmarks.work import token
from tests.support.processes import environment

_IMPORTS = "`python -c 'import fastapi, sqlmodel'`"
_SERVERS = (FLOOR, USUAL, MEMORY, SQLITE, ASYNCPG)


def run(bench: Bench) -> None:
    """Measure in turns, and write medians."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder, "tasks.db"))
        timed: dict[str, Callable[[], float]] = {name: lambda name=name: _serve(bench, name) for name in _SERVERS}  # type: ignore[misc]  # a default binds the name
        timed[_IMPORTS] = lambda: _run([sys.executable, "-c", "import fastapi, sqlmodel"], folder)
        timed["`todo list`, 1,000 tasks in SQLite"] = lambda: _list(folder)
        timed["`python -c 'import typer'`"] = lambda: _run([sys.executable, "-c", "import typer"], folder)
        seconds: dict[str, list[float]] = {name: [] for name in timed}
        for number in range(bench.rounds + 1):
            for name, start in timed.items():
                taken = start()
                if number:  # the first round compiles modules
                    seconds[name].append(taken)
    rows = [(name, f"{median(values):.2f}", f"{min(values):.2f}") for name, values in seconds.items()]
    table = report.table(("until it has answered a request, or has ended", "median s", "best s"), rows)
    targets = [_target(name, seconds) for name in (SQLITE, ASYNCPG)]
    report.write("start", f"{table}\n\n{report.targets(targets)}")


def _target(name: str, seconds: Mapping[str, list[float]]) -> Target:
    ratio = median(own / other for own, other in zip(seconds[name], seconds[_IMPORTS], strict=True))
    return Target(f"{name}: first answer ≤ 1.5 times the time of {_IMPORTS}", f"{ratio:.2f} times", ratio <= 1.5)


def _serve(bench: Bench, name: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        before = time.perf_counter()
        with subject(name, bench.database, folder) as one:
            path = "/" if name == FLOOR else "/tasks"
            asked = Request(one.url + path, headers={"Authorization": f"Bearer {token('starter')}"})  # noqa: S310  http
            with urlopen(asked) as answer:  # noqa: S310  likewise
                answer.read()
            return time.perf_counter() - before


def _list(folder: str) -> float:
    return _run([str(Path(sys.executable).with_name("todo")), "list"], folder)


def _run(command: list[str], folder: str) -> float:
    values = {"DATABASE_URL": f"sqlite:///{folder}/tasks.db", "TODO_USER": "ann", "XDG_DATA_HOME": folder}
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment(values))
    return time.perf_counter() - before
