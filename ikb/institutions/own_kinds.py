"""The kinds of institution: those that ikb knows, and those that the town added as data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from ikb.core.names import sort_key
from ikb.db import db
from ikb.errors import Implausible, NotReady
from ikb.institutions import standing
from ikb.institutions.model import Institution, InstitutionKind, OwnKind
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged
from ikb.web import labels

LONGEST = 40
labels.add("subject", {"institution_kind": "Art von Institutionen"})


def names() -> dict[str, str]:
    """What stands in an institution's `kind` -> its name: the given ones first, then the town's own by name."""
    given = {str(kind): labels.label("institution_kind", kind) for kind in InstitutionKind}
    return given | {kind.name: kind.name for kind in own()}


def own() -> list[OwnKind]:
    """The kinds that the town added, by name."""
    return sorted(db.session.scalars(select(OwnKind)), key=lambda kind: sort_key(kind.name))


def counts() -> dict[str, int]:
    """How many institutions are of each kind; merged ones do not count."""
    rows = select(Institution.kind, func.count()).where(Institution.merged_into_id.is_(None)).group_by(Institution.kind)
    return {kind: int(count) for kind, count in db.session.execute(rows)}


def add(name: str, *, by: Actor, now: datetime) -> OwnKind:
    """A further kind. Raises Implausible for a name that is missing, too long or taken."""
    kind = OwnKind(name=_usable(name))
    db.session.add(kind)
    db.session.flush()
    journal.record("institution kind added", kind, by=by, now=now)
    return kind


def rename(kind: OwnKind, name: str, *, seen: int, by: Actor, now: datetime) -> None:
    """Call a kind differently, and with it every institution of that kind.

    Raises Implausible as `add` does, Conflict with both if somebody else was faster.
    """
    lock_unchanged(kind, seen, mine=name, theirs=lambda: kind.name)
    before, kind.name = kind.name, _usable(name, but=kind.id)
    of_kind = update(Institution).where(Institution.kind == before)
    # The rows' versions are raised, so that a form that is open somewhere does not bring the old name back.
    db.session.execute(of_kind.values(kind=kind.name, row_version=Institution.row_version + 1))
    standing.rename_kind(before, kind.name)
    db.session.flush()
    db.session.expire_all()
    journal.record("institution kind renamed", kind, by=by, now=now)


def remove(kind: OwnKind, *, seen: int, by: Actor, now: datetime) -> None:
    """Take a kind away that no institution has. Raises NotReady if one has it, Conflict if somebody was faster."""
    lock_unchanged(kind, seen, mine="(löschen)", theirs=lambda: kind.name)
    if db.session.scalar(select(Institution.id).where(Institution.kind == kind.name).limit(1)) is not None:
        raise NotReady(f"Es gibt Institutionen der Art „{kind.name}“. Geben Sie ihnen zuerst eine andere Art.")
    journal.record("institution kind removed", kind, by=by, now=now)
    db.session.delete(kind)
    db.session.flush()


def _usable(name: str, but: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Implausible("Schreiben Sie, wie diese Art heißt.", "name")
    if len(name) > LONGEST:
        raise Implausible(f"Der Name ist zu lang: höchstens {LONGEST} Zeichen.", "name")
    taken = {sort_key(label): code for code, label in labels.LABELS["institution_kind"].items()}
    taken |= {sort_key(code): code for code in taken.values()}
    others = {sort_key(kind.name) for kind in own() if kind.id != but}
    if sort_key(name) in taken or sort_key(name) in others:
        raise Implausible(f"Die Art „{name}“ gibt es schon.", "name")
    return name
