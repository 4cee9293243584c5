"""Part ``workers``: what a second worker brings where nothing but the workers is the limit.

On a machine of two cores, database and clients take what the second worker should have. So every worker has half a core
here, one as well as two of them, and the other core is for the rest.
"""

import os
import resource
import tempfile
from dataclasses import dataclass, replace
from statistics import median

from tests.benchmarks import machine, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import take
from tests.benchmarks.subjects import ASYNCPG, Subject, subject
from tests.benchmarks.work import GET, LIST_50, LIST_1000, Work, prepare

_KINDS = (GET, LIST_50, LIST_1000)
_CONNECTIONS = 32
"""The kernel chooses who accepts a connection: of a few, one worker may get all."""


@dataclass(frozen=True)
class _Turn:
    """Requests per second, and how many cores each part kept busy."""

    rate: float
    service: float
    database: float
    clients: float


def run(bench: Bench) -> None:
    """Measure with everything on all cores, and write; without root's rights, only say that they are missing."""
    if os.geteuid() != 0:
        print("The part workers is left out: only root may limit processes to half a core.")  # noqa: T201  a report
        return
    everywhere = set.union(*machine.cores())
    mine = os.sched_getaffinity(0)
    bench.database.empty()
    machine.pin(bench.database.master(), everywhere)
    os.sched_setaffinity(0, everywhere)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            subject(ASYNCPG, bench.database, folder) as one,
            subject(ASYNCPG, bench.database, folder, workers=2) as two,
        ):
            machine.pin(one.pid, everywhere)
            works = {kind: replace(work, connections=_CONNECTIONS) for kind, work in prepare(one).items()}
            with machine.half_a_core_each([one.pid, *machine.family(two.pid)]):
                found = {kind: _compare(bench, one, two, works[kind]) for kind in _KINDS}
    finally:
        os.sched_setaffinity(0, mine)
        machine.pin(bench.database.master(), mine)
    head = ("", "workers", "requests/s", "cores busy: workers", "PostgreSQL", "wrk")
    rows = [
        (
            kind,
            str(number),
            *(f"{turn.rate:,.0f}", f"{turn.service:.2f}", f"{turn.database:.2f}", f"{turn.clients:.2f}"),
        )
        for kind, turns in found.items()
        for number, turn in enumerate(turns, 1)
    ]
    ratios = {kind: two.rate / one.rate for kind, (one, two) in found.items()}
    met = [
        Target(f"{kind}: ≥ 1.7 times one worker", f"{ratio:.2f} times", ratio >= 1.7) for kind, ratio in ratios.items()
    ]
    report.write("workers", f"{report.table(head, rows)}\n\n{report.targets(met)}")


def _compare(bench: Bench, one: Subject, two: Subject, work: Work) -> tuple[_Turn, _Turn]:
    turns = [(_take(bench, one, work), _take(bench, two, work)) for _ in range(bench.rounds)]
    return _typical([pair[0] for pair in turns]), _typical([pair[1] for pair in turns])


def _take(bench: Bench, one: Subject, work: Work) -> _Turn:
    database, clients = machine.cpu_seconds(bench.database.master()), _clients()
    seen = take(one, work, bench.seconds)
    database = machine.cpu_seconds(bench.database.master()) - database
    clients = _clients() - clients
    return _Turn(seen.rate, seen.rate * seen.cpu / 1e6, database / bench.seconds, clients / bench.seconds)


def _clients() -> float:
    """Return the processor time of the programs that this one has run to their end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _typical(turns: list[_Turn]) -> _Turn:
    names = ("rate", "service", "database", "clients")
    return _Turn(*(median(getattr(turn, name) for turn in turns) for name in names))
