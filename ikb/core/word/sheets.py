"""An empty Word document as the town's papers look: page, fonts, headings, language. Everything that is written starts here."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from ikb.core.word.signs import holdable

FONT = "Arial"  # on every machine of an administration; sizes follow the printed pages
HEADINGS = (("Heading 1", 16.0), ("Heading 2", 12.5), ("Heading 3", 11.0), ("Heading 4", 10.0), ("Heading 5", 10.0))
_THEMED = ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme")


def blank(title: str, made_at: datetime, *, landscape: bool = False, points: float = 10) -> DocxDocument:
    """An empty document on A4. made_at: aware moment. points: size of the running text."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = holdable(title)[:255], "", ""
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    properties.language = "de-DE"
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, size in (("Normal", points), *HEADINGS):
        _set_font(document, name, size)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "de-DE")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    return document


def as_bytes(document: DocxDocument) -> bytes:
    """The finished file."""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def set_footer(document: DocxDocument, words: str) -> None:
    """Some words on the left of each page's foot, its number and how many there are on the right."""
    section = document.sections[0]
    paragraph = section.footer.paragraphs[0]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Emu(width), WD_TAB_ALIGNMENT.RIGHT)
    element = paragraph._p
    for style in element.get_or_add_pPr().findall(qn("w:pStyle")):  # the template's own brings a tab in the middle
        element.pPr.remove(style)
    element.extend((_small(f"{words}\tSeite "), _field("PAGE"), _small(" von "), _field("NUMPAGES")))


def _field(instruction: str) -> Any:
    made = OxmlElement("w:fldSimple")
    made.set(qn("w:instr"), f" {instruction} ")
    made.append(_small("1"))
    return made


def _small(text: str) -> Any:
    run: Any = OxmlElement("w:r")
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "17")
    run.get_or_add_rPr().append(size)
    run.text = holdable(text)
    return run


def _set_font(document: DocxDocument, name: str, points: float) -> None:
    style = document.styles[name]
    style.font.name, style.font.size = FONT, Pt(points)
    if name != "Normal":
        style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    drop_theme_fonts(style)


def drop_theme_fonts(style: Any) -> None:
    """Let a style's own font count: Word would rather take the theme's."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for themed in _THEMED:
        fonts.attrib.pop(qn(themed), None)
