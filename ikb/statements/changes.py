"""A wish for the text as the council would read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ikb.core.redline import Segment, word_diff
from ikb.core.texts import normalise
from ikb.drafts.model import Section
from ikb.remarks.model import Wish
from ikb.remarks.service import LONGEST_TEXT, Said


@dataclass(frozen=True)
class Change:
    """What a wish does with one passage.

    segments: the passage with the change; empty where nothing changes.
    """

    wish: str
    segments: Sequence[Segment] = ()


def change_of(section: Section | None, said: Said) -> Change:
    """A wish as it would be shown, stored or not; what is too long to be stored is not compared either."""
    if section is None or len(said.proposed_text) > LONGEST_TEXT:
        return Change(Wish.NONE)
    if said.wish == Wish.DELETE:
        return Change(said.wish, word_diff(section.text, ""))
    if said.wish == Wish.REPLACE and normalise(said.proposed_text) != normalise(section.text):
        return Change(said.wish, word_diff(section.text, said.proposed_text))
    return Change(Wish.NONE)
