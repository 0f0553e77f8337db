"""Filling a Word form: fields in braces become texts or tables. There is no language in it, so nothing a form says is run.

A field is found in what a paragraph says, however Word has cut it into runs. Values go in as text and are not looked at
again: what somebody wrote is never a field, and never markup. Meant for a process of its own, as `file` is.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from ikb.core.word.fields import Found, Value
from ikb.core.word.signs import holdable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FIELD = re.compile(r"\{([A-Za-zÄÖÜäöüß][A-Za-zÄÖÜäöüß0-9_-]{0,39})\}")
_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
MAIN = "word/document.xml"
TEXT_WIDTH = 9638  # of an upright page between its margins, in twentieths of a point
ROOM, WIDEST = 3, 40  # signs that a column has beside its head, which is bold and must not break; and at most
STAMP = (1980, 1, 1, 0, 0, 0)


class Form:
    """A Word form, read once and filled as often as wanted."""

    def __init__(self, box: zipfile.ZipFile) -> None:
        """box: a container that was believed to be harmless, its parts XML without entities."""
        self._parts = {name: box.read(name) for name in box.namelist()}
        self._styles = _styles(self._parts.get("word/styles.xml"))
        self._roots = {name: _parsed(self._parts[name]) for name in sorted(self._parts) if _FILLED.fullmatch(name)}

    def fields(self) -> list[Found]:
        """Every field in the order of the text, the main part first."""
        order = sorted(self._roots, key=lambda name: (name != MAIN, name))
        return [found for name in order for found in _fields_in(self._roots[name], _sort_of(name))]

    def filled(self, values: Mapping[str, Value]) -> bytes:
        """The form with its fields replaced, as a file. A field without a value stays as it stands."""
        return self._written({name: self._with(root, values) for name, root in self._roots.items()})

    def filled_in_one(self, letters: Sequence[Mapping[str, Value]]) -> bytes:
        """One file with the main part once for each, each on a new page; header and footer hold for all."""
        first, *others = (self._with(self._roots[MAIN], values) for values in letters)
        body = _body(first)
        end = body[-1] if len(body) and body[-1].tag == _w("sectPr") else None
        for other in others:
            pages = [_page_break(), *(child for child in _body(other) if child.tag != _w("sectPr"))]
            for child in pages:
                body.append(child) if end is None else end.addprevious(child)
        around = {name: self._with(root, letters[0]) for name, root in self._roots.items() if name != MAIN}
        return self._written({MAIN: first, **around})

    def _with(self, root: Any, values: Mapping[str, Value]) -> Any:
        mine = copy.deepcopy(root)
        for paragraph in list(mine.iter(_w("p"))):
            _fill(paragraph, values, self._styles)
        return mine

    def _written(self, roots: Mapping[str, Any]) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
            for name, data in self._parts.items():
                info = zipfile.ZipInfo(name, date_time=STAMP)
                info.compress_type = zipfile.ZIP_DEFLATED
                box.writestr(info, _serialised(roots[name]) if name in roots else data)
        return packed.getvalue()


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _serialised(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


def _body(root: Any) -> Any:
    return root.find(_w("body"))


def _sort_of(name: str) -> str:
    return name.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")


def _fields_in(root: Any, part: str) -> Iterator[Found]:
    for number, paragraph in enumerate(root.iter(_w("p")), 1):
        says = "".join(text.text or "" for text in _texts(paragraph))
        for match in _FIELD.finditer(says):
            yield Found(match[1].lower(), part, number, says.strip(), says.strip() == match[0])


def _texts(paragraph: Any) -> list[Any]:
    """The texts of a paragraph in their order, without those of text boxes inside it: they are paragraphs of their own."""
    return [text for text in paragraph.iter(_w("t")) if next(text.iterancestors(_w("p"))) is paragraph]


def _fill(paragraph: Any, values: Mapping[str, Value], styles: Mapping[str, str]) -> None:
    texts = _texts(paragraph)
    says = "".join(text.text or "" for text in texts)
    matches = [match for match in _FIELD.finditer(says) if match[1].lower() in values]
    for match in reversed(matches):  # from the end, so that what was put in moves no place before it
        value = values[match[1].lower()]
        if isinstance(value, str):
            _replace(texts, match.start(), match.end(), holdable(value))
        elif says.strip() == match[0]:
            if isinstance(value, Mapping):
                _put_paragraphs(paragraph, value["paragraphs"], styles)
            else:
                _put_table(paragraph, value)


def _replace(texts: Sequence[Any], start: int, end: int, value: str) -> None:
    """Put a value where the first sign of a field stands, in that run's look, and take the field away."""
    at, is_in = 0, False
    for text in texts:
        own = text.text or ""
        low, high = max(start - at, 0), min(end - at, len(own))
        at += len(own)
        if low >= high:
            continue
        text.text = own[:low] + ("" if is_in else value) + own[high:]
        text.set(_XML_SPACE, "preserve")
        if not is_in and "\n" in value:
            _break_lines(text, own[:low], value, own[high:])
        is_in = True


def _break_lines(text: Any, before: str, value: str, after: str) -> None:
    """Lines of a value as lines of its run; the last one stays in the text that was there, with what follows."""
    *lines, last = value.split("\n")
    for number, line in enumerate(lines):
        element = etree.Element(_w("t"))
        element.text = (before if number == 0 else "") + line
        element.set(_XML_SPACE, "preserve")
        text.addprevious(element)
        text.addprevious(etree.Element(_w("br")))
    text.text = last + after


def _put_paragraphs(paragraph: Any, lines: Sequence[Sequence[Any]], styles: Mapping[str, str]) -> None:
    """Paragraphs in a paragraph's place: the last one is that paragraph itself, so that a cell still ends with one."""
    look = next((run.find(_w("rPr")) for run in paragraph.iter(_w("r"))), None)
    shape = paragraph.find(_w("pPr"))
    for heading, is_bullet, label, text in lines:
        name = _heading_in(styles, heading) if heading else styles.get("list bullet") if is_bullet else None
        made = etree.Element(_w("p"))
        if name is not None:
            _add(_add(made, "pPr"), "pStyle", val=name)
        elif shape is not None:
            made.append(copy.deepcopy(shape))
        run = _add(made, "r")
        if name is None and look is not None:
            run.append(copy.deepcopy(look))
        _write(run, label if label and not (is_bullet and name) else "", text)
        paragraph.addprevious(made)
    for text in _texts(paragraph):
        text.text = ""
    if paragraph.getparent().tag != _w("tc"):
        paragraph.getparent().remove(paragraph)


def _heading_in(styles: Mapping[str, str], depth: int) -> str | None:
    """The form's style for a heading; where it has none so deep, the deepest that it has."""
    return next((styles[name] for level in range(depth, 0, -1) if (name := f"heading {level}") in styles), None)


def _styles(data: bytes | None) -> dict[str, str]:
    """The ids of paragraph styles by the name that every language of Word keeps: `heading 1` is `berschrift1`."""
    if data is None:
        return {}
    found = {}
    for style in _parsed(data).iter(_w("style")):
        name = style.find(_w("name"))
        if style.get(_w("type")) == "paragraph" and name is not None:
            found[str(name.get(_w("val"))).lower()] = str(style.get(_w("styleId")))
    return found


def _write(run: Any, label: str, text: str) -> None:
    if label:
        _add(run, "t").text = holdable(label)
        _add(run, "tab")
    for number, line in enumerate(holdable(text).split("\n")):
        if number:
            _add(run, "br")
        element = _add(run, "t")
        element.text = line
        element.set(_XML_SPACE, "preserve")


def _put_table(paragraph: Any, rows: Sequence[Sequence[str]]) -> None:
    """A table in a paragraph's place, the first row its head, repeated on each page."""
    table = etree.Element(_w("tbl"))
    properties = _add(table, "tblPr")
    _add(properties, "tblW", w="5000", type="pct")
    borders = _add(properties, "tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _add(borders, edge, val="single", sz="4", space="0", color="808080")
    _add(properties, "tblLayout", type="fixed")
    grid, shares = _add(table, "tblGrid"), _shares(rows)
    for share in shares:
        _add(grid, "gridCol", w=str(round(share * TEXT_WIDTH)))
    for number, row in enumerate(rows):
        _add_row(table, row, shares, is_head=number == 0)
    paragraph.addprevious(table)
    cell = paragraph.getparent()
    is_last = cell.tag == _w("tc") and paragraph.getnext() is None
    if is_last:  # a cell of a table has to end with a paragraph
        for text in _texts(paragraph):
            text.text = ""
    else:
        cell.remove(paragraph)


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """How wide each column is, as a part of the whole: by the longest it holds, so that a number needs little room."""
    longest = [
        max([2 * len(head) + ROOM, *(len(line) for cell in cells for line in cell.split("\n"))])
        for head, *cells in zip(*rows, strict=True)
    ]
    wide = [min(length, WIDEST) for length in longest]
    return [one / sum(wide) for one in wide]


def _add_row(table: Any, cells: Sequence[str], shares: Sequence[float], *, is_head: bool) -> None:
    row = _add(table, "tr")
    properties = _add(row, "trPr")
    _add(properties, "cantSplit")
    if is_head:
        _add(properties, "tblHeader")
    for cell, share in zip(cells, shares, strict=True):
        place = _add(row, "tc")
        _add(_add(place, "tcPr"), "tcW", w=str(round(share * 5000)), type="pct")
        paragraph = _add(place, "p")
        _add(_add(paragraph, "pPr"), "spacing", before="20", after="20")
        run = _add(paragraph, "r")
        if is_head:
            _add(_add(run, "rPr"), "b")
        _write(run, "", cell)


def _page_break() -> Any:
    paragraph = etree.Element(_w("p"))
    _add(_add(paragraph, "r"), "br", type="page")
    return paragraph


def _add(parent: Any, name: str, **values: str) -> Any:
    element = etree.SubElement(parent, _w(name))
    for key, value in values.items():
        element.set(_w(key), value)
    return element
