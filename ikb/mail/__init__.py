"""How a message leaves the house: through a mail server, or into a folder where there is none (demonstration and tests)."""

from ikb.mail.message import (
    Attachment,
    Mail,
    PermanentFailure,
    RecipientRefused,
    ServerUnavailable,
    TemporaryFailure,
    one_line,
)
from ikb.mail.smtp import SmtpServer
from ikb.mail.transport import MailboxFolder, Transport, mailbox_folder, open_transport
from ikb.mail.wire import Written, compose

__all__ = [
    "Attachment",
    "Mail",
    "MailboxFolder",
    "PermanentFailure",
    "RecipientRefused",
    "ServerUnavailable",
    "SmtpServer",
    "TemporaryFailure",
    "Transport",
    "Written",
    "compose",
    "mailbox_folder",
    "one_line",
    "open_transport",
]
