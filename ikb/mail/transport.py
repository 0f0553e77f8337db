"""The ways out: a mail server where one is configured, else a folder."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ikb.config import Config
from ikb.mail.message import RecipientRefused
from ikb.mail.smtp import SEND_TIMEOUT, SmtpServer
from ikb.mail.wire import Written


class Transport(Protocol):
    """Hands over one message at a time; used by one thread."""

    def send(self, message: Written, recipient: str) -> str:
        """What the server answered. Raises TemporaryFailure or PermanentFailure."""
        ...

    def close(self) -> None:
        """Let go of the connection; the next message opens another."""
        ...


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


# The demonstration's one address that bounces, so that leads see what an undeliverable invitation looks like.
UNDELIVERABLE_DOMAIN = "unzustellbar.example.org"


class MailboxFolder:
    """Keeps every message as a file in a Maildir; refuses those to `UNDELIVERABLE_DOMAIN` as a mail server would."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(folder, create=True)

    def send(self, message: Written, recipient: str) -> str:
        if recipient.endswith(f"@{UNDELIVERABLE_DOMAIN}"):
            raise RecipientRefused(550, "5.1.1 Diese Adresse gibt es nicht")
        self._maildir.add(message.as_bytes())
        return "250 im Postfach abgelegt"

    def close(self) -> None:
        """Nothing to let go of: each file was closed when it was written."""
