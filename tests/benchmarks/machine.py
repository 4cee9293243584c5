"""What the operating system says of processes: their processor time and memory, and the cores that they may use."""

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")

_HALF_A_CORE = (
    (Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": "10000", "cpu.cfs_quota_us": "5000"}),
    (Path("/sys/fs/cgroup"), {"cpu.max": "5000 10000"}),
)
"""How Linux limits a group of processes to 5 of every 10 ms: control groups of the first version, and of the second."""


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children = [int(child) for thread in _threads(pid) for child in _words(thread / "children")]
    return [pid, *(one for child in children for one in family(child))]


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its descendants have used, those that have ended included."""
    return sum(_cpu_seconds(one) for one in family(pid))


def resident_mib(pid: int) -> float:
    """Return the memory that a process and its descendants hold."""
    return (
        sum(int((_words(Path(f"/proc/{one}/statm")) or "00")[1]) for one in family(pid))
        * os.sysconf("SC_PAGESIZE")
        / 2**20
    )


def pin(pid: int, cores: set[int]) -> None:
    """Keep a process with all its threads and descendants, present and future, on these cores."""
    for one in family(pid):
        for thread in _threads(one):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)


@contextmanager
def half_a_core_each(pids: Sequence[int]) -> Iterator[None]:
    """Let each of some processes use half a core at most. Raises OSError where this user may not say that."""
    root, limits = next(way for way in _HALF_A_CORE if way[0].is_dir())
    with ExitStack() as stack:
        for pid in pids:
            group = root / f"half-a-core-{pid}"
            group.mkdir()
            stack.callback(_dissolve, group)
            for name, value in limits.items():
                (group / name).write_text(value)
            (group / "cgroup.procs").write_text(str(pid))
        yield


def _dissolve(group: Path) -> None:
    """Remove a group; its processes go back to where groups begin."""
    for pid in _words(group / "cgroup.procs"):
        (group.parent / "cgroup.procs").write_text(pid)
    group.rmdir()


@cache
def cores() -> tuple[set[int], set[int]]:
    """Return the cores for the server under test and for everything else; the same ones where there is only one.

    Those that this process might use when it asked for the first time: it keeps to some of them later.
    """
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


def description() -> str:
    """Say what the figures were measured on."""
    model = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ": unknown processor")
    return f"{os.cpu_count()} cores of {model.split(':', 1)[1].strip()}, Python {platform.python_version()}"


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # it ended in between; its parent has its time
        return 0
    return sum(map(int, fields[11:15])) / _TICKS  # own and awaited children's, in user mode and in the kernel


def _threads(pid: int) -> list[Path]:
    """Return the folders of a process's threads; of one that has ended in between, none."""
    try:
        return [*Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
