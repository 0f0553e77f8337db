"""Who is invited: institutions into a phase, and each gets its link when the phase begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, bindparam, insert, select, update

from ikb.core.clock import berlin_day, end_of_day
from ikb.db import db, on_sqlite, rows_at_once, write_rows
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.errors import NotReady
from ikb.events import announce, listens_to
from ikb.institutions import queries
from ikb.institutions.links import hash_of, token_for
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase

LINKED = ("id", "token_hash", "state", "invited_at")
NEW_LINK_COUNTS = timedelta(days=2)  # after that, whoever asked for a link has asked again


def add_to_phase(
    phase: ParticipationPhase, institutions: Iterable[Institution], *, by: Actor, now: datetime
) -> list[Invitation]:
    """Invitations for institutions that have none in this phase yet, in one insert, however many they are.

    Into an open phase they are invited at once. Returns the new invitations.
    """
    # Read anew and held: whoever opens the phase at this moment invites these too, or has opened it before them.
    db.session.refresh(phase, with_for_update={"of": ParticipationPhase})
    wanted = {institution.id: institution for institution in institutions}
    there = select(Invitation.institution_id).where(Invitation.phase_id == phase.id)
    missing = [wanted[number] for number in sorted(wanted.keys() - set(db.session.scalars(there)))]
    if not missing:
        return []
    db.session.execute(
        insert(Invitation), [_planned_row(phase, institution, berlin_day(now)) for institution in missing]
    )
    facts = {"count": len(missing)}
    journal.record("institutions added", phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    new = {institution.id for institution in missing}
    added = [row for row in queries.with_contacts(phase.id) if row.institution_id in new]
    if phase.is_open:
        _invite(phase, added, now)
        announce("reach_changed", invitation_ids=[row.id for row in added], now=now)
    return added


def _planned_row(phase: ParticipationPhase, institution: Institution, today: date) -> dict[str, object]:
    channel = "mail" if recipient_of(institution, today) else "letter"
    return {"phase_id": phase.id, "institution_id": institution.id, "channel": channel}


def recipient_of(institution: Institution, on: date) -> str:
    """Where mail goes on a day: the first contact in office with an address, else the institution's mailbox, else nowhere."""
    return next((contact.email for contact in institution.contacts_on(on) if contact.email), institution.email)


def recipient_name_of(institution: Institution, on: date) -> str:
    """Whom a message greets in the envelope: whose address it is, else the first in office by name, else the institution."""
    in_office = institution.contacts_on(on)
    addressed = next((contact for contact in in_office if contact.email), None)
    if addressed is not None and addressed.name:
        return addressed.name
    return next((contact.name for contact in in_office if contact.name), institution.name)


def refuse_if_nobody_is_invited(phase: ParticipationPhase) -> None:
    """Raises NotReady for a phase without institutions."""
    if db.session.scalar(select(Invitation.id).where(Invitation.phase_id == phase.id).limit(1)) is None:
        raise NotReady("Es ist noch keine Institution ausgewählt. Nehmen Sie zuerst eine Liste auf.")


@listens_to("phase_opened")
def invite_all(phase_id: int, now: datetime) -> None:
    """Every institution of the phase gets its link: one update and one insert, however many they are."""
    phase = db.session.get_one(ParticipationPhase, phase_id)
    waiting = [row for row in queries.with_contacts(phase_id) if row.state == InvitationState.PLANNED]
    _invite(phase, waiting, now)


def _invite(phase: ParticipationPhase, invitations: Sequence[Invitation], now: datetime) -> None:
    if not invitations:
        return
    _set_links(invitations, now)
    mails = [
        planned_mail("invitation", row, now=now)
        for row in invitations
        if recipient_of(row.institution, berlin_day(now))
    ]
    deliveries.plan_many(mails, now=now)


def _set_links(invitations: Sequence[Invitation], now: datetime) -> None:
    """Hashes and states in one statement; the rows' versions are raised with them, so no open form overwrites this."""
    today = berlin_day(now)
    rows = [
        {
            "id": row.id,
            "token_hash": hash_of(token_for(row.id, row.generation)),
            # A letter is on its way when somebody says so (`note_letter_sent`).
            "state": InvitationState.INVITED if recipient_of(row.institution, today) else InvitationState.PLANNED,
            "invited_at": now if recipient_of(row.institution, today) else None,
        }
        for row in invitations
    ]
    db.session.flush()
    if on_sqlite(db.engine):
        db.session.connection().execute(
            _linked(embedded=True), [{f"new_{name}": row[name] for name in row} for row in rows]
        )
    else:
        write_rows(_linked(embedded=False), rows)
    for row in invitations:
        db.session.expire(row, ["token_hash", "state", "invited_at", "row_version"])


@lru_cache(maxsize=2)
def _linked(*, embedded: bool) -> Executable:
    table: Any = Invitation.__table__
    given: Any = rows_at_once("linked", [table.c[name] for name in LINKED]).c
    if embedded:
        given = {name: bindparam(f"new_{name}") for name in LINKED}
    values = {name: given[name] for name in LINKED[1:]} | {"row_version": table.c.row_version + 1}
    return update(table).where(table.c.id == given["id"]).values(values)


def planned_mail(kind: str, invitation: Invitation, *, now: datetime, step: str = "") -> Planned:
    """A message about an invitation, for its generation of the link; of no use after the invitation's last day."""
    ends_at = end_of_day(invitation.last_day)
    return Planned(
        kind=kind,
        subject_id=invitation.id,
        recipient=recipient_of(invitation.institution, berlin_day(now)),
        recipient_name=recipient_name_of(invitation.institution, berlin_day(now)),
        step=step,
        edition=str(invitation.generation),
        due_at=now,
        stale_at=ends_at if kind == "invitation" else max(ends_at, now + NEW_LINK_COUNTS),
        procedure_id=invitation.phase.procedure_id,
    )
