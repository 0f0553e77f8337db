"""A real SMTP server that keeps what it is sent, and fails as a test tells it to."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services import ports

ACCEPTED = "250 OK"


@dataclass(frozen=True)
class Message:
    """One message to one or more addresses, as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, _class=EmailMessage, policy=default)

    @property
    def message_id(self) -> str:
        return str(self.parsed["Message-ID"] or "")

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"] or "")

    @property
    def text(self) -> str:
        """The plain text part, "" if there is none."""
        part = self.parsed.get_body(("plain",))
        return str(part.get_content()) if part else ""


@dataclass(frozen=True)
class Fault:
    """What a recipient meets: a reply such as "450 4.2.1 later", a pause, or both.

    seconds: the server waits that long before it answers.
    after:   False answers when the recipient is named, and an error refuses it;
             True answers when the message has been kept, so that an error or a lost connection makes the sender doubt.
    """

    reply: str = ACCEPTED
    seconds: float = 0.0
    after: bool = False


Faults = Callable[[str], Fault | None]


class SmtpSink:
    """Listens on a free loopback port while it is open; several senders at once are fine."""

    def __init__(self, faults: Faults = lambda recipient: None, *, pipelining: bool = True) -> None:
        """faults: asked for every recipient of every message; None means it is taken.

        pipelining: whether it says, as Postfix and Exchange do, that it takes several commands in one go.
        """
        self.faults = faults
        self.pipelining = pipelining
        self._messages: list[Message] = []
        self._arrived = threading.Condition()
        self.port = ports.free_port()
        self._server: Controller | None = None

    def start(self) -> Self:
        """Up, on the same port as before if it was stopped."""
        self._server = Controller(_Handler(self), hostname=ports.LOOPBACK, port=self.port, ready_timeout=30)
        self._server.start()
        return self

    def stop(self) -> None:
        """Down: connections are refused. What was kept stays readable."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """For IKB_SMTP_URL."""
        return f"smtp://{ports.LOOPBACK}:{self.port}"

    @property
    def messages(self) -> list[Message]:
        """What was accepted so far, in order of arrival."""
        with self._arrived:
            return list(self._messages)

    def recipients(self) -> list[str]:
        """Every address something was accepted for, once per message."""
        return [address for message in self.messages for address in message.recipients]

    def to(self, address: str) -> list[Message]:
        return [message for message in self.messages if address in message.recipients]

    def clear(self) -> None:
        with self._arrived:
            self._messages.clear()

    def wait_for(self, count: int, timeout: float = 30.0) -> list[Message]:
        """The messages, as soon as there are at least `count`; raises TimeoutError, naming what came."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._messages) >= count, timeout):
                raise TimeoutError(f"{len(self._messages)} of {count} messages within {timeout} s: {self._messages}")
            return list(self._messages)

    def keep(self, message: Message) -> None:
        with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()


class _Handler:
    """What aiosmtpd calls; the names are its own."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self._sink.pipelining else []), responses[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        fault = self._sink.faults(address)
        if fault and not fault.after:
            await asyncio.sleep(fault.seconds)
        if fault and not fault.after and not fault.reply.startswith("2"):
            return fault.reply
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._sink.keep(Message(envelope.mail_from or "", tuple(envelope.rcpt_tos), _bytes(envelope.content)))
        faults = [fault for fault in map(self._sink.faults, envelope.rcpt_tos) if fault and fault.after]
        await asyncio.sleep(max((fault.seconds for fault in faults), default=0))
        return next((fault.reply for fault in faults if not fault.reply.startswith("2")), ACCEPTED)


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content or "").encode()
