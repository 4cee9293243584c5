"""Part ``throughput``: every kind of work on every store, beside the three references."""

from contextlib import ExitStack
from operator import attrgetter

from tests.benchmarks import database, machine, plot, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import Sample, Samples, take
from tests.benchmarks.subjects import ASYNCPG, FLOOR, MEMORY, OURS, PSYCOPG2, SQLITE, USUAL, subject
from tests.benchmarks.work import CREATE, GET, KINDS, LIST_50, LIST_1000, MIXED, READER, TOGGLE, UPDATE, prepare

PGBENCH, BARE = "pgbench", "bare asyncpg"

_RATE, _CPU = attrgetter("rate"), attrgetter("cpu")
_HEAD = (
    "",
    "requests/s",
    "CPU µs",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "MiB",
    "CPU ÷ floor",
    "req/s ÷ usual",
    "req/s ÷ pgbench",
)


def run(bench: Bench) -> None:
    """Measure, and write tables, targets and plot."""
    samples = _measure(bench)
    tables = [f"### {kind}\n\n{report.table(_HEAD, _rows(samples, kind))}" for kind in KINDS]
    how = (
        f"Median of {bench.rounds} rounds of {bench.seconds:g} s for each server and kind of work, on "
        f"{machine.description()}."
    )
    report.write("throughput", "\n\n".join([how, *tables]))
    report.write("targets", report.targets(_targets(samples)))
    names = (USUAL, *OURS)
    series = {
        name: [samples.typical(kind, name, _RATE) if (kind, name) in samples.turns else None for kind in KINDS]
        for name in names
    }
    plot.draw(report.DOCS / "performance.svg", "Requests per second, one worker on one core", KINDS, series)


def _measure(bench: Bench) -> Samples:
    samples = Samples()
    with ExitStack() as stack:
        subjects = [stack.enter_context(subject(name, bench.database, bench.folder)) for name in (FLOOR, USUAL, *OURS)]
        works = {one.name: prepare(one) for one in subjects}
        ids = [int(row[0]) for row in bench.database.run("SELECT id FROM tasks WHERE user_id = %s ORDER BY id", READER)]  # type: ignore[call-overload]  # rows are of any type
        for _ in range(bench.rounds):
            for kind in KINDS:
                for one in subjects:
                    samples.add(kind, one.name, take(one, works[one.name][kind], bench.seconds))
                if kind == LIST_1000:
                    samples.add(kind, BARE, Sample(0, database.bare_asyncpg(bench.database, bench.seconds)))
                if kind != MIXED:
                    connections = works[ASYNCPG][kind].connections
                    rate = database.pgbench(bench.database, kind, ids, connections=connections, seconds=bench.seconds)
                    samples.add(kind, PGBENCH, Sample(rate))
    return samples


def _rows(samples: Samples, kind: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in (FLOOR, USUAL, *OURS):
        rate, cpu, p50, p95, p99, memory = (
            samples.typical(kind, name, attrgetter(value)) for value in ("rate", "cpu", "p50", "p95", "p99", "memory")
        )
        against_pgbench = f"{samples.ratio(kind, name, PGBENCH, _RATE):.2f}" if kind != MIXED else ""
        rows.append(
            (
                *(name, f"{rate:,.0f}", f"{cpu:,.0f}", f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}", f"{memory:.0f}"),
                f"{samples.ratio(kind, name, FLOOR, _CPU):.2f}",
                f"{samples.ratio(kind, name, USUAL, _RATE):.2f}",
                against_pgbench if name not in {FLOOR, "memory", SQLITE} else "",
            )
        )
    if kind != MIXED:
        rows.append((PGBENCH, f"{samples.typical(kind, PGBENCH, _RATE):,.0f}", *[""] * 8))
    if kind == LIST_1000:
        rows.append((BARE, "", f"{samples.typical(kind, BARE, _CPU):,.0f}", *[""] * 7))
    return rows


def _targets(samples: Samples) -> list[Target]:
    found = [
        _at_most(samples, 1.6, GET, ASYNCPG, FLOOR),
        _at_most(samples, 2.1, CREATE, ASYNCPG, FLOOR),
        _at_most(samples, 2.5, UPDATE, ASYNCPG, FLOOR),
        _at_most(samples, 2.5, TOGGLE, ASYNCPG, FLOOR),
        _at_most(samples, 2.1, MIXED, ASYNCPG, FLOOR),
        _at_most(samples, 1.6, GET, SQLITE, FLOOR),
        _at_most(samples, 3.5, GET, PSYCOPG2, FLOOR),
        _at_most(samples, 1.9, LIST_1000, ASYNCPG, BARE),
        _at_most(samples, 1.0, LIST_50, MEMORY, SQLITE),
    ]
    least = {GET: 5.0, LIST_50: 6.5, CREATE: 3.0, UPDATE: 3.0, TOGGLE: 3.0}
    for kind, wanted in least.items():
        ratio = samples.ratio(kind, ASYNCPG, USUAL, _RATE)
        found.append(
            Target(
                f"{kind}, {ASYNCPG}: ≥ {wanted:g} times the requests/s of {USUAL}",
                f"{ratio:.2f} times",
                ratio >= wanted,
            )
        )
    failed = sum(one.failed for turns in samples.turns.values() for one in turns)
    found.append(Target("no error in any of these", str(failed), failed == 0))
    return found


def _at_most(samples: Samples, most: float, kind: str, name: str, other: str) -> Target:
    ratio = samples.ratio(kind, name, other, _CPU)
    return Target(f"{kind}, {name}: CPU ≤ {most:g} times that of {other}", f"{ratio:.2f} times", ratio <= most)
