"""Many remarks of one statement written at once: one statement to the database for each kind of change, however many there are.

For whoever holds the statement's invitation and has compared every remark's version: nothing is compared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from ikb.db import db
from ikb.remarks.model import Remark
from ikb.remarks.service import NEEDS_TEXT, Said

_TABLE = Remark.__table__


def add_all(
    said: Sequence[tuple[str | None, Said]], *, draft_version_id: int, statement_id: int, author: str, now: datetime
) -> None:
    """New remarks at the end of a statement's list; each with its section, None for the whole document."""
    if not said:
        return
    last = db.session.scalar(select(func.max(Remark.position)).where(Remark.statement_id == statement_id)) or 0
    rows = [
        {
            "draft_version_id": draft_version_id,
            "anchor": anchor,
            "statement_id": statement_id,
            "position": place,
            "authors": [author] if author else [],
            "created_at": now,
            **_columns(one),
        }
        for place, (anchor, one) in enumerate(said, last + 1)
    ]
    db.session.execute(insert(_TABLE), rows)  # type: ignore[arg-type]


def edit_all(said: Sequence[tuple[Remark, Said]], *, draft_version_id: int, author: str) -> None:
    """What was said, said differently; the rows' versions are raised with it, so no open form overwrites this."""
    if not said:
        return
    rows = [
        {"this": remark.id, "version": draft_version_id, "by": _authors(remark, author), **_columns(one, "new_")}
        for remark, one in said
    ]
    change = update(_TABLE).where(_TABLE.c.id == bindparam("this"))  # type: ignore[arg-type]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _columns(Said())}
    change = change.values(
        draft_version_id=bindparam("version"),
        authors=bindparam("by"),
        row_version=_TABLE.c.row_version + 1,
        **values,
    )
    db.session.connection().execute(change, rows)
    _forget(remark for remark, _ in said)


def remove_all(remarks: Sequence[Remark]) -> None:
    """Take them back."""
    if not remarks:
        return
    ids = [remark.id for remark in remarks]
    for remark in remarks:
        db.session.expunge(remark)
    db.session.connection().execute(delete(_TABLE).where(_TABLE.c.id.in_(ids)))  # type: ignore[arg-type]


def _columns(said: Said, prefix: str = "") -> dict[str, str | None]:
    return {
        f"{prefix}stance": said.stance,
        f"{prefix}comment": said.comment.strip(),
        f"{prefix}wish": str(said.wish),
        f"{prefix}proposed_text": said.proposed_text.strip() if said.wish in NEEDS_TEXT else "",
    }


def _authors(remark: Remark, author: str) -> list[str]:
    return [*(name for name in remark.authors or [] if name != author), author] if author else list(remark.authors)


def _forget(remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        db.session.expire(remark)
