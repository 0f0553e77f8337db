"""Naming a filter, renaming it, sharing it with those who lead the procedure, deleting it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import select

from ikb.consolidation.list_filter import Wanted, read
from ikb.consolidation.view_model import SavedView
from ikb.db import db
from ikb.errors import Conflict, Implausible, NotFound

LONGEST_NAME = 80


def save(
    procedure_id: int,
    user_id: int,
    name: str,
    wanted: Wanted,
    *,
    draft_id: int | None,
    is_shared: bool,
    key: UUID,
    now: datetime,
) -> SavedView:
    """Keep a filter under a name; sent twice, it is one.

    draft_id: of the draft whose list was filtered, where it is not the procedure's first.
    Raises Implausible naming the field where the name is missing, too long or taken, or nothing is filtered.
    """
    if earlier := db.session.scalar(select(SavedView).where(SavedView.key == key)):
        return earlier
    address = wanted.address | ({"entwurf": str(draft_id)} if draft_id else {})
    if not wanted.is_of_its_own:
        raise Implausible("Filtern Sie zuerst die Liste: Eine Ansicht ist ein Filter mit einem Namen.", "name")
    row = SavedView(
        procedure_id=procedure_id,
        user_id=user_id,
        name=_free_name(procedure_id, user_id, name),
        address=urlencode(address),
        is_shared=is_shared,
        key=key,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def change(row: SavedView, name: str, *, is_shared: bool, seen: int) -> None:
    """Rename a view, share it or share it no more.

    Raises Implausible for a name that cannot be, Conflict with both names if `seen` is no longer its row version.
    """
    if row.row_version != seen:
        raise Conflict(
            "Diese Ansicht wurde inzwischen anderswo geändert. Es wurde nichts überschrieben.",
            theirs=row.name,
            mine=name,
        )
    row.name, row.is_shared = _free_name(row.procedure_id, row.user_id, name, row), is_shared
    db.session.flush()


def delete(row: SavedView) -> None:
    """Forget a view; what it showed stays as it is."""
    db.session.delete(row)
    db.session.flush()


def own(procedure_id: int, user_id: int, view_id: int) -> SavedView:
    """A person's own view. Raises NotFound for a foreign one, shared or not."""
    ours = (SavedView.procedure_id == procedure_id, SavedView.user_id == user_id, SavedView.id == view_id)
    row = db.session.scalar(select(SavedView).where(*ours))
    if row is None:
        raise NotFound("Diese Ansicht gibt es nicht mehr, oder sie gehört jemand anderem.")
    return row


def of_person(procedure_id: int, user_id: int) -> list[SavedView]:
    """A person's own views of a procedure, by name."""
    rows = select(SavedView).where(SavedView.procedure_id == procedure_id, SavedView.user_id == user_id)
    return sorted(db.session.scalars(rows), key=lambda row: (row.name.casefold(), row.id))


def parts_of(address: str) -> dict[str, str]:
    """What a view's address needs, each part checked anew."""
    given = dict(parse_qsl(address))
    draft = {"entwurf": given["entwurf"]} if given.get("entwurf", "").isdecimal() else {}
    return read(given).address | draft


def _free_name(procedure_id: int, user_id: int, name: str, but: SavedView | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Implausible(f"Geben Sie der Ansicht einen Namen mit höchstens {LONGEST_NAME} Zeichen.", "name")
    same = select(SavedView.id).where(
        SavedView.procedure_id == procedure_id, SavedView.user_id == user_id, SavedView.name == name
    )
    if (taken := db.session.scalar(same)) and (but is None or taken != but.id):
        raise Implausible("Eine Ihrer Ansichten heißt schon so. Wählen Sie einen anderen Namen.", "name")
    return name
