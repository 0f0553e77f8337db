"""Reading a mailbox by IMAP (RFC 3501): what is unread, one message at a time, bounded in number and size."""

from __future__ import annotations

import binascii
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ikb.config import Config, TokenSource
from ikb.mail.message import one_line

TIMEOUT = 15  # seconds for each answer
LARGEST = 1_000_000  # bytes of a message that are fetched
FAULT_LENGTH = 300


class MailboxUnavailable(Exception):
    """The mailbox cannot be read now; the message is a German sentence for the administrator, without any secret."""

    def __init__(self, sentence: str) -> None:
        super().__init__(one_line(sentence)[:FAULT_LENGTH])


@dataclass(frozen=True)
class ImapAddress:
    """Where a mailbox is. done: the folder to which handled messages are moved; empty: they stay."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    starttls: bool
    folder: str
    done: str

    @classmethod
    def of(cls, url: str) -> ImapAddress:
        """`imaps://user:password@host:993/INBOX?done=Erledigt` or `imap://…?starttls=1`; parts percent-encoded."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        return cls(
            host=parts.hostname or "",
            port=parts.port or (993 if parts.scheme == "imaps" else 143),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=parts.scheme == "imaps",
            starttls=asked.get("starttls") == ["1"],
            folder=unquote(parts.path.strip("/")) or "INBOX",
            done=asked.get("done", [""])[0],
        )


class Mailbox:
    """An open mailbox. Every method raises MailboxUnavailable where the server does not do as it is told.

    hint: what is wrong although it can be read; empty if nothing is.
    """

    def __init__(self, server: imaplib.IMAP4, done: str) -> None:
        self._server = server
        self._can_move = "MOVE" in server.capabilities
        is_there = not done or server.status(quoted(done), "(MESSAGES)")[0] == "OK"
        self._done = done if is_there else ""
        self.hint = "" if is_there else f"Den Ordner „{done}“ gibt es nicht. Gelesenes bleibt, wo es ist."

    def unread(self, at_most: int) -> list[str]:
        """The numbers (UIDs) of the oldest unread messages."""
        (found, *_) = self._told("UID SEARCH", self._server.uid("SEARCH", "UNSEEN")) or [b""]
        return [uid for uid in (found or b"").decode("ascii", "replace").split() if uid.isdecimal()][:at_most]

    def fetch(self, uid: str) -> bytes:
        """The beginning of a message, which stays unread; empty if it is gone."""
        answer = self._told("UID FETCH", self._server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
        return next((bytes(part[1]) for part in answer if isinstance(part, tuple) and len(part) > 1), b"")

    def settle(self, uid: str) -> None:
        """Mark a message as read, and move it away where a folder for that is set."""
        self._told("UID STORE", self._server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
        if not self._done:
            return
        folder = quoted(self._done)
        if self._can_move:
            self._told("UID MOVE", self._server.uid("MOVE", uid, folder))
            return
        self._told("UID COPY", self._server.uid("COPY", uid, folder))
        self._told("UID STORE", self._server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))

    @staticmethod
    def _told(command: str, answer: tuple[str, list[Any]]) -> list[Any]:
        status, data = answer
        if status != "OK":
            raise MailboxUnavailable(f"Der Mailserver hat {command} abgelehnt: {_text(data)}")
        return data


@contextmanager
def open_mailbox(config: Config) -> Iterator[Mailbox]:
    """The installation's mailbox for returns. Raises MailboxUnavailable, also for a connection that breaks meanwhile."""
    address = ImapAddress.of(config.imap_url or "")
    try:
        server = _connect(address)
        try:
            _sign_in(server, address, config.imap_token)
            _select(server, address.folder)
            yield Mailbox(server, address.done)
        finally:
            _leave(server)
    except imaplib.IMAP4.error as fault:
        raise MailboxUnavailable(f"Der Mailserver hat abgelehnt: {fault}") from fault
    except ssl.SSLCertVerificationError as fault:
        raise MailboxUnavailable(
            f"{address.host} weist sich nicht so aus, dass ikb ihm glauben darf ({fault.verify_message}). Das Passwort "
            "wurde nicht gesendet. Tragen Sie den Namen ein, auf den das Zertifikat lautet; ein eigenes Zertifikat der "
            "Stadt nennt SSL_CERT_FILE."
        ) from fault
    except OSError as fault:
        raise MailboxUnavailable(
            f"Das Postfach auf {address.host} ist nicht erreichbar ({type(fault).__name__})."
        ) from fault


def _connect(address: ImapAddress) -> imaplib.IMAP4:
    if address.implicit_tls:
        checked = ssl.create_default_context()
        return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=checked, timeout=TIMEOUT)
    server = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
    try:
        if address.starttls:
            server.starttls(ssl_context=ssl.create_default_context())
    except BaseException:
        with suppress(OSError):  # the server may have hung up already; what went wrong first is what counts
            server.shutdown()
        raise
    return server


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (OSError, imaplib.IMAP4.error):
        with suppress(OSError):
            server.shutdown()


def _sign_in(server: imaplib.IMAP4, address: ImapAddress, source: TokenSource | None) -> None:
    try:
        if source is None:
            server.login(address.user, address.password)
        else:
            server.authenticate("XOAUTH2", _xoauth2(address.user, fetch_token(source)))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as fault:
        raise MailboxUnavailable(f"Die Anmeldung am Postfach gelang nicht: {fault}") from fault
    _, told = server.capability()  # many servers say only now what they can
    server.capabilities = tuple(_text(told).upper().split())


def _xoauth2(user: str, token: str) -> Any:
    """Answers of a client: the token first; then, where the server explains a refusal, nothing."""
    answers = iter([f"user={user}\x01auth=Bearer {token}\x01\x01".encode()])
    return lambda _challenge: next(answers, b"")


def _select(server: imaplib.IMAP4, folder: str) -> None:
    status, data = server.select(quoted(folder))
    if status != "OK":
        raise MailboxUnavailable(f"Den Ordner „{folder}“ gibt es in diesem Postfach nicht: {_text(data)}")


def fetch_token(source: TokenSource) -> str:
    """A token for the mailbox, by client credentials (RFC 6749, section 4.4). Raises MailboxUnavailable."""
    import requests  # late: decision 79

    form = {
        "grant_type": "client_credentials",
        "client_id": source.client_id,
        "client_secret": source.client_secret,
        "scope": source.scope,
    }
    try:
        answer = requests.post(source.url, data=form, timeout=TIMEOUT, allow_redirects=False)
        told = answer.json()
    except (requests.RequestException, ValueError) as fault:
        raise MailboxUnavailable(f"Der Anmeldedienst antwortet nicht ({type(fault).__name__}).") from fault
    token = told.get("access_token") if isinstance(told, dict) else None
    if answer.status_code != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable():
        error = told.get("error", "") if isinstance(told, dict) else ""
        raise MailboxUnavailable(f"Der Anmeldedienst gab keinen Zugang: {answer.status_code} {error}")
    return token


def quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: in modified UTF-7 (RFC 3501, section 5.1.3), quoted."""
    plain = folder.replace("&", "&-")
    coded = re.sub(r"[^ -~]+", lambda run: _base64(run[0]), plain)
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(run: str) -> str:
    coded = binascii.b2a_base64(run.encode("utf-16-be"), newline=False).decode()
    return f"&{coded.rstrip('=').replace('/', ',')}-"


def _text(data: list[Any]) -> str:
    return " ".join(part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in data if part)
