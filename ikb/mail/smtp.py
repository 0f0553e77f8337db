"""Talking to a mail server, and telling whose fault it is when it says no."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import NoReturn, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from ikb.mail.message import (
    REPLY_LENGTH,
    PermanentFailure,
    RecipientRefused,
    ServerUnavailable,
    TemporaryFailure,
    one_line,
    wire_address,
)
from ikb.mail.wire import Written

SEND_TIMEOUT = timedelta(seconds=20)
READY = 354  # to take the content
_DOT = re.compile(rb"^\.", re.MULTILINE)  # a line that begins with a dot gets another: one alone ends the message
Answer = TypeVar("Answer")


class SmtpServer:
    """A mail server. One message gets `timeout` in all, so that its lease always lasts longer than its sending."""

    def __init__(self, url: str, sender: str, timeout: timedelta = SEND_TIMEOUT) -> None:
        self._address = _SmtpAddress.of(url)
        self._sender = wire_address(parseaddr(sender)[1])
        self._timeout = timeout.total_seconds()
        self._server: smtplib.SMTP | None = None
        self._ends_at = 0.0

    def send(self, message: Written, recipient: str) -> str:
        content, address = message.as_bytes(), wire_address(recipient)
        self._ends_at = time.monotonic() + self._timeout
        is_reused = self._server is not None
        try:
            return self._hand_over(content, address)
        except _IdleTooLong:
            # A server may keep all its answers until it knows about the recipient: one that took all the time says
            # nothing of the next message.
            if not is_reused or self._ends_at - time.monotonic() < self._timeout / 10:
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
            if server.has_extn("pipelining"):
                self._ask_at_once(server, address)
            else:
                self._ask_in_turn(server, address)
            return self._transfer(server, content)
        except OSError as fault:  # smtplib's own exceptions are among them
            self._drop()
            raise TemporaryFailure(f"Die Verbindung zum Mailserver brach ab ({type(fault).__name__}).") from fault

    def _ask_in_turn(self, server: smtplib.SMTP, address: str) -> None:
        try:
            begun = self._timed(server, lambda: server.docmd(f"MAIL FROM:<{self._sender}>"))
        except OSError as fault:
            self._drop()
            raise _IdleTooLong from fault
        self._check_sender(*begun)
        self._check_recipient(server, *self._timed(server, lambda: server.docmd(f"RCPT TO:<{address}>")))
        self._check_ready(server, *self._timed(server, lambda: server.docmd("DATA")))

    def _ask_at_once(self, server: smtplib.SMTP, address: str) -> None:
        """Sender, recipient and the wish to send in one go: one way there and back, not three (RFC 2920)."""
        commands = f"MAIL FROM:<{self._sender}>\r\nRCPT TO:<{address}>\r\nDATA\r\n"
        try:
            self._timed(server, lambda: server.send(commands))
            begun = self._timed(server, server.getreply)
        except OSError as fault:
            self._drop()
            raise _IdleTooLong from fault
        self._check_sender(*begun)
        named, ready = self._timed(server, server.getreply), self._timed(server, server.getreply)
        if named[0] >= 400 and ready[0] == READY:  # it would take a message for nobody; RFC 2920, section 3.1
            self._timed(server, lambda: server.docmd("."))
        self._check_recipient(server, *named)
        self._check_ready(server, *ready)

    def _check_sender(self, code: int, reply: bytes) -> None:
        if code == 421:  # closing down: too many messages on one connection, or idle for too long
            self._drop()
            raise _IdleTooLong
        if code >= 400:
            self._drop()
            raise ServerUnavailable(f"Der Mailserver nimmt den Absender nicht an: {code} {_text(reply)}")

    def _check_recipient(self, server: smtplib.SMTP, code: int, reply: bytes) -> None:
        if code < 400:
            return
        self._start_over(server, code)
        if code >= 500:
            raise RecipientRefused(code, _text(reply))
        raise TemporaryFailure(f"{code} {_text(reply)}")

    def _check_ready(self, server: smtplib.SMTP, code: int, reply: bytes) -> None:
        if code != READY:
            self._refuse(server, code, reply)

    def _transfer(self, server: smtplib.SMTP, content: bytes) -> str:
        self._timed(server, lambda: server.send(_DOT.sub(b"..", content) + b".\r\n"))
        code, reply = self._timed(server, server.getreply)
        if code >= 400:
            self._refuse(server, code, reply)
        return f"{code} {one_line(_text(reply))}"[:REPLY_LENGTH]

    def _refuse(self, server: smtplib.SMTP, code: int, reply: bytes) -> NoReturn:
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
