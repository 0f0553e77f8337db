"""The texts of remarks as they may leave the house. Whatever is published, printed, exported or laid before a council takes
them from here, by the remarks' ids, and touches the rows' own texts not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from ikb.core.redaction import BLACKENED, Span, blackened, provisional
from ikb.db import db
from ikb.remarks.model import Remark
from ikb.remarks.redaction_model import Part, Redaction, RedactionCheck


@dataclass(frozen=True)
class Outgoing:
    """What of a remark may leave. said: the comment; wording: the proposed text; both with the blacked-out parts replaced."""

    said: str = ""
    wording: str = ""

    @property
    def is_redacted(self) -> bool:
        return BLACKENED in self.said or BLACKENED in self.wording


NOTHING = Outgoing()


def outgoing(remark_ids: Collection[int], *, lifted_since: datetime | None = None) -> dict[int, Outgoing]:
    """Some remarks by their ids as they may leave, in one query, however many they are.

    Blacked out is what somebody marked; and, as long as nobody has gone through its statement, whatever looks like a mail
    address, a telephone number or an account.
    lifted_since: what was taken back after that moment still counts as black.
    """
    texts: dict[int, tuple[str, str]] = {}
    black: dict[tuple[int, str], list[Span]] = defaultdict(list)
    unchecked: set[int] = set()
    for id, comment, wording, needs_check, check_id, *span in db.session.execute(_with_spans(remark_ids, lifted_since)):
        texts[id] = (comment, wording)
        if needs_check is not None and check_id is None:
            unchecked.add(id)
        if span[0] is not None:
            black[id, span[0]].append(Span(span[1], span[2]))
    return {
        id: Outgoing(
            _leaving(comment, black[id, Part.COMMENT], is_checked=id not in unchecked),
            _leaving(wording, black[id, Part.WORDING], is_checked=id not in unchecked),
        )
        for id, (comment, wording) in texts.items()
    }


def _with_spans(remark_ids: Collection[int], lifted_since: datetime | None) -> Select[*tuple[Any, ...]]:
    holds: ColumnElement[bool] = Redaction.lifted_at.is_(None)
    if lifted_since is not None:
        holds = or_(holds, Redaction.lifted_at > lifted_since)
    is_black = and_(Redaction.remark_id == Remark.id, holds)
    return (
        select(
            Remark.id,
            Remark.comment,
            Remark.proposed_text,
            Remark.statement_id,
            RedactionCheck.id,
            Redaction.part,
            Redaction.start,
            Redaction.end,
        )
        .outerjoin(Redaction, is_black)
        .outerjoin(RedactionCheck, RedactionCheck.statement_id == Remark.statement_id)
        .where(Remark.id.in_(remark_ids))
    )


def spans_of(remark_ids: Collection[int]) -> dict[tuple[int, str], list[Span]]:
    """What is blacked out now, by remark and part."""
    rows = select(Redaction.remark_id, Redaction.part, Redaction.start, Redaction.end).where(
        Redaction.remark_id.in_(remark_ids), Redaction.lifted_at.is_(None)
    )
    found: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for remark_id, part, start, end in db.session.execute(rows):
        found[remark_id, part].append(Span(start, end))
    return found


def checked_among(statement_ids: Collection[int]) -> set[int]:
    """Those of some statements that a person has gone through."""
    rows = select(RedactionCheck.statement_id).where(RedactionCheck.statement_id.in_(statement_ids))
    return set(db.session.scalars(rows)) if statement_ids else set()


def _leaving(text: str, black: Iterable[Span], *, is_checked: bool) -> str:
    return blackened(text, [*black, *([] if is_checked else provisional(text))])
