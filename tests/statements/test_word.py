"""The way through Word: the draft leaves as a file, comes back edited, is checked, and becomes remarks; nothing is lost."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from ikb.db import transaction
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Stance, Wish
from ikb.remarks.service import Said
from ikb.statements import queries, service, word_files
from ikb.statements.word_files import Item, ItemRefused
from tests.core.word.editing import behind, edited, removed, run, texted, with_comments
from tests.factories import make_draft, make_invitation, make_phase, make_procedure, make_version

pytestmark = pytest.mark.usefixtures("wakeups")
NOW = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)
BP2_NEW = "Die Ziele nach Anlage 2 gelten für alle Ämter und Schulen."
FRESH = "Jedes Amt nennt eine Ansprechperson."
AROUND = '<w:commentRangeStart w:id="3"/>{}<w:commentRangeEnd w:id="3"/>'
COMMENT = f'<w:comment w:id="3"><w:p>{run("Bitte früher.")}</w:p></w:comment>'


@pytest.fixture
def invitation(app: Flask) -> Invitation:
    return make_invitation()


@pytest.fixture
def link(invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


@pytest.fixture
def sent(invitation) -> bytes:
    return word_files.file_for(invitation, NOW)


@pytest.fixture
def full(sent) -> bytes:
    """One of each: replaced, deleted, new, commented."""
    acts = [
        texted("bp-2", run(BP2_NEW)),
        removed("bp-1.a"),
        behind("bp-2", f"<w:p>{run(FRESH)}</w:p>"),
        texted("a3-z1-m1", AROUND.format(run("Jede Schule bietet zwei Kurse am Nachmittag an."))),
    ]
    return with_comments(edited(sent, *acts), COMMENT)


def upload(client, link: str, data: bytes):
    return client.post(f"{link}/word", data={"file": (io.BytesIO(data), "entwurf.docx")}, follow_redirects=True)


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page's form, boxes ticked as they are."""
    form = page[page.index('action="' + re.search(r'action="([^"]*uebernehmen)"', page)[1]) :]
    found = dict(re.findall(r'<input[^>]*name="(items-[^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="(items-[^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL))
    boxes = re.findall(r'<input[^>]*name="(items-[^"]+-is_kept)"[^>]*>', form)
    tags = re.findall(r'<input[^>]*name="items-[^"]+-is_kept"[^>]*>', form)
    return found | {name: "y" for name, tag in zip(boxes, tags, strict=True) if "checked" in tag}


def stored(invitation: Invitation) -> list[tuple[str | None, str, str, str]]:
    rows = queries.of_invitation(invitation.id)
    said = remark_queries.of_statement(rows[-1].id) if rows else []
    return [(row.anchor, row.wish, row.proposed_text, row.comment) for row in said]


def test_the_draft_comes_as_a_word_file(client, link) -> None:
    page = client.get(f"{link}/word").text
    answer = client.get(f"{link}/word/entwurf.docx")

    assert f"{link}/word/entwurf.docx" in page
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    assert "entwurf-fassung-1.docx" in answer.headers["Content-Disposition"]


def test_an_untouched_file_gives_nothing(client, link, sent, invitation) -> None:
    page = upload(client, link, sent).text

    assert "ist nichts anders als im Entwurf" in page
    assert stored(invitation) == []


def test_everything_is_shown_before_it_is_saved_and_then_saved(client, link, full, invitation) -> None:
    page = upload(client, link, full).text
    assert stored(invitation) == []
    assert "4 Änderungen und Anmerkungen" in page

    answer = client.post(f"{link}/word/uebernehmen", data=fields(page), follow_redirects=True)

    assert "4 Anmerkungen aus Ihrer Word-Datei gespeichert" in answer.text
    assert sorted(stored(invitation), key=str) == sorted(
        [
            ("bp-1.a", "delete", "", ""),
            ("bp-2", "replace", BP2_NEW, ""),
            ("bp-2", "insert_after", FRESH, ""),
            ("a3-z1-m1", "", "", "Bitte früher."),
        ],
        key=str,
    )
    assert "ist nichts anders als im Entwurf" in upload(client, link, full).text


def test_each_can_be_dropped_or_corrected(client, link, full, invitation) -> None:
    sent_back = fields(upload(client, link, full).text)
    places = {sent_back[f"items-{n}-wish"]: n for n in range(4)}
    del sent_back[f"items-{places['delete']}-is_kept"]
    sent_back[f"items-{places['insert_after']}-text"] = "Berichtigt."
    del sent_back[f"items-{places['']}-is_kept"]

    client.post(f"{link}/word/uebernehmen", data=sent_back)

    assert stored(invitation) == [("bp-2", "replace", BP2_NEW, ""), ("bp-2", "insert_after", "Berichtigt.", "")]


def say(invitation: Invitation, said: Said, row_version: int = 0) -> None:
    with transaction():
        service.save_remark(invitation, "bp-2", said, row_version=row_version, now=NOW)


def test_where_something_was_said_already_both_are_shown_and_comments_add_up(client, link, full, invitation) -> None:
    say(invitation, Said(Stance.OPPOSE, "So nicht.", Wish.REPLACE, "Entfällt."))

    page = upload(client, link, full).text
    assert "Hier haben Sie schon etwas angemerkt" in page
    assert "Entfällt" in page
    client.post(f"{link}/word/uebernehmen", data=fields(page))

    kept = next(
        row for row in remark_queries.of_statement(queries.of_invitation(invitation.id)[-1].id) if row.anchor == "bp-2"
    )
    assert (kept.stance, kept.comment, kept.proposed_text) == (Stance.OPPOSE, "So nicht.", BP2_NEW)


def test_what_was_said_meanwhile_is_not_overwritten_unseen(client, link, full, invitation) -> None:
    sent_back = fields(upload(client, link, full).text)
    say(invitation, Said(comment="Von der Kollegin."))

    refused = client.post(f"{link}/word/uebernehmen", data=sent_back)
    assert refused.status_code == 409
    assert "Von der Kollegin." in refused.text
    assert stored(invitation) == [("bp-2", "", "", "Von der Kollegin.")]

    client.post(f"{link}/word/uebernehmen", data=fields(refused.text))
    assert ("bp-2", "replace", BP2_NEW, "") in stored(invitation)


def test_what_could_not_be_placed_is_listed_and_can_join_the_remark_on_the_whole(
    client, link, sent, invitation
) -> None:
    table = f"<w:tbl><w:tr><w:tc><w:p>{run('Eine Zelle')}</w:p></w:tc></w:tr></w:tbl>"
    page = upload(client, link, edited(sent, behind("bp-2", table))).text
    assert "Das steht in einer Tabelle" in page
    sent_back = fields(page)
    assert not [name for name in sent_back if name.endswith("is_kept")]

    client.post(f"{link}/word/uebernehmen", data=sent_back | {"items-0-is_kept": "y"})

    assert stored(invitation) == [(None, "", "", "Eine Zelle")]


def test_a_wording_that_is_too_long_is_refused_with_every_letter_kept(client, link, full, invitation) -> None:
    sent_back = fields(upload(client, link, full).text)
    place = next(n for n in range(4) if sent_back[f"items-{n}-wish"] == "replace")
    sent_back[f"items-{place}-text"] = "ä" * 20_001

    answer = client.post(f"{link}/word/uebernehmen", data=sent_back)

    assert answer.status_code == 422
    assert "Der Text ist zu lang" in answer.text
    assert "ä" * 20_001 in answer.text
    assert stored(invitation) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7", "Das ist keine Word-Datei"),
        (b"\xd0\xcf\x11\xe0", "mit einem Kennwort geschützt"),
        (b"", "leer"),
    ],
)
def test_a_file_that_is_none_gets_its_sentence(client, link, invitation, data: bytes, sentence: str) -> None:
    answer = upload(client, link, data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Was Sie bisher gespeichert haben, ist unverändert" in answer.text


def test_another_version_s_file_is_named_and_another_procedure_s_is_not(app: Flask, client, link, invitation) -> None:
    version = invitation.phase.draft_version
    later = make_invitation(make_phase(make_version(version.draft, number=2)))
    foreign = make_invitation(make_phase(make_version(make_draft(make_procedure(), title="Geheim"))))

    told = upload(client, link, word_files.file_for(later, NOW)).text
    hidden = upload(client, link, word_files.file_for(foreign, NOW)).text

    assert "Das ist die Datei zu Fassung 2" in told
    assert "Das ist keine Datei zu Fassung 1" in hidden
    assert "Geheim" not in hidden


def test_without_a_file_nothing_happens(client, link, invitation) -> None:
    answer = client.post(f"{link}/word", data={})

    assert answer.status_code == 422
    assert "Wählen Sie eine Datei aus" in answer.text


def test_four_hundred_remarks_are_saved_in_a_handful_of_queries_and_changed_in_as_few(app, count_queries):
    sections = [(f"s-{place}", "paragraph", None, None, f"Satz {place}.") for place in range(400)]
    invitation = make_invitation(make_phase(make_version(make_draft(make_procedure()), sections)))

    def keep(items: list[Item]) -> tuple[int, int]:
        with count_queries() as seen, transaction():
            return word_files.keep(invitation, items, author="Mina", now=NOW), len(seen)

    def items(text: str, row_version: int, wish: str = Wish.REPLACE) -> list[Item]:
        return [Item(f"s-{place}", wish, f"{text} {place}.", "", row_version) for place in range(400)]

    first, second = keep(items("Anders", 0)), keep(items("Noch einmal", 1))

    assert (first[0], second[0]) == (400, 400)
    assert max(first[1], second[1]) <= 10
    kept = stored(invitation)
    assert len(kept) == 400
    assert ("s-399", "replace", "Noch einmal 399.", "") in kept
    with pytest.raises(ItemRefused) as refused:
        keep([*items("Neu", 2)[:399], Item("s-399", Wish.REPLACE, "Neu.", "", 1)])
    assert (refused.value.place, len(stored(invitation))) == (399, 400)
    assert ("s-0", "replace", "Noch einmal 0.", "") in stored(invitation)
