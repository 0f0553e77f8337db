"""The Beratungsfolge: as a form's table or as the list that council information systems print.

A blank committee cell belongs to the committee above it. A committee may have no date yet.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ikb.drafts.importers.blocks import cells_of, is_rule
from ikb.drafts.importers.consultation_words import (
    DATE,
    MONTH,
    kind_of,
    looks_like_committee,
    means_no_date,
    part_role,
    read_date,
    read_public,
)
from ikb.drafts.importers.lines import Line
from ikb.drafts.importers.outline import Outline
from ikb.drafts.importers.parsed import ParsedConsultation, excerpt

_COLUMNS = {
    "organization": re.compile(r"gremi(?:um|en)|beratende[sr]? gremium|ausschuss|organ|beratungsfolge"),
    "date": re.compile(r"sitzung(?:s?(?:datum|termin|tag))?(?: am)?|(?:beratungs)?(?:datum|termin)|tag"),
    "public": re.compile(r"beratung|status|öffentlichkeit(?:sstatus)?|ö-?status|ö ?/ ?n|sitzungsart|öffentlich"),
    "role": re.compile(
        r"zuständigkeit|rolle|beratungs(?:art|funktion|zweck|zuständigkeit)|funktion|art der beratung|behandlung"
    ),
    "result": re.compile(r"(?:beratungs|abstimmungs|beschluss)?ergebnis|beschluss(?:art)?|abstimmung"),
}
_STRONG = re.compile(r"\t+|\s{2,}|\s*\|\s*|\s*;\s*")
_WEAK = re.compile(r"(\s*,\s+|\s+[–—-]\s+|(?<!\bJa)(?<!\bNein)(?<!Enthaltungen)(?<!Enthaltung):\s+)")
_LONGEST_LINE, _LONGEST_NAME = 400, 120  # characters; what is longer is running text
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MARK = re.compile(rf"^\s*(?:[-–•*▪○]\s+|\d{{1,2}}[.)]\s+(?=\D)(?!{MONTH}\b))")
_STATUS_FIRST = re.compile(r"(Ö|N|NÖ|ö|n|nö)\s+(?=\S{3})")
_UNFINISHED = re.compile(r"(?:\b(?:und|u\.|für|der|des)|,|-)$")


@dataclass
class _Row:
    """One printed line of the Beratungsfolge, taken apart; dates still as printed."""

    line: int
    organization: str = ""
    date: str = ""
    public: bool | None = None
    role: str | None = None
    result: str | None = None

    @property
    def is_name_only(self) -> bool:
        return bool(self.organization) and not (self.date or self.role or self.result) and self.public is None


def is_table_head(line: Line) -> bool:
    """Whether the line is the head of a table of committees: it names the committee and at least the date."""
    return {"organization", "date"} <= _columns(line).keys()


def read_consultations(outline: Outline, lines: Sequence[Line]) -> tuple[list[ParsedConsultation], list[Line]]:
    """The steps in printed order, and the lines behind the Beratungsfolge that are no part of it."""
    reader = _Reader(outline)
    for index, line in enumerate(lines):
        if line.is_blank or is_rule(line):
            continue
        if not reader.take(line):
            return reader.steps(), list(lines[index:])
    return reader.steps(), []


def _columns(line: Line) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(_head_cells(line)):
        name = next((name for name, pattern in _COLUMNS.items() if pattern.fullmatch(cell.lower().rstrip(":"))), None)
        if name:
            columns.setdefault(name, index)
    return columns


def _head_cells(line: Line) -> list[str]:
    cells = list(cells_of(line))
    return cells if len(cells) > 1 else re.split(r"\s{2,}", line.text.strip())


class _Reader:
    """Reads line after line; knows the table's columns, if it has any, and the committee above."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.columns: dict[str, int] = {}
        self.rows: list[_Row] = []

    def take(self, line: Line) -> bool:
        """Read one line; False if the Beratungsfolge has ended before it."""
        if (columns := _columns(line)).keys() >= {"organization", "date"}:
            self._take_head(line, columns)
            return True
        cells = cells_of(line)
        row = self._by_column(line, cells) if self.columns and len(cells) > 1 else self._by_content(line)
        if row is None:
            return False
        self._place(row)
        return True

    def _take_head(self, line: Line, columns: dict[str, int]) -> None:
        is_repeated = bool(self.columns)
        self.columns = columns if len(cells_of(line)) > 1 else {}
        for index, name in enumerate(_head_cells(line)):
            if name and index not in columns.values() and not is_repeated:
                self.outline.warn(line.number, f"Die Spalte {excerpt(name)} der Beratungsfolge wurde nicht gelesen.")

    def _by_column(self, line: Line, cells: Sequence[str]) -> _Row:
        clean = self.outline.clean
        texts = {name: clean(cells[index]) if index < len(cells) else "" for name, index in self.columns.items()}
        row = _Row(line.number, texts["organization"], texts["date"])
        row.role, row.result = _said(texts.get("role", "")), _said(texts.get("result", ""))
        for word in re.split(r"\s*[,;/]\s*", texts.get("public", "")):
            self._add_status(row, word)
        return row

    def _add_status(self, row: _Row, word: str) -> None:
        """A word of the column that says public or not, and in some forms the role instead."""
        kind = kind_of(word)
        if kind == "public":
            row.public = read_public(word)
        elif kind == "role" and row.role is None:
            row.role = word
        elif word and kind != "no_date":
            self.outline.warn(row.line, f"{excerpt(word)} sagt nicht, ob die Sitzung öffentlich ist.")

    def _by_content(self, line: Line) -> _Row | None:
        """A line without columns, its pieces told apart by what they say; None if it is no consultation."""
        if len(line.text) > _LONGEST_LINE:
            return None
        row = _Row(line.number)
        unknown: list[str] = []
        for piece in _pieces(_MARK.sub("", line.text, count=1)):
            _add_piece(row, piece, unknown)
        if not (row.date or row.role or row.public is not None or looks_like_committee(row.organization)):
            return None
        if len(row.organization) > _LONGEST_NAME or (row.organization and _is_sentence(row)):
            return None
        for text in unknown:
            self.outline.warn(line.number, f"{excerpt(text)} in der Beratungsfolge wurde nicht gelesen.")
        return row

    def _place(self, row: _Row) -> None:
        above = self.rows[-1] if self.rows else None
        if above and row.is_name_only and _UNFINISHED.search(above.organization):
            above.organization = f"{above.organization} {row.organization}"
        elif above and not row.organization and above.is_name_only and not self.columns:
            above.date, above.public, above.role, above.result = row.date, row.public, row.role, row.result
        elif row.organization or above:
            row.organization = row.organization or (above.organization if above else "")
            self.rows.append(row)
        else:
            said = row.date or row.role or "öffentlich"
            self.outline.warn(
                row.line,
                f"Diese Zeile der Beratungsfolge ({said}) nennt kein Gremium, und über ihr steht keines. "
                "Sie wurde nicht gelesen.",
            )

    def steps(self) -> list[ParsedConsultation]:
        return [self._step(position, row) for position, row in enumerate(self.rows, start=1)]

    def _step(self, position: int, row: _Row) -> ParsedConsultation:
        day = read_date(row.date)
        if day is None and not means_no_date(row.date):
            self.outline.warn(
                row.line, f"{excerpt(row.date)} nennt keinen Tag im Kalender. Bitte tragen Sie das Datum nach."
            )
        organization = self.outline.clean(row.organization)
        return ParsedConsultation(position, organization, day, row.public, row.role, row.result)


def _said(cell: str) -> str | None:
    """A cell's text; None for a blank one and for a dash that stands for nothing."""
    return cell if cell.strip("-–—./ _") else None


def _is_sentence(row: _Row) -> bool:
    return row.organization.endswith(".") and not row.date


def _add_piece(row: _Row, piece: str, unknown: list[str]) -> None:
    """Put one piece of a line where it belongs; what is left over becomes the result if there is none."""
    kind = kind_of(piece)
    if kind == "date" and not row.date:
        row.date = piece
    elif kind == "public":
        row.public = read_public(piece)
    elif kind == "role" and row.role is None:
        row.role = piece
    elif kind == "role" and row.result is None and row.role and "Lesung" in piece:
        row.role = f"{row.role} ({piece})"
    elif kind is None and not row.organization:
        row.organization = piece
    elif kind != "no_date" and row.result is None and (row.role or row.date or kind == "result"):
        row.result = piece
    elif kind == "result" and row.result:
        row.result = f"{row.result}, {piece}"
    elif kind != "no_date":
        unknown.append(piece)


def _pieces(text: str) -> Iterator[str]:
    for strong in _STRONG.split(text.strip()):
        if kind_of(strong) in ("role", "public", "date"):
            yield strong
            continue
        bare = _BRACKETS.sub(
            lambda match: f"\t{match[1]}\t" if kind_of(match[1]) not in (None, "no_date") else match[0], strong
        )
        for part in DATE.sub(lambda match: f"\t{match[0]}\t", bare).split("\t"):
            yield from _loosened(part.strip(" ,;:–-"))


def _loosened(part: str) -> Iterator[str]:
    """A part taken apart at commas, dashes and colons, but only where something known begins or ends."""
    if (parted := part_role(part)) and not any(kind_of(piece) for piece in _WEAK.split(parted[0])[::2] if piece):
        yield from _named(part)
        return
    name = ""
    fragments = _WEAK.split(part)
    for fragment, separator in zip(fragments[::2], [*fragments[1::2], ""], strict=True):
        if kind_of(fragment) is None:
            name += fragment + separator
            continue
        yield from _named(name)
        name = ""
        if fragment.strip():
            yield fragment.strip()
    yield from _named(name)


def _named(text: str) -> Iterator[str]:
    """A committee's name, with a status before it or a role behind it split off."""
    text = text.strip(" ,;:–-") if not text.rstrip().endswith("-") else text.strip()
    if status := _STATUS_FIRST.match(text):
        yield status[1]
        text = text[status.end() :]
    if parted := part_role(text):
        yield from (piece.rstrip(" ,;:–") for piece in parted if piece)
    elif text:
        yield text
