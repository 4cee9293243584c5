"""Part ``workers``: what a second worker on a second core brings, and what keeps it from bringing more."""

import os
import resource
import tempfile
from dataclasses import dataclass
from statistics import median

from tests.benchmarks import machine, report
from tests.benchmarks.parts import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import take
from tests.benchmarks.subjects import ASYNCPG, Subject, subject
from tests.benchmarks.work import GET, LIST_50, LIST_1000, Work, prepare

_KINDS = (GET, LIST_50, LIST_1000)


@dataclass(frozen=True)
class _Turn:
    """Requests per second, and the processor time of each part in µs per request."""

    rate: float
    service: float
    database: float
    clients: float

    @property
    def busy(self) -> float:
        """How many cores all of them kept busy."""
        return self.rate * (self.service + self.database + self.clients) / 1e6


def run(bench: Bench) -> None:
    """Measure with everything on all cores, and write."""
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
            works = prepare(one)
            found = {kind: _compare(bench, one, two, works[kind]) for kind in _KINDS}
    finally:
        os.sched_setaffinity(0, mine)
        machine.pin(bench.database.master(), mine)
    head = ("", "workers", "requests/s", "service µs", "database µs", "wrk µs", f"cores busy of {len(everywhere)}")
    rows = [
        (
            *(kind, str(number), f"{turn.rate:,.0f}", f"{turn.service:,.0f}", f"{turn.database:,.0f}"),
            *(f"{turn.clients:,.0f}", f"{turn.busy:.2f}"),
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
    requests = seen.rate * bench.seconds / 1e6
    database = (machine.cpu_seconds(bench.database.master()) - database) / requests
    return _Turn(seen.rate, seen.cpu, database, (_clients() - clients) / requests)


def _clients() -> float:
    """Return the processor time of the programs that this one has run to their end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _typical(turns: list[_Turn]) -> _Turn:
    names = ("rate", "service", "database", "clients")
    return _Turn(*(median(getattr(turn, name) for turn in turns) for name in names))
