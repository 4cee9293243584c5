"""How the program ends: the ladder of exit codes, and what stands on standard error.

===  ==========================================================
0    done; also when there was nothing to show
1    it failed: the store, a file, a declined question
2    the command line or a value is wrong
3    no such task
4    not allowed
5    conflict: somebody else changed the task
130  interrupted
===  ==========================================================
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from todo_core import errors

SUCCESS, FAILURE, USAGE, NOT_FOUND, NOT_ALLOWED, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

HELP = (
    "Exit status: 0 done, 1 failed, 2 wrong usage or value, 3 no such task, 4 not allowed, "
    "5 changed by somebody else, 130 interrupted."
)


class Exit(NamedTuple):
    """What one kind of error means: its exit code, its status and code as a problem, and what a person can do.

    ``{server}`` in the hint stands for the address of the server that the program works on.
    """

    code: int
    status: int
    problem: str = ""
    hint: str = ""


DOMAIN_EXITS: Mapping[type[errors.TodoError], Exit] = {
    errors.InvalidInput: Exit(USAGE, 422),
    errors.TaskNotFound: Exit(NOT_FOUND, 404, hint="`todo list` and `todo trash` show the IDs."),
    errors.TaskForbidden: Exit(NOT_ALLOWED, 403),
    errors.VersionConflict: Exit(CONFLICT, 412, hint="Nothing was done."),
    errors.IdempotencyKeyReused: Exit(CONFLICT, 422),
    errors.IdempotencyKeyInTrash: Exit(CONFLICT, 409),
    errors.StorageError: Exit(FAILURE, 503),
    errors.TokenRefused: Exit(NOT_ALLOWED, 401, hint="Run `todo auth login --server {server}` to store another one."),
    errors.KeysUnavailable: Exit(FAILURE, 503),
}
"""The exit for each error, or for its nearest ancestor here; its code as a problem is the error's own."""


HINTS = {"not_unicode": "Perhaps it is in another encoding than that of your locale."}
"""What a person can do about a rule that is broken, by the rule's name."""


class Failure(Exception):
    """The console itself cannot go on; the message says what happened and what to do, ``details`` are lines of more."""

    exit = Exit(FAILURE, 500, "failed")

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = details


class Misuse(Failure):
    """The command line asks for something that cannot be."""

    exit = Exit(USAGE, 400, "usage")


class Declined(Failure):
    """A person answered no."""

    exit = Exit(FAILURE, 400, "declined")


class NotOnServer(Failure):
    """A server cannot do what a store on this machine can; the message says what it does not do."""

    exit = Exit(NOT_ALLOWED, 501, "not_offered")


def exit_of(error: errors.TodoError) -> Exit:
    """Return what a domain error means."""
    meaning = next(DOMAIN_EXITS[kind] for kind in type(error).__mro__ if kind in DOMAIN_EXITS)
    return meaning._replace(problem=error.code, hint=meaning.hint or HINTS.get(error.code, ""))
