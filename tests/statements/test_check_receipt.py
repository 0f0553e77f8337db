"""The public page that says whether a receipt is genuine, and the receipt behind the link as page, PDF, file and mail."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from ikb.core import receipt_file
from ikb.core.clock import end_of_day
from ikb.core.receipt_check import check
from ikb.core.signing import read_public
from ikb.db import db, transaction
from ikb.deliveries.kinds import kind_of
from ikb.deliveries.model import Delivery
from ikb.institutions.links import token_of
from ikb.journal.model import JournalEntry
from ikb.remarks.service import Said
from ikb.statements import checking, proofs, receipts, service
from ikb.statements.model import Receipt, Statement
from tests.factories import make_invitation

pytestmark = pytest.mark.usefixtures("wakeups")


@pytest.fixture
def given(app: Flask, now) -> SimpleNamespace:
    """A statement that was handed in, its receipt, and the link to both."""
    return hand_in(now)


def hand_in(now) -> SimpleNamespace:
    invitation = make_invitation()
    with transaction():
        service.save_remark(invitation, "bp-1", Said(comment="Nur hier steht Morgenrot."), row_version=0, now=now)
        statement = service.submit(invitation, uuid4(), now=now)
    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
    page = f"/beteiligung/{token_of(invitation)}/bestaetigung/{receipt.number}"
    return SimpleNamespace(invitation=invitation, statement=statement, receipt=receipt, page=page)


def shown(client, file: bytes, name: str = "bestaetigung.json") -> str:
    answer = client.post("/pruefung", data={"file": (io.BytesIO(file), name)}, content_type="multipart/form-data")
    assert answer.status_code == 200
    return answer.text


def test_a_receipt_is_signed_with_the_key_of_the_installation(given) -> None:
    document = proofs.document_of(given.receipt)

    assert check(json.dumps(document), proofs.key_store().public_keys()).is_genuine
    assert document["receipt"]["number"] == given.receipt.number
    assert document["receipt"]["content"]["sha256"] == given.receipt.sha256
    entry = db.session.get_one(JournalEntry, given.receipt.journal_entry_id)
    assert document["receipt"]["journal"] == {
        "sequence": entry.id,
        "digest": entry.digest,
        "previous": entry.previous_digest,
    }


def test_the_page_offers_pdf_file_and_a_mail_to_forward_without_the_link(given, client) -> None:
    page = client.get(given.page)

    assert page.status_code == 200
    for words in ("Bestätigung als PDF", "Weiterleiten", "Zur Übersicht", "2030-06-03T10:00:00.000000+02:00"):
        assert words in page.text
    mail = page.text.split('href="mailto:')[1].split('"')[0]
    assert token_of(given.invitation) not in mail
    assert given.receipt.sha256 in mail


def test_pdf_and_json_are_the_same_receipt(given, client) -> None:
    as_file, as_pdf = client.get(f"{given.page}.json"), client.get(f"{given.page}.pdf")

    assert (as_file.mimetype, as_pdf.mimetype) == ("application/json", "application/pdf")
    assert receipt_file.read(as_pdf.data).text == as_file.text
    assert f'filename="Eingangsbestaetigung-{given.receipt.number}.pdf"' in as_pdf.headers["Content-Disposition"]


def test_nobody_gets_a_receipt_of_somebody_else(given, client) -> None:
    foreign = f"/beteiligung/{token_of(make_invitation())}/bestaetigung/{given.receipt.number}"

    assert [client.get(foreign + ending).status_code for ending in ("", ".pdf", ".json")] == [404, 404, 404]


def test_the_mail_brings_the_pdf(given, now) -> None:
    delivery = db.session.scalars(select(Delivery).where(Delivery.subject_id == given.statement.id)).one()

    (attachment,) = kind_of("statement_receipt").render(delivery, now).attachments

    assert attachment.name.endswith(".pdf")
    assert json.loads(receipt_file.read(attachment.content).text) == proofs.document_of(given.receipt)


# The public page


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_a_genuine_receipt_is_called_genuine_as_file_and_as_pdf(given, client, ending: str) -> None:
    page = shown(client, client.get(f"{given.page}.{ending}").data, f"b.{ending}")

    assert "echt und unverändert" in page
    assert given.receipt.number in page
    assert "abgeschickt" in page
    assert "Morgenrot" not in page


def test_a_pasted_receipt_is_checked_as_well(given, client) -> None:
    page = client.post("/pruefung", data={"text": json.dumps(proofs.document_of(given.receipt))}).text

    assert "echt und unverändert" in page


def test_number_and_checksum_are_enough_and_one_of_them_is_not(given, client) -> None:
    number, sha256 = given.receipt.number, given.receipt.sha256

    page = client.post("/pruefung", data={"number": number.lower(), "sha256": f" {sha256.upper()} "})
    assert "echt und unverändert" in page.text
    for values in ({"number": number}, {"sha256": sha256}, {}):
        assert client.post("/pruefung", data=values).status_code == 422
    wrong = client.post("/pruefung", data={"number": number, "sha256": "0" * 64}).text
    unknown = client.post("/pruefung", data={"number": "E-2030-999999", "sha256": "0" * 64}).text
    for page in (wrong, unknown):
        assert "gibt es keine Bestätigung" in page
        assert given.invitation.institution.name not in page


def test_what_is_wrong_is_named_and_nothing_of_the_file_is_repeated(given, client) -> None:
    document = proofs.document_of(given.receipt)
    document["content"]["remarks"][0]["comment"] = "<script>alert(1)</script>"

    page = shown(client, json.dumps(document).encode())

    assert "nicht echt oder wurde verändert" in page
    assert "Anmerkung 1, Text“ wurde verändert" in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("file", [b"{", b"%PDF-1.7 nothing", b"\xff\xfe"])
def test_what_is_no_receipt_is_said_to_be_none(app: Flask, client, file: bytes) -> None:
    assert "lässt sich nicht als Bestätigung lesen" in shown(client, file)


def test_nothing_is_stored_of_what_is_shown(given, client) -> None:
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in (JournalEntry, Receipt, Delivery)]

    shown(client, client.get(f"{given.page}.json").data)

    after = [db.session.scalar(select(func.count()).select_from(table)) for table in (JournalEntry, Receipt, Delivery)]
    assert after == before


def test_a_journal_that_was_changed_no_longer_agrees_with_a_genuine_receipt(given, client, monkeypatch) -> None:
    file = client.get(f"{given.page}.json").data
    monkeypatch.setattr(checking.journal, "digest_of", lambda _entry: "0" * 64)

    assert "Änderungsverlauf enthält Eintrag" in shown(client, file)


@pytest.mark.parametrize("field", ["sequence", "digest", "previous"])
def test_a_place_in_the_journal_that_is_another_is_told(given, field: str) -> None:
    place = proofs.head_of(given.receipt)["receipt"]["journal"]
    assert checking.breaks_of(place) == []

    other = {**place, field: place[field] + 1 if field == "sequence" else "f" * 64}

    assert len(checking.breaks_of(other)) == 1


def test_a_genuine_receipt_whose_row_is_gone_raises_the_alarm(given, client) -> None:
    file = client.get(f"{given.page}.json").data
    with transaction():
        db.session.delete(given.receipt)

    assert "bei uns fehlt die Bestätigung" in shown(client, file)


def test_a_replaced_statement_has_a_genuine_receipt_and_says_so(given, client, now) -> None:
    file = client.get(f"{given.page}.json").data
    with transaction():
        service.submit(given.invitation, uuid4(), service.Answer.AGREES, now=now + timedelta(hours=1))

    assert "durch eine spätere ersetzt" in shown(client, file)


def test_checking_is_limited_and_submitting_is_not(app: Flask, client) -> None:
    answers = [client.post("/pruefung", data={"number": "x", "sha256": "y"}).status_code for _ in range(31)]

    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_the_public_keys_are_a_page_and_a_file(given, client) -> None:
    key_id = proofs.head_of(given.receipt)["signature"]["key_id"]

    assert key_id in client.get("/pruefung/schluessel").text
    assert set(read_public(client.get("/pruefung/schluessel.pem").data)) == {key_id}


# From before


def test_a_receipt_from_before_says_so_and_can_be_signed_later(app: Flask, client, now, monkeypatch) -> None:
    unsigned = SimpleNamespace(signed_part=None, signature=None)
    with monkeypatch.context() as before:
        before.setattr(proofs, "prove", lambda *_, **__: unsigned)
        given = hand_in(now)
    assert "bevor Bestätigungen unterschrieben wurden" in client.get(given.page).text
    assert client.get(f"{given.page}.pdf").status_code == 404
    known = {"number": given.receipt.number, "sha256": given.receipt.sha256}
    assert "aus der Zeit vor den Unterschriften" in client.post("/pruefung", data=known).text

    with transaction():
        assert receipts.sign_earlier(now=now + timedelta(days=30)) == 1
        assert receipts.sign_earlier(now=now + timedelta(days=30)) == 0

    page = shown(client, client.get(f"{given.page}.pdf").data, "b.pdf")
    assert "echt und unverändert" in page
    assert "nachträglich, am 03.07.2030" in page


# When it arrived


@pytest.mark.parametrize(
    ("seconds_back", "counts"),
    [(3, True), (120, True), (121, False), (-1, False)],
)
def test_the_proxys_moment_counts_where_it_is_earlier_and_both_are_kept(
    app: Flask, client, clock, monkeypatch, seconds_back: int, counts: bool
) -> None:
    config = app.extensions["ikb_config"]
    monkeypatch.setitem(
        app.extensions, "ikb_config", replace(config, trusted_proxies=1, arrival_header="X-Request-Start")
    )
    invitation = make_invitation()
    late_by_a_second = clock.moment = end_of_day(invitation.last_day) + timedelta(seconds=1)
    stamp = f"t={int(late_by_a_second.timestamp()) - seconds_back}.000"

    answer = client.post(
        f"/beteiligung/{token_of(invitation)}/abschicken",
        data={"key": str(uuid4()), "answer": "agrees"},
        headers={"X-Request-Start": stamp},
    )

    statement = db.session.scalars(select(Statement).where(Statement.invitation_id == invitation.id)).one()
    receipt = db.session.scalars(select(Receipt).where(Receipt.statement_id == statement.id)).one()
    times = proofs.head_of(receipt)["receipt"]["received_at"]
    assert answer.status_code == 303
    assert statement.is_late is not counts
    assert (receipt.arrived_at is not None) is counts
    assert times["utc"] == (times["by_proxy"] or times["by_application"])
    assert check(json.dumps(proofs.document_of(receipt)), proofs.key_store().public_keys()).findings == ()


def test_without_a_trusted_proxy_the_senders_own_header_says_nothing(app: Flask, client, clock) -> None:
    invitation = make_invitation()
    clock.moment = end_of_day(invitation.last_day) + timedelta(seconds=1)

    client.post(
        f"/beteiligung/{token_of(invitation)}/abschicken",
        data={"key": str(uuid4()), "answer": "agrees"},
        headers={"X-Request-Start": f"t={int(clock.moment.timestamp()) - 60}.000"},
    )

    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.is_late, receipt.arrived_at) == (True, None)
