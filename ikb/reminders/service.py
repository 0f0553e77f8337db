"""The rules of reminding as leads set them, and planning whatever was missed; idempotent, however often it runs."""

from __future__ import annotations

from datetime import datetime, time

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries import queries as ledger
from ikb.deliveries import service as deliveries
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import Procedure
from ikb.reminders import changes, leads, participation, queries, sittings
from ikb.reminders.model import ReminderRules
from ikb.reminders.participation import (
    REMINDER,
    forget_phase,
    plan_for_phase,
    replan_for_invitation,
    replan_for_phase,
    replan_for_procedure,
)
from ikb.reminders.rules import MOST_DAYS, USUAL, Rules, in_words
from ikb.reminders.sittings import RESULT_MISSING, plan_for_meeting

LISTENING = (changes, leads)  # what they hear they hear because they are here

__all__ = [
    "LISTENING", "REMINDER",
    "RESULT_MISSING",
    "change_rules",
    "check_rules",
    "forget_phase",
    "plan_for_meeting",
    "plan_for_phase",
    "plan_missing",
    "replan_for_invitation",
    "replan_for_phase",
    "replan_for_procedure",
    "rules_in_words",
]  # fmt: skip


def plan_missing(*, now: datetime) -> int:
    """Plan what should have been planned and was not, such as for a clerk or an institution added later; how many.

    What was taken back and is wanted once more is planned anew. What was found unwanted when its turn came is not tried
    over and over: only what is still to come is planned, and its turn is over.
    """
    invitations, consultations = queries.unanswered(), queries.without_result(berlin_day(now))
    wanted = participation.wanted(invitations, now) + sittings.questions_about(consultations, now)
    wanted += sittings.tasks_ahead(now) + leads.digests(now)
    subjects: dict[str, set[int]] = {}
    for message in wanted:
        subjects.setdefault(message.kind, set()).add(message.subject_id)
    known = set().union(*(ledger.known_keys(kind, sorted(ids)) for kind, ids in subjects.items()))
    missing = [message for message in wanted if message.dedup_key not in known]
    missing += leads.without_known(leads.busy_warnings(now))
    deliveries.plan_many(missing, now=now)
    return len(missing)


def change_rules(procedure: Procedure, rules: Rules, *, seen: int, by: Actor, now: datetime) -> ReminderRules:
    """Remind by other rules from now on: what waits is planned anew, what was sent is not sent again.

    seen: the row version that the editor saw, 0 where there was no row yet.
    Raises Implausible for rules that contradict themselves, Conflict with both if somebody else was faster.
    """
    check_rules(rules)
    row = _row_to_change(procedure, rules, seen)
    before = row.as_rules() if row.id is not None else USUAL
    if before == rules:
        return row
    row.take_over(rules)
    db.session.add(row)
    db.session.flush()
    facts = {"fields": sorted(name for name in vars(rules) if getattr(rules, name) != getattr(before, name))}
    journal.record("reminder rules changed", row, by=by, now=now, procedure_id=procedure.id, facts=facts)
    participation.replan_for_procedure(procedure.id, now)
    return row


def _row_to_change(procedure: Procedure, rules: Rules, seen: int) -> ReminderRules:
    # The procedure's row is held: two leads who both set the first rules must not both make a row.
    db.session.refresh(procedure, with_for_update={"of": Procedure})
    row = queries.rules_row(procedure.id)
    if row is None:
        return ReminderRules(procedure_id=procedure.id, steps=[])
    lock_unchanged(row, seen, mine=rules_in_words(rules), theirs=lambda: rules_in_words(row.as_rules()))
    return row


def check_rules(rules: Rules) -> None:
    """Raises Implausible, naming the field, for rules that contradict themselves."""
    if any(not 0 <= step.days <= MOST_DAYS for step in rules.steps):
        raise Implausible(f"Erinnern lässt sich von {MOST_DAYS} Tagen vor der Frist bis zum letzten Tag.", "steps")
    if rules.is_quiet(rules.send_at):
        raise Implausible(
            f"{_clock(rules.send_at)} liegt in der Ruhezeit ({_clock(rules.quiet_from)} bis {_clock(rules.quiet_until)}). "
            "Wählen Sie eine andere Uhrzeit oder eine andere Ruhezeit.",
            "send_at",
        )
    if not rules.steps and (rules.second_contact_days is not None):
        raise Implausible("Ohne Erinnerungen wird auch die zweite Adresse nicht erinnert.", "second_contact_days")
    if rules.second_contact_days is not None and all(step.days > rules.second_contact_days for step in rules.steps):
        raise Implausible(
            "So kurz vor der Frist gibt es keine Erinnerung mehr. Wählen Sie mehr Tage oder eine spätere Erinnerung.",
            "second_contact_days",
        )


def rules_in_words(rules: Rules) -> str:
    """One line per rule, for setting two of them side by side."""
    steps = ", ".join(map(in_words, rules.steps))
    spared = (
        ("Samstage", rules.spares_saturdays),
        ("Sonntage", rules.spares_sundays),
        ("Feiertage", rules.spares_holidays),
    )
    return "\n".join(
        (
            f"Erinnerungen vor der Frist: {steps or 'keine'}",
            f"Uhrzeit: {_clock(rules.send_at)}",
            f"Ruhezeit: {_clock(rules.quiet_from)} bis {_clock(rules.quiet_until)}",
            f"Nicht an: {', '.join(name for name, is_spared in spared if is_spared) or 'an allen Tagen'}",
            f"Zweite Adresse ab: {_days(rules.second_contact_days)}",
            f"Anrufliste ab: {_days(rules.call_list_days)}",
            f"Änderungen sammeln: {rules.gather_minutes} Minuten",
            f"Vorlauf für Gremienbetreuung: {rules.lead_days} Arbeitstage",
            f"Tägliche Übersicht: {'ja' if rules.has_digest else 'nein'}",
            f"Warnung vor dichten Tagen: {'ja' if rules.warns_of_busy_days else 'nein'}",
        )
    )


def _days(days: int | None) -> str:
    return "nie" if days is None else f"{days} Tage vor der Frist"


def _clock(wall: time) -> str:
    return f"{wall:%H:%M} Uhr"
