"""Who said what: remarks with the institution or the body behind them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from ikb.core.results import Manner, Outcome, Tally, phrase
from ikb.db import db
from ikb.deliberations.model import AgendaItem, Consultation, Meeting, Organization, Result
from ikb.drafts.model import DraftVersion
from ikb.institutions.model import Institution, Invitation
from ikb.remarks.model import Remark
from ikb.statements.model import Statement
from ikb.web.filters import day


@dataclass(frozen=True)
class Voice:
    """One remark with whoever said it."""

    remark: Remark
    version: int
    name: str
    at: datetime
    statement_id: int | None = None
    statement_number: str = ""
    is_late: bool = False
    held_on: date | None = None
    result: Result | None = None

    @property
    def is_of_a_body(self) -> bool:
        return self.statement_id is None

    @property
    def result_in_words(self) -> str:
        """What the body resolved, as minutes put it: `mit Änderungen empfohlen, 8 Ja, 5 Nein`; else empty."""
        if self.result is None:
            return ""
        votes = self.result
        tally = Tally(votes.votes_yes, votes.votes_no, votes.abstentions, votes.present)
        return phrase(Outcome(votes.outcome), tally, Manner(votes.manner) if votes.manner else None)


def voices_of(remark_ids: Collection[int]) -> dict[int, Voice]:
    """Remarks by id with whoever said them, in one query: institutions in their order, then bodies by their sittings."""
    if not remark_ids:
        return {}
    rows = db.session.execute(_WITH_SOURCE.where(Remark.id.in_(remark_ids)))
    return {row.Remark.id: _voice(*row) for row in rows}


_newer = aliased(Result)
_WITH_SOURCE = (
    select(Remark, DraftVersion.number, Institution.name, Statement.id, Statement.number, Statement.is_late)
    .add_columns(func.coalesce(Statement.submitted_at, Remark.created_at, type_=Remark.created_at.type))
    .add_columns(Organization.name, Meeting.held_on, Result)
    .join(DraftVersion, DraftVersion.id == Remark.draft_version_id)
    .outerjoin(Statement, Statement.id == Remark.statement_id)
    .outerjoin(Invitation, Invitation.id == Statement.invitation_id)
    .outerjoin(Institution, Institution.id == Invitation.institution_id)
    .outerjoin(AgendaItem, AgendaItem.id == Remark.agenda_item_id)
    .outerjoin(Meeting, Meeting.id == AgendaItem.meeting_id)
    .outerjoin(Organization, Organization.id == Meeting.organization_id)
    .outerjoin(Consultation, Consultation.agenda_item_id == AgendaItem.id)
    .outerjoin(
        Result,  # that holds: a correction is a new row
        and_(
            Result.consultation_id == Consultation.id,
            ~exists().where(_newer.consultation_id == Consultation.id, _newer.id > Result.id),
        ),
    )
    .order_by(Remark.statement_id.is_(None), Institution.sort_key, Meeting.held_on, Remark.id)
)


def _voice(
    remark: Remark,
    version: int,
    institution: str | None,
    statement_id: int | None,
    number: str | None,
    is_late: bool | None,
    at: datetime,
    body: str | None,
    held_on: date | None,
    result: Result | None,
) -> Voice:
    if statement_id is None:
        return Voice(remark, version, body or "", remark.created_at, held_on=held_on, result=result)
    return Voice(remark, version, institution or "", at, statement_id, number or "", bool(is_late))


def body_in_words(voice: Voice) -> str:
    """A body and its sitting: `Jugendhilfeausschuss, Mi., 08.09.2010`."""
    return f"{voice.name}, {day(voice.held_on)}"
