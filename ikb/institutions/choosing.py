"""Whom the register offers for a phase: narrowed by what is known of them, and by how they stood in an earlier phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from ikb.db import db
from ikb.institutions import register_queries
from ikb.institutions.model import ANSWERED, Invitation
from ikb.institutions.register_queries import Wanted
from ikb.procedures.model import ParticipationPhase


@dataclass(frozen=True)
class Asked:
    """What the offer is narrowed to. earlier_id: only those of that phase; answer: `answered`, `unanswered`, or both."""

    wanted: Wanted = field(default_factory=Wanted)
    earlier_id: int | None = None
    answer: str = ""

    @property
    def is_narrowed(self) -> bool:
        return self.wanted.is_narrowed or self.earlier_id is not None


def offered(phase: ParticipationPhase, asked: Asked) -> list[int]:
    """Ids of the institutions that fit and have no invitation to this phase, by name."""
    there = _of_phase(phase.id)
    rows = [row for row in register_queries.chosen_ids(asked.wanted) if row not in there]
    if asked.earlier_id is None:
        return rows
    earlier = _of_phase(asked.earlier_id)
    kept = {"answered": (True,), "unanswered": (False,)}.get(asked.answer, (True, False))
    return [row for row in rows if row in earlier and earlier[row] in kept]


def _of_phase(phase_id: int) -> dict[int, bool]:
    """The institutions of a phase, and whether each has answered."""
    rows = select(Invitation.institution_id, Invitation.state).where(Invitation.phase_id == phase_id)
    return {number: state in ANSWERED for number, state in db.session.execute(rows)}


def earlier_phases(phase: ParticipationPhase) -> Sequence[ParticipationPhase]:
    """The other phases of the procedure, the latest first."""
    rows = select(ParticipationPhase).where(
        ParticipationPhase.procedure_id == phase.procedure_id, ParticipationPhase.id != phase.id
    )
    return db.session.scalars(rows.order_by(ParticipationPhase.id.desc())).all()
