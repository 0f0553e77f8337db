"""What comes back from mail servers and auto-responders is read as what it is, and nothing in it can stop us."""

from __future__ import annotations

import random
import time

import pytest

from ikb.core.returned_mail import EXCERPT, LARGEST, LONGEST_REASON, Kind, Returned, read
from ikb.core.returned_words import (
    FOR_GOOD,
    FOR_NOW,
    IS_FULL,
    NO_MAILBOX,
    NO_SERVER,
    NOT_SAID,
    REFUSED,
    SWITCHED_OFF,
    UNREACHABLE,
    in_plain_words,
)
from tests.core.returned_messages import CASES, OURS, POSTFIX_CASES, TO, Case, fields, lines, plain, report


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_shape_is_read(case: Case) -> None:
    found = read(case.raw)

    assert (found.kind, found.recipient, found.status) == (case.kind, case.recipient, case.status)
    assert case.reason in found.reason
    assert (OURS in found.message_ids) is case.ours


def test_the_table_holds_every_kind_and_every_family_of_servers() -> None:
    assert len(CASES) >= 25
    assert {case.kind for case in CASES} == set(Kind)
    assert {case.name.partition(":")[0] for case in CASES} >= {"postfix", "exchange", "exim", "qmail", "gmail", "gmx"}


def test_the_same_return_on_two_ways_has_one_fingerprint_and_another_has_another() -> None:
    one = lines("Message-ID: <a1@mx.example.org>\nFrom: x@example.org\nDate: heute\n\nText")
    again = b"Received: from mx2\r\nDelivered-To: ikb\r\n" + one
    other = one.replace(b"a1@", b"a2@")

    assert read(one).fingerprint == read(again).fingerprint
    assert read(one).fingerprint != read(other).fingerprint
    assert read(b"Text").fingerprint != read(b"Text ").fingerprint


def test_ids_of_the_returned_message_come_before_those_of_the_headers() -> None:
    raw = report(
        "MAILER-DAEMON@x.example.org", "Undelivered", "", fields("failed", "5.1.1"), headers="References: <older@x>\n"
    )

    assert read(raw).message_ids[:2] == (OURS, "<older@x>")


def nested(depth: int) -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return lines(f"From: MAILER-DAEMON@x.example.org\nSubject: Undelivered\n{opened}Content-Type: text/plain\n\nx")


HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 10_000,
    "no header": b"\r\n\r\n\r\n",
    "nested a thousand deep": nested(1_000),
    "nested twenty deep": nested(20),
    "ten thousand parts": lines('Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nx\n" * 10_000),
    "unknown charset": lines("Subject: =?klingon?B?AAAA?=\nContent-Type: text/plain; charset=klingon\n\n")
    + b"\xff\xfe",
    "broken charset name": lines('Content-Type: text/plain; charset="\0utf"\n\nUndeliverable'),
    "broken base64": lines("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!=A==="),
    "long header": b"Subject: " + b"undeliver" * 100_000 + b"\r\n\r\n",
    "many ids": lines("In-Reply-To: " + "".join(f"<{n}@x> " for n in range(50_000)) + "\n\n"),
    "long line": lines("From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + "mailbox " * 100_000),
    "many addresses": lines("From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + "a@" * 200_000),
    "too large": lines("Subject: failure notice\n\n") + b"x" * (LARGEST + 5_000_000),
    "surrogates": b"From: \xff\xfe@\x80\r\nSubject: \xed\xa0\x80\r\nMessage-ID: <\xff\xff@x>\r\n\r\n\xed\xa0\x80",
    "parameters without end": lines("Content-Type: text/plain; " + "charset*0*=utf-8''%41; " * 2_000 + "\n\nx"),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_stops_us_or_takes_long(raw: bytes) -> None:
    began = time.process_time()

    found = read(raw)

    assert time.process_time() - began < 2.0
    assert_storable(found)


def assert_storable(found: Returned) -> None:
    for text in (found.reason, found.excerpt, found.recipient, found.status, *found.message_ids):
        assert text.isprintable()
        assert len(text.encode()) < 4 * 512
    assert len(found.reason) <= LONGEST_REASON
    assert len(found.excerpt) <= EXCERPT
    assert len(found.message_ids) <= 20
    assert len(found.recipient) <= 254
    assert len(found.fingerprint) == 64


def test_what_was_damaged_on_its_way_is_still_read_or_unknown() -> None:
    chance = random.Random(7)
    for _ in range(300):
        raw = bytearray(chance.choice(CASES).raw)
        for _ in range(chance.randrange(1, 30)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        assert_storable(read(bytes(raw[: chance.randrange(len(raw))])))


def test_a_subject_in_bare_utf_8_is_read_as_what_it_is() -> None:
    raw = plain(TO, "Automatische Antwort: Konzept für Bürger", "Bis bald.", f"In-Reply-To: {OURS}\n")

    assert read(raw).reason == "Automatische Antwort: Konzept für Bürger"


def test_an_address_of_a_machine_is_no_status_code() -> None:
    raw = plain("MAILER-DAEMON@x.example.org", "failure notice", f"<{TO}>:\nConnected to 5.1.1.7 but it is not known.")

    assert read(raw).status == ""


def test_only_the_excerpt_of_what_a_person_wrote_is_kept() -> None:
    raw = plain(f"Verein <{TO}>", "Re: Einladung", "Ein langer Brief. " * 100)

    assert EXCERPT - 2 < len(read(raw).excerpt) <= EXCERPT
    assert read(raw).reason == ""


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        ("550 5.1.1 User unknown", NO_MAILBOX),
        ("smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", NO_SERVER),
        ("5.4.4 Host or domain name not found", NO_SERVER),
        ("554 5.2.2 mailbox full", IS_FULL),
        ("4.2.2 over quota", IS_FULL),
        ("550 5.2.1 account disabled", SWITCHED_OFF),
        ("550 5.7.1 rejected by policy", REFUSED),
        ("4.4.1 connection timed out", UNREACHABLE),
        ("550 unknown user", NO_MAILBOX),
        ("554 blocked as spam", REFUSED),
        ("550 no", FOR_GOOD),
        ("451 try again", FOR_NOW),
        ("", NOT_SAID),
        ("Den Teil der Adresse hinter dem @ gibt es so nicht.", NOT_SAID),
        ("553 Den Teil der Adresse hinter dem @ gibt es so nicht.", FOR_GOOD),
    ],
)
def test_a_refusal_is_put_into_plain_words(reply: str, meaning: str) -> None:
    assert in_plain_words(reply) == meaning


def test_the_words_read_from_a_report_are_the_ones_that_are_explained() -> None:
    assert in_plain_words(read(POSTFIX_CASES[0].raw).reason) == NO_MAILBOX
