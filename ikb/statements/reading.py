"""The passages of one page with what their reader has said about them: everything a template shows, nothing to query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ikb.core.redline import Segment, word_diff
from ikb.drafts.model import Section
from ikb.institutions.model import Invitation
from ikb.remarks import queries as remark_queries
from ikb.remarks.model import Remark, Wish
from ikb.statements import queries
from ikb.statements.model import Statement, StatementState
from ikb.statements.outline import Chapter, chapter_with, chapters


@dataclass(frozen=True)
class Passage:
    """One section, and the remark on it if there is one. section: None stands for the whole document.

    additions: wishes for new passages beside it.
    """

    section: Section | None
    remark: Remark | None = None
    additions: Sequence[Remark] = ()

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
    def redline(self) -> Sequence[Segment]:
        """The passage with the wished change; empty where there is none. Compared once, however often a page asks."""
        if self.section is None or self.remark is None or self.remark.wish not in (Wish.REPLACE, Wish.DELETE):
            return ()
        return word_diff(self.section.text, self.remark.proposed_text if self.remark.wish == Wish.REPLACE else "")


@dataclass(frozen=True)
class ReadingPage:
    """One chapter as it is read: the outline with counts, its passages, and the remark on the whole document."""

    chapter: Chapter | None
    chapters: Sequence[Chapter]
    counts: Mapping[str | None, int]
    passages: Sequence[Passage]
    whole: Passage

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


def chapters_of(invitation: Invitation) -> list[Chapter]:
    """The pages of the version that the institution was asked about."""
    return chapters(queries.outline_of(invitation.phase.draft_version_id))


def page(invitation: Invitation, draft: Statement | None, number: int) -> ReadingPage:
    """One chapter with its passages; beyond the end, the last one. Four queries, however long the draft is."""
    pages = chapters_of(invitation)
    chapter = pages[min(max(1, number), len(pages)) - 1] if pages else None
    anchors = chapter.anchors if chapter else []
    sections = queries.texts_of(invitation.phase.draft_version_id, anchors)
    counts = remark_queries.counts_by_section(draft.id) if draft else {}
    said = remark_queries.of_statement(draft.id, anchors) if draft else []
    passages = [_passage(sections[anchor], anchor, said) for anchor in anchors]
    return ReadingPage(chapter, pages, counts, passages, _passage(None, None, said))


def passage(invitation: Invitation, draft: Statement | None, anchor: str | None) -> Passage | None:
    """One passage alone; None if the version has no such section."""
    sections = queries.texts_of(invitation.phase.draft_version_id, [anchor] if anchor else [])
    if anchor is not None and anchor not in sections:
        return None
    said = remark_queries.of_statement(draft.id, [anchor] if anchor else []) if draft else []
    return _passage(sections[anchor] if anchor else None, anchor, said)


def _passage(section: Section | None, anchor: str | None, said: Sequence[Remark]) -> Passage:
    here = [remark for remark in said if remark.anchor == anchor]
    own = next((remark for remark in here if not remark.is_addition), None)
    return Passage(section, own, [remark for remark in here if remark.is_addition])


def chapter_number(invitation: Invitation, anchor: str | None) -> int:
    """The page on which a section stands."""
    return chapter_with(chapters_of(invitation), anchor)


def all_remarks(invitation: Invitation, statement: Statement) -> list[Passage]:
    """Every remark of a statement with its section, for checking and for reading by others: two queries."""
    said = remark_queries.of_statement(statement.id)
    anchors = {remark.anchor for remark in said if remark.anchor is not None}
    sections = queries.texts_of(invitation.phase.draft_version_id, anchors)
    order = {anchor: section.position for anchor, section in sections.items()}
    ordered = sorted(said, key=lambda remark: order.get(remark.anchor or "", -1))
    return [Passage(sections.get(remark.anchor or ""), remark) for remark in ordered]
