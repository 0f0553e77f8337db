"""Behind the link: without an account, without scripts, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.core.names import sort_key
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Stance, Wish
from ikb.remarks.service import Said
from ikb.statements import queries, service
from ikb.statements.model import Answer, Receipt, Statement, StatementState
from tests.factories import (
    MADE_AT,
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_statement,
    make_user,
    make_version,
)

pytestmark = pytest.mark.usefixtures("wakeups")
BP1 = "Die Stadt Musterau beschließt das Konzept als Grundlage ihrer Arbeit."


@pytest.fixture
def invitation(app: Flask) -> Invitation:
    return make_invitation(institution=make_institution("Kulturverein Morgenstern"))


@pytest.fixture
def link(invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def remark(**values: object) -> dict[str, object]:
    return {"row_version": 0, "stance": "neutral", "comment": "", "proposed_text": ""} | values


def stored(invitation: Invitation) -> list[tuple[str | None, str | None, str, str, str]]:
    draft = next(row for row in queries.of_invitation(invitation.id) if row.state == StatementState.DRAFT)
    return [
        (row.anchor, row.stance, row.comment, row.wish, row.proposed_text)
        for row in remark_queries.of_statement(draft.id)
    ]


def state_of(invitation: Invitation) -> str:
    db.session.expire_all()
    return db.session.get_one(Invitation, invitation.id).state


# Coming in

PAGES = ["", "/abschnitte", "/abschnitte/bp-1", "/allgemein", "/ohne-anmerkungen", "/abschicken"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_for_whom_about_what_until_when(invitation, link, client, page) -> None:
    answer = client.get(link + page)

    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ("Kulturverein Morgenstern", "Noch 25 Tage · bis Fr., 28.06.2030, 24 Uhr", "Fassung 1"):
        assert words in answer.text


@pytest.mark.parametrize("page", [*PAGES, "/bestaetigung/E-2030-000001"])
def test_a_wrong_link_gets_a_page_that_helps(app: Flask, client, page) -> None:
    answer = client.get(f"/beteiligung/{'a' * 32}{page}")

    assert answer.status_code == 404
    assert "Dieser Link gilt nicht" in answer.text
    assert "Link schicken" in answer.text


@pytest.mark.parametrize("page", ["/abschnitte/bp-1", "/allgemein", "/abschicken", "/noch-einmal"])
def test_nothing_is_taken_through_a_wrong_link(app: Flask, client, page) -> None:
    data = remark(comment="x") | {"key": str(uuid4()), "answer": "agrees"}

    assert client.post(f"/beteiligung/{'a' * 32}{page}", data=data).status_code == 404


def test_the_first_visit_is_noted_once_and_a_glance_is_none(invitation, link, client) -> None:
    client.head(link)
    assert state_of(invitation) == InvitationState.INVITED

    client.get(link)
    first = db.session.get_one(Invitation, invitation.id).opened_at
    client.get(link + "/abschnitte")

    assert state_of(invitation) == InvitationState.OPENED
    assert db.session.get_one(Invitation, invitation.id).opened_at == first


def test_a_form_without_the_token_against_forgery_is_refused(link, client, invitation) -> None:
    assert client.post(link + "/abschnitte/bp-1", data=remark(comment="x"), csrf=False).status_code == 400


@pytest.mark.parametrize("address", ["bekannt", "fremd@example.org"])
def test_a_new_link_is_answered_the_same_for_everybody(invitation, client, address) -> None:
    wanted = invitation.institution.email if address == "bekannt" else address

    answer = client.post("/beteiligung/neuer-link", data={"email": wanted})

    sent = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.recipient == wanted))
    assert answer.status_code == 200
    assert answer.text.replace(wanted, "…").count("Wenn wir … eingeladen haben") == 1
    assert sent == (1 if address == "bekannt" else 0)


def test_the_form_for_a_new_link_keeps_what_was_typed(client) -> None:
    answer = client.post("/beteiligung/neuer-link", data={"email": "verein"})

    assert (answer.status_code, 'value="verein"' in answer.text) == (422, True)
    assert "keine vollständige E-Mail-Adresse" in answer.text
    assert client.get("/beteiligung/neuer-link").status_code == 200


# Reading and writing


def test_a_remark_is_saved_and_one_comes_back_to_its_passage(invitation, link, client) -> None:
    answer = client.post(link + "/abschnitte/bp-1", data=remark(stance="support", comment="Gut so.\r\nWeiter!"))

    assert (answer.status_code, answer.location) == (303, f"{link}/abschnitte?kapitel=1#bp-1")
    assert stored(invitation) == [("bp-1", "support", "Gut so.\nWeiter!", "", "")]
    page = client.get(answer.location).text
    assert "Gespeichert um 10:00 Uhr." in page
    assert "Ihr Entwurf hat <span data-total>1 Anmerkung</span>, zuletzt gespeichert am 03.06.2030, 10:00 Uhr" in page
    assert state_of(invitation) == InvitationState.DRAFTED


def test_a_proposed_wording_is_shown_as_the_council_would_read_it(invitation, link, client) -> None:
    page = client.get(link + "/abschnitte").text
    assert f"\n{BP1}</textarea>" in page

    client.post(link + "/abschnitte/bp-1", data=remark(proposed_text=BP1.replace("Konzept", "Programm")))

    page = client.get(link + "/abschnitte").text
    assert re.search(r"<del[^>]*>.*?Konzept.*?</del>", page)
    assert re.search(r"<ins[^>]*>.*?Programm.*?</ins>", page)
    assert stored(invitation)[0][3] == Wish.REPLACE


def test_an_unchanged_wording_is_told(invitation, link, client) -> None:
    alone = client.post(link + "/abschnitte/bp-1", data=remark(stance="", proposed_text=BP1))
    assert "Ihre Formulierung ist dieselbe wie im Entwurf." in client.get(alone.location).text

    answer = client.post(link + "/abschnitte/bp-1", data=remark(comment="Nur das.", proposed_text=BP1))
    assert "Gespeichert um" in client.get(answer.location).text
    assert stored(invitation) == [("bp-1", "neutral", "Nur das.", "", "")]


def test_a_passage_can_be_wished_away_and_a_remark_taken_back(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-2", data=remark(wish="delete", proposed_text="gleichgültig"))
    assert stored(invitation) == [("bp-2", "neutral", "", "delete", "")]

    client.post(link + "/abschnitte/bp-2", data=remark(row_version=1, act="remove", comment="egal"))
    assert stored(invitation) == []


def test_a_wish_for_a_new_passage_is_shown_where_it_belongs_and_can_be_taken_back(invitation, link, client) -> None:
    with transaction():
        said = Said(wish=Wish.INSERT_AFTER, proposed_text="Jedes Amt nennt eine Person.")
        kept = service.save_remark(invitation, "bp-2", said, row_version=0, now=MADE_AT).remark
    client.post(link + "/abschnitte/bp-2", data=remark(comment="Dazu noch dies."))
    page = client.get(link + "/abschnitte").text
    assert (
        page.rindex("Die Ziele nach Anlage 2") < page.index("Jedes Amt nennt") < page.rindex("Mehr Sprachförderung in")
    )

    address = f"{link}/ergaenzungen/{kept.id}/loeschen"
    assert client.post(address, data={"row_version": 7, "anchor": "bp-2"}).status_code == 409
    client.post(address, data={"row_version": 1, "anchor": "bp-2"})
    again = client.post(address, data={"row_version": 1, "anchor": "bp-2"})

    assert again.status_code == 303
    assert stored(invitation) == [("bp-2", "neutral", "Dazu noch dies.", "", "")]


def test_nobody_takes_back_what_others_wish(invitation, link, client) -> None:
    theirs = make_invitation(invitation.phase)
    with transaction():
        said = Said(wish=Wish.INSERT_AFTER, proposed_text="Jedes Amt nennt eine Person.")
        kept = service.save_remark(theirs, "bp-2", said, row_version=0, now=MADE_AT).remark

    client.post(f"{link}/ergaenzungen/{kept.id}/loeschen", data={"row_version": 1, "anchor": "bp-2"})

    assert [row[3] for row in stored(theirs)] == ["insert_after"]


def test_a_remark_on_the_whole_document(invitation, link, client) -> None:
    answer = client.post(link + "/allgemein", data=remark(comment="Zum Ganzen."))

    assert answer.location == f"{link}/abschnitte?kapitel=1#allgemein"
    assert stored(invitation) == [(None, "neutral", "Zum Ganzen.", "", "")]


def test_a_text_that_is_too_long_is_refused_with_every_letter_kept(invitation, link, client) -> None:
    text = "ä" * 20_001

    answer = client.post(link + "/abschnitte/bp-1", data=remark(stance="oppose", comment=text))

    assert answer.status_code == 422
    assert "20.001 Zeichen, erlaubt sind 20.000" in answer.text
    assert text in answer.text
    assert re.search(r'value="oppose" checked', answer.text)
    assert 'aria-invalid="true" aria-describedby="comment-bp-1-error"' in answer.text
    assert queries.of_invitation(invitation.id) == []


def test_a_stance_that_there_is_not_is_refused(link, client, invitation) -> None:
    answer = client.post(link + "/abschnitte/bp-1", data=remark(stance="begeistert", comment="Mein Text"))

    assert (answer.status_code, "Mein Text" in answer.text) == (422, True)


@pytest.mark.parametrize("version", ["", "abc"])
def test_a_form_without_its_version_is_refused_and_kept(link, client, invitation, version) -> None:
    answer = client.post(link + "/abschnitte/bp-1", data=remark(row_version=version, comment="Mein Text"))

    assert (answer.status_code, "Mein Text" in answer.text) == (422, True)


def test_two_devices_see_both_texts_and_decide(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="vom Telefon"))

    answer = client.post(link + "/abschnitte/bp-1", data=remark(comment="vom Rechner"))

    assert answer.status_code == 409
    assert "Inzwischen gespeichert" in answer.text
    assert "vom Telefon" in answer.text
    assert "\nvom Rechner</textarea>" in answer.text
    again = remark(row_version=hidden(answer.text, "row_version"), comment="vom Rechner")
    assert client.post(link + "/abschnitte/bp-1", data=again).status_code == 303
    assert [row[2] for row in stored(invitation)] == ["vom Rechner"]


def test_saving_by_itself_answers_when_and_which_version(invitation, link, client) -> None:
    headers = {"X-Autosave": "1", "Accept": "application/json"}

    first = client.post(link + "/abschnitte/bp-1", data=remark(comment="eins"), headers=headers)
    stale = client.post(link + "/abschnitte/bp-1", data=remark(comment="zwei"), headers=headers)
    wrong = client.post(link + "/abschnitte/bp-1", data=remark(row_version="x"), headers=headers)
    long = client.post(link + "/abschnitte/bp-1", data=remark(row_version=1, comment="x" * 20_001), headers=headers)

    stored_now = {"stance": "neutral", "comment": "eins", "wish": "", "text": ""}
    assert first.get_json() == {
        "saved_at": "10:00 Uhr",
        "remarks": "1 Anmerkung",
        "count": 1,
        "row_version": 1,
        "stored": stored_now,
    }
    both = stale.get_json()
    assert (stale.status_code, both["theirs"], both["mine"]) == (409, "eins", "zwei")
    assert (both["row_version"], both["stored"]) == (1, stored_now)
    assert (wrong.status_code, long.status_code) == (422, 422)
    assert "20.001" in long.get_json()["message"]


def test_a_passage_that_is_not_there(link, client, invitation) -> None:
    assert client.get(link + "/abschnitte/zz-9").status_code == 404
    assert client.post(link + "/abschnitte/zz-9", data=remark(comment="x")).status_code == 404


def test_what_people_write_stays_text(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="</textarea><script>x</script>"))

    for page in ("/abschnitte", "/abschicken"):
        assert "<script>x" not in client.get(link + page).text


def long_invitation(sections: int, remarks: int = 0) -> Invitation:
    rows = [(f"s{n}", "paragraph", str(n), None, f"Abschnitt {n} mit etwas Text.") for n in range(sections)]
    found = make_invitation(make_phase(make_version(sections=rows)), state=InvitationState.DRAFTED)
    make_statement(found, [{"anchor": f"s{n}"} for n in range(remarks)], submitted=False)
    return found


def test_a_page_of_a_long_draft_stays_light(app: Flask, client, count_queries) -> None:
    def visit(sections: int, remarks: int) -> tuple[int, str]:
        link = f"/beteiligung/{token_of(long_invitation(sections, remarks))}/abschnitte?kapitel=2"
        db.session.expunge_all()
        with count_queries() as seen:
            answer = client.get(link)
        return len(seen), answer.text

    few, _ = visit(60, 1)
    many, page = visit(600, 400)

    assert few == many <= 8
    assert page.count("<textarea") == 81  # 40 passages with two fields, one for the whole document
    assert page.count("<option") == 15
    assert len(page) < 400_000


@pytest.mark.parametrize("chapter", ["0", "-1", "99", "x", "", "²"])
def test_a_chapter_that_is_not_there_is_the_nearest(app: Flask, client, chapter) -> None:
    assert client.get(f"/beteiligung/{token_of(long_invitation(60))}/abschnitte?kapitel={chapter}").status_code == 200


def test_a_draft_without_sections_says_so(app: Flask, client) -> None:
    invitation = make_invitation(make_phase(make_version(sections=())))

    assert "keine Abschnitte" in client.get(f"/beteiligung/{token_of(invitation)}/abschnitte").text


def test_saving_on_the_second_page_comes_back_to_the_second_page(app: Flask, client) -> None:
    link = f"/beteiligung/{token_of(long_invitation(60))}"

    assert (
        client.post(link + "/abschnitte/s50", data=remark(comment="x")).location == f"{link}/abschnitte?kapitel=2#s50"
    )


# Submitting


def submit_form(link: str, client, **values: object):
    page = client.get(link + "/abschicken").text
    return client.post(link + "/abschicken", data={"key": hidden(page, "key"), "answer": "remarks"} | values)


def test_everything_is_checked_then_sent_and_proved(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(stance="support", comment="Gut so."))
    page = client.get(link + "/abschicken").text
    assert "Gut so." in page
    assert f'href="{link}/abschnitte/bp-1"' in page
    assert "Ihre Stellungnahme wird nicht veröffentlicht" in page
    assert "checked" not in page

    answer = submit_form(link, client, author_name="Frau Beispiel")

    number = f"E-2030-{invitation.id:06d}"
    assert (answer.status_code, answer.location) == (303, f"{link}/bestaetigung/{number}")
    receipt = db.session.scalars(select(Receipt).where(Receipt.number == number)).one()
    proof = client.get(answer.location).text
    for words in (number, receipt.sha256, "Montag, 3. Juni 2030, 10:00 Uhr", "(Berliner Zeit)", "rechtzeitig"):
        assert words in proof
    assert 'datetime="2030-06-03T10:00:00+02:00"' in proof
    assert number in client.get(link).text
    assert state_of(invitation) == InvitationState.SUBMITTED


def test_sent_twice_it_is_one_statement_and_the_same_receipt(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="einmal"))
    form = {"key": str(uuid4()), "answer": "remarks"}

    first, second = (client.post(link + "/abschicken", data=form) for _ in range(2))

    assert first.location == second.location
    assert db.session.scalar(select(func.count()).where(Statement.invitation_id == invitation.id)) == 1


@pytest.mark.parametrize("key", ["", "kein-schluessel"])
@pytest.mark.parametrize("answer", ["remarks", "agrees", "wunderbar"])
def test_a_form_without_a_proper_key_sends_nothing_and_keeps_the_name(invitation, link, client, key, answer) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="bleibt"))
    form = {"key": key, "answer": answer, "author_name": "Frau Beispiel"}

    refused = client.post(link + "/abschicken", data=form)

    assert (refused.status_code, 'value="Frau Beispiel"' in refused.text) == (422, True)
    assert len(stored(invitation)) == 1


def test_an_empty_statement_is_not_sent(invitation, link, client) -> None:
    answer = client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "remarks"})

    assert answer.status_code == 422
    assert "hat noch keine Anmerkung" in answer.text


def test_a_name_that_is_too_long_is_refused_and_kept(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="x"))

    answer = submit_form(link, client, author_name="n" * 201)

    assert (answer.status_code, "n" * 201 in answer.text) == (422, True)


@pytest.mark.parametrize("answer", ["agrees", "no_remarks", "not_concerned"])
def test_an_answer_without_remarks_is_confirmed_once(invitation, link, client, answer) -> None:
    page = client.get(link + "/ohne-anmerkungen").text
    assert "checked" not in page
    page = client.get(link + f"/ohne-anmerkungen?antwort={answer}").text
    assert state_of(invitation) == InvitationState.OPENED

    sent = client.post(link + "/abschicken", data={"key": hidden(page, "key"), "answer": hidden(page, "answer")})

    assert sent.status_code == 303
    assert state_of(invitation) == answer
    assert "Ihre Antwort ist eingegangen." in client.get(sent.location).text


@pytest.mark.parametrize("answer", ["", "remarks", "wunderbar"])
def test_none_of_the_three_is_asked_again(invitation, link, client, answer) -> None:
    page = client.get(link + f"/ohne-anmerkungen?antwort={answer}")

    assert (page.status_code, "Bitte prüfen Sie Ihre Angaben" in page.text) == (422, True)


def test_a_short_answer_says_that_a_draft_stays_behind(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="x"))

    page = client.get(link + "/ohne-anmerkungen?antwort=agrees").text

    assert "Ihr Entwurf mit 1 Anmerkung wird nicht mitgeschickt." in page


def test_a_statement_is_replaced_until_the_deadline(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="erste"))
    submit_form(link, client)

    assert client.post(link + "/noch-einmal").status_code == 303
    assert stored(invitation)[0][2] == "erste"
    client.post(link + "/abschnitte/bp-1", data=remark(row_version=1, comment="zweite"))
    second = submit_form(link, client)

    assert second.location.endswith("-2")
    page = client.get(link).text
    assert "durch eine spätere ersetzt" in page


def test_after_the_deadline_the_page_says_so_and_still_takes_it(invitation, link, client, clock) -> None:
    clock.advance(days=26)
    page = client.get(link).text
    assert "Die Frist ist vorbei." in page
    client.post(link + "/abschnitte/bp-1", data=remark(comment="spät"))

    proof = client.get(submit_form(link, client).location).text

    assert "verspätet: gespeichert und vermerkt" in proof
    assert "Noch einmal ändern" not in proof
    assert client.post(link + "/noch-einmal").status_code == 409


def test_an_extended_deadline_is_the_one_that_is_shown(app: Flask, client) -> None:
    invitation = make_invitation(extended_until=date(2030, 7, 8))

    assert "Montag, 8. Juli 2030, 24 Uhr" in client.get(f"/beteiligung/{token_of(invitation)}").text


def test_a_receipt_of_somebody_else_does_not_exist(invitation, link, client) -> None:
    other = make_invitation(invitation.phase)
    foreign = f"/beteiligung/{token_of(other)}"
    page = client.get(foreign + "/ohne-anmerkungen?antwort=agrees").text
    sent = client.post(foreign + "/abschicken", data={"key": hidden(page, "key"), "answer": "agrees"})
    number = sent.location.rsplit("/", 1)[1]

    assert client.get(f"{foreign}/bestaetigung/{number}").status_code == 200
    assert client.get(f"{link}/bestaetigung/{number}").status_code == 404


def test_a_statement_of_400_remarks_and_100_000_characters(app: Flask, client) -> None:
    rows = [(f"s{n}", "paragraph", str(n), None, f"Abschnitt {n}.") for n in range(400)]
    invitation = make_invitation(make_phase(make_version(sections=rows)))
    make_statement(invitation, [{"anchor": f"s{n}", "comment": "ü" * 250} for n in range(400)], submitted=False)
    link = f"/beteiligung/{token_of(invitation)}"

    page = client.get(link + "/abschicken").text
    answer = submit_form(link, client)

    assert "400 Anmerkungen" in page
    assert "1 bis 100 von 400 Anmerkungen" in page
    assert answer.status_code == 303
    receipt = db.session.scalars(select(Receipt).where(Receipt.number == answer.location.rsplit("/", 1)[1])).one()
    assert receipt.content.count("ü") == 100_000


def test_submitting_takes_at_most_ten_queries_at_the_door(invitation, link, client, count_queries) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="x"))
    db.session.expunge_all()

    with count_queries() as seen:
        answer = client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "remarks"})

    assert answer.status_code == 303
    assert len(seen) <= 10


# The lead's pages


@pytest.fixture
def lead(app: Flask):
    return make_user([Role.LEAD])


def led_phase(lead):
    return make_phase(make_version(make_draft(make_procedure([lead]))))


def test_the_lead_reads_what_came_in_and_no_draft(lead, as_user) -> None:
    phase = led_phase(lead)
    said = [{"comment": "Gut.", "stance": Stance.SUPPORT}, {"wish": Wish.DELETE, "anchor": "bp-2"}]
    statement = make_statement(make_invitation(phase, make_institution("Kulturverein")), said)
    draft = make_statement(make_invitation(phase, make_institution("Noch nicht fertig")), said, submitted=False)
    browser, base = as_user(lead), f"/verfahren/{phase.procedure_id}/stellungnahmen"

    page = browser.get(base).text
    assert "Kulturverein" in page
    assert "Noch nicht fertig" not in page
    detail = browser.get(f"{base}/{statement.id}").text
    assert "Gut." in detail
    assert "Wunsch: Abschnitt streichen." in detail
    assert browser.get(f"{base}/{draft.id}").status_code == 404
    assert "noch nichts eingegangen" in browser.get(f"{base}?antwort=agrees").text
    assert "Kulturverein" in browser.get(f"{base}?institution={statement.invitation.institution_id}").text


def test_what_was_replaced_stands_apart(lead, as_user) -> None:
    phase = led_phase(lead)
    old = make_statement(make_invitation(phase, make_institution("Alter Stand")), state=StatementState.REPLACED)
    make_statement(make_invitation(phase, make_institution("Neuer Stand")))
    browser, base = as_user(lead), f"/verfahren/{phase.procedure_id}/stellungnahmen"

    shown = {page: browser.get(base + page).text for page in ("", "?stand=ersetzt")}

    assert ("Alter Stand" in shown[""], "Neuer Stand" in shown[""]) == (False, True)
    assert ("Alter Stand" in shown["?stand=ersetzt"], "Neuer Stand" in shown["?stand=ersetzt"]) == (True, False)
    assert "Alter Stand" in browser.get(f"{base}?institution={old.invitation.institution_id}").text


def test_another_lead_learns_nothing(lead, as_user) -> None:
    statement = make_statement(make_invitation(led_phase(lead)))
    base = f"/verfahren/{statement.invitation.phase.procedure_id}/stellungnahmen"
    stranger = as_user(make_user([Role.LEAD]))
    own = led_phase(lead).procedure_id

    assert stranger.get(base).status_code == 404
    assert stranger.get(f"{base}/{statement.id}").status_code == 404
    assert as_user(lead).get(f"/verfahren/{own}/stellungnahmen/{statement.id}").status_code == 404
    assert as_user(make_user([Role.SECRETARY])).get(base).status_code == 403


def many_statements(phase, count: int) -> None:
    from sqlalchemy import insert

    with transaction():
        institutions = [make_row(number, phase) for number in range(count)]
        db.session.execute(insert(Invitation.institution.property.mapper.class_), [row[0] for row in institutions])
        first = db.session.scalar(select(func.max(Invitation.institution.property.mapper.class_.id))) - count + 1
        db.session.execute(
            insert(Invitation),
            [{"phase_id": phase.id, "institution_id": first + n, "state": "submitted"} for n in range(count)],
        )
        one = db.session.scalar(select(func.max(Invitation.id))) - count + 1
        db.session.execute(
            insert(Statement), [row[1] | {"invitation_id": one + n} for n, row in enumerate(institutions)]
        )


def make_row(number: int, phase) -> tuple[dict[str, object], dict[str, object]]:
    name = f"Masse {phase.id}-{number}"
    at = phase.opened_at
    institution = {
        "number": 10**6 + phase.id * 20_000 + number,
        "name": name,
        "sort_key": sort_key(name),
        "kind": "club",
        "created_at": at,
    }
    statement = {
        "state": StatementState.SUBMITTED,
        "answer": Answer.REMARKS,
        "created_at": at,
        "changed_at": at,
        "submitted_at": at + timedelta(seconds=number),
        "number": f"M-{phase.id}-{number}",
    }
    return institution, statement


def test_the_lists_take_at_most_six_queries_for_100_as_for_2_000_statements(lead, as_user, count_queries) -> None:
    browser = as_user(lead)

    def queries_for(count: int, page: str) -> int:
        address = f"/verfahren/{phases[count].procedure_id}/{page}"
        with count_queries() as seen:
            answer = browser.get(address)
        assert answer.status_code == 200
        return len(seen)

    phases = {count: led_phase(lead) for count in (100, 2_000)}
    for count, phase in phases.items():
        many_statements(phase, count)

    for page in (
        "stellungnahmen",
        "stellungnahmen?seite=4",
        "beteiligung",
        "beteiligung?filter=submitted&suche=masse",
        "beteiligung?filter=submitted&suche=massse",
    ):
        assert queries_for(100, page) == queries_for(2_000, page) <= 6


def test_a_passage_left_empty_before_handing_in_shows_both_texts_and_is_then_saved(invitation, link, client) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="eingereicht"))
    client.post(link + "/abschnitte/bp-2", data=remark(comment="bleibt"))
    submit_form(link, client)

    answer = client.post(link + "/abschnitte/bp-1", data=remark(comment="aus dem alten Fenster"))

    assert answer.status_code == 409
    assert '<p class="as-written">eingereicht</p>' in answer.text
    assert "\naus dem alten Fenster</textarea>" in answer.text
    again = remark(row_version=hidden(answer.text, "row_version"), comment="aus dem alten Fenster")
    assert client.post(link + "/abschnitte/bp-1", data=again).status_code == 303
    assert [row[2] for row in stored(invitation)] == ["aus dem alten Fenster", "bleibt"]


def test_after_the_deadline_an_old_window_is_told_whom_to_call_and_keeps_its_text(
    invitation, link, client, clock
) -> None:
    client.post(link + "/abschnitte/bp-1", data=remark(comment="eingereicht"))
    submit_form(link, client)
    clock.advance(days=26)

    answer = client.post(link + "/abschnitte/bp-1", data=remark(row_version=1, comment="noch ein Satz"))

    assert answer.status_code == 409
    assert "Ihre Stellungnahme bleibt, wie sie ist" in answer.text
    assert "\nnoch ein Satz</textarea>" in answer.text


# Wishes for the text, and what the script asks for

SCRIPT = {"X-Autosave": "1", "Accept": "application/json"}
WISHES = [
    ({"wish": "delete"}, ("delete", ""), "Der ganze Abschnitt fällt weg:"),
    ({"wish": "replace", "proposed_text": "Anders."}, ("replace", "Anders."), "So sieht Ihre Änderung aus:"),
    ({"wish": "replace", "proposed_text": f" {BP1} "}, ("", ""), "Noch ist nichts geändert."),
    ({"wish": "replace", "proposed_text": ""}, ("", ""), "Noch ist nichts geändert."),
]


@pytest.mark.parametrize(("fields", "kept", "words"), WISHES)
def test_a_wish_is_shown_stored_and_shown_again(invitation, link, client, fields, kept, words) -> None:
    shown = client.post(link + "/abschnitte/bp-1/aenderung", data=remark(**fields))
    assert (shown.status_code, words in shown.text) == (200, True)
    assert queries.of_invitation(invitation.id) == []

    client.post(link + "/abschnitte/bp-1", data=remark(**fields))

    assert [row[3:] for row in stored(invitation)] == [kept]
    assert words in client.get(link + "/abschnitte/bp-1").text


@pytest.mark.parametrize("fields", [{"wish": "zaubern", "proposed_text": "x"}, {"proposed_text": "x" * 20_001}])
def test_a_wish_that_cannot_be_is_refused_where_it_is_stored_and_harmless_where_it_is_shown(
    invitation, link, client, fields
) -> None:
    refused = client.post(link + "/abschnitte/bp-1", data=remark(comment="Mein Text", **fields))
    assert (refused.status_code, "Mein Text" in refused.text) == (422, True)

    assert "Noch ist nichts geändert." in client.post(link + "/abschnitte/bp-1/aenderung", data=remark(**fields)).text


def test_a_change_can_be_looked_at_without_saving_it(invitation, link, client) -> None:
    answer = client.post(link + "/abschnitte/bp-1", data=remark(act="preview", proposed_text="Anders."))

    assert (answer.status_code, "Noch nicht gespeichert." in answer.text) == (200, True)
    assert re.search(r"<ins[^>]*>.*?Anders.*?</ins>", answer.text)
    assert "\nAnders.</textarea>" in answer.text
    assert queries.of_invitation(invitation.id) == []


def test_a_page_whose_token_has_expired_gets_another_and_saves(invitation, link, client) -> None:
    expired = client.post(link + "/abschnitte/bp-1", data=remark(comment="x"), headers=SCRIPT, csrf=False)
    assert (expired.status_code, expired.get_json()["code"]) == (400, "form_expired")

    token = client.get(link + "/formular").get_json()["csrf_token"]

    data = remark(comment="x", csrf_token=token)
    assert client.post(link + "/abschnitte/bp-1", data=data, headers=SCRIPT, csrf=False).status_code == 200
    assert client.get(f"/beteiligung/{'a' * 32}/formular").status_code == 404


def test_a_conflict_with_a_remark_that_is_gone_says_so_to_the_script(invitation, link, client) -> None:
    answer = client.post(link + "/abschnitte/bp-1", data=remark(row_version=3, comment="meins"), headers=SCRIPT)

    told = answer.get_json()
    assert (answer.status_code, told["theirs"], told["mine"], told["row_version"]) == (409, "(gelöscht)", "meins", 0)


def test_a_new_passage_is_wished_for_on_a_page_of_its_own(invitation, link, client) -> None:
    address = f"{link}/abschnitte/bp-2/neuer-abschnitt"
    assert "Die Ziele nach Anlage 2" in client.get(address).text
    assert client.get(f"{link}/abschnitte/zz-9/neuer-abschnitt").status_code == 404

    wish = {"place": "insert_before", "inserted_text": "Jedes Amt nennt eine Person."}
    answers = [client.post(address, data=wish) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert stored(invitation) == [("bp-2", None, "", "insert_before", "Jedes Amt nennt eine Person.")]
    assert "Jedes Amt nennt eine Person." in client.get(answers[0].location).text


@pytest.mark.parametrize(
    "wish", [{"inserted_text": " "}, {"inserted_text": "x" * 20_001}, {"place": "zaubern", "inserted_text": "x"}]
)
def test_a_new_passage_that_cannot_be_is_refused_and_kept(invitation, link, client, wish) -> None:
    answer = client.post(f"{link}/abschnitte/bp-2/neuer-abschnitt", data=wish)

    assert (answer.status_code, wish["inserted_text"].strip() in answer.text) == (422, True)
    assert queries.of_invitation(invitation.id) == []


def test_an_address_behind_the_link_that_is_mistyped_is_no_dead_end(link, client) -> None:
    answer = client.get(f"{link}/abschnite")

    assert answer.status_code == 404
    assert f'<a href="{link}">Zur Übersicht Ihrer Stellungnahme</a>' in answer.text
    assert "Zur Übersicht Ihrer" not in client.get("/quatsch").text
