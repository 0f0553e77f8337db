"""Opening a Word file that may be anybody's: what it unpacks to is bounded, its XML names no other file and defines nothing.

Meant for a process of its own: what is done here is only as safe as the limits around it.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_FILE = 25 * 1024 * 1024
LARGEST_UNPACKED = 80 * 1024 * 1024
LARGEST_PART = 16 * 1024 * 1024
MOST_ENTRIES = 2_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"

AGAIN = "Speichern Sie sie in Ihrem Schreibprogramm als „Word-Dokument (.docx)“, und laden Sie sie noch einmal hoch."
DAMAGED = f"Die Datei ist beschädigt und lässt sich nicht lesen. {AGAIN}"

_MACROS = ("application/vnd.ms-word.document.macroenabled", "application/vnd.ms-office.vbaproject")
_DOCUMENTS = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
_TYPES = "[Content_Types].xml"


class UnreadableError(Exception):
    """The file cannot be taken in; the message is a German sentence that says what to do."""


class Package:
    """The parts of a Word file, read when they are asked for."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableError for whatever is no Word file, or none that should be opened."""
        _refuse_at_first_sight(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, RuntimeError) as fault:
            raise UnreadableError(DAMAGED) from fault
        self._refuse_bomb()
        self._refuse_foreign()

    def document(self) -> Any:
        """The root of the main part."""
        relations = self._part("_rels/.rels")
        target = next((r.get("Target", "") for r in relations if r.get("Type", "").endswith("/officeDocument")), "")
        self.main = posixpath.normpath(target.lstrip("/"))
        return self._part(self.main)

    def beside(self, kind: str) -> Any | None:
        """The root of the part that the main one names as its `comments`, `footnotes` and the like; None without one."""
        folder, name = posixpath.split(self.main)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed not in self._zip.namelist():
            return None
        for relation in self._part(listed):
            if relation.get("Type", "").rsplit("/", 1)[-1] == kind and relation.get("TargetMode") != "External":
                target = relation.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                return self._part(path) if path in self._zip.namelist() else None
        return None

    def _part(self, name: str) -> Any:
        try:
            info = self._zip.getinfo(name)
            with self._zip.open(info) as packed:
                data = packed.read(LARGEST_PART + 1)
        except RuntimeError as fault:  # for a password, or for a compression that is not known here
            raise UnreadableError(_PROTECTED) from fault
        except (KeyError, zipfile.BadZipFile, OSError, EOFError, ValueError) as fault:
            raise UnreadableError(DAMAGED) from fault
        if len(data) > LARGEST_PART:
            raise UnreadableError(_TOO_LARGE_INSIDE)
        return parsed(data)

    def _refuse_bomb(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
            raise UnreadableError(_TOO_LARGE_INSIDE)

    def _refuse_foreign(self) -> None:
        if _TYPES not in self._zip.namelist():
            raise UnreadableError(f"Das ist keine Word-Datei. {AGAIN}")
        found = {entry.get("ContentType", "").lower() for entry in self._part(_TYPES)}
        if any(kind.startswith(_MACROS) for kind in found):
            raise UnreadableError(f"Die Datei enthält Makros; solche Dateien werden nicht geöffnet. {AGAIN}")
        if not found.intersection(_DOCUMENTS):
            raise UnreadableError(f"Das ist keine Word-Datei. {AGAIN}")


_PROTECTED = (
    "Die Datei ist mit einem Kennwort geschützt oder im alten Format (.doc). "
    "Speichern Sie sie ohne Kennwort als „Word-Dokument (.docx)“."
)
_TOO_LARGE_INSIDE = (
    "Die Datei ist entpackt zu groß. Entfernen Sie Bilder und eingebettete Dateien, und laden Sie sie noch einmal hoch."
)


def parsed(data: bytes) -> Any:
    """The root of a part's XML. Raises UnreadableError for a document type or entities, and for what is no XML."""
    from lxml import etree  # late: decision 79

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise UnreadableError(DAMAGED) from fault
    shape: Any = root.getroottree().docinfo
    if shape.doctype:
        raise UnreadableError("Die Datei enthält eine Dokumenttyp-Angabe, die in Word-Dateien nicht vorkommt. " + AGAIN)
    return root


def _refuse_at_first_sight(data: bytes) -> None:
    if len(data) > LARGEST_FILE:
        raise UnreadableError(
            "Die Datei ist zu groß: erlaubt sind 25 MB. Entfernen Sie Bilder, und versuchen Sie es neu."
        )
    if not data.strip():
        raise UnreadableError("Die Datei ist leer.")
    if data.startswith(OLD_OFFICE):
        raise UnreadableError(_PROTECTED)
    if not data.startswith(ZIP):
        raise UnreadableError(f"Das ist keine Word-Datei. {AGAIN}")
