"""Recording what a committee resolved: once, on or after its day, never overwritten, with what follows from it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ikb.core.clock import berlin_day, end_of_day
from ikb.core.result_line import ReadLine, read_result_line
from ikb.core.results import (
    OUTCOMES,
    WITH_CHANGES,
    Manner,
    Outcome,
    Tally,
    contradictions,
    manner_of,
    phrase,
)
from ikb.core.workflow import NotPossible, StationState, recording_events, state_after
from ikb.db import db
from ikb.deliberations import papers, successors, wordings
from ikb.deliberations.model import Consultation, Paper, Result
from ikb.deliberations.successors import Next
from ikb.deliberations.wordings import ChangedWording
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor

UNCHANGED = frozenset({Outcome.ADOPTED, Outcome.RECOMMENDED})


@dataclass(frozen=True)
class ResultEntry:
    """What a secretary enters about one consultation.

    laid_paper_id:        the paper that lay before the sitting; None for the newest of that day.
    successor:            where and when the paper goes on, for outcomes after which it does.
    """

    outcome: Outcome
    tally: Tally = field(default_factory=Tally)
    manner: Manner | None = None
    resolution_text: str = ""
    is_provisional: bool = True
    laid_paper_id: int | None = None
    successor: Next = field(default_factory=Next)

    def in_words(self) -> str:
        """The phrase, with the text of the resolution where there is one."""
        words = phrase(self.outcome, self.tally, self.manner)
        return f"{words}\n\n{self.resolution_text}".strip()


def record_result(
    consultation: Consultation,
    entry: ResultEntry,
    changed_wordings: Sequence[ChangedWording] = (),
    key: uuid.UUID | None = None,
    *,
    seen_result_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Result:
    """Record what a body resolved; on a station that has a result it is a correction, as a new row.

    key:            the form's UUID; sent twice, the same result comes back.
    seen_result_id: the result that the secretary had before them, None for a first one.
    Raises Conflict with both entries if somebody else recorded meanwhile; Implausible, with its field, for a result
    before the day of the sitting, votes that cannot be, or a wording that does not fit the paper; NotReady for a station
    without a sitting, or skipped.
    """
    if by.kind != "user" or by.id is None:
        raise ValueError("Only a person with an account records a result.")
    key = key or uuid.uuid4()
    db.session.refresh(consultation, with_for_update={"of": Consultation})
    if earlier := db.session.scalar(select(Result).where(Result.key == key)):
        return earlier
    current = newest_result(consultation.id)
    _refuse_overtaken(current, seen_result_id, entry, changed_wordings)
    _check(consultation, entry, changed_wordings, now)
    paper = laid_paper(consultation, entry.laid_paper_id)
    wordings.check(changed_wordings, paper)

    _advance(consultation, entry)
    consultation.laid_paper_id = paper.id if paper else None
    result = _result(consultation, entry, key, current, by.id, now)
    db.session.add(result)
    db.session.flush()
    held = wordings.keep(consultation, paper, changed_wordings, agrees=OUTCOMES[entry.outcome].agrees, now=now)
    successors.follow(consultation, entry.outcome, entry.successor, by=by, now=now)
    facts = {
        "outcome": entry.outcome,
        "corrects": current.id if current else None,
        "remarks": [remark.id for remark in held],
    }
    journal.record("result recorded", result, by=by, now=now, procedure_id=consultation.procedure_id, facts=facts)
    announce("result_recorded", result_id=result.id, now=now)
    return result


def newest_result(consultation_id: int) -> Result | None:
    """The result that holds."""
    rows = select(Result).where(Result.consultation_id == consultation_id).order_by(Result.id.desc()).limit(1)
    return db.session.scalars(rows).first()


def laid_paper(consultation: Consultation, paper_id: int | None = None) -> Paper | None:
    """The paper that lay before a sitting: the one named, the one noted before, else the newest registered by then.

    Raises Implausible for a paper of another procedure.
    """
    wanted = paper_id or consultation.laid_paper_id
    if wanted is None:
        return _newest_by(consultation)
    paper = db.session.get(Paper, wanted)
    if paper is None or paper.procedure_id != consultation.procedure_id:
        raise Implausible(
            "Diese Vorlage gehört nicht zu dem Verfahren. Wählen Sie eine aus der Liste.", "laid_paper_id"
        )
    return paper


def _newest_by(consultation: Consultation) -> Paper | None:
    held_on = consultation.held_on
    before = end_of_day(held_on) if held_on else None
    return papers.latest_paper(consultation.procedure_id, before) or papers.latest_paper(consultation.procedure_id)


def _refuse_overtaken(
    current: Result | None, seen: int | None, entry: ResultEntry, changed: Sequence[ChangedWording]
) -> None:
    if (current.id if current else None) == seen:
        return
    theirs = "(kein Ergebnis)"
    if current is not None:
        who = f"Eingetragen von {current.recorded_by.name}."
        theirs = "\n\n".join(part for part in (current.phrase, current.resolution_text, who) if part)
    raise Conflict(
        "Für diese Beratung wurde inzwischen ein Ergebnis eingetragen. Ihre Eingabe wurde nicht gespeichert; "
        "vergleichen Sie beide, und berichtigen Sie das Ergebnis, wenn es nötig ist.",
        theirs=theirs,
        mine="\n\n".join([entry.in_words(), *(f"{wording.anchor}: {wording.text}" for wording in changed)]),
    )


def _check(consultation: Consultation, entry: ResultEntry, changed: Sequence[ChangedWording], now: datetime) -> None:
    held_on = consultation.held_on
    if held_on is None:
        raise NotReady("Für diese Beratung ist noch keine Sitzung eingetragen. Tragen Sie zuerst den Sitzungstag ein.")
    if berlin_day(now) < held_on:
        raise Implausible(
            f"Die Sitzung ist erst am {held_on:%d.%m.%Y}. Ein Ergebnis kann frühestens an diesem Tag eingetragen werden.",
            "outcome",
        )
    for contradiction in contradictions(entry.outcome, entry.tally, entry.manner):
        raise Implausible(contradiction.sentence, contradiction.field)
    if entry.outcome in WITH_CHANGES and not changed and not entry.resolution_text.strip():
        raise Implausible(
            "Es fehlt, was geändert wurde: Wählen Sie die geänderten Abschnitte, oder schreiben Sie den Text des Beschlusses.",
            "resolution_text",
        )
    if entry.outcome in UNCHANGED and changed:
        raise Implausible(
            f"„{OUTCOMES[entry.outcome].words}“ heißt ohne Änderung, es sind aber geänderte Abschnitte eingetragen. "
            "Wählen Sie das Ergebnis mit Änderungen, oder nehmen Sie die Abschnitte heraus.",
            "outcome",
        )
    successors.check(consultation, entry.outcome, entry.successor)
    if entry.outcome is Outcome.SPLIT_VOTE:
        read_points(entry.resolution_text)


def read_points(text: str) -> list[tuple[str, ReadLine]]:
    """The results of single points, one per line: `1: einstimmig beschlossen`.

    Raises Implausible with the line that could not be read, or if there is none.
    """
    found: list[tuple[str, ReadLine]] = []
    for line in filter(str.strip, text.splitlines()):
        point, colon, rest = line.partition(":")
        read = read_result_line(rest)
        if not colon or not point.strip() or read.outcome is None:
            raise Implausible(
                f"Die Zeile „{line.strip()}“ ist nicht lesbar. Schreiben Sie je Punkt eine Zeile, zum Beispiel "
                "„1: einstimmig beschlossen“.",
                "resolution_text",
            )
        found.append((point.strip(), read))
    if not found:
        raise Implausible(
            "Bei getrennter Abstimmung braucht jeder Punkt sein Ergebnis: je Punkt eine Zeile, zum Beispiel "
            "„1: einstimmig beschlossen“.",
            "resolution_text",
        )
    return found


def _advance(consultation: Consultation, entry: ResultEntry) -> None:
    state = StationState(consultation.state)
    events = recording_events(state, entry.outcome, is_provisional=entry.is_provisional)
    try:
        consultation.state = state_after(state, events)
    except NotPossible as reason:
        raise NotReady(str(reason)) from reason


def _result(
    consultation: Consultation, entry: ResultEntry, key: uuid.UUID, current: Result | None, by_id: int, now: datetime
) -> Result:
    return Result(
        consultation_id=consultation.id,
        key=key,
        outcome=entry.outcome,
        manner=manner_of(entry.outcome, entry.tally, entry.manner),
        votes_yes=entry.tally.yes,
        votes_no=entry.tally.no,
        abstentions=entry.tally.abstentions,
        present=entry.tally.present,
        resolution_text=entry.resolution_text.strip(),
        is_provisional=entry.is_provisional,
        corrects_id=current.id if current else None,
        recorded_by_id=by_id,
        recorded_at=now,
        details=_details(entry),
    )


def _details(entry: ResultEntry) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if entry.outcome is Outcome.SPLIT_VOTE:
        details["points"] = [
            {"point": point, "outcome": read.outcome, "manner": read.manner, **asdict(read.tally)}
            for point, read in read_points(entry.resolution_text)
        ]
    if target := successors.target_of(entry.outcome, entry.successor):
        details["target"] = target.name
    return details
