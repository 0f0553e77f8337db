"""Telling institutions that their remarks are answered: by the lead's act, once per institution and answering version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ikb.consolidation.model import AnsweredRemark
from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.letters import register_letter
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions import service as institutions
from ikb.institutions.links import token_of
from ikb.institutions.model import Institution, Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.statements.model import Statement, StatementState
from ikb.web import labels
from ikb.web.links import external_url

KIND = "result_ready"
COUNTS = timedelta(days=14)
labels.add("message", {KIND: "Ergebnis"})
labels.add("letter", {KIND: "Ergebnis: Ihre Anmerkungen sind beantwortet"})
register_letter(KIND, placeholders=letters.PLACEHOLDERS, needed=("link", "verfahren"))


@dataclass(frozen=True)
class Preview:
    """Who would be told now. by_letter: institutions without a mailbox, who get nothing by mail."""

    to_tell: Sequence[Invitation]
    told: int
    by_letter: Sequence[Invitation]


def preview(phase: ParticipationPhase, today: date) -> Preview:
    """Whose remarks were answered since they were last told. Changes nothing."""
    answered = _answered(phase.id)
    told = {(row.subject_id, row.edition) for row in _told(phase.procedure_id)}
    ready = [row for row in answered if (row[0].id, str(row[1])) not in told]
    mailed = [row for row, _ in ready if institutions.recipient_of(row.institution, today)]
    by_letter = [row for row, _ in ready if not institutions.recipient_of(row.institution, today)]
    return Preview(mailed, len(answered) - len(ready), by_letter)


def tell(phase: ParticipationPhase, *, by: Actor, now: datetime) -> int:
    """Plan one message to each of them; those who were told of this version get none. Returns how many there are."""
    db.session.refresh(phase, with_for_update={"of": ParticipationPhase})
    to_tell = {row.id for row in preview(phase, berlin_day(now)).to_tell}
    mails = [_planned(row, version_id, now) for row, version_id in _answered(phase.id) if row.id in to_tell]
    if not mails:
        return 0
    deliveries.plan_many(mails, now=now)
    facts = {"count": len(mails)}
    journal.record("results announced", phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    return len(mails)


def answered_in(phase_id: int) -> list[Invitation]:
    """Invitations of a phase with an answered remark, by name."""
    return [row for row, _ in _answered(phase_id)]


def _answered(phase_id: int) -> list[tuple[Invitation, int]]:
    """Invitations with an answered remark, by name, each with the newest version that answered one."""
    newest = (
        select(Statement.invitation_id, func.max(AnsweredRemark.version_id).label("version_id"))
        .join(Remark, Remark.statement_id == Statement.id)
        .join(AnsweredRemark, AnsweredRemark.remark_id == Remark.id)
        .where(Statement.state == StatementState.SUBMITTED)
        .group_by(Statement.invitation_id)
        .subquery()
    )
    rows = (
        select(Invitation, newest.c.version_id)
        .join(newest, newest.c.invitation_id == Invitation.id)
        .join(Invitation.institution)
        .options(joinedload(Invitation.institution).joinedload(Institution.contacts))
        .where(Invitation.phase_id == phase_id, Invitation.revoked_at.is_(None), Invitation.token_hash.is_not(None))
        .order_by(Institution.sort_key, Invitation.id)
    )
    return [(row, version_id) for row, version_id in db.session.execute(rows).unique()]


def _told(procedure_id: int) -> Sequence[Delivery]:
    rows = select(Delivery).where(Delivery.kind == KIND, Delivery.procedure_id == procedure_id)
    return db.session.scalars(rows).all()


def _planned(invitation: Invitation, version_id: int, now: datetime) -> deliveries.Planned:
    return deliveries.Planned(
        kind=KIND,
        subject_id=invitation.id,
        recipient=institutions.recipient_of(invitation.institution, berlin_day(now)),
        recipient_name=institutions.recipient_name_of(invitation.institution, berlin_day(now)),
        edition=str(version_id),
        due_at=now,
        stale_at=now + COUNTS,
        procedure_id=invitation.phase.procedure_id,
    )


def _wanted(delivery: Delivery, _now: datetime) -> bool:
    invitation = db.session.get(Invitation, delivery.subject_id)
    return invitation is not None and invitation.revoked_at is None


def _address(delivery: Delivery, now: datetime) -> Address | None:
    invitation = db.session.get(Invitation, delivery.subject_id)
    if invitation is None:
        return None
    institution, today = invitation.institution, berlin_day(now)
    return Address(institutions.recipient_of(institution, today), institutions.recipient_name_of(institution, today))


def _render(delivery: Delivery, now: datetime) -> Mail:
    invitation = db.session.get_one(Invitation, delivery.subject_id)
    link = external_url("reports.result", token=token_of(invitation))
    return letters.render(KIND, invitation, now=now, link=link, with_deadline=False)


register_kind(KIND, still_wanted=_wanted, render=_render, urgency=4, address=_address)
