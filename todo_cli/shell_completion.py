"""Answers to a shell that completes a command line."""

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
)

from todo_adapters.address import SqliteAddress
from todo_cli.composition import open_list
from todo_cli.exit_codes import Failure, Misuse
from todo_cli.invocation import COMPLETE_VARIABLE, Invocation
from todo_cli.safe_text import visible
from todo_core.errors import TodoError
from todo_core.override import override
from todo_core.query import Status, TaskQuery

_SHOWN = 200

_BASH_SCRIPT = """\
%(complete_func)s() {
    local type value title
    COMPREPLY=()
    while IFS=$'\\t' read -r type value title; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            *) COMPREPLY+=("$value${title:+  ($title)}") ;;
        esac
    done < <(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete $1)
    # The title of a single answer would end up on the command line.
    if [[ ${#COMPREPLY[@]} -eq 1 ]]; then
        COMPREPLY[0]=${COMPREPLY[0]%%%%  (*}
    fi
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class TitledBash(BashComplete):
    """Bash shows no descriptions, so titles follow the ids while several are offered."""

    source_template = _BASH_SCRIPT

    @override
    def format_completion(self, item: CompletionItem) -> str:
        title = item.help if item.type == "plain" and item.value.isdigit() else None
        return f"{item.type}\t{item.value}\t{title or ''}"


def shell_named(name: str, command: click.Command, invocation: Invocation) -> ShellComplete:
    """Return what completes a command for bash, zsh or fish. Raises Misuse for another shell."""
    add_completion_class(TitledBash, "bash")
    kind = get_completion_class(name)
    if kind is None:
        raise Misuse("Only bash, zsh and fish are supported.")
    return kind(command, {"obj": invocation}, "todo", COMPLETE_VARIABLE)


def complete(command: click.Command, invocation: Invocation) -> None:
    """Print the completions of the command line that the shell's script describes. Raises Misuse."""
    shell = invocation.console.environ[COMPLETE_VARIABLE].removesuffix("_complete")
    answer = shell_named(shell, command, invocation).complete()
    if answer:
        invocation.console.write(answer)


def task_id_items(invocation: Invocation, status: Status, start: str) -> list[CompletionItem]:
    """Return those ids of the tasks with a status that begin so, with the tasks' titles.

    Only a local store is asked, and only one that is there. Where something is wrong there are none: the command itself
    will say what.
    """
    try:
        address = invocation.address
        if not isinstance(address, SqliteAddress) or not address.path.exists():
            return []
        with open_list(invocation) as todo_list:
            tasks = todo_list.find(TaskQuery(status))
    except (TodoError, Failure):
        return []
    found = [task for task in tasks if str(task.id).startswith(start)]
    return [CompletionItem(str(task.id), help=visible(task.title)) for task in found[-_SHOWN:]]
