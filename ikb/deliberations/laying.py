"""Which version lay before which sitting, who got it, when and how; corrected by new entries, never overwritten."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload

from ikb.accounts.policy import Visitor, visible_to
from ikb.core.clock import berlin_day
from ikb.core.workflow import OPEN, WITH_RESULT, StationState
from ikb.db import db
from ikb.deliberations import queries
from ikb.deliberations.laying_model import Laying, LayingManner
from ikb.deliberations.model import AgendaItem, Consultation, Paper
from ikb.errors import Conflict, Implausible, NotReady
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.procedures.queries import led_by
from ikb.web.filters import moment
from ikb.web.labels import label

LONGEST_RECIPIENTS = 500


@dataclass(frozen=True)
class LayingEntry:
    """What is entered about one delivery. recipients: who got it, in words; count: how many; one of both is needed.

    is_void: the entry that is corrected never happened.
    """

    paper_id: int
    manner: str
    delivered_at: datetime
    recipients: str = ""
    count: int | None = None
    is_void: bool = False

    def in_words(self) -> str:
        if self.is_void:
            return "Eintrag gestrichen"
        who = self.recipients or f"{self.count} Personen"
        return f"{label('laying_manner', self.manner)}, {moment(self.delivered_at)}, an {who}"


@visible_to(Laying)
def _visible(visitor: Visitor) -> Select[Laying]:
    seen = select(Consultation.id).where(
        Consultation.procedure_id.in_(led_by(visitor)) | Consultation.organization_id.in_(queries.kept_by(visitor))
    )
    return select(Laying).where(Laying.consultation_id.in_(seen))


def note(
    consultation: Consultation,
    entry: LayingEntry,
    key: uuid.UUID,
    *,
    corrects: Laying | None = None,
    by: Actor,
    now: datetime,
) -> Laying:
    """Note that a version was delivered for a sitting; or correct such a note, as a new row.

    key: the form's UUID; sent twice, the same entry comes back.
    Raises Implausible, with its field, for what cannot be; NotReady for a station without a sitting; Conflict with both
    if somebody else corrected the same entry meanwhile.
    """
    if by.kind != "user" or by.id is None:
        raise ValueError("Only a person with an account notes a delivery.")
    db.session.refresh(consultation, with_for_update={"of": Consultation})
    if earlier := db.session.scalar(select(Laying).where(Laying.key == key)):
        return earlier
    if corrects is not None:
        _refuse_corrected(corrects, entry)
    paper = _paper(consultation, entry)
    if not entry.is_void:
        _check(consultation, entry, now)
    laying = Laying(
        consultation_id=consultation.id,
        paper_id=paper.id,
        key=key,
        manner=entry.manner,
        delivered_at=entry.delivered_at,
        recipients=entry.recipients.strip(),
        recipient_count=entry.count,
        is_void=entry.is_void,
        corrects_id=corrects.id if corrects else None,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(laying)
    db.session.flush()
    _lay_newest(consultation)
    facts = {"paper_id": paper.id, "manner": entry.manner, "corrects": laying.corrects_id, "is_void": entry.is_void}
    journal.record("paper delivered", laying, by=by, now=now, procedure_id=consultation.procedure_id, facts=facts)
    return laying


def _refuse_corrected(corrects: Laying, entry: LayingEntry) -> None:
    newer = db.session.scalar(select(Laying).where(Laying.corrects_id == corrects.id))
    if newer is not None:
        raise Conflict(
            "Dieser Eintrag wurde inzwischen von jemand anderem berichtigt. Ihre Eingabe wurde nicht gespeichert.",
            theirs=entry_of(newer).in_words(),
            mine=entry.in_words(),
        )


def _paper(consultation: Consultation, entry: LayingEntry) -> Paper:
    paper = db.session.get(Paper, entry.paper_id)
    if paper is None or paper.procedure_id != consultation.procedure_id:
        raise Implausible("Diese Vorlage gehört nicht zu dem Verfahren. Wählen Sie eine aus der Liste.", "paper_id")
    return paper


def _check(consultation: Consultation, entry: LayingEntry, now: datetime) -> None:
    held_on = consultation.held_on
    if held_on is None or StationState(consultation.state) not in OPEN | WITH_RESULT:
        raise NotReady("Für diese Beratung ist keine Sitzung eingetragen. Tragen Sie zuerst den Sitzungstag ein.")
    if entry.manner not in set(LayingManner):
        raise Implausible("Wählen Sie, wie die Vorlage zugestellt wurde.", "manner")
    if not entry.recipients.strip() and not entry.count:
        raise Implausible("Schreiben Sie, wer die Vorlage bekommen hat, oder wie viele es waren.", "recipients")
    if len(entry.recipients) > LONGEST_RECIPIENTS:
        raise Implausible(f"Das ist zu lang: höchstens {LONGEST_RECIPIENTS} Zeichen.", "recipients")
    delivered_on = berlin_day(entry.delivered_at)
    if entry.delivered_at > now:
        raise Implausible(
            "Dieser Zeitpunkt liegt in der Zukunft. Tragen Sie ein, was schon zugestellt ist.", "delivered_on"
        )
    if delivered_on > held_on:
        raise Implausible(
            f"Die Sitzung war am {held_on:%d.%m.%Y}. Was danach zugestellt wurde, lag ihr nicht vor.", "delivered_on"
        )
    if entry.manner == LayingManner.TABLED and delivered_on != held_on:
        raise Implausible(
            f"Eine Tischvorlage wird in der Sitzung verteilt, also am {held_on:%d.%m.%Y}. Prüfen Sie Tag und Art.",
            "manner",
        )


def entry_of(laying: Laying) -> LayingEntry:
    """A stored delivery as what was entered."""
    return LayingEntry(
        laying.paper_id,
        laying.manner,
        laying.delivered_at,
        laying.recipients,
        laying.recipient_count,
        laying.is_void,
    )


@dataclass(frozen=True)
class Laid:
    """A delivery that holds, with its paper."""

    laying: Laying
    paper: Paper


def layings_of(consultation_ids: Collection[int]) -> dict[int, list[Laid]]:
    """The deliveries that hold, by station, the earliest first; one query."""
    newer = aliased(Laying)
    rows = (
        select(Laying, Paper)
        .join(Paper, Paper.id == Laying.paper_id)
        .where(
            Laying.consultation_id.in_(list(consultation_ids)),
            Laying.is_void.is_(False),
            ~exists().where(newer.corrects_id == Laying.id),
        )
        .options(
            joinedload(Laying.recorded_by).lazyload("*"),
            joinedload(Paper.draft_version).lazyload("*"),
            joinedload(Paper.procedure).lazyload("*"),
        )
        .order_by(Laying.delivered_at, Laying.id)
    )
    found: dict[int, list[Laid]] = defaultdict(list)
    for laying, paper in db.session.execute(rows).unique():
        found[laying.consultation_id].append(Laid(laying, paper))
    return dict(found)


def layings_of_meeting(meeting_id: int) -> dict[int, list[Laid]]:
    """The deliveries for all items of a sitting, by station."""
    rows = select(Consultation.id).join(Consultation.agenda_item).where(AgendaItem.meeting_id == meeting_id)
    return layings_of(db.session.scalars(rows).all())


def _lay_newest(consultation: Consultation) -> None:
    """The newest version that was delivered is the one that lies before the sitting; a recorded result keeps its own."""
    if StationState(consultation.state) not in OPEN:
        return
    papers = [laid.paper for laid in layings_of([consultation.id]).get(consultation.id, [])]
    consultation.laid_paper_id = max(papers, key=lambda paper: paper.revision).id if papers else None
    db.session.flush()
