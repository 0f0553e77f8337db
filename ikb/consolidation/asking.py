"""About what of a section a department can be asked, and what its decisions mean for questions that are open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ikb.consolidation import folding, gathering, journeys, queries, sections
from ikb.consolidation.model import Consideration
from ikb.consolidation.outcomes import letter_of
from ikb.consolidation.voices import Voice, voices_of
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.events import listens_to
from ikb.opinions import queries as opinions
from ikb.opinions import service
from ikb.opinions.model import OpinionRequest
from ikb.opinions.service import Subject
from ikb.remarks.model import Remark
from ikb.web.filters import plural

LONGEST_SNIPPET = 90


@dataclass(frozen=True)
class Choice:
    """One thing that can be asked about. value: what the form on the section's page begins with that answers it."""

    value: str
    name: str
    snippet: str
    remark_ids: frozenset[int]

    @property
    def words(self) -> str:
        """As a label."""
        return f"{self.name}: {self.snippet}" if self.snippet else self.name


def choices_on(base: DraftVersion, anchor: str) -> list[Choice]:
    """Proposals, arguments and single remarks of a section, in the order of its page."""
    here = gathering.pool(base.draft_id, gathering.stands_at(anchor, journeys.elsewhere(base)))
    ids = list(db.session.scalars(here.with_only_columns(Remark.id)))
    voices = voices_of(ids)
    found = [*_proposals(base, anchor, set(voices)), *_arguments(base, anchor, set(voices))]
    listed = {one for choice in found for one in choice.remark_ids}
    singles = [_single(voice) for remark_id, voice in voices.items() if remark_id not in listed]
    return [*found, *singles]


def subject_of(base: DraftVersion, anchor: str, chosen: Sequence[Choice]) -> Subject:
    """What some of these are together, for a question."""
    name = queries.names(base.id).get(anchor) or queries.special_name(anchor)
    ids = frozenset(one for choice in chosen for one in choice.remark_ids)
    return Subject(anchor, name, ids, ", ".join(choice.name for choice in chosen))


def _proposals(base: DraftVersion, anchor: str, known: Collection[int]) -> Iterator[Choice]:
    outcome = queries.outcome_of(queries.shown_run(base.id), anchor)
    for place, found in enumerate(outcome.proposals if outcome else ()):
        ids = frozenset(found["members"]) & frozenset(known)
        if ids:
            name = f"Vorschlag {letter_of(place)} ({plural(len(ids), 'Anmerkung', 'Anmerkungen')})"
            yield Choice(f"r{found['members'][0]}-", name, _short(_asked_words(found)), ids)


def _asked_words(found: Mapping[str, object]) -> str:
    return "Der Abschnitt soll entfallen." if found["op"] == "delete" else str(found.get("text") or "")


def _arguments(base: DraftVersion, anchor: str, known: Collection[int]) -> Iterator[Choice]:
    for argument, members in folding.standing_members(base.draft_id, anchor).items():
        ids = frozenset(members) & frozenset(known)
        if ids:
            name = f"Gruppe „{argument.title}“ ({plural(len(ids), 'Anmerkung', 'Anmerkungen')})"
            yield Choice(f"a{argument.id}-", name, "", ids)


def _single(voice: Voice) -> Choice:
    remark = voice.remark
    said = remark.in_german or remark.proposed_text
    return Choice(f"r{remark.id}-", f"Anmerkung von {voice.name}", _short(said), frozenset({remark.id}))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_SNIPPET else f"{words[:LONGEST_SNIPPET].rstrip()} …"


@listens_to("decision_taken")
def close_what_is_decided(consideration_id: int, now: datetime) -> None:
    """A question ends when everything that it is about was decided after it was asked."""
    taken = db.session.get_one(Consideration, consideration_id)
    draft_id = db.session.get_one(DraftVersion, taken.base_version_id).draft_id
    waiting = opinions.in_answer_of(draft_id)
    if taken.argument_id is not None:  # each member has a decision of its own
        waiting = opinions.about_any(waiting, [taken.remark_id])
    _close(draft_id, waiting, now)


@listens_to("decisions_released")
def close_what_is_released(version_id: int, now: datetime) -> None:
    """The same where a decision counts once a second person has released it."""
    draft_id = db.session.get_one(DraftVersion, version_id).draft_id
    _close(draft_id, opinions.in_answer_of(draft_id), now)


def _close(draft_id: int, waiting: Sequence[OpinionRequest], now: datetime) -> None:
    ids = {one for row in waiting for one in row.remark_ids}
    if not ids:
        return
    decided = sections.decided_in(draft_id, list(db.session.scalars(select(Remark).where(Remark.id.in_(ids)))))
    for row in waiting:
        if all(one in decided and decided[one].decided_at >= row.asked_at for one in row.remark_ids):
            service.note_decided(row, now=now)
