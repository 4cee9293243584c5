"""The search for tokens and secrets, which every test's output goes through, finds them."""

from collections.abc import Callable

import pytest

from tests.support.secrecy import leak
from tests.support.token_forge import SECRET, token


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: token({"sub": "alice"}),
        lambda: f'{{"event": "x", "header": "Bearer {token({})}"}}',
        lambda: "Authorization: Basic YWxpY2U6",
        lambda: "{'authorization': 'Bearer x'}",
        lambda: f"the secret is {SECRET}",
    ],
)
def test_a_leak_is_found(spoil: Callable[[], str]) -> None:
    assert leak(f"before {spoil()} after") is not None


def test_an_audit_event_is_no_leak() -> None:
    assert leak('{"event": "authentication_failure", "reason": "bad_signature", "route": "/tasks"}') is None
