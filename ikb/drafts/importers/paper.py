"""A Beschlussvorlage as sections and Beratungsfolge: `read_paper(path_or_bytes, filename)`."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ikb.drafts.importers.annexes import Annex, add_annex, split_annexes
from ikb.drafts.importers.blocks import is_rule, to_blocks
from ikb.drafts.importers.consultations import is_table_head, read_consultations
from ikb.drafts.importers.hyphens import Evidence
from ikb.drafts.importers.labels import Label, Part, bare, is_sheet_title, read_label
from ikb.drafts.importers.lines import Line, read_lines
from ikb.drafts.importers.markup import plain
from ikb.drafts.importers.outline import Outline
from ikb.drafts.importers.parsed import NotAPaper, ParsedPaper, excerpt
from ikb.drafts.importers.passages import add_passages
from ikb.drafts.importers.reference import read_reference
from ikb.drafts.importers.resolution import add_resolution

REASONS_CHAPTER = "bg"

_NO_SUBJECT = (
    "Der Gegenstand der Vorlage fehlt: Es gibt keine Zeile „Beratungsgegenstand“ oder „Betreff:“ mit Text darunter. "
    "Ergänzen Sie sie und lesen Sie die Datei noch einmal ein."
)
_NO_RESOLUTION = (
    "Der Beschlussvorschlag fehlt: Es gibt keine Zeile „Beschlussvorschlag:“ mit Text darunter. "
    "Ergänzen Sie sie, oder wählen Sie die Datei, in der die Beschlussvorlage steht."
)
_NO_CONSULTATIONS = (
    "Die Beratungsfolge fehlt: Es gibt weder eine Tabelle „Gremium, Sitzung am“ noch eine Liste „Beratungsfolge:“. "
    "Ergänzen Sie sie, oder tragen Sie die Gremien nach dem Einlesen ein."
)


class _Parts:
    """The paper's lines by the part they stand in; `labels` holds the line that began each part."""

    def __init__(self) -> None:
        self.head: list[Line] = []
        self.lines: dict[Part, list[Line]] = defaultdict(list)
        self.labels: dict[Part, tuple[Label, Line]] = {}
        self.others: list[tuple[Label, Line]] = []

    def has_text(self, part: Part) -> bool:
        return any(not line.is_blank and not is_rule(line) for line in self.lines[part])


def read_paper(source: Path | str | bytes, filename: str = "") -> ParsedPaper:
    """Everything a paper says: reference, subject, Beratungsfolge, sections, and warnings for what was not read.

    source:   path of the file, or its content.
    filename: its name as the user knows it, only for messages.
    Raises NotAPaper, with a German reason per fault, if the file cannot be read as a paper. Stores nothing.
    """
    lines = read_lines(_content(source, filename))
    evidence = Evidence.of(line.text for line in lines)
    parts = _split(lines)
    _refuse_without_core(parts)
    outline = Outline(partial(plain, evidence=evidence))
    consultations, unread = read_consultations(outline, parts.lines[Part.CONSULTATIONS])
    subject, beside = _read_subject(outline, parts.lines[Part.SUBJECT])
    reference, unused = read_reference(outline, [*parts.head, *unread, *beside])
    _add_text(outline, parts, evidence)
    _warn_of_unread(outline, parts, unused)
    warnings = tuple(sorted(outline.warnings, key=lambda warning: warning.line))
    return ParsedPaper(reference, subject, tuple(consultations), tuple(outline.sections), warnings)


def _content(source: Path | str | bytes, filename: str) -> bytes:
    if isinstance(source, bytes):
        return source
    path = Path(source)
    name = excerpt(filename or path.name)
    if not path.exists():
        raise NotAPaper([f"Die Datei {name} gibt es nicht. Prüfen Sie Name und Ordner."])
    if path.is_dir():
        raise NotAPaper([f"{name} ist ein Ordner. Geben Sie die Datei an, in der die Vorlage steht."])
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotAPaper([f"Die Datei {name} darf oder kann nicht gelesen werden. Prüfen Sie ihre Rechte."]) from error


def _split(lines: Sequence[Line]) -> _Parts:
    parts = _Parts()
    part: Part | None = None
    for line in lines:
        label = _label(line, part, parts)
        if label is None:
            (parts.lines[part] if part else parts.head).append(line)
            continue
        part = label.part
        if part is Part.OTHER:
            parts.others.append((label, line))
        parts.labels.setdefault(part, (label, line))
        if label.rest:
            parts.lines[part].append(Line(line.number, label.rest))
    return parts


def _label(line: Line, current: Part | None, parts: _Parts) -> Label | None:
    """The label on this line, unless the part we are in may hold such a line as its text."""
    if current is not Part.CONSULTATIONS and not parts.has_text(Part.CONSULTATIONS) and is_table_head(line):
        return Label(Part.CONSULTATIONS, "", line.text)
    label = read_label(line)
    if label is None or label.part is current:
        return None
    if current is Part.REASONS:
        is_late_sequence = label.part is Part.CONSULTATIONS and not parts.has_text(Part.CONSULTATIONS)
        return label if is_late_sequence else None
    if current is Part.RESOLUTION and label.part is Part.SUBJECT:
        return None
    return label


def _refuse_without_core(parts: _Parts) -> None:
    reasons = []
    if not parts.has_text(Part.SUBJECT):
        reasons.append(_at(parts, Part.SUBJECT) + _NO_SUBJECT)
    if not parts.has_text(Part.RESOLUTION):
        reasons.append(_at(parts, Part.RESOLUTION) + _NO_RESOLUTION)
    if reasons and not parts.has_text(Part.CONSULTATIONS):
        reasons.append(_NO_CONSULTATIONS)
    if reasons:
        raise NotAPaper(reasons)


def _at(parts: _Parts, part: Part) -> str:
    return f"Zeile {parts.labels[part][1].number}: " if part in parts.labels else ""


def _read_subject(outline: Outline, lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """The first paragraph below the label, and the lines after it."""
    start = next(index for index, line in enumerate(lines) if not line.is_blank)
    end = next((index for index in range(start, len(lines)) if lines[index].is_blank), len(lines))
    return outline.clean(" ".join(bare(line.text) for line in lines[start:end])), list(lines[end:])


def _add_text(outline: Outline, parts: _Parts, evidence: Evidence) -> None:
    """Resolution, reasons and annexes; the annexes stand behind whichever of the two comes last."""
    resolution, reasons = parts.lines[Part.RESOLUTION], parts.lines[Part.REASONS]
    annexes: list[Annex] = []
    if Part.REASONS not in parts.labels:
        outline.warn(resolution[-1].number, "Die Begründung fehlt: Es gibt keine Zeile „Begründung:“.")
        resolution, annexes = split_annexes(outline, resolution)
    add_resolution(outline, _title(parts, Part.RESOLUTION), to_blocks(resolution))
    if Part.REASONS in parts.labels:
        reasons, annexes = split_annexes(outline, reasons)
        outline.add(REASONS_CHAPTER, "heading", _title(parts, Part.REASONS))
        add_passages(outline, REASONS_CHAPTER, to_blocks(reasons))
    for annex in annexes:
        add_annex(outline, annex, evidence)


def _title(parts: _Parts, part: Part) -> str:
    return parts.labels[part][0].name


def _warn_of_unread(outline: Outline, parts: _Parts, unused: Sequence[Line]) -> None:
    for line in unused:
        if not line.is_blank and not is_rule(line) and not is_sheet_title(line):
            outline.warn(line.number, f"Diese Zeile wurde nicht gelesen: {excerpt(line.text)}")
    for label, line in parts.others:
        outline.warn(line.number, f"Der Abschnitt {excerpt(label.name)} wurde nicht gelesen.")
    if not parts.has_text(Part.CONSULTATIONS):
        outline.warn(1, re.sub(r"Ergänzen Sie sie, oder t", "T", _NO_CONSULTATIONS))
