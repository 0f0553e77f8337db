"""A third wording for proposals that cannot both stand: deciding on them and writing it are one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.consolidation import by_hand, gathering, queries, service, stages, wordings, working
from ikb.consolidation.by_hand import Edit, EditRefused
from ikb.consolidation.hand_model import HandEdit
from ikb.consolidation.model import Consideration
from ikb.consolidation.weighing import weigh
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import mark_of
from ikb.errors import Conflict, Implausible, NotFound, Refusal
from ikb.journal.service import Actor
from ikb.remarks.model import Remark

OUTCOMES = (wordings.PARTLY, "not_followed")


@dataclass(frozen=True)
class Answer:
    """What is decided on one proposal, through one of its remarks. seen: as in `service.decide`."""

    remark: Remark
    outcome: str
    reason: str
    seen: int


class WordingRefused(Refusal):
    """The act cannot be done, so none of it is. place: the answer at fault from 0, None for the wording itself."""

    code = "wording_refused"

    def __init__(self, place: int | None, refusal: Conflict | Implausible | NotFound) -> None:
        super().__init__(refusal.message)
        self.place, self.refusal = place, refusal


def write(base: DraftVersion, edit: Edit, answers: Sequence[Answer], *, by: Actor, now: datetime) -> HandEdit:
    """Decide on proposals and put a wording of one's own in their place, tied to those decisions.

    edit: what to write, on the text as it stood before these decisions.
    Raises WordingRefused naming the answer or the wording at fault; NotReady and Conflict as `service.decide`.
    """
    working.lock(base)
    working.refuse_if_overtaken(base)
    _check_what_was_seen(base, edit)
    decisions = [_decided(base, place, answer, by=by, now=now) for place, answer in enumerate(answers)]
    texts = _once_decided(base, edit.anchor)
    on_it = Edit(edit.anchor, edit.kind, edit.text, edit.reason, mark_of(texts.get(edit.anchor, "")))
    try:
        [kept] = by_hand.edit_after(base, [on_it], by=by, now=now, texts=texts)
    except EditRefused as refused:
        raise WordingRefused(None, refused.refusal) from refused
    wordings.tie(kept, decisions)
    if stages.procedure_of(base).two_person:
        working.rewrite(base, now=now)  # it waits with its decisions, so the text is the one without it
    return kept


def _once_decided(base: DraftVersion, anchor: str) -> dict[str, str]:
    """What the sections say once all that was decided on one of them counts; that may wait for its release."""
    passage = gathering.passage(base, anchor, queries.position_of(base.id, anchor))
    found = working.found_for(base) | {anchor: weigh(passage.as_entered).elements}
    return {section.anchor: section.text for section in working.built(base, found).sections}


def _texts(base: DraftVersion) -> dict[str, str]:
    return {section.anchor: section.text for section in by_hand.sections_after(base)}


def _check_what_was_seen(base: DraftVersion, edit: Edit) -> None:
    """The text is judged before anything is decided: afterwards it is another one by the act itself."""
    text = _texts(base).get(edit.anchor)
    if text is not None and mark_of(text) != edit.seen:
        conflict = Conflict("Dieser Abschnitt hat sich inzwischen geändert.", theirs=text, mine=edit.text)
        raise WordingRefused(None, conflict)


def _decided(base: DraftVersion, place: int, answer: Answer, *, by: Actor, now: datetime) -> Consideration:
    if answer.outcome not in OUTCOMES:
        missing = Implausible("Wählen Sie, ob dem Vorschlag teilweise oder nicht gefolgt wird.", "outcome")
        raise WordingRefused(place, missing)
    try:
        return service.decide(
            base, answer.remark, answer.outcome, answer.reason, seen=answer.seen, by=by, now=now, with_wording=True
        )
    except (Conflict, Implausible, NotFound) as refusal:
        raise WordingRefused(place, refusal) from refusal
