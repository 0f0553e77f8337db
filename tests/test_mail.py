"""How messages leave the house: over a real mail server that fails as told, and into a folder."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ikb import mail
from ikb.mail import Attachment, Mail, SmtpServer, compose
from tests.conftest import config_for
from tests.services import ports
from tests.services.certificate import make
from tests.services.smtp import Fault, SmtpSink

NOW = datetime(2030, 6, 3, 8, 0, tzinfo=UTC)
SENDER = "Stadt Musterau <ikb@stadt.example.org>"


def message(recipient: str = "a@b.example", name: str = "", **parts: Any) -> Any:
    content: dict[str, Any] = {"subject": "Guten Tag", "text": "Schöne Grüße\n"}
    return compose(
        Mail(**(content | parts)),
        sender=SENDER,
        recipient=recipient,
        recipient_name=name,
        message_id="<1@stadt.example.org>",
        now=NOW,
    )


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
def server(smtp_sink: SmtpSink, request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    smtp_sink.pipelining = request.param
    transport = SmtpServer(smtp_sink.url, SENDER, timeout=timedelta(seconds=5))
    yield transport
    transport.close()


def test_a_message_arrives_with_text_html_attachment_and_the_headers_of_a_machine(
    smtp_sink: SmtpSink, server: SmtpServer
) -> None:
    letter = Attachment("Frist.ics", b"BEGIN:VCALENDAR", "text/calendar")
    sent = message(
        name="Verein Süd", html="<p>Schöne Grüße</p>", attachments=(letter,), reply_to="lead@stadt.example.org"
    )

    assert server.send(sent, "a@b.example").startswith("250")

    (arrived,) = smtp_sink.messages
    assert (arrived.sender, arrived.recipients) == ("ikb@stadt.example.org", ("a@b.example",))
    assert arrived.subject == "Guten Tag"
    assert arrived.text.strip() == "Schöne Grüße"
    assert arrived.parsed["Auto-Submitted"] == "auto-generated"
    assert arrived.parsed["Reply-To"] == "lead@stadt.example.org"
    assert arrived.parsed["To"].addresses[0].display_name == "Verein Süd"
    html = arrived.parsed.get_body(("html",))
    assert html is not None
    assert "Schöne Grüße" in html.get_content()
    assert [part.get_filename() for part in arrived.parsed.iter_attachments()] == ["Frist.ics"]
    assert arrived.raw.isascii()


@pytest.mark.parametrize(
    "name",
    [
        "Verein\r\nBcc: x@y.example",
        "Verein\nBcc: x@y.example\n\nHallo",
        '"><x@y.example>, "',
        "Müller, Anna (Vorstand)",
        "\x00\x1b[0m",
        "ü" * 400,
    ],
)
def test_no_name_and_no_subject_can_add_a_header_or_a_recipient(name: str) -> None:
    raw = message(name=name, subject=f"Hallo {name}").as_bytes()

    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["Bcc"] is None
    assert [address.addr_spec for address in parsed["To"].addresses] == ["a@b.example"]
    assert raw.count(b"\r\nSubject:") == 1
    assert parsed["Subject"] == f"Hallo {mail.one_line(name)}".strip()
    assert max(map(len, raw.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a b@c.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "ä@b.example",
        "a@" + "b" * 70 + ".example",
    ],
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(mail.RecipientRefused):
        message(recipient=address)


def test_domains_with_umlauts_go_out_as_servers_know_them(smtp_sink: SmtpSink, server: SmtpServer) -> None:
    server.send(message(recipient="post@münchen.example"), "post@münchen.example")

    assert smtp_sink.recipients() == ["post@xn--mnchen-3ya.example"]


@pytest.mark.parametrize(
    ("fault", "raised", "words"),
    [
        (Fault("450 4.2.1 later"), mail.TemporaryFailure, "450 4.2.1 later"),
        (Fault("550 5.1.1 no such user"), mail.RecipientRefused, "550 5.1.1 no such user"),
        (Fault("451 try again", after=True), mail.TemporaryFailure, "451 try again"),
        (Fault("554 not wanted", after=True), mail.PermanentFailure, "554 not wanted"),
    ],
)
def test_each_refusal_keeps_the_servers_words_and_the_connection_serves_the_next_message(
    smtp_sink: SmtpSink, server: SmtpServer, fault: Fault, raised: type[Exception], words: str
) -> None:
    smtp_sink.faults = lambda recipient: fault if recipient == "a@b.example" else None

    with pytest.raises(raised) as refused:
        server.send(message(), "a@b.example")
    opened = server._server
    server.send(message(recipient="c@d.example"), "c@d.example")

    assert refused.type is raised
    assert refused.value.reply == words  # type: ignore[attr-defined]
    assert opened is not None
    assert server._server is opened
    assert smtp_sink.to("c@d.example")


def test_one_connection_carries_a_whole_run(smtp_sink: SmtpSink, server: SmtpServer) -> None:
    server.send(message(), "a@b.example")
    opened = server._server
    server.send(message(), "a@b.example")

    assert server._server is opened
    assert len(smtp_sink.messages) == 2


def test_a_connection_that_the_server_ended_meanwhile_is_opened_again(smtp_sink: SmtpSink, server: SmtpServer) -> None:
    server.send(message(), "a@b.example")
    smtp_sink.stop()
    smtp_sink.start()

    server.send(message(), "a@b.example")

    assert len(smtp_sink.messages) == 2


def test_a_server_that_is_away_is_nobodys_fault_in_particular(smtp_sink: SmtpSink, server: SmtpServer) -> None:
    smtp_sink.stop()

    with pytest.raises(mail.ServerUnavailable):
        server.send(message(), "a@b.example")


def test_a_server_that_hangs_costs_no_more_than_the_time_of_one_message(smtp_sink: SmtpSink) -> None:
    smtp_sink.faults = lambda recipient: Fault(seconds=30)
    server = SmtpServer(smtp_sink.url, SENDER, timeout=timedelta(seconds=0.5))
    begun = time.monotonic()

    with pytest.raises(mail.TemporaryFailure):
        server.send(message(), "a@b.example")

    assert time.monotonic() - begun < 5
    smtp_sink.faults = lambda recipient: None
    server.send(message(), "a@b.example")
    server.close()


def test_a_connection_that_breaks_after_the_message_is_a_temporary_fault(smtp_sink: SmtpSink) -> None:
    smtp_sink.faults = lambda recipient: Fault(seconds=30, after=True)
    server = SmtpServer(smtp_sink.url, SENDER, timeout=timedelta(seconds=0.5))

    with pytest.raises(mail.TemporaryFailure, match="Verbindung"):
        server.send(message(), "a@b.example")

    assert len(smtp_sink.messages) == 1  # it may come twice, under the same Message-ID


@pytest.fixture
def scripted() -> Iterator[Callable[[list[bytes]], SmtpServer]]:
    """Talks to a server that takes whole turns: it waits for what is sent and answers with the next entry of a list."""
    with ExitStack() as stack:

        def start(turns: list[bytes]) -> SmtpServer:
            listener = stack.enter_context(socket.create_server((ports.LOOPBACK, 0)))

            def serve() -> None:
                connection, _ = listener.accept()
                with connection:
                    for answer in turns:
                        connection.sendall(answer)
                        heard.append(connection.recv(65536))
                    over.wait(10)

            heard, over = list[bytes](), threading.Event()
            thread = threading.Thread(target=serve)
            thread.start()
            stack.callback(thread.join)
            stack.callback(over.set)
            server = SmtpServer(f"smtp://{ports.LOOPBACK}:{listener.getsockname()[1]}", SENDER, timedelta(seconds=0.5))
            server.heard = heard  # type: ignore[attr-defined]
            stack.callback(server._drop)
            return server

        yield start


HELLO = [b"220 mail\r\n", b"250-mail\r\n250 PIPELINING\r\n"]


def test_a_server_that_takes_a_message_for_nobody_gets_none(scripted: Callable[[list[bytes]], SmtpServer]) -> None:
    refused = b"250 OK\r\n550 5.1.1 unknown\r\n354 go on\r\n"
    server = scripted([*HELLO, refused, b"554 no valid recipients\r\n", b"250 OK\r\n"])

    with pytest.raises(mail.RecipientRefused, match=r"550 5\.1\.1 unknown"):
        server.send(message(), "a@b.example")

    assert server.heard[2:4] == [b".\r\n", b"rset\r\n"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("is_reused", [False, True])
def test_a_server_that_keeps_its_answers_too_long_counts_against_this_message_only(
    scripted: Callable[[list[bytes]], SmtpServer], is_reused: bool
) -> None:
    taken = [b"250 OK\r\n250 OK\r\n354 go on\r\n", b"250 taken\r\n"]
    server = scripted([*HELLO, *(taken if is_reused else [])])
    if is_reused:
        server.send(message(), "a@b.example")

    with pytest.raises(mail.TemporaryFailure) as fault:
        server.send(message(recipient="c@d.example"), "c@d.example")

    assert fault.type is mail.TemporaryFailure


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of TLS; this process trusts its certificate."""
    pem, context = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


class _Keeping:
    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.kept.append(envelope.content)
        return "250 OK"


@pytest.fixture
def guarded(certificate: ssl.SSLContext) -> Iterator[Callable[..., tuple[int, _Keeping]]]:
    """A mail server that wants TLS and a login."""
    running: list[Controller] = []

    def start(*, implicit: bool) -> tuple[int, _Keeping]:
        keeping, port = _Keeping(), ports.free_port()
        tls = {"ssl_context": certificate} if implicit else {"tls_context": certificate, "require_starttls": True}
        controller = Controller(
            keeping,
            hostname="localhost",
            port=port,
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
                success=(data.login, data.password) == (b"town", b"pass@word"), handled=False
            ),
            auth_required=True,
            auth_require_tls=not implicit,
            **tls,
        )
        controller.start()
        running.append(controller)
        return port, keeping

    yield start
    for controller in running:
        controller.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # the server does not see that all of it is encrypted
@pytest.mark.parametrize(
    ("scheme", "query", "implicit"), [("smtp", "?starttls=1", False), ("smtps", "", True)], ids=["starttls", "smtps"]
)
def test_encryption_and_login_are_as_the_address_says(
    guarded: Callable[..., tuple[int, _Keeping]], scheme: str, query: str, implicit: bool
) -> None:
    port, keeping = guarded(implicit=implicit)
    server = SmtpServer(f"{scheme}://town:pass%40word@localhost:{port}{query}", SENDER)

    server.send(message(), "a@b.example")
    server.close()

    assert len(keeping.kept) == 1


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("smtp://town:wrong@localhost:{port}?starttls=1", id="wrong password"),
        pytest.param("smtp://localhost:{port}", id="no encryption"),
        pytest.param("smtp://town:pass%40word@127.0.0.1:{port}?starttls=1", id="certificate of another name"),
    ],
)
def test_what_is_wrong_with_us_never_counts_against_the_recipient(
    guarded: Callable[..., tuple[int, _Keeping]], url: str
) -> None:
    port, keeping = guarded(implicit=False)
    server = SmtpServer(url.format(port=port), SENDER)

    with pytest.raises(mail.ServerUnavailable):
        server.send(message(), "a@b.example")

    assert keeping.kept == []


@pytest.mark.parametrize("url", ["http://localhost", "smtp://", "localhost:25"])
def test_an_address_of_no_mail_server_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="IKB_SMTP_URL"):
        SmtpServer(url, SENDER)


def test_without_a_mail_server_messages_lie_in_a_folder(tmp_path: Path) -> None:
    config = config_for("sqlite://", tmp_path / "not there yet")

    with mail.open_transport(config) as transport:
        transport.send(message(), "a@b.example")

    (file,) = (mail.mailbox_folder(config) / "new").iterdir()
    assert b"Message-ID: <1@stadt.example.org>" in file.read_bytes()


def test_whoever_may_decline_can_do_so_with_one_click(smtp_sink: SmtpSink, server: SmtpServer) -> None:
    way_out = "https://stadt.example.org/nachrichten/abbestellen/abc"
    declinable = compose(
        Mail("Guten Tag", "Text"),
        sender=SENDER,
        recipient="a@b.example",
        recipient_name="",
        message_id="<1@stadt.example.org>",
        now=NOW,
        unsubscribe=way_out,
    )

    server.send(declinable, "a@b.example")
    server.send(message(), "a@b.example")

    first, second = smtp_sink.messages
    assert first.parsed["List-Unsubscribe"] == f"<{way_out}>"  # RFC 2369
    assert first.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058
    assert second.parsed["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ohne Ende",
        "Zeile\n.\n..\n.Punkt am Anfang\nFrom einem Absender\n",
        "lang " * 400,
        "x" * 2000,
        "ä" * 999 + "\n",
        "Windows\r\nund\raltes Macintosh\n",
        "Leerzeichen am Ende  \n\tTabulator\t\n",
        "=C3=BC =_alternative_of_ikb\n--=_mixed_of_ikb--\n",
        "\x00\x1b[0m 🙂 \u2028 \u200f\n",
    ],
)
def test_every_text_arrives_as_it_was_written(smtp_sink: SmtpSink, server: SmtpServer, text: str) -> None:
    content = bytes(range(256)) * 5
    sent = message(text=text, html=f"<p>{text}</p>", attachments=(Attachment('Frist "für" alle.ics', content),))

    server.send(sent, "a@b.example")

    (arrived,) = smtp_sink.messages
    lines = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    body, html = (arrived.parsed.get_body((kind,)) for kind in ("plain", "html"))
    assert body is not None
    assert html is not None
    assert body.get_content().replace("\r\n", "\n").removesuffix("\n") == lines.removesuffix("\n")
    assert html.get_content().replace("\r\n", "\n").removesuffix("\n") == f"<p>{lines}</p>"
    (attached,) = arrived.parsed.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ('Frist "für" alle.ics', content)
    assert [part.defects for part in arrived.parsed.walk()] == [[]] * 5
    assert max(map(len, arrived.raw.split(b"\r\n"))) <= 200
    assert arrived.raw.isascii()
    assert b"\n" not in arrived.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name", ['Verein "Süd" e. V.', 'Verein "Nord" \\ e. V.', "=?utf-8?q?Geraten?=", "日本語" * 60, "A" * 900]
)
def test_every_name_and_subject_arrives_as_it_was_written(name: str) -> None:
    parsed = message_from_bytes(message(name=name, subject=name).as_bytes(), policy=policy.default)

    # Its parser of addresses leaves a blank between two encoded words, which RFC 2047 (6.2) forbids; no word ends with one.
    assert parsed["To"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")
    assert parsed["Subject"] == name
    assert parsed.defects == []
