"""A service behind a connection that can be spoilt."""

from collections.abc import Iterator

import pytest

from tests.support.bad_connection import Wire, wire
from tests.support.live_server import LiveServer


@pytest.fixture
def line(served: LiveServer) -> Iterator[Wire]:
    served.empty()
    with wire(served.url) as running:
        yield running
