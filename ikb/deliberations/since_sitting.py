"""A later version after a body sat: what changed in what it dealt with, and what its office makes of that."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ikb.accounts.policy import Visitor, visible_to
from ikb.core.redline import Segment, word_diff
from ikb.core.results import OUTCOMES, Outcome
from ikb.core.texts import normalise
from ikb.core.workflow import WITH_RESULT
from ikb.db import db
from ikb.deliberations import queries, stations, wordings
from ikb.deliberations.laying_model import ChangedSince, ChangedSinceAnswer, SinceAnswer
from ikb.deliberations.model import Consultation, Paper, Result
from ikb.deliberations.stations import Station
from ikb.deliveries import service as deliveries
from ikb.drafts import queries as drafts
from ikb.drafts.model import DraftVersion, Section
from ikb.errors import Implausible
from ikb.events import listens_to
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.procedures.queries import led_by
from ikb.remarks.model import Wish

NOTICE = "sitting_update"  # the kind of the message
STALE_AFTER = timedelta(days=14)
MOST_RECIPIENTS = 30
LONGEST_TEXT = 20_000
_ADDRESS = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>()]+")
# Whoever postponed or withdrew a paper has not dealt with its text, and sees the newer one when it comes back.
NOT_DEALT = frozenset({outcome for outcome, kind in OUTCOMES.items() if kind.on_motion} | {Outcome.WITHDRAWN})


@dataclass(frozen=True)
class Passage:
    """One passage that changed. said: what the body itself wanted it to be, None where it left it alone."""

    anchor: str
    name: str
    segments: Sequence[Segment]
    old: str
    new: str
    said: str | None = None

    @property
    def is_as_said(self) -> bool:
        """Whether it now reads as the body resolved."""
        return self.said is not None and normalise(self.said) == normalise(self.new)


@dataclass(frozen=True)
class Changes:
    """What changed since a sitting: in the passages that the body dealt with, and elsewhere.

    dealt_with: how many passages the body had changed or voted motions on; 0: it dealt with the paper as a whole.
    """

    concerned: Sequence[Passage]
    elsewhere: Sequence[Passage]
    dealt_with: int


@dataclass(frozen=True)
class Answer:
    """What an office decides. notice and recipients only for `tell`, held_on (None: open) only for `ask_again`."""

    answer: SinceAnswer
    reason: str
    notice: str = ""
    recipients: str = ""
    held_on: date | None = None


@visible_to(ChangedSince)
def _visible(visitor: Visitor) -> Select[ChangedSince]:
    seen = select(Consultation.id).where(
        Consultation.procedure_id.in_(led_by(visitor)) | Consultation.organization_id.in_(queries.kept_by(visitor))
    )
    return select(ChangedSince).where(ChangedSince.consultation_id.in_(seen))


@listens_to("version_issued")
def ask_who_sat(*, version_id: int, now: datetime) -> None:
    """Ask the office of every body that sat on an earlier version of the same text."""
    version = db.session.get_one(DraftVersion, version_id)
    for consultation in db.session.scalars(_sat_before(version)):
        _ask(consultation, version, now)


@listens_to("result_recorded")
def ask_who_sat_late(*, result_id: int, now: datetime) -> None:
    """Ask at once where the result is entered after a later version came out than the one that lay before the sitting."""
    consultation = db.session.get_one(Result, result_id).consultation
    paper = consultation.laid_paper
    newest = drafts.latest_issued(paper.draft_version.draft_id) if paper else None
    if paper is not None and newest is not None and newest.number > paper.draft_version.number:
        _ask(consultation, newest, now)


def to_be_told(version: DraftVersion) -> list[Consultation]:
    """The sittings that dealt with an earlier version: when this one is issued, their offices are asked what to make of it."""
    rows = list(db.session.scalars(_sat_before(version).options(selectinload(Consultation.results))).unique())
    return [row for row in rows if row.result is not None and Outcome(row.result.outcome) not in NOT_DEALT]


def _sat_before(version: DraftVersion) -> Select[Consultation]:
    return (
        select(Consultation)
        .join(Paper, Paper.id == Consultation.laid_paper_id)
        .join(DraftVersion, DraftVersion.id == Paper.draft_version_id)
        .where(
            DraftVersion.draft_id == version.draft_id,
            DraftVersion.number < version.number,
            Consultation.state.in_(WITH_RESULT),
        )
        .order_by(Consultation.position, Consultation.id)
    )


def _ask(consultation: Consultation, version: DraftVersion, now: datetime) -> None:
    db.session.refresh(consultation, ["results"])
    result = consultation.result
    asked = exists().where(ChangedSince.consultation_id == consultation.id, ChangedSince.version_id == version.id)
    if result is None or Outcome(result.outcome) in NOT_DEALT or db.session.scalar(select(asked)):
        return
    question = ChangedSince(consultation_id=consultation.id, version_id=version.id, asked_at=now)
    db.session.add(question)
    db.session.flush()
    facts = {"consultation_id": consultation.id, "version_id": version.id}
    journal.record("office asked", question, by=SYSTEM, now=now, procedure_id=consultation.procedure_id, facts=facts)


def open_questions(visitor: Visitor) -> list[ChangedSince]:
    """What the visitor's committees have not answered yet; of several versions only the newest."""
    newer = aliased(ChangedSince)
    rows = (
        _with_station(select(ChangedSince))
        .join(ChangedSince.consultation)
        .where(
            queries.keeps(visitor),
            ~ChangedSince.answers.any(),
            ~exists().where(newer.consultation_id == ChangedSince.consultation_id, newer.id > ChangedSince.id),
        )
        .order_by(ChangedSince.asked_at, ChangedSince.id)
    )
    return list(db.session.scalars(rows).unique())


def questions_of(consultation_id: int) -> list[ChangedSince]:
    """Everything that was asked about one sitting, the newest first."""
    rows = _with_station(select(ChangedSince)).where(ChangedSince.consultation_id == consultation_id)
    return list(db.session.scalars(rows.order_by(ChangedSince.id.desc())).unique())


def _with_station(rows: Select[ChangedSince]) -> Select[ChangedSince]:
    return rows.options(
        joinedload(ChangedSince.version).lazyload("*"),
        joinedload(ChangedSince.consultation),
        selectinload(ChangedSince.answers).joinedload(ChangedSinceAnswer.answered_by).lazyload("*"),
    )


def changes(question: ChangedSince) -> Changes:
    """What changed from the version that lay before the sitting to the one that the question is about."""
    consultation = question.consultation
    paper = consultation.laid_paper
    if paper is None:
        return Changes((), (), 0)
    said = _said(consultation)
    passages = _changed_passages(
        drafts.sections_of(paper.draft_version_id), drafts.sections_of(question.version_id), said
    )
    if not said:
        return Changes(passages, (), 0)
    concerned = [passage for passage in passages if passage.anchor in said]
    return Changes(concerned, [passage for passage in passages if passage.anchor not in said], len(said))


def _said(consultation: Consultation) -> dict[str, str | None]:
    """The passages that a body dealt with, each with the text it resolved; None where a motion on it did not carry."""
    result = consultation.result
    found: dict[str, str | None] = {}
    for motion in result.motions if result else ():
        found |= dict.fromkeys((wording.anchor for wording in motion.wordings), None)
    for wish in wordings.wishes_of(consultation.agenda_item_id or 0):
        found[wish.anchor or ""] = wish.proposed_text if wish.wish == Wish.REPLACE else None
    return found


def _changed_passages(
    before: Sequence[Section], after: Sequence[Section], said: dict[str, str | None]
) -> list[Passage]:
    old = {section.anchor: section for section in before}
    new = {section.anchor: section for section in after}
    found = []
    for section in [*after, *(section for section in before if section.anchor not in new)]:
        was = old[section.anchor].text if section.anchor in old else ""
        now_is = new[section.anchor].text if section.anchor in new else ""
        if normalise(was) != normalise(now_is):
            name = wordings.name_of(old.get(section.anchor, section))
            said_here = said.get(section.anchor)
            found.append(Passage(section.anchor, name, word_diff(was, now_is), was, now_is, said_here))
    return found


def answer(question: ChangedSince, given: Answer, key: uuid.UUID, *, by: Actor, now: datetime) -> ChangedSinceAnswer:
    """Note what an office decided, and do it: nothing, send the notice, or open a further station.

    key: the form's UUID; sent twice, it is one answer, one mail to each and one station.
    Raises Implausible, with its field, without a reason, a notice to send, or with addresses that are none.
    """
    if by.kind != "user" or by.id is None:
        raise ValueError("Only a person with an account answers.")
    consultation = question.consultation
    db.session.refresh(consultation, with_for_update={"of": Consultation})
    if earlier := db.session.scalar(select(ChangedSinceAnswer).where(ChangedSinceAnswer.key == key)):
        return earlier
    addresses = _check(given, consultation)
    successor = _ask_again(consultation, given, by=by, now=now) if given.answer is SinceAnswer.ASK_AGAIN else None
    stored = ChangedSinceAnswer(
        question_id=question.id,
        key=key,
        answer=given.answer,
        reason=given.reason.strip(),
        notice=given.notice.strip() if given.answer is SinceAnswer.TELL else "",
        successor_id=successor.id if successor else None,
        answered_by_id=by.id,
        answered_at=now,
    )
    db.session.add(stored)
    db.session.flush()
    _send(stored, consultation, addresses, now)
    facts = {"answer": given.answer, "successor_id": stored.successor_id, "recipients": len(addresses)}
    journal.record("office answered", question, by=by, now=now, procedure_id=consultation.procedure_id, facts=facts)
    return stored


def _check(given: Answer, consultation: Consultation) -> list[str]:
    if not given.reason.strip():
        raise Implausible("Schreiben Sie, warum.", "reason")
    for text, field in ((given.reason, "reason"), (given.notice, "notice")):
        if len(text) > LONGEST_TEXT:
            raise Implausible("Der Text ist zu lang. Kürzen Sie ihn.", field)
    if (
        given.answer is SinceAnswer.ASK_AGAIN
        and given.held_on
        and given.held_on <= (consultation.held_on or given.held_on)
    ):
        raise Implausible("Die nächste Beratung muss nach der Sitzung liegen, um die es geht.", "held_on")
    if given.answer is not SinceAnswer.TELL:
        return []
    if not given.notice.strip():
        raise Implausible("Schreiben Sie, was dem Gremium mitgeteilt wird.", "notice")
    return addresses_in(given.recipients)


def addresses_in(text: str) -> list[str]:
    """The addresses in a list, each once. Raises Implausible naming the first that is none, or for too many."""
    found = list(dict.fromkeys(part.strip() for part in re.split(r"[\s,;]+", text) if part.strip()))
    wrong = next((one for one in found if not _ADDRESS.fullmatch(one) or len(one) > 254), None)
    if wrong is not None:
        raise Implausible(f"„{wrong[:80]}“ ist keine E-Mail-Adresse. Schreiben Sie je Zeile eine.", "recipients")
    if len(found) > MOST_RECIPIENTS:
        raise Implausible(f"Das sind {len(found)} Adressen, möglich sind {MOST_RECIPIENTS}.", "recipients")
    return found


def _ask_again(consultation: Consultation, given: Answer, *, by: Actor, now: datetime) -> Consultation:
    public = consultation.agenda_item.public if consultation.agenda_item else None
    station = Station(consultation.role, given.held_on, public)
    return stations.add_station(
        consultation.procedure, consultation.organization, station, predecessor=consultation, by=by, now=now
    )


def _send(stored: ChangedSinceAnswer, consultation: Consultation, addresses: Iterable[str], now: datetime) -> None:
    for address in addresses:
        deliveries.plan(
            NOTICE,
            subject_id=stored.id,
            recipient=address,
            due_at=now,
            stale_at=now + STALE_AFTER,
            procedure_id=consultation.procedure_id,
            now=now,
        )


def later_station(consultation: Consultation) -> Consultation | None:
    """A later station of the same body in the same procedure that is still to come: it sees the new version anyway."""
    held_on = consultation.held_on
    rows = select(Consultation).where(
        Consultation.procedure_id == consultation.procedure_id,
        Consultation.organization_id == consultation.organization_id,
        Consultation.id != consultation.id,
        Consultation.state.in_(("planned", "scheduled", "invited")),
    )
    coming = [
        one for one in db.session.scalars(rows) if one.held_on is None or held_on is None or one.held_on > held_on
    ]
    return min(coming, key=lambda one: (one.held_on is None, one.held_on or date.max), default=None)
