"""A paper as an HTML page: what a browser would show of it, as blocks, lists and tables with merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree, html

from ikb.quarantine import reasons
from ikb.quarantine.papers.parts import BULLET, Part, Table, Text, item_mark, numeral
from ikb.quarantine.reasons import NotTaken

_UNSEEN = frozenset(
    (
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "nav",
        "svg",
        "math",
        "object",
        "iframe",
        "button",
        "select",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div section article main header footer aside address blockquote pre center figure figcaption caption dl dt dd"
        " fieldset legend hr body form h1 h2 h3 h4 h5 h6",
    )
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_COUNTING = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|\*+)\s*[\])]?\s*")
_WIDEST = 60  # columns that a cell may span


def read(file: BinaryIO) -> Iterator[Part]:
    """What the page shows, in its order. Raises NotTaken for what is none."""
    try:
        root = html.document_fromstring(_decoded(file.read()), parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise NotTaken(reasons.DAMAGED) from fault
    body = root.find("body")
    flow = _Flow(_notes(root))
    flow.inside(root if body is None else body)
    return iter(flow.done())


def _decoded(data: bytes) -> str | bytes:
    """UTF-8 where it is; else the parser looks for what the page says of itself."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _notes(root: Any) -> dict[str, Any]:
    """Elements that a mark such as "1" leads to and that come after it, by their name."""
    named = {str(name): element for element in root.iter() for name in (element.get("id"), element.get("name")) if name}
    order = {element: place for place, element in enumerate(root.iter())}
    found: dict[str, Any] = {}
    for link in root.iter("a"):
        target = (
            named.get(str(link.get("href", "")).removeprefix("#"))
            if str(link.get("href", "")).startswith("#")
            else None
        )
        if target is not None and order[target] > order[link] and _NOTE_MARK.fullmatch(link.text_content()):
            block = target if target.tag != "a" else next(target.iterancestors("p", "li", "div"), target)
            if link not in set(block.iter()):
                found[str(link.get("href"))[1:]] = block
    return found


class _Flow:
    """Collects blocks; text that runs on is kept until the block that holds it ends."""

    def __init__(self, notes: dict[str, Any]) -> None:
        self.notes = notes
        self._note_blocks = set(notes.values())
        self._parts: list[Part] = []
        self._signs: list[str] = []
        self._mark, self._is_heading, self._depth, self._is_pre = "", False, -1, False

    def done(self) -> list[Part]:
        self._end()
        return self._parts

    def _end(self) -> None:
        text = "".join(self._signs)
        self._signs = []
        if text.strip():
            self._parts.append(Text(text, self._mark, self._is_heading))
            self._mark = ""

    def inside(self, element: Any) -> None:
        """Everything in an element, without what follows it."""
        self._say(element.text)
        for child in element:
            if isinstance(child.tag, str) and not self._is_unseen(child):
                self._take(child)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self._signs.append(text if self._is_pre else re.sub(r"[ \t\r\n\f]+", " ", text))

    def _is_unseen(self, element: Any) -> bool:
        return (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or _HIDDEN.search(element.get("style") or "") is not None
            or element in self._note_blocks
        )

    def _take(self, element: Any) -> None:
        if element.tag == "br":
            self._signs.append("\n")
        elif element.tag == "a" and str(element.get("href", "")).removeprefix("#") in self.notes:
            self._note(str(element.get("href"))[1:])
        elif element.tag in ("ul", "ol", "menu", "dir"):
            self._list(element)
        elif element.tag == "table":
            self._end()
            self._parts.append(self._table(element))
        elif element.tag in _BLOCKS:
            self._block(element)
        else:
            self.inside(element)

    def _note(self, name: str) -> None:
        text = " ".join(self.notes[name].text_content().split())
        self._signs.append(f" [Fußnote: {re.sub(_NOTE_MARK.pattern + '|↩|↑', '', text, count=1).strip(' ↩↑')}]")

    def _block(self, element: Any) -> None:
        self._end()
        before = self._is_heading, self._is_pre
        self._is_heading = self._is_heading or element.tag in _HEADINGS
        self._is_pre = self._is_pre or element.tag == "pre"
        self.inside(element)
        self._end()
        self._is_heading, self._is_pre = before

    def _list(self, element: Any) -> None:
        self._end()
        self._depth += 1
        number = _number(element.get("start"), 1)
        for item in element:
            if not isinstance(item.tag, str) or self._is_unseen(item):
                continue
            if item.tag != "li":
                self._take(item)
                continue
            number = _number(item.get("value"), number)
            form = _COUNTING.get(element.get("type", ""), "decimal")
            self._mark = BULLET if element.tag != "ol" else item_mark(f"{numeral(number, form)}.", self._depth)
            self.inside(item)
            self._end()
            self._mark = ""
            number += 1
        self._depth -= 1

    def _table(self, table: Any) -> Table:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
        covered: dict[tuple[int, int], bool] = {}
        return Table(tuple(tuple(self._cells(row, place, covered)) for place, row in enumerate(rows)))

    def _cells(self, row: Any, place: int, covered: dict[tuple[int, int], bool]) -> Iterator[tuple[Part, ...]]:
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th") or self._is_unseen(cell):
                continue
            while (place, column) in covered:
                yield ()
                column += 1
            width, height = (min(_number(cell.get(name), 1), _WIDEST) or 1 for name in ("colspan", "rowspan"))
            covered.update(
                {(place + down, column + right): True for down in range(1, height) for right in range(width)}
            )
            flow = _Flow(self.notes)
            flow.inside(cell)
            yield tuple(flow.done())
            yield from [()] * (width - 1)
            column += width
        while (place, column) in covered:
            yield ()
            column += 1


def _number(text: str | None, otherwise: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
