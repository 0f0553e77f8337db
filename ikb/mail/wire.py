"""A message as it goes over the wire: RFC 5322 and MIME, in ASCII throughout.

Written here and not by the email package: that needs ten times as long, and this runs for every message. The tests read
what is written with the email package.
"""

from __future__ import annotations

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

from ikb.core.clock import require_aware
from ikb.mail.message import Attachment, Mail, one_line, wire_address

# Neither quoted-printable nor base64 can hold "=_", so no content is ever taken for the end of its part.
BOUNDARY = "=_{}_of_ikb"
PLAIN_HEADER = 200  # characters; what is longer is folded, which needs encoded words
PER_WORD = 45  # bytes of text in one encoded word, which may have 75 characters in all (RFC 2047, section 2)
ESCAPED = re.compile(r'(["\\])')

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Written:
    """One message, ready to be handed over."""

    raw: bytes

    def as_bytes(self) -> bytes:
        return self.raw


@dataclass(frozen=True)
class _Part:
    headers: Headers
    body: bytes

    def as_bytes(self) -> bytes:
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return head.encode("ascii") + b"\r\n" + self.body


def compose(
    mail: Mail,
    *,
    sender: str,
    recipient: str,
    recipient_name: str,
    message_id: str,
    now: datetime,
    unsubscribe: str = "",
) -> Written:
    """The message as it goes over the wire.

    unsubscribe: address at which the recipient can decline such messages, by one click in the mail program (RFC 8058).
    Line breaks in names and subjects become blanks: a header ends where we end it.
    Raises RecipientRefused for a recipient that is no address.
    """
    content = _content(mail)
    headers: Headers = (
        ("From", _from(sender)),
        ("To", _with_name(one_line(recipient_name), wire_address(recipient))),
        *((("Reply-To", _words(one_line(mail.reply_to))),) if mail.reply_to else ()),
        ("Subject", _words(one_line(mail.subject))),
        ("Date", format_datetime(require_aware(now))),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: holiday notices are not sent in answer
        *(_declining(unsubscribe) if unsubscribe else ()),
        ("MIME-Version", "1.0"),
    )
    return Written(_Part(headers + content.headers, content.body).as_bytes())


@lru_cache(maxsize=8)
def _from(sender: str) -> str:
    name, address = parseaddr(sender)
    return _with_name(one_line(name), wire_address(address))


def _declining(address: str) -> Headers:
    return (("List-Unsubscribe", f"<{address}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))


def _content(mail: Mail) -> _Part:
    part = _text("plain", mail.text)
    if mail.html is not None:
        part = _several("alternative", part, _text("html", mail.html))
    if mail.attachments:
        part = _several("mixed", part, *map(_attached, mail.attachments))
    return part


def _text(kind: str, text: str) -> _Part:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").replace("\n", "\r\n") + "\r\n"
    headers = (("Content-Type", f'text/{kind}; charset="utf-8"'), ("Content-Transfer-Encoding", "quoted-printable"))
    return _Part(headers, b2a_qp(lines.encode(), istext=True))


def _several(kind: str, *parts: _Part) -> _Part:
    boundary = BOUNDARY.format(kind)
    between = f"--{boundary}\r\n".encode()
    body = b"".join(between + part.as_bytes() + b"\r\n" for part in parts)
    return _Part((("Content-Type", f'multipart/{kind}; boundary="{boundary}"'),), body + f"--{boundary}--\r\n".encode())


def _attached(attachment: Attachment) -> _Part:
    name = quote(one_line(attachment.name), safe="")
    headers = (
        ("Content-Type", one_line(attachment.content_type)),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"attachment; filename*=utf-8''{name}"),
    )
    return _Part(headers, encodebytes(attachment.content).replace(b"\n", b"\r\n"))


def _with_name(name: str, address: str) -> str:
    if not name:
        return address
    if _is_plain(name):
        quoted = ESCAPED.sub(r"\\\1", name)
        return f'"{quoted}" <{address}>'
    return f"{_words(name)} <{address}>"


def _words(text: str) -> str:
    """The text as it is, or as encoded words of RFC 2047, folded."""
    if _is_plain(text):
        return text
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in _cut(text.encode()))


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) <= PLAIN_HEADER and "=?" not in text


def _cut(encoded: bytes) -> Iterator[bytes]:
    """Pieces of at most `PER_WORD` bytes that end between two characters."""
    while encoded:
        end = min(PER_WORD, len(encoded))
        while end < len(encoded) and encoded[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        yield encoded[:end]
        encoded = encoded[end:]
