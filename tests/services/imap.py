"""A real little IMAP server on a socket: one mailbox, LOGIN and XOAUTH2, and the few commands that ikb uses."""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from typing import Self

from tests.services import ports

USER, PASSWORD, TOKEN = "ikb@stadt.example.org", "pass word", "a-token-from-the-login-service"


@dataclass
class Kept:
    """One message in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """Listens on a free loopback port while it is open.

    can_move: whether it knows MOVE (RFC 6851). hangs_up_at: a command at which it ends the connection, such as "FETCH".
    tls:      its side of TLS; from the first byte, or with `starttls` once the client asks.
    """

    def __init__(self, *, can_move: bool = True, tls: ssl.SSLContext | None = None, starttls: bool = False) -> None:
        self.tls, self.starttls = tls, starttls
        self.folders: dict[str, list[Kept]] = {"INBOX": [], "Erledigt": []}
        self.can_move = can_move
        self.hangs_up_at = ""
        self.refuses = ""
        self.commands: list[str] = []
        self._next = 1
        self._server = socketserver.ThreadingTCPServer((ports.LOOPBACK, 0), _Session)
        self._server.daemon_threads = True
        self._server.imap = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, folder: str = "INBOX", done: str = "", password: str = "pass%20word") -> str:
        """For IKB_IMAP_URL."""
        secret = f":{password}" if password else ""
        moved = f"?done={done}" if done else ""
        return f"imap://ikb%40stadt.example.org{secret}@{ports.LOOPBACK}:{self.port}/{folder}{moved}"

    def add(self, raw: bytes, folder: str = "INBOX") -> Kept:
        kept = Kept(self._next, raw)
        self._next += 1
        self.folders.setdefault(folder, []).append(kept)
        return kept


class _Session(socketserver.StreamRequestHandler):
    """One connection."""

    folder = ""
    is_in = False

    def handle(self) -> None:
        self.imap: ImapServer = self.server.imap  # type: ignore[attr-defined]
        try:
            if self.imap.tls is not None and not self.imap.starttls:
                self._encrypt(self.imap.tls)
            self._converse()
        except OSError:  # the client does not trust us, and leaves
            return
        finally:
            self.connection.close()  # ours to close once it is encrypted: the server only knows the plain one

    def _encrypt(self, tls: ssl.SSLContext) -> None:
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def _converse(self) -> None:
        self._say(b"* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode("ascii").strip().partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
            self.imap.commands.append(name.upper())
            if name.upper() == self.imap.hangs_up_at:
                return
            if name.upper() == self.imap.refuses:
                self._say(f"{tag} NO not today".encode())
                continue
            answer = getattr(self, f"_{name.lower()}", None)
            said = "BAD unknown command" if answer is None else answer(arguments)
            self._say(f"{tag} {said}".encode())
            if name.upper() == "STARTTLS" and self.imap.tls is not None:
                self._encrypt(self.imap.tls)
            if name.upper() == "LOGOUT":
                return

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _capability(self, _: str) -> str:
        more = (b" MOVE" if self.imap.can_move else b"") + (b" STARTTLS" if self.imap.starttls else b"")
        self._say(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2" + more)
        return "OK done"

    def _starttls(self, _: str) -> str:
        return "OK begin" if self.imap.starttls else "BAD no encryption here"

    def _login(self, arguments: str) -> str:
        self.is_in = arguments == f'{USER} "{PASSWORD}"' or arguments == f'"{USER}" "{PASSWORD}"'
        return "OK in" if self.is_in else "NO [AUTHENTICATIONFAILED] no"

    def _authenticate(self, arguments: str) -> str:
        if arguments.upper() != "XOAUTH2":
            return "NO other mechanism"
        self._say(b"+ ")
        given = base64.b64decode(self.rfile.readline().strip())
        self.is_in = given == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode()
        if self.is_in:
            return "OK in"
        self._say(b"+ " + base64.b64encode(b'{"status":"400"}'))
        self.rfile.readline()
        return "NO AUTHENTICATE failed"

    def _select(self, arguments: str) -> str:
        name = arguments.strip('"')
        if not self.is_in or name not in self.imap.folders:
            return "NO no such folder"
        self.folder = name
        self._say(f"* {len(self._kept)} EXISTS".encode())
        return "OK [READ-WRITE] selected"

    def _status(self, arguments: str) -> str:
        return "OK done" if arguments.partition('" ')[0].strip('"') in self.imap.folders else "NO no such folder"

    @property
    def _kept(self) -> list[Kept]:
        return self.imap.folders[self.folder]

    def _one(self, uid: str) -> Kept | None:
        return next((kept for kept in self._kept if kept.uid == int(uid)), None)

    def _search(self, arguments: str) -> str:
        found = [str(kept.uid) for kept in self._kept if arguments != "UNSEEN" or r"\Seen" not in kept.flags]
        self._say(("* SEARCH " + " ".join(found)).encode())
        return "OK searched"

    def _fetch(self, arguments: str) -> str:
        uid, _, items = arguments.partition(" ")
        wanted = re.fullmatch(r"\(BODY\.PEEK\[\]<0\.(\d+)>\)", items)
        if wanted is None:
            return "BAD items"
        if kept := self._one(uid):
            raw = kept.raw[: int(wanted[1])]
            self._say(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}".encode())
            self.wfile.write(raw)
            self._say(b")")
        return "OK fetched"

    def _store(self, arguments: str) -> str:
        uid, _, flags = arguments.partition(" ")
        if kept := self._one(uid):
            kept.flags.add(flags.partition("(")[2].strip(")"))
        return "OK stored"

    def _move(self, arguments: str) -> str:
        said = self._copy(arguments)
        if said.startswith("OK") and (kept := self._one(arguments.split(" ")[0])):
            self._kept.remove(kept)
        return said

    def _copy(self, arguments: str) -> str:
        uid, _, name = arguments.partition(" ")
        if name.strip('"') not in self.imap.folders:
            return "NO [TRYCREATE] no such folder"
        if kept := self._one(uid):
            self.imap.folders[name.strip('"')].append(Kept(kept.uid, kept.raw, set(kept.flags)))
        return "OK copied"

    def _logout(self, _: str) -> str:
        self._say(b"* BYE")
        return "OK out"
