"""How fast the service is, beside what it could be at best and what is usual.

    python -m tests.benchmarks [--quick] [--before CHECKOUT] [PART ...]

Starts real servers and a real PostgreSQL, drives them with wrk, prints what it measures and writes it into
``docs/performance.md``. The server under test has one core to itself, everything else has the others.
"""

import argparse
import os
import tempfile

from tests.benchmarks import contention, growth, machine, open_load, overload, soak, start, throughput, workers
from tests.benchmarks.bench import Bench
from tests.support.postgres import running_postgres

_PARTS = {
    "throughput": throughput.run,
    "open": open_load.run,
    "contention": contention.run,
    "start": start.run,
    "workers": workers.run,
    "growth": growth.run,
    "overload": overload.run,
    "soak": soak.run,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure the service.")
    parser.add_argument("--quick", action="store_true", help="a few minutes, and rough figures")
    parser.add_argument("--before", metavar="CHECKOUT", help="a folder with an earlier version, for the part overload")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all of them unless named: {', '.join(_PARTS)}")
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in _PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; choose from {', '.join(_PARTS)}")
    os.sched_setaffinity(0, machine.cores()[1])
    # Else each start of a program would compile every module anew, and each line be written by itself.
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
        os.environ.pop(name, None)
    with running_postgres() as database, tempfile.TemporaryDirectory() as folder:
        if asked.quick:
            bench = Bench(database, folder, rounds=1, seconds=1, soak_seconds=20, rows=100_000, before=asked.before)
        else:
            bench = Bench(database, folder, rounds=5, seconds=2, soak_seconds=600, rows=10_000_000, before=asked.before)
        for name in asked.parts or _PARTS:
            _PARTS[name](bench)


if __name__ == "__main__":
    main()
