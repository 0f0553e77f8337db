"""Where the workbench's list is and how the bringing together stands there, in one query; and whom one can name, in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, contains_eager, lazyload

from ikb.accounts.model import User
from ikb.accounts.policy import Visitor, visible
from ikb.consolidation.assignment_model import BulkAct
from ikb.consolidation.doors import Place
from ikb.consolidation.model import Run, RunState
from ikb.consolidation.progress import state_of
from ikb.consolidation.queries import Arrivals, arrivals
from ikb.consolidation.view_model import SavedView
from ikb.db import db
from ikb.drafts.model import Draft, DraftVersion, SectionLink, VersionState
from ikb.errors import NotFound
from ikb.procedures.current import set_procedure
from ikb.procedures.model import Procedure, ProcedureLead

_FINISHED = (RunState.DONE, RunState.OUTDATED)


@dataclass(frozen=True)
class Desk:
    """The draft whose list is shown.

    shown:     the run whose findings count; newest: the one that was asked for last.
    has_links: whether passages of the draft say the same as others.
    last_act:  the newest act on several sections: what was changed later was not seen on this page.
    """

    place: Place
    working: DraftVersion | None = None
    shown: Run | None = None
    newest: Run | None = None
    arrivals: Arrivals | None = None
    has_links: bool = False
    last_act: int = 0

    def state(self, now: datetime) -> dict[str, Any]:
        """As the part of the page about the run wants it."""
        return state_of(self.newest, self.shown, self.arrivals, now)


def desk_of(procedure_id: int, draft_id: int | None) -> Desk:
    """The desk of a draft, else of the first that has an issued version. Raises NotFound for a foreign one."""
    found = db.session.execute(_query(procedure_id)).unique().all()
    if not found:
        raise NotFound("Diese Seite gibt es nicht, oder sie ist nicht für Sie freigegeben.")
    procedure = set_procedure(found[0][0])
    issued = [row for row in found if row[1] is not None and row[1].is_issued]
    drafts = list(dict.fromkeys(row[1].draft for row in issued))
    draft = next((one for one in drafts if draft_id is None or one.id == draft_id), None)
    if draft is None:
        if draft_id is not None:
            raise NotFound("Diesen Entwurf gibt es in diesem Verfahren nicht.")
        return Desk(Place(procedure, drafts))
    ours = [row for row in issued if row[1].draft is draft]
    runs = [row for row in ours if row[2] is not None]
    shown = next((row for row in runs if row[2].state in _FINISHED), None)
    return Desk(
        Place(procedure, drafts, draft, ours[0][1]),
        working=next((row[1] for row in found if row[1] and row[1].draft is draft and not row[1].is_issued), None),
        shown=shown[2] if shown else None,
        newest=runs[0][2] if runs else None,
        arrivals=Arrivals(shown[3], shown[4]) if shown and shown[2].started_at else None,
        has_links=bool(ours[0].has_links),
        last_act=ours[0].last_act,
    )


def _query(procedure_id: int) -> Any:
    """The procedure with each draft's newest issued and its working version, and with the runs that the page tells of."""
    last = aliased(DraftVersion)
    issued = select(func.max(last.number)).where(last.draft_id == Draft.id, last.state == VersionState.ISSUED)
    newest_issued = issued.correlate(Draft).scalar_subquery()
    of_page = and_(
        DraftVersion.draft_id == Draft.id,
        newest_issued.is_not(None),
        or_(DraftVersion.state == VersionState.WORKING, DraftVersion.number == newest_issued),
    )
    told_of = and_(
        Run.base_version_id == DraftVersion.id, or_(Run.id == _newest_run(), Run.id == _newest_run(*_FINISHED))
    )
    linked = exists().where(or_(SectionLink.draft_id == Draft.id, SectionLink.other_draft_id == Draft.id))
    last_act = select(func.coalesce(func.max(BulkAct.id), 0)).where(BulkAct.draft_id == Draft.id)
    return (
        visible(Procedure)
        .where(Procedure.id == procedure_id)
        .outerjoin(Draft, Draft.procedure_id == Procedure.id)
        .outerjoin(DraftVersion, of_page)
        .outerjoin(Run, told_of)
        .add_columns(
            DraftVersion,
            Run,
            *arrivals(Draft.id, Run.started_at),
            linked.label("has_links"),
            last_act.correlate(Draft).scalar_subquery().label("last_act"),
        )
        .options(contains_eager(DraftVersion.draft), lazyload(Run.base_version))
        .order_by(Draft.position, Draft.id, DraftVersion.number.desc(), Run.id.desc())
    )


def _newest_run(*states: RunState) -> ScalarSelect[int]:
    run = aliased(Run)
    rows = select(func.max(run.id)).where(run.base_version_id == DraftVersion.id)
    if states:
        rows = rows.where(run.state.in_(sorted(states)))
    return rows.correlate(DraftVersion).scalar_subquery()


@dataclass(frozen=True)
class Named:
    """Somebody or something with a name. owner_id, address: of a saved view."""

    id: int
    name: str
    address: str = ""
    owner_id: int = 0
    is_shared: bool = False


@dataclass(frozen=True)
class Around:
    """The people of a procedure, and the saved views that a person may use: own ones first."""

    people: Sequence[Named]
    views: Sequence[Named]


def around(procedure_id: int, visitor: Visitor) -> Around:
    """Whom one can name, and the saved views. One query."""
    people = (
        select(literal(1).label("kind"), User.id, User.name, literal(""), literal(0), literal(0))
        .join(ProcedureLead, ProcedureLead.user_id == User.id)
        .where(ProcedureLead.procedure_id == procedure_id, User.is_active)
    )
    shared = case((SavedView.is_shared, 1), else_=0)
    views = select(literal(2), SavedView.id, SavedView.name, SavedView.address, SavedView.user_id, shared).where(
        SavedView.procedure_id == procedure_id, or_(SavedView.user_id == visitor.user_id, SavedView.is_shared)
    )
    rows = db.session.execute(union_all(people, views)).all()
    found = [(kind, Named(id_, name, address, owner, bool(all_))) for kind, id_, name, address, owner, all_ in rows]
    found.sort(key=lambda row: (row[1].owner_id != visitor.user_id, row[1].name.casefold(), row[1].id))
    return Around([one for kind, one in found if kind == 1], [one for kind, one in found if kind == 2])
