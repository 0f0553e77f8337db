"""A dropped mail is taken apart in quarantine: sender, day, words and attachments; whatever is in it, nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ikb.capture import mails
from ikb.quarantine.kinds import Kind
from tests.capture.mails import PDF, mail
from tests.capture.outlook import msg

SENT = datetime(2030, 6, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def read(data: bytes, kind: Kind = Kind.EML):
        file = tmp_path / "mail"
        file.write_bytes(data)
        return mails.read(file, kind)

    return read


def test_sender_subject_day_and_words(read):
    found = read(bytes(mail()))

    assert (found.sender, found.address) == ("Karla Müller", "karla@verein.example.org")
    assert found.subject == "Stellungnahme des Chors – Größe"
    assert found.sent_at == SENT
    assert found.text == "Bitte bauen Sie eine Rampe."


def test_of_markup_only_the_words_are_read_in_lines(read):
    markup = "<style>p{}</style><p>Guten Tag,</p><p>bitte eine <b>Rampe</b>.<br>Danke</p><script>alert(1)</script>"

    assert read(bytes(mail(markup, html=True))).text == "Guten Tag,\nbitte eine Rampe.\nDanke"


def test_what_is_attached_comes_along_forwarded_mails_too(read):
    message = mail()
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Brief.pdf")
    message.add_attachment(mail("Das Ursprüngliche."))

    found = read(bytes(message))

    found_files = [(one.name, one.data[:5]) for one in found.attachments]
    assert found_files == [("Brief.pdf", b"%PDF-"), ("weitergeleitet.eml", b"From:")]


def test_an_attachment_that_is_too_large_to_be_taken_out_is_named_and_empty(read):
    message = mail()
    message.add_attachment(b"x" * (15 * 1024 * 1024 + 1), maintype="application", subtype="pdf", filename="Plan.pdf")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Brief.pdf")

    sizes = [(one.name, len(one.data)) for one in read(bytes(message)).attachments]
    assert sizes == [("Plan.pdf", 0), ("Brief.pdf", len(PDF))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 400,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Date: gestern\r\nFrom: \r\n\r\n",
        b"From: a@b\r\nContent-Type: text/html; charset=unbekannt\r\n\r\n<p>hallo",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    ],
)
@pytest.mark.parametrize("kind", [Kind.EML, Kind.MSG])
def test_whatever_it_is_there_is_an_answer_or_none(read, data, kind):
    found = read(data, kind)

    assert found is None or found.text is not None


def test_a_mail_without_a_zone_has_no_moment(read):
    assert read(bytes(mail(Date="Mon, 03 Jun 2030 10:12:00 -0000"))).sent_at is None


def test_an_outlook_mail_is_read_like_any_other(read):
    data = msg(
        subject="Stellungnahme – Größe",
        body="Bitte eine Rampe.\r\nDanke.",
        sender="Karla Müller",
        address="Karla@verein.example.org",
        sent_at=SENT,
        attachments={"Brief.pdf": PDF},
    )

    found = read(data, Kind.MSG)

    assert (found.subject, found.text) == ("Stellungnahme – Größe", "Bitte eine Rampe.\nDanke.")
    assert (found.sender, found.address, found.sent_at) == ("Karla Müller", "karla@verein.example.org", SENT)
    assert [(one.name, one.data) for one in found.attachments] == [("Brief.pdf", PDF)]
