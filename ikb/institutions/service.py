"""The rules of invitations: which link is theirs, until when it counts, that its letter is on its way."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from ikb.core.clock import berlin_day
from ikb.core.periods import next_working_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce
from ikb.institutions import queries, requests
from ikb.institutions.entries import Entry
from ikb.institutions.inviting import (
    add_to_phase,
    invite_all,
    planned_mail,
    recipient_name_of,
    recipient_of,
    refuse_if_nobody_is_invited,
)
from ikb.institutions.links import UnknownLink, as_typed, hash_of, is_token_of, link_of, token_of
from ikb.institutions.model import Institution, Invitation, InvitationState
from ikb.institutions.progress import ORDER, advance
from ikb.institutions.register import import_rows, register
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.town_days import local_exceptions

__all__ = [
    "Entry",
    "add_to_phase",
    "advance",
    "extend",
    "find_by_token",
    "import_rows",
    "invite_all",
    "link_of",
    "note_letter_sent",
    "recipient_name_of",
    "recipient_of",
    "refuse_if_changed",
    "refuse_if_nobody_is_invited",
    "register",
    "renew_link",
    "request_link",
    "token_of",
]
LONGEST_REASON = 300

_BY_TOKEN = (
    select(Invitation)
    .where(Invitation.token_hash == bindparam("token_hash"))
    .options(joinedload(Invitation.institution).joinedload(Institution.contacts))
)
_BY_TOKEN_LOCKED = _BY_TOKEN.with_for_update(of=Invitation).execution_options(populate_existing=True)


def find_by_token(token: str, *, for_update: bool = False) -> Invitation:
    """The invitation behind a link, with phase, procedure, version and contacts.

    for_update: lock its row until the end of the transaction, so that two answers come one after the other.
    Raises UnknownLink for a link that never was, was mistyped, or was replaced by a newer one.
    """
    typed = as_typed(token)
    rows = _BY_TOKEN_LOCKED if for_update else _BY_TOKEN
    found = db.session.scalars(rows, {"token_hash": hash_of(typed)}).unique().one_or_none()
    if found is None or found.revoked_at is not None or not is_token_of(typed, found):
        raise UnknownLink("Dieser Link führt zu keiner Einladung.")
    return found


def extend(invitation: Invitation, until: date, reason: str, *, row_version: int, by: Actor, now: datetime) -> date:
    """Give one institution more time. Returns the last day that counts: a weekend or holiday moves on.

    Raises Implausible for a day that is no extension or a missing reason, Conflict if somebody else was faster.
    """
    refuse_if_changed(invitation, row_version)
    until = next_working_day(until, local_exceptions())
    if until < berlin_day(now):
        raise Implausible("Dieser Tag ist vorbei. Wählen Sie heute oder einen späteren Tag.", "until")
    if until <= invitation.phase.last_day:
        raise Implausible(
            f"Die Frist läuft ohnehin bis {invitation.phase.last_day:%d.%m.%Y}. Wählen Sie einen späteren Tag.", "until"
        )
    if not reason.strip():
        raise Implausible("Nennen Sie den Grund; er steht später in der Übersicht.", "reason")
    invitation.extended_until, invitation.extension_reason = until, reason.strip()[:LONGEST_REASON]
    requests.settle(invitation, until, by=by, now=now)
    db.session.flush()
    _record("invitation extended", invitation, by, now, {"until": until.isoformat()})
    announce("invitation_changed", invitation_id=invitation.id, now=now)
    return until


def renew_link(invitation: Invitation, *, row_version: int, by: Actor, now: datetime) -> None:
    """A new link that replaces the old one, and a mail with it; what was written so far stays.

    Raises NotReady before the phase was opened, Conflict if somebody else was faster.
    """
    refuse_if_changed(invitation, row_version)
    if invitation.token_hash is None:
        raise NotReady("Diese Institution ist noch nicht eingeladen; sie bekommt ihren Link mit der Einladung.")
    invitation.generation += 1
    invitation.token_hash = hash_of(token_of(invitation))
    invitation.revoked_at = None
    has_mailbox = bool(recipient_of(invitation.institution, berlin_day(now)))
    if ORDER[InvitationState(invitation.state)] <= ORDER[InvitationState.OPENED]:
        invitation.state = InvitationState.INVITED if has_mailbox else InvitationState.PLANNED
    db.session.flush()
    _record("link renewed", invitation, by, now, {"generation": invitation.generation})
    if has_mailbox:
        deliveries.plan_many([planned_mail("new_link", invitation, now=now)], now=now)
    announce("invitation_changed", invitation_id=invitation.id, now=now)


def request_link(address: str, *, now: datetime) -> None:
    """Send the links on record for a mail address once more, at most once an hour each; nothing for a strange address."""
    found = [row for row in queries.invitations_at(address) if recipient_of(row.institution, berlin_day(now))]
    hour = f"{now:%Y%m%d%H}"
    deliveries.plan_many([planned_mail("new_link", row, now=now, step=hour) for row in found], now=now)


def note_letter_sent(invitation: Invitation, *, row_version: int, by: Actor, now: datetime) -> None:
    """The letter with the link is on its way. Raises NotReady before the phase was opened."""
    refuse_if_changed(invitation, row_version)
    if invitation.token_hash is None:
        raise NotReady("Die Beteiligung ist noch nicht eröffnet; den Link gibt es danach.")
    advance(invitation, InvitationState.INVITED, now=now)
    invitation.channel, invitation.invited_at = "letter", invitation.invited_at or now
    db.session.flush()
    _record("invitation sent", invitation, by, now, {})


def refuse_if_changed(invitation: Invitation, row_version: int) -> None:
    """Hold an invitation's row for the rest of the transaction. Raises Conflict if it is not the one that was seen."""
    db.session.refresh(invitation, with_for_update={"of": Invitation})
    if invitation.row_version != row_version:
        raise Conflict(
            "Diese Einladung hat sich inzwischen geändert, zum Beispiel weil eine Antwort eingegangen ist. "
            "Es wurde nichts gespeichert. Laden Sie die Seite neu, und entscheiden Sie dann."
        )


def _record(action: str, invitation: Invitation, by: Actor, now: datetime, facts: dict[str, object]) -> None:
    procedure_id = invitation.phase.procedure_id
    journal.record(action, invitation, by=by, now=now, procedure_id=procedure_id, facts=facts)
