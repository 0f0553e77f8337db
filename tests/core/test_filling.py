"""Fields of a Word form: found however Word cut them, filled as text, and never twice."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document

from ikb.core.word.filling import Form

HOSTILE = 'Müller & Söhne <w:p/> {anrede} "]]>'


def form_of(*paragraphs: list[str], header: str = "", in_cell: str = "") -> bytes:
    """A form, each paragraph given as its runs."""
    document = Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for place, text in enumerate(runs):
            paragraph.add_run(text).bold = place == 0
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if in_cell:
        document.add_table(rows=1, cols=1).cell(0, 0).paragraphs[0].text = in_cell
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def read(data: bytes) -> Form:
    return Form(zipfile.ZipFile(io.BytesIO(data)))


def lines(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs if paragraph.text]


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        (["{nummer}"], "E-1"),
        (["Nr. {", "num", "mer", "} vom"], "Nr. E-1 vom"),
        (["{nummer}{nummer}", " {nummer}"], "E-1E-1 E-1"),
        (["{{nummer}}"], "{E-1}"),
        (["{NUMMER}"], "E-1"),
        (["{anderes} { nummer } {}"], "{anderes} { nummer } {}"),
    ],
)
def test_a_field_is_found_however_it_is_cut(runs, told):
    assert lines(read(form_of(runs)).filled({"nummer": "E-1"})) == [told]


def test_a_value_is_text_with_its_lines_in_the_look_of_its_field_and_never_a_field_itself():
    data = read(form_of(["{institution}", " und {anrede}"])).filled(
        {"institution": HOSTILE, "anrede": "Zeile 1\nZeile 2"}
    )

    [paragraph] = Document(io.BytesIO(data)).paragraphs
    assert paragraph.text == f"{HOSTILE} und Zeile 1\nZeile 2"
    assert [run.bold for run in paragraph.runs] == [True, False]


def test_the_fields_say_where_they_stand():
    found = read(form_of(["Sehr geehrte {anrede}"], ["{tabelle}"], header="{nummer}", in_cell="{zelle}")).fields()

    assert [(field.name, field.part, field.paragraph, field.is_alone) for field in found] == [
        ("anrede", "document", 1, False),
        ("tabelle", "document", 2, True),
        ("zelle", "document", 3, True),
        ("nummer", "header", 1, True),
    ]


def test_rows_become_a_table_whose_head_is_repeated_also_inside_a_cell():
    rows = [("Nr.", "Antwort"), ("1", HOSTILE), ("2", "a\nb")]

    data = read(form_of(["vorher"], ["{tabelle}"], ["nachher"], in_cell="{tabelle}")).filled({"tabelle": rows})

    document = Document(io.BytesIO(data))
    assert lines(data) == ["vorher", "nachher"]
    first, outer = document.tables
    assert len(Document(io.BytesIO(read(form_of(["{x}"])).filled({"x": [("Nr.",)]}))).tables[0].rows) == 1
    for table in (first, outer.cell(0, 0).tables[0]):
        assert [tuple(cell.text for cell in row.cells) for row in table.rows] == rows
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert outer.cell(0, 0)._tc[-1].tag.endswith("}p")


def test_all_in_one_file_each_begins_on_a_page_of_its_own():
    form = read(form_of(["An {institution}"], ["Gruß"], header="Stadt"))

    data = form.filled_in_one([{"institution": name} for name in ("A", "B", "C")])

    assert lines(data) == ["An A", "Gruß", "An B", "Gruß", "An C", "Gruß"]
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert (box.testzip(), box.read("word/document.xml").count(b'w:type="page"')) == (None, 2)
