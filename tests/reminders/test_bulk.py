"""Many institutions at once: chosen by filter or tick, seen before, done once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from ikb.accounts.model import User
from ikb.db import db, transaction
from ikb.deliveries.model import Delivery
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase
from tests.factories import (
    make_draft,
    make_institution,
    make_invitation,
    make_phase,
    make_procedure,
    make_user,
    make_version,
)

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def lead(app: Flask) -> User:
    return make_user()


@pytest.fixture
def browser(lead: User, as_user):
    return as_user(lead)


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    return make_phase(make_version(make_draft(make_procedure([lead]))))


def page(phase: ParticipationPhase, end: str = "") -> str:
    return f"/verfahren/{phase.procedure_id}/nachrichten/mehrere{end}"


def shown(text: str) -> dict[str, object]:
    """What the preview's form would send."""
    fields = re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', text)
    found: dict[str, object] = {name: value for name, value in fields if name != "nummer"}
    return found | {"nummer": [value for name, value in fields if name == "nummer"]}


def sent(kind: str) -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))


def by_hand() -> list[Delivery]:
    return [row for row in sent("reminder") if row.step.startswith("hand")]


def test_all_of_a_filter_are_reminded_and_the_others_named_with_the_reason(browser, phase) -> None:
    waiting = make_invitation(phase, make_institution("Wartet"), state=InvitationState.DELIVERED)
    make_invitation(phase, make_institution("Fertig"), state=InvitationState.AGREES)
    make_invitation(phase, make_institution("Brief", email=""))

    preview = browser.post(page(phase), data={"act": "remind", "whom": "all"}).text
    assert "Ausgelassen, schon geantwortet: 1" in preview
    assert "Ausgelassen, ohne E-Mail-Adresse: per Brief: 1" in preview
    assert by_hand() == []

    done = browser.post(page(phase, "/ausfuehren"), data=shown(preview))

    assert done.status_code == 303
    assert [row.subject_id for row in by_hand()] == [waiting.id]
    again = browser.post(page(phase), data={"act": "remind", "whom": "all"}).text
    assert "nichts zu tun" in again or "heute schon erinnert" in again


def test_only_the_ticked_get_their_link_again_and_it_is_the_same_link(browser, phase) -> None:
    chosen, _other = make_invitation(phase), make_invitation(phase)

    preview = browser.post(page(phase), data={"act": "resend", "whom": "ticked", "nummer": [chosen.id]}).text
    browser.post(page(phase, "/ausfuehren"), data=shown(preview))

    db.session.expire_all()
    assert [row.subject_id for row in sent("new_link")] == [chosen.id]
    assert chosen.generation == 1


def test_an_extension_has_a_day_and_a_reason_for_all(browser, phase) -> None:
    rows = [make_invitation(phase) for _ in range(2)]
    entered = {"act": "extend", "whom": "all", "until": "12.07.2030", "reason": "Ferien"}

    refused = browser.post(page(phase), data=entered | {"until": "01.06.2030"})
    preview = browser.post(page(phase), data=entered).text
    browser.post(page(phase, "/ausfuehren"), data=shown(preview))

    db.session.expire_all()
    assert refused.status_code == 422
    assert {row.extended_until for row in rows} == {date(2030, 7, 12)}


def test_what_changed_after_the_preview_is_shown_again_and_nothing_sent(browser, phase) -> None:
    invitation = make_invitation(phase)
    preview = browser.post(page(phase), data={"act": "resend", "whom": "all"}).text
    make_invitation(phase)

    answer = browser.post(page(phase, "/ausfuehren"), data=shown(preview))

    assert answer.status_code == 409
    assert sent("new_link") == []
    assert invitation.generation == 1


def test_nobody_chosen_is_said(browser, phase) -> None:
    make_invitation(phase)

    answer = browser.post(page(phase), data={"act": "remind", "whom": "ticked"})

    assert answer.status_code == 422
    assert "Kreuzen Sie mindestens eine Institution an" in answer.text


def test_somebody_elses_phase_is_not_found(app: Flask, as_user, phase) -> None:
    make_invitation(phase)

    assert as_user(make_user()).get(page(phase)).status_code == 404


def test_whoever_is_added_to_an_open_phase_is_reminded_too(phase, now) -> None:
    institution = make_institution()
    with transaction():
        (added,) = institutions.add_to_phase(phase, [institution], by=SYSTEM, now=now)

    assert {row.subject_id for row in sent("reminder")} == {added.id}
    assert db.session.get_one(Invitation, added.id).state == InvitationState.INVITED
