"""Plain texts and mails, as text."""

from __future__ import annotations

import email.policy
from email import message_from_binary_file
from email.message import EmailMessage
from typing import BinaryIO

from lxml import html

from ikb.quarantine import reasons
from ikb.quarantine.kinds import is_text, refuse_markup
from ikb.quarantine.reasons import NotTaken

MOST_PARTS = 300


def read_text(file: BinaryIO) -> str:
    """A text in UTF-8, UTF-16 or Windows' own signs. Raises NotTaken."""
    data = file.read()
    if not data.strip():
        raise NotTaken(reasons.EMPTY)
    refuse_markup(data)
    if not is_text(data):
        raise NotTaken(reasons.UNKNOWN)
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return _lines(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise NotTaken(reasons.UNKNOWN)


def read_eml(file: BinaryIO) -> str:
    """Subject, sender, day, and what a mail says, in lines. Raises NotTaken."""
    try:
        mail = message_from_binary_file(file, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)  # noqa: S101 (the policy's own kind)
        if sum(1 for _ in mail.walk()) > MOST_PARTS:
            raise NotTaken(reasons.BOMB)
        body = mail.get_body(("plain", "html"))
        content = "" if body is None else str(body.get_content())
        if body is not None and body.get_content_subtype() == "html":
            content = _of_markup(content)
        names = [str(part.get_filename() or "ohne Namen") for part in mail.iter_attachments()]
        head = [str(mail.get(name, "")) for name in ("Subject", "From", "Date")]
    except (NotTaken, MemoryError):
        raise
    except Exception as fault:  # the parser takes nearly everything; what it does not, is no mail
        raise NotTaken(reasons.DAMAGED) from fault
    if not any(head[1:]):
        raise NotTaken(reasons.DAMAGED)
    return _mail(head, content, names)


def read_msg(file: BinaryIO) -> str:
    """The same of Outlook's own format. Raises NotTaken."""
    from oxmsg import Message  # here, so that a text does not wait for it

    try:
        mail = Message.load(file.read())
        head = [mail.subject or "", mail.sender or "", str(mail.sent_date or "")]
        content = mail.body or _of_markup(mail.html_body or "")
        names = [attachment.file_name or "ohne Namen" for attachment in mail.attachments]
    except MemoryError:
        raise
    except Exception as fault:  # an old Word document is such a container too
        raise NotTaken(reasons.OLD_OFFICE) from fault
    return _mail(head, content, names)


def _mail(head: list[str], content: str, names: list[str]) -> str:
    called = [f"{label}: {value}" for label, value in zip(("Betreff", "Von", "Datum"), head, strict=True) if value]
    return _lines("\n".join([*called, "", content, *(f"Anlage: {name}" for name in names)]))


def _of_markup(content: str) -> str:
    return "".join(map(str, html.fromstring(content).itertext())) if content.strip() else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
