"""Edited files come back as exactly what was changed and said, whichever program they were edited in, traced or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ikb.core.word.file import UnreadableError
from ikb.core.word.reading import MOST_PARAGRAPHS, read
from ikb.core.word.returned import Finding, NotOursError, compare
from tests.core.word.editing import (
    DOCUMENT,
    W,
    behind,
    edited,
    elements,
    marked,
    moved_behind,
    paragraph_of,
    part,
    removed,
    repacked,
    run,
    texted,
    w,
    with_comments,
    without_bookmark,
)
from tests.core.word.town import COVER, SECTIONS, VERSION, base, came_back, sent_out, wishes
from tests.services import office

SENT = sent_out()
FIXTURES = Path(__file__).parent / "fixtures"
WORD = 'w:author="Frau Beispiel" w:date="2030-06-05T09:00:00Z"'
WORD_INS, WORD_DEL = f'<w:ins w:id="71" {WORD}>', f'<w:del w:id="72" {WORD}>'
P2 = "Die Kurse finden am Nachmittag statt."
P2_NEW = "Die Kurse finden am Abend statt."
BP1A = "Die Verwaltung berichtet einmal im Jahr über den Stand."
BP1B = "Der Bericht wird veröffentlicht."
FRESH = "Für Eltern gibt es eigene Kurse."


def word_replaces(old: str, new: str, before: str, after: str) -> str:
    """As Word traces it: runs split at will, revision ids on each, its spelling marks in between."""
    return (
        run(before[:5], rsidR="00A1")
        + '<w:proofErr w:type="spellStart"/>'
        + run(before[5:], rsidRPr="00B2")
        + '<w:proofErr w:type="spellEnd"/><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>'
        + f"{WORD_DEL}{run(old, 'delText', rsidDel='00C3')}</w:del>{WORD_INS}{run(new, rsidR='00C3')}</w:ins>"
        + f'<w:r w:rsidR="00A1"><w:rPr><w:rPrChange w:id="9" {WORD}><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr>'
        + f'<w:t xml:space="preserve">{after}</w:t></w:r>'
    )


NEW_PARAGRAPH = (
    f'<w:p w:rsidR="00D4"><w:pPr><w:rPr><w:ins w:id="73" {WORD}/></w:rPr></w:pPr>{WORD_INS}{run(FRESH)}</w:ins></w:p>'
)
TRACED = {
    "a word, as Word traces it": (
        [texted("p2", word_replaces("Nachmittag", "Abend", "Die Kurse finden am ", " statt."))],
        [("p2", "replace", P2_NEW, "")],
    ),
    "a word, without author and day": (
        [
            texted(
                "p2",
                run("Die Kurse finden am ")
                + f'<w:del w:id="1">{run("Nachmittag", "delText")}</w:del><w:ins w:id="2">{run("Abend")}</w:ins>'
                + run(" statt."),
            )
        ],
        [("p2", "replace", P2_NEW, "")],
    ),
    "a paragraph out, its mark too": (
        [texted("bp-1.b", f"{WORD_DEL}{run(BP1B, 'delText')}</w:del>"), marked("bp-1.b", '<w:del w:id="5"/>')],
        [("bp-1.b", "delete", "", "")],
    ),
    "a paragraph out, from the end of the one before": (
        [texted("bp-1.b", f"{WORD_DEL}{run(BP1B, 'delText')}</w:del>"), marked("bp-1.a", '<w:del w:id="5"/>')],
        [("bp-1.b", "delete", "", "")],
    ),
    "a paragraph emptied": (
        [texted("bp-1.b", f"{WORD_DEL}{run(BP1B, 'delText')}</w:del>")],
        [("bp-1.b", "delete", "", "")],
    ),
    "a paragraph in": ([behind("p2", NEW_PARAGRAPH)], [("p2", "insert_after", FRESH, "")]),
    "a paragraph in, written at the end of the one before": (
        [behind("p2", f"<w:p>{WORD_INS}{run(FRESH)}</w:ins></w:p>"), marked("p2", '<w:ins w:id="5"/>')],
        [("p2", "insert_after", FRESH, "")],
    ),
    "a paragraph in between a point and what is under it": (
        [behind("bp-1", NEW_PARAGRAPH)],
        [("bp-1.a", "insert_before", FRESH, "")],
    ),
    "a paragraph in front of all": (
        [lambda body: paragraph_of(body, "h1").addprevious(elements(NEW_PARAGRAPH)[0])],
        [("h1", "insert_before", FRESH, "")],
    ),
    "two paragraphs in, in their order": (
        [behind("p2", NEW_PARAGRAPH + NEW_PARAGRAPH.replace("eigene", "andere"))],
        [
            ("p2", "insert_after", FRESH, "Absatz 1 von 2 an dieser Stelle."),
            ("p2", "insert_after", FRESH.replace("eigene", "andere"), "Absatz 2 von 2 an dieser Stelle."),
        ],
    ),
    "one paragraph out and another in": (
        [
            texted("p2", f"{WORD_DEL}{run(P2, 'delText')}</w:del>"),
            marked("p2", '<w:del w:id="5"/>'),
            behind("p2", NEW_PARAGRAPH),
        ],
        [("p2", "delete", "", ""), ("p2", "insert_after", FRESH, "")],
    ),
    "moved, as Word traces it": (
        [
            texted("p2", f'<w:moveFrom w:id="8" {WORD}>{run(P2)}</w:moveFrom>'),
            marked("p2", f'<w:moveFrom w:id="9" {WORD}/>'),
            behind(
                "bp-1.b",
                f'<w:moveToRangeStart w:id="11" w:name="move1"/><w:p><w:pPr><w:rPr><w:moveTo w:id="12" {WORD}/></w:rPr>'
                f'</w:pPr><w:moveTo w:id="13" {WORD}>{run(P2)}</w:moveTo></w:p><w:moveToRangeEnd w:id="11"/>',
            ),
        ],
        [
            ("p2", "delete", "", "Verschoben: soll hinter [bp-1.b] stehen."),
            ("bp-1.b", "insert_after", P2, "Verschoben: stand bisher als [p2] im Text."),
        ],
    ),
    "two joined into one": (
        [marked("bp-1.a", '<w:del w:id="5"/>')],
        [("bp-1.a", "replace", BP1A + BP1B, ""), ("bp-1.b", "delete", "", "")],
    ),
    "one split into two": (
        [
            texted("p1", run("Musterau fördert Sprache von Anfang an.")),
            behind("p1", f"<w:p>{run('Alle Ämter wirken daran mit.')}</w:p>"),
            marked("p1", '<w:ins w:id="5"/>'),
        ],
        [
            ("p1", "replace", "Musterau fördert Sprache von Anfang an.", ""),
            ("p1", "insert_after", "Alle Ämter wirken daran mit.", ""),
        ],
    ),
    "put in and taken out again": (
        [texted("p2", run(P2) + f"{WORD_INS}{WORD_DEL}{run(' Nein.', 'delText')}</w:del></w:ins>")],
        [],
    ),
    "inside links, fields, tags and nested controls": (
        [
            texted(
                "p2",
                f"<w:hyperlink>{run('Die ')}</w:hyperlink><w:smartTag><w:smartTag>{run('Kurse ')}</w:smartTag></w:smartTag>"
                f"<w:sdt><w:sdtPr/><w:sdtContent><w:sdt><w:sdtContent>{run('finden ')}</w:sdtContent></w:sdt></w:sdtContent>"
                '</w:sdt><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r><w:r>'
                f'<w:fldChar w:fldCharType="separate"/></w:r>{run("am ")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
                f"<w:fldSimple>{run('Abend ')}</w:fldSimple>{run('statt.')}",
            )
        ],
        [("p2", "replace", P2_NEW, "")],
    ),
    "tabs, breaks and signs": (
        [
            texted(
                "p2", "<w:r><w:t>Die</w:t><w:tab/><w:t>Kurse</w:t><w:br/><w:t>am</w:t><w:noBreakHyphen/><w:cr/></w:r>"
            )
        ],
        [("p2", "replace", "Die\tKurse\nam\u2011", "")],
    ),
    "its number": (
        [lambda body: _retype(body, "bp-1", "1.", "7.")],
        [],
    ),
}
UNTRACED = {
    "a word": ([texted("p2", run(P2_NEW))], [("p2", "replace", P2_NEW, "")]),
    "a paragraph out": ([removed("bp-1.b")], [("bp-1.b", "delete", "", "")]),
    "a paragraph in": ([behind("p2", f"<w:p>{run(FRESH)}</w:p>")], [("p2", "insert_after", FRESH, "")]),
    "empty paragraphs in": ([behind("p2", "<w:p/><w:p><w:r><w:t> </w:t></w:r></w:p>")], []),
    "moved by cutting and pasting": (
        [moved_behind("p2", "bp-1.b")],
        [
            ("p2", "delete", "", "Verschoben: soll hinter [bp-1.b] stehen."),
            ("bp-1.b", "insert_after", P2, "Verschoben: stand bisher als [p2] im Text."),
        ],
    ),
    "its bookmark lost": ([without_bookmark("p2")], []),
    "its bookmark lost, and a word changed": (
        [texted("p2", run(P2_NEW)), without_bookmark("p2")],
        [("p2", "replace", P2_NEW, "")],
    ),
    "typed over, so that its bookmark is lost": (
        [texted("p2", run("Etwas ganz anderes.")), without_bookmark("p2")],
        [("p2", "replace", "Etwas ganz anderes.", "")],
    ),
    "all bookmarks lost": (
        [*(without_bookmark(row[0]) for row in SECTIONS), lambda body: _retype(body, None, P2, P2_NEW)],
        [("p2", "replace", P2_NEW, "")],
    ),
    "all bookmarks of sections lost and all texts changed": (
        [
            *(without_bookmark(row[0]) for row in SECTIONS[:3]),
            *(removed(row[0]) for row in SECTIONS[3:]),
            lambda body: _retype(body, None, P2, P2_NEW),
            lambda body: _retype(body, None, SECTIONS[1][4], "Musterau fördert Sprachen von Anfang an."),
        ],
        [
            ("p1", "replace", "Musterau fördert Sprachen von Anfang an.", ""),
            ("p2", "replace", P2_NEW, ""),
            *((row[0], "delete", "", "") for row in SECTIONS[3:]),
        ],
    ),
    "the bookmark of what is gone left on the next one": (
        [lambda body: _leave_bookmark(body, "bp-1.a", "bp-1.b")],
        [("bp-1.a", "delete", "", "")],
    ),
}


def _retype(body, anchor: str | None, old: str, new: str) -> None:
    for text in (paragraph_of(body, anchor) if anchor else body).iter(w("t")):
        if text.text == old:
            text.text = new
            return
    raise LookupError(old)


def _leave_bookmark(body, gone: str, following: str) -> None:
    place = paragraph_of(body, following)
    for mark in list(paragraph_of(body, gone).iter(w("bookmarkStart"))):
        place.insert(1, mark)
    old = paragraph_of(body, following)
    del old
    for paragraph in body.iter(w("p")):
        if "".join(paragraph.itertext()) == BP1A:
            body.remove(paragraph)
            return


def test_an_untouched_file_asks_for_nothing() -> None:
    assert came_back(SENT) == came_back(SENT)
    assert (wishes(SENT), list(came_back(SENT).unplaced)) == ([], [])


@pytest.mark.parametrize("name", TRACED)
def test_what_was_traced_comes_back_as_exactly_that(name: str) -> None:
    acts, found = TRACED[name]

    returned = edited(SENT, *acts)

    assert wishes(returned) == found
    assert not came_back(returned).unplaced


@pytest.mark.parametrize("name", UNTRACED)
def test_without_a_trace_the_texts_are_compared(name: str) -> None:
    acts, found = UNTRACED[name]

    assert wishes(edited(SENT, *acts)) == found


@pytest.mark.parametrize("name", ["tracked", "untracked"])
def test_files_that_libreoffice_wrote_come_back_the_same(name: str) -> None:
    assert wishes((FIXTURES / f"libreoffice-{name}.docx").read_bytes()) == [
        ("p1", "replace", "Musterau fördert Sprache von Anfang an. Alle Ämter und Schulen wirken daran mit.", ""),
        ("p2", "insert_after", "Für Eltern gibt es Kurse am Abend.", ""),
        ("bp-1.a", "", "", "Zu „einmal im Jahr“: Bitte das Jahr nennen."),
        ("bp-1.b", "delete", "", ""),
        ("a3-m1", "replace", "Jede Schule bietet Kurse am Nachmittag an.", ""),
    ]


@pytest.mark.skipif(office.found() is None, reason="LibreOffice is not installed here: it is asked where it is")
def test_a_file_that_libreoffice_only_saved_asks_for_nothing(tmp_path: Path) -> None:
    assert wishes(office.saved(SENT, tmp_path)) == []


def test_word_s_strict_format_is_read_too() -> None:
    strict = part(SENT).replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )

    assert wishes(repacked(SENT, {DOCUMENT: strict})) == []


# Comments

AROUND = '<w:commentRangeStart w:id="3"/>{}<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>'


def comment(text: str, number: int = 3, paragraph: str = "0A", more: str = "") -> str:
    return (
        f'<w:comment w:id="{number}" w:author="Frau Beispiel" {more}>'
        f'<w:p w14:paraId="{paragraph}"><w:r><w:annotationRef/></w:r>{run(text)}</w:p></w:comment>'
    )


def test_a_comment_names_the_words_that_it_is_about_and_brings_its_answers() -> None:
    data = edited(SENT, texted("p2", run("Die Kurse finden ") + AROUND.format(run("am Nachmittag")) + run(" statt.")))
    data = with_comments(
        data,
        comment("Warum?") + comment("Wegen der Schule.", 4, "0B") + comment("Anderswo erledigt.", 5, "0C"),
        '<w15:commentEx w15:paraId="0A"/><w15:commentEx w15:paraId="0B" w15:paraIdParent="0A"/>'
        '<w15:commentEx w15:paraId="0C" w15:done="1"/>',
    )

    assert wishes(data) == [("p2", "", "", "Zu „am Nachmittag“: Warum?\nAntwort darauf: Wegen der Schule.")]
    assert [one.text for one in came_back(data).unplaced] == ["Anderswo erledigt."]


@pytest.mark.parametrize(
    ("act", "found"),
    [
        (texted("bp-1", AROUND.format(run(SECTIONS[3][4]))), ("bp-1", "", "", "Gut so.")),
        (texted("p2", AROUND.format(run(P2_NEW))), ("p2", "replace", P2_NEW, "Gut so.")),
        (texted("p2", AROUND.format(f"{WORD_DEL}{run(P2, 'delText')}</w:del>")), ("p2", "delete", "", "Gut so.")),
        (
            behind(
                "p2",
                NEW_PARAGRAPH.replace(
                    f"{WORD_INS}{run(FRESH)}</w:ins>", AROUND.format(f"{WORD_INS}{run(FRESH)}</w:ins>")
                ),
            ),
            ("p2", "insert_after", FRESH, "Gut so."),
        ),
        (texted("p2", run(P2) + '<w:r><w:commentReference w:id="3"/></w:r>'), ("p2", "", "", "Gut so.")),
        (lambda body: _comment_on_title(body), (None, "", "", "Gut so.")),
        (lambda body: None, (None, "", "", "Gut so.")),
    ],
    ids=["whole passage", "changed", "deleted", "new paragraph", "at a point", "title", "nowhere"],
)
def test_a_comment_stands_on_what_it_is_about(act, found) -> None:
    assert wishes(with_comments(edited(SENT, act), comment("Gut so."))) == [found]


def _comment_on_title(body) -> None:
    title = next(p for p in body.iter(w("p")) if "".join(p.itertext()) == COVER.title)
    title.insert(1, elements('<w:commentRangeStart w:id="3"/>')[0])
    title.extend(elements('<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>'))


def test_comments_of_our_own_come_back_unread() -> None:
    data = edited(SENT, texted("p2", AROUND.format(run(P2))))

    assert wishes(with_comments(data, comment("E-2030-000001 Nr. 2", more='w:initials="ikb"'))) == []


# What has no place

TABLE = f"<w:tbl><w:tr><w:tc><w:p>{run('Eine Zelle')}</w:p></w:tc></w:tr></w:tbl>"
BOX = (
    "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Am Rand</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    "<w:r><w:drawing/></w:r>"
)


def test_what_could_not_be_placed_is_told_with_its_text() -> None:
    data = edited(
        SENT,
        behind("p2", TABLE),
        texted("bp-1", run(SECTIONS[3][4]) + BOX),
        lambda body: _retype(body, None, COVER.title, "Anderer Titel"),
    )

    assert wishes(data) == []
    assert [one.text for one in came_back(data).unplaced] == ["Anderer Titel", "Eine Zelle", "Am Rand", "Ein Bild"]


def test_another_version_s_file_and_a_foreign_one_are_told_apart() -> None:
    with pytest.raises(NotOursError) as another:
        compare(base(), read(SENT), VERSION + 1, COVER.lines())
    foreign = edited(SENT, *(removed(row[0]) for row in SECTIONS), lambda body: _forget(body))
    with pytest.raises(NotOursError) as unknown:
        came_back(foreign)

    assert (another.value.version, unknown.value.version) == (VERSION, None)


def _forget(body) -> None:
    for mark in list(body.iter(w("bookmarkStart"))):
        mark.getparent().remove(mark)


def test_a_section_that_changed_since_the_file_was_made_is_marked() -> None:
    rows = [("p2", "paragraph", None, "h1", "Inzwischen anders.") if row[0] == "p2" else row for row in SECTIONS]

    assert came_back(SENT, rows).findings == [Finding("p2", "replace", P2, is_stale=True)]


def test_a_footnote_comes_along() -> None:
    data = edited(SENT, texted("p2", run(P2) + '<w:r><w:footnoteReference w:id="2"/></w:r>'))
    types = part(data, "[Content_Types].xml")
    relations = part(data, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>',
    )
    note = f'<w:footnote w:id="2"><w:p>{run("Quelle: Stadt.")}</w:p></w:footnote>'
    notes = f'<w:footnotes xmlns:w="{W}">{note}</w:footnotes>'
    parts = {
        "word/footnotes.xml": notes.encode(),
        "word/_rels/document.xml.rels": relations,
        "[Content_Types].xml": types,
    }

    assert wishes(repacked(data, parts)) == [("p2", "", "", "Fußnote dazu: Quelle: Stadt.")]


# Files that are not taken

BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
MACROS = (
    b'<Types><Override PartName="/word/document.xml" '
    b'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)
HOSTILE = {
    "empty": (b"", "leer"),
    "no zip": (b"%PDF-1.7", "keine Word-Datei"),
    "old or protected": (b"\xd0\xcf\x11\xe0rest", "Kennwort"),
    "cut": (SENT[:2000], "beschädigt"),
    "a zip of something else": (repacked(SENT, {}, without=["[Content_Types].xml"]), "keine Word-Datei"),
    "a sheet": (
        repacked(SENT, {"[Content_Types].xml": b'<Types><Override ContentType="x/sheet"/></Types>'}),
        "keine Word-Datei",
    ),
    "macros": (repacked(SENT, {"[Content_Types].xml": MACROS}), "Makros"),
    "entities": (repacked(SENT, {DOCUMENT: BOMB}), "Dokumenttyp"),
    "another file": (repacked(SENT, {DOCUMENT: XXE}), "Dokumenttyp"),
    "no XML": (repacked(SENT, {DOCUMENT: b"<w:document"}), "beschädigt"),
    "without a document": (repacked(SENT, {}, without=[DOCUMENT]), "beschädigt"),
    "another document": (repacked(SENT, {DOCUMENT: b"<html/>"}), "keine Word-Datei"),
    "a part that unpacks to too much": (repacked(SENT, {DOCUMENT: b" " * (17 * 1024 * 1024)}), "zu groß"),
    "too deep": (edited(SENT, behind("p2", "<w:sdt>" * 70 + "</w:sdt>" * 70)), "verschachtelt"),
    "too many paragraphs": (edited(SENT, behind("p2", "<w:p/>" * MOST_PARAGRAPHS)), "Absätze"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_taken_gets_its_sentence(name: str) -> None:
    data, word = HOSTILE[name]

    with pytest.raises(UnreadableError, match=word):
        read(data)
