"""A paper as a Word document: paragraphs with their counted numbers, lists, tables with merged cells, notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from ikb.quarantine import container, word
from ikb.quarantine.kinds import Kind
from ikb.quarantine.papers.numbering import Numbering, Styles
from ikb.quarantine.papers.parts import REFERENCE, Part, Table, Text
from ikb.quarantine.word import W

_AROUND_BLOCKS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_STRUCK_OUT = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "sdtPr"))
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "\u00ad"}
_NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(file: BinaryIO) -> Iterator[Part]:
    """What stands in the document now: with what was inserted, without what was struck out. Raises NotTaken."""
    box = word.checked(file, Kind.DOCX)
    body = container.tree(container.part(box, "word/document.xml")).find(f"{W}body")
    reader = _Reader(box)
    yield from reader.references()
    if body is not None:
        yield from reader.blocks(body)


def _root(box: zipfile.ZipFile, name: str) -> Any | None:
    return container.tree(container.part(box, name)) if name in box.namelist() else None


class _Reader:
    def __init__(self, box: zipfile.ZipFile) -> None:
        self.box = box
        self.styles = Styles(_root(box, "word/styles.xml"))
        self.numbering = Numbering(_root(box, "word/numbering.xml"), self.styles)
        self.notes = {kind: self._notes(kind) for kind in ("footnotes", "endnotes")}

    def _notes(self, kind: str) -> dict[str, str]:
        root = _root(self.box, f"word/{kind}.xml")
        found = {} if root is None else {str(note.get(f"{W}id")): note for note in root}
        return {name: " ".join("".join(self._signs(note, {})).split()) for name, note in found.items()}

    def references(self) -> Iterator[Text]:
        """Of the page heads only the paper's number, which many forms print there."""
        for name in sorted(self.box.namelist()):
            if name.startswith("word/header") and name.endswith(".xml"):
                for paragraph in container.tree(container.part(self.box, name)).iter(f"{W}p"):
                    text = "".join(self._signs(paragraph, {}))
                    if REFERENCE.search(text):
                        yield Text(text)
                        return

    def blocks(self, parent: Any) -> Iterator[Part]:
        """Paragraphs and tables, in their order."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield self._table(child)
            elif child.tag in _AROUND_BLOCKS:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Part]:
        if self.styles.name(paragraph).startswith(("toc ", "verzeichnis")):
            return  # a table of contents says nothing of its own
        text = "".join(self._signs(paragraph, self.notes))
        if text.strip():
            yield Text(text, self.numbering.mark(paragraph), self.styles.is_heading(paragraph))
        for box in paragraph.iter(f"{W}txbxContent"):
            if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                yield from self.blocks(box)

    def _signs(self, parent: Any, notes: dict[str, dict[str, str]]) -> Iterator[str]:
        for child in parent:
            if (
                child.tag in _STRUCK_OUT
                or child.tag == f"{W}txbxContent"
                or child.tag == _FALLBACK
                or _is_hidden(child)
            ):
                continue
            if child.tag == f"{W}t":
                yield child.text or ""
            elif child.tag in _SIGNS:
                yield _SIGNS[child.tag]
            elif child.tag in _NOTES:
                text = notes.get(_NOTES[child.tag], {}).get(str(child.get(f"{W}id")))
                yield f" [Fußnote: {text}]" if text else ""
            else:
                yield from self._signs(child, notes)
                if child.tag == f"{W}p":
                    yield "\n"

    def _table(self, table: Any) -> Table:
        rows = [row for row in table.iter(f"{W}tr") if _table_of(row) is table]
        return Table(tuple(tuple(self._cells(row)) for row in rows))

    def _cells(self, row: Any) -> Iterator[tuple[Part, ...]]:
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not row:
                continue
            properties = cell.find(f"{W}tcPr")
            merge = None if properties is None else properties.find(f"{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            yield () if covered else tuple(self.blocks(cell))
            span = None if properties is None else properties.find(f"{W}gridSpan")
            width = "1" if span is None else str(span.get(f"{W}val", "1"))
            for _ in range(min(int(width), 60) - 1 if width.isdigit() else 0):
                yield ()


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(f"{W}tbl"))


def _is_hidden(run: Any) -> bool:
    properties = run.find(f"{W}rPr") if run.tag == f"{W}r" else None
    return properties is not None and properties.find(f"{W}vanish") is not None
