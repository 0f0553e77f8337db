"""Reading the folder in which messages lie where there is no mail server."""

from __future__ import annotations

import mailbox
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import nh3
from markupsafe import Markup

from ikb.errors import NotFound

# The parts of a message that say something; no images, no styles, no forms.
SHOWN_TAGS = {
    "p",
    "br",
    "a",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "b",
    "i",
    "blockquote",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
}
NOT_EVEN_THEIR_TEXT = {"style", "script", "title"}
_KEY = re.compile(r"(\d+)\.M(\d+)P\d+Q(\d+)")


@dataclass(frozen=True)
class Letter:
    """One message as somebody would see it. html: safe to show, empty if there is no such part."""

    key: str
    subject: str
    recipient: str
    at: datetime | None
    text: str
    html: Markup
    attachments: tuple[str, ...]


def keys_in(folder: Path) -> list[str]:
    """The names of all messages in a folder, the newest first; none if there is no folder yet."""
    if not folder.is_dir():
        return []
    return sorted(mailbox.Maildir(folder, create=False).keys(), key=_age, reverse=True)


def read(folder: Path, key: str) -> Letter:
    """One message. Raises NotFound if there is none of that name."""
    if key not in keys_in(folder):
        raise NotFound("Diese Nachricht liegt nicht im Postfach.")
    return _letter(key, mailbox.Maildir(folder, create=False).get_bytes(key))


def messages_in(folder: Path) -> list[Letter]:
    """Every message of a folder, the newest first."""
    return [read(folder, key) for key in keys_in(folder)]


def _age(key: str) -> tuple[int, ...]:
    found = _KEY.match(key)
    return tuple(map(int, found.groups())) if found else (0,)


def _letter(key: str, raw: bytes) -> Letter:
    message = BytesParser(_class=EmailMessage, policy=default).parsebytes(raw)
    date = message["Date"]
    return Letter(
        key=key,
        subject=str(message["Subject"] or ""),
        recipient=str(message["To"] or ""),
        at=None if date is None else date.datetime,
        text=_content(message, "plain"),
        html=Markup(_safe(_content(message, "html"))),  # noqa: S704 (cleaned on this line)
        attachments=tuple(part.get_filename() or "ohne Namen" for part in message.iter_attachments()),
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _safe(html: str) -> str:
    return nh3.clean(
        html,
        tags=SHOWN_TAGS,
        clean_content_tags=NOT_EVEN_THEIR_TEXT,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    ).strip()
