"""Every reason for a refusal is explained to operators, and none that does not exist."""

import asyncio
import re
from contextlib import aclosing
from pathlib import Path

from tests.adapters.tokens.attacks import ATTACKS, Scene
from tests.adapters.tokens.verifiers import both_verifier
from tests.support.clocks import FrozenClock
from tests.support.token_forge import ISSUER, token
from todo_adapters.tokens.claims import Resource
from todo_adapters.tokens.jwks_cache import KeyCache
from todo_core.errors import TokenRefused

PAGE = Path(__file__).parents[3] / "docs" / "better-auth.md"
RESOURCE = "https://tasks.example/mcp"
OF_THE_HEADER = {"no_token", "other_scheme", "several_headers"}
"""What the service finds before there is a token to verify."""

OF_THE_ROUTE = {"lifetime_too_long_here"}
"""What is right for other contracts."""


def test_the_page_for_operators_explains_every_reason() -> None:
    rows = re.findall(r"^\| (`[a-z0-9_`, ]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    explained = {reason for row in rows for reason in re.findall("`([a-z0-9_]+)`", row)}
    assert explained == asyncio.run(reasons()) | OF_THE_HEADER | OF_THE_ROUTE


async def reasons() -> set[str]:
    """Return the reasons that the attacks are refused for."""
    clock = FrozenClock()
    scene = Scene(int(clock.now().timestamp()))
    async with aclosing(KeyCache(scene.issuer.fetch, clock)) as cache:
        verifier = both_verifier(clock, cache, Resource(RESOURCE, (ISSUER,)))
        grants: list[dict[str, object]] = [{"cnf": {}}, {"client_id": "alice"}]
        texts = [
            *(attack.make(scene) for attack in ATTACKS),
            *(scene.issuer.token("ed", scene.claims(aud=RESOURCE, **grant)) for grant in grants),
            token({}, {"alg": "EdDSA"}),
        ]
        outcomes = await asyncio.gather(*map(verifier.verify, texts), return_exceptions=True)
    return {outcome.reason for outcome in outcomes if isinstance(outcome, TokenRefused)}
