"""The one condition under which a decision holds. Whoever reads decisions to say what was decided asks by it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from ikb.consolidation.bulk_answer_model import BulkAnswer
from ikb.consolidation.model import Consideration


def holds() -> ColumnElement[bool]:
    """That a consideration was not taken back with the act that gave it to several remarks. To be used in a WHERE."""
    taken_back = exists().where(BulkAnswer.consideration_id == Consideration.id, BulkAnswer.taken_back_id.is_not(None))
    return ~taken_back.correlate(Consideration)
