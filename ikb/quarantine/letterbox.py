"""Takes one mail apart, from standard input: a program of its own, never part of the web process.

Run as `python -m ikb.quarantine.letterbox KIND` with eml or msg. It answers with one line of JSON, {"sender", "address",
"subject", "sent_at", "text", "attachments": [[name, bytes], …]}, and behind it the bytes of the attachments in that order;
one that does not fit in any more has none.
"""

from __future__ import annotations

import email.policy
import email.utils
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from email import message_from_binary_file
from email.message import EmailMessage
from typing import Any, BinaryIO

from lxml import html

from ikb.quarantine.kinds import Kind
from ikb.quarantine.locked import lock_up

LONGEST_TEXT = 400_000  # signs
MOST_BYTES = 15 * 1024 * 1024  # of all attachments together
MOST_ATTACHMENTS = 20
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})
UNSEEN = ("script", "style", "head", "title")

Apart = dict[str, Any]


def main() -> int:
    """Read, answer, end: 0 with an answer, 1 for what is no mail."""
    lock_up()
    apart, attached = (take_apart_msg if sys.argv[1] == Kind.MSG else take_apart_eml)(sys.stdin.buffer)
    kept = list(_that_fit(attached))
    apart["attachments"] = [[name, len(data)] for name, data in kept]
    sys.stdout.buffer.write(json.dumps(apart).encode() + b"\n" + b"".join(data for _, data in kept))
    return 0


def take_apart_eml(file: BinaryIO) -> tuple[Apart, list[tuple[str, bytes]]]:
    """A mail as the internet sends it (RFC 5322)."""
    mail = message_from_binary_file(file, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 (the policy's own kind)
    body = mail.get_body(("plain", "html"))
    content = "" if body is None else str(body.get_content())
    if body is not None and body.get_content_subtype() == "html":
        content = as_text(content)
    name, address = email.utils.parseaddr(str(mail.get("From", "")))
    apart = _apart(name, address, str(mail.get("Subject", "")), _moment(str(mail.get("Date", ""))), content)
    return apart, [(_name_of(part), _bytes_of(part)) for part in mail.iter_attachments()]


def take_apart_msg(file: BinaryIO) -> tuple[Apart, list[tuple[str, bytes]]]:
    """A mail as Outlook keeps it ([MS-OXMSG])."""
    from oxmsg import Message  # here, so that other mails do not wait for it

    mail = Message.load(file.read())
    name, address = email.utils.parseaddr(mail.sender or "")
    content = mail.body or as_text(mail.html_body or "")
    apart = _apart(name, address, mail.subject or "", mail.sent_date, content)
    return apart, [(one.file_name or "Anlage", bytes(one.file_bytes or b"")) for one in mail.attachments]


def as_text(markup: str) -> str:
    """What a person reads of a mail in HTML: its words, a line for each block; nothing is loaded, nothing run."""
    if not markup.strip():
        return ""
    tree: Any = html.fromstring(markup)
    for unseen in tree.xpath("|".join(f"//{name}" for name in UNSEEN)):
        unseen.drop_tree()
    for element in tree.iter():
        if element.tag in BLOCKS:
            element.tail = f"\n{element.tail or ''}"
    lines = [" ".join(line.split()) for line in tree.text_content().split("\n")]
    return "\n".join(lines).strip()


def _apart(name: str, address: str, subject: str, sent_at: datetime | None, content: str) -> Apart:
    text = content.replace("\r\n", "\n").replace("\r", "\n").strip()
    return {
        "sender": name or address,
        "address": address,
        "subject": subject,
        "sent_at": sent_at.isoformat() if sent_at else None,
        "text": text[:LONGEST_TEXT],
    }


def _moment(date: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None


def _name_of(part: EmailMessage) -> str:
    if name := part.get_filename():
        return str(name)
    return "weitergeleitet.eml" if part.get_content_type() == "message/rfc822" else "Anlage"


def _bytes_of(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner: Any = part.get_content()
        return bytes(inner.as_bytes())
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _that_fit(attached: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    room = MOST_BYTES
    for name, data in attached[:MOST_ATTACHMENTS]:
        fits = len(data) <= room
        room -= len(data) if fits else 0
        yield name, data if fits else b""


if __name__ == "__main__":
    sys.exit(main())
