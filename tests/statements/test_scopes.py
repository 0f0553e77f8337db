"""Which link opens which page: every route says how far a link has to go, and nothing else is let in."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ikb.accounts.policy import routes
from ikb.db import db
from ikb.institutions.links import token_of
from ikb.institutions.model import Invitation, InvitationState
from ikb.institutions.shared_model import Scope
from ikb.statements.doors import scope_of
from tests.factories import make_institution, make_invitation, make_shared_link, make_statement, shared_token_of

pytestmark = pytest.mark.usefixtures("wakeups")
WRITING = ["/abschnitte", "/abschnitte/bp-1", "/allgemein", "/ohne-anmerkungen", "/abschicken"]


@pytest.fixture
def invitation(app) -> Invitation:
    return make_invitation(institution=make_institution("Kulturverein Morgenstern"))


def link_for(invitation, scope, name="Mina Sander") -> str:
    return f"/beteiligung/{shared_token_of(make_shared_link(invitation, scope, name))}"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_page_behind_a_link_says_which_link_it_needs(app) -> None:
    behind = [route for route in routes(app) if str(route["rule"]).startswith("/beteiligung/<token>")]
    assert len(behind) > 10

    assert [route["rule"] for route in behind if scope_of(str(route["endpoint"])) is None] == []


def test_a_link_to_read_shows_the_draft_and_nothing_of_the_institution(invitation, client) -> None:
    make_statement(invitation, [{"comment": "Unser internes Wort."}], submitted=False)
    link = link_for(invitation, Scope.READ, "")

    first = client.get(link)
    page = client.get(first.location).text

    assert first.location.endswith("/entwurf")
    assert "Die Stadt Musterau beschließt das Konzept" in page
    for word in ("Kulturverein", "Unser internes Wort", "<textarea", 'method="post"', "Übersicht"):
        assert word not in page


def test_a_link_to_read_is_no_sign_that_the_institution_began(invitation, client) -> None:
    client.get(link_for(invitation, Scope.READ) + "/entwurf")
    db.session.expire_all()
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.INVITED

    client.get(link_for(invitation, Scope.WRITE))
    db.session.expire_all()
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.OPENED


@pytest.mark.parametrize("page", WRITING)
def test_a_writing_page_tells_a_link_to_read_what_it_is_for(invitation, client, page) -> None:
    answer = client.get(link_for(invitation, Scope.READ) + page)

    assert answer.status_code == 403
    assert "Dieser Link ist zum Lesen des Entwurfs." in answer.text
    assert "Kulturverein" not in answer.text
    assert "/entwurf" in answer.text


def test_nothing_is_written_through_a_link_to_read(invitation, client) -> None:
    link = link_for(invitation, Scope.READ)

    answers = [
        client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "x"}).status_code,
        client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "agrees"}).status_code,
        client.post(link + "/noch-einmal").status_code,
    ]

    assert answers == [403] * 3
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.INVITED


def test_who_writes_along_hands_nothing_in(invitation, client) -> None:
    link = link_for(invitation, Scope.WRITE)
    assert client.post(link + "/abschnitte/bp-1", data={"row_version": 0, "comment": "x"}).status_code == 303

    answer = client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "remarks"})

    assert answer.status_code == 403
    assert "Dieser Link ist zum Mitschreiben." in answer.text
    assert db.session.get_one(Invitation, invitation.id).state == InvitationState.DRAFTED


def test_a_link_to_hand_in_hands_in(invitation, client) -> None:
    link = link_for(invitation, Scope.SUBMIT)

    answer = client.post(link + "/abschicken", data={"key": str(uuid4()), "answer": "agrees"})

    assert (answer.status_code, answer.location.startswith(link + "/bestaetigung/")) == (303, True)
    assert f'href="{link}"' in client.get(answer.location).text


def test_each_keeps_their_own_link_in_the_navigation(invitation, client) -> None:
    link = link_for(invitation, Scope.WRITE)
    page = client.get(link).text

    assert f'href="{link}/abschnitte"' in page
    assert token_of(invitation) not in page
