"""Giving an opinion behind a link: each answer is a row of its own, and the newest holds until the question is ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ikb.db import db
from ikb.errors import Conflict, Implausible, NotFound, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.opinions import queries
from ikb.opinions.model import Opinion, OpinionRequest
from ikb.web import labels
from ikb.web.filters import day

OUTCOMES = ("followed", "partly_followed", "not_followed", "noted")
LONGEST_TEXT = 20_000
MOST_ANSWERS = 50

labels.add("journal_action", {"opinion given": "fachliche Einschätzung abgegeben"})


@dataclass(frozen=True)
class Given:
    """What a department says. outcome: what it recommends, one of `OUTCOMES`."""

    text: str
    outcome: str
    given_by: str

    def in_words(self) -> str:
        """For setting two beside each other."""
        return f"{labels.label('consideration', self.outcome)}\n\n{self.text}\n\n{self.given_by}"


def open_link(token: str, now: datetime, *, for_update: bool = False) -> OpinionRequest:
    """The question behind a link, also one that is ended: its page says so. Raises NotFound for every other link."""
    found = queries.find(token, for_update=for_update)
    if found is None:
        raise NotFound(
            "Dieser Link führt zu keiner Frage. Vielleicht ist er unvollständig, oder ein neuerer gilt: Nehmen Sie den aus "
            "der letzten Nachricht."
        )
    return found


def refusal(request: OpinionRequest, now: datetime) -> str:
    """Why a question can be answered no longer, in a sentence; empty while it can."""
    if request.is_ended:
        return f"Diese Frage ist beendet: {labels.label('opinion_end', request.ended_as)}."
    if now >= request.valid_until:
        return f"Dieser Link galt bis {day(request.last_day)}. Die Projektleitung schickt Ihnen gern einen neuen."
    return ""


def give(token: str, given: Given, *, seen: int, key: UUID, now: datetime) -> Opinion:
    """Answer a question, or change the answer; what was said before stays beside it.

    seen: how many answers there were when the page was made.
    key:  of the form; sent twice, it is one answer.
    Raises NotFound for an unknown link, NotReady where nothing can be changed any more, Implausible naming the field,
    Conflict with both texts if somebody else with the same link answered meanwhile.
    """
    request = open_link(token, now, for_update=True)
    if earlier := db.session.scalar(select(Opinion).where(Opinion.key == key, Opinion.request_id == request.id)):
        return earlier
    if why := refusal(request, now):
        raise NotReady(f"{why} Ihre Eingabe wurde nicht gespeichert.")
    _check(given, len(request.answers))
    newest = request.newest
    if newest is not None and _given(newest) == given:
        return newest
    if len(request.answers) != seen:
        raise Conflict(
            "Inzwischen hat jemand mit demselben Link geantwortet. Ihre Eingabe wurde nicht gespeichert.",
            theirs=_given(newest).in_words() if newest else "",
            mine=given.in_words(),
        )
    row = Opinion(number=seen + 1, key=key, given_at=now, **vars(given))
    request.answers.append(row)
    request.answered_at = now
    db.session.flush()
    facts = {"request": request.id, "number": row.number, "outcome": row.outcome}
    by = Actor("opinion", request.id)
    journal.record("opinion given", row, by=by, now=now, procedure_id=request.procedure_id, facts=facts)
    return row


def _given(row: Opinion) -> Given:
    return Given(row.text, row.outcome, row.given_by)


def _check(given: Given, answers: int) -> None:
    if not given.text.strip():
        raise Implausible("Schreiben Sie Ihre Einschätzung.", "text")
    if len(given.text) > LONGEST_TEXT:
        raise Implausible(f"Der Text ist zu lang: höchstens {LONGEST_TEXT} Zeichen.", "text")
    if given.outcome not in OUTCOMES:
        raise Implausible("Wählen Sie, was Sie empfehlen.", "outcome")
    if not given.given_by.strip():
        raise Implausible("Nennen Sie, wer die Einschätzung abgibt.", "given_by")
    if answers >= MOST_ANSWERS:
        raise NotReady("Diese Einschätzung wurde schon sehr oft geändert. Wenden Sie sich an die Projektleitung.")
