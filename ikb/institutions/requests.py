"""Asking for more time: one open request per invitation, edited while it waits; a lead grants or declines it.

It never touches what an institution may do: until it is answered the deadline stands, and handing in is always possible.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.errors import Conflict, Implausible, NotReady
from ikb.institutions.extension_model import Asked, ExtensionRequest
from ikb.institutions.inviting import recipient_name_of, recipient_of
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import PhaseState
from ikb.web import labels

labels.add("extension", {"open": "offen", "granted": "gewährt", "declined": "abgelehnt"})
GRANTED_MAIL, DECLINED_MAIL = "extension_granted", "extension_declined"
LONGEST_REASON = 300
LONGEST_ANSWER = 2000
FURTHEST = timedelta(days=366)
ANSWER_COUNTS = timedelta(days=14)  # longer than that the answer is no news
CHANGED = (
    "Ihre Bitte wurde inzwischen an anderer Stelle geändert. Beide Texte stehen hier; es wurde nichts überschrieben. "
    "Laden Sie die Seite neu, und schicken Sie die Bitte noch einmal, wenn Ihre gelten soll."
)


def latest(invitation_id: int) -> ExtensionRequest | None:
    """The request that was made last, open or answered."""
    rows = select(ExtensionRequest).where(ExtensionRequest.invitation_id == invitation_id)
    return db.session.scalar(rows.order_by(ExtensionRequest.id.desc()).limit(1))


def can_ask(invitation: Invitation) -> bool:
    """Whether there is a deadline that could be moved."""
    return not invitation.is_standing and invitation.phase.state == PhaseState.OPEN


def ask(invitation: Invitation, until: date, reason: str, *, row_version: int, now: datetime) -> ExtensionRequest:
    """Ask for more time, or change what was asked; the same once more is the same request.

    row_version: of the open request that the asker had before them, 0 where there was none.
    The invitation's row must be locked. Raises Implausible for a day or a reason that cannot be, Conflict with both
    texts if somebody changed it meanwhile, NotReady where no deadline runs.
    """
    reason = " ".join(reason.split())
    if not can_ask(invitation):
        raise NotReady("Hier läuft keine Frist, die verlängert werden könnte. Schreiben Sie einfach weiter.")
    _check(invitation, until, reason, now)
    standing = latest(invitation.id)
    open_one = standing if standing is not None and standing.is_open else None
    if open_one is not None and (open_one.wished_until, open_one.reason) == (until, reason):
        return open_one
    if (open_one.row_version if open_one else 0) != row_version:
        raise Conflict(CHANGED, theirs=in_words(open_one), mine=f"{until:%d.%m.%Y}: {reason}")
    row = open_one or ExtensionRequest(invitation=invitation, state=Asked.OPEN, asked_at=now)
    row.wished_until, row.reason, row.asked_at = until, reason, now
    db.session.add(row)
    invitation.wished_until = until
    db.session.flush()
    _note("extension asked", row, by=Actor.invitation(invitation.id), now=now, facts={"until": until.isoformat()})
    return row


def _check(invitation: Invitation, until: date, reason: str, now: datetime) -> None:
    if until <= max(invitation.last_day, berlin_day(now)):
        last = max(invitation.last_day, berlin_day(now))
        raise Implausible(f"Wählen Sie einen Tag nach dem {last:%d.%m.%Y}.", "until")
    if until > invitation.last_day + FURTHEST:
        raise Implausible("Das ist mehr als ein Jahr. Wählen Sie einen näheren Tag, oder rufen Sie uns an.", "until")
    if not reason:
        raise Implausible("Schreiben Sie in einem Satz, warum Sie mehr Zeit brauchen.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Implausible(f"Der Grund ist zu lang: {len(reason)} Zeichen, erlaubt sind {LONGEST_REASON}.", "reason")


def settle(invitation: Invitation, until: date, *, by: Actor, now: datetime) -> None:
    """More time was given: if they had asked, that is the answer, and they hear of it."""
    if invitation.wished_until is None:
        return
    row = latest(invitation.id)
    if row is not None and row.is_open:
        row.granted_until = until
        _answer(row, Asked.GRANTED, by, now)


def decline(row: ExtensionRequest, answer: str, *, row_version: int, by: Actor, now: datetime) -> None:
    """Say no, with a sentence; the institution hears of it.

    Raises Implausible without a sentence, Conflict if the request changed or was answered meanwhile.
    """
    hold(row, row_version)
    answer = answer.strip()
    if not answer:
        raise Implausible("Schreiben Sie in einem Satz, warum; die Institution bekommt ihn zu lesen.", "answer")
    if len(answer) > LONGEST_ANSWER:
        raise Implausible(f"Die Antwort ist zu lang: {len(answer)} Zeichen, erlaubt sind {LONGEST_ANSWER}.", "answer")
    row.answer = answer
    _answer(row, Asked.DECLINED, by, now)
    _note("extension declined", row, by=by, now=now, facts={"until": row.wished_until.isoformat()})


def hold(row: ExtensionRequest, row_version: int) -> None:
    """Lock the invitation, then see whether the request is still the one on the page. Raises Conflict."""
    db.session.refresh(row.invitation, with_for_update={"of": Invitation})
    db.session.refresh(row)
    if not row.is_open:
        raise Conflict("Diese Bitte ist schon beantwortet. Es wurde nichts geändert.")
    if row.row_version != row_version:
        raise Conflict(
            "Die Institution hat ihre Bitte inzwischen geändert. Es wurde nichts gespeichert. Laden Sie die Seite neu, und "
            "entscheiden Sie dann.",
            theirs=in_words(row),
        )


def in_words(row: ExtensionRequest | None) -> str:
    """A request as one line, for setting two of them side by side."""
    return f"{row.wished_until:%d.%m.%Y}: {row.reason}" if row else "(keine Bitte)"


def _answer(row: ExtensionRequest, state: Asked, by: Actor, now: datetime) -> None:
    row.state, row.answered_at, row.answered_by_id = state, now, by.id if by.kind == "user" else None
    row.invitation.wished_until = None
    db.session.flush()
    institution, today = row.invitation.institution, berlin_day(now)
    if recipient_of(institution, today):
        deliveries.plan_many([_mail(row, recipient_of(institution, today), now)], now=now)


def _mail(row: ExtensionRequest, recipient: str, now: datetime) -> Planned:
    return Planned(
        kind=GRANTED_MAIL if row.state == Asked.GRANTED else DECLINED_MAIL,
        subject_id=row.id,
        recipient=recipient,
        recipient_name=recipient_name_of(row.invitation.institution, berlin_day(now)),
        due_at=now,
        stale_at=now + ANSWER_COUNTS,
        procedure_id=row.invitation.phase.procedure_id,
    )


def _note(action: str, row: ExtensionRequest, *, by: Actor, now: datetime, facts: dict[str, object]) -> None:
    procedure_id = row.invitation.phase.procedure_id
    journal.record(action, row.invitation, by=by, now=now, procedure_id=procedure_id, facts=facts)
