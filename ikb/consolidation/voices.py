"""Who said what: remarks with the institution or the body behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

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
    """Remarks by id with whoever said them: an institution in a statement, or a body with its result. Three queries."""
    if not remark_ids:
        return {}
    spoken = _of_institutions(remark_ids)
    resolved = _of_bodies([one for one in remark_ids if one not in spoken])
    return spoken | resolved


def _of_institutions(remark_ids: Collection[int]) -> dict[int, Voice]:
    rows = db.session.execute(
        select(Remark, DraftVersion.number, Institution.name, Statement.id, Statement.number, Statement.is_late)
        .add_columns(func.coalesce(Statement.submitted_at, Remark.created_at, type_=Remark.created_at.type))
        .join(DraftVersion, DraftVersion.id == Remark.draft_version_id)
        .join(Statement, Statement.id == Remark.statement_id)
        .join(Invitation, Invitation.id == Statement.invitation_id)
        .join(Institution, Institution.id == Invitation.institution_id)
        .where(Remark.id.in_(remark_ids))
        .order_by(Institution.sort_key, Remark.id)
    )
    return {
        remark.id: Voice(remark, version, name, at, statement_id, number or "", is_late)
        for remark, version, name, statement_id, number, is_late, at in rows
    }


def _of_bodies(remark_ids: Collection[int]) -> dict[int, Voice]:
    if not remark_ids:
        return {}
    rows = list(
        db.session.execute(
            select(Remark, DraftVersion.number, Organization.name, Meeting.held_on)
            .join(DraftVersion, DraftVersion.id == Remark.draft_version_id)
            .join(AgendaItem, AgendaItem.id == Remark.agenda_item_id)
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .join(Organization, Organization.id == Meeting.organization_id)
            .where(Remark.id.in_(remark_ids))
            .order_by(Meeting.held_on, Remark.id)
        )
    )
    results = _results([remark.agenda_item_id for remark, *_ in rows])
    return {
        remark.id: Voice(
            remark, version, name, remark.created_at, held_on=held_on, result=results.get(remark.agenda_item_id or 0)
        )
        for remark, version, name, held_on in rows
    }


def _results(agenda_item_ids: Sequence[int | None]) -> dict[int, Result]:
    """The result that holds for each agenda item: the newest, since a correction is a new row."""
    rows = db.session.execute(
        select(Consultation.agenda_item_id, Result)
        .join(Result, Result.consultation_id == Consultation.id)
        .where(Consultation.agenda_item_id.in_(agenda_item_ids))
        .order_by(Result.id)
    )
    return {item_id: result for item_id, result in rows if item_id is not None}


def body_in_words(voice: Voice) -> str:
    """A body and its sitting: `Jugendhilfeausschuss, Mi., 08.09.2010`."""
    return f"{voice.name}, {day(voice.held_on)}"
