"""Answers to guiding questions: remarks of the statement, each with its question and its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ikb.core.languages import LANGUAGES, is_german
from ikb.db import db
from ikb.errors import Conflict, Implausible
from ikb.institutions import service as institutions
from ikb.institutions.model import Invitation
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.remarks import service as remarks
from ikb.remarks.model import Remark
from ikb.remarks.service import Said
from ikb.remarks.translation_model import RemarkTranslation
from ikb.statements import guide, queries, service
from ikb.statements.guide_model import GuidingQuestion
from ikb.statements.model import Release, Statement, StatementState

LONGEST_TRANSLATION = 40_000


@dataclass(frozen=True)
class Written:
    """What somebody wrote to one question. row_version: of the answer that they saw, 0 where there was none."""

    text: str
    row_version: int = 0


class AnswersConflict(Conflict):
    """Somebody else answered some of the questions meanwhile; nothing was stored. theirs_by: by question."""

    def __init__(self, theirs_by: Mapping[int, str]) -> None:
        super().__init__(
            "Eine Antwort wurde inzwischen an anderer Stelle geändert. Beide Texte stehen hier; es wurde nichts "
            "überschrieben. Wenn Sie noch einmal speichern, gilt Ihr Text."
        )
        self.theirs_by = theirs_by


def answers_in(statement: Statement | None) -> dict[int, Remark]:
    """The answers of a statement, by question."""
    if statement is None:
        return {}
    rows = select(Remark).where(Remark.statement_id == statement.id, Remark.question_id.is_not(None))
    found = db.session.scalars(rows.execution_options(populate_existing=True))
    return {remark.question_id: remark for remark in found if remark.question_id is not None}


def standing(invitation: Invitation) -> Statement | None:
    """The statement that is being written, else the one that counts."""
    statements = queries.of_invitation(invitation.id)
    draft = next((row for row in statements if row.state == StatementState.DRAFT), None)
    return draft or service.latest_in_force(statements)


def save(
    invitation: Invitation, language: str, written: Mapping[int, Written], *, author: str = "", now: datetime
) -> int:
    """Store answers, by question; an empty one is taken back. Returns how many there are now. The row is locked.

    language: in which they are written, as a tag.
    Raises AnswersConflict where somebody else was faster, Implausible for a language or a length that cannot be; then
    nothing is stored. What `begin` raises.
    """
    service.refuse_before_opening(invitation, now)
    if language not in LANGUAGES:
        raise Implausible("Wählen Sie eine der Sprachen aus der Liste.", "language")
    for one in written.values():
        remarks.refuse_if_too_long(one.text, "answers")
    asked = {question.id: question for question in guide.questions_of(invitation.phase_id)}
    stored = answers_in(standing(invitation))
    changed = {
        number: one
        for number, one in written.items()
        if number in asked and _differs(stored.get(number), one, language)
    }
    _refuse_if_changed(stored, changed)
    if not changed:
        return len(stored)
    draft = service.begin(invitation, now=now)
    stored = answers_in(draft)
    for number, one in changed.items():
        _keep(draft, asked[number], stored.get(number), one.text.strip(), language, author, now)
    draft.changed_at = now
    institutions.advance(invitation, service.STATE_OF_DRAFT[Release(draft.release)], now=now)
    db.session.flush()
    return len(answers_in(draft))


def _differs(stored: Remark | None, one: Written, language: str) -> bool:
    text = one.text.strip()
    if stored is None:
        return bool(text)
    return stored.comment != text or (stored.language != language and bool(text))


def _refuse_if_changed(stored: Mapping[int, Remark], changed: Mapping[int, Written]) -> None:
    versions = {number: stored[number].row_version if number in stored else 0 for number in changed}
    theirs = {
        number: stored[number].comment if number in stored else "(gelöscht)"
        for number, one in changed.items()
        if versions[number] != one.row_version
    }
    if theirs:
        raise AnswersConflict(theirs)


def _keep(
    draft: Statement,
    question: GuidingQuestion,
    stored: Remark | None,
    text: str,
    language: str,
    author: str,
    now: datetime,
) -> None:
    if stored is not None and not text:
        remarks.remove(stored, row_version=stored.row_version)
        return
    if stored is None:
        version_id = draft.invitation.version_id
        stored = remarks.add(
            Said(comment=text),
            draft_version_id=version_id,
            anchor=question.anchor,
            statement_id=draft.id,
            author=author,
            now=now,
        )
    else:
        remarks.edit(stored, Said(comment=text), row_version=stored.row_version, author=author)
    stored.question_id, stored.language, stored.translation = question.id, language, ""


def translate(
    remark: Remark, statement: Statement, text: str, *, seen: int, user_id: int, by: Actor, now: datetime
) -> RemarkTranslation:
    """Say in German what a remark says in another language; it is the text that everybody works with from now on.

    seen: the number of the translation that the translator saw, 0 for none; every one there was is kept.
    Raises Implausible for a remark in German, an empty or too long text, Conflict if somebody else was faster.
    """
    text = text.replace("\r\n", "\n").strip()
    if is_german(remark.language):
        raise Implausible("Diese Anmerkung ist auf Deutsch; sie braucht keine Übersetzung.", "text")
    if not text or len(text) > LONGEST_TRANSLATION:
        raise Implausible(f"Schreiben Sie die Übersetzung, höchstens {LONGEST_TRANSLATION} Zeichen.", "text")
    db.session.refresh(remark, with_for_update=True)
    newest = db.session.scalar(
        select(func.max(RemarkTranslation.number)).where(RemarkTranslation.remark_id == remark.id)
    )
    if (newest or 0) != seen:
        raise Conflict(
            "Inzwischen hat jemand anders übersetzt. Beide Texte stehen hier; es wurde nichts überschrieben.",
            theirs=remark.translation,
            mine=text,
        )
    row = RemarkTranslation(
        remark_id=remark.id, number=seen + 1, text=text, translated_at=now, translated_by_id=user_id
    )
    remark.translation = text
    db.session.add(row)
    db.session.flush()
    facts = {"remark": remark.id, "number": row.number, "language": remark.language}
    procedure_id = statement.invitation.phase.procedure_id
    journal.record("remark translated", statement, by=by, now=now, procedure_id=procedure_id, facts=facts)
    return row


def newest_translations(remark_ids: Sequence[int]) -> dict[int, RemarkTranslation]:
    """The translation that counts of each remark that has one."""
    rows = (
        select(RemarkTranslation).where(RemarkTranslation.remark_id.in_(remark_ids)).order_by(RemarkTranslation.number)
    )
    return {row.remark_id: row for row in db.session.scalars(rows)}
