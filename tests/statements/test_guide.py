"""The short way to answer: written by the lead, read and answered in many languages, translated by staff."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from ikb.accounts.model import Role
from ikb.core.languages import LANGUAGES, is_german
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Scope
from ikb.journal.service import SYSTEM
from ikb.remarks.model import Remark
from ikb.remarks.translation_model import RemarkTranslation
from ikb.statements import answers, guide, queries
from ikb.statements.answers import AnswersConflict, Written
from ikb.statements.model import Receipt
from tests.factories import (
    make_draft,
    make_invitation,
    make_phase,
    make_procedure,
    make_shared_link,
    make_statement,
    make_user,
    make_version,
    shared_token_of,
)

pytestmark = pytest.mark.usefixtures("wakeups")
QUESTIONS = ["Was fehlt Ihnen?", "Was soll die Stadt zuerst tun?", "Wie erreichen wir Sie?"]


@pytest.fixture
def phase(lead):
    return make_phase(make_version(make_draft(make_procedure([lead]))))


@pytest.fixture
def invitation(phase) -> Invitation:
    return make_invitation(phase)


@pytest.fixture
def link(invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


def write(phase, language="de", summary="Worum es geht.", questions=QUESTIONS, anchors=None, version=0, *, now):
    with transaction():
        return guide.write(
            phase, language, summary, list(questions), anchors or {}, row_version=version, by=SYSTEM, now=now
        )


@pytest.fixture
def asked(phase, now):
    write(phase, anchors={2: "bp-1"}, now=now)
    write(phase, "ar", "ملخص قصير", ["ما الذي ينقصكم؟", "", ""], now=now)
    return guide.questions_of(phase.id)


def answer_form(page: str, **texts: str) -> dict[str, str]:
    versions = dict(re.findall(r'name="(version-\d+)" value="(\d+)"', page))
    return {**versions, "language": "de", "read_in": "de", **{f"answer-{n}": text for n, text in texts.items()}}


# What is asked


@pytest.mark.parametrize(("tag", "direction"), [("de", "ltr"), ("de-simple", "ltr"), ("ar", "rtl"), ("fa", "rtl")])
def test_languages_know_their_direction(tag, direction) -> None:
    assert LANGUAGES[tag].direction == direction
    assert is_german(tag) == tag.startswith("de")


def test_what_is_not_translated_stands_in_german_and_says_so(phase, asked) -> None:
    shown = guide.guide(phase.id, "ar")

    assert [question.language.tag for question in shown.questions] == ["ar", "de", "de"]
    assert shown.questions[1].text == QUESTIONS[1]
    assert [one.tag for one in shown.languages] == ["de", "ar"]
    assert guide.guide(phase.id, "xx").language.tag == "de"


@pytest.mark.parametrize(
    ("summary", "questions", "says"),
    [
        ("", QUESTIONS, "Zusammenfassung fehlt"),
        ("x" * 8_001, QUESTIONS, "zu lang: 8001 Zeichen"),
        ("Kurz.", QUESTIONS[:2], "3 bis 5 Fragen"),
        ("Kurz.", ["a", "", "c"], "3 bis 5 Fragen"),
        ("Kurz.", ["a", "b", "c" * 501], "mehr als 500 Zeichen"),
    ],
)
def test_what_a_guide_needs(phase, now, summary, questions, says) -> None:
    with pytest.raises(Implausible, match=says):
        write(phase, "de", summary, questions, now=now)
    assert guide.guide(phase.id, "de") is None


def test_german_comes_first_and_sections_must_exist(phase, now) -> None:
    with pytest.raises(NotReady, match="zuerst die deutsche"):
        write(phase, "tr", now=now)
    with pytest.raises(Implausible, match="Abschnitt"):
        write(phase, anchors={1: "gibt-es-nicht"}, now=now)


def test_two_editors_see_both_texts(phase, asked, now) -> None:
    with pytest.raises(Conflict) as refused:
        write(phase, summary="Meine Fassung.", version=0, now=now)

    assert ("Worum es geht." in refused.value.theirs, "Meine Fassung." in refused.value.mine) == (True, True)


def test_an_answered_question_keeps_its_words_and_its_translations_may_change(phase, asked, invitation, now) -> None:
    with transaction():
        answers.save(invitation, "de", {asked[0].id: Written("Mehr Räume.")}, now=now)

    with pytest.raises(NotReady, match="Auf die Frage 1 wurde schon geantwortet"):
        write(phase, questions=["Ganz anders?", *QUESTIONS[1:]], anchors={2: "bp-1"}, version=1, now=now)
    write(phase, questions=[*QUESTIONS, "Noch etwas?"], anchors={2: "bp-1"}, version=1, now=now)
    write(phase, "ar", "ملخص", ["سؤال", "", "", ""], version=1, now=now)
    assert len(guide.questions_of(phase.id)) == 4


# Answering


def test_answers_are_remarks_of_the_statement_with_their_language(phase, asked, invitation, link, client) -> None:
    page = client.get(link + "/kurz?sprache=ar").text
    assert 'lang="ar" dir="rtl">ملخص قصير' in re.sub(r"<p>|\s+(?=<)|(?<=>)\s+", "", page)
    form = answer_form(page, **{str(asked[0].id): "نحتاج إلى غرف", str(asked[1].id): "دورات"}) | {"language": "ar"}

    saved = client.post(link + "/kurz", data=form | {"act": "check"})

    assert saved.location == f"{link}/abschicken"
    said = db.session.scalars(select(Remark).order_by(Remark.position)).all()
    assert [(row.anchor, row.comment, row.language) for row in said] == [
        (None, "نحتاج إلى غرف", "ar"),
        ("bp-1", "دورات", "ar"),
    ]
    sent = client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "remarks"})
    assert "/bestaetigung/" in sent.location
    receipt = db.session.scalars(select(Receipt)).one()
    assert ("نحتاج إلى غرف" in receipt.content, '"language":"ar"' in receipt.content) == (True, True)


def test_an_answer_and_a_remark_on_the_same_passage_stand_side_by_side(phase, asked, invitation, link, client) -> None:
    remark = {"row_version": 0, "stance": "neutral", "comment": "Zum Abschnitt.", "proposed_text": ""}
    page = client.get(link + "/kurz").text
    client.post(link + "/kurz", data=answer_form(page, **{str(asked[1].id): "Kurse."}))

    assert client.post(link + "/abschnitte/bp-1", data=remark).status_code == 303
    said = db.session.scalars(select(Remark).where(Remark.anchor == "bp-1").order_by(Remark.id)).all()
    assert [row.comment for row in said] == ["Kurse.", "Zum Abschnitt."]
    assert "\nZum Abschnitt.</textarea>" in client.get(link + "/abschnitte/bp-1").text
    assert "\nKurse.</textarea>" in client.get(link + "/kurz").text
    check = client.get(link + "/abschicken").text
    assert ("Kurse." in check, "Zum Abschnitt." in check) == (True, True)


def test_an_answer_is_changed_and_taken_back(phase, asked, invitation, link, client) -> None:
    number = str(asked[0].id)
    client.post(link + "/kurz", data=answer_form(client.get(link + "/kurz").text, **{number: "Erst so."}))
    client.post(link + "/kurz", data=answer_form(client.get(link + "/kurz").text, **{number: "Dann so."}))
    assert db.session.scalars(select(Remark.comment)).all() == ["Dann so."]

    client.post(link + "/kurz", data=answer_form(client.get(link + "/kurz").text, **{number: " "}))
    assert db.session.scalars(select(Remark.comment)).all() == []


def test_two_people_who_answer_one_question_see_both_texts(phase, asked, invitation, link, client) -> None:
    other = f"/beteiligung/{shared_token_of(make_shared_link(invitation, Scope.WRITE, 'Mina Sander'))}"
    number, page = str(asked[0].id), client.get(link + "/kurz").text
    client.post(other + "/kurz", data=answer_form(page, **{number: "Text von Mina."}))

    answer = client.post(link + "/kurz", data=answer_form(page, **{number: "Mein Text."}))

    assert answer.status_code == 409
    assert ("Text von Mina." in answer.text, "\nMein Text.</textarea>" in answer.text) == (True, True)
    assert db.session.scalars(select(Remark.comment)).all() == ["Text von Mina."]
    again = client.post(link + "/kurz", data=answer_form(answer.text, **{number: "Mein Text."}))
    assert again.status_code == 303
    assert db.session.scalars(select(Remark)).one().authors == ["Mina Sander"]


@pytest.mark.parametrize(("language", "text"), [("klingonisch", "x"), ("de", "x" * 20_001)])
def test_what_cannot_be_is_refused_and_kept(phase, asked, invitation, link, client, language, text) -> None:
    form = answer_form(client.get(link + "/kurz").text, **{str(asked[0].id): text}) | {"language": language}

    answer = client.post(link + "/kurz", data=form)

    assert (answer.status_code, f"\n{text}</textarea>" in answer.text) == (422, True)
    assert queries.of_invitation(invitation.id) == []


def test_without_questions_there_is_no_short_way(invitation, link, client) -> None:
    assert client.get(link + "/kurz").status_code == 404
    assert "Kurz antworten" not in client.get(link).text


def test_the_overview_offers_it(asked, link, client) -> None:
    assert f'href="{link}/kurz"' in client.get(link).text


def test_after_handing_in_an_answer_is_changed_from_what_was_handed_in(phase, asked, invitation, link, client, now):
    with transaction():
        answers.save(invitation, "de", {asked[0].id: Written("Eins.")}, now=now)
    client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "remarks"})
    form = answer_form(client.get(link + "/kurz").text, **{str(asked[0].id): "Zwei."})

    assert client.post(link + "/kurz", data=form).status_code == 303

    texts = [row.comment for row in db.session.scalars(select(Remark).order_by(Remark.id))]
    assert texts == ["Eins.", "Zwei."]
    with pytest.raises(AnswersConflict):
        answers.save(invitation, "de", {asked[0].id: Written("Drei.", 0)}, now=now)


# The lead


def test_the_lead_writes_it_and_sees_how_it_reads(phase, lead, as_user) -> None:
    browser, base = as_user(lead), f"/verfahren/{phase.procedure_id}/beteiligung/kurz"
    assert "Noch gibt es keine Fragen." in browser.get(base).text
    form = {"row_version": 0, "summary": "Worum es geht.\r\n\r\n- eins\r\n- zwei"}
    form |= {f"question_{place}": text for place, text in enumerate(QUESTIONS, 1)}

    assert browser.post(base + "/de", data=form | {"question_3": ""}).status_code == 422
    assert browser.post(base + "/de", data=form).status_code == 303

    page = browser.get(base + "/de").text
    assert "<li>eins</li><li>zwei</li>" in page
    assert browser.post(base + "/de", data=form | {"summary": "Andere."}).status_code == 409
    arabic = {"row_version": 0, "summary": "ملخص", "question_1": "سؤال"}
    assert browser.post(base + "/ar", data=arabic).status_code == 303
    assert 'lang="ar" dir="rtl"' in browser.get(base + "/ar").text
    assert browser.get(base + "/xx").status_code == 404
    assert as_user(make_user([Role.LEAD])).get(base).status_code == 404


def test_staff_translates_and_every_translation_is_kept(phase, lead, as_user, invitation, now) -> None:
    statement = make_statement(invitation, [{"comment": "Daha çok oda.", "language": "tr"}])
    remark = db.session.scalars(select(Remark)).one()
    browser, base = as_user(lead), f"/verfahren/{phase.procedure_id}/stellungnahmen/{statement.id}"
    page = browser.get(base).text
    assert ('lang="tr"' in page, "Noch nicht übersetzt" in page) == (True, True)

    address = f"{base}/uebersetzung/{remark.id}"
    assert browser.post(address, data={"seen": 0, "text": " "}).status_code == 422
    assert browser.post(address, data={"seen": 0, "text": "Mehr Zimmer."}).status_code == 303
    assert browser.post(address, data={"seen": 0, "text": "Zu spät."}).status_code == 409
    browser.post(address, data={"seen": 1, "text": "Mehr Räume."})

    db.session.expire_all()
    assert db.session.get_one(Remark, remark.id).in_german == "Mehr Räume."
    assert db.session.scalars(select(RemarkTranslation.text).order_by(RemarkTranslation.number)).all() == [
        "Mehr Zimmer.",
        "Mehr Räume.",
    ]
    page = browser.get(base).text
    assert ("Daha çok oda." in page, f"Übersetzung von {lead.name}" in page) == (True, True)


def test_what_is_german_needs_no_translation(phase, lead, as_user, invitation) -> None:
    statement = make_statement(invitation, [{"comment": "Deutsch."}])
    remark = db.session.scalars(select(Remark)).one()
    base = f"/verfahren/{phase.procedure_id}/stellungnahmen/{statement.id}"

    assert as_user(lead).post(f"{base}/uebersetzung/{remark.id}", data={"text": "x"}).status_code == 422
    assert "Übersetzung" not in as_user(lead).get(base).text


def test_the_lead_decides_whether_names_are_shown(phase, lead, as_user, app) -> None:
    browser = as_user(lead)
    base = f"/verfahren/{phase.procedure_id}/beteiligung/namen"
    browser.post(base, data={"shows_authors": "y"})
    db.session.expire_all()
    assert db.session.get_one(type(phase), phase.id).shows_authors

    browser.post(base, data={})
    db.session.expire_all()
    assert not db.session.get_one(type(phase), phase.id).shows_authors
