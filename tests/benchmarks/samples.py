"""One turn of one server at one kind of work, and what many such turns come to."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks import machine
from tests.benchmarks.subjects import Subject
from tests.benchmarks.work import Work
from tests.benchmarks.wrk import drive


@dataclass(frozen=True)
class Sample:
    """One turn: latencies in milliseconds, processor time of the server in microseconds per request, memory in MiB."""

    rate: float
    cpu: float = 0
    p50: float = 0
    p95: float = 0
    p99: float = 0
    memory: float = 0
    failed: int = 0


def take(subject: Subject, work: Work, seconds: float) -> Sample:
    """Let a server work for so long; say so if a request fails, and what the server logged last."""
    before = subject.cpu_seconds()
    seen = drive(subject.url, work.requests, connections=work.connections, seconds=seconds)
    cpu = (subject.cpu_seconds() - before) / seen.requests * 1e6
    memory = machine.resident_mib(subject.pid)
    if seen.failed:
        first = work.requests[0].splitlines()[0].decode()
        said = "".join(subject.lines[-5:])
        print(f"{subject.name}: {seen.failed} of {seen.requests} requests failed, from {first}:\n{said}")  # noqa: T201  a report
    return Sample(seen.rate, cpu, seen.p50 / 1e3, seen.p95 / 1e3, seen.p99 / 1e3, memory, seen.failed)


@dataclass
class Samples:
    """All turns, by work and server. Those of one round were taken one right after the other."""

    turns: dict[tuple[str, str], list[Sample]] = field(default_factory=lambda: defaultdict(list))

    def add(self, work: str, subject: str, sample: Sample) -> None:
        """Keep a turn."""
        self.turns[work, subject].append(sample)

    def typical(self, work: str, subject: str, value: Callable[[Sample], float]) -> float:
        """Return the median of a value."""
        return median(value(sample) for sample in self.turns[work, subject])

    def ratio(self, work: str, subject: str, other: str, value: Callable[[Sample], float]) -> float:
        """Return the median of the ratios of two servers, each within one round."""
        pairs: Iterable[tuple[Sample, Sample]] = zip(self.turns[work, subject], self.turns[work, other], strict=True)
        return median(value(one) / value(two) for one, two in pairs)
