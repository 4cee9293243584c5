"""Part ``soak``: whether ten minutes of mixed load leave memory and latencies as they were."""

from tests.benchmarks import report
from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import Sample, take
from tests.benchmarks.subjects import ASYNCPG, subject
from tests.benchmarks.work import MIXED, prepare

_CHUNKS = 10


def run(bench: Bench) -> None:
    """Measure and write."""
    bench.database.empty()
    with subject(ASYNCPG, bench.database, bench.folder) as one:
        work = prepare(one)[MIXED]
        samples = [take(one, work, bench.soak_seconds / _CHUNKS) for _ in range(_CHUNKS)]
    rows = [
        (
            f"{(number + 1) * bench.soak_seconds / _CHUNKS:.0f} s",
            f"{one.rate:,.0f}",
            f"{one.p95:.0f}",
            f"{one.memory:.1f}",
        )
        for number, one in enumerate(samples)
    ]
    table = report.table(("after", "requests/s", "p95 ms", "MiB"), rows)
    report.write("soak", f"{table}\n\n{report.targets(_targets(samples, bench.soak_seconds / _CHUNKS))}")


def _targets(samples: list[Sample], seconds: float) -> list[Target]:
    growth = max(one.memory for one in samples[1:]) / samples[0].memory - 1
    failed = sum(one.failed for one in samples)
    requests = round(sum(one.rate for one in samples) * seconds)
    p95 = max(one.p95 for one in samples)
    return [
        Target("resident memory: ≤ 5 % growth after the first tenth", f"{growth:.1%}", growth <= 0.05),
        Target("p95 ≤ 50 ms in every tenth", f"at most {p95:.0f} ms", p95 <= 50),
        Target("no error", f"{failed} of {requests:,} requests", failed == 0),
    ]
