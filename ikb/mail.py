"""How a message leaves the house: through a mail server, or into a folder where there is none (demonstration and tests)."""

from __future__ import annotations

import mailbox
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from ikb.config import Config
from ikb.core.clock import require_aware

SEND_TIMEOUT = timedelta(seconds=20)
REPLY_LENGTH = 500
ADDRESS_LENGTH = 254
Answer = TypeVar("Answer")


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


class Transport(Protocol):
    """Hands over one message at a time; used by one thread."""

    def send(self, message: EmailMessage, recipient: str) -> str:
        """What the server answered. Raises TemporaryFailure or PermanentFailure."""
        ...

    def close(self) -> None:
        """Let go of the connection; the next message opens another."""
        ...


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


@contextmanager
def open_transport(config: Config) -> Iterator[Transport]:
    """The installation's way out, for the length of one run; a connection is opened with the first message and reused."""
    transport = transport_of(config)
    try:
        yield transport
    finally:
        transport.close()


def transport_of(config: Config) -> Transport:
    """A mail server where one is configured, else the folder."""
    if config.smtp_url is None:
        return MailboxFolder(mailbox_folder(config))
    return SmtpServer(config.smtp_url, config.mail_from, timeout=min(SEND_TIMEOUT, config.send_lease / 2))


def mailbox_folder(config: Config) -> Path:
    """Where messages lie if there is no mail server."""
    return config.data_dir / "mailbox"


class MailboxFolder:
    """Keeps every message as a file in a Maildir."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(folder, create=True)

    def send(self, message: EmailMessage, recipient: str) -> str:
        self._maildir.add(message.as_bytes())
        return "250 im Postfach abgelegt"

    def close(self) -> None:
        """Nothing to let go of: each file was closed when it was written."""


class SmtpServer:
    """A mail server. One message gets `timeout` in all, so that its lease always lasts longer than its sending."""

    def __init__(self, url: str, sender: str, timeout: timedelta = SEND_TIMEOUT) -> None:
        self._address = _SmtpAddress.of(url)
        self._sender = sender
        self._timeout = timeout.total_seconds()
        self._server: smtplib.SMTP | None = None
        self._ends_at = 0.0

    def send(self, message: EmailMessage, recipient: str) -> str:
        content, address = message.as_bytes(), wire_address(recipient)
        self._ends_at = time.monotonic() + self._timeout
        is_reused = self._server is not None
        try:
            return self._hand_over(content, address)
        except _IdleTooLong:
            if not is_reused:
                raise TemporaryFailure("Der Mailserver hat die Verbindung beendet.") from None
        return self._hand_over(content, address)  # nothing had been said about this message yet

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.quit()
            server.close()

    def _hand_over(self, content: bytes, address: str) -> str:
        try:
            server = self._server = self._server or self._connect()
            self._begin(server)
            self._name_recipient(server, address)
            return self._transfer(server, content)
        except OSError as fault:  # smtplib's own exceptions are among them
            self._drop()
            raise TemporaryFailure(f"Die Verbindung zum Mailserver brach ab ({type(fault).__name__}).") from fault

    def _begin(self, server: smtplib.SMTP) -> None:
        try:
            code, reply = self._timed(server, lambda: server.mail(self._sender))
        except OSError as fault:
            self._drop()
            raise _IdleTooLong from fault
        if code == 421:  # closing down: too many messages on one connection, or idle for too long
            self._drop()
            raise _IdleTooLong
        if code >= 400:
            self._drop()
            raise ServerUnavailable(f"Der Mailserver nimmt den Absender nicht an: {code} {_text(reply)}")

    def _name_recipient(self, server: smtplib.SMTP, address: str) -> None:
        code, reply = self._timed(server, lambda: server.rcpt(address))
        if code < 400:
            return
        self._start_over(server, code)
        if code >= 500:
            raise RecipientRefused(code, _text(reply))
        raise TemporaryFailure(f"{code} {_text(reply)}")

    def _transfer(self, server: smtplib.SMTP, content: bytes) -> str:
        reply: bytes | str
        try:
            code, reply = self._timed(server, lambda: server.data(content))
        except smtplib.SMTPDataError as refused:  # refused before the content went out
            code, reply = refused.smtp_code, refused.smtp_error
        if code < 400:
            return f"{code} {one_line(_text(reply))}"[:REPLY_LENGTH]
        self._start_over(server, code)
        if code >= 500:
            raise PermanentFailure(code, _text(reply))
        raise TemporaryFailure(f"{code} {_text(reply)}")

    def _start_over(self, server: smtplib.SMTP, code: int) -> None:
        """Make the connection ready for the next message, or drop it."""
        if code == 421:
            self._drop()
            return
        try:
            self._timed(server, server.rset)
        except OSError:
            self._drop()

    def _connect(self) -> smtplib.SMTP:
        try:
            server = self._dial(self._address)
        except OSError as fault:
            raise ServerUnavailable(f"Der Mailserver ist nicht erreichbar ({type(fault).__name__}).") from fault
        try:
            self._secure(server)
        except OSError as fault:
            server.close()
            raise ServerUnavailable(f"Die Anmeldung beim Mailserver gelang nicht ({type(fault).__name__}).") from fault
        return server

    def _dial(self, address: _SmtpAddress) -> smtplib.SMTP:
        if address.implicit_tls:
            checked = ssl.create_default_context()
            return smtplib.SMTP_SSL(address.host, address.port, timeout=self._left(), context=checked)
        return smtplib.SMTP(address.host, address.port, timeout=self._left())

    def _secure(self, server: smtplib.SMTP) -> None:
        address = self._address
        if address.starttls:
            self._timed(server, lambda: server.starttls(context=ssl.create_default_context()))
        self._timed(server, server.ehlo_or_helo_if_needed)
        if address.user:
            self._timed(server, lambda: server.login(address.user, address.password))

    def _timed(self, server: smtplib.SMTP, step: Callable[[], Answer]) -> Answer:
        if server.sock is not None:
            server.sock.settimeout(self._left())
        return step()

    def _left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("The message's time is over.")
        return left

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


class _IdleTooLong(Exception):
    """A connection that was open from the message before is gone; nothing was said about the next message yet."""


@dataclass(frozen=True)
class _SmtpAddress:
    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    starttls: bool

    @classmethod
    def of(cls, url: str) -> _SmtpAddress:
        """`smtp://user:password@host:587?starttls=1` or `smtps://…`; user and password percent-encoded."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("IKB_SMTP_URL must look like smtp://user:password@host:587?starttls=1 or smtps://…")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if implicit else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=implicit,
            starttls=parse_qs(parts.query).get("starttls") == ["1"],
        )


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
