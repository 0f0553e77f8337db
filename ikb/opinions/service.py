"""Asking a department, reminding it, taking a question back, and noting that it was decided meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from ikb.core.clock import at_wall, berlin_day, end_of_day
from ikb.core.periods import next_working_day, previous_working_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.drafts.model import DraftVersion
from ikb.errors import Implausible, NotFound, NotReady
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.opinions import links
from ikb.opinions.model import EndedAs, OpinionRequest, OpinionSubject
from ikb.procedures.edits import lock_unchanged
from ikb.procedures.model import Procedure
from ikb.procedures.town_days import local_exceptions
from ikb.remarks.model import Remark
from ikb.web import labels
from ikb.web.filters import day

ASKED, DUE_SOON, OVERDUE, WITHDRAWN = "opinion_asked", "opinion_due_soon", "opinion_overdue", "opinion_withdrawn"
REMINDED_BEFORE = timedelta(days=2)
REMINDED_AT = time(8, 0)
MOST_OPEN = 200  # of one procedure: each is a mail to somebody
MOST_REMARKS = 300
LONGEST_QUESTION = 5_000
LONGEST_PERIOD = timedelta(days=366)

labels.add("subject", {"opinion_request": "Frage an ein Amt", "opinion": "Fachliche Einschätzung"})
labels.add("actor", {"opinion": "Befragtes Amt, Frage"})
labels.add(
    "journal_action",
    {
        "opinion asked": "fachliche Einschätzung erbeten",
        "opinion link renewed": "neuer Link geschickt",
        "opinion due day moved": "Termin für die Einschätzung geändert",
        "opinion request ended": "Frage beendet",
    },
)
labels.add(
    "opinion_state",
    {
        "open": "offen",
        "overdue": "überfällig",
        "answered": "beantwortet",
        "withdrawn": "zurückgezogen",
        "unanswered": "ohne Antwort beendet",
    },
    {"open": "info", "overdue": "warning", "answered": "success"},
)
labels.add(
    "opinion_end",
    {
        "withdrawn": "Frage zurückgezogen",
        "closed": "von der Projektleitung abgeschlossen",
        "decided": "inzwischen entschieden",
    },
)


@dataclass(frozen=True)
class Question:
    """Whom to ask for what, until when (that day included)."""

    department: str
    email: str
    question: str
    due_on: date
    contact_name: str = ""


@dataclass(frozen=True)
class Subject:
    """What a question is about: a section as it is called, some of its remarks, and what was chosen, in words."""

    anchor: str
    section_name: str
    remark_ids: Collection[int]
    about: str = ""


def ask(
    base: DraftVersion, subject: Subject, question: Question, *, key: UUID, by: Actor, now: datetime
) -> OpinionRequest:
    """Ask a department about some remarks on a version: one mail with a link now, reminders until it answered.

    key: of the form; sent twice, it is one question.
    Raises Implausible naming the field, NotFound for remarks of another draft, NotReady where too many wait for an answer.
    """
    if by.id is None:
        raise ValueError("Only a person with an account asks a department.")
    procedure_id = base.draft.procedure_id
    _check(question, subject, now)
    _lock(procedure_id)
    if earlier := db.session.scalar(select(OpinionRequest).where(OpinionRequest.key == key)):
        return earlier
    _check_known(base, subject.remark_ids)
    _refuse_too_many(procedure_id)
    row = OpinionRequest(
        procedure_id=procedure_id,
        base_version=base,
        anchor=subject.anchor,
        section_name=subject.section_name[:300],
        about=subject.about[:300],
        department=question.department,
        email=question.email.strip().lower(),
        contact_name=question.contact_name,
        question=question.question.strip(),
        due_on=question.due_on,
        key=key,
        asked_by_id=by.id,
        asked_at=now,
        generation=1,
        valid_until=links.ends_at(question.due_on, now),
        subjects=[OpinionSubject(remark_id=one) for one in sorted(subject.remark_ids)],
    )
    db.session.add(row)
    db.session.flush()
    row.token_hash = links.hash_of(links.token_of(row))
    db.session.flush()
    deliveries.plan_many([_letter(row, now), *_reminders(row, now)], now=now)
    _note("opinion asked", row, by, now, {"remarks": row.remark_ids, "due_on": row.due_on.isoformat()})
    return row


def renew_link(row: OpinionRequest, *, seen: int, by: Actor, now: datetime) -> None:
    """Send another link; the one before ends at once. Raises Conflict, NotReady for a question that was ended."""
    _hold(row, seen)
    row.generation += 1
    row.token_hash = links.hash_of(links.token_of(row))
    row.valid_until = links.ends_at(row.due_on, now)
    db.session.flush()
    deliveries.plan_many([_letter(row, now)], now=now)
    _note("opinion link renewed", row, by, now, {"generation": row.generation})


def move_due(row: OpinionRequest, due_on: date, *, seen: int, by: Actor, now: datetime) -> None:
    """Give more time, or less; reminders follow. Raises Implausible for a day that is over, Conflict, NotReady."""
    _hold(row, seen)
    _check_day(due_on, now)
    if row.due_on == due_on:
        return
    before, row.due_on = row.due_on, due_on
    row.valid_until = max(row.valid_until, links.ends_at(due_on, now))
    db.session.flush()
    deliveries.plan_many(_reminders(row, now), now=now)
    _note("opinion due day moved", row, by, now, {"from": before.isoformat(), "to": due_on.isoformat()})


def end(row: OpinionRequest, *, seen: int, by: Actor, now: datetime) -> None:
    """Take a question back, or close it where it was answered: nobody answers it any more. Raises Conflict, NotReady.

    A department that has not answered yet is told that it need not.
    """
    _hold(row, seen)
    _end(row, EndedAs.CLOSED if row.answered_at else EndedAs.WITHDRAWN, by=by, now=now)
    if row.ended_as == EndedAs.WITHDRAWN:
        deliveries.plan_many([_message(row, WITHDRAWN, now, now + timedelta(days=7))], now=now)


def note_decided(row: OpinionRequest, *, now: datetime) -> None:
    """Everything that a question is about was decided: from here on its answer stays as it is."""
    db.session.refresh(row, with_for_update={"of": OpinionRequest})
    if not row.is_ended:
        _end(row, EndedAs.DECIDED, by=SYSTEM, now=now)


def _end(row: OpinionRequest, how: EndedAs, *, by: Actor, now: datetime) -> None:
    row.ended_at, row.ended_as, row.ended_by_id = now, how, by.id
    db.session.flush()
    _note("opinion request ended", row, by, now, {"as": str(how)})


def _hold(row: OpinionRequest, seen: int) -> None:
    lock_unchanged(row, seen, theirs=lambda: _in_words(row))
    if row.is_ended:
        raise NotReady(
            f"Diese Frage ist beendet: {labels.label('opinion_end', row.ended_as)}. Es wurde nichts geändert; stellen Sie bei "
            "Bedarf eine neue."
        )


def _in_words(row: OpinionRequest) -> str:
    lines = [f"{row.department}: Antwort bis {day(row.due_on)}"]
    lines += [f"Beantwortet am {day(row.answered_at)}"] if row.answered_at else []
    lines += [labels.label("opinion_end", row.ended_as)] if row.is_ended else []
    return "\n".join(lines)


def _check(question: Question, subject: Subject, now: datetime) -> None:
    if not subject.remark_ids:
        raise Implausible("Kreuzen Sie mindestens eine Stelle an, zu der Sie fragen.", "subjects")
    if len(subject.remark_ids) > MOST_REMARKS:
        raise Implausible(f"Das sind zu viele Anmerkungen auf einmal: höchstens {MOST_REMARKS}.", "subjects")
    if not question.department.strip():
        raise Implausible("Nennen Sie das Amt.", "department")
    if not question.question.strip():
        raise Implausible("Schreiben Sie, was Sie wissen möchten.", "question")
    if len(question.question) > LONGEST_QUESTION:
        raise Implausible(f"Die Frage ist zu lang: höchstens {LONGEST_QUESTION} Zeichen.", "question")
    _check_day(question.due_on, now)


def _check_day(due_on: date, now: datetime) -> None:
    today = berlin_day(now)
    if due_on < today:
        raise Implausible("Dieser Tag ist schon vorbei. Wählen Sie heute oder einen späteren.", "due_on")
    if due_on > today + LONGEST_PERIOD:
        raise Implausible("Das ist über ein Jahr hin. Wählen Sie einen früheren Tag.", "due_on")


def _lock(procedure_id: int) -> None:
    db.session.execute(select(Procedure.id).where(Procedure.id == procedure_id).with_for_update(key_share=True))


def _check_known(base: DraftVersion, remark_ids: Collection[int]) -> None:
    rows = select(func.count(Remark.id)).join(Remark.draft_version)
    known = db.session.scalar(rows.where(DraftVersion.draft_id == base.draft_id, Remark.id.in_(remark_ids)))
    if known != len(set(remark_ids)):
        raise NotFound("Eine der Anmerkungen gibt es in diesem Entwurf nicht. Es wurde nichts verschickt.")


def _refuse_too_many(procedure_id: int) -> None:
    waits = (OpinionRequest.answered_at.is_(None), OpinionRequest.ended_at.is_(None))
    rows = select(func.count(OpinionRequest.id)).where(OpinionRequest.procedure_id == procedure_id, *waits)
    if (db.session.scalar(rows) or 0) >= MOST_OPEN:
        raise NotReady(
            f"Es warten schon {MOST_OPEN} Fragen auf eine Antwort. Ziehen Sie zuerst zurück, was Sie nicht mehr brauchen."
        )


def _letter(row: OpinionRequest, now: datetime) -> Planned:
    return _message(row, ASKED, now, row.valid_until, edition=str(row.generation))


def _reminders(row: OpinionRequest, now: datetime) -> list[Planned]:
    """Two days before the last day and on the working day after it, where these are still to come."""
    off, edition = local_exceptions(), row.due_on.isoformat()
    before = at_wall(previous_working_day(row.due_on - REMINDED_BEFORE, off), REMINDED_AT)
    after = at_wall(next_working_day(row.due_on + timedelta(days=1), off), REMINDED_AT)
    found = [(DUE_SOON, before, end_of_day(row.due_on)), (OVERDUE, after, after + timedelta(days=14))]
    return [_message(row, kind, at, stale_at, edition=edition) for kind, at, stale_at in found if at > now]


def _message(row: OpinionRequest, kind: str, due_at: datetime, stale_at: datetime, *, edition: str = "") -> Planned:
    return Planned(
        kind=kind,
        subject_id=row.id,
        recipient=row.email,
        recipient_name=row.contact_name or row.department,
        edition=edition,
        due_at=due_at,
        stale_at=stale_at,
        procedure_id=row.procedure_id,
    )


def _note(action: str, row: OpinionRequest, by: Actor, now: datetime, facts: dict[str, object]) -> None:
    journal.record(action, row, by=by, now=now, procedure_id=row.procedure_id, facts=facts)
