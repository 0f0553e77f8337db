"""Signing in, what ends a session, and one-time links."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ikb.accounts import service
from ikb.accounts.model import LoginSession, Role
from ikb.accounts.policy import NOBODY, Visitor
from ikb.db import db, transaction
from ikb.errors import Implausible, NotFound
from ikb.journal.model import JournalEntry
from ikb.journal.service import SYSTEM
from tests.factories import make_user

PASSWORD = "ein langer Satz ist leicht zu merken"


@pytest.fixture
def lead(app, now):
    return make_user(
        [Role.ADMINISTRATOR], password_hash=service.hash_password(PASSWORD), email="anna@stadt.example.org"
    )


def sign_in(client, password=PASSWORD, email="Anna@Stadt.example.org", **more):
    return client.post("/anmelden", data={"email": email, "password": password, **more})


def test_signing_in_leads_to_the_page_of_ones_task(client, lead):
    answer = sign_in(client)

    assert answer.status_code == 303
    assert answer.location == "/verwaltung/betrieb"
    assert client.get("/verwaltung/menschen").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"), [("anna@stadt.example.org", "falsch falsch falsch"), ("fremd@example.org", PASSWORD)]
)
def test_wrong_password_and_unknown_address_get_the_same_answer(client, lead, email, password):
    answer = sign_in(client, password, email)

    assert answer.status_code == 422
    assert "E-Mail-Adresse oder Passwort stimmen nicht" in answer.text
    assert password not in answer.text


def test_a_locked_account_cannot_sign_in(client, app, now):
    make_user(
        [Role.ADMINISTRATOR],
        password_hash=service.hash_password(PASSWORD),
        email="anna@stadt.example.org",
        is_active=False,
    )

    assert sign_in(client).status_code == 422


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(client, lead, app):
    sign_in(client)
    with client.session_transaction() as kept:
        stolen = dict(kept)

    client.post("/abmelden")

    with client.session_transaction() as session:
        session.update(stolen)
    assert client.get("/verwaltung/menschen").status_code == 303


@pytest.mark.parametrize(
    ("pauses", "open_still"),
    [([timedelta(minutes=29)], True), ([timedelta(minutes=31)], False), ([timedelta(minutes=25)] * 29, False)],
    ids=["29 minutes idle", "31 minutes idle", "in use for over 12 hours"],
)
def test_a_session_ends_when_idle_or_old(client, lead, clock, pauses, open_still):
    sign_in(client)

    for pause in pauses:
        clock.advance(seconds=pause.total_seconds())
        answer = client.get("/verwaltung/menschen")

    assert (answer.status_code == 200) is open_still


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/verwaltung/menschen?seite=2", "/verwaltung/menschen?seite=2"),
        ("https://fremd.example.org/", "/verwaltung/betrieb"),
        ("//fremd.example.org/", "/verwaltung/betrieb"),
        ("/\\fremd.example.org", "/verwaltung/betrieb"),
    ],
)
def test_after_signing_in_one_goes_on_but_never_elsewhere(client, lead, wanted, location):
    assert sign_in(client, next=wanted).location == location


def test_the_eleventh_attempt_within_five_minutes_has_to_wait(client, lead):
    for _ in range(10):
        assert sign_in(client, "falsch falsch falsch", "zehn@stadt.example.org").status_code == 422

    answer = sign_in(client, "falsch falsch falsch", "zehn@stadt.example.org")

    assert answer.status_code == 429


def test_an_invited_person_sets_a_password_once(client, app, now):
    with transaction():
        user, token = service.invite("Neu@Stadt.example.org", "Neue Person", [Role.LEAD], by=SYSTEM, now=now)

    page = client.get(f"/konto/{token}")
    assert "neu@stadt.example.org" in page.text
    assert client.post(f"/konto/{token}", data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert client.get(f"/konto/{token}").status_code == 404
    assert sign_in(client, email="neu@stadt.example.org").status_code == 303
    assert user.roles == {Role.LEAD}


def test_two_different_passwords_are_both_asked_for_again(client, app, now):
    with transaction():
        _, token = service.invite("neu@stadt.example.org", "Neue Person", [Role.LEAD], by=SYSTEM, now=now)

    answer = client.post(f"/konto/{token}", data={"password": PASSWORD, "again": PASSWORD + "!"})

    assert answer.status_code == 422
    assert "verschieden" in answer.text


def test_a_link_that_is_too_old_no_longer_works(app, now):
    with transaction():
        _, token = service.invite("neu@stadt.example.org", "Neue Person", [Role.LEAD], by=SYSTEM, now=now)

    with pytest.raises(NotFound, match="abgelaufen"):
        service.token_in_use(token, now + service.INVITATION_LIFE)


def test_an_address_has_one_account(app, now, lead):
    with pytest.raises(Implausible, match="schon ein Konto"), transaction():
        service.invite("ANNA@stadt.example.org", "Zweite", [Role.LEAD], by=SYSTEM, now=now)


def test_a_short_password_is_refused_with_its_length():
    with pytest.raises(Implausible, match="mindestens 12 Zeichen"):
        service.hash_password("kurz")


def test_other_tasks_end_the_open_sessions_and_are_journalled(client, as_user, app, now, lead):
    other = make_user([Role.SECRETARY])
    as_user(other)
    browser = as_user(lead)

    answer = browser.post(
        f"/verwaltung/menschen/{other.id}",
        data={"roles": ["lead", "secretary"], "is_active": "y", "row_version": other.row_version},
    )

    assert answer.status_code == 303
    assert other.roles == {Role.LEAD, Role.SECRETARY}
    assert (
        db.session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.user_id == other.id)) == 0
    )
    assert db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id.desc())).first() == "roles changed"


def test_the_second_of_two_administrators_is_told(as_user, app, lead):
    other = make_user([Role.SECRETARY])

    answer = as_user(lead).post(
        f"/verwaltung/menschen/{other.id}",
        data={"roles": ["lead"], "is_active": "y", "row_version": other.row_version + 1},
    )

    assert answer.status_code == 409
    assert other.roles == {Role.SECRETARY}


def test_two_who_opened_the_same_person_cannot_both_save(as_user, app, lead):
    other = make_user([Role.SECRETARY])
    opened = other.row_version
    path, browser = f"/verwaltung/menschen/{other.id}", as_user(lead)

    first = browser.post(path, data={"roles": ["secretary", "lead"], "is_active": "y", "row_version": opened})
    second = browser.post(path, data={"roles": ["administrator"], "is_active": "y", "row_version": opened})

    assert (first.status_code, second.status_code) == (303, 409)
    assert other.roles == {Role.SECRETARY, Role.LEAD}


def test_nobody_locks_themselves_out(as_user, app, lead):
    answer = as_user(lead).post(
        f"/verwaltung/menschen/{lead.id}", data={"roles": ["lead"], "row_version": lead.row_version}
    )

    assert answer.status_code == 422
    assert "nicht selbst" in answer.text


def test_a_lead_does_not_enter_the_administration(as_user, app):
    assert as_user(make_user([Role.LEAD])).get("/verwaltung/menschen").status_code == 403


def test_inviting_shows_the_link_once(as_user, app, lead):
    answer = as_user(lead).post(
        "/verwaltung/menschen", data={"name": "Neue Person", "email": "neu@stadt.example.org", "roles": ["secretary"]}
    )

    assert answer.status_code == 200
    assert "/konto/" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_visitor_is_nobody_until_known():
    assert NOBODY.actor == SYSTEM
    assert not NOBODY.has(Role.LEAD)
    assert Visitor(3, frozenset({Role.LEAD})).has(Role.LEAD)
