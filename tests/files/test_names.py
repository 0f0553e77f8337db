"""What files are called, and what they are by their first bytes."""

from __future__ import annotations

import pytest

from ikb.files.names import LONGEST_NAME, cleaned, display_name, ending_of
from ikb.quarantine.kinds import Kind, first_look
from ikb.quarantine.reasons import NotTaken

NAMES = [
    ("Brief.pdf", "Brief.pdf"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\Users\\Mina\\Brief.pdf", "Brief.pdf"),
    ("..", "Datei.pdf"),
    ("", "Datei.pdf"),
    (".pdf", "pdf.pdf"),
    ("Brief\r\nSet-Cookie: a=b.pdf", "Brief Set-Cookie a=b.pdf"),
    ("Brief\x00.exe.pdf", "Brief .exe.pdf"),
    ("Brief\u202efdp.exe", "Brief fdp.exe.pdf"),
    ("Brief\u2066\u200b.pdf", "Brief.pdf"),
    ('Bri"ef<script>.pdf', "Bri ef script.pdf"),
    ("O\u0308ffnung.pdf", "Öffnung.pdf"),
    ("Stellungnahme", "Stellungnahme.pdf"),
    ("Brief.PDF", "Brief.pdf"),
    ("x" * 5000 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ("x" * 5000, "x" * (LONGEST_NAME - 4) + ".pdf"),
    ("seite.html", "seite.html.pdf"),
]


@pytest.mark.parametrize(("sent", "shown"), NAMES)
def test_a_name_is_shown_without_what_misleads(sent: str, shown: str) -> None:
    assert display_name(sent, Kind.PDF) == shown
    assert len(shown) <= LONGEST_NAME
    assert cleaned(shown) == shown


@pytest.mark.parametrize(("name", "ending"), [("a.PDF", "pdf"), ("a", ""), (".pdf", ""), ("a.tar.gz", "gz")])
def test_endings(name: str, ending: str) -> None:
    assert ending_of(name) == ending


TAKEN = [
    (b"%PDF-1.4 ...", "pdf", Kind.PDF),
    (b"%PDF-1.4 ...", "", Kind.PDF),
    (b"%PDF-1.4 ...", "scan", Kind.PDF),
    (b"\xff\xd8\xff\xe0", "jpeg", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", "png", Kind.PNG),
    (b"II*\x00", "tiff", Kind.TIFF),
    (b"MM\x00*", "tif", Kind.TIFF),
    (b"PK\x03\x04", "docx", Kind.DOCX),
    (b"PK\x03\x04", "odt", Kind.ODT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "msg", Kind.MSG),
    (b"From: a@b.example\r\n", "eml", Kind.EML),
    ("Grüße".encode(), "txt", Kind.TEXT),
    ("Grüße".encode("cp1252"), "", Kind.TEXT),
    ("Grüße".encode("utf-16"), "txt", Kind.TEXT),
    (b"a;b\n1;2\n", "csv", Kind.TEXT),
]


@pytest.mark.parametrize(("data", "ending", "kind"), TAKEN)
def test_a_kind_is_told_by_content(data: bytes, ending: str, kind: Kind) -> None:
    assert first_look(data, ending) is kind


REFUSED = [
    (b"", "pdf", "empty"),
    (b"<!DOCTYPE html><p>Guten Tag", "pdf", "web_page"),
    (b"\xef\xbb\xbf  <HTML>", "txt", "web_page"),
    (b"Guten Tag <script>alert(1)</script>", "txt", "web_page"),
    ("<html>".encode("utf-16"), "txt", "web_page"),
    (b'<?xml version="1.0"?><svg xmlns="x"><script/></svg>', "svg", "svg"),
    (b'<?xml version="1.0"?><a/>', "xml", "web_page"),
    (b"GIF89a", "gif", "gif"),
    (b"GIF89a", "jpg", "gif"),
    (b"MZ\x90\x00", "pdf", "program"),
    (b"\x7fELF", "", "program"),
    (b"#!/bin/sh\nrm -rf /", "txt", "program"),
    (b"{\\rtf1", "rtf", "rtf"),
    (b"PK\x03\x04", "zip", "archive"),
    (b"PK\x03\x04", "jar", "archive"),
    (b"PK\x03\x04", "pdf", "archive"),
    (b"PK\x03\x04", "docm", "macros"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc", "old_office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "docx", "old_office"),
    (b"\x00\x00\x00\x18ftypheic", "heic", "heic"),
    (b"\x00\x01\x02", "bin", "unknown"),
    (b"\x00\x01\x02", "pdf", "unknown"),
    (b"\xff\xd8\xff\xe0", "pdf", "mislabelled"),
    (b"%PDF-1.4", "docx", "mislabelled"),
    (b"%PDF-1.4", "jpg", "mislabelled"),
    (b"Guten Tag", "pdf", "mislabelled"),
    (b"Guten Tag", "docx", "mislabelled"),
]


@pytest.mark.parametrize(("data", "ending", "code"), REFUSED)
def test_what_is_not_taken_says_what_it_is(data: bytes, ending: str, code: str) -> None:
    with pytest.raises(NotTaken) as refusal:
        first_look(data, ending)

    assert refusal.value.reason.code == code
    assert refusal.value.reason.text.endswith(".")
