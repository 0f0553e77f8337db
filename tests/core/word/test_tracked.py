"""Versions as Word files: accepted they are exactly the new text, rejected exactly the old one, whoever reads them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from ikb.core.word.passages import laid_over, levels
from ikb.core.word.reading import read
from ikb.core.word.signs import holdable
from ikb.core.word.spans import Origin, Span, exact_spans, new_text, old_text
from ikb.core.word.views import accepted, rejected
from ikb.core.word.writing import write
from tests.core.word.editing import paragraphs_after, part
from tests.core.word.town import COVER, NOW, SECTIONS, texts
from tests.services import office

ORIGIN = Origin("3 Institutionen", NOW, "Anmerkungen E-2030-000001 Nr. 2")
UNKNOWN = Origin("Fassungen 1 und 2", NOW)
OLD = texts()


def changed(**changes: object) -> list:
    rows = {row[0]: list(row) for row in SECTIONS}
    for anchor, text in changes.items():
        rows[anchor.replace("_", "-")][4] = text
    return list(rows.values())


def compared(old, new) -> bytes:
    passages = laid_over(texts(old), texts(new), lambda _anchor, a, b: exact_spans(a, b, ORIGIN), UNKNOWN)
    return write(COVER, passages, 8, NOW)


def expected(rows) -> list[str]:
    lines = [f"{row.label}\t{row.text}" if row.label else row.text for row in texts(rows)]
    front = [COVER.kicker, COVER.title, *(f"{name}\t{value}" for name, value in COVER.facts), *COVER.notes]
    return [*front, *lines, COVER.end]


def assert_both_texts(file: bytes, old, new) -> None:
    told = read(file)
    assert [line.text for line in accepted(told.paragraphs)] == expected(new)
    assert [line.text for line in rejected(told.paragraphs)] == expected(old)
    assert paragraphs_after(file, accept=True) == expected(new)
    assert paragraphs_after(file, accept=False) == expected(old)


NEW = ["neu", "paragraph", None, None, "Ein neuer Absatz."]
CASES = {
    "nothing": SECTIONS,
    "a word": changed(p1="Musterau fördert Sprachen von Anfang an. Alle Ämter wirken daran mit."),
    "only blanks": changed(p2="Die Kurse finden  am\u00a0Nachmittag statt. "),
    "line break and tab": changed(p2="Die Kurse finden\nam Nachmittag\tstatt."),
    "emptied and from nothing": changed(p2=""),
    "a paragraph in at the beginning": [NEW, *SECTIONS],
    "a paragraph in at the end": [*SECTIONS, NEW],
    "two paragraphs in": [*SECTIONS[:3], NEW, ["neu2", "bullet", None, None, "Noch einer."], *SECTIONS[3:]],
    "the first paragraph out": SECTIONS[1:],
    "the last two out": SECTIONS[:-2],
    "all out but one": SECTIONS[3:4],
    "one moved": [*SECTIONS[:1], *SECTIONS[2:5], SECTIONS[1], *SECTIONS[5:]],
    "turned around": SECTIONS[::-1],
    "another number": [(*row[:2], "2" if row[2] else None, *row[3:]) for row in SECTIONS],
    "number lost": [(*row[:2], None, *row[3:]) for row in SECTIONS],
    "signs of every kind": changed(p1="<b>&amp; \u00ad\u200b\u2011 🌱 مرحبا"),
}


@pytest.mark.parametrize("name", CASES)
def test_accepted_it_is_the_new_text_and_rejected_the_old_one(name: str) -> None:
    assert_both_texts(compared(SECTIONS, CASES[name]), SECTIONS, CASES[name])
    assert_both_texts(compared(CASES[name], SECTIONS), CASES[name], SECTIONS)


WORDS = st.text(st.sampled_from("abc ÄB.,-\n\t\u00a0(„“)3"), max_size=40)
KINDS = st.sampled_from(["heading", "point", "paragraph", "bullet", "goal", "measure"])
VERSION = st.lists(
    st.tuples(st.sampled_from("pqrstuvw"), KINDS, st.sampled_from([None, "1", "2.1"]), st.none(), WORDS),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)


@settings(max_examples=25, deadline=None)
@given(VERSION, VERSION)
def test_any_two_versions_come_out_exactly(old, new) -> None:
    assert_both_texts(compared(old, new), old, new)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_spans_give_both_texts_back_to_the_last_blank(old: str, new: str) -> None:
    spans = exact_spans(old, new, ORIGIN)

    assert (old_text(spans), new_text(spans)) == (old, new)
    assert all((span.origin is ORIGIN) == (span.kind != "keep") for span in spans)


@pytest.mark.skipif(office.found() is None, reason="LibreOffice is not installed here: it is asked where it is")
def test_libreoffice_accepts_and_rejects_to_the_same_texts(tmp_path: Path) -> None:
    new = [NEW, *CASES["a word"][:2], CASES["a word"][4], CASES["a word"][2], *CASES["a word"][6:]]
    file = compared(SECTIONS, new)

    done, undone = office.accept(file, tmp_path), office.reject(file, tmp_path)

    assert [line.text for line in accepted(read(done).paragraphs)] == expected(new)
    assert [line.text for line in rejected(read(undone).paragraphs)] == expected(SECTIONS)


def test_each_change_tells_its_author_its_day_and_once_where_it_comes_from() -> None:
    file = compared(SECTIONS, CASES["a word"])
    xml = part(file).decode()
    comments = [(one.author, one.initials, one.text) for one in Document(io.BytesIO(file)).comments]

    assert 'w:author="3 Institutionen" w:date="2030-06-03T08:00:00Z"' in xml
    assert comments == [("3 Institutionen", "ikb", "Anmerkungen E-2030-000001 Nr. 2")]


def test_headings_are_styles_and_each_page_tells_version_and_number() -> None:
    document = Document(io.BytesIO(compared(SECTIONS, SECTIONS)))
    footer = document.sections[0].footer._element.xml

    assert [p.text for p in document.paragraphs if p.style.name.startswith("Heading")] == ["1\tSprache"]
    assert "Drucksache 12/2030 · Fassung 1" in footer
    assert ('w:instr=" PAGE "' in footer, 'w:instr=" NUMPAGES "' in footer) == (True, True)


def test_unknown_reasons_take_the_versions_as_author() -> None:
    passages = laid_over(OLD, texts(CASES["a word"]), lambda *_: None, UNKNOWN)

    assert {span.origin for passage in passages for span in passage.spans if span.kind != "keep"} == {UNKNOWN}


def test_what_no_file_can_hold_is_left_out_and_nothing_else() -> None:
    assert holdable("a\x00b\x0bc\ufffed\r\ne\u00a0f\u00adg\ud800") == "abcd\ne\u00a0f\u00adg"


@pytest.mark.parametrize(
    ("parents", "found"),
    [({"a": None, "b": "a", "c": "b", "d": None}, [0, 1, 2, 0]), ({"a": "gone"}, [0]), ({}, [])],
)
def test_how_deep_sections_lie(parents, found) -> None:
    assert [level for _, level in levels(parents)] == found


def test_a_change_shows_no_single_words_between_two_of_its_own() -> None:
    assert [span.kind for span in exact_spans("ein altes Haus am See", "ein neues Boot am See")] == [
        "keep",
        "del",
        "ins",
        "keep",
    ]
    assert exact_spans("", "") == ()
    assert exact_spans("", "neu", ORIGIN) == (Span("ins", "neu", ORIGIN),)
