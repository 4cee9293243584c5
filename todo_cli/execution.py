"""Execute a command line: every way in which it can end becomes an exit code and one line on standard error."""

import errno
from collections.abc import Sequence
from contextlib import suppress

import click

from todo_adapters.address import ServerAddress
from todo_cli.command_line import todo
from todo_cli.console import Console
from todo_cli.exit_codes import FAILURE, INTERRUPTED, SUCCESS, USAGE, Exit, Failure, exit_of
from todo_cli.invocation import COMPLETE_VARIABLE, Invocation
from todo_cli.json_output import line, problem_document
from todo_cli.safe_text import visible
from todo_core.errors import StorageError, TodoError
from todo_core.ports import Clock


def run(arguments: Sequence[str], console: Console, clock: Clock) -> int:
    """Carry out a command line and return the exit code."""
    invocation = Invocation(console, clock)
    try:
        code = _dispatch(arguments, invocation)
        if code == SUCCESS:
            console.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return _say(console, "Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read this has seen enough, as `head` does; that is no failure.
        return SUCCESS
    except OSError as error:
        return _say(console, f"todo: {_trouble(error)}", FAILURE)
    return code


def _dispatch(arguments: Sequence[str], invocation: Invocation) -> int:
    try:
        return _carry_out(arguments, invocation)
    except TodoError as error:
        meaning = _with_server(exit_of(error), invocation)
        hint = " ".join([meaning.hint, *getattr(error, "__notes__", ()), *_address_from(error, invocation)]).strip()
        return _refuse(invocation, meaning._replace(hint=hint), str(error))
    except Failure as failure:
        return _refuse(invocation, failure.exit, str(failure), failure.details)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _refuse(invocation, Failure.exit, _trouble(error))
    except click.ClickException as error:
        invocation.options.json |= "--json" in arguments  # The option may follow what could not be understood.
        return _refuse(invocation, Exit(USAGE, 400, "usage", _help_for(error)), error.format_message())


def _carry_out(arguments: Sequence[str], invocation: Invocation) -> int:
    if COMPLETE_VARIABLE in invocation.console.environ:
        from todo_cli.shell_completion import complete  # noqa: PLC0415  only a shell that completes needs it

        complete(todo, invocation)
        return SUCCESS
    try:
        # Not click's own main, which ends the process by itself when the output pipe is closed.
        with todo.make_context("todo", list(arguments), obj=invocation) as context:
            todo.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return SUCCESS


def _refuse(invocation: Invocation, meaning: Exit, message: str, details: Sequence[str] = ()) -> int:
    console = invocation.console
    if invocation.options.json:
        console.problem(line(problem_document(meaning, message, details)))
    else:
        console.note(f"todo: {message} {meaning.hint}".rstrip())
        for text in details:
            console.note(f"  {text}")
    return meaning.code


def _with_server(meaning: Exit, invocation: Invocation) -> Exit:
    """Name the server in the hint, so that the command can be copied as it stands."""
    address = invocation.address if "{server}" in meaning.hint else None
    if not isinstance(address, ServerAddress):
        return meaning
    return meaning._replace(hint=meaning.hint.format(server=address.url))


def _address_from(error: TodoError, invocation: Invocation) -> Sequence[str]:
    """Say which file has the address of a store that cannot be used; it may be that of another program."""
    if not isinstance(error, StorageError) or invocation.address_file is None:
        return []
    from todo_adapters.sqlite.undo_journal import JournalUnusable  # noqa: PLC0415  only this error needs it

    return [] if isinstance(error, JournalUnusable) else [f"The address is from {invocation.address_file}."]


def _help_for(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context and isinstance(error, click.NoSuchOption) and _takes_words(context.command):
        return f"Put words that begin with a dash after --: `{context.command_path} -- {error.option_name} …`."
    return f"Try `{context.command_path} --help`." if context else "Try `todo --help`."


def _takes_words(command: click.Command) -> bool:
    """Whether a person may have meant a word that begins with a dash."""
    return any(
        isinstance(parameter, click.Argument) and parameter.nargs == -1 and parameter.type is click.STRING
        for parameter in command.params
    )


def _trouble(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk for the output is full; free some space and try again."
    if isinstance(error, FileNotFoundError) and error.filename is None:  # os.getcwd names no file.
        return "The working directory does not exist any more; change to another one."
    return f"{error.strerror or error}: {error.filename}" if error.filename else f"{error.strerror or error}."


def _say(console: Console, text: str, code: int) -> int:
    with suppress(OSError, ValueError):  # Where nobody is listening any more, the exit code still tells.
        console.stderr.write(f"\n{text}\n" if code == INTERRUPTED else f"{visible(text)}\n")
        console.stderr.flush()
    return code
