"""What was handed in leaves the house redacted: whoever prints, exports or publishes takes it from `remarks.outgoing`."""

from __future__ import annotations

import ast
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ikb.accounts.model import Role
from ikb.accounts.policy import routes
from ikb.core.redaction import Span
from ikb.db import transaction
from ikb.journal.service import SYSTEM
from ikb.remarks import redactions
from ikb.remarks.redaction_model import Part, Reason
from tests.factories import (
    MADE_AT,
    make_consultation,
    make_draft,
    make_institution,
    make_invitation,
    make_paper,
    make_phase,
    make_procedure,
    make_statement,
    make_user,
    make_version,
)

IKB = Path(__file__).parents[2] / "ikb"
TEMPLATES = IKB.parent / "templates"
OWN_TEXTS = {"comment", "proposed_text", "author_name", "authors"}
# Rooms whose pages and files are read by others than the leads.
OUTER_ROOMS = ("reports", "public", "oparl", "calendars", "opinions")
# What a module imports if it writes files for others.
WRITERS = ("docx", "openpyxl", "typst", "csv", "ikb.tables.written", "ikb.tables.typeset", "ikb.reports.documents")
# Modules that write files and may touch the texts themselves, each with its reason.
INSIDE = {
    "statements/receipt_pages.py": "goes back to whoever said it",
    "statements/receipt_pdf.py": "goes back to whoever said it",
}
PAGES_INSIDE = {"result.html": "behind the institution's own link"}


def _outlets() -> Iterator[Path]:
    for path in sorted(IKB.rglob("*.py")):
        room = path.relative_to(IKB).parts[0]
        writes = room not in ("core", "demo", "tables") and any(
            module.split(".")[0] in WRITERS or module in WRITERS for module in _imports(path)
        )
        if (room in OUTER_ROOMS or writes) and str(path.relative_to(IKB)) not in INSIDE:
            yield path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_outlet_touches_the_texts_of_remarks():
    outlets = list(_outlets())
    assert len(outlets) > 20

    found = [
        f"{path.relative_to(IKB)}:{node.lineno} .{node.attr}: take it from remarks.outgoing"
        for path in outlets
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in OWN_TEXTS
    ]

    assert found == []


@pytest.mark.parametrize("room", OUTER_ROOMS)
def test_no_page_for_others_does_either(room):
    pages = list((TEMPLATES / room).glob("*.html"))

    found = [page.name for page in pages if any(f".{name}" in page.read_text() for name in OWN_TEXTS)]

    assert sorted(set(found) - set(PAGES_INSIDE)) == []


# --- and one thing that must not leave is followed through every door ---------------------------------------------------

BEE = "Hummelkönigin"


@pytest.fixture
def lead(app):
    return make_user([Role.LEAD, Role.SECRETARY, Role.ADMINISTRATOR])


@pytest.fixture
def addresses(app, lead) -> dict[str, int]:
    """A procedure with one statement whose every text holds the word, blacked out; and the numbers of its pages."""
    procedure = make_procedure([lead], summary="Es geht um alles.")
    version = make_version(make_draft(procedure))
    paper = make_paper(version, procedure)
    step = make_consultation(procedure, held_on=date(2030, 6, 12))
    phase = make_phase(version)
    invitation = make_invitation(phase, make_institution("Imkerverein"))
    said = f"Sagt die {BEE} selbst."
    statement = make_statement(
        invitation,
        [
            {"comment": said, "stance": "oppose"},
            {"anchor": "bp-2", "comment": "", "wish": "replace", "proposed_text": said},
        ],
        author_name=BEE,
    )
    at = said.index(BEE)
    with transaction():
        for remark in statement.remarks:
            part = Part.COMMENT if remark.comment else Part.WORDING
            redactions.mark(remark, part, [Span(at, at + len(BEE))], Reason.PERSON, by=SYSTEM, now=MADE_AT)
    return {
        "procedure_id": procedure.id,
        "version_id": version.id,
        "paper_id": paper.id,
        "consultation_id": step.id,
        "agenda_item_id": step.agenda_item_id,
        "phase_id": phase.id,
        "invitation_id": invitation.id,
        "institution_id": invitation.institution_id,
        "statement_id": statement.id,
        "organization_id": step.organization_id,
        "base_id": version.id,
    }


def _paths(app, addresses) -> Iterator[tuple[str, bool]]:
    """Every address that can be built from the numbers, and whether everybody may ask for it."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= set(addresses):
                values = {name: addresses[name] for name in rule.arguments}
                roles = next(one["roles"] for one in routes(app) if one["endpoint"] == rule.endpoint)
                yield rule.build(values)[1], "public" in roles


def _text_of(answer) -> str:
    """What a reader of the file sees: of a packed one, every text in it."""
    if answer.data[:2] != b"PK":
        return answer.data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_blacked_out_is_in_no_file_and_on_no_page_for_others(app, as_user, client, lead, addresses, wakeups):
    browser, files, leaks = as_user(lead), 0, []
    for path, is_public in _paths(app, addresses):
        answer = client.get(path) if is_public else browser.get(path)
        is_file = answer.mimetype != "text/html" or "attachment" in answer.headers.get("Content-Disposition", "")
        is_outer = is_public or path.endswith(("/kurzinfo", "/uebersicht"))
        if answer.status_code != 200 or not (is_file or is_outer):
            continue
        files += is_file
        if BEE in _text_of(answer) or json.dumps(BEE)[1:-1] in _text_of(answer):
            leaks.append(path)

    assert files > 5, "the files for others must be among what was asked for"
    assert leaks == []
