"""One paper in four forms: Word, PDF and HTML give the same sections and consultations as plain text."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import typst
from docx.oxml import OxmlElement
from PIL import Image
from pypdf import PdfWriter

from ikb.drafts.importers.paper import read_paper
from ikb.drafts.importers.parsed import NotAPaper
from ikb.quarantine.word import W
from tests.drafts.papers import as_docx, as_html, as_pdf, saved

PAPER = Path(__file__).parents[2].parent / "shared" / "input" / "beschlussvorlage-2010.txt"
FIXTURE = Path(__file__).parent / "fixtures" / "auenstadt.txt"
FORMS = {"docx": as_docx, "html": as_html, "pdf": as_pdf}


@pytest.fixture(scope="module")
def source():
    return FIXTURE.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_sections_and_consultations(source, form):
    expected, read = read_paper(source.encode()), read_paper(FORMS[form](source))

    assert read.consultations == expected.consultations
    assert (read.reference, read.subject) == (expected.reference, expected.subject)
    assert [(s.anchor, s.kind, s.number, s.parent) for s in read.sections] == [
        (s.anchor, s.kind, s.number, s.parent) for s in expected.sections
    ]
    assert [s.text for s in read.sections] == [s.text for s in expected.sections]


HEAD = """Gremium	Sitzung am	Beratung
Rat der Stadt Auenstadt	28.05.2015	öffentlich

Betreff: Lesen

Beschlussvorschlag:

1. Die Stadt liest.

Begründung:

"""


def texts(data: bytes) -> dict[str, str]:
    return {section.anchor: section.text for section in read_paper(data).sections}


def test_word_notes_deletions_line_breaks_and_headings_are_read_as_they_are_shown():
    document = docx.Document(io.BytesIO(as_docx(HEAD)))
    document.add_heading("Warum wir lesen.", level=2)
    paragraph = document.add_paragraph("Lesen bildet")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = "gestrichen"
    run.append(words)
    deleted.append(run)
    paragraph._p.append(deleted)
    paragraph.add_run(" und verbindet.").add_break()
    paragraph.add_run("Das gilt überall.")

    read = texts(saved(document))

    assert read["bg-warum"] == "Warum wir lesen."
    assert read["bg-warum-1"] == "Lesen bildet und verbindet. Das gilt überall."


def test_a_note_stands_in_its_passage_in_each_form():
    page = as_html(HEAD + "Alle lesen.").replace(
        b"Alle lesen.</p>",
        b'Alle<sup><a href="#n1">1</a></sup> lesen.</p><p>Und weiter.</p><p id="n1"><a href="#x">1</a> Auch nachts.</p>',
    )
    print_out = typst.compile(
        (
            "".join(f"{line}\\\n" if line else "\n" for line in HEAD.replace("\t", "; ").split("\n")).replace(
                "1. ", "1\\. "
            )
        )
        .replace("28.05.2015;", "28.05.2015 ;")
        .encode()
        + b"#set super(typographic: false)\nAlle#footnote[Auch nachts.] lesen.\n\nUnd weiter."
    )

    for data in (page, print_out):
        read = texts(data)
        assert read["bg-1"] == "Alle [Fußnote: Auch nachts.] lesen."
        assert read["bg-2"] == "Und weiter."


def test_word_files_with_notes_carry_them_in_place():
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Auch nachts.</w:t></w:r></w:p></w:footnote>'
    notes = f'<w:footnotes xmlns:w="{W[1:-1]}">{note}</w:footnotes>'
    data = _changed(
        as_docx(HEAD + "Alle lesen."),
        "word/document.xml",
        lambda xml: xml.replace(b"Alle lesen.</w:t>", b'Alle</w:t><w:footnoteReference w:id="2"/><w:t> lesen.</w:t>'),
        {"word/footnotes.xml": notes.encode()},
    )

    assert texts(data)["bg-1"] == "Alle [Fußnote: Auch nachts.] lesen."


def _changed(data: bytes, name: str, change: Callable[[bytes], bytes], more: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as packed:
        for entry in source.namelist():
            packed.writestr(entry, change(source.read(entry)) if entry == name else source.read(entry))
        for entry, content in more.items():
            packed.writestr(entry, content)
    return target.getvalue()


def test_nested_lists_keep_their_numbers_and_become_bullets():
    page = as_html(HEAD).replace(
        b"</body>",
        b"<p>Der Plan:</p><ol><li>Sammeln<ol><li>in Schulen</li><li>zu Hause</li></ol></li><li>Lesen</li></ol></body>",
    )

    read = read_paper(page).sections

    assert [(s.kind, s.number, s.text) for s in read][-5:] == [
        ("paragraph", None, "Der Plan:"),
        ("paragraph", "1", "Sammeln"),
        ("bullet", None, "1. in Schulen"),
        ("bullet", None, "2. zu Hause"),
        ("paragraph", "2", "Lesen"),
    ]


def scan() -> bytes:
    target = io.BytesIO()
    Image.new("L", (600, 800), 255).save(target, "PDF")
    return target.getvalue()


def locked() -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(as_pdf(HEAD)))
    writer.encrypt("geheim")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (scan(), "(ein Scan). Lassen Sie sie mit einer Texterkennung"),
        (locked(), "mit einem Kennwort geschützt"),
        (_changed(as_docx(HEAD), "", bytes, {"word/vbaProject.bin": b"x"}), "enthält Makros"),
        (as_docx(""), "Die Datei ist leer"),
        (as_docx("Liebe Leute,\nwie geht es?"), "Der Beschlussvorschlag fehlt"),
        (as_pdf("Liebe Leute,\nwie geht es?"), "Der Beschlussvorschlag fehlt"),
        (b"<html><body><table>" + b"<tr><td><table>" * 5_000, "leer"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Kennwort geschütztes Word-Dokument"),
    ],
    ids=["scan", "locked", "macros", "empty", "letter as Word", "letter as PDF", "deep page", "old Word"],
)
def test_what_cannot_be_read_says_in_german_why(data, words):
    with pytest.raises(NotAPaper) as refusal:
        read_paper(data)

    assert words in refusal.value.message


@pytest.mark.skipif(not PAPER.exists(), reason="../shared/input/beschlussvorlage-2010.txt is not here")
@pytest.mark.parametrize("form", FORMS)
def test_the_real_paper_gives_the_same_steps_goals_and_measures_in_every_form(form):
    source = PAPER.read_text(encoding="utf-8")
    expected, read = read_paper(source.encode()), read_paper(FORMS[form](source))

    kinds = Counter(section.kind for section in read.sections)
    assert (len(read.consultations), kinds["goal"], kinds["measure"]) == (22, 16, 58)
    if form != "pdf":  # a dash at a line's end may be the text's or the printer's
        assert (read.consultations, read.sections) == (expected.consultations, expected.sections)
