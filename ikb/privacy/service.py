"""Keeping no longer than allowed: due, offered to the archive, released, erased; each step in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ikb.core.clock import berlin_day
from ikb.db import db
from ikb.errors import NotFound, NotReady
from ikb.journal import service as journal
from ikb.journal.service import SYSTEM, Actor
from ikb.privacy import procedure_file, rules
from ikb.privacy.kinds import KINDS
from ikb.privacy.model import RetentionBatch, RetentionState
from ikb.privacy.rules import Rule
from ikb.web import labels

labels.add(
    "journal_action",
    {
        "retention due": "fällig und gesperrt",
        "retention offered": "dem Archiv angeboten",
        "retention released": "zum Löschen freigegeben",
        "retention erased": "gelöscht",
    },
)
labels.add("subject", {"retention_batch": "Aufbewahrung"})


@dataclass(frozen=True)
class Waiting:
    """What a run would find of one kind today: how many, by scope; empty where nothing is due."""

    rule: Rule
    due: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.due.values())


def preview(today: date) -> list[Waiting]:
    """What is due today by which rule; nothing is changed."""
    return [Waiting(rule, _due(rule, today)) for rule in rules.all_rules()]


def sweep(kind: str, *, now: datetime) -> int:
    """Bring what is due of one kind a step further: restrict it, and erase what may be erased. Returns how many were.

    Run as often as anybody likes: what is done is not found again. Nothing happens while the rule is held.
    """
    rule = rules.rule_for(kind)
    today, erased = berlin_day(now), 0
    if rule.is_held:
        return 0
    for scope, count in _due(rule, today).items():
        batch = _batch(rule, scope, count, today, now)
        if batch.state == RetentionState.DUE and not rule.offers_archive:
            _step(batch, RetentionState.RELEASED, by=SYSTEM, now=now)
        if batch.state in (RetentionState.RELEASED, RetentionState.ERASED):
            erased += _erase(batch, rule, today, now)
    return erased


def offer(batch_id: int, *, by: Actor, now: datetime) -> RetentionBatch:
    """Write down that the archive was asked. Raises NotReady where it was asked already."""
    batch = _locked(batch_id)
    if batch.state != RetentionState.DUE:
        raise NotReady("Das ist dem Archiv schon angeboten worden.")
    _step(batch, RetentionState.OFFERED, by=by, now=now)
    return batch


def release(batch_id: int, answer: str, *, by: Actor, now: datetime) -> RetentionBatch:
    """Write down what the archive answered; the next run erases. Raises NotReady where it was not asked yet."""
    batch = _locked(batch_id)
    if batch.state != RetentionState.OFFERED:
        raise NotReady("Bieten Sie es zuerst dem Archiv an.")
    batch.answer = answer
    _step(batch, RetentionState.RELEASED, by=by, now=now)
    return batch


def batches(limit: int = 50) -> Sequence[RetentionBatch]:
    """What is under way, then what was erased last."""
    rows = select(RetentionBatch).order_by(RetentionBatch.erased_at.is_not(None), RetentionBatch.id.desc())
    return db.session.scalars(rows.limit(limit)).all()


def _due(rule: Rule, today: date) -> dict[int, int]:
    cut_off = rule.keeping.cut_off(today)
    return {} if cut_off is None else KINDS[rule.kind].due(cut_off)


def _batch(rule: Rule, scope: int, count: int, today: date, now: datetime) -> RetentionBatch:
    """The one that is under way, or today's; else a new one, and its data are restricted."""
    here = (RetentionBatch.kind == rule.kind, RetentionBatch.scope == scope)
    is_mine = (RetentionBatch.state != RetentionState.ERASED) | (RetentionBatch.due_on == today)
    rows = select(RetentionBatch).where(*here, is_mine).order_by(RetentionBatch.id).limit(1).with_for_update()
    found = db.session.scalar(rows)
    if found is not None:
        return found
    batch = RetentionBatch(kind=rule.kind, scope=scope, due_on=today, count=count, due_at=now)
    db.session.add(batch)
    db.session.flush()
    if rule.kind == "procedure_file":
        procedure_file.restrict(scope, now)
    _note("retention due", batch, by=SYSTEM, now=now)
    return batch


def _erase(batch: RetentionBatch, rule: Rule, today: date, now: datetime) -> int:
    cut_off = rule.keeping.cut_off(today)
    if cut_off is None:
        return 0
    before = batch.count if batch.state == RetentionState.ERASED else 0
    count = KINDS[rule.kind].erase(batch.scope, cut_off)
    batch = db.session.get_one(RetentionBatch, batch.id)
    batch.count = before + count
    _step(batch, RetentionState.ERASED, by=SYSTEM, now=now)
    if rule.kind == "procedure_file":
        procedure_file.restrict(batch.scope, None)
    return count


_MOMENTS = {
    RetentionState.OFFERED: "offered_at",
    RetentionState.RELEASED: "released_at",
    RetentionState.ERASED: "erased_at",
}


def _step(batch: RetentionBatch, state: RetentionState, *, by: Actor, now: datetime) -> None:
    batch.state = state
    setattr(batch, _MOMENTS[state], now)
    db.session.flush()
    if state == RetentionState.OFFERED:
        _note("retention offered", batch, by=by, now=now)
    elif state == RetentionState.RELEASED:
        _note("retention released", batch, by=by, now=now)
    else:
        _note("retention erased", batch, by=by, now=now)


def _note(action: str, batch: RetentionBatch, *, by: Actor, now: datetime) -> None:
    facts = {"kind": batch.kind, "count": batch.count}
    journal.record(action, batch, by=by, now=now, procedure_id=batch.scope or None, facts=facts)


def _locked(batch_id: int) -> RetentionBatch:
    batch = db.session.scalar(select(RetentionBatch).where(RetentionBatch.id == batch_id).with_for_update())
    if batch is None:
        raise NotFound("Das gibt es nicht.")
    return batch
