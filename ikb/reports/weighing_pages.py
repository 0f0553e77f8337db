"""The weighing table on the screen and as files, with the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ikb.accounts.model import Role
from ikb.accounts.policy import allow
from ikb.consolidation.doors import Place, place_of
from ikb.core.word.file import MIME
from ikb.errors import NotFound
from ikb.moment import now
from ikb.procedures.words import Words
from ikb.procedures.words import of as words_of
from ikb.reports import weighing_document
from ikb.reports.blueprint import as_download, bp
from ikb.reports.weighing_rows import BODY, OPEN, Filter, Row, anonymised, by_section, rows_of
from ikb.tables.typeset import PDF_TYPE
from ikb.tables.written import XLSX_TYPE
from ikb.web.labels import LABELS
from ikb.web.paging import cut, page_number

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Table:
    """What was asked for: the rows of a draft, those that the filter wants, and the words for it."""

    place: Place
    everything: list[Row]
    wanted: Filter
    is_anonymised: bool

    @property
    def rows(self) -> list[Row]:
        return [row for row in self.everything if self.wanted.wants(row)]

    @property
    def words(self) -> Words:
        return words_of(self.place.procedure)

    @property
    def title(self) -> str:
        return f"{self.words.table}: {self.place.draft.title if self.place.draft else self.place.procedure.title}"

    @property
    def chosen(self) -> list[str]:
        """The filter in words."""
        sections, kinds, outcomes = (dict(found) for found in self.choices.values())
        named = [(sections, self.wanted.anchor), (kinds, self.wanted.kind), (outcomes, self.wanted.outcome)]
        return [names.get(code, code) for names, code in named if code]

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be filtered by, each as (code, words)."""
        sections = dict.fromkeys((row.anchor, row.section) for row in self.everything)
        kinds = sorted({(row.kind, row.kind_in_words) for row in self.everything}, key=lambda one: one[1].casefold())
        outcomes = [(OPEN, "noch offen"), *LABELS["consideration"].items()]
        return {"abschnitt": list(sections), "art": kinds, "ergebnis": outcomes}

    @property
    def values(self) -> dict[str, Any]:
        """The filter as an address carries it."""
        own = {"abschnitt": self.wanted.anchor, "art": self.wanted.kind, "ergebnis": self.wanted.outcome}
        chosen = {name: value for name, value in own.items() if value}
        return self.place.values | chosen | ({"anonym": "1"} if self.is_anonymised else {})


def _table(procedure_id: int) -> Table:
    place = place_of(procedure_id)
    rows = rows_of(place.base) if place.base else []
    veiled = request.args.get("anonym") == "1"
    wanted = Filter(*(request.args.get(name, "") for name in ("abschnitt", "art", "ergebnis")))
    return Table(place, anonymised(rows) if veiled else rows, wanted, veiled)


@bp.get("/verfahren/<int:procedure_id>/auswertungstabelle")
@allow(Role.LEAD)
def weighing(procedure_id: int) -> ResponseReturnValue:
    """Every remark with what became of it, section by section."""
    table = _table(procedure_id)
    page = cut(table.rows, page_number(request.args), ROWS_PER_PAGE)
    return render_template(
        "reports/weighing.html",
        procedure=table.place.procedure,
        table=table,
        page=page,
        sections=by_section(page.items),
        still_open=sum(not row.outcome for row in table.rows),
        wish=weighing_document.wish_in_words,
        body=BODY,
    )


@bp.get("/verfahren/<int:procedure_id>/auswertungstabelle.<any(docx, xlsx, pdf):ending>")
@allow(Role.LEAD)
def weighing_file(procedure_id: int, ending: str) -> ResponseReturnValue:
    """The same as a file, with the filter of the page."""
    table = _table(procedure_id)
    if table.place.base is None:
        raise NotFound("Von diesem Verfahren ist noch keine Fassung herausgegeben.")
    return _file(table, ending, f"{table.words.file}-{procedure_id}.{ending}")


def _file(table: Table, ending: str, name: str) -> Response:
    at, rows = now(), table.rows
    if ending == "xlsx":
        return as_download(weighing_document.xlsx_of(rows, table.words), name, XLSX_TYPE)
    lead = weighing_document.lead_of(rows, table.chosen, at, is_anonymised=table.is_anonymised)
    if ending == "pdf":
        return as_download(weighing_document.pdf_of(table.title, lead, rows, table.words, at), name, PDF_TYPE)
    return as_download(weighing_document.docx_of(table.title, lead, rows, table.words, at), name, MIME)
