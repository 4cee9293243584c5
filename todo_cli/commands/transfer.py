"""import, export."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

from todo_cli.application import common_options
from todo_cli.documents import line
from todo_cli.exits import Misuse
from todo_cli.exporting import pages, write_whole
from todo_cli.formats import FORMATS, format_named, format_of
from todo_cli.importing import Source
from todo_cli.progress import Progress
from todo_cli.safe_text import visible
from todo_cli.session import Program, Session
from todo_core.driver import run_now
from todo_core.query import Status
from todo_core.task import NewTask

_STANDARD = Path("-")

_format_option = click.option(
    "-f", "--format", "name", type=click.Choice(FORMATS), help="Default: what the file's ending stands for."
)


@click.command("import", short_help="Add the tasks of a file.")
@click.argument("file", type=click.Path(path_type=Path))
@_format_option
@click.option("-n", "--dry-run", is_flag=True, help="Only check the file and say what would be added.")
@common_options
def import_command(program: Program, file: Path, name: str | None, *, dry_run: bool) -> None:
    """Add the tasks of a file; - is standard input.

    All of them are added or none: a line that is no task is named with its number. The same source makes no second
    task, however often it is imported, also when it has grown or its tasks were ticked off in the meantime.
    `todo undo` takes an import back as a whole.
    """
    form = format_named(_format(file, name))
    shown = "standard input" if file == _STANDARD else str(file)
    with _opened(program, file) as opened, program.session() as session:
        source, size = Source(opened, shown, form), _size(opened)
        total, known = _check(program, session, source, size, dry_run=dry_run)
        added = total - known
        if not dry_run:
            added = _store(program, session, source, size, shown)
    _report(program, added, total - added, dry_run=dry_run)


@click.command("export", short_help="Write tasks to a file.")
@click.argument("file", type=click.Path(path_type=Path), default=_STANDARD)
@_format_option
@click.option("--pending", "status", flag_value=Status.PENDING, type=Status, help="Only what is still to do.")
@click.option("--completed", "status", flag_value=Status.COMPLETED, type=Status, help="Only what is done.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@common_options
def export_command(program: Program, file: Path, name: str | None, status: Status | None, *, force: bool) -> None:
    """Write tasks, the oldest first, to a file or to standard output.

    jsonl (the default) keeps everything; csv too, for spreadsheets; markdown is a checklist; todotxt keeps days only.
    """
    form = format_named(name or format_of(file) or ("jsonl" if file == _STANDARD else _format(file, name)))
    with program.session() as session:
        lines = form.write(pages(session, status or Status.ALL))
        if file == _STANDARD:
            for text in lines:
                program.console.write(_safe(text) if program.console.shows_people else text)
        else:
            write_whole(file, lines, force=force)


def _format(file: Path, name: str | None) -> str:
    name = name or format_of(file)
    if name is None:
        raise Misuse(f"Say what it is with --format: {', '.join(FORMATS)}.")
    return name


@contextmanager
def _opened(program: Program, file: Path) -> Iterator[BinaryIO]:
    if file != _STANDARD:
        with file.open("rb") as opened:
            yield opened
        return
    # Kept aside, because it is read twice and the store is not locked while somebody still writes it.
    with tempfile.SpooledTemporaryFile() as copy:
        raw = getattr(program.console.stdin, "buffer", None)
        if raw:
            shutil.copyfileobj(raw, copy)
        else:
            copy.write(program.console.stdin.read().encode("utf-8", "surrogateescape"))
        yield cast("BinaryIO", copy)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _check(program: Program, session: Session, source: Source, size: int, *, dry_run: bool) -> tuple[int, int]:
    """Read everything once. Returns how many tasks there are and, where that is asked for, how many are known."""
    now = program.clock.now()
    total = known = 0
    with Progress(program.console, "Checking", size) as progress:
        for draft in source.drafts(session.user_id, session.policy, now, progress.reached):
            total += 1
            if dry_run and draft.idempotency:
                key = draft.idempotency.key
                known += run_now(session.repository.find_by_key(session.user_id, key)) is not None
    return total, known


def _store(program: Program, session: Session, source: Source, size: int, shown: str) -> int:
    newest = now = program.clock.now()

    def drafts() -> Iterator[NewTask]:
        nonlocal newest
        for draft in source.drafts(session.user_id, session.policy, now, progress.reached):
            newest = max(newest, draft.created_at)
            yield draft

    with Progress(program.console, "Importing", size) as progress:
        task_ids = run_now(session.batch.add_all(session.user_id, drafts()))
    if task_ids:
        # A server gives tasks its own times, by a clock that may be ahead of this one.
        last = run_now(session.repository.get(session.user_id, task_ids[-1]))
        session.history.added(f"import {shown}", task_ids, max(newest, last.created_at) if last else newest)
    if program.options.quiet:
        for task_id in task_ids:
            program.console.write(str(task_id))
    return len(task_ids)


def _report(program: Program, added: int, known: int, *, dry_run: bool) -> None:
    if program.options.json:
        program.console.write(line({"added": added, "known": known, "dry_run": dry_run}))
    elif not program.options.quiet:
        verb = "Would import" if dry_run else "Imported"
        program.console.note(f"{verb} {added} {'task' if added == 1 else 'tasks'}; {known} were there already.")


def _safe(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
