"""Write an export: texts that do no harm, into a file."""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from todo_cli.exit_codes import Misuse
from todo_cli.safe_text import visible
from todo_core.task import Task
from todo_core.text import CONTROL, CONTROL_BUT_LINES

STANDARD = Path("-")
"""Standard input or output, in the place of a file."""

_FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""The first character of a text that a spreadsheet takes for a formula (OWASP, CSV injection). Tab and carriage return
are missing, because no text here begins with them."""

_CONTROL = re.compile(f"[{CONTROL}]")
_CONTROL_BUT_LINES = re.compile(f"[{CONTROL_BUT_LINES}]|\r(?!\n)")


def without_controls(task: Task) -> Task:
    """Return a task with escapes in place of the characters that no title and no description may hold.

    This program stores no such characters; another program may have done so.
    """
    title = _CONTROL.sub(_escape, task.title)
    return task._replace(
        title=title, description=task.description and _CONTROL_BUT_LINES.sub(_escape, task.description)
    )


def without_formulas(task: Task) -> Task:
    """Return a task whose texts no spreadsheet takes for formulas; an apostrophe is put before such a text."""
    return task._replace(title=_as_text(task.title), description=task.description and _as_text(task.description))


def write_into(file: Path, lines: Iterable[str], *, force: bool) -> None:
    """Write a file, or the one that a link leads to. Raises Misuse for a folder, and for what is there unless forced.

    A regular file gets all its lines or none, and keeps its mode if it is replaced. A mounted one can only be written
    over, so a fault may leave it half written.
    """
    target = Path(os.path.realpath(file))
    if target.is_dir():
        raise Misuse(f"{file} is not a file.")
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as opened:
            opened.writelines(f"{text}\n" for text in lines)
        return
    part = target.with_name(f".todo-{secrets.token_hex(8)}")
    _refuse_another(file, target, force=force)
    try:
        _write_new(part, lines, stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666)
        _refuse_another(file, target, force=force)  # Somebody else may have been faster.
        _put_in_place(part, target)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError) and error.filename == str(part):
            raise OSError(error.errno, error.strerror, str(file)) from error
        raise


def _write_new(part: Path, lines: Iterable[str], mode: int) -> None:
    with open(
        part, "x", encoding="utf-8", newline="\n", opener=lambda name, flags: os.open(name, flags, mode)
    ) as opened:
        opened.writelines(f"{text}\n" for text in lines)
        opened.flush()
        os.fsync(opened.fileno())


def _put_in_place(part: Path, target: Path) -> None:
    """Let a complete file take the place of another one, and give it that file's mode."""
    if target.exists():
        part.chmod(stat.S_IMODE(target.stat().st_mode))
    try:
        part.replace(target)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # Something is mounted there, as where a container is given a single file; it can only be written over.
        from shutil import copyfile  # noqa: PLC0415  hardly ever needed

        copyfile(part, target)
        part.unlink()


def _refuse_another(file: Path, target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        raise Misuse(f"{file} exists already; use --force to replace it.")


def _escape(found: re.Match[str]) -> str:
    return visible(found[0])


def _as_text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
