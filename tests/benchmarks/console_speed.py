"""How long the console takes, as multiples of the time that Python takes to import typer.

    python -m tests.benchmarks.console_speed [rounds]

Prints the best and the median of each command, and the ratios that are wanted: at most 1.5. The commands take turns, so
that a busy machine slows all of them alike.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from todo_adapters.clock import SystemClock
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.policy import TaskPolicy
from todo_core.synchronous import run_now
from todo_core.task import NewTask, TaskFields

TASKS = 1000
YARDSTICK = "import typer"


def fill(path: Path) -> None:
    """Make a store with 1,000 tasks."""
    now = SystemClock().now()
    texts = [TaskFields(title=f"Task number {n}", description="with a few words") for n in range(TASKS)]
    store = SqliteTaskRepository(path)
    run_now(store.add_all("ann", [NewTask.draft("ann", fields, TaskPolicy(), now) for fields in texts]))
    store.close()


def measure(commands: dict[str, list[str]], rounds: int, environment: dict[str, str]) -> dict[str, list[float]]:
    """Return the seconds that each command took in each round."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
            seconds[name].append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    todo = str(Path(sys.executable).with_name("todo"))
    commands = {
        YARDSTICK: [sys.executable, "-c", YARDSTICK],
        "todo list": [todo, "list"],
        "todo list --json": [todo, "list", "--json"],
        "todo add": [todo, "add", "Buy milk"],
        "todo --version": [todo, "--version"],
    }
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder, "tasks.db"))
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/tasks.db",
            "TODO_USER": "ann",
            "XDG_DATA_HOME": folder,
        }
        # Whoever compiles each module again at every start would measure the compiler.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        measure(commands, 1, environment)
        seconds = measure(commands, rounds, environment)
    yardstick = seconds[YARDSTICK]
    print(f"{'':18}{'best ms':>9}{'median ms':>11}{'ratio (best)':>14}{'ratio (median)':>16}")  # noqa: T201  it is a report
    for name, taken in seconds.items():
        best, middle = min(taken), median(taken)
        ratios = f"{best / min(yardstick):14.2f}{middle / median(yardstick):16.2f}"
        print(f"{name:18}{best * 1000:9.0f}{middle * 1000:11.0f}{ratios}")  # noqa: T201  likewise


if __name__ == "__main__":
    main()
