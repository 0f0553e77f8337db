"""Publishing: an act with a preview, a snapshot of what left, and a public that follows when less may leave."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from ikb.accounts.model import Role
from ikb.core.redaction import BLACKENED, Span
from ikb.db import db, transaction
from ikb.errors import Conflict, NotReady
from ikb.institutions.links import token_of
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from ikb.publications import queries as public
from ikb.publications import service as publications
from ikb.publications.model import Ground, Publication, PublishedName
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from ikb.statements import publishing, redacting, service, taking_back, withdrawing
from ikb.statements.consent_model import Consent
from ikb.statements.model import Answer
from tests.factories import (
    make_institution,
    make_invitation,
    make_statement,
    make_user,
)

pytestmark = pytest.mark.usefixtures("wakeups")
SAYS = "Herr Beispiel wohnt hier."


@pytest.fixture
def statement(phase):
    invitation = make_invitation(phase, make_institution("Imkerverein"))
    return make_statement(invitation, [{"comment": SAYS}], author_name="Vera Schmidt", consents_to_name=True)


@pytest.fixture
def rule(procedure, now):
    return set_rule(procedure, now)


def set_rule(procedure, now, ground=Ground.RESOLUTION, basis="Beschluss des Rates vom 01.03.2030, Drucksache 12/2030"):
    with transaction():
        seen = public.rule_of(procedure.id).row_version
        return publications.set_rule(procedure.id, ground, basis, "", seen=seen, by=SYSTEM, now=now)


def check(statement, now):
    with transaction():
        procedure_id = statement.invitation.phase.procedure_id
        redactions.note_checked(statement.id, procedure_id=procedure_id, by=SYSTEM, now=now)


def publish(statement, now):
    procedure_id = statement.invitation.phase.procedure_id
    with transaction():
        [seen] = publishing.candidates(procedure_id, [statement])
        return publishing.publish(procedure_id, {statement.id: seen.digest}, [statement], by=SYSTEM, now=now)[0]


def black_out(statement, now, words="Herr Beispiel"):
    [remark] = statement.remarks
    at = remark.comment.index(words)
    with transaction():
        spans = [Span(at, at + len(words))]
        redacting.black_out(statement, remark, Part.COMMENT, spans, Reason.THIRD_PERSON, by=SYSTEM, now=now)


def is_public(statement):
    row = public.newest_of("statement", [statement.id]).get(statement.id)
    return row if row is not None and row.is_public else None


def test_what_is_published_is_the_redacted_text_with_the_name_of_who_agreed(statement, rule, now):
    black_out(statement, now)
    check(statement, now)

    row = publish(statement, now)

    assert row.content["remarks"][0]["comment"] == f"{BLACKENED} wohnt hier."
    assert (row.title, row.person, row.version) == ("Imkerverein", "Vera Schmidt", 1)
    assert "Vera" not in str(row.content)
    assert row.basis.startswith("Beschluss des Rates")


def test_without_a_ground_nothing_is_published(statement, procedure, now):
    check(statement, now)

    with pytest.raises(NotReady, match="keine Grundlage"):
        publish(statement, now)


def test_what_nobody_went_through_is_not_published(statement, rule, now):
    with pytest.raises(NotReady, match="noch nicht durchgesehen"):
        publish(statement, now)


def test_where_consent_is_the_ground_only_who_gave_it_is_published(phase, procedure, now):
    set_rule(procedure, now, Ground.CONSENT, "")
    yes = make_statement(make_invitation(phase), [{}], consents_to_text=True)
    no = make_statement(make_invitation(phase), [{}])
    for one in (yes, no):
        check(one, now)

    assert publish(yes, now).is_public
    with pytest.raises(NotReady, match="keine Einwilligung"):
        publish(no, now)


def test_what_changed_since_the_preview_is_not_published(statement, procedure, rule, now):
    check(statement, now)
    [seen] = publishing.candidates(procedure.id, [statement])
    black_out(statement, now)

    with pytest.raises(Conflict, match="seit Ihrer Vorschau geändert"), transaction():
        publishing.publish(procedure.id, {statement.id: seen.digest}, [statement], by=SYSTEM, now=now)


def test_published_twice_it_is_one_version(statement, rule, now):
    check(statement, now)

    assert publish(statement, now).id == publish(statement, now).id


def test_a_snapshot_cannot_be_changed_in_the_database(statement, rule, now):
    check(statement, now)
    row = publish(statement, now)

    with pytest.raises((DatabaseError, IntegrityError)), transaction():
        db.session.execute(update(Publication).where(Publication.id == row.id).values(title="anders"))


def test_more_blacked_out_is_public_at_once(statement, rule, now):
    check(statement, now)
    publish(statement, now)

    black_out(statement, now)

    assert is_public(statement).version == 2
    assert BLACKENED in is_public(statement).content["remarks"][0]["comment"]


def test_less_blacked_out_waits_for_an_act_of_its_own(statement, rule, clock):
    black_out(statement, clock())
    check(statement, clock())
    publish(statement, clock.advance(minutes=1))
    [remark] = statement.remarks
    [row] = redactions.of_remarks([remark.id])
    with transaction():
        redactions.lift(row.id, [remark.id], by=SYSTEM, now=clock.advance(minutes=1))

    black_out(statement, clock.advance(minutes=1), words="hier")

    assert is_public(statement).content["remarks"][0]["comment"] == f"{BLACKENED} wohnt {BLACKENED}."


def test_withdrawn_it_is_gone_and_the_trace_stays(statement, rule, now):
    check(statement, now)
    publish(statement, now)

    with transaction():
        publishing.withdraw(statement, by=SYSTEM, now=now)

    assert is_public(statement) is None
    assert [row.act for row in public.history_of("statement", statement.id)] == ["withdrawn", "published"]


# --- a consent is taken back ---------------------------------------------------------------------------------------------


def take_back(statement, consent, now):
    with transaction():
        return withdrawing.withdraw(statement.invitation, consent, by=SYSTEM, now=now)


def test_a_withdrawn_name_leaves_every_snapshot_and_the_public_one_is_replaced(statement, rule, clock):
    check(statement, clock())
    publish(statement, clock())
    black_out(statement, clock(), words="hier")

    take_back(statement, Consent.NAME, clock.advance(minutes=1))

    rows = public.history_of("statement", statement.id)
    assert [(row.version, row.person) for row in rows] == [(3, ""), (2, ""), (1, "")]
    assert rows[0].is_public
    assert db.session.scalars(select(PublishedName)).all() == []
    assert all("Vera" not in str(entry.facts) for entry in db.session.scalars(select(JournalEntry)))


def test_a_withdrawn_name_does_not_come_back_when_it_is_published_anew(statement, rule, clock):
    check(statement, clock())
    take_back(statement, Consent.NAME, clock())

    assert publish(statement, clock.advance(minutes=1)).person == ""


def test_a_new_consent_with_a_later_statement_holds(statement, rule, clock):
    take_back(statement, Consent.NAME, clock())
    later = make_statement(
        statement.invitation,
        [{}],
        sequence=2,
        author_name="Vera Schmidt",
        consents_to_name=True,
        submitted_at=clock.advance(days=1),
    )
    check(later, clock())

    assert publish(later, clock()).person == "Vera Schmidt"


def test_a_withdrawn_text_is_no_longer_public(phase, procedure, clock):
    set_rule(procedure, clock(), Ground.CONSENT, "")
    statement = make_statement(make_invitation(phase), [{}], consents_to_text=True)
    check(statement, clock())
    publish(statement, clock())

    take_back(statement, Consent.TEXT, clock.advance(minutes=1))

    assert is_public(statement) is None


def test_taken_back_twice_it_is_once(statement, now):
    assert len(take_back(statement, Consent.NAME, now)) == 1
    assert take_back(statement, Consent.NAME, now) == []


# --- pages ---------------------------------------------------------------------------------------------------------------


def test_a_lead_goes_through_a_statement_blacks_out_and_publishes(as_user, lead, client, statement, procedure, rule):
    browser = as_user(lead)
    here = f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}"
    [remark] = statement.remarks

    browser.post(f"{here}/schwaerzen/{remark.id}/comment", data={"words": "Herr Beispiel", "reason": "third_person"})
    browser.post(f"{here}/schwaerzen/fertig")
    preview = browser.get(f"/verfahren/{procedure.id}/veroeffentlichung/vorschau?stellungnahme={statement.id}").text
    assert "Herr Beispiel" not in preview
    seen = re.search(r'name="seen" value="([^"]+)"', preview)[1]
    browser.post(f"/verfahren/{procedure.id}/veroeffentlichung/veroeffentlichen", data={"seen": seen})

    answer = client.get(f"/vorhaben/{procedure.id}/stellungnahmen/{statement.number}")
    assert "Vera Schmidt" in answer.text
    assert "Herr Beispiel" not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=120"
    listed = client.get(f"/vorhaben/{procedure.id}/stellungnahmen.json").json
    assert [one["institution"] for one in listed["statements"]] == ["Imkerverein"]


def test_a_selection_is_blacked_out_where_it_stands_and_nowhere_else(as_user, lead, phase, procedure):
    statement = make_statement(make_invitation(phase), [{"comment": "Amt 😀 Amt"}])
    [remark] = statement.remarks
    address = f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}/schwaerzen/{remark.id}/comment"

    as_user(lead).post(address, data={"words": "Amt", "start": 6, "end": 9, "reason": "person"})

    assert [(row.start, row.end) for row in redactions.of_remarks([remark.id])] == [(6, 9)]


def test_words_that_are_not_there_are_refused_and_stay_typed(as_user, lead, statement, procedure):
    [remark] = statement.remarks
    address = f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}/schwaerzen/{remark.id}/comment"

    answer = as_user(lead).post(address, data={"words": "Frau Anders", "reason": "person"})

    assert answer.status_code == 422
    assert "stehen nicht im Text" in answer.text
    assert "Frau Anders</textarea>" in answer.text


def test_suggestions_are_taken_up_and_taken_back(as_user, lead, phase, procedure):
    statement = make_statement(make_invitation(phase), [{"comment": "Schreiben Sie an vera@verein.example.org!"}])
    browser, here = as_user(lead), f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}/schwaerzen"
    value = re.search(r'name="chosen" value="([^"]+)" checked', browser.get(here).text)[1]

    browser.post(f"{here}/vorschlaege", data={"chosen": value, "reason": "person"})
    [row] = redactions.of_remarks([statement.remarks[0].id])
    browser.post(f"{here}/aufheben", data={"redaction": row.id})

    assert redactions.of_remarks([statement.remarks[0].id]) == []


def test_what_was_blacked_out_before_is_suggested_again_in_the_next_statement(phase, now):
    invitation = make_invitation(phase)
    first = make_statement(invitation, [{"comment": SAYS}])
    black_out(first, now)

    second = make_statement(invitation, [{"comment": "Noch einmal: Herr Beispiel."}], sequence=2)

    assert [one.words for one in redacting.go_through(second).proposed] == ["Herr Beispiel"]


def test_names_that_are_known_are_suggested_whoever_wrote_them(phase):
    said = [{"comment": "Öztürk, Kaya und Schmidt", "authors": ["Emine Öztürk"]}]
    statement = make_statement(make_invitation(phase), said, author_name="Vera Schmidt")

    assert [one.words for one in redacting.go_through(statement).proposed] == ["Öztürk", "Schmidt"]


@pytest.mark.parametrize("page", ["schwaerzen", "veroeffentlicht"])
def test_somebody_elses_statement_is_not_there(as_user, statement, procedure, page):
    stranger = as_user(make_user([Role.LEAD]))

    assert stranger.get(f"/verfahren/{procedure.id}/stellungnahmen/{statement.id}/{page}").status_code == 404


def test_a_ground_must_be_cited(as_user, lead, procedure):
    address = f"/verfahren/{procedure.id}/veroeffentlichung/grundlage"

    answer = as_user(lead).post(address, data={"ground": "statute", "basis": " ", "row_version": 0})

    assert answer.status_code == 422
    assert "Nennen Sie die Grundlage genau" in answer.text
    assert public.rule_of(procedure.id).ground == "none"


def test_two_people_at_the_ground_the_second_gets_both_texts(as_user, lead, procedure, rule):
    address = f"/verfahren/{procedure.id}/veroeffentlichung/grundlage"

    answer = as_user(lead).post(address, data={"ground": "statute", "basis": "§ 1 der Satzung", "row_version": 0})

    assert answer.status_code == 409
    assert "Drucksache 12/2030" in answer.text
    assert "§ 1 der Satzung" in answer.text


@pytest.mark.parametrize(
    ("ground", "told", "asked"),
    [
        (Ground.NONE, "wird nicht veröffentlicht", []),
        (Ground.RESOLUTION, "Beschluss des Rates vom 01.03.2030", ["consents_to_name"]),
        (Ground.CONSENT, "nur veröffentlicht, wenn Sie einwilligen", ["consents_to_text", "consents_to_name"]),
    ],
)
def test_before_handing_in_the_ground_is_told_and_no_consent_is_ticked(
    client, phase, procedure, now, ground, told, asked
):
    if ground != Ground.NONE:
        set_rule(procedure, now, ground)
    invitation = make_invitation(phase)

    page = client.get(f"/beteiligung/{token_of(invitation)}/ohne-anmerkungen?antwort=agrees").text

    assert told in page
    assert re.findall(r'name="(consents_to_\w+)"', page) == asked
    assert "checked" not in page


def test_behind_the_link_a_consent_is_withdrawn_and_the_public_page_follows(client, statement, procedure, rule, now):
    check(statement, now)
    publish(statement, now)
    link = f"/beteiligung/{token_of(statement.invitation)}"
    address = f"/vorhaben/{procedure.id}/stellungnahmen/{statement.number}"
    assert "Vera Schmidt" in client.get(address).text
    assert "Einwilligung zum Namen widerrufen" in client.get(f"{link}/veroeffentlichung").text

    told = client.post(f"{link}/einwilligung/widerrufen", data={"consent": "name"}, follow_redirects=True).text

    assert "Ihre Einwilligung ist widerrufen" in told
    assert "Vera Schmidt" not in client.get(address).text
    assert "Imkerverein" in client.get(address).text


def test_what_is_not_published_has_no_public_page(client, statement, procedure, rule):
    assert client.get(f"/vorhaben/{procedure.id}/stellungnahmen/{statement.number}").status_code == 404
    assert "Noch ist nichts veröffentlicht" in client.get(f"/vorhaben/{procedure.id}/stellungnahmen").text


def test_the_list_costs_no_more_queries_for_forty(as_user, lead, phase, procedure, rule, count_queries):
    browser, counts = as_user(lead), []
    for many in (2, 38):
        for _ in range(many):
            make_statement(make_invitation(phase), [{}, {}])
        with count_queries() as seen:
            assert browser.get(f"/verfahren/{procedure.id}/veroeffentlichung").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("act", ["withdrawn", "replaced"])
def test_what_its_institution_withdraws_or_replaces_is_not_public_any_more(statement, rule, now, act):
    check(statement, now)
    publish(statement, now)
    with transaction():
        if act == "withdrawn":
            taking_back.withdraw(statement.invitation, statement.number, now=now)
        else:
            service.submit(statement.invitation, uuid4(), Answer.AGREES, now=now)

    assert is_public(statement) is None
    entries = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "publication withdrawn"))
    assert [entry.facts["reason"] for entry in entries] == [f"statement {act}"]
