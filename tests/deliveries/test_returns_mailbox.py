"""The mailbox for returns is read over a real socket: by password or token, each message once, and no fault stops ikb."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from ikb.config import Config, TokenSource
from ikb.db import db, transaction
from ikb.deliveries import incoming, returns_mailbox, tasks
from ikb.deliveries.model import ReturnedMail
from ikb.deliveries.rendering import current_config
from ikb.deliveries.returns_mailbox import AT_MOST, Reading, read_mailbox
from ikb.mail import imap
from ikb.mail.imap import ImapAddress, quoted
from ikb.queue import TICKS
from tests.conftest import SteppingClock
from tests.core.returned_messages import CASES
from tests.services import certificate, ports
from tests.services.imap import TOKEN, ImapServer

SEEN = r"\Seen"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as opened:
        yield opened


def config(url: str | None, token: TokenSource | None = None) -> Config:
    return replace(current_config(), imap_url=url, imap_token=token)


def taken_in() -> int:
    return db.session.scalar(select(func.count(ReturnedMail.id))) or 0


def test_unread_messages_are_taken_in_and_marked_and_read_ones_left(
    app: Flask, clock: SteppingClock, server: ImapServer
) -> None:
    first, second, read = (server.add(case.raw) for case in CASES[:3])
    read.flags.add(SEEN)

    reading = read_mailbox(config(server.url()), clock)

    assert reading == Reading(taken=2)
    assert taken_in() == 2
    assert SEEN in first.flags
    assert SEEN in second.flags
    assert read_mailbox(config(server.url()), clock) == Reading(taken=0)


@pytest.mark.parametrize("can_move", [True, False])
def test_handled_messages_go_to_the_folder_that_is_set(app: Flask, clock: SteppingClock, *, can_move: bool) -> None:
    with ImapServer(can_move=can_move) as server:
        kept = server.add(CASES[0].raw)

        assert read_mailbox(config(server.url(done="Erledigt")), clock) == Reading(taken=1)

        assert [moved.uid for moved in server.folders["Erledigt"]] == [kept.uid]
        left = server.folders["INBOX"]
        assert left == [] if can_move else left[0].flags == {SEEN, r"\Deleted"}


@pytest.mark.parametrize(
    ("scheme", "query", "starttls"), [("imaps", "", False), ("imap", "?starttls=1", True)], ids=["imaps", "starttls"]
)
def test_the_mailbox_is_read_encrypted_and_only_from_a_server_that_proves_who_it_is(
    app: Flask,
    clock: SteppingClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    query: str,
    starttls: bool,
) -> None:
    trusted, tls = certificate.make(tmp_path)
    with ImapServer(tls=tls, starttls=starttls) as server:
        server.add(CASES[0].raw)
        address = f"{scheme}://ikb%40stadt.example.org:pass%20word@{{}}:{server.port}/INBOX{query}"

        unknown = read_mailbox(config(address.format("localhost")), clock)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        other_name = read_mailbox(config(address.format("127.0.0.1")), clock)

        assert "Das Passwort wurde nicht gesendet" in unknown.fault
        assert "Das Passwort wurde nicht gesendet" in other_name.fault
        assert "LOGIN" not in server.commands
        assert read_mailbox(config(address.format("localhost")), clock) == Reading(taken=1)


def test_one_look_is_bounded_and_the_next_one_goes_on(app: Flask, clock: SteppingClock, server: ImapServer) -> None:
    for number in range(AT_MOST + 3):
        server.add(f"Message-ID: <{number}@x>\r\n\r\nText".encode())

    assert read_mailbox(config(server.url()), clock) == Reading(taken=AT_MOST)
    assert read_mailbox(config(server.url()), clock) == Reading(taken=3)


def test_of_a_giant_message_only_the_beginning_is_fetched(app: Flask, clock: SteppingClock, server: ImapServer) -> None:
    server.add(CASES[0].raw + b"x" * (imap.LARGEST + 1_000_000))

    assert read_mailbox(config(server.url()), clock) == Reading(taken=1)
    assert taken_in() == 1


def test_interrupted_after_taking_in_it_comes_again_and_counts_once(
    app: Flask, clock: SteppingClock, server: ImapServer
) -> None:
    kept = server.add(CASES[0].raw)
    server.hangs_up_at = "STORE"

    reading = read_mailbox(config(server.url()), clock)

    assert reading is not None
    assert "nicht erreichbar" in reading.fault or "abgelehnt" in reading.fault
    assert kept.flags == set()
    server.hangs_up_at = ""
    assert read_mailbox(config(server.url()), clock) == Reading(taken=1)
    assert taken_in() == 1


def test_what_cannot_be_stored_stays_unread_and_the_others_do_not_wait(
    app: Flask, clock: SteppingClock, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = server.add(b"Subject: schlecht\r\n\r\n"), server.add(CASES[0].raw)
    take_in = incoming.take_in

    def stumble(raw: bytes, **values: object) -> object:
        if raw.startswith(b"Subject: schlecht"):
            raise OperationalError("INSERT", {}, Exception("disk full"))
        return take_in(raw, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(incoming, "take_in", stumble)

    reading = read_mailbox(config(server.url()), clock)

    assert reading is not None
    assert (reading.taken, bool(reading.fault)) == (1, True)
    assert (SEEN in bad.flags, SEEN in good.flags) == (False, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "Anmeldung am Postfach gelang nicht"),
        ({"folder": "Fehlt"}, "Den Ordner „Fehlt“ gibt es in diesem Postfach nicht"),
    ],
)
def test_a_fault_is_kept_for_the_administrator_and_goes_once_it_works(
    app: Flask, clock: SteppingClock, server: ImapServer, change: dict[str, str], said: str
) -> None:
    server.add(CASES[0].raw)
    began = clock()

    reading = read_mailbox(config(server.url(**change)), clock)

    assert reading is not None
    assert said in reading.fault
    assert "wrong" not in reading.fault
    clock.advance(minutes=1)
    read_mailbox(config(server.url(**change)), clock)
    row = returns_mailbox.state()
    assert row is not None
    assert (row.faulty_since, row.read_at, row.tried_at) == (began, None, clock())
    clock.advance(minutes=1)

    read_mailbox(config(server.url()), clock)

    row = returns_mailbox.state()
    assert row is not None
    assert (row.fault, row.faulty_since, row.read_at) == ("", None, clock())


def test_without_the_folder_for_handled_ones_it_is_read_all_the_same_and_said(
    app: Flask, clock: SteppingClock, server: ImapServer
) -> None:
    kept = server.add(CASES[0].raw)

    reading = read_mailbox(config(server.url(done="Fehlt")), clock)

    assert reading is not None
    assert reading.taken == 1
    assert "Den Ordner „Fehlt“ gibt es nicht" in reading.fault
    assert kept.flags == {SEEN}


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_a_connection_that_breaks_anywhere_is_a_fault_and_no_crash(
    app: Flask, clock: SteppingClock, server: ImapServer, command: str
) -> None:
    server.add(CASES[0].raw)
    server.hangs_up_at = command

    reading = read_mailbox(config(server.url()), clock)

    assert reading is not None
    assert reading.fault
    assert taken_in() == 0


@pytest.mark.parametrize("command", ["SEARCH", "FETCH", "STORE"])
def test_a_server_that_refuses_is_named(app: Flask, clock: SteppingClock, server: ImapServer, command: str) -> None:
    server.add(CASES[0].raw)
    server.refuses = command

    reading = read_mailbox(config(server.url()), clock)

    assert reading is not None
    assert f"UID {command} abgelehnt" in reading.fault


def test_nobody_there_is_a_fault(app: Flask, clock: SteppingClock) -> None:
    url = f"imap://ikb:x@{ports.LOOPBACK}:{ports.free_port()}/INBOX"

    reading = read_mailbox(config(url), clock)

    assert reading is not None
    assert "nicht erreichbar (ConnectionRefusedError)" in reading.fault


@contextmanager
def token_service(status: int, answer: str) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    asked: list[dict[str, list[str]]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            pass

    service = http.server.ThreadingHTTPServer((ports.LOOPBACK, 0), Handler)
    threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://{ports.LOOPBACK}:{service.server_address[1]}/token", asked
    finally:
        service.shutdown()
        service.server_close()


def test_hosted_outlook_is_read_with_a_token(app: Flask, clock: SteppingClock, server: ImapServer) -> None:
    server.add(CASES[0].raw)
    with token_service(200, json.dumps({"access_token": TOKEN})) as (url, asked):
        source = TokenSource(url, "ikb-client", "geheim", "https://outlook.example.org/.default")

        assert read_mailbox(config(server.url(password=""), source), clock) == Reading(taken=1)

    assert asked == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["ikb-client"],
            "client_secret": ["geheim"],
            "scope": ["https://outlook.example.org/.default"],
        }
    ]
    assert "AUTHENTICATE" in server.commands
    assert "LOGIN" not in server.commands


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, '{"error": "invalid_client", "error_description": "geheim"}', "gab keinen Zugang: 401 invalid_client"),
        (200, '{"access_token": "the wrong one"}', "Anmeldung am Postfach gelang nicht"),
        (200, '{"access_token": "two\\r\\nlines"}', "gab keinen Zugang"),
        (200, "[]", "gab keinen Zugang"),
        (500, "<html>", "antwortet nicht"),
    ],
)
def test_a_token_that_is_refused_or_none_is_a_fault_without_secrets(
    app: Flask, clock: SteppingClock, server: ImapServer, status: int, answer: str, said: str
) -> None:
    with token_service(status, answer) as (url, _):
        reading = read_mailbox(config(server.url(password=""), TokenSource(url, "c", "geheim", "s")), clock)

    assert reading is not None
    assert said in reading.fault
    assert "geheim" not in reading.fault


def test_without_a_mailbox_the_tick_does_nothing_but_forget(app: Flask, clock: SteppingClock) -> None:
    with transaction():
        incoming.take_in(CASES[0].raw, now=clock())
    clock.advance(days=31)

    tasks.read_returns.run()

    assert taken_in() == 0
    assert returns_mailbox.state() is None
    assert TICKS["deliveries.read_returns"] <= 60


def test_the_address_says_where_and_how() -> None:
    told = ImapAddress.of("imaps://a%40b:p%2Fw@mail.example.org/Zur%C3%BCck/Neu?done=Gel%C3%B6scht")
    plain = ImapAddress.of("imap://u:p@mail.example.org:1143?starttls=1")

    assert (told.port, told.user, told.password, told.implicit_tls) == (993, "a@b", "p/w", True)
    assert (told.folder, told.done) == ("Zurück/Neu", "Gelöscht")
    assert (plain.port, plain.folder, plain.starttls, plain.done) == (1143, "INBOX", True, "")


@pytest.mark.parametrize(
    ("folder", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("Gelöscht", '"Gel&APY-scht"'),
        ("A & B", '"A &- B"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("台北", '"&U,BTFw-"'),
        ("x\r\ny", '"x&AA0ACg-y"'),
    ],
)
def test_names_of_folders_are_written_in_modified_utf_7(folder: str, written: str) -> None:
    assert quoted(folder) == written
