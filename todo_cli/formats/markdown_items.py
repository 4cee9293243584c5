"""Where the items of a checklist are, as markdown-it-py parses it."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.list import list_block
from markdown_it.token import Token

_BOX = re.compile(r"[ \t]*(?:[-*+>]|\d{1,9}[.)]|[ \t])*(?P<box>\[[ xX]\])(?:[ \t]+(?P<title>.*)|[ \t]*)", re.DOTALL)
_NESTED = 500
"""How deep the parser follows nested containers; beyond that it gives up on the rest of the text."""

Rule = Callable[[StateBlock, int, int, bool], bool]


@dataclass(frozen=True, slots=True)
class Item:
    """An item, from ``line``, counted from 0, up to ``end``, which is not included.

    ``checked`` is None where it has no checkbox; then no more is told of it. ``below`` are the lines of its description
    with their ends, without those of the items inside it.
    """

    line: int
    end: int
    checked: bool | None
    title: str = ""
    below: Sequence[str] = ()


def parse(lines: Sequence[str]) -> tuple[list[Item], int]:
    """Return the items of a text, and the line in which its last block, or the last item of its last list, begins.

    A description may have lists of its own, whose items without a checkbox are part of it and not returned.

    Raises RecursionError for what is nested too deeply.
    """
    ends = [line[len(line.rstrip("\r\n")) :] for line in lines]
    source = "\n".join(line[: len(line) - len(end)] for line, end in zip(lines, ends, strict=True))
    items: list[Item] = []
    plain: list[Item] = []
    # What stands inside a line is kept as it is, and so is the text as a whole: line ends are the same already.
    markdown = MarkdownIt("commonmark", {"maxNesting": _NESTED}).disable(["normalize", "inline", "text_join"])
    markdown.block.ruler.at("list", _collecting(items, plain, ends), {"alt": ["paragraph", "reference", "blockquote"]})
    starts = [token.map[0] for token in markdown.parse(source) if token.map and _is_part(token)]
    described = {line for item in items for line in range(item.line, item.end)}
    found = items + [item for item in plain if item.line not in described]
    return sorted(found, key=lambda item: item.line), starts[-1] if starts else 0


def _is_part(token: Token) -> bool:
    return token.level == 0 or (token.level == 1 and token.type == "list_item_open")


def _collecting(items: list[Item], plain: list[Item], ends: Sequence[str]) -> Rule:
    """Return the parser's rule for lists, extended to collect their items: those with a checkbox, and the plain ones.

    Only while the parser is in a list does it know what the list stands in.
    """

    def rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001  the parser's
        token, known = len(state.tokens), len(items)
        found = list_block(state, first, last, silent)
        if found and not silent:
            taken = {line for inner in items[known:] for line in range(inner.line, inner.end)}
            opened = state.tokens[token:]
            for start, _, content in zip(opened, opened[1:], opened[2:], strict=False):
                if start.type == "list_item_open" and start.level == state.level + 1 and content.type == "inline":
                    item = _item(state, start, ends, taken)
                    (plain if item.checked is None else items).append(item)
        return found

    return rule


def _item(state: StateBlock, token: Token, ends: Sequence[str], taken: Collection[int]) -> Item:
    """Return the item of a list."""
    line, end = token.map or (0, 0)
    mark = state.bMarks[line]
    found = _BOX.fullmatch(state.src[mark : state.eMarks[line]])
    if not found:
        return Item(line, end, None)
    shift = state.bsCount[line]
    column = len(f"{' ' * shift}{state.src[mark : mark + found.start('box')]}".expandtabs(4)) - shift
    below = [number for number in range(line + 1, end) if number not in taken]
    filled = (number for number in below if not state.isEmpty(number))
    # A description says by its first line how far it is indented; a lazy one is not indented at all.
    columns = max(column, state.sCount[next(filled, line)])
    texts = (state.getLines(number, number + 1, columns, False) for number in below)  # noqa: FBT003  the parser's
    keeps = ends[line] == "\n"
    marks = ("\r\n" if keeps and ends[number] == "\r\n" else "\n" for number in below)
    return Item(line, end, found["box"] != "[ ]", found["title"] or "", [*map(str.__add__, texts, marks)])
