"""What did not arrive is listed with its reason, and put right in place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import Role, User
from ikb.core.returned_words import IS_FULL, NO_MAILBOX
from ikb.db import db, transaction
from ikb.deliveries import incoming
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.model import JournalEntry
from ikb.moment import today
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import undelivered as service
from ikb.web.filters import moment
from tests import factories
from tests.conftest import Browser, SteppingClock
from tests.core.returned_messages import fields as status_fields
from tests.core.returned_messages import plain, report
from tests.deliveries.helpers import Wire

SERVER = "MAILER-DAEMON@mx.example.org"


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    procedure = factories.make_procedure(leads=[lead])
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def invite(phase: ParticipationPhase, clock: SteppingClock, name: str | None = None) -> Delivery:
    """An invitation whose mail was handed over."""
    invitation = factories.make_invitation(phase, factories.make_institution(name))
    with transaction():
        deliveries.plan_many([institutions.planned_mail("invitation", invitation, now=clock())], now=clock())
    deliveries.send_due(clock, Wire())
    return db.session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()


def come_back(delivery: Delivery, clock: SteppingClock, status: str = "5.1.1", said: str = "550 5.1.1 no") -> None:
    raw = report(
        SERVER,
        "Undelivered Mail",
        "",
        status_fields("failed", status, f"smtp; {said}", delivery.recipient),
        returned=f"message/rfc822|Message-ID: {delivery.message_id}\n\nx",
    )
    with transaction():
        incoming.take_in(raw, now=clock())


def address(phase: ParticipationPhase, rest: str = "") -> str:
    return f"/verfahren/{phase.procedure_id}/nachrichten/nicht-zugestellt{rest}"


def invitation_of(delivery: Delivery) -> Invitation:
    db.session.expire_all()
    return db.session.get_one(Invitation, delivery.subject_id)


def correction(delivery: Delivery, email: str) -> dict[str, object]:
    return {"email": email, "row_version": invitation_of(delivery).row_version}


def test_a_bounce_appears_with_its_reason_in_plain_words(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock, "Kulturverein Beispiel")
    invite(phase, clock, "Erreichbarer Verein")

    come_back(delivery, clock)
    page = browser.get(address(phase)).text

    assert "1 Adresse ist nicht erreichbar" in page
    assert "Kulturverein Beispiel" in page
    assert NO_MAILBOX in page
    assert "550 5.1.1 no" in page
    assert "Erreichbarer Verein" not in page
    assert invitation_of(delivery).state == InvitationState.BOUNCED


def test_a_full_mailbox_says_when_it_is_tried_again(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)

    come_back(delivery, clock, "5.2.2", "552 5.2.2 mailbox full")
    page = browser.get(address(phase)).text

    db.session.refresh(delivery)
    assert IS_FULL in page
    assert f"das nächste Mal am {moment(delivery.next_at)}" in page


def test_another_address_is_saved_and_gets_a_new_link_at_once(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock)

    answer = browser.post(
        address(phase, f"/{delivery.subject_id}"), data=correction(delivery, "Neu@Verein.example.org")
    )

    assert answer.status_code == 303
    wire = Wire()
    deliveries.send_due(clock, wire)
    assert wire.recipients == ["neu@verein.example.org"]
    assert service.undelivered(phase.procedure_id, today()) == []
    actions = set(db.session.scalars(select(JournalEntry.action)))
    assert {"address changed", "link renewed"} <= actions


def test_the_same_address_gets_the_same_message_once_more(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock)
    clock.advance(minutes=20)

    answer = browser.post(
        address(phase, f"/{delivery.subject_id}"), data=correction(delivery, delivery.recipient.upper())
    )

    assert answer.status_code == 303
    wire = Wire()
    deliveries.send_due(clock, wire)
    assert [message["Message-ID"] for message in wire.sent] == [delivery.message_id]
    assert invitation_of(delivery).generation == 1
    assert service.undelivered(phase.procedure_id, today()) == []


def test_what_is_no_address_stays_in_its_row_with_the_sentence(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock)

    answer = browser.post(address(phase, f"/{delivery.subject_id}"), data=correction(delivery, "keine Adresse"))

    assert answer.status_code == 422
    assert 'value="keine Adresse"' in answer.text
    assert "Das ist keine vollständige E-Mail-Adresse" in answer.text
    assert institutions.recipient_of(invitation_of(delivery).institution, today()) == delivery.recipient


def test_whoever_is_second_sees_both_addresses(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock)
    typed = correction(delivery, "zweite@verein.example.org")
    browser.post(address(phase, f"/{delivery.subject_id}"), data=correction(delivery, "erste@verein.example.org"))

    answer = browser.post(address(phase, f"/{delivery.subject_id}"), data=typed)

    assert answer.status_code == 409
    assert "erste@verein.example.org" in answer.text
    assert "zweite@verein.example.org" in answer.text


def test_what_is_tried_again_by_itself_is_not_sent_twice(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock, "4.2.2", "452 4.2.2 mailbox full")

    answer = browser.post(address(phase, f"/{delivery.subject_id}"), data=correction(delivery, delivery.recipient))

    assert answer.status_code == 409
    assert "ohnehin noch einmal versucht" in answer.text


def test_absences_and_riddles_are_listed_apart(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    delivery = invite(phase, clock)
    with transaction():
        incoming.take_in(
            plain(delivery.recipient, "Abwesenheitsnotiz", "Bis August.", f"In-Reply-To: {delivery.message_id}\n"),
            now=clock(),
        )

    page = browser.get(address(phase)).text

    assert "Alle Adressen sind erreichbar" in page
    assert "automatische Antwort" in page
    assert "Bis August." in page


def test_an_address_that_a_later_message_reached_is_not_listed(phase: ParticipationPhase, clock: SteppingClock) -> None:
    delivery = invite(phase, clock)
    come_back(delivery, clock)
    clock.advance(hours=1)
    with transaction():
        db.session.add(_like(delivery, "<later@x>", clock))

    assert service.undelivered(phase.procedure_id, today()) == []


def _like(delivery: Delivery, message_id: str, clock: SteppingClock) -> Delivery:
    return Delivery(
        kind="reminder",
        subject_id=delivery.subject_id,
        procedure_id=delivery.procedure_id,
        recipient=delivery.recipient,
        dedup_key=message_id,
        message_id=message_id,
        state=DeliveryState.HANDED_OVER,
        created_at=clock(),
        due_at=clock(),
        next_at=clock(),
        stale_at=clock(),
        finished_at=clock(),
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_lead_finds_nothing(
    phase: ParticipationPhase, clock: SteppingClock, as_user: Callable[[User], Browser], method: str
) -> None:
    delivery = invite(phase, clock)
    stranger = as_user(factories.make_user())

    place = address(phase) if method == "get" else address(phase, f"/{delivery.subject_id}")

    assert getattr(stranger, method)(place).status_code == 404


def test_the_page_asks_few_questions_however_many_bounced(
    browser: Browser,
    phase: ParticipationPhase,
    clock: SteppingClock,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    for _ in range(8):
        come_back(invite(phase, clock), clock)

    with count_queries() as asked:
        page = browser.get(address(phase))

    assert "8 Adressen sind nicht erreichbar" in page.text
    assert len(asked) <= 12


def test_the_administrator_sees_what_fits_nothing_without_the_name(
    app: Flask, clock: SteppingClock, as_user: Callable[[User], Browser]
) -> None:
    with transaction():
        incoming.take_in(plain("Fremd <fremd@anders.example.org>", "Guten Tag", "Frage"), now=clock())
        incoming.take_in(
            report(
                SERVER, "Undelivered", "", status_fields("failed", "5.1.1", "", "wer@anders.example.org"), returned=None
            ),
            now=clock(),
        )
    administrator = as_user(factories.make_user(roles=[Role.ADMINISTRATOR]))

    page = administrator.get("/verwaltung/betrieb/rueckmeldungen").text

    assert "Es ist kein Postfach für Rückmeldungen eingerichtet" in page
    assert "Guten Tag · Frage" in page
    assert "w…@anders.example.org" in page
    assert "/verwaltung/betrieb/rueckmeldungen" in administrator.get("/verwaltung/betrieb").text
