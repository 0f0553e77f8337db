"""Every form of file becomes the same lines, or says what to do."""

import io
import zipfile

import pytest

from ikb.drafts.importers.lines import LARGEST_FILE, LONGEST_LINE, READERS, read_lines
from ikb.drafts.importers.parsed import NotAPaper

TEXT = "Gremium\tSitzung am\nRat für Größe – „öffentlich“\n"


def archive(member: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(member, "<xml/>")
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_gives_the_same_text(encoding):
    lines = read_lines(TEXT.encode(encoding))

    assert [line.text for line in lines] == ["Gremium\tSitzung am", "Rat für Größe – „öffentlich“", ""]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_an_editor(ending):
    lines = read_lines(ending.join(["eins", "", "drei"]).encode())

    assert [(line.number, line.text) for line in lines] == [(1, "eins"), (2, ""), (3, "drei")]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("z.\u00a0B.", "z. B."),
        ("Beteili\u00adgung", "Beteiligung"),
        ("Beteili\u00ad", "Beteili-"),
        ("Sprach\u00ad und Kulturmittler", "Sprach- und Kulturmittler"),
        ("Fach\u2010Amt", "Fach-Amt"),
        ("\x0cSeite\u200b zwei", "Seite zwei"),
        ("\u00a0\t26.05.2010", " \t26.05.2010"),
    ],
)
def test_layout_characters_disappear(printed, expected):
    assert read_lines(f"Anfang\n{printed}".encode())[1].text == expected


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "leer"),
        (b" \n\t\n", "leer"),
        ("\ufeff".encode(), "leer"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\x02\x03", "keinen lesbaren Text"),
        (b"Text\x81\x8d", "keinen lesbaren Text"),
        (b"x" * (LARGEST_FILE + 1), "zu groß"),
        (b"kurz\n" + b"x" * (LONGEST_LINE + 1), "Zeile 2"),
        (b"%PDF-1.7\n", "(PDF) wurde nicht gelesen. Sie ist beschädigt"),
        (archive("word/document.xml"), "(DOCX) wurde nicht gelesen"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC"),
        (b"{\\rtf1 Text}", "RTF"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'></html>", "leer"),
        (b"PK\x03\x04 broken", "beschädigt"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(data, word):
    with pytest.raises(NotAPaper) as refusal:
        read_lines(data)

    (reason,) = refusal.value.reasons
    assert word in reason
    assert any(way in reason for way in ("speichern Sie", "Speichern Sie", "Schicken Sie", "Wählen Sie", "Trennen Sie"))


def test_text_is_the_last_reader_and_takes_everything():
    assert READERS[-1].form == "text"
    assert READERS[-1].recognises(b"anything")
