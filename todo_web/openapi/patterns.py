"""The domain's rules for texts as JSON Schema, to the letter: what a pattern accepts is what the service accepts.

Lengths count after outer white space is cut, which ``maxLength`` cannot say, so patterns do. They are ECMA-262 with the
``u`` flag, as JSON Schema asks, and use nothing that a regular expression engine without look-around lacks.
"""

import re
from typing import Any

from todo_core.text import CONTROL, CONTROL_BUT_LINES, INVISIBLE, SEARCH_LIMIT, WHITE_SPACE

TASK_ETAG = '^"[1-9][0-9]*"$'
REQUEST_ID = "^[A-Za-z0-9._-]{1,128}$"
CURSOR = "^[A-Za-z0-9_-]+$"


def title(limit: int) -> dict[str, Any]:
    """Return what a title may be: one line of which a reader sees something."""
    inner, edge = f"[^{CONTROL}]", f"[^{CONTROL}{WHITE_SPACE}]"
    line = f"^[{WHITE_SPACE}]*{edge}(?:{inner}{{0,{limit - 2}}}{edge})?[{WHITE_SPACE}]*$"
    return {"pattern": _legible(line), "not": {"type": "string", "pattern": _legible(f"^[{INVISIBLE}]*$")}}


def description(limit: int) -> dict[str, Any]:
    """Return what a description may be: several lines, or nothing that a reader sees, which is no description."""
    lines = f"^[{WHITE_SPACE}]*(?:[^{CONTROL_BUT_LINES}\r]|\r\n)*[{WHITE_SPACE}]*$"
    too_long = rf"[^{WHITE_SPACE}][\s\S]{{{limit - 1},}}[^{WHITE_SPACE}]"
    return {"pattern": _legible(lines), "not": {"type": "string", "pattern": _legible(too_long)}}


def search() -> dict[str, Any]:
    """Return what may be searched for."""
    return {"maxLength": SEARCH_LIMIT, "pattern": _legible(f"^[^{CONTROL}]*$")}


def idempotency_key(limit: int) -> str:
    """Return what a key may be: visible ASCII characters, which may stand in quotes."""
    some, no_quote = "[!-~]", "[!#-~]"
    bare = f"{some}|{no_quote}{some}{{0,{limit - 1}}}|{some}{{0,{limit - 1}}}{no_quote}"
    return f'^(?:{bare}|"{some}{{1,{limit}}}")$'


def _legible(pattern: str) -> str:
    """Escape what nobody could see or tell apart in print; astral characters have no escape that every engine reads."""
    short = pattern.replace("\t\n\v\f\r", "\t-\r").replace("".join(map(chr, range(0x2000, 0x200B))), "\u2000-\u200a")
    return re.sub("[^!-~\U00010000-\U0010ffff]", lambda match: f"\\u{ord(match[0]):04x}", short)
