"""Reads about council systems: for the administrator's pages, and for the line that says where something comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from ikb.accounts.model import Role
from ikb.accounts.policy import Visitor, visible_to
from ikb.db import db
from ikb.deliberations.sources import Source
from ikb.oparl.model import CouncilSystem, Difference, RunState, SourceLink, SyncFault, SyncRun, SystemState
from ikb.procedures.queries import led_by

# For which fields of a row each kind of leading stands.
FIELDS = {
    "dates": ("held_on", "role", "cancelled"),
    "agendas": ("public", "time", "place", "agenda"),
    "results": ("result",),
}


# What a document without a name is called.
USES = {
    "invitation": "Einladung",
    "minutes": "Niederschrift",
    "extract": "Beschlussauszug",
    "main": "Vorlage",
    "further": "Anlage",
}


@visible_to(CouncilSystem)
def _systems(visitor: Visitor) -> Select[CouncilSystem]:
    return (
        select(CouncilSystem) if visitor.has(Role.ADMINISTRATOR) else select(CouncilSystem).where(CouncilSystem.id < 0)
    )


@visible_to(Difference)
def _differences(visitor: Visitor) -> Select[Difference]:
    if visitor.has(Role.ADMINISTRATOR):
        return select(Difference)
    return select(Difference).where(Difference.procedure_id.in_(led_by(visitor)))


@dataclass(frozen=True)
class Standing:
    """A council system in the list: when it was last read, how the last reading went, what is open."""

    system: CouncilSystem
    read_at: datetime | None
    last: SyncRun | None
    faults: int
    differences: int


def standings() -> list[Standing]:
    """All council systems, in five queries whatever their number."""
    systems = list(db.session.scalars(select(CouncilSystem).order_by(CouncilSystem.name, CouncilSystem.id)))
    newest = select(func.max(SyncRun.id)).group_by(SyncRun.system_id)
    last = {run.system_id: run for run in db.session.scalars(select(SyncRun).where(SyncRun.id.in_(newest)))}
    read = _read_at()
    faults = _count(select(SyncFault.system_id, func.count()).where(SyncFault.cleared_at.is_(None)), SyncFault)
    open_ones = _count(select(Difference.system_id, func.count()).where(Difference.resolved_at.is_(None)), Difference)
    return [
        Standing(one, read.get(one.id), last.get(one.id), faults.get(one.id, 0), open_ones.get(one.id, 0))
        for one in systems
    ]


def _count(rows: Select[int, int], table: type[SyncFault | Difference]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(rows.group_by(table.system_id))}


def _read_at() -> dict[int, datetime]:
    rows = select(SyncRun.system_id, func.max(SyncRun.finished_at)).where(SyncRun.state == RunState.FINISHED)
    return {number: at for number, at in db.session.execute(rows.group_by(SyncRun.system_id)) if at}


def read_at(system_id: int) -> datetime | None:
    """When a council system was last read to the end."""
    return _read_at().get(system_id)


def count_of_differences(system_id: int) -> int:
    """How many differences of a council system nobody has decided about."""
    rows = select(func.count()).where(Difference.system_id == system_id, Difference.resolved_at.is_(None))
    return db.session.scalar(rows) or 0


def count_of_procedure(procedure_id: int) -> int:
    """How many differences of a procedure nobody has decided about."""
    rows = select(func.count()).where(Difference.procedure_id == procedure_id, Difference.resolved_at.is_(None))
    return db.session.scalar(rows) or 0


def last_runs(system_id: int, limit: int = 10) -> list[SyncRun]:
    """The newest readings, the newest first."""
    rows = select(SyncRun).where(SyncRun.system_id == system_id).order_by(SyncRun.id.desc()).limit(limit)
    return list(db.session.scalars(rows))


def open_faults(system_id: int) -> Select[SyncFault]:
    """What is wrong at the moment, the newest first."""
    rows = select(SyncFault).where(SyncFault.system_id == system_id, SyncFault.cleared_at.is_(None))
    return rows.order_by(SyncFault.seen_at.desc(), SyncFault.id.desc())


def open_differences(*, system_id: int | None = None, procedure_id: int | None = None) -> Select[Difference]:
    """What differs and nobody has decided about, by what it is about."""
    rows = select(Difference).where(Difference.resolved_at.is_(None))
    if system_id is not None:
        rows = rows.where(Difference.system_id == system_id)
    if procedure_id is not None:
        rows = rows.where(Difference.procedure_id == procedure_id)
    return rows.options(selectinload(Difference.link)).order_by(Difference.subject, Difference.id)


def bodies(system_id: int) -> list[SourceLink]:
    """The towns that a council system knows."""
    return _of_kind(system_id, "body")


def organizations(system_id: int) -> list[SourceLink]:
    """What a council system calls organizations, by name; those that ended or were deleted last seen chosen stay."""
    found = [link for link in _of_kind(system_id, "organization") if not link.deleted or link.chosen]
    return sorted(found, key=lambda link: (str(link.facts.get("name", "")).casefold(), link.id))


def _of_kind(system_id: int, kind: str) -> list[SourceLink]:
    rows = select(SourceLink).where(SourceLink.system_id == system_id, SourceLink.kind == kind)
    return list(db.session.scalars(rows.order_by(SourceLink.id)))


def sources(kind: str, ids: Sequence[int]) -> dict[int, Source]:
    """For rows of a table by id: the council system that they come from, with the fields for which it leads."""
    linked = (
        select(SourceLink.local_id, SourceLink.system_id, SourceLink.facts)
        .join(CouncilSystem, CouncilSystem.id == SourceLink.system_id)
        .where(
            SourceLink.local_kind == kind,
            SourceLink.local_id.in_(list(ids)),
            SourceLink.deleted.is_(False),
            CouncilSystem.state == SystemState.ACTIVE,
        )
    )
    rows = db.session.execute(linked.order_by(SourceLink.id)).all()
    if not rows:
        return {}
    read = _read_at()
    systems = {one.id: one for one in db.session.scalars(select(CouncilSystem))}
    return {
        local_id: Source(
            systems[system_id].name,
            read.get(system_id),
            _led_fields(systems[system_id], facts, kind),
            tuple((file["name"] or USES[file["use"]], file["url"]) for file in facts.get("files", ())),
        )
        for local_id, system_id, facts in rows
        if local_id is not None
    }


def _led_fields(system: CouncilSystem, facts: dict[str, Any], kind: str) -> frozenset[str]:
    led = {name for kind_of_field, names in FIELDS.items() if system.leads(kind_of_field) for name in names}
    if kind == "consultation" and not facts.get("role") and not facts.get("authoritative"):
        led.discard("role")  # what the council system does not say, ikb keeps
    return frozenset(led)


def own_accounts() -> set[int]:
    """Accounts under which council systems write."""
    return set(db.session.scalars(select(CouncilSystem.account_id)))
