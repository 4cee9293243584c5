"""The headers that make a request conditional or safe to repeat."""

import re

from fastapi import Request

from todo_core.errors import InvalidInput
from todo_web.header_fields import field_values

KEY_LIMIT = 255
"""Characters of an idempotency key."""

_ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e]*")')
_ENTITY_TAGS = re.compile(rf"[ \t,]*({_ENTITY_TAG.pattern}[ \t]*(,[ \t,]*|$))*")
_VERSION = re.compile('"([1-9][0-9]{0,18})"')
_KEY = re.compile(f"[\x21-\x7e]{{1,{KEY_LIMIT}}}")


def accepted_versions(request: Request) -> frozenset[int] | None:
    """Return the versions that ``If-Match`` names (RFC 9110, section 13.1.1); None if any will do.

    A weak or foreign entity tag matches no version.
    """
    sent = field_values(request.scope["headers"], b"if-match")
    if not sent or "*" in map(str.strip, sent):
        return None
    strong = [tag for weak, tag in _entity_tags(sent) if not weak]
    return frozenset(int(version[1]) for version in map(_VERSION.fullmatch, strong) if version)


def is_known(request: Request, etag: str) -> bool:
    """Whether ``If-None-Match`` names the entity tag, compared weakly (RFC 9110, section 13.1.2)."""
    sent = field_values(request.scope["headers"], b"if-none-match")
    return bool(sent) and ("*" in sent or any(tag == etag for _, tag in _entity_tags(sent)))


def _entity_tags(sent: list[str]) -> list[tuple[str, str]]:
    """Return the tags of a list, each as its mark of weakness and itself; a malformed list names none."""
    listed = ",".join(sent)
    return _ENTITY_TAG.findall(listed) if _ENTITY_TAGS.fullmatch(listed) else []


def idempotency_key(request: Request) -> str | None:
    """Return the ``Idempotency-Key`` of a create request, bare or quoted. Raises InvalidInput."""
    sent = field_values(request.scope["headers"], b"idempotency-key")
    if not sent:
        return None
    key = sent[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(sent) > 1 or not is_key(key):
        raise InvalidInput(
            "Idempotency-Key",
            "malformed",
            f"The Idempotency-Key must be one header of 1 to {KEY_LIMIT} visible characters.",
        )
    return key


def is_key(text: str) -> bool:
    """Whether a text can be an idempotency key."""
    return _KEY.fullmatch(text) is not None
