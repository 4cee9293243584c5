"""The server's settings, and beside them what the wire needs to know of the service's."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import uvicorn

from todo_web.allowed_pages import AllowedPages
from todo_web.proxy import PublicPrefix
from todo_web.wire.deadlines import Deadlines


class WireConfig(uvicorn.Config):
    """Names the protocol instead of importing it.

    A worker reads this before it reports that it lives, and the import is slow.
    """

    def __init__(
        self,
        app: str,
        deadlines: Deadlines,
        prefix: Callable[[], PublicPrefix],
        pages: AllowedPages,
        **options: Any,  # noqa: ANN401  uvicorn's own
    ) -> None:
        super().__init__(
            app, http="todo_web.wire.http_protocol:WireProtocol", ws="none", server_header=False, **options
        )
        self.deadlines = deadlines
        self.pages = pages
        self._make_prefix = prefix

    @cached_property
    def prefix(self) -> PublicPrefix:
        """What tells the prefix of a request; made in the process that serves, as it cannot be sent to one."""
        return self._make_prefix()
