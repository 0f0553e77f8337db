"""The passages of one page with what their reader has said about them: everything a template shows, nothing to query."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ikb.core.redline import Segment
from ikb.drafts.model import Section
from ikb.institutions.model import Invitation
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Remark, Wish
from ikb.remarks.queries import by_section
from ikb.remarks.service import Said
from ikb.statements import queries
from ikb.statements.changes import Change, change_of
from ikb.statements.model import Statement, StatementState
from ikb.statements.narrowing import ALL, Narrowing, Outline, outlined
from ikb.statements.outline import Chapter, Line, above


@dataclass(frozen=True)
class Passage:
    """One section, and the remark on it if there is one. section: None stands for the whole document.

    additions: wishes for new passages beside it.
    above:     what it hangs below, the outermost first.
    because:   the word for which it is shown, where only some fields are read.
    """

    section: Section | None
    remark: Remark | None = None
    additions: Sequence[Remark] = ()
    above: Sequence[Line] = ()
    because: str = ""

    @property
    def anchor(self) -> str:
        """What the address of its form ends with, and its place on the page."""
        return self.section.anchor if self.section is not None else "allgemein"

    @property
    def proposed(self) -> str:
        """What stands in the field for a wording: the wish, else the passage itself."""
        if self.remark is not None and self.remark.wish == Wish.REPLACE:
            return self.remark.proposed_text
        return self.section.text if self.section is not None else ""

    @cached_property
    def change(self) -> Change:
        """The wish as the council would read it. Compared once, however often a page asks."""
        return change_of(self.section, Said.of(self.remark) if self.remark is not None else Said())

    @property
    def redline(self) -> Sequence[Segment]:
        """The passage with the wished change; empty where there is none."""
        return self.change.segments


@dataclass(frozen=True)
class ReadingPage:
    """One chapter as it is read: the outline with counts, its passages, and the remark on the whole document."""

    chapter: Chapter | None
    outline: Outline
    counts: Mapping[str | None, int]
    passages: Sequence[Passage]
    whole: Passage

    @property
    def chapters(self) -> Sequence[Chapter]:
        return self.outline.chapters

    @property
    def total(self) -> int:
        """How many remarks the statement has."""
        return sum(self.counts.values())

    def count_in(self, chapter: Chapter) -> int:
        """How many of them stand in one chapter."""
        return sum(self.counts.get(anchor, 0) for anchor in chapter.anchors)


def writing_of(invitation: Invitation) -> tuple[Statement | None, list[Statement]]:
    """The draft that an institution is writing, and what it has handed in, oldest first."""
    found = queries.of_invitation(invitation.id)
    draft = next((row for row in found if row.state == StatementState.DRAFT), None)
    return draft, [row for row in found if row is not draft]


def earlier_versions_of(invitation: Invitation, draft: Statement | None) -> list[int]:
    """The numbers of earlier versions that a draft outside of a phase speaks of, since it was begun before the next one."""
    return queries.versions_spoken_of(draft.id, invitation.version_id) if draft and invitation.is_standing else []


def page(invitation: Invitation, draft: Statement | None, number: int, narrowing: Narrowing = ALL) -> ReadingPage:
    """One chapter with its passages; beyond the end, the last one.

    Four queries, however long the draft is; one more where only some fields of action are shown.
    """
    outline = outlined(invitation, narrowing)
    pages = outline.chapters
    chapter = pages[min(max(1, number), len(pages)) - 1] if pages else None
    counts = remark_queries.counts_by_section(draft.id) if draft else {}
    passages, whole = _passages(invitation, draft, chapter.anchors if chapter else [], outline)
    return ReadingPage(chapter, outline, counts, passages, whole)


def _passages(
    invitation: Invitation, draft: Statement | None, anchors: Sequence[str], outline: Outline
) -> tuple[list[Passage], Passage]:
    sections = queries.texts_of(invitation.version_id, anchors)
    said = by_section(remark_queries.of_statement(draft.id, anchors)) if draft else {}
    context, because = above(outline.lines, anchors), outline.because
    passages = [
        Passage(sections[anchor], *_own(said.get(anchor)), context[anchor], because.get(anchor, ""))
        for anchor in anchors
    ]
    return passages, Passage(None, *_own(said.get(None)))


def _own(said: Sequence[Remark] | None) -> tuple[Remark | None, list[Remark]]:
    """What is said about a section itself, and the wishes for new passages beside it."""
    here = said or ()
    own = next((remark for remark in here if not remark.is_addition), None)
    return own, [remark for remark in here if remark.is_addition]


def passage(invitation: Invitation, draft: Statement | None, anchor: str | None) -> Passage | None:
    """One passage alone; None if the version has no such section."""
    sections = queries.texts_of(invitation.version_id, [anchor] if anchor else [])
    if anchor is not None and anchor not in sections:
        return None
    said = remark_queries.of_statement(draft.id, [anchor] if anchor else []) if draft else []
    own, additions = _own([remark for remark in said if remark.anchor == anchor])
    if anchor is None:
        return Passage(None, own, additions)
    context = above(queries.outline_of(invitation.version_id), [anchor])[anchor]
    return Passage(sections[anchor], own, additions, context)


def passages_at(invitation: Invitation, anchors: Collection[str], said: Sequence[Remark]) -> dict[str, Passage]:
    """Some sections with what was said about them, by anchor; "" is the whole document."""
    sections = queries.texts_of(invitation.version_id, [anchor for anchor in anchors if anchor])
    there = by_section(said)
    found = {anchor: Passage(section, *_own(there.get(anchor))) for anchor, section in sections.items()}
    return found | {"": Passage(None, *_own(there.get(None)))}


def all_remarks(statement: Statement) -> list[Passage]:
    """Every remark of a statement with its section as it was when that was said, for checking and for reading by others.

    Two queries; one more for each further version, where somebody went on writing while the next one was issued.
    """
    said = remark_queries.of_statement(statement.id)
    anchors = {remark.anchor for remark in said if remark.anchor is not None}
    sections = {one: queries.texts_of(one, anchors) for one in {remark.draft_version_id for remark in said}}
    found = [Passage(sections[remark.draft_version_id].get(remark.anchor or ""), remark) for remark in said]
    return sorted(found, key=lambda passage: passage.section.position if passage.section is not None else -1)
