"""How a version looks in Word: a council's paper, black on white, with styles that an outline can be made of."""

from __future__ import annotations

from typing import Any

from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.shared import Cm, Pt, RGBColor

from ikb.core.word.sheets import drop_theme_fonts

NUMBER = "IkbNummer"
_BORDER = (
    '<w:pBdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:left w:val="single" w:sz="18" w:space="8" w:color="888888"/></w:pBdr>'
)
_AFTER_BORDER = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")


def set_styles(document: DocxDocument) -> None:
    """Give a document the styles that a version is written in."""
    styles = document.styles
    normal = styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(6), 1.15
    title = styles["Title"]
    title.font.name, title.font.size, title.font.bold = "Arial", Pt(20), True
    title.font.color.rgb = RGBColor(0, 0, 0)
    drop_theme_fonts(title)
    border = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        title.element.get_or_add_pPr().remove(border)
    title.paragraph_format.space_after = Pt(10)
    _new_style(document, "Ikb Kopf", 10, RGBColor(0x44, 0x44, 0x44), before=0, after=2)
    facts = _new_style(document, "Ikb Angabe", 10, RGBColor(0, 0, 0), before=0, after=2)
    facts.paragraph_format.tab_stops.add_tab_stop(Cm(4))
    facts.paragraph_format.left_indent, facts.paragraph_format.first_line_indent = Cm(4), Cm(-4)
    note = _new_style(document, "Ikb Hinweis", 9.5, RGBColor(0x33, 0x33, 0x33), before=8, after=8)
    note.paragraph_format.left_indent = Cm(0.4)
    note.element.get_or_add_pPr().insert_element_before(parse_xml(_BORDER), *_AFTER_BORDER)
    goal = _new_style(document, "Ikb Ziel", 11, RGBColor(0, 0, 0), before=10, after=4)
    goal.font.bold = True
    goal.paragraph_format.keep_with_next = True
    _new_style(document, "Ikb Ende", 9, RGBColor(0x66, 0x66, 0x66), before=18, after=0)
    number = styles.add_style(NUMBER, WD_STYLE_TYPE.CHARACTER)
    number.font.bold = True


def _new_style(
    document: DocxDocument, name: str, points: float, color: RGBColor, *, before: float, after: float
) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.color.rgb = Pt(points), color
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style
