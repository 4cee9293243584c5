"""What a text may hold: the rules for titles, descriptions, search words and user ids.

Lengths are counted in Unicode code points, after outer white space is cut.
"""

import re

from todo_core.errors import InvalidInput

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space property; ``str.strip()`` would also cut the control characters U+001C to U+001F."""

CONTROL = "\x00-\x1f\x7f-\x9f"
"""Characters that one line must not hold, written like the inside of a regular expression's brackets, as are those
below."""

CONTROL_BUT_LINES = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
"""Characters that a text of several lines must not hold. A carriage return may only be part of a line's end."""

INVISIBLE = (
    WHITE_SPACE
    + "\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    + "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U0001bca0-\U0001bca3"
    + "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""White space, format characters and the rest of Unicode's Default_Ignorable_Code_Point, plus the Braille blank."""

USER_ID_LIMIT = 255
SEARCH_LIMIT = 200

FOLDED = {"\u0130": "i", "\u03a3": "\u03c3", "\u03c2": "\u03c3"}
"""Letters that not every program makes small in the same way: a Turkish I, and a sigma at a word's end."""

_FOLDED = str.maketrans(FOLDED)

# Patterns that re compiles when they are first needed: most texts are printable, which says as much, and faster.
_SURROGATE = "[\ud800-\udfff]"
_CONTROL = f"[{CONTROL}]"
_CONTROL_BUT_LINES = f"[{CONTROL_BUT_LINES}]|\r(?!\n)"
_INVISIBLE = f"[{INVISIBLE}]*"


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing, as with zero-width characters alone."""
    return not text.strip(WHITE_SPACE) if text.isascii() else re.fullmatch(_INVISIBLE, text) is not None


def clean_title(text: str, limit: int) -> str:
    """Return a title as it is stored; a title is one line.

    Raises InvalidInput.
    """
    title = text.strip(WHITE_SPACE)
    if is_blank(title):
        raise InvalidInput("title", "blank", "The title must not be blank.")
    _refuse_unstorable("title", title, _CONTROL)
    _refuse_longer("title", title, limit)
    return title


def clean_description(text: str | None, limit: int) -> str | None:
    """Return a description as it is stored; a blank one is no description. Newlines and tabs are kept.

    Raises InvalidInput.
    """
    description = (text or "").strip(WHITE_SPACE)
    _refuse_unstorable("description", description, _CONTROL_BUT_LINES)
    _refuse_longer("description", description, limit)
    return None if is_blank(description) else description


def clean_search(field: str, text: str) -> str | None:
    """Return literal text to search for, or None for blank text. ``field`` is the caller's name for it.

    Raises InvalidInput above 200 characters.
    """
    _refuse_unstorable(field, text, _CONTROL)
    _refuse_longer(field, text, SEARCH_LIMIT)
    return text if text.strip(WHITE_SPACE) else None


def fold(text: str) -> str:
    """Return the form in which a search compares texts: without regard to case or to how accents are encoded (NFC).

    Databases take the same steps, the letters of FOLDED first: there, programs differ.
    """
    if text.isascii():
        return text.lower()
    from unicodedata import normalize  # noqa: PLC0415  slow to load, and many programs never need it

    return normalize("NFC", text.translate(_FOLDED).lower())


def is_user_id(text: str) -> bool:
    """Whether a text can be a user id: 1 to 255 characters, no controls, no surrogates, no outer white space."""
    return (
        0 < len(text) <= USER_ID_LIMIT
        and text == text.strip(WHITE_SPACE)
        and not is_blank(text)
        and (text.isprintable() or not re.search(f"{_CONTROL}|{_SURROGATE}", text))
    )


def has_lone_surrogate(text: str) -> bool:
    """Whether a text holds half a character (a lone surrogate), such as what is left of an emoji cut in two."""
    return not text.isprintable() and re.search(_SURROGATE, text) is not None


def not_unicode(field: str) -> InvalidInput:
    """Return the error for a text with a lone surrogate; ``field`` may be empty."""
    return InvalidInput(
        field,
        "not_unicode",
        f"The {field or 'body'} holds half a character (a lone surrogate), as of an emoji cut in two.",
    )


def _refuse_unstorable(field: str, text: str, control: str) -> None:
    if text.isprintable():
        return
    if re.search(control, text):
        raise InvalidInput(field, "control_character", f"The {field} must not hold control characters.")
    if has_lone_surrogate(text):
        raise not_unicode(field)


def _refuse_longer(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InvalidInput(field, "too_long", f"The {field} must have at most {limit} characters.")
