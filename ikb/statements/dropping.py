"""What was written is never lost with its invitation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from ikb.db import db
from ikb.errors import NotReady
from ikb.events import listens_to
from ikb.remarks.model import Remark
from ikb.statements.model import Statement, StatementState


@listens_to("invitation_dropped")
def refuse_to_lose_words(invitation_id: int, now: datetime) -> None:
    """Raises NotReady if something was handed in or is being written there."""
    said = select(Remark.id).where(Remark.statement_id == Statement.id).exists()
    rows = select(Statement.id).where(
        Statement.invitation_id == invitation_id, or_(Statement.state != StatementState.DRAFT, said)
    )
    if db.session.scalar(rows.limit(1)) is not None:
        raise NotReady("Zu dieser Einladung gibt es eine Stellungnahme; sie bleibt, wo sie ist.")
