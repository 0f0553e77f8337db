"""An issued version in parts, as it is laid before the council: resolution, reasons and each annex, on the town's own form."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ikb.consolidation import redlines
from ikb.core.clock import BERLIN
from ikb.core.names import sort_key
from ikb.core.word.cover import Cover
from ikb.core.word.fields import Value
from ikb.core.word.passages import Text, unchanged
from ikb.drafts import queries as drafts
from ikb.drafts import word_files
from ikb.drafts.model import DraftVersion
from ikb.drafts.written import texts_of
from ikb.procedures.model import Procedure
from ikb.quarantine import word_form
from ikb.reports import word_forms
from ikb.reports.model import Purpose
from ikb.web.filters import day_long

PURPOSE = Purpose.PAPER
TEXT = "inhalt"
TABLES = (TEXT,)
NEEDED = (TEXT, "fassung")
FIELDS: Mapping[str, str] = {
    TEXT: "der Text des Teils, Überschriften mit den Formatvorlagen des Formulars",
    "teil": "wie der Teil heißt: Beschlussvorschlag, Begründung, Anlage 1",
    "fassung": "Nummer und Tag der Fassung",
    "drucksache": "Nummer der Drucksache",
    "titel": "Titel der Vorlage",
    "verfahren": "Titel des Verfahrens",
    "aktenzeichen": "Aktenzeichen des Verfahrens",
    "ansprechperson": "Ansprechperson des Verfahrens",
}
_ANNEX = re.compile(r"a(\d+)")
OF_NO_VERSION = 0  # a part that comes back edited must not be taken for the whole version


@dataclass(frozen=True)
class Part:
    """One part of a version. title: as its heading says, an annex with its number."""

    title: str
    texts: Sequence[Text]


def parts_of(version: DraftVersion) -> list[Part]:
    """A version cut at its topmost headings; what stands before the first one is a part too."""
    tops = {row.anchor: row for row in drafts.sections_of(version.id) if row.parent is None and row.kind == "heading"}
    found: list[tuple[str, list[Text]]] = []
    for text in texts_of(version):
        if text.anchor in tops or not found:
            found.append((_title(text) if text.anchor in tops else version.draft.title, []))
        found[-1][1].append(text)
    return [Part(title, texts) for title, texts in found]


def _title(heading: Text) -> str:
    annex = _ANNEX.fullmatch(heading.anchor)
    named = f"Anlage {annex[1]}" if annex else ""
    return f"{named}: {heading.text}" if named and not heading.text.startswith(named) else heading.text


def packed(version: DraftVersion, procedure: Procedure, now: datetime) -> bytes:
    """Each part as a Word file, in their order, in one ZIP file."""
    parts = parts_of(version)
    files = _files(version, procedure, parts, now)
    written = io.BytesIO()
    at = now.astimezone(BERLIN).timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as box:
        for number, (part, file) in enumerate(zip(parts, files, strict=True), 1):
            box.writestr(zipfile.ZipInfo(f"{number:02}-{_plain(part.title)}.docx", at), file)
    return written.getvalue()


def _files(version: DraftVersion, procedure: Procedure, parts: Sequence[Part], now: datetime) -> list[bytes]:
    own = word_forms.current(procedure.id, PURPOSE)
    if own is None:
        return [built_in(version, procedure, part, now) for part in parts]
    values = [_values(version, procedure, part) for part in parts]
    return list(word_form.filled(word_forms.bytes_of(own), values))


def built_in(version: DraftVersion, procedure: Procedure, part: Part, now: datetime) -> bytes:
    """A part as ikb writes its own papers."""
    from ikb.core.word.writing import write  # late: decision 79

    cover = _cover(version, procedure)
    own = replace(cover, kicker=version.draft.title, title=part.title, end=f"Ende: {part.title}.")
    return write(own, unchanged(part.texts), OF_NO_VERSION, now)


def _cover(version: DraftVersion, procedure: Procedure) -> Cover:
    return word_files.cover_of(version, procedure.title, _reference(version))


def _reference(version: DraftVersion) -> str | None:
    paper = redlines.papers_of([version.id]).get(version.id)
    return paper.reference if paper else None


def _values(version: DraftVersion, procedure: Procedure, part: Part) -> dict[str, Value]:
    return {
        TEXT: {"paragraphs": [_line(text) for text in part.texts]},
        "teil": part.title,
        "fassung": f"{version.number} vom {day_long(version.issued_at)}",
        "drucksache": _reference(version) or "",
        "titel": version.draft.title,
        "verfahren": procedure.title,
        "aktenzeichen": procedure.file_reference,
        "ansprechperson": procedure.contact_name,
    }


def _line(text: Text) -> tuple[int, bool, str, str]:
    heading = text.level + 1 if text.kind == "heading" else 0
    return heading, text.kind in ("bullet", "measure"), text.label, text.text


def _plain(title: str) -> str:
    return "-".join(sort_key(title).encode("ascii", "ignore").decode().split())[:60].strip("-") or "teil"
