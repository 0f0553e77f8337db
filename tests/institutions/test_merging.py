"""Two entries that are one: nothing that was written is lost, and the trace stays."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.db import db, transaction
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions import merging, register
from ikb.institutions.links import token_of
from ikb.institutions.model import Contact, Institution, Invitation, InvitationState
from ikb.institutions.service import find_by_token
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_statement,
    make_user,
    make_version,
    save,
)

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def lead(app: Flask) -> User:
    return make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    return make_phase(make_version(make_draft(make_procedure([lead]))))


def merge(loser: Institution, survivor: Institution, lead: User, now) -> None:
    with transaction():
        merging.merge(loser, survivor, seen=(loser.row_version, survivor.row_version), by=Actor.user(lead.id), now=now)
    db.session.expire_all()


def test_the_survivor_takes_over_what_it_lacks_and_the_other_points_to_it(lead: User, now) -> None:
    survivor = make_institution("Haus", email="", fields=["Sprache"], languages=["Farsi"])
    loser = make_institution("Haus Nord", email="nord@x.example.org", district="Mitte", fields=["Schule", "Sprache"])
    earlier = make_institution("Haus alt", merged_into_id=loser.id, merged_at=now)
    save(Contact(institution_id=loser.id, name="Frau Nord"))
    db.session.expire_all()

    merge(loser, survivor, lead, now)

    entry = register.entry_of(survivor)
    assert (entry.name, entry.email, entry.district) == ("Haus", "nord@x.example.org", "Mitte")
    assert (entry.fields, [one.name for one in entry.people]) == (("Sprache", "Schule"), ["Frau Nord"])
    assert (loser.merged_into_id, earlier.merged_into_id) == (survivor.id, survivor.id)
    noted = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (noted.action, noted.subject_id, noted.facts["into"]) == ("institutions merged", loser.id, survivor.id)


def test_invitations_and_statements_follow_with_their_links(phase, lead: User, now) -> None:
    loser, survivor = make_institution("Eins"), make_institution("Zwei")
    invitation = make_invitation(phase, loser)
    make_statement(invitation, [{"comment": "Mehr Bäume."}])

    merge(loser, survivor, lead, now)

    assert find_by_token(token_of(invitation)).institution_id == survivor.id


@pytest.mark.parametrize("written_by", ["loser", "survivor", "nobody"])
def test_in_one_phase_the_invitation_with_words_stays(phase, lead: User, now, written_by: str) -> None:
    rows = {"loser": make_institution("Eins"), "survivor": make_institution("Zwei")}
    invitations = {name: make_invitation(phase, row) for name, row in rows.items()}
    if written_by in invitations:
        make_statement(invitations[written_by], [{"comment": "Mehr Bäume."}])
    stays = invitations["loser" if written_by == "loser" else "survivor"].id

    merge(rows["loser"], rows["survivor"], lead, now)

    left = db.session.scalars(select(Invitation).where(Invitation.phase_id == phase.id)).all()
    assert [(row.id, row.institution_id) for row in left] == [(stays, rows["survivor"].id)]


def test_two_statements_of_one_phase_are_never_made_one(phase, lead: User, now) -> None:
    loser, survivor = make_institution("Eins"), make_institution("Zwei")
    make_statement(make_invitation(phase, loser), [{"comment": "Ja."}])
    make_invitation(phase, survivor, state=InvitationState.DRAFTED)

    with pytest.raises(NotReady, match="Beide haben in"):
        merge(loser, survivor, lead, now)
    db.session.expire_all()
    assert loser.merged_into_id is None


def test_words_that_no_state_tells_of_are_not_lost_either(phase, lead: User, now) -> None:
    loser, survivor = make_institution("Eins"), make_institution("Zwei")
    make_invitation(phase, survivor)
    hidden = make_invitation(phase, loser)
    make_statement(hidden, [{"comment": "Ja."}], submitted=False)
    with transaction():
        hidden.state = InvitationState.OPENED

    with pytest.raises(NotReady, match="Stellungnahme"):
        merge(loser, survivor, lead, now)


def test_links_into_procedures_of_others_do_not_change_hands(phase, now) -> None:
    loser, survivor = make_institution("Eins"), make_institution("Zwei")
    make_invitation(phase, loser)

    with pytest.raises(Implausible, match="nicht leiten"):
        merge(loser, survivor, make_user(), now)


def test_an_entry_that_was_changed_meanwhile_is_not_merged(lead: User, now) -> None:
    loser, survivor = make_institution("Eins"), make_institution("Zwei")

    with pytest.raises(Conflict), transaction():
        seen = (loser.row_version, survivor.row_version - 1)
        merging.merge(loser, survivor, seen=seen, by=Actor.user(lead.id), now=now)
