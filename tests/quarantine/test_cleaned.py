"""A clean copy has what is seen in a file, and nothing else; what a bar only covers is not taken for gone."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from ikb.quarantine.clean_pdf import without_extras
from ikb.quarantine.cleaned import clean_copy
from ikb.quarantine.kinds import Kind
from ikb.quarantine.reasons import NotTaken
from tests.quarantine import honest

SAYS = "Wir bitten um Bänke."


def commands(writer: PdfWriter, more: bytes) -> None:
    """Put further commands at the end of the first page."""
    drawn = DecodedStreamObject()
    drawn.set_data(writer.pages[0].get_contents().get_data() + more)  # type: ignore[union-attr]
    writer.pages[0][NameObject("/Contents")] = writer._add_object(drawn)


def test_a_clean_copy_has_its_pages_without_author_bookmarks_tags_and_what_programs_keep_for_themselves() -> None:
    writer = honest.pdf_writer(SAYS)
    writer.add_metadata({"/Author": "Vera Geheim"})
    writer.add_outline_item(title="Geheimer Abschnitt", page_number=0)
    drawing = DictionaryObject({NameObject("/X"): TextStringObject("Geheime Zeichnung")})
    writer.pages[0][NameObject("/PieceInfo")] = drawing

    clean = clean_copy(honest.saved(writer), Kind.PDF)

    made = PdfReader(io.BytesIO(clean.data))
    assert (clean.text, clean.images, len(made.pages)) == (SAYS, 0, 1)
    assert b"Geheim" not in clean.data
    assert made.outline == []
    assert not {"/Metadata", "/StructTreeRoot", "/OCProperties"} & set(made.trailer["/Root"])  # type: ignore[call-overload]


def test_words_under_a_black_bar_and_words_that_are_only_read_aloud_are_found() -> None:
    writer = honest.pdf_writer("Frau Kaya wohnt hier.")
    commands(writer, b" 0 g 0 0 600 900 re f /Span <</ActualText (Herr Beispiel)>> BDC EMC")

    assert clean_copy(honest.saved(writer), Kind.PDF).text == "Frau Kaya wohnt hier.\n\nHerr Beispiel"


def test_a_bar_that_lies_over_the_page_as_a_note_is_refused_and_so_is_what_is_no_pdf() -> None:
    writer = honest.pdf_writer(SAYS)
    writer.add_annotation(0, FreeText(text="", rect=(0, 0, 90, 90), background_color="000000"))

    for data, code in ((honest.saved(writer), "notes"), (b"%PDF-1.7 nothing", "damaged")):
        with pytest.raises(NotTaken) as refused:
            clean_copy(data, Kind.PDF)
        assert refused.value.reason.code == code


def test_a_picture_is_drawn_anew_and_one_inside_of_a_pdf_loses_what_is_not_seen() -> None:
    photo = honest.picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0", comment=b"Vera Geheim")

    assert b"Geheim" in photo
    for kept in (clean_copy(photo, Kind.JPEG).data, without_extras(photo)):
        assert b"Geheim" not in kept
        assert b"Exif" not in kept
        assert kept.startswith(b"\xff\xd8\xff")
        assert kept.endswith(b"\xff\xd9")
