"""A PDF with nothing in it but its pages, and every word in it that a program can still read.

Pages are copied one by one: what no page leads to, such as earlier states of the file, stays behind. So do metadata, tags,
layers, thumbnails and what programs noted for themselves. What lies over a page as a note is not copied either, and therefore
refused where it could be a bar that somebody drew over a word: such a bar hides nothing.
"""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from ikb.quarantine import pdf, reasons
from ikb.quarantine.reasons import NotTaken

KEPT = ("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group")
HARMLESS_NOTES = ("/Link", "/Popup")
# Beside what is drawn: descriptions, what programs keep for themselves, smaller and former pictures.
DROPPED = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/OPI",
    "/AF",
    "/Thumb",
    "/Alternates",
    "/StructParent",
    "/StructParents",
)
_SPOKEN = re.compile(rb"/(?:ActualText|Alt|E)\s*(\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>)", re.DOTALL)
_START_OF_SCAN, _NEEDED_SEGMENTS = 0xDA, frozenset({0xE0, 0xEE})  # the frame of a JPEG and how it codes colours


def clean(file: BinaryIO) -> tuple[bytes, str, int]:
    """The clean file, its text, and how many pictures lie on its pages. Raises NotTaken."""
    reader = pdf.checked(file)
    writer, images = PdfWriter(), 0
    for page in reader.pages:
        _refuse_notes(page)
        for key in [key for key in dict.keys(page) if key not in KEPT]:
            del page[key]
        images += _strip(page)
        writer.add_page(page)
    writer.metadata = None
    target = io.BytesIO()
    writer.write(target)
    made = PdfReader(io.BytesIO(target.getvalue()))
    text = "\n\n".join(part for part in (pdf.text_of(made), *_spoken(made)) if part)
    return target.getvalue(), text, images


def _refuse_notes(page: PageObject) -> None:
    notes = page.get("/Annots")
    for note in notes.get_object() if notes is not None else ():
        if note.get_object().get("/Subtype") not in HARMLESS_NOTES:
            raise NotTaken(reasons.NOTES)


def _strip(page: PageObject) -> int:
    """Take out what lies beside the drawing, in all that the page leads to; how many pictures that is."""
    waiting: list[object] = [dict.get(page, "/Resources"), dict.get(page, "/Contents"), dict.get(page, "/Group")]
    seen: set[int] = set()
    images = 0
    while waiting:
        value = waiting.pop()
        value = value.get_object() if isinstance(value, IndirectObject) else value
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, DictionaryObject):
            for key in DROPPED:
                dict.pop(value, NameObject(key), None)
            if value.get("/Subtype") == "/Image":
                images += 1
                _strip_picture(value)
            waiting.extend(dict.values(value))
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))
    return images


def _strip_picture(image: DictionaryObject) -> None:
    if isinstance(image, StreamObject) and image.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        image._data = without_extras(image._data)


def without_extras(jpeg: bytes) -> bytes:
    """A JPEG without place, camera, comment and the small picture inside, which may show what is black in the large one.

    Source: ITU-T T.81, B.1.1.3: segments with their length, up to the first scan.
    """
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _START_OF_SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        marker = jpeg[at + 1]
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _NEEDED_SEGMENTS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def _spoken(reader: PdfReader) -> list[str]:
    """What is read aloud in place of what is drawn: it stays in the pages' own commands, and nobody sees it."""
    found: list[str] = []
    for value in pdf.objects(reader):
        if isinstance(value, StreamObject) and value.get("/Subtype") != "/Image" and "/Length1" not in value:
            found += [_words(hit[1]) for hit in _SPOKEN.finditer(value.get_data())]
        elif isinstance(value, DictionaryObject):
            found += [str(value[key]) for key in ("/ActualText", "/Alt", "/E") if isinstance(value.get(key), str)]
    return [words for words in found if len(words.strip()) > 1]


def _words(written: bytes) -> str:
    if written.startswith(b"<"):
        digits = b"".join(written[1:-1].split())
        data = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        data = re.sub(rb"\\([()\\])", rb"\1", written[1:-1])
    return data.decode("utf-16" if data[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1", errors="replace")
