"""Moving, splitting and joining sections of the working version: with a reason, kept and taken back like every edit by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ikb.consolidation import hand_edits, official, rearranging, working
from ikb.consolidation.bench import Bench, Work
from ikb.consolidation.building import Built
from ikb.consolidation.by_hand import sections_after
from ikb.consolidation.hand_model import HandEdit
from ikb.db import db
from ikb.drafts.model import DraftVersion
from ikb.drafts.service import SectionText, mark_of
from ikb.errors import Conflict, Implausible, NotFound
from ikb.journal import service as journal
from ikb.journal.service import Actor
from ikb.web import labels

labels.add(
    "journal_action",
    {
        "section moved": "Abschnitt von Hand verschoben",
        "section split": "Abschnitt von Hand geteilt",
        "sections joined": "Abschnitte von Hand zusammengelegt",
    },
)
_ACTIONS = {"split": "section split", "join": "sections joined"}


@dataclass(frozen=True)
class Wanted:
    """What somebody wants done with a section. kind: one of `rearranging.KINDS`.

    other: the section that it is to stand beside or under, of a move only.
    text:  of a split the section's words with a blank line where the new section begins.
    seen:  `mark_of` the text that they had before them.
    """

    anchor: str
    kind: str
    other: str
    text: str
    reason: str
    seen: str


def rearrange(base: DraftVersion, wanted: Wanted, *, by: Actor, now: datetime) -> HandEdit:
    """Move, split or join sections of what follows an issued version; the working version is written anew with it.

    Raises NotFound for a section that is not there, Conflict where its text is another one by now, Implausible naming the
    field for what cannot be done, without a reason, or in a body's own words.
    """
    working.lock(base)
    working.refuse_if_overtaken(base)
    sections = texts_after(base)
    _check(base, sections, wanted)
    row = _store(base, sections, wanted, by=by, now=now)
    working.rewrite(base, now=now)
    facts = {"version": base.number, "anchor": row.anchor}
    action = _ACTIONS.get(row.kind, "section moved")
    journal.record(action, row, by=by, now=now, procedure_id=base.draft.procedure_id, facts=facts)
    return row


def texts_after(base: DraftVersion) -> list[SectionText]:
    """The sections of what follows a base version, as they read and stand now."""
    return [SectionText(row.anchor, row.kind, row.number, row.parent, row.text) for row in sections_after(base)]


def tried(sections: Sequence[SectionText], wanted: Wanted) -> list[SectionText]:
    """The sections as they would be with it; the same ones where it cannot be done. Nothing is stored."""
    bench = Bench(Built(list(sections), []))
    rearranging.do(bench, _work(sections, wanted))
    return bench.sections


def before_it(sections: Sequence[SectionText], anchor: str) -> SectionText | None:
    """The section that stands right before another one."""
    place = next((at for at, row in enumerate(sections) if row.anchor == anchor), 0)
    return sections[place - 1] if place else None


def places_for(sections: Sequence[SectionText], anchor: str) -> list[SectionText]:
    """The sections that another one can be moved beside: all but itself and what is below it."""
    bench = Bench(Built(list(sections), []))
    place = bench.place_of(anchor)
    return [] if place is None else [*sections[:place], *sections[bench.end_of(place) :]]


def _check(base: DraftVersion, sections: Sequence[SectionText], wanted: Wanted) -> None:
    row = next((one for one in sections if one.anchor == wanted.anchor), None)
    if row is None:
        raise NotFound("Diesen Abschnitt gibt es in der Arbeitsfassung nicht mehr.")
    if wanted.kind not in rearranging.KINDS:
        raise Implausible("Wählen Sie, wohin der Abschnitt kommt.", "where")
    hand_edits.check_reason(wanted.reason)
    if wanted.kind in rearranging.MOVES:
        _check_move(sections, wanted)
        return
    if mark_of(row.text) != wanted.seen:
        raise Conflict("Dieser Abschnitt hat sich inzwischen geändert.", theirs=row.text, mine=wanted.text)
    touched = {row.anchor}
    if wanted.kind == "split":
        _check_split(row, wanted.text)
    else:
        touched.add(_check_join(sections, row).anchor)
    if touched & official.anchors_after(base):
        raise Implausible(
            "Hier gilt der Wortlaut eines Gremiums, und der wird unverändert übernommen. Entscheiden Sie zuerst dort anders.",
            "text",
        )


def _check_move(sections: Sequence[SectionText], wanted: Wanted) -> None:
    if wanted.other not in {row.anchor for row in places_for(sections, wanted.anchor)}:
        raise Implausible("Wählen Sie aus der Liste, bei welchem Abschnitt dieser stehen soll.", "other")
    if _order(tried(sections, wanted)) == _order(sections):
        raise Implausible("Dort steht der Abschnitt schon. Wählen Sie eine andere Stelle.", "other")


def _check_split(row: SectionText, text: str) -> None:
    parts = rearranging.parts_of(text)
    if parts is None:
        raise Implausible("Setzen Sie genau eine Leerzeile: dort beginnt der neue Abschnitt.", "text")
    if not rearranging.says_the_same(parts, row.text):
        raise Implausible(
            "Beim Teilen bleiben alle Wörter, wie sie sind. Ändern Sie den Wortlaut danach, mit eigener Begründung.",
            "text",
        )


def _check_join(sections: Sequence[SectionText], row: SectionText) -> SectionText:
    upper = before_it(sections, row.anchor)
    if upper is None:
        raise Implausible("Vor dem ersten Abschnitt steht keiner, mit dem er sich verbinden ließe.", "text")
    if not rearranging.fits_beside(row, upper):
        raise Implausible("Eine Überschrift lässt sich nur mit einer Überschrift verbinden.", "text")
    length = len(upper.text) + len(row.text) + 1
    if length > hand_edits.LONGEST_TEXT:
        raise Implausible(
            f"Zusammen wären es {length} Zeichen, erlaubt sind {hand_edits.LONGEST_TEXT}. Kürzen Sie zuerst.", "text"
        )
    return upper


def _store(
    base: DraftVersion, sections: Sequence[SectionText], wanted: Wanted, *, by: Actor, now: datetime
) -> HandEdit:
    work = _work(sections, wanted)
    row = HandEdit(
        base_version_id=base.id,
        anchor=work.anchor,
        kind=work.kind,
        other_anchor=work.other,
        before=work.before,
        after=work.after,
        reason=wanted.reason.strip(),
        edited_by_id=by.id,
        edited_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _work(sections: Sequence[SectionText], wanted: Wanted) -> Work:
    before = next(row.text for row in sections if row.anchor == wanted.anchor)
    parts = rearranging.parts_of(wanted.text) if wanted.kind == "split" else None
    other = wanted.other
    if wanted.kind == "join":
        upper = before_it(sections, wanted.anchor)
        other = upper.anchor if upper else ""
    elif wanted.kind == "split":
        other = ""
    after = rearranging.BORDER.join(parts) if parts else ""
    return Work(0, wanted.anchor, wanted.kind, before, after, "hand-0", other)


def _order(sections: Sequence[SectionText]) -> list[tuple[str, str | None]]:
    return [(row.anchor, row.parent) for row in sections]
