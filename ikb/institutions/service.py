"""The rules of invitations: who is invited, how far it has come, until when it counts, which link is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.util import identity_key

from ikb.core.clock import berlin_day, end_of_day
from ikb.core.periods import next_working_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.model import Delivery
from ikb.deliveries.service import Planned
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce, listens_to
from ikb.institutions import queries
from ikb.institutions.links import UnknownLink, as_typed, hash_of, is_token_of, link_of, token_for, token_of
from ikb.institutions.model import ANSWERED, Institution, Invitation, InvitationState
from ikb.institutions.register import Entry, import_rows, register
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.procedures.town_days import local_exceptions

__all__ = [
    "Entry",
    "add_to_phase",
    "advance",
    "extend",
    "find_by_token",
    "import_rows",
    "link_of",
    "note_letter_sent",
    "recipient_of",
    "refuse_if_changed",
    "refuse_if_nobody_is_invited",
    "register",
    "renew_link",
    "request_link",
    "token_of",
]

# Further along never goes back: a late report from a mail server does not undo what the institution did since.
_ORDER = {
    InvitationState.PLANNED: 0,
    InvitationState.BOUNCED: 1,
    InvitationState.INVITED: 1,
    InvitationState.DELIVERED: 2,
    InvitationState.OPENED: 3,
    InvitationState.DRAFTED: 4,
    **dict.fromkeys(ANSWERED, 5),
}
_UNUSED = [state for state, place in _ORDER.items() if place < _ORDER[InvitationState.OPENED]]
NEW_LINK_COUNTS = timedelta(days=2)  # after that, whoever asked for a link has asked again
LONGEST_REASON = 300


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
    db.session.execute(insert(Invitation), [_planned_row(phase, institution) for institution in missing])
    facts = {"count": len(missing)}
    journal.record("institutions added", phase, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    new = {institution.id for institution in missing}
    added = [row for row in queries.with_contacts(phase.id) if row.institution_id in new]
    if phase.is_open:
        _invite(phase, added, now)
    return added


def _planned_row(phase: ParticipationPhase, institution: Institution) -> dict[str, object]:
    channel = "mail" if recipient_of(institution) else "letter"
    return {"phase_id": phase.id, "institution_id": institution.id, "channel": channel}


def recipient_of(institution: Institution) -> str:
    """Where mail goes: the first contact with an address, else the institution's own mailbox, else nowhere."""
    return next((contact.email for contact in institution.contacts if contact.email), institution.email)


def recipient_name_of(institution: Institution) -> str:
    """Whom a message greets in the envelope: the first contact by name, else the institution."""
    return next((contact.name for contact in institution.contacts if contact.name), institution.name)


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
    mails = [planned_mail("invitation", row, now=now) for row in invitations if recipient_of(row.institution)]
    deliveries.plan_many(mails, now=now)


def _set_links(invitations: Sequence[Invitation], now: datetime) -> None:
    """Hashes and states in one statement; the rows' versions are raised with them, so no open form overwrites this."""
    rows = [
        {
            "number": row.id,
            "hash": hash_of(token_for(row.id, row.generation)),
            # A letter is on its way when somebody says so (`note_letter_sent`).
            "reached": InvitationState.INVITED if recipient_of(row.institution) else InvitationState.PLANNED,
            "moment": now if recipient_of(row.institution) else None,
        }
        for row in invitations
    ]
    table = Invitation.__table__
    db.session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("number"))
        .values(
            token_hash=bindparam("hash"),
            state=bindparam("reached"),
            invited_at=bindparam("moment"),
            row_version=table.c.row_version + 1,
        ),
        rows,
    )
    for row in invitations:
        db.session.expire(row, ["token_hash", "state", "invited_at", "row_version"])


def planned_mail(kind: str, invitation: Invitation, *, now: datetime, step: str = "") -> Planned:
    """A message about an invitation, for its generation of the link; of no use after the invitation's last day."""
    ends_at = end_of_day(invitation.last_day)
    return Planned(
        kind=kind,
        subject_id=invitation.id,
        recipient=recipient_of(invitation.institution),
        recipient_name=recipient_name_of(invitation.institution),
        step=step,
        edition=str(invitation.generation),
        due_at=now,
        stale_at=ends_at if kind == "invitation" else max(ends_at, now + NEW_LINK_COUNTS),
        procedure_id=invitation.phase.procedure_id,
    )


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


def advance(invitation: Invitation, state: InvitationState, *, now: datetime) -> None:
    """Note how far an invitation has come; what lies further along stays.

    Not in the journal: that a link was used or a draft begun is forgotten after the round.
    """
    if state == InvitationState.OPENED and invitation.opened_at is None:
        invitation.opened_at = now
    if state in ANSWERED:
        invitation.answered_at = now
    if _ORDER[state] >= _ORDER[InvitationState(invitation.state)]:
        invitation.state = state


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
    has_mailbox = bool(recipient_of(invitation.institution))
    if _ORDER[InvitationState(invitation.state)] <= _ORDER[InvitationState.OPENED]:
        invitation.state = InvitationState.INVITED if has_mailbox else InvitationState.PLANNED
    db.session.flush()
    _record("link renewed", invitation, by, now, {"generation": invitation.generation})
    if has_mailbox:
        deliveries.plan_many([planned_mail("new_link", invitation, now=now)], now=now)
    announce("invitation_changed", invitation_id=invitation.id, now=now)


def request_link(address: str, *, now: datetime) -> None:
    """Send the links on record for a mail address once more, at most once an hour each; nothing for a strange address."""
    found = [row for row in queries.invitations_at(address) if recipient_of(row.institution)]
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


@listens_to("message_handed_over")
def _note_delivered(delivery_id: int, now: datetime) -> None:
    _note_of_mail(delivery_id, InvitationState.DELIVERED, now)


@listens_to("message_bounced")
def _note_bounced(delivery_id: int, now: datetime) -> None:
    _note_of_mail(delivery_id, InvitationState.BOUNCED, now)


def _note_of_mail(delivery_id: int, state: InvitationState, now: datetime) -> None:
    """One statement, and no row read: this runs for every message, and an answer that comes in meanwhile stays.

    A bounce tells of the address now, whatever an earlier mail did; so does a mail that went through. One about a link,
    and perhaps an address, that was replaced since says nothing.
    """
    delivery = db.session.get_one(Delivery, delivery_id)
    if delivery.kind not in queries.MESSAGES:
        return
    values: dict[str, object] = {"this": delivery.subject_id, "reached": state.value}
    is_about_link = delivery.kind in ("invitation", "new_link")
    if is_about_link:
        values["of"] = int(delivery.edition)
    db.session.flush()
    db.session.execute(_reach(is_about_link=is_about_link), values)
    if (read := db.session.identity_map.get(identity_key(Invitation, delivery.subject_id))) is not None:
        db.session.expire(read)


@lru_cache(maxsize=2)
def _reach(*, is_about_link: bool) -> Executable:
    table = Invitation.__table__
    is_meant = (table.c.id == bindparam("this")) & (table.c.state != bindparam("reached"))
    is_meant &= table.c.state.in_([state.value for state in _UNUSED])
    if is_about_link:
        is_meant &= table.c.generation == bindparam("of")
    rows = update(table).where(is_meant)  # type: ignore[arg-type]
    return rows.values(state=bindparam("reached"), row_version=table.c.row_version + 1)


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
