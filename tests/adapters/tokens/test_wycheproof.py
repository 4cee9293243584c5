"""The vectors of Project Wycheproof for signed tokens (C2SP/wycheproof, testvectors_v1/json_web_signature_test.json).

No package carries them: point WYCHEPROOF at a copy of that file to run this.
"""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.support.clocks import FrozenClock
from tests.support.token_forge import ISSUER
from todo_adapters.tokens.claims import ClaimRules
from todo_adapters.tokens.jwks import VerificationKey
from todo_adapters.tokens.shared_secret import HS256, SharedSecret
from todo_adapters.tokens.verifier import JwtVerifier, Trust
from todo_core.errors import TokenRefused
from todo_core.synchronous import run_now

CONTRADICTORY = {367, 370, 372, 373}
"""Vectors of which another one says the opposite."""

BEHIND_THE_SIGNATURE = {"bad_json", "missing_exp"}
"""Their payloads are no claims, so a good signature shows by what is refused next."""


class RawKey(SharedSecret):
    """Takes any bytes as its key, as the vectors have them, where a deployment has a text."""

    def __init__(self, key: bytes) -> None:
        hmac = jwt.get_algorithm_by_name(HS256)
        self._key = VerificationKey(HS256, lambda signed, signature: hmac.verify(signed, key, signature))


def verifier(key: bytes) -> JwtVerifier:
    clock = FrozenClock()
    return JwtVerifier({HS256: Trust(RawKey(key), ClaimRules(clock, 30, ISSUER, ISSUER))}, clock)


def vectors() -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Return each HMAC vector with its key."""
    path = os.environ.get("WYCHEPROOF")
    if path is None:
        pytest.skip("WYCHEPROOF does not name a copy of json_web_signature_test.json")
    for group in json.loads(Path(path).read_text(encoding="utf-8"))["testGroups"]:
        key = group.get("private", {})
        if key.get("kty") == "oct":
            yield from ((base64.urlsafe_b64decode(key["k"] + "=="), vector) for vector in group["tests"])


def test_hs256_vectors() -> None:
    tried = 0
    for key, vector in vectors():
        if vector["tcId"] in CONTRADICTORY:
            continue
        text = vector["jws"] if isinstance(vector["jws"], str) else json.dumps(vector["jws"])
        with pytest.raises(TokenRefused) as caught:
            run_now(verifier(key).verify(text))
        signed = caught.value.reason in BEHIND_THE_SIGNATURE and not text.startswith(".")
        assert signed == (vector["result"] == "valid"), vector["tcId"]
        tried += 1
    assert tried >= 36
