"""One act for many institutions at once: first who gets what and who is left out and why, then it happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from ikb.core.clock import berlin_day, end_of_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.errors import Conflict, NotReady
from ikb.institutions import inviting
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.institutions.service import recipient_name_of, recipient_of
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.reminders import queries
from ikb.reminders.participation import REMINDER, edition_of
from ikb.web import labels

BY_HAND = "hand"  # begins the step of a reminder that no rule planned; the day follows


class Act(StrEnum):
    REMIND = "remind"
    RESEND = "resend"
    EXTEND = "extend"


labels.add(
    "bulk_act",
    {
        "remind": "Erinnern",
        "resend": "Link noch einmal senden",
        "extend": "Frist verlängern",
    },
)


@dataclass(frozen=True)
class Plan:
    """Who gets what. left_out: a reason -> whom it holds back. seal: changes with everything that was shown."""

    act: Act
    takes: Sequence[Invitation]
    left_out: Mapping[str, Sequence[Invitation]]
    seal: str


def plan(act: Act, phase: ParticipationPhase, chosen: Iterable[Invitation], now: datetime) -> Plan:
    """Sort the chosen invitations into those that the act is for, and the others with the reason. Changes nothing."""
    rows = list(chosen)
    today = berlin_day(now)
    reminded = _reminded_today([row.id for row in rows], today) if act == Act.REMIND else frozenset[int]()
    takes, left_out = list[Invitation](), dict[str, list[Invitation]]()
    for row in rows:
        reason = _REASONS[act](row, phase, today)
        if not reason and row.id in reminded:
            reason = "heute schon erinnert"
        if reason:
            left_out.setdefault(reason, []).append(row)
        else:
            takes.append(row)
    return Plan(act, takes, left_out, _seal(act, takes, today))


def _reminded_today(ids: Sequence[int], today: date) -> Set[int]:
    """Those to whom a reminder went today, or was promised today by hand."""
    gone = {number for number, day in queries.reminded_on(ids).items() if day == today}
    asked = select(Delivery.subject_id).where(
        Delivery.kind == REMINDER, Delivery.step == _step_of(today), Delivery.subject_id.in_(ids)
    )
    return gone | set(db.session.scalars(asked))


def _step_of(today: date) -> str:
    return f"{BY_HAND}{today:%Y%m%d}"


def _seal(act: Act, takes: Sequence[Invitation], today: date) -> str:
    lines = [f"{row.id}/{row.row_version}/{recipient_of(row.institution, today)}" for row in takes]
    return hashlib.sha256("\n".join([act, *lines]).encode()).hexdigest()[:32]


def _to_remind(row: Invitation, phase: ParticipationPhase, today: date) -> str:
    if row.is_answered:
        return "schon geantwortet"
    return "Frist abgelaufen" if row.last_day < today else _to_write_to(row, phase, today)


def _to_resend(row: Invitation, phase: ParticipationPhase, today: date) -> str:
    return _to_write_to(row, phase, today)


def _to_write_to(row: Invitation, phase: ParticipationPhase, today: date) -> str:
    if not phase.is_open:
        return "Phase nicht offen"
    if row.token_hash is None or row.revoked_at is not None:
        return "noch ohne Link"
    return "" if recipient_of(row.institution, today) else "ohne E-Mail-Adresse: per Brief"


def _to_extend(row: Invitation, phase: ParticipationPhase, today: date) -> str:
    return "schon geantwortet" if row.is_answered else ""


_REASONS: Mapping[Act, Callable[[Invitation, ParticipationPhase, date], str]] = {
    Act.REMIND: _to_remind,
    Act.RESEND: _to_resend,
    Act.EXTEND: _to_extend,
}


def carry_out(
    found: Plan,
    phase: ParticipationPhase,
    *,
    seal: str,
    until: date | None = None,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Do what was shown. Returns for how many institutions it was done.

    seal: of the plan that was shown. until, reason: of an extension.
    Raises Conflict if somebody or something changed since, NotReady if there is nobody left, Implausible as `extend`.
    """
    if not found.takes:
        raise NotReady("Für diese Auswahl gibt es nichts zu tun. Es wurde nichts verschickt.")
    if found.seal != seal:
        raise Conflict(
            "Inzwischen hat sich bei diesen Institutionen etwas geändert, zum Beispiel weil eine Antwort eingegangen "
            "ist. Es wurde nichts verschickt. Sehen Sie die Auswahl noch einmal an."
        )
    if found.act == Act.REMIND:
        _remind(found.takes, now)
    elif found.act == Act.RESEND:
        _resend(found.takes, now)
    else:
        for row in found.takes:
            institutions.extend(row, until or phase.last_day, reason, row_version=row.row_version, by=by, now=now)
    facts = {"count": len(found.takes), "act": str(found.act)}
    journal.record("institutions written to", phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    return len(found.takes)


def _remind(rows: Sequence[Invitation], now: datetime) -> None:
    deliveries.plan_many([_reminder(row, now) for row in rows], now=now)


def _reminder(row: Invitation, now: datetime) -> Planned:
    today = berlin_day(now)
    return Planned(
        kind=REMINDER,
        subject_id=row.id,
        recipient=recipient_of(row.institution, today),
        recipient_name=recipient_name_of(row.institution, today),
        step=_step_of(today),
        edition=edition_of(row),
        due_at=now,
        stale_at=end_of_day(row.last_day),
        procedure_id=row.phase.procedure_id,
    )


def _resend(rows: Sequence[Invitation], now: datetime) -> None:
    step = f"{BY_HAND}{now:%Y%m%d%H%M}"
    deliveries.plan_many([inviting.planned_mail("new_link", row, now=now, step=step) for row in rows], now=now)
