"""The working version: built anew from what was found, each time that changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import gathering
from ikb.consolidation.building import Built, Elements, build
from ikb.consolidation.model import Run, SectionOutcome
from ikb.db import db
from ikb.drafts import queries as drafts_queries
from ikb.drafts import service as drafts
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, NotReady


def lock(base: DraftVersion) -> None:
    """Let only one at a time decide on a base version, finish a run on it, or issue what follows it.

    NO KEY UPDATE: statements that come in meanwhile only point to the version and need not wait.
    """
    db.session.execute(select(DraftVersion.id).where(DraftVersion.id == base.id).with_for_update(key_share=True))


def write(run: Run, *, now: datetime) -> DraftVersion | None:
    """The working version that follows a run's base, with exactly what the run found written in.

    None if nothing changes and there was no working version yet: an empty revision is none.
    """
    rows = select(SectionOutcome.anchor, SectionOutcome.elements).where(SectionOutcome.run_id == run.id)
    found: dict[str, Elements] = dict(db.session.execute(rows).all())
    return put(run.base_version, built(run.base_version, found), now=now)


def built(base: DraftVersion, found: Mapping[str, Elements]) -> Built:
    """The base version with everything found written in, not stored yet."""
    return build(gathering.texts_of(base).base, found)


def put(base: DraftVersion, built: Built, *, now: datetime) -> DraftVersion | None:
    """Store what was built as the working version. Raises NotReady if somebody works on another one."""
    standing = drafts_queries.working_version(base.draft_id)
    if standing is not None and standing.base_id != base.id:
        raise NotReady(
            f"Es gibt schon eine Arbeitsfassung {standing.number}, die nicht auf Fassung {base.number} aufbaut. "
            "Geben Sie diese zuerst heraus."
        )
    if standing is None and not built.changes:
        return None
    if standing is None:
        return drafts.add_version(base.draft, built.sections, base=base, changes=built.changes, now=now)
    return drafts.replace_working(standing, built.sections, built.changes, now=now)


def refuse_if_overtaken(base: DraftVersion) -> None:
    """Raises Conflict if another version was issued since: whatever is decided holds for the newest one."""
    newest = drafts_queries.latest_issued(base.draft_id)
    if newest is None or newest.id != base.id:
        number = newest.number if newest else "–"
        raise Conflict(
            f"Inzwischen ist Fassung {number} herausgegeben. Entscheidungen gelten immer für die neueste Fassung; "
            "öffnen Sie die Auswertung neu."
        )
