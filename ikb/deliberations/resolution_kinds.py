"""The town's own kinds of resolution (Beschlussarten): what it prints, and which outcome that means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ikb.core.results import OUTCOMES, Outcome
from ikb.db import db
from ikb.deliberations.result_model import ResolutionKind
from ikb.errors import Implausible
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged

LONGEST_NAME = 120


@dataclass(frozen=True)
class KindEntry:
    """What is entered about a kind. position: its place in the form, from 1; None for the end."""

    name: str
    outcome: Outcome
    position: int | None = None
    is_active: bool = True

    def in_words(self) -> str:
        state = "wird angeboten" if self.is_active else "wird nicht mehr angeboten"
        return f"{self.name}: {OUTCOMES[self.outcome].words}, {state}"


def all_kinds() -> list[ResolutionKind]:
    """Every kind, in the order of the form."""
    return list(db.session.scalars(select(ResolutionKind).order_by(ResolutionKind.position, ResolutionKind.id)))


def offered() -> list[ResolutionKind]:
    """The kinds that a form offers, in their order."""
    return [kind for kind in all_kinds() if kind.is_active]


def names() -> dict[str, Outcome]:
    """What a pasted line may call an outcome in this town."""
    return {kind.name: Outcome(kind.outcome) for kind in offered()}


def check(name: str, outcome: Outcome, known: str = "") -> None:
    """Raises Implausible for a name that the town does not have for this outcome.

    known: the name that stands on the result that is corrected; it may stay, whatever became of the list.
    """
    if not name or name == known:
        return
    if db.session.scalar(select(ResolutionKind.outcome).where(ResolutionKind.name == name)) != outcome:
        raise Implausible("Diese Beschlussart steht nicht in der Liste der Stadt. Wählen Sie eine aus.", "outcome")


def add(entry: KindEntry, *, by: Actor, now: datetime) -> ResolutionKind:
    """A further kind. Raises Implausible for a name that is missing, too long or taken."""
    name = _usable(entry.name)
    last = db.session.scalar(select(func.max(ResolutionKind.position))) or 0
    kind = ResolutionKind(name=name, outcome=entry.outcome, position=last + 1, is_active=entry.is_active)
    db.session.add(kind)
    db.session.flush()
    _place(kind, entry.position)
    journal.record("resolution kind added", kind, by=by, now=now, facts={"outcome": entry.outcome})
    return kind


def change(kind: ResolutionKind, entry: KindEntry, *, seen: int, by: Actor, now: datetime) -> ResolutionKind:
    """Change a kind; results that were recorded under it keep the words of their day.

    Raises Conflict with both if somebody else did meanwhile; Implausible as `add` does.
    """
    lock_unchanged(kind, seen, mine=entry.in_words(), theirs=lambda: entry_of(kind).in_words())
    before = kind.outcome
    kind.name = _usable(entry.name, but=kind.id)
    kind.outcome, kind.is_active = entry.outcome, entry.is_active
    db.session.flush()
    _place(kind, entry.position)
    facts = {"before": before, "outcome": entry.outcome, "is_active": entry.is_active}
    journal.record("resolution kind changed", kind, by=by, now=now, facts=facts)
    return kind


def entry_of(kind: ResolutionKind) -> KindEntry:
    """A stored kind as what was entered."""
    return KindEntry(kind.name, Outcome(kind.outcome), kind.position, kind.is_active)


def _usable(name: str, but: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Implausible("Schreiben Sie, wie die Stadt diese Beschlussart nennt.", "name")
    if len(name) > LONGEST_NAME:
        raise Implausible(f"Der Name ist zu lang: höchstens {LONGEST_NAME} Zeichen.", "name")
    taken = db.session.scalars(
        select(ResolutionKind.id).where(func.lower(ResolutionKind.name) == name.lower())
    ).one_or_none()
    if taken not in (None, but):
        raise Implausible(f"Die Beschlussart „{name}“ gibt es schon.", "name")
    return name


def _place(kind: ResolutionKind, position: int | None) -> None:
    """Put a kind at a place and number all of them from 1; those whose place stays are not touched."""
    if position is None or position == kind.position:
        return
    others = [other for other in all_kinds() if other is not kind]
    others.insert(max(position, 1) - 1, kind)
    for place, one in enumerate(others, 1):
        if one.position != place:
            one.position = place
    db.session.flush()
