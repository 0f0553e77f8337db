"""Asking a server: bounded in time, size and redirects, only public addresses, and a German sentence for what fails."""

from __future__ import annotations

import pytest

from ikb.oparl import client as asking
from ikb.oparl.asked import Away, Forbidden, Gone, Unreadable, is_public, refusal_of
from ikb.oparl.client import Client
from tests.oparl.server import CouncilServer, council_server


@pytest.fixture(scope="module")
def plain():
    with council_server() as server:
        yield server


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
    ],
)
def test_an_address_is_public_or_not_whatever_it_is_wrapped_in(address, expected):
    assert is_public(address) is expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://rat.example.org/oparl/system", None),
        ("http://rat.example.org:8080/", None),
        ("ftp://rat.example.org/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("rat.example.org", "https://"),
        ("https://", "Name des Servers"),
        ("https://lisa:geheim@rat.example.org/", "Zugangsdaten"),
        ("https://rat.example.org:99999/", "nicht lesbar"),
        ("https://[::1/", "nicht lesbar"),
    ],
)
def test_only_addresses_of_the_web_without_a_password_are_asked(url, words):
    reason = refusal_of(url)

    assert (reason is None) if words is None else (words in reason)


@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        (500, Away, "HTTP 500"),
        (429, Away, "HTTP 429"),
        (404, Gone, "gibt es nichts"),
        (410, Gone, "gibt es nichts"),
        (401, Unreadable, "gibt die Daten nicht heraus"),
        ("<html>", Unreadable, "kein gültiges JSON"),
        ('{"a": NaN}', Unreadable, "kein gültiges JSON"),
        ("[" * 100_000, Unreadable, "kein gültiges JSON"),
        ("->/x", Unreadable, "leitet mehr als 5-mal weiter"),
        ("->ftp://rat.example.org/", Forbidden, "beginnt nicht mit https://"),
        ("->http://lisa:geheim@rat.example.org/", Forbidden, "Zugangsdaten"),
    ],
)
def test_what_fails_says_why(plain: CouncilServer, fault, expected, words):
    plain.tell(faults={"/x": fault})

    with Client(allows_private=True) as client, pytest.raises(expected, match=words) as refusal:
        client.get(f"{plain.url}/x")

    assert refusal.value.url == f"{plain.url}/x"
    assert "geheim" not in str(refusal.value)


def test_an_answer_that_is_too_large_is_not_read_to_its_end(plain: CouncilServer, monkeypatch):
    monkeypatch.setattr(asking, "MOST_BYTES", 1024)
    plain.tell(faults={"/x": '"' + "x" * 200_000 + '"'})

    with Client(allows_private=True) as client, pytest.raises(Unreadable, match="größer als"):
        client.get(f"{plain.url}/x")


def test_an_answer_that_trickles_is_not_waited_for_for_ever(plain: CouncilServer, monkeypatch):
    monkeypatch.setattr(asking, "WHOLE_SECONDS", -1.0)
    plain.tell(faults={"/x": "{}"})

    with Client(allows_private=True) as client, pytest.raises(Away, match="noch nicht vollständig"):
        client.get(f"{plain.url}/x")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_name_or_number_of_the_own_network_is_refused_at_the_connection(plain: CouncilServer, host):
    port = plain.url.rsplit(":", 1)[1]
    plain.asked()

    with Client() as client, pytest.raises(Forbidden, match="eigenen Netz"):
        client.get(f"http://{host}:{port}/oparl/system")

    assert plain.asked() == []


def test_nobody_there_is_away(plain: CouncilServer):
    with Client(allows_private=True) as client, pytest.raises(Away, match="nicht erreichbar"):
        client.get("http://127.0.0.1:9/")  # the discard port: nobody listens


def test_a_plus_in_a_moment_is_sent_as_such(plain: CouncilServer):
    plain.tell(faults={"/x": "{}"})
    plain.asked()

    with Client(allows_private=True) as client:
        client.get(f"{plain.url}/x", modified_since="2010-05-26T17:00:00+02:00")

    assert plain.asked() == ["/x?modified_since=2010-05-26T17%3A00%3A00%2B02%3A00"]
