"""A standing invitation: the phase closes, the link goes on, to whichever version counts."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.consolidation import gathering
from ikb.core.receipt_check import check
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.institutions import service, standing
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase, PhaseState
from ikb.reports.returns import hottest
from ikb.statements import proofs, queries
from ikb.statements.model import StatementState
from tests.factories import (
    MADE_AT,
    SECTIONS,
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
SECOND = [(*row[:4], f"{row[4]} Neu.") for row in SECTIONS]


@pytest.fixture
def lead(app: Flask):
    return make_user()


@pytest.fixture
def phase(lead) -> ParticipationPhase:
    """A phase that is over; the clock of the house stands before its last day, so it was closed long ago."""
    version = make_version(make_draft(make_procedure([lead])))
    return make_phase(version, opens_at=MADE_AT.replace(month=1), closes_on=MADE_AT.date().replace(month=2))


@pytest.fixture
def invitation(phase: ParticipationPhase) -> Invitation:
    return make_invitation(phase, make_institution("Kulturverein Morgenstern", kind="migrant_organisation"))


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/beteiligung/{token_of(invitation)}"


def close(phase: ParticipationPhase) -> None:
    with transaction():
        phase.state, phase.closed_at = PhaseState.CLOSED, MADE_AT


def give(phase: ParticipationPhase, kind: str = "migrant_organisation", *, wanted: bool = True) -> None:
    with transaction():
        standing.set_kind(phase.procedure, kind, wanted, by=SYSTEM, now=MADE_AT)


def say(client, link: str, comment: str, anchor: str = "bp-1") -> None:
    page = client.get(f"{link}/abschnitte/{anchor}").text
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', page)[1]
    words = {"row_version": version, "stance": "neutral", "comment": comment, "proposed_text": ""}
    assert client.post(f"{link}/abschnitte/{anchor}", data=words).status_code == 303


def hand_in(client, link: str, answer: str = "remarks") -> str:
    """The number that the receipt bears."""
    sent = client.post(f"{link}/abschicken", data={"key": str(uuid4()), "answer": answer})
    assert sent.status_code == 303, sent.text
    return sent.location.rsplit("/", 1)[-1]


def button(page: str, label: str) -> dict[str, str]:
    """The fields that a button sends."""
    [form] = [one for one in re.findall(r"<form.*?</form>", page, re.S) if label in one]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def statements_of(invitation: Invitation):
    db.session.expire_all()
    return queries.of_invitation(invitation.id)


def test_the_link_goes_on_through_the_versions_and_everything_handed_in_stays_in_reach(client, link, invitation, phase):
    first = make_statement(invitation, [{"comment": "In der Frist."}])
    give(phase)
    close(phase)

    page = client.get(link).text
    assert "Sie sind ständig eingeladen" in page
    assert "Frist ist vorbei" not in page
    assert "Noch" not in re.search(r"<header.*?</header>", page, re.S)[0]
    say(client, link, "Nach der Frist.")
    second = hand_in(client, link)

    version = make_version(phase.draft_version.draft, SECOND, number=2)
    page = client.get(link).text
    assert "jetzt Fassung 2" in page
    assert f"{link}/bestaetigung/{second}" in page
    assert f"{link}/bestaetigung/{first.number}" in page
    assert "als Grundlage ihrer Arbeit. Neu." in client.get(f"{link}/abschnitte").text
    say(client, link, "Zur zweiten Fassung.")
    third = hand_in(client, link)

    receipt = client.get(f"{link}/bestaetigung/{third}").text
    assert "Fassung 2" in receipt
    assert "außerhalb einer Phase" in receipt
    assert "Fassung 1" in client.get(f"{link}/bestaetigung/{second}").text
    handed_in = statements_of(invitation)
    assert [(row.state, row.is_late, row.is_standing) for row in handed_in] == [
        (StatementState.SUBMITTED, False, False),
        (StatementState.SUBMITTED, False, True),
        (StatementState.SUBMITTED, False, True),
    ]
    pool = db.session.scalars(gathering.pool(phase.draft_version.draft_id)).all()
    assert {(remark.comment, remark.draft_version_id) for remark in pool} == {
        ("In der Frist.", phase.draft_version_id),
        ("Nach der Frist.", phase.draft_version_id),
        ("Zur zweiten Fassung.", version.id),
    }


def test_nothing_of_it_changes_what_is_told_of_the_phase(client, link, invitation, phase, lead, as_user):
    give(phase)
    close(phase)
    say(client, link, "Danach.")
    number = hand_in(client, link)
    db.session.expire_all()

    base = f"/verfahren/{phase.procedure_id}"
    browser = as_user(lead)
    assert "außerhalb einer Phase" in browser.get(f"{base}/stellungnahmen").text
    assert number not in browser.get(f"{base}/ruecklauf/liste").text
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.INVITED
    assert hottest(phase) == []


def test_without_a_standing_invitation_what_comes_after_the_phase_is_late(client, link, invitation, phase):
    close(phase)

    assert "Frist ist vorbei" in client.get(link).text
    hand_in(client, link, "agrees")

    [row] = statements_of(invitation)
    assert (row.is_late, row.is_standing) == (True, False)


def test_as_long_as_the_phase_is_open_everything_belongs_to_it(client, link, invitation, phase):
    give(phase)

    hand_in(client, link, "agrees")

    [row] = statements_of(invitation)
    assert (row.is_late, row.is_standing) == (True, False)


def test_within_an_extension_it_belongs_to_the_phase(client, link, invitation, phase):
    with transaction():
        invitation.extended_until = MADE_AT.date().replace(year=2031)
    give(phase)
    close(phase)

    hand_in(client, link, "agrees")

    [row] = statements_of(invitation)
    assert (row.is_late, row.is_standing, row.invitation.state) == (False, False, InvitationState.AGREES)


def test_an_ended_standing_invitation_leads_back_to_the_phase(client, link, phase):
    give(phase)
    close(phase)
    client.get(link)

    give(phase, wanted=False)

    assert "Frist ist vorbei" in client.get(link).text


def test_a_draft_begun_on_one_version_keeps_it_until_somebody_changes_it(client, link, invitation, phase):
    give(phase)
    close(phase)
    say(client, link, "Zur ersten.", "bp-1")
    say(client, link, "Auch zur ersten.", "bp-2")
    version = make_version(phase.draft_version.draft, SECOND, number=2)

    assert "Zum Teil zu Fassung 1" in client.get(link).text
    say(client, link, "Jetzt zur zweiten.", "bp-2")
    checked = client.get(f"{link}/abschicken").text
    assert "Fassung 2" in checked
    hand_in(client, link)

    [row] = statements_of(invitation)
    assert {remark.anchor: remark.draft_version_id for remark in row.remarks} == {
        "bp-1": phase.draft_version_id,
        "bp-2": version.id,
    }


def test_its_receipt_names_no_deadline_and_is_genuine(client, link, invitation, phase):
    give(phase)
    close(phase)
    number = hand_in(client, link, "no_remarks")

    document = json.loads(client.get(f"{link}/bestaetigung/{number}.json").data)
    assert document["receipt"]["deadline"]["last_day"] is None
    assert check(json.dumps(document), proofs.key_store().public_keys()).findings == ()
    assert client.get(f"{link}/bestaetigung/{number}.pdf").data.startswith(b"%PDF")
    document["receipt"]["deadline"]["is_late"] = True
    findings = check(json.dumps(document), proofs.key_store().public_keys()).findings
    assert any("Außerhalb einer Phase" in finding for finding in findings)


def test_its_mails_speak_of_no_deadline(client, link, invitation, phase, now):
    give(phase)
    close(phase)
    hand_in(client, link, "agrees")
    with transaction():
        service.request_link(invitation.institution.email, now=now)

    texts = {row.kind: kind_of(row.kind).render(row, now).text for row in db.session.scalars(select(Delivery))}
    assert set(texts) == {"statement_receipt", "new_link"}
    for text in texts.values():
        assert "ständig eingeladen" in text
        assert "2030, 24 Uhr" not in text


def test_who_is_asked_in_a_further_phase_is_told_that_this_link_is_not_for_it(client, link, invitation, phase):
    give(phase)
    close(phase)
    make_invitation(make_phase(phase.draft_version, name="Zweite Runde"), invitation.institution)

    assert "Gerade läuft eine weitere Phase: Zweite Runde" in client.get(link).text


def test_the_lead_gives_it_to_a_kind_and_to_a_single_institution_and_ends_it(invitation, phase, lead, as_user):
    browser, base = as_user(lead), f"/verfahren/{phase.procedure_id}/beteiligung"
    club = make_invitation(phase, make_institution("Ein Verein"))

    form = button(browser.get(f"{base}/staendig").text, "Ständig einladen: Migrantenorganisation")
    for _twice in range(2):
        assert browser.post(f"{base}/staendig", data=form).status_code == 303
        browser.post(f"{base}/{club.id}/staendig", data={"wanted": "ja"})

    page = browser.get(f"{base}/staendig").text
    assert "Ein Verein" in page
    lines = {line.kind: line.is_standing for line in standing.kinds_in(phase.procedure_id)}
    assert lines == {"migrant_organisation": True, "club": False}
    assert "über ihre Art ständig eingeladen" in browser.get(f"{base}/{invitation.id}").text
    browser.post(f"{base}/{club.id}/staendig", data={"wanted": "nein"})
    assert not standing.is_given(phase.procedure_id, club.institution)
    assert browser.post(f"{base}/staendig", data={"art": "authority", "wanted": "ja"}).status_code == 404


def test_who_does_not_lead_it_changes_nothing(invitation, phase, as_user):
    browser, base = as_user(make_user()), f"/verfahren/{phase.procedure_id}/beteiligung"

    assert browser.get(f"{base}/staendig").status_code == 404
    assert browser.post(f"{base}/{invitation.id}/staendig", data={"wanted": "ja"}).status_code == 404
    assert not standing.is_given(phase.procedure_id, invitation.institution)


def test_every_statement_that_counts_has_its_result(client, link, invitation, phase):
    first = make_statement(invitation, [{"comment": "In der Frist."}])
    give(phase)
    close(phase)
    say(client, link, "Danach.")
    hand_in(client, link)

    page = client.get(f"{link}/ergebnis").text
    assert "Danach." in page
    assert f"nummer={first.number}" in page
    assert "In der Frist." in client.get(f"{link}/ergebnis?nummer={first.number}").text


def test_it_follows_an_entry_that_is_merged_and_a_kind_that_is_renamed(invitation, phase):
    other = make_institution("Doppelt eingetragen", kind="Nachbarschaft")
    with transaction():
        standing.set_single(phase.procedure, other, wanted=True, by=SYSTEM, now=MADE_AT)
        standing.set_single(phase.procedure, invitation.institution, wanted=True, by=SYSTEM, now=MADE_AT)
        standing.set_kind(phase.procedure, "Nachbarschaft", wanted=True, by=SYSTEM, now=MADE_AT)

        standing.move_to(invitation.institution, other)
        standing.rename_kind("Nachbarschaft", "Quartier")

    assert [one.id for one in standing.single_ones(phase.procedure_id)] == [invitation.institution_id]
    assert {line.kind for line in standing.kinds_in(phase.procedure_id) if line.is_standing} == {"Quartier"}
