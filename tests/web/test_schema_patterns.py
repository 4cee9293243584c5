"""The patterns of the document are the rules of the domain, to the letter."""

from typing import Any

from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from todo_core.errors import InvalidInput
from todo_core.text import WHITE_SPACE, clean_description, clean_search, clean_title
from todo_web.conditions import KEY_LIMIT, idempotency_key
from todo_web.openapi import patterns

TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(st.sampled_from(WHITE_SPACE + "x\u200b\x00\x1c\x7f\r\n\U0001d173\U000e0001"), max_size=8),
    st.builds(
        lambda first, inner, size, last: first + inner * size + last,
        *(st.sampled_from(["", " ", "\u3000\n", "a"]), st.sampled_from("x \n🎅")),
        *(st.integers(196, 202) | st.integers(996, 1002), st.sampled_from(["", " ", "b"])),
    ),
)


def accepts(rule: Any, *values: object) -> bool:  # noqa: ANN401  any rule of the core
    try:
        rule(*values)
    except InvalidInput:
        return False
    return True


@given(TEXTS)
def test_patterns_are_the_rules_of_the_domain(text: str) -> None:
    """Whatever a pattern accepts is accepted, and nothing else."""
    for limit in (200, 500, 1000):
        assert fits(patterns.title(limit), text) == accepts(clean_title, text, limit)
        assert fits(patterns.description(limit), text) == accepts(clean_description, text, limit)
    assert fits(patterns.search(), text) == accepts(clean_search, "q", text)


KEYS = st.text(st.sampled_from('"a!~ \x7fé'), max_size=4) | st.builds(
    lambda first, size, last: first + "k" * size + last,
    *(st.sampled_from(['"', "a", ""]), st.integers(252, 257), st.sampled_from(['"', "a", ""])),
)


@given(KEYS)
def test_the_pattern_of_keys_is_the_rule(key: str) -> None:
    """But for outer spaces, which no header keeps."""
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    pattern = patterns.idempotency_key(KEY_LIMIT)
    request = Request({"type": "http", "headers": headers})
    assert key != key.strip() or fits({"pattern": pattern}, key) == accepts(idempotency_key, request)


def fits(schema: dict[str, Any], text: str) -> bool:
    return Draft202012Validator({"type": "string", **schema}).is_valid(text)
