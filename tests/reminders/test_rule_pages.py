"""Rules as the lead edits them: looked at before they are saved, and what becomes of reminders that wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from ikb.accounts.model import Role, User
from ikb.core.clock import at_local, berlin_day
from ikb.db import db, transaction
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery, DeliveryState
from ikb.errors import Conflict, Implausible
from ikb.institutions.model import Contact, Invitation, InvitationState
from ikb.journal.service import SYSTEM
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import queries, service
from ikb.reminders.rules import USUAL, Rules, Step
from tests import factories
from tests.conftest import Browser, SteppingClock
from tests.deliveries.helpers import Wire


@pytest.fixture
def lead(app: Flask) -> User:
    return factories.make_user()


@pytest.fixture
def phase(lead: User) -> ParticipationPhase:
    """Open until Friday, 28 June 2030."""
    procedure = factories.make_procedure(leads=[lead])
    return factories.make_phase(factories.make_version(factories.make_draft(procedure)))


@pytest.fixture
def browser(lead: User, as_user: Callable[[User], Browser]) -> Browser:
    return as_user(lead)


def with_second_address(phase: ParticipationPhase) -> Invitation:
    invitation = factories.make_invitation(phase, factories.make_institution(email="first@verein.example.org"))
    with transaction():
        db.session.add(
            Contact(institution=invitation.institution, name="Kim", email="kim@verein.example.org", phone="0521 1")
        )
    return invitation


def waiting(state: str = DeliveryState.PLANNED) -> list[tuple[str, date, str]]:
    db.session.expire_all()
    rows = select(Delivery).where(Delivery.kind == "reminder", Delivery.state == state)
    found = db.session.scalars(rows.order_by(Delivery.due_at, Delivery.step))
    return [(row.step, berlin_day(row.due_at), row.recipient.partition("@")[0]) for row in found]


def change(phase: ParticipationPhase, clock: SteppingClock, rules: Rules, seen: int | None = None) -> None:
    row = queries.rules_row(phase.procedure_id)
    version = seen if seen is not None else (row.row_version if row else 0)
    with transaction():
        service.change_rules(phase.procedure, rules, seen=version, by=SYSTEM, now=clock())


def plan(clock: SteppingClock) -> None:
    with transaction():
        service.plan_missing(now=clock())


def june(day: int) -> date:
    return date(2030, 6, day)


def fields(**values: Any) -> dict[str, Any]:
    """The form as the browser sends it; steps as "14 7 2w"."""
    steps = values.pop("steps", "14 7 1").split()
    sent: dict[str, Any] = {
        "row_version": "0",
        "send_at": "09:00",
        "quiet_from": "20:00",
        "quiet_until": "07:00",
        "spares_sundays": "y",
        "spares_holidays": "y",
        "gather_minutes": "60",
        "lead_days": "1",
        "has_digest": "y",
        "warns_of_busy_days": "y",
    }
    for place in range(6):
        name = steps[place] if place < len(steps) else ""
        sent[f"steps-{place}-days"] = name.rstrip("w")
        sent[f"steps-{place}-counting"] = "working" if name.endswith("w") else "calendar"
    return sent | values


def test_other_rules_take_back_what_waits_and_plan_it_as_they_want_it(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    factories.make_invitation(phase, factories.make_institution(email="a@verein.example.org"))
    plan(clock)

    change(phase, clock, Rules(steps=(Step(10), Step(2), Step(0)), send_at=time(11, 30)))

    assert waiting() == [("10", june(18), "a"), ("2", june(26), "a"), ("0", june(28), "a")]
    assert len(waiting(DeliveryState.CANCELLED)) == 3


def test_the_same_step_at_another_hour_is_the_same_message(phase: ParticipationPhase, clock: SteppingClock) -> None:
    factories.make_invitation(phase)
    plan(clock)

    change(phase, clock, Rules(send_at=time(16, 15)))

    db.session.expire_all()
    rows = db.session.scalars(select(Delivery).where(Delivery.kind == "reminder").order_by(Delivery.due_at)).all()
    assert [row.due_at for row in rows] == [at_local(june(day), 16, 15) for day in (14, 21, 27)]


def test_what_was_sent_is_not_sent_again_whatever_the_rules_become(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    factories.make_invitation(phase)
    plan(clock)
    clock.moment = at_local(june(14), 9)
    first = Wire()
    deliveries.send_due(clock, first)

    for rules in (Rules(send_at=time(10)), Rules(steps=(Step(14), Step(14, True), Step(7)), send_at=time(12)), USUAL):
        change(phase, clock, rules)
        for hour in (10, 12, 15):
            clock.moment = at_local(june(14), hour, 30)
            deliveries.send_due(clock, first)
        clock.moment = at_local(june(14), 9, 30)

    assert len(first.sent) == 1, "nobody hears twice on one day"
    assert [step for step, _, _ in waiting()] == ["7", "1"]


def test_answered_ones_whose_reminders_still_wait_get_no_old_ones_after_the_change(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    invitation = factories.make_invitation(phase)
    plan(clock)
    with transaction():
        invitation.state = InvitationState.AGREES

    change(phase, clock, Rules(steps=(Step(3),)))

    assert waiting() == []


def test_the_second_address_hears_of_late_reminders_only(phase: ParticipationPhase, clock: SteppingClock) -> None:
    with_second_address(phase)
    change(phase, clock, Rules(second_contact_days=7))

    assert waiting() == [
        ("14", june(14), "kim"),
        ("7", june(21), "kim"),
        ("7+2", june(21), "first"),
        ("1", june(27), "kim"),
        ("1+2", june(27), "first"),
    ]
    clock.moment = at_local(june(21), 9)
    wire = Wire()
    deliveries.send_due(clock, wire)
    assert wire.recipients == ["kim@verein.example.org", "first@verein.example.org"]


def test_both_addresses_are_those_of_the_day_on_which_it_goes_out(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    invitation = with_second_address(phase)
    change(phase, clock, Rules(second_contact_days=7))
    with transaction():
        invitation.institution.email = "other@verein.example.org"
    clock.moment = at_local(june(21), 9)

    wire = Wire()
    deliveries.send_due(clock, wire)

    assert wire.recipients == ["kim@verein.example.org", "other@verein.example.org"]


def test_without_a_second_address_any_more_only_the_first_is_written_to(
    phase: ParticipationPhase, clock: SteppingClock
) -> None:
    invitation = with_second_address(phase)
    change(phase, clock, Rules(second_contact_days=7))
    with transaction():
        invitation.institution.email = "kim@verein.example.org"
    clock.moment = at_local(june(21), 9)

    wire = Wire()
    deliveries.send_due(clock, wire)

    assert wire.recipients == ["kim@verein.example.org"]


@pytest.mark.parametrize(
    ("started_at", "went_out_at"),
    [
        (at_local(june(14), 9, 5), at_local(june(14), 9, 5)),
        (at_local(june(14), 19, 59), at_local(june(14), 19, 59)),
        (at_local(june(14), 22), at_local(june(15), 7)),
        (at_local(june(16), 12), at_local(june(17), 7)),  # a Sunday
        (at_local(june(21), 6), None),  # the next one comes at 9
    ],
)
def test_a_late_reminder_waits_for_the_end_of_quiet_hours_and_of_a_day_off(
    phase: ParticipationPhase, clock: SteppingClock, started_at: Any, went_out_at: Any
) -> None:
    factories.make_invitation(phase)
    plan(clock)
    clock.moment = started_at
    wire = Wire()
    deliveries.send_due(clock, wire)
    row = db.session.scalars(select(Delivery).where(Delivery.step == "14")).one()

    if went_out_at == started_at:
        assert len(wire.sent) == 1
        return
    assert wire.sent == []
    if went_out_at is None:
        clock.moment = at_local(june(21), 7)
    else:
        assert (row.state, row.next_at) == (DeliveryState.PLANNED, went_out_at)
        assert "Wartet wegen der Ruhezeit" in row.last_reply
        clock.moment = went_out_at
    deliveries.send_due(clock, wire)
    assert len(wire.sent) == 1


def test_a_late_reminder_that_could_only_disturb_is_let_go(phase: ParticipationPhase, clock: SteppingClock) -> None:
    factories.make_invitation(phase)
    plan(clock)
    clock.moment = at_local(june(28), 21)  # the deadline is over before the quiet hours are

    wire = Wire()
    deliveries.send_due(clock, wire)

    assert wire.sent == []
    assert [step for step, _, _ in waiting(DeliveryState.EXPIRED)] == ["14", "7", "1"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.permutations(["opened", "tick", "moved", "rules", "tick again"]))
def test_whoever_plans_first_the_rows_are_the_same(
    phase: ParticipationPhase, clock: SteppingClock, order: list[str]
) -> None:
    from ikb.events import announce

    if not db.session.scalars(select(Invitation).where(Invitation.phase_id == phase.id)).all():
        with_second_address(phase)
        change(phase, clock, Rules(second_contact_days=1))
    for act in order:
        with transaction():
            if act == "opened":
                announce("phase_opened", phase_id=phase.id, now=clock())
            elif act == "moved":
                announce("deadline_moved", phase_id=phase.id, now=clock())
            elif act == "rules":
                service.replan_for_procedure(phase.procedure_id, clock())
            else:
                service.plan_missing(now=clock())

    assert waiting() == [
        ("14", june(14), "kim"),
        ("7", june(21), "kim"),
        ("1", june(27), "kim"),
        ("1+2", june(27), "first"),
    ]
    assert waiting(DeliveryState.CANCELLED) == []


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (Rules(send_at=time(21)), "send_at"),
        (Rules(send_at=time(6, 59)), "send_at"),
        (Rules(steps=(Step(61),)), "steps"),
        (Rules(steps=(), second_contact_days=3), "second_contact_days"),
        (Rules(steps=(Step(7),), second_contact_days=3), "second_contact_days"),
    ],
)
def test_rules_that_contradict_themselves_are_refused_at_their_field(rules: Rules, field: str) -> None:
    with pytest.raises(Implausible) as refused:
        service.check_rules(rules)

    assert refused.value.field == field


def test_of_two_leads_the_second_gets_both_rules(phase: ParticipationPhase, clock: SteppingClock) -> None:
    change(phase, clock, Rules(steps=(Step(3),)), seen=0)

    with pytest.raises(Conflict) as refused:
        change(phase, clock, Rules(steps=(Step(5),)), seen=0)

    assert "3 Tage vorher" in refused.value.theirs
    assert "5 Tage vorher" in refused.value.mine


def test_the_page_shows_the_calendar_before_anything_is_saved(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    factories.make_invitation(phase)
    plan(clock)
    before = waiting()

    answer = browser.post(
        f"/verfahren/{phase.procedure_id}/nachrichten/regeln", data=fields(steps="18 3w 0", act="check")
    )

    assert answer.status_code == 200
    assert "Vorschau, noch nicht gespeichert" in answer.text
    assert "Erinnerung (18 Tage vorher)" in answer.text
    assert "Eigentlich am 10.06.2030 (Feiertag: Pfingstmontag)" in answer.text
    assert "1 × Erinnerung: Link nicht genutzt" in answer.text
    assert waiting() == before


def test_saving_leads_to_the_calendar_of_the_saved_rules(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    with_second_address(phase)
    answer = browser.post(
        f"/verfahren/{phase.procedure_id}/nachrichten/regeln",
        data=fields(steps="5 2w", send_at="10.30 Uhr", second_contact_days="2", call_list_days="3"),
    )

    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Erinnerung (2 Arbeitstage vorher)" in page
    assert "10:30 Uhr" in page
    assert "1 × zweite Adresse, gleicher Text" in page
    assert "Anrufliste" in page
    assert [step for step, _, _ in waiting()] == ["5", "2w", "2w+2"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"send_at": "viertel nach neun"}, "Schreiben Sie die Uhrzeit so: 09:00."),
        ({"send_at": "22:00"}, "liegt in der Ruhezeit"),
        ({"steps": "61"}, "frühestens 60 Tage vor der Frist"),
        ({"steps": "7", "second_contact_days": "3"}, "So kurz vor der Frist gibt es keine Erinnerung mehr"),
        ({"gather_minutes": "2000"}, "bis zu einem Tag"),
    ],
)
@pytest.mark.parametrize("act", ["check", "save"])
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_saved(
    browser: Browser, phase: ParticipationPhase, values: dict[str, str], sentence: str, act: str
) -> None:
    answer = browser.post(f"/verfahren/{phase.procedure_id}/nachrichten/regeln", data=fields(**values) | {"act": act})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert queries.rules_row(phase.procedure_id) is None


def test_a_calendar_tells_what_went_out_already_and_what_falls_away(
    browser: Browser, lead: User, phase: ParticipationPhase, clock: SteppingClock
) -> None:
    factories.make_invitation(phase)
    plan(clock)
    clock.moment = at_local(june(14), 9)
    deliveries.send_due(clock, Wire())
    change(phase, clock, Rules(steps=(Step(14), Step(16), Step(1))))
    browser.sign_in(lead)

    page = browser.get(f"/verfahren/{phase.procedure_id}/nachrichten/vorschau").text

    assert "1 × an den Mailserver übergeben" in page
    assert "16 Tage vorher (12.06.2030) fällt weg" in page
    assert "14 Tage vorher (14.06.2030) fällt weg" not in page


@pytest.mark.parametrize("page", ["vorschau", "regeln", "texte", "anrufliste", "texte/invitation/de"])
def test_the_pages_are_the_leads_of_that_procedure(
    phase: ParticipationPhase, as_user: Callable[[User], Browser], page: str
) -> None:
    address = f"/verfahren/{phase.procedure_id}/nachrichten/{page}"

    assert as_user(factories.make_user()).get(address).status_code == 404
    assert as_user(factories.make_user(roles=[Role.SECRETARY])).get(address).status_code == 403


@pytest.mark.parametrize("page", ["vorschau", "regeln", "texte", "anrufliste"])
def test_without_a_phase_the_pages_say_what_is_missing(
    lead: User, as_user: Callable[[User], Browser], page: str
) -> None:
    procedure = factories.make_procedure(leads=[lead])

    assert as_user(lead).get(f"/verfahren/{procedure.id}/nachrichten/{page}").status_code == 200


@pytest.mark.parametrize("count", [9, 93])
def test_the_calendar_costs_the_same_queries_however_many_are_invited(
    browser: Browser, phase: ParticipationPhase, clock: SteppingClock, count: int, count_queries: Any
) -> None:
    for _ in range(count):
        factories.make_invitation(phase)
    plan(clock)

    with count_queries() as seen:
        browser.get(f"/verfahren/{phase.procedure_id}/nachrichten/vorschau")

    assert len(seen) <= 12
