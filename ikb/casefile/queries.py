"""Who may see archives: the leads of the procedure."""

from __future__ import annotations

from sqlalchemy import Select, select

from ikb.accounts.policy import Visitor, visible_to
from ikb.casefile.model import CaseArchive
from ikb.procedures.queries import led_by


@visible_to(CaseArchive)
def _visible(visitor: Visitor) -> Select[CaseArchive]:
    return select(CaseArchive).where(CaseArchive.procedure_id.in_(led_by(visitor)))
