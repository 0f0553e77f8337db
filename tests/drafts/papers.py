"""A paper that is kept as text, made into the documents that a town would send: Word, PDF and HTML."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import docx
import typst
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ikb.drafts.importers.hyphens import Evidence
from ikb.drafts.importers.markup import Piece, pieces

_BULLET = re.compile(r"\s*[-–▪]\s+(.*)", re.DOTALL)
_ITEM = re.compile(r"\s*(\d+)\.\s+(\D.*)", re.DOTALL)
Cell = list[Piece]


@dataclass
class Block:
    """kind: para, bullet, item or table."""

    kind: str
    text: str = ""
    number: int = 0
    rows: Sequence[list[Cell]] = ()


def blocks(source: str) -> Iterator[Block]:
    """What the text's author wrote: lists are lists, tables are tables, and no page cuts them."""
    lines = source.split("\n")
    evidence = Evidence.of(lines)
    rows: list[list[str]] = []
    for line in [*lines, "Ende."]:
        if "\t" in line and not line.startswith("---"):
            cells = line.split("\t")
            if rows and len(cells) == 4 and not any(cells[:3]):  # cut by a page
                rows[-1][3] += " " + re.sub(r"</?p>", "", cells[3])
            else:
                rows.append(cells)
            continue
        if rows and not line.strip():
            continue
        if rows and not line.startswith("---"):
            yield Block("table", rows=[[pieces(cell, evidence) for cell in row] for row in rows])
            rows = []
        if line == "Ende.":
            return
        if line.strip() and not line.startswith("---"):
            yield _block(line)


def _block(line: str) -> Block:
    if match := _BULLET.fullmatch(line):
        return Block("bullet", re.sub(r"^\*(.*)\*$", r"\1", match[1].strip()))
    if match := _ITEM.fullmatch(line):
        return Block("item", match[2], int(match[1]))
    return Block("para", line.strip())


# --- Word ---------------------------------------------------------------------------------------------------------------


def as_docx(source: str) -> bytes:
    """Real lists with numbers that Word counts, real tables, blank cells merged into those above."""
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "Stadt Auenstadt"
    number = ""
    for block in blocks(source):
        if block.kind == "table":
            _word_table(document, block.rows)
        elif block.kind == "para":
            document.add_paragraph(block.text)
        else:
            style = "List Bullet" if block.kind == "bullet" else "List Number"
            paragraph = document.add_paragraph(block.text, style=style)
            if block.kind == "item":
                number = _new_list(document) if block.number == 1 else number
                _belongs(paragraph, number)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _new_list(document: docx.document.Document) -> str:
    """A list that starts at 1 again, as Word writes it."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    name = style.find(f".//{qn('w:numId')}").get(qn("w:val"))
    abstract = next(num.abstractNumId.val for num in numbering.num_lst if str(num.numId) == name)
    number = numbering.add_num(abstract)
    number.add_lvlOverride(0).add_startOverride(1)
    return str(number.numId)


def _belongs(paragraph: docx.text.paragraph.Paragraph, number: str) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = int(number)


def _word_table(document: docx.document.Document, rows: Sequence[list[Cell]]) -> None:
    width = max(map(len, rows))
    table = document.add_table(len(rows), width)
    for row, cells in zip(table.rows, rows, strict=True):
        for place, cell in zip(row.cells, cells, strict=False):
            for index, piece in enumerate(cell):
                paragraph = place.paragraphs[0] if index == 0 else place.add_paragraph()
                paragraph.add_run(piece.text)
                if piece.kind == "item":
                    paragraph.style = "List Bullet"
    if width == 4:
        for above, below in zip(table.columns[1].cells, table.columns[1].cells[1:], strict=False):
            if not below.text:
                _merge(above), _merge(below, covered=True)


def _merge(cell: docx.table._Cell, *, covered: bool = False) -> None:
    properties = cell._tc.get_or_add_tcPr()
    merge = OxmlElement("w:vMerge")
    if not covered:
        merge.set(qn("w:val"), "restart")
    properties.append(merge)


# --- HTML ---------------------------------------------------------------------------------------------------------------


def as_html(source: str) -> bytes:
    """A council system's page: all of it in a table that only lays out, lists, entities, soft hyphens."""
    found, open_list = [], ""
    for block in blocks(source):
        wanted = {"bullet": "ul", "item": "ol"}.get(block.kind, "")
        if open_list and (wanted != open_list or block.number == 1):
            found.append(f"</{open_list}>")
            open_list = ""
        if wanted and not open_list:
            found.append(f"<{wanted}>")
            open_list = wanted
        found.append(_html_block(block))
    body = "\n".join(found)
    page = (
        "<!DOCTYPE html><html><head><title>Vorlage</title><style>p { color: red }</style></head><body><nav><a href='/'>Start"
        f"</a></nav><table><tr><td>&nbsp;</td><td>{body}</td></tr></table><script>fertig()</script></body></html>"
    )
    return page.encode()


def _html_block(block: Block) -> str:
    if block.kind == "table":
        return f"<table>{''.join(_html_row(row) for row in block.rows)}</table>"
    text = _html_text(block.text)
    if block.kind == "item":
        return f'<li value="{block.number}">{text}</li>'
    return f"<li>{text}</li>" if block.kind == "bullet" else f"<p>{text}</p>"


def _html_text(text: str) -> str:
    text = escape(text).replace("ß", "&szlig;").replace("ü", "&uuml;")
    return re.sub(r"\b(Lese)(?=[a-z]{5})", r"\1&shy;", text)


def _html_row(row: list[Cell]) -> str:
    return f"<tr>{''.join(f'<td>{_html_cell(cell)}</td>' for cell in row)}</tr>"


def _html_cell(cell: Cell) -> str:
    tags = {"item": "<ul><li>{}</li></ul>", "text": "<p>{}</p>"}
    return "".join(tags[piece.kind].format(_html_text(piece.text)) for piece in cell) or "&nbsp;"


# --- PDF ----------------------------------------------------------------------------------------------------------------

_SET = """
#set page(width: 21cm, height: 16cm, margin: 2.5cm, header: [#TAG Stadt Auenstadt #h(1fr) Beschlussvorlage],
  footer: context align(center, counter(page).display("Seite 1")))
#set text(lang: "de", size: 11pt, hyphenate: true)
#set par(justify: true)
"""


def as_pdf(source: str) -> bytes:
    """Printed on small pages: words are parted at line ends, tables go over pages, heads and feet on each."""
    found = [_SET.replace("#TAG", "")]
    for block in blocks(source):
        if block.kind == "table":
            width = max(map(len, block.rows))
            found.append(
                f"#table(columns: {_widths(width)}, {', '.join(_typst_row(row, width) for row in block.rows)})\n"
            )
        else:
            mark = {"bullet": "- ", "item": f"{block.number}. "}.get(block.kind, "\n")
            found.append(f"{mark}#{json.dumps(block.text, ensure_ascii=False)}\n")
    return typst.compile("\n".join(found).encode())


def _widths(width: int) -> str:
    return "(1.2cm, 3.5cm, 4cm, 1fr)" if width == 4 else str(width)


def _typst_row(row: list[Cell], width: int) -> str:
    cells = [*row, *[[]] * (width - len(row))]
    return ", ".join(f"[{_typst_cell(cell)}]" for cell in cells)


def _typst_cell(cell: Cell) -> str:
    marks = {"item": "- ", "text": ""}
    return "\n\n".join(f"{marks[piece.kind]}#{json.dumps(piece.text, ensure_ascii=False)}" for piece in cell)
