"""doctor, completion."""

import click

from todo_adapters.address import ServerAddress
from todo_adapters.private_file import exposure
from todo_cli.application import common_options
from todo_cli.completing import shell_named
from todo_cli.documents import time_text
from todo_cli.session import Program
from todo_cli.settings import settings_file
from todo_cli.stores import files, store_name
from todo_core.driver import run_now
from todo_core.query import Status, TaskQuery


@click.command("doctor", short_help="Check the store.")
@common_options
def doctor_command(program: Program) -> None:
    """Check that the store can be used, and say where it is, who works on it and what it holds.

    It warns of files that others may read. On a server it also says until when the token is valid.

    A setting is what the command line says, else the environment, else the file .env in the working directory, which
    the service reads as well. `env_file` names that file, if there is one.
    """
    with program.session() as session:
        run_now(session.repository.check())
        last = session.history.undo()
        counts = {
            status.value: len(run_now(session.tasks.list(session.user_id, TaskQuery(status))))
            for status in (Status.PENDING, Status.COMPLETED, Status.DELETED)
        }
        told = [exposure(file) for file in files(session.address)]
    facts: dict[str, object] = {"store": store_name(session.address), "user_id": session.user_id, **counts}
    facts["undoable"] = last.entry.command if last else None
    file = settings_file()
    facts["env_file"] = None if file is None else str(file)
    if isinstance(session.address, ServerAddress):
        from todo_cli.remote import find_login  # noqa: PLC0415  a local store does not need it

        facts["expires_at"] = time_text(find_login(program, session.address).claims.expires_at)
    program.output.facts(facts, "The store answers and can be used.")
    for warning in filter(None, told):
        program.console.note(f"Warning: {warning}")


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
def completion_command(program: Program, shell: str) -> None:
    """Print what teaches a shell to complete commands, options, IDs and titles.

    \b
    bash   todo completion bash > ~/.local/share/bash-completion/completions/todo
    zsh    todo completion zsh > ~/.zfunc/_todo     (with fpath=(~/.zfunc $fpath) before compinit)
    fish   todo completion fish > ~/.config/fish/completions/todo.fish
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    for text in shell_named(shell, click.Command("todo"), program).source().strip().split("\n"):
        program.console.write(text)
