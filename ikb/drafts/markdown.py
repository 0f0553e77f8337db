"""A draft that is written, not read: Markdown with numbered headings, paragraphs and lists, as sections with anchors."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ikb.drafts.importers.outline import Outline, slug
from ikb.drafts.importers.parsed import ParsedSection

_NUMBERED = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3}){0,5})\.?\s+(?P<text>\S.*)")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def as_html(text: str) -> str:
    """The text as a page shows it: harmless, whatever was written."""
    return nh3.clean(_MARKDOWN.render(text))


def read_markdown(text: str) -> tuple[ParsedSection, ...]:
    """Headings, paragraphs and list items as sections; none for a text without words.

    An anchor is made of its heading's words and counts from there, so that a change in one chapter moves no other's.
    """
    writer = _Writer()
    for token in _MARKDOWN.parse(text):
        writer.take(token)
    return tuple(writer.outline.sections)


class _Writer:
    """Follows the tokens of a text, knows the headings above and the lists around."""

    def __init__(self) -> None:
        self.outline = Outline(lambda text: " ".join(text.split()))
        self.headings: list[tuple[int, str]] = []  # level and anchor, from the outermost
        self.paragraph: str | None = None
        self.items: list[str | None] = []  # anchor of each list item around, None before its first words
        self.numbers: list[str | None] = []
        self.level = 0

    def take(self, token: Token) -> None:
        if token.type == "heading_open":
            self.level = int(token.tag[1:])
        elif token.type == "heading_close":
            self.level = 0
        elif token.type == "list_item_open":
            self.items.append(None)
            self.numbers.append(token.info or None)
        elif token.type == "list_item_close":
            self.items.pop()
            self.numbers.pop()
        elif token.type == "inline":
            self._say(_words(token))
        elif token.type in ("fence", "code_block"):
            self._say(token.content)

    def _say(self, text: str) -> None:
        if not text.strip():
            return
        if self.level and not self.items:
            self._heading(text)
        elif self.items and self.items[-1] is None:
            self._item(text)
        elif self.items:
            parent = self.items[-1] or ""
            self.outline.add(self.outline.letter(parent), "paragraph", text, parent=parent)
        else:
            self.paragraph = self._paragraph(text, None)

    def _heading(self, text: str) -> None:
        self.headings = [(level, anchor) for level, anchor in self.headings if level < self.level]
        numbered = _NUMBERED.fullmatch(" ".join(text.split()))
        number, text = (numbered["number"], numbered["text"]) if numbered else (None, text)
        parent = self.headings[-1][1] if self.headings else None
        self.headings.append((self.level, self.outline.add(slug(text), "heading", text, parent=parent, number=number)))
        self.paragraph = None

    def _paragraph(self, text: str, number: str | None) -> str:
        parent = self.headings[-1][1] if self.headings else None
        name = parent or "text"
        return self.outline.add(f"{name}-{self.outline.count(name)}", "paragraph", text, parent=parent, number=number)

    def _item(self, text: str) -> None:
        """A numbered item of the outermost list is a paragraph with a number, every other one a bullet."""
        number = self.numbers[-1]
        if number and len(self.items) == 1:
            self.paragraph = self.items[-1] = self._paragraph(text, number)
            return
        parent = next((anchor for anchor in reversed(self.items[:-1]) if anchor), self.paragraph)
        if parent is None and self.headings:
            parent = self.headings[-1][1]
        name = self.outline.letter(parent or "text")
        self.items[-1] = self.outline.add(name, "bullet", text, parent=parent, number=number)


def _words(token: Token) -> str:
    return "".join(" " if child.type.endswith("break") else child.content for child in token.children or [])
