"""Each hostile file gets its expected answer; none reaches out, none takes more memory or time than it may."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ikb.files.names import ending_of
from ikb.quarantine import process
from ikb.quarantine.kinds import BEGINNING, Kind, first_look
from ikb.quarantine.looking import look_into
from ikb.quarantine.reasons import NotTaken
from tests.quarantine import honest
from tests.quarantine.hostile import HOSTILE, LISTENER, both, opens_without_password, pdf_bomb, pdf_encrypted


def answer(name: str, data: bytes) -> str:
    """The code with which a file of that name is refused, `taken` if it is not."""
    try:
        look_into(data, first_look(data[:BEGINNING], ending_of(name)))
    except NotTaken as refusal:
        return refusal.reason.code
    return "taken"


@pytest.mark.parametrize(("name", "make", "code"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_a_hostile_file_gets_its_answer_and_reaches_nobody(name, make, code) -> None:
    assert answer(name, make()) == code
    with pytest.raises(BlockingIOError):
        LISTENER.accept()


def test_there_are_enough_of_them() -> None:
    assert len({name for name, _, _ in HOSTILE}) == len(HOSTILE) >= 25
    assert not opens_without_password(pdf_encrypted())


def test_a_page_that_unpacks_to_more_than_there_is_memory_for_ends_the_program_alone() -> None:
    # Its text cannot be read; it is opened by nothing else, so it is a PDF without text, or too much.
    assert answer("bombe.pdf", pdf_bomb()) in ("too_much", "taken")


def test_a_file_that_takes_too_long_is_refused_within_the_limit(monkeypatch) -> None:
    monkeypatch.setattr(process, "TIME_LIMIT", 0.01)

    assert answer("Brief.pdf", honest.pdf()) == "too_much"


HONEST = [
    ("Brief.pdf", honest.pdf, honest.LETTER),
    ("Brief.docx", honest.docx_file, honest.LETTER),
    ("Brief.odt", honest.odt, honest.LETTER),
    ("Brief.txt", lambda: honest.LETTER.encode(), honest.LETTER),
    ("Brief.txt", lambda: "Grüße aus Öst".encode("cp1252"), "Grüße aus Öst"),
    ("Brief.txt", lambda: "Grüße".encode("utf-16"), "Grüße"),
    ("Brief.eml", honest.eml, honest.LETTER),
    ("Liste.xlsx", honest.xlsx, ""),
    ("Foto.jpg", honest.picture, ""),
    ("Scan.tif", lambda: honest.picture("TIFF"), ""),
    ("Bild.png", lambda: honest.picture("PNG"), ""),
]


@pytest.mark.parametrize(("name", "make", "text"), HONEST, ids=[name for name, _, _ in HONEST])
def test_an_honest_file_is_taken_and_read(name, make, text) -> None:
    data = make()

    seen = look_into(data, first_look(data[:BEGINNING], ending_of(name)))

    assert " ".join(text.split()) in " ".join(seen.text.split())
    assert bool(seen.preview) == name.endswith(("jpg", "tif", "png"))


def test_a_pdf_that_is_only_protected_against_changes_is_taken() -> None:
    writer = honest.pdf_writer()
    writer.encrypt("", owner_password="nur für mich", algorithm="AES-256")

    assert "Sprachkurse" in look_into(honest.saved(writer), Kind.PDF).text


def test_pages_are_counted_and_kept_apart() -> None:
    seen = look_into(honest.pdf("Seite", pages=3), Kind.PDF)

    assert (seen.pages, seen.text) == (3, "Seite\n\nSeite\n\nSeite")


def test_a_link_in_a_document_waits_until_a_person_clicks_it() -> None:
    assert "Sprachkurse" in look_into(honest.pdf('#link("https://verein.example.org")[Sprachkurse]'), Kind.PDF).text


def test_of_tracked_changes_the_text_that_stands_now_is_read() -> None:
    from tests.quarantine.hostile import _document

    body = (
        "<w:p><w:r><w:t>Alt </w:t></w:r><w:ins><w:r><w:t>neu </w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>weg</w:delText></w:r></w:del></w:p>"
    )

    assert look_into(_document(body), Kind.DOCX).text == "Alt neu"


def test_a_preview_holds_nothing_but_colours() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Kamera der Familie", 6  # maker; turned by a quarter
    photo = honest.picture(size=(3000, 1500), exif=exif)
    assert b"Kamera" in photo

    preview = look_into(photo, Kind.JPEG).preview

    with Image.open(io.BytesIO(preview)) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif()), drawn.info) == ("PNG", (600, 1200), {}, {})
    assert b"Kamera" not in preview


def test_what_hides_behind_a_picture_is_not_in_its_preview() -> None:
    data = honest.picture() + b"GEHEIM" * 100

    assert b"GEHEIM" not in look_into(data, Kind.JPEG).preview


def test_a_pdf_whose_end_only_resembles_an_archive_is_taken() -> None:
    assert answer("Brief.pdf", honest.pdf() + b"\nPK\x05\x06 zu kurz") == "taken"
    assert answer("Brief.pdf", both(honest.pdf(), honest.zipped({"a": b"x"}))) == "two_in_one"


@pytest.mark.parametrize("said", [b"", b"{}", b"[]", b'{"refused": "no such code"}\n', b'{"text": 1}\n', b"nonsense"])
def test_a_program_that_was_taken_over_can_say_nothing_but_text(said, monkeypatch) -> None:
    monkeypatch.setattr("ikb.quarantine.looking.ask", lambda *_: said)

    with pytest.raises(NotTaken):
        look_into(b"%PDF-", Kind.PDF)


def test_what_is_no_picture_is_no_preview(monkeypatch) -> None:
    said = b'{"text": "Gut\\u0000en \\ud800 Tag", "pages": -3, "preview": 9}\n<html>...'
    monkeypatch.setattr("ikb.quarantine.looking.ask", lambda *_: said)

    seen = look_into(b"%PDF-", Kind.PDF)

    assert (seen.text, seen.pages, seen.preview) == ("Guten ? Tag", 0, b"")
