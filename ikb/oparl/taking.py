"""What was read becomes rows of ikb, field by field: written where the council system leads, shown where it does not.

Only services of the rooms below change anything, so their rules hold here too; what they refuse is a fault of that object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from ikb.core.oparl.values import Fault
from ikb.db import Base, db
from ikb.deliberations import organizations as register
from ikb.deliberations.model import Organization
from ikb.errors import Refusal
from ikb.journal.service import Actor
from ikb.oparl import differences
from ikb.oparl.model import CouncilSystem, SourceLink
from ikb.procedures.model import Procedure

NOTHING = "–"
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Done:
    """One thing that was written, or would be: what it is about, which field, before and after."""

    subject: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Said:
    """One field as both sides have it, in words; equal words are the same thing.

    kind: for which the council system may lead: dates, agendas, results.
    """

    field: str
    kind: str
    ours: str
    theirs: str


@dataclass
class Taking:
    """One passage over what was read.

    forced: fields that a person takes over one by one, as (table, id, field).
    """

    system: CouncilSystem
    by: Actor
    now: datetime
    forced: frozenset[tuple[str, int, str]] = frozenset()
    faults: list[Fault] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    met: set[tuple[str, int, str]] = field(default_factory=set)
    organizations: dict[str, Organization] = field(default_factory=dict)
    our_items: frozenset[str] = frozenset()  # remote ids of agenda items on which our papers stand

    def leads(self, kind: str) -> bool:
        """Whether the council system leads for dates, agendas or results."""
        return self.system.leads(kind)

    def fault(self, link: SourceLink, sentence: str) -> None:
        """Note that something of an object could not be taken over."""
        self.faults.append(Fault(link.remote_id, sentence))

    def settle(
        self,
        link: SourceLink,
        row: Base,
        said: Said,
        write: Callable[[], object],
        subject: str,
        procedure: Procedure | None = None,
    ) -> bool:
        """Write a field that differs, if the council system leads for it; else show the difference.

        True if both are the same now.
        """
        if said.ours == said.theirs:
            return True
        key = (row.__tablename__, row.id, said.field)
        if not self.leads(said.kind) and key not in self.forced:
            self.met.add(key)
            differences.note(self.system, link, key, subject, said.ours, said.theirs, procedure, now=self.now)
            return False
        return self.write(link, subject, said, write)

    def write(self, link: SourceLink, subject: str, said: Said, write: Callable[[], object]) -> bool:
        """Write, or note why a rule forbids it."""
        try:
            with db.session.begin_nested():
                write()
        except Refusal as refusal:
            self.fault(link, f"{subject}: {refusal.message}")
            return False
        self.done.append(Done(subject, said.field, said.ours, said.theirs))
        return True


Piece = Callable[[Taking], None]


def take_organizations(taking: Taking) -> None:
    """The chosen committees: those without one in ikb are found by name or added."""
    rows = select(SourceLink).where(
        SourceLink.system_id == taking.system.id, SourceLink.kind == "organization", SourceLink.chosen
    )
    for link in db.session.scalars(rows.order_by(SourceLink.id)):
        organization = row_of(link, Organization)
        name = link.facts.get("name", "")
        if organization is None:
            try:
                organization = register.find_or_add(name, by=taking.by, now=taking.now)
            except Refusal as refusal:
                taking.fault(link, refusal.message)
                continue
            link.joined("organization", organization.id)
        taking.organizations[link.remote_id] = organization
        if link.deleted:
            taking.fault(link, f"{organization.name}: In {taking.system.name} gibt es dieses Gremium nicht mehr.")
    steps = select(SourceLink).where(SourceLink.system_id == taking.system.id, SourceLink.kind == "consultation")
    taking.our_items = frozenset({link.facts.get("item", "") for link in db.session.scalars(steps)} - {""})
    db.session.flush()


def row_of(link: SourceLink | None, model: type[Row]) -> Row | None:
    """The row of ikb that an object is; None where it is none, or the row is gone."""
    if link is None or link.local_id is None or link.local_kind != model.__tablename__:
        return None
    return db.session.get(model, link.local_id)
