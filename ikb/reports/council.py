"""The overview for the council: what every body made of the paper, which changes it asked for, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from ikb.consolidation import journeys
from ikb.consolidation.gathering import WHOLE_DRAFT, anchor_among
from ikb.consolidation.holding import holds
from ikb.consolidation.journeys import Elsewhere
from ikb.consolidation.model import AnsweredRemark, Consideration
from ikb.consolidation.queries import name_of, special_name
from ikb.core.formatted import as_plain
from ikb.core.workflow import OPEN
from ikb.db import db
from ikb.deliberations import queries as deliberations
from ikb.deliberations.model import Consultation, Paper
from ikb.drafts.model import DraftVersion, Section, VersionState
from ikb.remarks.model import Remark, Wish
from ikb.remarks.outgoing import outgoing
from ikb.web.filters import plural

DOES = {
    Wish.REPLACE: "neu fassen",
    Wish.DELETE: "streichen",
    Wish.INSERT_AFTER: "danach einfügen",
    Wish.INSERT_BEFORE: "davor einfügen",
}


@dataclass(frozen=True)
class Asked:
    """One change that a body asked for. does: what with the passage; became: what was made of it, with the reason."""

    passage: str
    does: str
    text: str
    became: str
    is_settled: bool = False


@dataclass(frozen=True)
class Line:
    """One body, once. Of a deliberation that was not public nothing is told but that it took place."""

    body: str
    held_on: date | None
    is_public: bool
    is_decision: bool
    result: str
    votes: str = ""
    asked: Sequence[Asked] = ()


@dataclass(frozen=True)
class Overview:
    """All lines in the order of their days, and the whole in one sentence."""

    lines: Sequence[Line]
    sentence: str


@dataclass(frozen=True)
class _Fate:
    """What is known of a remark: the decision on it, and the version that answered it."""

    outcome: str = ""
    reason: str = ""
    version: int | None = None
    reference: str = ""


def overview(procedure_id: int, today: date) -> Overview:
    """What the council has before it, in eight queries whatever the number of bodies."""
    steps = deliberations.sequence(procedure_id)
    shown = {step.agenda_item_id for step in steps if step.agenda_item_id and _is_public(step)}
    asked = _asked({item for item in shown if item is not None})
    lines = [_line(step, asked.get(step.agenda_item_id or 0, ()), today) for step in steps]
    return Overview(lines, _in_one_sentence(steps, lines))


def _is_public(step: Consultation) -> bool:
    return step.agenda_item is None or step.agenda_item.public is not False


def _line(step: Consultation, asked: Sequence[Asked], today: date) -> Line:
    result, votes = _result(step, today), step.result.votes if step.result else ""
    is_public = _is_public(step)
    if not is_public and step.result is not None:
        result, votes = "nichtöffentlich beraten", ""
    return Line(step.body_name, step.held_on, is_public, step.authoritative, result, votes, asked)


def _result(step: Consultation, today: date) -> str:
    if step.result is not None:
        return step.result.phrase + (" (vorläufig)" if step.result.is_provisional else "")
    if step.skip_reason:
        return f"ausgelassen: {step.skip_reason}"
    if step.held_on is None:
        return "Sitzungstag noch offen"
    return "Ergebnis noch nicht eingetragen" if step.held_on < today else "steht bevor"


def _in_one_sentence(steps: Sequence[Consultation], lines: Sequence[Line]) -> str:
    done = sum(step.state not in OPEN for step in steps)
    wishes = [asked for line in lines for asked in line.asked]
    bodies = len({line.body for line in lines if line.asked})
    told = f"{done} von {plural(len(steps), 'Beratung ist', 'Beratungen sind')} abgeschlossen."
    if not wishes:
        return f"{told} Änderungen hat bisher kein Gremium verlangt."
    settled = sum(asked.is_settled for asked in wishes)
    who = plural(bodies, "Gremium verlangt", "Gremien verlangen")
    what = plural(len(wishes), "Änderung", "Änderungen")
    return f"{told} {who} zusammen {what}; über {settled} davon ist entschieden."


def _asked(items: Collection[int]) -> dict[int, list[Asked]]:
    """The changes that bodies asked for, by agenda item."""
    if not items:
        return {}
    rows = select(Remark).where(Remark.agenda_item_id.in_(items), Remark.wish != Wish.NONE)
    remarks = list(db.session.scalars(rows.order_by(Remark.agenda_item_id, Remark.position, Remark.id)))
    ids = [remark.id for remark in remarks]
    names, fates, texts = _names(remarks), _fates(ids), outgoing(ids)
    found: dict[int, list[Asked]] = defaultdict(list)
    for remark in remarks:
        fate = fates.get(remark.id, _Fate())
        asked = Asked(
            names[remark.id], DOES[Wish(remark.wish)], texts[remark.id].wording, _became(fate), bool(fate.outcome)
        )
        found[remark.agenda_item_id or 0].append(asked)
    return dict(found)


def _names(remarks: Sequence[Remark]) -> dict[int, str]:
    """What the passage of each remark is called where it is now; one that is gone, as it was called when it was asked for."""
    issued: dict[int, DraftVersion] = {}
    for version in db.session.scalars(_issued_of({remark.draft_version_id for remark in remarks})):
        issued[version.draft_id] = version  # the newest comes last
    at_first = _sections({remark.draft_version_id for remark in remarks} | {version.id for version in issued.values()})
    moved = {draft_id: journeys.elsewhere(version) for draft_id, version in issued.items()}
    return {remark.id: _name(remark, issued, moved, at_first) for remark in remarks}


def _name(
    remark: Remark,
    issued: Mapping[int, DraftVersion],
    moved: Mapping[int, Mapping[int, Elsewhere]],
    names: Mapping[tuple[int, str], str],
) -> str:
    draft_id = remark.draft_version.draft_id
    newest = issued.get(draft_id, remark.draft_version)
    anchor = anchor_among(moved.get(draft_id, {}), remark)
    if anchor == WHOLE_DRAFT:
        return special_name(anchor)
    return names.get((newest.id, anchor)) or names.get((remark.draft_version_id, anchor)) or special_name(anchor)


def _issued_of(version_ids: Collection[int]) -> Select[DraftVersion]:
    drafts = select(DraftVersion.draft_id).where(DraftVersion.id.in_(version_ids))
    rows = select(DraftVersion).where(DraftVersion.draft_id.in_(drafts), DraftVersion.state == VersionState.ISSUED)
    return rows.order_by(DraftVersion.number)


def _sections(version_ids: Collection[int]) -> dict[tuple[int, str], str]:
    rows = select(Section.draft_version_id, Section.anchor, Section.kind, Section.number, Section.text)
    return {
        (version, anchor): name_of(kind, number, text)
        for version, anchor, kind, number, text in db.session.execute(
            rows.where(Section.draft_version_id.in_(version_ids))
        )
    }


def _fates(ids: Collection[int]) -> dict[int, _Fate]:
    decided = select(Consideration.remark_id, Consideration.outcome, Consideration.reason)
    rows = decided.where(Consideration.remark_id.in_(ids), holds()).order_by(Consideration.id)
    newest = {remark_id: (outcome, reason) for remark_id, outcome, reason in db.session.execute(rows)}
    answered = (
        select(AnsweredRemark.remark_id, DraftVersion.number, Paper.reference)
        .join(DraftVersion, DraftVersion.id == AnsweredRemark.version_id)
        .outerjoin(Paper, Paper.draft_version_id == DraftVersion.id)
        .where(AnsweredRemark.remark_id.in_(ids))
    )
    versions = {remark_id: (number, reference) for remark_id, number, reference in db.session.execute(answered)}
    return {
        remark_id: _Fate(outcome, reason, *_version(versions.get(remark_id)))
        for remark_id, (outcome, reason) in newest.items()
    }


def _version(found: tuple[int, str | None] | None) -> tuple[int | None, str]:
    return (None, "") if found is None else (found[0], found[1] or "")


def _became(fate: _Fate) -> str:
    """What was made of a wish, in a sentence."""
    if not fate.outcome:
        return "noch nicht entschieden"
    reason = f": {as_plain(fate.reason)}" if fate.reason else ""
    if fate.outcome == "not_followed":
        return f"nicht übernommen{reason}" if fate.version else f"soll nicht übernommen werden{reason}"
    if fate.outcome == "noted":
        return f"zur Kenntnis genommen{reason}"
    how = "teilweise übernommen" if fate.outcome == "partly_followed" else "übernommen"
    if fate.version is None:
        return f"wird {how}, die Fassung ist noch nicht herausgegeben{reason}"
    where = f"Fassung {fate.version}" + (f", Drucksache {fate.reference}" if fate.reference else "")
    return f"{how} in {where}{reason}"
