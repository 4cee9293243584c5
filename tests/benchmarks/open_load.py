"""Part ``open``: latencies as users feel them, who come at random and do not wait for one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks import report
from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Exchange, percentile, send_at_random, send_in_turn
from tests.benchmarks.report import Target
from tests.benchmarks.samples import take
from tests.benchmarks.subjects import ASYNCPG, Subject, subject
from tests.benchmarks.work import MIXED, USERS, Work, prepare

_SHARE = 0.7


@dataclass(frozen=True)
class _Round:
    """Requests per second, and milliseconds; ``late`` is how late clients sent on connections that were free."""

    most: float
    rate: float
    alone: float
    p50: float
    p95: float
    p99: float
    late: float
    errors: int

    @classmethod
    def of(cls, most: float, alone: Sequence[Exchange], together: Sequence[Exchange], seconds: float) -> "_Round":
        took = [(one.answered - one.due) * 1e3 for one in together]
        return cls(
            most=most,
            rate=len(together) / seconds,
            alone=median((one.answered - one.sent) * 1e3 for one in alone),
            p50=percentile(took, 50),
            p95=percentile(took, 95),
            p99=percentile(took, 99),
            late=percentile([(one.sent - max(one.due, one.free)) * 1e3 for one in together], 99),
            errors=sum(one.failed for one in (*alone, *together)),
        )


def run(bench: Bench) -> None:
    """Measure and write."""
    bench.database.empty()
    with subject(ASYNCPG, bench.database, bench.folder) as one:
        work = prepare(one)[MIXED]
        rounds = [_round(bench, one, work) for _ in range(bench.rounds)]
    head = (
        "round",
        "at most/s",
        "requests/s",
        "alone ms",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "clients late, p99 ms",
        "errors",
    )
    rows = [
        (
            *(str(number), f"{one.most:,.0f}", f"{one.rate:,.0f}", f"{one.alone:.2f}"),
            *(f"{one.p50:.2f}", f"{one.p95:.2f}", f"{one.p99:.2f}", f"{one.late:.2f}", str(one.errors)),
        )
        for number, one in enumerate(rounds, 1)
    ]
    report.write("open", f"{report.table(head, rows)}\n\n{report.targets(_targets(rounds))}")


def _round(bench: Bench, one: Subject, work: Work) -> _Round:
    most = take(one, work, bench.seconds).rate
    alone = send_in_turn(one.url, work.requests, 1, bench.seconds)
    seconds = bench.seconds * 3
    together = send_at_random(one.url, work.requests, USERS, most * _SHARE, seconds)
    return _Round.of(most, alone, together, seconds)


def _targets(rounds: list[_Round]) -> list[Target]:
    p95 = median(one.p95 / one.alone for one in rounds)
    p99 = median(one.p99 / one.alone for one in rounds)
    errors = sum(one.errors for one in rounds)
    return [
        Target("p95: ≤ 3 times the time of one request alone", f"{p95:.2f} times", p95 <= 3),
        Target("p99: ≤ 6 times the time of one request alone", f"{p99:.2f} times", p99 <= 6),
        Target("no error", str(errors), errors == 0),
    ]
