"""todo export."""

from pathlib import Path

import click

from todo_cli.composition import open_list
from todo_cli.exit_codes import Misuse
from todo_cli.export_file import STANDARD, without_controls, without_formulas, write_into
from todo_cli.formats import OWN, format_of
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.safe_text import visible
from todo_core.query import Status

_STREAMS = {Path("/dev/stdin"), Path("/dev/stdout")}
_MARK = "\ufeff"
"""What tells some spreadsheets that a file is UTF-8: a byte order mark."""


@click.command("export", short_help="Write tasks to a file.")
@click.argument("file", type=click.Path(path_type=Path), default=STANDARD)
@click.option(
    "-f", "--format", "name", type=click.Choice(list(OWN)), help="Default: what the file's ending stands for."
)
@click.option("--pending", "status", flag_value=Status.PENDING, type=Status, help="Only what is still to do.")
@click.option("--completed", "status", flag_value=Status.COMPLETED, type=Status, help="Only what is done.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, which Excel needs to read CSV as UTF-8.")
@click.option("--safe", is_flag=True, help="Put an apostrophe before what a spreadsheet would compute.")
@common_options
def export_command(
    invocation: Invocation, file: Path, name: str | None, status: Status | None, *, force: bool, **spreadsheet: bool
) -> None:
    """Write tasks, the oldest first, to a file or to standard output.

    jsonl (the default) keeps everything; csv too, for spreadsheets; markdown is a checklist; todotxt keeps days only.

    A spreadsheet computes a text in CSV that begins with =, +, - or @. It is written as it is, unless --safe puts an
    apostrophe before it, which is not taken away again by an import.
    """
    to_stream = file == STANDARD or file in _STREAMS
    name = name or format_of(file.name) or ("jsonl" if to_stream else None)
    if name not in OWN:
        raise Misuse(f"Choose the format with --format: {', '.join(OWN)}.")
    if any(spreadsheet.values()) and name != "csv":
        raise Misuse("--bom and --safe are for csv.")
    with open_list(invocation) as todo_list:
        tasks = map(without_controls, todo_list.each(status or Status.ALL))
        lines = OWN[name].writer().write(map(without_formulas, tasks) if spreadsheet["safe"] else tasks)
        if spreadsheet["bom"]:
            lines = (f"{_MARK}{text}" if number == 0 else text for number, text in enumerate(lines))
        if to_stream:
            for text in lines:
                invocation.console.data(_safe(text) if invocation.console.shows_people else text)
        else:
            write_into(file, lines, force=force)


def _safe(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
