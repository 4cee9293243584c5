"""How long the console takes, as multiples of the time that Python takes to import typer.

    python -m tests.benchmarks.console_speed [rounds]

Prints the median of each command, and the median of its ratios to the yardstick in the same round: at most 0.9 for
`list` and `add`. The commands take turns, so that a busy machine slows all of them alike.
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
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
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
        # Else each start would compile every module anew, and each line be written by itself.
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
            environment.pop(name, None)
        measure(commands, 1, environment)
        seconds = measure(commands, rounds, environment)
    print(f"{'':18}{'median ms':>11}{'ratio':>8}")  # noqa: T201  it is a report
    for name, taken in seconds.items():
        ratio = median(own / other for own, other in zip(taken, seconds[YARDSTICK], strict=True))
        print(f"{name:18}{median(taken) * 1000:11.0f}{ratio:8.2f}")  # noqa: T201  likewise


if __name__ == "__main__":
    main()
