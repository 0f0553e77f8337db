"""Two entries of the register that are one institution: one stands for both from now on, the other keeps pointing to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.db import db
from ikb.errors import Implausible, NotReady
from ikb.events import announce
from ikb.institutions import reach, register, standing
from ikb.institutions.entries import MOST_CONTACTS, Entry, in_order
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.institutions.progress import ORDER
from ikb.institutions.shared_model import SharedLink
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.edits import lock_unchanged


@dataclass(frozen=True)
class Plan:
    """What merging does: what the survivor knows afterwards, whose invitations go over, and which fall away.

    refusals: German sentences that say why it cannot be done; nothing else counts then.
    """

    entry: Entry
    moved: Sequence[Invitation]
    dropped: Sequence[Invitation]
    refusals: Sequence[str]


def plan(loser: Institution, survivor: Institution) -> Plan:
    """What would happen if one were merged into the other; changes nothing."""
    mine = {row.phase_id: row for row in _invitations(loser)}
    theirs = {row.phase_id: row for row in _invitations(survivor)}
    moved, dropped, refusals = list[Invitation](), list[Invitation](), list[str]()
    for phase_id, row in mine.items():
        other = theirs.get(phase_id)
        if other is not None and _has_written(row) and _has_written(other):
            refusals.append(
                f"Beide haben in „{row.phase.procedure.title}“ (Phase „{row.phase.name}“) geschrieben. Zwei "
                "Stellungnahmen einer Phase werden nicht zu einer gemacht. Klären Sie zuerst, welche gilt."
            )
        elif other is None or _has_written(row):
            moved.append(row)
            dropped += [other] if other is not None else []
        else:
            dropped.append(row)
    entry = _together(register.entry_of(loser), register.entry_of(survivor))
    if len(entry.people) > MOST_CONTACTS:
        refusals.append(
            f"Zusammen hätten sie mehr als {MOST_CONTACTS} Kontakte. Löschen Sie zuerst die, die nicht mehr gelten."
        )
    return Plan(entry, moved, dropped, refusals)


def merge(loser: Institution, survivor: Institution, *, seen: tuple[int, int], by: Actor, now: datetime) -> Institution:
    """Let the survivor stand for both. Its own facts stay; what it lacks, it takes over.

    seen: the row versions of both, as the visitor had them.
    Raises NotReady with the reason where it cannot be done, Implausible if links would go to another mailbox in a
    procedure that the actor does not lead, Conflict if one of them was changed meanwhile.
    """
    if loser.id == survivor.id or loser.merged_into_id is not None or survivor.merged_into_id is not None:
        raise Implausible("Wählen Sie zwei verschiedene Einträge, die beide noch gelten.")
    for row, version in sorted(zip((loser, survivor), seen, strict=True), key=lambda pair: pair[0].id):
        lock_unchanged(row, version, theirs=lambda row=row: register.entry_of(row, refresh=True).in_words())
    _hold_invitations(loser, survivor)
    found = plan(loser, survivor)
    if found.refusals:
        raise NotReady(" ".join(found.refusals))
    for row in (loser, survivor):
        reach.refuse_if_led_by_others(row, by)
    _move(found, loser, survivor, now)
    register.change(survivor, found.entry, seen=survivor.row_version, by=by, now=now)
    loser.merged_into_id, loser.merged_at = survivor.id, now
    _point_on(loser, survivor)
    db.session.flush()
    facts = {
        "into": survivor.id,
        "moved": sorted(row.id for row in found.moved),
        "dropped": sorted(row.id for row in found.dropped),
    }
    journal.record("institutions merged", loser, by=by, now=now, facts=facts)
    reach.tell_reminders(survivor, now)
    return survivor


def _move(found: Plan, loser: Institution, survivor: Institution, now: datetime) -> None:
    for row in found.dropped:  # nothing was written there; its link answers that it was replaced
        kept = next(one for one in _invitations_to(row.phase_id, loser, survivor) if one is not row)
        links = select(SharedLink).where(SharedLink.invitation_id == row.id)
        for link in db.session.scalars(links):  # links that were handed on lead where the answer is given now
            link.invitation = kept
        db.session.flush()
        announce("invitation_dropped", invitation_id=row.id, now=now)
        db.session.delete(row)
    db.session.flush()
    for row in found.moved:
        row.institution = survivor
    db.session.flush()
    standing.move_to(survivor, loser)


def _invitations_to(phase_id: int, *institutions: Institution) -> list[Invitation]:
    return [row for one in institutions for row in _invitations(one) if row.phase_id == phase_id]


def _point_on(loser: Institution, survivor: Institution) -> None:
    for earlier in db.session.scalars(select(Institution).where(Institution.merged_into_id == loser.id)):
        earlier.merged_into_id = survivor.id


def _invitations(institution: Institution) -> list[Invitation]:
    rows = select(Invitation).where(Invitation.institution_id == institution.id).order_by(Invitation.id)
    return list(db.session.scalars(rows))


def _hold_invitations(*institutions: Institution) -> None:
    # In the order of ids, as everybody who locks several: an answer that comes in now is waited for, and seen.
    rows = select(Invitation).where(Invitation.institution_id.in_([one.id for one in institutions]))
    rows = rows.order_by(Invitation.id).with_for_update(of=Invitation)
    db.session.scalars(rows.execution_options(populate_existing=True)).all()


def _has_written(invitation: Invitation) -> bool:
    return ORDER[InvitationState(invitation.state)] >= ORDER[InvitationState.DRAFTED]


def _together(loser: Entry, survivor: Entry) -> Entry:
    """The survivor's facts, and the other's where it has none; contacts and lists of both."""
    known = {(one.name.lower(), one.email.lower()) for one in survivor.people}
    further = [one for one in loser.people if (one.name.lower(), one.email.lower()) not in known]
    note = "\n".join(part for part in (survivor.note, loser.note) if part)
    return Entry(
        name=survivor.name,
        kind=survivor.kind,
        email=survivor.email or loser.email,
        fields=tuple(dict.fromkeys([*survivor.fields, *loser.fields])),
        district=survivor.district or loser.district,
        address=survivor.address or loser.address,
        language=survivor.language,
        languages=tuple(dict.fromkeys([*survivor.languages, *loser.languages])),
        note=note[:2_000],
        people=tuple(in_order([*survivor.people, *further])),
        number=survivor.number,
    )
