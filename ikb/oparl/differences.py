"""Where ikb leads and a council system says something else: shown once, until a person decides or both say the same."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from ikb.db import db
from ikb.oparl.model import CouncilSystem, Difference, Resolution, SourceLink
from ikb.procedures.model import Procedure

if TYPE_CHECKING:
    from ikb.oparl.taking import Taking

Key = tuple[str, int, str]


def note(
    system: CouncilSystem,
    link: SourceLink,
    key: Key,
    subject: str,
    ours: str,
    theirs: str,
    procedure: Procedure | None,
    *,
    now: datetime,
) -> None:
    """Keep a difference. One that a person decided to leave is not shown again while the council system says the same."""
    newest = _newest(system, key)
    if newest is not None and newest.resolved_at is None:
        if (newest.ours, newest.theirs) != (ours, theirs):
            newest.ours, newest.theirs, newest.seen_at = ours, theirs, now
        return
    if newest is not None and newest.resolution == Resolution.KEPT and newest.theirs == theirs:
        return
    kind, number, name = key
    db.session.add(
        Difference(
            system_id=system.id,
            link=link,
            subject_kind=kind,
            subject_id=number,
            procedure_id=procedure.id if procedure else None,
            subject=subject[:400],
            field=name,
            ours=ours,
            theirs=theirs,
            first_seen_at=now,
            seen_at=now,
        )
    )
    db.session.flush()


def _newest(system: CouncilSystem, key: Key) -> Difference | None:
    kind, number, name = key
    rows = select(Difference).where(
        Difference.system_id == system.id,
        Difference.subject_kind == kind,
        Difference.subject_id == number,
        Difference.field == name,
    )
    return db.session.scalars(rows.order_by(Difference.id.desc()).limit(1)).first()


def close(taking: Taking) -> None:
    """Open differences that a passage over everything did not meet again are none any more."""
    rows = select(Difference).where(Difference.system_id == taking.system.id, Difference.resolved_at.is_(None))
    for difference in db.session.scalars(rows):
        if (difference.subject_kind, difference.subject_id, difference.field) not in taking.met:
            difference.resolved_at, difference.resolution = taking.now, Resolution.SAME
    db.session.flush()
