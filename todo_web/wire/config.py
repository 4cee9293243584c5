"""The server's settings, and the deadlines of a connection beside them."""

from typing import Any

import uvicorn

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
        prefix: PublicPrefix,
        **options: Any,  # noqa: ANN401  uvicorn's own
    ) -> None:
        super().__init__(
            app, http="todo_web.wire.http_protocol:WireProtocol", ws="none", server_header=False, **options
        )
        self.deadlines = deadlines
        self.prefix = prefix
