"""A draft's outline as one reader wants it: the whole text, or only some fields of action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ikb.institutions.model import Invitation
from ikb.statements import queries
from ikb.statements.fields import Field, fields_of, own_fields, passages_of
from ikb.statements.outline import Chapter, Line, chapter_with, chapters


@dataclass(frozen=True)
class Narrowing:
    """Which fields of action a reader wants to see. own: those of their institution; anchors: chosen one by one."""

    own: bool = False
    anchors: Sequence[str] = ()

    def chosen(self, fields: Sequence[Field], own: Sequence[Field]) -> list[Field]:
        """The fields of the draft that are wanted; none means the whole draft."""
        wanted = {one.anchor for one in own} if self.own else set(self.anchors)
        return [one for one in fields if one.anchor in wanted]

    @property
    def arguments(self) -> dict[str, object]:
        """As they stand in an address."""
        return {"nur": "unsere"} if self.own else {"feld": list(self.anchors)} if self.anchors else {}


ALL = Narrowing()


@dataclass(frozen=True)
class Outline:
    """The pages that a reader goes through.

    lines:   every section of the draft, whether shown or not.
    fields, own, chosen: the draft's fields of action, the institution's among them, and those that are shown alone.
    because: for a passage outside of the chosen fields, the word for which it is shown all the same.
    """

    lines: Sequence[Line]
    chapters: Sequence[Chapter]
    fields: Sequence[Field]
    own: Sequence[Field]
    chosen: Sequence[Field]
    because: Mapping[str, str]

    @property
    def shown(self) -> int:
        """How many sections all pages together show."""
        return sum(len(chapter.lines) for chapter in self.chapters)

    def chapter_with(self, anchor: str | None) -> int:
        """The number of the page on which a section stands, 1 where none does."""
        return chapter_with(self.chapters, anchor)


def outlined(invitation: Invitation, narrowing: Narrowing = ALL) -> Outline:
    """The version that the institution was asked about, in pages: one query, two where only some fields are wanted."""
    version_id = invitation.version_id
    lines = queries.outline_of(version_id)
    fields = fields_of(lines)
    own = own_fields(fields, invitation.institution.fields)
    chosen = narrowing.chosen(fields, own)
    because = passages_of(chosen, fields, queries.all_texts_of(version_id)) if chosen else {}
    pages = chapters([line for line in lines if line.anchor in because] if chosen else lines)
    return Outline(lines, pages, fields, own, chosen, because)
