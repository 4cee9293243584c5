"""Part ``overload``: more than the service can do, neighbours, and clients that do not read."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from statistics import median
from threading import Event, Thread
from urllib.parse import urlsplit

from tests.benchmarks import machine, report
from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Target
from tests.benchmarks.samples import Samples, take
from tests.benchmarks.subjects import ASYNCPG, SQLITE, Subject, subject
from tests.benchmarks.work import GET, LIST_50, MIXED, Work, prepare, request, token
from tests.benchmarks.wrk import drive

BEFORE, NOW = "before", "now"
CROWDS = (100, 1000, 4000)
BUSY, STALLED, RICH = "busy", "stalled", "user 0"
NEIGHBOURS = 80
READERS = 60
SEARCHED = 10_000
"""So many tasks a costly search looks through."""

Versions = Mapping[str, Subject]


def run(bench: Bench) -> None:
    """Measure and write."""
    tables, targets = [], []
    for store in (SQLITE, ASYNCPG):
        with _versions(bench, store) as versions:
            works = {version: prepare(one) for version, one in versions.items()}
            _fill(next(iter(versions.values())))
            parts = [_beside(bench, store, versions), _stalled(store, versions), _costs(bench, store, versions, works)]
            if store == ASYNCPG:
                parts.insert(0, _crowds(bench, versions, works))
            for table, wanted in parts:
                tables.append(table)
                targets += wanted
    report.write("overload", "\n\n".join([*tables, report.targets(targets)]))


@contextmanager
def _versions(bench: Bench, store: str) -> Iterator[Versions]:
    """Run this version, and the earlier one where there is one, on the same store."""
    checkouts = {BEFORE: bench.before, NOW: None}
    bench.database.empty()
    with ExitStack() as stack:
        yield {
            version: stack.enter_context(subject(store, bench.database, bench.folder, checkout=checkout))
            for version, checkout in checkouts.items()
            if version == NOW or checkout
        }


def _crowds(bench: Bench, versions: Versions, works: Mapping[str, Mapping[str, Work]]) -> tuple[str, list[Target]]:
    """Let ever more connections do the mixed work of 100 users."""
    good: dict[tuple[str, int], list[float]] = {}
    rows: dict[tuple[int, str], tuple[str, ...]] = {}
    longest = 0.0
    for _ in range(bench.rounds):
        for crowd in CROWDS:
            for version, one in versions.items():
                with _watched(one, "/health/live", None) as alive:
                    seen = drive(one.url, works[version][MIXED].requests, connections=crowd, seconds=bench.seconds * 5)
                good.setdefault((version, crowd), []).append(seen.good)
                slowest = max(alive) * 1e3
                longest = max(longest, slowest if version == NOW else 0)
                typical = median(good[version, crowd])
                refused = f"{seen.refused / seen.seconds:,.0f}"
                rows[crowd, version] = (
                    *(f"{crowd:,}", version, f"{typical:,.0f}", refused, f"{seen.p50 / 1e3:,.0f}"),
                    *(f"{seen.p99 / 1e3:,.0f}", f"{median(alive) * 1e3:.0f}", f"{slowest:.0f}"),
                )
    head = ("connections", "", "good answers/s", "others/s", "p50 ms", "p99 ms", "live p50 ms", "live max ms")
    best = max(median(good[NOW, crowd]) for crowd in CROWDS)
    least = min(median(good[NOW, crowd]) for crowd in CROWDS) / best
    targets = [
        Target("good answers/s of every crowd: ≥ 90 % of the best", f"{least:.0%}", least >= 0.9),
        Target("`/health/live` beside them: ≤ 200 ms", f"at most {longest:.0f} ms", longest <= 200),
    ]
    return f"### More connections, {ASYNCPG}\n\n{report.table(head, [rows[key] for key in sorted(rows)])}", targets


def _beside(bench: Bench, store: str, versions: Versions) -> tuple[str, list[Target]]:
    """Let one user ask for a list of 50 while another keeps 80 connections busy."""
    busy = {
        "alone": None,
        "costly searches": request("GET", "/tasks?q=nowhere&limit=50", token(BUSY)),
        "cheap requests": request("GET", "/tasks?limit=1", token(BUSY)),
    }
    rows, waits = [], {}
    for version, one in versions.items():
        for name, sent in busy.items():
            with _watched(one, "/tasks?limit=50", token(RICH)) as seconds:
                if sent is None:
                    time.sleep(bench.seconds)
                else:
                    drive(one.url, [sent], connections=NEIGHBOURS, seconds=bench.seconds * 3)
            waits[version, name] = median(seconds) * 1e3
        rows.append((version, *(f"{waits[version, name]:,.1f}" for name in busy)))
    times = waits[NOW, "cheap requests"] / waits[NOW, "alone"]
    costly = waits[NOW, "costly searches"]
    targets = [
        Target(f"{store}, beside costly searches: median ≤ 500 ms", f"{costly:.0f} ms", costly <= 500),
        Target(f"{store}, beside cheap requests: ≤ 15 times alone", f"{times:.1f} times", times <= 15),
    ]
    table = report.table(("median ms of a list", *busy), rows)
    return f"### Beside 80 connections of another user, {store}\n\n{table}", targets


def _stalled(store: str, versions: Versions) -> tuple[str, list[Target]]:
    """Let 60 clients ask for 1,000 of the longest tasks and read nothing of them."""
    rows = []
    for version, one in versions.items():
        before = machine.resident_mib(one.pid)
        links = [_deaf(one, request("GET", "/tasks?limit=1000", token(STALLED))) for _ in range(READERS)]
        held = _settled(lambda one=one: machine.resident_mib(one.pid))  # type: ignore[misc]  # bound in the loop
        each = (held - before) / READERS
        for link in links:
            link.close()
        rows.append((version, f"{each:.1f}"))
    table = report.table(("", "MiB for each"), rows)
    target = Target(f"{store}, a client that does not read: ≤ 2 MiB", f"{each:.1f} MiB", each <= 2)
    return f"### {READERS} clients that do not read, {store}\n\n{table}", [target]


def _costs(
    bench: Bench, store: str, versions: Versions, works: Mapping[str, Mapping[str, Work]]
) -> tuple[str, list[Target]]:
    """Compare the processor time of usual requests, round by round."""
    if BEFORE not in versions:
        return "", []
    samples = Samples()
    for _ in range(bench.rounds * 3):
        for kind in (GET, LIST_50):
            for version, one in versions.items():
                samples.add(kind, version, take(one, works[version][kind], bench.seconds))
    ratios = {kind: samples.ratio(kind, NOW, BEFORE, lambda sample: sample.cpu) for kind in (GET, LIST_50)}
    rows = [
        (kind, *(f"{samples.typical(kind, v, lambda sample: sample.cpu):,.0f}" for v in versions)) for kind in ratios
    ]
    targets = [
        Target(f"{kind}, {store}: CPU ≤ 1.03 times that before", f"{ratio:.3f} times", ratio <= 1.03)
        for kind, ratio in ratios.items()
    ]
    return f"### What it costs, {store}\n\n{report.table(('CPU µs', *versions), rows)}", targets


@contextmanager
def _watched(one: Subject, path: str, bearer: str | None) -> Iterator[Sequence[float]]:
    """Send one request after the other while the block runs, and note the seconds of each; there is at least one."""
    seconds: list[float] = []
    ended = Event()

    def watch() -> None:
        link = HTTPConnection(one.url.removeprefix("http://"), timeout=60)
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        while not ended.is_set() or not seconds:
            begun = time.monotonic()
            link.request("GET", path, headers=headers)
            link.getresponse().read()
            seconds.append(time.monotonic() - begun)
            ended.wait(0.05)
        link.close()

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seconds
    finally:
        ended.set()
        thread.join()


def _deaf(one: Subject, sent: bytes) -> socket.socket:
    address = urlsplit(one.url)
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect((address.hostname, address.port))
    link.sendall(sent)
    return link


def _settled(value: Callable[[], float]) -> float:
    """Return a value when it has not grown for a second."""
    highest, since = value(), time.monotonic()
    while time.monotonic() - since < 1:
        if (now := value()) > highest:
            highest, since = now, time.monotonic()
        time.sleep(0.05)
    return highest


def _fill(one: Subject) -> None:
    """Give the busy user many tasks, and another the longest ones."""
    link = HTTPConnection(one.url.removeprefix("http://"))
    longest = {"title": "\u4eac" * 200, "description": "\u90fd" * 1000}
    short = {"title": "Task of many", "description": "with a few words about it"}
    for user, number, body in ((BUSY, SEARCHED, short), (STALLED, 1000, longest)):
        headers = {"Authorization": f"Bearer {token(user)}", "Content-Type": "application/json"}
        for _ in range(number):
            link.request("POST", "/tasks", json.dumps(body), headers)
            link.getresponse().read()
    link.close()
