"""The working version: built anew from what was found, each time that changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import gathering, hand_edits, queries
from ikb.consolidation.building import Built, Elements, build
from ikb.consolidation.handwork import Worked
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
    return put(run.base_version, built(run.base_version, _found(run)), now=now)


def _found(run: Run) -> dict[str, Elements]:
    rows = select(SectionOutcome.anchor, SectionOutcome.elements).where(SectionOutcome.run_id == run.id)
    return dict(db.session.execute(rows).all())


def built(base: DraftVersion, found: Mapping[str, Elements]) -> Built:
    """The base version with everything found written in, and what was edited by hand; not stored yet."""
    return worked(base, found).built


def worked(base: DraftVersion, found: Mapping[str, Elements]) -> Worked:
    """The same, with the edits by hand that do not fit any more."""
    return hand_edits.worked(base, build(gathering.texts_of(base).base, found))


def found_for(base: DraftVersion) -> dict[str, Elements]:
    """What the run that counts has found for each section; nothing where none came to its end."""
    run = queries.shown_run(base.id)
    return {} if run is None else _found(run)


def rewrite(base: DraftVersion, *, now: datetime) -> DraftVersion | None:
    """Write the working version anew from what stands: the findings that count and the edits by hand."""
    version = put(base, built(base, found_for(base)), now=now)
    if run := queries.shown_run(base.id):
        run.result_version = version
    db.session.flush()
    return version


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
            "öffnen Sie die Liste der Abschnitte neu."
        )
