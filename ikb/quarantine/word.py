"""Office documents: what kind one really is, whether it does anything by itself, and its paragraphs as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from ikb.quarantine import container, reasons
from ikb.quarantine.kinds import Kind, Mislabelled
from ikb.quarantine.reasons import NotTaken

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TYPES = "[Content_Types].xml"
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": Kind.DOCX,
    b"spreadsheetml.sheet.main+xml": Kind.XLSX,
}
# What may come from elsewhere: a link that a person clicks. All else is fetched or run when the document is opened.
LINKS_THAT_WAIT = ("/hyperlink",)
_STARTS_SOMETHING = re.compile(r"^\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE\s+\"?https?:)", re.IGNORECASE)


def read(file: BinaryIO, kind: Kind) -> str:
    """The paragraphs of a document, one a line; of a workbook nothing. Raises NotTaken."""
    box = checked(file, kind)
    if kind is Kind.DOCX:
        return "\n".join(paragraphs(box))
    return "\n".join(_of_opendocument(box)) if kind is Kind.ODT else ""


def checked(file: BinaryIO, kind: Kind) -> zipfile.ZipFile:
    """A document of that kind that does nothing by itself. Raises NotTaken."""
    box = container.opened(file)
    really = _kind_of(box)
    if really is not kind:
        raise Mislabelled(kind.value, really)
    for name in container.markup(box):
        if name.lower().endswith(".rels"):
            _refuse_relations(container.tree(container.part(box, name)))
        else:
            container.refuse_entities(container.part(box, name))
    return box


def _kind_of(box: zipfile.ZipFile) -> Kind:
    names = set(box.namelist())
    if "mimetype" in names and TYPES not in names:
        return _kind_of_opendocument(box, names)
    if TYPES not in names:
        raise NotTaken(reasons.ARCHIVE)
    types = container.part(box, TYPES)
    if b"macroEnabled" in types:
        raise NotTaken(reasons.MACROS)
    for main_part, kind in MAIN_PARTS.items():
        if main_part in types:
            return kind
    raise NotTaken(reasons.UNKNOWN)


def _kind_of_opendocument(box: zipfile.ZipFile, names: set[str]) -> Kind:
    if container.part(box, "mimetype").strip() != b"application/vnd.oasis.opendocument.text":
        raise NotTaken(reasons.UNKNOWN)
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise NotTaken(reasons.MACROS)
    if "META-INF/manifest.xml" in names and b"encryption-data" in container.part(box, "META-INF/manifest.xml"):
        raise NotTaken(reasons.ENCRYPTED)
    return Kind.ODT


def _refuse_relations(relations: etree._Element) -> None:
    for relation in relations:
        sort = str(relation.get("Type", ""))
        if sort.endswith(("/oleObject", "/package", "/aFChunk", "/control")):
            # A chart keeps its table as a workbook inside the document; that one starts nothing.
            if not (sort.endswith("/package") and str(relation.get("Target", "")).lower().endswith(".xlsx")):
                raise NotTaken(reasons.EMBEDDED)
        elif relation.get("TargetMode") == "External" and not sort.endswith(LINKS_THAT_WAIT):
            raise NotTaken(reasons.FROM_OUTSIDE)


def paragraphs(box: zipfile.ZipFile) -> Iterator[str]:
    """Of all paragraphs, tables included: what stands there now, with what was inserted and without what was struck out."""
    document = container.tree(container.part(box, "word/document.xml"))
    for paragraph in document.iter(f"{W}p"):
        yield "".join(_signs(paragraph)).strip()


def _signs(paragraph: etree._Element) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{W}t":
            yield element.text or ""
        elif element.tag in (f"{W}tab", f"{W}br", f"{W}cr"):
            yield "\t" if element.tag == f"{W}tab" else "\n"
        elif element.tag == f"{W}instrText" and _STARTS_SOMETHING.match(element.text or ""):
            raise NotTaken(reasons.FROM_OUTSIDE)


def _of_opendocument(box: zipfile.ZipFile) -> Iterator[str]:
    content = container.tree(container.part(box, "content.xml"))
    for element in content.iter(f"{TEXT}p", f"{TEXT}h"):
        yield "".join(map(str, element.itertext())).strip()
