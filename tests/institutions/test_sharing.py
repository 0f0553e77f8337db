"""Several people behind one invitation, each with a link of their own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ikb.accounts.model import Role
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.errors import Implausible, NotFound, NotReady
from ikb.institutions import service, sharing
from ikb.institutions.links import UnknownLink, shared_link_of, token_of
from ikb.institutions.model import Invitation
from ikb.institutions.shared_model import Person, Scope, SharedLink
from ikb.institutions.sharing import LinkTooNarrow
from ikb.journal.model import JournalEntry
from ikb.journal.service import Actor
from tests.factories import (
    make_draft,
    make_invitation,
    make_phase,
    make_procedure,
    make_shared_link,
    make_user,
    make_version,
    shared_token_of,
)

pytestmark = pytest.mark.usefixtures("wakeups")
BY = Actor.invitation(1)


@pytest.fixture
def invitation(app) -> Invitation:
    return make_invitation()


def give(invitation, scope=Scope.WRITE, name="Mina Sander", email="", *, now, key=None) -> SharedLink:
    with transaction():
        return sharing.give(invitation, scope, name, email, key=key, by=BY, now=now)


def deliveries(kind: str = "shared_link") -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))


def test_only_the_hash_of_a_shared_link_is_stored_and_it_opens_the_invitation(invitation, now) -> None:
    link = give(invitation, now=now)
    token = shared_token_of(link)

    found, person = sharing.find(token, Scope.WRITE)

    assert (found.id, person) == (invitation.id, Person("Mina Sander", link.id, Scope.WRITE))
    assert token not in {link.token_hash, link.name}
    assert len(token) == 40
    assert shared_link_of(link).endswith(f"/beteiligung/{token}")


@pytest.mark.parametrize("typed", [str.upper, lambda t: f" {t[:20]} {t[20:]}.", lambda t: t + "\n"])
def test_it_is_found_as_people_copy_it(invitation, now, typed) -> None:
    link = give(invitation, now=now)

    assert sharing.find(typed(shared_token_of(link)), Scope.READ)[1].link_id == link.id


def test_the_invitations_own_link_goes_everywhere(invitation) -> None:
    for scope in Scope:
        assert sharing.find(token_of(invitation), scope) == (invitation, Person())


@pytest.mark.parametrize(
    ("has", "needed", "opens"),
    [
        (Scope.READ, Scope.READ, True),
        (Scope.READ, Scope.WRITE, False),
        (Scope.READ, Scope.SUBMIT, False),
        (Scope.WRITE, Scope.READ, True),
        (Scope.WRITE, Scope.WRITE, True),
        (Scope.WRITE, Scope.SUBMIT, False),
        (Scope.SUBMIT, Scope.SUBMIT, True),
    ],
)
def test_a_link_opens_what_it_is_for(invitation, has, needed, opens) -> None:
    token = shared_token_of(make_shared_link(invitation, has))

    if opens:
        assert sharing.find(token, needed)[1].scope == has
        return
    with pytest.raises(LinkTooNarrow) as refused:
        sharing.find(token, needed)
    assert (refused.value.found, refused.value.needed) == (has, needed)


@pytest.mark.parametrize(
    "wrong", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: t[:39], lambda t: t[:32]]
)
def test_nothing_else_opens_it(invitation, now, wrong) -> None:
    token = shared_token_of(give(invitation, now=now))

    with pytest.raises(UnknownLink):
        sharing.find(wrong(token), Scope.READ)


def test_an_ended_link_and_one_of_a_revoked_invitation_lead_nowhere(invitation, now) -> None:
    ended, other = give(invitation, now=now), give(invitation, now=now)
    with transaction():
        sharing.revoke(ended, by=BY, now=now)
    with pytest.raises(UnknownLink):
        sharing.find(shared_token_of(ended), Scope.READ)

    with transaction():
        invitation.revoked_at = now
    with pytest.raises(UnknownLink):
        sharing.find(shared_token_of(other), Scope.READ)


@pytest.mark.parametrize("scope", Scope)
def test_one_question_finds_any_link(invitation, scope, count_queries) -> None:
    tokens = [shared_token_of(make_shared_link(invitation, scope)), token_of(invitation)]
    for token in tokens:
        db.session.expunge_all()
        with count_queries() as seen:
            found, _ = sharing.find(token, Scope.READ)
            assert found.institution.contacts == []
            assert found.phase.draft_version.number == 1
        assert len(seen) == 1


def test_a_form_that_is_sent_twice_makes_one_link(invitation, now) -> None:
    key = uuid4()

    first, second = give(invitation, now=now, key=key), give(invitation, now=now, key=key)

    assert first.id == second.id
    assert db.session.scalar(select(func.count(SharedLink.id))) == 1


@pytest.mark.parametrize(
    ("scope", "name", "email", "field"),
    [
        (Scope.WRITE, " ", "", "name"),
        (Scope.SUBMIT, "", "vorstand@verein.example.org", "name"),
        (Scope.READ, "", "neugierig@verein.example.org", "name"),
        (Scope.READ, "Doppelt", "da@verein.example.org", "email"),
    ],
)
def test_what_a_link_needs(invitation, now, scope, name, email, field) -> None:
    give(invitation, email="da@verein.example.org", now=now)

    with pytest.raises(Implausible) as refused:
        give(invitation, scope, name, email, now=now)
    assert refused.value.field == field


def test_before_the_opening_and_beyond_thirty_there_is_none(invitation, now) -> None:
    with pytest.raises(NotReady, match="noch nicht eröffnet"):
        give(make_invitation(token_hash=None), now=now)
    for _ in range(sharing.MOST_LINKS):
        make_shared_link(invitation)
    with pytest.raises(NotReady, match="schon 30 Links"):
        give(invitation, now=now)


def test_the_mail_brings_the_link_and_says_what_it_is_for(invitation, now) -> None:
    link = give(invitation, Scope.SUBMIT, "Frau Vogt", "Vogt@Verein.example.org", now=now)
    [delivery] = deliveries()
    kind = kind_of("shared_link")

    mail = kind.render(delivery, now)

    assert delivery.recipient == "vogt@verein.example.org"
    assert shared_link_of(link) in mail.text
    assert "mitschreiben und sie abschicken" in mail.text
    assert kind.still_wanted(delivery, now)
    with transaction():
        sharing.revoke(link, by=BY, now=now)
    assert not kind.still_wanted(delivery, now)


def test_an_english_institution_gets_it_in_english(invitation, now) -> None:
    with transaction():
        invitation.institution.language = "en"
    give(invitation, Scope.WRITE, "Ms Vogt", "vogt@verein.example.org", now=now)

    assert "help to write the opinion" in kind_of("shared_link").render(deliveries()[0], now).text


def test_a_successor_gets_a_link_of_the_same_kind_and_the_old_one_ends(invitation, now) -> None:
    old = give(invitation, Scope.SUBMIT, "Alt", "alt@verein.example.org", now=now)
    with transaction():
        new = sharing.hand_on(invitation, old, "Neu", "neu@verein.example.org", by=BY, now=now)

    assert sharing.find(shared_token_of(new), Scope.SUBMIT)[1].name == "Neu"
    with pytest.raises(UnknownLink):
        sharing.find(shared_token_of(old), Scope.READ)
    assert [row.recipient for row in deliveries()] == ["alt@verein.example.org", "neu@verein.example.org"]


def test_handing_on_the_invitations_own_link_ends_it_and_our_next_mail_has_another(invitation, now) -> None:
    old = token_of(invitation)
    with transaction():
        new = sharing.hand_on(invitation, None, "Neu", "neu@verein.example.org", by=BY, now=now)

    with pytest.raises(UnknownLink):
        sharing.find(old, Scope.READ)
    assert sharing.find(token_of(invitation), Scope.SUBMIT)[0].id == invitation.id
    assert Scope(new.scope) == Scope.SUBMIT
    acts = list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))
    assert acts == ["link shared", "link handed on"]


def test_without_an_address_nothing_is_handed_on(invitation, now) -> None:
    with pytest.raises(Implausible) as refused, transaction():
        sharing.hand_on(invitation, None, "Neu", " ", by=BY, now=now)

    assert refused.value.field == "email"
    assert sharing.find(token_of(invitation), Scope.SUBMIT)


def test_everybody_is_called_as_they_say(invitation, now) -> None:
    link = give(invitation, name="M. Sander", now=now)
    with transaction():
        sharing.rename(invitation, Person("M. Sander", link.id, Scope.WRITE), " Mina  Sander ")
        sharing.rename(invitation, Person(), "Herr Vogt")

    assert sharing.find(shared_token_of(link), Scope.WRITE)[1].name == "Mina Sander"
    assert sharing.find(token_of(invitation), Scope.WRITE)[1].name == "Herr Vogt"
    with pytest.raises(Implausible):
        sharing.rename(invitation, Person(), " ")


def test_a_lost_link_is_sent_again_once_an_hour_to_the_address_on_record(invitation, clock) -> None:
    give(invitation, email="mina@verein.example.org", now=clock())
    for _ in range(2):
        with transaction():
            sharing.request_shared("Mina@verein.example.org", now=clock())
            sharing.request_shared("fremd@verein.example.org", now=clock())
            sharing.request_shared("", now=clock())

    assert [row.recipient for row in deliveries()] == ["mina@verein.example.org"] * 2


def test_a_foreign_link_is_not_touched(invitation, now) -> None:
    foreign = make_shared_link(make_invitation())

    with pytest.raises(NotFound):
        sharing.link_numbered(invitation.id, foreign.id)


def test_a_renewed_invitation_keeps_the_links_of_its_people(invitation, now) -> None:
    link = give(invitation, now=now)
    with transaction():
        service.renew_link(invitation, row_version=invitation.row_version, by=BY, now=now)

    assert sharing.find(shared_token_of(link), Scope.WRITE)[0].id == invitation.id


# The lead's page


def test_the_lead_makes_hands_on_and_ends_links(app, as_user) -> None:
    lead = make_user([Role.LEAD])
    invitation = make_invitation(make_phase(make_version(make_draft(make_procedure([lead])))))
    browser = as_user(lead)
    base = f"/verfahren/{invitation.phase.procedure_id}/beteiligung/{invitation.id}/links"
    form = {"key": str(uuid4()), "scope": "write", "name": "Mina Sander", "email": "mina@verein.example.org"}

    assert browser.post(base, data={**form, "name": ""}).status_code == 422
    assert browser.post(base, data=form).status_code == 303
    [first] = sharing.links_of(invitation.id)
    page = browser.get(base).text
    assert ("per E-Mail an mina@verein.example.org" in page, shared_token_of(first) in page) == (True, False)
    assert browser.get(f"{base}/{first.id}/nachfolge").status_code == 200
    successor = {"name": "Jonas Berg", "email": "berg@verein.example.org"}
    assert browser.post(f"{base}/{first.id}/nachfolge", data=successor).status_code == 303
    [second] = sharing.links_of(invitation.id)
    assert (second.name, second.scope) == ("Jonas Berg", "write")
    browser.post(f"{base}/{second.id}/beenden")
    assert sharing.links_of(invitation.id) == []
    assert as_user(make_user([Role.LEAD])).get(base).status_code == 404
