"""What somebody does not want to get any more, as far as it need not be sent: reminders, digests, hints.

Declined per address and stream: by a signed link in each such message (RFC 2369 and RFC 8058 name its headers), or on the
page of one's account. Invitations, links, receipts and whatever else is mandatory has no stream and cannot be declined.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ikb.db import db, on_sqlite
from ikb.deliveries.kinds import Mail, declinable_streams, kind_of
from ikb.deliveries.model import Delivery, Refusal
from ikb.deliveries.rendering import current_config
from ikb.errors import NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels
from ikb.web.links import external_url

FOOTER = "Sie möchten keine solchen Nachrichten mehr ({stream})? Hier bestellen Sie sie ab:"


def hash_of(address: str) -> str:
    """What is stored of an address."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def is_declined(address: str, stream: str) -> bool:
    """Whether somebody at that address wants no messages of that stream."""
    return stream in declined_by(address)


def declined_by(address: str) -> set[str]:
    """The streams that somebody at that address does not want."""
    rows = select(Refusal.stream).where(Refusal.address_hash == hash_of(address))
    return set(db.session.scalars(rows))


def decline(address: str, stream: str, *, by: Actor, now: datetime) -> None:
    """No more messages of that stream to that address. Declined twice, it is declined once.

    Raises NotFound for a stream that nobody can decline.
    """
    _refuse_unknown(stream)
    insert = sqlite.insert if on_sqlite(db.engine) else postgresql.insert
    row = insert(Refusal).values(address_hash=hash_of(address), stream=stream, at=now)
    made = db.session.scalar(row.on_conflict_do_nothing().returning(Refusal))
    if made is not None:
        journal.record("messages declined", made, by=by, now=now, facts={"stream": stream})


def want_again(address: str, stream: str, *, by: Actor, now: datetime) -> None:
    """Messages of that stream go to that address again."""
    _refuse_unknown(stream)
    rows = (Refusal.address_hash == hash_of(address)) & (Refusal.stream == stream)
    if (found := db.session.scalar(select(Refusal).where(rows))) is not None:
        journal.record("messages wanted again", found, by=by, now=now, facts={"stream": stream})
        db.session.execute(delete(Refusal).where(rows))


def _refuse_unknown(stream: str) -> None:
    if stream not in declinable_streams():
        raise NotFound("Diese Nachrichten gibt es nicht, oder sie lassen sich nicht abbestellen.")


def link(delivery: Delivery) -> str:
    """The address at which the recipient of a message can decline its stream; it names nobody."""
    return external_url("deliveries.declining", token=_signer().dumps(delivery.id))


def meant_by(token: str) -> tuple[Delivery, str]:
    """The message that a link came with, and the stream that is meant. Raises NotFound for a link that we did not make."""
    try:
        delivery = db.session.get(Delivery, _signer().loads(token))
    except BadSignature:
        delivery = None
    kind = None if delivery is None else kind_of(delivery.kind)
    if delivery is None or kind is None or not kind.stream:
        raise NotFound("Dieser Link führt zu keiner Nachricht, die sich abbestellen lässt.")
    return delivery, kind.stream


def with_way_out(message: Mail, delivery: Delivery) -> Mail:
    """The message with a last paragraph that says where such messages can be declined."""
    kind = kind_of(delivery.kind)
    sentence = FOOTER.format(stream=labels.label("mail_stream", kind.stream if kind else ""))
    address = link(delivery)
    html = message.html and message.html.replace(
        "</body>", Markup('<p>{0}<br>\n<a href="{1}">{1}</a></p>\n</body>').format(sentence, address)
    )
    text = f"{message.text.rstrip()}\n\n{sentence}\n{address}\n"
    return Mail(message.subject, text, html, message.attachments, message.reply_to)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt="declining messages")
