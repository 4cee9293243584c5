"""Tasks as JSON, whatever stands around them: one document on each line, an array, or an envelope around one.

The standard library decodes one document at a time; this finds where the next one begins, so that a file of any length
needs the memory of one task.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from todo_cli.formats.record import Unreadable
from todo_cli.formats.text_file import LIMIT, BrokenFile

IsTask = Callable[[Mapping[str, object]], bool]

_NOT_JSON = "This is not JSON."
_SPACE = re.compile(r"[ \t\r\n]*")
_DEEPEST = 20
_STALE = 4 * 1024
"""Characters that may be kept before a value. More are dropped, because an error of the decoder counts all their
lines."""

_LONGEST_WORD = len("-Infinity")
"""The longest word that the decoder knows; an escape is shorter."""

_DECODER = json.JSONDecoder(strict=False)
"""Takes control characters as they are, which JSON wants escaped and not every program does; the core has its rules for
them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document and its line, or the reason why there is none.

    ``around`` are the plain members of the object around it, as far as they come before it.
    """

    line: int
    value: dict[str, object] | Unreadable
    around: Mapping[str, object]


class _TooLong(Unreadable):
    def __init__(self) -> None:
        super().__init__(f"This is longer than {LIMIT} characters.")


class _Text:
    """A text that is read from its start to its end; ``line`` is the current one, ``depth`` that of its brackets."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self._text = ""
        self._at = 0
        self.line = 1
        self.depth = 0

    def next(self) -> str:
        """Return the next character that is no white space, without taking it; nothing at the end."""
        while True:
            white = _SPACE.match(self._text, self._at)
            self._move(white.end() if white else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._has(1):
                return ""

    def take(self, expected: str) -> None:
        """Take the next character. Raises Unreadable if it is none of those."""
        character = self.next()
        if not character or character not in expected:
            raise Unreadable(_NOT_JSON)
        self._move(self._at + 1)

    def enter(self) -> None:
        """Take the bracket that begins an array or an object."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unreadable("This is not JSON that holds tasks.")
        self.take("[{")

    def leave(self) -> None:
        """Take the bracket that ends it."""
        self.take("]}")
        self.depth -= 1

    def value(self, accept: Callable[[Any], bool] = lambda _: True) -> Any:  # noqa: ANN401  whatever stands there
        """Take the next value and return it; None, and nothing taken, if it is not accepted.

        Raises Unreadable for what is no JSON, and _TooLong for what is longer than a task can be.
        """
        self.next()
        more = self._has(LIMIT)
        if self._at > _STALE:
            self._text, self._at = self._text[self._at :], 0
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated") or error.pos > len(self._text) - _LONGEST_WORD
            raise (_TooLong() if more and cut else Unreadable(_NOT_JSON)) from None
        except (ValueError, RecursionError):
            raise Unreadable(_NOT_JSON) from None
        if not accept(value):
            return None
        self._move(end)
        return value

    def skip_line(self) -> None:
        """Leave out the rest of the line."""
        while (end := self._text.find("\n", self._at)) < 0:
            self._move(len(self._text))
            if not self._has(1):
                return
        self._move(end)

    def _has(self, amount: int) -> bool:
        while len(self._text) - self._at < amount:
            chunk = next(self._chunks, "")
            if not chunk:
                return False
            self._text, self._at = self._text[self._at :] + chunk, 0
        return True

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to


def documents(chunks: Iterable[str], is_task: IsTask) -> Iterator[Found]:
    """Return the objects that are tasks, and Unreadable for anything else in the place of a task.

    Other members of an object around tasks are skipped. Raises BrokenFile for an error within brackets, because the
    next task cannot be found after it.
    """
    text = _Text(chunks)
    while text.next():
        try:
            yield from _tasks(text, is_task, None)
            if text.next() == ",":
                text.take(",")  # After each line, as Taskwarrior once wrote.
        except Unreadable as reason:
            if text.depth:
                raise BrokenFile(text.line, str(reason)) from None  # Where the next task begins is not known.
            yield Found(text.line, reason, {})
            text.skip_line()


def _tasks(text: _Text, is_task: IsTask, around: Mapping[str, object] | None) -> Iterator[Found]:
    """Return the tasks of the next value; where ``around`` is None, it must be a task or hold some."""
    line = text.line
    character = text.next()
    if character == "[":
        yield from _items(text, "]", lambda: _tasks(text, is_task, around))
    elif character == "{":
        document = _task(text, is_task, strict=around is None)
        if document is None:
            members: dict[str, object] = {}
            yield from _items(text, "}", lambda: _member(text, is_task, members))
        else:
            yield Found(line, document, around or {})
    else:
        text.value()
        if around is None:
            yield Found(line, Unreadable("This is not a JSON object that is a task."), {})


def _task(text: _Text, is_task: IsTask, *, strict: bool) -> dict[str, object] | None:
    """Take the next object if it is a task, or should be one because it holds nothing else."""

    def accept(value: Any) -> bool:  # noqa: ANN401  an object, because it begins with a brace
        return is_task(value) or (strict and not any(isinstance(member, (dict, list)) for member in value.values()))

    try:
        taken: dict[str, object] | None = text.value(accept)
    except _TooLong:
        return None  # As an envelope may be.
    return taken


def _items(text: _Text, end: str, item: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    text.enter()
    while text.next() != end:
        yield from item()
        if text.next() != end:
            text.take(",")
    text.leave()


def _member(text: _Text, is_task: IsTask, members: dict[str, object]) -> Iterator[Found]:
    name = text.value()
    if not isinstance(name, str):
        raise Unreadable(_NOT_JSON)
    text.take(":")
    if text.next() in {"[", "{"}:
        yield from _tasks(text, is_task, members)
    else:
        members[name] = text.value()
