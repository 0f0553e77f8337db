"""Edits in a Word file as a program would have written them, and readers of the result that know nothing of ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from copy import deepcopy

from docx import Document
from lxml import etree

from ikb.core.word.signs import place_key

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "word/document.xml"
_HEAD = f'<root xmlns:w="{W}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">'


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def elements(xml: str) -> list[etree._Element]:
    """XML in Word's names, as elements."""
    return list(etree.fromstring(f"{_HEAD}{xml}</root>"))


def repacked(data: bytes, parts: dict[str, bytes], without: Iterable[str] = ()) -> bytes:
    """The file with some parts replaced, added or left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name not in without:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def part(data: bytes, name: str = DOCUMENT) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def edited(data: bytes, *acts: Callable[[etree._Element], None]) -> bytes:
    """The file after some acts on its body."""
    root = etree.fromstring(part(data))
    body = root.find(w("body"))
    for act in acts:
        act(body)
    return repacked(data, {DOCUMENT: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)})


def paragraph_of(body: etree._Element, anchor: str) -> etree._Element:
    """The paragraph that bears a section's bookmark."""
    key = f"_ikb_{place_key(anchor)}_"
    for mark in body.iter(w("bookmarkStart")):
        if mark.get(w("name"), "").startswith(key):
            return next(mark.iterancestors(w("p")))
    raise LookupError(anchor)


def texted(anchor: str, xml: str) -> Callable[[etree._Element], None]:
    """Put other runs in place of a section's text; its bookmark stays around them."""

    def act(body: etree._Element) -> None:
        start = next(
            m for m in paragraph_of(body, anchor).iter(w("bookmarkStart")) if place_key(anchor) in m.get(w("name"))
        )
        for sibling in list(start.itersiblings()):
            if sibling.tag == w("bookmarkEnd"):
                break
            sibling.getparent().remove(sibling)
        for element in reversed(elements(xml)):
            start.addnext(element)

    return act


def marked(anchor: str, xml: str) -> Callable[[etree._Element], None]:
    """Put a sign on the mark at a paragraph's end."""

    def act(body: etree._Element) -> None:
        properties = paragraph_of(body, anchor).find(w("pPr"))
        properties.extend(elements(f"<w:rPr>{xml}</w:rPr>"))

    return act


def behind(anchor: str, xml: str) -> Callable[[etree._Element], None]:
    """Put whole blocks behind a section's paragraph."""

    def act(body: etree._Element) -> None:
        place = paragraph_of(body, anchor)
        for element in reversed(elements(xml)):
            place.addnext(element)

    return act


def moved_behind(anchor: str, other: str) -> Callable[[etree._Element], None]:
    """Cut a paragraph and paste it elsewhere, without a trace: its bookmark goes along."""

    def act(body: etree._Element) -> None:
        paragraph_of(body, other).addnext(paragraph_of(body, anchor))

    return act


def removed(anchor: str) -> Callable[[etree._Element], None]:
    """Delete a paragraph without a trace."""

    def act(body: etree._Element) -> None:
        paragraph = paragraph_of(body, anchor)
        paragraph.getparent().remove(paragraph)

    return act


def without_bookmark(anchor: str) -> Callable[[etree._Element], None]:
    def act(body: etree._Element) -> None:
        paragraph = paragraph_of(body, anchor)
        for mark in [*paragraph.iter(w("bookmarkStart")), *paragraph.iter(w("bookmarkEnd"))]:
            mark.getparent().remove(mark)

    return act


def run(text: str, tag: str = "t", **values: str) -> str:
    rsid = "".join(f' w:{name}="{value}"' for name, value in values.items())
    return f'<w:r{rsid}><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def with_comments(data: bytes, comments: str, extended: str = "") -> bytes:
    """The file with comments, and with what tells which answers which."""
    types = part(data, "[Content_Types].xml").decode()
    relations = part(data, "word/_rels/document.xml.rels").decode()
    parts = {"word/comments.xml": f'<w:comments xmlns:w="{W}" xmlns:w14="{_W14}">{comments}</w:comments>'.encode()}
    kinds = [("comments", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments")]
    if extended:
        parts["word/commentsExtended.xml"] = f'<w15:commentsEx xmlns:w15="{_W15}">{extended}</w15:commentsEx>'.encode()
        kinds.append(("commentsExtended", "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"))
    for name, kind in kinds:
        if f"/{name}.xml" not in types:
            override = (
                f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-'
                f'officedocument.wordprocessingml.{name}+xml"/></Types>'
            )
            types = types.replace("</Types>", override)
        if kind not in relations:
            relation = f'<Relationship Id="rId9{len(name)}" Type="{kind}" Target="{name}.xml"/></Relationships>'
            relations = relations.replace("</Relationships>", relation)
    parts |= {"[Content_Types].xml": types.encode(), "word/_rels/document.xml.rels": relations.encode()}
    return repacked(data, parts)


_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_W15 = "http://schemas.microsoft.com/office/word/2012/wordml"


def paragraphs_after(data: bytes, *, accept: bool) -> list[str]:
    """The texts of all paragraphs after accepting or rejecting everything: a reader of its own.

    It changes the XML as the standard describes it, and lets python-docx read the result.
    """
    comes, goes = ("ins", "del") if accept else ("del", "ins")
    root = etree.fromstring(part(data))
    _join_ended(root, goes)
    for element in list(root.iter(w(goes))):
        if element.getparent().tag != w("rPr"):
            element.getparent().remove(element)
    for element in list(root.iter(w(comes))):
        if element.getparent().tag != w("rPr"):
            for child in element:
                element.addprevious(child)
            element.getparent().remove(element)
    for gone in root.iter(w("delText")):
        gone.tag = w("t")
    written = repacked(data, {DOCUMENT: etree.tostring(root)})
    return [paragraph.text for paragraph in Document(io.BytesIO(written)).paragraphs]


def _join_ended(root: etree._Element, goes: str) -> None:
    """Join each paragraph whose mark goes to the next one, from the end."""
    for paragraph in reversed(list(root.iter(w("p")))):
        if paragraph.find(f"{w('pPr')}/{w('rPr')}/{w(goes)}") is None:
            continue
        following = paragraph.getnext()
        properties = following.find(w("pPr"))
        place = following.index(properties) + 1 if properties is not None else 0
        content = [deepcopy(child) for child in paragraph if child.tag != w("pPr")]
        for child in reversed(content):
            following.insert(place, child)
        paragraph.getparent().remove(paragraph)
