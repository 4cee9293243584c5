"""todo import."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO, cast

import click

from todo_cli.composition import open_list
from todo_cli.exit_codes import Misuse
from todo_cli.export_file import STANDARD
from todo_cli.formats import FORMATS, Format
from todo_cli.import_file import Choices, Import, Source, Tally
from todo_cli.invocation import Invocation
from todo_cli.json_output import line
from todo_cli.options import common_options


@click.command("import", short_help="Add the tasks of a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-f", "--format", "name", type=click.Choice(list(FORMATS)), help="Default: what the file holds.")
@click.option("-n", "--dry-run", is_flag=True, help="Only check the file and say what would be added.")
@click.option("--keep-rest", is_flag=True, help="Put everything else into the descriptions.")
@click.option("--skip-invalid", is_flag=True, help="Skip what cannot be a task, instead of refusing the file.")
@common_options
def import_command(invocation: Invocation, file: Path, name: str | None, *, dry_run: bool, **choices: bool) -> None:
    """Add the tasks of a file; - is standard input.

    All of them are added or none: what cannot be a task is named with its line. The same source makes no second task,
    however often it is imported, also when it has grown or its tasks were ticked off in the meantime.
    `todo undo` takes an import back as a whole.

    A file of ours has the format jsonl (a JSON array or a saved answer of the API too), csv (as spreadsheets save it
    too), markdown (a checklist) or todotxt. Other programs make theirs so:

    \b
    taskwarrior     Taskwarrior         task export > tasks.json
    todoist         Todoist             a project's menu, Import / export, Export as CSV
    google-tasks    Google Tasks        https://takeout.google.com, Tasks.json
    microsoft-todo  Microsoft To Do     GET /me/todo/lists/{id}/tasks of Microsoft Graph, or
                                        m365 todo task list --listName Tasks --output json
    icalendar       Apple Reminders     on a Mac: File, Export
                    Nextcloud, Thunderbird and others that write .ics files with to-dos

    Titles, notes, what is done and when are imported. Anything else, such as due dates and priorities, cannot be stored
    as such; the number of tasks that have it is shown at the end.
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    chosen = Choices(**choices)
    shown = "standard input" if file == STANDARD else str(file)
    with _opened(invocation, file) as opened:
        form = _form(opened, file, name)
        with open_list(invocation) as todo_list:
            run = Import(invocation, todo_list, Source(opened, shown, form), chosen)
            added: Sequence[int] = ()
            if dry_run:
                run.count_known()
            else:
                run.check()
                added = run.store()
    with invocation.output.after(f"Imported {_tasks(len(added))}"):
        for task_id in added if invocation.options.quiet else []:
            invocation.console.data(str(task_id))
        if not invocation.options.quiet:
            _report(invocation, run.tally, form, chosen, dry_run=dry_run)


def _form(opened: BinaryIO, file: Path, name: str | None) -> Format:
    if name is None:
        from todo_cli.formats.detection import detect_format  # noqa: PLC0415  a named format needs none
        from todo_cli.formats.text_file import TextFile  # noqa: PLC0415  likewise

        name = detect_format(TextFile(opened).head(), file.name)
    if name is None:
        raise Misuse(f"The format is not recognised; choose it with --format: {', '.join(FORMATS)}.")
    return FORMATS[name]


@contextmanager
def _opened(invocation: Invocation, file: Path) -> Iterator[BinaryIO]:
    """Open a file that can be read again and again; what comes through a pipe is kept aside for that."""
    if file == STANDARD:
        raw = getattr(invocation.console.stdin, "buffer", None)
        with tempfile.TemporaryFile() as copy:
            if raw:
                _copy(raw, copy)
            else:
                copy.write(invocation.console.stdin.read().encode("utf-8", "surrogateescape"))
            yield cast("BinaryIO", copy)
        return
    with file.open("rb") as opened:
        if opened.seekable():
            yield opened
            return
        with tempfile.TemporaryFile() as copy:
            _copy(opened, copy)
            yield cast("BinaryIO", copy)


def _copy(pipe: BufferedReader, copy: IO[bytes]) -> None:
    # What has come so far, again and again: Ctrl-C is heard in between, but not while a read waits for more.
    while piece := pipe.read1():
        copy.write(piece)


def _report(invocation: Invocation, tally: Tally, form: Format, chosen: Choices, *, dry_run: bool) -> None:
    added = tally.tasks - tally.known
    if invocation.options.json:
        told = {
            "at_most": tally.at_most,
            "left_out": tally.left_out,
            "rest": tally.rest,
            "invalid": [{"detail": text} for text in tally.invalid_lines],
        }
        counts = {"added": added, "known": tally.known, "dry_run": dry_run}
        invocation.console.data(line(counts | {name: value for name, value in told.items() if value}))
        return
    note, verb = invocation.console.note, "Would import" if dry_run else "Imported"
    if tally.at_most and added:
        note(f"{verb} at most {_tasks(added)}; a server tells only on adding which ones an earlier import brought.")
    elif tally.tasks or tally.invalid:
        note(f"{verb} {_tasks(added)}; {tally.known} {'was' if tally.known == 1 else 'were'} there already.")
    else:
        note(f"{verb} 0 tasks: no {form.lacking} found.")
    if tally.left_out:
        note(f"Left out: {', '.join(f'{count} {kind}' for kind, count in tally.left_out.items())}.")
    if tally.rest:
        names = ", ".join(f"{name} of {_tasks(count)}" for name, count in tally.rest.most_common())
        note(
            f"Kept in the descriptions: {names}."
            if chosen.keep_rest
            else f"Not imported: {names}; --keep-rest puts them into the descriptions."
        )
    if tally.invalid:
        note(f"Left out, because they cannot be tasks: {tally.invalid}.")
        for text in tally.invalid_lines:
            note(f"  {text}")


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"
