"""Two people at one thing: the second is told, and gets both texts (promise 4)."""

from __future__ import annotations

from typing import Any

from ikb.db import db
from ikb.errors import Conflict


def lock_unchanged(row: Any, seen: int, *, mine: str = "", theirs: Any = None) -> None:
    """Hold a row for the rest of the transaction, if it is still the one that the editor saw.

    row:    a saved row with a `row_version`.
    seen:   the version that travelled in the form.
    theirs: called after reloading, gives what is stored now in words.
    Raises Conflict with both texts if somebody saved in between.
    """
    db.session.refresh(row, with_for_update={"of": type(row)})
    if row.row_version == seen:
        return
    raise Conflict(
        "Jemand anderes hat diesen Eintrag inzwischen geändert.", theirs=theirs() if theirs else "", mine=mine
    )
