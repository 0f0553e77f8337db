"""Everything that is stored about one person, by name or mail address: found, given out, and erased as far as it may be."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ikb.accounts.model import LoginSession, User
from ikb.capture.model import Letter
from ikb.db import db
from ikb.deliveries.model import Delivery, ReturnedMail
from ikb.errors import Conflict, Implausible
from ikb.institutions.model import Contact, Invitation
from ikb.institutions.shared_model import SharedLink
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.privacy.model import PersonRequest
from ikb.privacy.places import FINDERS, Found
from ikb.publications.model import PublishedName
from ikb.remarks.model import Remark
from ikb.statements import withdrawing
from ikb.statements.consent_model import Consent
from ikb.statements.model import ReleaseStep, Statement
from ikb.web import labels

SHORTEST = 3
ERASED = "(gelöscht)"
labels.add("journal_action", {"person's data given out": "Auskunft erteilt", "person's data erased": "Daten gelöscht"})
labels.add("subject", {"person_request": "Anfrage einer Person"})


def find(who: str) -> list[Found]:
    """Everything with exactly this name or address, whatever its case; and every text in which it is mentioned.

    Raises Implausible for less than three signs.
    """
    wanted = " ".join(who.split()).lower()
    if len(wanted) < SHORTEST:
        raise Implausible(f"Schreiben Sie mindestens {SHORTEST} Zeichen.", "who")
    return [found for finder in FINDERS for found in finder(wanted)]


def digest(found: list[Found]) -> str:
    """Of a preview: what was looked at is what is erased."""
    return hashlib.sha256(json.dumps([asdict(one) for one in found], sort_keys=True).encode()).hexdigest()


def note_export(found: list[Found], *, by: Actor, now: datetime) -> PersonRequest:
    """Write down that data were given out, without whose."""
    return _note("person's data given out", "export", found, by, now)


def erase(who: str, seen: str, *, by: Actor, now: datetime) -> list[Found]:
    """Erase or make nameless what may be; returns everything, with what was done or why it was kept.

    seen: the digest of the preview. Raises Conflict where something has changed since.
    """
    found = find(who)
    if digest(found) != seen:
        raise Conflict(
            "Seit Ihrer Vorschau hat sich etwas geändert. Es wurde nichts gelöscht. Sehen Sie noch einmal nach."
        )
    for one in found:
        if one.done:
            _ERASE[one.table](one.id, by, now)
    db.session.flush()
    _note("person's data erased", "erase", found, by, now)
    return found


def _note(action: str, act: str, found: list[Found], by: Actor, now: datetime) -> PersonRequest:
    counts = Counter(f"{one.table} {'kept' if one.kept else 'erased'}" for one in found)
    row = PersonRequest(act=act, at=now, by_id=by.id if by.kind == "user" else None, counts=dict(counts))
    db.session.add(row)
    db.session.flush()
    if act == "export":
        journal.record("person's data given out", row, by=by, now=now, facts={"rows": len(found)})
    else:
        journal.record("person's data erased", row, by=by, now=now, facts=dict(counts))
    return row


# --- what erasing does, by table ------------------------------------------------------------------------------------------


def _erase_row(model: type[Any]) -> Any:
    def erase_one(id: int, _by: Actor, _now: datetime) -> None:
        row = db.session.get(model, id)
        if row is not None:
            db.session.delete(row)

    return erase_one


def _blank(model: type[Any], *columns: str) -> Any:
    def blank_one(id: int, _by: Actor, _now: datetime) -> None:
        row = db.session.get_one(model, id)
        for column in columns:
            setattr(row, column, "")

    return blank_one


def _erase_link(id: int, _by: Actor, now: datetime) -> None:
    row = db.session.get_one(SharedLink, id)
    row.name, row.email, row.revoked_at = "", "", row.revoked_at or now


def _erase_authors(id: int, _by: Actor, _now: datetime) -> None:
    db.session.get_one(Remark, id).authors = []


def _erase_name(id: int, by: Actor, now: datetime) -> None:
    row = db.session.get(PublishedName, id)
    if row is None:
        return  # gone with another one of the same statement
    statement = db.session.get(Statement, row.publication.subject_id)
    if statement is not None:
        withdrawing.withdraw(statement.invitation, Consent.NAME, by=by, now=now)
    left = db.session.get(PublishedName, id)
    if left is not None:
        db.session.delete(left)
    db.session.flush()


def _erase_delivery(id: int, _by: Actor, _now: datetime) -> None:
    row = db.session.get_one(Delivery, id, options=[undefer(Delivery.body_text)])
    row.recipient, row.recipient_name, row.subject_line, row.body_text, row.last_reply = ERASED, "", "", "", ""
    for attempt in row.log:
        attempt.reply = ""


def _erase_user(id: int, _by: Actor, _now: datetime) -> None:
    row = db.session.get_one(User, id)
    row.name, row.email, row.password_hash = "Gelöschtes Konto", f"geloescht-{row.id}@invalid.example.org", None
    for session in db.session.scalars(select(LoginSession).where(LoginSession.user_id == id)):
        db.session.delete(session)


_ERASE = {
    "contact": _erase_row(Contact),
    "shared_link": _erase_link,
    "invitation": _blank(Invitation, "holder_name"),
    "statement": _blank(Statement, "author_name"),
    "letter": _blank(Letter, "sender", "sender_address"),
    "release_step": _blank(ReleaseStep, "name"),
    "remark": _erase_authors,
    "published_name": _erase_name,
    "delivery": _erase_delivery,
    "returned_mail": _erase_row(ReturnedMail),
    "user_account": _erase_user,
}
