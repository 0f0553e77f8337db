"""What a message is, and how it is written for the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass

REPLY_LENGTH = 500
ADDRESS_LENGTH = 254
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII | re.IGNORECASE)


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


def one_line(text: str) -> str:
    """The text without line breaks and control characters, runs of blanks as one."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def wire_address(address: str) -> str:
    """An address as mail servers take it, its domain in IDNA.

    Raises RecipientRefused for what is no address at all.
    """
    local, at, domain = address.strip().rpartition("@")
    is_plain = bool(local and at and domain) and local.isascii() and len(address) <= ADDRESS_LENGTH
    if not is_plain or any(not char.isprintable() or char in ' <>,;:"()[]\\' for char in local + domain):
        raise RecipientRefused(553, "Das ist keine gültige E-Mail-Adresse.")
    if domain.isascii() and all(map(LABEL.fullmatch, domain.split("."))):
        return f"{local}@{domain}"
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise RecipientRefused(553, "Den Teil der Adresse hinter dem @ gibt es so nicht.") from None
