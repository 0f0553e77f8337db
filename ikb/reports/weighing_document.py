"""The weighing table as files: DOCX and PDF section by section, XLSX in one sheet to sort and filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ikb.core.clock import berlin_day
from ikb.core.formatted import as_plain
from ikb.procedures.words import Words
from ikb.reports.pdf import Group, tables_pdf
from ikb.reports.weighing_rows import Row, by_section
from ikb.tables.written import as_xlsx
from ikb.web.filters import day, day_long, plural
from ikb.web.labels import label

WIDTHS = (3.9, 6.3, 6.3, 2.6, 4.1, 2.5)  # centimetres, together a page across


def head_of(words: Words) -> tuple[str, ...]:
    """The columns in DOCX and PDF."""
    return ("Wer", "Was gesagt wurde", "Was gewünscht wird", words.noun, "Begründung", "Stand")


def sheet_head_of(words: Words) -> tuple[str, ...]:
    """The columns of the sheet."""
    return (
        "Abschnitt", "Wer", "Art", "Quelle", "Zu Fassung", "Was gesagt wurde", "Wunsch", "Wortlaut",
        words.noun, "Begründung", "Stufe", "Entschieden am", "Entschieden von", "Wirkung",
    )  # fmt: skip


def docx_of(title: str, lead: Sequence[str], rows: Iterable[Row], words: Words, now: datetime) -> bytes:
    """As DOCX, across; each section under a heading with a table of its own."""
    from ikb.reports.documents import Paper  # late: decision 79

    paper = Paper(title, now, landscape=True)
    for line in lead:
        paper.text(line)
    for section in by_section(rows):
        paper.heading(section.name)
        paper.table(head_of(words), map(cells, section.rows), WIDTHS)
    return paper.as_bytes()


def pdf_of(title: str, lead: Sequence[str], rows: Iterable[Row], words: Words, now: datetime) -> bytes:
    """As tagged PDF, built the same way."""
    groups = (Group(section.name, map(cells, section.rows)) for section in by_section(rows))
    return tables_pdf(title, lead, head_of(words), groups, WIDTHS, now)


def xlsx_of(rows: Iterable[Row], words: Words) -> bytes:
    """As one sheet."""
    return as_xlsx(words.table, sheet_head_of(words), map(sheet_cells, rows))


def lead_of(rows: Sequence[Row], chosen: Sequence[str], now: datetime, *, is_anonymised: bool) -> list[str]:
    """What stands above the table: as of when, how many, what was chosen, and what the reader must know."""
    still_open = sum(not row.outcome for row in rows)
    told = f"Stand: {day_long(berlin_day(now))}. {plural(len(rows), 'Anmerkung', 'Anmerkungen')}"
    lines = [f"{told}, davon {still_open} noch offen." if still_open else f"{told}, über alle ist entschieden."]
    if not rows:
        lines = [f"{told}."]
    if chosen:
        lines.append(f"Ausgewählt: {'; '.join(chosen)}.")
    if is_anonymised:
        lines.append("Institutionen stehen hier mit ihrer Art und einer Nummer.")
    return lines


def cells(row: Row) -> tuple[str, ...]:
    """A row as it stands in DOCX and PDF, under `head_of`."""
    return (
        f"{row.who}\n{row.source}" if row.source else row.who,
        row.said,
        wish_in_words(row),
        row.outcome_in_words,
        as_plain(row.reason),
        stand_of(row),
    )


def sheet_cells(row: Row) -> tuple[object, ...]:
    """A row as it stands in the sheet, under `sheet_head_of`."""
    wish = label("wish", row.wish) if row.wish else ""
    stage = label("stage", row.stage) if row.stage else ""
    return (
        row.section, row.who, row.kind_in_words, row.source, row.version, row.said, wish, row.wording,
        row.outcome_in_words, as_plain(row.reason), stage, day(row.decided_on, ""), row.decided_by, row.effect,
    )  # fmt: skip


def wish_in_words(row: Row) -> str:
    """`andere Formulierung: …`; empty where no other text is asked for."""
    if not row.wish:
        return ""
    wish = label("wish", row.wish)
    return f"{wish}: {row.wording}" if row.wording else wish


def stand_of(row: Row) -> str:
    """On which version it was said, who decided when, and where it went."""
    lines = [f"zu Fassung {row.version}"]
    if row.decided_on is not None:
        lines.append(f"{label('stage', row.stage)}, {day(row.decided_on)}")
    if row.decided_by:
        lines.append(row.decided_by)
    if row.effect:
        lines.append(f"beantwortet mit {row.effect}")
    return "\n".join(lines)
