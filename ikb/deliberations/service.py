"""Recording what a committee resolved: once, on or after its day, never overwritten, with what follows from it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ikb.core.clock import berlin_day, end_of_day
from ikb.core.motions import CARRIED
from ikb.core.results import OUTCOMES, WITH_CHANGES, Outcome, Tally, contradictions, manner_of
from ikb.core.workflow import NotPossible, StationState, recording_events, state_after
from ikb.db import db
from ikb.deliberations import papers, resolution_kinds, result_parts, successors, wordings
from ikb.deliberations.entries import ResultEntry as ResultEntry
from ikb.deliberations.entries import entry_of, voted_on_motion
from ikb.deliberations.model import Consultation, Paper, Result
from ikb.deliberations.sources import refuse_if_led
from ikb.deliberations.wordings import ChangedWording
from ikb.errors import Conflict, Implausible, NotReady
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor

UNCHANGED = frozenset({Outcome.ADOPTED, Outcome.RECOMMENDED})


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
    if current is None or not _says_the_same(entry, current):
        refuse_if_led(consultation, ["result"], by=by, now=now)
    _check_moment(consultation, now)
    paper = laid_paper(consultation, entry.laid_paper_id)
    entry = result_parts.with_points(entry, paper)
    _check_outcome(entry, current)
    wordings.check(changed_wordings, paper)
    result_parts.check(entry, paper)
    _check_changes(entry, changed_wordings)
    successors.check(consultation, entry.outcome, entry.successor)
    changed = result_parts.resolved_wordings(entry, changed_wordings)

    _advance(consultation, entry)
    consultation.laid_paper_id = paper.id if paper else None
    result = _result(consultation, entry, key, current, by.id, now)
    db.session.add(result)
    db.session.flush()
    held = wordings.keep(consultation, paper, changed, agrees=OUTCOMES[entry.outcome].agrees, now=now)
    successors.follow(consultation, entry.outcome, entry.successor, by=by, now=now)
    facts = {
        "outcome": entry.outcome,
        "corrects": current.id if current else None,
        "remarks": [remark.id for remark in held],
        "parts": {"groups": len(entry.groups), "points": len(entry.points), "motions": len(entry.motions)},
    }
    journal.record("result recorded", result, by=by, now=now, procedure_id=consultation.procedure_id, facts=facts)
    announce("result_recorded", result_id=result.id, now=now)
    return result


def _says_the_same(entry: ResultEntry, current: Result) -> bool:
    """Whether a correction leaves outcome, votes and text alone: passages, points and motions are ikb's own to add."""
    stored = entry_of(current)
    alike = ("outcome", "tally", "kind_name")
    return all(getattr(entry, name) == getattr(stored, name) for name in alike) and (
        entry.resolution_text.strip() == stored.resolution_text.strip()
    )


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
        item_id = current.consultation.agenda_item_id
        standing = wordings.as_wordings(wordings.wishes_of(item_id)) if item_id else []
        theirs = f"{entry_of(current).in_words(standing)}\n\nEingetragen von {current.recorded_by.name}."
    raise Conflict(
        "Für diese Beratung wurde inzwischen ein Ergebnis eingetragen. Ihre Eingabe wurde nicht gespeichert; "
        "vergleichen Sie beide, und berichtigen Sie das Ergebnis, wenn es nötig ist.",
        theirs=theirs,
        mine=entry.in_words(changed),
    )


def _check_moment(consultation: Consultation, now: datetime) -> None:
    held_on = consultation.held_on
    if held_on is None:
        raise NotReady("Für diese Beratung ist noch keine Sitzung eingetragen. Tragen Sie zuerst den Sitzungstag ein.")
    if berlin_day(now) < held_on:
        raise Implausible(
            f"Die Sitzung ist erst am {held_on:%d.%m.%Y}. Ein Ergebnis kann frühestens an diesem Tag eingetragen werden.",
            "outcome",
        )


def _check_outcome(entry: ResultEntry, current: Result | None) -> None:
    for contradiction in contradictions(entry.outcome, entry.tally, entry.manner):
        raise Implausible(contradiction.sentence, contradiction.field)
    resolution_kinds.check(entry.kind_name, entry.outcome, known=current.kind_name if current else "")


def _check_changes(entry: ResultEntry, changed: Sequence[ChangedWording]) -> None:
    has_carried = any(motion.outcome in CARRIED and motion.aim is None for motion in entry.motions)
    is_changed = bool(changed) or has_carried
    if entry.outcome in WITH_CHANGES and not is_changed and not entry.resolution_text.strip():
        raise Implausible(
            "Es fehlt, was geändert wurde. Wählen Sie die geänderten Abschnitte, tragen Sie den angenommenen Antrag ein, "
            "oder schreiben Sie die Änderung in den Text des Beschlusses.",
            "resolution_text",
        )
    if entry.outcome in UNCHANGED and is_changed:
        what = "angenommene Änderungsanträge" if has_carried else "geänderte Abschnitte"
        raise Implausible(
            f"„{OUTCOMES[entry.outcome].words}“ heißt ohne Änderung, es sind aber {what} eingetragen. "
            "Wählen Sie das Ergebnis mit Änderungen, oder nehmen Sie die Änderungen heraus.",
            "outcome",
        )


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
    voted = Tally() if voted_on_motion(entry.outcome) else entry.tally  # the motion's votes are kept with the motion
    return Result(
        consultation_id=consultation.id,
        key=key,
        outcome=entry.outcome,
        manner=manner_of(entry.outcome, entry.tally, entry.manner),
        votes_yes=voted.yes,
        votes_no=voted.no,
        abstentions=voted.abstentions,
        present=voted.present,
        excluded=voted.excluded,
        kind_name=entry.kind_name,
        resolution_text=entry.resolution_text.strip(),
        is_provisional=entry.is_provisional,
        corrects_id=current.id if current else None,
        recorded_by_id=by_id,
        recorded_at=now,
        details=_details(entry),
        **result_parts.rows_of(entry),
    )


def _details(entry: ResultEntry) -> dict[str, Any]:
    details: dict[str, Any] = {"over_motion": asdict(entry.tally)} if voted_on_motion(entry.outcome) else {}
    if target := successors.target_of(entry.outcome, entry.successor):
        details["target"] = target.name
    return details
