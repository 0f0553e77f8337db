"""What stands in a Word file: paragraphs in pieces that came, go or stay, with the anchors and comments on them.

Reads what Word, LibreOffice and OnlyOffice write: changes around runs and around whole blocks, paragraph marks that came or
go, moved text, fields, links, nested content controls, text boxes, notes. How something looks is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ikb.core.word.beside import SIGNS, Comment, comments, name_of, notes, plain, value_of
from ikb.core.word.file import Package, UnreadableError
from ikb.core.word.signs import is_ours, version_in

MOST_PARAGRAPHS = 20_000
MOST_SIGNS = 3_000_000
DEEPEST = 60

_COMES, _GOES = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_THROUGH = frozenset(
    {"hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo", "sdt", "sdtContent", "ruby", "rubyBase", "rt"}
)
_PICTURES = frozenset({"drawing", "pict", "object"})


@dataclass(frozen=True)
class Piece:
    """A stretch of text. came: inserted with a trace; goes: deleted with one. comments: ids of those around it."""

    text: str
    came: bool = False
    goes: bool = False
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as it stands in the file.

    mark_came, mark_goes: whether its end came or goes, so that it and the next one are one paragraph without the change.
    names:    bookmarks of ours that begin in it.
    row:      number of the table row that it stands in, from 1; 0 outside of tables.
    comments: ids of those that stand at a point of it.
    notes:    ids of footnotes and endnotes that are still in it.
    pictures: how many.
    """

    pieces: tuple[Piece, ...]
    mark_came: bool = False
    mark_goes: bool = False
    names: tuple[str, ...] = ()
    row: int = 0
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pictures: int = 0


@dataclass(frozen=True)
class Read:
    """A whole file. version: of which version of ours it is, None if it does not say. boxes: texts beside the text."""

    version: int | None
    paragraphs: tuple[Paragraph, ...]
    comments: tuple[Comment, ...]
    notes: dict[str, str] = field(default_factory=dict)
    boxes: tuple[str, ...] = ()


def read(data: bytes) -> Read:
    """What stands in a Word file. Raises UnreadableError with one German sentence."""
    package = Package(data)
    root = package.document()
    if name_of(root) != "document":
        raise UnreadableError("Das ist keine Word-Datei.")
    walk = _Walk()
    body = next((child for child in root if name_of(child) == "body"), None)
    if body is not None:
        walk.block(body, _Where())
    names = [name for paragraph in walk.paragraphs for name in paragraph.names]
    return Read(
        version=next((version for name in names if (version := version_in(name)) is not None), None),
        paragraphs=tuple(walk.paragraphs),
        comments=tuple(comments(package)),
        notes={**notes(package, "footnotes", "f"), **notes(package, "endnotes", "e")},
        boxes=tuple(walk.boxes),
    )


@dataclass(frozen=True)
class _Where:
    """What is around an element."""

    came: bool = False
    goes: bool = False
    row: int = 0
    depth: int = 0

    def within(self, name: str) -> _Where:
        if self.depth > DEEPEST:
            raise UnreadableError(
                "Die Datei ist zu tief verschachtelt. Kopieren Sie den Text in die Datei, die Sie von uns haben."
            )
        return replace(self, came=self.came or name in _COMES, goes=self.goes or name in _GOES, depth=self.depth + 1)


class _Walk:
    """Goes through a body once, from top to bottom."""

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.boxes: list[str] = []
        self._names: list[str] = []  # bookmarks that began since the last paragraph
        self._open: dict[str, None] = {}  # comments that are open here, in order
        self._fields: list[bool] = []  # for each open field, whether its result has begun
        self._rows = self._signs = 0

    def block(self, parent: Any, where: _Where) -> None:
        """Paragraphs, tables, and whatever is wrapped around them."""
        inner = where.within(name_of(parent))
        for child in parent:
            name = name_of(child)
            if name == "p":
                self._paragraph(child, inner)
            elif name == "tr":
                self._rows += 1
                self.block(child, replace(_changed_row(child, inner), row=self._rows))
            elif not self._range(child, name) and name not in ("sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr"):
                self.block(child, inner)

    def _paragraph(self, element: Any, where: _Where) -> None:
        if len(self.paragraphs) >= MOST_PARAGRAPHS:
            raise UnreadableError(f"Die Datei hat mehr als {MOST_PARAGRAPHS} Absätze.")
        names, self._names = self._names, []
        line = _Line()
        self._inline(element, where, line)
        mark = _mark(element)
        self.paragraphs.append(
            Paragraph(
                pieces=tuple(line.pieces),
                mark_came=where.came or bool(mark & _COMES),
                mark_goes=where.goes or bool(mark & _GOES),
                names=(*names, *self._names),
                row=where.row,
                comments=tuple(line.comments),
                notes=tuple(line.notes),
                pictures=line.pictures,
            )
        )
        self._names = []

    def _inline(self, parent: Any, where: _Where, line: _Line) -> None:
        inner = where.within(name_of(parent))
        for child in parent:
            name = name_of(child)
            if name == "r":
                self._run(child, inner, line)
            elif name in _COMES or name in _GOES or name in _THROUGH:
                self._inline(child, inner, line)
            elif name == "AlternateContent":
                self._picture(child, line)
            elif name in ("oMath", "oMathPara"):
                self._say("".join(child.itertext()), inner, line)
            else:
                self._range(child, name)

    def _run(self, run: Any, where: _Where, line: _Line) -> None:
        inner = where.within("r")
        for child in run:
            name = name_of(child)
            if name == "fldChar":
                self._field(value_of(child, "fldCharType"))
            elif name in ("t", "delText"):
                self._say(child.text or "", inner, line)
            elif name == "br":
                self._say("\n" if value_of(child, "type") in ("", "textWrapping") else "", inner, line)
            elif name in SIGNS:
                self._say(SIGNS[name], inner, line)
            elif name == "commentReference":
                line.comments.append(value_of(child, "id"))
            elif name in ("footnoteReference", "endnoteReference") and not inner.goes:
                line.notes.append(f"{name[0]}{value_of(child, 'id')}")
            elif name in _PICTURES or name == "AlternateContent":
                self._picture(child, line)
            elif name == "ruby":
                self._inline(child, inner, line)

    def _say(self, text: str, where: _Where, line: _Line) -> None:
        if not text or not all(self._fields):
            return
        self._signs += len(text)
        if self._signs > MOST_SIGNS:
            raise UnreadableError("Die Datei hat zu viel Text.")
        line.pieces.append(Piece(text, where.came, where.goes, tuple(self._open)))

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _range(self, element: Any, name: str) -> bool:
        """Note what begins or ends here; False for what is no such thing."""
        if name == "bookmarkStart":
            if is_ours(value_of(element, "name")):
                self._names.append(value_of(element, "name"))
        elif name == "commentRangeStart":
            self._open[value_of(element, "id")] = None
        elif name == "commentRangeEnd":
            self._open.pop(value_of(element, "id"), None)
        else:
            return name in ("bookmarkEnd", "proofErr", "permStart", "permEnd")
        return True

    def _picture(self, element: Any, line: _Line) -> None:
        line.pictures += 1
        boxes = [box for box in element.iter() if name_of(box) == "txbxContent"]
        for box in boxes[:1]:  # the same text stands there a second time, for older programs
            line.pictures -= 1
            if text := plain(box):
                self.boxes.append(text)


@dataclass
class _Line:
    pieces: list[Piece] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: int = 0


def _mark(paragraph: Any) -> frozenset[str]:
    """What happened to a paragraph's end: names such as `ins` and `del`."""
    properties = next((row for row in paragraph if name_of(row) == "pPr"), ())
    signs = next((row for row in properties if name_of(row) == "rPr"), ())
    return frozenset(name_of(row) for row in signs)


def _changed_row(row: Any, where: _Where) -> _Where:
    properties = next((child for child in row if name_of(child) == "trPr"), ())
    names = {name_of(child) for child in properties}
    return replace(where, came=where.came or "ins" in names, goes=where.goes or "del" in names)
