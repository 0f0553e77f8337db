"""Several people behind one invitation: who gets a link of their own, how far it goes, when it ends."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, lazyload

from ikb.core.clock import end_of_day
from ikb.db import db
from ikb.deliveries import service as deliveries
from ikb.deliveries.service import Planned
from ikb.errors import Implausible, NotFound, NotReady, Refusal
from ikb.institutions import service
from ikb.institutions.inviting import NEW_LINK_COUNTS
from ikb.institutions.links import UnknownLink, as_typed_shared, hash_of, is_token_of_shared, shared_token_for, token_of
from ikb.institutions.model import Institution, Invitation
from ikb.institutions.shared_model import Person, Scope, SharedLink
from ikb.journal import service as journal
from ikb.journal.service import Actor

MOST_LINKS = 30  # of one invitation that are in use; a board and its working group are fewer
LONGEST_NAME = 200


class LinkTooNarrow(Refusal):
    """A link that leads to this invitation, but not to this page."""

    status = 403
    code = "link_too_narrow"

    def __init__(self, found: Scope, needed: Scope) -> None:
        super().__init__("Dieser Link reicht für diese Seite nicht.")
        self.found, self.needed = found, needed


_BY_SHARED = (
    select(Invitation, SharedLink)
    .join(SharedLink, SharedLink.invitation_id == Invitation.id)
    .where(SharedLink.token_hash == bindparam("token_hash"), SharedLink.revoked_at.is_(None))
    .options(joinedload(Invitation.institution).joinedload(Institution.contacts), lazyload(SharedLink.invitation))
)
_BY_SHARED_LOCKED = _BY_SHARED.with_for_update(of=Invitation).execution_options(populate_existing=True)


def find(token: str, needed: Scope, *, for_update: bool = False) -> tuple[Invitation, Person]:
    """The invitation behind any of its links, and who stands there; one question, whichever link it is.

    needed:     how far the link has to go.
    for_update: lock the invitation's row until the end of the transaction.
    Raises UnknownLink as `find_by_token` does, LinkTooNarrow for one that does not go so far.
    """
    typed = as_typed_shared(token)
    if typed is None:
        found = service.find_by_token(token, for_update=for_update)
        return found, Person(found.holder_name)
    rows = _BY_SHARED_LOCKED if for_update else _BY_SHARED
    pair = db.session.execute(rows, {"token_hash": hash_of(typed)}).unique().one_or_none()
    if pair is None or pair[0].revoked_at is not None or not is_token_of_shared(typed, pair[1]):
        raise UnknownLink("Dieser Link führt zu keiner Einladung.")
    invitation, link = pair
    if not Scope(link.scope).covers(needed):
        raise LinkTooNarrow(Scope(link.scope), needed)
    return invitation, Person(link.name, link.id, Scope(link.scope))


def links_of(invitation_id: int) -> list[SharedLink]:
    """The shared links of an invitation that are in use, in the order in which they were made."""
    rows = select(SharedLink).where(SharedLink.invitation_id == invitation_id, SharedLink.revoked_at.is_(None))
    return list(db.session.scalars(rows.options(lazyload(SharedLink.invitation)).order_by(SharedLink.id)))


def link_numbered(invitation_id: int, link_id: int) -> SharedLink:
    """One of them, locked. Raises NotFound."""
    rows = select(SharedLink).where(SharedLink.id == link_id, SharedLink.invitation_id == invitation_id)
    found = db.session.scalar(
        rows.where(SharedLink.revoked_at.is_(None))
        .with_for_update(of=SharedLink)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("Diesen Link gibt es nicht mehr. Es wurde nichts geändert.")
    return found


def give(
    invitation: Invitation,
    scope: Scope,
    name: str = "",
    email: str = "",
    *,
    key: uuid.UUID | None = None,
    by: Actor,
    now: datetime,
) -> SharedLink:
    """A link for somebody; with an address, a mail that brings it. The invitation's row is locked.

    name: needed by whoever writes, since it stands at what they write; also where a mail goes.
    key:  of the form: sent twice, it is one link.
    Raises NotReady before the phase was opened and beyond `MOST_LINKS`, Implausible for a missing name, or for an
    address that has a link already.
    """
    links = links_of(invitation.id)
    if key is not None and (earlier := db.session.scalar(select(SharedLink).where(SharedLink.key == key))):
        return earlier
    name, email = " ".join(name.split())[:LONGEST_NAME], email.strip().lower()
    _refuse_if_not_possible(invitation, links, scope, name, email)
    link = SharedLink(invitation=invitation, scope=scope, name=name, email=email, key=key, created_at=now)
    db.session.add(link)
    db.session.flush()
    link.token_hash = hash_of(shared_token_for(link.id, link.generation))
    db.session.flush()
    _record("link shared", link, by, now)
    send(link, now=now)
    return link


def _refuse_if_not_possible(
    invitation: Invitation, links: list[SharedLink], scope: Scope, name: str, email: str
) -> None:
    if invitation.token_hash is None:
        raise NotReady("Die Beteiligung ist noch nicht eröffnet; Links gibt es danach.")
    if len(links) >= MOST_LINKS:
        raise NotReady(f"Es gibt schon {MOST_LINKS} Links. Beenden Sie zuerst einen, der nicht mehr gebraucht wird.")
    if not name and (scope != Scope.READ or email):
        raise Implausible("Nennen Sie den Namen: Er steht bei dem, was diese Person schreibt.", "name")
    if email and any(link.email == email for link in links):
        raise Implausible(
            "Diese Adresse hat schon einen Link. Beenden Sie ihn zuerst, wenn er nicht mehr passt.", "email"
        )


def send(link: SharedLink, *, now: datetime, step: str = "") -> None:
    """Promise the mail with a link to the address that it has; nothing where it has none."""
    if not link.email:
        return
    invitation = link.invitation
    planned = Planned(
        kind="shared_link",
        subject_id=link.id,
        recipient=link.email,
        recipient_name=link.name,
        step=step,
        edition=str(link.generation),
        due_at=now,
        stale_at=max(end_of_day(invitation.last_day), now + NEW_LINK_COUNTS),
        procedure_id=invitation.phase.procedure_id,
    )
    deliveries.plan_many([planned], now=now)


def revoke(link: SharedLink, *, by: Actor, now: datetime) -> None:
    """End a link. What its holder wrote stays."""
    link.revoked_at, link.token_hash = now, None
    db.session.flush()
    _record("link ended", link, by, now)


def hand_on(
    invitation: Invitation, link: SharedLink | None, name: str, email: str, *, by: Actor, now: datetime
) -> SharedLink:
    """A link of the same scope for a successor, by mail; the old one ends, and the draft stays. The row is locked.

    link: the one that ends; None for the invitation's own. Our own mails then bring a new one of that, to the address on
    record. Raises Implausible for a missing name or address.
    """
    if not email.strip():
        raise Implausible("Nennen Sie die Adresse: Dorthin geht der neue Link.", "email")
    if link is not None:
        revoke(link, by=by, now=now)
        return give(invitation, Scope(link.scope), name, email, by=by, now=now)
    successor = give(invitation, Scope.SUBMIT, name, email, by=by, now=now)
    invitation.generation += 1
    invitation.token_hash, invitation.holder_name = hash_of(token_of(invitation)), ""
    db.session.flush()
    facts = {"generation": invitation.generation}
    procedure_id = invitation.phase.procedure_id
    journal.record("link handed on", invitation, by=by, now=now, procedure_id=procedure_id, facts=facts)
    return successor


def rename(invitation: Invitation, person: Person, name: str) -> None:
    """How somebody wants to be called at what they write from now on. Raises Implausible for an empty name."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Implausible("Schreiben Sie Ihren Namen.", "name")
    if person.link_id is None:
        invitation.holder_name = name
    else:
        link_numbered(invitation.id, person.link_id).name = name
    db.session.flush()


def set_release(invitation: Invitation, wanted: bool, *, by: Actor, now: datetime) -> None:
    """Whether a second person has to release what an institution says, here and in every other procedure."""
    institution = invitation.institution
    if institution.wants_release == wanted:
        return
    institution.wants_release = wanted
    db.session.flush()
    facts = {"wanted": wanted}
    procedure_id = invitation.phase.procedure_id
    journal.record("release rule changed", institution, by=by, now=now, procedure_id=procedure_id, facts=facts)


def request_shared(address: str, *, now: datetime) -> None:
    """Send the shared links on record for a mail address once more, at most once an hour each."""
    rows = (
        select(SharedLink)
        .where(SharedLink.email == address.strip().lower(), SharedLink.revoked_at.is_(None), SharedLink.email != "")
        .order_by(SharedLink.id.desc())
        .limit(10)
    )
    for link in db.session.scalars(rows):
        send(link, now=now, step=f"{now:%Y%m%d%H}")


def _record(action: str, link: SharedLink, by: Actor, now: datetime) -> None:
    facts = {"invitation": link.invitation_id, "scope": link.scope}
    procedure_id = link.invitation.phase.procedure_id
    journal.record(action, link, by=by, now=now, procedure_id=procedure_id, facts=facts)
