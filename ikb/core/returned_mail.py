"""What a mail server or an auto-responder sent back: which of our messages it is about, and what it says.

Sources: RFC 3464 (delivery status notifications), RFC 3463 (status codes), RFC 3834 (automatic answers), RFC 2045 to 2047.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from enum import StrEnum

from ikb.core.returned_words import AWAY, CODE, FAILED, FULL, GONE, LATER, NO_HOST, STATUS

LARGEST = 1_000_000  # bytes; of a longer one the beginning is read
MOST_PARTS = 60
DEEPEST = 8
LONGEST_TEXT = 20_000  # characters in which words are looked for
LONGEST_REASON = 400
EXCERPT = 200


class Kind(StrEnum):
    """What came back."""

    HARD = "hard"  # there is no such mailbox, or it takes nothing from us
    SOFT = "soft"  # not now: full, busy, greylisted for too long
    DELAYED = "delayed"  # the server goes on trying by itself
    DELIVERED = "delivered"
    OUT_OF_OFFICE = "out_of_office"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Returned:
    """One message that came back.

    message_ids: those it names, the most telling first; one of them is ours if it is about a message of ours.
    recipient:   the address it is about, in small letters; empty if it does not say.
    status:      the enhanced status code, such as 5.1.1; empty without.
    reason:      what the server says, on one line.
    excerpt:     its beginning, for whoever has to read it.
    fingerprint: the same for the same return, also if it is fetched or forwarded to us twice.
    """

    kind: Kind
    message_ids: tuple[str, ...] = ()
    recipient: str = ""
    status: str = ""
    reason: str = ""
    excerpt: str = ""
    fingerprint: str = ""


# Only printable ASCII: what is found is asked of the database, and PostgreSQL takes no NUL.
_ID = re.compile(r"<[!-;=?-~]{3,190}>")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&*+/=?^_`{|}~.'-]{1,64}@[A-Za-z0-9.-]{1,180}[A-Za-z0-9]")
# What the email package stumbles over is no message at all; nobody may stop us with that.
STUMBLES = (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, AssertionError)
FULL_CODES = ("5.2.2", "5.3.1", "5.4.5")
_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange")


def read(raw: bytes) -> Returned:
    """What came back, as far as it can be said; never raises, whatever the bytes are."""
    raw = raw[:LARGEST]
    try:
        if raw.count(b"boundary") <= MOST_PARTS:  # each level makes every line slower to parse
            return _read(raw)
    except STUMBLES:
        pass
    text = _one_line(raw[: 2 * EXCERPT].decode("latin-1"))
    return Returned(Kind.UNKNOWN, excerpt=text[:EXCERPT], fingerprint=hashlib.sha256(raw).hexdigest())


def _read(raw: bytes) -> Returned:
    message = email.message_from_bytes(raw, policy=policy.compat32)
    parts = list(_parts(message))
    body = _text(parts)
    kind, recipient, status, reason = _by_report(parts, body) or _by_words(message, body) or NOTHING
    return Returned(
        kind=kind,
        message_ids=_message_ids(message, parts, body),
        recipient=recipient.lower(),
        status=status,
        reason=_one_line(reason)[:LONGEST_REASON],
        excerpt=f"{_header(message, 'Subject')} · {_one_line(body)}"[:EXCERPT].strip(" ·"),
        fingerprint=_fingerprint(message, raw),
    )


def _fingerprint(message: Message, raw: bytes) -> str:
    # On a second way to us only the lines of the way differ, not what the sender wrote.
    own = "\n".join(_header(message, name) for name in ("Message-ID", "From", "Date", "Subject"))
    return hashlib.sha256(own.encode() if _header(message, "Message-ID") else raw).hexdigest()


Found = tuple[Kind, str, str, str]
NOTHING: Found = (Kind.UNKNOWN, "", "", "")


def _by_report(parts: list[Message], body: str) -> Found | None:
    """By the machine-readable part of RFC 3464, if there is one that names a recipient."""
    fields = next(
        (found for part in parts if _type(part) == "message/delivery-status" and (found := _groups(part))), []
    )
    for group in fields:
        action = group.get("action", "").lower()
        if not action:
            continue
        address = group.get("original-recipient") or group.get("final-recipient") or ""
        status = _status_in(group.get("status", ""))
        reason = _diagnosis(group.get("diagnostic-code", "")) or _first_telling_line(body)
        return _kind_of(action, status, reason), _address(address), status, reason
    return None


def _kind_of(action: str, status: str, reason: str) -> Kind:
    if action in ("delivered", "relayed", "expanded"):
        # Relayed and expanded only say that another server, or a list, has it now (RFC 3464, 2.3.3).
        return Kind.DELIVERED if action == "delivered" else Kind.UNKNOWN
    if action == "delayed":
        return Kind.DELAYED
    if action != "failed":
        return Kind.UNKNOWN
    # A full mailbox is often reported as 5.2.2; it is emptied some day, and the address is right.
    is_passing = status.startswith("4") or status in FULL_CODES or bool(FULL.search(reason))
    return Kind.SOFT if is_passing else Kind.HARD


def _by_words(message: Message, body: str) -> Found | None:
    """By headers and words, for what is no report: an automatic answer, or a bounce of an older kind."""
    subject, sender = _header(message, "Subject"), _header(message, "From").lower()
    from_server = any(name in sender for name in _SENDERS) or _header(message, "Return-Path").strip() == "<>"
    is_away = AWAY.search(subject)  # an answer may quote our own subject, "nicht zugestellt" among them
    if from_server and not is_away and (FAILED.search(subject) or LATER.search(subject)):
        return _bounce(message, subject, body)
    if is_away or _is_automatic(message):
        return Kind.OUT_OF_OFFICE, _address(sender), "", subject
    # Somebody who writes about a message that could not be delivered is no mail server.
    return _bounce(message, subject, body) if from_server and FAILED.search(body) else None


def _bounce(message: Message, subject: str, body: str) -> Found:
    reason = _first_telling_line(body)
    recipient = _address(_header(message, "X-Failed-Recipients")) or _recipient_in(body, _header(message, "From"))
    return _guess(reason, subject, body), recipient, _status_in(reason), reason


def _guess(reason: str, subject: str, body: str) -> Kind:
    if LATER.search(subject) or (LATER.search(body) and not GONE.search(reason)):
        return Kind.DELAYED
    status, code = STATUS.search(reason), CODE.search(reason)
    if FULL.search(reason) or FULL.search(body) or (status and status[0] in FULL_CODES):
        return Kind.SOFT
    first = status[1] if status else code[1] if code else ""
    if first == "5" or GONE.search(body) or NO_HOST.search(body):
        return Kind.HARD
    return Kind.SOFT if first == "4" else Kind.UNKNOWN


def _is_automatic(message: Message) -> bool:
    automatic = _header(message, "Auto-Submitted").lower()
    if automatic.startswith("auto-replied"):
        return True
    names = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From", "X-Vacation")
    return any(_header(message, name) for name in names) or "auto_reply" in _header(message, "Precedence").lower()


def _message_ids(message: Message, parts: list[Message], body: str) -> tuple[str, ...]:
    """Ids of what it is about: in the returned message first, then in the headers that answer it."""
    found: dict[str, None] = {}
    for part in parts:
        if _type(part) in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            found |= dict.fromkeys(_ID.findall(_returned_id(part)))
    for name in ("In-Reply-To", "References", "X-Original-Message-ID", "X-Failed-Message-ID"):
        found |= dict.fromkeys(_ID.findall(_header(message, name)))
    found |= dict.fromkeys(_ids_in(body))
    return tuple(found)[:20]


def _returned_id(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _header(inner[0], "Message-ID")
    return " ".join(_ids_in(_decoded(part)))


def _ids_in(text: str) -> list[str]:
    lines = re.findall(r"^[ \t>]*Message-I[Dd]:[ \t\r\n]*(<[!-;=?-~]{3,190}>)", text, re.MULTILINE)
    return [str(line) for line in lines]


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Every part, the message itself first; what is returned in it is not entered."""
    seen = 0
    stack = [(message, depth)]
    while stack and seen < MOST_PARTS:
        part, level = stack.pop(0)
        seen += 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list) and level < DEEPEST and part.get_content_maintype() == "multipart":
            stack[:0] = [(sub, level + 1) for sub in inner if isinstance(sub, Message)]


def _groups(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a delivery-status part: one about the message, then one for each recipient."""
    inner = part.get_payload()
    encoding = _header(part, "Content-Transfer-Encoding").lower()
    if isinstance(inner, list) and encoding in ("base64", "quoted-printable"):  # against RFC 2046, but it is done
        coded = Message()
        coded["Content-Transfer-Encoding"] = encoding
        coded.set_payload("\n".join(group.as_string() for group in inner if isinstance(group, Message)))
        part = coded
    elif isinstance(inner, list):
        return [_fields(group) for group in inner if isinstance(group, Message)]
    blocks = re.split(r"\r?\n[ \t]*\r?\n", _decoded(part))
    return [_fields(email.message_from_string(block.strip() + "\n\n")) for block in blocks if block.strip()]


def _fields(group: Message) -> dict[str, str]:
    return {name.lower(): _one_line(str(value)) for name, value in group.items()}


def _diagnosis(value: str) -> str:
    """Without the type in front: `smtp; 550 5.1.1 …`."""
    kind, mark, text = value.partition(";")
    return text.strip() if mark and " " not in kind.strip() else value.strip()


def _first_telling_line(body: str) -> str:
    """The line in which a server says why; empty if none looks so."""
    lines = [line.strip(" \t>*-") for line in body.splitlines() if line.strip()]
    for tells in (STATUS, CODE, FULL, GONE, NO_HOST):
        for number, line in enumerate(lines[:400]):
            if tells.search(line):
                return " ".join(lines[number : number + 2])
    return ""


def _recipient_in(body: str, sender: str) -> str:
    own = {address.lower() for address in _ADDRESS.findall(sender)}
    return next((address for address in _ADDRESS.findall(body) if address.lower() not in own), "")


def _status_in(text: str) -> str:
    return found[0] if (found := STATUS.search(text)) else ""


def _address(value: str) -> str:
    """The address in `rfc822; verein@example.org` or `Verein <verein@example.org>`."""
    found = _ADDRESS.search(value.partition(";")[2] or value)
    return found[0] if found else ""


def _text(parts: list[Message]) -> str:
    """The readable words, the plain ones first; what is returned inside is not ours to read."""
    texts = [_decoded(part) for part in parts if _type(part) == "text/plain"]
    if not any(text.strip() for text in texts):
        texts = [re.sub(r"<[^>]{0,500}>", " ", _decoded(part)) for part in parts if _type(part) == "text/html"]
    return "\n".join(texts)[:LONGEST_TEXT]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload())[:LONGEST_TEXT] if isinstance(part.get_payload(), str) else ""
    payload = payload[: 4 * LONGEST_TEXT]
    try:
        return payload.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return payload.decode("latin-1")


def _type(part: Message) -> str:
    return part.get_content_type().lower()


def _header(message: Message, name: str) -> str:
    """A header's words, encoded ones decoded; bare UTF-8, which many servers write, as what it is (RFC 6532)."""
    found = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    text = found[:2000].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return _one_line(str(make_header(decode_header(text))))
    except STUMBLES:
        return _one_line(text)


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
