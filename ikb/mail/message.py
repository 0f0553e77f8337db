"""What a message is, and how it is written for the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr

from ikb.core.clock import require_aware

REPLY_LENGTH = 500
ADDRESS_LENGTH = 254
WIRE = compat32.clone(linesep="\r\n", mangle_from_=False)
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Mail:
    """What a message says; who gets it and when is the ledger's business."""

    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""


class TemporaryFailure(Exception):
    """Not now: the same message may go through later. `reply` is what the server said."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = one_line(reply)[:REPLY_LENGTH]


class ServerUnavailable(TemporaryFailure):
    """The mail server itself cannot be used: unreachable, login refused, sender refused. No other message fares better."""


class PermanentFailure(Exception):
    """Never: the server refused this message for good (5xx)."""

    def __init__(self, code: int, reply: str) -> None:
        super().__init__(f"{code} {reply}")
        self.code = code
        self.reply = f"{code} {one_line(reply)}"[:REPLY_LENGTH]


class RecipientRefused(PermanentFailure):
    """The address does not exist or takes no mail: a hard bounce."""


def compose(
    mail: Mail, *, sender: str, recipient: str, recipient_name: str, message_id: str, now: datetime
) -> Message[str, str]:
    """The message as it goes over the wire, in ASCII throughout.

    Line breaks in names and subjects become blanks: a header ends where we end it.
    Raises RecipientRefused for a recipient that is no address.
    Built of the email package's older classes: they need a third of the time, and this runs for every message.
    """
    message = _body(mail)
    message["From"] = sender
    message["To"] = _with_name(one_line(recipient_name), wire_address(recipient))
    if mail.reply_to:
        message["Reply-To"] = one_line(mail.reply_to)
    message["Subject"] = _encoded(one_line(mail.subject))
    message["Date"] = format_datetime(require_aware(now))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices are not sent in answer
    return message


def _body(mail: Mail) -> Message[str, str]:
    text = MIMEText(mail.text, "plain", _UTF8, policy=WIRE)  # type: ignore[arg-type]  # a Charset is as good as its name
    body: MIMEBase = text
    if mail.html is not None:
        html = MIMEText(mail.html, "html", _UTF8, policy=WIRE)  # type: ignore[arg-type]
        body = MIMEMultipart("alternative", _subparts=[text, html], policy=WIRE)
    if mail.attachments:
        body = MIMEMultipart("mixed", _subparts=[body, *map(_attached, mail.attachments)], policy=WIRE)
    return body


def _attached(attachment: Attachment) -> MIMEBase:
    main, _, sub = attachment.content_type.partition("/")
    part = MIMEBase(main, sub, policy=WIRE)
    part.set_payload(attachment.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", one_line(attachment.name)))
    return part


def one_line(text: str) -> str:
    """The text without line breaks and control characters, runs of blanks as one."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def wire_address(address: str) -> str:
    """An address as mail servers take it, its domain in IDNA.

    Raises RecipientRefused for what is no address at all.
    """
    local, at, domain = address.strip().rpartition("@")
    is_plain = bool(local and at and domain) and local.isascii() and len(address) <= ADDRESS_LENGTH
    if not is_plain or any(not char.isprintable() or char in ' <>,;:"()[]\\' for char in local + domain):
        raise RecipientRefused(553, "Das ist keine gültige E-Mail-Adresse.")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise RecipientRefused(553, "Den Teil der Adresse hinter dem @ gibt es so nicht.") from None


def _with_name(name: str, address: str) -> str:
    if not name:
        return address
    return formataddr((name, address)) if name.isascii() else f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode(linesep="\n").lstrip()
