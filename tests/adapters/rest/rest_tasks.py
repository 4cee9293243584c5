"""The list under test: the way to a service, or to whatever stands before one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.support.secrecy import SECRET
from todo_adapters.address import ServerAddress
from todo_adapters.clock import SystemClock
from todo_adapters.rest.http_client import open_client
from todo_adapters.rest.tasks import RestTasks
from todo_adapters.tokens.development_token import issue_token


def token_of(user_id: str) -> str:
    """Return a token that the service accepts."""
    return issue_token(SECRET, user_id, timedelta(hours=1), SystemClock().now())


def no_wait(_seconds: float) -> None:
    """Send again at once."""


@contextmanager
def opened(url: str, wait: Callable[[float], None] = no_wait, user_id: str = "ann") -> Iterator[RestTasks]:
    """Open a user's list."""
    with open_client(ServerAddress(url, local=True), wait) as client:
        yield RestTasks(client, token_of(user_id), SystemClock())
