"""What a message is, and how it is written for the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from ikb.core.clock import require_aware

REPLY_LENGTH = 500
ADDRESS_LENGTH = 254


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
) -> EmailMessage:
    """The message as it goes over the wire, in ASCII throughout.

    Line breaks in names and subjects become blanks: a header ends where we end it.
    Raises RecipientRefused for a recipient that is no address.
    """
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = _with_name(recipient_name, wire_address(recipient))
    if mail.reply_to:
        message["Reply-To"] = one_line(mail.reply_to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = require_aware(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices are not sent in answer
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.name))
    return message


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


def _with_name(name: str, address: str) -> Address:
    # Signs with a meaning in headers get lost when Python folds an encoded name; a name reads well without them.
    plain = one_line("".join(" " if char in '"\\<>()[]@:;,' else char for char in name))
    return Address(display_name=plain, addr_spec=address)
