"""Putting remarks together that say the same, answering them once, and taking one out again. A person does each of these."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ikb.consolidation import folding, grouping, queries, service, stages, working
from ikb.consolidation.argument_model import Argument, ArgumentMember
from ikb.consolidation.holding import stands
from ikb.consolidation.model import Consideration
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.errors import Conflict, Implausible, NotFound
from ikb.events import announce
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

LONGEST_TITLE = 200

labels.add("subject", {"argument": "Argument"})
labels.add(
    "journal_action",
    {
        "argument made": "gleiche Anmerkungen zusammengefasst",
        "remarks joined argument": "Anmerkungen in die Gruppe aufgenommen",
        "remark left argument": "Anmerkung aus der Gruppe genommen",
        "argument answered": "über eine Gruppe gleicher Anmerkungen entschieden",
    },
)


def make(
    base: DraftVersion, anchor: str, title: str, remark_ids: Collection[int], *, key: UUID, by: Actor, now: datetime
) -> Argument:
    """Put two or more remarks on one section together, from now on to be answered as one.

    title: what they say in a few words; without one, key words of what they argue.
    key:   of the form; sent twice, it is one argument.
    Raises Implausible for fewer than two, Conflict if one of them is in another argument by now, NotFound for one that
    does not count or asks for another text.
    """
    working.lock(base)
    if earlier := db.session.scalar(select(Argument).where(Argument.key == key)):
        return earlier
    chosen = sorted(set(remark_ids))
    if len(chosen) < 2:
        raise Implausible("Wählen Sie mindestens zwei Anmerkungen aus, die dasselbe sagen.", "remarks")
    _check_free(base, anchor, chosen)
    row = Argument(
        draft_id=base.draft_id,
        anchor=anchor,
        title=_title(base, anchor, title, chosen[0]),
        key=key,
        made_by_id=by.id,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _join(base, row, chosen, by=by, now=now)
    _note("argument made", base, row, {"remarks": len(chosen)}, by=by, now=now)
    return row


def join(base: DraftVersion, argument: Argument, remark_ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """Take further remarks into an argument; what was answered to it is answered to them too.

    Raises as `make`, Implausible where none is chosen.
    """
    working.lock(base)
    here = folding.standing_members(base.draft_id, argument.anchor)[argument]
    chosen = sorted(set(remark_ids) - set(here))
    if not chosen:
        raise Implausible("Wählen Sie mindestens eine Anmerkung aus, die in die Gruppe gehört.", "remarks")
    _check_free(base, argument.anchor, chosen)
    answer = standing_answer(base, argument)
    _join(base, argument, chosen, by=by, now=now)
    if answer is not None:
        at = stages.At.of(answer)
        _answer_each(base, argument, chosen, answer.outcome, answer.reason, by=by, now=now, at=at)
    _note("remarks joined argument", base, argument, {"remarks": len(chosen)}, by=by, now=now)


def take_out(base: DraftVersion, argument: Argument, remark_id: int, *, by: Actor, now: datetime) -> None:
    """Let a remark stand for itself again. What was decided about it stays until somebody decides otherwise.

    Raises NotFound if it is not in the argument any more.
    """
    working.lock(base)
    row = db.session.scalar(
        select(ArgumentMember).where(
            ArgumentMember.argument_id == argument.id,
            ArgumentMember.remark_id == remark_id,
            ArgumentMember.left_at.is_(None),
        )
    )
    if row is None:
        raise NotFound("Diese Anmerkung gehört nicht mehr zu dieser Gruppe.")
    row.left_at, row.left_by_id = now, by.id
    _note("remark left argument", base, argument, {"remark": remark_id}, by=by, now=now)


def answer(
    base: DraftVersion,
    argument: Argument,
    outcome: str,
    reason: str,
    *,
    seen: int,
    by: Actor,
    now: datetime,
    at: stages.At = stages.PROPOSAL,
) -> list[Consideration]:
    """Decide once about all that say the same: every remark gets the answer as its own, marked as the argument's.

    seen: id of the argument's answer that stood on the page, 0 if none did.
    Raises Conflict with both texts if somebody answered meanwhile, Implausible where a reason is missing, NotReady if
    the version is no longer the newest.
    """
    reason = reason.strip()
    working.lock(base)
    working.refuse_if_overtaken(base)
    service.check_answer_to_comments(outcome, reason)
    before = standing_answer(base, argument)
    if (before.id if before else 0) != seen:
        return [service.same_or_conflict(before, outcome, reason, by, at)]
    stages.check(base, before, at, now=now)
    counting = set(queries.comments_on(base, argument.anchor))
    members = [one for one in folding.standing_members(base.draft_id, argument.anchor)[argument] if one in counting]
    if not members:
        raise NotFound("In dieser Gruppe ist keine Anmerkung mehr, die zählt.")
    rows = _answer_each(base, argument, members, outcome, reason, by=by, now=now, at=at)
    facts = {"outcome": outcome, "remarks": len(rows), "stage": str(at.stage)}
    _note("argument answered", base, argument, facts, by=by, now=now)
    return rows


def standing_answer(base: DraftVersion, argument: Argument) -> Consideration | None:
    """What was answered last to an argument as a whole, whether it counts yet or not."""
    ours = (Consideration.base_version_id == base.id, Consideration.argument_id == argument.id, stands())
    return db.session.scalar(select(Consideration).where(*ours).order_by(Consideration.id.desc()).limit(1))


def of_draft(draft_id: int, argument_id: int) -> Argument:
    """An argument of a draft. Raises NotFound for a foreign one."""
    row = db.session.scalar(select(Argument).where(Argument.id == argument_id, Argument.draft_id == draft_id))
    if row is None:
        raise NotFound("Diese Gruppe gibt es nicht.")
    return row


def _answer_each(
    base: DraftVersion,
    argument: Argument,
    members: Sequence[int],
    outcome: str,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    at: stages.At,
) -> list[Consideration]:
    rows = [
        Consideration(
            base_version_id=base.id,
            remark_id=one,
            outcome=outcome,
            reason=reason,
            decided_by_id=by.id,
            decided_at=now,
            argument_id=argument.id,
            **at.columns,
        )
        for one in members
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        announce("decision_taken", consideration_id=row.id, now=now)
    return rows


def _check_free(base: DraftVersion, anchor: str, chosen: Sequence[int]) -> None:
    if set(chosen) - set(queries.comments_on(base, anchor)):
        raise NotFound(
            "Eine der Anmerkungen zählt nicht mehr oder wünscht einen anderen Wortlaut. Es wurde nichts zusammengefasst; "
            "laden Sie den Abschnitt neu."
        )
    taken = select(ArgumentMember.id).where(ArgumentMember.remark_id.in_(chosen), ArgumentMember.left_at.is_(None))
    if db.session.scalar(taken.limit(1)) is not None:
        raise Conflict(
            "Eine der Anmerkungen gehört inzwischen zu einer anderen Gruppe. Es wurde nichts verändert; laden Sie den "
            "Abschnitt neu."
        )


def _join(base: DraftVersion, argument: Argument, chosen: Sequence[int], *, by: Actor, now: datetime) -> None:
    known = _added(base, argument.anchor)
    db.session.add_all(
        ArgumentMember(
            argument_id=argument.id, remark_id=one, added=list(known.get(one, ())), joined_by_id=by.id, joined_at=now
        )
        for one in chosen
    )
    db.session.flush()


def _added(base: DraftVersion, anchor: str) -> Mapping[int, Sequence[str]]:
    """What the run that counts found each remark to say beyond its group."""
    found = grouping.of_section(queries.shown_run(base.id), anchor)
    groups = found.groups if found else []
    return {int(one): added for group in groups for one, added in group["members"].items()}


def _title(base: DraftVersion, anchor: str, title: str, first: int) -> str:
    """The given title, else key words of what is argued: never a person's own words, which can be erased."""
    found = grouping.of_section(queries.shown_run(base.id), anchor)
    topics = ((", ".join(each["label"]), each["members"]) for each in (found.clusters if found else []))
    words = next((label for label, members in topics if first in members and label), "Gleiche Anmerkungen")
    return (" ".join(title.split()) or words)[:LONGEST_TITLE]


def _note(
    action: str, base: DraftVersion, argument: Argument, facts: Mapping[str, object], *, by: Actor, now: datetime
) -> None:
    facts = {"version": base.number} | dict(facts)
    journal.record(action, argument, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)
