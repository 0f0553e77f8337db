"""The receipt as PDF: for eyes and screen readers, and with the signed file inside, whatever somebody wrote."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from pypdf import PdfReader, PdfWriter

from ikb.core import receipt_file
from ikb.core.receipt import as_file
from ikb.core.receipt_check import Unreadable, check
from ikb.core.receipt_file import ATTACHMENT, read
from ikb.statements.receipt_pdf import pdf_of
from tests.core.receipt_cases import CONTENT, KEYS, genuine, genuine_text, remark

MARKUP = '#import "@preview/x:1.0.0" #read("/etc/passwd") #strong[fett] $a$ `c` *d* _e_ = f\n- g <h> @i // j \\ "k'


@pytest.fixture
def any_app(_sqlite_app: Flask) -> Iterator[Flask]:
    """For the addresses on the page; no row is touched, so one engine is enough."""
    with _sqlite_app.app_context():
        yield _sqlite_app


@pytest.fixture
def pdf(any_app: Flask) -> bytes:
    return pdf_of(genuine())


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def changed(pdf: bytes, *attachments: tuple[str, bytes], keep: bool = True) -> bytes:
    """The PDF saved again with other attachments, as a reader's program would."""
    writer = PdfWriter()
    if keep:
        writer.clone_document_from_reader(PdfReader(io.BytesIO(pdf)))
    else:
        for page in PdfReader(io.BytesIO(pdf)).pages:
            writer.add_page(page)
    for name, content in attachments:
        writer.add_attachment(name, content)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def findings(pdf: bytes) -> tuple[str, ...]:
    content = read(pdf)
    return (*content.findings, *check(content.text, KEYS).findings)


def test_the_pdf_carries_exactly_the_file_that_is_signed(pdf: bytes) -> None:
    assert read(pdf).text == genuine_text()
    assert findings(pdf) == ()


def test_the_page_says_number_moment_and_checksum_and_what_was_handed_in(pdf: bytes) -> None:
    text = " ".join(text_of(pdf).split())

    for words in ("E-2030-000042", "Montag, 3. Juni 2030, 10:00 Uhr", "Verein Brücke e. V.", "Bitte früher beginnen"):
        assert words in text
    assert genuine()["receipt"]["content"]["sha256"] in text.replace(" ", "")


def test_it_is_tagged_named_and_in_german(pdf: bytes) -> None:
    catalog = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    metadata = catalog["/Metadata"].get_object().get_data().decode()

    assert catalog["/MarkInfo"]["/Marked"] is True or catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "de"
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata


def test_what_people_wrote_is_set_as_text_and_nothing_of_it_is_run(any_app: Flask) -> None:
    content = {**CONTENT, "author_name": "#panic()", "remarks": [remark(1, MARKUP)]}

    text = " ".join(text_of(pdf_of(genuine(content=content))).split())

    for words in ("#panic()", '#read("/etc/passwd")', "#strong[fett]", "$a$", "*d*", "@i // j"):
        assert words in text


def test_signs_without_a_font_do_not_stop_it(any_app: Flask) -> None:
    content = {**CONTENT, "remarks": [remark(1, "Gut 😀 \U000e0001 \x07 مرحبا")]}

    assert findings(pdf_of(genuine(content=content))) == ()


def test_four_hundred_remarks_fit(any_app: Flask) -> None:
    content = {**CONTENT, "remarks": [remark(place, "Wort " * 50) for place in range(1, 401)]}

    assert findings(pdf_of(genuine(content=content))) == ()


@pytest.mark.parametrize("kind", ["submitted", "withdrawn"])
def test_late_and_later_signed_are_said(any_app: Flask, kind: str) -> None:
    receipt = genuine(kind=kind)
    receipt["receipt"]["deadline"]["is_late"] = receipt["receipt"]["signed"]["later"] = True

    text = " ".join(text_of(pdf_of(receipt)).split())

    assert "verspätet; die Frist endete am Freitag, 28. Juni 2030, 24 Uhr" in text
    assert "nachträglich unterschrieben" in text


# Altered files


def test_a_pdf_without_its_attachment_is_no_receipt(pdf: bytes) -> None:
    with pytest.raises(Unreadable, match="trägt keine Eingangsbestätigung in sich"):
        read(changed(pdf, keep=False))


def test_a_second_receipt_inside_is_named(pdf: bytes) -> None:
    twice = changed(pdf, (ATTACHMENT, genuine_text().encode()))

    assert "Das PDF trägt 2 Eingangsbestätigungen in sich; ausgestellt wurde eine." in findings(twice)


def test_another_attachment_beside_it_is_named(pdf: bytes) -> None:
    assert any("noch einen Anhang: brief.txt" in one for one in findings(changed(pdf, ("brief.txt", b"x"))))


def test_an_altered_receipt_inside_is_named(pdf: bytes) -> None:
    receipt = genuine()
    receipt["content"]["remarks"][0]["stance"] = "support"

    altered = changed(pdf, (ATTACHMENT, as_file(receipt)), keep=False)

    assert "„Inhalt: Anmerkung 1, Haltung“ wurde verändert." in findings(altered)


def test_a_page_that_says_something_else_than_the_receipt_inside_is_named(any_app: Flask) -> None:
    other = genuine(number="E-2030-000099", content={**CONTENT, "number": "E-2030-000099"})
    pages = pdf_of(other)

    found = findings(changed(pages, (ATTACHMENT, genuine_text().encode()), keep=False))

    assert [one for one in found if one.endswith("Eingangsnummer.")] == [
        "Auf der Seite des PDF steht etwas anderes als in der Bestätigung darin: Eingangsnummer."
    ]


@pytest.mark.parametrize("keep", [200, 5_000, 20_000])
def test_a_pdf_that_was_cut_off_is_unreadable(pdf: bytes, keep: int) -> None:
    with pytest.raises(Unreadable):
        read(pdf[:keep])


def test_a_pdf_with_a_password_is_unreadable(pdf: bytes) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.encrypt("geheim", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)

    with pytest.raises(Unreadable, match="verschlüsselt"):
        read(written.getvalue())


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "leer"),
        (b" \n", "leer"),
        (b"\xff\xfe\x00", "weder PDF noch lesbarer Text"),
        (b"x" * (receipt_file.LARGEST + 1), "zu groß"),
        (b"%PDF-1.7\n", "beschädigt"),
    ],
    ids=["empty", "blank", "no text", "too large", "only a head"],
)
def test_other_files_are_refused_by_name(file: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(file)


def test_a_json_file_with_a_byte_order_mark_is_read() -> None:
    assert json.loads(read(b"\xef\xbb\xbf" + genuine_text().encode()).text) == genuine()
