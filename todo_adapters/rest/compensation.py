"""Change several tasks on a server one after the other; when one fails, undo the changes before it (compensation)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from todo_core.errors import StorageUnavailable, TodoError, VersionConflict
from todo_core.task import Task
from todo_core.tasks import Change

TRIES = 100
"""How often the first task may be changed by somebody else in between; only a storm of changes reaches this."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change to make to a task, if it is still at ``version``.

    ``before`` is the task as it is now, or None for a task in the trash, which a server does not show. ``after`` is
    what it is to become, or None to take it out of the trash. A task that was created after ``known_at`` is another one
    under the same id.
    """

    task_id: int
    version: int
    before: Task | None
    after: Task | None
    known_at: datetime | None = None


Write = Callable[[Step], Task | None]
"""Compare and set: returns the stored task, or None if the version was another one."""


def change_all(look: Callable[[], Sequence[Step | Task]], write: Write) -> Sequence[Change]:
    """Make the steps that ``look`` finds; a task among them is left as it is.

    If somebody changes the first task meanwhile, this looks again and starts over. If a later step fails, the steps
    before it are undone, except for tasks that somebody changed meanwhile; others may see the states in between. Raises
    VersionConflict where somebody else was faster, and StorageUnavailable with the ids of tasks that could not be put
    back.
    """
    for _ in range(TRIES):
        found = look()
        steps = [step for step in found if isinstance(step, Step)]
        made = _make_all(write, steps)
        if made is not None:
            changes = {change.before.id: change for change in made}
            return [changes[step.task_id] if isinstance(step, Step) else Change(step, step) for step in found]
    raise VersionConflict(steps[0].task_id, steps[0].version)


def _make_all(write: Write, steps: Sequence[Step]) -> Sequence[Change] | None:
    """Return the changes; None, with nothing done, if somebody changed the first task meanwhile."""
    done: list[Change] = []
    try:
        for step in steps:
            now = write(step)
            if now is None and not done:
                return None
            if now is not None:
                done.append(_change(step, now))
            if now is None or (step.known_at and now.created_at > step.known_at):
                raise VersionConflict(step.task_id, step.version)  # noqa: TRY301  puts back like any error
    except TodoError as error:
        left = _put_back(write, done)
        if left:
            names = ", ".join(map(str, left))
            raise StorageUnavailable(f"{error} Already changed, and not put back: task {names}.") from error
        raise
    except BaseException:
        _put_back(write, done)
        raise
    return done


def _change(step: Step, now: Task) -> Change:
    if step.before:
        return Change(step.before, now)
    if now.version == step.version:
        return Change(now, now)  # It was not in the trash.
    return Change(now._replace(version=step.version, deleted_at=now.updated_at), now)


def _put_back(write: Write, done: Collection[Change]) -> list[int]:
    """Undo changes, the last one first; return the ids of those tasks for which that failed."""
    left = []
    for change in reversed(list(done)):
        now = change.after
        if now is None or now is change.before:
            continue
        try:
            restored = write(_back(change.before, now))
        except TodoError:
            restored = None
        if restored is None:
            left.append(now.id)
    return left[::-1]


def _back(before: Task, now: Task) -> Step:
    if now.deleted_at:
        return Step(now.id, now.version, None, None)
    return Step(now.id, now.version, now, before._replace(version=now.version + 1))
