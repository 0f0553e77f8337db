"""The short way: what a phase asks, in which languages, and how the lead writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.core.languages import GERMAN, LANGUAGES, Language
from ikb.db import db
from ikb.drafts import queries as drafts
from ikb.errors import Conflict, Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.model import ParticipationPhase
from ikb.remarks.model import Remark
from ikb.statements.guide_model import GuideText, GuidingQuestion

FEWEST, MOST = 3, 5
LONGEST_SUMMARY = 8_000  # two pages
LONGEST_QUESTION = 500


@dataclass(frozen=True)
class Asked:
    """One question as somebody reads it. language: in which it stands here, German where it was not translated."""

    id: int
    anchor: str | None
    text: str
    language: Language


@dataclass(frozen=True)
class Guide:
    """The short way of one phase in one language. languages: all in which it can be read."""

    language: Language
    summary: str
    summary_language: Language
    questions: Sequence[Asked]
    languages: Sequence[Language]


def texts_of(phase_id: int) -> dict[str, GuideText]:
    """Every wording of a phase's guide, by language."""
    rows = db.session.scalars(select(GuideText).where(GuideText.phase_id == phase_id))
    return {row.language: row for row in rows}


def questions_of(phase_id: int) -> list[GuidingQuestion]:
    """The questions of a phase in their order."""
    rows = select(GuidingQuestion).where(GuidingQuestion.phase_id == phase_id)
    return list(db.session.scalars(rows.order_by(GuidingQuestion.position)))


def is_offered(phase_id: int) -> bool:
    """Whether a phase has the short way."""
    rows = select(GuideText.id).where(GuideText.phase_id == phase_id, GuideText.language == GERMAN)
    return db.session.scalar(rows) is not None


def guide(phase_id: int, language: str) -> Guide | None:
    """What a phase asks, in a language or, where that is missing, in German; None where it has no short way."""
    texts = texts_of(phase_id)
    german = texts.get(GERMAN)
    if german is None:
        return None
    chosen = texts.get(language, german)
    spoken = LANGUAGES[chosen.language]
    return Guide(
        language=spoken,
        summary=chosen.summary or german.summary,
        summary_language=spoken if chosen.summary else LANGUAGES[GERMAN],
        questions=[_asked(question, chosen, german) for question in questions_of(phase_id)],
        languages=[one for tag, one in LANGUAGES.items() if tag in texts],
    )


def _asked(question: GuidingQuestion, chosen: GuideText, german: GuideText) -> Asked:
    place = question.position - 1
    text = chosen.questions[place] if place < len(chosen.questions) else ""
    language = chosen.language if text else GERMAN
    return Asked(question.id, question.anchor, text or german.questions[place], LANGUAGES[language])


def write(
    phase: ParticipationPhase,
    language: str,
    summary: str,
    questions: Sequence[str],
    anchors: Mapping[int, str | None],
    *,
    row_version: int,
    by: Actor,
    now: datetime,
) -> GuideText:
    """Write summary and questions in one language; German comes first.

    questions: by position; in German three to five, in other languages empty where German is to stand.
    anchors:   by position from 1, the section that an answer is about; only German says it.
    row_version: of the wording that the editor saw, 0 where there was none.
    Raises Implausible for what is missing or too long, NotReady for another language before German and for a German
    question that was answered already, Conflict with both texts if somebody else was faster.
    """
    texts = texts_of(phase.id)
    summary, asked = summary.strip(), _without_gaps([question.strip() for question in questions], language)
    _refuse_if_faulty(language, summary, asked, texts)
    stored = texts.get(language)
    _refuse_if_changed(stored, summary, asked, row_version)
    if language == GERMAN:
        _set_questions(phase, asked, anchors, stored)
    text = stored or GuideText(phase_id=phase.id, language=language)
    text.summary, text.questions = summary, asked
    db.session.add(text)
    db.session.flush()
    facts = {"language": language, "questions": len(asked)}
    journal.record("guide written", text, by=by, now=now, procedure_id=phase.procedure_id, facts=facts)
    return text


def _without_gaps(questions: list[str], language: str) -> list[str]:
    if language != GERMAN:
        return questions[:MOST]
    while questions and not questions[-1]:
        questions.pop()
    return questions


def _refuse_if_faulty(language: str, summary: str, questions: Sequence[str], texts: Mapping[str, GuideText]) -> None:
    if language not in LANGUAGES:
        raise Implausible("In dieser Sprache kann hier nicht gefragt werden.", "language")
    if language != GERMAN and GERMAN not in texts:
        raise NotReady("Schreiben Sie zuerst die deutsche Fassung; die anderen Sprachen folgen ihr.")
    if len(summary) > LONGEST_SUMMARY:
        raise Implausible(
            f"Die Zusammenfassung ist zu lang: {len(summary)} Zeichen, erlaubt sind {LONGEST_SUMMARY}, etwa zwei Seiten.",
            "summary",
        )
    if any(len(question) > LONGEST_QUESTION for question in questions):
        raise Implausible(f"Eine Frage hat mehr als {LONGEST_QUESTION} Zeichen. Fragen Sie kürzer.", "questions")
    if language == GERMAN:
        _refuse_if_incomplete(summary, questions)


def _refuse_if_incomplete(summary: str, questions: Sequence[str]) -> None:
    if not summary:
        raise Implausible("Die Zusammenfassung fehlt.", "summary")
    if not FEWEST <= len(questions) <= MOST or not all(questions):
        raise Implausible(f"Stellen Sie {FEWEST} bis {MOST} Fragen, ohne eine auszulassen.", "questions")


def _refuse_if_changed(stored: GuideText | None, summary: str, questions: Sequence[str], row_version: int) -> None:
    if (stored.row_version if stored else 0) == row_version:
        return
    raise Conflict(
        "Dieser Text wurde inzwischen von jemand anderem geändert. Beide stehen hier; es wurde nichts überschrieben.",
        theirs="\n\n".join([stored.summary, *stored.questions]) if stored else "(gelöscht)",
        mine="\n\n".join([summary, *questions]),
    )


def _set_questions(
    phase: ParticipationPhase, asked: Sequence[str], anchors: Mapping[int, str | None], stored: GuideText | None
) -> None:
    known = {section.anchor for section in drafts.sections_of(phase.draft_version_id)}
    there = {question.position: question for question in questions_of(phase.id)}
    answered = _answered(there.values())
    before = stored.questions if stored else []
    for position, text in enumerate(asked, 1):
        anchor = anchors.get(position)
        if anchor is not None and anchor not in known:
            raise Implausible("Diesen Abschnitt gibt es in der Fassung dieser Phase nicht.", "questions")
        question = there.pop(position, None)
        if question is None:
            db.session.add(GuidingQuestion(phase_id=phase.id, position=position, anchor=anchor))
        elif (before[position - 1], question.anchor) != (text, anchor):
            _refuse_if_answered(question, answered)
            question.anchor = anchor
    for question in there.values():
        _refuse_if_answered(question, answered)
        db.session.delete(question)
    db.session.flush()


def _answered(questions: Iterable[GuidingQuestion]) -> set[int]:
    ids = [question.id for question in questions]
    rows = select(Remark.question_id).where(Remark.question_id.in_(ids)).distinct()
    return {number for number in db.session.scalars(rows) if number is not None}


def _refuse_if_answered(question: GuidingQuestion, answered: set[int]) -> None:
    if question.id in answered:
        raise NotReady(
            f"Auf die Frage {question.position} wurde schon geantwortet. Ihr deutscher Wortlaut und ihr Abschnitt bleiben, "
            "wie sie sind, damit jede Antwort zu ihrer Frage passt. Übersetzungen können Sie weiter verbessern."
        )


def show_authors(phase: ParticipationPhase, shows: bool, *, by: Actor, now: datetime) -> None:
    """Whether leads see the names at remarks; behind the links it is said beforehand."""
    if phase.shows_authors == shows:
        return
    phase.shows_authors = shows
    db.session.flush()
    journal.record("authors shown", phase, by=by, now=now, procedure_id=phase.procedure_id, facts={"shows": shows})
