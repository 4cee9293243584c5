"""Part ``start``: how long the programs take to start."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks import report
from tests.benchmarks.bench import Bench
from tests.benchmarks.console_speed import fill
from tests.benchmarks.subjects import ASYNCPG, FLOOR, MEMORY, SQLITE, USUAL, subject
from tests.support.processes import environment

_SERVERS = (FLOOR, USUAL, MEMORY, SQLITE, ASYNCPG)


def run(bench: Bench) -> None:
    """Measure in turns, and write medians."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder, "tasks.db"))
        timed: dict[str, Callable[[], None]] = {name: lambda name=name: _serve(bench, name) for name in _SERVERS}  # type: ignore[misc]  # a default binds the name
        timed["`todo list`, 1,000 tasks in SQLite"] = lambda: _list(folder)
        timed["`python -c 'import typer'`"] = lambda: _run([sys.executable, "-c", "import typer"], folder)
        seconds: dict[str, list[float]] = {name: [] for name in timed}
        for number in range(bench.rounds + 1):
            for name, start in timed.items():
                before = time.perf_counter()
                start()
                if number:  # the first round compiles modules
                    seconds[name].append(time.perf_counter() - before)
    rows = [(name, f"{median(values):.2f}", f"{min(values):.2f}") for name, values in seconds.items()]
    report.write("start", report.table(("until it listens, or has ended", "median s", "best s"), rows))


def _serve(bench: Bench, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder, subject(name, bench.database, folder):
        return


def _list(folder: str) -> None:
    _run([str(Path(sys.executable).with_name("todo")), "list"], folder)


def _run(command: list[str], folder: str) -> None:
    values = {"DATABASE_URL": f"sqlite:///{folder}/tasks.db", "TODO_USER": "ann", "XDG_DATA_HOME": folder}
    # Else each start would compile every module anew, and each line be written by itself.
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    variables = {name: value for name, value in environment(values).items() if name not in left_out}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=variables)
