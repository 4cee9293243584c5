"""Several tasks changed one after the other, as nearly all or none as a network lets them be."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from todo_adapters.rest.representation import write_of
from todo_core.errors import StorageUnavailable, TodoError, VersionConflict
from todo_core.ports import Outcome
from todo_core.task import Task

TRIES = 100
"""How often somebody else may be faster. Each time they changed the task, so only a storm of changes ends this."""

Read = Callable[[], Mapping[int, Task]]
Write = Callable[[Task, Task | None], Task | None]
"""Compare and set: returns what is stored then, None if the version was another one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the changes to make."""

    before: Task
    after: Task | None


def change_all(
    read: Read,
    write: Write,
    decide: Callable[[Mapping[int, Task]], Mapping[int, Outcome]],
) -> Mapping[int, Outcome]:
    """Read, decide and write; see RestTaskRepository.change."""
    for _ in range(TRIES):
        before = read()
        outcomes = decide(before)
        steps = [
            Step(task, outcomes[task.id])
            for task in before.values()
            if task.id in outcomes and outcomes[task.id] != task
        ]
        for step in steps:
            write_of(step.before, step.after)  # What is not offered is refused before anything is done.
        stored = _write_all(write, steps)
        if stored is not None:
            return {**outcomes, **stored}
    raise VersionConflict(steps[0].before.id, steps[0].before.version)


def _write_all(write: Write, steps: Collection[Step]) -> Mapping[int, Task] | None:
    """Return what is stored; None, with nothing done, if the first task was changed meanwhile."""
    done: list[tuple[Step, Task]] = []
    try:
        for step in steps:
            now = write(step.before, step.after)
            if now is not None:
                done.append((step, now))
            elif done:
                raise VersionConflict(step.before.id, step.before.version)  # noqa: TRY301  puts back like any error
            else:
                return None
    except TodoError as error:
        left = _put_back(write, done)
        if left:
            names = ", ".join(map(str, left))
            raise StorageUnavailable(f"{error} Already changed, and not put back: task {names}.") from error
        raise
    except BaseException:
        _put_back(write, done)
        raise
    return {step.before.id: now for step, now in done}


def _put_back(write: Write, done: Collection[tuple[Step, Task]]) -> list[int]:
    """Undo steps, the last one first; return the ids of those tasks for which that failed."""
    left = []
    for step, now in reversed(list(done)):
        try:
            restored = write(now, step.before._replace(version=now.version + 1))
        except TodoError:
            restored = None
        if restored is None:
            left.append(now.id)
    return left[::-1]
