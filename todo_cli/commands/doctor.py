"""todo doctor."""

import click

from todo_adapters.address import ServerAddress
from todo_adapters.private_file import exposure
from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.json_output import time_text
from todo_cli.options import common_options
from todo_cli.settings import settings_file
from todo_cli.stores import files, store_name
from todo_core.errors import StorageError
from todo_core.query import Status


@click.command("doctor", short_help="Check the store.")
@common_options
def doctor_command(invocation: Invocation) -> None:
    """Check that the store can be used, and say where it is, who works on it and what it holds.

    It warns of files that others may read. On a server it also says until when the token is valid.

    A setting is what the command line says, else the environment, else the file .env in the working directory, which
    the service reads as well. `env_file` names that file, if there is one.
    """
    address = invocation.address
    with open_list(invocation) as todo_list:
        todo_list.check()
        warnings = [exposure(file) for file in files(address)]
        try:
            last = todo_list.history.undo()
        except StorageError as error:
            last = None
            warnings.append(f"Nothing can be undone. {error}")
        counts = {
            status.value: todo_list.count(status) for status in (Status.PENDING, Status.COMPLETED, Status.DELETED)
        }
    facts: dict[str, object] = {"store": store_name(address), "user_id": todo_list.user_id, **counts}
    facts["undoable"] = last.entry.command if last else None
    file = settings_file()
    facts["env_file"] = None if file is None else str(file)
    if isinstance(address, ServerAddress):
        from todo_cli.server_login import find_login  # noqa: PLC0415  a local store does not need it

        facts["expires_at"] = time_text(find_login(invocation, address).claims.expires_at)
    invocation.output.facts(facts, "The store answers and can be used.")
    for warning in filter(None, warnings):
        invocation.console.note(f"Warning: {warning}")
