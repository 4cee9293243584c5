"""Make text from a store safe for a terminal, and fit it into columns."""

import re

_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Controls, direction overrides, line separators, lone surrogates and tags, but not the joiners that emoji need."""

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_JSON_UNSAFE = "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"


def visible(text: str) -> str:
    r"""Return the text with every unsafe character written as an escape such as ``\x1b``."""
    return text if text.isprintable() else re.sub(_UNSAFE, _escape, text)


def field(text: str) -> str:
    """Return the text as one tab-separated field; the escapes can be told from a backslash in the text."""
    return visible(text.replace("\\", "\\\\"))


def json_safe(document: str) -> str:
    """Return a JSON document with the characters escaped that JSON allows but a terminal obeys."""
    if document.isprintable():
        return document
    return re.sub(_JSON_UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", document)


def width(text: str) -> int:
    """Return how many columns a terminal gives to safe text (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def fit(text: str, columns: int, ellipsis: str = "…") -> str:
    """Return safe text cut to a number of columns, with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for character in text:
        used += _columns(character)
        if used > columns - len(ellipsis):
            break
        kept += character
    return f"{kept}{ellipsis}"[: max(columns, 0)]


def pad(text: str, columns: int, ellipsis: str = "…") -> str:
    """Return safe text cut or filled up to exactly a number of columns."""
    fitted = fit(text, columns, ellipsis)
    return fitted + " " * (columns - width(fitted))


def _columns(character: str) -> int:
    import unicodedata  # noqa: PLC0415  slow to load, and ASCII does without

    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{ord(character):02x}" if character.isascii() else character.encode("ascii", "backslashreplace").decode()
