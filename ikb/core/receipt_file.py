"""A receipt out of the file that people have: JSON, or the PDF that carries the JSON inside.

Run as a program it reads a file from standard input, within limits on time and memory, and answers in JSON: whoever takes in
files from strangers starts it as a process of its own.
"""

from __future__ import annotations

import io
import json
import logging
import re
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ikb.core.canonical import NotJson, NotPlain, read_plain
from ikb.core.receipt_check import Unreadable

ATTACHMENT = "eingangsbestaetigung.json"
LARGEST = 12 * 1024 * 1024  # bytes; a statement of 100,000 characters with its PDF has less than one
HEADER_WITHIN = 1024  # bytes in which a PDF says that it is one
SECONDS, MEMORY = 5, 400 * 1024 * 1024


@dataclass(frozen=True)
class Content:
    """A receipt as JSON text, and what is wrong with the file around it."""

    text: str
    findings: tuple[str, ...] = ()


def read(file: bytes) -> Content:
    """The receipt in a file, whatever kind of file it is. Raises Unreadable."""
    if len(file) > LARGEST:
        raise Unreadable(f"Die Datei ist zu groß: erlaubt sind {LARGEST // 1024 // 1024} MB.")
    if not file.strip():
        raise Unreadable("Die Datei ist leer.")
    if is_pdf(file):
        return _from_pdf(file)
    return Content(_decoded(file))


def is_pdf(file: bytes) -> bool:
    """Whether the file says that it is a PDF."""
    return b"%PDF-" in file[:HEADER_WITHIN]


def _decoded(file: bytes) -> str:
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Unreadable("Die Datei ist weder PDF noch lesbarer Text (UTF-8).") from fault


def _from_pdf(file: bytes) -> Content:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it thinks of a file is no event of ours
    try:
        reader = PdfReader(io.BytesIO(file))
        if reader.is_encrypted:
            raise Unreadable(
                "Das PDF ist verschlüsselt. Speichern Sie es ohne Kennwort, oder nehmen Sie die JSON-Datei."
            )
        attached = {name: list(contents) for name, contents in reader.attachments.items()}
        page = "".join(sheet.extract_text() for sheet in reader.pages[:1])
    # Over a broken file pypdf stumbles in many ways; whatever it is, the file cannot be read.
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, RecursionError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable("Das PDF ist beschädigt oder abgeschnitten.") from fault
    return _of_attachments(attached, page)


def _of_attachments(attached: Mapping[str, list[bytes]], page: str) -> Content:
    ours = attached.get(ATTACHMENT, [])
    if not ours:
        raise Unreadable(
            "Das PDF trägt keine Eingangsbestätigung in sich: Sie wurde entfernt, oder es ist ein anderes PDF. "
            "Ausgedruckt und wieder eingelesen geht sie verloren."
        )
    findings = []
    if len(ours) > 1:
        findings.append(f"Das PDF trägt {len(ours)} Eingangsbestätigungen in sich; ausgestellt wurde eine.")
    if others := sorted(set(attached) - {ATTACHMENT}):
        findings.append(f"Das PDF trägt außer der Bestätigung noch einen Anhang: {others[0][:80]}.")
    text = _decoded(ours[0])
    return Content(text, (*findings, *_of_page(text, page)))


def _of_page(text: str, page: str) -> list[str]:
    """Whether the page says what the receipt inside says: its number, its moment and its checksum."""
    printed = re.sub(r"\s", "", page)
    try:
        said = shown_on_page(read_plain(text)["receipt"])
    except (NotJson, NotPlain, KeyError, TypeError, AttributeError):
        return []  # what is wrong inside is found where the inside is checked
    return [
        f"Auf der Seite des PDF steht etwas anderes als in der Bestätigung darin: {name}."
        for name, words in said.items()
        if re.sub(r"\s", "", words) not in printed
    ]


def shown_on_page(receipt: Mapping[str, Any]) -> dict[str, str]:
    """What the page of a PDF has to show, word for word, by its name."""
    return {
        "Eingangsnummer": str(receipt["number"]),
        "Eingang": str(receipt["received_at"]["local"]),
        "Prüfsumme des Inhalts": str(receipt["content"]["sha256"]),
    }


def main() -> int:
    """Read a file from standard input; write `{"text", "findings"}` or `{"unreadable"}` to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        found = read(sys.stdin.buffer.read(LARGEST + 1))
        answer: dict[str, Any] = {"text": found.text, "findings": found.findings}
    except Unreadable as fault:
        answer = {"unreadable": str(fault)}
    except MemoryError:
        answer = {"unreadable": "Das PDF braucht zum Lesen mehr Speicher, als eine Bestätigung je braucht."}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
