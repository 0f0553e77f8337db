"""PDF: whether it opens for everybody and does nothing by itself, how many pages it has, and its text."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from ikb.quarantine import reasons
from ikb.quarantine.reasons import NotTaken, Reason

MOST_PAGES = 2_000
READ_PAGES = 200  # so many are read as text; a longer paper is no letter
LONGEST_TEXT = 400_000  # signs
READING_TIME = 5.0  # seconds of the program's own, after which the pages read so far must do
MOST_OBJECTS = 400_000
# Keys of a dictionary, and the names of actions, that do something when somebody only wants to read.
BY_KEY: dict[str, Reason] = {
    "/JS": reasons.SCRIPT,
    "/JavaScript": reasons.SCRIPT,
    "/XFA": reasons.SCRIPT,
    "/EmbeddedFiles": reasons.EMBEDDED,
    "/EF": reasons.EMBEDDED,
    "/RichMedia": reasons.EMBEDDED,
    "/RichMediaContent": reasons.EMBEDDED,
}
BY_ACTION: dict[str, Reason] = {
    "/JavaScript": reasons.SCRIPT,
    "/Rendition": reasons.EMBEDDED,
    "/Launch": reasons.ACTION,
    "/SubmitForm": reasons.ACTION,
    "/ImportData": reasons.ACTION,
    "/GoToE": reasons.ACTION,
    "/GoToR": reasons.ACTION,
    "/Movie": reasons.ACTION,
    "/Sound": reasons.ACTION,
}


def read(file: BinaryIO) -> tuple[str, int]:
    """The text of a PDF, pages apart by blank lines, and how many pages it has; a scan has no text. Raises NotTaken."""
    reader = checked(file)
    pages = len(reader.pages)
    return text_of(reader), pages


def checked(file: BinaryIO) -> PdfReader:
    """A PDF that opens for everybody, does nothing by itself and has pages. Raises NotTaken."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would quote the file
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):  # protected against changes only: opens for everybody
            raise NotTaken(reasons.ENCRYPTED)
        for found in objects(reader):
            _refuse_acts(found)
        pages = len(reader.pages)
    except (NotTaken, MemoryError):
        raise
    except Exception as fault:  # pypdf raises whatever its depths raise
        raise NotTaken(reasons.DAMAGED) from fault
    if pages == 0:
        raise NotTaken(reasons.DAMAGED)
    if pages > MOST_PAGES:
        raise NotTaken(reasons.TOO_MANY_PAGES)
    return reader


def objects(reader: PdfReader) -> Iterator[PdfObject]:
    """Every object that the file's tables name, also those that no page leads to; then the trailer."""
    places = {(number, generation) for generation, table in reader.xref.items() for number in table}
    places |= {(number, 0) for number in reader.xref_objStm}
    if len(places) > MOST_OBJECTS:
        raise NotTaken(reasons.TOO_MUCH)
    yield reader.trailer
    for number, generation in sorted(places):
        try:
            found = reader.get_object(IndirectObject(number, generation, reader))
        except PdfReadError:
            continue  # named in the table and not there: nothing that could do anything
        if found is not None:
            yield found


def _refuse_acts(found: PdfObject) -> None:
    """Looks into direct values too; what is referred to comes by itself."""
    waiting: list[object] = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            _refuse_dictionary(value)
            waiting.extend(dict.values(value))
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))


def _refuse_dictionary(value: DictionaryObject) -> None:
    for key in dict.keys(value):
        if reason := BY_KEY.get(str(key)):
            raise NotTaken(reason)
    action = dict.get(value, "/S")
    if isinstance(action, IndirectObject):
        action = action.get_object()
    if isinstance(action, str) and (reason := BY_ACTION.get(str(action))):
        raise NotTaken(reason)


def text_of(reader: PdfReader) -> str:
    """The text of the first pages, as many as a letter has, apart by blank lines."""
    found: list[str] = []
    for number in range(min(len(reader.pages), READ_PAGES)):
        try:
            found.append(reader.pages[number].extract_text().strip())
        except MemoryError:
            raise
        except Exception:  # noqa: S112 (one page that cannot be read; the others can, and a person reads the original)
            continue
        if sum(map(len, found)) > LONGEST_TEXT or time.process_time() > READING_TIME:
            break
    return "\n\n".join(text for text in found if text)
