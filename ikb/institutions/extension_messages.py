"""What is written about a request for more time: until when there is time now, or why not."""

from __future__ import annotations

from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.deliveries.kinds import Address, Mail, register_kind
from ikb.deliveries.letters import ENGLISH, register_letter
from ikb.deliveries.model import Delivery
from ikb.institutions import letters
from ikb.institutions.extension_model import ExtensionRequest
from ikb.institutions.inviting import recipient_name_of, recipient_of
from ikb.institutions.requests import DECLINED_MAIL, GRANTED_MAIL
from ikb.web import labels

NAMES = {GRANTED_MAIL: "Mehr Zeit gewährt", DECLINED_MAIL: "Mehr Zeit abgelehnt"}
PLACEHOLDERS = {**letters.PLACEHOLDERS, "antwort": "der Satz, mit dem Sie geantwortet haben"}
SAMPLES = {
    "de": {"antwort": "Die Gremien tagen schon am Montag danach."},
    ENGLISH: {"antwort": "The committees meet on the Monday after."},
}
labels.add("message", NAMES)
labels.add("letter", NAMES)
register_letter(GRANTED_MAIL, placeholders=letters.PLACEHOLDERS, needed=("link", "frist"))
register_letter(DECLINED_MAIL, placeholders=PLACEHOLDERS, needed=("link", "frist", "antwort"), samples=SAMPLES)


def _row_of(delivery: Delivery) -> ExtensionRequest | None:
    return db.session.get(ExtensionRequest, delivery.subject_id)


def _wanted(delivery: Delivery, _now: datetime) -> bool:
    row = _row_of(delivery)
    return row is not None and row.invitation.revoked_at is None and row.invitation.token_hash is not None


def _address(delivery: Delivery, now: datetime) -> Address | None:
    row = _row_of(delivery)
    if row is None:
        return None
    institution, today = row.invitation.institution, berlin_day(now)
    return Address(recipient_of(institution, today), recipient_name_of(institution, today))


def _render(delivery: Delivery, now: datetime) -> Mail:
    row = db.session.get_one(ExtensionRequest, delivery.subject_id)
    return letters.render(delivery.kind, row.invitation, now=now, more={"antwort": row.answer})


for _kind in NAMES:
    register_kind(_kind, still_wanted=_wanted, render=_render, urgency=2, address=_address)
