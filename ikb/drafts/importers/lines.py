"""From a file to numbered lines of text, whatever form the file has.

`READERS` is the seam: every form that a paper can arrive in is recognised by its content, never by its name, and yields
the same lines. Plain text is read here; Word, PDF and HTML are opened in a locked program of their own.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from ikb.drafts.importers.parsed import NotAPaper
from ikb.quarantine.paper import paper_lines
from ikb.quarantine.reasons import NotTaken

LARGEST_FILE = 2 * 1024 * 1024  # bytes of plain text; the 2010 paper has 27 thousand
LARGEST_DOCUMENT = 25 * 1024 * 1024  # bytes of a document with its pictures
LONGEST_LINE = 50_000  # characters; longer than any paragraph, and short enough to be read quickly

_SAVE_AS_TEXT = "Öffnen Sie sie und speichern Sie sie als Nur-Text (.txt, Zeichensatz UTF-8)."
_SAVE_AGAIN = "Öffnen Sie sie und speichern Sie sie als Word-Dokument (DOCX) oder PDF."

_SOFT_HYPHEN = "\u00ad"
_SHOWN_SOFT_HYPHEN = re.compile(f"{_SOFT_HYPHEN}(?=\\s|$)")
_NO_BREAK_SPACES = re.compile("[\u00a0\u202f\u2007]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\x0b\x0c]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Line:
    """One line of the source, tabs kept. `number` counts from 1, as an editor shows it."""

    number: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class Reader:
    """A form of file: how to know it, how to get its lines (raising NotAPaper where that fails), and its most bytes."""

    form: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], list[Line]]
    largest: int = LARGEST_DOCUMENT


def read_lines(data: bytes) -> list[Line]:
    """The file's lines. Raises NotAPaper for an empty, too large or unreadable file."""
    reader = next(reader for reader in READERS if reader.recognises(data))
    if len(data) > reader.largest:
        size, most = len(data) / 1024 / 1024, reader.largest // 1024 // 1024
        raise NotAPaper(
            [
                (
                    f"Die Datei ist zu groß: {size:.1f} MB, erlaubt sind {most} MB. Wählen Sie die Vorlage ohne Bilder und "
                    "Beilagen."
                )
            ]
        )
    lines = reader.read(data)
    if all(line.is_blank for line in lines):
        raise NotAPaper(["Die Datei ist leer. Wählen Sie die Datei, in der der Text der Vorlage steht."])
    return lines


def _read_text(data: bytes) -> list[Line]:
    text = _decode(data)
    if _CONTROL.search(text):
        _refuse_binary()
    return _numbered(re.split(r"\r\n|\n|\r", text))


def _numbered(source: list[str]) -> list[Line]:
    lines = [Line(number, _tidy(content)) for number, content in enumerate(source, start=1)]
    if too_long := [line.number for line in lines if len(line.text) > LONGEST_LINE]:
        raise NotAPaper(
            [
                f"Zeile {too_long[0]} ist länger als {LONGEST_LINE} Zeichen. Trennen Sie die Absätze durch Zeilenumbrüche."
            ]
        )
    return lines


def _decode(data: bytes) -> str:
    """Text from UTF-8 or UTF-16 (with or without a mark at its beginning) or, failing these, Windows-1252."""
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _refuse_binary()


def _encodings(data: bytes) -> Iterator[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
    sample = data[:4000]
    if sample[1::2].count(0) > len(sample) // 4:
        yield "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        yield "utf-16-be"
    yield from ("utf-8-sig", "cp1252")


def _tidy(text: str) -> str:
    """A line without characters that only serve the layout; a soft hyphen at a break becomes a plain one."""
    text = _NO_BREAK_SPACES.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _SHOWN_SOFT_HYPHEN.sub("-", text).replace(_SOFT_HYPHEN, "")
    return text.replace("\u2010", "-").rstrip(" ")


def _refuse_binary() -> NoReturn:
    raise NotAPaper([f"Die Datei enthält keinen lesbaren Text. {_SAVE_AS_TEXT}"])


def _refuse(form: str) -> Callable[[bytes], list[Line]]:
    def read(_data: bytes) -> list[Line]:
        raise NotAPaper([f"Die Datei ist {form}; solche Dateien werden nicht gelesen. {_SAVE_AGAIN}"])

    return read


def _opened(form: str, called: str) -> Callable[[bytes], list[Line]]:
    """Lines of a document that may be anybody's, opened where it can do no harm."""

    def read(data: bytes) -> list[Line]:
        try:
            return _numbered(paper_lines(data, form))
        except NotTaken as refusal:
            raise NotAPaper([f"Die Datei ({called}) wurde nicht gelesen. {refusal.reason.text}"]) from refusal

    return read


def _starts_with(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(beginnings)


def _is_html(data: bytes) -> bool:
    start = data.removeprefix(codecs.BOM_UTF8)[:1000].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")) and (
        start.startswith((b"<head", b"<body")) or b"<html" in data[:4000].lower()
    )


READERS: tuple[Reader, ...] = (
    Reader("docx", _starts_with(b"PK\x03\x04"), _opened("docx", "DOCX")),
    Reader(
        "doc", _starts_with(b"\xd0\xcf\x11\xe0"), _refuse("ein altes oder mit Kennwort geschütztes Word-Dokument (DOC)")
    ),
    Reader("rtf", _starts_with(b"{\\rtf"), _refuse("ein RTF-Dokument")),
    Reader("pdf", _starts_with(b"%PDF-"), _opened("pdf", "PDF")),
    Reader("html", _is_html, _opened("html", "HTML")),
    Reader("text", lambda _data: True, _read_text, LARGEST_FILE),
)
