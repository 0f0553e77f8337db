"""What a file is, by its content and never by its name; and what a name may claim."""

from __future__ import annotations

from enum import StrEnum

from ikb.quarantine import reasons
from ikb.quarantine.reasons import NotTaken, Reason

BEGINNING = 4096  # bytes that are enough to tell one kind from another


class Kind(StrEnum):
    """The kinds that ikb takes at all."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    JPEG = "jpg"
    PNG = "png"
    TIFF = "tif"
    TEXT = "txt"
    EML = "eml"
    MSG = "msg"


LETTERS = frozenset({Kind.PDF, Kind.DOCX, Kind.ODT, Kind.JPEG, Kind.PNG, Kind.TIFF, Kind.TEXT})
ATTACHMENTS = LETTERS | {Kind.XLSX}
MAILS = frozenset({Kind.EML, Kind.MSG})
PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.TIFF})
IN_ZIP = frozenset({Kind.DOCX, Kind.ODT, Kind.XLSX})
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.TIFF: "image/tiff",
    Kind.TEXT: "text/plain",
    Kind.EML: "message/rfc822",
    Kind.MSG: "application/vnd.ms-outlook",
}
CALLED = {
    Kind.PDF: "ein PDF",
    Kind.DOCX: "ein Word-Dokument (DOCX)",
    Kind.ODT: "ein Textdokument (ODT)",
    Kind.XLSX: "eine Excel-Mappe (XLSX)",
    Kind.JPEG: "ein Bild (JPEG)",
    Kind.PNG: "ein Bild (PNG)",
    Kind.TIFF: "ein Bild (TIFF)",
    Kind.TEXT: "ein einfacher Text",
    Kind.EML: "eine E-Mail (EML)",
    Kind.MSG: "eine E-Mail aus Outlook (MSG)",
}
# What a name's ending claims. An ending that is not here claims nothing.
CLAIMS = {kind.value: kind for kind in Kind} | {
    "jpeg": Kind.JPEG,
    "jpe": Kind.JPEG,
    "jfif": Kind.JPEG,
    "tiff": Kind.TIFF,
    "csv": Kind.TEXT,
    "text": Kind.TEXT,
    "md": Kind.TEXT,
}


# The beginnings that people meet, each with what to do instead.
REFUSED_BEGINNINGS: tuple[tuple[bytes, Reason], ...] = (
    (b"GIF8", reasons.GIF),
    (b"{\\rtf", reasons.RTF),
    (b"MZ", reasons.PROGRAM),
    (b"\x7fELF", reasons.PROGRAM),
    (b"#!", reasons.PROGRAM),
    (b"Rar!", reasons.ARCHIVE),
    (b"7z\xbc\xaf", reasons.ARCHIVE),
    (b"\x1f\x8b", reasons.ARCHIVE),
    (b"BM", reasons.BMP),
)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe")
_PHOTO_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


class Mislabelled(NotTaken):
    """A name says one thing, the content another. claimed: the name's ending; kind: what the file is."""

    def __init__(self, claimed: str, kind: Kind) -> None:
        text = (
            f"Der Name endet auf „.{claimed}“, der Inhalt ist aber {CALLED[kind]}. Geben Sie der Datei die richtige Endung, "
            "oder speichern Sie sie neu."
        )
        super().__init__(Reason("mislabelled", text))
        self.kind = kind


def first_look(beginning: bytes, ending: str) -> Kind:
    """What a file seems to be, by its first bytes; what it really is, only opening it shows (in the quarantine).

    beginning: its first `BEGINNING` bytes, or all of it.
    ending:    of its name, in lower case, without the dot. It only decides where the first bytes leave a choice: which of
               the documents in a ZIP container, and whether a text is meant as a mail.
    Raises NotTaken, also where the name claims another kind than the content is.
    """
    if not beginning:
        raise NotTaken(reasons.EMPTY)
    kind = _by_signature(beginning, ending)
    claimed = CLAIMS.get(ending)
    if claimed not in (None, kind):
        raise Mislabelled(ending, kind)
    return kind


def _by_signature(beginning: bytes, ending: str) -> Kind:
    if beginning.startswith(b"%PDF-"):
        return Kind.PDF
    if beginning.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if beginning.startswith((b"II*\x00", b"MM\x00*")):
        return Kind.TIFF
    if beginning.startswith(b"PK\x03\x04"):
        return _in_container(ending, IN_ZIP, reasons.ARCHIVE)
    if beginning.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _in_container(ending, frozenset({Kind.MSG}), reasons.OLD_OFFICE)
    return _text(beginning, ending)


def _in_container(ending: str, kinds: frozenset[Kind], otherwise: Reason) -> Kind:
    if ending in ("docm", "dotm", "xlsm", "xltm"):
        raise NotTaken(reasons.MACROS)
    claimed = CLAIMS.get(ending)
    if claimed not in kinds:
        raise NotTaken(otherwise)
    return claimed


def _text(beginning: bytes, ending: str) -> Kind:
    for signature, refusal in REFUSED_BEGINNINGS:
        if beginning.startswith(signature):
            raise NotTaken(refusal)
    if beginning[4:8] == b"ftyp" and beginning[8:12] in _PHOTO_BRANDS:
        raise NotTaken(reasons.HEIC)
    refuse_markup(beginning)
    if not is_text(beginning):
        raise NotTaken(reasons.UNKNOWN)
    return Kind.EML if ending == Kind.EML else Kind.TEXT


def refuse_markup(beginning: bytes) -> None:
    """Raises NotTaken for a page or a drawing that a browser would run."""
    lowered = beginning.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").replace(b"\x00", b"").lower()
    if b"<svg" in lowered:
        raise NotTaken(reasons.SVG)
    if lowered.startswith(b"<?xml") or any(mark in lowered for mark in _MARKUP):
        raise NotTaken(reasons.WEB_PAGE)


def is_text(data: bytes) -> bool:
    """Whether bytes are signs that people write: no NUL, except in UTF-16 that says so, and no control characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return not any(byte < 32 and byte not in (9, 10, 12, 13) for byte in data)
