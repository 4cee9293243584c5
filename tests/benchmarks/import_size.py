"""How long an import of 100,000 tasks takes, and how much memory.

    python -m tests.benchmarks.import_size [tasks]

Prints the seconds and the peak of resident memory of each step; at most 100 MiB are wanted for the import.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TASKS = 100_000


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command and return its seconds and its peak of resident memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[1]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    """Import, import again, export and undo."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    todo = str(Path(sys.executable).with_name("todo"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "tasks.jsonl")
        with source.open("w", encoding="utf-8") as file:
            for n in range(tasks):
                task = {"title": f"Task number {n}", "description": "some words about it " * 5, "completed": n % 3 == 0}
                file.write(f"{json.dumps(task)}\n")
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/tasks.db",
            "TODO_USER": "ann",
            "XDG_DATA_HOME": folder,
        }
        steps = {"import": [str(source)], "import again": [str(source)], "export": [f"{folder}/out.jsonl"], "undo": []}
        for step, arguments in steps.items():
            seconds, memory = measured([todo, step.split()[0], *arguments], environment)
            print(f"{step:14}{seconds:8.1f} s{memory:8.0f} MiB")  # noqa: T201  it is a report


if __name__ == "__main__":
    main()
