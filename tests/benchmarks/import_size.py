"""How long an import of 100,000 tasks takes, and how much memory, for each format.

    python -m tests.benchmarks.import_size [tasks]

Prints the seconds and the peak of resident memory of each step; at most 100 MiB are wanted for an import.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.many_tasks import SOURCES, write

TASKS = 100_000

SCRIPT = """
import pathlib, sys
from todo_adapters.clock import SystemClock
from todo_cli.console import Console
from todo_cli.execution import run
code = run(sys.argv[1:], Console.of_process(), SystemClock())
print(pathlib.Path("/proc/self/status").read_text(), file=sys.stderr)
sys.exit(code)
"""
"""The program; what the kernel says of the process afterwards counts nothing from before it was started."""


def measured(arguments: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command and return its seconds and its peak of resident memory in MiB."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    if done.returncode or not peak:
        raise SystemExit(f"{arguments[0]} failed: {done.stderr}")
    return time.perf_counter() - start, int(peak[1]) / 1024


def environment_in(folder: Path) -> Mapping[str, str]:
    """Return the environment of a program that keeps everything in a folder."""
    names = {"DATABASE_URL": f"sqlite:///{folder}/tasks.db", "TODO_USER": "ann", "XDG_DATA_HOME": str(folder)}
    return os.environ | names


def main() -> None:
    """Import each, then import one again, export it, import the export, and undo."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    for name in SOURCES:
        with tempfile.TemporaryDirectory() as folder:
            source = write(Path(folder), name, tasks)
            steps = {f"import {name}": ["import", str(source)]}
            if name == "tasks.jsonl":
                own = f"{folder}/own.jsonl"
                steps |= {"import again": ["import", str(source)], "export": ["export", own]}
                steps |= {"import itself": ["import", own], "undo": ["undo"]}
            for step, arguments in steps.items():
                seconds, memory = measured(arguments, environment_in(Path(folder)))
                print(f"{step:28}{seconds:8.1f} s{memory:8.0f} MiB")  # noqa: T201  it is a report


if __name__ == "__main__":
    main()
