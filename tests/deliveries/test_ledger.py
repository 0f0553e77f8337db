"""Claims, leases and fences on both engines; races between real connections are in test_claims.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, select, update

from ikb import mail
from ikb.db import by_itself, db, on_sqlite, transaction
from ikb.deliveries import along, kinds, ledger, service
from ikb.deliveries.kinds import Mail, register_kind
from ikb.deliveries.model import Delivery, DeliveryAttempt, DeliveryState, Pace
from ikb.errors import Conflict
from ikb.events import _listeners
from ikb.journal.service import SYSTEM
from tests.conftest import SteppingClock
from tests.deliveries.helpers import Wire, given, only, planned

LEASE = timedelta(seconds=40)


@pytest.fixture(autouse=True)
def _kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind(
        "note", still_wanted=lambda delivery, now: True, render=lambda delivery, now: Mail("Guten Tag", "Text\n")
    )


def claim(now: datetime) -> ledger.Claim | None:
    with transaction():
        return ledger.claim_next(lease=LEASE, now=now)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 30), (2, 60), (3, 120), (4, 300), (5, 600), (6, 1800), (7, 3600), (8, 7200), (9, 7200), (18, 7200)],
)
def test_pauses_grow_to_two_hours_and_stay_there(attempts: int, seconds: int) -> None:
    assert ledger.pause_after(attempts) == timedelta(seconds=seconds)


def test_what_is_planned_twice_is_one_message(app: Flask, now: datetime) -> None:
    given(now, recipient="Post@verein.example.org ")
    given(now, recipient="post@verein.example.org")

    assert len(planned()) == 1


@pytest.mark.parametrize(
    "change", [{"kind": "other"}, {"subject_id": 2}, {"step": "7"}, {"edition": "2"}, {"recipient": "a@b.example"}]
)
def test_another_kind_subject_step_edition_or_address_is_another_message(
    app: Flask, now: datetime, change: dict[str, Any]
) -> None:
    given(now)
    given(now, **change)

    assert len(planned()) == 2
    assert len({delivery.message_id for delivery in planned()}) == 2


def test_a_message_without_an_address_is_refused(app: Flask, now: datetime) -> None:
    with pytest.raises(ValueError, match="recipient"):
        given(now, recipient="  ")


def test_many_are_planned_in_one_statement(app: Flask, now: datetime, count_queries: Callable[[], Any]) -> None:
    messages = [service.Planned("note", number, f"a{number}@b.example", now, now + LEASE) for number in range(93)]

    with transaction(), count_queries() as seen:
        service.plan_many(messages, now=now)

    assert len(seen) == 1
    assert len(planned()) == 93


def test_what_was_taken_back_waits_again_once_it_is_planned_again(app: Flask, now: datetime) -> None:
    given(now, recipient="Post@verein.example.org")
    before = only()
    with transaction():
        service.cancel("note", [1], now=now)
    later = now + timedelta(hours=1)

    given(later, recipient_name="Kim", due_at=later + LEASE)

    row = only()
    assert (row.id, row.message_id, row.created_at) == (before.id, before.message_id, now)
    assert (row.state, row.attempts, row.finished_at, row.last_reply) == (DeliveryState.PLANNED, 0, None, "")
    assert (row.due_at, row.next_at, row.stale_at) == (later + LEASE, later + LEASE, later + timedelta(days=1))
    assert (row.recipient, row.recipient_name) == ("post@verein.example.org", "Kim")
    assert claim(later) is None
    assert claim(later + LEASE) is not None


def test_what_was_found_unwanted_and_is_planned_again_goes_out_under_the_same_message_id(
    app: Flask, clock: SteppingClock
) -> None:
    wanted = [True, False, True]
    register_kind("asked", still_wanted=lambda *_: wanted.pop(0), render=lambda *_: Mail("Guten Tag", "Text"))
    wire = Wire(faults={"post@verein.example.org": [mail.TemporaryFailure("451 busy")]})
    given(clock(), kind="asked")
    service.send_due(clock, wire)  # in doubt: it may have arrived although the server said no
    clock.advance(seconds=30)
    service.send_due(clock, wire)
    assert only().state == DeliveryState.CANCELLED

    given(clock(), kind="asked")
    service.send_due(clock, wire)

    assert (only().state, only().attempts) == (DeliveryState.HANDED_OVER, 1)
    assert [message["Message-ID"] for message in wire.tried] == [only().message_id] * 2


@pytest.mark.parametrize("state", [state for state in DeliveryState if state != DeliveryState.CANCELLED])
def test_planned_again_only_what_was_taken_back_changes(app: Flask, now: datetime, state: DeliveryState) -> None:
    given(now)
    with transaction():
        db.session.execute(update(Delivery).values(state=state.value, attempts=3, lease_owner="somebody"))

    given(now + LEASE, recipient_name="Kim")

    row = only()
    assert (row.state, row.attempts, row.lease_owner) == (state, 3, "somebody")
    assert (row.due_at, row.recipient_name) == (now, "")


def test_what_was_taken_back_and_is_planned_twice_at_once_is_one_message(
    app: Flask, now: datetime, count_queries: Callable[[], Any]
) -> None:
    messages = [service.Planned("note", number % 3, "a@b.example", now, now + LEASE) for number in range(6)]
    with transaction():
        service.plan_many(messages, now=now)
        service.cancel("note", range(3), now=now)

    with transaction(), count_queries() as seen:
        service.plan_many(messages, now=now)

    assert len(seen) == 1
    assert [row.state for row in planned()] == [DeliveryState.PLANNED] * 3


def test_planning_what_is_due_wakes_the_worker_once(app: Flask, now: datetime, wakeups: list[Any]) -> None:
    with transaction():
        for number in range(3):
            service.plan_many([service.Planned("note", number, "a@b.example", now, now + LEASE)], now=now)
    given(now, subject_id=9, due_at=now + LEASE)

    assert wakeups == [("deliveries.send_due", ())]


def test_the_most_urgent_goes_first_then_whoever_waits_longest(app: Flask, now: datetime) -> None:
    register_kind("urgent", still_wanted=lambda *_: True, render=lambda *_: Mail("", ""), urgency=1)
    given(now, subject_id=1, due_at=now - timedelta(minutes=1))
    given(now, subject_id=2, due_at=now - timedelta(minutes=2))
    given(now, subject_id=3, kind="urgent")

    assert [found.delivery.subject_id for found in iter(lambda: claim(now), None)] == [3, 2, 1]


def test_nobody_claims_what_is_not_due_yet(app: Flask, now: datetime) -> None:
    given(now, due_at=now + timedelta(seconds=1))

    assert claim(now) is None
    assert claim(now + timedelta(seconds=1)) is not None


def test_a_claimed_message_is_nobody_elses_until_its_lease_is_over(app: Flask, now: datetime) -> None:
    given(now)
    first = claim(now)

    assert claim(now + LEASE - timedelta(seconds=1)) is None
    again = claim(now + LEASE)

    assert first is not None
    assert again is not None
    assert again.delivery.id == first.delivery.id
    assert again.delivery.attempts == 2


def test_whoever_lost_the_lease_changes_nothing(app: Flask, now: datetime) -> None:
    given(now)
    first = claim(now)
    assert first is not None
    second = claim(now + LEASE)
    assert second is not None
    sent = ledger.Outcome(DeliveryState.HANDED_OVER, "250 OK")

    with transaction():
        assert not ledger.finish(first, sent, now=now + LEASE)
    assert only().state == DeliveryState.SENDING

    with transaction():
        assert ledger.finish(second, sent, now=now + LEASE)
    assert only().state == DeliveryState.HANDED_OVER
    assert len(db.session.scalars(select(DeliveryAttempt)).all()) == 1


def test_a_sender_that_slept_through_its_lease_does_not_finish_what_another_holds(
    app: Flask, clock: SteppingClock
) -> None:
    given(clock())

    class Sleeper(Wire):
        def send(self, message: mail.Written, recipient: str) -> str:
            clock.advance(seconds=41)
            assert claim(clock()) is not None  # somebody else takes it up meanwhile
            return super().send(message, recipient)

    service.send_due(clock, Sleeper())

    assert only().state == DeliveryState.SENDING


def test_what_is_sent_is_kept_with_its_text_its_attempt_and_the_servers_words(app: Flask, clock: SteppingClock) -> None:
    wire = Wire()
    given(clock(), recipient_name="Verein für Musik, e. V.")

    report = service.send_due(clock, wire)

    delivery = only()
    assert report.count("handed_over") == 1
    assert (delivery.state, delivery.attempts, delivery.last_reply) == (DeliveryState.HANDED_OVER, 1, "250 OK")
    assert (delivery.subject_line, delivery.body_text, delivery.finished_at) == ("Guten Tag", "Text\n", clock())
    assert [(attempt.outcome, attempt.reply) for attempt in delivery.log] == [("handed_over", "250 OK")]
    assert wire.sent[0]["Message-ID"] == delivery.message_id
    assert delivery.message_id.endswith("@127.0.0.1>")


def test_links_are_kept_without_what_opens_doors(app: Flask, clock: SteppingClock) -> None:
    link = "https://stadt.example.org/beteiligung/abcdefghijklmnopqrstuvwxyz234567/abschnitte"
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Link", f"Hier: {link}.\n"))
    given(clock())
    wire = Wire()

    service.send_due(clock, wire)

    assert only().body_text == "Hier: https://stadt.example.org/beteiligung/abcd…/abschnitte.\n"
    assert link in wire.sent[0].get_body(("plain",)).get_content()


def test_what_is_no_longer_wanted_is_cancelled_at_the_claim(app: Flask, clock: SteppingClock) -> None:
    register_kind("note", still_wanted=lambda *_: False, render=lambda *_: Mail("", ""))
    given(clock())
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.sent == []
    assert only().state == DeliveryState.CANCELLED


def test_what_is_stale_expires_and_is_not_sent(app: Flask, clock: SteppingClock) -> None:
    given(clock(), stale_at=clock() + timedelta(hours=1))
    clock.advance(hours=1)
    wire = Wire()

    report = service.send_due(clock, wire)

    assert report.expired == 1
    assert wire.sent == []
    assert only().state == DeliveryState.EXPIRED


def test_a_temporary_fault_is_tried_again_after_growing_pauses_with_the_same_message_id(
    app: Flask, clock: SteppingClock
) -> None:
    wire = Wire(
        faults={"post@verein.example.org": [mail.TemporaryFailure("451 later"), mail.TemporaryFailure("451 later")]}
    )
    given(clock(), stale_at=clock() + timedelta(days=3))

    service.send_due(clock, wire)
    assert (only().state, only().next_at) == (DeliveryState.PLANNED, clock() + timedelta(seconds=30))
    service.send_due(clock, wire)
    assert only().attempts == 1
    clock.advance(seconds=30)
    service.send_due(clock, wire)
    assert only().next_at == clock() + timedelta(seconds=60)
    clock.advance(seconds=60)
    service.send_due(clock, wire)

    assert only().state == DeliveryState.HANDED_OVER
    assert [attempt.outcome for attempt in only().log] == ["retry", "retry", "handed_over"]
    assert {message["Message-ID"] for message in wire.tried} == {only().message_id}


def test_it_is_given_up_where_the_next_attempt_would_be_too_late(app: Flask, clock: SteppingClock) -> None:
    wire = Wire(faults={"post@verein.example.org": [mail.TemporaryFailure("451 later")]})
    given(clock(), stale_at=clock() + timedelta(seconds=30))

    service.send_due(clock, wire)

    assert (only().state, only().last_reply) == (DeliveryState.FAILED, "451 later")


def test_it_is_given_up_after_a_day_of_attempts(app: Flask, clock: SteppingClock) -> None:
    wire = Wire(faults={"post@verein.example.org": [mail.TemporaryFailure("451 later")] * 30})
    given(clock(), stale_at=clock() + timedelta(days=30))
    begun = clock()

    while only().state == DeliveryState.PLANNED:
        clock.moment = only().next_at
        service.send_due(clock, wire)

    assert only().state == DeliveryState.FAILED
    assert timedelta(hours=22) < clock() - begun < timedelta(hours=26)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (mail.RecipientRefused(550, "no such user"), DeliveryState.BOUNCED_HARD),
        (mail.PermanentFailure(554, "not wanted here"), DeliveryState.FAILED),
    ],
)
def test_a_refusal_for_good_is_not_tried_again(
    app: Flask, clock: SteppingClock, fault: Exception, state: DeliveryState
) -> None:
    wire = Wire(faults={"post@verein.example.org": [fault]})
    given(clock())

    service.send_due(clock, wire)
    clock.advance(hours=1)
    service.send_due(clock, wire)

    assert only().state == state
    assert len(wire.tried) == 1
    assert only().log[0].reply == str(fault)


@pytest.mark.parametrize("fault", [mail.TemporaryFailure("451"), mail.RecipientRefused(550, "no"), RuntimeError("?")])
def test_one_poisoned_recipient_never_stops_the_others(app: Flask, clock: SteppingClock, fault: Exception) -> None:
    for number in range(5):
        given(clock(), subject_id=number, recipient=f"a{number}@b.example")
    wire = Wire(faults={"a2@b.example": [fault]})

    service.send_due(clock, wire)

    assert wire.recipients == [
        "a0@b.example",
        "a1@b.example",
        "a3@b.example",
        "a4@b.example",
    ]


def test_a_message_that_cannot_be_rendered_is_tried_again_and_the_others_go_out(
    app: Flask, clock: SteppingClock
) -> None:
    def render(delivery: Delivery, now: datetime) -> Mail:
        if delivery.subject_id == 1:
            db.session.execute(db.text("SELECT nothing FROM nowhere"))  # a fault of the database spoils its transaction
        return Mail("Guten Tag", "Text")

    register_kind("note", still_wanted=lambda *_: True, render=render)
    for number in range(3):
        given(clock(), subject_id=number, recipient=f"a{number}@b.example")
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.recipients == ["a0@b.example", "a2@b.example"]
    spoiled = next(delivery for delivery in planned() if delivery.subject_id == 1)
    assert spoiled.state == DeliveryState.PLANNED
    assert "OperationalError" in spoiled.last_reply or "ProgrammingError" in spoiled.last_reply


def test_names_and_subjects_with_line_breaks_do_not_stop_the_run_and_add_no_header(
    app: Flask, clock: SteppingClock
) -> None:
    register_kind("note", still_wanted=lambda *_: True, render=lambda *_: Mail("Hallo\r\nBcc: x@y.example", "Text"))
    given(clock(), recipient_name='Verein"\r\nBcc: x@y.example')
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.sent[0]["Bcc"] is None
    assert wire.sent[0]["Subject"] == "Hallo Bcc: x@y.example"
    assert only().state == DeliveryState.HANDED_OVER


@pytest.mark.parametrize(
    "address", ["no address", "a@b\r\nBcc: c@d.example", "@b.example", "a@", "ä@b.example", "a@" + "x" * 300]
)
def test_what_is_no_address_bounces_without_asking_the_server(app: Flask, clock: SteppingClock, address: str) -> None:
    if len(address) > 254:
        address = address[:254]
    given(clock(), recipient=address)
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.tried == []
    assert only().state == DeliveryState.BOUNCED_HARD


def test_a_kind_that_this_process_does_not_know_waits_for_a_newer_one(app: Flask, clock: SteppingClock) -> None:
    given(clock(), kind="of tomorrow")
    wire = Wire()

    service.send_due(clock, wire)

    assert wire.tried == []
    assert only().state == DeliveryState.PLANNED


def test_while_the_mail_server_is_away_the_run_ends_and_no_attempt_is_counted(app: Flask, clock: SteppingClock) -> None:
    away = mail.ServerUnavailable("connection refused")
    wire = Wire(faults={"a0@b.example": [away], "a1@b.example": [away]})
    for number in range(2):
        given(clock(), subject_id=number, recipient=f"a{number}@b.example")

    report = service.send_due(clock, wire)

    assert len(report.lines) == 1
    assert [delivery.attempts for delivery in planned()] == [0, 0]
    assert db.session.scalars(select(DeliveryAttempt)).all() == []
    clock.advance(seconds=30)
    wire.faults.clear()
    assert service.send_due(clock, wire).count("handed_over") == 2


def test_what_stumbles_over_a_message_does_not_make_it_go_out_twice(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(delivery: Delivery) -> None:
        raise RuntimeError

    monkeypatch.setattr(along, "_sources", [stumble])
    given(clock(), subject_id=1)
    given(clock(), subject_id=2)
    wire = Wire()

    service.send_due(clock, wire)
    clock.advance(minutes=5)
    service.send_due(clock, wire)

    assert len(wire.sent) == 2
    assert [row.state for row in planned()] == [DeliveryState.HANDED_OVER] * 2


def test_upper_rooms_hear_of_bounces(app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setitem(_listeners, "message_bounced", [lambda delivery_id, now: heard.append(delivery_id)])
    given(clock(), subject_id=1, recipient="a@b.example")
    given(clock(), subject_id=2, recipient="c@d.example")
    wire = Wire(faults={"c@d.example": [mail.RecipientRefused(550, "no")]})

    service.send_due(clock, wire)

    assert heard == [planned()[1].id]


def test_what_goes_along_with_a_message_is_written_with_it_or_not_at_all(
    app: Flask, clock: SteppingClock, count_queries: Callable[[], Any]
) -> None:
    place = Pace(server="before", free_at=clock())
    with transaction():
        db.session.add(place)
    rows = Pace.__table__
    noted = update(rows).where(rows.c.id == bindparam("place")).values(server=bindparam("told"))  # type: ignore[arg-type]
    also = along.Along(noted, {"place": place.id, "told": "after"}, lambda: db.session.expire(place))
    given(clock())
    mine = claim(clock())
    assert mine is not None
    out = ledger.Outcome(DeliveryState.HANDED_OVER, "250")
    stolen = ledger.Claim(mine.delivery, "somebody else", mine.since)

    with transaction(), count_queries() as seen:
        assert not ledger.finish(stolen, out, now=clock(), along=[also])
    assert db.session.get_one(Pace, place.id, populate_existing=True).server == "before"
    assert on_sqlite(db.engine) or len(seen) == 1

    with by_itself():
        assert ledger.finish(mine, out, now=clock(), along=[also])
    assert place.server == "after"


def test_a_message_costs_two_statements_and_a_share_of_a_claim_besides_those_of_its_kind(
    app: Flask, clock: SteppingClock, count_queries: Callable[[], Any]
) -> None:
    for number in range(10):
        given(clock(), subject_id=number)

    with count_queries() as seen:
        service.send_due(clock, Wire())

    each = 2 if on_sqlite(db.engine) else 1
    beside = 3  # whether anything is due, what expired, whether help is needed
    claims = 2  # all ten, and the one that finds nothing more
    assert len(seen) == 10 * each + beside + claims


def test_a_tick_that_finds_nothing_due_asks_once_and_writes_nothing(
    app: Flask, clock: SteppingClock, count_queries: Callable[[], Any]
) -> None:
    given(clock(), due_at=clock() + timedelta(seconds=1))

    with count_queries() as seen:
        service.send_due(clock, Wire())

    assert len(seen) == 1
    assert seen[0].startswith("SELECT")


def test_a_run_that_is_long_enough_lets_the_next_one_go_on(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr("ikb.deliveries.sending.wake", woken.append)
    for number in range(3):
        given(clock(), subject_id=number)
    wire = Wire()

    service.send_due(clock, wire, at_most=2)

    assert len(wire.sent) == 2
    assert woken == ["deliveries.send_due"]


def test_a_run_ends_with_the_message_during_which_its_time_is_over(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SlowWire(Wire):
        def send(self, sent: mail.Written, recipient: str) -> str:
            clock.advance(seconds=4)
            return super().send(sent, recipient)

    woken: list[str] = []
    monkeypatch.setattr("ikb.deliveries.sending.wake", woken.append)
    for number in range(5):
        given(clock(), subject_id=number)
    wire = SlowWire()

    service.send_due(clock, wire, lasts=timedelta(seconds=10))

    assert len(wire.sent) == 3
    assert woken == ["deliveries.send_due"]


def test_cancelling_reaches_only_what_waits(app: Flask, clock: SteppingClock, now: datetime) -> None:
    for number, step in ((1, "7"), (1, "1"), (2, "7"), (3, "7")):
        given(
            now,
            subject_id=number,
            step=step,
            edition="new" if number == 2 else "old",
            recipient=f"a{number}{step}@b.example",
        )
    with transaction():
        service.cancel("note", [1], now=now, step="1")
        service.cancel("note", [2, 3], now=now, except_edition="new")

    waiting = [(row.subject_id, row.step) for row in planned() if row.state == DeliveryState.PLANNED]
    assert waiting == [(1, "7"), (2, "7")]
    service.send_due(clock, Wire())
    with transaction():
        service.cancel("note", [1, 2], now=now)
    assert [row.state for row in planned()].count(DeliveryState.HANDED_OVER) == 2


def test_what_failed_can_be_sent_again_once_and_the_journal_knows(
    app: Flask, clock: SteppingClock, wakeups: list[Any]
) -> None:
    wire = Wire(faults={"post@verein.example.org": [mail.RecipientRefused(550, "no")]})
    given(clock(), due_at=clock() + timedelta(seconds=1))
    clock.advance(seconds=1)
    service.send_due(clock, wire)
    clock.advance(days=3)

    with transaction():
        service.send_again(only(), by=SYSTEM, now=clock())
    with pytest.raises(Conflict), transaction():
        service.send_again(only(), by=SYSTEM, now=clock())
    service.send_due(clock, wire)

    assert only().state == DeliveryState.HANDED_OVER
    assert wakeups == [("deliveries.send_due", ())]
    assert wire.tried[0]["Message-ID"] == wire.sent[0]["Message-ID"]


def test_a_dry_run_says_who_would_get_what_and_changes_nothing(app: Flask, clock: SteppingClock) -> None:
    register_kind("old", still_wanted=lambda *_: False, render=lambda *_: Mail("", ""))
    given(clock(), subject_id=1, recipient="a@b.example")
    given(clock(), subject_id=2, kind="old", recipient="c@d.example")
    given(clock(), subject_id=3, recipient="e@f.example", due_at=clock() - LEASE, stale_at=clock())
    given(clock(), subject_id=4, recipient="g@h.example", due_at=clock() + LEASE)

    report = service.deliver_once(clock, dry_run=True)

    told = {(line.recipient, line.outcome) for line in report.lines}
    assert told == {("a@b.example", "send"), ("c@d.example", "cancelled"), ("e@f.example", "expired")}
    assert all(line.reason for line in report.lines)
    assert str(report.lines[0]).startswith("03.06.2030, ")
    assert {row.state for row in planned()} == {DeliveryState.PLANNED}


def test_the_age_of_the_oldest_due_message_is_known(app: Flask, clock: SteppingClock) -> None:
    assert service.oldest_due_age(clock()) is None
    given(clock(), subject_id=1)
    given(clock(), subject_id=2, due_at=clock() + LEASE)
    clock.advance(seconds=10)

    assert service.oldest_due_age(clock()) == timedelta(seconds=10)
    assert service.due_count(clock()) == 1


def test_heartbeats_are_kept_per_name(app: Flask, clock: SteppingClock) -> None:
    with transaction():
        service.beat(["beat", "worker"], now=clock())
    later = clock.advance(seconds=15)
    with transaction():
        service.beat(["worker"], now=later)

    assert service.queries.heartbeats() == {"beat": later - timedelta(seconds=15), "worker": later}
