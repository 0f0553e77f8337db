"""Words people read: every act in the journal and every thing it can be about has a German name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ikb.db import Base
from ikb.journal import words
from ikb.web.labels import LABELS

IKB = Path(__file__).parents[2] / "ikb"


def _acts() -> Iterator[str]:
    """The first argument of every call of `journal.record`, or of a room's `_note` around it, where it is written out."""
    for path in IKB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in ("journal.record", "record", "_note", "_record")
                and node.args
            ):
                yield from _texts(node.args[0])


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_act_in_the_journal_has_a_name(app):
    acts = set(_acts())
    assert len(acts) > 10

    assert sorted(acts - set(LABELS.get("journal_action", {})) - set(words.NAMES)) == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_thing_that_can_be_journalled_has_a_name(app):
    # Rows that only hang on others are never the subject of an act.
    parts = {
        "role_grant", "login_session", "account_token", "journal_entry", "journal_head", "delivery_attempt", "heartbeat",
        "section", "section_link", "change", "procedure_lead", "contact", "clerk", "receipt", "section_outcome",
        "answered_remark", "organization_name", "meeting_organization", "minutes_extract", "reminder_step",
        "mail_pace", "group_vote", "point_vote", "motion", "motion_wording", "changed_since_answer",
        "calendar_entry", "calendar_content", "source_link", "sync_run", "sync_fault",
        "returned_mail", "returns_mailbox", "release_step", "withdrawal", "attachment", "standing_invitation",
        "own_wording",
        "guiding_question", "remark_translation", "published_name", "late_signature",
        "section_grouping", "argument_member",
        "text_module_version", "text_module_use", "consideration_release",
        "assignment", "saved_view", "bulk_answer",
        "extension_request",
        "opinion_subject",
    }  # fmt: skip
    tables = {table.name for table in Base.metadata.tables.values()}

    assert sorted(tables - parts - set(LABELS["subject"])) == []


WEIGHING = re.compile(r"Auswertung|Abwägung|ausgewertet|abgewogen|Ausgewertet|Abgewogen")
SAYS_THEM = {
    "ikb/procedures/words.py",
    "ikb/consolidation/routes.py",
}  # where they are kept; the key of the navigation's entry


def test_nothing_says_plainly_what_a_procedure_calls_its_weighing():
    pages = [page for page in (IKB.parent / "templates").rglob("*") if page.suffix in (".html", ".txt", ".typ")]
    modules = [path for path in IKB.rglob("*.py") if "demo" not in path.parts]
    assert len(pages) > 100

    said = [path for path in [*pages, *modules] if WEIGHING.search(path.read_text(encoding="utf-8"))]

    assert {str(path.relative_to(IKB.parent)) for path in said} == SAYS_THEM
