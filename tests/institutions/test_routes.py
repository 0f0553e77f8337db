"""The lead's pages of a participation: what they show, what they take, whom they let in."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.institutions import service
from ikb.institutions.links import token_of
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase, PhaseState
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)
from tests.institutions.sheets import text, workbook

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def lead(app: Flask):
    return make_user([Role.LEAD])


@pytest.fixture
def browser(lead, as_user):
    return as_user(lead)


def phase_of(lead, **values) -> ParticipationPhase:
    return make_phase(make_version(make_draft(make_procedure([lead]))), **values)


def planned_phase(lead, **values) -> ParticipationPhase:
    return phase_of(lead, state=PhaseState.PLANNED, opened_at=None, **values)


def base(phase: ParticipationPhase) -> str:
    return f"/verfahren/{phase.procedure_id}/beteiligung"


def upload(data: bytes, name: str = "liste.csv") -> dict[str, object]:
    return {"file": (io.BytesIO(data), name)}


def post(browser, address: str, data: dict[str, object]):
    return browser.post(address, data=data, content_type="multipart/form-data")


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


# Who may


PAGES = ["", "/import", "/neu", "/auswahl", "/eroeffnen"]


@pytest.mark.parametrize("page", PAGES)
def test_the_lead_may_and_another_lead_learns_nothing(lead, browser, as_user, page) -> None:
    phase = planned_phase(lead)
    stranger = as_user(make_user([Role.LEAD]))

    assert browser.get(base(phase) + page).status_code == 200
    assert stranger.get(base(phase) + page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.SECRETARY, Role.ADMINISTRATOR])
def test_other_roles_may_not(lead, as_user, role, page) -> None:
    assert as_user(make_user([role])).get(base(phase_of(lead)) + page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_without_an_account_one_comes_to_the_login(lead, client, page) -> None:
    answer = client.get(base(phase_of(lead)) + page)

    assert (answer.status_code, "/anmelden" in answer.location) == (303, True)


@pytest.mark.parametrize("act", ["", "/verlaengern", "/link", "/adresse", "/brief"])
def test_an_invitation_of_another_procedure_does_not_exist(lead, browser, act) -> None:
    mine, foreign = phase_of(lead), make_invitation()
    method = browser.post if act in ("/link", "/adresse", "/brief") else browser.get

    assert method(f"{base(mine)}/{foreign.id}{act}").status_code == 404
    assert method(f"{base(foreign.phase)}/{foreign.id}{act}").status_code == 404


# The list


def test_the_list_says_how_many_of_how_many(lead, browser) -> None:
    phase = phase_of(lead)
    for state in (InvitationState.SUBMITTED, InvitationState.AGREES, InvitationState.BOUNCED, InvitationState.OPENED):
        make_invitation(phase, state=state)

    page = browser.get(base(phase)).text

    assert "Rücklauf: 2 von 4" in page
    assert re.search(r"<b>1 von 4</b> <span>mit Stellungnahme", page)
    assert "1 stimmt zu, 0 ohne Anmerkungen, 0 nicht betroffen" in page
    assert "Offen bis Freitag, 28. Juni 2030, 24 Uhr" in page


def test_a_filter_shows_its_own_and_keeps_its_count(lead, browser) -> None:
    phase = phase_of(lead)
    make_invitation(phase, make_institution("Unzustellbar"), state=InvitationState.BOUNCED)
    make_invitation(phase, make_institution("Angekommen"), state=InvitationState.DELIVERED)

    page = browser.get(base(phase) + "?filter=undelivered").text

    assert "Unzustellbar" in page
    assert "Angekommen" not in page
    assert re.search(r'aria-current="true">nicht zugestellt <span class="chip-count">1</span>', page)
    assert "Keine Institution passt" in browser.get(base(phase) + "?filter=late").text


def test_the_list_takes_at_most_six_queries_however_many_there_are(lead, browser, count_queries) -> None:
    def queries_for(size: int) -> int:
        phase = phase_of(lead)
        institutions = [make_institution() for _ in range(size)]
        with transaction():
            service.add_to_phase(phase, institutions, by=SYSTEM, now=phase.opened_at)
        with count_queries() as seen:
            page = browser.get(base(phase))
        assert page.text.count('data-label="Stand"') == min(size, 20)
        return len(seen)

    assert queries_for(9) == queries_for(93) <= 6


def test_without_a_phase_the_page_says_what_comes_first(lead, browser) -> None:
    procedure = make_procedure([lead])

    assert "noch keine Beteiligungsphase" in browser.get(f"/verfahren/{procedure.id}/beteiligung").text
    assert browser.get(f"/verfahren/{procedure.id}/beteiligung/import").status_code == 409


# Lists from files


def test_a_list_is_taken_in_and_belongs_to_the_phase(lead, browser) -> None:
    phase = planned_phase(lead)

    answer = post(
        browser,
        base(phase) + "/import",
        upload(workbook(("Eins", "Amt", "e@x.example.org"), ("Zwei", "Verein")), "l.xlsx"),
    )

    assert (answer.status_code, answer.location) == (303, base(phase))
    page = browser.get(base(phase)).text
    assert "2 Institutionen aufgenommen." in page
    assert "Ohne E-Mail-Adresse, also per Brief: 1 von 2 Institutionen." in page
    states = db.session.scalars(select(Invitation.state).where(Invitation.phase_id == phase.id)).all()
    assert states == ["planned", "planned"]


def test_faults_are_listed_and_nothing_is_stored(lead, browser) -> None:
    phase = planned_phase(lead)

    answer = post(browser, base(phase) + "/import", upload(text("Eins;Amt;falsch@", ";Amt;")))

    assert answer.status_code == 422
    assert "Es wurde nichts gespeichert." in answer.text
    assert "Zeile 2, Spalte E-Mail: „falsch@“ ist keine E-Mail-Adresse." in answer.text
    assert "Zeile 3, Spalte Name: fehlt." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Institution).where(Institution.name == "Eins")) == 0


def test_without_a_file_the_form_says_so(lead, browser) -> None:
    answer = post(browser, base(planned_phase(lead)) + "/import", {})

    assert answer.status_code == 422
    assert "Wählen Sie eine Datei aus." in answer.text


def test_one_institution_by_hand_and_its_faults(lead, browser) -> None:
    phase = planned_phase(lead)
    make_institution("Schon da", number=4711)
    form = {"name": "Neuer Verein", "kind": "club", "email": "kein", "contact_name": "Frau Beispiel"}

    refused = browser.post(base(phase) + "/neu", data=form)
    assert refused.status_code == 422
    assert 'value="Frau Beispiel"' in refused.text
    assert "keine vollständige E-Mail-Adresse" in refused.text
    again = browser.post(base(phase) + "/neu", data=form | {"name": "SCHON DA", "email": ""})
    assert (again.status_code, "steht schon im Verzeichnis (Nr. 4711)" in again.text) == (422, True)
    assert browser.post(base(phase) + "/neu", data=form | {"email": "n@v.example.org"}).status_code == 303
    assert "Neuer Verein" in browser.get(base(phase)).text


def test_from_the_register_only_those_who_are_not_invited_yet(lead, browser) -> None:
    phase = planned_phase(lead)
    there = make_invitation(phase, make_institution("Schon dabei")).institution
    other = make_institution("Noch nicht dabei")

    page = browser.get(base(phase) + "/auswahl").text
    assert "Noch nicht dabei" in page
    assert "Schon dabei" not in page
    assert browser.post(base(phase) + "/auswahl", data={}).status_code == 422
    assert browser.post(base(phase) + "/auswahl", data={"institutions": [there.id]}).status_code == 422
    assert browser.post(base(phase) + "/auswahl", data={"institutions": [other.id]}).status_code == 303
    assert "Noch nicht dabei" in browser.get(base(phase)).text


# Opening


def test_the_opening_is_shown_before_it_happens(lead, browser) -> None:
    phase = planned_phase(lead)
    make_invitation(phase, make_institution("Per Mail"), state=InvitationState.PLANNED, token_hash=None)
    make_invitation(phase, make_institution("Per Brief", email=""), state=InvitationState.PLANNED, token_hash=None)

    page = browser.get(base(phase) + "/eroeffnen").text

    assert "Freitag, 28. Juni 2030, 24 Uhr (18 Arbeitstage von heute an)" in page
    assert page.count("1 von 2") == 2
    assert "Bitte um Ihre Stellungnahme" in page
    assert "hier steht der persönliche Link" in page
    assert "Beteiligung eröffnen und 1 Einladung verschicken" in page
    assert "/beteiligung/" + token_of(db.session.scalars(select(Invitation)).first()) not in page


def test_two_clicks_open_once(lead, browser) -> None:
    phase = planned_phase(lead)
    invitation = make_invitation(phase, state=InvitationState.PLANNED, token_hash=None)
    page = browser.get(base(phase) + "/eroeffnen").text
    form = {"row_version": hidden(page, "row_version"), "key": hidden(page, "key")}

    answers = [browser.post(base(phase) + "/eroeffnen", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    mails = select(func.count()).select_from(Delivery)
    assert db.session.scalar(mails.where(Delivery.kind == "invitation", Delivery.subject_id == invitation.id)) == 1
    assert db.session.get_one(ParticipationPhase, phase.id).is_open


def test_an_opening_without_institutions_is_refused(lead, browser) -> None:
    phase = planned_phase(lead)

    answer = browser.post(base(phase) + "/eroeffnen", data={"row_version": phase.row_version, "key": "x"})

    assert answer.status_code == 409
    assert "noch keine Institution ausgewählt" in answer.text
    assert not db.session.get_one(ParticipationPhase, phase.id).is_open


def test_an_opening_of_a_phase_that_changed_asks_again(lead, browser) -> None:
    phase = planned_phase(lead)
    make_invitation(phase, state=InvitationState.PLANNED, token_hash=None)
    seen = phase.row_version
    with transaction():
        phase.closes_on = date(2030, 7, 5)

    answer = browser.post(base(phase) + "/eroeffnen", data={"row_version": seen, "key": "x"})

    assert answer.status_code == 409
    assert "wurde inzwischen geändert" in answer.text
    assert not db.session.get_one(ParticipationPhase, phase.id).is_open
    assert hidden(answer.text, "row_version") == str(phase.row_version)


# One institution


def test_the_page_of_one_institution(lead, browser) -> None:
    invitation = make_invitation(phase_of(lead), make_institution("Kulturverein", district="Mitte"))

    page = browser.get(f"{base(invitation.phase)}/{invitation.id}").text

    assert "Kulturverein" in page
    assert "Bisher ging keine Nachricht hinaus." in page
    assert token_of(invitation) not in page  # whoever has a mailbox gets the link there, and nowhere else


def test_a_letter_needs_the_link_on_paper(lead, browser) -> None:
    invitation = make_invitation(
        phase_of(lead), make_institution(email=""), state=InvitationState.PLANNED, channel="letter"
    )
    address = f"{base(invitation.phase)}/{invitation.id}"

    page = browser.get(address).text
    assert f"/beteiligung/{token_of(invitation)}" in page
    answer = browser.post(address + "/brief", data={"row_version": invitation.row_version})
    assert answer.status_code == 303
    assert "Brief ist verschickt" in browser.get(address).text


def test_an_extension_by_form(lead, browser) -> None:
    invitation = make_invitation(phase_of(lead))
    address = f"{base(invitation.phase)}/{invitation.id}/verlaengern"
    form = {"row_version": invitation.row_version, "until": "08.07.2030", "reason": "Vorstand tagt"}

    for wrong, words in (
        ({"until": "31.02.2030"}, "Diesen Tag gibt es nicht."),
        ({"until": "2030-06-20"}, "Die Frist läuft ohnehin bis 28.06.2030."),
        ({"reason": ""}, "Nennen Sie den Grund."),
    ):
        answer = browser.post(address, data=form | wrong)
        assert (answer.status_code, words in answer.text) == (422, True)
    assert 'value="Vorstand tagt"' in browser.post(address, data=form | {"until": "x"}).text
    answer = browser.post(address, data=form)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "hat Zeit bis Montag, 8. Juli 2030, 24 Uhr." in page
    assert "(verlängert: Vorstand tagt)" in page
    assert browser.post(address, data=form).status_code == 409


def test_a_renewed_link_and_another_address_by_form(lead, browser) -> None:
    invitation = make_invitation(phase_of(lead), state=InvitationState.BOUNCED)
    address = f"{base(invitation.phase)}/{invitation.id}"

    assert browser.post(address + "/link", data={}).status_code == 422
    assert browser.post(address + "/link", data={"row_version": invitation.row_version}).status_code == 303
    invitation = db.session.get_one(Invitation, invitation.id)
    wrong = browser.post(address + "/adresse", data={"row_version": invitation.row_version, "email": "falsch"})
    assert (wrong.status_code, 'value="falsch"' in wrong.text) == (422, True)
    form = {"row_version": invitation.row_version, "email": "neu@haus.example.org"}
    assert browser.post(address + "/adresse", data=form).status_code == 303
    page = browser.get(address).text
    assert "neu@haus.example.org" in page
    assert page.count("Neuer Link") == 2


def test_an_address_that_other_leads_rely_on_is_refused_at_its_field_as_typed(lead, browser) -> None:
    invitation = make_invitation(phase_of(lead))
    make_invitation(institution=invitation.institution)
    address = f"{base(invitation.phase)}/{invitation.id}"

    answer = browser.post(
        address + "/adresse", data={"row_version": invitation.row_version, "email": "neu@haus.example.org"}
    )

    assert (answer.status_code, 'value="neu@haus.example.org"' in answer.text) == (422, True)
    assert "wer alle diese Verfahren leitet" in answer.text
