"""Files as people send them, made by the programs that make such files."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter

LETTER = "Sehr geehrte Damen und Herren, wir bitten um mehr Sprachkurse am Nachmittag."


def pdf(text: str = LETTER, pages: int = 1) -> bytes:
    return typst.compile("\n#pagebreak()\n".join([text] * pages).encode())


def pdf_writer(text: str = LETTER) -> PdfWriter:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf(text))))
    return writer


def saved(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def docx_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs or (LETTER,):
        document.add_paragraph(paragraph)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def xlsx() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Name", "Art"])
    book.save(target)
    return target.getvalue()


def odt(text: str = LETTER, **more: bytes) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0"><office:body><office:text>'
        f"<text:h>Brief</text:h><text:p>{text}</text:p></office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode(), **more})


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **how: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, kind, **how)
    return target.getvalue()


def eml(body: str = LETTER) -> bytes:
    return (
        "From: Mina <mina@verein.example.org>\r\nTo: stadt@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        f"Date: Mon, 3 Jun 2030 10:00:00 +0200\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


def zipped(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target.getvalue()


def changed(container: bytes, **parts: bytes) -> bytes:
    """A container with some parts replaced or added; `__` in a keyword stands for a slash, `_dot_` for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(container)) as packed:
        kept = {name: packed.read(name) for name in packed.namelist()}
    return zipped(kept | named)
