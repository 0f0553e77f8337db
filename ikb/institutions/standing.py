"""Standing invitations: whose link stays open after a phase, and which version it leads to then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import lazyload

from ikb.db import db
from ikb.drafts.model import DraftVersion, VersionState
from ikb.institutions.model import Institution, Invitation
from ikb.institutions.standing_model import StandingInvitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase, PhaseState, Procedure


@dataclass(frozen=True)
class KindLine:
    """One kind with how many institutions of it the procedure has invited, and whether their invitation is a standing one."""

    kind: str
    invited: int
    is_standing: bool


def is_behind(invitation: Invitation, now: datetime) -> bool:
    """Whether the version that an invitation stands on is not the one that it should lead to at this moment."""
    return invitation.standing_version_id != _version_for(invitation, now)


def leads_on(invitation: Invitation, now: datetime) -> bool:
    """Whether its link, opened at this moment, leads out of the phase and on to the version that counts."""
    return _version_for(invitation, now) is not None


def catch_up(invitation: Invitation, *, now: datetime) -> None:
    """Let an invitation lead to the version that counts now, or back to its phase. Its row is locked.

    Within its phase, or its own extension, it stays there: what is said then belongs to the phase.
    """
    version_id = _version_for(invitation, now)
    if invitation.standing_version_id != version_id:
        invitation.standing_version_id = version_id
        db.session.flush()
        db.session.expire(invitation, ["standing_version"])


def _version_for(invitation: Invitation, now: datetime) -> int | None:
    phase = invitation.phase
    if phase.state != PhaseState.CLOSED or phase.accepts(now, invitation.extended_until):
        return None
    rows = select(DraftVersion.id).where(
        DraftVersion.draft_id == phase.draft_version.draft_id,
        DraftVersion.state == VersionState.ISSUED,
        exists().where(_of(phase.procedure_id), _meets(invitation.institution)),
    )
    return db.session.scalar(rows.order_by(DraftVersion.number.desc()).limit(1))


def _of(procedure_id: int) -> ColumnElement[bool]:
    return StandingInvitation.procedure_id == procedure_id


def _meets(institution: Institution) -> ColumnElement[bool]:
    return or_(StandingInvitation.kind == institution.kind, StandingInvitation.institution_id == institution.id)


def open_phase_beside(invitation: Invitation) -> ParticipationPhase | None:
    """A phase of the same procedure that is open, and to which the institution has another invitation."""
    rows = (
        select(ParticipationPhase)
        .join(Invitation, Invitation.phase_id == ParticipationPhase.id)
        .where(
            ParticipationPhase.procedure_id == invitation.phase.procedure_id,
            ParticipationPhase.state == PhaseState.OPEN,
            Invitation.institution_id == invitation.institution_id,
        )
        .options(lazyload(ParticipationPhase.procedure), lazyload(ParticipationPhase.draft_version))
    )
    return db.session.scalar(rows.order_by(ParticipationPhase.id.desc()).limit(1))


def kinds_in(procedure_id: int) -> list[KindLine]:
    """Every kind that is invited in a procedure or has a standing invitation there."""
    counts = (
        select(Institution.kind, func.count(func.distinct(Institution.id)))
        .join(Invitation, Invitation.institution_id == Institution.id)
        .join(ParticipationPhase, ParticipationPhase.id == Invitation.phase_id)
        .where(ParticipationPhase.procedure_id == procedure_id)
        .group_by(Institution.kind)
    )
    invited = dict(db.session.execute(counts).all())
    rows = db.session.scalars(select(StandingInvitation.kind).where(_of(procedure_id)))
    given = {kind for kind in rows if kind is not None}
    return [KindLine(kind, invited.get(kind, 0), kind in given) for kind in sorted(invited.keys() | given)]


def single_ones(procedure_id: int) -> Sequence[Institution]:
    """The institutions that have a standing invitation of their own, by name."""
    rows = select(Institution).join(StandingInvitation, StandingInvitation.institution_id == Institution.id)
    return db.session.scalars(rows.where(_of(procedure_id)).order_by(Institution.sort_key, Institution.id)).all()


def is_given(procedure_id: int, institution: Institution) -> bool:
    """Whether an institution has a standing invitation in a procedure, by its kind or of its own."""
    return bool(db.session.scalar(select(exists().where(_of(procedure_id), _meets(institution)))))


def set_kind(procedure: Procedure, kind: str, wanted: bool, *, by: Actor, now: datetime) -> None:
    """Give a kind of institution a standing invitation, or end it. Done twice, it is done once."""
    _set(procedure, StandingInvitation.kind == kind, {"kind": kind}, wanted, by, now)


def set_single(procedure: Procedure, institution: Institution, wanted: bool, *, by: Actor, now: datetime) -> None:
    """The same for one institution; that of its kind stays."""
    here = StandingInvitation.institution_id == institution.id
    _set(procedure, here, {"institution_id": institution.id}, wanted, by, now)


def _set(
    procedure: Procedure, here: ColumnElement[bool], whom: dict[str, object], wanted: bool, by: Actor, now: datetime
) -> None:
    db.session.refresh(procedure, with_for_update={"of": Procedure})
    if wanted == bool(db.session.scalar(select(exists().where(_of(procedure.id), here)))):
        return
    if wanted:
        db.session.add(StandingInvitation(procedure_id=procedure.id, given_at=now, **whom))
    else:
        db.session.execute(delete(StandingInvitation).where(_of(procedure.id), here))
    db.session.flush()
    action = "standing invitation given" if wanted else "standing invitation ended"
    journal.record(action, procedure, by=by, now=now, procedure_id=procedure.id, facts=whom)


def rename_kind(before: str, after: str) -> None:
    """What was given to a kind stays with it under its new name."""
    db.session.execute(update(StandingInvitation).where(StandingInvitation.kind == before).values(kind=after))


def move_to(survivor: Institution, loser: Institution) -> None:
    """What was given to an entry goes to the one that stands for it now."""
    mine = select(StandingInvitation).where(StandingInvitation.institution_id == loser.id)
    there = set(
        db.session.scalars(
            select(StandingInvitation.procedure_id).where(StandingInvitation.institution_id == survivor.id)
        )
    )
    for row in db.session.scalars(mine).all():
        if row.procedure_id in there:
            db.session.delete(row)
        else:
            row.institution_id = survivor.id
    db.session.flush()
