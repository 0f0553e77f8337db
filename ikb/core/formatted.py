"""Reasons as people write them: paragraphs, lists, bold, italic and links, and nothing else. As a page and as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Only these rules read a text, so a heading, an image or HTML stays the characters that were typed.
_READER = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["paragraph", "list", "newline", "emphasis", "link", "escape"]
)
TAGS = frozenset({"p", "br", "ul", "ol", "li", "strong", "em", "a"})
SCHEMES = frozenset({"http", "https", "mailto"})


@lru_cache(maxsize=2048)
def as_html(text: str) -> str:
    """The text as a page shows it: harmless, whatever was written."""
    return nh3.clean(
        _READER.render(text),
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    ).strip()


def as_plain(text: str) -> str:
    """The text for tables, mails and files: marks gone, a list as lines with a dot or number, a link with its address."""
    return "\n".join(_lines(_READER.parse(text)))


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    """One line for each line of text; a free one between blocks that do not belong to one list."""
    lists: list[int | None] = []  # the next number of each list around, None for dots
    mark, is_first = "", True
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbered = token.type == "ordered_list_open"
            lists.append(int(token.attrGet("start") or 1) if numbered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "  " * (len(lists) - 1) + ("• " if number is None else f"{number}. ")
            lists[-1] = None if number is None else number + 1
        elif token.type == "inline":
            if not is_first and not lists:
                yield ""
            yield from _indented(mark, _words(token.children or []).split("\n"), len(lists))
            mark, is_first = "", False


def _indented(mark: str, lines: Sequence[str], depth: int) -> Iterator[str]:
    yield (mark or "  " * depth) + lines[0]
    yield from ("  " * depth + line for line in lines[1:])


def _words(tokens: Sequence[Token]) -> str:
    found: list[str] = []
    link, start = "", 0
    for token in tokens:
        if token.type == "link_open":
            link, start = str(token.attrGet("href") or ""), len(found)
        elif token.type == "link_close":
            shown = "".join(found[start:])
            found += [f" ({link})"] if link and link not in (shown, f"mailto:{shown}") else []
        elif token.type in ("softbreak", "hardbreak"):
            found.append("\n")
        else:
            found.append(token.content)
    return "".join(found)
